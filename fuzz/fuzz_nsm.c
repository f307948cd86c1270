/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NSM messages from either side. What is accepted must come back the same when it
 * is written and read again; a refused message leaves the record untouched.
 */
#include "config.h"

#include <stdlib.h>

#include "nsm/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void try_request(struct span message)
{
	struct nsm_request read, again;
	uint8_t bytes[NSM_REQUEST_MAX + 64];
	size_t size;

	if (nsm_request_read(message, &read) != NSM_SUCCESS)
		return;
	/* Fields that were left out are written as null: 64 bytes suffice. */
	size = nsm_request_write(&read, bytes, sizeof(bytes));
	require(size > 0);
	if (size > NSM_REQUEST_MAX)
		return;
	require(nsm_request_read(span_of(bytes, size), &again) == NSM_SUCCESS);
	require(again.operation == read.operation && again.index == read.index);
	require(span_equal(again.user_data, read.user_data));
	require(span_equal(again.nonce, read.nonce));
	require(span_equal(again.public_key, read.public_key));
}

static void try_response(struct span message)
{
	struct nsm_response read, again;
	uint8_t bytes[NSM_RESPONSE_MAX];
	size_t size;

	if (nsm_response_read(message, &read) < 0)
		return;
	size = nsm_response_write(&read, bytes, sizeof(bytes));
	require(size > 0);
	require(nsm_response_read(span_of(bytes, size), &again) == 0);
	require(again.error == read.error);
	require(again.operation == read.operation);
	require(span_equal(again.bytes, read.bytes));
	require(again.locked_pcrs == read.locked_pcrs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_request(span_of(data, size));
	try_response(span_of(data, size));
	return 0;
}
