/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "client/status.h"

#include <string.h>

#include "base/compiler.h"
#include "base/printable.h"
#include "client/connection.h"
#include "dbus/nitro_bus.h"

/* A copy that is safe to print; NULL when memory is exhausted. */
static char *copy_text(const char *text)
{
	char copy[CLIENT_STATUS_TEXT_MAX];

	printable_copy(copy, sizeof(copy), text);
	return strdup(copy);
}

/* Readers of one property each, into the member of struct client_status; false
 * when it cannot be read. Its signature was compared before. */
static bool read_text(sd_bus_message *reply, void *target)
{
	char **ret_text = target;
	const char *text;

	if (sd_bus_message_read(reply, "s", &text) <= 0)
		return false;
	*ret_text = copy_text(text);
	return *ret_text != NULL;
}

static bool read_generation(sd_bus_message *reply, void *target)
{
	return sd_bus_message_read(reply, "t", (uint64_t *)target) > 0;
}

static bool read_count(sd_bus_message *reply, void *target)
{
	return sd_bus_message_read(reply, "u", (unsigned *)target) > 0;
}

static bool add_entry(struct client_status_list *list, const char *name,
		      const char *detail, unsigned count)
{
	struct client_status_entry *entry, *entries;

	if (list->count == CLIENT_STATUS_LIST_MAX)
		return false;
	entries =
		reallocarray(list->entries, list->count + 1, sizeof(*entries));
	if (entries == NULL)
		return false;
	list->entries = entries;
	entry = &entries[list->count++];
	*entry = (struct client_status_entry){
		.name = copy_text(name),
		.detail = detail == NULL ? NULL : copy_text(detail),
		.count = count,
	};
	return entry->name != NULL && (detail == NULL || entry->detail != NULL);
}

static bool read_lines(sd_bus_message *reply, void *target)
{
	const char *line;
	int r;

	if (sd_bus_message_enter_container(reply, 'a', "s") <= 0)
		return false;
	while ((r = sd_bus_message_read(reply, "s", &line)) > 0)
		if (!add_entry(target, line, NULL, 0))
			return false;
	return r == 0 && sd_bus_message_exit_container(reply) >= 0;
}

static bool read_roots(sd_bus_message *reply, void *target)
{
	const char *label, *fingerprint;
	int r;

	if (sd_bus_message_enter_container(reply, 'a', "(ss)") <= 0)
		return false;
	while ((r = sd_bus_message_read(reply, "(ss)", &label, &fingerprint)) >
	       0)
		if (!add_entry(target, label, fingerprint, 0))
			return false;
	return r == 0 && sd_bus_message_exit_container(reply) >= 0;
}

static bool read_images(sd_bus_message *reply, void *target)
{
	const char *name;
	uint32_t releases;
	int r;

	if (sd_bus_message_enter_container(reply, 'a', "(su)") <= 0)
		return false;
	while ((r = sd_bus_message_read(reply, "(su)", &name, &releases)) > 0)
		if (!add_entry(target, name, NULL, releases))
			return false;
	return r == 0 && sd_bus_message_exit_container(reply) >= 0;
}

static bool read_expiring(sd_bus_message *reply, void *target)
{
	struct client_status_list *list = target;
	const char *image, *release;
	uint64_t end_usec;
	int r;

	if (sd_bus_message_enter_container(reply, 'a', "(sst)") <= 0)
		return false;
	while ((r = sd_bus_message_read(reply, "(sst)", &image, &release,
					&end_usec)) > 0) {
		if (!add_entry(list, image, release, 0))
			return false;
		list->entries[list->count - 1].value = end_usec;
	}
	return r == 0 && sd_bus_message_exit_container(reply) >= 0;
}

static bool read_statistics(sd_bus_message *reply, void *target)
{
	struct client_status_list *list = target;
	const char *name;
	uint64_t value;
	int r;

	if (sd_bus_message_enter_container(reply, 'a', "{st}") <= 0)
		return false;
	while ((r = sd_bus_message_read(reply, "{st}", &name, &value)) > 0) {
		if (!add_entry(list, name, NULL, 0))
			return false;
		list->entries[list->count - 1].value = value;
	}
	return r == 0 && sd_bus_message_exit_container(reply) >= 0;
}

static const struct property {
	const char *name;
	const char *signature;
	bool (*read)(sd_bus_message *reply, void *target);
	size_t offset;
} properties[] = {
#define MEMBER(member) offsetof(struct client_status, member)
	{ NITRO_PROPERTY_VERSION, "s", read_text, MEMBER(version) },
	{ NITRO_PROPERTY_GENERATION, "t", read_generation, MEMBER(generation) },
	{ NITRO_PROPERTY_DIGEST, "s", read_text, MEMBER(digest) },
	{ NITRO_PROPERTY_ERRORS, "as", read_lines, MEMBER(errors) },
	{ NITRO_PROPERTY_WARNINGS, "as", read_lines, MEMBER(warnings) },
	{ NITRO_PROPERTY_ROOTS, "a(ss)", read_roots, MEMBER(roots) },
	{ NITRO_PROPERTY_IMAGES, "a(su)", read_images, MEMBER(images) },
	{ NITRO_PROPERTY_RULES, "u", read_count, MEMBER(rules) },
	{ NITRO_PROPERTY_EXPIRING, "a(sst)", read_expiring, MEMBER(expiring) },
	{ NITRO_PROPERTY_UNJUDGED, "u", read_count, MEMBER(unjudged) },
	{ NITRO_PROPERTY_STATISTICS, "a{st}", read_statistics,
	  MEMBER(statistics) },
#undef MEMBER
};

#define ALL_PROPERTIES ((1u << ARRAY_SIZE(properties)) - 1)

static const struct property *find_property(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++)
		if (strcmp(properties[i].name, name) == 0)
			return &properties[i];
	return NULL;
}

/* Reads one entry; *seen has a bit for each known property that was met. */
static bool read_property(sd_bus_message *reply, struct client_status *status,
			  unsigned *seen)
{
	const struct property *property;
	const char *name;
	unsigned bit;

	if (sd_bus_message_read(reply, "s", &name) <= 0)
		return false;
	property = find_property(name);
	if (property == NULL)
		return sd_bus_message_skip(reply, "v") > 0;

	bit = 1u << (property - properties);
	if ((*seen & bit) != 0)
		return false;
	*seen |= bit;
	return sd_bus_message_enter_container(reply, 'v', property->signature) >
		       0 &&
	       property->read(reply, (char *)status + property->offset) &&
	       sd_bus_message_exit_container(reply) >= 0;
}

bool status_from_properties(struct sd_bus_message *reply,
			    struct client_status *status)
{
	unsigned seen = 0;
	int r;

	if (!sd_bus_message_has_signature(reply, "a{sv}") ||
	    sd_bus_message_enter_container(reply, 'a', "{sv}") <= 0)
		return false;
	while ((r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0)
		if (!read_property(reply, status, &seen) ||
		    sd_bus_message_exit_container(reply) < 0)
			return false;
	return r == 0 && sd_bus_message_exit_container(reply) >= 0 &&
	       seen == ALL_PROPERTIES;
}

static bool ask(struct connection *connection, sd_bus_message **ret_reply,
		struct answer *reterr_answer)
{
	_cleanup_message_ sd_bus_message *call = NULL;
	int r = connection_new_call(
		connection, "org.freedesktop.DBus.Properties", "GetAll", &call);

	if (r >= 0)
		r = sd_bus_message_append(call, "s", NITRO_BUS_MANAGER);
	if (r < 0)
		return answer_fail(reterr_answer, ANSWER_FAILURE_NO_MEMORY,
				   NULL);
	return connection_call(connection, call, ret_reply, reterr_answer);
}

bool client_get_status(uint64_t timeout_usec, struct client_status **ret_status,
		       struct answer *reterr_answer)
{
	_cleanup_(client_status_freep) struct client_status *status =
		calloc(1, sizeof(*status));
	_cleanup_connection_ struct connection connection = CONNECTION_CLOSED;
	_cleanup_message_ sd_bus_message *reply = NULL;

	if (status == NULL)
		return answer_fail(reterr_answer, ANSWER_FAILURE_NO_MEMORY,
				   NULL);
	if (!connection_open(timeout_usec, &connection, reterr_answer) ||
	    !ask(&connection, &reply, reterr_answer))
		return false;
	if (!status_from_properties(reply, status))
		return answer_fail(reterr_answer,
				   ANSWER_FAILURE_REPLY_MALFORMED, NULL);

	*ret_status = TAKE_PTR(status);
	return true;
}

static void free_list(struct client_status_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->entries[i].name);
		free(list->entries[i].detail);
	}
	free(list->entries);
}

void client_status_free(struct client_status *status)
{
	if (status == NULL)
		return;
	free(status->version);
	free(status->digest);
	free_list(&status->errors);
	free_list(&status->warnings);
	free_list(&status->roots);
	free_list(&status->images);
	free_list(&status->expiring);
	free_list(&status->statistics);
	free(status);
}
