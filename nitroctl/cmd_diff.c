/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl diff: two documents, or a document and a release, side by side. Only
 * measurements decide whether they are equal; the other fields are shown.
 */
#include "config.h"

#include "nitroctl/command.h"
#include "nitroctl/output_json.h"
#include "nitroctl/question.h"
#include "nitroctl/side.h"
#include "nitroctl/text.h"

#define NAME_WIDTH 11

struct diff_settings {
	struct question question; /* of which --policy alone */
	const char *roots[ATTEST_ANCHOR_MAX];
	size_t root_count;
	bool json;
};

/* A release says nothing about the PCRs that it does not name. */
static bool counts(const struct side *side, unsigned index)
{
	return side->is_document || !span_is_absent(side->pcrs[index]);
}

static bool same(struct span a, struct span b)
{
	return span_is_absent(a) || span_is_absent(b)
		       ? span_is_absent(a) && span_is_absent(b)
		       : span_equal(a, b);
}

static bool pcr_differs(const struct side *a, const struct side *b,
			unsigned index)
{
	return counts(a, index) && counts(b, index) &&
	       !same(a->pcrs[index], b->pcrs[index]);
}

static bool measurements_differ(const struct side *a, const struct side *b)
{
	bool differ = a->kind != b->kind;

	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
		differ |= pcr_differs(a, b, i);
	return differ;
}

/* What else a document says. */
static const struct {
	const char *name;
	size_t offset; /* of a span in struct document */
} fields[] = {
	{ "module_id", offsetof(struct document, module_id) },
	{ "public_key", offsetof(struct document, public_key) },
	{ "user_data", offsetof(struct document, user_data) },
	{ "nonce", offsetof(struct document, nonce) },
};

static struct span field_of(const struct side *side, size_t index)
{
	return *(const struct span *)((const char *)&side->document +
				      fields[index].offset);
}

static void print_side(const char *mark, const struct side *side)
{
	printf("%s ", mark);
	print_safe_string(stdout, side->name);
	if (side->is_document) {
		puts(side->is_verified
			     ? " (document, verified at its own time)"
			     : " (document, UNVERIFIED: anybody can have "
			       "written it)");
		return;
	}
	fputs(" (release ", stdout);
	print_safe_string(stdout, side->image.name);
	putchar('/');
	print_safe_string(stdout, side->release.name);
	fputs(", ", stdout);
	print_safe_string(stdout, side->release.file);
	printf(":%u)\n", side->release.line);
}

static void print_value(const char *mark, const char *name, struct span value)
{
	printf("%s %-*s ", mark, NAME_WIDTH, name);
	if (span_is_absent(value))
		fputs("absent", stdout);
	else if (value.size == 0)
		fputs("empty", stdout);
	else if (span_is_zero(value))
		printf("zero (%zu bytes)", value.size);
	else if (is_plain_text(value))
		print_safely(stdout, value);
	else
		print_hex(stdout, value);
	putchar('\n');
}

static void print_pair(const char *name, struct span a, struct span b)
{
	if (same(a, b)) {
		print_value(" ", name, a);
		return;
	}
	print_value("-", name, a);
	print_value("+", name, b);
}

static void print_diff(const struct side *a, const struct side *b)
{
	print_side("-", a);
	print_side("+", b);
	print_pair("kind", span_of_text(evidence_kind_name(a->kind)),
		   span_of_text(evidence_kind_name(b->kind)));
	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
		char name[sizeof("pcr4294967295")];

		snprintf(name, sizeof(name), "pcr%u", i);
		/* Equal zeros are 27 of 32 in most documents. */
		if (!counts(a, i) || !counts(b, i) ||
		    (same(a->pcrs[i], b->pcrs[i]) &&
		     (span_is_absent(a->pcrs[i]) || span_is_zero(a->pcrs[i]))))
			continue;
		print_pair(name, a->pcrs[i], b->pcrs[i]);
	}
	for (size_t i = 0;
	     a->is_document && b->is_document && i < ARRAY_SIZE(fields); i++)
		print_pair(fields[i].name, field_of(a, i), field_of(b, i));
	puts(measurements_differ(a, b) ? "The measurements differ."
				       : "The measurements are equal.");
}

static json_t *json_side(const struct side *side)
{
	if (side->is_document)
		return json_pack("{s:o, s:s, s:b, s:s}", "name",
				 json_text(span_of_text(side->name)), "type",
				 "document", "verified", (int)side->is_verified,
				 "kind", evidence_kind_name(side->kind));
	return json_pack("{s:o, s:s, s:n, s:s, s:o, s:o}", "name",
			 json_text(span_of_text(side->name)), "type", "release",
			 "verified", "kind", evidence_kind_name(side->kind),
			 "image", json_text(span_of_text(side->image.name)),
			 "release",
			 json_text(span_of_text(side->release.name)));
}

static bool append_pair(json_t *array, const char *name, struct span a,
			struct span b)
{
	return json_array_append_new(
		       array, json_pack("{s:s, s:o, s:o, s:b}", "name", name,
					"a", json_hex(a), "b", json_hex(b),
					"equal", (int)same(a, b))) == 0;
}

static json_t *json_values(const struct side *a, const struct side *b)
{
	json_t *array = json_array();
	bool is_whole = true;

	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
		char name[sizeof("pcr4294967295")];

		snprintf(name, sizeof(name), "pcr%u", i);
		if (counts(a, i) && counts(b, i))
			is_whole &= append_pair(array, name, a->pcrs[i],
						b->pcrs[i]);
	}
	for (size_t i = 0;
	     a->is_document && b->is_document && i < ARRAY_SIZE(fields); i++)
		is_whole &= append_pair(array, fields[i].name, field_of(a, i),
					field_of(b, i));
	if (is_whole)
		return array;
	json_decref(array);
	return NULL;
}

static enum exit_code report(const struct diff_settings *settings,
			     const struct side *a, const struct side *b)
{
	const bool differ = measurements_differ(a, b);

	if (!settings->json)
		print_diff(a, b);
	else if (!json_print_consume(stdout,
				     json_pack("{s:b, s:o, s:o, s:o}", "equal",
					       !differ, "a", json_side(a), "b",
					       json_side(b), "values",
					       json_values(a, b))))
		return EXIT_NOT_JUDGED;
	return differ ? EXIT_DENIED : EXIT_ALLOWED;
}

/* An image is read last: its release is chosen by the other side. */
static enum exit_code read_sides(const struct offline_policy *offline,
				 char *const *names, struct side sides[2])
{
	const unsigned first = side_is_image(names[0]) ? 1 : 0;
	enum exit_code code =
		side_read(offline, names[first], NULL, &sides[first]);

	if (code == EXIT_ALLOWED)
		code = side_read(offline, names[1 - first], &sides[first],
				 &sides[1 - first]);
	/* Exit code 1 says that measurements were compared. */
	return code == EXIT_ALLOWED ? EXIT_ALLOWED : EXIT_NOT_JUDGED;
}

static enum exit_code diff(const struct diff_settings *settings,
			   char *const *names)
{
	const struct config_layers layers =
		config_layers_choose(settings->question.policy_dir, NULL);
	_cleanup_(offline_policy_freep) struct offline_policy offline =
		OFFLINE_POLICY_NONE;
	struct side sides[2] = { { .input = INPUT_EMPTY },
				 { .input = INPUT_EMPTY } };
	bool has_policy = settings->question.policy_dir != NULL ||
			  side_is_of_policy(names[0]) ||
			  side_is_of_policy(names[1]);
	enum exit_code code = has_policy
				      ? offline_policy_load(&layers, &offline)
				      : offline_policy_make_empty(&offline);

	for (size_t i = 0; code == EXIT_ALLOWED && i < settings->root_count;
	     i++)
		code = offline_policy_add_root(&offline, settings->roots[i]);
	if (code != EXIT_ALLOWED)
		return code;
	code = read_sides(&offline, names, sides);
	if (code == EXIT_ALLOWED)
		code = report(settings, &sides[0], &sides[1]);
	side_deinit(&sides[0]);
	side_deinit(&sides[1]);
	return code;
}

static bool set_root(void *settings, const char *argument)
{
	struct diff_settings *diff = settings;

	if (diff->root_count == ARRAY_SIZE(diff->roots)) {
		complain("--root can be given %zu times at most.",
			 ARRAY_SIZE(diff->roots));
		return false;
	}
	diff->roots[diff->root_count++] = argument;
	return true;
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct diff_settings *)settings)->json = true;
	return true;
}

static const struct command_option options[] = {
	QUESTION_POLICY_OPTION,
	{ "root", "FILE", "trust this root too (PEM); may be repeated",
	  set_root },
	{ "json", NULL, "one JSON object", set_json },
};

static enum exit_code run_diff(const struct command *command, int argc,
			       char **argv)
{
	struct diff_settings settings = { 0 };
	int operands;

	switch (command_parse(command, argc, argv, &settings, &operands)) {
	case COMMAND_HELPED:
		return EXIT_ALLOWED;
	case COMMAND_USAGE:
		return EXIT_USAGE;
	case COMMAND_GO_ON:
		break;
	}
	if (operands + 2 != argc)
		return command_misused(command, "diff takes two operands.");
	if (side_is_image(argv[operands]) && side_is_image(argv[operands + 1]))
		return command_misused(command,
				       "of two images the releases must be "
				       "named: release:IMAGE/RELEASE.");
	return diff(&settings, argv + operands);
}

const struct command command_diff = {
	.name = "diff",
	.operands = "FILE-A FILE-B",
	.summary = "Compare documents and releases.",
	.help = "Each is a document (FILE as for verify), "
		"release:IMAGE/RELEASE, or image:IMAGE\n"
		"for the release of it that is closest to the other. A "
		"document that no trusted\n"
		"root vouches for is compared all the same, and marked so.\n"
		"Exit code: 0 the measurements are equal, 1 they differ, 2 "
		"wrong "
		"use, 3 they cannot\nbe compared.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_diff,
};
