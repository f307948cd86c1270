/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/command.h"

#include <getopt.h>
#include <stdarg.h>

#include "nitroctl/text.h"

/* More than any verb has. */
#define OPTIONS_MAX 32

/* Columns before the explanation of an option. */
#define HELP_COLUMN 24

static void print_option(const struct command_option *option, FILE *out)
{
	char left[64];

	snprintf(left, sizeof(left), "--%s%s%s", option->name,
		 option->argument == NULL ? "" : " ",
		 option->argument == NULL ? "" : option->argument);
	fprintf(out, "  %-*s", HELP_COLUMN, left);
	for (const char *at = option->help; *at != '\0'; at++) {
		fputc(*at, out);
		if (*at == '\n')
			fprintf(out, "  %-*s", HELP_COLUMN, "");
	}
	fputc('\n', out);
}

void command_print_help(const struct command *command, FILE *out)
{
	static const struct command_option help = { "help", NULL,
						    "print this and exit",
						    NULL };

	fprintf(out, "Usage: nitroctl %s [OPTION]...%s%s\n%s\n\n",
		command->name, command->operands[0] == '\0' ? "" : " ",
		command->operands, command->summary);
	for (size_t i = 0; i < command->option_count; i++)
		print_option(&command->options[i], out);
	print_option(&help, out);
	if (command->help[0] != '\0')
		fprintf(out, "\n%s", command->help);
}

enum exit_code command_misused(const struct command *command,
			       const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	complain_list(format, arguments);
	va_end(arguments);
	complain("'nitroctl %s --help' explains its use.", command->name);
	return EXIT_USAGE;
}

/* getopt's view of the table; the value of each is its index. */
static void fill_getopt_table(const struct command *command,
			      struct option table[static OPTIONS_MAX + 2])
{
	size_t count = command->option_count;

	for (size_t i = 0; i < count; i++)
		table[i] = (struct option){
			command->options[i].name,
			command->options[i].argument == NULL
				? no_argument
				: required_argument,
			NULL,
			(int)i,
		};
	table[count] = (struct option){ "help", no_argument, NULL, (int)count };
	table[count + 1] = (struct option){ NULL, 0, NULL, 0 };
}

/* What getopt_long() refused. It leaves the place to us (opterr is 0), because
 * it would print the text as it came. */
static enum command_parse_result refuse_option(const struct command *command,
					       char **argv, int refused)
{
	const char *text = argv[optind - 1];

	if (refused == ':')
		command_misused(command, "option '%s' needs an argument.",
				text);
	else
		command_misused(command,
				"option '%s' is unknown, ambiguous, or takes "
				"no argument.",
				text);
	return COMMAND_USAGE;
}

enum command_parse_result command_parse(const struct command *command, int argc,
					char **argv, void *settings,
					int *ret_operands)
{
	struct option table[OPTIONS_MAX + 2];

	_Static_assert(OPTIONS_MAX < '?', "an index is no answer of getopt");
	fill_getopt_table(command, table);
	opterr = 0;
	for (;;) {
		int chosen = getopt_long(argc, argv, ":", table, NULL);

		if (chosen == -1)
			break;
		if (chosen == '?' || chosen == ':')
			return refuse_option(command, argv, chosen);
		if ((size_t)chosen == command->option_count) {
			command_print_help(command, stdout);
			return COMMAND_HELPED;
		}
		if (!command->options[chosen].set(settings, optarg)) {
			complain("'nitroctl %s --help' explains its use.",
				 command->name);
			return COMMAND_USAGE;
		}
	}
	*ret_operands = optind;
	return COMMAND_GO_ON;
}
