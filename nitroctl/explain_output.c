/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/explain_output.h"

#include "base/time_text.h"
#include "nitroctl/judgement_json.h"
#include "nitroctl/output_json.h"
#include "nitroctl/output_text.h"
#include "nitroctl/rule_text.h"

#define INDENT "  "

static void print_line(FILE *out, const char *name, const char *text)
{
	if (text[0] == '\0')
		return;
	fprintf(out, INDENT "%-*s ", TEXT_NAME_WIDTH, name);
	print_safe_string(out, text);
	fputc('\n', out);
}

static void print_decision(FILE *out, struct text_style style,
			   const struct explanation *explanation)
{
	static const enum text_colour colours[JUDGEMENT_DECISION_COUNT] = {
		[JUDGEMENT_ERROR] = TEXT_YELLOW,
		[JUDGEMENT_DENY] = TEXT_RED,
		[JUDGEMENT_ALLOW] = TEXT_GREEN,
	};

	print_safe_string(out, explanation->file);
	fputs(": ", out);
	print_colour(out, style, colours[explanation->decision]);
	fputs(judgement_decision_name(explanation->decision), out);
	print_colour(out, style, TEXT_COLOUR_END);
	fprintf(out, " (%s)\n", explanation->reason);
}

static void print_rule(FILE *out, const struct explanation *explanation)
{
	if (explanation->request == NULL) {
		print_line(out, "rule",
			   "no login was asked for: every image and every root "
			   "counts");
		return;
	}
	fprintf(out, INDENT "%-*s ", TEXT_NAME_WIDTH, "rule");
	if (explanation->rule == NULL)
		fputs("none matches", out);
	else
		rule_print_name(out, explanation->rule);
	fputc('\n', out);
	rule_print_passed_over(out, INDENT INDENT, explanation->policy,
			       explanation->rule, explanation->request);
}

static void print_pcr(FILE *out, const char *what, struct span value)
{
	fprintf(out, INDENT INDENT "%-*s ", TEXT_NAME_WIDTH - 2, what);
	if (span_is_absent(value))
		fputs("absent", out);
	else
		print_hex(out, value);
	fputc('\n', out);
}

static void print_closest(FILE *out, const struct explanation *explanation)
{
	const struct closest_release *closest = &explanation->closest;
	const unsigned named = closest_count(closest->named);

	if (!closest->found)
		return;
	fprintf(out, INDENT "%-*s ", TEXT_NAME_WIDTH, "closest");
	print_safe_string(out, closest->image.name);
	putc('/', out);
	print_safe_string(out, closest->release.name);
	fputs(" (", out);
	print_safe_string(out, closest->release.file);
	fprintf(out, ":%u, %s): %u of %u PCRs equal\n", closest->release.line,
		release_state_name(closest->release.state),
		named - closest_count(closest->different), named);
	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
		char name[sizeof("pcr4294967295")];

		if ((closest->different & (UINT32_C(1) << i)) == 0)
			continue;
		snprintf(name, sizeof(name), "pcr%u", i);
		print_pcr(out, name, closest->release.pcrs[i]);
		print_pcr(out, "  found",
			  evidence_pcr(explanation->evidence, i));
	}
}

static void print_advice(FILE *out, const struct explanation *explanation,
			 const struct advice *advice)
{
	if (advice->count > 0)
		fputs(explanation->decision == JUDGEMENT_DENY
			      ? INDENT "to make it pass\n"
			      : INDENT "to know\n",
		      out);
	for (size_t i = 0; i < advice->count; i++) {
		fputs(INDENT INDENT "- ", out);
		print_safe_string(out, advice->texts[i]);
		fputc('\n', out);
	}
}

void explain_print(FILE *out, struct text_style style,
		   const struct explanation *explanation,
		   const struct advice *advice)
{
	print_decision(out, style, explanation);
	print_line(out, "reason", explanation->message);
	if (explanation->decision == JUDGEMENT_ERROR) {
		print_line(out, "hint", explanation->hint);
		return;
	}
	print_rule(out, explanation);
	print_closest(out, explanation);
	print_advice(out, explanation, advice);
}

static json_t *json_pcr(unsigned index, struct span expected,
			struct span actual)
{
	return json_pack("{s:i, s:o, s:o}", "pcr", (int)index, "expected",
			 json_hex(expected), "actual", json_hex(actual));
}

static json_t *json_different(const struct explanation *explanation,
			      const struct closest_release *closest)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
		if ((closest->different & (UINT32_C(1) << i)) == 0 ||
		    json_array_append_new(
			    array, json_pcr(i, closest->release.pcrs[i],
					    evidence_pcr(explanation->evidence,
							 i))) == 0)
			continue;
		json_decref(array);
		return NULL;
	}
	return array;
}

static json_t *json_closest(const struct explanation *explanation,
			    const struct closest_release *closest)
{
	const struct policy_release_info *release = &closest->release;

	if (!closest->found)
		return json_null();
	return json_pack(
		"{s:o, s:o, s:o, s:i, s:s, s:i, s:o}", "image",
		json_text(span_of_text(closest->image.name)), "release",
		json_text(span_of_text(release->name)), "file",
		json_text(span_of_text(release->file)), "line",
		(int)release->line, "state", release_state_name(release->state),
		"equal",
		(int)closest_count(closest->named & ~closest->different),
		"different", json_different(explanation, closest));
}

static json_t *json_passed_over(const struct explanation *explanation)
{
	if (explanation->request == NULL)
		return json_array();
	return rule_json_passed_over(explanation->policy, explanation->rule,
				     explanation->request);
}

json_t *explain_json(const struct explanation *explanation,
		     const struct advice *advice)
{
	bool is_judged = explanation->decision != JUDGEMENT_ERROR;

	return json_pack(
		"{s:o, s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o,"
		" s:o, s:o}",
		"file", json_text(span_of_text(explanation->file)), "decision",
		judgement_decision_name(explanation->decision), "reason",
		explanation->reason, "message", explanation->message, "hint",
		explanation->hint, "audited",
		is_judged && explanation->verdict->audited, "explained_at",
		json_time_ms(explanation->now_ms), "request",
		rule_json_request(explanation->request), "rule",
		rule_json(explanation->rule), "passed_over",
		is_judged ? json_passed_over(explanation) : json_array(),
		"closest", json_closest(explanation, &explanation->closest),
		"closest_outside",
		json_closest(explanation, &explanation->outside), "advice",
		json_words((const char *const *)advice->texts, advice->count),
		"checks",
		is_judged ? json_checks(explanation->verdict) : json_array());
}
