/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A response that is to be verified, with its own copy of all bytes, and what came
 * of it.
 */
#ifndef NITRO_POLICYD_RESPONSE_QUESTION_H
#define NITRO_POLICYD_RESPONSE_QUESTION_H

#include "base/cleanup.h"
#include "base/compiler.h"
#include "response/response.h"

struct response_question {
	struct response_input input; /* points behind this struct */

	/* The answer. */
	const char *key_name; /* static text; "" when there is no key */
	struct response_failure failure;
	uint8_t bytes[];
};

/* NULL when memory is exhausted. */
struct response_question *
response_question_new(const struct response_input *input) _must_use_;
void response_question_free(struct response_question *question);

/* Bytes that it will hold. */
size_t response_question_size(const struct response_input *input);

#endif
