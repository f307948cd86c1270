/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a simulated document shall say. Plain data with defaults; the texts are
 * checked here, because they end up in certificates that others read.
 */
#ifndef NITRO_SIM_OPTIONS_H
#define NITRO_SIM_OPTIONS_H

#include "attest/evidence.h"
#include "attest/limits.h"
#include "base/compiler.h"
#include "base/span.h"

struct sim_break;

/* "i-" and 17 digits, "-enc" and 16 digits: 39 characters, as genuine ones. */
#define OPTIONS_MODULE_ID_SIZE 64

/* A region of at most this many characters leaves room for the leaf's name
 * within the 64 characters of a commonName (RFC 5280 appendix A). */
#define OPTIONS_REGION_MAX 20u

struct document_options {
	enum evidence_kind kind;
	const char *instance_id; /* "i-" and 8 to 17 hexadecimal digits */
	const char *enclave_id;	 /* 16 hexadecimal digits; enclave only */
	const char *region;
	int64_t time_ms; /* since 1970; of the document, and the chain fits it */
	bool debug;	 /* PCR0, PCR1 and PCR2 are zero; enclave only */
	/* Values of ATTEST_SHA384_SIZE bytes that replace the simulated ones. */
	struct {
		bool is_set;
		uint8_t value[ATTEST_SHA384_SIZE];
	} pcrs[ATTEST_PCR_COUNT];
	/* Borrowed; SPAN_ABSENT is written as null, as AWS does. */
	struct span nonce;
	struct span public_key;
	struct span user_data;
	bool definite_map; /* as AWS wrote it until mid-2025 */
	bool tagged;	   /* CBOR tag 18 in front, which AWS never writes */
	/* What is wrong with the document on purpose; NULL: nothing. */
	const struct sim_break *broken;
};

/* An enclave on i-0123456789abcdef0 in us-east-1, at `time_ms`. */
void document_options_init(struct document_options *options, int64_t time_ms);

bool options_instance_id_is_valid(const char *text);
bool options_enclave_id_is_valid(const char *text);
bool options_region_is_valid(const char *text);

/* "<instance>-enc<enclave>" or "<instance>-tpm0000000000000000". */
void options_module_id(const struct document_options *options,
		       char ret_text[static OPTIONS_MODULE_ID_SIZE]);

#endif
