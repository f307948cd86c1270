/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl import kms: the releases that an AWS KMS key policy already names, as
 * sections for images.d. It prints, and changes nothing.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "import/import.h"
#include "nitroctl/command.h"
#include "nitroctl/input.h"
#include "nitroctl/output_json.h"
#include "nitroctl/text.h"

struct import_settings {
	const char *image, *release;
	bool json;
};

/* What is printed: one section for each tuple. */
struct imported {
	struct measurements tuples[IMPORT_TUPLES_MAX];
	size_t count;
};

/* The name of one release and its NUL: "NAME-64". */
#define RELEASE_NAME_SIZE (IMPORT_NAME_SIZE + 4)

static void name_release(const struct import_settings *settings,
			 const struct imported *imported, size_t index,
			 char ret_name[static RELEASE_NAME_SIZE])
{
	if (imported->count == 1)
		snprintf(ret_name, RELEASE_NAME_SIZE, "%s", settings->release);
	else
		snprintf(ret_name, RELEASE_NAME_SIZE, "%s-%zu",
			 settings->release, index + 1);
}

static const char *kind_text(const struct measurements *tuple)
{
	return tuple->kind == EVIDENCE_ENCLAVE ? "enclave" : "nitrotpm";
}

static void print_section(const struct import_settings *settings,
			  const struct imported *imported, size_t index)
{
	const struct measurements *tuple = &imported->tuples[index];
	char name[RELEASE_NAME_SIZE];

	name_release(settings, imported, index, name);
	printf("%s# From an AWS KMS key policy; for an image of kind = %s.\n"
	       "[release/%s/%s]\nstate = current\n",
	       index == 0 ? "" : "\n", kind_text(tuple), settings->image, name);
	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
		struct span value = measurements_pcr(tuple, i);

		if (span_is_absent(value))
			continue;
		printf("pcr%u = ", i);
		print_hex(stdout, value);
		putchar('\n');
	}
}

static json_t *json_release(const struct import_settings *settings,
			    const struct imported *imported, size_t index)
{
	const struct measurements *tuple = &imported->tuples[index];
	struct span pcrs[ATTEST_PCR_COUNT];
	char name[RELEASE_NAME_SIZE];

	name_release(settings, imported, index, name);
	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++)
		pcrs[i] = measurements_pcr(tuple, i);
	return json_pack("{s:s, s:s, s:o}", "release", name, "kind",
			 kind_text(tuple), "pcrs", json_pcrs(pcrs));
}

static json_t *json_imported(const struct import_settings *settings,
			     const struct imported *imported)
{
	json_t *list = json_array();

	for (size_t i = 0; i < imported->count; i++)
		if (json_array_append_new(
			    list, json_release(settings, imported, i)) < 0) {
			json_decref(list);
			return NULL;
		}
	return json_pack("{s:s, s:o}", "image", settings->image, "releases",
			 list);
}

static enum exit_code print(const struct import_settings *settings,
			    const struct imported *imported)
{
	if (settings->json)
		return json_print_consume(stdout,
					  json_imported(settings, imported))
			       ? EXIT_ALLOWED
			       : EXIT_NOT_JUDGED;
	for (size_t i = 0; i < imported->count; i++)
		print_section(settings, imported, i);
	return EXIT_ALLOWED;
}

static int read_text(const char *name, struct buffer *ret_text)
{
	static const struct read_file_limits limits = {
		.max_size = IMPORT_SIZE_MAX,
	};

	if (strcmp(name, "-") == 0)
		return read_stream(STDIN_FILENO, limits.max_size, ret_text);
	return read_file_at(AT_FDCWD, name, &limits, ret_text);
}

static enum exit_code import_file(const struct import_settings *settings,
				  const char *name)
{
	_cleanup_free_ struct imported *imported = calloc(1, sizeof(*imported));
	_cleanup_(buffer_freep) struct buffer text = BUFFER_EMPTY;
	struct import_failure failure;
	enum import_error e;
	int r = imported == NULL ? -ENOMEM : read_text(name, &text);

	if (r < 0) {
		complain("%s: %s", name, input_explain(r));
		return EXIT_NOT_JUDGED;
	}
	e = import_kms(buffer_span(&text), imported->tuples, &imported->count,
		       &failure);
	if (e == IMPORT_OK)
		return print(settings, imported);
	complain("%s: %s", name, failure.message);
	return e == IMPORT_E_NO_MEMORY ? EXIT_NOT_JUDGED : EXIT_DENIED;
}

/* The characters that the configuration allows in names. */
static bool is_name(const char *option, const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	const size_t length = strlen(name);

	if (length > 0 && length < IMPORT_NAME_SIZE &&
	    strspn(name, allowed) == length)
		return true;
	complain("--%s: a name has 1 to %u of a-z, 0-9, '.', '_' and '-'; "
		 "found '%s'.",
		 option, IMPORT_NAME_SIZE - 1, name);
	return false;
}

static bool set_image(void *settings, const char *argument)
{
	((struct import_settings *)settings)->image = argument;
	return is_name("image", argument);
}

static bool set_release(void *settings, const char *argument)
{
	((struct import_settings *)settings)->release = argument;
	return is_name("release", argument);
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct import_settings *)settings)->json = true;
	return true;
}

static const struct command_option options[] = {
	{ "image", "NAME", "the image that they are releases of", set_image },
	{ "release", "NAME",
	  "what the release is called; several get NAME-1, NAME-2, ...",
	  set_release },
	{ "json", NULL, "one JSON object", set_json },
};

static enum exit_code run_import_kms(const struct command *command, int argc,
				     char **argv)
{
	struct import_settings settings = { .image = "imported",
					    .release = "kms" };
	int operands;

	switch (command_parse(command, argc, argv, &settings, &operands)) {
	case COMMAND_HELPED:
		return EXIT_ALLOWED;
	case COMMAND_USAGE:
		return EXIT_USAGE;
	case COMMAND_GO_ON:
		break;
	}
	if (argc - operands != 1)
		return command_misused(command,
				       "one FILE is needed; '-' is standard "
				       "input.");
	return import_file(&settings, argv[operands]);
}

const struct command command_import_kms = {
	.name = "import kms",
	.operands = "FILE",
	.summary = "Print a release for each image that a KMS key policy "
		   "names.",
	.help = "FILE is a key policy, a statement, or a condition; '-' is "
		"standard input.\n"
		"Exit code: 0 printed, 1 refused, 2 wrong use, 3 it could not "
		"be read.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_import_kms,
};
