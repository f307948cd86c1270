/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/bus_api.h"

#include <errno.h>

#include "base/clock.h"
#include "dbus/nitro_bus.h"
#include "nitro-policyd/access.h"
#include "nitro-policyd/bus_arguments.h"
#include "nitro-policyd/bus_live.h"
#include "nitro-policyd/bus_properties.h"
#include "nitro-policyd/bus_response.h"
#include "nitro-policyd/bus_secret.h"
#include "nitro-policyd/manager.h"
#include "nitro-policyd/reload.h"

#define _cleanup_arguments_ _cleanup_(arguments_clear)
#define _cleanup_drop_	    _cleanup_(manager_dropp)

/* What a question makes the daemon hold. */
static size_t bytes_of(const struct arguments *arguments)
{
	return arguments->document.size + arguments->nonce.size +
	       arguments->manifest.size + arguments->signature.size +
	       arguments->tls_certificate.size;
}

/* Gives the job its own copy of the question and sends it on its way. */
static int submit(struct job **job, struct arguments *arguments,
		  sd_bus_error *reterr_error)
{
	struct job *to = *job;

	to->options.level = arguments->level;
	to->options.max_age_ms = arguments->max_age_ms;
	to->is_certified = arguments->is_certified;
	to->tls_in_nonce = arguments->tls_in_nonce;
	to->options.roots = TAKE_PTR(arguments->roots);
	if (question_copy(&arguments->request, &to->question) < 0 ||
	    job_copy(arguments->document, &to->document, &to->document_size) <
		    0 ||
	    job_copy(arguments->manifest, &to->manifest.data,
		     &to->manifest.size) < 0 ||
	    job_copy(arguments->signature, &to->signature.data,
		     &to->signature.size) < 0 ||
	    job_copy(arguments->tls_certificate, &to->tls_certificate.data,
		     &to->tls_certificate.size) < 0 ||
	    job_copy(arguments->nonce, &to->nonce, &to->nonce_size) < 0)
		return sd_bus_error_set(reterr_error, NITRO_ERROR_INTERNAL,
					"Memory is exhausted.");
	return manager_submit_consume(TAKE_PTR(*job));
}

/* For questions that only root may ask. */
static int admit_root(struct manager *manager, enum job_kind kind,
		      sd_bus_message *message, struct job **ret_job,
		      sd_bus_error *reterr_error)
{
	_cleanup_drop_ struct job *job = NULL;
	int r = manager_admit(manager, kind, message, 0, &job, reterr_error);

	if (r < 0)
		return r;
	if (!caller_is_root(&job->caller))
		return sd_bus_error_set(reterr_error, NITRO_ERROR_ACCESS_DENIED,
					"Only root may ask this.");
	*ret_job = TAKE_PTR(job);
	return 0;
}

static int method_verify(sd_bus_message *message, void *userdata,
			 sd_bus_error *reterr_error)
{
	_cleanup_arguments_ struct arguments arguments = { 0 };
	_cleanup_drop_ struct job *job = NULL;
	int r = arguments_read_verify(message, &arguments, reterr_error);

	if (r < 0)
		return r;
	r = manager_admit(userdata, JOB_VERIFY, message, bytes_of(&arguments),
			  &job, reterr_error);
	if (r < 0)
		return r;
	return submit(&job, &arguments, reterr_error);
}

static int method_create_challenge(sd_bus_message *message, void *userdata,
				   sd_bus_error *reterr_error)
{
	_cleanup_arguments_ struct arguments arguments = { 0 };
	_cleanup_drop_ struct job *job = NULL;
	int r = arguments_read_challenge(message, &arguments, reterr_error);

	if (r < 0)
		return r;
	r = manager_admit(userdata, JOB_CREATE_CHALLENGE, message, 0, &job,
			  reterr_error);
	if (r < 0)
		return r;
	return submit(&job, &arguments, reterr_error);
}

/* From here on the nonce is worth nothing, whatever becomes of the question. */
static enum challenge_outcome consume(struct manager *manager,
				      const struct caller *caller,
				      const struct arguments *arguments)
{
	if (span_is_absent(arguments->nonce))
		return CHALLENGE_ABSENT;
	return challenges_consume(manager->challenges, caller->account,
				  &arguments->request, arguments->nonce,
				  clock_boottime_usec());
}

/* So is the ticket; its document takes the place of the question's. */
static enum ticket_outcome take_ticket(struct manager *manager,
				       const char *text, struct job *job)
{
	struct ticket_worth worth = { .document = NULL };
	enum ticket_outcome outcome;

	if (text == NULL)
		return TICKET_ABSENT;

	outcome = tickets_take(manager->tickets, text, clock_boottime_usec(),
			       &worth);
	job->document = worth.document;
	job->document_size = worth.document_size;
	job->depositor = worth.uid;
	return outcome;
}

static int method_authorize(sd_bus_message *message, void *userdata,
			    sd_bus_error *reterr_error)
{
	_cleanup_arguments_ struct arguments arguments = { 0 };
	_cleanup_drop_ struct job *job = NULL;
	int r = arguments_read_authorize(message, &arguments, reterr_error);

	if (r < 0)
		return r;
	r = manager_admit(userdata, JOB_AUTHORIZE, message,
			  bytes_of(&arguments), &job, reterr_error);
	if (r < 0)
		return r;
	if (caller_is_keys(&job->caller) &&
	    (!arguments.is_certified || !span_is_absent(arguments.nonce)))
		return access_refuse_keys(reterr_error);
	if (live_make_id(job->live_id) < 0)
		return sd_bus_error_set(reterr_error, NITRO_ERROR_INTERNAL,
					"There are no random numbers.");
	job->challenge = consume(userdata, &job->caller, &arguments);
	job->ticket = take_ticket(userdata, arguments.ticket, job);
	return submit(&job, &arguments, reterr_error);
}

static int method_submit(sd_bus_message *message, void *userdata,
			 sd_bus_error *reterr_error)
{
	_cleanup_arguments_ struct arguments arguments = { 0 };
	_cleanup_drop_ struct job *job = NULL;
	int r = arguments_read_submit(message, &arguments, reterr_error);

	if (r < 0)
		return r;
	r = manager_admit(userdata, JOB_SUBMIT, message,
			  arguments.document.size, &job, reterr_error);
	if (r < 0)
		return r;
	return submit(&job, &arguments, reterr_error);
}

static int method_explain(sd_bus_message *message, void *userdata,
			  sd_bus_error *reterr_error)
{
	_cleanup_arguments_ struct arguments arguments = { 0 };
	_cleanup_drop_ struct job *job = NULL;
	int r = arguments_read_explain(message, &arguments, reterr_error);

	if (r < 0)
		return r;
	r = admit_root(userdata, JOB_EXPLAIN, message, &job, reterr_error);
	if (r < 0)
		return r;
	return submit(&job, &arguments, reterr_error);
}

static int method_describe_policy(sd_bus_message *message, void *userdata,
				  sd_bus_error *reterr_error)
{
	_cleanup_drop_ struct job *job = NULL;
	int r = admit_root(userdata, JOB_DESCRIBE_POLICY, message, &job,
			   reterr_error);

	return r < 0 ? r : manager_submit_consume(TAKE_PTR(job));
}

static int reload(sd_bus_message *message, struct manager *manager,
		  bool keeping, sd_bus_error *reterr_error)
{
	struct job *job;
	int r = manager_admit(manager, JOB_RELOAD, message, 0, &job,
			      reterr_error);

	if (r < 0)
		return r;
	job->keeping = keeping;
	return reload_for_caller_consume(job, reterr_error);
}

static int method_reload(sd_bus_message *message, void *userdata,
			 sd_bus_error *reterr_error)
{
	return reload(message, userdata, false, reterr_error);
}

static int method_reload_keeping(sd_bus_message *message, void *userdata,
				 sd_bus_error *reterr_error)
{
	return reload(message, userdata, true, reterr_error);
}

void bus_api_policy_changed(struct manager *manager, bool is_accepted)
{
	static const char *const refused[] = { NITRO_PROPERTY_ERRORS,
					       NITRO_PROPERTY_WARNINGS, NULL };
	static const char *const accepted[] = {
		NITRO_PROPERTY_ERRORS,	   NITRO_PROPERTY_WARNINGS,
		NITRO_PROPERTY_GENERATION, NITRO_PROPERTY_DIGEST,
		NITRO_PROPERTY_ROOTS,	   NITRO_PROPERTY_IMAGES,
		NITRO_PROPERTY_RULES,	   NULL
	};
	const char *const *names = is_accepted ? accepted : refused;

	/* Whoever misses a signal can still read the properties. */
	(void)sd_bus_emit_properties_changed_strv(manager->bus, NITRO_BUS_PATH,
						  NITRO_BUS_MANAGER,
						  (char **)(uintptr_t)names);
	if (is_accepted)
		(void)sd_bus_emit_signal(manager->bus, NITRO_BUS_PATH,
					 NITRO_BUS_MANAGER,
					 NITRO_SIGNAL_RELOADED, "ts",
					 manager->policy.current->generation,
					 manager->policy.current->digest);
}

#define METHOD(name, in, in_names, out, out_names, handler)                    \
	SD_BUS_METHOD_WITH_NAMES(name, in, in_names, out, out_names, handler,  \
				 SD_BUS_VTABLE_UNPRIVILEGED)

#define PROPERTY(name, type, get)                                              \
	SD_BUS_PROPERTY(name, type, get, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)

/* Who may call what is decided by the handlers and in judge.c, from the caller's
 * uid; sd-bus's own privilege check would look for capabilities. */
static const sd_bus_vtable manager_vtable[] = {
	SD_BUS_VTABLE_START(0),
	SD_BUS_METHOD_WITH_NAMES(NITRO_METHOD_VERIFY, NITRO_VERIFY_IN,
				 SD_BUS_PARAM(document) SD_BUS_PARAM(options),
				 NITRO_VERIFY_OUT,
				 SD_BUS_PARAM(decision) SD_BUS_PARAM(verdict),
				 method_verify, SD_BUS_VTABLE_UNPRIVILEGED),
	METHOD(NITRO_METHOD_RELEASE_SECRET, NITRO_RELEASE_SECRET_IN,
	       SD_BUS_PARAM(name) SD_BUS_PARAM(document) SD_BUS_PARAM(options),
	       NITRO_RELEASE_SECRET_OUT,
	       SD_BUS_PARAM(decision) SD_BUS_PARAM(verdict)
		       SD_BUS_PARAM(sealed),
	       method_release_secret),
	METHOD(NITRO_METHOD_VERIFY_RESPONSE, NITRO_VERIFY_RESPONSE_IN,
	       SD_BUS_PARAM(document) SD_BUS_PARAM(message)
		       SD_BUS_PARAM(signature) SD_BUS_PARAM(options),
	       NITRO_VERIFY_RESPONSE_OUT,
	       SD_BUS_PARAM(decision) SD_BUS_PARAM(verdict)
		       SD_BUS_PARAM(response),
	       method_verify_response),
	SD_BUS_METHOD_WITH_NAMES(
		NITRO_METHOD_CREATE_CHALLENGE, NITRO_CREATE_CHALLENGE_IN,
		SD_BUS_PARAM(service) SD_BUS_PARAM(user) SD_BUS_PARAM(options),
		NITRO_CREATE_CHALLENGE_OUT,
		SD_BUS_PARAM(nonce) SD_BUS_PARAM(lifetime_usec),
		method_create_challenge, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_NAMES(
		NITRO_METHOD_AUTHORIZE, NITRO_AUTHORIZE_IN,
		SD_BUS_PARAM(service) SD_BUS_PARAM(user) SD_BUS_PARAM(nonce)
			SD_BUS_PARAM(document) SD_BUS_PARAM(options),
		NITRO_AUTHORIZE_OUT,
		SD_BUS_PARAM(decision) SD_BUS_PARAM(verdict), method_authorize,
		SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_NAMES(
		NITRO_METHOD_SUBMIT, NITRO_SUBMIT_IN,
		SD_BUS_PARAM(document) SD_BUS_PARAM(options), NITRO_SUBMIT_OUT,
		SD_BUS_PARAM(ticket) SD_BUS_PARAM(lifetime_usec) SD_BUS_PARAM(
			sealed) SD_BUS_PARAM(decision) SD_BUS_PARAM(verdict),
		method_submit, SD_BUS_VTABLE_UNPRIVILEGED),
	METHOD(NITRO_METHOD_CHECK_VERDICT, NITRO_CHECK_VERDICT_IN,
	       SD_BUS_PARAM(service) SD_BUS_PARAM(user) SD_BUS_PARAM(options),
	       NITRO_CHECK_VERDICT_OUT,
	       SD_BUS_PARAM(decision) SD_BUS_PARAM(verdict),
	       method_check_verdict),
	METHOD(NITRO_METHOD_ATTACH_SESSION, NITRO_ATTACH_SESSION_IN,
	       SD_BUS_PARAM(id) SD_BUS_PARAM(service) SD_BUS_PARAM(user)
		       SD_BUS_PARAM(options),
	       NITRO_ATTACH_SESSION_OUT, SD_BUS_PARAM(verdict),
	       method_attach_session),
	METHOD(NITRO_METHOD_DETACH_SESSION, NITRO_DETACH_SESSION_IN,
	       SD_BUS_PARAM(id), "", , method_detach_session),
	METHOD(NITRO_METHOD_LIST_VERDICTS, NITRO_LIST_VERDICTS_IN,
	       SD_BUS_PARAM(filter), NITRO_LIST_VERDICTS_OUT,
	       SD_BUS_PARAM(verdicts), method_list_verdicts),
	METHOD(NITRO_METHOD_GET_VERDICT, NITRO_GET_VERDICT_IN, SD_BUS_PARAM(id),
	       NITRO_GET_VERDICT_OUT, SD_BUS_PARAM(verdict),
	       method_get_verdict),
	METHOD(NITRO_METHOD_REVOKE_VERDICT, NITRO_REVOKE_VERDICT_IN,
	       SD_BUS_PARAM(id) SD_BUS_PARAM(why), "", , method_revoke_verdict),
	SD_BUS_METHOD_WITH_NAMES(
		NITRO_METHOD_EXPLAIN, NITRO_EXPLAIN_IN,
		SD_BUS_PARAM(service) SD_BUS_PARAM(user) SD_BUS_PARAM(document)
			SD_BUS_PARAM(options),
		NITRO_EXPLAIN_OUT, SD_BUS_PARAM(decision) SD_BUS_PARAM(verdict),
		method_explain, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_NAMES(
		NITRO_METHOD_DESCRIBE_POLICY, "", , NITRO_DESCRIBE_POLICY_OUT,
		SD_BUS_PARAM(generation) SD_BUS_PARAM(digest)
			SD_BUS_PARAM(parts),
		method_describe_policy, SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_NAMES(NITRO_METHOD_RELOAD, "", , NITRO_RELOAD_OUT,
				 SD_BUS_PARAM(generation), method_reload,
				 SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_METHOD_WITH_NAMES(NITRO_METHOD_RELOAD_KEEPING, "", ,
				 NITRO_RELOAD_OUT, SD_BUS_PARAM(generation),
				 method_reload_keeping,
				 SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_PROPERTY(NITRO_PROPERTY_VERSION, "s", property_get_version, 0,
			SD_BUS_VTABLE_PROPERTY_CONST),
	PROPERTY(NITRO_PROPERTY_GENERATION, "t", property_get_generation),
	PROPERTY(NITRO_PROPERTY_DIGEST, "s", property_get_digest),
	PROPERTY(NITRO_PROPERTY_ERRORS, "as", property_get_errors),
	PROPERTY(NITRO_PROPERTY_WARNINGS, "as", property_get_warnings),
	PROPERTY(NITRO_PROPERTY_ROOTS, "a(ss)", property_get_roots),
	PROPERTY(NITRO_PROPERTY_IMAGES, "a(su)", property_get_images),
	PROPERTY(NITRO_PROPERTY_RULES, "u", property_get_rule_count),
	SD_BUS_PROPERTY(NITRO_PROPERTY_EXPIRING, "a(sst)",
			property_get_expiring, 0, 0),
	SD_BUS_PROPERTY(NITRO_PROPERTY_UNJUDGED, "u", property_get_unjudged, 0,
			0),
	SD_BUS_PROPERTY(NITRO_PROPERTY_STATISTICS, "a{st}",
			property_get_statistics, 0, 0),
	SD_BUS_SIGNAL_WITH_NAMES(NITRO_SIGNAL_RELOADED, "ts",
				 SD_BUS_PARAM(generation) SD_BUS_PARAM(digest),
				 0),
	SD_BUS_SIGNAL_WITH_NAMES(NITRO_SIGNAL_ISSUED, NITRO_ISSUED_ARGS,
				 SD_BUS_PARAM(path) SD_BUS_PARAM(id)
					 SD_BUS_PARAM(user)
						 SD_BUS_PARAM(service),
				 0),
	SD_BUS_SIGNAL_WITH_NAMES(
		NITRO_SIGNAL_REVOKED, NITRO_REVOKED_ARGS,
		SD_BUS_PARAM(path) SD_BUS_PARAM(id) SD_BUS_PARAM(user)
			SD_BUS_PARAM(service) SD_BUS_PARAM(reason),
		0),
	SD_BUS_VTABLE_END,
};

int bus_api_attach(struct manager *manager)
{
	int r = sd_bus_add_object_vtable(manager->bus, NULL, NITRO_BUS_PATH,
					 NITRO_BUS_MANAGER, manager_vtable,
					 manager);

	if (r < 0)
		return r;
	return sd_bus_add_object_manager(manager->bus, NULL, NITRO_BUS_PATH);
}
