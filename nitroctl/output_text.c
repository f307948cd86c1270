/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/output_text.h"

#include "base/time_text.h"

#define INDENT "  "

static void print_decision(FILE *out, struct text_style style,
			   const struct judgement *judgement)
{
	static const enum text_colour colours[JUDGEMENT_DECISION_COUNT] = {
		[JUDGEMENT_ERROR] = TEXT_YELLOW,
		[JUDGEMENT_DENY] = TEXT_RED,
		[JUDGEMENT_ALLOW] = TEXT_GREEN,
	};

	print_safe_string(out, judgement->file);
	fputs(": ", out);
	print_colour(out, style, colours[judgement->decision]);
	fputs(judgement_decision_name(judgement->decision), out);
	print_colour(out, style, TEXT_COLOUR_END);
	if (judgement->decision == JUDGEMENT_ALLOW)
		fprintf(out, " (level %u%s)", judgement->verdict->level,
			evidence_is_debug(judgement->evidence) ? ", debug mode"
							       : "");
	else
		fprintf(out, " (%s)", judgement->reason);
	fputc('\n', out);
}

static void print_line(FILE *out, const char *name, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	fprintf(out, INDENT "%-*s ", TEXT_NAME_WIDTH, name);
	print_safe_string(out, text);
	fputc('\n', out);
}

/* What was compared at the first check that failed. */
static void print_failure(FILE *out, const struct verdict *verdict)
{
	for (unsigned i = 0; i < CHECK_COUNT; i++) {
		const struct check_result *result = &verdict->checks[i];

		if (result->state != CHECK_FAILED)
			continue;
		print_line(out, "expected", result->expected);
		print_line(out, "actual", result->actual);
		return;
	}
}

static void print_time(FILE *out, const struct judgement *judgement)
{
	static const char *const explanations[] = {
		[JUDGED_AT_CLOCK] = "now",
		[JUDGED_AT_GIVEN] = "as given, not now",
		[JUDGED_AT_DOCUMENT] = "the document's own time, not now",
	};
	char time[TIME_TEXT_SIZE];

	if (!judgement->has_time)
		return;
	time_format(judgement->time_ms, time);
	fprintf(out, INDENT "%-*s %s (%s)\n", TEXT_NAME_WIDTH, "judged at",
		time, explanations[judgement->at]);
}

static const struct {
	const char *utf8, *ascii;
	enum text_colour colour;
} check_marks[] = {
	[CHECK_NOT_CHECKED] = { "\xe2\x80\x93", "-", TEXT_YELLOW },
	[CHECK_PASSED] = { "\xe2\x9c\x93", "+", TEXT_GREEN },
	[CHECK_FAILED] = { "\xe2\x9c\x97", "x", TEXT_RED },
};

/* Neighbours that passed, or that were not checked for the same reason, share a
 * line. */
static bool shares_line(const struct check_result *a,
			const struct check_result *b)
{
	return a->state == b->state && a->state != CHECK_FAILED &&
	       (a->state == CHECK_PASSED || strcmp(a->why, b->why) == 0);
}

/* Prints the checks from `first` on that share a line; returns the last. */
static unsigned print_check_line(FILE *out, struct text_style style,
				 const struct check_result *checks,
				 unsigned first)
{
	enum check_state state = checks[first].state;
	unsigned last = first;

	fputs(INDENT INDENT, out);
	print_colour(out, style, check_marks[state].colour);
	fputs(style.utf8 ? check_marks[state].utf8 : check_marks[state].ascii,
	      out);
	print_colour(out, style, TEXT_COLOUR_END);
	fprintf(out, " %s", verdict_check_name((enum verdict_check)first));
	while (last + 1 < CHECK_COUNT &&
	       shares_line(&checks[first], &checks[last + 1]))
		fprintf(out, ", %s",
			verdict_check_name((enum verdict_check)++ last));
	if (state == CHECK_NOT_CHECKED)
		fprintf(out, ": not checked (%s)", checks[first].why);
	if (state == CHECK_FAILED) {
		fputs(": failed: ", out);
		print_safe_string(out, checks[first].actual);
	}
	fputc('\n', out);
	return last;
}

static void print_checks(FILE *out, struct text_style style,
			 const struct verdict *verdict)
{
	fputs(INDENT "checks\n", out);
	for (unsigned i = 0; i < CHECK_COUNT; i++)
		i = print_check_line(out, style, verdict->checks, i);
}

void text_print_bytes(FILE *out, const char *prefix, const char *name,
		      struct span bytes)
{
	fprintf(out, "%s%-*s ", prefix, TEXT_NAME_WIDTH, name);
	if (bytes.size == 0) {
		fputs(span_is_absent(bytes) ? "absent\n" : "empty\n", out);
		return;
	}
	print_hex(out, bytes);
	fprintf(out, " (%zu bytes)\n", bytes.size);
	if (!is_plain_text(bytes))
		return;
	fprintf(out, "%s%-*s \"", prefix, TEXT_NAME_WIDTH, "");
	print_safely(out, bytes);
	fputs("\" (the same as text)\n", out);
}

static bool is_zero_pcr(const struct span *pcrs, unsigned index)
{
	return index < ATTEST_PCR_COUNT && !span_is_absent(pcrs[index]) &&
	       span_is_zero(pcrs[index]);
}

/* Prints the PCRs from `first` on that share a line; returns the last of them. */
static unsigned print_pcr_line(FILE *out, const char *prefix,
			       const struct span *pcrs, unsigned first)
{
	char name[sizeof("pcr4294967295-4294967295")];
	unsigned last = first;

	while (is_zero_pcr(pcrs, first) && is_zero_pcr(pcrs, last + 1))
		last++;
	if (last == first)
		snprintf(name, sizeof(name), "pcr%u", first);
	else
		snprintf(name, sizeof(name), "pcr%u-%u", first, last);
	fprintf(out, "%s%-*s ", prefix, TEXT_NAME_WIDTH, name);
	if (is_zero_pcr(pcrs, first))
		fputs("zero", out);
	else
		print_hex(out, pcrs[first]);
	fputc('\n', out);
	return last;
}

void text_print_pcrs(FILE *out, const char *prefix,
		     const struct span pcrs[static ATTEST_PCR_COUNT])
{
	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
		if (!span_is_absent(pcrs[i]))
			i = print_pcr_line(out, prefix, pcrs, i);
}

static void print_chain(FILE *out, const char *prefix,
			const struct evidence *evidence)
{
	for (size_t i = 0; i < evidence_chain_length(evidence); i++) {
		const struct evidence_certificate *certificate =
			evidence_certificate(evidence, i);
		char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE];

		format_seconds(certificate->not_before, from);
		format_seconds(certificate->not_after, to);
		fprintf(out, "%s%-*s ", prefix, TEXT_NAME_WIDTH,
			i == 0 ? "chain" : "");
		print_safe_string(out, certificate->subject);
		fprintf(out, "\n%s%-*s   %s to %s\n", prefix, TEXT_NAME_WIDTH,
			"", from, to);
	}
}

static void print_document(FILE *out, const struct evidence *evidence)
{
	const char *prefix = INDENT INDENT;
	struct span pcrs[ATTEST_PCR_COUNT];
	char time[TIME_TEXT_SIZE];

	time_format((int64_t)evidence_timestamp_ms(evidence), time);
	fprintf(out, INDENT "document\n%s%-*s %s%s\n", prefix, TEXT_NAME_WIDTH,
		"kind", evidence_kind_name(evidence_kind(evidence)),
		evidence_is_debug(evidence) ? " in DEBUG MODE" : "");
	fprintf(out, "%s%-*s ", prefix, TEXT_NAME_WIDTH, "module_id");
	print_safe_string(out, evidence_module_id(evidence));
	fprintf(out, "\n%s%-*s %s\n", prefix, TEXT_NAME_WIDTH, "timestamp",
		time);
	fprintf(out, "%s%-*s %s\n", prefix, TEXT_NAME_WIDTH, "root",
		evidence_root_label(evidence));
	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
		pcrs[i] = evidence_pcr(evidence, i);
	text_print_pcrs(out, prefix, pcrs);
	text_print_bytes(out, prefix, "public_key",
			 evidence_public_key(evidence));
	text_print_bytes(out, prefix, "user_data",
			 evidence_user_data(evidence));
	text_print_bytes(out, prefix, "nonce", evidence_nonce(evidence));
	text_print_bytes(out, prefix, "payload_sha256",
			 evidence_payload_sha256(evidence));
	print_chain(out, prefix, evidence);
}

void text_print_judgement(FILE *out, struct text_style style,
			  const struct judgement *judgement, bool only_decision)
{
	bool is_judged = judgement->decision != JUDGEMENT_ERROR;

	print_decision(out, style, judgement);
	if (only_decision)
		return;
	print_line(out, "reason", judgement->message);
	if (judgement->decision == JUDGEMENT_DENY)
		print_failure(out, judgement->verdict);
	print_line(out, "hint", judgement->hint);
	if (!is_judged)
		return;
	print_line(out, "image", judgement->verdict->image);
	print_line(out, "release", judgement->verdict->release);
	if (judgement->verdict->release_retiring)
		print_line(out, "", "which is retiring: deploy a newer one");
	print_time(out, judgement);
	print_checks(out, style, judgement->verdict);
	if (judgement->decision == JUDGEMENT_ALLOW)
		print_document(out, judgement->evidence);
	else if (judgement->evidence != NULL)
		print_line(out, "document",
			   "verified, but denied; --json prints its fields");
}
