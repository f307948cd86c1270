/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/answer.h"

#include <stdarg.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/compiler.h"
#include "client/client.h"

#include "tests/unit/loose_bus.h"

static sd_bus_message *seal(sd_bus_message *message)
{
	ck_assert_int_ge(sd_bus_message_seal(message, 1, 0), 0);
	return message;
}

static sd_bus_message *new_message(void)
{
	sd_bus_message *message;

	ck_assert_int_ge(sd_bus_message_new_method_call(bus, &message, "a.b",
							"/", "a.b", "C"),
			 0);
	return message;
}

/* sd_bus_message_append() into a message that can be read. */
static sd_bus_message *make(const char *types, ...)
{
	sd_bus_message *message = new_message();
	va_list values;

	va_start(values, types);
	ck_assert_int_ge(sd_bus_message_appendv(message, types, values), 0);
	va_end(values);
	return seal(message);
}

static struct answer read_verdict(sd_bus_message *reply)
{
	struct answer answer;

	memset(&answer, 0xff, sizeof(answer));
	answer_from_verdict(reply, &answer);
	sd_bus_message_unref(reply);
	return answer;
}

static void check_refused(sd_bus_message *reply, const char *reason)
{
	struct answer answer = read_verdict(reply);

	ck_assert_int_eq(answer.kind, ANSWER_UNAVAILABLE);
	ck_assert_str_eq(answer.reason, reason);
	ck_assert_uint_eq(answer.level, 0);
	ck_assert_str_ne(answer.message, "");
}

#define LEVEL_2 "Level", "u", 2
#define REASON	"Reason", "s", "allowed"

START_TEST(an_allowance_is_allowed)
{
	struct answer answer = read_verdict(
		make("sa{sv}", "allow", 8, LEVEL_2, REASON, "Message", "s",
		     "Fine.", "Hint", "s", "None.", "Rule", "s", "ssh", "Image",
		     "s", "signer", "Release", "s", "1", "Retiring", "b", 1));

	ck_assert_int_eq(answer.kind, ANSWER_ALLOWED);
	ck_assert_uint_eq(answer.level, 2);
	ck_assert_str_eq(answer.reason, "allowed");
	ck_assert_str_eq(answer.message, "Fine.");
	ck_assert_str_eq(answer.hint, "None.");
	ck_assert_str_eq(answer.rule, "ssh");
	ck_assert_str_eq(answer.image, "signer");
	ck_assert_str_eq(answer.release, "1");
	ck_assert(answer.retiring);
}
END_TEST

START_TEST(an_audited_allowance_may_have_no_level)
{
	struct answer answer = read_verdict(
		make("sa{sv}", "allow", 3, "Level", "u", 0, "Reason", "s",
		     "debug-enclave", "Audited", "b", 1));

	ck_assert_int_eq(answer.kind, ANSWER_ALLOWED);
	ck_assert(answer.audited);
	ck_assert_str_eq(answer.reason, "debug-enclave");
}
END_TEST

START_TEST(a_denial_is_denied)
{
	struct answer answer =
		read_verdict(make("sa{sv}", "deny", 2, "Level", "u", 0,
				  "Reason", "s", "debug-enclave"));

	ck_assert_int_eq(answer.kind, ANSWER_DENIED);
	ck_assert_str_eq(answer.reason, "debug-enclave");
	ck_assert_str_eq(answer.message, "");
	ck_assert(!answer.retiring);
}
END_TEST

START_TEST(unknown_keys_are_passed_over)
{
	struct answer answer = read_verdict(
		make("sa{sv}", "allow", 5, "Future", "a(st)", 1, "x",
		     UINT64_C(1), LEVEL_2, "Future", "s", "again", REASON,
		     "PolicyGeneration", "t", UINT64_C(7)));

	ck_assert_int_eq(answer.kind, ANSWER_ALLOWED);
}
END_TEST

START_TEST(other_decisions_are_none)
{
	static const char *const words[] = { "",	"Allow",  "ALLOW",
					     "allow ",	" allow", "allowed",
					     "allow\n", "audit",  "denied" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		check_refused(make("sa{sv}", words[i], 2, LEVEL_2, REASON),
			      "decision-unknown");
}
END_TEST

START_TEST(other_signatures_are_malformed)
{
	check_refused(seal(new_message()), "reply-malformed");
	check_refused(make("s", "allow"), "reply-malformed");
	check_refused(make("sa{ss}", "allow", 1, "Reason", "allowed"),
		      "reply-malformed");
	check_refused(make("sa{sv}s", "allow", 2, LEVEL_2, REASON, "more"),
		      "reply-malformed");
	check_refused(make("vsa{sv}", "s", "x", "allow", 2, LEVEL_2, REASON),
		      "reply-malformed");
	check_refused(make("(sa{sv})", "allow", 2, LEVEL_2, REASON),
		      "reply-malformed");
	check_refused(make("b", 1), "reply-malformed");
}
END_TEST

START_TEST(required_keys_are_required)
{
	check_refused(make("sa{sv}", "allow", 0), "reply-malformed");
	check_refused(make("sa{sv}", "allow", 1, LEVEL_2), "reply-malformed");
	check_refused(make("sa{sv}", "allow", 1, REASON), "reply-malformed");
	check_refused(make("sa{sv}", "deny", 0), "reply-malformed");
}
END_TEST

START_TEST(keys_occur_once)
{
	static const char *const texts[] = { "Message", "Hint", "Rule", "Image",
					     "Release" };

	check_refused(make("sa{sv}", "allow", 3, LEVEL_2, REASON, LEVEL_2),
		      "reply-malformed");
	check_refused(make("sa{sv}", "allow", 3, REASON, LEVEL_2, REASON),
		      "reply-malformed");
	check_refused(make("sa{sv}", "allow", 4, LEVEL_2, REASON, "Retiring",
			   "b", 0, "Retiring", "b", 0),
		      "reply-malformed");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		check_refused(make("sa{sv}", "allow", 4, LEVEL_2, REASON,
				   texts[i], "s", "a", texts[i], "s", "a"),
			      "reply-malformed");
}
END_TEST

START_TEST(known_keys_have_their_type)
{
	static const char *const texts[] = { "Message", "Hint", "Rule", "Image",
					     "Release" };

	check_refused(make("sa{sv}", "allow", 2, "Level", "s", "2", REASON),
		      "reply-malformed");
	check_refused(make("sa{sv}", "allow", 2, "Level", "i", 2, REASON),
		      "reply-malformed");
	check_refused(make("sa{sv}", "allow", 2, "Level", "v", "u", 2, REASON),
		      "reply-malformed");
	check_refused(make("sa{sv}", "allow", 2, LEVEL_2, "Reason", "u", 1),
		      "reply-malformed");
	check_refused(
		make("sa{sv}", "allow", 3, LEVEL_2, REASON, "Retiring", "u", 1),
		"reply-malformed");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		check_refused(make("sa{sv}", "allow", 3, LEVEL_2, REASON,
				   texts[i], "u", 1),
			      "reply-malformed");
}
END_TEST

START_TEST(levels_are_1_to_3)
{
	for (unsigned level = 1; level <= 3; level++)
		ck_assert_int_eq(read_verdict(make("sa{sv}", "allow", 2,
						   "Level", "u", level, REASON))
					 .kind,
				 ANSWER_ALLOWED);
	check_refused(make("sa{sv}", "allow", 3, "Level", "u", 0, REASON,
			   "Audited", "b", 0),
		      "reply-malformed");
	check_refused(make("sa{sv}", "allow", 2, "Level", "u", 0, REASON),
		      "reply-malformed");
	check_refused(make("sa{sv}", "allow", 2, "Level", "u", 4, REASON),
		      "reply-malformed");
	check_refused(
		make("sa{sv}", "deny", 2, "Level", "u", UINT32_MAX, REASON),
		"reply-malformed");
}
END_TEST

START_TEST(texts_are_tamed_and_cut)
{
	char longer[5000];
	struct answer answer;

	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	answer = read_verdict(make("sa{sv}", "deny", 4, LEVEL_2, "Reason", "s",
				   "a\nb\x1b[2J\"\x7f", "Message", "s", longer,
				   "Hint", "s", "\xe2\x80\xae"));
	ck_assert_str_eq(answer.reason, "a?b?[2J'?");
	ck_assert_uint_eq(strlen(answer.message), ANSWER_TEXT_SIZE - 1);
	ck_assert_str_eq(answer.message + ANSWER_TEXT_SIZE - 4, "...");
	ck_assert_str_eq(answer.hint, "???");
}
END_TEST

START_TEST(details_of_failures_are_tamed_and_cut)
{
	char longer[5000];
	struct answer answer;

	memset(longer, '\n', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	ck_assert(!answer_fail(&answer, ANSWER_FAILURE_DAEMON_ABSENT, longer));
	ck_assert_int_eq(answer.kind, ANSWER_UNAVAILABLE);
	ck_assert_uint_eq(strlen(answer.message), ANSWER_TEXT_SIZE - 1);
	ck_assert_ptr_null(strchr(answer.message, '\n'));
	ck_assert_str_eq(answer.message + ANSWER_TEXT_SIZE - 4, "...");
}
END_TEST

START_TEST(a_refusal_never_allows)
{
	struct answer_text text = { "Sentence.", NULL, "Hint." };
	struct answer answer;

	answer_refuse(&answer, ANSWER_ALLOWED, "reason", &text);
	ck_assert_int_eq(answer.kind, ANSWER_UNAVAILABLE);
	answer_refuse(&answer, ANSWER_DENIED, "reason", &text);
	ck_assert_int_eq(answer.kind, ANSWER_DENIED);
	ck_assert_str_eq(answer.message, "Sentence.");
}
END_TEST

START_TEST(errors_keep_name_and_message)
{
	_cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus_message *call = new_message(), *reply;
	struct answer answer;

	seal(call);
	sd_bus_error_set(&error, NITRO_ERROR_BUSY, "The queue\nis full.");
	ck_assert_int_ge(sd_bus_message_new_method_error(call, &reply, &error),
			 0);
	seal(reply);
	ck_assert(!answer_from_error(reply, &answer));
	ck_assert_int_eq(answer.kind, ANSWER_UNAVAILABLE);
	ck_assert_str_eq(answer.reason, NITRO_ERROR_BUSY);
	ck_assert_str_eq(answer.message, "The queue?is full.");
	ck_assert_str_ne(answer.hint, "");
	sd_bus_message_unref(reply);
	sd_bus_message_unref(call);
}
END_TEST

#define ID     "v0123456789abcdef0123456789abcdef"
#define HAS_ID "Id", "s", ID

START_TEST(a_live_verdict_has_an_id)
{
	static const char *const malformed[] = {
		"v0123456789abcdef0123456789abcde",
		"v0123456789abcdef0123456789abcdef0",
		"v0123456789abcdef0123456789abcdeF",
		"w0123456789abcdef0123456789abcdef",
		"v0123456789abcdef0123456789abcde/",
		"v",
	};

	ck_assert_str_eq(read_verdict(make("sa{sv}", "allow", 3, LEVEL_2,
					   REASON, HAS_ID))
				 .id,
			 ID);
	ck_assert_str_eq(
		read_verdict(make("sa{sv}", "allow", 2, LEVEL_2, REASON)).id,
		"");
	for (size_t i = 0; i < ARRAY_SIZE(malformed); i++) {
		check_refused(make("sa{sv}", "allow", 3, LEVEL_2, REASON, "Id",
				   "s", malformed[i]),
			      "reply-malformed");
		ck_assert(!answer_id_is_valid(malformed[i]));
	}
	ck_assert(answer_id_is_valid(ID));
	ck_assert(!answer_id_is_valid(""));
}
END_TEST

START_TEST(a_module_id_is_in_the_document)
{
	struct answer answer = read_verdict(
		make("sa{sv}", "allow", 3, "Document", "a{sv}", 2, "Kind", "s",
		     "enclave", "ModuleId", "s", "i-1\n", LEVEL_2, REASON));

	ck_assert_int_eq(answer.kind, ANSWER_ALLOWED);
	ck_assert_str_eq(answer.module_id, "i-1?");
	check_refused(make("sa{sv}", "allow", 3, "Document", "a{sv}", 1,
			   "ModuleId", "u", 1, LEVEL_2, REASON),
		      "reply-malformed");
	check_refused(make("sa{sv}", "allow", 3, "Document", "s", "x", LEVEL_2,
			   REASON),
		      "reply-malformed");
}
END_TEST

static struct answer read_attachment(sd_bus_message *reply)
{
	struct answer answer;

	memset(&answer, 0xff, sizeof(answer));
	answer_from_attachment(reply, ID, &answer);
	sd_bus_message_unref(reply);
	return answer;
}

START_TEST(an_attachment_describes_the_verdict)
{
	struct answer answer = read_attachment(make(
		"a{sv}", 6, HAS_ID, LEVEL_2, "Image", "s", "signer", "Release",
		"s", "1", "ModuleId", "s", "i-1", "State", "s", "attached"));

	ck_assert_int_eq(answer.kind, ANSWER_ALLOWED);
	ck_assert_uint_eq(answer.level, 2);
	ck_assert_str_eq(answer.id, ID);
	ck_assert_str_eq(answer.image, "signer");
	ck_assert_str_eq(answer.release, "1");
	ck_assert_str_eq(answer.module_id, "i-1");
}
END_TEST

static void check_no_attachment(sd_bus_message *reply)
{
	struct answer answer = read_attachment(reply);

	ck_assert_int_eq(answer.kind, ANSWER_UNAVAILABLE);
	ck_assert_str_eq(answer.reason, "reply-malformed");
	ck_assert_str_eq(answer.id, "");
}

START_TEST(malformed_attachments_are_none)
{
	check_no_attachment(seal(new_message()));
	check_no_attachment(make("sa{sv}", "allow", 2, HAS_ID, LEVEL_2));
	check_no_attachment(make("a{sv}", 0));
	check_no_attachment(make("a{sv}", 1, HAS_ID));
	check_no_attachment(make("a{sv}", 1, LEVEL_2));
	check_no_attachment(make("a{sv}", 3, HAS_ID, LEVEL_2, HAS_ID));
	check_no_attachment(make("a{sv}", 2, HAS_ID, "Level", "u", 0));
	check_no_attachment(make("a{sv}", 2, HAS_ID, "Level", "u", 4));
	check_no_attachment(make("a{sv}", 2, "Id", "s",
				 "v0123456789abcdef0123456789abcdee", LEVEL_2));
}
END_TEST

START_TEST(an_audited_verdict_is_attached_at_level_0)
{
	ck_assert_int_eq(read_attachment(make("a{sv}", 3, HAS_ID, "Level", "u",
					      0, "Audited", "b", 1))
				 .kind,
			 ANSWER_ALLOWED);
}
END_TEST

static bool read_challenge(size_t size, uint64_t lifetime, const char *more,
			   struct client_challenge *ret_challenge)
{
	sd_bus_message *reply = new_message();
	uint8_t nonce[64];
	struct answer answer = { .kind = ANSWER_ALLOWED };
	bool ok;

	memset(nonce, 7, sizeof(nonce));
	sd_bus_message_append_array(reply, 'y', nonce, size);
	sd_bus_message_append(reply, "t", lifetime);
	if (more != NULL)
		sd_bus_message_append(reply, "s", more);
	ok = answer_from_challenge(seal(reply), ret_challenge, &answer);
	sd_bus_message_unref(reply);
	if (!ok) {
		ck_assert_int_eq(answer.kind, ANSWER_UNAVAILABLE);
		ck_assert_str_eq(answer.reason, "reply-malformed");
	}
	return ok;
}

START_TEST(challenges_are_whole)
{
	struct client_challenge challenge;

	ck_assert(read_challenge(32, 60, NULL, &challenge));
	ck_assert_uint_eq(challenge.lifetime_usec, 60);
	ck_assert_int_eq(challenge.nonce[31], 7);
	ck_assert(!read_challenge(31, 60, NULL, &challenge));
	ck_assert(!read_challenge(33, 60, NULL, &challenge));
	ck_assert(!read_challenge(0, 60, NULL, &challenge));
	ck_assert(!read_challenge(32, 0, NULL, &challenge));
	ck_assert(!read_challenge(32, 60, "more", &challenge));
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, make_bus, close_bus);
	tcase_add_test(tests, an_allowance_is_allowed);
	tcase_add_test(tests, an_audited_allowance_may_have_no_level);
	tcase_add_test(tests, a_denial_is_denied);
	tcase_add_test(tests, unknown_keys_are_passed_over);
	tcase_add_test(tests, other_decisions_are_none);
	tcase_add_test(tests, other_signatures_are_malformed);
	tcase_add_test(tests, required_keys_are_required);
	tcase_add_test(tests, keys_occur_once);
	tcase_add_test(tests, known_keys_have_their_type);
	tcase_add_test(tests, levels_are_1_to_3);
	tcase_add_test(tests, texts_are_tamed_and_cut);
	tcase_add_test(tests, details_of_failures_are_tamed_and_cut);
	tcase_add_test(tests, a_refusal_never_allows);
	tcase_add_test(tests, errors_keep_name_and_message);
	tcase_add_test(tests, challenges_are_whole);
	tcase_add_test(tests, a_live_verdict_has_an_id);
	tcase_add_test(tests, a_module_id_is_in_the_document);
	tcase_add_test(tests, an_attachment_describes_the_verdict);
	tcase_add_test(tests, malformed_attachments_are_none);
	tcase_add_test(tests, an_audited_verdict_is_attached_at_level_0);
}

UNIT_MAIN("answer", add_tests)
