/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Level 3 from end to end: manifests of every version and encoding hold; every break
 * of nitro-sim meets its own refusal, and nothing else.
 */
#include "config.h"

#include <stdio.h>

#include "base/hex.h"
#include "nitro-sim/authority.h"
#include "nitro-sim/document.h"
#include "nitro-sim/manifest.h"
#include "policy/policy.h"
#include "qos/error.h"
#include "tests/unit/policy_unit.h"

#define DOCUMENT_AT INT64_C(1793620800000)
#define SET_FILE    "/manifest_set.json"

static struct authority *authority;
static struct anchors *anchors;
static const char *const roots[] = { "sim" };

static void setup(void)
{
	_cleanup_bytes_ struct bytes pem = BYTES_EMPTY;

	ck_assert_int_eq(authority_new(&authority), 0);
	ck_assert_int_eq(authority_root_pem(authority, &pem), 0);
	ck_assert_int_eq(anchors_new(&anchors), ATTEST_OK);
	ck_assert_int_eq(anchors_add_pem(anchors, "sim", bytes_span(&pem)),
			 ATTEST_OK);
}

static void teardown(void)
{
	authority_free(authority);
	anchors_free(anchors);
}

/* A world with one file. */
static int read_set(void *context, const char *path, size_t max_size,
		    struct buffer *ret_file, const char **reterr_why)
{
	const struct bytes *set = context;

	if (strcmp(path, SET_FILE) != 0 || set->size > max_size) {
		*reterr_why = "is not there";
		return -1;
	}
	ret_file->data = malloc(set->size);
	ck_assert_ptr_nonnull(ret_file->data);
	memcpy(ret_file->data, set->data, set->size);
	ret_file->size = set->size;
	return 0;
}

/* One release of the PCRs that the document has by default. */
static char *image_text(const struct document_options *document,
			const char *keys)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	fputs("[image/a]\nkind = enclave\n[release/a/1]\n", stream);
	for (unsigned i = 0; i < 3; i++) {
		uint8_t pcr[ATTEST_SHA384_SIZE];
		char hex[HEX_SIZE(ATTEST_SHA384_SIZE)];

		ck_assert_int_eq(document_pcr(document, i, pcr), 0);
		hex_encode(span_of(pcr, sizeof(pcr)), hex);
		fprintf(stream, "pcr%u = %s\n", i, hex);
	}
	fputs(keys, stream);
	fclose(stream);
	return text;
}

static struct evidence *verify(const struct document_options *options)
{
	_cleanup_bytes_ struct bytes document = BYTES_EMPTY;
	struct evidence *evidence = NULL;
	struct attest_failure failure;
	int64_t now_ms;

	ck_assert_int_eq(document_make(authority, options, &document, &now_ms),
			 0);
	ck_assert_int_eq(
		attest_verify(
			&(struct attest_input){
				.document = bytes_span(&document),
				.anchors = anchors,
				.now_ms = now_ms,
				.max_field_size = ATTEST_FIELD_DEFAULT },
			&evidence, &failure),
		ATTEST_OK);
	return evidence;
}

/* What is held against what; the verdict belongs to the caller. */
static struct verdict *judge(const struct manifest_options *options,
			     const struct manifest_set *set, const char *keys,
			     struct span manifest)
{
	struct document_options document = *options->document;
	const struct policy_world world = {
		.read_file = read_set,
		.context = (void *)(uintptr_t)&set->trusted
	};
	_cleanup_free_ char *images = image_text(&document, keys);
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_in_world(NULL, images, NULL, &world);
	_cleanup_free_ char *complaints = loaded_text(&loaded);
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	struct verdict *verdict = verdict_new();
	const struct requirements requirements = { .level = 3,
						   .roots = roots,
						   .root_count = 1 };

	ck_assert_msg(loaded.policy != NULL, "%s", complaints);
	ck_assert_int_eq(manifest_bind(options, set, &document), 0);
	evidence = verify(&document);
	policy_appraise(loaded.policy, &requirements,
			&(struct claim){ .evidence = evidence,
					 .now_ms = DOCUMENT_AT,
					 .manifest = manifest },
			verdict);
	return verdict;
}

/* The keys of a release that expects what was made. */
static char *release_keys(const struct manifest_set *set)
{
	char hex[HEX_SIZE(MANIFEST_HASH_SIZE)];
	char *keys;

	hex_encode(span_of(set->pivot, sizeof(set->pivot)), hex);
	ck_assert_int_gt(asprintf(&keys,
				  "manifest = qos\npivot = sha256:%s\n"
				  "namespace = trial\n"
				  "manifest_set = " SET_FILE "\n",
				  hex),
			 0);
	return keys;
}

static void check_reason(const struct manifest_options *options,
			 const char *reason)
{
	_cleanup_manifest_ struct manifest_set set = { 0 };
	_cleanup_free_ char *keys = NULL;
	_cleanup_(verdict_freep) struct verdict *verdict = NULL;
	const char *name =
		options->broken != NULL ? options->broken->name : "whole";

	ck_assert_int_eq(manifest_make(options, &set), 0);
	keys = release_keys(&set);
	verdict = judge(options, &set, keys, bytes_span(&set.envelope));
	ck_assert_msg(strcmp(verdict->reason, reason) == 0,
		      "'%s' met '%s', not '%s' (%s)", name, verdict->reason,
		      reason, verdict->checks[CHECK_MANIFEST].actual);
	ck_assert_int_eq(verdict->allowed, strcmp(reason, "allowed") == 0);
	ck_assert_uint_eq(verdict->level, verdict->allowed ? 3 : 2);
}

static struct document_options usual_document(void)
{
	struct document_options document;

	document_options_init(&document, DOCUMENT_AT);
	return document;
}

START_TEST(every_version_holds)
{
	static const struct {
		unsigned version;
		bool is_json;
	} forms[] = { { 0, false },
		      { 0, true },
		      { 1, false },
		      { 1, true },
		      { 2, true } };
	const struct document_options document = usual_document();
	struct manifest_options options;

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		manifest_options_init(&options, &document);
		options.version = forms[i].version;
		options.is_json = forms[i].is_json;
		for (int c = COMMITMENT_NONE; c <= COMMITMENT_LIVE; c++) {
			options.commitment = (enum manifest_commitment)c;
			check_reason(&options, "allowed");
		}
	}
}
END_TEST

/* A loop test: one process for each break. */
START_TEST(a_break_meets_its_refusal)
{
	const struct document_options document = usual_document();
	struct manifest_options options;

	manifest_options_init(&options, &document);
	options.broken = manifest_breaks_at((size_t)_i);
	check_reason(&options, options.broken->reason);
}
END_TEST

static bool has_break(const char *reason)
{
	const struct manifest_break *broken;

	for (size_t i = 0; (broken = manifest_breaks_at(i)) != NULL; i++)
		if (strcmp(broken->reason, reason) == 0)
			return true;
	return false;
}

/* Those that no envelope provokes have tests of their own, or cannot be had. */
START_TEST(every_refusal_has_a_break)
{
	static const enum qos_error others[] = {
		QOS_E_MANIFEST_NOT_NAMED, QOS_E_MANIFEST_NOT_CHECKED,
		QOS_E_CHECKSUM_ABSENT,	  QOS_E_CHECKSUM_DIFFERENT,
		QOS_E_APPROVALS_ABSENT,	  QOS_E_NO_MEMORY,
		QOS_E_INTERNAL,
	};

	for (int i = QOS_OK + 1; i < QOS_ERROR_COUNT; i++) {
		const char *name = qos_error_name((enum qos_error)i);
		bool is_other = false;

		for (size_t j = 0; j < ARRAY_SIZE(others); j++)
			is_other = is_other || (int)others[j] == i;
		ck_assert_msg(is_other || has_break(name),
			      "no break is refused with '%s'", name);
	}
}
END_TEST

/* What comes with the document, and what the release says, in ways that are no
 * breaks. */
static const struct {
	const char *keys;
	enum { NOTHING, MANIFEST_ALONE, ENVELOPE } sent;
	const char *reason;
} other_ways[] = {
	{ "", ENVELOPE, "manifest-not-named" },
	{ "manifest = qos\nmanifest_set = " SET_FILE "\n", NOTHING,
	  "manifest-not-checked" },
	{ "manifest = qos\nmanifest_set = " SET_FILE "\n", MANIFEST_ALONE,
	  "approvals-absent" },
	{ "manifest = qos\nmanifest_set = " SET_FILE "\n", ENVELOPE,
	  "allowed" },
	{ "manifest = qos\npivot = sha256:" HEX32(
		  "a") "\nmanifest_set = " SET_FILE "\n",
	  ENVELOPE, "pivot-different" },
	{ "manifest = user-data\nchecksum = sha256:" HEX32("a") "\n", ENVELOPE,
	  "checksum-different" },
	{ "manifest = user-data\nchecksum = json:a=b\n", ENVELOPE,
	  "checksum-absent" },
};

START_TEST(what_was_sent_and_asked_for_decides)
{
	const struct document_options document = usual_document();
	struct manifest_options options;
	_cleanup_manifest_ struct manifest_set set = { 0 };
	_cleanup_(verdict_freep) struct verdict *verdict = NULL;
	struct span sent = SPAN_ABSENT;

	manifest_options_init(&options, &document);
	ck_assert_int_eq(manifest_make(&options, &set), 0);
	if (other_ways[_i].sent == MANIFEST_ALONE)
		sent = bytes_span(&set.manifest);
	else if (other_ways[_i].sent == ENVELOPE)
		sent = bytes_span(&set.envelope);
	verdict = judge(&options, &set, other_ways[_i].keys, sent);
	ck_assert_str_eq(verdict->reason, other_ways[_i].reason);
}
END_TEST

/* Without manifest_set nobody was asked whom the host knows; and yet an envelope that
 * is not whole is refused. */
static const struct {
	bool names_set;
	unsigned approvals;
	const char *reason;
	enum check_state state;
} approvers[] = {
	{ true, 2, "allowed", CHECK_PASSED },
	{ false, 2, "allowed", CHECK_NOT_CHECKED },
	{ false, 1, "approvals-few", CHECK_FAILED },
};

START_TEST(own_members_are_no_approval)
{
	const struct document_options document = usual_document();
	struct manifest_options options;
	_cleanup_manifest_ struct manifest_set set = { 0 };
	_cleanup_(verdict_freep) struct verdict *verdict = NULL;
	_cleanup_free_ char *keys = NULL;

	manifest_options_init(&options, &document);
	options.approvals = approvers[_i].approvals;
	ck_assert_int_eq(manifest_make(&options, &set), 0);
	keys = release_keys(&set);
	if (!approvers[_i].names_set)
		*strstr(keys, "manifest_set") = '\0';
	verdict = judge(&options, &set, keys, bytes_span(&set.envelope));
	ck_assert_str_eq(verdict->reason, approvers[_i].reason);
	ck_assert_int_eq(verdict->checks[CHECK_APPROVALS].state,
			 approvers[_i].state);
}
END_TEST

/* The member of a set that nitro-sim wrote, from its key on. */
static const char *find_key(const struct bytes *trusted, size_t index)
{
	static const char head[] = "\"pubKey\":\"";
	const uint8_t *at = trusted->data;

	for (size_t i = 0; at != NULL && i <= index; i++) {
		const size_t left =
			trusted->size - (size_t)(at - trusted->data);

		at = memmem(at, left, head, strlen(head));
		at = at == NULL ? NULL : at + strlen(head);
	}
	ck_assert_ptr_nonnull(at);
	return (const char *)at;
}

/* What a release with these members is described as; the caller's. */
static char *describe_members(const char *members)
{
	const struct document_options document = usual_document();
	struct bytes file = BYTES_EMPTY;
	const struct policy_world world = { .read_file = read_set,
					    .context = &file };
	_cleanup_free_ char *images = image_text(
		&document, "manifest = qos\nmanifest_set = " SET_FILE "\n");
	struct policy_description description;
	char *text;

	bytes_append_span(&file, span_of_text(members));
	{
		_cleanup_(loaded_deinit) struct loaded loaded =
			load_in_world(NULL, images, NULL, &world);

		ck_assert_ptr_nonnull(loaded.policy);
		ck_assert_int_eq(policy_describe(loaded.policy, &description),
				 POLICY_OK);
	}
	ck_assert_uint_eq(description.count, 2);
	text = strdup(description.items[1].text);
	policy_description_free(description);
	bytes_clear(&file);
	return text;
}

/* An alias that looks like a member and the beginning of another one. */
START_TEST(other_members_have_another_description)
{
	enum { KEY = 2 * QOS_KEY_SIZE };
	const struct document_options document = usual_document();
	struct manifest_options options;
	_cleanup_manifest_ struct manifest_set set = { 0 };
	_cleanup_free_ char *two = NULL, *one = NULL;
	_cleanup_free_ char *text_of_two = NULL, *text_of_one = NULL;
	const char *a, *b;

	manifest_options_init(&options, &document);
	ck_assert_int_eq(manifest_make(&options, &set), 0);
	a = find_key(&set.trusted, 0);
	b = find_key(&set.trusted, 1);
	ck_assert_int_gt(asprintf(&two,
				  "{\"threshold\":1,\"members\":["
				  "{\"alias\":\"a\",\"pubKey\":\"%.*s\"},"
				  "{\"alias\":\"b\",\"pubKey\":\"%.*s\"}]}",
				  KEY, a, KEY, b),
			 0);
	ck_assert_int_gt(
		asprintf(&one,
			 "{\"threshold\":1,\"members\":["
			 "{\"alias\":\"a:%.*s, b\",\"pubKey\":\"%.*s\"}]}",
			 KEY, a, KEY, b),
		0);
	text_of_two = describe_members(two);
	text_of_one = describe_members(one);
	ck_assert_ptr_nonnull(strstr(text_of_two, "manifest_set = 1, a:"));
	ck_assert_str_ne(text_of_one, text_of_two);
}
END_TEST

static int count_breaks(void)
{
	int count = 0;

	while (manifest_breaks_at((size_t)count) != NULL)
		count++;
	return count;
}

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, other_members_have_another_description);
	tcase_add_loop_test(tests, own_members_are_no_approval, 0,
			    ARRAY_SIZE(approvers));
	tcase_add_test(tests, every_version_holds);
	tcase_add_loop_test(tests, a_break_meets_its_refusal, 0,
			    count_breaks());
	tcase_add_test(tests, every_refusal_has_a_break);
	tcase_add_loop_test(tests, what_was_sent_and_asked_for_decides, 0,
			    ARRAY_SIZE(other_ways));
}

UNIT_MAIN("manifest_refusals", add_tests)
