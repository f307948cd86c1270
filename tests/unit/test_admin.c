/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/admin.h"

#include <stdarg.h>
#include <string.h>

#include "base/compiler.h"
#include "dbus/nitro_bus.h"

#include "tests/unit/loose_bus.h"

static sd_bus_message *new_call(void)
{
	sd_bus_message *call;

	ck_assert_int_ge(sd_bus_message_new_method_call(bus, &call, "a.b", "/",
							"a.b", "C"),
			 0);
	return call;
}

static sd_bus_message *seal(sd_bus_message *message)
{
	ck_assert_int_ge(sd_bus_message_seal(message, 2, 0), 0);
	return message;
}

/* A reply with the values of sd_bus_message_append(). */
static sd_bus_message *make(const char *types, ...)
{
	sd_bus_message *message = new_call();
	va_list values;

	va_start(values, types);
	ck_assert_int_ge(sd_bus_message_appendv(message, types, values), 0);
	va_end(values);
	return seal(message);
}

/* An error reply with `count` lines behind its message. */
static sd_bus_message *make_error(const char *name, size_t count,
				  const char *line)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *call =
		seal(new_call());
	sd_bus_message *error;

	ck_assert_int_ge(
		sd_bus_message_new_method_errorf(call, &error, name, "No."), 0);
	ck_assert_int_ge(sd_bus_message_open_container(error, 'a', "s"), 0);
	for (size_t i = 0; i < count; i++)
		ck_assert_int_ge(sd_bus_message_append(error, "s", line), 0);
	ck_assert_int_ge(sd_bus_message_close_container(error), 0);
	return seal(error);
}

static struct client_reload read_reload(sd_bus_message *reply)
{
	struct client_reload reload;

	memset(&reload, 0xff, sizeof(reload));
	admin_read_reload(reply, &reload);
	sd_bus_message_unref(reply);
	return reload;
}

START_TEST(a_reload_has_a_generation)
{
	struct client_reload reload = read_reload(make("t", (uint64_t)7));

	ck_assert(reload.done);
	ck_assert_uint_eq(reload.generation, 7);
	ck_assert_uint_eq(reload.line_count, 0);
}
END_TEST

START_TEST(a_refused_reload_says_why)
{
	struct client_reload reload =
		read_reload(make_error(NITRO_ERROR_WOULD_DENY, 2, "rule/x"));

	ck_assert(!reload.done);
	ck_assert_int_eq(reload.answer.kind, ANSWER_UNAVAILABLE);
	ck_assert_str_eq(reload.answer.reason, NITRO_ERROR_WOULD_DENY);
	ck_assert_str_eq(reload.answer.message, "No.");
	ck_assert_str_ne(reload.answer.hint, "");
	ck_assert_uint_eq(reload.line_count, 2);
	ck_assert_str_eq(reload.lines[1], "rule/x");
	client_reload_clear(&reload);
	ck_assert_ptr_null(reload.lines);
}
END_TEST

START_TEST(an_error_without_a_list_has_none)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *call =
		seal(new_call());
	struct client_reload reload;
	sd_bus_message *error;

	ck_assert_int_ge(
		sd_bus_message_new_method_errorf(
			call, &error, NITRO_ERROR_ACCESS_DENIED, "No."),
		0);
	reload = read_reload(seal(error));
	ck_assert_str_eq(reload.answer.reason, NITRO_ERROR_ACCESS_DENIED);
	ck_assert_uint_eq(reload.line_count, 0);
}
END_TEST

static char *long_text(void)
{
	char *text = malloc(CLIENT_ADMIN_TEXT_MAX + 1);

	memset(text, 'x', CLIENT_ADMIN_TEXT_MAX);
	text[CLIENT_ADMIN_TEXT_MAX] = '\0';
	return text;
}

START_TEST(a_reload_of_another_shape_is_malformed)
{
	_cleanup_free_ char *text = long_text();
	sd_bus_message *replies[] = {
		make("u", 7),
		make("ts", (uint64_t)7, "x"),
		make_error(NITRO_ERROR_WOULD_DENY, 1, text),
		make_error(NITRO_ERROR_WOULD_DENY, CLIENT_ADMIN_LIST_MAX + 1,
			   ""),
	};

	for (size_t i = 0; i < ARRAY_SIZE(replies); i++) {
		struct client_reload reload = read_reload(replies[i]);

		ck_assert(!reload.done);
		ck_assert_str_eq(reload.answer.reason, "reply-malformed");
		ck_assert_ptr_null(reload.lines);
	}
}
END_TEST

START_TEST(a_policy_has_parts)
{
	_cleanup_(client_policy_freep) struct client_policy *policy = NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply =
		make("tsa(ss)", (uint64_t)3, "c0ffee", 3, "image/a", "kind",
		     "release/a/1", "pcr0", "rule/b", "\xc3\xa4");
	struct answer answer;

	ck_assert(admin_read_policy(reply, &policy, &answer));
	ck_assert_uint_eq(policy->generation, 3);
	ck_assert_str_eq(policy->digest, "c0ffee");
	ck_assert_uint_eq(policy->part_count, 3);
	ck_assert_str_eq(policy->parts[1].name, "release/a/1");
	/* Not cleaned: it is compared. */
	ck_assert_str_eq(policy->parts[2].text, "\xc3\xa4");
}
END_TEST

static sd_bus_message *make_parts(size_t count)
{
	sd_bus_message *reply = new_call();

	ck_assert_int_ge(sd_bus_message_append(reply, "ts", (uint64_t)1, "c0"),
			 0);
	ck_assert_int_ge(sd_bus_message_open_container(reply, 'a', "(ss)"), 0);
	for (size_t i = 0; i < count; i++)
		ck_assert_int_ge(sd_bus_message_append(reply, "(ss)", "a", ""),
				 0);
	ck_assert_int_ge(sd_bus_message_close_container(reply), 0);
	return seal(reply);
}

START_TEST(a_policy_of_another_shape_is_malformed)
{
	_cleanup_free_ char *text = long_text();
	sd_bus_message *replies[] = {
		make("ts", (uint64_t)3, "c0ffee"),
		make("tsa(su)", (uint64_t)3, "c0ffee", 1, "image/a", 1),
		make("tsa(ss)", (uint64_t)3, "c0ffee", 1, "image/a", text),
		make_parts(CLIENT_ADMIN_LIST_MAX + 1),
	};

	for (size_t i = 0; i < ARRAY_SIZE(replies); i++) {
		struct client_policy *policy = NULL;
		struct answer answer;

		ck_assert(!admin_read_policy(replies[i], &policy, &answer));
		ck_assert_str_eq(answer.reason, "reply-malformed");
		ck_assert_ptr_null(policy);
		sd_bus_message_unref(replies[i]);
	}
}
END_TEST

START_TEST(a_large_policy_fits)
{
	_cleanup_(client_policy_freep) struct client_policy *policy = NULL;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply =
		make_parts(CLIENT_ADMIN_LIST_MAX);
	struct answer answer;

	ck_assert(admin_read_policy(reply, &policy, &answer));
	ck_assert_uint_eq(policy->part_count, CLIENT_ADMIN_LIST_MAX);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, make_bus, close_bus);
	tcase_add_test(tests, a_reload_has_a_generation);
	tcase_add_test(tests, a_refused_reload_says_why);
	tcase_add_test(tests, an_error_without_a_list_has_none);
	tcase_add_test(tests, a_reload_of_another_shape_is_malformed);
	tcase_add_test(tests, a_policy_has_parts);
	tcase_add_test(tests, a_policy_of_another_shape_is_malformed);
	tcase_add_test(tests, a_large_policy_fits);
}

UNIT_MAIN("admin", add_tests)
