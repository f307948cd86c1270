/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/question.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int copy_text(const char *text, char **ret_text)
{
	if (text == NULL)
		return 0;

	*ret_text = strdup(text);
	return *ret_text != NULL ? 0 : -ENOMEM;
}

int question_copy(const struct request *request, struct question *ret_question)
{
#define COPY_TEXT(name)                                                        \
	if (copy_text(request->name, &ret_question->name) < 0)                 \
		return -ENOMEM;
	QUESTION_TEXTS(COPY_TEXT)
#undef COPY_TEXT
	if (span_is_absent(request->ssh_key))
		return 0;

	ret_question->ssh_key = malloc(request->ssh_key.size);
	if (ret_question->ssh_key == NULL)
		return -ENOMEM;

	memcpy(ret_question->ssh_key, request->ssh_key.data,
	       request->ssh_key.size);
	ret_question->ssh_key_size = request->ssh_key.size;
	return 0;
}

void question_clear(struct question *question)
{
#define FREE_TEXT(name) free(question->name);
	QUESTION_TEXTS(FREE_TEXT)
#undef FREE_TEXT
	free(question->ssh_key);
	groups_clear(&question->groups);
	*question = (struct question){ 0 };
}

struct request question_request(const struct question *question)
{
	return (struct request){
#define TAKE_TEXT(name) .name = question->name,
		QUESTION_TEXTS(TAKE_TEXT)
#undef TAKE_TEXT
			.groups = (const char *const *)question->groups.names,
		.group_count = question->groups.count,
		.ssh_key = span_of(question->ssh_key, question->ssh_key_size),
	};
}
