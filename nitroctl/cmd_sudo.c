/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl sudo: puts the approval plugin into sudo.conf, or takes it out, so that
 * nobody is locked out by surprise: a plugin that sudo cannot load, or that refuses
 * root, is found before sudo depends on it.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "nitroctl/command.h"
#include "nitroctl/output_json.h"
#include "nitroctl/sudo_checks.h"
#include "nitroctl/sudo_conf.h"
#include "nitroctl/sudo_file.h"
#include "nitroctl/text.h"

/* What root and the caller try: the way to everything else. */
#define COMMAND_DEFAULT "/bin/sh"

struct sudo_settings {
	const char *command;
	char *const *options; /* of the plugin, NULL at the end */
	size_t option_count;
	const char *policy_dir;
	bool force;
	bool json;
};

/* What is known at the end of a verb. */
struct outcome {
	struct sudo_file file;
	struct sudo_conf_found found; /* our lines in it by now */
	bool is_changed;
	struct sudo_checks checks;
};

static enum exit_code no_memory(void)
{
	complain("memory is exhausted.");
	return EXIT_NOT_JUDGED;
}

static enum exit_code look(struct outcome *outcome)
{
	free(outcome->found.line);
	outcome->found.line = NULL;
	if (sudo_conf_find(buffer_span(&outcome->file.text), &outcome->found))
		return EXIT_ALLOWED;
	complain(SUDO_FILE_PATH " is no text, or memory is exhausted.");
	return EXIT_NOT_JUDGED;
}

static enum exit_code open_and_look(bool to_change, struct outcome *outcome)
{
	enum exit_code code = sudo_file_open(to_change, &outcome->file);

	return code == EXIT_ALLOWED ? look(outcome) : code;
}

/* Makes `line` the only one of our lines; NULL: leaves none. */
static enum exit_code edit(const char *line, struct outcome *outcome)
{
	struct span before = buffer_span(&outcome->file.text);
	struct buffer text;
	enum exit_code code;

	if (!sudo_conf_edit(before, line, &text))
		return no_memory();
	if (span_equal(before, buffer_span(&text))) {
		buffer_free(text);
		return EXIT_ALLOWED;
	}
	code = sudo_file_write_consume(&outcome->file, text);
	if (code != EXIT_ALLOWED)
		return code;
	outcome->is_changed = true;
	return look(outcome);
}

/* Whether sudo may depend on the plugin. */
static enum exit_code judge(bool force, const struct sudo_checks *checks)
{
	enum sudo_check_state worst = sudo_checks_worst(checks);

	if (worst == SUDO_CHECK_BROKEN) {
		complain("with this plugin sudo would run nothing any more.");
		return EXIT_DENIED;
	}
	if (worst == SUDO_CHECK_REFUSED && !force) {
		complain("root could not run sudo any more in a session like "
			 "this one.");
		complain("hint: the option 'exempt_root' of the plugin, a rule "
			 "for root and service sudo, or --force; see "
			 "sudo_nitro(8).");
		return EXIT_DENIED;
	}
	return EXIT_ALLOWED;
}

/* What was not foreseen and sudo dislikes shows before anybody needs it. */
static enum exit_code prove(struct outcome *outcome)
{
	sudo_checks_make_loaded(&outcome->checks);
	if (sudo_checks_worst(&outcome->checks) != SUDO_CHECK_BROKEN)
		return EXIT_ALLOWED;
	if (!outcome->is_changed) {
		complain("sudo does not work with " SUDO_FILE_PATH
			 " as it is: 'nitroctl sudo disable' mends it.");
		return EXIT_DENIED;
	}
	if (sudo_file_restore(&outcome->file) != EXIT_ALLOWED) {
		complain("sudo does not work, and " SUDO_FILE_PATH
			 " could not be restored: mend it by hand.");
		return EXIT_DENIED;
	}
	complain(SUDO_FILE_PATH " is again as it was.");
	outcome->is_changed = false;
	(void)look(outcome);
	return EXIT_DENIED;
}

static struct sudo_subject subject_of(const struct sudo_settings *settings)
{
	return (struct sudo_subject){
		.path = NITRO_SUDO_PLUGIN,
		.options = settings->options,
		.command = settings->command,
		.policy_dir = settings->policy_dir,
	};
}

static enum exit_code enable(const struct sudo_settings *settings,
			     struct outcome *outcome)
{
	struct sudo_subject subject = subject_of(settings);
	_cleanup_free_ char *line = sudo_conf_make_line(
		NITRO_SUDO_PLUGIN, settings->option_count, settings->options);
	enum exit_code code = open_and_look(true, outcome);

	if (line == NULL)
		return no_memory();
	if (code != EXIT_ALLOWED)
		return code;
	subject.is_listed = outcome->found.line != NULL;
	sudo_checks_make(&subject, &outcome->checks);
	code = judge(settings->force, &outcome->checks);
	if (code == EXIT_ALLOWED)
		code = edit(line, outcome);
	return code == EXIT_ALLOWED ? prove(outcome) : code;
}

/* Nothing is asked first: this is the way out, also when nothing works. */
static enum exit_code disable(const struct sudo_settings *settings _unused_,
			      struct outcome *outcome)
{
	enum exit_code code = open_and_look(true, outcome);

	return code == EXIT_ALLOWED ? edit(NULL, outcome) : code;
}

/* Words of our line from its path on, in place. */
static void split(char *line, char **ret_words, size_t max)
{
	size_t count = 0;
	char *rest = line;

	for (unsigned i = 0; rest != NULL && count < max; i++) {
		char *word = strsep(&rest, " ");

		if (i >= 2)
			ret_words[count++] = word;
	}
	ret_words[count] = NULL;
}

#define WORDS_MAX 64

/* What is enabled, or would be by the options that are given. */
static enum exit_code test(const struct sudo_settings *settings,
			   struct outcome *outcome)
{
	struct sudo_subject subject = subject_of(settings);
	_cleanup_free_ char *line = NULL;
	char *words[WORDS_MAX + 1] = { NULL };
	enum exit_code code = open_and_look(false, outcome);

	if (code != EXIT_ALLOWED)
		return code;
	if (outcome->found.line != NULL && settings->option_count == 0) {
		line = strdup(outcome->found.line);
		if (line == NULL)
			return no_memory();
		split(line, words, WORDS_MAX);
		subject.path = words[0] == NULL ? "" : words[0];
		subject.options = words[0] == NULL ? words : words + 1;
	}
	subject.is_listed = outcome->found.line != NULL;
	sudo_checks_make(&subject, &outcome->checks);
	if (outcome->found.line != NULL)
		sudo_checks_make_loaded(&outcome->checks);
	code = judge(false, &outcome->checks);
	if (code != EXIT_ALLOWED && outcome->found.line != NULL)
		complain("hint: 'nitroctl sudo disable' takes it out.");
	return code;
}

static void print_outcome(const struct outcome *outcome)
{
	sudo_checks_print(stdout, &outcome->checks);
	printf(SUDO_FILE_PATH " %s",
	       outcome->is_changed ? "was changed: " : "is unchanged: ");
	if (outcome->found.line == NULL) {
		puts("sudo does not ask nitro-policyd.");
		return;
	}
	printf("line %u: ", outcome->found.number);
	print_safe_string(stdout, outcome->found.line);
	putchar('\n');
	if (outcome->found.count > 1)
		complain("warning: %zu lines of " SUDO_FILE_PATH
			 " load the plugin; sudo takes the first.",
			 outcome->found.count);
}

static json_t *json_outcome(const struct outcome *outcome)
{
	return json_pack("{s:b, s:b, s:o, s:o, s:o}", "enabled",
			 outcome->found.line != NULL, "changed",
			 outcome->is_changed, "line",
			 json_string_or_null(outcome->found.line == NULL
						     ? ""
						     : outcome->found.line),
			 "checks", json_sudo_checks(&outcome->checks), "users",
			 json_sudo_users(&outcome->checks));
}

static enum exit_code report(const struct sudo_settings *settings,
			     const struct outcome *outcome, enum exit_code code)
{
	if (!settings->json)
		print_outcome(outcome);
	else if (!json_print_consume(stdout, json_outcome(outcome)))
		return EXIT_NOT_JUDGED;
	return code;
}

/* Options of the plugin become words of a line of sudo.conf. */
static bool is_word(const char *text)
{
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text > '~' || *text == '#' ||
		    *text == '\\')
			return false;
	return true;
}

static enum exit_code check_use(const struct command *command, int argc,
				char **argv, int operands)
{
	if (command->operands[0] == '\0' && operands != argc)
		return command_misused(command, "%s takes no operand.",
				       command->name);
	if (argc - operands > WORDS_MAX - 1)
		return command_misused(command, "these are too many options.");
	for (int i = operands; i < argc; i++)
		if (!is_word(argv[i]))
			return command_misused(
				command,
				"'%s' cannot be an option of the plugin.",
				argv[i]);
	if (geteuid() == 0)
		return EXIT_ALLOWED;
	complain("only root can do this.");
	return EXIT_NOT_JUDGED;
}

static enum exit_code run(const struct command *command, int argc, char **argv,
			  enum exit_code (*act)(const struct sudo_settings *,
						struct outcome *))
{
	struct sudo_settings settings = { .command = COMMAND_DEFAULT };
	struct outcome outcome = { .file = SUDO_FILE_CLOSED };
	enum exit_code code;
	int operands;

	switch (command_parse(command, argc, argv, &settings, &operands)) {
	case COMMAND_HELPED:
		return EXIT_ALLOWED;
	case COMMAND_USAGE:
		return EXIT_USAGE;
	case COMMAND_GO_ON:
		break;
	}
	code = check_use(command, argc, argv, operands);
	if (code != EXIT_ALLOWED)
		return code;
	settings.options = argv + operands;
	settings.option_count = (size_t)(argc - operands);
	code = act(&settings, &outcome);
	if (code != EXIT_NOT_JUDGED)
		code = report(&settings, &outcome, code);
	free(outcome.found.line);
	sudo_file_close(&outcome.file);
	return code;
}

static enum exit_code run_enable(const struct command *command, int argc,
				 char **argv)
{
	return run(command, argc, argv, enable);
}

static enum exit_code run_disable(const struct command *command, int argc,
				  char **argv)
{
	return run(command, argc, argv, disable);
}

static enum exit_code run_test(const struct command *command, int argc,
			       char **argv)
{
	return run(command, argc, argv, test);
}

static bool set_command(void *settings, const char *argument)
{
	((struct sudo_settings *)settings)->command = argument;
	return true;
}

static bool set_policy(void *settings, const char *argument)
{
	((struct sudo_settings *)settings)->policy_dir = argument;
	return true;
}

static bool set_force(void *settings, const char *argument _unused_)
{
	((struct sudo_settings *)settings)->force = true;
	return true;
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct sudo_settings *)settings)->json = true;
	return true;
}

/* clang-format off */
#define OPTION_COMMAND                                                         \
	{ "command", "FILE",                                                   \
	  "the command that root tries, instead of " COMMAND_DEFAULT,          \
	  set_command }
#define OPTION_POLICY                                                          \
	{ "policy", "DIR", "look for rules in DIR, not in " NITRO_CONFIG_DIR,  \
	  set_policy }
#define OPTION_JSON { "json", NULL, "one JSON object", set_json }
/* clang-format on */

static const struct command_option enable_options[] = {
	OPTION_COMMAND,
	OPTION_POLICY,
	{ "force", NULL, "even if root could not run sudo any more",
	  set_force },
	OPTION_JSON,
};
static const struct command_option disable_options[] = { OPTION_JSON };
static const struct command_option test_options[] = {
	OPTION_COMMAND,
	OPTION_POLICY,
	OPTION_JSON,
};

const struct command command_sudo_enable = {
	.name = "sudo enable",
	.operands = "[SETTING...]",
	.summary = "Let sudo ask the daemon about each command.",
	.help = "SETTINGs are the options of the plugin, see sudo_nitro(8); "
		"it is\n" NITRO_SUDO_PLUGIN
		"\nand is loaded and tried before " SUDO_FILE_PATH
		" is changed.\n"
		"Exit code: 0 enabled, 1 refused, 2 wrong use, 3 the file "
		"cannot be used.\n",
	.options = enable_options,
	.option_count = ARRAY_SIZE(enable_options),
	.run = run_enable,
};

const struct command command_sudo_disable = {
	.name = "sudo disable",
	.operands = "",
	.summary = "Let sudo forget the daemon; before the plugin is removed.",
	.help = "It needs neither the daemon nor the plugin.\n"
		"Exit code: 0 disabled, 2 wrong use, 3 the file cannot be "
		"used.\n",
	.options = disable_options,
	.option_count = ARRAY_SIZE(disable_options),
	.run = run_disable,
};

const struct command command_sudo_test = {
	.name = "sudo test",
	.operands = "[SETTING...]",
	.summary = "Try what sudo would do, without changing anything.",
	.help = "Without SETTINGs it tries what is enabled.\n"
		"Exit code: 0 it works, 1 sudo or root would be refused, 2 "
		"wrong use, 3 the file\ncannot be used.\n",
	.options = test_options,
	.option_count = ARRAY_SIZE(test_options),
	.run = run_test,
};
