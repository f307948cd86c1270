/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-sim/arguments.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <time.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/time_text.h"
#include "nitro-sim/authority.h"
#include "nitro-sim/breaks.h"
#include "ssh/certificate.h"

const char arguments_help[] =
	"  --kind=KIND          enclave (default) or nitrotpm\n"
	"  --instance=ID        of the parent instance: i-0123456789abcdef0\n"
	"  --enclave=HEX        of the enclave, 16 digits: 0123456789abcdef\n"
	"  --region=NAME        us-east-1\n"
	"  --pcr=INDEX=HEX      value of one PCR, 48 bytes; may be repeated\n"
	"  --nonce=VALUE        VALUE is hexadecimal, @FILE, or ssh:FILE for "
	"the\n"
	"  --public-key=VALUE   key of a *.pub file; empty is a field that is\n"
	"  --user-data=VALUE    present and empty; without the option it is "
	"null,\n"
	"                       as AWS writes it\n"
	"  --time=TIME          RFC 3339 or @SECONDS; now\n"
	"  --debug              an enclave in debug mode: PCR0, 1 and 2 are "
	"zero\n"
	"  --map=FORM           of the payload: indefinite (default, AWS "
	"since\n"
	"                       mid-2025) or definite (AWS before)\n"
	"  --tag                write CBOR tag 18 in front\n"
	"  --break=NAME         break one thing on purpose; 'nitro-sim "
	"breaks'\n"
	"                       lists the names\n";

void arguments_init(struct arguments *arguments)
{
	*arguments = (struct arguments){ 0 };
	document_options_init(&arguments->options, clock_realtime_ms());
}

void arguments_clear(struct arguments *arguments)
{
	buffer_free(arguments->nonce);
	buffer_free(arguments->public_key);
	buffer_free(arguments->user_data);
	*arguments = (struct arguments){ 0 };
}

static bool read_kind(struct arguments *arguments, const char *value)
{
	if (strcmp(value, "enclave") == 0) {
		arguments->options.kind = EVIDENCE_ENCLAVE;
		return true;
	}
	if (strcmp(value, "nitrotpm") == 0) {
		arguments->options.kind = EVIDENCE_NITROTPM;
		return true;
	}
	warnx("--kind: '%s' is neither enclave nor nitrotpm", value);
	return false;
}

static bool read_instance(struct arguments *arguments, const char *value)
{
	arguments->options.instance_id = value;
	if (options_instance_id_is_valid(value))
		return true;
	warnx("--instance: '%s' is not an instance id: 'i-' and 8 to 17 digits "
	      "0-9 a-f",
	      value);
	return false;
}

static bool read_enclave(struct arguments *arguments, const char *value)
{
	arguments->options.enclave_id = value;
	if (options_enclave_id_is_valid(value))
		return true;
	warnx("--enclave: '%s' is not 16 digits 0-9 a-f", value);
	return false;
}

static bool read_region(struct arguments *arguments, const char *value)
{
	arguments->options.region = value;
	if (options_region_is_valid(value))
		return true;
	warnx("--region: '%s' is not 1 to %u characters of a-z 0-9 -", value,
	      OPTIONS_REGION_MAX);
	return false;
}

static bool read_pcr(struct arguments *arguments, const char *value)
{
	char *rest;
	unsigned long index;
	size_t size = 0;

	errno = 0;
	index = strtoul(value, &rest, 10);
	if (errno != 0 || value[0] < '0' || value[0] > '9' ||
	    index >= ATTEST_PCR_COUNT || *rest != '=') {
		warnx("--pcr: '%s' is not INDEX=HEX with an index of 0 to %u",
		      value, ATTEST_PCR_COUNT - 1);
		return false;
	}
	if (hex_decode(span_of_text(rest + 1),
		       arguments->options.pcrs[index].value, ATTEST_SHA384_SIZE,
		       &size) < 0 ||
	    size != ATTEST_SHA384_SIZE) {
		warnx("--pcr: the value of PCR%lu is not %u bytes in "
		      "hexadecimal",
		      index, ATTEST_SHA384_SIZE);
		return false;
	}
	arguments->options.pcrs[index].is_set = true;
	return true;
}

static bool read_field_file(const char *option, const char *path,
			    struct buffer *field)
{
	const struct read_file_limits limits = { .max_size = ATTEST_FIELD_MAX };
	int r;

	r = read_file_at(AT_FDCWD, path, &limits, field);
	if (r < 0)
		warnx("--%s: %s: %s", option, path, read_file_explain(r));
	return r == 0;
}

/* The wire format of the key in a file of ssh-keygen: what an enclave that made the
 * key would have written. */
static bool read_ssh_key(const char *option, const char *path,
			 struct buffer *field)
{
	const struct read_file_limits limits = {
		.max_size = 2 * SSH_CERTIFICATE_MAX,
	};
	_cleanup_(buffer_freep) struct buffer file = BUFFER_EMPTY;
	enum ssh_error error;
	int r = read_file_at(AT_FDCWD, path, &limits, &file);

	if (r < 0) {
		warnx("--%s: %s: %s", option, path, read_file_explain(r));
		return false;
	}
	field->data = malloc(SSH_KEY_BLOB_MAX);
	if (field->data == NULL) {
		warnx("--%s: out of memory", option);
		return false;
	}
	error = ssh_file_read(buffer_span(&file), field->data, &field->size);
	if (error == SSH_OK)
		return true;
	warnx("--%s: %s: %s", option, path, ssh_error_text(error));
	return false;
}

/* Hexadecimal, or "@" or "ssh:" and the name of a file. */
static bool read_field(const char *option, const char *value,
		       struct buffer *field, struct span *ret_span)
{
	buffer_free(*field);
	*field = BUFFER_EMPTY;
	if (value[0] == '@' || strncmp(value, "ssh:", 4) == 0) {
		if (value[0] == '@' ? !read_field_file(option, value + 1, field)
				    : !read_ssh_key(option, value + 4, field))
			return false;
		*ret_span = buffer_span(field);
		return true;
	}

	field->data = malloc(ATTEST_FIELD_MAX);
	if (field->data == NULL) {
		warnx("--%s: out of memory", option);
		return false;
	}
	if (hex_decode(span_of_text(value), field->data, ATTEST_FIELD_MAX,
		       &field->size) < 0) {
		warnx("--%s: not hexadecimal, or more than %u bytes; '@FILE' "
		      "takes the bytes of a file",
		      option, ATTEST_FIELD_MAX);
		return false;
	}
	*ret_span = buffer_span(field);
	return true;
}

static bool read_nonce(struct arguments *arguments, const char *value)
{
	return read_field("nonce", value, &arguments->nonce,
			  &arguments->options.nonce);
}

static bool read_public_key(struct arguments *arguments, const char *value)
{
	return read_field("public-key", value, &arguments->public_key,
			  &arguments->options.public_key);
}

static bool read_user_data(struct arguments *arguments, const char *value)
{
	return read_field("user-data", value, &arguments->user_data,
			  &arguments->options.user_data);
}

static bool read_time(struct arguments *arguments, const char *value)
{
	int64_t *time_ms = &arguments->options.time_ms;

	if (time_parse(value, time_ms) < 0) {
		warnx("--time: '%s' is neither RFC 3339 "
		      "(2026-11-01T10:00:00Z) nor @SECONDS",
		      value);
		return false;
	}
	if (*time_ms < AUTHORITY_NOT_BEFORE * MSEC_PER_SEC ||
	    *time_ms > AUTHORITY_NOT_AFTER * MSEC_PER_SEC) {
		warnx("--time: '%s' lies outside the life of the root, "
		      "2019-10-28T13:28:05Z to 2049-10-28T14:28:05Z",
		      value);
		return false;
	}
	return true;
}

static bool read_debug(struct arguments *arguments, const char *value)
{
	(void)value;
	arguments->options.debug = true;
	return true;
}

static bool read_map(struct arguments *arguments, const char *value)
{
	arguments->options.definite_map = strcmp(value, "definite") == 0;
	if (arguments->options.definite_map || strcmp(value, "indefinite") == 0)
		return true;
	warnx("--map: '%s' is neither definite nor indefinite", value);
	return false;
}

static bool read_tag(struct arguments *arguments, const char *value)
{
	(void)value;
	arguments->options.tagged = true;
	return true;
}

static bool read_break(struct arguments *arguments, const char *value)
{
	arguments->options.broken = breaks_find(value);
	if (arguments->options.broken != NULL)
		return true;
	warnx("--break: there is no break '%s'; 'nitro-sim breaks' lists them",
	      value);
	return false;
}

bool arguments_read(struct arguments *arguments, int code, const char *value)
{
#define ARGUMENT_READER(code, name, has_argument, reader)                      \
	[ARGUMENT_##code - ARGUMENT_FIRST] = reader,
	static bool (*const readers[])(struct arguments *, const char *) = {
		ARGUMENT_TABLE(ARGUMENT_READER)
	};
#undef ARGUMENT_READER

	return readers[code - ARGUMENT_FIRST](arguments, value);
}

bool arguments_check(const struct arguments *arguments)
{
	const struct document_options *options = &arguments->options;

	if (options->debug && options->kind != EVIDENCE_ENCLAVE) {
		warnx("--debug: only an enclave has a debug mode");
		return false;
	}
	for (unsigned i = 0; options->debug && i < 3; i++)
		if (options->pcrs[i].is_set) {
			warnx("--debug: PCR%u is zero in debug mode; leave "
			      "--pcr=%u out",
			      i, i);
			return false;
		}
	return true;
}
