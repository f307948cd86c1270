/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/answer.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "base/compiler.h"
#include "base/printable.h"
#include "client/client.h"
#include "dbus/nitro_bus.h"

#define LEVEL_MAX 3

static const struct failure {
	const char *name;
	const char *sentence;
	const char *hint;
} failures[] = {
#define FAILURE_ROW(code, name, sentence, hint) { name, sentence, hint },
	ANSWER_FAILURE_TABLE(FAILURE_ROW)
#undef FAILURE_ROW
};

/* What an admin can do about errors whose message may not say it. */
static const struct {
	const char *name;
	const char *hint;
} error_hints[] = {
	{ NITRO_ERROR_ACCESS_DENIED,
	  "Gates and admins ask as root; others may ask about themselves "
	  "only." },
	{ NITRO_ERROR_LIMIT_EXCEEDED,
	  "Too many questions of one caller are open; see its journal." },
	{ NITRO_ERROR_BUSY, "The daemon's queue is full; try again." },
	{ NITRO_ERROR_POLICY_INVALID, "The policy in force stays." },
	{ NITRO_ERROR_WOULD_DENY,
	  "The policy in force stays; a plain reload takes the new one." },
	{ NITRO_ERROR_INTERNAL, "journalctl -u nitro-policyd" },
	{ SD_BUS_ERROR_ACCESS_DENIED,
	  "The bus policy forbids the question; see org.nitro.Policy1.conf in "
	  "system.d." },
	{ SD_BUS_ERROR_UNKNOWN_METHOD,
	  "Are nitro-policyd and this program of the same version?" },
	{ SD_BUS_ERROR_NO_REPLY,
	  "systemctl status nitro-policyd; journalctl -u nitro-policyd" },
	{ SD_BUS_ERROR_NAME_HAS_NO_OWNER, "systemctl status nitro-policyd" },
	{ SD_BUS_ERROR_SERVICE_UNKNOWN, "systemctl status nitro-policyd" },
};

void answer_refuse(struct answer *ret_answer, enum answer_kind kind,
		   const char *reason, const struct answer_text *text)
{
	const char *detail = text->detail == NULL ? "" : text->detail;
	char message[ANSWER_TEXT_SIZE + 1];

	snprintf(message, sizeof(message), "%s%s%s%s", text->sentence,
		 *detail == '\0' ? "" : " (", detail,
		 *detail == '\0' ? "" : ")");

	*ret_answer = (struct answer){ .kind = ANSWER_UNAVAILABLE };
	if (kind == ANSWER_DENIED)
		ret_answer->kind = ANSWER_DENIED;
	printable_copy(ret_answer->reason, sizeof(ret_answer->reason), reason);
	printable_copy(ret_answer->message, sizeof(ret_answer->message),
		       message);
	printable_copy(ret_answer->hint, sizeof(ret_answer->hint), text->hint);
}

bool answer_fail(struct answer *ret_answer, enum answer_failure failure,
		 const char *detail)
{
	const struct failure *row = &failures[failure];

	answer_refuse(
		ret_answer, ANSWER_UNAVAILABLE, row->name,
		&(struct answer_text){ row->sentence, detail, row->hint });
	return false;
}

bool answer_from_error(struct sd_bus_message *message,
		       struct answer *ret_answer)
{
	const sd_bus_error *error = sd_bus_message_get_error(message);
	struct answer_text text = { "An error without a message.", NULL, "" };

	if (error->message != NULL)
		text.sentence = error->message;
	for (size_t i = 0; i < ARRAY_SIZE(error_hints); i++)
		if (sd_bus_error_has_name(error, error_hints[i].name))
			text.hint = error_hints[i].hint;
	answer_refuse(ret_answer, ANSWER_UNAVAILABLE, error->name, &text);
	return false;
}

/* The keys of a verdict that a gate uses: where the value goes, and whether a
 * verdict without it is malformed. */
static const struct field {
	const char *key;
	char type;
	bool required;
	size_t offset;
	size_t size;
} fields[] = {
#define TEXT(member)                                                           \
	offsetof(struct answer, member), sizeof(((struct answer *)NULL)->member)
	{ NITRO_VERDICT_LEVEL, 'u', true, offsetof(struct answer, level), 0 },
	{ NITRO_VERDICT_REASON, 's', true, TEXT(reason) },
	{ NITRO_VERDICT_MESSAGE, 's', false, TEXT(message) },
	{ NITRO_VERDICT_HINT, 's', false, TEXT(hint) },
	{ NITRO_VERDICT_RULE, 's', false, TEXT(rule) },
	{ NITRO_VERDICT_IMAGE, 's', false, TEXT(image) },
	{ NITRO_VERDICT_RELEASE, 's', false, TEXT(release) },
	{ NITRO_VERDICT_RETIRING, 'b', false, offsetof(struct answer, retiring),
	  0 },
	{ NITRO_VERDICT_AUDITED, 'b', false, offsetof(struct answer, audited),
	  0 },
#undef TEXT
};

static const struct field *find_field(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (strcmp(fields[i].key, key) == 0)
			return &fields[i];
	return NULL;
}

/* Reads the variant of a known key into the answer. */
static bool read_field(sd_bus_message *reply, const struct field *field,
		       struct answer *answer)
{
	const char signature[] = { field->type, '\0' };
	void *target = (char *)answer + field->offset;
	union {
		const char *text;
		uint32_t number;
		int boolean;
	} value;

	if (sd_bus_message_read(reply, "v", signature, &value) <= 0)
		return false;
	if (field->type == 's')
		printable_copy(target, field->size, value.text);
	else if (field->type == 'b')
		*(bool *)target = value.boolean;
	else
		*(unsigned *)target = value.number;
	return true;
}

/* Reads one entry; *seen has a bit for each known key that was met. */
static bool read_entry(sd_bus_message *reply, struct answer *answer,
		       unsigned *seen)
{
	const struct field *field;
	const char *key;
	unsigned bit;

	if (sd_bus_message_read(reply, "s", &key) <= 0)
		return false;
	field = find_field(key);
	if (field == NULL)
		return sd_bus_message_skip(reply, "v") > 0;

	bit = 1u << (field - fields);
	if ((*seen & bit) != 0)
		return false;
	*seen |= bit;
	return read_field(reply, field, answer);
}

static bool has_required_fields(unsigned seen)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (fields[i].required && (seen & 1u << i) == 0)
			return false;
	return true;
}

/* Everything but the meaning of the decision; no error becomes an answer here. */
static bool read_verdict(sd_bus_message *reply, const char **ret_decision,
			 struct answer *ret_answer)
{
	unsigned seen = 0;
	int r;

	if (!sd_bus_message_has_signature(reply, NITRO_AUTHORIZE_OUT))
		return false;
	if (sd_bus_message_read(reply, "s", ret_decision) <= 0 ||
	    sd_bus_message_enter_container(reply, 'a', "{sv}") <= 0)
		return false;
	while ((r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0)
		if (!read_entry(reply, ret_answer, &seen) ||
		    sd_bus_message_exit_container(reply) < 0)
			return false;
	if (r < 0 || sd_bus_message_exit_container(reply) < 0)
		return false;

	return has_required_fields(seen) && ret_answer->level <= LEVEL_MAX;
}

void answer_from_verdict(struct sd_bus_message *reply,
			 struct answer *ret_answer)
{
	struct answer answer = { .kind = ANSWER_UNAVAILABLE };
	const char *decision;

	if (!read_verdict(reply, &decision, &answer)) {
		answer_fail(ret_answer, ANSWER_FAILURE_REPLY_MALFORMED, NULL);
		return;
	}
	if (strcmp(decision, NITRO_DECISION_DENY) == 0) {
		answer.kind = ANSWER_DENIED;
	} else if (strcmp(decision, NITRO_DECISION_ALLOW) != 0) {
		answer_fail(ret_answer, ANSWER_FAILURE_DECISION_UNKNOWN,
			    decision);
		return;
	} else if (answer.level == 0 && !answer.audited) {
		answer_fail(ret_answer, ANSWER_FAILURE_REPLY_MALFORMED,
			    "allowed at level 0");
		return;
	} else {
		answer.kind = ANSWER_ALLOWED;
	}
	*ret_answer = answer;
}

bool answer_from_challenge(struct sd_bus_message *reply,
			   struct client_challenge *ret_challenge,
			   struct answer *reterr_answer)
{
	const void *nonce;
	uint64_t lifetime;
	size_t size;

	if (!sd_bus_message_has_signature(reply, NITRO_CREATE_CHALLENGE_OUT) ||
	    sd_bus_message_read_array(reply, 'y', &nonce, &size) <= 0 ||
	    sd_bus_message_read(reply, "t", &lifetime) <= 0)
		return answer_fail(reterr_answer,
				   ANSWER_FAILURE_REPLY_MALFORMED, NULL);
	if (size != sizeof(ret_challenge->nonce) || lifetime == 0)
		return answer_fail(reterr_answer,
				   ANSWER_FAILURE_REPLY_MALFORMED,
				   "a challenge without nonce or lifetime");

	memcpy(ret_challenge->nonce, nonce, size);
	ret_challenge->lifetime_usec = lifetime;
	return true;
}
