/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "attest/pem.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

DEFINE_CLEANUP(BIO *, BIO_free)
DEFINE_CLEANUP(X509 *, X509_free)

void pem_block_free(struct pem_block block)
{
	OPENSSL_free(block.name);
	OPENSSL_free(block.header);
	OPENSSL_clear_free(block.data, block.data == NULL ? 0 : block.size);
}

enum attest_error pem_read_certificate(struct span pem,
				       struct pem_block *ret_block)
{
	_cleanup_(pem_block_freep) struct pem_block block = PEM_BLOCK_EMPTY;
	_cleanup_(pem_block_freep) struct pem_block more = PEM_BLOCK_EMPTY;
	_cleanup_(BIO_freep) BIO *bio = NULL;

	if (pem.size == 0 || pem.size > INT_MAX)
		return ATTEST_E_ROOT_FILE;
	bio = BIO_new_mem_buf(pem.data, (int)pem.size);
	if (bio == NULL)
		return ATTEST_E_NO_MEMORY;
	if (PEM_read_bio(bio, &block.name, &block.header, &block.data,
			 &block.size) != 1)
		return crypto_failure(ATTEST_E_ROOT_FILE);
	if (strcmp(block.name, PEM_STRING_X509) != 0 || block.header[0] != '\0')
		return ATTEST_E_ROOT_FILE;
	if (PEM_read_bio(bio, &more.name, &more.header, &more.data,
			 &more.size) == 1 ||
	    ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		return crypto_failure(ATTEST_E_ROOT_FILE);
	*ret_block = block;
	block = PEM_BLOCK_EMPTY;
	return ATTEST_OK;
}

enum attest_error pem_check_der(const struct crypto *crypto, struct span der)
{
	_cleanup_(X509_freep) X509 *certificate =
		X509_new_ex(crypto_library(crypto), NULL);
	const unsigned char *end = der.data;

	if (certificate == NULL)
		return ATTEST_E_NO_MEMORY;
	if (der.size > LONG_MAX)
		return ATTEST_E_CERTIFICATE_ENCODING;
	if (d2i_X509(&certificate, &end, (long)der.size) == NULL ||
	    end != der.data + der.size)
		return crypto_failure(ATTEST_E_CERTIFICATE_ENCODING);
	return ATTEST_OK;
}
