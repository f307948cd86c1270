/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every code of the checks "envelope", "document", "root" and "certificates", each
 * made by breaking one thing of a genuine document.
 */
#include "config.h"

#include "attest/attest.h"

#include "base/hex.h"
#include "tests/support/edit.h"
#include "tests/support/vectors.h"
#include "tests/unit/unit.h"

/* One with a definite map and one with an indefinite one. */
#define DEFINITE   "genuine/2021-03-05_883eaa6cbccb.cbor"
#define INDEFINITE "genuine/2026-08-03_13a44c648578.cbor"
#define LEAF	   4

static struct anchors *anchors;
static struct buffer definite, indefinite;

static void setup(void)
{
	ck_assert_int_eq(anchors_new(&anchors), ATTEST_OK);
	ck_assert_int_eq(anchors_add_aws(anchors), ATTEST_OK);
	definite = vectors_read(DEFINITE);
	indefinite = vectors_read(INDEFINITE);
}

static void teardown(void)
{
	buffer_free(definite);
	buffer_free(indefinite);
	anchors_free(anchors);
}

static void check_text(const char *text)
{
	ck_assert_uint_lt(strnlen(text, ATTEST_DETAIL_SIZE),
			  ATTEST_DETAIL_SIZE);
	for (; *text != '\0'; text++)
		ck_assert(*text >= ' ' && *text <= '~');
}

static void expect(const char *what, struct span document,
		   enum attest_error expected, size_t max_field_size)
{
	struct attest_input input = { .document = document,
				      .anchors = anchors,
				      .at_document_time = true,
				      .max_field_size = max_field_size };
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	struct attest_failure failure;
	enum attest_error e = attest_verify(&input, &evidence, &failure);

	ck_assert_msg(e == expected, "%s: %s instead of %s", what,
		      attest_error_name(e), attest_error_name(expected));
	ck_assert_int_eq(evidence != NULL, e == ATTEST_OK);
	if (e == ATTEST_OK)
		return;
	ck_assert_int_eq(failure.error, e);
	ck_assert_msg(failure.expected[0] != '\0', "%s", what);
	ck_assert_msg(failure.actual[0] != '\0', "%s", what);
	check_text(failure.expected);
	check_text(failure.actual);
}

static const struct edit envelope_edits[] = {
	{ "tag 18", "", 0, 0, "d2", ATTEST_OK },
	{ "tag 17", "", 0, 0, "d1", ATTEST_E_ENVELOPE_TAG },
	{ "tag 18 twice", "", 0, 0, "d2d2", ATTEST_E_ENVELOPE_ELEMENTS },
	{ "tag 18, not minimal", "", 0, 0, "d812", ATTEST_E_ENVELOPE_ENCODING },
	{ "tag alone", "", 0, 4396, "d2", ATTEST_E_ENVELOPE_ELEMENTS },
	{ "reserved head", "", 0, 1, "9c", ATTEST_E_ENVELOPE_ENCODING },
	{ "array of 3", "", 0, 1, "83", ATTEST_E_ENVELOPE_ELEMENTS },
	{ "array of 5", "", 0, 1, "85", ATTEST_E_ENVELOPE_ELEMENTS },
	{ "a map", "", 0, 1, "a2", ATTEST_E_ENVELOPE_ELEMENTS },
	{ "array of 2^32", "", 0, 1, "9b0000000100000000",
	  ATTEST_E_ENVELOPE_ENCODING },
	{ "array, not minimal", "", 0, 1, "9804", ATTEST_E_ENVELOPE_ENCODING },
	{ "array, indefinite", "", 0, 1, "9f", ATTEST_E_ENVELOPE_ENCODING },
	{ "ES256", "", 5, 1, "26", ATTEST_E_PROTECTED_HEADER },
	{ "alg not minimal", "", 1, 5, "45a101390022",
	  ATTEST_E_PROTECTED_HEADER },
	{ "empty header", "", 1, 5, "40", ATTEST_E_PROTECTED_HEADER },
	{ "second parameter", "", 1, 5, "46a20138220400",
	  ATTEST_E_PROTECTED_HEADER },
	{ "header as map", "", 1, 5, "a1013822", ATTEST_E_PROTECTED_HEADER },
	{ "header in chunks", "", 1, 5, "5f44a1013822ff",
	  ATTEST_E_ENVELOPE_ENCODING },
	{ "unprotected key", "", 6, 1, "a10400", ATTEST_E_UNPROTECTED_HEADER },
	{ "unprotected null", "", 6, 1, "f6", ATTEST_E_UNPROTECTED_HEADER },
	{ "unprotected indefinite", "", 6, 1, "bfff",
	  ATTEST_E_ENVELOPE_ENCODING },
	{ "detached payload", "", 7, 4291, "f6", ATTEST_E_PAYLOAD_SIZE },
	{ "payload as text", "", 7, 1, "79", ATTEST_E_PAYLOAD_SIZE },
	{ "payload beyond the end", "", 7, 3, "5b7fffffffffffffff",
	  ATTEST_E_ENVELOPE_ENCODING },
	{ "payload beyond 64 bits", "", 7, 3, "5bffffffffffffffff",
	  ATTEST_E_ENVELOPE_ENCODING },
	{ "payload not minimal", "", 7, 1, "5a0000",
	  ATTEST_E_ENVELOPE_ENCODING },
	{ "trailing newline", "", 4396, 0, "0a", ATTEST_E_ENVELOPE_TRAILING },
	{ "trailing document", "", 4396, 0, "f6", ATTEST_E_ENVELOPE_TRAILING },
};

START_TEST(envelope_codes)
{
	for (size_t i = 0; i < ARRAY_SIZE(envelope_edits); i++) {
		const struct edit *edit = &envelope_edits[i];
		_cleanup_(buffer_freep) struct buffer broken =
			edit_envelope(buffer_span(&definite), edit);

		expect(edit->what, buffer_span(&broken), edit->error, 0);
	}
}
END_TEST

/* A sequence of pieces in hex, as one document. */
static void expect_pieces(const char *what, const char *const pieces[],
			  enum attest_error error)
{
	struct buffer bytes = { calloc(1, 1 << 16), 0 };
	size_t size;

	for (size_t i = 0; pieces[i] != NULL; i++) {
		ck_assert_int_eq(hex_decode(span_of_text(pieces[i]),
					    bytes.data + bytes.size,
					    strlen(pieces[i]) / 2, &size),
				 0);
		bytes.size += size;
	}
	expect(what, buffer_span(&bytes), error, 0);
	buffer_free(bytes);
}

START_TEST(envelope_sizes)
{
	_cleanup_free_ char *most = edit_repeat(0, ATTEST_PAYLOAD_MAX);
	_cleanup_free_ char *signature = edit_repeat(0, 95);
	_cleanup_free_ char *huge = edit_repeat(0, ATTEST_DOCUMENT_MAX);

	expect("no bytes", span_of("", 0), ATTEST_E_DOCUMENT_SIZE, 0);
	expect("absent", SPAN_ABSENT, ATTEST_E_DOCUMENT_SIZE, 0);
	expect_pieces("input too long",
		      (const char *const[]){ huge, "00", NULL },
		      ATTEST_E_DOCUMENT_SIZE);
	expect_pieces("empty payload",
		      (const char *const[]){ "8444a1013822a0405860", signature,
					     "00", NULL },
		      ATTEST_E_PAYLOAD_SIZE);
	expect_pieces("payload too long",
		      (const char *const[]){ "8444a1013822a0594001", most, "00",
					     "5860", signature, "00", NULL },
		      ATTEST_E_PAYLOAD_SIZE);
	expect_pieces("payload of the most bytes",
		      (const char *const[]){ "8444a1013822a0594000", most,
					     "5860", signature, "00", NULL },
		      ATTEST_E_DOCUMENT_ENCODING);
	expect_pieces("signature too short",
		      (const char *const[]){ "8444a1013822a04100585f",
					     signature, NULL },
		      ATTEST_E_SIGNATURE_SIZE);
	expect_pieces("signature too long",
		      (const char *const[]){ "8444a1013822a041005861",
					     signature, "0000", NULL },
		      ATTEST_E_SIGNATURE_SIZE);
	expect_pieces("signature as text",
		      (const char *const[]){ "8444a1013822a041007860",
					     signature, "00", NULL },
		      ATTEST_E_SIGNATURE_SIZE);
}
END_TEST

/* In a document with a definite map: the head and the last entry. */
static const struct edit definite_edits[] = {
	{ "map not minimal", "", 0, 1, "b809", ATTEST_E_DOCUMENT_ENCODING },
	{ "one entry more", "", 0, 1, "aa", ATTEST_E_DOCUMENT_ENCODING },
	{ "2^64-1 entries", "", 0, 1, "bbffffffffffffffff",
	  ATTEST_E_DOCUMENT_ENCODING },
	{ "an array", "", 0, 1, "92", ATTEST_E_DOCUMENT_ENCODING },
	{ "a tag", "", 0, 0, "c1", ATTEST_E_DOCUMENT_ENCODING },
	{ "one entry less", "", 0, 1, "a8", ATTEST_E_DOCUMENT_TRAILING },
	{ "indefinite, no break", "", 0, 1, "bf", ATTEST_E_DOCUMENT_ENCODING },
};

/* In a document with an indefinite map, where entries come and go freely. */
static const struct edit indefinite_edits[] = {
	{ "two breaks", "\x65nonce\xf6", 0, 0, "ff",
	  ATTEST_E_DOCUMENT_TRAILING },
	{ "key without value", "\x65nonce", 0, 1, "",
	  ATTEST_E_DOCUMENT_ENCODING },
	{ "unknown key", "\x65nonce\xf6", 0, 0, "6178f6",
	  ATTEST_E_KEY_UNKNOWN },
	{ "empty key", "\x65nonce\xf6", 0, 0, "60f6", ATTEST_E_KEY_UNKNOWN },
	{ "integer key", "\x65nonce\xf6", 0, 0, "0100", ATTEST_E_KEY_UNKNOWN },
	{ "key as bytes", "\x65nonce\xf6", 0, 0, "456e6f6e6365f6",
	  ATTEST_E_KEY_UNKNOWN },
	{ "longer key", "\x65nonce\xf6", 0, 0, "666e6f6e636500f6",
	  ATTEST_E_KEY_UNKNOWN },
	{ "hostile key", "\x65nonce\xf6", 0, 0, "620a1bf6",
	  ATTEST_E_KEY_UNKNOWN },
	{ "nonce twice", "\x65nonce\xf6", 0, 0, "656e6f6e6365f6",
	  ATTEST_E_KEY_DUPLICATE },
	{ "digest twice", "\x65nonce\xf6", 0, 0, "6664696765737466534841333834",
	  ATTEST_E_KEY_DUPLICATE },
	{ "key not minimal", "\x65nonce\xf6", 0, 0, "78056e6f6e6365f6",
	  ATTEST_E_DOCUMENT_ENCODING },
	{ "no module_id", "\xbf", 0, 51, "", ATTEST_E_KEY_MISSING },
	{ "no digest", "\x69module_id", 41, 14, "", ATTEST_E_KEY_MISSING },
	{ "no timestamp", "fSHA384", 0, 19, "", ATTEST_E_KEY_MISSING },
	{ "no pcrs", "\x69timestamp", 9, 822, "", ATTEST_E_PCR_KIND },
	{ "no leaf", "\x64pcrs", 817, 655, "", ATTEST_E_KEY_MISSING },
	{ "no cabundle",
	  "\x6b"
	  "certificate",
	  643, 2760, "", ATTEST_E_KEY_MISSING },
	{ "digest as bytes",
	  "\x66"
	  "digest",
	  0, 1, "46", ATTEST_E_FIELD_TYPE },
	{ "digest null",
	  "\x66"
	  "digest",
	  0, 7, "f6", ATTEST_E_FIELD_TYPE },
	{ "SHA256",
	  "\x66"
	  "digestfSHA",
	  0, 3, "323536", ATTEST_E_DIGEST },
	{ "digest empty",
	  "\x66"
	  "digest",
	  0, 7, "60", ATTEST_E_DIGEST },
	{ "module_id empty", "\x69module_id", 0, 41, "60", ATTEST_E_MODULE_ID },
	{ "module_id with NUL", "\x69module_id", 2, 1, "00",
	  ATTEST_E_MODULE_ID },
	{ "module_id with newline", "\x69module_id", 2, 1, "0a",
	  ATTEST_E_MODULE_ID },
	{ "module_id beyond ASCII", "\x69module_id", 2, 1, "e4",
	  ATTEST_E_MODULE_ID },
	{ "module_id as bytes", "\x69module_id", 0, 1, "58",
	  ATTEST_E_FIELD_TYPE },
	{ "timestamp 0", "\x69timestamp", 0, 9, "00", ATTEST_E_TIMESTAMP_ZERO },
	{ "timestamp 2^64-1", "\x69timestamp", 0, 9, "1bffffffffffffffff",
	  ATTEST_E_TIMESTAMP_ZERO },
	{ "timestamp in year 10000", "\x69timestamp", 0, 9,
	  "1b0000e677d21fdc00", ATTEST_E_TIMESTAMP_ZERO },
	{ "timestamp not minimal", "\x69timestamp", 0, 9, "1b0000000000000001",
	  ATTEST_E_DOCUMENT_ENCODING },
	{ "timestamp negative", "\x69timestamp", 0, 9, "20",
	  ATTEST_E_FIELD_TYPE },
	{ "timestamp float", "\x69timestamp", 0, 1, "fb", ATTEST_E_FIELD_TYPE },
	{ "timestamp tagged", "\x69timestamp", 0, 0, "c1",
	  ATTEST_E_FIELD_TYPE },
	{ "other kind as well", "\x65nonce\xf6", 0, 0,
	  "6d6e6974726f74706d5f70637273a0", ATTEST_E_PCR_KIND },
	{ "no PCR", "\x64pcrs", 0, 817, "a0", ATTEST_E_PCR_COUNT },
	{ "PCRs as array", "\x64pcrs", 0, 817, "80", ATTEST_E_FIELD_TYPE },
	{ "PCRs null", "\x64pcrs", 0, 817, "f6", ATTEST_E_FIELD_TYPE },
	{ "PCRs indefinite", "\x64pcrs", 0, 1, "bf",
	  ATTEST_E_DOCUMENT_ENCODING },
	{ "PCR32", "\x64pcrs", 1, 1, "1820", ATTEST_E_PCR_INDEX },
	{ "PCR-1", "\x64pcrs", 1, 1, "20", ATTEST_E_FIELD_TYPE },
	{ "PCR 2^64-1", "\x64pcrs", 1, 1, "1bffffffffffffffff",
	  ATTEST_E_PCR_INDEX },
	{ "PCR1 twice", "\x64pcrs", 1, 1, "01", ATTEST_E_PCR_DUPLICATE },
	{ "PCR0 empty", "\x64pcrs", 2, 50, "40", ATTEST_E_PCR_SIZE },
	{ "PCR0 of 47", "\x64pcrs", 2, 3, "582f", ATTEST_E_PCR_SIZE },
	{ "PCR0 of 49", "\x64pcrs", 2, 2, "583100", ATTEST_E_PCR_SIZE },
	{ "PCR1 of 32", "\x64pcrs", 53, 18, "5820", ATTEST_E_PCR_SIZE },
	{ "PCR null", "\x64pcrs", 2, 50, "f6", ATTEST_E_FIELD_TYPE },
	{ "empty leaf",
	  "\x6b"
	  "certificate",
	  0, 0, "40", ATTEST_E_CERTIFICATE_SIZE },
	{ "leaf null",
	  "\x6b"
	  "certificate",
	  0, 0, "f6", ATTEST_E_FIELD_TYPE },
	{ "empty root",
	  "\x68"
	  "cabundle",
	  1, 0, "40", ATTEST_E_CERTIFICATE_SIZE },
	{ "no bundle",
	  "\x68"
	  "cabundle",
	  0, 1, "80", ATTEST_E_BUNDLE_COUNT },
	{ "bundle null",
	  "\x68"
	  "cabundle",
	  0, 1, "f6", ATTEST_E_FIELD_TYPE },
	{ "bundle of 9",
	  "\x68"
	  "cabundle",
	  0, 1, "89", ATTEST_E_BUNDLE_COUNT },
	{ "bundle indefinite",
	  "\x68"
	  "cabundle",
	  0, 1, "9f", ATTEST_E_DOCUMENT_ENCODING },
	{ "nonce as text", "\x65nonce", 0, 1, "60", ATTEST_E_FIELD_TYPE },
	{ "nonce false", "\x65nonce", 0, 1, "f4", ATTEST_E_FIELD_TYPE },
	{ "nonce undefined", "\x65nonce", 0, 1, "f7", ATTEST_E_FIELD_TYPE },
	{ "nonce in chunks", "\x65nonce", 0, 1, "5f40ff",
	  ATTEST_E_DOCUMENT_ENCODING },
	/* Well formed, so that only the signature speaks against it. */
	{ "nonce empty", "\x65nonce", 0, 1, "40", ATTEST_E_SIGNATURE_INVALID },
	{ "no null nonce", "\x69user_data\xf6", 0, 7, "",
	  ATTEST_E_SIGNATURE_INVALID },
	{ "PCR0 changed", "\x64pcrs", 10, 1, "01", ATTEST_E_SIGNATURE_INVALID },
};

static void check_payload_edits(struct span document, const struct edit *edits,
				size_t count)
{
	for (size_t i = 0; i < count; i++) {
		_cleanup_(buffer_freep) struct buffer broken =
			edit_payload(document, &edits[i]);

		expect(edits[i].what, buffer_span(&broken), edits[i].error, 0);
	}
}

START_TEST(document_codes)
{
	check_payload_edits(buffer_span(&definite), definite_edits,
			    ARRAY_SIZE(definite_edits));
	check_payload_edits(buffer_span(&indefinite), indefinite_edits,
			    ARRAY_SIZE(indefinite_edits));
}
END_TEST

/* `count` bytes of `value` as a byte string in hex, behind `head`. */
static char *long_field(const char *head, uint8_t value, size_t count)
{
	_cleanup_free_ char *bytes = edit_repeat(value, count);
	char *text = NULL;

	ck_assert_int_gt(asprintf(&text, "%s%s", head, bytes), 0);
	return text;
}

static void expect_payload_edit(const struct edit *edit, size_t max_field_size)
{
	_cleanup_(buffer_freep) struct buffer broken =
		edit_payload(buffer_span(&indefinite), edit);

	expect(edit->what, buffer_span(&broken), edit->error, max_field_size);
}

START_TEST(document_sizes)
{
	_cleanup_free_ char *name128 = long_field("7880", 'x', 128);
	_cleanup_free_ char *name129 = long_field("7881", 'x', 129);
	_cleanup_free_ char *field1024 = long_field("590400", 0, 1024);
	_cleanup_free_ char *field1025 = long_field("590401", 0, 1025);
	_cleanup_free_ char *field4096 = long_field("591000", 0, 4096);
	_cleanup_free_ char *field4097 = long_field("591001", 0, 4097);
	_cleanup_free_ char *zeros = long_field("b82100", 0, 1700);
	const struct {
		struct edit edit;
		size_t max_field_size;
	} rows[] = {
		{ { "module_id of 128", "\x69module_id", 0, 41, name128,
		    ATTEST_E_SIGNATURE_INVALID },
		  0 },
		{ { "module_id of 129", "\x69module_id", 0, 41, name129,
		    ATTEST_E_MODULE_ID },
		  0 },
		{ { "33 PCRs", "\x64pcrs", 0, 817, zeros, ATTEST_E_PCR_COUNT },
		  0 },
		{ { "leaf of 1024",
		    "\x6b"
		    "certificate",
		    0, 643, field1024, ATTEST_E_CERTIFICATE_ENCODING },
		  0 },
		{ { "leaf of 1025",
		    "\x6b"
		    "certificate",
		    0, 643, field1025, ATTEST_E_CERTIFICATE_SIZE },
		  0 },
		{ { "root of 1025",
		    "\x68"
		    "cabundle",
		    1, 0, field1025, ATTEST_E_CERTIFICATE_SIZE },
		  0 },
		{ { "nonce of 1024", "\x65nonce", 0, 1, field1024,
		    ATTEST_E_SIGNATURE_INVALID },
		  0 },
		{ { "nonce of 1025", "\x65nonce", 0, 1, field1025,
		    ATTEST_E_FIELD_SIZE },
		  0 },
		{ { "user_data of 1025", "\x69user_data", 0, 1, field1025,
		    ATTEST_E_FIELD_SIZE },
		  0 },
		{ { "public_key of 1025", "\x6apublic_key", 0, 1, field1025,
		    ATTEST_E_FIELD_SIZE },
		  0 },
		{ { "nonce of 1025 of 1025", "\x65nonce", 0, 1, field1025,
		    ATTEST_E_SIGNATURE_INVALID },
		  1025 },
		{ { "nonce of 1024 of 1023", "\x65nonce", 0, 1, field1024,
		    ATTEST_E_FIELD_SIZE },
		  1023 },
		{ { "nonce of 4096 of 4096", "\x65nonce", 0, 1, field4096,
		    ATTEST_E_SIGNATURE_INVALID },
		  ATTEST_FIELD_MAX },
		{ { "nonce of 4097 of 4096", "\x65nonce", 0, 1, field4097,
		    ATTEST_E_FIELD_SIZE },
		  ATTEST_FIELD_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect_payload_edit(&rows[i].edit, rows[i].max_field_size);
	expect("limit above the limit", buffer_span(&indefinite),
	       ATTEST_E_INTERNAL, ATTEST_FIELD_MAX + 1);
}
END_TEST

static const struct {
	size_t index; /* in the chain */
	struct edit edit;
} certificate_edits[] = {
	{ 0, { "root", "", 100, 1, "ff", ATTEST_E_ROOT_UNTRUSTED } },
	{ 4,
	  { "no certificate", "", 0, 1, "31", ATTEST_E_CERTIFICATE_ENCODING } },
	{ 4,
	  { "version 2", "\xa0\x03\x02\x01", 0, 1, "01",
	    ATTEST_E_CERTIFICATE_VERSION } },
	{ 4,
	  { "version 1", "\xa0\x03\x02\x01", 0, 1, "00",
	    ATTEST_E_CERTIFICATE_VERSION } },
	{ 4,
	  { "version 4", "\xa0\x03\x02\x01", 0, 1, "03",
	    ATTEST_E_CERTIFICATE_VERSION } },
	{ 4,
	  { "serial negative", "\x02\x02\x10", 0, 1, "81",
	    ATTEST_E_CERTIFICATE_SERIAL } },
	{ 4,
	  { "serial padded", "\x02\x02\x10", 0, 2, "0001",
	    ATTEST_E_CERTIFICATE_ENCODING } },
	{ 4,
	  { "SHA-256 inside", "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03", 0,
	    1, "02", ATTEST_E_CERTIFICATE_ALGORITHM } },
	{ 4,
	  { "SHA-256 outside", "\x03\x02\x06\xc0", 11, 1, "02",
	    ATTEST_E_CERTIFICATE_ALGORITHM } },
	{ 4,
	  { "P-521", "\x06\x05\x2b\x81\x04", 1, 1, "23",
	    ATTEST_E_CERTIFICATE_KEY } },
	{ 4,
	  { "compressed point", "\x03\x62", 1, 1, "02",
	    ATTEST_E_CERTIFICATE_KEY } },
	{ 4,
	  { "hybrid point", "\x03\x62", 1, 1, "06",
	    ATTEST_E_CERTIFICATE_KEY } },
	{ 4,
	  { "point beside the curve", "\x03\x62", 60, 2, "0000",
	    ATTEST_E_CERTIFICATE_KEY } },
	{ 4,
	  { "time without Z", "\x17\x0d", 12, 1, "2b",
	    ATTEST_E_CERTIFICATE_PERIOD } },
	{ 4,
	  { "month 13", "\x17\x0d", 2, 2, "3133",
	    ATTEST_E_CERTIFICATE_PERIOD } },
	{ 4,
	  { "second 60", "\x17\x0d", 10, 2, "3630",
	    ATTEST_E_CERTIFICATE_PERIOD } },
	{ 4,
	  { "hostile time", "\x17\x0d", 2, 2, "0a1b",
	    ATTEST_E_CERTIFICATE_PERIOD } },
	{ 4,
	  { "ends before it begins", "\x17\x0d", 15, 2, "3139",
	    ATTEST_E_CERTIFICATE_PERIOD } },
	{ 4,
	  { "GeneralizedTime of 13", "\x30\x1e", 0, 1, "18",
	    ATTEST_E_CERTIFICATE_PERIOD } },
	{ 4,
	  { "critical TRUE is 01", "\x55\x1d\x13\x01\x01", 0, 1, "01",
	    ATTEST_E_CERTIFICATE_ENCODING } },
	{ 4,
	  { "critical FALSE is written", "\x55\x1d\x13\x01\x01", 0, 1, "00",
	    ATTEST_E_CERTIFICATE_ENCODING } },
	{ 4,
	  { "keyUsage twice", "\x06\x03\x55\x1d", 0, 1, "0f",
	    ATTEST_E_EXTENSION_DUPLICATE } },
	{ 4,
	  { "critical nameConstraints", "\x06\x03\x55\x1d", 0, 1, "1e",
	    ATTEST_E_EXTENSION_UNKNOWN } },
	{ 4,
	  { "critical unknown", "\x06\x03\x55\x1d", 0, 1, "63",
	    ATTEST_E_EXTENSION_UNKNOWN } },
	{ 4,
	  { "basicConstraints a SET", "\x55\x1d\x13\x01\x01\xff\x04\x02", 0, 1,
	    "31", ATTEST_E_EXTENSION_ENCODING } },
	{ 4,
	  { "keyUsage with zero bits", "\x55\x1d\x0f\x04\x04\x03\x02", 0, 1,
	    "05", ATTEST_E_EXTENSION_ENCODING } },
	{ 4,
	  { "keyUsage with unused bit", "\x55\x1d\x0f\x04\x04\x03\x02", 1, 1,
	    "c1", ATTEST_E_EXTENSION_ENCODING } },
	{ 3,
	  { "CA TRUE is 01", "\x30\x06\x01\x01", 0, 1, "01",
	    ATTEST_E_EXTENSION_ENCODING } },
	{ 3,
	  { "CA FALSE is written", "\x30\x06\x01\x01", 0, 1, "00",
	    ATTEST_E_EXTENSION_ENCODING } },
	{ 3,
	  { "path length -1", "\x30\x06\x01\x01\xff\x02\x01", 0, 1, "ff",
	    ATTEST_E_EXTENSION_ENCODING } },
	/* The next check, for what can be had without a signature. */
	{ 4,
	  { "another issuer", "nitro-enclave", 0, 1, "78",
	    ATTEST_E_CHAIN_ORDER } },
	{ 4,
	  { "issuer in another string type", "\x55\x04\x06", 0, 1, "0c",
	    ATTEST_E_CHAIN_ORDER } },
	{ 3,
	  { "no keyCertSign", "\x04\x04\x03\x02", 0, 2, "0308",
	    ATTEST_E_CHAIN_KEY_USAGE } },
	{ 1,
	  { "path too long", "\x30\x06\x01\x01\xff\x02\x01", 0, 1, "01",
	    ATTEST_E_CHAIN_PATH_LENGTH } },
	{ 4,
	  { "no digitalSignature", "\x55\x1d\x0f\x04\x04\x03\x02", 1, 1, "40",
	    ATTEST_E_LEAF_KEY_USAGE } },
	{ 4,
	  { "no keyUsage", "\x30\x0b\x06\x03\x55\x1d", 0, 1, "63",
	    ATTEST_E_LEAF_KEY_USAGE } },
	{ 4,
	  { "another subject", "enc019fc8255f07", 0, 1, "00",
	    ATTEST_E_PATH_INVALID } },
	{ 3,
	  { "signature changed", "\x30\x64\x02\x30", 10, 2, "0000",
	    ATTEST_E_PATH_INVALID } },
};

START_TEST(certificate_codes)
{
	for (size_t i = 0; i < ARRAY_SIZE(certificate_edits); i++) {
		const struct edit *edit = &certificate_edits[i].edit;
		_cleanup_(buffer_freep) struct buffer broken =
			edit_certificate(buffer_span(&indefinite),
					 certificate_edits[i].index, edit);

		expect(edit->what, buffer_span(&broken), edit->error, 0);
	}
}
END_TEST

START_TEST(certificate_with_a_byte_behind_it)
{
	static const struct edit longer = { "length",
					    "\x6b"
					    "certificate",
					    0,
					    3,
					    "590281",
					    ATTEST_OK };
	static const struct edit behind = { "byte",
					    "\x6b"
					    "certificate",
					    643,
					    0,
					    "00",
					    ATTEST_OK };
	_cleanup_(buffer_freep) struct buffer first =
		edit_payload(buffer_span(&indefinite), &longer);
	_cleanup_(buffer_freep) struct buffer second =
		edit_payload(buffer_span(&first), &behind);

	expect("leaf", buffer_span(&second), ATTEST_E_CERTIFICATE_TRAILING, 0);
}
END_TEST

/* n of P-384, and n - 1. */
#define ORDER_HEAD                                                             \
	"ffffffffffffffffffffffffffffffffffffffffffffffff"                     \
	"c7634d81f4372ddf581a0db248b0a77aecec196accc529"
#define ZERO                                                                   \
	"000000000000000000000000000000000000000000000000"                     \
	"000000000000000000000000000000000000000000000000"

START_TEST(signature_range)
{
	static const struct edit edits[] = {
		{ "r = 0", "", 4300, 48, ZERO, ATTEST_E_SIGNATURE_RANGE },
		{ "s = 0", "", 4348, 48, ZERO, ATTEST_E_SIGNATURE_RANGE },
		{ "r = n", "", 4300, 48, ORDER_HEAD "73",
		  ATTEST_E_SIGNATURE_RANGE },
		{ "s = n", "", 4348, 48, ORDER_HEAD "73",
		  ATTEST_E_SIGNATURE_RANGE },
		{ "r = n - 1", "", 4300, 48, ORDER_HEAD "72",
		  ATTEST_E_SIGNATURE_INVALID },
		{ "s = n - 1", "", 4348, 48, ORDER_HEAD "72",
		  ATTEST_E_SIGNATURE_INVALID },
	};

	for (size_t i = 0; i < ARRAY_SIZE(edits); i++) {
		_cleanup_(buffer_freep) struct buffer broken =
			edit_envelope(buffer_span(&definite), &edits[i]);

		expect(edits[i].what, buffer_span(&broken), edits[i].error, 0);
	}
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, envelope_codes);
	tcase_add_test(tests, envelope_sizes);
	tcase_add_test(tests, document_codes);
	tcase_add_test(tests, document_sizes);
	tcase_add_test(tests, certificate_codes);
	tcase_add_test(tests, certificate_with_a_byte_behind_it);
	tcase_add_test(tests, signature_range);
}

VECTORS_MAIN("document", add_tests)
