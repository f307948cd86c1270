/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-attest/fetch.h"

#include "base/hex.h"
#include "nsm/protocol.h"
#include "nsm/transport.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>

static int new_buffer(struct span bytes, struct buffer *ret_buffer)
{
	uint8_t *data = malloc(bytes.size + 1);

	if (data == NULL)
		return -ENOMEM;
	if (bytes.size > 0)
		memcpy(data, bytes.data, bytes.size);
	data[bytes.size] = '\0';
	*ret_buffer = (struct buffer){ data, bytes.size };
	return 0;
}

static int read_field_file(const char *name, const char *path,
			   struct buffer *ret_field)
{
	const struct read_file_limits limits = { .max_size = NSM_REQUEST_MAX };
	int r;

	r = read_file_at(AT_FDCWD, path, &limits, ret_field);
	if (r < 0)
		warnx("%s: %s: %s", name, path, read_file_explain(r));
	return r;
}

static int read_field(const char *name, const char *value,
		      struct buffer *ret_field)
{
	uint8_t bytes[NSM_REQUEST_MAX];
	size_t size;
	int r;

	if (value[0] == '@')
		return read_field_file(name, value + 1, ret_field);
	r = hex_decode(span_of_text(value), bytes, sizeof(bytes), &size);
	if (r < 0) {
		warnx("%s: expected at most %u bytes in hexadecimal, or @FILE.",
		      name, NSM_REQUEST_MAX);
		return r;
	}
	return new_buffer(span_of(bytes, size), ret_field);
}

static int read_public_key(const char *value, struct buffer *ret_key)
{
	const char *path = secure_getenv("NITRO_PUBLIC_KEY_FILE");

	if (value != NULL)
		return read_field("public key", value, ret_key);
	if (path != NULL)
		return read_field_file("public key", path, ret_key);
	return 0;
}

static const char *choose_nsm(const char *option)
{
	const char *path = secure_getenv("NITRO_NSM");

	if (option != NULL)
		return option;
	return path != NULL ? path : NSM_DEVICE;
}

/* Sends the request and takes the document out of the answer, a view into
 * `response`. */
static int ask(const char *nsm, const struct nsm_request *request,
	       uint8_t response[static NSM_RESPONSE_MAX],
	       struct span *ret_document)
{
	uint8_t bytes[NSM_REQUEST_MAX];
	struct nsm_response answer;
	size_t size;
	int r;

	size = nsm_request_write(request, bytes, sizeof(bytes));
	if (size == 0) {
		warnx("Nonce, user data and public key together exceed what "
		      "fits into a request of %u bytes.",
		      NSM_REQUEST_MAX);
		return -EMSGSIZE;
	}
	r = nsm_exchange(nsm, span_of(bytes, size), NSM_DEADLINE_MS, response,
			 &size);
	if (r < 0) {
		warnx("%s: %s", nsm, nsm_exchange_explain(r));
		return r;
	}
	r = nsm_response_read(span_of(response, size), &answer);
	if (r < 0) {
		warnx("%s: The answer is not one of an NSM.", nsm);
		return r;
	}
	if (answer.error != NSM_SUCCESS) {
		warnx("%s: %s: %s", nsm, nsm_error_name(answer.error),
		      nsm_error_sentence(answer.error));
		return -EREMOTEIO;
	}
	if (answer.operation != NSM_ATTESTATION || answer.bytes.size == 0) {
		warnx("%s: The answer holds no attestation document.", nsm);
		return -EBADMSG;
	}
	*ret_document = answer.bytes;
	return 0;
}

/* A buffer that was never read has no data: its span is absent. */
int fetch_document(const struct fetch_options *options, struct span nonce,
		   struct buffer *ret_document)
{
	_cleanup_(buffer_freep) struct buffer given_nonce = BUFFER_EMPTY;
	_cleanup_(buffer_freep) struct buffer user_data = BUFFER_EMPTY;
	_cleanup_(buffer_freep) struct buffer public_key = BUFFER_EMPTY;
	uint8_t response[NSM_RESPONSE_MAX];
	struct nsm_request request;
	struct span document;
	int r = 0;

	if (options->nonce != NULL)
		r = read_field("nonce", options->nonce, &given_nonce);
	if (r == 0 && options->user_data != NULL)
		r = read_field("user data", options->user_data, &user_data);
	if (r == 0 && span_is_absent(options->key))
		r = read_public_key(options->public_key, &public_key);
	if (r < 0)
		return r;
	if (span_is_absent(nonce))
		nonce = buffer_span(&given_nonce);
	request = (struct nsm_request){
		.operation = NSM_ATTESTATION,
		.nonce = nonce,
		.user_data = buffer_span(&user_data),
		.public_key = span_is_absent(options->key)
				      ? buffer_span(&public_key)
				      : options->key,
	};
	r = ask(choose_nsm(options->nsm), &request, response, &document);
	if (r < 0)
		return r;
	return new_buffer(document, ret_document);
}
