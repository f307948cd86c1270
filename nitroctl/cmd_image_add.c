/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl image add: a release of an image as one new file, from whatever says
 * what it measures. Writes what it read, and believes nothing but that.
 */
#include "config.h"

#include <string.h>
#include <time.h>

#include "base/time_text.h"
#include "nitroctl/change.h"
#include "nitroctl/image_edit.h"
#include "nitroctl/release_source.h"
#include "nitroctl/text.h"

/* "YYYY.MM.DD", its NUL, and room for years that never come. */
#define DATE_SIZE 32

/* Of a file, with room for what write_file_at() puts around it. */
#define FILE_NAME_MAX 240u

struct add_settings {
	struct change_settings change; /* first: see CHANGE_OPTIONS */
	struct release_source_settings from;
	const char *image;
	const char *release;
	const char *kind;
	const char *expires;
	const char *not_before;
	const char *description;
	/* Which application it is, for level 3. */
	const char *manifest;
	const char *pivot;
	const char *namespace_name;
	const char *manifest_set;
	const char *checksum;
};

/* A line of a file must not become two by what an option says. */
static bool set_line(const char **ret_value, const char *option,
		     const char *argument)
{
	if (argument[0] == '\0' ||
	    argument[strcspn(argument, "\n\r")] != '\0') {
		complain("--%s takes one line of text.", option);
		return false;
	}
	*ret_value = argument;
	return true;
}

#define DEFINE_LINE_OPTION(member, option)                                     \
	static bool set_##member(void *settings, const char *argument)         \
	{                                                                      \
		return set_line(&((struct add_settings *)settings)->member,    \
				option, argument);                             \
	}
DEFINE_LINE_OPTION(expires, "expires")
DEFINE_LINE_OPTION(not_before, "not-before")
DEFINE_LINE_OPTION(description, "description")
DEFINE_LINE_OPTION(release, "release")
DEFINE_LINE_OPTION(manifest, "manifest")
DEFINE_LINE_OPTION(pivot, "pivot")
DEFINE_LINE_OPTION(namespace_name, "namespace")
DEFINE_LINE_OPTION(manifest_set, "manifest-set")
DEFINE_LINE_OPTION(checksum, "checksum")

static bool set_from(void *settings, const char *argument)
{
	((struct add_settings *)settings)->from.file = argument;
	return true;
}

static bool set_enclave(void *settings, const char *argument)
{
	((struct add_settings *)settings)->from.enclave = argument;
	return true;
}

static bool set_kind(void *settings, const char *argument)
{
	if (strcmp(argument, evidence_kind_name(EVIDENCE_ENCLAVE)) != 0 &&
	    strcmp(argument, evidence_kind_name(EVIDENCE_NITROTPM)) != 0) {
		complain("--kind takes enclave or nitrotpm, but not '%s'.",
			 argument);
		return false;
	}
	((struct add_settings *)settings)->kind = argument;
	return true;
}

static bool set_root(void *settings, const char *argument)
{
	struct judge_settings *judge =
		&((struct add_settings *)settings)->from.judge;

	if (judge->root_count == ARRAY_SIZE(judge->roots)) {
		complain("--root can be given %zu times at most.",
			 ARRAY_SIZE(judge->roots));
		return false;
	}
	judge->roots[judge->root_count++] = argument;
	return true;
}

static const struct command_option options[] = {
	{ "from", "FILE",
	  "what the build printed, nitro-cli's or NitroTPM's JSON,\n"
	  "a document, or the EIF itself; '-' is standard input",
	  set_from },
	{ "release", "RELEASE",
	  "its name; without it: the version in FILE, or today's\n"
	  "date",
	  set_release },
	{ "kind", "KIND", "refuse FILE unless it is an enclave or nitrotpm",
	  set_kind },
	{ "expires", "DATE", "the last day on which it counts", set_expires },
	{ "not-before", "DATE", "the first day on which it counts",
	  set_not_before },
	{ "description", "TEXT", "of a new image", set_description },
	{ "manifest", "WHICH",
	  "the application, for level 3: qos:FILE, qos or\n"
	  "user-data",
	  set_manifest },
	{ "pivot", "sha256:HEX", "of the application's binary", set_pivot },
	{ "namespace", "TEXT", "of the application's manifest",
	  set_namespace_name },
	{ "manifest-set", "FILE", "who approves the application's manifest",
	  set_manifest_set },
	{ "checksum", "TEXT", "of the user_data", set_checksum },
	{ "enclave", "NAME", "which one, in nitro-cli describe-enclaves",
	  set_enclave },
	{ "root", "FILE",
	  "trust this root too, for a document (PEM); may be\n"
	  "repeated",
	  set_root },
	CHANGE_OPTIONS,
};

static enum exit_code refuse_known_release(const struct policy *policy,
					   size_t image,
					   const struct add_settings *settings)
{
	struct policy_release_info info;

	if (image_find_release(policy, image, settings->release, &info) ==
	    policy_image_release_count(policy, image))
		return EXIT_ALLOWED;
	complain("image '%s' has a release '%s' already (%s:%u): choose "
		 "another name with --release.",
		 settings->image, info.name, info.file, info.line);
	return EXIT_DENIED;
}

/* What an image that is there already does not let us say again. */
static enum exit_code check_image(const struct policy *policy, size_t image,
				  const struct add_settings *settings,
				  enum evidence_kind kind)
{
	struct policy_image_info info;

	policy_image_info(policy, image, &info);
	if (info.kind != kind) {
		complain("image '%s' is of kind %s (%s:%u), but %s is of kind "
			 "%s.",
			 info.name, evidence_kind_name(info.kind), info.file,
			 info.line, settings->from.file,
			 evidence_kind_name(kind));
		return EXIT_DENIED;
	}
	if (settings->description != NULL) {
		complain("image '%s' is there already: its description stands "
			 "in %s:%u.",
			 info.name, info.file, info.line);
		return EXIT_DENIED;
	}
	return refuse_known_release(policy, image, settings);
}

static void put_key(FILE *out, const char *key, const char *value)
{
	if (value != NULL)
		fprintf(out, "%s = %s\n", key, value);
}

static void put_text(FILE *out, const struct add_settings *settings,
		     const struct release_source *source, bool is_new)
{
	const struct measurements *measurements = &source->measurements;

	fprintf(out,
		"# Written by nitroctl image add, from: %s.\n"
		"# See nitro-images(5).\n\n",
		source->text);
	if (is_new) {
		fprintf(out, "[image/%s]\n", settings->image);
		put_key(out, "description", settings->description);
		fprintf(out, "kind = %s\n\n",
			evidence_kind_name(measurements->kind));
	}
	fprintf(out, "[release/%s/%s]\n", settings->image, settings->release);
	put_key(out, "not_before", settings->not_before);
	put_key(out, "not_after", settings->expires);
	put_key(out, "manifest", settings->manifest);
	put_key(out, "pivot", settings->pivot);
	put_key(out, "namespace", settings->namespace_name);
	put_key(out, "manifest_set", settings->manifest_set);
	put_key(out, "checksum", settings->checksum);
	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
		struct span pcr = measurements_pcr(measurements, i);

		if (span_is_absent(pcr))
			continue;
		fprintf(out, "pcr%u = ", i);
		print_hex(out, pcr);
		fputc('\n', out);
	}
}

static char *make_text(const struct add_settings *settings,
		       const struct release_source *source, bool is_new)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	bool failed;

	if (out == NULL)
		return NULL;
	put_text(out, settings, source, is_new);
	failed = ferror(out) != 0;
	failed = fclose(out) != 0 || failed;
	return failed ? NULL : TAKE_PTR(text);
}

/* A new image has the file of its own name, a further release one beside it. */
static enum exit_code plan(struct change *change,
			   const struct add_settings *settings,
			   const struct release_source *source)
{
	const struct policy *policy = change->config->policy;
	size_t image = image_find(policy, settings->image);
	bool is_new = image == policy_image_count(policy);
	_cleanup_free_ char *text = make_text(settings, source, is_new);
	_cleanup_free_ char *name = NULL;
	enum exit_code code;

	if (asprintf(&name, "%s%s%s.conf", settings->image, is_new ? "" : "@",
		     is_new ? "" : settings->release) < 0)
		name = NULL;
	if (text == NULL || name == NULL) {
		complain("memory is exhausted.");
		return EXIT_NOT_JUDGED;
	}
	if (strlen(name) > FILE_NAME_MAX) {
		complain("the names are too long: together they have %u "
			 "characters at most.",
			 FILE_NAME_MAX);
		return EXIT_USAGE;
	}
	code = is_new ? EXIT_ALLOWED
		      : check_image(policy, image, settings,
				    source->measurements.kind);
	return code == EXIT_ALLOWED ? change_add_file(change, name, text)
				    : code;
}

static enum exit_code add(const struct add_settings *settings,
			  const struct release_source *source)
{
	_cleanup_(change_end) struct change change = CHANGE_NONE;
	enum exit_code code = change_begin(&settings->change, &change);

	if (code == EXIT_ALLOWED)
		code = plan(&change, settings, source);
	return code == EXIT_ALLOWED ? change_finish(&change) : code;
}

static bool is_name(const char *what, const char *name)
{
	/* A file that begins with a dot would not be read. */
	if (policy_name_is_valid(name) && name[0] != '.')
		return true;
	complain(
		"'%s' is no name for %s: 1 to 127 characters of a-z 0-9 . _ -, "
		"not beginning with a dot.",
		name, what);
	return false;
}

static enum exit_code read_and_add(struct add_settings *settings)
{
	char today[DATE_SIZE] = "";
	struct release_source source;
	time_t now = time(NULL);
	struct tm utc;
	enum exit_code code;

	if (!is_name("an image", settings->image))
		return EXIT_USAGE;
	code = release_source_read(&settings->from, &source);
	if (code != EXIT_ALLOWED)
		return code;
	if (gmtime_r(&now, &utc) != NULL)
		strftime(today, sizeof(today), "%Y.%m.%d", &utc);
	if (settings->release == NULL)
		settings->release = source.measurements.version[0] != '\0'
					    ? source.measurements.version
					    : today;
	if (!is_name("a release", settings->release))
		return EXIT_USAGE;
	if (settings->kind != NULL &&
	    strcmp(settings->kind,
		   evidence_kind_name(source.measurements.kind)) != 0) {
		complain("%s is of kind %s, not %s.", settings->from.file,
			 evidence_kind_name(source.measurements.kind),
			 settings->kind);
		return EXIT_DENIED;
	}
	return add(settings, &source);
}

static enum exit_code run_image_add(const struct command *command, int argc,
				    char **argv)
{
	struct add_settings settings = { 0 };
	int operands;

	switch (command_parse(command, argc, argv, &settings, &operands)) {
	case COMMAND_HELPED:
		return EXIT_ALLOWED;
	case COMMAND_USAGE:
		return EXIT_USAGE;
	case COMMAND_GO_ON:
		break;
	}
	if (operands + 1 != argc)
		return command_misused(command,
				       "the NAME of one image is needed.");
	if (settings.from.file == NULL)
		return command_misused(command,
				       "--from FILE is needed: what measures "
				       "the image?");
	settings.image = argv[operands];
	return read_and_add(&settings);
}

const struct command command_image_add = {
	.name = "image add",
	.operands = "NAME",
	.summary = "Allow a release of an image, in one new file.",
	.help = "Exit code: 0 done, 1 refused (nothing was changed), 2 wrong "
		"use, 3 could not be\ndone.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_image_add,
};
