/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "attest/chain.h"

#include <inttypes.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "attest/anchors_private.h"
#include "attest/chain_cache_private.h"
#include "attest/crypto.h"
#include "attest/failure.h"
#include "base/time_text.h"

#define PLACE_SIZE 100

DEFINE_CLEANUP(X509_STORE_CTX *, X509_STORE_CTX_free)
DEFINE_CLEANUP(STACK_OF(X509) *, sk_X509_free)

/* Refuses the certificate at `index`, with its place and subject. */
static enum attest_error refuse(const struct chain *chain, size_t index,
				enum attest_error error, const char *expected,
				struct attest_failure *failure)
{
	return failure_set(failure, error, expected,
			   "certificate %zu of %zu: %s", index + 1,
			   chain->count, chain->certificates[index].subject);
}

static enum attest_error refuse_root(const struct anchors *anchors,
				     struct span first,
				     struct attest_failure *failure)
{
	char text[HEX_SIZE(ATTEST_SHA256_SIZE)];
	uint8_t sha256[ATTEST_SHA256_SIZE];
	enum attest_error e;

	e = crypto_sha256(anchors_crypto(anchors), &first, 1, sha256);
	if (e != ATTEST_OK)
		return failure_plain(failure, e);
	hex_encode(span_of(sha256, sizeof(sha256)), text);
	return failure_set(failure, ATTEST_E_ROOT_UNTRUSTED,
			   "the SHA-256 of a trusted root", "%s", text);
}

static size_t chain_size(const struct document *document)
{
	return document->bundle_count + 1;
}

static struct span certificate_der(const struct document *document,
				   size_t index)
{
	return index < document->bundle_count ? document->bundle[index]
					      : document->certificate;
}

/* One digest for the whole chain, leaf included. Lengths go in front, so that no
 * two lists of certificates make the same input. */
static enum attest_error
digest_chain(const struct anchors *anchors, const struct document *document,
	     uint8_t ret_digest[static ATTEST_SHA256_SIZE])
{
	struct span parts[2 * ATTEST_CHAIN_MAX];
	uint8_t lengths[ATTEST_CHAIN_MAX][2];

	for (size_t i = 0; i < chain_size(document); i++) {
		struct span der = certificate_der(document, i);

		lengths[i][0] = (uint8_t)(der.size >> 8);
		lengths[i][1] = (uint8_t)der.size;
		parts[2 * i] = span_of(lengths[i], sizeof(lengths[i]));
		parts[2 * i + 1] = der;
	}
	return crypto_sha256(anchors_crypto(anchors), parts,
			     2 * chain_size(document), ret_digest);
}

static enum attest_error read_certificates(struct chain *chain,
					   const struct document *document,
					   struct attest_failure *failure)
{
	char place[PLACE_SIZE];
	enum attest_error e;

	chain->not_after = INT64_MAX;
	for (size_t i = 0; i < chain_size(document); i++) {
		struct certificate *certificate = &chain->certificates[i];

		e = certificate_init(certificate,
				     anchors_crypto(chain->anchors),
				     certificate_der(document, i), failure);
		if (e != ATTEST_OK) {
			snprintf(place, sizeof(place), "certificate %zu of %zu",
				 i + 1, chain_size(document));
			failure_locate(failure, place);
			return e;
		}
		chain->count++;
		if (certificate->not_after < chain->not_after)
			chain->not_after = certificate->not_after;
	}
	return ATTEST_OK;
}

enum attest_error chain_load(const struct anchors *anchors,
			     const struct chain_cache *cache,
			     const struct document *document,
			     struct chain **ret_chain,
			     struct attest_failure *reterr_failure)
{
	_cleanup_(chain_unrefp) struct chain *chain = NULL;
	uint8_t digest[ATTEST_SHA256_SIZE];
	enum attest_error e;
	size_t root;

	if (!anchors_find(anchors, document->bundle[0], &root))
		return refuse_root(anchors, document->bundle[0],
				   reterr_failure);
	e = digest_chain(anchors, document, digest);
	if (e != ATTEST_OK)
		return failure_plain(reterr_failure, e);
	if (cache != NULL) {
		chain = chain_cache_find(cache, anchors, digest);
		if (chain != NULL) {
			*ret_chain = TAKE_PTR(chain);
			return ATTEST_OK;
		}
	}
	chain = calloc(1, sizeof(*chain));
	if (chain == NULL)
		return failure_plain(reterr_failure, ATTEST_E_NO_MEMORY);
	chain->references = 1;
	chain->crypto = crypto_ref(anchors_crypto(anchors));
	chain->anchors = anchors;
	chain->root = root;
	memcpy(chain->digest, digest, sizeof(digest));
	e = read_certificates(chain, document, reterr_failure);
	if (e == ATTEST_OK)
		*ret_chain = TAKE_PTR(chain);
	return e;
}

struct chain *chain_ref(struct chain *chain)
{
	chain->references++;
	return chain;
}

void chain_unref(struct chain *chain)
{
	if (chain == NULL || --chain->references > 0)
		return;
	for (size_t i = 0; i < chain->count; i++)
		certificate_deinit(&chain->certificates[i]);
	crypto_unref(chain->crypto);
	free(chain);
}

const struct certificate *chain_leaf(const struct chain *chain)
{
	return &chain->certificates[chain->count - 1];
}

static enum attest_error check_repetition(const struct chain *chain,
					  size_t index,
					  struct attest_failure *failure)
{
	for (size_t i = 0; i < index; i++)
		if (span_equal(chain->certificates[i].der,
			       chain->certificates[index].der))
			return refuse(chain, index, ATTEST_E_CHAIN_REPEATED,
				      "each certificate once", failure);
	return ATTEST_OK;
}

/* RFC 5280 section 6.1.3 (a)(4): by the bytes of the names. */
static enum attest_error check_issuer(const struct chain *chain, size_t index,
				      struct attest_failure *failure)
{
	const struct certificate *issuer = &chain->certificates[index - 1];
	char expected[ATTEST_DETAIL_SIZE];

	if (span_equal(chain->certificates[index].issuer_name,
		       issuer->subject_name))
		return ATTEST_OK;
	snprintf(expected, sizeof(expected), "issued by %.240s",
		 issuer->subject);
	return refuse(chain, index, ATTEST_E_CHAIN_ORDER, expected, failure);
}

/* RFC 5280 section 6.1.4 (k) to (n). Every CA below counts for the path length,
 * self-issued ones too: AWS has none. */
static enum attest_error check_ca(const struct chain *chain, size_t index,
				  struct attest_failure *failure)
{
	const struct certificate *ca = &chain->certificates[index];
	size_t authorities_below = chain->count - 2 - index;
	char expected[96];

	if (!ca->is_ca)
		return refuse(chain, index, ATTEST_E_CHAIN_CA, "a CA", failure);
	if (!ca->may_sign_certificates)
		return refuse(chain, index, ATTEST_E_CHAIN_KEY_USAGE,
			      "keyUsage with keyCertSign", failure);
	if (ca->path_length >= authorities_below)
		return ATTEST_OK;
	snprintf(expected, sizeof(expected),
		 "a path length of %zu or more, not %" PRIu64,
		 authorities_below, ca->path_length);
	return refuse(chain, index, ATTEST_E_CHAIN_PATH_LENGTH, expected,
		      failure);
}

static enum attest_error check_leaf(const struct chain *chain,
				    struct attest_failure *failure)
{
	size_t index = chain->count - 1;

	if (chain->certificates[index].is_ca)
		return refuse(chain, index, ATTEST_E_LEAF_CA, "no CA", failure);
	if (!chain->certificates[index].may_sign_data)
		return refuse(chain, index, ATTEST_E_LEAF_KEY_USAGE,
			      "keyUsage with digitalSignature", failure);
	return ATTEST_OK;
}

enum attest_error chain_check_links(const struct chain *chain,
				    struct attest_failure *reterr_failure)
{
	enum attest_error e = ATTEST_OK;

	if (chain->is_verified)
		return ATTEST_OK;
	for (size_t i = 1; i < chain->count && e == ATTEST_OK; i++)
		e = check_repetition(chain, i, reterr_failure);
	for (size_t i = 1; i < chain->count && e == ATTEST_OK; i++)
		e = check_issuer(chain, i, reterr_failure);
	for (size_t i = 0; i + 1 < chain->count && e == ATTEST_OK; i++)
		e = check_ca(chain, i, reterr_failure);
	if (e == ATTEST_OK)
		e = check_leaf(chain, reterr_failure);
	return e;
}

static enum attest_error refuse_time(const struct chain *chain, size_t index,
				     enum attest_error error, int64_t now_ms,
				     struct attest_failure *failure)
{
	const struct certificate *certificate = &chain->certificates[index];
	char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE], now[TIME_TEXT_SIZE];
	char expected[2 * TIME_TEXT_SIZE + 8];

	time_format(certificate->not_before * MSEC_PER_SEC, from);
	time_format(certificate->not_after * MSEC_PER_SEC, to);
	time_format(now_ms, now);
	snprintf(expected, sizeof(expected), "%s to %s", from, to);
	return failure_set(failure, error, expected,
			   "judged at %s; certificate %zu of %zu: %s", now,
			   index + 1, chain->count, certificate->subject);
}

/* RFC 5280 section 4.1.2.5: notBefore through notAfter, inclusive. OpenSSL takes
 * the second of notAfter for expired, so its own check is switched off below. */
enum attest_error chain_check_validity(const struct chain *chain,
				       int64_t now_ms,
				       struct attest_failure *reterr_failure)
{
	for (size_t i = 0; i < chain->count; i++) {
		const struct certificate *certificate = &chain->certificates[i];

		if (now_ms < certificate->not_before * MSEC_PER_SEC)
			return refuse_time(chain, i,
					   ATTEST_E_CERTIFICATE_NOT_YET_VALID,
					   now_ms, reterr_failure);
		if (now_ms >= (certificate->not_after + 1) * MSEC_PER_SEC)
			return refuse_time(chain, i,
					   ATTEST_E_CERTIFICATE_EXPIRED, now_ms,
					   reterr_failure);
	}
	return ATTEST_OK;
}

/* The path that OpenSSL built is our chain, certificate by certificate. */
static bool is_same_path(const struct chain *chain, const STACK_OF(X509) * path)
{
	if (sk_X509_num(path) != (int)chain->count)
		return false;
	for (size_t i = 0; i < chain->count; i++) {
		const struct certificate *certificate =
			&chain->certificates[chain->count - 1 - i];

		if (X509_cmp(sk_X509_value(path, (int)i), certificate->x509) !=
		    0)
			return false;
	}
	return true;
}

static enum attest_error refuse_path(const struct chain *chain,
				     const X509_STORE_CTX *context,
				     struct attest_failure *failure)
{
	int error = X509_STORE_CTX_get_error(context);
	int depth = X509_STORE_CTX_get_error_depth(context);
	enum attest_error e = crypto_failure(ATTEST_E_PATH_INVALID);

	if (error == X509_V_ERR_OUT_OF_MEM)
		e = ATTEST_E_NO_MEMORY;
	if (e != ATTEST_E_PATH_INVALID)
		return failure_plain(failure, e);
	if (depth < 0 || (size_t)depth >= chain->count)
		depth = 0;
	failure_set(failure, e, "a path whose signatures hold",
		    "certificate %zu of %zu, %s", chain->count - (size_t)depth,
		    chain->count, X509_verify_cert_error_string(error));
	return e;
}

/* Trusts the root alone; the other authorities are merely candidates. */
static enum attest_error verify_path(const struct chain *chain,
				     struct attest_failure *failure)
{
	const struct crypto *crypto = anchors_crypto(chain->anchors);
	_cleanup_(X509_STORE_CTX_freep) X509_STORE_CTX *context =
		X509_STORE_CTX_new_ex(crypto_library(crypto), NULL);
	_cleanup_(sk_X509_freep) STACK_OF(X509) *authorities =
		sk_X509_new_null();
	X509_VERIFY_PARAM *parameters;

	if (context == NULL || authorities == NULL)
		return failure_plain(failure, ATTEST_E_NO_MEMORY);
	for (size_t i = 1; i + 1 < chain->count; i++)
		if (sk_X509_push(authorities, chain->certificates[i].x509) < 1)
			return failure_plain(failure, ATTEST_E_NO_MEMORY);
	if (X509_STORE_CTX_init(context,
				anchors_store(chain->anchors, chain->root),
				chain_leaf(chain)->x509, authorities) != 1)
		return failure_plain(failure, ATTEST_E_NO_MEMORY);
	parameters = X509_STORE_CTX_get0_param(context);
	if (X509_VERIFY_PARAM_set_flags(parameters,
					X509_V_FLAG_NO_CHECK_TIME) != 1 ||
	    X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_ANY) != 1)
		return failure_plain(failure, ATTEST_E_INTERNAL);
	X509_VERIFY_PARAM_set_depth(parameters, ATTEST_CHAIN_MAX);
	if (X509_verify_cert(context) != 1)
		return refuse_path(chain, context, failure);
	if (!is_same_path(chain, X509_STORE_CTX_get0_chain(context)))
		return failure_set(failure, ATTEST_E_PATH_INVALID,
				   "the path of the bundle", "another path");
	return ATTEST_OK;
}

enum attest_error chain_check_path(struct chain *chain,
				   struct chain_cache *cache, int64_t now_ms,
				   struct attest_failure *reterr_failure)
{
	enum attest_error e;

	if (chain->is_verified)
		return ATTEST_OK;
	e = verify_path(chain, reterr_failure);
	if (e != ATTEST_OK)
		return e;
	chain->is_verified = true;
	/* The views into the document end here; the cache outlives it. */
	for (size_t i = 0; i < chain->count; i++)
		chain->certificates[i].der = SPAN_ABSENT;
	if (cache != NULL)
		chain_cache_add(cache, chain, now_ms / MSEC_PER_SEC);
	return ATTEST_OK;
}
