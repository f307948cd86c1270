/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "seal/seal.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/objects.h>
#include <openssl/pem.h>

#include "seal/recipient.h"

DEFINE_CLEANUP(CMS_ContentInfo *, CMS_ContentInfo_free)
DEFINE_CLEANUP(EVP_CIPHER *, EVP_CIPHER_free)
DEFINE_CLEANUP(EVP_PKEY *, EVP_PKEY_free)
DEFINE_CLEANUP(BIO *, BIO_free_all)

/* The secret goes straight into the cipher: CMS_encrypt() would pass it through
 * buffers that nobody wipes. */
static enum key_error encrypt(CMS_ContentInfo *cms, struct span plaintext)
{
	_cleanup_(BIO_free_allp) BIO *cipher = NULL;

	if (CMS_set_detached(cms, 0) != 1)
		return key_failure(KEY_E_NO_MEMORY);
	cipher = CMS_dataInit(cms, NULL);
	if (cipher == NULL)
		return key_failure(KEY_E_INTERNAL);
	if (BIO_write(cipher, plaintext.data, (int)plaintext.size) !=
		    (int)plaintext.size ||
	    BIO_flush(cipher) != 1 || CMS_dataFinal(cms, cipher) != 1)
		return key_failure(KEY_E_INTERNAL);
	return KEY_OK;
}

static enum key_error write_der(CMS_ContentInfo *cms, struct buffer *ret_sealed)
{
	_cleanup_free_ unsigned char *der = NULL;
	int size = i2d_CMS_ContentInfo(cms, NULL);
	unsigned char *end;

	if (size <= 0 || (size_t)size > SEAL_SIZE_MAX)
		return key_failure(KEY_E_INTERNAL);
	end = der = malloc((size_t)size);
	if (der == NULL)
		return KEY_E_NO_MEMORY;
	if (i2d_CMS_ContentInfo(cms, &end) != size)
		return key_failure(KEY_E_INTERNAL);
	*ret_sealed = (struct buffer){ TAKE_PTR(der), (size_t)size };
	return KEY_OK;
}

static enum key_error seal_to(const struct key_library *library,
			      const struct public_key *key,
			      struct span plaintext, struct buffer *ret_sealed)
{
	OSSL_LIB_CTX *context = crypto_library(library->crypto);
	_cleanup_(EVP_CIPHER_freep) EVP_CIPHER *cipher =
		EVP_CIPHER_fetch(context, "AES-256-CBC", NULL);
	_cleanup_(CMS_ContentInfo_freep) CMS_ContentInfo *cms = NULL;
	enum key_error e;

	if (cipher == NULL)
		return key_failure(KEY_E_INTERNAL);
	cms = CMS_EnvelopedData_create_ex(cipher, context, NULL);
	if (cms == NULL)
		return key_failure(KEY_E_INTERNAL);
	e = recipient_add(library, key, cms);
	if (e == KEY_OK)
		e = encrypt(cms, plaintext);
	if (e == KEY_OK)
		e = recipient_write_as_kms(cms);
	if (e == KEY_OK)
		e = write_der(cms, ret_sealed);
	return e;
}

enum key_error seal(const struct key_library *library,
		    const struct attested_key *key, struct span plaintext,
		    struct buffer *ret_sealed)
{
	const struct public_key *to = attested_key_for_encryption(key);
	enum key_error e;

	if (to->algorithm == KEY_ALGORITHM_ED25519)
		return KEY_E_SIGNS_ONLY;
	if (plaintext.size == 0 || plaintext.size > SEAL_PLAINTEXT_MAX)
		return KEY_E_SEAL_SIZE;
	e = seal_to(library, to, plaintext, ret_sealed);
	ERR_clear_error();
	return e;
}

/* Instead of asking a person, as OpenSSL would. */
static int no_passphrase(char _unused_ *buffer, int _unused_ size,
			 int _unused_ writing, void _unused_ *context)
{
	return -1;
}

static enum key_error read_private_key(const struct key_library *library,
				       struct span pem, EVP_PKEY **ret_key)
{
	_cleanup_(EVP_PKEY_freep) EVP_PKEY *key = NULL;
	_cleanup_(BIO_free_allp) BIO *bio = NULL;

	if (pem.size == 0 || pem.size > INT_MAX)
		return KEY_E_PRIVATE_KEY;
	bio = BIO_new_mem_buf(pem.data, (int)pem.size);
	if (bio == NULL)
		return KEY_E_NO_MEMORY;
	key = PEM_read_bio_PrivateKey_ex(bio, NULL, no_passphrase, NULL,
					 crypto_library(library->crypto), NULL);
	if (key == NULL)
		return key_failure(KEY_E_PRIVATE_KEY);
	if (EVP_PKEY_is_a(key, "RSA") != 1 && EVP_PKEY_is_a(key, "EC") != 1)
		return KEY_E_PRIVATE_KEY;
	*ret_key = TAKE_PTR(key);
	return KEY_OK;
}

static enum key_error read_sealed(const struct key_library *library,
				  struct span sealed, CMS_ContentInfo **ret_cms)
{
	_cleanup_(CMS_ContentInfo_freep) CMS_ContentInfo *cms =
		CMS_ContentInfo_new_ex(crypto_library(library->crypto), NULL);
	const unsigned char *next = sealed.data;
	enum key_error e;

	if (cms == NULL)
		return KEY_E_NO_MEMORY;
	if (d2i_CMS_ContentInfo(&cms, &next, (long)sealed.size) == NULL)
		return key_failure(KEY_E_SEALED_FORM);
	if (next != sealed.data + sealed.size ||
	    OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_enveloped)
		return KEY_E_SEALED_FORM;
	e = recipients_check(cms);
	if (e == KEY_OK)
		*ret_cms = TAKE_PTR(cms);
	return e;
}

static bool is_aes_256_cbc(BIO *cipher)
{
	EVP_CIPHER_CTX *context = NULL;

	return BIO_get_cipher_ctx(cipher, &context) == 1 && context != NULL &&
	       EVP_CIPHER_CTX_get_nid(context) == NID_aes_256_cbc;
}

static enum key_error decrypt(CMS_ContentInfo *cms, EVP_PKEY *key, size_t room,
			      uint8_t *plaintext, size_t *ret_size)
{
	_cleanup_(BIO_free_allp) BIO *cipher = NULL;
	size_t size = 0;
	int count;

	/* Without a certificate OpenSSL tries all recipients, and goes on with
	 * a random AES key when none fits: the padding then fails. */
	if (CMS_decrypt_set1_pkey(cms, key, NULL) != 1)
		return key_failure(KEY_E_SEALED_RECIPIENT);
	cipher = CMS_dataInit(cms, NULL);
	if (cipher == NULL)
		return key_failure(KEY_E_SEALED_FORM);
	if (!is_aes_256_cbc(cipher))
		return KEY_E_SEALED_ALGORITHM;
	while (size < room && (count = BIO_read(cipher, plaintext + size,
						(int)(room - size))) > 0)
		size += (size_t)count;
	if (BIO_get_cipher_status(cipher) != 1 || size == 0)
		return key_failure(KEY_E_SEALED_RECIPIENT);
	*ret_size = size;
	return KEY_OK;
}

enum key_error unseal(const struct key_library *library,
		      struct span private_key_pem, struct span sealed,
		      uint8_t *plaintext, size_t *ret_size)
{
	_cleanup_(EVP_PKEY_freep) EVP_PKEY *key = NULL;
	_cleanup_(CMS_ContentInfo_freep) CMS_ContentInfo *cms = NULL;
	enum key_error e;

	if (sealed.size == 0 || sealed.size > SEAL_SIZE_MAX)
		return KEY_E_SEAL_SIZE;
	e = read_private_key(library, private_key_pem, &key);
	if (e == KEY_OK)
		e = read_sealed(library, sealed, &cms);
	if (e == KEY_OK)
		e = decrypt(cms, key, sealed.size, plaintext, ret_size);
	ERR_clear_error();
	return e;
}
