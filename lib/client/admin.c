/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/admin.h"

#include <string.h>

#include "base/compiler.h"
#include "base/printable.h"
#include "client/connection.h"
#include "dbus/nitro_bus.h"

static char *copy_text(const char *text)
{
	if (strnlen(text, CLIENT_ADMIN_TEXT_MAX) == CLIENT_ADMIN_TEXT_MAX)
		return NULL;
	return strdup(text);
}

static bool add_line(struct client_reload *reload, const char *line)
{
	char **lines;

	if (reload->line_count == CLIENT_ADMIN_LIST_MAX)
		return false;
	lines = reallocarray(reload->lines, reload->line_count + 1,
			     sizeof(*lines));
	if (lines == NULL)
		return false;
	reload->lines = lines;
	lines[reload->line_count] = copy_text(line);
	return lines[reload->line_count++] != NULL;
}

/* The list behind the message of an error that carries one. */
static bool read_lines(sd_bus_message *error, struct client_reload *reload)
{
	const char *line;
	int r;

	if (!sd_bus_message_has_signature(error, "sas"))
		return true;
	if (sd_bus_message_rewind(error, true) < 0 ||
	    sd_bus_message_skip(error, "s") < 0 ||
	    sd_bus_message_enter_container(error, 'a', "s") <= 0)
		return false;
	while ((r = sd_bus_message_read(error, "s", &line)) > 0)
		if (!add_line(reload, line))
			return false;
	return r == 0 && sd_bus_message_exit_container(error) >= 0;
}

void admin_read_reload(struct sd_bus_message *reply,
		       struct client_reload *ret_reload)
{
	*ret_reload = (struct client_reload){ 0 };
	if (sd_bus_message_is_method_error(reply, NULL)) {
		answer_from_error(reply, &ret_reload->answer);
		if (read_lines(reply, ret_reload))
			return;
		client_reload_clear(ret_reload);
	} else if (sd_bus_message_has_signature(reply, NITRO_RELOAD_OUT) &&
		   sd_bus_message_read(reply, "t", &ret_reload->generation) >
			   0) {
		ret_reload->done = true;
		return;
	}
	answer_fail(&ret_reload->answer, ANSWER_FAILURE_REPLY_MALFORMED, NULL);
}

void client_reload(bool keeping, uint64_t timeout_usec,
		   struct client_reload *ret_reload)
{
	_cleanup_connection_ struct connection connection = CONNECTION_CLOSED;
	_cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;
	int r;

	*ret_reload = (struct client_reload){ 0 };
	if (!connection_open(timeout_usec, &connection, &ret_reload->answer))
		return;
	r = connection_new_call(&connection, NITRO_BUS_MANAGER,
				keeping ? NITRO_METHOD_RELOAD_KEEPING
					: NITRO_METHOD_RELOAD,
				&call);
	if (r >= 0)
		r = sd_bus_message_set_allow_interactive_authorization(call,
								       true);
	if (r < 0)
		answer_fail(&ret_reload->answer, ANSWER_FAILURE_NO_MEMORY,
			    NULL);
	else if (connection_exchange(&connection, call, &reply,
				     &ret_reload->answer))
		admin_read_reload(reply, ret_reload);
}

void client_reload_clear(struct client_reload *reload)
{
	for (size_t i = 0; i < reload->line_count; i++)
		free(reload->lines[i]);
	free(reload->lines);
	*reload = (struct client_reload){ 0 };
}

/* The array doubles, because a policy has thousands of parts. */
static bool add_part(struct client_policy *policy, const char *name,
		     const char *text)
{
	size_t count = policy->part_count;
	struct client_policy_part *part;

	if (count == CLIENT_ADMIN_LIST_MAX)
		return false;
	if ((count & (count - 1)) == 0) {
		part = reallocarray(policy->parts, count == 0 ? 1 : 2 * count,
				    sizeof(*part));
		if (part == NULL)
			return false;
		policy->parts = part;
	}
	part = &policy->parts[policy->part_count++];
	*part = (struct client_policy_part){ copy_text(name), copy_text(text) };
	return part->name != NULL && part->text != NULL;
}

static bool read_policy(sd_bus_message *reply, struct client_policy *policy)
{
	const char *digest, *name, *text;
	int r;

	if (!sd_bus_message_has_signature(reply, NITRO_DESCRIBE_POLICY_OUT) ||
	    sd_bus_message_read(reply, "ts", &policy->generation, &digest) <=
		    0 ||
	    sd_bus_message_enter_container(reply, 'a', "(ss)") <= 0)
		return false;
	printable_copy(policy->digest, sizeof(policy->digest), digest);
	while ((r = sd_bus_message_read(reply, "(ss)", &name, &text)) > 0)
		if (!add_part(policy, name, text))
			return false;
	return r == 0 && sd_bus_message_exit_container(reply) >= 0;
}

bool admin_read_policy(struct sd_bus_message *reply,
		       struct client_policy **ret_policy,
		       struct answer *reterr_answer)
{
	_cleanup_(client_policy_freep) struct client_policy *policy =
		calloc(1, sizeof(*policy));

	if (policy == NULL)
		return answer_fail(reterr_answer, ANSWER_FAILURE_NO_MEMORY,
				   NULL);
	if (!read_policy(reply, policy))
		return answer_fail(reterr_answer,
				   ANSWER_FAILURE_REPLY_MALFORMED, NULL);

	*ret_policy = TAKE_PTR(policy);
	return true;
}

bool client_describe_policy(uint64_t timeout_usec,
			    struct client_policy **ret_policy,
			    struct answer *reterr_answer)
{
	_cleanup_connection_ struct connection connection = CONNECTION_CLOSED;
	_cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;

	if (!connection_open(timeout_usec, &connection, reterr_answer))
		return false;
	if (connection_new_call(&connection, NITRO_BUS_MANAGER,
				NITRO_METHOD_DESCRIBE_POLICY, &call) < 0)
		return answer_fail(reterr_answer, ANSWER_FAILURE_NO_MEMORY,
				   NULL);
	return connection_call(&connection, call, &reply, reterr_answer) &&
	       admin_read_policy(reply, ret_policy, reterr_answer);
}

void client_policy_free(struct client_policy *policy)
{
	if (policy == NULL)
		return;
	for (size_t i = 0; i < policy->part_count; i++) {
		free(policy->parts[i].name);
		free(policy->parts[i].text);
	}
	free(policy->parts);
	free(policy);
}
