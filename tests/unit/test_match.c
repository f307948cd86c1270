/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests against the keys of one rule: all keys must match, within a key any
 * pattern, and what a request does not say matches nothing.
 */
#include "config.h"

#include "policy/match.h"

#include "tests/unit/policy_unit.h"

#define BASE "service = sshd, sudo\nuser = *\n"
/* A service of which nothing is known. */
#define ANY "service = vault\nuser = u\n"

static const char *const groups[] = { "users", "wheel" };

static const struct question {
	const char *keys;
	struct request request;
	uint32_t mismatches;
} questions[] = {
	{ BASE, { .service = "sshd", .user = "u" }, 0 },
	{ BASE, { .service = "sudo", .user = "u" }, 0 },
	{ BASE,
	  { .service = "su", .user = "u" },
	  RULE_KEY_BIT(RULE_KEY_SERVICE) },
	{ BASE,
	  { .service = "", .user = "" },
	  RULE_KEY_BIT(RULE_KEY_SERVICE) | RULE_KEY_BIT(RULE_KEY_USER) },
	{ BASE,
	  { .service = NULL, .user = "u" },
	  RULE_KEY_BIT(RULE_KEY_SERVICE) },
	/* group: any of the user's, any of the rule's */
	{ BASE "group = adm, whe?l\n", { "sshd", "u", groups, 2 }, 0 },
	{ BASE "group = adm\n",
	  { "sshd", "u", groups, 2 },
	  RULE_KEY_BIT(RULE_KEY_GROUP) },
	{ BASE "group = wheel\n",
	  { "sshd", "u", groups, 1 },
	  RULE_KEY_BIT(RULE_KEY_GROUP) },
	{ BASE "group = *\n",
	  { .service = "sshd", .user = "u" },
	  RULE_KEY_BIT(RULE_KEY_GROUP) },
	/* remote_host, from */
	{ BASE "remote_host = 10.*, *.example.org\n",
	  { .service = "sshd", .user = "u", .remote_host = "a.example.org" },
	  0 },
	{ BASE "remote_host = 10.*\n",
	  { .service = "sshd", .user = "u", .remote_host = "110.0.0.1" },
	  RULE_KEY_BIT(RULE_KEY_REMOTE_HOST) },
	{ BASE "remote_host = *\n",
	  { .service = "sshd", .user = "u", .remote_host = "" },
	  RULE_KEY_BIT(RULE_KEY_REMOTE_HOST) },
	{ BASE "from = local\n", { .service = "sshd", .user = "u" }, 0 },
	{ BASE "from = local\n",
	  { .service = "sshd", .user = "u", .remote_host = "" },
	  0 },
	{ BASE "from = local\n",
	  { .service = "sshd", .user = "u", .remote_host = "h" },
	  RULE_KEY_BIT(RULE_KEY_FROM) },
	{ BASE "from = remote\n",
	  { .service = "sshd", .user = "u", .remote_host = "h" },
	  0 },
	{ BASE "from = remote\n",
	  { .service = "sshd", .user = "u" },
	  RULE_KEY_BIT(RULE_KEY_FROM) },
	/* tty */
	{ BASE "tty = pts/*\n",
	  { .service = "sshd", .user = "u", .tty = "pts/3" },
	  0 },
	{ BASE "tty = pts/*\n",
	  { .service = "sshd", .user = "u", .tty = "tty1" },
	  RULE_KEY_BIT(RULE_KEY_TTY) },
	{ BASE "tty = *\n",
	  { .service = "sshd", .user = "u" },
	  RULE_KEY_BIT(RULE_KEY_TTY) },
	{ BASE "tty = *\n",
	  { .service = "sshd", .user = "u", .tty = HEX32("x") "x" },
	  RULE_KEY_BIT(RULE_KEY_TTY) },
	/* command */
	{ "service = sudo\nuser = *\ncommand = /usr/bin/*, /sbin/reboot\n",
	  { .service = "sudo", .user = "u", .command = "/sbin/reboot" },
	  0 },
	{ "service = sudo\nuser = *\ncommand = /sbin/reboot\n",
	  { .service = "sudo", .user = "u", .command = "/sbin/reboot2" },
	  RULE_KEY_BIT(RULE_KEY_COMMAND) },
	{ "service = sudo\nuser = *\ncommand = *\n",
	  { .service = "sudo", .user = "u" },
	  RULE_KEY_BIT(RULE_KEY_COMMAND) },
	/* run_as, host */
	{ "service = sudo\nuser = *\nrun_as = root, db*\n",
	  { .service = "sudo", .user = "u", .run_as = "dba" },
	  0 },
	{ "service = sudo\nuser = *\nrun_as = root, db*\n",
	  { .service = "sudo", .user = "u", .run_as = "www" },
	  RULE_KEY_BIT(RULE_KEY_RUN_AS) },
	{ "service = sudo\nuser = *\nrun_as = *\n",
	  { .service = "sudo", .user = "u" },
	  RULE_KEY_BIT(RULE_KEY_RUN_AS) },
	/* run_as_group: what no rule names, no rule matches */
	{ "service = sudo\nuser = *\nrun_as = *\n",
	  { .service = "sudo",
	    .user = "u",
	    .run_as = "u",
	    .run_as_group = "root" },
	  RULE_KEY_BIT(RULE_KEY_RUN_AS_GROUP) },
	{ "service = *\nuser = *\n",
	  { .service = "sudo", .user = "u", .run_as_group = "u" },
	  RULE_KEY_BIT(RULE_KEY_RUN_AS_GROUP) },
	{ "service = sudo\nuser = *\nrun_as = *\n",
	  { .service = "sudo", .user = "u", .run_as = "u", .run_as_group = "" },
	  0 },
	{ "service = sudo\nuser = *\nrun_as_group = adm, db*\n",
	  { .service = "sudo", .user = "u", .run_as_group = "dba" },
	  0 },
	{ "service = sudo\nuser = *\nrun_as_group = adm, db*\n",
	  { .service = "sudo", .user = "u", .run_as_group = "root" },
	  RULE_KEY_BIT(RULE_KEY_RUN_AS_GROUP) },
	{ "service = sudo\nuser = *\nrun_as_group = *\n",
	  { .service = "sudo", .user = "u", .run_as = "root" },
	  RULE_KEY_BIT(RULE_KEY_RUN_AS_GROUP) },
	{ "service = sudo\nuser = *\nhost = web-?\n",
	  { .service = "sudo", .user = "u", .host = "web-1" },
	  0 },
	{ "service = sudo\nuser = *\nhost = web-?\n",
	  { .service = "sudo", .user = "u", .host = "web-10" },
	  RULE_KEY_BIT(RULE_KEY_HOST) },
	/* all of them together */
	{ BASE "group = wheel\ntty = pts/*\nfrom = remote\n",
	  { "sshd", "u", groups, 2, "h", "pts/0", NULL },
	  0 },
	{ BASE "group = wheel\ntty = pts/*\nfrom = remote\n",
	  { "sshd", "u", groups, 1, NULL, "tty1", NULL },
	  RULE_KEY_BIT(RULE_KEY_GROUP) | RULE_KEY_BIT(RULE_KEY_TTY) |
		  RULE_KEY_BIT(RULE_KEY_FROM) },
};

START_TEST(matches_key_by_key)
{
	const struct question *row = &questions[_i];
	_cleanup_free_ char *rules = NULL;
	_cleanup_(loaded_deinit) struct loaded loaded = { 0 };
	_cleanup_free_ char *text = NULL;
	const struct rule *rule;

	ck_assert_int_gt(asprintf(&rules, "[rule/a]\n%slevel = 1\n", row->keys),
			 0);
	loaded = load_texts(NULL, NULL, rules);
	text = loaded_text(&loaded);
	ck_assert_msg(loaded.policy != NULL, "%s", text);
	rule = policy_rule(loaded.policy, 0);
	ck_assert_uint_eq(rule_mismatches(rule, &row->request),
			  row->mismatches);
	ck_assert(policy_find_rule(loaded.policy, &row->request) ==
		  (row->mismatches == 0 ? rule : NULL));
}
END_TEST

#define RULE(keys) "[rule/a]\n" keys "level = 1\n"

static const struct mistake {
	const char *rules;
	const char *text;
} mistakes[] = {
	{ RULE(BASE "from = abroad\n"),
	  "rules.d/r.conf:4: [rule/a] from: expected local or remote, found "
	  "'abroad'\n" },
	{ RULE(ANY "from = local\nremote_host = h\n"),
	  "rules.d/r.conf:1: [rule/a] remote_host: a local login has no remote "
	  "host: drop remote_host, or 'from = local'\n" },
	{ RULE(BASE "command = /bin/sh\n"),
	  "rules.d/r.conf:1: [rule/a] command: only 'service = sudo' knows "
	  "it; no other service may stand in such a rule\n" },
	{ RULE("service = sud*\nuser = *\ncommand = /bin/sh\n"),
	  "rules.d/r.conf:1: [rule/a] command: only 'service = sudo' knows "
	  "it; no other service may stand in such a rule\n" },
	{ RULE(BASE "mode = trial\n"),
	  "rules.d/r.conf:4: [rule/a] mode: expected enforce or audit, found "
	  "'trial'\n" },
	{ RULE(BASE "session_max = 59s\n"),
	  "rules.d/r.conf:4: [rule/a] session_max: expected a span of time "
	  "from 1min to 31d, such as 90s or '1min 30s'; found '59s'\n" },
	{ RULE("service = sudo, su\nuser = *\nrun_as = root\n"),
	  "rules.d/r.conf:1: [rule/a] run_as: only 'service = sudo' knows it; "
	  "no other service may stand in such a rule\n" },
	{ RULE(BASE "run_as_group = adm\n"),
	  "rules.d/r.conf:1: [rule/a] run_as_group: only 'service = sudo' "
	  "knows it; no other service may stand in such a rule\n" },
	{ RULE(BASE "host = web-*\n"),
	  "rules.d/r.conf:1: [rule/a] host: only 'service = sudo' knows it; no "
	  "other service may stand in such a rule\n" },
	{ RULE(BASE "runas = root\n"),
	  "rules.d/r.conf:4: [rule/a] runas: unknown key; did you mean "
	  "'run_as'?\n" },
	{ RULE(BASE "bind = nonce, host\n"),
	  "rules.d/r.conf:4: [rule/a] bind: expected to find the instance id "
	  "of this host: this host is not known here\n" },
	{ RULE(BASE "bind = nonce, sshkey\n"),
	  "rules.d/r.conf:4: [rule/a] bind: expected nonce, ssh-key, host or "
	  "key, perhaps 'ssh-key', found 'sshkey'\n" },
	{ RULE(BASE "bind = tpm\n"),
	  "rules.d/r.conf:4: [rule/a] bind: expected nonce, ssh-key, host or "
	  "key, found 'tpm'\n" },
	{ RULE(BASE "on_revoke = kill\n"),
	  "rules.d/r.conf:4: [rule/a] on_revoke: expected log, lock or "
	  "terminate, found 'kill'\n" },
	{ RULE(BASE "group = !wheel\n"),
	  "rules.d/r.conf:4: [rule/a] group: expected names and patterns with "
	  "* and ? only, no quotes and no negation; found '!wheel'\n" },
	{ RULE(BASE "tty = " HEX32("x") "x\n"),
	  "rules.d/r.conf:4: [rule/a] tty: expected at most 64 bytes a "
	  "pattern, found '" HEX32("x") "x'\n" },
};

START_TEST(says_what_is_wrong)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(NULL, NULL, mistakes[_i].rules);
	_cleanup_free_ char *text = loaded_text(&loaded);

	ck_assert_int_eq(loaded.error, POLICY_E_INVALID);
	ck_assert_str_eq(text, mistakes[_i].text);
}
END_TEST

static const struct order {
	const char *earlier; /* keys beside service and user */
	const char *later;
	bool is_hidden;
} orders[] = {
	{ "", "", true },
	{ "", "group = a\n", true },
	{ "group = a\n", "", false },
	{ "group = a\n", "group = b\n", false },
	{ "group = *\n", "group = b\n", true },
	{ "from = local\n", "from = remote\n", false },
	{ "from = remote\n", "from = remote\ntty = x\n", true },
	{ "from = remote\n", "tty = x\n", false },
	{ "remote_host = 10.*\n", "remote_host = 10.1.*\n", true },
	{ "remote_host = 10.1.*\n", "remote_host = 10.*\n", false },
	{ "mode = audit\n", "mode = enforce\n", true },
};

START_TEST(warns_of_a_rule_that_cannot_match)
{
	_cleanup_free_ char *rules = NULL;
	_cleanup_(loaded_deinit) struct loaded loaded = { 0 };

	ck_assert_int_gt(asprintf(&rules,
				  "[rule/a]\n" ANY "level = 1\n%s[rule/b]\n" ANY
				  "level = 1\n"
				  "%s",
				  orders[_i].earlier, orders[_i].later),
			 0);
	loaded = load_texts(NULL, NULL, rules);
	ck_assert_int_eq(loaded.error, POLICY_OK);
	ck_assert_uint_eq(diagnostics_warnings(loaded.diagnostics),
			  orders[_i].is_hidden);
}
END_TEST

/* A rule that names no group leaves the requests for one to the rules behind it. */
START_TEST(hides_only_what_it_matches)
{
	static const char *const keys[][2] = {
		{ "", "run_as_group = adm\n" },
		{ "run_as_group = adm\n", "" },
		{ "run_as_group = db*\n", "run_as_group = dba\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		_cleanup_free_ char *rules = NULL;
		_cleanup_(loaded_deinit) struct loaded loaded = { 0 };

		ck_assert_int_gt(
			asprintf(&rules,
				 "[rule/a]\nservice = sudo\nuser = *\n"
				 "level = 1\n%s[rule/b]\nservice = sudo\n"
				 "user = u\nlevel = 1\n%s",
				 keys[i][0], keys[i][1]),
			0);
		loaded = load_texts(NULL, NULL, rules);
		ck_assert_int_eq(loaded.error, POLICY_OK);
		ck_assert_uint_eq(diagnostics_warnings(loaded.diagnostics),
				  i == 2);
	}
}
END_TEST

#define TRAP(services, keys)                                                   \
	"[rule/a]\nservice = " services "\nuser = *\nlevel = 1\n" keys "\n"
#define NO_KEY                                                                 \
	"proves no SSH key, only sshd does: 'bind = ssh-key' denies every "    \
	"login by it\n"
#define NO_SESSION                                                             \
	"opens no session of its own: the one that it was called from would "  \
	"be locked or ended\n"
#define WARNING "warning: rules.d/r.conf:1: [rule/a] "

static const struct trap {
	const char *rules;
	const char *text;
} traps[] = {
	{ TRAP("sshd", "bind = ssh-key"), "" },
	{ TRAP("sudo, sshd", "bind = ssh-key"), "" },
	{ TRAP("*", "bind = ssh-key"), "" },
	{ TRAP("login", "bind = nonce, key"), "" },
	{ TRAP("login", "bind = ssh-key"),
	  WARNING "bind: the service 'login' " NO_KEY },
	{ TRAP("sshd, su, gdm-*, sshd-2", "bind = nonce, ssh-key"),
	  WARNING "bind: the service 'su' " NO_KEY WARNING
		  "bind: the service 'sshd-2' " NO_KEY },
	{ TRAP("sshd, login, *", "on_revoke = terminate"), "" },
	{ TRAP("sshd, su", "on_revoke = log"), "" },
	{ TRAP("gdm-password", "on_revoke = lock"), "" },
	{ TRAP("sshd", "on_revoke = lock"),
	  WARNING "on_revoke: the service 'sshd' has no screen to lock, and "
		  "its sessions would stay open: terminate was meant?\n" },
	{ TRAP("sudo", "on_revoke = terminate"),
	  WARNING "on_revoke: the service 'sudo' " NO_SESSION },
	{ TRAP("login, su-l", "on_revoke = lock"),
	  WARNING "on_revoke: the service 'su-l' " NO_SESSION },
	{ TRAP("sshd", "from = remote\nremote_host = a"), "" },
	{ TRAP("sudo, login", "from = local"), "" },
	{ TRAP("sshd, login", "from = local"),
	  WARNING "from: the service 'sshd' always has a remote host: no login "
		  "by it is local\n" },
	{ TRAP("sshd, sudo", "from = remote"),
	  WARNING "from: the service 'sudo' names no remote host: nothing by "
		  "it is remote\n" },
	{ TRAP("polkit-1", "remote_host = 10.*"),
	  WARNING "remote_host: the service 'polkit-1' names no remote host: "
		  "the rule never matches it\n" },
	{ TRAP("login", "mode = audit\non_revoke = lock"),
	  WARNING "on_revoke: the rule is on trial and denies nobody, but it "
		  "would lock or end sessions\n" },
};

/* The policy counts; whoever wrote it should know. */
START_TEST(warns_of_what_locks_out)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(NULL, NULL, traps[_i].rules);
	_cleanup_free_ char *text = loaded_text(&loaded);

	ck_assert_int_eq(loaded.error, POLICY_OK);
	ck_assert_str_eq(text, traps[_i].text);
}
END_TEST

START_TEST(tells_what_a_rule_says)
{
	_cleanup_(loaded_deinit) struct loaded loaded = load_texts(
		NULL, NULL,
		RULE(BASE
		     "session_max = 8h\nmode = audit\nbind = "
		     "nonce, key\nmax_age = 1min\n"
		     "on_revoke = terminate\n") "[rule/b]\nservice = x\nuser = "
						"*\nlevel = 1\nmode = "
						"enforce\n");
	const struct rule *rule;

	ck_assert_ptr_nonnull(loaded.policy);
	rule = policy_rule(loaded.policy, 0);
	ck_assert(rule_is_audit(rule));
	ck_assert(rule_needs_challenge(rule));
	ck_assert_uint_eq(rule_bindings(rule), BIND_NONCE | BIND_KEY);
	ck_assert(rule_gives_max_age(rule));
	ck_assert_int_eq(rule_on_revoke(rule), ON_REVOKE_TERMINATE);
	ck_assert_uint_eq(rule_session_max_ms(rule), 8 * 3600000);
	rule = policy_rule(loaded.policy, 1);
	ck_assert(!rule_is_audit(rule));
	ck_assert(!rule_needs_challenge(rule));
	ck_assert_uint_eq(rule_bindings(rule), 0);
	ck_assert(!rule_gives_max_age(rule));
	ck_assert_int_eq(rule_on_revoke(rule), ON_REVOKE_LOG);
	ck_assert_uint_eq(rule_session_max_ms(rule), 0);
}
END_TEST

START_TEST(tells_how_old_a_signed_document_may_be)
{
	static const struct {
		const char *keys;
		bool takes_signature;
		uint64_t max_age_ms;
	} rows[] = {
		{ "", false, 4 * 3600000 },
		{ "bind = key\n", true, 4 * 3600000 },
		{ "bind = key, ssh-key\n", true, 4 * 3600000 },
		{ "bind = key\nmax_age = 1min\n", true, 60000 },
		{ "bind = key, nonce\n", false, 4 * 3600000 },
		{ "bind = nonce\n", false, 4 * 3600000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *rules = NULL;
		_cleanup_(loaded_deinit) struct loaded loaded = { 0 };
		const struct rule *rule;

		ck_assert_int_gt(asprintf(&rules,
					  "[rule/a]\n" BASE "level=1\n%s",
					  rows[i].keys),
				 0);
		loaded = load_texts(NULL, NULL, rules);
		rule = policy_rule(loaded.policy, 0);
		ck_assert_int_eq(rule_takes_signature(rule),
				 rows[i].takes_signature);
		ck_assert_uint_eq(rule_signed_max_age_ms(rule),
				  rows[i].max_age_ms);
	}
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_loop_test(tests, matches_key_by_key, 0,
			    ARRAY_SIZE(questions));
	tcase_add_loop_test(tests, says_what_is_wrong, 0, ARRAY_SIZE(mistakes));
	tcase_add_loop_test(tests, warns_of_a_rule_that_cannot_match, 0,
			    ARRAY_SIZE(orders));
	tcase_add_test(tests, hides_only_what_it_matches);
	tcase_add_loop_test(tests, warns_of_what_locks_out, 0,
			    ARRAY_SIZE(traps));
	tcase_add_test(tests, tells_what_a_rule_says);
	tcase_add_test(tests, tells_how_old_a_signed_document_may_be);
}

UNIT_MAIN("match", add_tests)
