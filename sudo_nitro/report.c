/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "sudo_nitro/report.h"

#include <stdio.h>
#include <syslog.h>

#include "base/printable.h"

/* Room in the log for a user's name. */
#define NAME_SIZE 128

void report_for_admin(const struct answer *answer,
		      char ret_text[static REPORT_SIZE])
{
	snprintf(ret_text, REPORT_SIZE, "attestation: %s (%s)%s%s",
		 answer->message, answer->reason,
		 answer->hint[0] == '\0' ? "" : " ", answer->hint);
}

void report_to_user(sudo_printf_t print, const struct answer *answer)
{
	if (answer->kind == ANSWER_ALLOWED)
		return;
	if (answer->kind == ANSWER_DENIED)
		print(SUDO_CONV_ERROR_MSG,
		      "sudo: refused by attestation: %s (%s)\n",
		      answer->message, answer->reason);
	else
		print(SUDO_CONV_ERROR_MSG,
		      "sudo: attestation could not be judged (%s); the "
		      "administrator finds the reason in sudo's log\n",
		      answer->reason);
}

void report_to_log(const char *user, const struct answer *answer, bool debug)
{
	static const char *const names[] = {
		[ANSWER_UNAVAILABLE] = "unavailable",
		[ANSWER_DENIED] = "denied",
		[ANSWER_ALLOWED] = "allowed",
	};
	bool audited = answer->kind == ANSWER_ALLOWED && answer->audited;
	char printable[NAME_SIZE];

	if (!audited && !debug)
		return;
	printable_copy(printable, sizeof(printable), user);
	syslog(LOG_AUTHPRIV | (audited ? LOG_WARNING : LOG_DEBUG),
	       "sudo_nitro: user=\"%s\" decision=%s audited=%s level=%u "
	       "rule=\"%s\" reason=\"%s\" message=\"%s\" hint=\"%s\"",
	       printable, names[answer->kind], audited ? "yes" : "no",
	       answer->level, answer->rule, answer->reason, answer->message,
	       answer->hint);
}
