/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/polkit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "nitro-policyd/limits.h"
#include "nitro-policyd/manager.h"

#define POLKIT_NAME	 "org.freedesktop.PolicyKit1"
#define POLKIT_PATH	 "/org/freedesktop/PolicyKit1/Authority"
#define POLKIT_INTERFACE "org.freedesktop.PolicyKit1.Authority"

/* CheckAuthorizationFlags: somebody may be asked for a password. */
#define POLKIT_INTERACTION 1u

struct polkit_question {
	struct job *job;
	polkit_then then;
	sd_bus_slot *slot;
	bool is_open; /* polkit has not answered */
	char id[32];  /* to cancel it by; our own */
};

static void question_free(struct polkit_question *question)
{
	if (question == NULL)
		return;

	sd_bus_slot_unref(question->slot);
	free(question);
}

DEFINE_CLEANUP(struct polkit_question *, question_free)

/* (bba{ss}): authorized, would be after a challenge, details. */
static const char *read_answer(sd_bus_message *reply)
{
	const sd_bus_error *error = sd_bus_message_get_error(reply);
	int is_authorized, is_challenge;

	if (error != NULL &&
	    sd_bus_error_has_names(error, SD_BUS_ERROR_SERVICE_UNKNOWN,
				   SD_BUS_ERROR_NAME_HAS_NO_OWNER))
		return "polkit is not there to allow it";
	if (error != NULL &&
	    sd_bus_error_has_names(error, SD_BUS_ERROR_NO_REPLY,
				   SD_BUS_ERROR_TIMEOUT))
		return "polkit did not answer in time";
	if (error != NULL)
		return "polkit could not say who may";
	if (!sd_bus_message_has_signature(reply, "(bba{ss})") ||
	    sd_bus_message_enter_container(reply, 'r', "bba{ss}") <= 0 ||
	    sd_bus_message_read(reply, "bb", &is_authorized, &is_challenge) <=
		    0)
		return "polkit's answer is malformed";
	if (is_authorized)
		return NULL;
	return is_challenge ? "polkit wants an administrator to authenticate"
			    : "polkit does not allow it";
}

/* A dialog that is still open is closed; nobody waits for an answer to that. */
void polkit_withdraw(struct job *job)
{
	struct polkit_question *question = TAKE_PTR(job->polkit);

	if (question == NULL)
		return;

	if (question->is_open && job->manager->bus != NULL)
		(void)sd_bus_call_method_async(
			job->manager->bus, NULL, POLKIT_NAME, POLKIT_PATH,
			POLKIT_INTERFACE, "CancelCheckAuthorization", NULL,
			NULL, "s", question->id);
	question_free(question);
}

static int on_answer(sd_bus_message *reply, void *userdata,
		     sd_bus_error *reterr_error _unused_)
{
	struct polkit_question *question = userdata;
	struct job *job = question->job;
	polkit_then then = question->then;

	question->is_open = sd_bus_message_is_method_error(reply, NULL) > 0;
	polkit_withdraw(job);
	then(job, read_answer(reply));
	return 0;
}

static int make_call(struct polkit_question *question, const char *action,
		     bool interactive, sd_bus_message **ret_call)
{
	struct job *job = question->job;
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
	int r = sd_bus_message_new_method_call(
		job->manager->bus, &call, POLKIT_NAME, POLKIT_PATH,
		POLKIT_INTERFACE, "CheckAuthorization");

	if (r < 0)
		return r;
	r = sd_bus_message_append(call, "(sa{sv})sa{ss}us", "system-bus-name",
				  1, "name", "s", job->caller.name, action, 0,
				  interactive ? POLKIT_INTERACTION : 0u,
				  question->id);
	if (r < 0)
		return r;
	*ret_call = TAKE_PTR(call);
	return 0;
}

int polkit_ask(struct job *job, const char *action, polkit_then then)
{
	_cleanup_(question_freep) struct polkit_question *question =
		calloc(1, sizeof(*question));
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
	bool interactive = sd_bus_message_get_allow_interactive_authorization(
				   job->message) > 0;
	int r;

	if (question == NULL)
		return -ENOMEM;

	question->job = job;
	question->then = then;
	question->is_open = true;
	snprintf(question->id, sizeof(question->id), "%" PRIu64,
		 ++job->manager->polkit_questions);
	r = make_call(question, action, interactive, &call);
	if (r >= 0)
		r = sd_bus_call_async(job->manager->bus, &question->slot, call,
				      on_answer, question,
				      interactive ? POLKIT_INTERACTIVE_USEC
						  : POLKIT_USEC);
	if (r < 0)
		return r;

	job->polkit = TAKE_PTR(question);
	return 0;
}
