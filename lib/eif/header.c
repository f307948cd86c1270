/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "eif/header.h"

#include <endian.h>
#include <inttypes.h>
#include <string.h>

#include "eif/failure.h"

/* Version 2 brought the checksum; nothing before it is in use. */
#define VERSION_MIN 2
#define VERSION_MAX 4

#define FLAG_ARM64 1u

/* Where the fields of the header are. */
#define VERSION_AT  4u
#define FLAGS_AT    6u
#define MEMORY_AT   8u
#define CPUS_AT	    16u
#define RESERVED_AT 24u
#define COUNT_AT    26u
#define OFFSETS_AT  28u
#define SIZES_AT    284u
#define UNUSED_AT   540u

/* Where the fields of a section's header are. */
#define SECTION_FLAGS_AT 2u
#define SECTION_SIZE_AT	 4u

static uint16_t read_u16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return be16toh(value);
}

static uint32_t read_u32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return be32toh(value);
}

static uint64_t read_u64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return be64toh(value);
}

static enum eif_error read_fields(const uint8_t *bytes, struct eif *eif,
				  struct eif_failure *failure)
{
	uint16_t flags = read_u16(bytes + FLAGS_AT);

	if (memcmp(bytes, ".eif", 4) != 0)
		return eif_fail_plain(failure, EIF_E_MAGIC, 0);
	eif->version = read_u16(bytes + VERSION_AT);
	if (eif->version < VERSION_MIN || eif->version > VERSION_MAX)
		return eif_fail(failure, EIF_E_VERSION, VERSION_AT,
				"version %u; expected %d to %d",
				(unsigned)eif->version, VERSION_MIN,
				VERSION_MAX);
	if ((flags & ~FLAG_ARM64) != 0)
		return eif_fail(failure, EIF_E_FLAGS, FLAGS_AT,
				"flags 0x%04x; only 0x0001 (arm64) is defined",
				(unsigned)flags);
	if (read_u16(bytes + RESERVED_AT) != 0)
		return eif_fail_plain(failure, EIF_E_RESERVED, RESERVED_AT);
	if (read_u32(bytes + UNUSED_AT) != 0)
		return eif_fail_plain(failure, EIF_E_RESERVED, UNUSED_AT);
	eif->is_arm64 = (flags & FLAG_ARM64) != 0;
	eif->default_memory = read_u64(bytes + MEMORY_AT);
	eif->default_cpus = read_u64(bytes + CPUS_AT);
	return EIF_OK;
}

static enum eif_error read_table(const uint8_t *bytes,
				 struct eif_header *header,
				 struct eif_failure *failure)
{
	header->section_count = read_u16(bytes + COUNT_AT);
	if (header->section_count == 0 ||
	    header->section_count > EIF_SECTIONS_MAX)
		return eif_fail(failure, EIF_E_SECTION_COUNT, COUNT_AT,
				"%zu sections", header->section_count);
	for (size_t i = 0; i < EIF_SECTIONS_MAX; i++) {
		size_t offset_at = OFFSETS_AT + i * sizeof(uint64_t);
		size_t size_at = SIZES_AT + i * sizeof(uint64_t);

		header->offsets[i] = read_u64(bytes + offset_at);
		header->sizes[i] = read_u64(bytes + size_at);
		if (i < header->section_count)
			continue;
		if (header->offsets[i] != 0)
			return eif_fail(failure, EIF_E_TABLE_UNUSED, offset_at,
					"entry %zu of %zu sections", i + 1,
					header->section_count);
		if (header->sizes[i] != 0)
			return eif_fail(failure, EIF_E_TABLE_UNUSED, size_at,
					"entry %zu of %zu sections", i + 1,
					header->section_count);
	}
	return EIF_OK;
}

enum eif_error header_parse(const uint8_t bytes[static EIF_HEADER_SIZE],
			    struct eif *eif, struct eif_header *ret_header,
			    struct eif_failure *reterr_failure)
{
	enum eif_error e = read_fields(bytes, eif, reterr_failure);

	if (e != EIF_OK)
		return e;
	ret_header->crc32 = read_u32(bytes + EIF_CRC_OFFSET);
	eif->crc32 = ret_header->crc32;
	return read_table(bytes, ret_header, reterr_failure);
}

/* What may be said of each type of section. */
static const struct section_row {
	const char *name; /* NULL: there is no such type */
	unsigned since;	  /* version of the format */
	uint64_t max_size;
	unsigned rank; /* measured sections stand in this order; 0: anywhere */
	bool repeats;
} section_rows[] = {
	[EIF_SECTION_KERNEL] = { "kernel", 2, UINT64_MAX, 1, false },
	[EIF_SECTION_CMDLINE] = { "cmdline", 2, UINT64_MAX, 2, false },
	[EIF_SECTION_RAMDISK] = { "ramdisk", 2, UINT64_MAX, 3, true },
	[EIF_SECTION_SIGNATURE] = { "signature", 3, EIF_SIGNATURE_MAX, 0,
				    false },
	[EIF_SECTION_METADATA] = { "metadata", 4, EIF_METADATA_MAX, 0, false },
};

const char *eif_section_text(enum eif_section_type type)
{
	return section_rows[type].name;
}

/* The hypervisor may find sections by the table, others find them one behind the
 * other; both must see the same ones. */
static enum eif_error compare_table(const struct eif_header *header,
				    size_t index, uint64_t offset,
				    uint64_t size, struct eif_failure *failure)
{
	const size_t entry = index * sizeof(uint64_t);
	const uint64_t told = header->offsets[index];

	if (told != offset)
		return eif_fail(failure,
				told < offset ? EIF_E_OVERLAP : EIF_E_GAP,
				OFFSETS_AT + entry,
				"section %zu: the table says byte %" PRIu64
				", it begins at byte %" PRIu64,
				index + 1, told, offset);
	if (header->sizes[index] != size)
		return eif_fail(failure, EIF_E_TABLE_SIZE, SIZES_AT + entry,
				"section %zu: the table says %" PRIu64
				" bytes, its header %" PRIu64,
				index + 1, header->sizes[index], size);
	return EIF_OK;
}

/* May a section of this type stand behind those before it? */
static enum eif_error check_place(const struct eif *eif, unsigned type,
				  uint64_t offset, struct eif_failure *failure)
{
	const struct section_row *row = &section_rows[type];

	for (size_t i = 0; i < eif->section_count; i++) {
		const struct section_row *before =
			&section_rows[eif->sections[i].type];

		if (before == row && !row->repeats)
			return eif_fail(failure, EIF_E_SECTION_TWICE, offset,
					"a second %s", row->name);
		if (row->rank != 0 && before->rank > row->rank)
			return eif_fail(failure, EIF_E_SECTION_ORDER, offset,
					"a %s behind a %s", row->name,
					before->name);
	}
	return EIF_OK;
}

static enum eif_error check_type(const struct eif *eif, unsigned type,
				 uint64_t offset, struct eif_failure *failure)
{
	if (type >= ARRAY_SIZE(section_rows) || section_rows[type].name == NULL)
		return eif_fail(failure, EIF_E_SECTION_TYPE, offset, "type %u",
				type);
	if (section_rows[type].since > eif->version)
		return eif_fail(failure, EIF_E_SECTION_VERSION, offset,
				"a %s section in version %u; it exists since "
				"version %u",
				section_rows[type].name, (unsigned)eif->version,
				section_rows[type].since);
	return EIF_OK;
}

enum eif_error
section_parse(const uint8_t bytes[static EIF_SECTION_HEADER_SIZE],
	      uint64_t offset, const struct eif_header *header, struct eif *eif,
	      struct eif_failure *reterr_failure)
{
	const unsigned type = read_u16(bytes);
	const unsigned flags = read_u16(bytes + SECTION_FLAGS_AT);
	const uint64_t size = read_u64(bytes + SECTION_SIZE_AT);
	enum eif_error e;

	e = compare_table(header, eif->section_count, offset, size,
			  reterr_failure);
	if (e == EIF_OK)
		e = check_type(eif, type, offset, reterr_failure);
	if (e == EIF_OK)
		e = check_place(eif, type, offset, reterr_failure);
	if (e != EIF_OK)
		return e;
	if (flags != 0)
		return eif_fail(reterr_failure, EIF_E_SECTION_FLAGS,
				offset + SECTION_FLAGS_AT, "flags 0x%04x",
				flags);
	if (size > section_rows[type].max_size)
		return eif_fail(reterr_failure, EIF_E_SECTION_SIZE,
				offset + SECTION_SIZE_AT,
				"a %s of %" PRIu64 " bytes; at most %" PRIu64,
				section_rows[type].name, size,
				section_rows[type].max_size);
	eif->sections[eif->section_count++] = (struct eif_section){
		(enum eif_section_type)type,
		offset,
		size,
	};
	return EIF_OK;
}
