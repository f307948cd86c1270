/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated Nitro Secure Module: an NSM request in, an NSM response out. As
 * in a genuine one, one leaf certificate signs documents for a while; PCRs 0 to
 * 15 are locked and none can be extended.
 */
#ifndef NITRO_SIM_MODULE_H
#define NITRO_SIM_MODULE_H

#include "nitro-sim/chain.h"
#include "nitro-sim/options.h"
#include "nsm/protocol.h"

/* A leaf is replaced after this time; it lives longer. Milliseconds. */
#define MODULE_LEAF_MS (INT64_C(2) * 60 * 60 * 1000)

struct module {
	const struct authority *authority; /* borrowed */
	/* What every document says, but for the fields that a request has. The
	 * time counts only when it is fixed. */
	struct document_options options;
	bool has_fixed_time;
	struct chain *chain; /* NULL until the first document */
	int64_t chain_time_ms;
};

void module_clear(struct module *module);
#define _cleanup_module_ _cleanup_(module_clear)

/* Answers one request, whatever it holds; an nsm_answer_function, `context` is
 * the module. Never 0: what goes wrong inside is an answer too. */
size_t module_answer(void *context, struct span request,
		     uint8_t ret_response[static NSM_RESPONSE_MAX]);

#endif
