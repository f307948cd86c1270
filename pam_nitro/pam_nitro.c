/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hooks of the PAM module: a question to the daemon, its answer as a PAM
 * code. Nothing is judged here, nothing is kept, and nothing is left behind in the
 * program that loaded the module.
 */
#include "config.h"

#include <fcntl.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <string.h>
#include <syslog.h>

#include "base/printable.h"
#include "base/read_file.h"
#include "client/client.h"
#include "client/conversation.h"
#include "client/refusal.h"
#include "pam_nitro/ask.h"
#include "pam_nitro/decision.h"
#include "pam_nitro/options.h"
#include "pam_nitro/report.h"

/* As long as names may be in a rule. */
#define USER_MAX 256
#define HOST_MAX 256
#define TTY_MAX	 64

/* Where the login comes from, fit to be sent. */
struct origin {
	char remote_host[HOST_MAX + 1];
	char tty[TTY_MAX + 1];
};

/* An item of the program's, "" when it has none. Whoever logs in may have chosen it
 * (a name in the DNS): what is not printable is replaced, so that it matches no
 * pattern it should not, and what is too long is refused, for cut it might. */
static bool get_origin_item(pam_handle_t *pamh, int type, char *ret_text,
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

static bool get_origin(pam_handle_t *pamh, struct origin *origin,
		       struct client_question *question,
		       struct answer *reterr_answer)
{
	if (!get_origin_item(pamh, PAM_RHOST, origin->remote_host,
			     sizeof(origin->remote_host)) ||
	    !get_origin_item(pamh, PAM_TTY, origin->tty, sizeof(origin->tty)))
		return refuse(REFUSAL_ORIGIN_TOO_LONG, NULL, reterr_answer);

	question->remote_host = origin->remote_host;
	question->tty = origin->tty;
	return true;
}

static bool get_question(pam_handle_t *pamh, const struct options *options,
			 struct client_question *ret_question,
			 struct answer *reterr_answer)
{
	const void *service = options->service;
	const char *user = NULL;

	if (pam_get_user(pamh, &user, NULL) != PAM_SUCCESS || user == NULL ||
	    *user == '\0')
		return refuse(REFUSAL_NO_USER, NULL, reterr_answer);
	ret_question->user = user;
	if (strnlen(user, USER_MAX + 1) > USER_MAX)
		return refuse(REFUSAL_USER_TOO_LONG, NULL, reterr_answer);
	if (service == NULL &&
	    (pam_get_item(pamh, PAM_SERVICE, &service) != PAM_SUCCESS ||
	     service == NULL))
		return refuse(REFUSAL_NO_SERVICE, NULL, reterr_answer);
	ret_question->service = service;
	return true;
}

/* source=prompt: a fresh challenge, and the document or ticket that answers it. */
static void judge_by_challenge(pam_handle_t *pamh,
			       const struct options *options,
			       const struct client_question *question,
			       struct answer *ret_answer)
{
	_cleanup_(conversation_reply_clear) struct conversation_reply reply =
		CONVERSATION_REPLY_EMPTY;
	const struct conversation conversation = ask_by(pamh);
	struct client_question answered = *question;
	struct client_challenge challenge;

	if (!client_create_challenge(question->service, question->user,
				     options->timeout_usec, &challenge,
				     ret_answer) ||
	    !conversation_hold(&conversation, &challenge, options->chunk,
			       &reply, ret_answer))
		return;
	if (options->debug)
		pam_syslog(pamh, LOG_DEBUG,
			   "the challenge was answered with %s",
			   *reply.ticket != '\0' ? "a ticket" : "a document");
	answered.ticket = reply.ticket;
	client_authorize(&answered,
			 span_of(challenge.nonce, sizeof(challenge.nonce)),
			 buffer_span(&reply.document), options->timeout_usec,
			 ret_answer);
}

/* source=file: a document that somebody keeps fresh, judged by its age. */
static void judge_by_file(pam_handle_t *pamh, const struct options *options,
			  const struct client_question *question,
			  struct answer *ret_answer)
{
	const struct read_file_limits limits = {
		.max_size = CONVERSATION_DOCUMENT_MAX
	};
	_cleanup_(buffer_freep) struct buffer document = BUFFER_EMPTY;
	int r = read_file_at(AT_FDCWD, options->file, &limits, &document);

	if (r < 0) {
		refuse(REFUSAL_FILE_UNREADABLE, read_file_explain(r),
		       ret_answer);
		return;
	}
	if (options->debug)
		pam_syslog(pamh, LOG_DEBUG, "%s has %zu bytes", options->file,
			   document.size);
	client_authorize(question, SPAN_ABSENT, buffer_span(&document),
			 options->timeout_usec, ret_answer);
}

_export_ int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc,
				 const char **argv)
{
	struct client_question question = { .service = "", .user = "" };
	struct answer answer = { .kind = ANSWER_UNAVAILABLE };
	char problem[OPTIONS_PROBLEM_SIZE];
	struct options options;
	struct origin origin;

	if (!options_parse(argc, argv, &options, problem)) {
		report_problem(pamh, problem, (flags & PAM_SILENT) != 0);
		return PAM_SERVICE_ERR;
	}
	if (get_question(pamh, &options, &question, &answer) &&
	    get_origin(pamh, &origin, &question, &answer)) {
		if (options.file != NULL)
			judge_by_file(pamh, &options, &question, &answer);
		else
			judge_by_challenge(pamh, &options, &question, &answer);
	}

	report_to_admin(pamh, &question, &answer);
	if (!options.quiet && (flags & PAM_SILENT) == 0)
		report_to_user(pamh, &answer);
	return decision_authenticate(answer.kind);
}

/* There are no credentials to set. Not PAM_IGNORE: where this module stands alone
 * in a stack, libpam would turn that into a failure of pam_setcred(). */
_export_ int pam_sm_setcred(pam_handle_t *pamh _unused_, int flags _unused_,
			    int argc _unused_, const char **argv _unused_)
{
	return PAM_SUCCESS;
}
