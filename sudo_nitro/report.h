/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is told what. sudo's log and audit plugins get everything through errstr; the
 * user gets one sentence about a denial, and no more than a code about troubles of
 * the host. All texts of an answer are printable already.
 */
#ifndef NITRO_SUDO_REPORT_H
#define NITRO_SUDO_REPORT_H

#include <sudo_plugin.h>

#include "client/answer.h"

#define REPORT_SIZE (2 * ANSWER_TEXT_SIZE + ANSWER_NAME_SIZE + 32)

/* One line for logs about an answer that is not an allowance. */
void report_for_admin(const struct answer *answer,
		      char ret_text[static REPORT_SIZE]);

/* One line on the user's terminal; nothing when the answer is an allowance. */
void report_to_user(sudo_printf_t print, const struct answer *answer);

/* The log of authentications: that a rule on trial let somebody do what it will not
 * let him do when it is enforced, and, with `debug`, every answer. */
void report_to_log(const char *user, const struct answer *answer, bool debug);

#endif
