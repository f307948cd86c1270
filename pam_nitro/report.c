/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "pam_nitro/report.h"

#include <security/pam_ext.h>
#include <syslog.h>

#include "base/printable.h"

/* Room in the log for names that somebody typed into a login prompt. */
#define NAME_SIZE 128

/* What every line begins with; `names` has been made printable. */
struct names {
	char user[NAME_SIZE];
	char service[NAME_SIZE];
};

static void log_allowed(const pam_handle_t *pamh, const struct names *names,
			const struct answer *answer)
{
	pam_syslog(
		pamh, LOG_INFO,
		"user=\"%s\" service=\"%s\" decision=%s level=%u rule=\"%s\" "
		"image=\"%s\" release=\"%s\" retiring=%s verdict=\"%s\"",
		names->user, names->service, decision_name(answer->kind),
		answer->level, answer->rule, answer->image, answer->release,
		answer->retiring ? "yes" : "no", answer->id);
}

/* A rule on trial let somebody in whom it will not let in when it is enforced. */
static void log_audited(const pam_handle_t *pamh, const struct names *names,
			const struct answer *answer)
{
	pam_syslog(
		pamh, LOG_WARNING,
		"user=\"%s\" service=\"%s\" decision=%s audited=yes level=%u "
		"rule=\"%s\" reason=\"%s\" message=\"%s\" hint=\"%s\" "
		"verdict=\"%s\"",
		names->user, names->service, decision_name(answer->kind),
		answer->level, answer->rule, answer->reason, answer->message,
		answer->hint, answer->id);
}

static void log_refused(const pam_handle_t *pamh, const struct names *names,
			const struct answer *answer)
{
	pam_syslog(pamh, answer->kind == ANSWER_DENIED ? LOG_NOTICE : LOG_ERR,
		   "user=\"%s\" service=\"%s\" decision=%s reason=\"%s\" "
		   "message=\"%s\" hint=\"%s\"",
		   names->user, names->service, decision_name(answer->kind),
		   answer->reason, answer->message, answer->hint);
}

void report_to_admin(const struct call *call)
{
	const struct answer *answer = &call->answer;
	struct names names;

	printable_copy(names.user, sizeof(names.user), call->question.user);
	printable_copy(names.service, sizeof(names.service),
		       call->question.service);
	if (answer->kind != ANSWER_ALLOWED)
		log_refused(call->pamh, &names, answer);
	else if (answer->audited)
		log_audited(call->pamh, &names, answer);
	else
		log_allowed(call->pamh, &names, answer);
}

/* What whoever was let in should know before it shuts him out. */
static void warn_user(const struct call *call)
{
	const struct answer *answer = &call->answer;

	if (answer->audited)
		pam_info(call->pamh,
			 "Access by attestation is on trial here; it would "
			 "have been refused: %s (%s)",
			 answer->message, answer->reason);
	else if (answer->retiring)
		pam_info(call->pamh,
			 "Release \"%s\" of image \"%s\" will not be accepted "
			 "much longer.",
			 answer->release, answer->image);
}

void report_to_user(const struct call *call)
{
	const struct answer *answer = &call->answer;

	/* It was warned when it was judged. */
	if (answer->kind == ANSWER_ALLOWED && call->phase == PHASE_AUTH)
		warn_user(call);
	else if (answer->kind == ANSWER_DENIED)
		pam_error(call->pamh,
			  "Access by attestation was refused: %s (%s)",
			  answer->message, answer->reason);
	else if (answer->kind == ANSWER_UNAVAILABLE)
		pam_error(call->pamh,
			  "Access by attestation could not be judged (%s); "
			  "the administrator finds the reason in the log.",
			  answer->reason);
}

void report_detachment(const struct call *call)
{
	pam_syslog(call->pamh, LOG_WARNING,
		   "verdict=\"%s\" was not detached: reason=\"%s\" "
		   "message=\"%s\" hint=\"%s\"",
		   call->memory.id, call->answer.reason, call->answer.message,
		   call->answer.hint);
}

void report_problem(pam_handle_t *pamh, const char *problem, bool silent)
{
	pam_syslog(pamh, LOG_ERR, "%s", problem);
	if (!silent)
		pam_error(pamh,
			  "Access by attestation is not set up correctly; "
			  "the administrator finds the reason in the log.");
}
