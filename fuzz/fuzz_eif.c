/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An enclave image file as anybody may have written it. The checksum is put right
 * first, because everything behind it would stay untried otherwise.
 */
#include "config.h"

#include <endian.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <zlib.h>

#include "eif/eif.h"
#include "import/import.h"

#define HEADER_SIZE 548u
#define CRC_OFFSET  544u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void write_all(int fd, const void *data, size_t size)
{
	require(write(fd, data, size) == (ssize_t)size);
}

/* A descriptor of the input with a right checksum. */
static int open_input(const uint8_t *data, size_t size)
{
	int fd = memfd_create("input", MFD_CLOEXEC);
	uint32_t crc;

	require(fd >= 0);
	if (size < HEADER_SIZE) {
		write_all(fd, data, size);
		return fd;
	}
	crc = (uint32_t)crc32(0, data, CRC_OFFSET);
	crc = (uint32_t)crc32(crc, data + HEADER_SIZE,
			      (uInt)(size - HEADER_SIZE));
	crc = htobe32(crc);
	write_all(fd, data, CRC_OFFSET);
	write_all(fd, &crc, sizeof(crc));
	write_all(fd, data + HEADER_SIZE, size - HEADER_SIZE);
	return fd;
}

static void try_measured(const struct eif *eif, size_t size)
{
	struct eif_warning warnings[EIF_WARNINGS_MAX];
	struct measurements measurements;
	struct import_failure failure;

	require(eif->section_count >= 2);
	for (size_t i = 0; i < eif->section_count; i++)
		require(eif->sections[i].offset + eif->sections[i].size < size);
	require(eif->is_signed ==
		!span_is_zero(span_of(eif->pcr8, sizeof(eif->pcr8))));
	require(eif_warnings(eif, 0, warnings) >= 2);
	require(import_eif(eif, &measurements, &failure) == IMPORT_OK);
	require(measurements.kind == EVIDENCE_ENCLAVE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(eif_freep) struct eif *eif = NULL;
	_cleanup_close_ int fd = open_input(data, size);
	struct eif_failure failure;
	enum eif_error error = eif_read_fd(fd, &eif, &failure);

	require((error == EIF_OK) == (eif != NULL));
	if (eif != NULL) {
		try_measured(eif, size);
		return 0;
	}
	require(failure.error == error);
	require(failure.offset <= size);
	require(eif_error_name(error)[0] != '\0');
	return 0;
}
