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

/* What a dictionary describes. */
enum subject {
	SUBJECT_VERDICT = 1 << 0,    /* a decision */
	SUBJECT_ATTACHMENT = 1 << 1, /* a live verdict */
};

/* The keys of a verdict that a gate uses: where the value goes, and of which
 * subjects a dictionary without it is malformed. */
static const struct field {
	const char *key;
	char type;
	unsigned required;
	size_t offset;
	size_t size;
} fields[] = {
#define TEXT(member)                                                           \
	offsetof(struct answer, member), sizeof(((struct answer *)NULL)->member)
	{ NITRO_VERDICT_LEVEL, 'u', SUBJECT_VERDICT | SUBJECT_ATTACHMENT,
	  offsetof(struct answer, level), 0 },
	{ NITRO_VERDICT_REASON, 's', SUBJECT_VERDICT, TEXT(reason) },
	{ NITRO_VERDICT_MESSAGE, 's', 0, TEXT(message) },
	{ NITRO_VERDICT_HINT, 's', 0, TEXT(hint) },
	{ NITRO_VERDICT_RULE, 's', 0, TEXT(rule) },
	{ NITRO_VERDICT_IMAGE, 's', 0, TEXT(image) },
	{ NITRO_VERDICT_RELEASE, 's', 0, TEXT(release) },
	{ NITRO_VERDICT_RETIRING, 'b', 0, offsetof(struct answer, retiring),
	  0 },
	{ NITRO_VERDICT_AUDITED, 'b', 0, offsetof(struct answer, audited), 0 },
	{ NITRO_VERDICT_ID, 's', SUBJECT_ATTACHMENT, TEXT(id) },
	/* Either of the two says it: a verdict's document, or the verdict. */
	{ NITRO_VERDICT_DOCUMENT, 'a', 0, 0, 0 },
	{ NITRO_LIVE_MODULE_ID, 's', 0, TEXT(module_id) },
#undef TEXT
};

/* Reads the value of one entry of an a{sv}. */
typedef bool (*entry_reader)(sd_bus_message *reply, const char *key,
			     void *data);

static bool read_entries(sd_bus_message *reply, entry_reader read, void *data)
{
	const char *key;
	int r;

	if (sd_bus_message_enter_container(reply, 'a', "{sv}") <= 0)
		return false;
	while ((r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0)
		if (sd_bus_message_read(reply, "s", &key) <= 0 ||
		    !read(reply, key, data) ||
		    sd_bus_message_exit_container(reply) < 0)
			return false;
	return r == 0 && sd_bus_message_exit_container(reply) >= 0;
}

static const struct field *find_field(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (strcmp(fields[i].key, key) == 0)
			return &fields[i];
	return NULL;
}

/* Of the document only its module id is used here. */
static bool read_document_entry(sd_bus_message *reply, const char *key,
				void *data)
{
	struct answer *answer = data;
	const char *text;

	if (strcmp(key, NITRO_DOCUMENT_MODULE_ID) != 0)
		return sd_bus_message_skip(reply, "v") > 0;
	if (sd_bus_message_read(reply, "v", "s", &text) <= 0)
		return false;
	printable_copy(answer->module_id, sizeof(answer->module_id), text);
	return true;
}

static bool read_document(sd_bus_message *reply, struct answer *answer)
{
	return sd_bus_message_enter_container(reply, 'v', "a{sv}") > 0 &&
	       read_entries(reply, read_document_entry, answer) &&
	       sd_bus_message_exit_container(reply) >= 0;
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

	if (field->type == 'a')
		return read_document(reply, answer);
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

/* An answer in the making; `seen` has a bit for each known key that was met. */
struct reading {
	struct answer answer;
	unsigned seen;
};

static bool read_entry(sd_bus_message *reply, const char *key, void *data)
{
	const struct field *field = find_field(key);
	struct reading *reading = data;
	unsigned bit;

	if (field == NULL)
		return sd_bus_message_skip(reply, "v") > 0;
	bit = 1u << (field - fields);
	if ((reading->seen & bit) != 0)
		return false;
	reading->seen |= bit;
	return read_field(reply, field, &reading->answer);
}

/* A dictionary about a subject; no error becomes an answer here. */
static bool read_subject(sd_bus_message *reply, enum subject subject,
			 struct reading *reading)
{
	const struct answer *answer = &reading->answer;

	if (!read_entries(reply, read_entry, reading))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if ((fields[i].required & subject) != 0 &&
		    (reading->seen & 1u << i) == 0)
			return false;
	return answer->level <= LEVEL_MAX &&
	       (*answer->id == '\0' || answer_id_is_valid(answer->id));
}

bool answer_id_is_valid(const char *id)
{
	if (strnlen(id, ANSWER_ID_SIZE) != ANSWER_ID_SIZE - 1 || *id != 'v')
		return false;
	return strspn(id + 1, "0123456789abcdef") == ANSWER_ID_SIZE - 2;
}

static bool read_verdict(sd_bus_message *reply, const char **ret_decision,
			 struct reading *reading)
{
	return sd_bus_message_read(reply, "s", ret_decision) > 0 &&
	       read_subject(reply, SUBJECT_VERDICT, reading);
}

void answer_from_verdict(struct sd_bus_message *reply,
			 struct answer *ret_answer)
{
	if (sd_bus_message_has_signature(reply, NITRO_AUTHORIZE_OUT))
		answer_from_decision(reply, ret_answer);
	else
		answer_fail(ret_answer, ANSWER_FAILURE_REPLY_MALFORMED, NULL);
}

void answer_from_decision(struct sd_bus_message *reply,
			  struct answer *ret_answer)
{
	struct reading reading = { .seen = 0 };
	struct answer *answer = &reading.answer;
	const char *decision;

	if (!read_verdict(reply, &decision, &reading)) {
		answer_fail(ret_answer, ANSWER_FAILURE_REPLY_MALFORMED, NULL);
		return;
	}
	if (strcmp(decision, NITRO_DECISION_DENY) == 0) {
		answer->kind = ANSWER_DENIED;
	} else if (strcmp(decision, NITRO_DECISION_ALLOW) != 0) {
		answer_fail(ret_answer, ANSWER_FAILURE_DECISION_UNKNOWN,
			    decision);
		return;
	} else if (answer->level == 0 && !answer->audited) {
		answer_fail(ret_answer, ANSWER_FAILURE_REPLY_MALFORMED,
			    "allowed at level 0");
		return;
	} else {
		answer->kind = ANSWER_ALLOWED;
	}
	*ret_answer = *answer;
}

void answer_from_attachment(struct sd_bus_message *reply, const char *id,
			    struct answer *ret_answer)
{
	struct reading reading = { .seen = 0 };
	const struct answer *answer = &reading.answer;

	if (!sd_bus_message_has_signature(reply, NITRO_ATTACH_SESSION_OUT) ||
	    !read_subject(reply, SUBJECT_ATTACHMENT, &reading) ||
	    strcmp(answer->id, id) != 0 ||
	    (answer->level == 0 && !answer->audited)) {
		answer_fail(ret_answer, ANSWER_FAILURE_REPLY_MALFORMED, NULL);
		return;
	}
	*ret_answer = *answer;
	ret_answer->kind = ANSWER_ALLOWED;
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
