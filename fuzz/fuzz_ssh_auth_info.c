/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: ssh_keys_read(). The input is SSH_AUTH_INFO_0; keys that were read must be
 * within bounds, and a refusal never allows.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "pam_nitro/ssh_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(ssh_keys_clear) struct ssh_keys keys = SSH_KEYS_EMPTY;
	_cleanup_free_ char *text = strndup((const char *)data, size);
	struct answer answer = { .kind = ANSWER_ALLOWED };

	if (text == NULL)
		return 0;
	if (!ssh_keys_read(text, &keys, &answer)) {
		if (answer.kind == ANSWER_ALLOWED || keys.count != 0)
			abort();
		return 0;
	}
	if (keys.count > SSH_KEYS_MAX)
		abort();
	for (size_t i = 0; i < keys.count; i++)
		if (keys.keys[i].blob.size == 0 ||
		    keys.keys[i].blob.size > SSH_KEYS_BLOB_MAX)
			abort();
	return 0;
}
