/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "sudo_nitro/options.h"

#include "client/client.h"

static bool set_timeout(const char *value, void *settings)
{
	return option_list_seconds(value,
				   &((struct options *)settings)->timeout_usec);
}

static bool set_challenge(const char *value _unused_, void *settings)
{
	((struct options *)settings)->challenge = true;
	return true;
}

static bool set_exempt_root(const char *value _unused_, void *settings)
{
	((struct options *)settings)->exempt_root = true;
	return true;
}

static bool set_debug(const char *value _unused_, void *settings)
{
	((struct options *)settings)->debug = true;
	return true;
}

static const struct option_row rows[] = {
	{ "timeout=", set_timeout, OPTION_LIST_SECONDS },
	{ "challenge", set_challenge, "nothing" },
	{ "exempt_root", set_exempt_root, "nothing" },
	{ "debug", set_debug, "nothing" },
};

static const struct option_list list = { rows, ARRAY_SIZE(rows),
					 "sudo_nitro(8)" };

bool options_parse(char *const arguments[], struct options *ret_options,
		   char reterr_problem[static OPTION_LIST_PROBLEM_SIZE])
{
	struct options options = {
		.timeout_usec = CLIENT_TIMEOUT_DEFAULT_USEC,
	};
	size_t count = 0;

	while (arguments != NULL && arguments[count] != NULL)
		count++;
	if (!option_list_parse(&list, count, (const char *const *)arguments,
			       &options, reterr_problem))
		return false;

	*ret_options = options;
	return true;
}
