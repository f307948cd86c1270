/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "attest/anchors.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "attest/anchors_private.h"
#include "attest/aws_root.h"
#include "attest/certificate.h"
#include "attest/crypto.h"
#include "attest/pem.h"

struct anchor {
	char label[ATTEST_LABEL_MAX + 1];
	uint8_t der[ATTEST_CERTIFICATE_MAX];
	size_t der_size;
	uint8_t sha256[ATTEST_SHA256_SIZE];
	X509_STORE *store; /* holds this root only */
};

struct anchors {
	struct crypto *crypto;
	struct anchor items[ATTEST_ANCHOR_MAX + 1]; /* AWS and the further */
	size_t count;
};

DEFINE_CLEANUP(X509_STORE *, X509_STORE_free)

enum attest_error anchors_new(struct anchors **ret_anchors)
{
	_cleanup_(anchors_freep) struct anchors *anchors = NULL;
	enum attest_error e;

	anchors = calloc(1, sizeof(*anchors));
	if (anchors == NULL)
		return ATTEST_E_NO_MEMORY;
	e = crypto_new(&anchors->crypto);
	crypto_forget_errors();
	if (e != ATTEST_OK)
		return e;
	*ret_anchors = TAKE_PTR(anchors);
	return ATTEST_OK;
}

void anchors_free(struct anchors *anchors)
{
	if (anchors == NULL)
		return;
	for (size_t i = 0; i < anchors->count; i++)
		X509_STORE_free(anchors->items[i].store);
	crypto_unref(anchors->crypto);
	free(anchors);
}

static bool is_root(const struct certificate *certificate)
{
	return certificate->is_ca && certificate->may_sign_certificates &&
	       span_equal(certificate->issuer_name,
			  certificate->subject_name) &&
	       certificate_is_self_signed(certificate);
}

/* Makes the anchor of a certificate that passed its checks. */
static enum attest_error add_certificate(struct anchors *anchors,
					 const char *label,
					 const struct certificate *certificate)
{
	_cleanup_(X509_STORE_freep) X509_STORE *store = NULL;
	struct anchor *anchor = &anchors->items[anchors->count];
	size_t index;

	if (!is_root(certificate))
		return crypto_failure(ATTEST_E_ROOT_UNSUITABLE);
	if (anchors_find(anchors, certificate->der, &index))
		return ATTEST_E_ROOT_DUPLICATE;
	/* OpenSSL works out the extensions when they are first asked for, and
	 * writes them into the certificate: do it before threads share it. */
	if (X509_check_purpose(certificate->x509, -1, 0) != 1)
		return crypto_failure(ATTEST_E_ROOT_UNSUITABLE);
	store = X509_STORE_new();
	if (store == NULL || X509_STORE_add_cert(store, certificate->x509) != 1)
		return ATTEST_E_NO_MEMORY;
	memcpy(anchor->label, label, strlen(label) + 1);
	memcpy(anchor->der, certificate->der.data, certificate->der.size);
	memcpy(anchor->sha256, certificate->sha256, sizeof(anchor->sha256));
	anchor->der_size = certificate->der.size;
	anchor->store = TAKE_PTR(store);
	anchors->count++;
	return ATTEST_OK;
}

/* `sha256`: the fingerprint that the certificate must have, or absent. */
static enum attest_error add_pem(struct anchors *anchors, const char *label,
				 struct span pem, struct span sha256)
{
	_cleanup_(certificate_deinit) struct certificate certificate = { NULL };
	_cleanup_(pem_block_freep) struct pem_block block = PEM_BLOCK_EMPTY;
	struct attest_failure ignored;
	enum attest_error e;

	if (anchors->count == ARRAY_SIZE(anchors->items))
		return ATTEST_E_ROOT_COUNT;
	e = pem_read_certificate(pem, &block);
	if (e != ATTEST_OK)
		return e;
	if (block.size < 1 || block.size > (long)ATTEST_CERTIFICATE_MAX)
		return ATTEST_E_ROOT_UNSUITABLE;
	e = certificate_init(&certificate, anchors->crypto,
			     span_of(block.data, (size_t)block.size), &ignored);
	if (e != ATTEST_OK)
		return e;
	if (!span_is_absent(sha256) &&
	    !span_equal(sha256, span_of(certificate.sha256,
					sizeof(certificate.sha256))))
		return ATTEST_E_INTERNAL;
	return add_certificate(anchors, label, &certificate);
}

static bool is_label_character(char character)
{
	return (character >= 'a' && character <= 'z') ||
	       (character >= '0' && character <= '9') || character == '.' ||
	       character == '_' || character == '-';
}

static bool label_is_usable(const struct anchors *anchors, const char *label)
{
	size_t length = strlen(label);

	if (length < 1 || length > ATTEST_LABEL_MAX)
		return false;
	for (size_t i = 0; i < length; i++)
		if (!is_label_character(label[i]))
			return false;
	for (size_t i = 0; i < anchors->count; i++)
		if (strcmp(anchors->items[i].label, label) == 0)
			return false;
	return true;
}

enum attest_error anchors_add_aws(struct anchors *anchors)
{
	enum attest_error e;

	if (!label_is_usable(anchors, ANCHORS_AWS_LABEL))
		return ATTEST_E_ROOT_LABEL;
	crypto_forget_errors();
	e = add_pem(anchors, ANCHORS_AWS_LABEL, span_of_text(aws_root_pem),
		    span_of(aws_root_sha256, ATTEST_SHA256_SIZE));
	crypto_leave(anchors->crypto);
	return e;
}

enum attest_error anchors_add_pem(struct anchors *anchors, const char *label,
				  struct span pem)
{
	enum attest_error e;

	if (strcmp(label, ANCHORS_AWS_LABEL) == 0 ||
	    !label_is_usable(anchors, label))
		return ATTEST_E_ROOT_LABEL;
	crypto_forget_errors();
	e = add_pem(anchors, label, pem, SPAN_ABSENT);
	crypto_leave(anchors->crypto);
	return e;
}

size_t anchors_count(const struct anchors *anchors)
{
	return anchors->count;
}

const char *anchors_label(const struct anchors *anchors, size_t index)
{
	return anchors->items[index].label;
}

struct span anchors_fingerprint(const struct anchors *anchors, size_t index)
{
	return span_of(anchors->items[index].sha256, ATTEST_SHA256_SIZE);
}

bool anchors_hold(const struct anchors *anchors, const char *label,
		  struct span fingerprint)
{
	for (size_t i = 0; i < anchors->count; i++)
		if (strcmp(anchors_label(anchors, i), label) == 0 &&
		    span_equal(anchors_fingerprint(anchors, i), fingerprint))
			return true;
	return false;
}

struct crypto *anchors_crypto(const struct anchors *anchors)
{
	return anchors->crypto;
}

bool anchors_find(const struct anchors *anchors, struct span der,
		  size_t *ret_index)
{
	for (size_t i = 0; i < anchors->count; i++) {
		const struct anchor *anchor = &anchors->items[i];

		if (!span_equal(der, span_of(anchor->der, anchor->der_size)))
			continue;
		*ret_index = i;
		return true;
	}
	return false;
}

X509_STORE *anchors_store(const struct anchors *anchors, size_t index)
{
	return anchors->items[index].store;
}
