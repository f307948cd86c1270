/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breaks of the extensions of one certificate (RFC 5280 4.2). Each certificate is
 * signed by its rightful issuer.
 */
#include "config.h"

#include "nitro-sim/breaks.h"

/* Adds the DER of an Extension behind the others. */
#define ADD_EXTENSION(draft, ...)                                              \
	BYTES_SET(&(draft)->extensions[(draft)->extension_count++], __VA_ARGS__)

/* Extensions of these certificates: always the first and, of a leaf, the last. */
#define BASIC_CONSTRAINTS 0
#define LEAF_KEY_USAGE	  1

/* The second byte of TRUE in SEQUENCE { OID, TRUE, OCTET STRING }. */
static void critical_ber(struct certificate_draft *draft)
{
	draft->extensions[BASIC_CONSTRAINTS].data[2 + 5 + 2] = 0x01;
}

static void critical_false(struct certificate_draft *draft)
{
	struct bytes *usage = &draft->extensions[LEAF_KEY_USAGE];
	static const uint8_t is_false[] = { DER_BOOLEAN, 1, 0 };

	usage->data[1] += sizeof(is_false);
	bytes_insert(usage, 2 + 5, span_of(is_false, sizeof(is_false)));
}

/* 1.2.3.4, critical, NULL. */
static void extension_unknown(struct certificate_draft *draft)
{
	ADD_EXTENSION(draft, DER_SEQUENCE, 12, 0x06, 3, 0x2a, 3, 4, DER_BOOLEAN,
		      1, 0xff, DER_OCTET_STRING, 2, 0x05, 0);
}

/* extKeyUsage, critical, { clientAuth }: known to OpenSSL, of no use here. */
static void extension_eku(struct certificate_draft *draft)
{
	ADD_EXTENSION(draft, DER_SEQUENCE, 22, 0x06, 3, 0x55, 0x1d, 0x25,
		      DER_BOOLEAN, 1, 0xff, DER_OCTET_STRING, 12, DER_SEQUENCE,
		      10, 0x06, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2);
}

static void key_usage_twice(struct certificate_draft *draft)
{
	size_t last = draft->extension_count++;

	bytes_append_bytes(&draft->extensions[last],
			   &draft->extensions[LEAF_KEY_USAGE]);
}

static void constraints_twice(struct certificate_draft *draft)
{
	size_t last = draft->extension_count++;

	bytes_append_bytes(&draft->extensions[last],
			   &draft->extensions[BASIC_CONSTRAINTS]);
}

/* keyUsage with an INTEGER for a BIT STRING. */
static void key_usage_integer(struct certificate_draft *draft)
{
	BYTES_SET(&draft->extensions[LEAF_KEY_USAGE], DER_SEQUENCE, 11, 0x06, 3,
		  0x55, 0x1d, 0x0f, DER_OCTET_STRING, 4, DER_INTEGER, 2, 0x06,
		  0xc0);
}

/* The six unused bits of digitalSignature and nonRepudiation counted as used. */
static void key_usage_padded(struct certificate_draft *draft)
{
	BYTES_SET(&draft->extensions[LEAF_KEY_USAGE], DER_SEQUENCE, 11, 0x06, 3,
		  0x55, 0x1d, 0x0f, DER_OCTET_STRING, 4, DER_BIT_STRING, 2,
		  0x00, 0xc0);
}

/* RFC 5280 4.2.1.3: at least one bit is set. */
static void key_usage_empty(struct certificate_draft *draft)
{
	BYTES_SET(&draft->extensions[LEAF_KEY_USAGE], DER_SEQUENCE, 10, 0x06, 3,
		  0x55, 0x1d, 0x0f, DER_OCTET_STRING, 3, DER_BIT_STRING, 1,
		  0x00);
}

/* basicConstraints { cA TRUE (as 01), pathLen 0 } of an instance certificate. */
static void constraints_ber(struct certificate_draft *draft)
{
	BYTES_SET(&draft->extensions[BASIC_CONSTRAINTS], DER_SEQUENCE, 18, 0x06,
		  3, 0x55, 0x1d, 0x13, DER_BOOLEAN, 1, 0xff, DER_OCTET_STRING,
		  8, DER_SEQUENCE, 6, DER_BOOLEAN, 1, 0x01, DER_INTEGER, 1, 0);
}

/* The same with pathLen -1. */
static void constraints_negative(struct certificate_draft *draft)
{
	BYTES_SET(&draft->extensions[BASIC_CONSTRAINTS], DER_SEQUENCE, 18, 0x06,
		  3, 0x55, 0x1d, 0x13, DER_BOOLEAN, 1, 0xff, DER_OCTET_STRING,
		  8, DER_SEQUENCE, 6, DER_BOOLEAN, 1, 0xff, DER_INTEGER, 1,
		  0xff);
}

/* The same with pathLen 0, followed by a stray byte. */
static void constraints_trailing(struct certificate_draft *draft)
{
	BYTES_SET(&draft->extensions[BASIC_CONSTRAINTS], DER_SEQUENCE, 19, 0x06,
		  3, 0x55, 0x1d, 0x13, DER_BOOLEAN, 1, 0xff, DER_OCTET_STRING,
		  9, DER_SEQUENCE, 6, DER_BOOLEAN, 1, 0xff, DER_INTEGER, 1, 0,
		  0);
}

/* RFC 5280 4.2.1.9: no path length without cA. */
static void leaf_path_length(struct certificate_spec *spec)
{
	spec->basic_constraints = "critical,CA:FALSE,pathlen:0";
}

const struct sim_break breaks_of_extensions[] = {
	{ "critical-ber", "critical TRUE is written as 01, not ff.",
	  "certificate-encoding", .position = POSITION_INSTANCE,
	  .draft = critical_ber },
	{ "critical-false", "critical FALSE, the default, is written out.",
	  "certificate-encoding", .position = POSITION_LEAF,
	  .draft = critical_false },
	{ "extension-unknown", "The leaf has an unknown critical extension.",
	  "extension-unknown", .position = POSITION_LEAF,
	  .draft = extension_unknown },
	{ "extension-unknown-ca",
	  "The instance certificate has an unknown critical extension.",
	  "extension-unknown", .position = POSITION_INSTANCE,
	  .draft = extension_unknown },
	{ "extension-key-purpose",
	  "The leaf has a critical extended key usage.", "extension-unknown",
	  .position = POSITION_LEAF, .draft = extension_eku },
	{ "key-usage-twice", "The leaf has keyUsage twice.",
	  "extension-duplicate", .position = POSITION_LEAF,
	  .draft = key_usage_twice },
	{ "constraints-twice",
	  "The instance certificate has basicConstraints twice.",
	  "extension-duplicate", .position = POSITION_INSTANCE,
	  .draft = constraints_twice },
	{ "key-usage-integer", "The leaf's keyUsage is an integer.",
	  "extension-encoding", .position = POSITION_LEAF,
	  .draft = key_usage_integer },
	{ "key-usage-padded", "The leaf's keyUsage has zero bits at its end.",
	  "extension-encoding", .position = POSITION_LEAF,
	  .draft = key_usage_padded },
	{ "key-usage-empty", "The leaf's keyUsage names no usage.",
	  "leaf-key-usage", .position = POSITION_LEAF,
	  .draft = key_usage_empty },
	{ "constraints-ber", "cA TRUE is written as 01, not ff.",
	  "extension-encoding", .position = POSITION_INSTANCE,
	  .draft = constraints_ber },
	{ "constraints-negative", "A path length is -1.", "extension-encoding",
	  .position = POSITION_INSTANCE, .draft = constraints_negative },
	{ "constraints-trailing",
	  "A byte follows the value of basicConstraints.", "extension-encoding",
	  .position = POSITION_INSTANCE, .draft = constraints_trailing },
	{ "leaf-path-length", "The leaf, not a CA, has a path length.",
	  "extension-encoding", .position = POSITION_LEAF,
	  .spec = leaf_path_length },
	{ 0 },
};
