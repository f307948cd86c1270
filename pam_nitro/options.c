/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "pam_nitro/options.h"

#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "client/client.h"

/* A decimal number within bounds: digits only, no sign, no leading zero. */
static bool parse_number(const char *text, unsigned min, unsigned max,
			 unsigned *ret_number)
{
	unsigned number = 0;

	if (*text < '1' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9' && number <= max; text++)
		number = number * 10 + (unsigned)(*text - '0');
	if (*text != '\0' || number < min || number > max)
		return false;

	*ret_number = number;
	return true;
}

static bool set_service(const char *value, struct options *options)
{
	size_t length = strnlen(value, OPTIONS_SERVICE_MAX + 1);

	if (length == 0 || length > OPTIONS_SERVICE_MAX)
		return false;
	for (const char *c = value; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~' || *c == '/')
			return false;

	options->service = value;
	return true;
}

static bool set_source(const char *value, struct options *options)
{
	static const char scheme[] = "file:";

	if (strcmp(value, "prompt") == 0)
		return true;
	if (strncmp(value, scheme, strlen(scheme)) != 0 ||
	    value[strlen(scheme)] != '/')
		return false;

	options->file = value + strlen(scheme);
	return true;
}

static bool set_chunk(const char *value, struct options *options)
{
	return parse_number(value, OPTIONS_CHUNK_MIN, OPTIONS_CHUNK_MAX,
			    &options->chunk);
}

static bool set_retry(const char *value, struct options *options)
{
	return parse_number(value, 1, OPTIONS_RETRY_MAX, &options->retry);
}

static bool set_timeout(const char *value, struct options *options)
{
	unsigned seconds;

	if (!parse_number(value, OPTIONS_TIMEOUT_MIN, OPTIONS_TIMEOUT_MAX,
			  &seconds))
		return false;

	options->timeout_usec = seconds * UINT64_C(1000000);
	return true;
}

static bool set_debug(const char *value _unused_, struct options *options)
{
	options->debug = true;
	return true;
}

static bool set_quiet(const char *value _unused_, struct options *options)
{
	options->quiet = true;
	return true;
}

static bool set_require(const char *value _unused_, struct options *options)
{
	options->require = true;
	return true;
}

/* A name with "=" takes a value. */
static const struct option {
	const char *name;
	bool (*set)(const char *value, struct options *options);
	const char *expected;
} known_options[] = {
	{ "service=", set_service,
	  "a name of 1 to 64 printable characters without space and '/'" },
	{ "source=", set_source, "'prompt' or 'file:' and an absolute path" },
	{ "chunk=", set_chunk, "a number from 64 to 22000" },
	{ "retry=", set_retry, "a number from 1 to 9" },
	{ "timeout=", set_timeout, "a number of seconds from 1 to 60" },
	{ "debug", set_debug, "nothing" },
	{ "quiet", set_quiet, "nothing" },
	{ "require", set_require, "nothing" },
};

/* The option that `argument` gives, and its value ("" where it takes none). */
static const struct option *find_option(const char *argument,
					const char **ret_value)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_options); i++) {
		const char *name = known_options[i].name;
		size_t length = strlen(name);

		if (strncmp(argument, name, length) != 0)
			continue;
		if (name[length - 1] != '=' && argument[length] != '\0')
			continue;
		*ret_value = argument + length;
		return &known_options[i];
	}
	return NULL;
}

static bool complain(char *reterr_problem, const char *argument,
		     const char *what, const char *expected)
{
	char printable[OPTIONS_PROBLEM_SIZE / 2];

	printable_copy(printable, sizeof(printable), argument);
	snprintf(reterr_problem, OPTIONS_PROBLEM_SIZE, "option \"%s\" %s%s",
		 printable, what, expected);
	return false;
}

bool options_parse(int argc, const char **argv, struct options *ret_options,
		   char reterr_problem[static OPTIONS_PROBLEM_SIZE])
{
	struct options options = {
		.chunk = OPTIONS_CHUNK_DEFAULT,
		.retry = 1,
		.timeout_usec = CLIENT_TIMEOUT_DEFAULT_USEC,
	};
	unsigned seen = 0;

	for (int i = 0; i < argc; i++) {
		const struct option *option;
		const char *value;
		unsigned bit;

		option = find_option(argv[i], &value);
		if (option == NULL)
			return complain(reterr_problem, argv[i],
					"is unknown; see pam_nitro(8)", "");
		bit = 1u << (option - known_options);
		if ((seen & bit) != 0)
			return complain(reterr_problem, argv[i],
					"is given twice", "");
		seen |= bit;
		if (!option->set(value, &options))
			return complain(reterr_problem, argv[i],
					"is malformed; expected is ",
					option->expected);
	}
	*ret_options = options;
	return true;
}
