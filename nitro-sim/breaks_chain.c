/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breaks of the chain: its root, its order, what each certificate may do, its
 * validity and its signatures. Each certificate by itself is well formed.
 */
#include "config.h"

#include "nitro-sim/breaks.h"

#define LEAF_NAME_TLD_SIZE 3 /* the "aws" that ends the leaf's name */

/* The bundle as a list: root, regional, zonal, instance. */

static void swap(struct chain *chain, size_t i, size_t j)
{
	struct bytes kept = chain->bundle[i];

	chain->bundle[i] = chain->bundle[j];
	chain->bundle[j] = kept;
}

static int insert(struct chain *chain, size_t index, const struct bytes *der)
{
	for (size_t i = chain->bundle_count++; i > index; i--)
		bytes_take(&chain->bundle[i], &chain->bundle[i - 1]);
	bytes_append_bytes(&chain->bundle[index], der);
	return bytes_ok(&chain->bundle[index]);
}

static void drop(struct chain *chain, size_t index)
{
	chain->bundle_count--;
	for (size_t i = index; i < chain->bundle_count; i++)
		bytes_take(&chain->bundle[i], &chain->bundle[i + 1]);
}

static int append_copy(struct chain *chain, size_t index)
{
	_cleanup_bytes_ struct bytes copy = BYTES_EMPTY;

	bytes_append_bytes(&copy, &chain->bundle[index]);
	return insert(chain, chain->bundle_count, &copy);
}

static int without_root(struct chain *chain)
{
	drop(chain, POSITION_ROOT);
	return 0;
}

static int only_leaf(struct chain *chain)
{
	bytes_clear(&chain->bundle[0]);
	bytes_append_bytes(&chain->bundle[0], &chain->leaf.der);
	chain->bundle_count = 1;
	return bytes_ok(&chain->bundle[0]);
}

static int reversed(struct chain *chain)
{
	swap(chain, POSITION_ROOT, POSITION_INSTANCE);
	swap(chain, POSITION_REGIONAL, POSITION_ZONAL);
	return 0;
}

static int root_changed(struct chain *chain)
{
	struct bytes *root = &chain->bundle[POSITION_ROOT];

	root->data[root->size - 1] ^= 1; /* a bit of its own signature */
	return 0;
}

static int root_trailing(struct chain *chain)
{
	bytes_append_byte(&chain->bundle[POSITION_ROOT], 0);
	return bytes_ok(&chain->bundle[POSITION_ROOT]);
}

static int swapped(struct chain *chain)
{
	swap(chain, POSITION_REGIONAL, POSITION_ZONAL);
	return 0;
}

static int without_zonal(struct chain *chain)
{
	drop(chain, POSITION_ZONAL);
	return 0;
}

static int without_instance(struct chain *chain)
{
	drop(chain, POSITION_INSTANCE);
	return 0;
}

static int root_only(struct chain *chain)
{
	chain->bundle_count = 1;
	return 0;
}

/* A self-signed CA of somebody else, before the instance certificate. */
static int extra_ca(struct chain *chain)
{
	_cleanup_authority_ struct authority *other = NULL;
	int r;

	r = authority_new(&other);
	if (r < 0)
		return r;
	return insert(chain, POSITION_INSTANCE, &authority_root(other)->der);
}

static int extra_ca_last(struct chain *chain)
{
	_cleanup_authority_ struct authority *other = NULL;
	int r;

	r = authority_new(&other);
	if (r < 0)
		return r;
	return insert(chain, chain->bundle_count, &authority_root(other)->der);
}

static int root_twice(struct chain *chain)
{
	return append_copy(chain, POSITION_ROOT);
}

static int instance_twice(struct chain *chain)
{
	return append_copy(chain, POSITION_INSTANCE);
}

static int leaf_in_bundle(struct chain *chain)
{
	return insert(chain, chain->bundle_count, &chain->leaf.der);
}

static int bundle_of_nine(struct chain *chain)
{
	int r = 0;

	while (r == 0 && chain->bundle_count < ATTEST_BUNDLE_MAX + 1)
		r = append_copy(chain, POSITION_INSTANCE);
	return r;
}

static int certificate_empty(struct chain *chain)
{
	bytes_clear(&chain->bundle[POSITION_ZONAL]);
	return 0;
}

static int certificate_1025(struct chain *chain)
{
	struct bytes *zonal = &chain->bundle[POSITION_ZONAL];

	bytes_append_fill(zonal, 0, ATTEST_CERTIFICATE_MAX + 1 - zonal->size);
	return bytes_ok(zonal);
}

/* Another key signs the document than that in the leaf. */
static int leaf_key_other(struct chain *chain)
{
	EVP_PKEY *key;
	int r;

	r = key_new(KEY_P384, &key);
	if (r < 0)
		return r;
	EVP_PKEY_free(chain->leaf.key);
	chain->leaf.key = key;
	return 0;
}

/* What a certificate says. */

static void issuer_other(struct certificate_spec *spec)
{
	if (name_encode(NAME_SHORT, "someone-else", &spec->issuer) < 0)
		spec->issuer.failed = true;
}

static void not_ca(struct certificate_spec *spec)
{
	spec->basic_constraints = "critical,CA:FALSE";
}

static void no_constraints(struct certificate_spec *spec)
{
	spec->basic_constraints = NULL;
}

static void path_length_zero(struct certificate_spec *spec)
{
	spec->basic_constraints = "critical,CA:TRUE,pathlen:0";
}

static void path_length_one(struct certificate_spec *spec)
{
	spec->basic_constraints = "critical,CA:TRUE,pathlen:1";
}

static void no_key_usage(struct certificate_spec *spec)
{
	spec->key_usage = NULL;
}

static void no_cert_sign(struct certificate_spec *spec)
{
	spec->key_usage = "critical,digitalSignature,cRLSign";
}

static void leaf_ca(struct certificate_spec *spec)
{
	spec->basic_constraints = "critical,CA:TRUE,pathlen:0";
}

static void no_digital_signature(struct certificate_spec *spec)
{
	spec->key_usage = "nonRepudiation";
}

static void leaf_name_other(struct certificate_spec *spec)
{
	memcpy(spec->subject.data + spec->subject.size - LEAF_NAME_TLD_SIZE,
	       "org", LEAF_NAME_TLD_SIZE);
}

static void expired(struct certificate_spec *spec)
{
	spec->not_after = spec->not_before + 1;
}

static void not_yet_valid(struct certificate_spec *spec)
{
	spec->not_before = spec->not_after - 1;
}

/* The root is what it is: the document comes too early or too late for it. */
static void before_root(struct document_options *options)
{
	options->time_ms = (AUTHORITY_NOT_BEFORE - 1) * 1000;
}

static void after_root(struct document_options *options)
{
	options->time_ms = (AUTHORITY_NOT_AFTER + 1) * 1000;
}

/* Its own key takes the place of the issuer's; all names and key identifiers
 * still fit. */
static void self_signed(struct certificate_spec *spec)
{
	EVP_PKEY_free(spec->issuer_key);
	spec->issuer_key = NULL;
}

static void signature_changed(struct bytes *der)
{
	der->data[der->size - 1] ^= 1; /* a bit of s */
}

static const enum chain_position leaf_as_issuer[] = {
	POSITION_REGIONAL,
	POSITION_ZONAL,
	POSITION_LEAF,
	POSITION_LEAF,
};
static const enum chain_position two_instances[] = {
	POSITION_REGIONAL, POSITION_ZONAL, POSITION_INSTANCE,
	POSITION_INSTANCE, POSITION_LEAF,
};

#define PLAN(positions) .plan = positions, .plan_count = ARRAY_SIZE(positions)

const struct sim_break breaks_of_chains[] = {
	{ "bundle-nine", "cabundle holds nine certificates.", "bundle-count",
	  .bundle = bundle_of_nine },
	{ "bundle-certificate-empty", "A certificate of cabundle is empty.",
	  "certificate-size", .bundle = certificate_empty },
	{ "bundle-certificate-long",
	  "A certificate of cabundle has 1025 bytes.", "certificate-size",
	  .bundle = certificate_1025 },
	{ "root-foreign", "The chain hangs from another root of the same name.",
	  "root-untrusted", .foreign_root = true },
	{ "root-missing", "The bundle begins with the regional certificate.",
	  "root-untrusted", .bundle = without_root },
	{ "root-leaf", "The bundle holds the leaf alone.", "root-untrusted",
	  .bundle = only_leaf },
	{ "root-changed", "A bit of the root changed.", "root-untrusted",
	  .bundle = root_changed },
	{ "root-trailing", "A byte follows the root.", "root-untrusted",
	  .bundle = root_trailing },
	{ "bundle-reversed", "The bundle is in reverse order.",
	  "root-untrusted", .bundle = reversed },
	{ "bundle-swapped", "Regional and zonal certificate changed places.",
	  "chain-order", .bundle = swapped },
	{ "zonal-missing", "The zonal certificate is missing.", "chain-order",
	  .bundle = without_zonal },
	{ "instance-missing", "The instance certificate is missing.",
	  "chain-order", .bundle = without_instance },
	{ "bundle-root-only", "The bundle holds the root alone.", "chain-order",
	  .bundle = root_only },
	{ "bundle-extra-ca", "A foreign self-signed CA stands in the bundle.",
	  "chain-order", .bundle = extra_ca },
	{ "bundle-extra-ca-last", "A foreign self-signed CA ends the bundle.",
	  "chain-order", .bundle = extra_ca_last },
	{ "issuer-other", "The leaf names another issuer.", "chain-order",
	  .position = POSITION_LEAF, .spec = issuer_other },
	{ "issuer-other-ca", "The zonal certificate names another issuer.",
	  "chain-order", .position = POSITION_ZONAL, .spec = issuer_other },
	{ "root-twice", "The root stands twice in the bundle.",
	  "chain-repeated", .bundle = root_twice },
	{ "instance-twice",
	  "The instance certificate stands twice in the bundle.",
	  "chain-repeated", .bundle = instance_twice },
	{ "leaf-in-bundle", "The leaf stands in the bundle too.",
	  "chain-repeated", .bundle = leaf_in_bundle },
	{ "instance-not-ca", "The instance certificate is not a CA.",
	  "chain-ca", .position = POSITION_INSTANCE, .spec = not_ca },
	{ "regional-no-constraints",
	  "The regional certificate has no basicConstraints.", "chain-ca",
	  .position = POSITION_REGIONAL, .spec = no_constraints },
	{ "leaf-as-issuer", "A leaf issued the leaf.", "chain-ca",
	  PLAN(leaf_as_issuer) },
	{ "path-length-regional", "The regional path length is 1.",
	  "chain-path-length", .position = POSITION_REGIONAL,
	  .spec = path_length_one },
	{ "path-length-zonal", "The zonal path length is 0.",
	  "chain-path-length", .position = POSITION_ZONAL,
	  .spec = path_length_zero },
	{ "path-length-instance", "An instance certificate issued another.",
	  "chain-path-length", PLAN(two_instances) },
	{ "regional-key-usage", "The regional certificate lacks keyCertSign.",
	  "chain-key-usage", .position = POSITION_REGIONAL,
	  .spec = no_cert_sign },
	{ "zonal-key-usage", "The zonal certificate lacks keyCertSign.",
	  "chain-key-usage", .position = POSITION_ZONAL, .spec = no_cert_sign },
	{ "instance-key-usage", "The instance certificate lacks keyCertSign.",
	  "chain-key-usage", .position = POSITION_INSTANCE,
	  .spec = no_cert_sign },
	{ "instance-no-key-usage", "The instance certificate has no keyUsage.",
	  "chain-key-usage", .position = POSITION_INSTANCE,
	  .spec = no_key_usage },
	{ "leaf-ca", "The leaf is a CA.", "leaf-ca", .position = POSITION_LEAF,
	  .spec = leaf_ca },
	{ "leaf-key-usage", "The leaf lacks digitalSignature.",
	  "leaf-key-usage", .position = POSITION_LEAF,
	  .spec = no_digital_signature },
	{ "leaf-no-key-usage", "The leaf has no keyUsage.", "leaf-key-usage",
	  .position = POSITION_LEAF, .spec = no_key_usage },
	{ "root-not-yet-valid",
	  "The document is older than the root (2019-10-28).",
	  "certificate-not-yet-valid", .options = before_root },
	{ "root-expired", "The document is younger than the root (2049-10-28).",
	  "certificate-expired", .options = after_root },
	{ "regional-not-yet-valid",
	  "The regional certificate is not valid yet.",
	  "certificate-not-yet-valid", .position = POSITION_REGIONAL,
	  .spec = not_yet_valid },
	{ "regional-expired", "The regional certificate has expired.",
	  "certificate-expired", .position = POSITION_REGIONAL,
	  .spec = expired },
	{ "zonal-not-yet-valid", "The zonal certificate is not valid yet.",
	  "certificate-not-yet-valid", .position = POSITION_ZONAL,
	  .spec = not_yet_valid },
	{ "zonal-expired", "The zonal certificate has expired.",
	  "certificate-expired", .position = POSITION_ZONAL, .spec = expired },
	{ "instance-not-yet-valid",
	  "The instance certificate is not valid yet.",
	  "certificate-not-yet-valid", .position = POSITION_INSTANCE,
	  .spec = not_yet_valid },
	{ "instance-expired", "The instance certificate has expired.",
	  "certificate-expired", .position = POSITION_INSTANCE,
	  .spec = expired },
	{ "leaf-not-yet-valid", "The leaf is not valid yet.",
	  "certificate-not-yet-valid", .position = POSITION_LEAF,
	  .spec = not_yet_valid },
	{ "leaf-expired", "The leaf has expired.", "certificate-expired",
	  .position = POSITION_LEAF, .spec = expired },
	{ "regional-self-signed",
	  "The regional certificate is signed by its own key.", "path-invalid",
	  .position = POSITION_REGIONAL, .spec = self_signed },
	{ "regional-signature",
	  "A bit of the regional certificate's signature changed.",
	  "path-invalid", .position = POSITION_REGIONAL,
	  .certificate = signature_changed },
	{ "zonal-self-signed",
	  "The zonal certificate is signed by its own key.", "path-invalid",
	  .position = POSITION_ZONAL, .spec = self_signed },
	{ "zonal-signature",
	  "A bit of the zonal certificate's signature changed.", "path-invalid",
	  .position = POSITION_ZONAL, .certificate = signature_changed },
	{ "instance-self-signed",
	  "The instance certificate is signed by its own key.", "path-invalid",
	  .position = POSITION_INSTANCE, .spec = self_signed },
	{ "instance-signature",
	  "A bit of the instance certificate's signature changed.",
	  "path-invalid", .position = POSITION_INSTANCE,
	  .certificate = signature_changed },
	{ "leaf-self-signed", "The leaf is signed by its own key.",
	  "path-invalid", .position = POSITION_LEAF, .spec = self_signed },
	{ "leaf-signature", "A bit of the leaf's signature changed.",
	  "path-invalid", .position = POSITION_LEAF,
	  .certificate = signature_changed },
	{ "signer-other", "Another key than the leaf's signed the document.",
	  "signature-invalid", .bundle = leaf_key_other },
	{ "leaf-name-org", "The leaf's name ends with org, not aws.",
	  "leaf-name-mismatch", .position = POSITION_LEAF,
	  .spec = leaf_name_other },
	{ 0 },
};
