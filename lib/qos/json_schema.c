/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "qos/json_schema.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/span.h"
#include "qos/failure.h"

#define VARIABLE_NAME_MAX 1024u

static enum qos_error write_restart(const struct translation *translation,
				    const struct field *field,
				    const json_t *value)
{
	const char *text =
		json_is_string(value) ? json_string_value(value) : "";

	if (strcmp(text, "Never") != 0 && strcmp(text, "Always") != 0)
		return field_refuse_variant(translation, field->name, value,
					    "\"Never\" or \"Always\"");
	translation_put_u8(translation, text[0] == 'A');
	return QOS_OK;
}

/* Option<String>. */
static enum qos_error write_host(const struct translation *translation,
				 const struct field *field, const json_t *value)
{
	translation_put_u8(translation, value != NULL);
	return value == NULL ? QOS_OK
			     : field_write_text(translation, field, value);
}

/* It chose the table; nothing is left to be written. */
static enum qos_error accept_any(const struct translation *translation _unused_,
				 const struct field *field _unused_,
				 const json_t *value _unused_)
{
	return QOS_OK;
}

static enum qos_error write_bridge(const struct translation *translation,
				   const struct field *field,
				   const json_t *value)
{
	static const struct field server_fields[] = {
		{ "type", accept_any },
		{ "port", field_write_u16 },
		{ "host", field_write_text },
		{ NULL },
	};
	static const struct field client_fields[] = {
		{ "type", accept_any },
		{ "port", field_write_u16 },
		{ "host", write_host, .is_optional = true },
		{ NULL },
	};
	static const struct field variants[] = {
		{ "server", field_write_object, server_fields },
		{ "client", field_write_object, client_fields },
	};
	const char *type = json_string_value(json_object_get(value, "type"));

	if (type == NULL)
		return field_refuse(translation, field, value,
				    "an object with a \"type\"");
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++) {
		if (strcmp(type, variants[i].name) != 0)
			continue;
		translation_put_u8(translation, (uint8_t)i);
		return field_write_object(translation, &variants[i], value);
	}
	return field_refuse_variant(translation, "type",
				    json_object_get(value, "type"),
				    "\"server\" or \"client\"");
}

static bool is_variable_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	static const char others[] = "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
	const size_t length = strlen(name);

	return length > 0 && length <= VARIABLE_NAME_MAX &&
	       strchr(letters, name[0]) != NULL &&
	       strspn(name, others) == length;
}

/* {"plain": {"value": TEXT}} */
static bool is_variable(const json_t *value)
{
	const json_t *plain = json_object_get(value, "plain");

	return json_object_size(value) == 1 && json_object_size(plain) == 1 &&
	       json_is_string(json_object_get(plain, "value"));
}

/* Version 2 only, and not part of the Borsh: looked at for its form. */
static enum qos_error check_environment(const struct translation *translation,
					const struct field *field,
					const json_t *value)
{
	const char *name;
	json_t *variable;

	if (value == NULL)
		return QOS_OK;
	if (!json_is_object(value) ||
	    json_object_size(value) > QOS_VARIABLES_MAX)
		return field_refuse(translation, field, value,
				    "an object of up to 512 variables");
	json_object_foreach((json_t *)(uintptr_t)value, name, variable)
	{
		if (!is_variable_name(name) || !is_variable(variable))
			return field_refuse(
				translation, field, variable,
				"\"NAME\": {\"plain\": {\"value\": TEXT}}");
	}
	return QOS_OK;
}

/* One text for each address: the one that it is written as. */
static bool is_address(const json_t *value)
{
	const char *text = json_string_value(value);
	const int families[] = { AF_INET, AF_INET6 };
	char written[INET6_ADDRSTRLEN];
	struct in6_addr address;

	for (size_t i = 0; text != NULL && i < ARRAY_SIZE(families); i++)
		if (inet_pton(families[i], text, &address) == 1 &&
		    inet_ntop(families[i], &address, written,
			      sizeof(written)) != NULL &&
		    strcmp(written, text) == 0)
			return true;
	return false;
}

static enum qos_error check_resolvers(const struct translation *translation,
				      const struct field *field,
				      const json_t *value)
{
	if (!json_is_array(value) || json_array_size(value) > QOS_RESOLVERS_MAX)
		return field_refuse(translation, field, value,
				    "a list of up to 16 addresses");
	for (size_t i = 0; i < json_array_size(value); i++)
		if (!is_address(json_array_get(value, i)))
			return field_refuse(translation, field, value,
					    "addresses of IPv4 or IPv6");
	return QOS_OK;
}

static enum qos_error check_dns(const struct translation *translation,
				const struct field *field, const json_t *value)
{
	return value == NULL ? QOS_OK
			     : field_write_object(translation, field, value);
}

static const struct field namespace_fields[] = {
	{ "name", field_write_text },
	{ "nonce", field_write_u32 },
	{ "quorumKey", field_write_bytes },
	{ NULL },
};

static const struct field argument = { "args", field_write_text };
static const struct field bridge = { "bridgeConfig", write_bridge };

static const struct field pivot_fields_v0[] = {
	{ "hash", field_write_hash },
	{ "restart", write_restart },
	{ "args", field_write_list, &argument },
	{ NULL },
};

static const struct field pivot_fields_v1[] = {
	{ "hash", field_write_hash },
	{ "restart", write_restart },
	{ "bridgeConfig", field_write_list, &bridge },
	{ "debugMode", field_write_bool },
	{ "args", field_write_list, &argument },
	{ NULL },
};

static const struct field pivot_fields_v2[] = {
	{ "hash", field_write_hash },
	{ "restart", write_restart },
	{ "bridgeConfig", field_write_list, &bridge },
	{ "debugMode", field_write_bool },
	{ "args", field_write_list, &argument },
	{ "env", check_environment, .is_optional = true },
	{ NULL },
};

static const struct field member_fields[] = {
	{ "alias", field_write_text },
	{ "pubKey", field_write_bytes },
	{ NULL },
};
static const struct field member = { "members", field_write_object,
				     member_fields };

static const struct field set_fields[] = {
	{ "threshold", field_write_u32 },
	{ "members", field_write_list, &member },
	{ NULL },
};

static const struct field patch_member_fields[] = {
	{ "pubKey", field_write_bytes },
	{ NULL },
};
static const struct field patch_member = { "members", field_write_object,
					   patch_member_fields };

static const struct field patch_set_fields[] = {
	{ "threshold", field_write_u32 },
	{ "members", field_write_list, &patch_member },
	{ NULL },
};

static const struct field enclave_fields[] = {
	{ "pcr0", field_write_bytes },
	{ "pcr1", field_write_bytes },
	{ "pcr2", field_write_bytes },
	{ "pcr3", field_write_bytes },
	{ "awsRootCertificate", field_write_bytes },
	{ "qosCommit", field_write_text },
	{ NULL },
};

static const struct field dns_fields[] = {
	{ "resolvers", check_resolvers },
	{ NULL },
};

#define MANIFEST_FIELDS(pivot_fields)                                          \
	{                                                                      \
		{ "namespace", field_write_object, namespace_fields },         \
			{ "pivot", field_write_object, pivot_fields },         \
			{ "manifestSet", field_write_object, set_fields },     \
			{ "shareSet", field_write_object, set_fields },        \
			{ "enclave", field_write_object, enclave_fields },     \
			{ "patchSet", field_write_object, patch_set_fields },  \
			{ NULL },                                              \
	}

static const struct field manifest_fields_v0[] =
	MANIFEST_FIELDS(pivot_fields_v0);
static const struct field manifest_fields_v1[] =
	MANIFEST_FIELDS(pivot_fields_v1);

static const struct field manifest_fields_v2[] = {
	{ "version", accept_any },
	{ "namespace", field_write_object, namespace_fields },
	{ "pivot", field_write_object, pivot_fields_v2 },
	{ "manifestSet", field_write_object, set_fields },
	{ "shareSet", field_write_object, set_fields },
	{ "enclave", field_write_object, enclave_fields },
	{ "dns", check_dns, dns_fields, .is_optional = true },
	{ NULL },
};

/* A patch set of nobody stands where version 1 has one. */
static enum qos_error write_manifest_v2(const struct translation *translation,
					const struct field *field,
					const json_t *value)
{
	enum qos_error e = field_write_object(translation, field, value);

	translation_put_u32(translation, 0);
	translation_put_u32(translation, 0);
	return e;
}

static const struct field manifests[] = {
	[QOS_V0] = { "manifest", field_write_object, manifest_fields_v0 },
	[QOS_V1] = { "manifest", field_write_object, manifest_fields_v1 },
	[QOS_V2] = { "manifest", write_manifest_v2, manifest_fields_v2 },
};

static const struct field approval_fields[] = {
	{ "signature", field_write_bytes },
	{ "member", field_write_object, member_fields },
	{ NULL },
};
static const struct field approval = { "approvals", field_write_object,
				       approval_fields };

enum qos_error json_schema_write(const struct translation *translation,
				 enum qos_version version, const json_t *root)
{
	const struct field envelope_fields[] = {
		manifests[version],
		{ "manifestSetApprovals", field_write_list, &approval },
		{ "shareSetApprovals", field_write_list, &approval },
		{ NULL },
	};
	const struct field envelope = { "envelope", field_write_object,
					envelope_fields };
	const struct field *field = json_object_get(root, "manifest") != NULL
					    ? &envelope
					    : &manifests[version];

	return field->write(translation, field, root);
}

enum qos_error json_schema_write_set(const struct translation *translation,
				     const json_t *root)
{
	static const struct field set = { "set", field_write_object,
					  set_fields };

	return set.write(translation, &set, root);
}
