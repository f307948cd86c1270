/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/sudo_checks.h"

#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "client/client.h"
#include "client/status.h"
#include "nitroctl/sudo_program.h"

#define LOGIN_UID_FILE "/proc/self/loginuid"

static void set(struct sudo_checks *checks, enum sudo_check check,
		enum sudo_check_state state, const char *format, ...)
	_printf_(4, 5);

static void set(struct sudo_checks *checks, enum sudo_check check,
		enum sudo_check_state state, const char *format, ...)
{
	va_list arguments;

	checks->rows[check].state = state;
	va_start(arguments, format);
	vsnprintf(checks->rows[check].text, sizeof(checks->rows[check].text),
		  format, arguments);
	va_end(arguments);
}

/* If our own line is what breaks sudo, listing the plugin as it should be mends it;
 * SUDO_CHECK_LOADED shows whether it did. */
static void check_sudo(struct sudo_checks *checks, bool is_listed)
{
	enum sudo_check_state broken =
		is_listed ? SUDO_CHECK_WARNING : SUDO_CHECK_BROKEN;
	struct sudo_program program;

	sudo_program_ask(&program);
	set(checks, SUDO_CHECK_SUDO,
	    program.is_usable ? SUDO_CHECK_PASSED : broken, "%s", program.text);
}

static void check_daemon(struct sudo_checks *checks)
{
	_cleanup_(client_status_freep) struct client_status *status = NULL;
	struct answer answer;

	if (client_get_status(CLIENT_TIMEOUT_DEFAULT_USEC, &status, &answer))
		set(checks, SUDO_CHECK_DAEMON, SUDO_CHECK_PASSED,
		    "nitro-policyd answers");
	else
		set(checks, SUDO_CHECK_DAEMON, SUDO_CHECK_WARNING,
		    "nitro-policyd does not answer: EVERYBODY WOULD BE LOCKED "
		    "OUT of sudo (%s: %s)",
		    answer.reason, answer.message);
}

struct caller {
	char name[SUDO_USERS_NAME_SIZE];
	uid_t uid;
};

/* The user whom the kernel takes for the one who logged in. False if that is root or
 * nobody. */
static bool find_caller(struct caller *ret_caller)
{
	_cleanup_fclose_ FILE *file = fopen(LOGIN_UID_FILE, "re");
	const struct passwd *entry;
	char line[32];

	if (file == NULL || fgets(line, sizeof(line), file) == NULL)
		return false;
	ret_caller->uid = (uid_t)strtoul(line, NULL, 10);
	entry = ret_caller->uid == 0 ? NULL : getpwuid(ret_caller->uid);
	if (entry == NULL || strlen(entry->pw_name) >= sizeof(ret_caller->name))
		return false;
	strncpy(ret_caller->name, entry->pw_name, sizeof(ret_caller->name));
	return true;
}

static void check_rules(struct sudo_checks *checks, const char *policy_dir)
{
	struct caller caller;
	enum exit_code code = sudo_users_find(
		policy_dir, find_caller(&caller) ? caller.name : NULL,
		&checks->users);

	if (code != EXIT_ALLOWED)
		set(checks, SUDO_CHECK_RULES, SUDO_CHECK_WARNING,
		    "the rules cannot be read");
	else if (checks->users.rule_count == 0)
		set(checks, SUDO_CHECK_RULES, SUDO_CHECK_WARNING,
		    "no rule is for service sudo: EVERYBODY WOULD BE LOCKED "
		    "OUT of sudo");
	else
		set(checks, SUDO_CHECK_RULES, SUDO_CHECK_PASSED,
		    "%zu rule%s for service sudo", checks->users.rule_count,
		    checks->users.rule_count == 1 ? " is" : "s are");
}

static void report_trial(struct sudo_checks *checks, enum sudo_check check,
			 const struct sudo_trial_case *question,
			 const struct sudo_trial *trial)
{
	enum sudo_check_state refused = check == SUDO_CHECK_ROOT
						? SUDO_CHECK_REFUSED
						: SUDO_CHECK_WARNING;

	if (trial->step == SUDO_TRIAL_JUDGED && trial->decision == 1)
		set(checks, check, SUDO_CHECK_PASSED, "%s may run %s",
		    question->user, question->command);
	else
		set(checks, check, refused,
		    "%s could not run %s by sudo in this session: %s",
		    question->user, question->command, trial->text);
}

/* Root's trial shows also whether the plugin can be loaded, and takes its options. */
static bool check_plugin(struct sudo_checks *checks,
			 const struct sudo_trial_case *question)
{
	struct sudo_trial trial;

	sudo_trial_run(question, &trial);
	if (trial.step == SUDO_TRIAL_NOT_LOADED) {
		set(checks, SUDO_CHECK_PLUGIN, SUDO_CHECK_BROKEN, "%s",
		    trial.text);
		return false;
	}
	set(checks, SUDO_CHECK_PLUGIN, SUDO_CHECK_PASSED, "%s can be loaded",
	    question->path);
	if (trial.step == SUDO_TRIAL_BAD_OPTIONS) {
		set(checks, SUDO_CHECK_OPTIONS, SUDO_CHECK_BROKEN, "%s",
		    trial.text);
		return false;
	}
	set(checks, SUDO_CHECK_OPTIONS, SUDO_CHECK_PASSED,
	    "the plugin takes its options");
	report_trial(checks, SUDO_CHECK_ROOT, question, &trial);
	return true;
}

static void check_caller(struct sudo_checks *checks,
			 struct sudo_trial_case question)
{
	struct sudo_trial trial;
	struct caller caller;

	if (!find_caller(&caller))
		return;
	question.user = caller.name;
	question.uid = caller.uid;
	sudo_trial_run(&question, &trial);
	report_trial(checks, SUDO_CHECK_CALLER, &question, &trial);
}

void sudo_checks_make(const struct sudo_subject *subject,
		      struct sudo_checks *ret_checks)
{
	const struct sudo_trial_case question = {
		.path = subject->path,
		.options = subject->options,
		.user = "root",
		.uid = 0,
		.command = subject->command,
	};

	memset(ret_checks, 0, sizeof(*ret_checks));
	check_sudo(ret_checks, subject->is_listed);
	check_daemon(ret_checks);
	check_rules(ret_checks, subject->policy_dir);
	if (check_plugin(ret_checks, &question))
		check_caller(ret_checks, question);
}

void sudo_checks_make_loaded(struct sudo_checks *checks)
{
	struct sudo_program program;

	sudo_program_ask(&program);
	if (program.is_usable && program.has_plugin)
		set(checks, SUDO_CHECK_LOADED, SUDO_CHECK_PASSED,
		    "sudo has loaded the plugin");
	else
		set(checks, SUDO_CHECK_LOADED, SUDO_CHECK_BROKEN,
		    "sudo has not loaded the plugin (%s)", program.text);
}

enum sudo_check_state sudo_checks_worst(const struct sudo_checks *checks)
{
	enum sudo_check_state worst = SUDO_CHECK_NOT_MADE;

	for (size_t i = 0; i < SUDO_CHECK_COUNT; i++)
		if (checks->rows[i].state > worst)
			worst = checks->rows[i].state;
	return worst;
}
