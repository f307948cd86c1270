/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence (RFC 9334): an attestation document that was verified. The struct is
 * opaque and immutable, and attest_verify() is the only function that makes one:
 * holding a `const struct evidence *` is the proof that level 1 holds. Every span
 * and string points into the evidence and lives as long as it.
 */
#ifndef NITRO_ATTEST_EVIDENCE_H
#define NITRO_ATTEST_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "attest/limits.h"
#include "base/cleanup.h"
#include "base/span.h"

enum evidence_kind {
	EVIDENCE_ENCLAVE,  /* `pcrs`: AWS Nitro Enclave */
	EVIDENCE_NITROTPM, /* `nitrotpm_pcrs`: instance with NitroTPM */
};

struct evidence;

struct evidence_certificate {
	const char *subject; /* RFC 4514 order: "CN=…,OU=AWS,…"; root first */
	int64_t not_before; /* seconds since 1970, first second of validity */
	int64_t not_after;  /* last second of validity */
	uint8_t sha256[ATTEST_SHA256_SIZE]; /* of the DER certificate */
};

void evidence_free(struct evidence *evidence);
DEFINE_CLEANUP(struct evidence *, evidence_free)

enum evidence_kind evidence_kind(const struct evidence *evidence);
/* "enclave" or "nitrotpm", as images.d writes it. */
const char *evidence_kind_name(enum evidence_kind kind);

/* Text of 1..ATTEST_MODULE_ID_MAX printable characters, NUL-terminated. */
const char *evidence_module_id(const struct evidence *evidence);
/* Milliseconds since 1970, > 0, as the hypervisor's clock gave it. */
uint64_t evidence_timestamp_ms(const struct evidence *evidence);
/* Always "SHA384". */
const char *evidence_digest(const struct evidence *evidence);
/* How AWS wrote the outer map: indefinite since mid-2025. */
bool evidence_map_is_indefinite(const struct evidence *evidence);

/* SPAN_ABSENT for an index that the document does not carry (any index is
 * allowed). All present PCRs have one size: 32, 48 or 64. */
struct span evidence_pcr(const struct evidence *evidence, unsigned index);
/* Enclave kind with PCR0, PCR1 and PCR2 all zero or absent. PCR4 stays set in
 * debug mode, so "all PCRs are zero" would never hold. */
bool evidence_is_debug(const struct evidence *evidence);
/* What PCR4 of an enclave measures: SHA384(0^48 || instance id), the instance id
 * being the part of module_id before "-enc" (AWS, "Where to get an enclave's
 * measurements"). SPAN_ABSENT for NitroTPM, whose PCR4 is something else, and for
 * a module_id without that part. */
struct span evidence_expected_pcr4(const struct evidence *evidence);

/* SPAN_ABSENT when missing or null; empty and present is possible. */
struct span evidence_public_key(const struct evidence *evidence);
struct span evidence_user_data(const struct evidence *evidence);
/* SHA-256 of user_data; SPAN_ABSENT where that is. */
struct span evidence_user_data_sha256(const struct evidence *evidence);
struct span evidence_nonce(const struct evidence *evidence);

/* Root first, leaf last; 2..ATTEST_CHAIN_MAX certificates. */
size_t evidence_chain_length(const struct evidence *evidence);
const struct evidence_certificate *
evidence_certificate(const struct evidence *evidence, size_t index);
/* The commonName of the leaf, "" when it has none or several. */
const char *evidence_leaf_common_name(const struct evidence *evidence);
/* The label of the trusted root that the chain begins with. */
const char *evidence_root_label(const struct evidence *evidence);

/* SHA-256 of the signed payload: names this document. Unlike a hash of the whole
 * envelope it does not change when somebody replaces s by n - s. */
struct span evidence_payload_sha256(const struct evidence *evidence);

/* Judged at this time: the caller's now_ms, or the document's own timestamp. */
int64_t evidence_judged_at_ms(const struct evidence *evidence);
/* The nonce was compared and is equal; the age was compared and is in bounds. */
bool evidence_nonce_was_checked(const struct evidence *evidence);
bool evidence_age_was_checked(const struct evidence *evidence);

#endif
