/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/release_source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/printable.h"
#include "base/time_text.h"
#include "eif/eif.h"
#include "nitroctl/input.h"
#include "nitroctl/output_text.h"
#include "nitroctl/text.h"

#define EIF_MAGIC ".eif"

/* The PCRs of a document that tell an image; the others tell the place where it
 * runs. */
struct document_pcr {
	enum evidence_kind kind;
	unsigned index;
	bool is_optional; /* left out when it is zero */
};

static const struct document_pcr document_pcrs[] = {
	{ EVIDENCE_ENCLAVE, 0, false },	  { EVIDENCE_ENCLAVE, 1, false },
	{ EVIDENCE_ENCLAVE, 2, false },	  { EVIDENCE_ENCLAVE, 8, true },
	{ EVIDENCE_NITROTPM, 4, false },  { EVIDENCE_NITROTPM, 7, false },
	{ EVIDENCE_NITROTPM, 12, false },
};

static bool take_pcr(const struct evidence *evidence,
		     const struct document_pcr *row,
		     struct measurements *measurements)
{
	struct span value = evidence_pcr(evidence, row->index);

	if (row->is_optional && span_is_zero(value))
		return true;
	if (value.size != ATTEST_SHA384_SIZE) {
		complain("the document has no PCR%u of %u bytes, which a "
			 "release needs.",
			 row->index, ATTEST_SHA384_SIZE);
		return false;
	}
	measurements->pcr_mask |= UINT32_C(1) << row->index;
	memcpy(measurements->pcrs[row->index], value.data, value.size);
	return true;
}

static enum exit_code take_evidence(const struct evidence *evidence,
				    struct release_source *source)
{
	struct measurements *measurements = &source->measurements;
	char time[TIME_TEXT_SIZE];

	if (evidence_is_debug(evidence)) {
		complain("the document is by an enclave in debug mode: its "
			 "measurements are zero and say nothing.");
		return EXIT_DENIED;
	}
	*measurements = (struct measurements){
		.kind = evidence_kind(evidence),
	};
	for (size_t i = 0; i < ARRAY_SIZE(document_pcrs); i++)
		if (document_pcrs[i].kind == measurements->kind &&
		    !take_pcr(evidence, &document_pcrs[i], measurements))
			return EXIT_DENIED;
	time_format((int64_t)evidence_timestamp_ms(evidence), time);
	snprintf(source->text, sizeof(source->text),
		 "a document of %s, verified at that time, root '%s'", time,
		 evidence_root_label(evidence));
	return EXIT_ALLOWED;
}

static enum exit_code read_document(const struct release_source_settings *from,
				    struct release_source *source)
{
	_cleanup_(judge_freep) struct judge *judge = NULL;
	struct judge_settings settings = from->judge;
	struct judgement judgement;
	enum exit_code code;

	/* Old documents count: they say what was measured then. */
	settings.at = JUDGED_AT_DOCUMENT;
	code = judge_new(&settings, &judge);
	if (code != EXIT_ALLOWED)
		return code;
	judge_file(judge, from->file, &judgement);
	code = judgement_exit_code(&judgement);
	if (code == EXIT_ALLOWED)
		code = take_evidence(judgement.evidence, source);
	else
		text_print_judgement(stderr, text_style_of(stderr), &judgement,
				     false);
	judgement_deinit(&judgement);
	return code;
}

static enum exit_code take_imported(const struct release_source_settings *from,
				    enum import_error error,
				    const struct import_failure *failure,
				    struct release_source *source)
{
	if (error == IMPORT_OK) {
		snprintf(source->text, sizeof(source->text), "%s",
			 import_format_text(source->measurements.format));
		return EXIT_ALLOWED;
	}
	complain("%s: %s", from->file, failure->message);
	return error == IMPORT_E_NO_MEMORY ? EXIT_NOT_JUDGED : EXIT_DENIED;
}

static enum exit_code read_eif(const struct release_source_settings *from,
			       struct release_source *source)
{
	_cleanup_(eif_freep) struct eif *eif = NULL;
	struct eif_failure failure;
	struct import_failure import = { IMPORT_OK, "" };

	if (eif_read(from->file, &eif, &failure) == EIF_OK)
		return take_imported(
			from, import_eif(eif, &source->measurements, &import),
			&import, source);
	complain("%s: at byte %llu: %s %s", from->file,
		 (unsigned long long)failure.offset,
		 eif_error_text(failure.error), failure.detail);
	return EXIT_DENIED;
}

/* A document begins with an array or a tag, which no text does. */
static bool is_document(const struct buffer *bytes)
{
	return bytes->size > 0 && bytes->data[0] >= 0x80;
}

static enum exit_code read_text(const struct release_source_settings *from,
				struct buffer *bytes,
				struct release_source *source)
{
	struct import_failure failure = { IMPORT_OK, "" };
	enum import_error error;

	if (is_document(bytes))
		return read_document(from, source);
	error = import_any(buffer_span(bytes), from->enclave,
			   &source->measurements, &failure);
	/* A document in base64 is the only text that is none of the formats. */
	if (error == IMPORT_E_FORMAT && input_decode_base64(bytes) == 1 &&
	    is_document(bytes))
		return read_document(from, source);
	return take_imported(from, error, &failure, source);
}

static bool is_eif(const char *file)
{
	_cleanup_close_ int fd =
		open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char magic[sizeof(EIF_MAGIC) - 1];

	return fd >= 0 && pread(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
	       memcmp(magic, EIF_MAGIC, sizeof(magic)) == 0;
}

enum exit_code release_source_read(const struct release_source_settings *from,
				   struct release_source *ret_source)
{
	const struct read_file_limits limits = { .max_size = IMPORT_SIZE_MAX };
	_cleanup_(buffer_freep) struct buffer bytes = BUFFER_EMPTY;
	bool is_stdin = strcmp(from->file, "-") == 0;
	int r;

	if (!is_stdin && is_eif(from->file))
		return read_eif(from, ret_source);
	r = is_stdin ? read_stream(STDIN_FILENO, IMPORT_SIZE_MAX, &bytes)
		     : read_file_at(AT_FDCWD, from->file, &limits, &bytes);
	if (r < 0) {
		complain("%s cannot be read: %s", from->file, input_explain(r));
		return EXIT_NOT_JUDGED;
	}
	if (is_stdin && is_document(&bytes)) {
		complain("a document is taken from a file, not from standard "
			 "input.");
		return EXIT_USAGE;
	}
	return read_text(from, &bytes, ret_source);
}
