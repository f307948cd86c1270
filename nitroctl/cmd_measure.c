/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl measure: the PCRs that an enclave of an image file will have. The file
 * is neither executed nor trusted, and nothing here says that it is a good one.
 */
#include "config.h"

#include <inttypes.h>
#include <time.h>

#include "eif/eif.h"
#include "nitroctl/command.h"
#include "nitroctl/output_json.h"
#include "nitroctl/text.h"

#define MIB_SHIFT 20

struct measure_settings {
	bool json;
};

/* All that is said about one file. */
struct measured {
	const char *file;
	const struct eif *eif;
	json_t *metadata; /* NULL: there is none, or none that is JSON */
	struct span pcrs[ATTEST_PCR_COUNT];
	struct eif_warning warnings[EIF_WARNINGS_MAX + 1];
	size_t warning_count;
	int64_t now;
};

static void measured_init(struct measured *measured, const char *file,
			  const struct eif *eif)
{
	const struct buffer *metadata = &eif->metadata;

	*measured = (struct measured){
		.file = file,
		.eif = eif,
		.now = time(NULL),
		.pcrs = { [0] = span_of(eif->pcr0, EIF_PCR_SIZE),
			  [1] = span_of(eif->pcr1, EIF_PCR_SIZE),
			  [2] = span_of(eif->pcr2, EIF_PCR_SIZE) },
	};
	if (eif->is_signed)
		measured->pcrs[8] = span_of(eif->pcr8, EIF_PCR_SIZE);
	measured->warning_count =
		eif_warnings(eif, measured->now, measured->warnings);
	if (metadata->data == NULL)
		return;
	measured->metadata =
		json_loadb((const char *)metadata->data, metadata->size,
			   JSON_REJECT_DUPLICATES, NULL);
	if (measured->metadata == NULL)
		measured->warnings[measured->warning_count++] =
			(struct eif_warning){ "metadata-malformed",
					      "The metadata is not JSON." };
}

static void measured_deinit(struct measured *measured)
{
	json_decref(measured->metadata);
}

static const char *architecture(const struct eif *eif)
{
	return eif->is_arm64 ? "arm64" : "x86_64";
}

static void print_pcrs(const struct measured *measured)
{
	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
		if (span_is_absent(measured->pcrs[i]))
			continue;
		printf("  PCR%-8u ", i);
		print_hex(stdout, measured->pcrs[i]);
		putchar('\n');
	}
}

static void print_signature(const struct eif *eif)
{
	char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE];

	if (!eif->is_signed) {
		puts("  signature   none: PCR8 of its enclaves is zero");
		return;
	}
	format_seconds(eif->signer.not_before, from);
	format_seconds(eif->signer.not_after, to);
	printf("  signature   right: %s over PCR0, by the key of \"",
	       eif->signer.algorithm);
	print_safe_string(stdout, eif->signer.subject);
	printf("\",\n%14svalid %s to %s; nobody vouches for it\n", "", from,
	       to);
}

static void print_sections(const struct eif *eif)
{
	for (size_t i = 0; i < eif->section_count; i++)
		printf("  %-11s %-9s %" PRIu64 " bytes at byte %" PRIu64 "\n",
		       i == 0 ? "sections" : "",
		       eif_section_text(eif->sections[i].type),
		       eif->sections[i].size, eif->sections[i].offset);
}

static void print_texts(const json_t *texts)
{
	/* jansson's macro wants an object that it may change; it does not. */
	json_t *object = (json_t *)(uintptr_t)texts;
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		if (!json_is_string(value))
			continue;
		fputs("  metadata    ", stdout);
		print_safe_string(stdout, key);
		fputs(": ", stdout);
		print_safely(stdout, span_of(json_string_value(value),
					     json_string_length(value)));
		putchar('\n');
	}
}

static void print_measured(const struct measured *measured)
{
	const struct eif *eif = measured->eif;
	struct text_style style = text_style_of(stdout);

	print_safe_string(stdout, measured->file);
	puts(": measured");
	print_pcrs(measured);
	printf("  %-11s version %u, %s, checksum %08" PRIx32 " is right\n",
	       "format", (unsigned)eif->version, architecture(eif), eif->crc32);
	print_signature(eif);
	printf("  %-11s %" PRIu64 " MiB of memory, %" PRIu64 " CPUs\n",
	       "defaults", eif->default_memory >> MIB_SHIFT, eif->default_cpus);
	print_sections(eif);
	/* The rest of it is for --json. */
	print_texts(measured->metadata);
	print_texts(json_object_get(measured->metadata, "BuildMetadata"));
	for (size_t i = 0; i < measured->warning_count; i++) {
		print_colour(stdout, style, TEXT_YELLOW);
		printf("  %-11s ", "warning");
		print_colour(stdout, style, TEXT_COLOUR_END);
		puts(measured->warnings[i].text);
	}
}

static json_t *json_sections(const struct eif *eif)
{
	json_t *list = json_array();

	for (size_t i = 0; i < eif->section_count; i++) {
		const struct eif_section *section = &eif->sections[i];
		json_t *entry = json_pack("{s:s, s:I, s:I}", "type",
					  eif_section_text(section->type),
					  "offset", (json_int_t)section->offset,
					  "size", (json_int_t)section->size);

		if (json_array_append_new(list, entry) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *json_warnings(const struct measured *measured)
{
	json_t *list = json_array();

	for (size_t i = 0; i < measured->warning_count; i++) {
		json_t *entry = json_pack("{s:s, s:s}", "id",
					  measured->warnings[i].name, "message",
					  measured->warnings[i].text);

		if (json_array_append_new(list, entry) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *json_signature(const struct eif *eif)
{
	const struct eif_signer *signer = &eif->signer;

	if (!eif->is_signed)
		return json_null();
	return json_pack("{s:s, s:o, s:o, s:o}", "algorithm", signer->algorithm,
			 "subject", json_text(span_of_text(signer->subject)),
			 "not_before", json_time_seconds(signer->not_before),
			 "not_after", json_time_seconds(signer->not_after));
}

/* Counts of the header are any 64 bits; JSON has integers up to 2^63 - 1. */
static json_t *json_count(uint64_t count)
{
	if (count > INT64_MAX)
		return json_real((double)count);
	return json_integer((json_int_t)count);
}

static json_t *json_measured(const struct measured *measured)
{
	const struct eif *eif = measured->eif;
	char crc[sizeof("00000000")];

	snprintf(crc, sizeof(crc), "%08" PRIx32, eif->crc32);
	return json_pack(
		"{s:o, s:b, s:o, s:i, s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:O?, "
		"s:o}",
		"file", json_text(span_of_text(measured->file)), "measured", 1,
		"pcrs", json_pcrs(measured->pcrs), "eif_version",
		(int)eif->version, "architecture", architecture(eif), "crc32",
		crc, "signed", (int)eif->is_signed, "signature",
		json_signature(eif), "default_memory",
		json_count(eif->default_memory), "default_cpus",
		json_count(eif->default_cpus), "sections", json_sections(eif),
		"metadata", measured->metadata, "warnings",
		json_warnings(measured));
}

/* Not what the file says, but that it could not be read at all. */
static bool is_unreadable(enum eif_error error)
{
	return error == EIF_E_NOT_REGULAR || error == EIF_E_READ ||
	       error == EIF_E_CHANGED || error == EIF_E_NO_MEMORY ||
	       error == EIF_E_INTERNAL;
}

static void print_failure(const char *file, const struct eif_failure *failure)
{
	print_safe_string(stdout, file);
	printf(": %s (%s)\n  %s\n",
	       is_unreadable(failure->error) ? "error" : "refused",
	       eif_error_name(failure->error), eif_error_text(failure->error));
	if (!is_unreadable(failure->error))
		printf("  %-11s byte %" PRIu64 "\n", "where", failure->offset);
	if (failure->detail[0] == '\0')
		return;
	printf("  %-11s ", "found");
	print_safe_string(stdout, failure->detail);
	putchar('\n');
}

static enum exit_code report_failure(const struct measure_settings *settings,
				     const char *file,
				     const struct eif_failure *failure)
{
	json_t *object;

	if (!settings->json) {
		print_failure(file, failure);
	} else {
		object = json_pack("{s:o, s:b, s:s, s:s, s:o, s:s}", "file",
				   json_text(span_of_text(file)), "measured", 0,
				   "reason", eif_error_name(failure->error),
				   "message", eif_error_text(failure->error),
				   "offset",
				   is_unreadable(failure->error)
					   ? json_null()
					   : json_count(failure->offset),
				   "detail", failure->detail);
		if (!json_print_consume(stdout, object))
			return EXIT_NOT_JUDGED;
	}
	return is_unreadable(failure->error) ? EXIT_NOT_JUDGED : EXIT_DENIED;
}

static enum exit_code measure(const struct measure_settings *settings,
			      const char *file)
{
	_cleanup_(measured_deinit) struct measured measured = { NULL };
	_cleanup_(eif_freep) struct eif *eif = NULL;
	struct eif_failure failure;

	if (eif_read(file, &eif, &failure) != EIF_OK)
		return report_failure(settings, file, &failure);
	measured_init(&measured, file, eif);
	if (!settings->json)
		print_measured(&measured);
	else if (!json_print_consume(stdout, json_measured(&measured)))
		return EXIT_NOT_JUDGED;
	return EXIT_ALLOWED;
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct measure_settings *)settings)->json = true;
	return true;
}

static const struct command_option options[] = {
	{ "json", NULL, "one JSON object", set_json },
};

static enum exit_code run_measure(const struct command *command, int argc,
				  char **argv)
{
	struct measure_settings settings = { 0 };
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
		return command_misused(command, "one FILE is needed.");
	return measure(&settings, argv[operands]);
}

const struct command command_measure = {
	.name = "measure",
	.operands = "FILE",
	.summary = "Print the PCRs that an enclave image file will have.",
	.help = "The file is not executed and not trusted. Exit code: 0 "
		"measured, 1 refused,\n2 wrong use, 3 it could not be read.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_measure,
};
