/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl: the verbs, and nothing that one of them does.
 */
#include "config.h"

#include <locale.h>
#include <string.h>

#include "nitroctl/command.h"
#include "nitroctl/text.h"

/* Columns before the explanation of a verb. */
#define VERB_COLUMN 15

/* In the order of the help. A name of two words is a verb of a group: "image
 * add". No word is both a verb and a group. */
/* clang-format off */
static const struct command *const commands[] = {
	&command_verify,
	&command_verify_response,
	&command_show,
	&command_status,
	&command_check,
	&command_reload,
	&command_image_add,
	&command_image_list,
	&command_image_retire,
	&command_image_revoke,
	&command_image_remove,
	&command_explain,
	&command_diff,
	&command_monitor,
	&command_verdict_list,
	&command_verdict_show,
	&command_verdict_revoke,
	&command_rule_list,
	&command_rule_test,
	&command_secret_list,
	&command_pcr_role,
	&command_pcr_instance,
	&command_pcr_certificate,
	&command_measure,
	&command_manifest_show,
	&command_manifest_hash,
	&command_import_kms,
	&command_export_kms,
	&command_sudo_enable,
	&command_sudo_disable,
	&command_sudo_test,
};
/* clang-format on */

/* True if `name` is the name of a verb of `group`: its first word of several. */
static bool is_in_group(const char *name, const char *group)
{
	size_t length = strlen(group);

	return strncmp(name, group, length) == 0 && name[length] == ' ';
}

static bool is_group(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (is_in_group(commands[i]->name, word))
			return true;
	return false;
}

/* The verbs of a group, or all (NULL), a line each. */
static void print_verbs(const char *group, FILE *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (group == NULL || is_in_group(commands[i]->name, group))
			fprintf(out, "  %-*s %s\n", VERB_COLUMN,
				commands[i]->name, commands[i]->summary);
}

static void print_help(FILE *out)
{
	fputs("Usage: nitroctl VERB [OPTION]... [OPERAND]...\n"
	      "Judge AWS Nitro attestation documents, and decide which ones "
	      "count.\n\n",
	      out);
	print_verbs(NULL, out);
	fputs("\n'nitroctl help VERB' explains a verb; 'nitroctl --version' "
	      "prints the version.\n"
	      "Exit code: 0 allowed, 1 denied, 2 wrong use, 3 could not be "
	      "judged.\n",
	      out);
}

/* How many of the words are the name of the command; 0: they are not. */
static int match_command(const struct command *command, int count,
			 char *const *words)
{
	const char *name = command->name;
	int matched = 0;

	for (;;) {
		size_t length = strcspn(name, " ");

		if (matched == count ||
		    strncmp(words[matched], name, length) != 0 ||
		    words[matched][length] != '\0')
			return 0;
		matched++;
		if (name[length] == '\0')
			return matched;
		name += length + 1;
	}
}

static void complain_no_command(int count, char *const *words)
{
	if (!is_group(words[0]))
		complain("there is no verb '%s'; 'nitroctl --help' lists "
			 "them.",
			 words[0]);
	else if (count < 2)
		complain("'%s' needs to know what to do; 'nitroctl help %s' "
			 "lists it.",
			 words[0], words[0]);
	else
		complain("there is no verb '%s %s'; 'nitroctl help %s' lists "
			 "them.",
			 words[0], words[1], words[0]);
}

/* The command that the words begin with, and how many of them are its name; NULL,
 * after a complaint, if there is none. */
static const struct command *find_command(int count, char *const *words,
					  int *ret_matched)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		int matched = match_command(commands[i], count, words);

		if (matched == 0)
			continue;
		*ret_matched = matched;
		return commands[i];
	}
	complain_no_command(count, words);
	return NULL;
}

static enum exit_code help(int count, char *const *words)
{
	const struct command *command;
	int matched;

	if (count == 0) {
		print_help(stdout);
		return EXIT_ALLOWED;
	}
	if (count == 1 && is_group(words[0])) {
		print_verbs(words[0], stdout);
		return EXIT_ALLOWED;
	}
	command = find_command(count, words, &matched);
	if (command == NULL)
		return EXIT_USAGE;
	command_print_help(command, stdout);
	return EXIT_ALLOWED;
}

static enum exit_code run(int argc, char **argv)
{
	const struct command *command;
	int matched;

	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0)
		return help(argc - 2, argv + 2);
	if (strcmp(argv[1], "--version") == 0) {
		printf("nitroctl (" PACKAGE_NAME ") " PACKAGE_VERSION "\n");
		return EXIT_ALLOWED;
	}
	command = find_command(argc - 1, argv + 1, &matched);
	if (command == NULL)
		return EXIT_USAGE;
	return command->run(command, argc - matched, argv + matched);
}

int main(int argc, char **argv)
{
	enum exit_code code;

	/* For the marks of the text output only; texts are English. */
	setlocale(LC_CTYPE, "");
	code = run(argc, argv);

	/* A verdict that did not reach its reader was not given. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		complain("the output could not be written.");
		return EXIT_NOT_JUDGED;
	}
	return (int)code;
}
