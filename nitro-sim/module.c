/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-sim/module.h"

#include <sys/random.h>
#include <time.h>

#include "base/clock.h"
#include "base/time_text.h"
#include "nitro-sim/breaks.h"
#include "nitro-sim/document.h"

/* What nsm-check of AWS's nsm-api finds in a fresh enclave: PCRs 0 to 15. */
#define LOCKED_PCRS UINT32_C(0xffff)

/* What a response points into until it is written. */
struct answer {
	struct nsm_response response;
	struct bytes document;
	uint8_t buffer[NSM_RANDOM_SIZE];
	char module_id[OPTIONS_MODULE_ID_SIZE];
};

void module_clear(struct module *module)
{
	chain_free(module->chain);
	module->chain = NULL;
}

/* The chain to sign with at the options' time: the present one while it lasts. */
static int renew_chain(struct module *module,
		       const struct document_options *options)
{
	struct chain *chain;
	int r;

	if (module->chain != NULL &&
	    options->time_ms >= module->chain_time_ms &&
	    options->time_ms < module->chain_time_ms + MODULE_LEAF_MS)
		return 0;
	r = chain_new(module->authority, options, &chain);
	if (r < 0)
		return r;
	chain_free(module->chain);
	module->chain = chain;
	module->chain_time_ms = options->time_ms;
	return 0;
}

static void take_field(struct span *field, struct span requested)
{
	if (!span_is_absent(requested))
		*field = requested;
}

static enum nsm_error attest(struct module *module,
			     const struct nsm_request *request,
			     struct answer *answer)
{
	struct document_options options = module->options;

	if (!module->has_fixed_time)
		options.time_ms = clock_realtime_ms();
	take_field(&options.nonce, request->nonce);
	take_field(&options.public_key, request->public_key);
	take_field(&options.user_data, request->user_data);
	if (options.broken != NULL && options.broken->options != NULL)
		options.broken->options(&options);
	if (renew_chain(module, &options) < 0 ||
	    document_append(module->chain, &options, &answer->document) < 0)
		return NSM_INTERNAL_ERROR;
	answer->response.bytes = bytes_span(&answer->document);
	return NSM_SUCCESS;
}

static enum nsm_error describe_nsm(const struct module *module,
				   struct answer *answer)
{
	struct nsm_response *response = &answer->response;

	options_module_id(&module->options, answer->module_id);
	response->version_major = 1;
	response->module_id = span_of_text(answer->module_id);
	response->max_pcrs = NSM_PCR_COUNT;
	response->locked_pcrs = LOCKED_PCRS;
	response->digest = span_of_text("SHA384");
	return NSM_SUCCESS;
}

static enum nsm_error describe_pcr(const struct module *module, unsigned index,
				   struct answer *answer)
{
	if (index >= NSM_PCR_COUNT)
		return NSM_INVALID_INDEX;
	if (document_pcr(&module->options, index, answer->buffer) < 0)
		return NSM_INTERNAL_ERROR;
	answer->response.is_locked = (LOCKED_PCRS >> index & 1) != 0;
	answer->response.bytes = span_of(answer->buffer, ATTEST_SHA384_SIZE);
	return NSM_SUCCESS;
}

static enum nsm_error get_random(struct answer *answer)
{
	if (getrandom(answer->buffer, NSM_RANDOM_SIZE, 0) != NSM_RANDOM_SIZE)
		return NSM_INTERNAL_ERROR;
	answer->response.bytes = span_of(answer->buffer, NSM_RANDOM_SIZE);
	return NSM_SUCCESS;
}

static enum nsm_error perform(struct module *module,
			      const struct nsm_request *request,
			      struct answer *answer)
{
	answer->response.operation = request->operation;
	switch (request->operation) {
	case NSM_DESCRIBE_NSM:
		return describe_nsm(module, answer);
	case NSM_GET_RANDOM:
		return get_random(answer);
	case NSM_DESCRIBE_PCR:
		return describe_pcr(module, request->index, answer);
	case NSM_ATTESTATION:
		return attest(module, request, answer);
	case NSM_OPERATION_COUNT:
		break;
	}
	return NSM_INVALID_OPERATION;
}

size_t module_answer(void *context, struct span request,
		     uint8_t ret_response[static NSM_RESPONSE_MAX])
{
	struct answer answer = { .document = BYTES_EMPTY };
	struct nsm_request read;
	enum nsm_error error;
	size_t size;

	error = nsm_request_read(request, &read);
	if (error == NSM_SUCCESS)
		error = perform(context, &read, &answer);
	answer.response.error = error;
	size = nsm_response_write(&answer.response, ret_response,
				  NSM_RESPONSE_MAX);
	if (size == 0) {
		answer.response.error = NSM_BUFFER_TOO_SMALL;
		size = nsm_response_write(&answer.response, ret_response,
					  NSM_RESPONSE_MAX);
	}
	bytes_clear(&answer.document);
	return size;
}
