/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breaks of the form of one certificate (RFC 5280 section 4). Each is signed by
 * its rightful issuer, and signs rightly itself.
 */
#include "config.h"

#include "nitro-sim/breaks.h"

/* Encoding of the whole. */

static void der_garbage(struct bytes *der)
{
	memset(der->data, 0, der->size);
}

static void der_truncated(struct bytes *der)
{
	der->size--;
}

static void der_trailing(struct bytes *der)
{
	bytes_append_byte(der, 0);
}

/* 30 82 hh ll becomes 30 83 00 hh ll. */
static void der_long_length(struct bytes *der)
{
	der->data[1] = 0x83;
	bytes_insert(der, 2, span_of("", 1));
}

/* 30 82 hh ll … becomes 30 80 … 00 00. */
static void der_indefinite(struct bytes *der)
{
	_cleanup_bytes_ struct bytes changed = BYTES_EMPTY;

	bytes_append(&changed, "\x30\x80", 2);
	bytes_append(&changed, der->data + 4, der->size - 4);
	bytes_append_fill(&changed, 0, 2);
	bytes_take(der, &changed);
}

static void unused_bits(struct certificate_draft *draft)
{
	draft->unused_bits = 1;
}

static void serial_long_length(struct certificate_draft *draft)
{
	struct bytes *serial = &draft->tbs[TBS_SERIAL];

	bytes_insert(serial, 1, span_of("\x81", 1));
}

static void serial_padded(struct certificate_draft *draft)
{
	BYTES_SET(&draft->tbs[TBS_SERIAL], DER_INTEGER, 2, 0, 1);
}

/* The subject, whose last byte is the end of its commonName, a UTF8String. */

static void subject_not_utf8(struct certificate_spec *spec)
{
	spec->subject.data[spec->subject.size - 1] = 0xff;
}

/* One commonName of 200 control characters: three characters each when escaped
 * (RFC 4514 2.4). */
static void subject_long(struct certificate_spec *spec)
{
	static const uint8_t common_name[] = { 0x06, 3, 0x55, 0x04, 0x03 };
	static const uint8_t tags[] = { DER_SEQUENCE, DER_SET, DER_SEQUENCE };
	_cleanup_bytes_ struct bytes value = BYTES_EMPTY;

	bytes_append_fill(&value, 0x01, 200);
	bytes_clear(&spec->subject);
	bytes_append(&spec->subject, common_name, sizeof(common_name));
	der_append(&spec->subject, DER_UTF8_STRING, bytes_span(&value));
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		bytes_take(&value, &spec->subject);
		der_append(&spec->subject, tags[i], bytes_span(&value));
	}
}

/* Version and serial number. */

static void version_1(struct certificate_draft *draft)
{
	bytes_clear(&draft->tbs[TBS_VERSION]);
}

static void version_2(struct certificate_draft *draft)
{
	BYTES_SET(&draft->tbs[TBS_VERSION], DER_CONTEXT(0), 3, DER_INTEGER, 1,
		  1);
}

static void version_4(struct certificate_draft *draft)
{
	BYTES_SET(&draft->tbs[TBS_VERSION], DER_CONTEXT(0), 3, DER_INTEGER, 1,
		  3);
}

static void serial_zero(struct certificate_draft *draft)
{
	BYTES_SET(&draft->tbs[TBS_SERIAL], DER_INTEGER, 1, 0);
}

static void serial_negative(struct certificate_draft *draft)
{
	BYTES_SET(&draft->tbs[TBS_SERIAL], DER_INTEGER, 1, 0xff);
}

static void serial_21(struct certificate_draft *draft)
{
	BYTES_SET(&draft->tbs[TBS_SERIAL], DER_INTEGER, 21, 1, 2, 3, 4, 5, 6, 7,
		  8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21);
}

/* Keys. */

static void key_p256(struct certificate_spec *spec)
{
	spec->key_kind = KEY_P256;
}

static void key_p521(struct certificate_spec *spec)
{
	spec->key_kind = KEY_P521;
}

static void key_brainpool(struct certificate_spec *spec)
{
	spec->key_kind = KEY_BRAINPOOL;
}

static void key_rsa(struct certificate_spec *spec)
{
	spec->key_kind = KEY_RSA;
}

static void key_compressed(struct certificate_spec *spec)
{
	spec->key_kind = KEY_P384_COMPRESSED;
}

static void key_hybrid(struct certificate_spec *spec)
{
	spec->key_kind = KEY_P384_HYBRID;
}

static void key_explicit(struct certificate_spec *spec)
{
	spec->key_kind = KEY_P384_EXPLICIT;
}

static void key_off_curve(struct certificate_draft *draft)
{
	struct bytes *key = &draft->tbs[TBS_KEY];

	key->data[key->size - 1] ^= 1; /* the last bit of y */
}

/* Signature algorithms. */

static void algorithm_sha256(struct certificate_spec *spec)
{
	spec->digest = "SHA256";
}

static void algorithm_sha512(struct certificate_spec *spec)
{
	spec->digest = "SHA512";
}

/* The last byte of ecdsa-with-SHA384's identifier, 3, becomes SHA256's, 2. */
static void algorithm_outside(struct certificate_draft *draft)
{
	draft->outer_algorithm.data[draft->outer_algorithm.size - 1] = 2;
}

static void algorithm_inside(struct certificate_draft *draft)
{
	struct bytes *algorithm = &draft->tbs[TBS_ALGORITHM];

	algorithm->data[algorithm->size - 1] = 2;
}

/* RFC 5758 3.2: the parameters are absent, not NULL. */
static void algorithm_null(struct certificate_draft *draft)
{
	struct bytes *algorithm = &draft->tbs[TBS_ALGORITHM];

	algorithm->data[1] += 2;
	bytes_append(algorithm, "\x05", 2);
	bytes_set(&draft->outer_algorithm, bytes_span(algorithm));
}

/* Periods. */

static void period_reversed(struct certificate_spec *spec)
{
	int64_t not_before = spec->not_before;

	spec->not_before = spec->not_after;
	spec->not_after = not_before;
}

/* notBefore is 2019-11-01T00:00:00Z; `tag` and `text` are notAfter. */
static void set_period(struct certificate_draft *draft, uint8_t tag,
		       const char *text)
{
	struct bytes *validity = &draft->tbs[TBS_VALIDITY];
	_cleanup_bytes_ struct bytes times = BYTES_EMPTY;

	der_append(&times, DER_UTC_TIME, span_of_text("191101000000Z"));
	der_append(&times, tag, span_of_text(text));
	bytes_clear(validity);
	der_append(validity, DER_SEQUENCE, bytes_span(&times));
}

static void period_february_30(struct certificate_draft *draft)
{
	set_period(draft, DER_UTC_TIME, "490230000000Z");
}

static void period_no_seconds(struct certificate_draft *draft)
{
	set_period(draft, DER_UTC_TIME, "4902010000Z");
}

static void period_offset(struct certificate_draft *draft)
{
	set_period(draft, DER_UTC_TIME, "490201000000+0000");
}

static void period_local(struct certificate_draft *draft)
{
	set_period(draft, DER_UTC_TIME, "490201000000");
}

static void period_generalized(struct certificate_draft *draft)
{
	set_period(draft, DER_GENERALIZED_TIME, "20490201000000Z");
}

static void period_fraction(struct certificate_draft *draft)
{
	set_period(draft, DER_GENERALIZED_TIME, "20500201000000.5Z");
}

static void period_text(struct certificate_draft *draft)
{
	set_period(draft, DER_UTC_TIME, "tomorrow, 12Z");
}

const struct sim_break breaks_of_certificates[] = {
	{ "certificate-garbage", "The leaf is all zero.",
	  "certificate-encoding", .position = POSITION_LEAF,
	  .certificate = der_garbage },
	{ "certificate-truncated", "The leaf lacks its last byte.",
	  "certificate-encoding", .position = POSITION_LEAF,
	  .certificate = der_truncated },
	{ "certificate-length-long", "The leaf's length is in too many bytes.",
	  "certificate-encoding", .position = POSITION_LEAF,
	  .certificate = der_long_length },
	{ "certificate-indefinite", "The leaf has an indefinite length (BER).",
	  "certificate-encoding", .position = POSITION_LEAF,
	  .certificate = der_indefinite },
	{ "signature-unused-bits", "The leaf's signature names an unused bit.",
	  "certificate-encoding", .position = POSITION_LEAF,
	  .draft = unused_bits },
	{ "serial-length-long",
	  "The serial number's length is in too many bytes.",
	  "certificate-encoding", .position = POSITION_LEAF,
	  .draft = serial_long_length },
	{ "serial-padded", "The serial number has a needless zero octet.",
	  "certificate-encoding", .position = POSITION_LEAF,
	  .draft = serial_padded },
	{ "subject-not-utf8", "The leaf's name is not UTF-8.",
	  "certificate-encoding", .position = POSITION_LEAF,
	  .spec = subject_not_utf8 },
	{ "subject-long", "The leaf's name has 600 characters when escaped.",
	  "certificate-encoding", .position = POSITION_LEAF,
	  .spec = subject_long },
	{ "leaf-trailing", "A byte follows the leaf.", "certificate-trailing",
	  .position = POSITION_LEAF, .certificate = der_trailing },
	{ "instance-trailing", "A byte follows the instance certificate.",
	  "certificate-trailing", .position = POSITION_INSTANCE,
	  .certificate = der_trailing },
	{ "version-1", "The leaf is version 1.", "certificate-version",
	  .position = POSITION_LEAF, .draft = version_1 },
	{ "version-2", "The leaf is version 2.", "certificate-version",
	  .position = POSITION_LEAF, .draft = version_2 },
	{ "version-4", "The leaf is version 4.", "certificate-version",
	  .position = POSITION_LEAF, .draft = version_4 },
	{ "version-1-ca", "The instance certificate is version 1.",
	  "certificate-version", .position = POSITION_INSTANCE,
	  .draft = version_1 },
	{ "serial-zero", "The serial number is zero.", "certificate-serial",
	  .position = POSITION_LEAF, .draft = serial_zero },
	{ "serial-negative", "The serial number is negative.",
	  "certificate-serial", .position = POSITION_LEAF,
	  .draft = serial_negative },
	{ "serial-21", "The serial number has 21 octets.", "certificate-serial",
	  .position = POSITION_INSTANCE, .draft = serial_21 },
	{ "key-p256", "The leaf's key is on P-256.", "certificate-key",
	  .position = POSITION_LEAF, .spec = key_p256 },
	{ "key-p256-ca", "The instance certificate's key is on P-256.",
	  "certificate-key", .position = POSITION_INSTANCE, .spec = key_p256 },
	{ "key-p521-ca", "The instance certificate's key is on P-521.",
	  "certificate-key", .position = POSITION_INSTANCE, .spec = key_p521 },
	{ "key-brainpool", "The leaf's key is on brainpoolP384r1.",
	  "certificate-key", .position = POSITION_LEAF, .spec = key_brainpool },
	{ "key-rsa", "The leaf's key is RSA.", "certificate-key",
	  .position = POSITION_LEAF, .spec = key_rsa },
	{ "key-compressed", "The leaf's key is a compressed point.",
	  "certificate-key", .position = POSITION_LEAF,
	  .spec = key_compressed },
	{ "key-hybrid", "The leaf's key is a hybrid point.", "certificate-key",
	  .position = POSITION_LEAF, .spec = key_hybrid },
	{ "key-explicit", "The leaf's key spells P-384 out.", "certificate-key",
	  .position = POSITION_LEAF, .spec = key_explicit },
	{ "key-off-curve", "The leaf's key lies beside the curve.",
	  "certificate-key", .position = POSITION_LEAF,
	  .draft = key_off_curve },
	{ "algorithm-sha256", "The leaf is signed with SHA-256.",
	  "certificate-algorithm", .position = POSITION_LEAF,
	  .spec = algorithm_sha256 },
	{ "algorithm-sha256-ca",
	  "The regional certificate is signed with SHA-256.",
	  "certificate-algorithm", .position = POSITION_REGIONAL,
	  .spec = algorithm_sha256 },
	{ "algorithm-sha512", "The leaf is signed with SHA-512.",
	  "certificate-algorithm", .position = POSITION_LEAF,
	  .spec = algorithm_sha512 },
	{ "algorithm-outside", "The algorithm outside the leaf says SHA-256.",
	  "certificate-algorithm", .position = POSITION_LEAF,
	  .draft = algorithm_outside },
	{ "algorithm-inside", "The algorithm inside the leaf says SHA-256.",
	  "certificate-algorithm", .position = POSITION_LEAF,
	  .draft = algorithm_inside },
	{ "algorithm-null", "The algorithm has parameters, NULL.",
	  "certificate-algorithm", .position = POSITION_LEAF,
	  .draft = algorithm_null },
	{ "period-reversed", "The leaf ends before it begins.",
	  "certificate-period", .position = POSITION_LEAF,
	  .spec = period_reversed },
	{ "period-february-30", "The leaf ends on 30 February.",
	  "certificate-period", .position = POSITION_LEAF,
	  .draft = period_february_30 },
	{ "period-no-seconds", "The leaf's end has no seconds.",
	  "certificate-period", .position = POSITION_LEAF,
	  .draft = period_no_seconds },
	{ "period-offset", "The leaf's end has a time zone.",
	  "certificate-period", .position = POSITION_LEAF,
	  .draft = period_offset },
	{ "period-local", "The leaf's end has no Z.", "certificate-period",
	  .position = POSITION_LEAF, .draft = period_local },
	{ "period-generalized",
	  "The leaf's end, before 2050, is a GeneralizedTime.",
	  "certificate-period", .position = POSITION_LEAF,
	  .draft = period_generalized },
	{ "period-fraction", "The leaf's end has a fraction of a second.",
	  "certificate-period", .position = POSITION_LEAF,
	  .draft = period_fraction },
	{ "period-text", "The leaf's end is no date.", "certificate-period",
	  .position = POSITION_LEAF, .draft = period_text },
	{ 0 },
};
