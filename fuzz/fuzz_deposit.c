/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers as any host may give them to an enclave that deposits a document. What is
 * accepted can be written again, and says the same.
 */
#include "config.h"

#include <stdlib.h>

#include "nitro-attest/deposit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t bytes[DEPOSIT_ANSWER_MAX];
	static uint8_t frame[DEPOSIT_HEAD_SIZE + DEPOSIT_ANSWER_MAX];
	struct deposit_answer answer;

	if (size > sizeof(bytes))
		return 0;
	if (size > 0)
		memcpy(bytes, data, size);
	if (deposit_read_answer(bytes, size, &answer) < 0)
		return 0;
	require((answer.kind == DEPOSIT_SEALED) == (answer.sealed.size > 0));
	if (answer.sealed.size > DEPOSIT_ANSWER_MAX / 2)
		return 0;
	require(deposit_write_answer(&answer, frame) ==
		size + DEPOSIT_HEAD_SIZE);
	require(memcmp(frame + DEPOSIT_HEAD_SIZE, data, size) == 0);
	return 0;
}
