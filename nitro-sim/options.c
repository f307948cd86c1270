/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-sim/options.h"

#include <stdio.h>

#define HEX_DIGITS	  "0123456789abcdef"
#define INSTANCE_PREFIX	  "i-"
#define ENCLAVE_ID_DIGITS 16u

void document_options_init(struct document_options *options, int64_t time_ms)
{
	*options = (struct document_options){
		.kind = EVIDENCE_ENCLAVE,
		.instance_id = "i-0123456789abcdef0",
		.enclave_id = "0123456789abcdef",
		.region = "us-east-1",
		.time_ms = time_ms,
	};
}

bool options_instance_id_is_valid(const char *text)
{
	size_t prefix = strlen(INSTANCE_PREFIX);
	size_t digits;

	if (strncmp(text, INSTANCE_PREFIX, prefix) != 0)
		return false;
	digits = strlen(text + prefix);
	return digits >= 8 && digits <= 17 &&
	       strspn(text + prefix, HEX_DIGITS) == digits;
}

bool options_enclave_id_is_valid(const char *text)
{
	return strlen(text) == ENCLAVE_ID_DIGITS &&
	       strspn(text, HEX_DIGITS) == ENCLAVE_ID_DIGITS;
}

bool options_region_is_valid(const char *text)
{
	size_t size = strlen(text);

	return size >= 1 && size <= OPTIONS_REGION_MAX &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == size;
}

void options_module_id(const struct document_options *options,
		       char ret_text[static OPTIONS_MODULE_ID_SIZE])
{
	bool is_enclave = options->kind == EVIDENCE_ENCLAVE;

	snprintf(ret_text, OPTIONS_MODULE_ID_SIZE, "%s-%s%s",
		 options->instance_id, is_enclave ? "enc" : "tpm",
		 is_enclave ? options->enclave_id : "0000000000000000");
}
