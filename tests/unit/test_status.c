/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/status.h"

#include <string.h>

#include "base/compiler.h"
#include "tests/unit/loose_bus.h"

enum property {
	PROPERTY_VERSION,
	PROPERTY_GENERATION,
	PROPERTY_DIGEST,
	PROPERTY_ERRORS,
	PROPERTY_WARNINGS,
	PROPERTY_ROOTS,
	PROPERTY_IMAGES,
	PROPERTY_RULES,
	PROPERTY_EXPIRING,
	PROPERTY_UNJUDGED,
	PROPERTY_STATISTICS,
	PROPERTY_COUNT,
};

/* Appends one property as the daemon has it. */
static void append(sd_bus_message *reply, enum property property)
{
	int r = -1;

	switch (property) {
	case PROPERTY_VERSION:
		r = sd_bus_message_append(reply, "{sv}", "Version", "s",
					  "0.1.0\n");
		break;
	case PROPERTY_GENERATION:
		r = sd_bus_message_append(reply, "{sv}", "PolicyGeneration",
					  "t", UINT64_C(7));
		break;
	case PROPERTY_DIGEST:
		r = sd_bus_message_append(reply, "{sv}", "PolicyDigest", "s",
					  "ab12");
		break;
	case PROPERTY_ERRORS:
		r = sd_bus_message_append(reply, "{sv}", "PolicyErrors", "as",
					  2, "first", "second");
		break;
	case PROPERTY_WARNINGS:
		r = sd_bus_message_append(reply, "{sv}", "PolicyWarnings", "as",
					  0);
		break;
	case PROPERTY_ROOTS:
		r = sd_bus_message_append(reply, "{sv}", "Roots", "a(ss)", 2,
					  "aws", "64", "sim", "65");
		break;
	case PROPERTY_IMAGES:
		r = sd_bus_message_append(reply, "{sv}", "Images", "a(su)", 1,
					  "signer", 3);
		break;
	case PROPERTY_RULES:
		r = sd_bus_message_append(reply, "{sv}", "RuleCount", "u", 4);
		break;
	case PROPERTY_EXPIRING:
		r = sd_bus_message_append(reply, "{sv}", "Expiring", "a(sst)",
					  1, "signer", "2026.11",
					  UINT64_C(1900000000000000));
		break;
	case PROPERTY_UNJUDGED:
		r = sd_bus_message_append(reply, "{sv}", "VerdictsUnjudged",
					  "u", 12);
		break;
	case PROPERTY_STATISTICS:
		r = sd_bus_message_append(reply, "{sv}", "Statistics", "a{st}",
					  2, "allowed", UINT64_C(5), "denied",
					  UINT64_C(1) << 40);
		break;
	case PROPERTY_COUNT:
		break;
	}
	ck_assert_int_ge(r, 0);
}

static sd_bus_message *open_reply(void)
{
	sd_bus_message *reply;

	ck_assert_int_ge(sd_bus_message_new_method_call(bus, &reply, "a.b", "/",
							"a.b", "C"),
			 0);
	ck_assert_int_ge(sd_bus_message_open_container(reply, 'a', "{sv}"), 0);
	return reply;
}

/* All properties but `missing`. */
static sd_bus_message *open_reply_without(enum property missing)
{
	sd_bus_message *reply = open_reply();

	for (int i = 0; i < PROPERTY_COUNT; i++)
		if (i != (int)missing)
			append(reply, (enum property)i);
	return reply;
}

static bool read_reply(sd_bus_message *reply, struct client_status *status)
{
	bool ok;

	ck_assert_int_ge(sd_bus_message_close_container(reply), 0);
	ck_assert_int_ge(sd_bus_message_seal(reply, 1, 0), 0);
	ok = status_from_properties(reply, status);
	sd_bus_message_unref(reply);
	return ok;
}

static void check_refused(sd_bus_message *reply)
{
	struct client_status *status = calloc(1, sizeof(*status));

	ck_assert(!read_reply(reply, status));
	client_status_free(status);
}

START_TEST(reads_everything)
{
	struct client_status *status = calloc(1, sizeof(*status));

	ck_assert(read_reply(open_reply_without(PROPERTY_COUNT), status));
	ck_assert_str_eq(status->version, "0.1.0?");
	ck_assert_uint_eq(status->generation, 7);
	ck_assert_str_eq(status->digest, "ab12");
	ck_assert_uint_eq(status->rules, 4);
	ck_assert_uint_eq(status->errors.count, 2);
	ck_assert_str_eq(status->errors.entries[1].name, "second");
	ck_assert_uint_eq(status->warnings.count, 0);
	ck_assert_uint_eq(status->roots.count, 2);
	ck_assert_str_eq(status->roots.entries[1].name, "sim");
	ck_assert_str_eq(status->roots.entries[1].detail, "65");
	ck_assert_uint_eq(status->images.count, 1);
	ck_assert_str_eq(status->images.entries[0].name, "signer");
	ck_assert_uint_eq(status->images.entries[0].count, 3);
	ck_assert_uint_eq(status->expiring.count, 1);
	ck_assert_str_eq(status->expiring.entries[0].name, "signer");
	ck_assert_str_eq(status->expiring.entries[0].detail, "2026.11");
	ck_assert_uint_eq(status->expiring.entries[0].value, 1900000000000000);
	ck_assert_uint_eq(status->unjudged, 12);
	ck_assert_uint_eq(status->statistics.count, 2);
	ck_assert_str_eq(status->statistics.entries[1].name, "denied");
	ck_assert_uint_eq(status->statistics.entries[1].value, UINT64_C(1)
								       << 40);
	client_status_free(status);
}
END_TEST

START_TEST(passes_over_what_is_unknown)
{
	struct client_status *status = calloc(1, sizeof(*status));
	sd_bus_message *reply = open_reply_without(PROPERTY_COUNT);

	sd_bus_message_append(reply, "{sv}", "Future", "a(st)", 1, "x",
			      UINT64_C(1));
	ck_assert(read_reply(reply, status));
	client_status_free(status);
}
END_TEST

START_TEST(refuses_what_is_missing_or_repeated)
{
	for (int i = 0; i < PROPERTY_COUNT; i++) {
		sd_bus_message *reply = open_reply_without(PROPERTY_COUNT);

		append(reply, (enum property)i);
		check_refused(reply);
		check_refused(open_reply_without((enum property)i));
	}
}
END_TEST

START_TEST(refuses_wrong_types)
{
	static const char *const names[] = {
		[PROPERTY_VERSION] = "Version",
		[PROPERTY_GENERATION] = "PolicyGeneration",
		[PROPERTY_DIGEST] = "PolicyDigest",
		[PROPERTY_ERRORS] = "PolicyErrors",
		[PROPERTY_WARNINGS] = "PolicyWarnings",
		[PROPERTY_ROOTS] = "Roots",
		[PROPERTY_IMAGES] = "Images",
		[PROPERTY_RULES] = "RuleCount",
		[PROPERTY_EXPIRING] = "Expiring",
		[PROPERTY_UNJUDGED] = "VerdictsUnjudged",
		[PROPERTY_STATISTICS] = "Statistics",
	};

	for (int i = 0; i < PROPERTY_COUNT; i++) {
		sd_bus_message *reply = open_reply_without((enum property)i);

		sd_bus_message_append(reply, "{sv}", names[i], "i", 1);
		check_refused(reply);
	}
}
END_TEST

START_TEST(bounds_lists_and_texts)
{
	struct client_status *status = calloc(1, sizeof(*status));
	sd_bus_message *reply = open_reply_without(PROPERTY_WARNINGS);
	char longer[2 * CLIENT_STATUS_TEXT_MAX];
	char *lines[CLIENT_STATUS_LIST_MAX + 2] = { longer };

	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	sd_bus_message_open_container(reply, 'e', "sv");
	sd_bus_message_append(reply, "s", "PolicyWarnings");
	sd_bus_message_open_container(reply, 'v', "as");
	sd_bus_message_append_strv(reply, lines);
	sd_bus_message_close_container(reply);
	sd_bus_message_close_container(reply);
	ck_assert(read_reply(reply, status));
	ck_assert_uint_eq(strlen(status->warnings.entries[0].name),
			  CLIENT_STATUS_TEXT_MAX - 1);
	client_status_free(status);

	for (int i = 0; i <= CLIENT_STATUS_LIST_MAX; i++)
		lines[i] = longer + sizeof(longer) - 2;
	reply = open_reply_without(PROPERTY_WARNINGS);
	sd_bus_message_open_container(reply, 'e', "sv");
	sd_bus_message_append(reply, "s", "PolicyWarnings");
	sd_bus_message_open_container(reply, 'v', "as");
	sd_bus_message_append_strv(reply, lines);
	sd_bus_message_close_container(reply);
	sd_bus_message_close_container(reply);
	check_refused(reply);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, make_bus, close_bus);
	tcase_add_test(tests, reads_everything);
	tcase_add_test(tests, passes_over_what_is_unknown);
	tcase_add_test(tests, refuses_what_is_missing_or_repeated);
	tcase_add_test(tests, refuses_wrong_types);
	tcase_add_test(tests, bounds_lists_and_texts);
}

UNIT_MAIN("status", add_tests)
