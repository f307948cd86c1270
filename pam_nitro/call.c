/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "pam_nitro/call.h"

#include <security/pam_ext.h>
#include <stdarg.h>
#include <string.h>
#include <syslog.h>

#include "base/printable.h"
#include "client/refusal.h"
#include "pam_nitro/report.h"

bool call_begin(struct call *ret_call, pam_handle_t *pamh,
		const struct hook *hook)
{
	char problem[OPTION_LIST_PROBLEM_SIZE];

	*ret_call = (struct call){
		.pamh = pamh,
		.phase = hook->phase,
		.silent = (hook->flags & PAM_SILENT) != 0,
		.question = { .service = "", .user = "" },
		.answer = { .kind = ANSWER_UNAVAILABLE },
	};
	if (!options_parse(hook->argc, hook->argv, &ret_call->options,
			   problem)) {
		report_problem(pamh, problem, ret_call->silent);
		return false;
	}
	ret_call->silent |= ret_call->options.quiet;
	return true;
}

/* An item of the program's, "" when it has none. Whoever logs in may have chosen it
 * (a name in the DNS): what is not printable is replaced, so that it matches no
 * pattern it should not, and what is too long is refused, for cut it might. */
static bool find_origin(pam_handle_t *pamh, int type, char *ret_text,
			size_t size)
{
	const void *item = NULL;
	const char *text;

	*ret_text = '\0';
	if (pam_get_item(pamh, type, &item) != PAM_SUCCESS || item == NULL)
		return true;

	text = item;
	/* Programs differ in how they name a terminal. */
	if (type == PAM_TTY && strncmp(text, "/dev/", strlen("/dev/")) == 0)
		text += strlen("/dev/");
	if (strnlen(text, size) == size)
		return false;
	printable_copy(ret_text, size, text);
	return true;
}

/* The item's own text is gone when the program sets another, be it in the middle of
 * this call, from its conversation function. False when it does not fit: what is kept
 * then is for the log only. */
static bool keep_name(char *ret_name, size_t size, const char *name)
{
	size_t length = strnlen(name, size);

	if (length == size) {
		printable_copy(ret_name, size, name);
		return false;
	}
	memcpy(ret_name, name, length + 1);
	return true;
}

static bool find_user(struct call *call)
{
	const char *user = NULL;

	if (pam_get_user(call->pamh, &user, NULL) != PAM_SUCCESS ||
	    user == NULL || *user == '\0')
		return refusal_give(REFUSAL_NO_USER, NULL, &call->answer);
	call->question.user = call->user;
	return keep_name(call->user, sizeof(call->user), user) ||
	       refusal_give(REFUSAL_USER_TOO_LONG, NULL, &call->answer);
}

static bool find_service(struct call *call)
{
	const void *service = call->options.service;

	if (service == NULL &&
	    (pam_get_item(call->pamh, PAM_SERVICE, &service) != PAM_SUCCESS ||
	     service == NULL))
		return refusal_give(REFUSAL_NO_SERVICE, NULL, &call->answer);
	call->question.service = call->service;
	return keep_name(call->service, sizeof(call->service), service) ||
	       refusal_give(REFUSAL_SERVICE_TOO_LONG, NULL, &call->answer);
}

bool call_find_question(struct call *call)
{
	if (!find_user(call) || !find_service(call))
		return false;
	if (!find_origin(call->pamh, PAM_RHOST, call->remote_host,
			 sizeof(call->remote_host)) ||
	    !find_origin(call->pamh, PAM_TTY, call->tty, sizeof(call->tty)))
		return refusal_give(REFUSAL_ORIGIN_TOO_LONG, NULL,
				    &call->answer);

	call->question.remote_host = call->remote_host;
	call->question.tty = call->tty;
	return true;
}

void call_debug(const struct call *call, const char *format, ...)
{
	va_list values;

	if (!call->options.debug)
		return;
	va_start(values, format);
	pam_vsyslog(call->pamh, LOG_DEBUG, format, values);
	va_end(values);
}

void call_report(const struct call *call)
{
	report_to_admin(call);
	if (!call->silent)
		report_to_user(call);
}

int call_end(const struct call *call)
{
	call_report(call);
	return decision_code(call->phase, call->answer.kind);
}
