/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/bus_read.h"

#include "attest/limits.h"
#include "dbus/nitro_bus.h"

int bus_read_bytes(sd_bus_message *message, struct span *ret_bytes)
{
	const void *bytes;
	size_t size;
	int r = sd_bus_message_read_array(message, 'y', &bytes, &size);

	if (r < 0)
		return r;

	/* An empty array is present, though it has no address. */
	*ret_bytes = span_of(size > 0 ? bytes : "", size);
	return 0;
}

/* Printable ASCII: all texts go into logs and are held against patterns. That holds
 * for login names too, though some hosts could have others: two names that look
 * alike must not be two users of a rule. */
static bool is_printable(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;
	return true;
}

static bool is_within(const char *text, size_t max)
{
	return strnlen(text, max + 1) <= max;
}

static int read_name(sd_bus_message *message, const char *what, size_t max,
		     const char **ret_name, sd_bus_error *reterr_error)
{
	const char *name;
	int r = sd_bus_message_read_basic(message, 's', &name);

	if (r < 0)
		return r;

	/* A service names a file in /etc/pam.d. */
	if (name[0] == '\0' || !is_within(name, max) || !is_printable(name) ||
	    strchr(name, '/') != NULL)
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"The %s is not 1 to %zu printable ASCII characters "
			"without '/'.",
			what, max);
	*ret_name = name;
	return 0;
}

int bus_read_request(sd_bus_message *message, struct request *ret_request,
		     sd_bus_error *reterr_error)
{
	int r = read_name(message, "service", REQUEST_SERVICE_MAX,
			  &ret_request->service, reterr_error);

	if (r < 0)
		return r;
	return read_name(message, "user", REQUEST_USER_MAX, &ret_request->user,
			 reterr_error);
}

int bus_read_document(sd_bus_message *message, struct span *ret_document,
		      sd_bus_error *reterr_error)
{
	int r = bus_read_bytes(message, ret_document);

	if (r < 0)
		return r;
	if (ret_document->size == 0)
		*ret_document = SPAN_ABSENT;
	else if (ret_document->size > ATTEST_DOCUMENT_MAX)
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"The document has %zu bytes; at most %u are allowed.",
			ret_document->size, ATTEST_DOCUMENT_MAX);
	return 0;
}

int bus_read_nonce(sd_bus_message *message, struct span *ret_nonce,
		   sd_bus_error *reterr_error)
{
	int r = bus_read_bytes(message, ret_nonce);

	if (r < 0)
		return r;
	if (ret_nonce->size == 0)
		*ret_nonce = SPAN_ABSENT;
	else if (ret_nonce->size != NITRO_NONCE_SIZE)
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"The nonce has %zu bytes; it is the %d bytes of "
			"CreateChallenge, or empty.",
			ret_nonce->size, NITRO_NONCE_SIZE);
	return 0;
}

int bus_read_origin(sd_bus_message *message, const char *what, size_t max,
		    const char **ret_text, sd_bus_error *reterr_error)
{
	int r = sd_bus_message_read_basic(message, 's', ret_text);

	if (r < 0)
		return r;
	if (!is_within(*ret_text, max) || !is_printable(*ret_text))
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"The option '%s' is not at most %zu printable ASCII "
			"characters.",
			what, max);
	return 0;
}
