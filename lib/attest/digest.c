/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "attest/digest.h"

#include "attest/crypto.h"
#include "attest/pem.h"

struct digest {
	struct crypto *crypto;
};

/* What every PCR begins with. */
static const uint8_t zeros[ATTEST_SHA384_SIZE];

enum attest_error digest_new(struct digest **ret_digest)
{
	_cleanup_(digest_freep) struct digest *digest =
		calloc(1, sizeof(*digest));
	enum attest_error e;

	if (digest == NULL)
		return ATTEST_E_NO_MEMORY;
	e = crypto_new(&digest->crypto);
	crypto_forget_errors();
	if (e != ATTEST_OK)
		return e;
	*ret_digest = TAKE_PTR(digest);
	return ATTEST_OK;
}

void digest_free(struct digest *digest)
{
	if (digest == NULL)
		return;
	crypto_unref(digest->crypto);
	free(digest);
}

enum attest_error digest_sha256(const struct digest *digest,
				const struct span *parts, size_t count,
				uint8_t ret_sha256[static ATTEST_SHA256_SIZE])
{
	return crypto_sha256(digest->crypto, parts, count, ret_sha256);
}

enum attest_error digest_sha384(const struct digest *digest,
				const struct span *parts, size_t count,
				uint8_t ret_sha384[static ATTEST_SHA384_SIZE])
{
	return crypto_sha384(digest->crypto, parts, count, ret_sha384);
}

enum attest_error digest_pcr_of_text(const struct digest *digest,
				     struct span text,
				     uint8_t ret_pcr[static ATTEST_SHA384_SIZE])
{
	const struct span parts[] = { span_of(zeros, sizeof(zeros)), text };

	return crypto_sha384(digest->crypto, parts, ARRAY_SIZE(parts), ret_pcr);
}

enum attest_error
digest_pcr_of_content(const struct digest *digest, const struct span *parts,
		      size_t count, uint8_t ret_pcr[static ATTEST_SHA384_SIZE])
{
	uint8_t content[ATTEST_SHA384_SIZE];
	enum attest_error e =
		crypto_sha384(digest->crypto, parts, count, content);

	if (e != ATTEST_OK)
		return e;
	return digest_pcr_of_text(digest, span_of(content, sizeof(content)),
				  ret_pcr);
}

/* A DER certificate is a SEQUENCE (X.690 section 8.9); no PEM text begins with
 * that byte, '0', and a length in the long form. */
static bool looks_like_der(struct span file)
{
	return file.size > 2 && file.data[0] == 0x30 && file.data[1] >= 0x80;
}

static enum attest_error
pcr_of_certificate(const struct digest *digest, struct span file,
		   uint8_t ret_pcr[static ATTEST_SHA384_SIZE])
{
	_cleanup_(pem_block_freep) struct pem_block block = PEM_BLOCK_EMPTY;
	struct span der = file;
	enum attest_error e;

	if (!looks_like_der(file)) {
		e = pem_read_certificate(file, &block);
		if (e != ATTEST_OK)
			return e;
		der = span_of(block.data, (size_t)block.size);
	}
	e = pem_check_der(digest->crypto, der);
	if (e != ATTEST_OK)
		return e;
	return digest_pcr_of_content(digest, &der, 1, ret_pcr);
}

enum attest_error
digest_pcr_of_certificate(const struct digest *digest, struct span file,
			  uint8_t ret_pcr[static ATTEST_SHA384_SIZE])
{
	enum attest_error e;

	crypto_forget_errors();
	e = pcr_of_certificate(digest, file, ret_pcr);
	crypto_forget_errors();
	return e;
}
