/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/judge.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include "attest/attest.h"
#include "base/read_file.h"
#include "base/time_text.h"
#include "config/config_directory.h"
#include "nitroctl/input.h"
#include "nitroctl/text.h"
#include "policy/policy.h"

/* A certificate in PEM has about 1 KiB; text around it is allowed. */
#define ROOT_FILE_MAX 65536u

struct judge {
	const struct judge_settings *settings;
	struct policy *policy; /* empty without --policy */
	struct anchors *anchors;
	unsigned level;
	/* All labels in `anchors`: offline, every root that was given counts. */
	const char *labels[ATTEST_ANCHOR_MAX + 1];
};

void judge_free(struct judge *judge)
{
	if (judge == NULL)
		return;
	policy_free(judge->policy);
	anchors_free(judge->anchors);
	free(judge);
}

static void complain_diagnostics(const struct diagnostics *diagnostics)
{
	for (size_t i = 0; i < diagnostics_count(diagnostics); i++) {
		const struct diagnostic *diagnostic =
			diagnostics_get(diagnostics, i);
		_cleanup_free_ char *text = diagnostic_text(diagnostic);

		complain("%s: %s",
			 diagnostic->severity == DIAGNOSTIC_ERROR ? "error"
								  : "warning",
			 text == NULL ? "memory is exhausted." : text);
	}
}

static bool load_policy(struct judge *judge, const char *directory)
{
	_cleanup_(diagnostics_freep) struct diagnostics *diagnostics =
		diagnostics_new();
	_cleanup_(config_freep) struct config *config = NULL;
	enum policy_error error;

	if (diagnostics == NULL) {
		complain("memory is exhausted.");
		return false;
	}
	error = config_load(&(struct config_layers){ .config_dir = directory,
						     .owner = getuid() },
			    &config, diagnostics);
	complain_diagnostics(diagnostics);
	if (error != POLICY_OK) {
		complain("the policy in %s cannot be used.", directory);
		return false;
	}
	judge->policy = TAKE_PTR(config->policy);
	judge->anchors = TAKE_PTR(config->anchors);
	return true;
}

/* No policy: a policy of no files, which knows no image and has the defaults. */
static bool make_empty_policy(struct judge *judge)
{
	_cleanup_(diagnostics_freep) struct diagnostics *diagnostics =
		diagnostics_new();
	enum attest_error error;

	if (diagnostics == NULL ||
	    policy_load(&(struct policy_input){ 0 }, &judge->policy,
			diagnostics) != POLICY_OK) {
		complain("memory is exhausted.");
		return false;
	}
	error = anchors_new(&judge->anchors);
	if (error == ATTEST_OK)
		error = anchors_add_aws(judge->anchors);
	if (error != ATTEST_OK)
		complain("the AWS root: %s", attest_error_sentence(error));
	return error == ATTEST_OK;
}

/* The file's name without directories and without its last suffix. */
static char *label_of_file(const char *file)
{
	const char *slash = strrchr(file, '/');
	const char *stem = slash == NULL ? file : slash + 1;
	const char *dot = strrchr(stem, '.');

	return dot == NULL || dot == stem ? strdup(stem)
					  : strndup(stem, (size_t)(dot - stem));
}

static bool add_root(struct anchors *anchors, const char *file)
{
	static const struct read_file_limits limits = {
		.max_size = ROOT_FILE_MAX,
	};
	_cleanup_(buffer_freep) struct buffer pem = BUFFER_EMPTY;
	_cleanup_free_ char *label = label_of_file(file);
	enum attest_error error;
	int r = read_file_at(AT_FDCWD, file, &limits, &pem);

	if (label == NULL)
		r = -ENOMEM;
	if (r < 0) {
		complain("root %s cannot be read: %s", file,
			 r == -EFBIG ? "It is too large for a certificate."
				     : input_explain(r));
		return false;
	}
	error = anchors_add_pem(anchors, label, buffer_span(&pem));
	if (error != ATTEST_OK)
		complain("root %s (label '%s'): %s %s", file, label,
			 attest_error_sentence(error),
			 attest_error_hint(error));
	return error == ATTEST_OK;
}

enum exit_code judge_new(const struct judge_settings *settings,
			 struct judge **ret_judge)
{
	_cleanup_(judge_freep) struct judge *judge = calloc(1, sizeof(*judge));
	bool has_policy = settings->policy_directory != NULL;

	if (judge == NULL) {
		complain("memory is exhausted.");
		return EXIT_NOT_JUDGED;
	}
	judge->settings = settings;
	judge->level = settings->level != 0 ? settings->level
		       : has_policy	    ? 2
					    : 1;
	if (has_policy ? !load_policy(judge, settings->policy_directory)
		       : !make_empty_policy(judge))
		return EXIT_NOT_JUDGED;
	for (size_t i = 0; i < settings->root_count; i++)
		if (!add_root(judge->anchors, settings->roots[i]))
			return EXIT_NOT_JUDGED;
	for (size_t i = 0; i < anchors_count(judge->anchors); i++)
		judge->labels[i] = anchors_label(judge->anchors, i);

	*ret_judge = TAKE_PTR(judge);
	return EXIT_ALLOWED;
}

static void judge_not(struct judgement *judgement, const char *reason,
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
		judge_not(judgement, attest_error_name(error),
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
	const struct policy_settings *policy = policy_settings(judge->policy);
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (struct attest_input){
		.document = document,
		.anchors = judge->anchors,
		.now_ms = settings->at == JUDGED_AT_GIVEN
				  ? settings->at_ms
				  : (int64_t)now.tv_sec * MSEC_PER_SEC +
					    now.tv_nsec / 1000000,
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

static void appraise(const struct judge *judge, struct judgement *judgement)
{
	const struct requirements requirements = {
		.level = judge->level,
		.roots = judge->labels,
		.root_count = anchors_count(judge->anchors),
	};

	judgement->has_time = true;
	judgement->time_ms = evidence_judged_at_ms(judgement->evidence);
	policy_appraise(judge->policy, &requirements, judgement->evidence,
			judgement->time_ms, judgement->verdict);
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

static void judge_document(const struct judge *judge, struct span document,
			   struct judgement *judgement)
{
	const struct attest_input input = attest_input_of(judge, document);
	struct attest_failure failure;
	enum attest_error error =
		attest_verify(&input, &judgement->evidence, &failure);

	judgement->has_time = !input.at_document_time;
	judgement->time_ms = input.now_ms;
	if (error == ATTEST_OK)
		appraise(judge, judgement);
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

void judge_file(const struct judge *judge, const char *file,
		struct judgement *ret_judgement)
{
	_cleanup_(input_freep) struct input input = INPUT_EMPTY;
	struct judgement *judgement = ret_judgement;
	int r;

	*judgement = (struct judgement){
		.file = file,
		.required_level = judge->level,
		.at = judge->settings->at,
		.verdict = verdict_new(),
	};
	if (judgement->verdict == NULL) {
		settle(judgement, ATTEST_E_NO_MEMORY);
		return;
	}
	skip_login_checks(judgement->verdict);
	r = input_read(file, &input);
	if (r == -EFBIG)
		judge_oversize(judgement);
	else if (r < 0)
		judge_not(judgement, "input-unreadable",
			  "The file cannot be read.", input_explain(r));
	else
		judge_document(judge, buffer_span(&input.bytes), judgement);
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
