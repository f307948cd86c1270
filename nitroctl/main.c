/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl: the verbs, and nothing that one of them does. It keeps no state,
 * changes none, and needs no privilege.
 */
#include "config.h"

#include <locale.h>
#include <string.h>

#include "nitroctl/command.h"
#include "nitroctl/text.h"

static const struct command *const commands[] = {
	&command_verify,
	&command_show,
	&command_status,
};

static void print_help(FILE *out)
{
	fputs("Usage: nitroctl VERB [OPTION]... [FILE]...\n"
	      "Judge, look at, and ask about AWS Nitro attestation "
	      "documents.\n\n",
	      out);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-8s %s\n", commands[i]->name,
			commands[i]->summary);
	fputs("\n'nitroctl help VERB' explains a verb; 'nitroctl --version' "
	      "prints the version.\n"
	      "Exit code: 0 allowed, 1 denied, 2 wrong use, 3 could not be "
	      "judged.\n",
	      out);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	complain("there is no verb '%s'; 'nitroctl --help' lists them.", name);
	return NULL;
}

static enum exit_code help(const char *verb)
{
	const struct command *command;

	if (verb == NULL) {
		print_help(stdout);
		return EXIT_ALLOWED;
	}
	command = find_command(verb);
	if (command == NULL)
		return EXIT_USAGE;
	command_print_help(command, stdout);
	return EXIT_ALLOWED;
}

static enum exit_code run(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0)
		return help(argc > 2 ? argv[2] : NULL);
	if (strcmp(argv[1], "--version") == 0) {
		printf("nitroctl (" PACKAGE_NAME ") " PACKAGE_VERSION "\n");
		return EXIT_ALLOWED;
	}
	command = find_command(argv[1]);
	if (command == NULL)
		return EXIT_USAGE;
	return command->run(command, argc - 1, argv + 1);
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
