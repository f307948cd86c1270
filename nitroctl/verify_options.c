/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/verify_options.h"

#include <string.h>

#include "base/hex.h"
#include "base/time_text.h"
#include "nitroctl/text.h"

bool verify_set_at(void *settings, const char *argument)
{
	struct judge_settings *judge =
		&((struct verify_settings *)settings)->judge;

	if (strcmp(argument, "document") == 0) {
		judge->at = JUDGED_AT_DOCUMENT;
		return true;
	}
	if (time_parse(argument, &judge->at_ms) < 0) {
		complain("--at takes 'document', a time such as "
			 "2026-11-01T10:00:00Z, or @SECONDS, but not '%s'.",
			 argument);
		return false;
	}
	judge->at = JUDGED_AT_GIVEN;
	return true;
}

bool verify_set_root(void *settings, const char *argument)
{
	struct judge_settings *judge =
		&((struct verify_settings *)settings)->judge;

	if (judge->root_count == ARRAY_SIZE(judge->roots)) {
		complain("--root can be given %zu times at most.",
			 ARRAY_SIZE(judge->roots));
		return false;
	}
	judge->roots[judge->root_count++] = argument;
	return true;
}

bool verify_set_policy(void *settings, const char *argument)
{
	((struct verify_settings *)settings)->judge.policy_directory = argument;
	return true;
}

bool verify_set_manifest(void *settings, const char *argument)
{
	((struct verify_settings *)settings)->judge.manifest = argument;
	return true;
}

bool verify_set_nonce(void *settings, const char *argument)
{
	struct judge_settings *judge =
		&((struct verify_settings *)settings)->judge;

	/* An empty text is most likely a variable that was never set. */
	if (hex_decode(span_of_text(argument), judge->nonce,
		       sizeof(judge->nonce), &judge->nonce_size) < 0 ||
	    judge->nonce_size == 0) {
		complain("--nonce takes 1 to %u bytes in hexadecimal, but not "
			 "'%s'.",
			 ATTEST_FIELD_MAX, argument);
		return false;
	}
	return true;
}

bool verify_set_level(void *settings, const char *argument)
{
	struct judge_settings *judge =
		&((struct verify_settings *)settings)->judge;

	if (argument[0] < '1' || argument[0] > '3' || argument[1] != '\0') {
		complain("--level takes 1 (signature), 2 (boot) or 3 "
			 "(manifest), but not '%s'.",
			 argument);
		return false;
	}
	judge->level = (unsigned)(argument[0] - '0');
	return true;
}

bool verify_set_max_age(void *settings, const char *argument)
{
	struct judge_settings *judge =
		&((struct verify_settings *)settings)->judge;

	if (time_span_parse(argument, &judge->max_age_ms) < 0 ||
	    judge->max_age_ms == 0) {
		complain("--max-age takes a span above zero such as 5min or "
			 "90s, but not '%s'.",
			 argument);
		return false;
	}
	return true;
}

bool verify_set_json(void *settings, const char *argument _unused_)
{
	((struct verify_settings *)settings)->json = true;
	return true;
}

bool verify_set_quiet(void *settings, const char *argument _unused_)
{
	((struct verify_settings *)settings)->quiet = true;
	return true;
}

/* Combinations that would promise more than they check. */
const char *verify_find_contradiction(const struct verify_settings *settings)
{
	const struct judge_settings *judge = &settings->judge;

	if (judge->level >= 2 && judge->policy_directory == NULL)
		return "--level 2 and 3 compare with the releases of a "
		       "policy; give its directory with --policy.";
	if (judge->manifest != NULL && judge->policy_directory == NULL)
		return "--manifest is compared with what a release of a policy "
		       "says; give its directory with --policy.";
	if (judge->at == JUDGED_AT_DOCUMENT && judge->max_age_ms != 0)
		return "--max-age means nothing at the document's own time; "
		       "give --at a TIME, or leave one of the two out.";
	if (settings->json && settings->quiet)
		return "--json and --quiet exclude each other.";
	return NULL;
}

/* Nobody shall take an archived document for one that is valid now. */
void verify_warn_of_time(const struct judge_settings *settings)
{
	char time[TIME_TEXT_SIZE];

	if (settings->at == JUDGED_AT_DOCUMENT)
		complain("WARNING: judged at each document's own timestamp. "
			 "Whether it is valid NOW was not asked.");
	if (settings->at != JUDGED_AT_GIVEN)
		return;
	time_format(settings->at_ms, time);
	complain("WARNING: judged at %s, as given. Whether a document is "
		 "valid NOW was not asked.",
		 time);
}
