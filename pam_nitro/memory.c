/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "pam_nitro/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "client/refusal.h"

/* Of the data in the handle, and of the variable. */
static const char data_name[] = "pam_nitro_verdict";
static const char id_name[] = "NITRO_VERDICT";

#define NAME_MAX_SIZE 16
#define VARIABLE_SIZE (NAME_MAX_SIZE + ANSWER_NAME_SIZE + 2)

static const char *const session_names[] = { "NITRO_LEVEL", "NITRO_IMAGE",
					     "NITRO_RELEASE",
					     "NITRO_MODULE_ID" };

static void free_memory(pam_handle_t *pamh _unused_, void *data,
			int status _unused_)
{
	free(data);
}

/* "" takes the variable away. */
static bool export_text(pam_handle_t *pamh, const char *name, const char *text)
{
	char variable[VARIABLE_SIZE];

	if (*text == '\0')
		return pam_getenv(pamh, name) == NULL ||
		       pam_putenv(pamh, name) == PAM_SUCCESS;
	snprintf(variable, sizeof(variable), "%s=%s", name, text);
	return pam_putenv(pamh, variable) == PAM_SUCCESS;
}

static bool store(pam_handle_t *pamh, const struct memory *memory)
{
	_cleanup_free_ struct memory *copy = malloc(sizeof(*copy));

	if (copy == NULL)
		return false;
	*copy = *memory;
	if (pam_set_data(pamh, data_name, copy, free_memory) != PAM_SUCCESS)
		return false;
	(void)TAKE_PTR(copy);
	return true;
}

void memory_keep(struct call *call)
{
	struct memory *memory = &call->memory;

	if (*call->answer.id == '\0')
		return;
	*memory = (struct memory){ .attached = false };
	snprintf(memory->id, sizeof(memory->id), "%s", call->answer.id);
	snprintf(memory->user, sizeof(memory->user), "%s", call->question.user);
	snprintf(memory->service, sizeof(memory->service), "%s",
		 call->question.service);
	if (!store(call->pamh, memory) ||
	    !export_text(call->pamh, id_name, memory->id))
		refusal_give(REFUSAL_NO_MEMORY, NULL, &call->answer);
}

bool memory_recall(struct call *call)
{
	const char *id = pam_getenv(call->pamh, id_name);
	const void *data = NULL;

	if (pam_get_data(call->pamh, data_name, &data) == PAM_SUCCESS &&
	    data != NULL) {
		call->memory = *(const struct memory *)data;
		return true;
	}
	if (id == NULL)
		return true;
	if (!answer_id_is_valid(id))
		return refusal_give(REFUSAL_VERDICT_MALFORMED, NULL,
				    &call->answer);
	snprintf(call->memory.id, sizeof(call->memory.id), "%s", id);
	return true;
}

void memory_keep_attached(struct call *call)
{
	const struct answer *verdict = &call->answer;
	char level[sizeof("4294967295")];
	const char *const texts[] = { level, verdict->image, verdict->release,
				      verdict->module_id };
	bool ok;

	call->memory.attached = true;
	snprintf(level, sizeof(level), "%u", verdict->level);
	ok = store(call->pamh, &call->memory) &&
	     export_text(call->pamh, id_name, call->memory.id);
	for (size_t i = 0; i < ARRAY_SIZE(session_names); i++)
		ok = ok && export_text(call->pamh, session_names[i], texts[i]);
	if (!ok)
		refusal_give(REFUSAL_NO_MEMORY, NULL, &call->answer);
}

void memory_forget(struct call *call)
{
	pam_handle_t *pamh = call->pamh;

	/* What is stored under a name is replaced; libpam has no other way. */
	pam_set_data(pamh, data_name, NULL, NULL);
	export_text(pamh, id_name, "");
	for (size_t i = 0; i < ARRAY_SIZE(session_names); i++)
		export_text(pamh, session_names[i], "");
}
