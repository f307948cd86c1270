/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "pam_nitro/options.h"

#include <string.h>

#include "client/client.h"

static bool set_service(const char *value, void *settings)
{
	struct options *options = settings;
	size_t length = strnlen(value, OPTIONS_SERVICE_MAX + 1);

	if (length == 0 || length > OPTIONS_SERVICE_MAX)
		return false;
	for (const char *c = value; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~' || *c == '/')
			return false;

	options->service = value;
	return true;
}

static bool set_source(const char *value, void *settings)
{
	struct options *options = settings;
	static const char scheme[] = "file:";

	if (strcmp(value, "prompt") == 0)
		return true;
	if (strncmp(value, scheme, strlen(scheme)) != 0 ||
	    value[strlen(scheme)] != '/')
		return false;

	options->file = value + strlen(scheme);
	return true;
}

static bool set_chunk(const char *value, void *settings)
{
	struct options *options = settings;

	return option_list_number(value, OPTIONS_CHUNK_MIN, OPTIONS_CHUNK_MAX,
				  &options->chunk);
}

static bool set_retry(const char *value, void *settings)
{
	struct options *options = settings;

	return option_list_number(value, 1, OPTIONS_RETRY_MAX, &options->retry);
}

static bool set_timeout(const char *value, void *settings)
{
	return option_list_seconds(value,
				   &((struct options *)settings)->timeout_usec);
}

static bool set_debug(const char *value _unused_, void *settings)
{
	((struct options *)settings)->debug = true;
	return true;
}

static bool set_quiet(const char *value _unused_, void *settings)
{
	((struct options *)settings)->quiet = true;
	return true;
}

static bool set_require(const char *value _unused_, void *settings)
{
	((struct options *)settings)->require = true;
	return true;
}

static const struct option_row rows[] = {
	{ "service=", set_service,
	  "a name of 1 to 64 printable characters without space and '/'" },
	{ "source=", set_source, "'prompt' or 'file:' and an absolute path" },
	{ "chunk=", set_chunk, "a number from 64 to 22000" },
	{ "retry=", set_retry, "a number from 1 to 9" },
	{ "timeout=", set_timeout, OPTION_LIST_SECONDS },
	{ "debug", set_debug, "nothing" },
	{ "quiet", set_quiet, "nothing" },
	{ "require", set_require, "nothing" },
};

static const struct option_list list = { rows, ARRAY_SIZE(rows),
					 "pam_nitro(8)" };

bool options_parse(int argc, const char **argv, struct options *ret_options,
		   char reterr_problem[static OPTION_LIST_PROBLEM_SIZE])
{
	struct options options = {
		.chunk = OPTIONS_CHUNK_DEFAULT,
		.retry = 1,
		.timeout_usec = CLIENT_TIMEOUT_DEFAULT_USEC,
	};

	if (!option_list_parse(&list, argc < 0 ? 0 : (size_t)argc, argv,
			       &options, reterr_problem))
		return false;

	*ret_options = options;
	return true;
}
