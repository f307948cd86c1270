/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "qos/schema.h"

#include <inttypes.h>
#include <stdio.h>

#include "qos/failure.h"

/* The fewest bytes that an element takes: its lengths and fixed fields. */
#define TEXT_LEAST     4u
#define KEY_LEAST      4u
#define MEMBER_LEAST   8u
#define BRIDGE_LEAST   4u
#define APPROVAL_LEAST 12u
/* Of an envelope: two empty lists. */
#define APPROVALS_LEAST 8u

/* Room for the elements of a list; NULL when the reader has stopped, or stops here
 * for want of memory. */
static void *make_room(struct borsh *borsh, size_t count, size_t size)
{
	void *room;

	if (borsh->error != QOS_OK)
		return NULL;
	room = calloc(count + 1, size);
	if (room == NULL)
		borsh->error = QOS_E_NO_MEMORY;
	return room;
}

static struct qos_member read_member(struct borsh *borsh)
{
	struct qos_member member;

	member.alias = borsh_read_text(borsh);
	member.key = borsh_read_bytes(borsh);
	return member;
}

void schema_read_set(struct borsh *borsh, struct qos_set *set)
{
	size_t count;

	set->threshold = borsh_read_u32(borsh);
	count = borsh_read_count(borsh, MEMBER_LEAST);
	set->members = make_room(borsh, count, sizeof(*set->members));
	if (set->members == NULL)
		return;
	set->count = count;
	for (size_t i = 0; i < count; i++)
		set->members[i] = read_member(borsh);
}

/* Members of the patch set have no alias. */
static void read_patch_set(struct borsh *borsh, struct qos_set *set)
{
	size_t count;

	set->threshold = borsh_read_u32(borsh);
	count = borsh_read_count(borsh, KEY_LEAST);
	set->members = make_room(borsh, count, sizeof(*set->members));
	if (set->members == NULL)
		return;
	set->count = count;
	for (size_t i = 0; i < count; i++)
		set->members[i].key = borsh_read_bytes(borsh);
}

static void read_bridges(struct borsh *borsh, struct qos_manifest *manifest)
{
	const size_t count = borsh_read_count(borsh, BRIDGE_LEAST);

	manifest->bridges = make_room(borsh, count, sizeof(*manifest->bridges));
	if (manifest->bridges == NULL)
		return;
	manifest->bridge_count = count;
	for (size_t i = 0; i < count; i++) {
		struct qos_bridge *bridge = &manifest->bridges[i];

		bridge->is_client = borsh_read_variant(borsh, 2) == 1;
		bridge->port = borsh_read_u16(borsh);
		if (!bridge->is_client || borsh_read_bool(borsh))
			bridge->host = borsh_read_text(borsh);
	}
}

static void read_arguments(struct borsh *borsh, struct qos_manifest *manifest)
{
	const size_t count = borsh_read_count(borsh, TEXT_LEAST);

	manifest->arguments =
		make_room(borsh, count, sizeof(*manifest->arguments));
	if (manifest->arguments == NULL)
		return;
	manifest->argument_count = count;
	for (size_t i = 0; i < count; i++)
		manifest->arguments[i] = borsh_read_text(borsh);
}

/* Version 0 and 1 differ in the pivot only. */
static void read_manifest(struct borsh *borsh, struct qos_manifest *manifest)
{
	manifest->namespace_name = borsh_read_text(borsh);
	manifest->namespace_nonce = borsh_read_u32(borsh);
	manifest->quorum_key = borsh_read_bytes(borsh);
	manifest->pivot = borsh_read_array(borsh, QOS_HASH_SIZE);
	manifest->restarts = borsh_read_variant(borsh, 2) == 1;
	if (manifest->version != QOS_V0) {
		read_bridges(borsh, manifest);
		manifest->is_debug = borsh_read_bool(borsh);
	}
	read_arguments(borsh, manifest);
	schema_read_set(borsh, &manifest->manifest_set);
	schema_read_set(borsh, &manifest->share_set);
	for (size_t i = 0; i < ARRAY_SIZE(manifest->pcrs); i++)
		manifest->pcrs[i] = borsh_read_bytes(borsh);
	manifest->root_certificate = borsh_read_bytes(borsh);
	manifest->commit = borsh_read_text(borsh);
	read_patch_set(borsh, &manifest->patch_set);
}

static void read_approvals(struct borsh *borsh, struct qos_manifest *manifest)
{
	const size_t count = borsh_read_count(borsh, APPROVAL_LEAST);

	manifest->approvals =
		make_room(borsh, count, sizeof(*manifest->approvals));
	if (manifest->approvals == NULL)
		return;
	manifest->approval_count = count;
	for (size_t i = 0; i < count; i++) {
		manifest->approvals[i].signature = borsh_read_bytes(borsh);
		manifest->approvals[i].member = read_member(borsh);
	}
}

static void skip_share_approvals(struct borsh *borsh,
				 struct qos_manifest *manifest)
{
	const size_t count = borsh_read_count(borsh, APPROVAL_LEAST);

	manifest->share_approval_count = count;
	for (size_t i = 0; i < count; i++) {
		borsh_read_bytes(borsh);
		read_member(borsh);
	}
}

static enum qos_error refuse_rest(struct borsh *borsh)
{
	borsh->found = borsh->input.size - borsh->offset;
	borsh->error = QOS_E_MANIFEST_TRAILING;
	return borsh->error;
}

enum qos_error schema_read(struct borsh *borsh, enum qos_version version,
			   struct qos_manifest *manifest, size_t *ret_size)
{
	manifest->version = version;
	read_manifest(borsh, manifest);
	*ret_size = borsh->offset;
	if (borsh->error != QOS_OK || borsh_is_at_end(borsh))
		return borsh->error;
	if (borsh->input.size - borsh->offset < APPROVALS_LEAST)
		return refuse_rest(borsh);
	manifest->is_envelope = true;
	read_approvals(borsh, manifest);
	skip_share_approvals(borsh, manifest);
	if (borsh->error != QOS_OK || borsh_is_at_end(borsh))
		return borsh->error;
	return refuse_rest(borsh);
}

static enum qos_error check_key(const char *name, struct span key,
				struct qos_failure *failure)
{
	if (key.size == QOS_KEY_SIZE)
		return QOS_OK;
	return qos_fail(failure, QOS_E_MANIFEST_KEY_SIZE, "130 bytes",
			"%zu bytes in the %s", key.size, name);
}

static enum qos_error check_count(const char *name, size_t count, size_t max,
				  struct qos_failure *failure)
{
	char expected[32];

	if (count <= max)
		return QOS_OK;
	snprintf(expected, sizeof(expected), "%zu at most", max);
	return qos_fail(failure, QOS_E_MANIFEST_COUNT, expected, "%zu %s",
			count, name);
}

enum qos_error schema_check_set(const char *name, const struct qos_set *set,
				struct qos_failure *reterr_failure)
{
	enum qos_error e = check_count("members of a set", set->count,
				       QOS_MEMBERS_MAX, reterr_failure);

	for (size_t i = 0; e == QOS_OK && i < set->count; i++)
		e = check_key(name, set->members[i].key, reterr_failure);
	return e;
}

static enum qos_error check_lists(const struct qos_manifest *manifest,
				  struct qos_failure *failure)
{
	const struct {
		const char *name;
		size_t count, max;
	} lists[] = {
		{ "bridges", manifest->bridge_count, QOS_BRIDGES_MAX },
		{ "arguments", manifest->argument_count, QOS_ARGUMENTS_MAX },
		{ "approvals", manifest->approval_count, QOS_MEMBERS_MAX },
		{ "approvals of the share set", manifest->share_approval_count,
		  QOS_MEMBERS_MAX },
	};
	enum qos_error e = QOS_OK;

	for (size_t i = 0; e == QOS_OK && i < ARRAY_SIZE(lists); i++)
		e = check_count(lists[i].name, lists[i].count, lists[i].max,
				failure);
	return e;
}

enum qos_error schema_check(const struct qos_manifest *manifest,
			    struct qos_failure *reterr_failure)
{
	enum qos_error e = check_lists(manifest, reterr_failure);

	if (e == QOS_OK)
		e = check_key("namespace", manifest->quorum_key,
			      reterr_failure);
	if (e == QOS_OK)
		e = schema_check_set("manifest set", &manifest->manifest_set,
				     reterr_failure);
	if (e == QOS_OK)
		e = schema_check_set("share set", &manifest->share_set,
				     reterr_failure);
	if (e == QOS_OK)
		e = schema_check_set("patch set", &manifest->patch_set,
				     reterr_failure);
	for (size_t i = 0; e == QOS_OK && i < manifest->approval_count; i++)
		e = check_key("approvals", manifest->approvals[i].member.key,
			      reterr_failure);
	return e;
}

enum qos_error schema_explain(const struct borsh *borsh,
			      struct qos_failure *reterr_failure)
{
	if (borsh->error == QOS_E_NO_MEMORY)
		return qos_fail_plain(reterr_failure, borsh->error);
	return qos_fail(reterr_failure, borsh->error, "",
			"byte %zu: %" PRIu64 ", with %zu bytes left",
			borsh->offset, borsh->found,
			borsh->input.size - borsh->offset);
}
