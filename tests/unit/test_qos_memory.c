/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that runs out at every single allocation while a manifest is read: it is
 * not read then, be it that memory was wanting or that it could not be parsed.
 */
#include "config.h"

#include "qos/manifest.h"

#include <jansson.h>

#include "nitro-sim/manifest.h"
#include "tests/unit/unit.h"

/* Allocations up to and including the first that fails. */
static size_t until_failure = SIZE_MAX;

static bool fails(void)
{
	return until_failure == 0 || --until_failure == 0;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

/* jansson takes a string for which there is no memory for none. */
static bool is_outcome(enum qos_error error, bool is_whole, bool is_json)
{
	if (is_whole)
		return error == QOS_OK;
	return error == QOS_E_NO_MEMORY ||
	       (is_json && error == QOS_E_MANIFEST_JSON);
}

static void check_form(unsigned version, bool is_json)
{
	struct document_options document;
	struct manifest_options options;
	_cleanup_manifest_ struct manifest_set set = { 0 };
	_cleanup_(digest_freep) struct digest *digest = NULL;
	bool is_whole = false;
	size_t at;

	document_options_init(&document, 0);
	manifest_options_init(&options, &document);
	options.version = version;
	options.is_json = is_json;
	ck_assert_int_eq(manifest_make(&options, &set), 0);
	ck_assert_int_eq(digest_new(&digest), ATTEST_OK);
	for (at = 1; !is_whole; at++) {
		_cleanup_(qos_manifest_freep) struct qos_manifest *manifest =
			NULL;
		struct qos_failure failure;
		enum qos_error e;

		until_failure = at;
		e = qos_manifest_read(digest, bytes_span(&set.envelope),
				      &manifest, &failure);
		is_whole = until_failure != 0;
		until_failure = SIZE_MAX;
		ck_assert_msg(is_outcome(e, is_whole, is_json),
			      "allocation %zu: %s", at, qos_error_name(e));
		ck_assert_int_eq(manifest != NULL, is_whole);
	}
	ck_assert_uint_gt(at, 10);
}

START_TEST(borsh_is_read_whole_or_not_at_all)
{
	check_form(0, false);
	check_form(1, false);
}
END_TEST

START_TEST(json_is_read_whole_or_not_at_all)
{
	json_set_alloc_funcs(__wrap_malloc, free);
	check_form(0, true);
	check_form(1, true);
	check_form(2, true);
	json_set_alloc_funcs(malloc, free);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, borsh_is_read_whole_or_not_at_all);
	tcase_add_test(tests, json_is_read_whole_or_not_at_all);
}

UNIT_MAIN("qos_memory", add_tests)
