/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/judge.h"

#include <errno.h>

#include "attest/attest.h"
#include "base/clock.h"
#include "base/time_text.h"
#include "nitroctl/input.h"
#include "nitroctl/manifest_file.h"
#include "nitroctl/offline_policy.h"
#include "nitroctl/text.h"
#include "policy/policy.h"

struct judge {
	const struct judge_settings *settings;
	struct offline_policy offline; /* empty without --policy */
	struct buffer manifest;	       /* NULL: none came */
	unsigned level;
	/* All labels in `anchors`: offline, every root that was given counts. */
	const char *labels[ATTEST_ANCHOR_MAX + 1];
};

void judge_free(struct judge *judge)
{
	if (judge == NULL)
		return;
	offline_policy_free(judge->offline);
	buffer_free(judge->manifest);
	free(judge);
}

enum exit_code judge_new(const struct judge_settings *settings,
			 struct judge **ret_judge)
{
	_cleanup_(judge_freep) struct judge *judge = calloc(1, sizeof(*judge));
	const struct config_layers layers = {
		.config_dir = settings->policy_directory,
		.owner = getuid(),
	};
	bool has_policy = settings->policy_directory != NULL;
	enum exit_code code;

	if (judge == NULL) {
		complain("memory is exhausted.");
		return EXIT_NOT_JUDGED;
	}
	judge->settings = settings;
	judge->level = settings->level != 0 ? settings->level
		       : has_policy	    ? 2
					    : 1;
	code = has_policy ? offline_policy_load(&layers, &judge->offline)
			  : offline_policy_make_empty(&judge->offline);
	if (code == EXIT_ALLOWED && settings->manifest != NULL)
		code = manifest_file_read(settings->manifest, &judge->manifest);
	for (size_t i = 0; code == EXIT_ALLOWED && i < settings->root_count;
	     i++)
		code = offline_policy_add_root(&judge->offline,
					       settings->roots[i]);
	if (code != EXIT_ALLOWED)
		return code;
	for (size_t i = 0; i < anchors_count(judge->offline.anchors); i++)
		judge->labels[i] = anchors_label(judge->offline.anchors, i);

	*ret_judge = TAKE_PTR(judge);
	return EXIT_ALLOWED;
}

void judgement_give_up(struct judgement *judgement, const char *reason,
		       const char *message, const char *hint)
{
	judgement->decision = JUDGEMENT_ERROR;
	judgement->reason = reason;
	judgement->message = message;
	judgement->hint = hint;
}

/* The verdict speaks, unless the verifier could not work. */
static void settle(struct judgement *judgement, enum attest_error error)
{
	const struct verdict *verdict = judgement->verdict;

	if (error != ATTEST_OK &&
	    attest_error_check(error) == ATTEST_CHECK_NONE) {
		judgement_give_up(judgement, attest_error_name(error),
				  attest_error_sentence(error),
				  attest_error_hint(error));
		return;
	}
	judgement->decision =
		verdict->allowed ? JUDGEMENT_ALLOW : JUDGEMENT_DENY;
	judgement->reason = verdict->reason;
	judgement->message = verdict->sentence;
	judgement->hint = verdict->hint;
}

/* The time is read here, after the document: standard input may take long. */
static struct attest_input attest_input_of(const struct judge *judge,
					   struct span document)
{
	const struct judge_settings *settings = judge->settings;
	const struct policy_settings *policy =
		policy_settings(judge->offline.policy);

	return (struct attest_input){
		.document = document,
		.anchors = judge->offline.anchors,
		.now_ms = settings->at == JUDGED_AT_GIVEN ? settings->at_ms
							  : clock_realtime_ms(),
		.at_document_time = settings->at == JUDGED_AT_DOCUMENT,
		.clock_skew_ms = policy->clock_skew_ms,
		.nonce = settings->nonce_size == 0
				 ? SPAN_ABSENT
				 : span_of(settings->nonce,
					   settings->nonce_size),
		.max_age_ms = settings->max_age_ms,
		.max_field_size = policy->max_field_size,
	};
}

/* The questions that only a login answers. */
static void skip_login_checks(struct verdict *verdict)
{
	verdict_skip(verdict, CHECK_RULE, "judged offline, not for a login");
	verdict_skip(verdict, CHECK_CHALLENGE,
		     "judged offline, no challenge was issued");
	verdict_skip(verdict, CHECK_TICKET,
		     "judged offline, no ticket was used");
	verdict_skip(verdict, CHECK_REPLAY,
		     "judged offline, used documents are not known");
}

/* Says why nonce and age were not checked, where they were not. A refusal for the
 * age says nothing about the nonce, which is compared before. */
static void mark_freshness(const struct judge_settings *settings,
			   struct verdict *verdict, bool is_past_nonce)
{
	if (!is_past_nonce)
		return;
	if (settings->nonce_size == 0)
		verdict_skip(verdict, CHECK_NONCE, "no --nonce was given");
	else
		verdict_pass(verdict, CHECK_NONCE);
	if (settings->at == JUDGED_AT_DOCUMENT)
		verdict_skip(verdict, CHECK_AGE,
			     "judged at the document's own time");
	else if (settings->max_age_ms == 0)
		verdict_skip(verdict, CHECK_AGE, "no --max-age was given");
}

static void appraise(const struct judge *judge, struct span manifest,
		     struct judgement *judgement)
{
	const struct requirements requirements = {
		.level = judge->level,
		.roots = judge->labels,
		.root_count = anchors_count(judge->offline.anchors),
	};

	judgement->has_time = true;
	judgement->time_ms = evidence_judged_at_ms(judgement->evidence);
	policy_appraise(judge->offline.policy, &requirements,
			&(struct claim){ .evidence = judgement->evidence,
					 .now_ms = judgement->time_ms,
					 .manifest = manifest },
			judgement->verdict);
	if (judge->settings->policy_directory != NULL ||
	    evidence_is_debug(judgement->evidence))
		return;
	verdict_skip(judgement->verdict, CHECK_MEASUREMENTS,
		     "no --policy was given");
	verdict_skip(judgement->verdict, CHECK_USER_DATA,
		     "no --policy was given");
	verdict_skip(judgement->verdict, CHECK_RELEASE,
		     "no --policy was given");
}

static void judge_input(const struct judge *judge,
			const struct finding *finding,
			struct judgement *judgement)
{
	const struct attest_input input =
		attest_input_of(judge, finding->document);
	const struct span manifest = judge->settings->manifest != NULL
					     ? buffer_span(&judge->manifest)
					     : finding->manifest;
	struct attest_failure failure;
	enum attest_error error =
		attest_verify(&input, &judgement->evidence, &failure);

	judgement->has_time = !input.at_document_time;
	judgement->time_ms = input.now_ms;
	if (error == ATTEST_OK)
		appraise(judge, manifest, judgement);
	else
		verdict_take_failure(judgement->verdict, &failure);
	mark_freshness(judge->settings, judgement->verdict,
		       error == ATTEST_OK ||
			       attest_error_check(error) == ATTEST_CHECK_AGE);
	settle(judgement, error);
}

static void judge_oversize(struct judgement *judgement)
{
	struct attest_failure failure;

	input_too_large(&failure);
	verdict_take_failure(judgement->verdict, &failure);
	settle(judgement, failure.error);
}

/* False: there is no memory to judge with. */
static bool begin(const struct judge *judge, const char *file,
		  struct judgement *judgement)
{
	*judgement = (struct judgement){
		.file = file,
		.required_level = judge->level,
		.at = judge->settings->at,
		.verdict = verdict_new(),
	};
	if (judgement->verdict == NULL) {
		settle(judgement, ATTEST_E_NO_MEMORY);
		return false;
	}
	skip_login_checks(judgement->verdict);
	return true;
}

void judge_file(const struct judge *judge, const char *file,
		struct judgement *ret_judgement)
{
	_cleanup_(input_freep) struct input input = INPUT_EMPTY;
	struct judgement *judgement = ret_judgement;
	int r;

	if (!begin(judge, file, judgement))
		return;
	r = input_read(file, &input);
	if (r == -EFBIG)
		judge_oversize(judgement);
	else if (r < 0)
		judgement_give_up(judgement, "input-unreadable",
				  "The file cannot be read.", input_explain(r));
	else
		judge_input(judge,
			    &(struct finding){ file, buffer_span(&input.bytes),
					       SPAN_ABSENT },
			    judgement);
}

void judge_finding(const struct judge *judge, const struct finding *finding,
		   struct judgement *ret_judgement)
{
	if (begin(judge, finding->name, ret_judgement))
		judge_input(judge, finding, ret_judgement);
}

void judgement_refuse(struct judgement *judgement, const char *reason,
		      const char *message, const char *hint)
{
	verdict_refuse(judgement->verdict, reason, message, hint);
	settle(judgement, ATTEST_OK);
}

void judgement_deinit(struct judgement *judgement)
{
	verdict_free(judgement->verdict);
	evidence_free(judgement->evidence);
}

const char *judgement_decision_name(enum judgement_decision decision)
{
	static const char *const names[JUDGEMENT_DECISION_COUNT] = {
		[JUDGEMENT_ERROR] = "error",
		[JUDGEMENT_DENY] = "deny",
		[JUDGEMENT_ALLOW] = "allow",
	};

	return names[decision];
}

enum exit_code judgement_exit_code(const struct judgement *judgement)
{
	static const enum exit_code codes[JUDGEMENT_DECISION_COUNT] = {
		[JUDGEMENT_ERROR] = EXIT_NOT_JUDGED,
		[JUDGEMENT_DENY] = EXIT_DENIED,
		[JUDGEMENT_ALLOW] = EXIT_ALLOWED,
	};

	return codes[judgement->decision];
}

const char *judged_at_source_name(enum judged_at_source source)
{
	static const char *const names[] = {
		[JUDGED_AT_CLOCK] = "clock",
		[JUDGED_AT_GIVEN] = "given",
		[JUDGED_AT_DOCUMENT] = "document",
	};

	return names[source];
}
