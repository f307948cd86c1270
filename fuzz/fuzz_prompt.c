/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prompts as any server may write them. What is accepted must obey the limits of
 * the conversation, and be answered within them.
 */
#include "config.h"

#include <stdlib.h>

#include "nitro-attest/prompt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[7000];
	struct prompt_answer answer;
	struct prompt prompt;

	memset(text, 'A', sizeof(text));
	if (prompt_parse(span_of(data, size), &prompt) < 0)
		return 0;
	require(prompt.max >= PROMPT_ANSWER_MIN);
	require(prompt.max <= PROMPT_ANSWER_MAX);
	require(prompt.part >= 1 && prompt.part <= PROMPT_PART_MAX);
	require(strlen(prompt.user) <= PROMPT_NAME_MAX);
	require(strlen(prompt.host) <= PROMPT_NAME_MAX);
	if (prompt_answer(&prompt, span_of(text, sizeof(text)), &answer) < 0)
		return 0;
	require(prompt.part <= answer.total);
	require(strlen(answer.line) <= prompt.max + 1u);
	require(answer.line[strlen(answer.line) - 1] == '\n');
	return 0;
}
