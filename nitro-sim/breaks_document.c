/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breaks of the payload: the map that the leaf signs. All are signed correctly.
 */
#include "config.h"

#include "nitro-sim/breaks.h"
#include "nitro-sim/encode.h"

static void other_module_id(struct payload_draft *payload)
{
	struct bytes *value = &payload->fields[PAYLOAD_MODULE_ID].value;

	/* The last digit of the enclave's id. */
	value->data[value->size - 1] ^= 1;
}

static void other_pcr4(struct payload_draft *payload)
{
	payload->pcrs[4].value.data[0] ^= 1;
	payload_encode_pcrs(payload);
}

const struct sim_break breaks_of_document[] = {
	{ .name = "leaf-name-other",
	  .sentence = "module_id names another enclave than the leaf.",
	  .reason = "leaf-name-mismatch",
	  .payload = other_module_id },
	{ .name = "pcr4-other",
	  .sentence = "PCR4 is that of another instance.",
	  .reason = "instance-mismatch",
	  .payload = other_pcr4 },
	{ 0 },
};
