/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every bound of the verifier, each with the paragraph that gives it. "AWS" is
 * docs/attestation_process.md of aws-nitro-enclaves-nsm-api; sizes are bytes.
 */
#ifndef NITRO_ATTEST_LIMITS_H
#define NITRO_ATTEST_LIMITS_H

/* A document never exceeds the NSM driver's response buffer of 12 KiB; 16 KiB of
 * payload (AWS 3.1) and its envelope are the most that is looked at. */
#define ATTEST_PAYLOAD_MAX  16384u
#define ATTEST_DOCUMENT_MAX (ATTEST_PAYLOAD_MAX + 256u)

/* Raw r || s for P-384 (RFC 9053 section 2.1). */
#define ATTEST_SIGNATURE_SIZE 96u
#define ATTEST_SCALAR_SIZE    48u

/* AWS 3.2.2: module_id is not empty; real ones have 39 characters. */
#define ATTEST_MODULE_ID_MAX 128u

/* AWS 3.2.2: PCR index 0..31, each 32, 48 or 64 bytes. */
#define ATTEST_PCR_COUNT    32u
#define ATTEST_PCR_SIZE_MAX 64u

/* AWS 3.2.2: certificates of 1..1024 bytes. The bundle holds root, regional,
 * zonal and instance certificate; 8 leaves room for AWS to add layers. */
#define ATTEST_CERTIFICATE_MAX 1024u
#define ATTEST_BUNDLE_MAX      8u
#define ATTEST_CHAIN_MAX       (ATTEST_BUNDLE_MAX + 1u)

/* public_key, user_data, nonce. The specification contradicts itself (512 or
 * 1024) and genuine documents carry 1024; a host may allow up to 4096. */
#define ATTEST_FIELD_DEFAULT 1024u
#define ATTEST_FIELD_MAX     4096u

/* Digests: SHA-256 of certificates and payloads, SHA-384 of PCRs. */
#define ATTEST_SHA256_SIZE 32u
#define ATTEST_SHA384_SIZE 48u

/* Subjects of genuine certificates have up to about 110 characters. */
#define ATTEST_SUBJECT_MAX 512u

/* Further roots beside the AWS root, and the length of their labels. */
#define ATTEST_ANCHOR_MAX 32u
#define ATTEST_LABEL_MAX  64u

/* Expected and actual value of a refusal, as text with its NUL. */
#define ATTEST_DETAIL_SIZE 256u

#endif
