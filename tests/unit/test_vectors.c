/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents that AWS signed, against index.json: each field of each, and the
 * smallest changes to them that must be refused.
 */
#include "config.h"

#include "attest/attest.h"

#include "base/hex.h"
#include "base/time_text.h"
#include "tests/support/vectors.h"
#include "tests/unit/unit.h"

static struct anchors *anchors;
static json_t *vectors;

static void setup(void)
{
	ck_assert_int_eq(anchors_new(&anchors), ATTEST_OK);
	ck_assert_int_eq(anchors_add_aws(anchors), ATTEST_OK);
	vectors = vectors_index();
}

static void teardown(void)
{
	json_decref(vectors);
	anchors_free(anchors);
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static int64_t time_of(const json_t *object, const char *key)
{
	int64_t ms;

	ck_assert_int_eq(time_parse(text_of(object, key), &ms), 0);
	return ms;
}

static enum attest_error verify(struct span document, int64_t now_ms)
{
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	struct attest_input input = { .document = document,
				      .anchors = anchors,
				      .now_ms = now_ms };
	struct attest_failure failure;
	enum attest_error e = attest_verify(&input, &evidence, &failure);

	ck_assert_int_eq(e == ATTEST_OK, evidence != NULL);
	if (e != ATTEST_OK)
		ck_assert_int_eq(e, failure.error);
	return e;
}

static enum attest_error verify_at_document(struct span document,
					    struct evidence **ret_evidence)
{
	struct attest_input input = { .document = document,
				      .anchors = anchors,
				      .at_document_time = true };
	struct attest_failure failure;

	return attest_verify(&input, ret_evidence, &failure);
}

static void check_bytes(const char *file, struct span found,
			const json_t *expected)
{
	_cleanup_(buffer_freep) struct buffer bytes = vectors_hex(expected);

	ck_assert_msg(span_is_absent(found) == (bytes.data == NULL), "%s",
		      file);
	ck_assert_msg(span_equal(found, buffer_span(&bytes)), "%s", file);
}

static void check_pcrs(const char *file, const struct evidence *evidence,
		       const json_t *expected)
{
	char key[8];

	ck_assert(json_object_size(expected) > 0);
	for (unsigned i = 0; i < ATTEST_PCR_COUNT + 1; i++) {
		const json_t *pcr;

		snprintf(key, sizeof(key), "%u", i);
		pcr = json_object_get(expected, key);
		if (pcr == NULL)
			ck_assert(span_is_absent(evidence_pcr(evidence, i)));
		else
			check_bytes(file, evidence_pcr(evidence, i), pcr);
	}
}

/* True for every enclave that AWS runs, debug mode or not. */
static void check_pcr4(const struct evidence *evidence)
{
	struct span expected = evidence_expected_pcr4(evidence);

	if (evidence_kind(evidence) == EVIDENCE_NITROTPM)
		ck_assert(span_is_absent(expected));
	else
		ck_assert(span_equal(expected, evidence_pcr(evidence, 4)));
}

static void check_chain(const char *file, const struct evidence *evidence,
			const json_t *chain)
{
	ck_assert_uint_eq(evidence_chain_length(evidence),
			  json_array_size(chain));
	for (size_t i = 0; i < json_array_size(chain); i++) {
		const struct evidence_certificate *found =
			evidence_certificate(evidence, i);
		const json_t *expected = json_array_get(chain, i);

		ck_assert_str_eq(found->subject, text_of(expected, "subject"));
		ck_assert_int_eq(found->not_before * MSEC_PER_SEC,
				 time_of(expected, "not_before"));
		ck_assert_int_eq(found->not_after * MSEC_PER_SEC,
				 time_of(expected, "not_after"));
		check_bytes(file, span_of(found->sha256, sizeof(found->sha256)),
			    json_object_get(expected, "sha256"));
	}
}

static void check_document(const json_t *expected)
{
	const char *file = text_of(expected, "file");
	_cleanup_(buffer_freep) struct buffer bytes = vectors_read(file);
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	uint64_t timestamp = (uint64_t)json_integer_value(
		json_object_get(expected, "timestamp_ms"));
	char common_name[ATTEST_SUBJECT_MAX];

	ck_assert_msg(verify_at_document(buffer_span(&bytes), &evidence) ==
			      ATTEST_OK,
		      "%s", file);
	ck_assert_str_eq(evidence_kind_name(evidence_kind(evidence)),
			 text_of(expected, "kind"));
	ck_assert_str_eq(evidence_module_id(evidence),
			 text_of(expected, "module_id"));
	ck_assert_uint_eq(evidence_timestamp_ms(evidence), timestamp);
	ck_assert_int_eq(evidence_judged_at_ms(evidence), (int64_t)timestamp);
	ck_assert_str_eq(evidence_digest(evidence), "SHA384");
	ck_assert_int_eq(
		evidence_map_is_indefinite(evidence),
		strcmp(text_of(expected, "payload_map"), "indefinite") == 0);
	check_pcrs(file, evidence, json_object_get(expected, "pcrs"));
	check_pcr4(evidence);
	check_bytes(file, evidence_public_key(evidence),
		    json_object_get(expected, "public_key"));
	check_bytes(file, evidence_user_data(evidence),
		    json_object_get(expected, "user_data"));
	check_bytes(file, evidence_nonce(evidence),
		    json_object_get(expected, "nonce"));
	check_chain(file, evidence, json_object_get(expected, "chain"));
	ck_assert_int_eq(evidence_is_debug(evidence),
			 json_is_true(json_object_get(expected, "debug")));
	ck_assert_str_eq(evidence_root_label(evidence), ANCHORS_AWS_LABEL);
	ck_assert(!evidence_nonce_was_checked(evidence));
	ck_assert(!evidence_age_was_checked(evidence));

	/* The leaf is named after the module, in all genuine documents. */
	snprintf(common_name, sizeof(common_name), "%s.",
		 evidence_module_id(evidence));
	ck_assert_int_eq(strncmp(evidence_leaf_common_name(evidence),
				 common_name, strlen(common_name)),
			 0);
}

START_TEST(genuine_documents_are_read_exactly)
{
	ck_assert_uint_ge(json_array_size(vectors), 36);
	for (size_t i = 0; i < json_array_size(vectors); i++)
		check_document(json_array_get(vectors, i));
}
END_TEST

static int64_t first_expiry(const json_t *expected)
{
	const json_t *chain = json_object_get(expected, "chain");
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < json_array_size(chain); i++) {
		int64_t ms = time_of(json_array_get(chain, i), "not_after");

		if (ms < first)
			first = ms;
	}
	return first;
}

static int64_t last_beginning(const json_t *expected)
{
	const json_t *chain = json_object_get(expected, "chain");
	int64_t last = INT64_MIN;

	for (size_t i = 0; i < json_array_size(chain); i++) {
		int64_t ms = time_of(json_array_get(chain, i), "not_before");

		if (ms > last)
			last = ms;
	}
	return last;
}

START_TEST(validity_is_exact_to_the_second)
{
	for (size_t i = 0; i < json_array_size(vectors); i++) {
		const json_t *expected = json_array_get(vectors, i);
		_cleanup_(buffer_freep) struct buffer bytes =
			vectors_read(text_of(expected, "file"));
		struct span document = buffer_span(&bytes);
		int64_t begin = last_beginning(expected);
		int64_t end = first_expiry(expected);

		ck_assert_int_eq(verify(document, begin), ATTEST_OK);
		ck_assert_int_eq(verify(document, begin - 1),
				 ATTEST_E_CERTIFICATE_NOT_YET_VALID);
		ck_assert_int_eq(verify(document, end), ATTEST_OK);
		ck_assert_int_eq(verify(document, end + 999), ATTEST_OK);
		ck_assert_int_eq(verify(document, end + MSEC_PER_SEC),
				 ATTEST_E_CERTIFICATE_EXPIRED);
		ck_assert_int_eq(verify(document, end + 86400 * MSEC_PER_SEC),
				 ATTEST_E_CERTIFICATE_EXPIRED);
	}
}
END_TEST

START_TEST(times_at_the_ends_of_64_bits_are_refused)
{
	_cleanup_(buffer_freep) struct buffer bytes =
		vectors_read(text_of(json_array_get(vectors, 0), "file"));

	ck_assert_int_eq(verify(buffer_span(&bytes), INT64_MAX),
			 ATTEST_E_CERTIFICATE_EXPIRED);
	ck_assert_int_eq(verify(buffer_span(&bytes), INT64_MIN),
			 ATTEST_E_CERTIFICATE_NOT_YET_VALID);
}
END_TEST

static const struct {
	const char *file;
	enum attest_error error;
} rejected[] = {
	{ "rejected/self-signed-cabundle-null.cbor",
	  ATTEST_E_UNPROTECTED_HEADER },
	{ "rejected/signature-last-byte-changed.cbor",
	  ATTEST_E_SIGNATURE_INVALID },
	{ "rejected/chain-good-signature-bad.cbor",
	  ATTEST_E_SIGNATURE_INVALID },
};

START_TEST(rejected_documents_are_refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(rejected); i++) {
		_cleanup_(buffer_freep) struct buffer bytes =
			vectors_read(rejected[i].file);
		struct evidence *evidence = NULL;

		ck_assert_int_eq(
			verify_at_document(buffer_span(&bytes), &evidence),
			rejected[i].error);
		ck_assert_ptr_null(evidence);
	}
}
END_TEST

/* A genuine document with a nonce of 32 bytes. */
#define WITH_NONCE    "genuine/2022-11-09_8ff485d8a838.cbor"
#define WITHOUT_NONCE "genuine/2021-03-05_883eaa6cbccb.cbor"

static enum attest_error verify_nonce(const char *file, struct span nonce)
{
	_cleanup_(buffer_freep) struct buffer bytes = vectors_read(file);
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	struct attest_input input = { .document = buffer_span(&bytes),
				      .anchors = anchors,
				      .at_document_time = true,
				      .nonce = nonce };
	struct attest_failure failure;
	enum attest_error e = attest_verify(&input, &evidence, &failure);

	if (e == ATTEST_OK)
		ck_assert(evidence_nonce_was_checked(evidence));
	return e;
}

START_TEST(nonce_is_compared)
{
	_cleanup_(buffer_freep) struct buffer bytes = vectors_read(WITH_NONCE);
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	uint8_t other[32];
	struct span nonce;

	ck_assert_int_eq(verify_at_document(buffer_span(&bytes), &evidence),
			 ATTEST_OK);
	nonce = evidence_nonce(evidence);
	ck_assert_uint_eq(nonce.size, sizeof(other));
	ck_assert_int_eq(verify_nonce(WITH_NONCE, nonce), ATTEST_OK);
	memcpy(other, nonce.data, sizeof(other));
	other[31] ^= 1;
	ck_assert_int_eq(
		verify_nonce(WITH_NONCE, span_of(other, sizeof(other))),
		ATTEST_E_NONCE_DIFFERENT);
	ck_assert_int_eq(verify_nonce(WITH_NONCE, span_of(nonce.data, 31)),
			 ATTEST_E_NONCE_DIFFERENT);
	ck_assert_int_eq(verify_nonce(WITH_NONCE, span_of("", 0)),
			 ATTEST_E_NONCE_DIFFERENT);
	ck_assert_int_eq(verify_nonce(WITHOUT_NONCE, nonce),
			 ATTEST_E_NONCE_MISSING);
	ck_assert_int_eq(verify_nonce(WITHOUT_NONCE, span_of("", 0)),
			 ATTEST_E_NONCE_MISSING);
}
END_TEST

static enum attest_error verify_age(int64_t now_ms, uint64_t max_age_ms,
				    uint64_t clock_skew_ms)
{
	_cleanup_(buffer_freep) struct buffer bytes = vectors_read(WITH_NONCE);
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	struct attest_input input = { .document = buffer_span(&bytes),
				      .anchors = anchors,
				      .now_ms = now_ms,
				      .max_age_ms = max_age_ms,
				      .clock_skew_ms = clock_skew_ms };
	struct attest_failure failure;
	enum attest_error e = attest_verify(&input, &evidence, &failure);

	if (e == ATTEST_OK) {
		ck_assert_int_eq(evidence_age_was_checked(evidence),
				 max_age_ms != 0);
		ck_assert_int_eq(evidence_judged_at_ms(evidence), now_ms);
	}
	return e;
}

START_TEST(age_is_exact_to_the_millisecond)
{
	int64_t made;

	ck_assert_int_eq(time_parse("2022-11-09T22:52:00Z", &made), 0);
	for (size_t i = 0; i < json_array_size(vectors); i++) {
		const json_t *row = json_array_get(vectors, i);

		if (strcmp(text_of(row, "file"), WITH_NONCE) == 0)
			made = json_integer_value(
				json_object_get(row, "timestamp_ms"));
	}
	ck_assert_int_eq(verify_age(made, 1, 0), ATTEST_OK);
	ck_assert_int_eq(verify_age(made + 1, 1, 0), ATTEST_OK);
	ck_assert_int_eq(verify_age(made + 2, 1, 0), ATTEST_E_DOCUMENT_TOO_OLD);
	ck_assert_int_eq(verify_age(made + 2, 0, 0), ATTEST_OK);
	ck_assert_int_eq(verify_age(made + 60000, 59999, UINT64_MAX),
			 ATTEST_E_DOCUMENT_TOO_OLD);
	ck_assert_int_eq(verify_age(made + 60000, UINT64_MAX, 0), ATTEST_OK);
	ck_assert_int_eq(verify_age(made - 1, 1, 1), ATTEST_OK);
	ck_assert_int_eq(verify_age(made - 2, 1, 1),
			 ATTEST_E_DOCUMENT_FROM_FUTURE);
	ck_assert_int_eq(verify_age(made - 1, UINT64_MAX, 0),
			 ATTEST_E_DOCUMENT_FROM_FUTURE);
	ck_assert_int_eq(verify_age(made - 2, UINT64_MAX, UINT64_MAX),
			 ATTEST_OK);
}
END_TEST

/* Any bit matters: those of the envelope, and every 13th of the rest. */
START_TEST(every_changed_bit_is_refused)
{
	_cleanup_(buffer_freep) struct buffer bytes =
		vectors_read(WITHOUT_NONCE);
	size_t bits = 8 * bytes.size;
	size_t signature = bits - 8 * ATTEST_SIGNATURE_SIZE;

	for (size_t bit = 0; bit < bits; bit += bit < 128	  ? 1
						: bit < signature ? 13
								  : 3) {
		struct evidence *evidence = NULL;

		bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ck_assert_msg(verify_at_document(buffer_span(&bytes),
						 &evidence) != ATTEST_OK,
			      "bit %zu", bit);
		bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}
END_TEST

START_TEST(every_truncation_is_refused)
{
	_cleanup_(buffer_freep) struct buffer bytes =
		vectors_read(WITHOUT_NONCE);

	for (size_t size = 0; size < bytes.size; size++) {
		/* A block of exactly this size lets a sanitizer see any read
		 * behind the end. */
		_cleanup_free_ uint8_t *copy = malloc(size + (size == 0));
		struct evidence *evidence = NULL;

		memcpy(copy, bytes.data, size);
		ck_assert_int_eq(attest_error_check(verify_at_document(
					 span_of(copy, size), &evidence)),
				 ATTEST_CHECK_ENVELOPE);
	}
}
END_TEST

START_TEST(every_error_has_its_row)
{
	for (int error = ATTEST_OK + 1; error < ATTEST_ERROR_COUNT; error++) {
		ck_assert_int_ne(*attest_error_name(error), '\0');
		ck_assert_int_ne(*attest_error_sentence(error), '\0');
		ck_assert_int_ne(*attest_error_hint(error), '\0');
		for (int other = ATTEST_OK; other < error; other++)
			ck_assert_str_ne(attest_error_name(error),
					 attest_error_name(other));
	}
	for (int check = 0; check < ATTEST_CHECK_COUNT; check++)
		ck_assert_int_ne(*attest_check_name(check), '\0');
	ck_assert_str_eq(attest_error_name(ATTEST_OK), "ok");
	ck_assert_str_eq(attest_error_name(ATTEST_ERROR_COUNT),
			 "internal-error");
	ck_assert_str_eq(attest_check_name(ATTEST_CHECK_COUNT), "none");
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, genuine_documents_are_read_exactly);
	tcase_add_test(tests, validity_is_exact_to_the_second);
	tcase_add_test(tests, times_at_the_ends_of_64_bits_are_refused);
	tcase_add_test(tests, rejected_documents_are_refused);
	tcase_add_test(tests, nonce_is_compared);
	tcase_add_test(tests, age_is_exact_to_the_millisecond);
	tcase_add_test(tests, every_changed_bit_is_refused);
	tcase_add_test(tests, every_truncation_is_refused);
	tcase_add_test(tests, every_error_has_its_row);
}

VECTORS_MAIN("vectors", add_tests)
