/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-sim/manifest.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <stdio.h>

#include "base/hex.h"
#include "nitro-sim/document.h"

#define POINT_SIZE  65u
#define SCALAR_SIZE (MANIFEST_SIGNATURE_SIZE / 2)

DEFINE_CLEANUP(ECDSA_SIG *, ECDSA_SIG_free)

void manifest_options_init(struct manifest_options *options,
			   const struct document_options *document)
{
	*options = (struct manifest_options){
		.version = 1,
		.name = "trial",
		.pivot = "nitro-sim pivot",
		.members = 3,
		.threshold = 2,
		.approvals = 2,
		.commitment = COMMITMENT_LIVE,
		.document = document,
	};
}

static void key_clear(struct manifest_key *key)
{
	EVP_PKEY_free(key->encryption);
	EVP_PKEY_free(key->signing);
	bytes_clear(&key->points);
	*key = (struct manifest_key){ NULL };
}

static void draft_clear(struct manifest_draft *draft)
{
	bytes_clear(&draft->name);
	bytes_clear(&draft->quorum_key);
	for (size_t i = 0; i < MANIFEST_MEMBERS_MAX; i++)
		key_clear(&draft->members[i].key);
	for (size_t i = 0; i < ARRAY_SIZE(draft->approvals); i++) {
		bytes_clear(&draft->approvals[i].key);
		bytes_clear(&draft->approvals[i].signature);
	}
}

void manifest_set_clear(struct manifest_set *set)
{
	bytes_clear(&set->manifest);
	bytes_clear(&set->envelope);
	bytes_clear(&set->trusted);
	key_clear(&set->key);
}

static int append_point(EVP_PKEY *key, struct bytes *points)
{
	uint8_t point[POINT_SIZE];
	size_t size = 0;

	if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point,
					    sizeof(point), &size) != 1 ||
	    size != sizeof(point))
		return -EIO;
	bytes_append(points, point, sizeof(point));
	return 0;
}

static int new_key(struct manifest_key *key)
{
	int r = key_new(KEY_P256, &key->encryption);

	if (r == 0)
		r = key_new(KEY_P256, &key->signing);
	if (r == 0)
		r = append_point(key->encryption, &key->points);
	return r == 0 ? append_point(key->signing, &key->points) : r;
}

/* r || s over the SHA-256 of the message. */
static int sign(EVP_PKEY *key, struct span message, struct bytes *signature)
{
	_cleanup_(ECDSA_SIG_freep) ECDSA_SIG *pair = NULL;
	_cleanup_bytes_ struct bytes der = BYTES_EMPTY;
	uint8_t raw[MANIFEST_SIGNATURE_SIZE];
	const uint8_t *at;
	int r = key_sign(key, "SHA256", message, &der);

	if (r < 0)
		return r;
	at = der.data;
	pair = d2i_ECDSA_SIG(NULL, &at, (long)der.size);
	if (pair == NULL ||
	    BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, SCALAR_SIZE) < 0 ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + SCALAR_SIZE,
			 SCALAR_SIZE) < 0)
		return -EIO;
	bytes_append(signature, raw, sizeof(raw));
	return 0;
}

static int hash(struct span bytes, uint8_t ret_hash[static MANIFEST_HASH_SIZE])
{
	return EVP_Digest(bytes.data, bytes.size, ret_hash, NULL, EVP_sha256(),
			  NULL) == 1
		       ? 0
		       : -EIO;
}

static int fill_members(const struct manifest_options *options,
			struct manifest_draft *draft)
{
	int r = 0;

	draft->member_count = options->members;
	for (size_t i = 0; r == 0 && i < draft->member_count; i++) {
		snprintf(draft->members[i].alias,
			 sizeof(draft->members[i].alias), "member-%zu", i + 1);
		r = new_key(&draft->members[i].key);
	}
	return r;
}

static int fill(const struct manifest_options *options,
		struct manifest_draft *draft)
{
	_cleanup_(key_clear) struct manifest_key quorum = { NULL };
	int r = new_key(&quorum);

	draft->version = options->version;
	draft->is_json = options->is_json || options->version == 2;
	draft->threshold = options->threshold;
	draft->restart = 1;
	draft->arguments = 2;
	bytes_append_span(&draft->name, span_of_text(options->name));
	bytes_take(&draft->quorum_key, &quorum.points);
	for (unsigned i = 0; r == 0 && i < ARRAY_SIZE(draft->pcrs); i++)
		r = document_pcr(options->document, i, draft->pcrs[i]);
	if (r == 0)
		r = hash(span_of_text(options->pivot), draft->pivot);
	return r == 0 ? fill_members(options, draft) : r;
}

static int approve(const struct manifest_options *options,
		   struct manifest_draft *draft, struct span hash_of_it)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < options->approvals; i++) {
		const struct manifest_member *member = &draft->members[i];
		struct manifest_approval *approval = &draft->approvals[i];

		memcpy(approval->alias, member->alias, sizeof(member->alias));
		bytes_append_bytes(&approval->key, &member->key.points);
		r = sign(member->key.signing, hash_of_it, &approval->signature);
		draft->approval_count = i + 1;
	}
	return r;
}

static int encode(const struct manifest_draft *draft, bool is_envelope,
		  struct bytes *out)
{
	return draft->is_json ? manifest_encode_json(draft, is_envelope, out)
			      : manifest_encode_borsh(draft, is_envelope, out);
}

/* Version 0 and 1 are hashed as Borsh, however they are stored. */
static int hash_draft(const struct manifest_draft *draft,
		      uint8_t ret_hash[static MANIFEST_HASH_SIZE])
{
	_cleanup_bytes_ struct bytes bytes = BYTES_EMPTY;
	int r = draft->version == 2
			? manifest_encode_json(draft, false, &bytes)
			: manifest_encode_borsh(draft, false, &bytes);

	return r == 0 ? hash(bytes_span(&bytes), ret_hash) : r;
}

static int make_parts(const struct manifest_options *options,
		      struct manifest_draft *draft, struct manifest_set *set)
{
	const struct manifest_break *broken = options->broken;
	int r = fill(options, draft);

	if (r == 0)
		r = manifest_encode_trusted(draft, &set->trusted);
	memcpy(set->pivot, draft->pivot, sizeof(set->pivot));
	if (r == 0 && broken != NULL && broken->draft != NULL)
		broken->draft(draft);
	if (r == 0)
		r = hash_draft(draft, set->hash);
	if (r == 0)
		r = approve(options, draft,
			    span_of(set->hash, sizeof(set->hash)));
	if (r == 0 && broken != NULL && broken->approved != NULL)
		broken->approved(draft);
	if (r == 0)
		r = encode(draft, false, &set->manifest);
	if (r == 0)
		r = encode(draft, true, &set->envelope);
	if (r == 0 && broken != NULL && broken->envelope != NULL)
		broken->envelope(&set->envelope);
	return r == 0 ? new_key(&set->key) : r;
}

int manifest_make(const struct manifest_options *options,
		  struct manifest_set *ret_set)
{
	_cleanup_(draft_clear) struct manifest_draft draft = { 0 };
	_cleanup_manifest_ struct manifest_set set = { 0 };
	struct manifest_options changed = *options;
	int r;

	if (options->broken != NULL && options->broken->options != NULL)
		options->broken->options(&changed);
	r = make_parts(&changed, &draft, &set);
	if (r == 0)
		r = bytes_ok(&set.envelope);
	if (r == 0)
		r = bytes_ok(&set.key.points);
	if (r < 0)
		return r;
	*ret_set = set;
	set = (struct manifest_set){ 0 };
	return 0;
}

/* What QOS extends: SHA-384 of the text, and that into a PCR of zeros. */
static int commit(const struct manifest_set *set, const char *kind,
		  uint8_t ret_pcr[static ATTEST_SHA384_SIZE])
{
	uint8_t extended[2 * ATTEST_SHA384_SIZE] = { 0 };
	_cleanup_free_ char *key = hex_dup(bytes_span(&set->key.points));
	_cleanup_free_ char *digest =
		hex_dup(span_of(set->hash, sizeof(set->hash)));
	_cleanup_free_ char *text = NULL;

	if (key == NULL || digest == NULL ||
	    asprintf(&text,
		     "{\"domain\":\"qos-%s-manifest-pcr-commitment-v1\","
		     "\"ephemeralPublicKey\":\"%s\",\"manifestHash\":\"%s\"}",
		     kind, key, digest) < 0)
		return -ENOMEM;
	if (EVP_Digest(text, strlen(text), extended + ATTEST_SHA384_SIZE, NULL,
		       EVP_sha384(), NULL) != 1 ||
	    EVP_Digest(extended, sizeof(extended), ret_pcr, NULL, EVP_sha384(),
		       NULL) != 1)
		return -EIO;
	return 0;
}

int manifest_bind(const struct manifest_options *options,
		  const struct manifest_set *set,
		  struct document_options *document)
{
	int r = 0;

	document->user_data = span_of(set->hash, sizeof(set->hash));
	document->public_key = bytes_span(&set->key.points);
	if (options->commitment == COMMITMENT_SETUP)
		r = commit(set, "setup", document->pcrs[16].value);
	else if (options->commitment == COMMITMENT_LIVE)
		r = commit(set, "live", document->pcrs[17].value);
	/* It locks them all, which is why they show. */
	for (size_t i = 16;
	     options->commitment != COMMITMENT_NONE && i < ATTEST_PCR_COUNT;
	     i++)
		document->pcrs[i].is_set = true;
	if (options->broken != NULL && options->broken->document != NULL)
		options->broken->document(document);
	return r;
}
