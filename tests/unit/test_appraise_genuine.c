/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents that AWS signed, against a policy that is made from their own PCRs:
 * each production enclave and each NitroTPM reaches level 2, each debug enclave is
 * refused as one, and none of them meets a check that only forgeries should meet.
 */
#include "config.h"

#include "policy/policy.h"

#include "tests/support/vectors.h"
#include "tests/unit/policy_unit.h"

static struct anchors *anchors;

static void setup(void)
{
	ck_assert_int_eq(anchors_new(&anchors), ATTEST_OK);
	ck_assert_int_eq(anchors_add_aws(anchors), ATTEST_OK);
}

static void teardown(void)
{
	anchors_free(anchors);
}

static struct evidence *verify(const char *file)
{
	_cleanup_(buffer_freep) struct buffer document = vectors_read(file);
	struct evidence *evidence = NULL;
	struct attest_input input = { .document = buffer_span(&document),
				      .anchors = anchors,
				      .at_document_time = true };
	struct attest_failure failure;

	ck_assert_msg(attest_verify(&input, &evidence, &failure) == ATTEST_OK,
		      "%s: %s", file, attest_error_name(failure.error));
	return evidence;
}

/* An image with one release: all PCRs of the document, or a made-up tuple for a
 * debug enclave, whose own would be refused. */
static char *image_text(const json_t *vector)
{
	size_t size = 0;
	char *text = NULL;
	FILE *stream = open_memstream(&text, &size);
	json_t *pcrs = json_object_get(vector, "pcrs");
	const char *index;
	json_t *pcr;

	fprintf(stream, "[image/a]\nkind = %s\n[release/a/1]\n",
		json_string_value(json_object_get(vector, "kind")));
	if (json_is_true(json_object_get(vector, "debug"))) {
		fputs(TUPLE("a"), stream);
	} else {
		json_object_foreach(pcrs, index, pcr) fprintf(
			stream, "pcr%s = %s\n", index, json_string_value(pcr));
	}
	/* Only now do pointer and size hold. */
	fclose(stream);
	return text;
}

static void check_vector(const json_t *vector)
{
	const char *file = json_string_value(json_object_get(vector, "file"));
	const bool is_debug = json_is_true(json_object_get(vector, "debug"));
	_cleanup_free_ char *text = image_text(vector);
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(NULL, text, NULL);
	_cleanup_(evidence_freep) struct evidence *evidence = verify(file);
	_cleanup_(verdict_freep) struct verdict *verdict = verdict_new();
	const char *const roots[] = { "aws" };
	const struct requirements requirements = { .level = 2,
						   .roots = roots,
						   .root_count = 1 };

	ck_assert_int_eq(loaded.error, POLICY_OK);
	policy_appraise(
		loaded.policy, &requirements,
		&(struct claim){
			.evidence = evidence,
			.now_ms = (int64_t)evidence_timestamp_ms(evidence) },
		verdict);
	ck_assert_msg(strcmp(verdict->reason,
			     is_debug ? "debug-enclave" : "allowed") == 0,
		      "%s: %s", file, verdict->reason);
	ck_assert_int_eq(verdict->allowed, !is_debug);
	ck_assert_uint_eq(verdict->level, is_debug ? 1 : 2);
	ck_assert_int_eq(verdict->checks[CHECK_LEAF_NAME].state, CHECK_PASSED);
	ck_assert_int_eq(verdict->checks[CHECK_INSTANCE].state,
			 evidence_kind(evidence) == EVIDENCE_ENCLAVE
				 ? CHECK_PASSED
				 : CHECK_NOT_CHECKED);
}

START_TEST(genuine_documents_reach_their_level)
{
	json_t *vectors = vectors_index();
	size_t seen = 0;

	for (size_t i = 0; i < json_array_size(vectors); i++) {
		const json_t *vector = json_array_get(vectors, i);
		const char *file =
			json_string_value(json_object_get(vector, "file"));

		if (strncmp(file, "genuine/", strlen("genuine/")) != 0)
			continue;
		check_vector(vector);
		seen++;
	}
	ck_assert_uint_gt(seen, 0);
	json_decref(vectors);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_unchecked_fixture(tests, setup, teardown);
	tcase_add_test(tests, genuine_documents_reach_their_level);
}

VECTORS_MAIN("appraise_genuine", add_tests)
