/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of chains: that it saves the signatures of certificates, and that it
 * saves nothing else. Linked with --wrap=X509_verify_cert, to count.
 */
#include "config.h"

#include "attest/chain_cache.h"

#include <openssl/x509_vfy.h>
#include <pthread.h>

#include "attest/attest.h"
#include "attest/anchors_private.h"
#include "attest/chain.h"
#include "attest/chain_cache_private.h"
#include "attest/crypto.h"
#include "base/time_text.h"
#include "tests/support/edit.h"
#include "tests/support/vectors.h"
#include "tests/unit/unit.h"

#define GENUINE "genuine/2026-08-03_13a44c648578.cbor"
#define OTHER	"genuine/2026-06-30_277e236b8294.cbor"

/* Inside the validity of every certificate of GENUINE. */
#define MADE "2026-08-03T19:36:15Z"

static struct anchors *anchors;
static struct chain_cache *cache;
static struct buffer genuine;
static int64_t made;
static unsigned paths; /* validated by OpenSSL */

int __real_X509_verify_cert(X509_STORE_CTX *context);
int __wrap_X509_verify_cert(X509_STORE_CTX *context);

int __wrap_X509_verify_cert(X509_STORE_CTX *context)
{
	paths++;
	return __real_X509_verify_cert(context);
}

static void setup(void)
{
	ck_assert_int_eq(anchors_new(&anchors), ATTEST_OK);
	ck_assert_int_eq(anchors_add_aws(anchors), ATTEST_OK);
	ck_assert_int_eq(chain_cache_new(4, &cache), ATTEST_OK);
	ck_assert_int_eq(time_parse(MADE, &made), 0);
	genuine = vectors_read(GENUINE);
	paths = 0;
}

static void teardown(void)
{
	buffer_free(genuine);
	chain_cache_free(cache);
	anchors_free(anchors);
}

static enum attest_error verify(struct span document, int64_t now_ms)
{
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	struct attest_input input = { .document = document,
				      .anchors = anchors,
				      .now_ms = now_ms,
				      .cache = cache };
	struct attest_failure failure;

	return attest_verify(&input, &evidence, &failure);
}

START_TEST(second_verification_validates_no_path)
{
	struct span document = buffer_span(&genuine);

	ck_assert_int_eq(verify(document, made), ATTEST_OK);
	ck_assert_uint_eq(paths, 1);
	ck_assert_int_eq(verify(document, made), ATTEST_OK);
	ck_assert_uint_eq(paths, 1);
}
END_TEST

START_TEST(expiry_is_judged_on_a_remembered_chain)
{
	struct span document = buffer_span(&genuine);
	int64_t three_hours = 3 * 3600 * MSEC_PER_SEC;

	ck_assert_int_eq(verify(document, made), ATTEST_OK);
	ck_assert_int_eq(verify(document, made + three_hours),
			 ATTEST_E_CERTIFICATE_EXPIRED);
	ck_assert_int_eq(verify(document, made - three_hours),
			 ATTEST_E_CERTIFICATE_NOT_YET_VALID);
	ck_assert_uint_eq(paths, 1);
}
END_TEST

START_TEST(document_signature_is_checked_on_a_remembered_chain)
{
	static const struct edit edit = { "PCR0", "\x64pcrs",
					  10,	  1,
					  "01",	  ATTEST_E_SIGNATURE_INVALID };
	_cleanup_(buffer_freep) struct buffer forged =
		edit_payload(buffer_span(&genuine), &edit);

	ck_assert_int_eq(verify(buffer_span(&genuine), made), ATTEST_OK);
	ck_assert_int_eq(verify(buffer_span(&forged), made), edit.error);
}
END_TEST

/* The same names and keys, but another leaf: nothing of the remembered chain may
 * count for it. */
START_TEST(another_leaf_is_another_chain)
{
	static const struct edit edit = { "subject", "enc019fc8255f07",	   0, 1,
					  "00",	     ATTEST_E_PATH_INVALID };
	_cleanup_(buffer_freep) struct buffer forged =
		edit_certificate(buffer_span(&genuine), 4, &edit);

	ck_assert_int_eq(verify(buffer_span(&genuine), made), ATTEST_OK);
	ck_assert_int_eq(verify(buffer_span(&forged), made), edit.error);
	/* Nor is a chain remembered that failed. */
	ck_assert_int_eq(verify(buffer_span(&forged), made), edit.error);
	ck_assert_uint_eq(paths, 3);
}
END_TEST

/* A chain without certificates, known by its number. */
static struct chain *make_chain(unsigned number, int64_t not_after)
{
	struct chain *chain = calloc(1, sizeof(*chain));

	ck_assert_ptr_nonnull(chain);
	chain->references = 1;
	chain->crypto = crypto_ref(anchors_crypto(anchors));
	chain->not_after = not_after;
	memcpy(chain->digest, &number, sizeof(number));
	return chain;
}

static bool holds(unsigned number)
{
	_cleanup_(chain_unrefp) struct chain *wanted = make_chain(number, 0);
	_cleanup_(chain_unrefp) struct chain *found =
		chain_cache_find(cache, anchors, wanted->digest);

	return found != NULL;
}

static void add(unsigned number, int64_t not_after, int64_t now)
{
	_cleanup_(chain_unrefp) struct chain *chain =
		make_chain(number, not_after);

	chain_cache_add(cache, chain, now);
}

/* A set of anchors says which roots count: what was verified with another one
 * was not verified, even if the other is gone. */
START_TEST(chains_belong_to_their_anchors)
{
	_cleanup_(anchors_freep) struct anchors *former = TAKE_PTR(anchors);

	ck_assert_int_eq(anchors_new(&anchors), ATTEST_OK);
	ck_assert_int_eq(anchors_add_aws(anchors), ATTEST_OK);
	ck_assert_int_eq(verify(buffer_span(&genuine), made), ATTEST_OK);
	anchors_free(anchors);
	anchors = TAKE_PTR(former);
	ck_assert_int_eq(verify(buffer_span(&genuine), made), ATTEST_OK);
	ck_assert_uint_eq(paths, 2);
	ck_assert_int_eq(verify(buffer_span(&genuine), made), ATTEST_OK);
	ck_assert_uint_eq(paths, 2);
}
END_TEST

START_TEST(the_oldest_makes_room)
{
	ck_assert(!holds(0));
	for (unsigned i = 0; i < 4; i++)
		add(i, 100, 0);
	for (unsigned i = 0; i < 4; i++)
		ck_assert(holds(i));
	add(4, 100, 0);
	ck_assert(!holds(0));
	for (unsigned i = 1; i < 5; i++)
		ck_assert(holds(i));
}
END_TEST

START_TEST(the_expired_makes_room_first)
{
	add(0, 100, 0);
	add(1, 50, 0);
	add(2, 100, 0);
	add(3, 100, 0);
	add(4, 100, 50);
	ck_assert(!holds(0)); /* 50 is still valid in second 50 */
	add(5, 100, 51);
	ck_assert(!holds(1));
	ck_assert(holds(2));
	ck_assert(holds(4));
}
END_TEST

START_TEST(a_small_cache_still_verifies)
{
	_cleanup_(buffer_freep) struct buffer other = vectors_read(OTHER);
	int64_t other_made;

	chain_cache_free(cache);
	ck_assert_int_eq(chain_cache_new(1, &cache), ATTEST_OK);
	ck_assert_int_eq(time_parse("2026-06-30T00:33:40Z", &other_made), 0);
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_int_eq(verify(buffer_span(&genuine), made),
				 ATTEST_OK);
		ck_assert_int_eq(verify(buffer_span(&other), other_made),
				 ATTEST_OK);
	}
	ck_assert_uint_eq(paths, 4);
}
END_TEST

START_TEST(capacity_is_bounded)
{
	struct chain_cache *none = NULL;

	ck_assert_int_eq(chain_cache_new(0, &none), ATTEST_E_INTERNAL);
	ck_assert_int_eq(chain_cache_new(CHAIN_CACHE_MAX + 1, &none),
			 ATTEST_E_INTERNAL);
	ck_assert_int_eq(chain_cache_new(SIZE_MAX, &none), ATTEST_E_INTERNAL);
	ck_assert_ptr_null(none);
}
END_TEST

/* A worker of the daemon outlives the roots that a reload replaces. */
static pthread_barrier_t meeting;

static void *verify_and_stay(void *unused _unused_)
{
	enum attest_error *result = malloc(sizeof(*result));

	*result = verify(buffer_span(&genuine), made);
	pthread_barrier_wait(&meeting);
	pthread_barrier_wait(&meeting);
	return result;
}

START_TEST(a_thread_may_outlive_the_roots_it_used)
{
	_cleanup_free_ enum attest_error *result = NULL;
	pthread_t thread;
	void *returned;

	pthread_barrier_init(&meeting, NULL, 2);
	ck_assert_int_eq(pthread_create(&thread, NULL, verify_and_stay, NULL),
			 0);
	pthread_barrier_wait(&meeting);
	chain_cache_free(TAKE_PTR(cache));
	anchors_free(TAKE_PTR(anchors));
	pthread_barrier_wait(&meeting);
	ck_assert_int_eq(pthread_join(thread, &returned), 0);
	result = returned;
	ck_assert_int_eq(*result, ATTEST_OK);
	pthread_barrier_destroy(&meeting);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_thread_may_outlive_the_roots_it_used);
	tcase_add_test(tests, second_verification_validates_no_path);
	tcase_add_test(tests, expiry_is_judged_on_a_remembered_chain);
	tcase_add_test(tests,
		       document_signature_is_checked_on_a_remembered_chain);
	tcase_add_test(tests, another_leaf_is_another_chain);
	tcase_add_test(tests, chains_belong_to_their_anchors);
	tcase_add_test(tests, the_oldest_makes_room);
	tcase_add_test(tests, the_expired_makes_room_first);
	tcase_add_test(tests, a_small_cache_still_verifies);
	tcase_add_test(tests, capacity_is_bounded);
}

VECTORS_MAIN("chain cache", add_tests)
