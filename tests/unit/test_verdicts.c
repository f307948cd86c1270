/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/verdicts.h"

#include <string.h>

#include "base/compiler.h"
#include "client/submission.h"
#include "dbus/nitro_bus.h"
#include "tests/unit/loose_bus.h"

#define ID_A   "vaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B   "vbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define TICKET "mfzwizdsmvrwi3lfnzsg64tfme"

static sd_bus_message *new_message(void)
{
	sd_bus_message *message;

	ck_assert_int_ge(sd_bus_message_new_method_call(bus, &message, "a.b",
							"/", "a.b", "C"),
			 0);
	return message;
}

/* How a verdict is spoilt. */
struct flaw {
	const char *left_out; /* a property; NULL: none */
	const char *twice;
	const char *mistyped;
	size_t digest_size;
};

static const struct flaw none = { .digest_size = 32 };

static bool is(const char *name, const char *other)
{
	return other != NULL && strcmp(name, other) == 0;
}

static void append_text(sd_bus_message *message, const struct flaw *flaw,
			const char *name, const char *text)
{
	if (is(name, flaw->left_out))
		return;
	for (unsigned i = is(name, flaw->twice) ? 2 : 1; i > 0; i--)
		if (is(name, flaw->mistyped))
			ck_assert_int_ge(sd_bus_message_append(message, "{sv}",
							       name, "u", 7),
					 0);
		else
			ck_assert_int_ge(sd_bus_message_append(message, "{sv}",
							       name, "s", text),
					 0);
}

static void append_texts(sd_bus_message *message, const struct flaw *flaw,
			 const char *id)
{
	static const char *const names[] = {
		NITRO_LIVE_USER,      NITRO_LIVE_SERVICE,
		NITRO_LIVE_STATE,     NITRO_VERDICT_RULE,
		NITRO_VERDICT_IMAGE,  NITRO_VERDICT_RELEASE,
		NITRO_LIVE_MODULE_ID, NITRO_LIVE_ROOT,
		NITRO_LIVE_SESSION,   NITRO_LIVE_REMOTE_HOST,
		NITRO_LIVE_TTY,	      NITRO_LIVE_ON_REVOKE,
		NITRO_VERDICT_DIGEST,
	};

	append_text(message, flaw, NITRO_VERDICT_ID, id);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		append_text(message, flaw, names[i], names[i]);
}

static void append_digest(sd_bus_message *message, size_t size)
{
	static const uint8_t bytes[64] = { 1, 2, 3 };

	ck_assert_int_ge(sd_bus_message_open_container(message, 'e', "sv"), 0);
	ck_assert_int_ge(
		sd_bus_message_append(message, "s", NITRO_LIVE_DOCUMENT), 0);
	ck_assert_int_ge(sd_bus_message_open_container(message, 'v', "ay"), 0);
	ck_assert_int_ge(sd_bus_message_append_array(message, 'y', bytes, size),
			 0);
	ck_assert_int_ge(sd_bus_message_close_container(message), 0);
	ck_assert_int_ge(sd_bus_message_close_container(message), 0);
}

static void append_properties(sd_bus_message *message, const struct flaw *flaw,
			      const char *id, uint64_t issued)
{
	ck_assert_int_ge(sd_bus_message_open_container(message, 'a', "{sv}"),
			 0);
	append_texts(message, flaw, id);
	ck_assert_int_ge(
		sd_bus_message_append(
			message, "{sv}{sv}{sv}{sv}{sv}{sv}{sv}{sv}",
			NITRO_LIVE_BINDINGS, "as", 2, "nonce", "host",
			NITRO_VERDICT_LEVEL, "u", 2, NITRO_LIVE_AUDIT_SESSION,
			"u", UINT32_MAX, NITRO_VERDICT_AUDITED, "b", 1,
			NITRO_LIVE_ISSUED, "t", issued, NITRO_LIVE_ENDS, "t",
			UINT64_C(0), NITRO_VERDICT_GENERATION, "t", UINT64_C(3),
			"Future", "s", "unknown"),
		0);
	append_digest(message, flaw->digest_size);
	ck_assert_int_ge(sd_bus_message_close_container(message), 0);
}

static bool read_one(const struct flaw *flaw, const char *id,
		     struct client_verdict *ret_verdict)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = new_message();
	struct answer answer;
	bool is_read;

	append_properties(reply, flaw, id, 5);
	ck_assert_int_ge(sd_bus_message_seal(reply, 2, 0), 0);
	is_read = verdict_from_properties(reply, ret_verdict, &answer);
	if (!is_read)
		ck_assert_str_eq(answer.reason, "reply-malformed");
	return is_read;
}

START_TEST(a_verdict_is_read)
{
	struct client_verdict verdict;

	ck_assert(read_one(&none, ID_A, &verdict));
	ck_assert_str_eq(verdict.id, ID_A);
	ck_assert_str_eq(verdict.user, NITRO_LIVE_USER);
	ck_assert_str_eq(verdict.policy_digest, NITRO_VERDICT_DIGEST);
	ck_assert_str_eq(verdict.bindings, "nonce host");
	ck_assert_uint_eq(verdict.level, 2);
	ck_assert_uint_eq(verdict.audit_session, UINT32_MAX);
	ck_assert(verdict.audited);
	ck_assert_uint_eq(verdict.issued_usec, 5);
	ck_assert_uint_eq(verdict.policy_generation, 3);
	ck_assert_uint_eq(verdict.document_size, 32);
	ck_assert_uint_eq(verdict.document[2], 3);
	ck_assert(read_one(&(struct flaw){ .digest_size = 0 }, ID_A, &verdict));
	ck_assert_uint_eq(verdict.document_size, 0);
}
END_TEST

START_TEST(a_verdict_that_is_spoilt_is_not)
{
	static const struct flaw flaws[] = {
		{ .left_out = NITRO_VERDICT_ID, .digest_size = 32 },
		{ .left_out = NITRO_LIVE_TTY, .digest_size = 32 },
		{ .twice = NITRO_LIVE_USER, .digest_size = 32 },
		{ .mistyped = NITRO_LIVE_STATE, .digest_size = 32 },
		{ .digest_size = 31 },
		{ .digest_size = 33 },
	};
	static const char *const ids[] = {
		"", "v", "x" ID_A, ID_A "a", "Vaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	};
	struct client_verdict verdict;

	for (size_t i = 0; i < ARRAY_SIZE(flaws); i++)
		ck_assert(!read_one(&flaws[i], ID_A, &verdict));
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		ck_assert(!read_one(&none, ids[i], &verdict));
}
END_TEST

/* One object with an interface of no interest and, unless NULL, a verdict. */
static void append_object(sd_bus_message *message, const char *path,
			  const char *id, uint64_t issued)
{
	ck_assert_int_ge(
		sd_bus_message_open_container(message, 'e', "oa{sa{sv}}"), 0);
	ck_assert_int_ge(sd_bus_message_append(message, "o", path), 0);
	ck_assert_int_ge(
		sd_bus_message_open_container(message, 'a', "{sa{sv}}"), 0);
	ck_assert_int_ge(sd_bus_message_append(message, "{sa{sv}}",
					       "org.example.Other", 1, "Id",
					       "s", "x"),
			 0);
	if (id != NULL) {
		ck_assert_int_ge(
			sd_bus_message_open_container(message, 'e', "sa{sv}"),
			0);
		ck_assert_int_ge(
			sd_bus_message_append(message, "s", NITRO_BUS_VERDICT),
			0);
		append_properties(message, &none, id, issued);
		ck_assert_int_ge(sd_bus_message_close_container(message), 0);
	}
	ck_assert_int_ge(sd_bus_message_close_container(message), 0);
	ck_assert_int_ge(sd_bus_message_close_container(message), 0);
}

START_TEST(all_verdicts_are_read_the_oldest_first)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = new_message();
	_cleanup_(client_verdicts_freep) struct client_verdicts verdicts = {
		NULL, 0
	};
	struct answer answer;

	ck_assert_int_ge(
		sd_bus_message_open_container(reply, 'a', "{oa{sa{sv}}}"), 0);
	append_object(reply, "/a", ID_B, 20);
	append_object(reply, "/b", NULL, 0);
	append_object(reply, "/c", ID_A, 10);
	ck_assert_int_ge(sd_bus_message_close_container(reply), 0);
	ck_assert_int_ge(sd_bus_message_seal(reply, 2, 0), 0);
	ck_assert(verdicts_from_objects(reply, &verdicts, &answer));
	ck_assert_uint_eq(verdicts.count, 2);
	ck_assert_str_eq(verdicts.items[0].id, ID_A);
	ck_assert_str_eq(verdicts.items[1].id, ID_B);
}
END_TEST

START_TEST(another_reply_is_no_list)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = new_message();
	struct client_verdicts verdicts;
	struct client_verdict verdict;
	struct answer answer;

	ck_assert_int_ge(sd_bus_message_append(reply, "s", "x"), 0);
	ck_assert_int_ge(sd_bus_message_seal(reply, 2, 0), 0);
	ck_assert(!verdicts_from_objects(reply, &verdicts, &answer));
	ck_assert_str_eq(answer.reason, "reply-malformed");
	ck_assert(!verdict_from_properties(reply, &verdict, &answer));
}
END_TEST

/* The reply of Submit. */
static struct submission submit(const char *ticket, uint64_t lifetime,
				size_t sealed_size, const char *decision)
{
	static const uint8_t sealed[SUBMISSION_SEALED_MAX + 1];
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = new_message();
	struct submission submission;

	ck_assert_int_ge(sd_bus_message_append(reply, "st", ticket, lifetime),
			 0);
	ck_assert_int_ge(
		sd_bus_message_append_array(reply, 'y', sealed, sealed_size),
		0);
	ck_assert_int_ge(sd_bus_message_append(reply, "sa{sv}", decision, 2,
					       NITRO_VERDICT_LEVEL, "u", 1,
					       NITRO_VERDICT_REASON, "s", "r"),
			 0);
	ck_assert_int_ge(sd_bus_message_seal(reply, 2, 0), 0);
	memset(&submission, 0xff, sizeof(submission));
	submission_read(reply, &submission);
	return submission;
}

START_TEST(tickets_are_read)
{
	struct submission submission = submit(TICKET, 60, 0, "allow");

	ck_assert_int_eq(submission.answer.kind, ANSWER_ALLOWED);
	ck_assert_str_eq(submission.ticket, TICKET);
	ck_assert_uint_eq(submission.lifetime_usec, 60);
	ck_assert_uint_eq(submission.sealed.size, 0);
	submission_clear(&submission);
	ck_assert_str_eq(submission.ticket, "");

	submission = submit("", 60, 1000, "allow");
	ck_assert_int_eq(submission.answer.kind, ANSWER_ALLOWED);
	ck_assert_uint_eq(submission.sealed.size, 1000);
	submission_clear(&submission);

	submission = submit("", 0, 0, "deny");
	ck_assert_int_eq(submission.answer.kind, ANSWER_DENIED);
	ck_assert_str_eq(submission.answer.reason, "r");
	submission_clear(&submission);
}
END_TEST

START_TEST(tickets_that_do_not_fit_are_not)
{
	static const struct {
		const char *ticket;
		uint64_t lifetime;
		size_t sealed_size;
		const char *decision;
	} rows[] = {
		{ "", 60, 0, "allow" },
		{ TICKET, 60, 10, "allow" },
		{ TICKET, 0, 0, "allow" },
		{ TICKET "a", 60, 0, "allow" },
		{ "MFZWIZDSMVRWI3LFNZSG64TFME", 60, 0, "allow" },
		{ "mfzwizdsmvrwi3lfnzsg64tfm1", 60, 0, "allow" },
		{ "", 60, SUBMISSION_SEALED_MAX + 1, "allow" },
		{ TICKET, 60, 0, "deny" },
		{ "", 0, 10, "deny" },
		{ TICKET, 60, 0, "perhaps" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct submission submission =
			submit(rows[i].ticket, rows[i].lifetime,
			       rows[i].sealed_size, rows[i].decision);

		ck_assert_int_eq(submission.answer.kind, ANSWER_UNAVAILABLE);
		ck_assert_str_eq(submission.ticket, "");
		ck_assert_uint_eq(submission.sealed.size, 0);
		submission_clear(&submission);
	}
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, make_bus, close_bus);
	tcase_add_test(tests, a_verdict_is_read);
	tcase_add_test(tests, a_verdict_that_is_spoilt_is_not);
	tcase_add_test(tests, all_verdicts_are_read_the_oldest_first);
	tcase_add_test(tests, another_reply_is_no_list);
	tcase_add_test(tests, tickets_are_read);
	tcase_add_test(tests, tickets_that_do_not_fit_are_not);
}

UNIT_MAIN("verdicts", add_tests)
