/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "policy/computed.h"

#include <string.h>

#include "base/hex.h"

/* IAM: a role's path has up to 512 characters, its name 64. */
#define ROLE_MAX       576
#define ACCOUNT_DIGITS 12

static const char lower_case[] = "abcdefghijklmnopqrstuvwxyz-";
static const char digits[] = "0123456789";
static const char lower_hex[] = "0123456789abcdef";
static const char role_characters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789+=,.@_/-";

static bool take_text(const char **at, const char *wanted)
{
	const size_t length = strlen(wanted);

	if (strncmp(*at, wanted, length) != 0)
		return false;
	*at += length;
	return true;
}

/* arn:aws…:iam::ACCOUNT:role/PATH/NAME */
static bool is_role_arn(const char *arn)
{
	size_t length;

	if (!take_text(&arn, "arn:aws"))
		return false;
	arn += strspn(arn, lower_case);
	if (!take_text(&arn, ":iam::"))
		return false;
	if (strspn(arn, digits) != ACCOUNT_DIGITS)
		return false;
	arn += ACCOUNT_DIGITS;
	if (!take_text(&arn, ":role/"))
		return false;
	length = strspn(arn, role_characters);
	return length > 0 && length <= ROLE_MAX && arn[length] == '\0' &&
	       arn[0] != '/' && arn[length - 1] != '/';
}

/* What admins have at hand instead of a role. */
static const char *role_hint(const char *arn)
{
	if (strstr(arn, ":assumed-role/") != NULL)
		return " (a session of a role; the role itself is measured)";
	if (strstr(arn, ":instance-profile/") != NULL)
		return " (an instance profile; the role in it is measured)";
	return "";
}

/* Digests fail for want of memory only, or because OpenSSL does not work at all:
 * neither is the file's mistake. */
static enum policy_error take_digest(enum attest_error error,
				     struct pcr_value *value)
{
	if (error != ATTEST_OK)
		return POLICY_E_NO_MEMORY;
	value->size = ATTEST_SHA384_SIZE;
	return POLICY_OK;
}

static enum policy_error measure_text(const struct field *field,
				      const char *text,
				      struct pcr_value *ret_value)
{
	const struct digest *digest = loader_digest(field->loader);

	if (digest == NULL)
		return POLICY_E_NO_MEMORY;
	return take_digest(digest_pcr_of_text(digest, span_of_text(text),
					      ret_value->bytes),
			   ret_value);
}

static enum policy_error read_role(const struct field *field, const char *arn,
				   struct pcr_value *ret_value)
{
	if (is_role_arn(arn))
		return measure_text(field, arn, ret_value);
	FIELD_ERROR(field,
		    "expected the ARN of an IAM role "
		    "(arn:aws:iam::123456789012:role/NAME), found '%s'%s",
		    arn, role_hint(arn));
	return POLICY_OK;
}

static bool is_instance_id(const char *id)
{
	size_t length;

	if (!take_text(&id, "i-"))
		return false;
	length = strspn(id, lower_hex);
	return (length == 8 || length == 17) && id[length] == '\0';
}

bool this_instance_read(const struct field *field,
			char ret_id[static POLICY_INSTANCE_ID_SIZE])
{
	const struct policy_world *world = field->loader->input->world;
	const char *why = "this host is not known here";

	if (world == NULL ||
	    world->find_instance(world->context, ret_id, &why) < 0) {
		FIELD_ERROR(field,
			    "expected to find the instance id of this host: %s",
			    why);
		return false;
	}
	if (is_instance_id(ret_id))
		return true;
	FIELD_ERROR(field,
		    "expected this host to be an EC2 instance, whose asset tag "
		    "is an instance id; found '%s'",
		    ret_id);
	return false;
}

static enum policy_error read_instance(const struct field *field,
				       const char *id,
				       struct pcr_value *ret_value)
{
	char own[POLICY_INSTANCE_ID_SIZE];

	if (strcmp(id, "this") == 0)
		return this_instance_read(field, own)
			       ? measure_text(field, own, ret_value)
			       : POLICY_OK;
	if (is_instance_id(id))
		return measure_text(field, id, ret_value);
	FIELD_ERROR(field,
		    "expected an instance id (i- and 8 or 17 hexadecimal "
		    "digits in lower case), or 'this' on an EC2 instance; "
		    "found '%s'",
		    id);
	return POLICY_OK;
}

static enum policy_error read_certificate(const struct field *field,
					  const char *path,
					  struct pcr_value *ret_value)
{
	const struct policy_world *world = field->loader->input->world;
	const struct digest *digest = loader_digest(field->loader);
	_cleanup_(buffer_freep) struct buffer file = BUFFER_EMPTY;
	const char *why = "files are not read here";
	enum attest_error error;

	if (digest == NULL)
		return POLICY_E_NO_MEMORY;
	if (path[0] != '/') {
		FIELD_ERROR(field,
			    "expected the absolute path of a certificate "
			    "file, found '%s'",
			    path);
		return POLICY_OK;
	}
	if (world == NULL ||
	    world->read_file(world->context, path, DIGEST_CERTIFICATE_FILE_MAX,
			     &file, &why) < 0) {
		FIELD_ERROR(field,
			    "expected a certificate in PEM or DER; the file %s "
			    "%s",
			    path, why);
		return POLICY_OK;
	}
	error = digest_pcr_of_certificate(digest, buffer_span(&file),
					  ret_value->bytes);
	if (error != ATTEST_E_ROOT_FILE &&
	    error != ATTEST_E_CERTIFICATE_ENCODING)
		return take_digest(error, ret_value);
	FIELD_ERROR(field,
		    "expected exactly one certificate in PEM or DER; the file "
		    "%s holds %s",
		    path,
		    error == ATTEST_E_ROOT_FILE
			    ? "none, or more than one block of PEM"
			    : "one that cannot be decoded");
	return POLICY_OK;
}

/* AWS, "Where to get an enclave's measurements": which PCR measures what. */
static const struct computed_row {
	const char *prefix;
	unsigned index;
	enum policy_error (*read)(const struct field *field, const char *text,
				  struct pcr_value *ret_value);
} computed_rows[] = {
	{ "role:", 3, read_role },
	{ "instance:", 4, read_instance },
	{ "certificate:", 8, read_certificate },
};

static const struct computed_row *find_computed(const char *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(computed_rows); i++)
		if (take_text(&value, computed_rows[i].prefix))
			return &computed_rows[i];
	return NULL;
}

static enum policy_error read_computed(const struct field *field,
				       const struct computed_row *row,
				       unsigned index,
				       struct pcr_value *ret_value)
{
	struct pcr_value value = { .is_computed = true };
	enum policy_error error;

	if (row->index != index) {
		FIELD_ERROR(field,
			    "'%s' is measured by pcr%u, not by pcr%u; found "
			    "'%s'",
			    row->prefix, row->index, index, field->value);
		return POLICY_OK;
	}
	error = row->read(field, field->value + strlen(row->prefix), &value);
	if (error == POLICY_OK)
		*ret_value = value;
	return error;
}

enum policy_error pcr_read(const struct field *field, unsigned index,
			   struct pcr_value *ret_value)
{
	const struct computed_row *row = find_computed(field->value);
	struct pcr_value value = { .size = 0 };

	if (row != NULL)
		return read_computed(field, row, index, ret_value);
	if (hex_decode(span_of_text(field->value), value.bytes,
		       sizeof(value.bytes), &value.size) < 0 ||
	    (value.size != 32 && value.size != 48 && value.size != 64)) {
		FIELD_ERROR(field,
			    "expected the hex digits of 32, 48 or 64 bytes "
			    "(64, 96 or 128 digits)%s, found %zu characters "
			    "'%s'",
			    index == 3	 ? " or role:ARN"
			    : index == 4 ? " or instance:ID"
			    : index == 8 ? " or certificate:FILE"
					 : "",
			    strlen(field->value), field->value);
		return POLICY_OK;
	}
	*ret_value = value;
	return POLICY_OK;
}

static enum policy_error
read_user_data_hex(const struct field *field, bool *ret_given,
		   uint8_t ret_sha256[static ATTEST_SHA256_SIZE])
{
	const struct digest *digest = loader_digest(field->loader);
	uint8_t bytes[ATTEST_FIELD_MAX];
	struct span user_data;
	size_t size = 0;

	if (digest == NULL)
		return POLICY_E_NO_MEMORY;
	if (hex_decode(span_of_text(field->value), bytes, sizeof(bytes),
		       &size) < 0) {
		FIELD_ERROR(field,
			    "expected the hex digits of 1 to %u bytes, or "
			    "sha256: and 64 hex digits; found %zu characters "
			    "'%s'",
			    ATTEST_FIELD_MAX, strlen(field->value),
			    field->value);
		return POLICY_OK;
	}
	user_data = span_of(bytes, size);
	if (digest_sha256(digest, &user_data, 1, ret_sha256) != ATTEST_OK)
		return POLICY_E_NO_MEMORY;
	*ret_given = true;
	return POLICY_OK;
}

enum policy_error user_data_read(const struct field *field, bool *ret_given,
				 uint8_t ret_sha256[static ATTEST_SHA256_SIZE])
{
	const char *text = field->value;
	size_t size = 0;

	if (!take_text(&text, "sha256:"))
		return read_user_data_hex(field, ret_given, ret_sha256);
	if (hex_decode(span_of_text(text), ret_sha256, ATTEST_SHA256_SIZE,
		       &size) < 0 ||
	    size != ATTEST_SHA256_SIZE) {
		FIELD_ERROR(field,
			    "expected sha256: and 64 hex digits, found %zu "
			    "characters '%s'",
			    strlen(text), text);
		return POLICY_OK;
	}
	*ret_given = true;
	return POLICY_OK;
}
