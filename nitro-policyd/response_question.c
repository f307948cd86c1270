/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/response_question.h"

#define PARTS 5u

static void list_parts(struct response_input *input,
		       struct span *ret_parts[static PARTS])
{
	ret_parts[0] = &input->message;
	ret_parts[1] = &input->signature;
	ret_parts[2] = &input->claimed_key;
	ret_parts[3] = &input->sent_payload;
	ret_parts[4] = &input->sent_metadata;
}

size_t response_question_size(const struct response_input *input)
{
	return input->message.size + input->signature.size +
	       input->claimed_key.size + input->sent_payload.size +
	       input->sent_metadata.size;
}

struct response_question *
response_question_new(const struct response_input *input)
{
	struct response_question *question =
		calloc(1, sizeof(*question) + response_question_size(input));
	struct span *parts[PARTS];
	uint8_t *next;

	if (question == NULL)
		return NULL;
	question->key_name = "";
	question->input = *input;
	list_parts(&question->input, parts);
	next = question->bytes;
	for (size_t i = 0; i < PARTS; i++) {
		if (span_is_absent(*parts[i]))
			continue;
		memcpy(next, parts[i]->data, parts[i]->size);
		parts[i]->data = next;
		next += parts[i]->size;
	}
	return question;
}

void response_question_free(struct response_question *question)
{
	free(question);
}
