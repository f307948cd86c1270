/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-authorized-keys/report.h"

#include <stdio.h>
#include <syslog.h>

#include "base/printable.h"

#define NAME_SIZE 128

/* "user="…" service="…" key="…"" */
#define WHO_SIZE (3 * NAME_SIZE + 32)

static void describe_who(const struct report *report,
			 char ret_who[static WHO_SIZE])
{
	char user[NAME_SIZE], service[NAME_SIZE], key[NAME_SIZE];

	printable_copy(user, sizeof(user), report->user);
	printable_copy(service, sizeof(service), report->service);
	printable_copy(key, sizeof(key), report->fingerprint);
	snprintf(ret_who, WHO_SIZE, "user=\"%s\" service=\"%s\" key=\"%s\"",
		 user, service, key);
}

static void report_allowed(const char *who, const struct answer *answer)
{
	syslog(LOG_INFO,
	       "%s decision=allowed level=%u rule=\"%s\" image=\"%s\" "
	       "release=\"%s\" retiring=%s verdict=\"%s\"",
	       who, answer->level, answer->rule, answer->image, answer->release,
	       answer->retiring ? "yes" : "no", answer->id);
}

static void report_refused(const char *who, const char *decision, int priority,
			   const struct answer *answer)
{
	syslog(priority,
	       "%s decision=%s reason=\"%s\" message=\"%s\" hint=\"%s\"", who,
	       decision, answer->reason, answer->message, answer->hint);
}

void report_answer(const struct report *report, const struct answer *answer)
{
	char who[WHO_SIZE];

	describe_who(report, who);
	switch (answer->kind) {
	case ANSWER_UNAVAILABLE:
		report_refused(who, "unavailable", LOG_ERR, answer);
		return;
	case ANSWER_DENIED:
		report_refused(who, "denied",
			       report->is_ordinary ? LOG_DEBUG : LOG_NOTICE,
			       answer);
		return;
	case ANSWER_ALLOWED:
		break;
	}
	if (answer->audited)
		report_refused(who, "denied audited=yes", LOG_WARNING, answer);
	else
		report_allowed(who, answer);
}
