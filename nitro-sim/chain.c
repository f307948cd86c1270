/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-sim/chain.h"

#include <errno.h>
#include <openssl/rand.h>
#include <stdio.h>

#include "base/hex.h"
#include "nitro-sim/breaks.h"

#define HOUR INT64_C(3600)
#define DAY  (24 * HOUR)

#define COMMON_NAME_SIZE 128
#define SERIAL_MAX	 20u

/* How AWS's certificates of one position look (measured on 130 documents). */
struct level {
	enum name_shape shape;
	int64_t begins;	  /* seconds before the document */
	int64_t lifetime; /* seconds */
	size_t serial_size;
	const char *basic_constraints;
	const char *key_usage;
	const char *crl;
	bool has_key_ids;
};

#define CRL(name) "URI:http://crl.nitro-sim.invalid/" name ".crl"
#define CA_USAGE  "critical,digitalSignature,keyCertSign,cRLSign"

static const struct level levels[] = {
	[POSITION_REGIONAL] = { NAME_SHORT, 5 * DAY, 20 * DAY + HOUR, 16,
				"critical,CA:TRUE,pathlen:2", CA_USAGE,
				CRL("regional"), true },
	[POSITION_ZONAL] = { NAME_ZONAL, 2 * DAY, 5 * DAY + 17 * HOUR, 16,
			     "critical,CA:TRUE,pathlen:1", CA_USAGE,
			     CRL("zonal"), true },
	[POSITION_INSTANCE] = { NAME_PLACED, 4 * HOUR, DAY, 20,
				"critical,CA:TRUE,pathlen:0",
				"critical,keyCertSign", NULL, true },
	[POSITION_LEAF] = { NAME_PLACED, CHAIN_LEAF_BEFORE,
			    CHAIN_LEAF_BEFORE + CHAIN_LEAF_AFTER, 0,
			    "critical,CA:FALSE",
			    "digitalSignature,nonRepudiation", NULL, false },
};

static int random_text(char ret_text[static HEX_SIZE(8)])
{
	uint8_t random[8];

	if (RAND_bytes(random, sizeof(random)) != 1)
		return -EIO;
	hex_encode(span_of(random, sizeof(random)), ret_text);
	return 0;
}

/* Only the leaf's name is AWS's, because verifiers compare it with module_id;
 * every authority above it names itself a simulator. */
static int common_name(enum chain_position position,
		       const struct document_options *options,
		       char ret_text[static COMMON_NAME_SIZE])
{
	char module_id[OPTIONS_MODULE_ID_SIZE];
	char random[HEX_SIZE(8)];
	int r;

	r = random_text(random);
	if (r < 0)
		return r;
	if (position == POSITION_LEAF) {
		options_module_id(options, module_id);
		snprintf(ret_text, COMMON_NAME_SIZE, "%s.%s.aws", module_id,
			 options->region);
		return 0;
	}
	snprintf(ret_text, COMMON_NAME_SIZE, "%s%s.%s.nitro-sim",
		 position == POSITION_INSTANCE ? options->instance_id : random,
		 position == POSITION_ZONAL ? ".zonal" : "", options->region);
	return 0;
}

static void append_big_endian(struct bytes *out, uint64_t value, unsigned size)
{
	for (unsigned i = size; i > 0; i--)
		bytes_append_byte(out, (uint8_t)(value >> (8 * (i - 1))));
}

/* A leaf's serial is enclave id, four zero bytes and the time in seconds; that of
 * a NitroTPM leaf the time alone. The others are random. */
static int serial(enum chain_position position,
		  const struct document_options *options, struct bytes *out)
{
	uint64_t seconds = (uint64_t)(options->time_ms / 1000);
	uint8_t random[SERIAL_MAX];
	uint8_t id[8];
	size_t size;

	if (position != POSITION_LEAF) {
		if (RAND_bytes(random, sizeof(random)) != 1)
			return -EIO;
		bytes_append(out, random, levels[position].serial_size);
		return 0;
	}
	if (options->kind == EVIDENCE_ENCLAVE) {
		if (hex_decode(span_of_text(options->enclave_id), id,
			       sizeof(id), &size) < 0)
			return -EINVAL;
		bytes_append(out, id, size);
		append_big_endian(out, 0, 4);
	}
	append_big_endian(out, seconds, 4);
	return 0;
}

static int fill_spec(enum chain_position position,
		     const struct document_options *options,
		     const struct certificate *issuer,
		     struct certificate_spec *spec)
{
	const struct level *level = &levels[position];
	uint8_t id[KEY_IDENTIFIER_SIZE];
	char name[COMMON_NAME_SIZE];
	int r;

	r = common_name(position, options, name);
	if (r < 0)
		return r;
	r = name_encode(level->shape, name, &spec->subject);
	if (r < 0)
		return r;
	r = serial(position, options, &spec->serial);
	if (r < 0)
		return r;
	r = key_identifier(issuer->key, id);
	if (r < 0)
		return r;
	if (level->has_key_ids)
		bytes_append(&spec->authority_key_id, id, sizeof(id));
	if (EVP_PKEY_up_ref(issuer->key) != 1)
		return -EIO;
	spec->issuer_key = issuer->key;
	bytes_append_bytes(&spec->issuer, &issuer->subject);
	spec->not_before = options->time_ms / 1000 - level->begins;
	spec->not_after = spec->not_before + level->lifetime;
	spec->digest = "SHA384";
	spec->basic_constraints = level->basic_constraints;
	spec->key_usage = level->key_usage;
	spec->crl = level->crl;
	spec->has_subject_key_id = level->has_key_ids;
	return spec->issuer.failed ? -ENOMEM : bytes_ok(&spec->subject);
}

/* Issues one certificate; the hooks of a break see it at each step. */
static int issue(enum chain_position position,
		 const struct document_options *options,
		 const struct certificate *issuer,
		 struct certificate *ret_certificate)
{
	_cleanup_certificate_spec_ struct certificate_spec spec = { 0 };
	_cleanup_certificate_draft_ struct certificate_draft draft = { 0 };
	const struct sim_break *broken = options->broken;
	int r;

	if (broken != NULL && broken->position != position)
		broken = NULL;

	r = fill_spec(position, options, issuer, &spec);
	if (r < 0)
		return r;
	if (broken != NULL && broken->spec != NULL)
		broken->spec(&spec);
	r = certificate_draft_fill(&draft, &spec);
	if (r < 0)
		return r;
	if (broken != NULL && broken->draft != NULL)
		broken->draft(&draft);
	r = certificate_finish(&draft, ret_certificate);
	if (r < 0)
		return r;
	if (broken != NULL && broken->certificate != NULL)
		broken->certificate(&ret_certificate->der);
	return bytes_ok(&ret_certificate->der);
}

/* The certificates below the root, in the order in which they are issued. */
static const enum chain_position usual_plan[] = {
	POSITION_REGIONAL,
	POSITION_ZONAL,
	POSITION_INSTANCE,
	POSITION_LEAF,
};

static int add_to_bundle(struct chain *chain, const struct bytes *der)
{
	struct bytes *last = &chain->bundle[chain->bundle_count++];

	bytes_append_bytes(last, der);
	return bytes_ok(last);
}

static int issue_all(struct chain *chain, const struct certificate *root,
		     const struct document_options *options)
{
	const struct sim_break *broken = options->broken;
	const enum chain_position *plan = usual_plan;
	const struct certificate *issuer = root;
	size_t count = ARRAY_SIZE(usual_plan);
	int r = add_to_bundle(chain, &root->der);

	if (broken != NULL && broken->plan != NULL) {
		plan = broken->plan;
		count = broken->plan_count;
	}
	for (size_t i = 0; i < count && r == 0; i++) {
		_cleanup_certificate_ struct certificate next = { 0 };

		r = issue(plan[i], options, issuer, &next);
		if (r < 0)
			return r;
		certificate_clear(&chain->leaf);
		chain->leaf = next;
		next = (struct certificate){ 0 };
		issuer = &chain->leaf;
		if (i + 1 < count)
			r = add_to_bundle(chain, &chain->leaf.der);
	}
	return r;
}

int chain_new(const struct authority *authority,
	      const struct document_options *options, struct chain **ret_chain)
{
	_cleanup_chain_ struct chain *chain = calloc(1, sizeof(*chain));
	_cleanup_authority_ struct authority *foreign = NULL;
	const struct sim_break *broken = options->broken;
	int r;

	if (chain == NULL)
		return -ENOMEM;
	if (broken != NULL && broken->foreign_root) {
		r = authority_new(&foreign);
		if (r < 0)
			return r;
		authority = foreign;
	}
	r = issue_all(chain, authority_root(authority), options);
	if (r < 0)
		return r;
	if (broken != NULL && broken->bundle != NULL) {
		r = broken->bundle(chain);
		if (r < 0)
			return r;
	}

	*ret_chain = TAKE_PTR(chain);
	return 0;
}

void chain_free(struct chain *chain)
{
	if (chain == NULL)
		return;
	for (size_t i = 0; i < CHAIN_BUNDLE_MAX; i++)
		bytes_clear(&chain->bundle[i]);
	certificate_clear(&chain->leaf);
	free(chain);
}
