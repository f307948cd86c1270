/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/bus_options.h"

#include <string.h>

#include "dbus/nitro_bus.h"
#include "nitro-policyd/bus_read.h"
#include "ssh/certificate.h"

static const struct option *find_option(const struct option *options,
					size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

/* One dictionary entry that was entered already. */
static int read_option(sd_bus_message *message, const struct option *option,
		       struct arguments *arguments, sd_bus_error *reterr_error)
{
	const char *type;
	int r = sd_bus_message_peek_type(message, NULL, &type);

	if (r < 0)
		return r;
	if (strcmp(type, option->type) != 0)
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"The option '%s' has type %s; %s is expected.",
			option->name, type, option->type);

	r = sd_bus_message_enter_container(message, 'v', type);
	if (r < 0)
		return r;
	r = option->read(message, arguments, reterr_error);
	if (r < 0)
		return r;
	return sd_bus_message_exit_container(message);
}

int options_read(sd_bus_message *message, const struct option *options,
		 size_t count, struct arguments *arguments,
		 sd_bus_error *reterr_error)
{
	unsigned given = 0;
	int r = sd_bus_message_enter_container(message, 'a', "{sv}");

	if (r < 0)
		return r;

	while ((r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
		const struct option *option;
		const char *name;

		r = sd_bus_message_read_basic(message, 's', &name);
		if (r < 0)
			return r;
		option = find_option(options, count, name);
		if (option == NULL)
			return sd_bus_error_setf(
				reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
				"The option '%.64s' is not known.", name);
		if (given & 1u << (option - options))
			return sd_bus_error_setf(
				reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
				"The option '%s' is given twice.", name);
		given |= 1u << (option - options);

		r = read_option(message, option, arguments, reterr_error);
		if (r < 0)
			return r;
		r = sd_bus_message_exit_container(message);
		if (r < 0)
			return r;
	}
	return r;
}

int option_remote_host(sd_bus_message *message, struct arguments *arguments,
		       sd_bus_error *reterr_error)
{
	return bus_read_origin(message, NITRO_OPTION_REMOTE_HOST,
			       REQUEST_HOST_MAX,
			       &arguments->request.remote_host, reterr_error);
}

int option_tty(sd_bus_message *message, struct arguments *arguments,
	       sd_bus_error *reterr_error)
{
	return bus_read_origin(message, NITRO_OPTION_TTY, REQUEST_TTY_MAX,
			       &arguments->request.tty, reterr_error);
}

int option_command(sd_bus_message *message, struct arguments *arguments,
		   sd_bus_error *reterr_error)
{
	return bus_read_origin(message, NITRO_OPTION_COMMAND,
			       REQUEST_COMMAND_MAX, &arguments->request.command,
			       reterr_error);
}

int option_run_as(sd_bus_message *message, struct arguments *arguments,
		  sd_bus_error *reterr_error)
{
	return bus_read_origin(message, NITRO_OPTION_RUN_AS, REQUEST_USER_MAX,
			       &arguments->request.run_as, reterr_error);
}

int option_run_as_group(sd_bus_message *message, struct arguments *arguments,
			sd_bus_error *reterr_error)
{
	return bus_read_origin(message, NITRO_OPTION_RUN_AS_GROUP,
			       REQUEST_GROUP_MAX,
			       &arguments->request.run_as_group, reterr_error);
}

int option_host(sd_bus_message *message, struct arguments *arguments,
		sd_bus_error *reterr_error)
{
	return bus_read_origin(message, NITRO_OPTION_HOST, REQUEST_HOST_MAX,
			       &arguments->request.host, reterr_error);
}

/* A certificate stands for the key in it: sshd has verified it, and the same key
 * without certificate is the same key. */
int option_ssh_key(sd_bus_message *message, struct arguments *arguments,
		   sd_bus_error *reterr_error)
{
	struct ssh_key key;
	enum ssh_error error;
	int r = bus_read_bytes(message, &arguments->ssh_blob);

	if (r < 0)
		return r;
	error = ssh_key_read_any(arguments->ssh_blob, &key);
	if (error != SSH_OK)
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"The option 'ssh_key' is no key or certificate in SSH "
			"wire format: %s.",
			ssh_error_text(error));
	arguments->request.ssh_key = span_of(
		arguments->ssh_key, ssh_key_write(&key, arguments->ssh_key));
	return 0;
}

int option_manifest(sd_bus_message *message, struct arguments *arguments,
		    sd_bus_error *reterr_error)
{
	int r = bus_read_bytes(message, &arguments->manifest);

	if (r < 0)
		return r;
	if (arguments->manifest.size == 0 ||
	    arguments->manifest.size > NITRO_MANIFEST_MAX)
		return sd_bus_error_setf(
			reterr_error, NITRO_ERROR_INVALID_ARGUMENT,
			"The manifest has %zu bytes; 1 to %u are allowed.",
			arguments->manifest.size, NITRO_MANIFEST_MAX);
	return 0;
}
