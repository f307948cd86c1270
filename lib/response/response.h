/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Did the application of a verified document sign this? The key comes from
 * evidence; whatever a response says about its own key, or about what was signed,
 * is compared and never believed. Pure.
 */
#ifndef NITRO_RESPONSE_RESPONSE_H
#define NITRO_RESPONSE_RESPONSE_H

#include "base/cleanup.h"
#include "base/read_file.h"
#include "response/signature.h"

#define RESPONSE_MESSAGE_MAX 1048576u

enum response_kind {
	/* Any message, and its signature beside it. */
	RESPONSE_MESSAGE,
	/* The answer of a VisualSign parser, in the JSON of its gateway (or the
	 * members response or parsedTransaction of it alone): what is signed is
	 * computed from the payload. FORMATS.md section 8. */
	RESPONSE_VISUALSIGN,
	/* A Turnkey application proof in JSON: the signature is over the text
	 * of proofPayload. */
	RESPONSE_TURNKEY_PROOF,
};

/* "message", "visualsign", "turnkey-proof". False: none. */
bool response_kind_parse(const char *text,
			 enum response_kind *ret_kind) _must_use_;

/* Borrowed for the call. SPAN_ABSENT: not given, so not compared. */
struct response_input {
	enum response_kind kind;
	struct span message;
	/* For RESPONSE_MESSAGE alone; the other kinds carry theirs. */
	struct span signature;
	struct signature_scheme scheme;
	/* The key that the response claims to be signed by: as in public_key of
	 * the document, or as SubjectPublicKeyInfo. The other kinds carry it. */
	struct span claimed_key;
	/* VisualSign: the unsigned payload as it was sent, and the chain
	 * metadata in Borsh. When the one is given without the other, there was
	 * no metadata. */
	struct span sent_payload;
	struct span sent_metadata;
};

/* RESPONSE_OK, or one of the errors and the failure. */
enum response_error
response_verify(const struct key_library *library,
		const struct attested_key *key,
		const struct response_input *input,
		struct response_failure *reterr_failure) _must_use_;

/* What a VisualSign response brings along for its own document; each may be empty:
 * there is none. */
struct response_boot_proof {
	struct buffer document;
	struct buffer envelope; /* of the QOS manifest */
};

#define RESPONSE_BOOT_PROOF_EMPTY                                              \
	((struct response_boot_proof){ BUFFER_EMPTY, BUFFER_EMPTY })

void response_boot_proof_free(struct response_boot_proof proof);
DEFINE_CLEANUP(struct response_boot_proof, response_boot_proof_free)

/* Decodes it. RESPONSE_OK, or SIZE, JSON, FIELD, NO_MEMORY and the failure. What it
 * proves is for attest_verify() and a policy to say. */
enum response_error
response_read_boot_proof(struct span message,
			 struct response_boot_proof *ret_proof,
			 struct response_failure *reterr_failure) _must_use_;

#endif
