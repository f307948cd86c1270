/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enclave image files (EIF, versions 2 to 4): what is in one, and the PCRs that an
 * enclave started from it will have. The file is read once in small pieces and is
 * never executed, mapped or trusted. Everything that another reader could see in
 * another way is refused: the measurements must not depend on who measures.
 *
 * What the format leaves unmeasured cannot be refused; see eif_warnings().
 */
#ifndef NITRO_EIF_EIF_H
#define NITRO_EIF_EIF_H

#include "base/cleanup.h"
#include "base/compiler.h"
#include "base/read_file.h"
#include "base/span.h"

#define EIF_SECTIONS_MAX 32u
#define EIF_PCR_SIZE	 48u

/* Sections that are kept in memory; AWS's reader takes signatures of 32 KiB too. */
#define EIF_SIGNATURE_MAX 32768u
#define EIF_METADATA_MAX  (1024u * 1024u)

#define EIF_SUBJECT_SIZE 256u
#define EIF_DETAIL_SIZE	 256u

enum eif_section_type {
	EIF_SECTION_KERNEL = 1,
	EIF_SECTION_CMDLINE = 2,
	EIF_SECTION_RAMDISK = 3,
	EIF_SECTION_SIGNATURE = 4,
	EIF_SECTION_METADATA = 5,
};

struct eif_section {
	enum eif_section_type type;
	uint64_t offset; /* of its header, from the beginning of the file */
	uint64_t size;	 /* bytes of data, without the header */
};

/* The certificate of a signed file; its signature over PCR0 was verified. Nobody
 * vouches for the certificate: it means what its holder means to you. */
struct eif_signer {
	const char *algorithm; /* "ES256", "ES384", "ES512"; static */
	char subject[EIF_SUBJECT_SIZE];
	int64_t not_before, not_after; /* seconds since 1970 */
};

struct eif {
	uint16_t version;
	bool is_arm64;
	uint64_t default_memory; /* bytes */
	uint64_t default_cpus;
	uint32_t crc32; /* stands in the file and is right */
	struct eif_section sections[EIF_SECTIONS_MAX];
	size_t section_count;
	uint8_t pcr0[EIF_PCR_SIZE], pcr1[EIF_PCR_SIZE], pcr2[EIF_PCR_SIZE];
	bool is_signed;
	uint8_t pcr8[EIF_PCR_SIZE]; /* zero unless signed */
	struct eif_signer signer;   /* empty unless signed */
	/* The metadata section as it stands there, JSON if all is well; absent
	 * (NULL) without one. It belongs to the struct and is not measured. */
	struct buffer metadata;
};

/* code, stable name, sentence for people */
#define EIF_ERROR_TABLE(X)                                                     \
	X(NOT_REGULAR, "not-regular", "It is not a regular file.")             \
	X(READ, "read", "It cannot be read.")                                  \
	X(CHANGED, "changed", "It changed while it was being read.")           \
	X(MAGIC, "magic", "It is no EIF: it does not begin with '.eif'.")      \
	X(VERSION, "version", "This version of the format is not known.")      \
	X(FLAGS, "flags", "Flags are set that the format does not define.")    \
	X(RESERVED, "reserved", "A reserved field is not zero.")               \
	X(SECTION_COUNT, "section-count",                                      \
	  "A file has between 1 and 32 sections.")                             \
	X(TABLE_UNUSED, "table-unused",                                        \
	  "The header's table has an entry beyond the last section.")          \
	X(OVERLAP, "overlap",                                                  \
	  "The header's table lets a section begin inside the one before.")    \
	X(GAP, "gap",                                                          \
	  "The header's table lets a section begin where none stands.")        \
	X(TABLE_SIZE, "table-size",                                            \
	  "The header's table and the section's own header disagree about "    \
	  "its size.")                                                         \
	X(SECTION_TYPE, "section-type", "The type of a section is not known.") \
	X(SECTION_VERSION, "section-version",                                  \
	  "A section of this type is not part of this version.")               \
	X(SECTION_FLAGS, "section-flags", "A section has flags set.")          \
	X(SECTION_ORDER, "section-order",                                      \
	  "Kernel, command line and ramdisks do not stand in this order.")     \
	X(SECTION_TWICE, "section-twice",                                      \
	  "A section stands twice that may stand only once.")                  \
	X(SECTION_MISSING, "section-missing",                                  \
	  "The kernel or the command line is missing.")                        \
	X(SECTION_SIZE, "section-size",                                        \
	  "A section is larger than one of its type may be.")                  \
	X(TRUNCATED, "truncated", "It ends before what it says it holds.")     \
	X(TRAILING, "trailing", "Bytes follow the last section.")              \
	X(CRC, "crc", "The checksum is wrong: the file is damaged.")           \
	X(SIGNATURE_ENCODING, "signature-encoding",                            \
	  "The signature section is malformed.")                               \
	X(SIGNATURE_CERTIFICATE, "signature-certificate",                      \
	  "The signing certificate cannot be used.")                           \
	X(SIGNATURE_ALGORITHM, "signature-algorithm",                          \
	  "The signature's algorithm is unknown or does not fit the key.")     \
	X(SIGNATURE_PAYLOAD, "signature-payload",                              \
	  "The signature is over something else than PCR0 of this file.")      \
	X(SIGNATURE_INVALID, "signature-invalid",                              \
	  "The signature is not by the key of the certificate.")               \
	X(NO_MEMORY, "no-memory", "Memory is exhausted.")                      \
	X(INTERNAL, "internal", "The cryptographic library failed.")

enum eif_error {
	EIF_OK,
#define EIF_ERROR_CODE(code, name, text) EIF_E_##code,
	EIF_ERROR_TABLE(EIF_ERROR_CODE)
#undef EIF_ERROR_CODE
};

struct eif_failure {
	enum eif_error error;
	uint64_t offset; /* where in the file */
	/* Which value against which; "" when there is nothing to add. */
	char detail[EIF_DETAIL_SIZE];
};

/* Opens and measures a file. Nothing is followed or waited for: FIFOs and devices
 * are refused. READ has the errno in words as its detail. */
enum eif_error eif_read(const char *name, struct eif **ret_eif,
			struct eif_failure *reterr_failure) _must_use_;

/* The same for a descriptor that is open for reading, from offset 0; its position
 * does not count and does not change. */
enum eif_error eif_read_fd(int fd, struct eif **ret_eif,
			   struct eif_failure *reterr_failure) _must_use_;

void eif_free(struct eif *eif);
DEFINE_CLEANUP(struct eif *, eif_free)

/* "crc", … and "The checksum is wrong…"; static texts. */
const char *eif_error_name(enum eif_error error);
const char *eif_error_text(enum eif_error error);

/* "kernel", "cmdline", … */
const char *eif_section_text(enum eif_section_type type);

/* What equal PCRs do not say about this file, for people. */
struct eif_warning {
	const char *name; /* stable */
	const char *text;
};

#define EIF_WARNINGS_MAX 8u

/* Fills in what applies to the file at `now` (seconds since 1970); returns how
 * many. */
size_t eif_warnings(const struct eif *eif, int64_t now,
		    struct eif_warning ret_warnings[static EIF_WARNINGS_MAX]);

#endif
