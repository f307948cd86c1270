/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arguments of the methods about live verdicts; a part of bus_arguments.h.
 */
#include "config.h"

#include <errno.h>

#include "dbus/nitro_bus.h"
#include "nitro-policyd/bus_arguments.h"
#include "nitro-policyd/bus_options.h"
#include "nitro-policyd/bus_read.h"

static int option_verdict(sd_bus_message *message, struct arguments *arguments,
			  sd_bus_error *reterr_error)
{
	return bus_read_origin(message, NITRO_OPTION_VERDICT, NITRO_ID_LENGTH,
			       &arguments->selector.id, reterr_error);
}

static int option_session(sd_bus_message *message, struct arguments *arguments,
			  sd_bus_error *reterr_error)
{
	return bus_read_origin(message, NITRO_OPTION_SESSION,
			       LIVE_SESSION_SIZE - 1,
			       &arguments->selector.session, reterr_error);
}

static int option_audit_session(sd_bus_message *message,
				struct arguments *arguments,
				sd_bus_error *reterr_error _unused_)
{
	return sd_bus_message_read_basic(message, 'u',
					 &arguments->selector.audit_session);
}

/* Exactly one way of naming a verdict. */
static int choose_selection(struct arguments *arguments,
			    sd_bus_error *reterr_error)
{
	struct live_selector *selector = &arguments->selector;
	bool by_id = selector->id[0] != '\0';
	bool by_key = !span_is_absent(arguments->request.ssh_key);
	bool by_session = selector->session[0] != '\0' ||
			  selector->audit_session != LIVE_NO_AUDIT_SESSION;

	if (by_id + by_key + by_session != 1)
		return sd_bus_error_set(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"Name one verdict: by 'verdict', or by 'ssh_key', or "
			"by 'session' and 'audit_session'.");
	selector->by =
		by_id ? LIVE_BY_ID : (by_key ? LIVE_BY_KEY : LIVE_BY_SESSION);
	return 0;
}

static void select_nothing(struct arguments *arguments)
{
	arguments->selector.id = "";
	arguments->selector.session = "";
	arguments->selector.audit_session = LIVE_NO_AUDIT_SESSION;
}

int arguments_read_check(sd_bus_message *message,
			 struct arguments *ret_arguments,
			 sd_bus_error *reterr_error)
{
	static const struct option options[] = {
		ORIGIN_OPTIONS,
		{ NITRO_OPTION_VERDICT, "s", option_verdict },
		{ NITRO_OPTION_SSH_KEY, "ay", option_ssh_key },
		{ NITRO_OPTION_SESSION, "s", option_session },
		{ NITRO_OPTION_AUDIT_SESSION, "u", option_audit_session },
	};
	int r = bus_read_request(message, &ret_arguments->request,
				 reterr_error);

	if (r < 0)
		return r;
	select_nothing(ret_arguments);
	r = options_read(message, options, ARRAY_SIZE(options), ret_arguments,
			 reterr_error);
	if (r < 0)
		return r;
	return choose_selection(ret_arguments, reterr_error);
}

int arguments_read_attach(sd_bus_message *message,
			  struct arguments *ret_arguments,
			  sd_bus_error *reterr_error)
{
	static const struct option options[] = {
		{ NITRO_OPTION_SESSION, "s", option_session },
		{ NITRO_OPTION_AUDIT_SESSION, "u", option_audit_session },
	};
	int r;

	select_nothing(ret_arguments);
	r = sd_bus_message_read_basic(message, 's',
				      &ret_arguments->selector.id);
	if (r < 0)
		return r;
	r = bus_read_request(message, &ret_arguments->request, reterr_error);
	if (r < 0)
		return r;
	ret_arguments->selector.by = LIVE_BY_ID;
	return options_read(message, options, ARRAY_SIZE(options),
			    ret_arguments, reterr_error);
}

static int option_user(sd_bus_message *message, struct arguments *arguments,
		       sd_bus_error *reterr_error)
{
	return bus_read_origin(message, NITRO_OPTION_USER, REQUEST_USER_MAX,
			       &arguments->request.user, reterr_error);
}

static int option_service(sd_bus_message *message, struct arguments *arguments,
			  sd_bus_error *reterr_error)
{
	return bus_read_origin(message, NITRO_OPTION_SERVICE,
			       REQUEST_SERVICE_MAX, &arguments->request.service,
			       reterr_error);
}

int arguments_read_filter(sd_bus_message *message,
			  struct arguments *ret_arguments,
			  sd_bus_error *reterr_error)
{
	static const struct option options[] = {
		{ NITRO_OPTION_USER, "s", option_user },
		{ NITRO_OPTION_SERVICE, "s", option_service },
		{ NITRO_OPTION_SESSION, "s", option_session },
	};

	select_nothing(ret_arguments);
	return options_read(message, options, ARRAY_SIZE(options),
			    ret_arguments, reterr_error);
}
