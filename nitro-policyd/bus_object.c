/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/bus_object.h"

#include <stddef.h>

#include "base/clock.h"
#include "dbus/nitro_bus.h"

/* A getter as SD_BUS_PROPERTY() wants it; userdata is the member at its offset. */
#define GETTER(name)                                                           \
	static int name(sd_bus *bus _unused_, const char *path _unused_,       \
			const char *interface _unused_,                        \
			const char *property _unused_, sd_bus_message *reply,  \
			void *userdata, sd_bus_error *reterr_error _unused_)

GETTER(get_array)
{
	return sd_bus_message_append_basic(reply, 's', userdata);
}

GETTER(get_text)
{
	const char *text = *(char **)userdata;

	return sd_bus_message_append_basic(reply, 's',
					   text != NULL ? text : "");
}

GETTER(get_u)
{
	return sd_bus_message_append_basic(reply, 'u', userdata);
}

GETTER(get_t)
{
	return sd_bus_message_append_basic(reply, 't', userdata);
}

GETTER(get_audited)
{
	const struct live *live = userdata;

	return sd_bus_message_append(reply, "b", live->audited);
}

GETTER(get_state)
{
	const struct live *live = userdata;

	return sd_bus_message_append(reply, "s", live_state_name(live->state));
}

GETTER(get_on_revoke)
{
	const struct live *live = userdata;

	return sd_bus_message_append(reply, "s",
				     on_revoke_name(live->on_revoke));
}

GETTER(get_bindings)
{
	unsigned bindings = ((const struct live *)userdata)->proof->bindings;
	int r = sd_bus_message_open_container(reply, 'a', "s");

	for (unsigned i = 0; r >= 0 && i < BINDING_COUNT; i++)
		if ((bindings & 1u << i) != 0)
			r = sd_bus_message_append(reply, "s", binding_name(i));
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

GETTER(get_module_id)
{
	const struct evidence *evidence =
		((const struct live *)userdata)->proof->evidence;

	return sd_bus_message_append(
		reply, "s",
		evidence != NULL ? evidence_module_id(evidence) : "");
}

GETTER(get_root)
{
	const struct evidence *evidence =
		((const struct live *)userdata)->proof->evidence;

	return sd_bus_message_append(
		reply, "s",
		evidence != NULL ? evidence_root_label(evidence) : "");
}

GETTER(get_document)
{
	const struct evidence *evidence =
		((const struct live *)userdata)->proof->evidence;
	struct span digest = SPAN_ABSENT;

	if (evidence != NULL)
		digest = evidence_payload_sha256(evidence);
	return sd_bus_message_append_array(reply, 'y', digest.data,
					   digest.size);
}

static uint64_t issued_usec(const struct live *live)
{
	return (uint64_t)live->proof->issued_ms * USEC_PER_MSEC;
}

GETTER(get_issued)
{
	return sd_bus_message_append(reply, "t", issued_usec(userdata));
}

/* By the clock on the wall as it went when the verdict was issued. */
GETTER(get_ends)
{
	const struct live *live = userdata;
	uint64_t ends_usec = live_ends_usec(live);
	uint64_t release_usec = UINT64_MAX;

	if (ends_usec != UINT64_MAX)
		ends_usec += issued_usec(live) - live->proof->issued_usec;
	if (!live->audited && live->not_after_ms != INT64_MAX)
		release_usec = (uint64_t)live->not_after_ms * USEC_PER_MSEC;
	if (release_usec < ends_usec)
		ends_usec = release_usec;
	return sd_bus_message_append(reply, "t",
				     ends_usec != UINT64_MAX ? ends_usec : 0);
}

/* X(NAME, type, getter, member or 0, changes) */
#define AT(member) offsetof(struct live, member)
#define PROPERTY_TABLE(X)                                                      \
	X(NITRO_VERDICT_ID, "s", get_array, AT(id), CONST)                     \
	X(NITRO_LIVE_USER, "s", get_text, AT(question.user), CONST)            \
	X(NITRO_LIVE_SERVICE, "s", get_text, AT(question.service), CONST)      \
	X(NITRO_VERDICT_RULE, "s", get_array, AT(rule), EMITS_CHANGE)          \
	X(NITRO_VERDICT_IMAGE, "s", get_array, AT(image), EMITS_CHANGE)        \
	X(NITRO_VERDICT_RELEASE, "s", get_array, AT(release), EMITS_CHANGE)    \
	X(NITRO_VERDICT_LEVEL, "u", get_u, AT(level), EMITS_CHANGE)            \
	X(NITRO_LIVE_MODULE_ID, "s", get_module_id, 0, CONST)                  \
	X(NITRO_LIVE_ROOT, "s", get_root, 0, CONST)                            \
	X(NITRO_LIVE_BINDINGS, "as", get_bindings, 0, CONST)                   \
	X(NITRO_VERDICT_AUDITED, "b", get_audited, 0, EMITS_CHANGE)            \
	X(NITRO_LIVE_ISSUED, "t", get_issued, 0, CONST)                        \
	X(NITRO_LIVE_ENDS, "t", get_ends, 0, EMITS_CHANGE)                     \
	X(NITRO_LIVE_STATE, "s", get_state, 0, EMITS_CHANGE)                   \
	X(NITRO_LIVE_SESSION, "s", get_array, AT(session), EMITS_CHANGE)       \
	X(NITRO_LIVE_AUDIT_SESSION, "u", get_u, AT(audit_session),             \
	  EMITS_CHANGE)                                                        \
	X(NITRO_LIVE_REMOTE_HOST, "s", get_text, AT(question.remote_host),     \
	  CONST)                                                               \
	X(NITRO_LIVE_TTY, "s", get_text, AT(question.tty), CONST)              \
	X(NITRO_LIVE_ON_REVOKE, "s", get_on_revoke, 0, EMITS_CHANGE)           \
	X(NITRO_VERDICT_GENERATION, "t", get_t, AT(generation), EMITS_CHANGE)  \
	X(NITRO_VERDICT_DIGEST, "s", get_array, AT(digest), EMITS_CHANGE)      \
	X(NITRO_LIVE_DOCUMENT, "ay", get_document, 0, CONST)

static const sd_bus_vtable verdict_vtable[] = {
	SD_BUS_VTABLE_START(0),
#define VTABLE_ROW(name, type, getter, offset, changes)                        \
	SD_BUS_PROPERTY(name, type, getter, offset,                            \
			SD_BUS_VTABLE_PROPERTY_##changes),
	PROPERTY_TABLE(VTABLE_ROW)
#undef VTABLE_ROW
		SD_BUS_VTABLE_END,
};

static int append_row(sd_bus_message *reply, const char *name, const char *type,
		      sd_bus_property_get_t getter, void *member)
{
	int r = sd_bus_message_open_container(reply, 'e', "sv");

	if (r >= 0)
		r = sd_bus_message_append_basic(reply, 's', name);
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'v', type);
	if (r >= 0)
		r = getter(NULL, NULL, NULL, name, reply, member, NULL);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

int bus_object_append(sd_bus_message *reply, struct live *live)
{
	const struct {
		const char *name;
		const char *type;
		sd_bus_property_get_t getter;
		size_t offset;
	} rows[] = {
#define APPEND_ROW(name, type, getter, offset, changes)                        \
	{ name, type, getter, offset },
		PROPERTY_TABLE(APPEND_ROW)
#undef APPEND_ROW
	};
	int r = sd_bus_message_open_container(reply, 'a', "{sv}");

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(rows); i++)
		r = append_row(reply, rows[i].name, rows[i].type,
			       rows[i].getter, (char *)live + rows[i].offset);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

int bus_object_add(struct manager *manager, struct live *live)
{
	int r = sd_bus_add_object_vtable(manager->bus, &live->object,
					 live->path, NITRO_BUS_VERDICT,
					 verdict_vtable, live);

	/* Whoever misses a signal can still ask. */
	if (r >= 0)
		(void)sd_bus_emit_object_added(manager->bus, live->path);
	return r;
}

void bus_object_announce(struct manager *manager, const struct live *live)
{
	(void)sd_bus_emit_signal(manager->bus, NITRO_BUS_PATH,
				 NITRO_BUS_MANAGER, NITRO_SIGNAL_ISSUED,
				 NITRO_ISSUED_ARGS, live->path, live->id,
				 live->question.user, live->question.service);
}

void bus_object_changed(const struct manager *manager, const struct live *live)
{
	static const char *const names[] = {
		NITRO_VERDICT_RULE,
		NITRO_VERDICT_IMAGE,
		NITRO_VERDICT_RELEASE,
		NITRO_VERDICT_LEVEL,
		NITRO_VERDICT_AUDITED,
		NITRO_LIVE_ENDS,
		NITRO_LIVE_STATE,
		NITRO_LIVE_SESSION,
		NITRO_LIVE_AUDIT_SESSION,
		NITRO_LIVE_ON_REVOKE,
		NITRO_VERDICT_GENERATION,
		NITRO_VERDICT_DIGEST,
		NULL,
	};

	if (live->object == NULL)
		return;
	(void)sd_bus_emit_properties_changed_strv(manager->bus, live->path,
						  NITRO_BUS_VERDICT,
						  (char **)(uintptr_t)names);
}

void bus_object_remove(struct manager *manager, struct live *live,
		       const char *reason)
{
	(void)sd_bus_emit_signal(
		manager->bus, NITRO_BUS_PATH, NITRO_BUS_MANAGER,
		NITRO_SIGNAL_REVOKED, NITRO_REVOKED_ARGS, live->path, live->id,
		live->question.user, live->question.service, reason);
	if (live->object == NULL)
		return;
	(void)sd_bus_emit_object_removed(manager->bus, live->path);
	live->object = sd_bus_slot_unref(live->object);
}
