/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values of PCRs and of user_data, written in hex or as what they are computed
 * of: role:ARN, instance:ID, certificate:FILE, sha256:HEX. And which host this is.
 */
#ifndef NITRO_POLICY_COMPUTED_H
#define NITRO_POLICY_COMPUTED_H

#include "policy/loader.h"

struct pcr_value {
	uint8_t bytes[ATTEST_PCR_SIZE_MAX];
	size_t size; /* 0: it was reported that there is none */
	bool is_computed;
};

/* Reads field->value as the value of PCR `index`. */
enum policy_error pcr_read(const struct field *field, unsigned index,
			   struct pcr_value *ret_value) _must_use_;

/* Gives the instance that this host is; false when it was reported that it is not
 * known to be any. */
bool this_instance_read(const struct field *field,
			char ret_id[static POLICY_INSTANCE_ID_SIZE]);

/* Reads field->value as user_data, and gives its SHA-256. */
enum policy_error
user_data_read(const struct field *field, bool *ret_given,
	       uint8_t ret_sha256[static ATTEST_SHA256_SIZE]) _must_use_;

#endif
