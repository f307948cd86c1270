/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an attested key signed: every format of signatures, VisualSign's and
 * Turnkey's responses, and each way in which one of them is not what it claims.
 */
#include "config.h"

#include <jansson.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include "base/base64.h"
#include "base/hex.h"
#include "key/public_key.h"
#include "response/response.h"
#include "tests/unit/attested.h"

#define MESSAGE	 "the message of the application"
#define SENT	 "unsigned payload"
#define METADATA "metadata"
#define SIGNABLE "{\"Title\":\"Transfer\"}"
#define NO_METADATA                                                            \
	(struct span)                                                          \
	{                                                                      \
		(const uint8_t *)"", 0                                         \
	}

static struct key_library *library;
static EVP_PKEY *pair[2]; /* of the enclave: encrypts, signs */
static struct bytes pair_bytes;
static struct attested_key *pair_key;
static int pss_salt; /* of what is signed by PSS */

static void setup(void)
{
	ck_assert_int_eq(key_library_new(&library), KEY_OK);
	pss_salt = RSA_PSS_SALTLEN_DIGEST;
	for (size_t i = 0; i < 2; i++) {
		pair[i] = attested_new_ec("P-256");
		attested_append_bare(pair[i], &pair_bytes);
	}
	ck_assert_int_eq(
		attested_key_parse(library, bytes_span(&pair_bytes), &pair_key),
		KEY_OK);
}

static void teardown(void)
{
	attested_key_free(pair_key);
	bytes_clear(&pair_bytes);
	EVP_PKEY_free(pair[0]);
	EVP_PKEY_free(pair[1]);
	key_library_free(library);
}

/* As OpenSSL makes it: DER for ECDSA. */
static void sign(EVP_PKEY *key, const char *digest, int padding,
		 struct span message, struct bytes *signature)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *parameters;
	uint8_t bytes[SIGNATURE_SIZE_MAX];
	size_t size = sizeof(bytes);

	ck_assert_int_eq(EVP_DigestSignInit_ex(context, &parameters, digest,
					       NULL, NULL, key, NULL),
			 1);
	if (padding != 0)
		ck_assert_int_eq(
			EVP_PKEY_CTX_set_rsa_padding(parameters, padding), 1);
	if (padding == RSA_PKCS1_PSS_PADDING)
		ck_assert_int_eq(
			EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, pss_salt),
			1);
	ck_assert_int_eq(EVP_DigestSign(context, bytes, &size, message.data,
					message.size),
			 1);
	bytes_append(signature, bytes, size);
	EVP_MD_CTX_free(context);
}

static void sign_raw(EVP_PKEY *key, const char *digest, struct span message,
		     struct bytes *signature)
{
	const int half = (EVP_PKEY_get_bits(key) + 7) / 8;
	_cleanup_bytes_ struct bytes der = BYTES_EMPTY;
	const unsigned char *next;
	ECDSA_SIG *parts;
	uint8_t raw[2 * 48];

	sign(key, digest, 0, message, &der);
	next = der.data;
	parts = d2i_ECDSA_SIG(NULL, &next, (long)der.size);
	ck_assert_ptr_nonnull(parts);
	ck_assert_int_eq(BN_bn2binpad(ECDSA_SIG_get0_r(parts), raw, half),
			 half);
	ck_assert_int_eq(
		BN_bn2binpad(ECDSA_SIG_get0_s(parts), raw + half, half), half);
	bytes_append(signature, raw, 2 * (size_t)half);
	ECDSA_SIG_free(parts);
}

static struct attested_key *key_of(EVP_PKEY *pkey)
{
	_cleanup_bytes_ struct bytes spki = BYTES_EMPTY;
	struct attested_key *key;

	attested_append_spki(pkey, &spki);
	ck_assert_int_eq(attested_key_parse(library, bytes_span(&spki), &key),
			 KEY_OK);
	return key;
}

static enum response_error verify(EVP_PKEY *pkey, enum signature_format format,
				  enum signature_digest digest,
				  struct span message,
				  const struct bytes *signature)
{
	_cleanup_(attested_key_freep) struct attested_key *key = key_of(pkey);
	const struct signature_scheme scheme = { format, digest };

	return response_signature_verify(library, key, scheme, message,
					 bytes_span(signature));
}

/* The signature is good, and neither for another message nor by another key. */
static void check_signature(EVP_PKEY *pkey, EVP_PKEY *other,
			    enum signature_format format,
			    enum signature_digest digest,
			    const struct bytes *signature)
{
	ck_assert_int_eq(
		verify(pkey, format, digest, span_of_text(MESSAGE), signature),
		RESPONSE_OK);
	ck_assert_int_eq(
		verify(pkey, format, digest, span_of_text("other"), signature),
		RESPONSE_E_SIGNATURE_INVALID);
	ck_assert_int_eq(
		verify(other, format, digest, span_of_text(MESSAGE), signature),
		RESPONSE_E_SIGNATURE_INVALID);
}

START_TEST(ecdsa_is_verified_in_both_formats)
{
	static const struct {
		const char *curve;
		const char *usual;
		const char *other;
		enum signature_digest other_digest;
	} curves[] = { { "P-256", "SHA256", "SHA384", SIGNATURE_SHA384 },
		       { "P-384", "SHA384", "SHA512", SIGNATURE_SHA512 } };
	const enum signature_digest usual = SIGNATURE_DIGEST_USUAL;

	for (size_t i = 0; i < ARRAY_SIZE(curves); i++) {
		_cleanup_bytes_ struct bytes der = BYTES_EMPTY;
		_cleanup_bytes_ struct bytes raw = BYTES_EMPTY;
		_cleanup_bytes_ struct bytes longer = BYTES_EMPTY;
		EVP_PKEY *key = attested_new_ec(curves[i].curve);
		EVP_PKEY *other = attested_new_ec(curves[i].curve);

		sign(key, curves[i].usual, 0, span_of_text(MESSAGE), &der);
		check_signature(key, other, SIGNATURE_DER, usual, &der);
		check_signature(key, other, SIGNATURE_AUTO, usual, &der);
		sign_raw(key, curves[i].usual, span_of_text(MESSAGE), &raw);
		check_signature(key, other, SIGNATURE_RAW, usual, &raw);
		check_signature(key, other, SIGNATURE_AUTO, usual, &raw);
		sign_raw(key, curves[i].other, span_of_text(MESSAGE), &longer);
		check_signature(key, other, SIGNATURE_RAW,
				curves[i].other_digest, &longer);
		EVP_PKEY_free(key);
		EVP_PKEY_free(other);
	}
}
END_TEST

START_TEST(rsa_and_ed25519_are_verified)
{
	_cleanup_bytes_ struct bytes pss = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes pkcs1 = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes edwards = BYTES_EMPTY;
	EVP_PKEY *rsa = attested_new_rsa(2048);
	EVP_PKEY *other_rsa = attested_new_rsa(2048);
	EVP_PKEY *ed = attested_new_ed25519();
	EVP_PKEY *other_ed = attested_new_ed25519();

	sign(rsa, "SHA512", RSA_PKCS1_PSS_PADDING, span_of_text(MESSAGE), &pss);
	check_signature(rsa, other_rsa, SIGNATURE_PSS, SIGNATURE_SHA512, &pss);
	sign(rsa, "SHA256", RSA_PKCS1_PADDING, span_of_text(MESSAGE), &pkcs1);
	check_signature(rsa, other_rsa, SIGNATURE_PKCS1, SIGNATURE_DIGEST_USUAL,
			&pkcs1);
	ck_assert_int_eq(verify(rsa, SIGNATURE_PSS, SIGNATURE_SHA256,
				span_of_text(MESSAGE), &pkcs1),
			 RESPONSE_E_SIGNATURE_INVALID);
	sign(ed, NULL, 0, span_of_text(MESSAGE), &edwards);
	check_signature(ed, other_ed, SIGNATURE_AUTO, SIGNATURE_DIGEST_USUAL,
			&edwards);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(other_rsa);
	EVP_PKEY_free(ed);
	EVP_PKEY_free(other_ed);
}
END_TEST

/* Go's and Python's libraries take the longest salt, others none. */
START_TEST(pss_has_salts_of_all_lengths)
{
	const int salts[] = { RSA_PSS_SALTLEN_MAX, 0, 20 };
	EVP_PKEY *rsa = attested_new_rsa(2048);
	EVP_PKEY *other = attested_new_rsa(2048);

	for (size_t i = 0; i < ARRAY_SIZE(salts); i++) {
		_cleanup_bytes_ struct bytes pss = BYTES_EMPTY;

		pss_salt = salts[i];
		sign(rsa, "SHA256", RSA_PKCS1_PSS_PADDING,
		     span_of_text(MESSAGE), &pss);
		check_signature(rsa, other, SIGNATURE_PSS,
				SIGNATURE_DIGEST_USUAL, &pss);
	}
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(other);
}
END_TEST

START_TEST(formats_belong_to_keys)
{
	static const struct {
		const char *algorithm;
		enum signature_format format;
		enum signature_digest digest;
	} cases[] = {
		{ "EC", SIGNATURE_PSS, SIGNATURE_DIGEST_USUAL },
		{ "EC", SIGNATURE_PKCS1, SIGNATURE_DIGEST_USUAL },
		{ "RSA", SIGNATURE_AUTO, SIGNATURE_DIGEST_USUAL },
		{ "RSA", SIGNATURE_DER, SIGNATURE_DIGEST_USUAL },
		{ "RSA", SIGNATURE_RAW, SIGNATURE_DIGEST_USUAL },
		{ "ED25519", SIGNATURE_DER, SIGNATURE_DIGEST_USUAL },
		{ "ED25519", SIGNATURE_RAW, SIGNATURE_SHA512 },
		{ "ED25519", SIGNATURE_PSS, SIGNATURE_DIGEST_USUAL },
	};
	_cleanup_bytes_ struct bytes signature = BYTES_EMPTY;
	EVP_PKEY *keys[] = { attested_new_ec("P-256"), attested_new_rsa(2048),
			     attested_new_ed25519() };

	bytes_append_fill(&signature, 1, 64);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t at = cases[i].algorithm[0] == 'R'   ? 1
			    : cases[i].algorithm[1] == 'D' ? 2
							   : 0;

		ck_assert_int_eq(verify(keys[at], cases[i].format,
					cases[i].digest, span_of_text(MESSAGE),
					&signature),
				 RESPONSE_E_SIGNATURE_FORMAT);
	}
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		EVP_PKEY_free(keys[i]);
}
END_TEST

START_TEST(sizes_of_signatures_are_exact)
{
	_cleanup_bytes_ struct bytes raw = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes pss = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes edwards = BYTES_EMPTY;
	EVP_PKEY *rsa = attested_new_rsa(2048);
	EVP_PKEY *ed = attested_new_ed25519();
	const enum signature_digest usual = SIGNATURE_DIGEST_USUAL;

	sign_raw(pair[1], "SHA256", span_of_text(MESSAGE), &raw);
	sign(rsa, "SHA256", RSA_PKCS1_PSS_PADDING, span_of_text(MESSAGE), &pss);
	sign(ed, NULL, 0, span_of_text(MESSAGE), &edwards);
	for (int change = 0; change < 2; change++) {
		raw.size = change == 0 ? 63 : 65;
		bytes_append_byte(&raw, 0);
		raw.size--;
		ck_assert_int_eq(verify(pair[1], SIGNATURE_RAW, usual,
					span_of_text(MESSAGE), &raw),
				 RESPONSE_E_SIGNATURE_SIZE);
		pss.size = change == 0 ? 255 : 257;
		bytes_append_byte(&pss, 0);
		pss.size--;
		ck_assert_int_eq(verify(rsa, SIGNATURE_PSS, usual,
					span_of_text(MESSAGE), &pss),
				 RESPONSE_E_SIGNATURE_SIZE);
	}
	edwards.size = 0;
	ck_assert_int_eq(verify(ed, SIGNATURE_AUTO, usual,
				span_of_text(MESSAGE), &edwards),
			 RESPONSE_E_SIGNATURE_SIZE);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ed);
}
END_TEST

START_TEST(der_has_one_form)
{
	static const uint8_t negative[] = { 0x30, 0x06, 0x02, 0x01,
					    0xff, 0x02, 0x01, 0x01 };
	static const uint8_t long_form[] = { 0x30, 0x81, 0x06, 0x02, 0x01,
					     0x01, 0x02, 0x01, 0x01 };
	static const uint8_t padded[] = { 0x30, 0x07, 0x02, 0x02, 0x00,
					  0x01, 0x02, 0x01, 0x01 };
	const struct span malformed[] = {
		span_of("", 0),
		span_of(long_form, sizeof(long_form)),
		span_of(padded, sizeof(padded)),
		span_of(negative, 4),
	};
	_cleanup_bytes_ struct bytes trailing = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes minus = BYTES_EMPTY;
	const enum signature_digest usual = SIGNATURE_DIGEST_USUAL;

	for (size_t i = 0; i < ARRAY_SIZE(malformed); i++) {
		_cleanup_bytes_ struct bytes bytes = BYTES_EMPTY;

		bytes_append_span(&bytes, malformed[i]);
		ck_assert_int_eq(verify(pair[1], SIGNATURE_DER, usual,
					span_of_text(MESSAGE), &bytes),
				 RESPONSE_E_SIGNATURE_ENCODING);
	}
	sign(pair[1], "SHA256", 0, span_of_text(MESSAGE), &trailing);
	bytes_append_byte(&trailing, 0);
	ck_assert_int_eq(verify(pair[1], SIGNATURE_DER, usual,
				span_of_text(MESSAGE), &trailing),
			 RESPONSE_E_SIGNATURE_ENCODING);
	bytes_append(&minus, negative, sizeof(negative));
	ck_assert_int_ne(verify(pair[1], SIGNATURE_DER, usual,
				span_of_text(MESSAGE), &minus),
			 RESPONSE_OK);
}
END_TEST

/* r = 0 or s = 0 would be a signature of everything to a careless verifier. */
START_TEST(zero_is_no_signature)
{
	_cleanup_bytes_ struct bytes zero = BYTES_EMPTY;

	bytes_append_fill(&zero, 0, 64);
	ck_assert_int_eq(verify(pair[1], SIGNATURE_RAW, SIGNATURE_DIGEST_USUAL,
				span_of_text(MESSAGE), &zero),
			 RESPONSE_E_SIGNATURE_INVALID);
}
END_TEST

static enum response_error judge(const struct response_input *input)
{
	struct response_failure failure;

	return response_verify(library, pair_key, input, &failure);
}

START_TEST(a_claimed_key_is_compared)
{
	_cleanup_bytes_ struct bytes signature = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes spki = BYTES_EMPTY;
	struct response_input input = { .kind = RESPONSE_MESSAGE,
					.message = span_of_text(MESSAGE) };

	sign(pair[1], "SHA256", 0, span_of_text(MESSAGE), &signature);
	attested_append_spki(pair[1], &spki);
	input.signature = bytes_span(&signature);
	ck_assert_int_eq(judge(&input), RESPONSE_OK);
	input.claimed_key = bytes_span(&pair_bytes);
	ck_assert_int_eq(judge(&input), RESPONSE_OK);
	input.claimed_key = bytes_span(&spki);
	ck_assert_int_eq(judge(&input), RESPONSE_OK);
	input.claimed_key = span_of(pair_bytes.data, 65);
	ck_assert_int_eq(judge(&input), RESPONSE_E_KEY_DIFFERENT);
	input.claimed_key = span_of("", 0);
	ck_assert_int_eq(judge(&input), RESPONSE_E_KEY_DIFFERENT);
	input.claimed_key = SPAN_ABSENT;
	input.message = span_of("", 0);
	ck_assert_int_eq(judge(&input), RESPONSE_E_SIZE);
}
END_TEST

/* The encryption half of a pair signs nothing. */
START_TEST(only_the_signing_half_counts)
{
	_cleanup_bytes_ struct bytes signature = BYTES_EMPTY;
	struct response_input input = { .kind = RESPONSE_MESSAGE,
					.message = span_of_text(MESSAGE) };

	sign(pair[0], "SHA256", 0, span_of_text(MESSAGE), &signature);
	input.signature = bytes_span(&signature);
	ck_assert_int_eq(judge(&input), RESPONSE_E_SIGNATURE_INVALID);
}
END_TEST

/* Borsh of a text, written here anew. */
static void put(struct bytes *borsh, struct span text)
{
	bytes_append_byte(borsh, (uint8_t)text.size);
	bytes_append_byte(borsh, (uint8_t)(text.size >> 8));
	bytes_append_byte(borsh, 0);
	bytes_append_byte(borsh, 0);
	bytes_append_span(borsh, text);
}

static json_t *hex_of(struct span bytes)
{
	char *text = hex_dup(bytes);
	json_t *value = json_string(text);

	free(text);
	return value;
}

static json_t *sha256_of(struct span bytes)
{
	uint8_t sha256[SHA256_DIGEST_LENGTH];

	SHA256(bytes.data, bytes.size, sha256);
	return hex_of(span_of(sha256, sizeof(sha256)));
}

static struct span text_of(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return span_of(json_string_value(value), json_string_length(value));
}

/* A payload as today's parsers send it. */
static json_t *new_payload(struct span metadata)
{
	return json_pack("{s:s, s:o, s:o}", "signablePayload", SIGNABLE,
			 "inputPayloadDigest", sha256_of(span_of_text(SENT)),
			 "metadataDigest", sha256_of(metadata));
}

static json_t *sign_borsh(json_t *payload, const struct bytes *borsh)
{
	_cleanup_bytes_ struct bytes signature = BYTES_EMPTY;
	uint8_t message[SHA256_DIGEST_LENGTH];

	SHA256(borsh->data, borsh->size, message);
	sign_raw(pair[1], "SHA256", span_of(message, sizeof(message)),
		 &signature);
	return json_pack("{s:{s:{s:o, s:{s:s, s:o, s:o, s:o}}}}", "response",
			 "parsedTransaction", "payload", payload, "signature",
			 "scheme",
			 "SIGNATURE_SCHEME_TURNKEY_P256_EPHEMERAL_KEY",
			 "publicKey", hex_of(bytes_span(&pair_bytes)),
			 "message", hex_of(span_of(message, sizeof(message))),
			 "signature", hex_of(bytes_span(&signature)));
}

static json_t *new_response(struct span metadata)
{
	_cleanup_bytes_ struct bytes borsh = BYTES_EMPTY;
	json_t *payload = new_payload(metadata);

	put(&borsh, text_of(payload, "signablePayload"));
	put(&borsh, text_of(payload, "inputPayloadDigest"));
	put(&borsh, text_of(payload, "metadataDigest"));
	put(&borsh, text_of(payload, "signablePayload"));
	return sign_borsh(payload, &borsh);
}

static json_t *transaction_of(json_t *response)
{
	return json_object_get(json_object_get(response, "response"),
			       "parsedTransaction");
}

static json_t *member(json_t *response, const char *name)
{
	return json_object_get(transaction_of(response), name);
}

static enum response_error judge_json(enum response_kind kind,
				      const json_t *json,
				      const struct response_input *settings)
{
	struct response_input input = { 0 };
	enum response_error e;
	char *text = json_dumps(json, 0);

	if (settings != NULL)
		input = *settings;
	input.kind = kind;
	input.message = span_of_text(text);
	e = judge(&input);
	free(text);
	return e;
}

static enum response_error judge_visualsign(const json_t *json)
{
	return judge_json(RESPONSE_VISUALSIGN, json, NULL);
}

START_TEST(visualsign_is_verified_at_each_depth)
{
	json_t *response = new_response(NO_METADATA);

	ck_assert_int_eq(judge_visualsign(response), RESPONSE_OK);
	ck_assert_int_eq(
		judge_visualsign(json_object_get(response, "response")),
		RESPONSE_OK);
	ck_assert_int_eq(judge_visualsign(transaction_of(response)),
			 RESPONSE_OK);
	json_decref(response);
}
END_TEST

/* One would be verified, and the reader might take the other. */
START_TEST(several_transactions_are_refused)
{
	static const char *const names[] = { "parsedTransaction", "payload" };
	json_t *response = new_response(NO_METADATA);
	json_t *inner = json_object_get(response, "response");

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		json_object_set_new(response, names[i], json_object());
		ck_assert_int_eq(judge_visualsign(response), RESPONSE_E_FIELD);
		json_object_del(response, names[i]);
	}
	ck_assert_int_eq(judge_visualsign(response), RESPONSE_OK);
	json_object_set_new(inner, "payload", json_object());
	ck_assert_int_eq(judge_visualsign(response), RESPONSE_E_FIELD);
	ck_assert_int_eq(judge_visualsign(inner), RESPONSE_E_FIELD);
	json_decref(response);
}
END_TEST

START_TEST(the_key_of_a_boot_proof_is_compared)
{
	json_t *response = new_response(NO_METADATA);
	json_t *proof = json_object();
	const struct {
		json_t *key;
		enum response_error expected;
	} cases[] = {
		{ hex_of(bytes_span(&pair_bytes)), RESPONSE_OK },
		{ json_null(), RESPONSE_OK },
		{ json_string(""), RESPONSE_OK },
		{ hex_of(span_of(pair_bytes.data, 65)),
		  RESPONSE_E_KEY_DIFFERENT },
		{ json_string("04"), RESPONSE_E_KEY_DIFFERENT },
		{ json_string("4"), RESPONSE_E_FIELD },
		{ json_integer(4), RESPONSE_E_FIELD },
	};

	json_object_set_new(response, "bootProof", proof);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		json_object_set_new(proof, "ephemeralPublicKeyHex",
				    cases[i].key);
		ck_assert_int_eq(judge_visualsign(response), cases[i].expected);
	}
	json_decref(response);
}
END_TEST

/* One member only, as parsers had it until 2026. */
START_TEST(visualsign_of_old_is_verified)
{
	_cleanup_bytes_ struct bytes borsh = BYTES_EMPTY;
	struct response_input input = { .sent_payload = span_of_text(SENT) };
	json_t *response;

	put(&borsh, span_of_text(SIGNABLE));
	response = sign_borsh(json_pack("{s:s}", "signablePayload", SIGNABLE),
			      &borsh);
	ck_assert_int_eq(judge_visualsign(response), RESPONSE_OK);
	/* It does not say which request it answers. */
	ck_assert_int_eq(judge_json(RESPONSE_VISUALSIGN, response, &input),
			 RESPONSE_E_FIELD);
	json_object_set_new(member(response, "payload"), "parsedPayload",
			    json_string(SIGNABLE));
	ck_assert_int_eq(judge_visualsign(response), RESPONSE_E_FIELD);
	json_decref(response);
}
END_TEST

START_TEST(visualsign_signs_its_intermediate_output)
{
	_cleanup_bytes_ struct bytes borsh = BYTES_EMPTY;
	json_t *payload = new_payload(NO_METADATA);
	char text[BASE64_SIZE(3)];
	json_t *response;

	put(&borsh, text_of(payload, "signablePayload"));
	put(&borsh, text_of(payload, "inputPayloadDigest"));
	put(&borsh, text_of(payload, "metadataDigest"));
	put(&borsh, text_of(payload, "signablePayload"));
	put(&borsh, span_of("\0\1\2", 3));
	base64_encode(BASE64_STANDARD, span_of("\0\1\2", 3), text);
	json_object_set_new(payload, "intermediateOutput", json_string(text));
	response = sign_borsh(payload, &borsh);
	ck_assert_int_eq(judge_visualsign(response), RESPONSE_OK);
	json_object_set_new(payload, "intermediateOutput",
			    json_string("AAEC!"));
	ck_assert_int_eq(judge_visualsign(response), RESPONSE_E_FIELD);
	json_object_del(payload, "intermediateOutput");
	ck_assert_int_eq(judge_visualsign(response),
			 RESPONSE_E_MESSAGE_DIFFERENT);
	json_decref(response);
}
END_TEST

/* What the response shows is what is signed: the reference client never looks. */
START_TEST(a_changed_payload_is_refused)
{
	static const char *const names[] = { "signablePayload", "parsedPayload",
					     "inputPayloadDigest",
					     "metadataDigest" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		json_t *response = new_response(NO_METADATA);

		json_object_set_new(member(response, "payload"), names[i],
				    json_string("changed"));
		ck_assert_int_eq(judge_visualsign(response),
				 RESPONSE_E_MESSAGE_DIFFERENT);
		json_decref(response);
	}
}
END_TEST

START_TEST(members_are_texts_and_come_together)
{
	static const char *const digests[] = { "inputPayloadDigest",
					       "metadataDigest" };

	for (size_t i = 0; i < ARRAY_SIZE(digests); i++) {
		json_t *response = new_response(NO_METADATA);

		json_object_del(member(response, "payload"), digests[i]);
		ck_assert_int_eq(judge_visualsign(response), RESPONSE_E_FIELD);
		json_object_set_new(member(response, "payload"), digests[i],
				    json_integer(1));
		ck_assert_int_eq(judge_visualsign(response), RESPONSE_E_FIELD);
		json_decref(response);
	}
}
END_TEST

/* Not as if it were absent, and signablePayload its copy. */
START_TEST(a_number_is_no_payload)
{
	json_t *response = new_response(NO_METADATA);

	json_object_set_new(member(response, "payload"), "parsedPayload",
			    json_integer(1));
	ck_assert_int_eq(judge_visualsign(response), RESPONSE_E_FIELD);
	json_decref(response);
}
END_TEST

START_TEST(the_request_is_compared)
{
	struct response_input input = { .sent_payload = span_of_text(SENT) };
	json_t *without = new_response(NO_METADATA);
	json_t *with = new_response(span_of_text(METADATA));

	ck_assert_int_eq(judge_json(RESPONSE_VISUALSIGN, without, &input),
			 RESPONSE_OK);
	ck_assert_int_eq(judge_json(RESPONSE_VISUALSIGN, with, &input),
			 RESPONSE_E_METADATA_DIFFERENT);
	input.sent_metadata = span_of_text(METADATA);
	ck_assert_int_eq(judge_json(RESPONSE_VISUALSIGN, with, &input),
			 RESPONSE_OK);
	ck_assert_int_eq(judge_json(RESPONSE_VISUALSIGN, without, &input),
			 RESPONSE_E_METADATA_DIFFERENT);
	input.sent_payload = span_of_text("another");
	ck_assert_int_eq(judge_json(RESPONSE_VISUALSIGN, with, &input),
			 RESPONSE_E_INPUT_DIFFERENT);
	json_decref(without);
	json_decref(with);
}
END_TEST

START_TEST(members_of_signatures_are_checked)
{
	static const struct {
		const char *name;
		const char *value;
		enum response_error expected;
	} cases[] = {
		{ "scheme", "SIGNATURE_SCHEME_UNSPECIFIED", RESPONSE_E_SCHEME },
		{ "scheme", NULL, RESPONSE_E_FIELD },
		{ "publicKey", "04", RESPONSE_E_KEY_DIFFERENT },
		{ "publicKey", "", RESPONSE_E_KEY_DIFFERENT },
		{ "publicKey", "4", RESPONSE_E_FIELD },
		{ "publicKey", NULL, RESPONSE_E_FIELD },
		{ "message", "00", RESPONSE_E_MESSAGE_DIFFERENT },
		{ "message", NULL, RESPONSE_E_FIELD },
		{ "signature", "00", RESPONSE_E_SIGNATURE_SIZE },
		{ "signature", "xx", RESPONSE_E_FIELD },
		{ "signature", NULL, RESPONSE_E_FIELD },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		json_t *response = new_response(NO_METADATA);
		json_t *signature = member(response, "signature");

		json_object_set_new(signature, cases[i].name,
				    cases[i].value == NULL
					    ? json_null()
					    : json_string(cases[i].value));
		ck_assert_int_eq(judge_visualsign(response), cases[i].expected);
		json_object_set_new(signature, cases[i].name, json_integer(1));
		ck_assert_int_eq(judge_visualsign(response), RESPONSE_E_FIELD);
		json_decref(response);
	}
}
END_TEST

START_TEST(a_response_signed_by_another_is_refused)
{
	json_t *response = new_response(NO_METADATA);
	EVP_PKEY *own = pair[1];
	json_t *foreign;

	pair[1] = attested_new_ec("P-256");
	foreign = new_response(NO_METADATA);
	/* It names the document's key, but was signed by another. */
	ck_assert_int_eq(judge_visualsign(foreign),
			 RESPONSE_E_SIGNATURE_INVALID);
	EVP_PKEY_free(pair[1]);
	pair[1] = own;
	json_decref(response);
	json_decref(foreign);
}
END_TEST

START_TEST(messages_are_bounded)
{
	_cleanup_bytes_ struct bytes message = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes signature = BYTES_EMPTY;
	struct response_input input = { .kind = RESPONSE_MESSAGE };

	bytes_append_fill(&message, 'x', RESPONSE_MESSAGE_MAX + 1);
	sign(pair[1], "SHA256", 0, bytes_span(&message), &signature);
	input.message = bytes_span(&message);
	input.signature = bytes_span(&signature);
	ck_assert_int_eq(judge(&input), RESPONSE_E_SIZE);
}
END_TEST

START_TEST(p256_is_asked_for)
{
	_cleanup_(attested_key_freep) struct attested_key *key = NULL;
	EVP_PKEY *p384 = attested_new_ec("P-384");
	json_t *response = new_response(NO_METADATA);
	char *text = json_dumps(response, 0);
	const struct response_input input = { .kind = RESPONSE_VISUALSIGN,
					      .message = span_of_text(text) };
	struct response_failure failure;

	key = key_of(p384);
	ck_assert_int_eq(response_verify(library, key, &input, &failure),
			 RESPONSE_E_SCHEME);
	EVP_PKEY_free(p384);
	json_decref(response);
	free(text);
}
END_TEST

START_TEST(what_is_no_json_is_refused)
{
	static const char *const texts[] = { "{",     "[]",
					     "1",     "{\"a\":1,\"a\":1}",
					     "{} {}", "{\"a\":\"\\u0000\"}" };
	_cleanup_bytes_ struct bytes deep = BYTES_EMPTY;
	struct response_input input = { .kind = RESPONSE_VISUALSIGN };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		input.message = span_of_text(texts[i]);
		ck_assert_int_eq(judge(&input), RESPONSE_E_JSON);
	}
	input.message = span_of("{\"a\":1\0}", 8);
	ck_assert_int_eq(judge(&input), RESPONSE_E_JSON);
	input.message = span_of_text("{}");
	ck_assert_int_eq(judge(&input), RESPONSE_E_FIELD);
	input.message = span_of("", 0);
	ck_assert_int_eq(judge(&input), RESPONSE_E_SIZE);
	bytes_append_fill(&deep, '[', RESPONSE_MESSAGE_MAX);
	input.message = bytes_span(&deep);
	ck_assert_int_eq(judge(&input), RESPONSE_E_JSON);
	bytes_append_byte(&deep, '[');
	input.message = bytes_span(&deep);
	ck_assert_int_eq(judge(&input), RESPONSE_E_SIZE);
}
END_TEST

static json_t *new_proof(void)
{
	_cleanup_bytes_ struct bytes signature = BYTES_EMPTY;

	sign_raw(pair[1], "SHA256", span_of_text(MESSAGE), &signature);
	return json_pack("{s:s, s:o, s:s, s:o}", "scheme",
			 "SIGNATURE_SCHEME_EPHEMERAL_KEY_P256", "publicKey",
			 hex_of(bytes_span(&pair_bytes)), "proofPayload",
			 MESSAGE, "signature", hex_of(bytes_span(&signature)));
}

START_TEST(turnkey_proofs_are_verified)
{
	static const struct {
		const char *name;
		const char *value;
		enum response_error expected;
	} cases[] = {
		{ "proofPayload", "other", RESPONSE_E_SIGNATURE_INVALID },
		{ "proofPayload", "", RESPONSE_E_FIELD },
		{ "publicKey", "04", RESPONSE_E_KEY_DIFFERENT },
		{ "scheme", "none", RESPONSE_E_SCHEME },
		{ "signature", "00", RESPONSE_E_SIGNATURE_SIZE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		json_t *proof = new_proof();

		ck_assert_int_eq(
			judge_json(RESPONSE_TURNKEY_PROOF, proof, NULL),
			RESPONSE_OK);
		json_object_set_new(proof, cases[i].name,
				    json_string(cases[i].value));
		ck_assert_int_eq(
			judge_json(RESPONSE_TURNKEY_PROOF, proof, NULL),
			cases[i].expected);
		json_object_del(proof, cases[i].name);
		ck_assert_int_eq(
			judge_json(RESPONSE_TURNKEY_PROOF, proof, NULL),
			RESPONSE_E_FIELD);
		json_decref(proof);
	}
}
END_TEST

START_TEST(a_boot_proof_carries_document_and_envelope)
{
	static const char with[] =
		"{\"bootProof\":{\"awsAttestationDocB64\":\"AAEC\","
		"\"qosManifestEnvelopeB64\":\"AwQ=\"}}";
	static const char *const wrong[] = {
		"{\"bootProof\":{\"awsAttestationDocB64\":\"AAE\"}}",
		"{\"bootProof\":{\"qosManifestEnvelopeB64\":\"AAE\"}}",
	};
	struct response_boot_proof proof = RESPONSE_BOOT_PROOF_EMPTY;
	struct response_failure failure;

	ck_assert_int_eq(
		response_read_boot_proof(span_of_text("{}"), &proof, &failure),
		RESPONSE_OK);
	ck_assert_uint_eq(proof.document.size, 0);
	ck_assert_uint_eq(proof.envelope.size, 0);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		ck_assert_int_eq(
			response_read_boot_proof(span_of_text(wrong[i]), &proof,
						 &failure),
			RESPONSE_E_FIELD);
		ck_assert_int_eq(failure.error, RESPONSE_E_FIELD);
	}
	ck_assert_int_eq(
		response_read_boot_proof(span_of_text(with), &proof, &failure),
		RESPONSE_OK);
	ck_assert(
		span_equal(buffer_span(&proof.document), span_of("\0\1\2", 3)));
	ck_assert(span_equal(buffer_span(&proof.envelope), span_of("\3\4", 2)));
	response_boot_proof_free(proof);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, ecdsa_is_verified_in_both_formats);
	tcase_add_test(tests, rsa_and_ed25519_are_verified);
	tcase_add_test(tests, pss_has_salts_of_all_lengths);
	tcase_add_test(tests, formats_belong_to_keys);
	tcase_add_test(tests, sizes_of_signatures_are_exact);
	tcase_add_test(tests, der_has_one_form);
	tcase_add_test(tests, zero_is_no_signature);
	tcase_add_test(tests, a_claimed_key_is_compared);
	tcase_add_test(tests, only_the_signing_half_counts);
	tcase_add_test(tests, visualsign_is_verified_at_each_depth);
	tcase_add_test(tests, several_transactions_are_refused);
	tcase_add_test(tests, the_key_of_a_boot_proof_is_compared);
	tcase_add_test(tests, visualsign_of_old_is_verified);
	tcase_add_test(tests, visualsign_signs_its_intermediate_output);
	tcase_add_test(tests, a_changed_payload_is_refused);
	tcase_add_test(tests, members_are_texts_and_come_together);
	tcase_add_test(tests, a_number_is_no_payload);
	tcase_add_test(tests, the_request_is_compared);
	tcase_add_test(tests, members_of_signatures_are_checked);
	tcase_add_test(tests, a_response_signed_by_another_is_refused);
	tcase_add_test(tests, messages_are_bounded);
	tcase_add_test(tests, p256_is_asked_for);
	tcase_add_test(tests, what_is_no_json_is_refused);
	tcase_add_test(tests, turnkey_proofs_are_verified);
	tcase_add_test(tests, a_boot_proof_carries_document_and_envelope);
}

UNIT_MAIN("response", add_tests)
