/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/verdict_output.h"

#include <string.h>
#include <time.h>

#include "base/time_units.h"
#include "dbus/nitro_bus.h"
#include "nitroctl/output_json.h"
#include "nitroctl/text.h"

static json_t *json_time_usec(uint64_t usec)
{
	return usec == 0 ? json_null()
			 : json_time_ms((int64_t)(usec / USEC_PER_MSEC));
}

static json_t *json_audit_session(unsigned session)
{
	return session == UINT32_MAX ? json_null() : json_integer(session);
}

/* The words of the text, which are parted by blanks. */
static json_t *json_bindings(const char *text)
{
	json_t *array = json_array();

	while (array != NULL && *text != '\0') {
		size_t length = strcspn(text, " ");

		if (json_array_append_new(array, json_stringn(text, length)) <
		    0) {
			json_decref(array);
			return NULL;
		}
		text += length;
		text += strspn(text, " ");
	}
	return array;
}

json_t *json_live_verdict(const struct client_verdict *verdict)
{
	const struct span document =
		verdict->document_size == 0
			? SPAN_ABSENT
			: span_of(verdict->document, verdict->document_size);

	return json_pack(
		"{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o, "
		"s:o, s:o, s:o, s:b, s:s, s:o, s:o, s:I, s:o, s:o}",
		"id", verdict->id, "user", verdict->user, "service",
		verdict->service, "state", verdict->state, "session",
		json_string_or_null(verdict->session), "audit_session",
		json_audit_session(verdict->audit_session), "rule",
		json_string_or_null(verdict->rule), "image",
		json_string_or_null(verdict->image), "release",
		json_string_or_null(verdict->release), "level",
		(json_int_t)verdict->level, "module_id",
		json_string_or_null(verdict->module_id), "root",
		json_string_or_null(verdict->root), "remote_host",
		json_string_or_null(verdict->remote_host), "tty",
		json_string_or_null(verdict->tty), "bindings",
		json_bindings(verdict->bindings), "audited",
		(int)verdict->audited, "on_revoke", verdict->on_revoke,
		"issued", json_time_usec(verdict->issued_usec), "ends",
		json_time_usec(verdict->ends_usec), "policy_generation",
		(json_int_t)verdict->policy_generation, "policy_digest",
		json_string_or_null(verdict->policy_digest), "document_sha256",
		json_hex(document));
}

void verdict_end_text(const struct client_verdict *verdict,
		      char ret_text[static VERDICT_END_SIZE])
{
	const uint64_t now_usec = (uint64_t)time(NULL) * USEC_PER_SEC;
	char span[SPAN_TEXT_SIZE];

	if (verdict->ends_usec == 0) {
		snprintf(ret_text, VERDICT_END_SIZE, "never");
		return;
	}
	if (verdict->ends_usec <= now_usec) {
		snprintf(ret_text, VERDICT_END_SIZE, "now");
		return;
	}
	format_span((verdict->ends_usec - now_usec) / USEC_PER_MSEC, span);
	snprintf(ret_text, VERDICT_END_SIZE, "in %s", span);
}

/* D-Bus errors that are an answer about this verdict. */
static bool is_refusal(const char *reason)
{
	static const char *const refusals[] = {
		NITRO_ERROR_NO_SUCH_VERDICT,
		NITRO_ERROR_ACCESS_DENIED,
		NITRO_ERROR_INVALID_ARGUMENT,
		"org.freedesktop.DBus.Error.AccessDenied",
		"org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
	};

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		if (strcmp(reason, refusals[i]) == 0)
			return true;
	return false;
}

enum exit_code verdict_complain(const char *id, const struct answer *answer)
{
	if (id != NULL)
		complain("%s: %s", id, answer->message);
	else
		complain("%s", answer->message);
	if (answer->hint[0] != '\0')
		complain("hint: %s", answer->hint);
	return is_refusal(answer->reason) ? EXIT_DENIED : EXIT_NOT_JUDGED;
}
