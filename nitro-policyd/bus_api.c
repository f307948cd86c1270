/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/bus_api.h"

#include <errno.h>

#include "dbus/nitro_bus.h"
#include "nitro-policyd/bus_arguments.h"
#include "nitro-policyd/clock.h"
#include "nitro-policyd/manager.h"

#define _cleanup_arguments_ _cleanup_(arguments_clear)
#define _cleanup_drop_	    _cleanup_(manager_dropp)

static int copy(struct span bytes, uint8_t **ret_bytes, size_t *ret_size)
{
	if (span_is_absent(bytes))
		return 0;

	*ret_bytes = malloc(bytes.size);
	if (*ret_bytes == NULL)
		return -ENOMEM;

	memcpy(*ret_bytes, bytes.data, bytes.size);
	*ret_size = bytes.size;
	return 0;
}

static int copy_text(const char *text, char **ret_text)
{
	if (text == NULL)
		return 0;

	*ret_text = strdup(text);
	return *ret_text != NULL ? 0 : -ENOMEM;
}

/* Gives the job its own copy of the question and sends it on its way. */
static int submit(struct job **job, struct arguments *arguments,
		  sd_bus_error *reterr_error)
{
	struct job *to = *job;

	to->options.level = arguments->level;
	to->options.max_age_ms = arguments->max_age_ms;
	to->options.roots = TAKE_PTR(arguments->roots);
	if (copy_text(arguments->request.service, &to->service) < 0 ||
	    copy_text(arguments->request.user, &to->user) < 0 ||
	    copy(arguments->document, &to->document, &to->document_size) < 0 ||
	    copy(arguments->nonce, &to->nonce, &to->nonce_size) < 0)
		return sd_bus_error_set(reterr_error, NITRO_ERROR_INTERNAL,
					"Memory is exhausted.");
	return manager_submit_consume(TAKE_PTR(*job));
}

static int method_verify(sd_bus_message *message, void *userdata,
			 sd_bus_error *reterr_error)
{
	_cleanup_arguments_ struct arguments arguments = { 0 };
	_cleanup_drop_ struct job *job = NULL;
	int r = arguments_read_verify(message, &arguments, reterr_error);

	if (r < 0)
		return r;
	r = manager_admit(userdata, JOB_VERIFY, message,
			  arguments.document.size + arguments.nonce.size, &job,
			  reterr_error);
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
	return challenges_consume(manager->challenges, caller->uid,
				  &arguments->request, arguments->nonce,
				  clock_boottime_usec());
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
			  arguments.document.size + arguments.nonce.size, &job,
			  reterr_error);
	if (r < 0)
		return r;
	job->challenge = consume(userdata, &job->caller, &arguments);
	return submit(&job, &arguments, reterr_error);
}

static int method_reload(sd_bus_message *message, void *userdata,
			 sd_bus_error *reterr_error)
{
	struct manager *manager = userdata;
	_cleanup_drop_ struct job *job = NULL;
	int r = manager_admit(manager, JOB_RELOAD, message, 0, &job,
			      reterr_error);

	if (r < 0)
		return r;
	if (!caller_is_root(&job->caller))
		return sd_bus_error_set(reterr_error, NITRO_ERROR_ACCESS_DENIED,
					"Only root may reload the policy.");
	if (manager->reload_running)
		return sd_bus_error_set(reterr_error, NITRO_ERROR_BUSY,
					"The policy is being reloaded already; "
					"ask again.");
	return manager_submit_consume(TAKE_PTR(job));
}

static int get_version(sd_bus *bus _unused_, const char *path _unused_,
		       const char *interface _unused_,
		       const char *property _unused_, sd_bus_message *reply,
		       void *userdata _unused_,
		       sd_bus_error *reterr_error _unused_)
{
	return sd_bus_message_append(reply, "s", PACKAGE_VERSION);
}

static int get_generation(sd_bus *bus _unused_, const char *path _unused_,
			  const char *interface _unused_,
			  const char *property _unused_, sd_bus_message *reply,
			  void *userdata, sd_bus_error *reterr_error _unused_)
{
	const struct manager *manager = userdata;

	return sd_bus_message_append(reply, "t",
				     manager->policy.current->generation);
}

static int get_digest(sd_bus *bus _unused_, const char *path _unused_,
		      const char *interface _unused_,
		      const char *property _unused_, sd_bus_message *reply,
		      void *userdata, sd_bus_error *reterr_error _unused_)
{
	const struct manager *manager = userdata;

	return sd_bus_message_append(reply, "s",
				     manager->policy.current->digest);
}

static int get_errors(sd_bus *bus _unused_, const char *path _unused_,
		      const char *interface _unused_,
		      const char *property _unused_, sd_bus_message *reply,
		      void *userdata, sd_bus_error *reterr_error _unused_)
{
	const struct manager *manager = userdata;

	return sd_bus_message_append_strv(reply, manager->policy.errors);
}

static int get_warnings(sd_bus *bus _unused_, const char *path _unused_,
			const char *interface _unused_,
			const char *property _unused_, sd_bus_message *reply,
			void *userdata, sd_bus_error *reterr_error _unused_)
{
	const struct manager *manager = userdata;

	return sd_bus_message_append_strv(reply, manager->policy.warnings);
}

static int get_roots(sd_bus *bus _unused_, const char *path _unused_,
		     const char *interface _unused_,
		     const char *property _unused_, sd_bus_message *reply,
		     void *userdata, sd_bus_error *reterr_error _unused_)
{
	const struct manager *manager = userdata;
	const struct anchors *anchors =
		manager->policy.current->config->anchors;
	int r = sd_bus_message_open_container(reply, 'a', "(ss)");

	for (size_t i = 0; r >= 0 && i < anchors_count(anchors); i++) {
		char fingerprint[HEX_SIZE(ATTEST_SHA256_SIZE)];

		hex_encode(anchors_fingerprint(anchors, i), fingerprint);
		r = sd_bus_message_append(
			reply, "(ss)", anchors_label(anchors, i), fingerprint);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_images(sd_bus *bus _unused_, const char *path _unused_,
		      const char *interface _unused_,
		      const char *property _unused_, sd_bus_message *reply,
		      void *userdata, sd_bus_error *reterr_error _unused_)
{
	const struct manager *manager = userdata;
	const struct policy *policy = manager->policy.current->config->policy;
	int r = sd_bus_message_open_container(reply, 'a', "(su)");

	for (size_t i = 0; r >= 0 && i < policy_image_count(policy); i++)
		r = sd_bus_message_append(
			reply, "(su)", policy_image_name(policy, i),
			(uint32_t)policy_image_release_count(policy, i));
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_rule_count(sd_bus *bus _unused_, const char *path _unused_,
			  const char *interface _unused_,
			  const char *property _unused_, sd_bus_message *reply,
			  void *userdata, sd_bus_error *reterr_error _unused_)
{
	const struct manager *manager = userdata;

	return sd_bus_message_append(
		reply, "u",
		(uint32_t)policy_rule_count(
			manager->policy.current->config->policy));
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
	SD_BUS_METHOD_WITH_NAMES(NITRO_METHOD_RELOAD, "", , NITRO_RELOAD_OUT,
				 SD_BUS_PARAM(generation), method_reload,
				 SD_BUS_VTABLE_UNPRIVILEGED),
	SD_BUS_PROPERTY(NITRO_PROPERTY_VERSION, "s", get_version, 0,
			SD_BUS_VTABLE_PROPERTY_CONST),
	PROPERTY(NITRO_PROPERTY_GENERATION, "t", get_generation),
	PROPERTY(NITRO_PROPERTY_DIGEST, "s", get_digest),
	PROPERTY(NITRO_PROPERTY_ERRORS, "as", get_errors),
	PROPERTY(NITRO_PROPERTY_WARNINGS, "as", get_warnings),
	PROPERTY(NITRO_PROPERTY_ROOTS, "a(ss)", get_roots),
	PROPERTY(NITRO_PROPERTY_IMAGES, "a(su)", get_images),
	PROPERTY(NITRO_PROPERTY_RULES, "u", get_rule_count),
	SD_BUS_SIGNAL_WITH_NAMES(NITRO_SIGNAL_RELOADED, "ts",
				 SD_BUS_PARAM(generation) SD_BUS_PARAM(digest),
				 0),
	SD_BUS_VTABLE_END,
};

int bus_api_attach(struct manager *manager)
{
	return sd_bus_add_object_vtable(manager->bus, NULL, NITRO_BUS_PATH,
					NITRO_BUS_MANAGER, manager_vtable,
					manager);
}
