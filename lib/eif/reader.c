/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "eif/reader.h"

#include <errno.h>
#include <inttypes.h>
#include <zlib.h>

#include "eif/failure.h"
#include "eif/hash.h"
#include "eif/header.h"
#include "eif/signature.h"

/* Memory is the same for a kilobyte and for ten gigabytes. */
#define PIECE_SIZE 65536u

struct reader {
	int fd;
	uint64_t size;	   /* of the file */
	uint64_t position; /* of the next byte */
	uint32_t crc;
	struct hash_library library;
	/* FORMATS: image is kernel, command line and all ramdisks; boot is
	 * kernel, command line and the first ramdisk; application is the other
	 * ramdisks. PCR0, PCR1 and PCR2. */
	struct evp_md_ctx_st *image, *boot, *application;
	unsigned ramdisks;
	struct buffer signature; /* data of the section, if there is one */
	uint64_t signature_offset;
	struct eif *eif;
	struct eif_failure *failure;
	uint8_t piece[PIECE_SIZE];
};

static void reader_free(struct reader *reader)
{
	if (reader == NULL)
		return;
	hash_free(reader->image);
	hash_free(reader->boot);
	hash_free(reader->application);
	hash_library_deinit(&reader->library);
	buffer_free(reader->signature);
	free(reader);
}

DEFINE_CLEANUP(struct reader *, reader_free)

static enum eif_error fail(const struct reader *reader, enum eif_error error)
{
	return eif_fail_plain(reader->failure, error, reader->position);
}

/* NULL after filling in the failure. */
static struct reader *reader_new(struct eif_failure *failure)
{
	_cleanup_(reader_freep) struct reader *reader =
		calloc(1, sizeof(*reader));
	enum eif_error e = EIF_E_NO_MEMORY;

	if (reader != NULL)
		e = hash_library_init(&reader->library);
	if (reader != NULL && e == EIF_OK) {
		reader->image = hash_new(&reader->library);
		reader->boot = hash_new(&reader->library);
		reader->application = hash_new(&reader->library);
		if (reader->image == NULL || reader->boot == NULL ||
		    reader->application == NULL)
			e = EIF_E_NO_MEMORY;
	}
	*failure = (struct eif_failure){ e, 0, "" };
	return e == EIF_OK ? TAKE_PTR(reader) : NULL;
}

/* Exactly `size` bytes, which the file had when it was opened. */
static enum eif_error read_exactly(struct reader *reader, uint8_t *ret_bytes,
				   size_t size)
{
	if (size > reader->size - reader->position)
		return eif_fail(reader->failure, EIF_E_TRUNCATED,
				reader->position,
				"%zu bytes are needed, %" PRIu64 " are left",
				size, reader->size - reader->position);
	while (size > 0) {
		ssize_t n = pread(reader->fd, ret_bytes, size,
				  (off_t)reader->position);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return eif_fail(reader->failure, EIF_E_READ,
					reader->position, "%s",
					strerror(errno));
		if (n == 0)
			return fail(reader, EIF_E_CHANGED);
		ret_bytes += n;
		size -= (size_t)n;
		reader->position += (uint64_t)n;
	}
	return EIF_OK;
}

static void add_to_crc(struct reader *reader, struct span bytes)
{
	reader->crc =
		(uint32_t)crc32(reader->crc, bytes.data, (uInt)bytes.size);
}

/* The one or two digests that a measured section belongs to. */
static enum eif_error measure(struct reader *reader, enum eif_section_type type,
			      struct span bytes)
{
	const bool is_application =
		type == EIF_SECTION_RAMDISK && reader->ramdisks > 0;
	enum eif_error e = hash_update(reader->image, bytes);

	if (e == EIF_OK)
		e = hash_update(is_application ? reader->application
					       : reader->boot,
				bytes);
	return e == EIF_OK ? e : fail(reader, e);
}

static enum eif_error read_measured(struct reader *reader,
				    const struct eif_section *section)
{
	uint64_t left = section->size;

	while (left > 0) {
		size_t size = left < PIECE_SIZE ? (size_t)left : PIECE_SIZE;
		struct span piece = span_of(reader->piece, size);
		enum eif_error e = read_exactly(reader, reader->piece, size);

		if (e != EIF_OK)
			return e;
		add_to_crc(reader, piece);
		e = measure(reader, section->type, piece);
		if (e != EIF_OK)
			return e;
		left -= size;
	}
	if (section->type == EIF_SECTION_RAMDISK)
		reader->ramdisks++;
	return EIF_OK;
}

/* For sections whose size is bounded. */
static enum eif_error read_kept(struct reader *reader, uint64_t size,
				struct buffer *ret_buffer)
{
	enum eif_error e;

	ret_buffer->data = malloc((size_t)size + 1);
	if (ret_buffer->data == NULL)
		return fail(reader, EIF_E_NO_MEMORY);
	e = read_exactly(reader, ret_buffer->data, (size_t)size);
	if (e != EIF_OK)
		return e;
	ret_buffer->data[size] = '\0';
	ret_buffer->size = (size_t)size;
	add_to_crc(reader, buffer_span(ret_buffer));
	return EIF_OK;
}

static enum eif_error read_data(struct reader *reader,
				const struct eif_section *section)
{
	if (section->size > reader->size - reader->position)
		return eif_fail(
			reader->failure, EIF_E_TRUNCATED, section->offset,
			"a %s of %" PRIu64 " bytes; %" PRIu64 " are left",
			eif_section_text(section->type), section->size,
			reader->size - reader->position);
	switch (section->type) {
	case EIF_SECTION_SIGNATURE:
		reader->signature_offset = section->offset;
		return read_kept(reader, section->size, &reader->signature);
	case EIF_SECTION_METADATA:
		return read_kept(reader, section->size, &reader->eif->metadata);
	case EIF_SECTION_KERNEL:
	case EIF_SECTION_CMDLINE:
	case EIF_SECTION_RAMDISK:
		break;
	}
	return read_measured(reader, section);
}

static enum eif_error read_sections(struct reader *reader,
				    const struct eif_header *header)
{
	struct eif *eif = reader->eif;

	while (eif->section_count < header->section_count) {
		uint8_t bytes[EIF_SECTION_HEADER_SIZE];
		uint64_t offset = reader->position;
		enum eif_error e = read_exactly(reader, bytes, sizeof(bytes));

		if (e != EIF_OK)
			return e;
		add_to_crc(reader, span_of(bytes, sizeof(bytes)));
		e = section_parse(bytes, offset, header, eif, reader->failure);
		if (e == EIF_OK)
			e = read_data(reader,
				      &eif->sections[eif->section_count - 1]);
		if (e != EIF_OK)
			return e;
	}
	return EIF_OK;
}

/* They are in order and stand once, so that the first two measured ones tell. */
static enum eif_error check_complete(const struct reader *reader)
{
	const struct eif *eif = reader->eif;
	bool has_kernel = false, has_cmdline = false;

	for (size_t i = 0; i < eif->section_count; i++) {
		has_kernel |= eif->sections[i].type == EIF_SECTION_KERNEL;
		has_cmdline |= eif->sections[i].type == EIF_SECTION_CMDLINE;
	}
	if (!has_kernel || !has_cmdline)
		return eif_fail(reader->failure, EIF_E_SECTION_MISSING,
				EIF_HEADER_SIZE, "no %s",
				has_kernel ? "cmdline" : "kernel");
	if (reader->position != reader->size)
		return eif_fail(reader->failure, EIF_E_TRAILING,
				reader->position, "%" PRIu64 " bytes",
				reader->size - reader->position);
	return EIF_OK;
}

static enum eif_error finish(struct reader *reader)
{
	const struct hash_library *library = &reader->library;
	struct eif *eif = reader->eif;
	enum eif_error e;

	if (reader->crc != eif->crc32)
		return eif_fail(reader->failure, EIF_E_CRC, EIF_CRC_OFFSET,
				"the file says %08" PRIx32
				", its bytes have %08" PRIx32,
				eif->crc32, reader->crc);
	e = hash_finish_pcr(library, reader->image, eif->pcr0);
	if (e == EIF_OK)
		e = hash_finish_pcr(library, reader->boot, eif->pcr1);
	if (e == EIF_OK)
		e = hash_finish_pcr(library, reader->application, eif->pcr2);
	if (e != EIF_OK)
		return fail(reader, e);
	if (reader->signature.data == NULL)
		return EIF_OK;
	eif->is_signed = true;
	return signature_verify(library, buffer_span(&reader->signature),
				reader->signature_offset, eif, reader->failure);
}

enum eif_error reader_run(int fd, uint64_t size, struct eif *eif,
			  struct eif_failure *reterr_failure)
{
	_cleanup_(reader_freep) struct reader *reader =
		reader_new(reterr_failure);
	uint8_t bytes[EIF_HEADER_SIZE];
	struct eif_header header;
	enum eif_error e;

	if (reader == NULL)
		return reterr_failure->error;
	reader->failure = reterr_failure;
	reader->fd = fd;
	reader->size = size;
	reader->eif = eif;
	e = read_exactly(reader, bytes, sizeof(bytes));
	if (e == EIF_OK)
		e = header_parse(bytes, eif, &header, reterr_failure);
	if (e != EIF_OK)
		return e;
	add_to_crc(reader, span_of(bytes, EIF_CRC_OFFSET));
	e = read_sections(reader, &header);
	if (e == EIF_OK)
		e = check_complete(reader);
	return e == EIF_OK ? finish(reader) : e;
}
