/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents that stand just inside each limit of the verifier: a check that is too
 * strict would refuse what AWS may sign. The counterpart of test_refusals.
 */
#include "config.h"

#include <openssl/bn.h>

#include "attest/attest.h"
#include "nitro-sim/breaks.h"
#include "nitro-sim/encode.h"
#include "tests/unit/unit.h"

#define DOCUMENT_AT INT64_C(1780000000000) /* 2026-05-28, a whole second */
#define SCALAR_SIZE (KEY_SIGNATURE_SIZE / 2)

static struct authority *authority;
static struct anchors *anchors;

static void setup(void)
{
	_cleanup_bytes_ struct bytes pem = BYTES_EMPTY;

	ck_assert_int_eq(authority_new(&authority), 0);
	ck_assert_int_eq(authority_root_pem(authority, &pem), 0);
	ck_assert_int_eq(anchors_new(&anchors), ATTEST_OK);
	ck_assert_int_eq(anchors_add_pem(anchors, "sim", bytes_span(&pem)),
			 ATTEST_OK);
}

static void teardown(void)
{
	authority_free(authority);
	anchors_free(anchors);
}

/* Makes a document with these hooks and demands that it verifies. */
static void accept(const struct sim_break *hooks)
{
	_cleanup_bytes_ struct bytes document = BYTES_EMPTY;
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	struct attest_input input = { .anchors = anchors, .max_age_ms = 1 };
	struct attest_failure failure;
	struct document_options options;
	enum attest_error e;

	document_options_init(&options, DOCUMENT_AT);
	options.broken = hooks;
	ck_assert_int_eq(
		document_make(authority, &options, &document, &input.now_ms),
		0);
	input.document = bytes_span(&document);
	e = attest_verify(&input, &evidence, &failure);
	ck_assert_msg(e == ATTEST_OK, "%s: refused with '%s'", hooks->name,
		      attest_error_name(e));
}

static void full_field(struct payload_draft *payload, enum payload_field field)
{
	struct bytes *value = &payload->fields[field].value;
	_cleanup_bytes_ struct bytes content = BYTES_EMPTY;

	bytes_append_fill(&content, 0xff, ATTEST_FIELD_DEFAULT);
	bytes_clear(value);
	encode_byte_string(value, bytes_span(&content));
}

static void full_fields(struct payload_draft *payload)
{
	full_field(payload, PAYLOAD_PUBLIC_KEY);
	full_field(payload, PAYLOAD_USER_DATA);
	full_field(payload, PAYLOAD_NONCE);
}

static void no_optional_keys(struct payload_draft *payload)
{
	payload->field_count = PAYLOAD_PUBLIC_KEY; /* and those behind it */
}

static void keys_reversed(struct payload_draft *payload)
{
	for (size_t i = 0, j = PAYLOAD_FIELDS - 1; i < j; i++, j--) {
		__typeof__(payload->fields[0]) kept = payload->fields[i];

		payload->fields[i] = payload->fields[j];
		payload->fields[j] = kept;
	}
}

static void module_id_of_128(struct payload_draft *payload)
{
	char text[ATTEST_MODULE_ID_MAX + 1] = { 0 };

	memset(text, '~', sizeof(text) - 1);
	bytes_clear(&payload->fields[PAYLOAD_MODULE_ID].value);
	encode_text(&payload->fields[PAYLOAD_MODULE_ID].value, text);
}

static void resize_pcrs(struct payload_draft *payload, size_t count,
			size_t size)
{
	payload->pcr_count = count;
	for (size_t i = 0; i < count; i++) {
		payload->pcrs[i].index = ATTEST_PCR_COUNT - 1 - i;
		bytes_clear(&payload->pcrs[i].value);
		bytes_append_fill(&payload->pcrs[i].value, 1, size);
	}
	payload_encode_pcrs(payload);
}

static void pcrs_of_32_bytes(struct payload_draft *payload)
{
	resize_pcrs(payload, ATTEST_PCR_COUNT, 32);
}

static void pcrs_of_64_bytes(struct payload_draft *payload)
{
	resize_pcrs(payload, ATTEST_PCR_COUNT, 64);
}

static void pcr31_alone(struct payload_draft *payload)
{
	resize_pcrs(payload, 1, ATTEST_SHA384_SIZE);
}

/* High s is as genuine as low s: half of AWS's signatures have it. */
static void other_s(struct bytes *signature)
{
	uint8_t *s = signature->data + SCALAR_SIZE;
	BIGNUM *order = NULL;
	BIGNUM *value = BN_bin2bn(s, SCALAR_SIZE, NULL);

	BN_hex2bn(&order, "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
			  "C7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973");
	BN_sub(value, order, value);
	BN_bn2binpad(value, s, SCALAR_SIZE);
	BN_free(value);
	BN_free(order);
}

/* 20 octets and the zero octet that keeps them positive. */
static void serial_high(struct certificate_spec *spec)
{
	bytes_clear(&spec->serial);
	bytes_append_fill(&spec->serial, 0xff, 20);
}

static void serial_short(struct certificate_spec *spec)
{
	bytes_set(&spec->serial, span_of("\x01", 1));
}

static void no_path_length(struct certificate_spec *spec)
{
	spec->basic_constraints = "critical,CA:TRUE";
}

static void no_key_ids(struct certificate_spec *spec)
{
	spec->has_subject_key_id = false;
	bytes_clear(&spec->authority_key_id);
}

static void no_constraints(struct certificate_spec *spec)
{
	spec->basic_constraints = NULL;
}

static void ends_now(struct certificate_spec *spec)
{
	spec->not_after = DOCUMENT_AT / 1000;
}

static void begins_now(struct certificate_spec *spec)
{
	spec->not_before = DOCUMENT_AT / 1000;
}

static void ends_in_2050(struct certificate_spec *spec)
{
	spec->not_after = INT64_C(2524608000); /* 2050-01-01 */
}

static void extension_ignored(struct certificate_draft *draft)
{
	/* 1.2.3.4, not critical, NULL. */
	BYTES_SET(&draft->extensions[draft->extension_count++], DER_SEQUENCE, 9,
		  0x06, 3, 0x2a, 3, 4, DER_OCTET_STRING, 2, 0x05, 0);
}

/* With the root eight certificates in the bundle, the most there may be. */
static const enum chain_position longest_plan[] = {
	POSITION_REGIONAL, POSITION_REGIONAL, POSITION_REGIONAL,
	POSITION_REGIONAL, POSITION_REGIONAL, POSITION_REGIONAL,
	POSITION_REGIONAL, POSITION_LEAF,
};

static const struct sim_break rows[] = {
	{ .name = "fields of 1024 bytes", .payload = full_fields },
	{ .name = "no optional keys", .payload = no_optional_keys },
	{ .name = "keys in reverse order", .payload = keys_reversed },
	{ .name = "module_id of 128", .payload = module_id_of_128 },
	{ .name = "PCRs of 32 bytes", .payload = pcrs_of_32_bytes },
	{ .name = "PCRs of 64 bytes", .payload = pcrs_of_64_bytes },
	{ .name = "PCR31 alone", .payload = pcr31_alone },
	{ .name = "n - s", .signature = other_s },
	{ .name = "serial of 20 octets",
	  .position = POSITION_INSTANCE,
	  .spec = serial_high },
	{ .name = "serial of 1",
	  .position = POSITION_LEAF,
	  .spec = serial_short },
	{ .name = "no path length",
	  .position = POSITION_ZONAL,
	  .spec = no_path_length },
	{ .name = "no key identifiers",
	  .position = POSITION_INSTANCE,
	  .spec = no_key_ids },
	{ .name = "leaf without basicConstraints",
	  .position = POSITION_LEAF,
	  .spec = no_constraints },
	{ .name = "last second", .position = POSITION_LEAF, .spec = ends_now },
	{ .name = "last second of a CA",
	  .position = POSITION_REGIONAL,
	  .spec = ends_now },
	{ .name = "first second",
	  .position = POSITION_LEAF,
	  .spec = begins_now },
	{ .name = "GeneralizedTime from 2050",
	  .position = POSITION_REGIONAL,
	  .spec = ends_in_2050 },
	{ .name = "unknown extension, not critical",
	  .position = POSITION_LEAF,
	  .draft = extension_ignored },
	{ .name = "eight certificates in the bundle",
	  .plan = longest_plan,
	  .plan_count = ARRAY_SIZE(longest_plan),
	  .position = POSITION_REGIONAL,
	  .spec = no_path_length },
};

/* A loop test: one process for each row. */
START_TEST(test_accepted)
{
	accept(&rows[_i]);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_unchecked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, test_accepted, 0, ARRAY_SIZE(rows));
}

UNIT_MAIN("boundaries", add_tests)
