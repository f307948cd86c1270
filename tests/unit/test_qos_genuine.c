/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manifests that really run, and the documents that bind them: read, hashed,
 * approved, bound, and committed to, by the files that their owners published.
 */
#include "config.h"

#include <string.h>

#include "base/hex.h"
#include "attest/attest.h"
#include "qos/approvals.h"
#include "qos/binding.h"
#include "tests/support/vectors.h"

#define ENVELOPE_1   "qos/proof1_manifest_envelope.borsh"
#define ENVELOPE_2   "qos/proof2_manifest_envelope.borsh"
#define MANIFEST_1   "qos/proof1_manifest.borsh"
#define VISUALSIGN   "qos/visualsign_manifest_envelope.borsh"
#define PROVISIONING "qos/valid_provisioning_details.2026-06-30.json"
#define HASH_VISUALSIGN                                                        \
	"d71764fdb7ee450eb4a3e3bf2d7da34b7d3ac20adf6ef7ad57921fd25a658ce6"
#define HASH_PROOF                                                             \
	"24a9e2c0b0ce26bcbc3e65172f8b06b100d5e712591f604832cbea9ff5ce02be"
#define HASH_2026                                                              \
	"d26840797302feb5d96b4a672cb7328abeb2c59f3ef52cdf3edd8305264210b7"

static struct digest *digest;
static struct curve *curve;
static struct anchors *anchors;

static void setup(void)
{
	ck_assert_int_eq(digest_new(&digest), ATTEST_OK);
	ck_assert_int_eq(curve_new(&curve), QOS_OK);
	ck_assert_int_eq(anchors_new(&anchors), ATTEST_OK);
	ck_assert_int_eq(anchors_add_aws(anchors), ATTEST_OK);
}

static void teardown(void)
{
	digest_free(digest);
	curve_free(curve);
	anchors_free(anchors);
}

static struct qos_manifest *read_bytes(struct span bytes)
{
	struct qos_manifest *manifest = NULL;
	struct qos_failure failure;
	enum qos_error e =
		qos_manifest_read(digest, bytes, &manifest, &failure);

	ck_assert_msg(e == QOS_OK, "%s: %s", qos_error_name(e), failure.actual);
	return manifest;
}

static struct qos_manifest *read_vector(const char *name)
{
	_cleanup_(buffer_freep) struct buffer file = vectors_read(name);

	return read_bytes(buffer_span(&file));
}

/* The envelope inside the provisioning details, as JSON again. */
static struct qos_manifest *read_provisioning(void)
{
	_cleanup_(buffer_freep) struct buffer file = vectors_read(PROVISIONING);
	json_t *root = json_loadb((const char *)file.data, file.size, 0, NULL);
	_cleanup_free_ char *text =
		json_dumps(json_object_get(root, "manifest_envelope"), 0);
	struct qos_manifest *manifest = read_bytes(span_of_text(text));

	json_decref(root);
	return manifest;
}

static struct evidence *verify(const char *file)
{
	_cleanup_(buffer_freep) struct buffer document = vectors_read(file);
	struct evidence *evidence = NULL;
	struct attest_input input = { .document = buffer_span(&document),
				      .anchors = anchors,
				      .at_document_time = true };
	struct attest_failure failure;

	ck_assert_int_eq(attest_verify(&input, &evidence, &failure), ATTEST_OK);
	return evidence;
}

static void check_hash(const struct qos_manifest *manifest, const char *hex)
{
	char text[HEX_SIZE(QOS_HASH_SIZE)];

	hex_encode(span_of(manifest->hash, QOS_HASH_SIZE), text);
	ck_assert_str_eq(text, hex);
}

static const struct {
	const char *file;
	const char *hash;
	const char *namespace_name;
	enum qos_version version;
	bool is_envelope;
	uint32_t nonce;
	size_t members, threshold, arguments, bridges;
} files[] = {
	{ ENVELOPE_1, HASH_PROOF, "preprod/signer", QOS_V0, true, 20250902, 2,
	  2, 2, 0 },
	{ ENVELOPE_2, HASH_PROOF, "preprod/signer", QOS_V0, true, 20250902, 2,
	  2, 2, 0 },
	{ MANIFEST_1, HASH_PROOF, "preprod/signer", QOS_V0, false, 20250902, 2,
	  2, 2, 0 },
	{ "qos/prov_20260630_manifest.borsh", HASH_2026,
	  "dev/tvc/1875aeaf-f5e1-4f3b-9cea-5bb5727b91e0", QOS_V1, false,
	  1782779387, 1, 1, 4, 1 },
	{ VISUALSIGN, HASH_VISUALSIGN,
	  "prod/tvc/4954c244-7e44-4967-b188-436ae7ef3b84", QOS_V1, true,
	  1774385734, 1, 1, 4, 1 },
};

START_TEST(manifests_are_read_and_hashed)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_(qos_manifest_freep) struct qos_manifest *manifest =
			read_vector(files[i].file);

		check_hash(manifest, files[i].hash);
		ck_assert(span_equal(manifest->namespace_name,
				     span_of_text(files[i].namespace_name)));
		ck_assert_int_eq(manifest->version, files[i].version);
		ck_assert_int_eq(manifest->encoding, QOS_BORSH);
		ck_assert_int_eq(manifest->is_envelope, files[i].is_envelope);
		ck_assert_uint_eq(manifest->namespace_nonce, files[i].nonce);
		ck_assert_uint_eq(manifest->manifest_set.count,
				  files[i].members);
		ck_assert_uint_eq(manifest->manifest_set.threshold,
				  files[i].threshold);
		ck_assert_uint_eq(manifest->argument_count, files[i].arguments);
		ck_assert_uint_eq(manifest->bridge_count, files[i].bridges);
		ck_assert(manifest->restarts);
	}
}
END_TEST

/* What was stored as JSON has the hash of its Borsh, of the same version. */
static const struct {
	const char *file;
	const char *hash;
	enum qos_version version;
} decoded[] = {
	{ "qos/proof1_manifest_envelope.decoded.json", HASH_PROOF, QOS_V0 },
	{ "qos/proof2_manifest_envelope.decoded.json", HASH_PROOF, QOS_V0 },
	{ "qos/visualsign_manifest_envelope.decoded.json", HASH_VISUALSIGN,
	  QOS_V1 },
};

START_TEST(json_has_the_hash_of_borsh)
{
	_cleanup_(qos_manifest_freep) struct qos_manifest *provisioning =
		read_provisioning();

	check_hash(provisioning, HASH_2026);
	ck_assert_int_eq(provisioning->version, QOS_V1);
	for (size_t i = 0; i < ARRAY_SIZE(decoded); i++) {
		_cleanup_(qos_manifest_freep) struct qos_manifest *manifest =
			read_vector(decoded[i].file);

		check_hash(manifest, decoded[i].hash);
		ck_assert_int_eq(manifest->version, decoded[i].version);
		ck_assert_int_eq(manifest->encoding, QOS_JSON);
		ck_assert(manifest->is_envelope);
	}
}
END_TEST

static void check_approved(const struct qos_manifest *manifest)
{
	struct qos_failure failure;
	enum qos_error e = qos_approvals_check(
		curve, manifest, &manifest->manifest_set, &failure);

	ck_assert_msg(e == QOS_OK, "%s: %s", qos_error_name(e), failure.actual);
}

START_TEST(approvals_verify)
{
	const char *const envelopes[] = { ENVELOPE_1, ENVELOPE_2, VISUALSIGN,
					  decoded[0].file, decoded[2].file };
	_cleanup_(qos_manifest_freep) struct qos_manifest *provisioning =
		read_provisioning();

	check_approved(provisioning);
	for (size_t i = 0; i < ARRAY_SIZE(envelopes); i++) {
		_cleanup_(qos_manifest_freep) struct qos_manifest *manifest =
			read_vector(envelopes[i]);

		check_approved(manifest);
	}
}
END_TEST

static void check_bound(const struct qos_manifest *manifest, const char *file,
			bool is_committed)
{
	_cleanup_(evidence_freep) struct evidence *evidence = verify(file);
	struct qos_failure failure;
	bool committed;

	ck_assert_int_eq(qos_binding_check_hash(manifest, evidence, &failure),
			 QOS_OK);
	ck_assert_int_eq(qos_binding_check_pcrs(manifest, evidence, &failure),
			 QOS_OK);
	ck_assert_int_eq(qos_binding_check_commitment(digest, curve, manifest,
						      evidence, &committed,
						      &failure),
			 QOS_OK);
	ck_assert_int_eq(committed, is_committed);
}

START_TEST(documents_bind_their_manifests)
{
	_cleanup_(qos_manifest_freep) struct qos_manifest *first =
		read_vector(ENVELOPE_1);
	_cleanup_(qos_manifest_freep) struct qos_manifest *second =
		read_vector(ENVELOPE_2);
	_cleanup_(qos_manifest_freep) struct qos_manifest *provisioning =
		read_provisioning();

	check_bound(first, "genuine/2025-09-16_b1086cbb618c.cbor", false);
	check_bound(second, "genuine/2025-09-16_ce1e1c6e7866.cbor", false);
	check_bound(provisioning, "genuine/2026-06-30_277e236b8294.cbor", true);
}
END_TEST

START_TEST(documents_bind_no_others)
{
	_cleanup_(qos_manifest_freep) struct qos_manifest *manifest =
		read_vector(VISUALSIGN);
	_cleanup_(evidence_freep) struct evidence *evidence =
		verify("genuine/2026-06-30_277e236b8294.cbor");
	_cleanup_(evidence_freep) struct evidence *without =
		verify("genuine/2024-11-30_69d51f984229.cbor");
	struct qos_failure failure;
	bool committed;

	ck_assert_int_eq(qos_binding_check_hash(manifest, evidence, &failure),
			 QOS_E_HASH_DIFFERENT);
	ck_assert_str_eq(failure.expected, HASH_VISUALSIGN);
	ck_assert_str_eq(failure.actual, "user_data " HASH_2026);
	ck_assert_int_eq(qos_binding_check_hash(manifest, without, &failure),
			 QOS_E_HASH_ABSENT);
	ck_assert_int_eq(qos_binding_check_pcrs(manifest, evidence, &failure),
			 QOS_E_PCR_DIFFERENT);
	ck_assert_int_eq(qos_binding_check_commitment(digest, curve, manifest,
						      evidence, &committed,
						      &failure),
			 QOS_E_COMMITMENT_DIFFERENT);
	ck_assert_int_eq(qos_binding_check_commitment(digest, curve, manifest,
						      without, &committed,
						      &failure),
			 QOS_E_EPHEMERAL_KEY);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, manifests_are_read_and_hashed);
	tcase_add_test(tests, json_has_the_hash_of_borsh);
	tcase_add_test(tests, approvals_verify);
	tcase_add_test(tests, documents_bind_their_manifests);
	tcase_add_test(tests, documents_bind_no_others);
}

VECTORS_MAIN("qos_genuine", add_tests)
