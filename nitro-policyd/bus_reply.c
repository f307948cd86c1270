/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/bus_reply.h"

#include <errno.h>
#include <syslog.h>

#include "base/clock.h"
#include "dbus/nitro_bus.h"
#include "nitro-policyd/bus_object.h"
#include "nitro-policyd/bus_response.h"
#include "nitro-policyd/bus_verdict.h"

/* The challenge is made when it is known that the caller may have it. */
static int append_challenge(struct manager *manager, struct job *job,
			    sd_bus_message *reply)
{
	const struct policy_settings *settings =
		policy_settings(job->snapshot->config->policy);
	uint64_t lifetime_usec =
		settings->challenge_lifetime_ms * USEC_PER_MSEC;
	uint64_t now_usec = clock_boottime_usec();
	struct request request = question_request(&job->question);
	uint8_t nonce[NITRO_NONCE_SIZE];
	int r = challenges_create(manager->challenges, job->caller.account,
				  &request, now_usec, now_usec + lifetime_usec,
				  nonce);

	if (r == -EDQUOT)
		job_fail(job, NITRO_ERROR_LIMIT_EXCEEDED,
			 "Too many challenges wait for an answer; they expire "
			 "by themselves.");
	if (r < 0)
		return r;

	r = sd_bus_message_append_array(reply, 'y', nonce, sizeof(nonce));
	return r < 0 ? r : sd_bus_message_append(reply, "t", lifetime_usec);
}

/* The ticket counts from now on, when it is known that somebody gets it. */
static int deposit(struct manager *manager, struct job *job,
		   uint64_t lifetime_usec)
{
	uint64_t now_usec = clock_boottime_usec();
	const struct ticket_deposit deposit = {
		.uid = job->caller.uid,
		.text = job->ticket_text,
		.document = span_of(job->document, job->document_size),
		.expires_usec = now_usec + lifetime_usec,
	};
	int r = tickets_deposit(manager->tickets, &deposit, now_usec);

	if (r == -EDQUOT)
		job_fail(job, NITRO_ERROR_LIMIT_EXCEEDED,
			 "Too many tickets wait to be used; they expire by "
			 "themselves.");
	return r;
}

/* Neither ticket nor lifetime for a document that was refused. */
static int append_ticket(struct manager *manager, struct job *job,
			 sd_bus_message *reply)
{
	const struct policy_settings *settings =
		policy_settings(job->snapshot->config->policy);
	uint64_t lifetime_usec = 0;
	int r;

	if (job->verdict->allowed) {
		lifetime_usec = settings->challenge_lifetime_ms * USEC_PER_MSEC;
		r = deposit(manager, job, lifetime_usec);
		if (r < 0)
			return r;
	}
	r = sd_bus_message_append(reply, "st",
				  job->sealed.size > 0 ? "" : job->ticket_text,
				  lifetime_usec);
	if (r >= 0)
		r = sd_bus_message_append_array(reply, 'y', job->sealed.data,
						job->sealed.size);
	return r < 0 ? r : bus_verdict_append(reply, job);
}

static int append_description(const struct job *job, sd_bus_message *reply)
{
	int r = sd_bus_message_append(reply, "ts", job->snapshot->generation,
				      job->snapshot->digest);

	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "(ss)");
	for (size_t i = 0; r >= 0 && i < job->description.count; i++)
		r = sd_bus_message_append(reply, "(ss)",
					  job->description.items[i].name,
					  job->description.items[i].text);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_live(struct manager *manager, const struct job *job,
		       sd_bus_message *reply)
{
	struct live *live = lives_find(&manager->lives, job->live_id);

	return live != NULL ? bus_object_append(reply, live) : -ENOENT;
}

static int append_answer(struct manager *manager, struct job *job,
			 sd_bus_message *reply)
{
	int r;

	switch (job->kind) {
	case JOB_CREATE_CHALLENGE:
		return append_challenge(manager, job, reply);
	case JOB_AUTHORIZE:
	case JOB_CHECK_VERDICT:
	case JOB_EXPLAIN:
	case JOB_VERIFY:
		return bus_verdict_append(reply, job);
	case JOB_VERIFY_RESPONSE:
		r = bus_verdict_append(reply, job);
		return r < 0 ? r : bus_response_append(reply, job);
	case JOB_RELEASE_SECRET:
		r = bus_verdict_append(reply, job);
		return r < 0 ? r
			     : sd_bus_message_append_array(reply, 'y',
							   job->sealed.data,
							   job->sealed.size);
	case JOB_SUBMIT:
		return append_ticket(manager, job, reply);
	case JOB_DESCRIBE_POLICY:
		return append_description(job, reply);
	case JOB_GET_VERDICT:
	case JOB_ATTACH_SESSION:
		return append_live(manager, job, reply);
	case JOB_REVOKE_VERDICT:
		return 0;
	case JOB_DETACH_SESSION:
	case JOB_FIND_GROUPS:
	case JOB_TAKE_UP:
		break;
	case JOB_RELOAD:
		return sd_bus_message_append(reply, "t",
					     job->loaded->generation);
	}
	return -EINVAL;
}

static int try_answer(struct manager *manager, struct job *job)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
	int r = sd_bus_message_new_method_return(job->message, &reply);

	if (r < 0)
		return r;
	r = append_answer(manager, job, reply);
	return r < 0 ? r : sd_bus_message_send(reply);
}

/* From here on nobody waits for this job. */
static void close_question(struct job *job)
{
	job->message = sd_bus_message_unref(job->message);
	job->deadline = sd_event_source_disable_unref(job->deadline);
}

/* A reload that was refused says all that is wrong, behind its message: that is
 * what PolicyErrors says now. */
static int try_error(const struct manager *manager, const struct job *job)
{
	_cleanup_(sd_bus_message_unrefp) sd_bus_message *error = NULL;
	int r = sd_bus_message_new_method_errorf(
		job->message, &error, job->error, "%s", job->error_text);

	if (r >= 0 && job->diagnostics != NULL)
		r = sd_bus_message_append_strv(error, manager->policy.errors);
	return r < 0 ? r : sd_bus_message_send(error);
}

/* What cannot be sent is lost: the caller has a deadline of its own and takes
 * silence for "could not judge". */
static void send_error(const struct manager *manager, const struct job *job)
{
	int r = try_error(manager, job);

	if (r < 0)
		journal_note(&manager->journal, LOG_WARNING,
			     "A reply could not be sent: %s.", strerror(-r));
}

void bus_reply_send(struct manager *manager, struct job *job)
{
	int r;

	if (job->message == NULL)
		return;

	if (job->error == NULL) {
		r = try_answer(manager, job);
		if (r < 0 && job->error == NULL)
			job_fail(job, NITRO_ERROR_INTERNAL,
				 "The answer could not be put together: %s.",
				 strerror(-r));
	}
	if (job->error != NULL)
		send_error(manager, job);
	close_question(job);
}

void bus_reply_busy(struct job *job, const char *text)
{
	if (job->message != NULL)
		(void)sd_bus_reply_method_errorf(job->message, NITRO_ERROR_BUSY,
						 "%s", text);
	bus_reply_abandon(job);
}

void bus_reply_abandon(struct job *job)
{
	/* A worker may hold the job; of all of this it sees only the flag. */
	atomic_store(&job->abandoned, true);
	close_question(job);
}
