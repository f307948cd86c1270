/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-sim/certificate.h"

#include <errno.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

DEFINE_CLEANUP(X509_NAME *, X509_NAME_free)
DEFINE_CLEANUP(X509_ALGOR *, X509_ALGOR_free)
DEFINE_CLEANUP(X509_EXTENSION *, X509_EXTENSION_free)
DEFINE_CLEANUP(ASN1_TIME *, ASN1_TIME_free)
DEFINE_CLEANUP(AUTHORITY_KEYID *, AUTHORITY_KEYID_free)
DEFINE_CLEANUP(ASN1_OCTET_STRING *, ASN1_OCTET_STRING_free)

/* Calls OpenSSL's i2d_TYPE(value, NULL), then again into place. */
#define APPEND_I2D(out, i2d, value)                                            \
	({                                                                     \
		uint8_t *der_ = NULL;                                          \
		int size_ = i2d(value, &der_);                                 \
		if (size_ > 0)                                                 \
			bytes_append(out, der_, (size_t)size_);                \
		OPENSSL_free(der_);                                            \
		size_ > 0 ? 0 : -EIO;                                          \
	})

void der_append(struct bytes *out, uint8_t tag, struct span content)
{
	uint8_t head[8];
	uint8_t *end = head;

	/* The class and "constructed" bits are those of `tag` itself. */
	ASN1_put_object(&end, 0, (int)content.size, tag & 0x1f, 0);
	head[0] = tag;
	bytes_append(out, head, (size_t)(end - head));
	bytes_append_span(out, content);
}

int name_encode(enum name_shape shape, const char *common_name,
		struct bytes *name)
{
	static const char *const shapes[][7] = {
		[NAME_SHORT] = { "C", "O", "OU", "CN" },
		[NAME_ZONAL] = { "CN", "OU", "O", "C", "ST", "L" },
		[NAME_PLACED] = { "C", "ST", "L", "O", "OU", "CN" },
	};
	static const char *const values[][2] = {
		{ "C", "US" },	       { "ST", "Washington" },
		{ "L", "Seattle" },    { "O", "nitro-sim" },
		{ "OU", "Simulator" },
	};
	_cleanup_(X509_NAME_freep) X509_NAME *built = X509_NAME_new();

	for (size_t i = 0; shapes[shape][i] != NULL; i++) {
		const char *value = common_name;

		for (size_t j = 0; j < ARRAY_SIZE(values); j++)
			if (strcmp(values[j][0], shapes[shape][i]) == 0)
				value = values[j][1];
		if (X509_NAME_add_entry_by_txt(
			    built, shapes[shape][i], MBSTRING_UTF8,
			    (const uint8_t *)value, -1, -1, 0) != 1)
			return -EIO;
	}
	bytes_clear(name);
	return APPEND_I2D(name, i2d_X509_NAME, built);
}

void certificate_spec_clear(struct certificate_spec *spec)
{
	bytes_clear(&spec->serial);
	bytes_clear(&spec->issuer);
	bytes_clear(&spec->subject);
	bytes_clear(&spec->authority_key_id);
	EVP_PKEY_free(spec->issuer_key);
	*spec = (struct certificate_spec){ 0 };
}

void certificate_draft_clear(struct certificate_draft *draft)
{
	for (size_t i = 0; i < TBS_FIELDS; i++)
		bytes_clear(&draft->tbs[i]);
	for (size_t i = 0; i < DRAFT_EXTENSION_MAX; i++)
		bytes_clear(&draft->extensions[i]);
	bytes_clear(&draft->outer_algorithm);
	EVP_PKEY_free(draft->key);
	EVP_PKEY_free(draft->issuer_key);
	*draft = (struct certificate_draft){ 0 };
}

void certificate_clear(struct certificate *certificate)
{
	bytes_clear(&certificate->der);
	bytes_clear(&certificate->subject);
	EVP_PKEY_free(certificate->key);
	certificate->key = NULL;
}

void der_append_unsigned(struct bytes *out, struct span magnitude)
{
	_cleanup_bytes_ struct bytes content = BYTES_EMPTY;

	while (magnitude.size > 0 && magnitude.data[0] == 0) {
		magnitude.data++;
		magnitude.size--;
	}
	if (magnitude.size == 0 || (magnitude.data[0] & 0x80) != 0)
		bytes_append_byte(&content, 0);
	bytes_append_span(&content, magnitude);
	der_append(out, DER_INTEGER, bytes_span(&content));
}

static int append_time(struct bytes *out, int64_t seconds)
{
	_cleanup_(ASN1_TIME_freep) ASN1_TIME *built = NULL;

	/* UTCTime up to 2049, GeneralizedTime from 2050 (RFC 5280 4.1.2.5). */
	built = ASN1_TIME_set(NULL, (time_t)seconds);
	if (built == NULL)
		return -EIO;
	return APPEND_I2D(out, i2d_ASN1_TIME, built);
}

static int append_validity(struct bytes *out,
			   const struct certificate_spec *spec)
{
	_cleanup_bytes_ struct bytes times = BYTES_EMPTY;
	int r;

	r = append_time(&times, spec->not_before);
	if (r < 0)
		return r;
	r = append_time(&times, spec->not_after);
	if (r < 0)
		return r;
	der_append(out, DER_SEQUENCE, bytes_span(&times));
	return 0;
}

/* The identifier of "this digest with this key": without parameters for ECDSA
 * (RFC 5758 3.2), with NULL for RSA (RFC 4055 5). */
static int append_algorithm(struct bytes *out, EVP_PKEY *key,
			    const char *digest)
{
	_cleanup_(X509_ALGOR_freep) X509_ALGOR *built = X509_ALGOR_new();
	bool is_rsa = EVP_PKEY_is_a(key, "RSA");
	int nid;

	if (built == NULL ||
	    OBJ_find_sigid_by_algs(&nid, OBJ_txt2nid(digest),
				   EVP_PKEY_get_base_id(key)) != 1 ||
	    X509_ALGOR_set0(built, OBJ_nid2obj(nid),
			    is_rsa ? V_ASN1_NULL : V_ASN1_UNDEF, NULL) != 1)
		return -EIO;
	return APPEND_I2D(out, i2d_X509_ALGOR, built);
}

static int add_extension(struct certificate_draft *draft,
			 const X509_EXTENSION *extension)
{
	struct bytes *out = &draft->extensions[draft->extension_count];

	if (extension == NULL || draft->extension_count == DRAFT_EXTENSION_MAX)
		return -EIO;
	draft->extension_count++;
	return APPEND_I2D(out, i2d_X509_EXTENSION, extension);
}

static int add_text(struct certificate_draft *draft, int nid, const char *value)
{
	_cleanup_(X509_EXTENSION_freep) X509_EXTENSION *built = NULL;

	if (value == NULL)
		return 0;
	built = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	return add_extension(draft, built);
}

static int add_authority_key_id(struct certificate_draft *draft, struct span id)
{
	_cleanup_(X509_EXTENSION_freep) X509_EXTENSION *built = NULL;
	_cleanup_(AUTHORITY_KEYID_freep) AUTHORITY_KEYID *value = NULL;

	if (id.size == 0)
		return 0;
	value = AUTHORITY_KEYID_new();
	if (value == NULL)
		return -EIO;
	value->keyid = ASN1_OCTET_STRING_new();
	if (value->keyid == NULL ||
	    ASN1_OCTET_STRING_set(value->keyid, id.data, (int)id.size) != 1)
		return -EIO;
	built = X509V3_EXT_i2d(NID_authority_key_identifier, 0, value);
	return add_extension(draft, built);
}

static int add_subject_key_id(struct certificate_draft *draft)
{
	_cleanup_(X509_EXTENSION_freep) X509_EXTENSION *built = NULL;
	_cleanup_(ASN1_OCTET_STRING_freep) ASN1_OCTET_STRING *value = NULL;
	uint8_t id[KEY_IDENTIFIER_SIZE];
	int r;

	r = key_identifier(draft->key, id);
	if (r < 0)
		return r;
	value = ASN1_OCTET_STRING_new();
	if (value == NULL || ASN1_OCTET_STRING_set(value, id, sizeof(id)) != 1)
		return -EIO;
	built = X509V3_EXT_i2d(NID_subject_key_identifier, 0, value);
	return add_extension(draft, built);
}

static int fill_extensions(struct certificate_draft *draft,
			   const struct certificate_spec *spec)
{
	int r;

	r = add_text(draft, NID_basic_constraints, spec->basic_constraints);
	if (r < 0)
		return r;
	r = add_authority_key_id(draft, bytes_span(&spec->authority_key_id));
	if (r < 0)
		return r;
	r = spec->has_subject_key_id ? add_subject_key_id(draft) : 0;
	if (r < 0)
		return r;
	r = add_text(draft, NID_key_usage, spec->key_usage);
	if (r < 0)
		return r;
	return add_text(draft, NID_crl_distribution_points, spec->crl);
}

/* 0 when all of it was allocated, so that hooks find what they look for. */
static int draft_ok(const struct certificate_draft *draft)
{
	bool failed = draft->outer_algorithm.failed;

	for (size_t i = 0; i < TBS_FIELDS; i++)
		failed |= draft->tbs[i].failed;
	for (size_t i = 0; i < draft->extension_count; i++)
		failed |= draft->extensions[i].failed;
	return failed ? -ENOMEM : 0;
}

int certificate_draft_fill(struct certificate_draft *draft,
			   const struct certificate_spec *spec)
{
	static const uint8_t version_3[] = { DER_CONTEXT(0), 3, DER_INTEGER, 1,
					     2 };
	int r;

	r = key_new(spec->key_kind, &draft->key);
	if (r < 0)
		return r;
	draft->issuer_key =
		spec->issuer_key != NULL ? spec->issuer_key : draft->key;
	if (EVP_PKEY_up_ref(draft->issuer_key) != 1)
		return -EIO;
	draft->digest = spec->digest;

	bytes_append(&draft->tbs[TBS_VERSION], version_3, sizeof(version_3));
	der_append_unsigned(&draft->tbs[TBS_SERIAL], bytes_span(&spec->serial));
	bytes_append_bytes(&draft->tbs[TBS_ISSUER], &spec->issuer);
	bytes_append_bytes(&draft->tbs[TBS_SUBJECT], &spec->subject);
	r = append_validity(&draft->tbs[TBS_VALIDITY], spec);
	if (r < 0)
		return r;
	r = append_algorithm(&draft->tbs[TBS_ALGORITHM], draft->issuer_key,
			     spec->digest);
	if (r < 0)
		return r;
	bytes_append_bytes(&draft->outer_algorithm, &draft->tbs[TBS_ALGORITHM]);
	r = APPEND_I2D(&draft->tbs[TBS_KEY], i2d_PUBKEY, draft->key);
	if (r < 0)
		return r;
	r = fill_extensions(draft, spec);
	return r < 0 ? r : draft_ok(draft);
}

static void append_tbs(struct bytes *out, const struct certificate_draft *draft)
{
	_cleanup_bytes_ struct bytes list = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes sequence = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes tbs = BYTES_EMPTY;

	for (size_t i = 0; i < TBS_FIELDS; i++)
		bytes_append_bytes(&tbs, &draft->tbs[i]);
	for (size_t i = 0; i < draft->extension_count; i++)
		bytes_append_bytes(&list, &draft->extensions[i]);
	if (draft->extension_count > 0) {
		der_append(&sequence, DER_SEQUENCE, bytes_span(&list));
		der_append(&tbs, DER_CONTEXT(3), bytes_span(&sequence));
	}
	der_append(out, DER_SEQUENCE, bytes_span(&tbs));
}

int certificate_finish(struct certificate_draft *draft,
		       struct certificate *certificate)
{
	_cleanup_bytes_ struct bytes content = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes bits = BYTES_EMPTY;
	int r;

	append_tbs(&content, draft);
	bytes_append_byte(&bits, draft->unused_bits);
	r = key_sign(draft->issuer_key, draft->digest, bytes_span(&content),
		     &bits);
	if (r < 0)
		return r;
	bytes_append_bytes(&content, &draft->outer_algorithm);
	der_append(&content, DER_BIT_STRING, bytes_span(&bits));
	der_append(&certificate->der, DER_SEQUENCE, bytes_span(&content));

	bytes_take(&certificate->subject, &draft->tbs[TBS_SUBJECT]);
	certificate->key = TAKE_PTR(draft->key);
	r = bytes_ok(&content);
	return r < 0 ? r : bytes_ok(&certificate->der);
}
