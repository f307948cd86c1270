/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fixed parts of the format: the header at the beginning of the file and the
 * one before each section. Everything is big-endian. Private to lib/eif.
 */
#ifndef NITRO_EIF_HEADER_H
#define NITRO_EIF_HEADER_H

#include "base/compiler.h"
#include "eif/eif.h"

#define EIF_HEADER_SIZE		548u
#define EIF_CRC_OFFSET		544u /* the rest of the header is covered */
#define EIF_SECTION_HEADER_SIZE 12u

struct eif_header {
	/* What the file says about its sections before they begin. */
	uint64_t offsets[EIF_SECTIONS_MAX];
	uint64_t sizes[EIF_SECTIONS_MAX];
	size_t section_count;
	uint32_t crc32;
};

/* Judges the header alone; fills in `eif` as far as it says something. */
enum eif_error header_parse(const uint8_t bytes[static EIF_HEADER_SIZE],
			    struct eif *eif, struct eif_header *ret_header,
			    struct eif_failure *reterr_failure) _must_use_;

/* Judges the header of section `index`, which stands at `offset`, alone and
 * against the table of the file's header. Appends it to `eif`. */
enum eif_error
section_parse(const uint8_t bytes[static EIF_SECTION_HEADER_SIZE],
	      uint64_t offset, const struct eif_header *header, struct eif *eif,
	      struct eif_failure *reterr_failure) _must_use_;

#endif
