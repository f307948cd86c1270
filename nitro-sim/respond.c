/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-sim/respond.h"

#include <errno.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include "base/base64.h"
#include "base/hex.h"
#include "nitro-sim/keys.h"

#define SHA256_SIZE	  32u
#define P256_SCALAR	  32
#define SIGNATURE_MAX	  1024u
#define VISUALSIGN_SCHEME "SIGNATURE_SCHEME_TURNKEY_P256_EPHEMERAL_KEY"
#define TURNKEY_SCHEME	  "SIGNATURE_SCHEME_EPHEMERAL_KEY_P256"

DEFINE_CLEANUP(EVP_MD_CTX *, EVP_MD_CTX_free)
DEFINE_CLEANUP(ECDSA_SIG *, ECDSA_SIG_free)

/* What the verifier expects of each key; NULL: the key has its own. */
static const char *digest_of(const EVP_PKEY *key)
{
	if (EVP_PKEY_is_a(key, "ED25519") == 1)
		return NULL;
	return EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_bits(key) == 384
		       ? "SHA384"
		       : "SHA256";
}

static bool set_padding(const EVP_PKEY *key, EVP_PKEY_CTX *context)
{
	return EVP_PKEY_is_a(key, "RSA") != 1 ||
	       (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) ==
			1 &&
		EVP_PKEY_CTX_set_rsa_pss_saltlen(context,
						 RSA_PSS_SALTLEN_DIGEST) == 1);
}

static int sign(EVP_PKEY *key, struct span message, struct bytes *signature)
{
	_cleanup_(EVP_MD_CTX_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t made[SIGNATURE_MAX];
	size_t size = sizeof(made);
	EVP_PKEY_CTX *parameters;

	if (context == NULL ||
	    EVP_DigestSignInit_ex(context, &parameters, digest_of(key), NULL,
				  NULL, key, NULL) != 1 ||
	    !set_padding(key, parameters) ||
	    EVP_DigestSign(context, made, &size, message.data, message.size) !=
		    1)
		return -EIO;
	bytes_append(signature, made, size);
	return bytes_ok(signature);
}

int respond_sign(const struct respond_options *options, struct bytes *signature)
{
	return sign(options->key, options->text, signature);
}

/* r || s on P-256, in hexadecimal. */
static json_t *sign_raw(EVP_PKEY *key, struct span message)
{
	_cleanup_bytes_ struct bytes der = BYTES_EMPTY;
	_cleanup_(ECDSA_SIG_freep) ECDSA_SIG *pair = NULL;
	uint8_t raw[2 * P256_SCALAR];
	char hex[HEX_SIZE(sizeof(raw))];
	const unsigned char *next;

	if (EVP_PKEY_is_a(key, "EC") != 1 || EVP_PKEY_get_bits(key) != 256 ||
	    sign(key, message, &der) < 0)
		return NULL;
	next = der.data;
	pair = d2i_ECDSA_SIG(NULL, &next, (long)der.size);
	if (pair == NULL ||
	    BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, P256_SCALAR) < 0 ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + P256_SCALAR,
			 P256_SCALAR) < 0)
		return NULL;
	hex_encode(span_of(raw, sizeof(raw)), hex);
	return json_string(hex);
}

static json_t *hex_of(struct span bytes)
{
	_cleanup_free_ char *text = hex_dup(bytes);

	return text == NULL ? NULL : json_string(text);
}

static bool sha256(struct span bytes, uint8_t ret_digest[static SHA256_SIZE])
{
	return EVP_Digest(bytes.data, bytes.size, ret_digest, NULL,
			  EVP_sha256(), NULL) == 1;
}

/* Borsh: the length as u32 in little-endian order, then the bytes. */
static void put(struct bytes *borsh, struct span field)
{
	for (unsigned i = 0; i < 4; i++)
		bytes_append_byte(borsh, (uint8_t)(field.size >> 8 * i));
	bytes_append_span(borsh, field);
}

/* The digests of the request, and of metadata that there was not. */
struct digests {
	char payload[HEX_SIZE(SHA256_SIZE)];
	char metadata[HEX_SIZE(SHA256_SIZE)];
	uint8_t message[SHA256_SIZE];
};

static bool digest(const struct respond_options *options,
		   struct digests *ret_digests)
{
	_cleanup_bytes_ struct bytes borsh = BYTES_EMPTY;
	uint8_t payload[SHA256_SIZE], metadata[SHA256_SIZE];

	if (!sha256(options->payload, payload) ||
	    !sha256(span_of("", 0), metadata))
		return false;
	hex_encode(span_of(payload, sizeof(payload)), ret_digests->payload);
	hex_encode(span_of(metadata, sizeof(metadata)), ret_digests->metadata);
	put(&borsh, options->text);
	put(&borsh, span_of_text(ret_digests->payload));
	put(&borsh, span_of_text(ret_digests->metadata));
	put(&borsh, options->text);
	return bytes_ok(&borsh) == 0 &&
	       sha256(bytes_span(&borsh), ret_digests->message);
}

static bool add_boot_proof(json_t *response, struct span document)
{
	_cleanup_free_ char *text = NULL;

	if (span_is_absent(document))
		return true;
	text = malloc(BASE64_SIZE(document.size));
	if (text == NULL)
		return false;
	base64_encode(BASE64_STANDARD, document, text);
	return json_object_set_new(
		       response, "bootProof",
		       json_pack("{s:s}", "awsAttestationDocB64", text)) == 0;
}

json_t *respond_visualsign(const struct respond_options *options)
{
	struct digests digests;
	struct span message = span_of(digests.message, sizeof(digests.message));
	json_t *response;

	if (!digest(options, &digests))
		return NULL;
	response = json_pack(
		"{s:{s:{s:{s:s%, s:s, s:s}, s:{s:s, s:o, s:o, s:o}}}}",
		"response", "parsedTransaction", "payload", "signablePayload",
		(const char *)options->text.data, options->text.size,
		"inputPayloadDigest", digests.payload, "metadataDigest",
		digests.metadata, "signature", "scheme", VISUALSIGN_SCHEME,
		"publicKey", hex_of(options->public_key), "message",
		hex_of(message), "signature", sign_raw(options->key, message));
	if (response == NULL || add_boot_proof(response, options->document))
		return response;
	json_decref(response);
	return NULL;
}

json_t *respond_turnkey(const struct respond_options *options)
{
	return json_pack("{s:s, s:o, s:s%, s:o}", "scheme", TURNKEY_SCHEME,
			 "publicKey", hex_of(options->public_key),
			 "proofPayload", (const char *)options->text.data,
			 options->text.size, "signature",
			 sign_raw(options->key, options->text));
}
