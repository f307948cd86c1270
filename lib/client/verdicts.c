/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/verdicts.h"

#include <errno.h>
#include <string.h>

#include "base/compiler.h"
#include "base/printable.h"
#include "client/connection.h"
#include "dbus/nitro_bus.h"

#define OBJECT_MANAGER	   "org.freedesktop.DBus.ObjectManager"
#define OBJECT_MANAGER_GET "GetManagedObjects"
#define OBJECT_MANAGER_OUT "a{oa{sa{sv}}}"

/* Where the value of each property goes. A dictionary without one of them is
 * malformed; others are passed over, so that a newer daemon can say more. */
static const struct field {
	const char *name;
	const char *type;
	size_t offset;
	size_t size;
} fields[] = {
#define MEMBER(member)                                                         \
	offsetof(struct client_verdict, member),                               \
		sizeof(((struct client_verdict *)NULL)->member)
	{ NITRO_VERDICT_ID, "s", MEMBER(id) },
	{ NITRO_LIVE_USER, "s", MEMBER(user) },
	{ NITRO_LIVE_SERVICE, "s", MEMBER(service) },
	{ NITRO_LIVE_STATE, "s", MEMBER(state) },
	{ NITRO_VERDICT_RULE, "s", MEMBER(rule) },
	{ NITRO_VERDICT_IMAGE, "s", MEMBER(image) },
	{ NITRO_VERDICT_RELEASE, "s", MEMBER(release) },
	{ NITRO_LIVE_MODULE_ID, "s", MEMBER(module_id) },
	{ NITRO_LIVE_ROOT, "s", MEMBER(root) },
	{ NITRO_LIVE_BINDINGS, "as", MEMBER(bindings) },
	{ NITRO_LIVE_SESSION, "s", MEMBER(session) },
	{ NITRO_LIVE_REMOTE_HOST, "s", MEMBER(remote_host) },
	{ NITRO_LIVE_TTY, "s", MEMBER(tty) },
	{ NITRO_LIVE_ON_REVOKE, "s", MEMBER(on_revoke) },
	{ NITRO_VERDICT_DIGEST, "s", MEMBER(policy_digest) },
	{ NITRO_VERDICT_LEVEL, "u", MEMBER(level) },
	{ NITRO_LIVE_AUDIT_SESSION, "u", MEMBER(audit_session) },
	{ NITRO_VERDICT_AUDITED, "b", MEMBER(audited) },
	{ NITRO_LIVE_ISSUED, "t", MEMBER(issued_usec) },
	{ NITRO_LIVE_ENDS, "t", MEMBER(ends_usec) },
	{ NITRO_VERDICT_GENERATION, "t", MEMBER(policy_generation) },
	{ NITRO_LIVE_DOCUMENT, "ay", MEMBER(document) },
#undef MEMBER
};

_Static_assert(ARRAY_SIZE(fields) <= 32, "a bit for each");

static bool read_text(sd_bus_message *reply, const struct field *field,
		      char *target)
{
	const char *text;

	if (sd_bus_message_read_basic(reply, 's', &text) <= 0)
		return false;
	printable_copy(target, field->size, text);
	return true;
}

/* Joined by blanks; what does not fit is cut. */
static bool read_words(sd_bus_message *reply, const struct field *field,
		       char *target)
{
	char text[CLIENT_VERDICT_TEXT_SIZE] = "";
	size_t length = 0;
	const char *word;
	int r;

	if (sd_bus_message_enter_container(reply, 'a', "s") <= 0)
		return false;
	while ((r = sd_bus_message_read_basic(reply, 's', &word)) > 0) {
		int size = snprintf(text + length, sizeof(text) - length,
				    "%s%s", length > 0 ? " " : "", word);

		if (size < 0 || (size_t)size >= sizeof(text) - length)
			return false;
		length += (size_t)size;
	}
	printable_copy(target, field->size, text);
	return r == 0 && sd_bus_message_exit_container(reply) >= 0;
}

static bool read_digest(sd_bus_message *reply, struct client_verdict *verdict)
{
	const void *bytes;
	size_t size;

	if (sd_bus_message_read_array(reply, 'y', &bytes, &size) < 0 ||
	    (size != 0 && size != sizeof(verdict->document)))
		return false;
	if (size > 0)
		memcpy(verdict->document, bytes, size);
	verdict->document_size = size;
	return true;
}

static bool read_boolean(sd_bus_message *reply, bool *target)
{
	int value;

	if (sd_bus_message_read_basic(reply, 'b', &value) <= 0)
		return false;
	*target = value != 0;
	return true;
}

/* The variant of a known property. */
static bool read_field(sd_bus_message *reply, const struct field *field,
		       struct client_verdict *verdict)
{
	void *target = (char *)verdict + field->offset;
	bool is_read;

	if (sd_bus_message_enter_container(reply, 'v', field->type) <= 0)
		return false;
	if (strcmp(field->type, "as") == 0)
		is_read = read_words(reply, field, target);
	else if (strcmp(field->type, "ay") == 0)
		is_read = read_digest(reply, verdict);
	else if (field->type[0] == 's')
		is_read = read_text(reply, field, target);
	else if (field->type[0] == 'b')
		is_read = read_boolean(reply, target);
	else
		is_read = sd_bus_message_read_basic(reply, field->type[0],
						    target) > 0;
	return is_read && sd_bus_message_exit_container(reply) >= 0;
}

static const struct field *find_field(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

static bool read_property(sd_bus_message *reply, struct client_verdict *verdict,
			  uint32_t *seen)
{
	const struct field *field;
	const char *name;
	uint32_t bit;

	if (sd_bus_message_read_basic(reply, 's', &name) <= 0)
		return false;
	field = find_field(name);
	if (field == NULL)
		return sd_bus_message_skip(reply, "v") > 0;
	bit = UINT32_C(1) << (field - fields);
	if ((*seen & bit) != 0)
		return false;
	*seen |= bit;
	return read_field(reply, field, verdict);
}

static bool read_properties(sd_bus_message *reply,
			    struct client_verdict *ret_verdict)
{
	const uint32_t all = UINT32_MAX >> (32 - ARRAY_SIZE(fields));
	uint32_t seen = 0;
	int r;

	*ret_verdict = (struct client_verdict){ .level = 0 };
	if (sd_bus_message_enter_container(reply, 'a', "{sv}") <= 0)
		return false;
	while ((r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0)
		if (!read_property(reply, ret_verdict, &seen) ||
		    sd_bus_message_exit_container(reply) < 0)
			return false;
	return r == 0 && sd_bus_message_exit_container(reply) >= 0 &&
	       seen == all && answer_id_is_valid(ret_verdict->id);
}

/* The array doubles. */
static struct client_verdict *add_verdict(struct client_verdicts *verdicts)
{
	size_t count = verdicts->count;
	struct client_verdict *items;

	if (count == CLIENT_VERDICTS_MAX)
		return NULL;
	if ((count & (count - 1)) == 0) {
		items = reallocarray(verdicts->items,
				     count == 0 ? 1 : 2 * count,
				     sizeof(*items));
		if (items == NULL)
			return NULL;
		verdicts->items = items;
	}
	return &verdicts->items[verdicts->count++];
}

/* The interfaces of one object, of which only verdicts count. */
static bool read_object(sd_bus_message *reply, struct client_verdicts *verdicts)
{
	const char *interface;
	int r;

	if (sd_bus_message_skip(reply, "o") <= 0 ||
	    sd_bus_message_enter_container(reply, 'a', "{sa{sv}}") <= 0)
		return false;
	while ((r = sd_bus_message_enter_container(reply, 'e', "sa{sv}")) > 0) {
		struct client_verdict *verdict;

		if (sd_bus_message_read_basic(reply, 's', &interface) <= 0)
			return false;
		if (strcmp(interface, NITRO_BUS_VERDICT) != 0) {
			if (sd_bus_message_skip(reply, "a{sv}") <= 0)
				return false;
		} else {
			verdict = add_verdict(verdicts);
			if (verdict == NULL || !read_properties(reply, verdict))
				return false;
		}
		if (sd_bus_message_exit_container(reply) < 0)
			return false;
	}
	return r == 0 && sd_bus_message_exit_container(reply) >= 0;
}

static bool read_objects(sd_bus_message *reply,
			 struct client_verdicts *verdicts)
{
	int r;

	if (!sd_bus_message_has_signature(reply, OBJECT_MANAGER_OUT) ||
	    sd_bus_message_enter_container(reply, 'a', "{oa{sa{sv}}}") <= 0)
		return false;
	while ((r = sd_bus_message_enter_container(reply, 'e', "oa{sa{sv}}")) >
	       0)
		if (!read_object(reply, verdicts) ||
		    sd_bus_message_exit_container(reply) < 0)
			return false;
	return r == 0 && sd_bus_message_exit_container(reply) >= 0;
}

/* By time, then by id, so that the order is always the same. */
static int compare(const void *left, const void *right)
{
	const struct client_verdict *a = left, *b = right;

	if (a->issued_usec != b->issued_usec)
		return a->issued_usec < b->issued_usec ? -1 : 1;
	return strcmp(a->id, b->id);
}

bool verdicts_from_objects(struct sd_bus_message *reply,
			   struct client_verdicts *ret_verdicts,
			   struct answer *reterr_answer)
{
	_cleanup_(client_verdicts_freep) struct client_verdicts verdicts = {
		NULL, 0
	};

	if (!read_objects(reply, &verdicts))
		return answer_fail(reterr_answer,
				   ANSWER_FAILURE_REPLY_MALFORMED, NULL);
	if (verdicts.count > 0)
		qsort(verdicts.items, verdicts.count, sizeof(*verdicts.items),
		      compare);
	*ret_verdicts = verdicts;
	verdicts.items = NULL;
	return true;
}

bool verdict_from_properties(struct sd_bus_message *reply,
			     struct client_verdict *ret_verdict,
			     struct answer *reterr_answer)
{
	if (sd_bus_message_has_signature(reply, NITRO_GET_VERDICT_OUT) &&
	    read_properties(reply, ret_verdict))
		return true;
	return answer_fail(reterr_answer, ANSWER_FAILURE_REPLY_MALFORMED, NULL);
}

bool client_list_verdicts(uint64_t timeout_usec,
			  struct client_verdicts *ret_verdicts,
			  struct answer *reterr_answer)
{
	_cleanup_connection_ struct connection connection = CONNECTION_CLOSED;
	_cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;

	if (!connection_open(timeout_usec, &connection, reterr_answer))
		return false;
	if (connection_new_call(&connection, OBJECT_MANAGER, OBJECT_MANAGER_GET,
				&call) < 0)
		return answer_fail(reterr_answer, ANSWER_FAILURE_NO_MEMORY,
				   NULL);
	return connection_call(&connection, call, &reply, reterr_answer) &&
	       verdicts_from_objects(reply, ret_verdicts, reterr_answer);
}

/* A call that takes an id, and `why` unless it is NULL. */
static bool call_about(struct connection *connection, const char *method,
		       const char *id, const char *why,
		       sd_bus_message **ret_reply, struct answer *reterr_answer)
{
	_cleanup_message_ sd_bus_message *call = NULL;
	int r = connection_new_call(connection, NITRO_BUS_MANAGER, method,
				    &call);

	if (r >= 0)
		r = sd_bus_message_append(call, "s", id);
	if (r >= 0 && why != NULL)
		r = sd_bus_message_append(call, "s", why);
	if (r >= 0)
		r = sd_bus_message_set_allow_interactive_authorization(call,
								       true);
	if (r < 0)
		return answer_fail(reterr_answer,
				   r == -ENOMEM
					   ? ANSWER_FAILURE_NO_MEMORY
					   : ANSWER_FAILURE_QUESTION_INVALID,
				   NULL);
	return connection_call(connection, call, ret_reply, reterr_answer);
}

bool client_get_verdict(const char *id, uint64_t timeout_usec,
			struct client_verdict *ret_verdict,
			struct answer *reterr_answer)
{
	_cleanup_connection_ struct connection connection = CONNECTION_CLOSED;
	_cleanup_message_ sd_bus_message *reply = NULL;

	return connection_open(timeout_usec, &connection, reterr_answer) &&
	       call_about(&connection, NITRO_METHOD_GET_VERDICT, id, NULL,
			  &reply, reterr_answer) &&
	       verdict_from_properties(reply, ret_verdict, reterr_answer);
}

bool client_revoke_verdict(const char *id, const char *why,
			   uint64_t timeout_usec, struct answer *reterr_answer)
{
	_cleanup_connection_ struct connection connection = CONNECTION_CLOSED;
	_cleanup_message_ sd_bus_message *reply = NULL;

	return connection_open(timeout_usec, &connection, reterr_answer) &&
	       call_about(&connection, NITRO_METHOD_REVOKE_VERDICT, id, why,
			  &reply, reterr_answer);
}
