/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/reload.h"

#include <inttypes.h>
#include <string.h>

#include "base/time_units.h"
#include "dbus/nitro_bus.h"
#include "nitroctl/output_json.h"
#include "nitroctl/text.h"

/* A large policy takes a second; polkit may ask somebody for a password. */
#define RELOAD_TIMEOUT_USEC (60 * USEC_PER_SEC)

/* D-Bus errors after which the daemon has certainly not reloaded. */
static const char *const refusals[] = {
	NITRO_ERROR_POLICY_INVALID,
	NITRO_ERROR_WOULD_DENY,
	NITRO_ERROR_ACCESS_DENIED,
	"org.freedesktop.DBus.Error.AccessDenied",
	"org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
};

static enum reload_state judge(const struct client_reload *client)
{
	if (client->done)
		return RELOAD_DONE;
	if (strcmp(client->answer.reason, "daemon-absent") == 0)
		return RELOAD_ABSENT;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		if (strcmp(client->answer.reason, refusals[i]) == 0)
			return RELOAD_REFUSED;
	return RELOAD_UNKNOWN;
}

void reload_ask(bool keeping, struct reload *ret_reload)
{
	client_reload(keeping, RELOAD_TIMEOUT_USEC, &ret_reload->client);
	ret_reload->state = judge(&ret_reload->client);
}

void reload_clear(struct reload *reload)
{
	if (reload->state != RELOAD_NOT_ASKED)
		client_reload_clear(&reload->client);
	reload->state = RELOAD_NOT_ASKED;
}

void reload_print(const struct reload *reload)
{
	const struct client_reload *client = &reload->client;

	switch (reload->state) {
	case RELOAD_NOT_ASKED:
		return;
	case RELOAD_DONE:
		printf("The daemon has reloaded: generation %" PRIu64
		       " is in force.\n",
		       client->generation);
		return;
	case RELOAD_ABSENT:
		complain("the daemon does not run; it reads the configuration "
			 "when it starts.");
		return;
	case RELOAD_REFUSED:
	case RELOAD_UNKNOWN:
		break;
	}
	complain("reload: %s", client->answer.message);
	for (size_t i = 0; i < client->line_count; i++)
		complain("  %s", client->lines[i]);
	if (client->answer.hint[0] != '\0')
		complain("hint: %s", client->answer.hint);
}

static json_t *json_lines(const struct client_reload *client)
{
	json_t *array = json_array();

	for (size_t i = 0; i < client->line_count; i++)
		if (json_array_append_new(
			    array, json_text(span_of_text(client->lines[i]))) <
		    0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

json_t *json_reload(const struct reload *reload)
{
	static const char *const states[] = {
		[RELOAD_NOT_ASKED] = "not-asked",  [RELOAD_DONE] = "done",
		[RELOAD_ABSENT] = "daemon-absent", [RELOAD_REFUSED] = "refused",
		[RELOAD_UNKNOWN] = "unknown",
	};
	const struct client_reload *client = &reload->client;

	if (reload->state == RELOAD_NOT_ASKED)
		return json_pack("{s:s}", "state", states[RELOAD_NOT_ASKED]);
	return json_pack("{s:s, s:I, s:o, s:o, s:o, s:o}", "state",
			 states[reload->state], "generation",
			 (json_int_t)client->generation, "reason",
			 json_text(span_of_text(client->answer.reason)),
			 "message",
			 json_text(span_of_text(client->answer.message)),
			 "hint", json_text(span_of_text(client->answer.hint)),
			 "lines", json_lines(client));
}
