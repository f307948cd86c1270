/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "pam_nitro/report.h"

#include <security/pam_ext.h>
#include <syslog.h>

#include "base/printable.h"
#include "pam_nitro/decision.h"

/* Room in the log for names that somebody typed into a login prompt. */
#define NAME_SIZE 128

static void log_allowed(const pam_handle_t *pamh, const char *user,
			const char *service, const struct answer *answer)
{
	pam_syslog(
		pamh, LOG_INFO,
		"user=\"%s\" service=\"%s\" decision=%s level=%u rule=\"%s\" "
		"image=\"%s\" release=\"%s\" retiring=%s",
		user, service, decision_name(answer->kind), answer->level,
		answer->rule, answer->image, answer->release,
		answer->retiring ? "yes" : "no");
}

/* A rule on trial let somebody in whom it will not let in when it is enforced. */
static void log_audited(const pam_handle_t *pamh, const char *user,
			const char *service, const struct answer *answer)
{
	pam_syslog(
		pamh, LOG_WARNING,
		"user=\"%s\" service=\"%s\" decision=%s audited=yes level=%u "
		"rule=\"%s\" reason=\"%s\" message=\"%s\" hint=\"%s\"",
		user, service, decision_name(answer->kind), answer->level,
		answer->rule, answer->reason, answer->message, answer->hint);
}

void report_to_admin(const pam_handle_t *pamh,
		     const struct client_question *question,
		     const struct answer *answer)
{
	char user[NAME_SIZE], service[NAME_SIZE];

	printable_copy(user, sizeof(user), question->user);
	printable_copy(service, sizeof(service), question->service);
	if (answer->kind == ANSWER_ALLOWED && answer->audited) {
		log_audited(pamh, user, service, answer);
		return;
	}
	if (answer->kind == ANSWER_ALLOWED) {
		log_allowed(pamh, user, service, answer);
		return;
	}
	pam_syslog(pamh, answer->kind == ANSWER_DENIED ? LOG_NOTICE : LOG_ERR,
		   "user=\"%s\" service=\"%s\" decision=%s reason=\"%s\" "
		   "message=\"%s\" hint=\"%s\"",
		   user, service, decision_name(answer->kind), answer->reason,
		   answer->message, answer->hint);
}

void report_to_user(pam_handle_t *pamh, const struct answer *answer)
{
	if (answer->kind == ANSWER_ALLOWED)
		return;
	if (answer->kind == ANSWER_DENIED)
		pam_error(pamh, "Access by attestation was refused: %s (%s)",
			  answer->message, answer->reason);
	else
		pam_error(pamh,
			  "Access by attestation could not be judged (%s); "
			  "the administrator finds the reason in the log.",
			  answer->reason);
}

void report_problem(pam_handle_t *pamh, const char *problem, bool silent)
{
	pam_syslog(pamh, LOG_ERR, "%s", problem);
	if (!silent)
		pam_error(pamh,
			  "Access by attestation is not set up correctly; "
			  "the administrator finds the reason in the log.");
}
