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

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, genuine_documents_are_read_exactly);
	tcase_add_test(tests, validity_is_exact_to_the_second);
	tcase_add_test(tests, times_at_the_ends_of_64_bits_are_refused);
	tcase_add_test(tests, rejected_documents_are_refused);
}

VECTORS_MAIN("vectors", add_tests)
