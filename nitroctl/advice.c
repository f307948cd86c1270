/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/advice.h"

#include <stdarg.h>
#include <string.h>

#include "base/hex.h"
#include "base/time_text.h"
#include "nitroctl/rule_text.h"
#include "nitroctl/text.h"

/* A difference up to this may well be a clock that is wrong. */
#define CLOCK_DOUBT_MS (UINT64_C(15) * 60 * 1000)

#define SET_THE_CLOCK                                                          \
	"compare this host's clock with the real time (timedatectl)"

void advice_add(struct advice *advice, const char *format, ...)
{
	va_list arguments;
	char *text;
	int r;

	va_start(arguments, format);
	r = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (r < 0 || advice->count == ADVICE_MAX) {
		advice->is_cut = true;
		if (r >= 0)
			free(text);
		return;
	}
	advice->texts[advice->count++] = text;
}

void advice_deinit(struct advice *advice)
{
	for (size_t i = 0; i < advice->count; i++)
		free(advice->texts[i]);
}

/* How far apart two points are, whichever is first. */
static uint64_t apart(int64_t a, int64_t b)
{
	return a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
}

static void advise_on_rule(const struct explanation *explanation,
			   struct advice *advice)
{
	const struct rule *rule = explanation->nearest;
	uint32_t mismatches;

	if (rule == NULL) {
		advice_add(advice, "The policy has no rule at all: write one "
				   "in rules.d.");
		return;
	}
	mismatches = rule_mismatches(rule, explanation->request);
	for (unsigned i = 0; i < RULE_KEY_COUNT; i++) {
		const enum rule_key key = (enum rule_key)i;
		_cleanup_free_ char *value = NULL;

		if ((mismatches & RULE_KEY_BIT(i)) == 0)
			continue;
		value = rule_key_value(key, explanation->request);
		advice_add(advice,
			   "The nearest rule is %s (%s:%u); its '%s' %s '%s'. "
			   "Extend it, or write another rule.",
			   rule_name(rule), rule_file(rule), rule_line(rule),
			   rule_key_name(key),
			   rule_patterns(rule, key).count > 0
				   ? "does not match"
				   : "is not given, and would have to name",
			   value == NULL ? "" : value);
	}
}

static void advise_on_challenge(const struct explanation *explanation,
				struct advice *advice)
{
	advice_add(advice,
		   "The rule %s asks for a challenge (bind = nonce), and the "
		   "document carries no nonce: let pam_nitro issue a "
		   "challenge (source=prompt), and have the document made "
		   "with its nonce.",
		   rule_name(explanation->rule));
}

static void advise_on_root(const struct explanation *explanation,
			   struct advice *advice)
{
	const struct check_result *result =
		&explanation->verdict->checks[CHECK_ROOT];

	advice_add(advice,
		   "This host does not trust the root of the document (%s). A "
		   "simulator's root is copied to roots.d/LABEL.pem and LABEL "
		   "named in 'roots' of the rule, never in production; "
		   "--root FILE tries it here.",
		   result->actual);
}

/* The certificate that ended first, or begins last; NULL: all are valid. */
static const struct evidence_certificate *
find_expired(const struct evidence *evidence, int64_t now_ms)
{
	const struct evidence_certificate *first = NULL;

	for (size_t i = 0; i < evidence_chain_length(evidence); i++) {
		const struct evidence_certificate *certificate =
			evidence_certificate(evidence, i);

		if (now_ms / MSEC_PER_SEC > certificate->not_after &&
		    (first == NULL ||
		     certificate->not_after < first->not_after))
			first = certificate;
	}
	return first;
}

static const struct evidence_certificate *
find_early(const struct evidence *evidence, int64_t now_ms)
{
	const struct evidence_certificate *last = NULL;

	for (size_t i = 0; i < evidence_chain_length(evidence); i++) {
		const struct evidence_certificate *certificate =
			evidence_certificate(evidence, i);

		if (now_ms / MSEC_PER_SEC < certificate->not_before &&
		    (last == NULL ||
		     certificate->not_before > last->not_before))
			last = certificate;
	}
	return last;
}

static void advise_on_expiry(const struct explanation *explanation,
			     const struct evidence_certificate *certificate,
			     struct advice *advice)
{
	const int64_t end_ms = certificate->not_after * MSEC_PER_SEC;
	const uint64_t since_ms = apart(explanation->now_ms, end_ms);
	char span[SPAN_TEXT_SIZE];
	char time[TIME_TEXT_SIZE];

	format_span(since_ms, span);
	format_seconds(certificate->not_after, time);
	advice_add(advice,
		   "The document was genuine when it was made, but its "
		   "certificate %s expired %s ago, at %s. Make a new document%s"
		   "; '--at document' explains an archived one.",
		   certificate->subject, span, time,
		   since_ms > CLOCK_DOUBT_MS
			   ? ""
			   : ", or, as it is so little, " SET_THE_CLOCK);
}

static void advise_on_validity(const struct explanation *explanation,
			       struct advice *advice)
{
	const struct evidence *evidence = explanation->evidence;
	const struct evidence_certificate *certificate;
	char span[SPAN_TEXT_SIZE];
	char time[TIME_TEXT_SIZE];

	if (evidence == NULL)
		return;
	certificate = find_expired(evidence, explanation->now_ms);
	if (certificate != NULL) {
		advise_on_expiry(explanation, certificate, advice);
		return;
	}
	certificate = find_early(evidence, explanation->now_ms);
	if (certificate == NULL)
		return;
	format_span(apart(explanation->now_ms,
			  certificate->not_before * MSEC_PER_SEC),
		    span);
	format_seconds(certificate->not_before, time);
	advice_add(
		advice,
		"The certificate %s is valid from %s, which is %s ahead: "
		"this host's clock is behind by that at least; " SET_THE_CLOCK
		".",
		certificate->subject, time, span);
}

static void advise_on_age(const struct explanation *explanation,
			  struct advice *advice)
{
	const struct evidence *evidence = explanation->evidence;
	char age[SPAN_TEXT_SIZE];
	char most[SPAN_TEXT_SIZE];
	int64_t made_ms;
	uint64_t age_ms;

	if (evidence == NULL)
		return;
	made_ms = (int64_t)evidence_timestamp_ms(evidence);
	age_ms = apart(explanation->now_ms, made_ms);
	format_span(age_ms, age);
	format_span(explanation->max_age_ms, most);
	if (made_ms > explanation->now_ms)
		advice_add(advice,
			   "The document is from %s in the future: this "
			   "host's clock is behind; " SET_THE_CLOCK ".",
			   age);
	else
		advice_add(advice,
			   "The document is %s old, and %s are allowed "
			   "(max_age). Make a new one%s.",
			   age, most,
			   age_ms - explanation->max_age_ms > CLOCK_DOUBT_MS
				   ? ""
				   : ", or " SET_THE_CLOCK);
}

static void advise_on_label(const struct explanation *explanation,
			    struct advice *advice)
{
	const struct check_result *result =
		&explanation->verdict->checks[CHECK_ROOT_LABEL];

	advice_add(advice,
		   "The chain begins with the root '%s', and the rule trusts "
		   "'%s'. If that is not meant to keep a simulator out, name "
		   "'%s' in 'roots' of the rule.",
		   result->actual, result->expected, result->actual);
}

static void advise_on_debug(const struct explanation *explanation _unused_,
			    struct advice *advice)
{
	advice_add(advice, "The enclave runs in debug mode: PCR0, PCR1 and "
			   "PCR2 are zero and measure nothing. Start it "
			   "without --debug-mode; the image need not be "
			   "built again.");
}

static void advise_on_forgery(const struct explanation *explanation _unused_,
			      struct advice *advice)
{
	advice_add(advice, "Nothing makes this pass: no genuine document "
			   "contradicts itself in its module_id, PCR4 and "
			   "leaf certificate. Treat it as an attack.");
}

static void advise_on_user_data(const struct explanation *explanation,
				struct advice *advice)
{
	const struct check_result *result =
		&explanation_boot(explanation)->checks[CHECK_USER_DATA];

	advice_add(advice,
		   "The image is right, its user_data is not: expected %s, "
		   "found %s. The application runs with another configuration "
		   "than the release names.",
		   result->expected, result->actual);
}

static void advise_on_window(const struct explanation *explanation,
			     struct advice *advice)
{
	const struct policy_release_info *release =
		&explanation->closest.release;
	const bool is_early = explanation->now_ms < release->not_before_ms;
	const int64_t limit_ms =
		is_early ? release->not_before_ms : release->not_after_ms;
	char span[SPAN_TEXT_SIZE];
	char time[TIME_TEXT_SIZE];

	format_span(apart(explanation->now_ms, limit_ms), span);
	time_format(limit_ms, time);
	if (is_early)
		advice_add(advice,
			   "%s/%s comes into force at %s, in %s (not_before, "
			   "%s:%u): deploy a release that is in force, or "
			   "move it; " SET_THE_CLOCK ".",
			   explanation->closest.image.name, release->name, time,
			   span, release->file, release->line);
	else
		advice_add(advice,
			   "%s/%s ended at %s, %s ago (not_after, %s:%u): "
			   "deploy a newer release, or move its end.",
			   explanation->closest.image.name, release->name, time,
			   span, release->file, release->line);
}

static void advise_on_release(const struct explanation *explanation,
			      struct advice *advice)
{
	const struct policy_release_info *release =
		&explanation->closest.release;

	if (!explanation->closest.found)
		return;
	if (release->state != RELEASE_REVOKED) {
		advise_on_window(explanation, advice);
		return;
	}
	advice_add(advice,
		   "%s/%s was revoked (%s:%u): deploy a release that is in "
		   "force.",
		   explanation->closest.image.name, release->name,
		   release->file, release->line);
}

static void advise_on_ssh_key(const struct explanation *explanation,
			      struct advice *advice)
{
	const struct check_result *result =
		&explanation_boot(explanation)->checks[CHECK_SSH_KEY];

	advice_add(advice,
		   "The rule %s binds documents to the SSH key of the login "
		   "(bind = ssh-key), which is %s; found: %s. Have the enclave "
		   "make key and document together (nitro-attest ssh-cert), or "
		   "write the key into public_key, or its SHA-256 into "
		   "user_data.",
		   rule_name(explanation->rule), result->expected,
		   result->actual);
}

static void advise_on_host(const struct explanation *explanation,
			   struct advice *advice)
{
	const struct check_result *result =
		&explanation_boot(explanation)->checks[CHECK_HOST];

	advice_add(advice,
		   "The rule %s takes documents of this host only (bind = "
		   "host), %s; found: %s. Enclaves of other hosts need a rule "
		   "without it.",
		   rule_name(explanation->rule), result->expected,
		   result->actual);
}

static void advise_on_key(const struct explanation *explanation,
			  struct advice *advice)
{
	advice_add(advice,
		   "The rule %s asks for a signature by the document's key "
		   "(bind = key), and the document has none: have the enclave "
		   "make a key, and put it into public_key.",
		   rule_name(explanation->rule));
}

static const struct {
	enum verdict_check check;
	void (*advise)(const struct explanation *explanation,
		       struct advice *advice);
} rows[] = {
	{ CHECK_RULE, advise_on_rule },
	{ CHECK_CHALLENGE, advise_on_challenge },
	{ CHECK_ROOT, advise_on_root },
	{ CHECK_VALIDITY, advise_on_validity },
	{ CHECK_AGE, advise_on_age },
	{ CHECK_ROOT_LABEL, advise_on_label },
	{ CHECK_DEBUG_MODE, advise_on_debug },
	{ CHECK_LEAF_NAME, advise_on_forgery },
	{ CHECK_INSTANCE, advise_on_forgery },
	{ CHECK_MEASUREMENTS, advise_on_measurements },
	{ CHECK_USER_DATA, advise_on_user_data },
	{ CHECK_RELEASE, advise_on_release },
	{ CHECK_SSH_KEY, advise_on_ssh_key },
	{ CHECK_HOST, advise_on_host },
	{ CHECK_KEY, advise_on_key },
};

static void advise_on_denial(const struct explanation *explanation,
			     struct advice *advice)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (explanation_fails(explanation, rows[i].check))
			rows[i].advise(explanation, advice);
	/* A document that is none: what the reason itself advises. */
	if (advice->count == 0 && explanation->hint[0] != '\0')
		advice_add(advice, "%s", explanation->hint);
}

static void advise_on_allowance(const struct explanation *explanation,
				struct advice *advice)
{
	const struct verdict *verdict = explanation->verdict;

	if (verdict->release_retiring)
		advice_add(advice, "%s/%s is retiring: deploy a newer release.",
			   verdict->image, verdict->release);
	if (explanation->rule != NULL &&
	    rule_needs_challenge(explanation->rule))
		advice_add(advice,
			   "The rule %s asks for a challenge: it passes if its "
			   "nonce is the one that the daemon issued.",
			   rule_name(explanation->rule));
	if ((explanation->unknown_bindings & BIND_SSH_KEY) != 0)
		advice_add(advice,
			   "The rule %s binds documents to the SSH key of the "
			   "login: it passes if the document names that key. "
			   "--ssh-key FILE tries one.",
			   rule_name(explanation->rule));
	if ((explanation->unknown_bindings & BIND_KEY) != 0)
		advice_add(advice,
			   "The rule %s asks for a signature by the document's "
			   "key: it passes if whoever brings the document can "
			   "sign the challenge.",
			   rule_name(explanation->rule));
}

void advice_collect(const struct explanation *explanation,
		    struct advice *ret_advice)
{
	*ret_advice = (struct advice){ .count = 0 };
	if (explanation->verdict == NULL ||
	    explanation->decision == JUDGEMENT_ERROR)
		return;
	if (!explanation->verdict->allowed) {
		advise_on_denial(explanation, ret_advice);
		return;
	}
	if (explanation->verdict->audited) {
		advice_add(ret_advice,
			   "The rule %s is on trial (mode = audit): enforcing, "
			   "it would deny.",
			   rule_name(explanation->rule));
		advise_on_denial(explanation, ret_advice);
		return;
	}
	advise_on_allowance(explanation, ret_advice);
}
