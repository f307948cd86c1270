/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-authorized-keys/offer.h"

#include <stdio.h>

#include "base/base64.h"
#include "ssh/certificate.h"

#define REFUSAL_CODE(code, name, sentence, hint) REFUSAL_##code,
enum refusal { OFFER_REFUSAL_TABLE(REFUSAL_CODE) };
#undef REFUSAL_CODE

static const struct row {
	const char *name;
	const char *sentence;
	const char *hint;
} rows[] = {
#define REFUSAL_ROW(code, name, sentence, hint) { name, sentence, hint },
	OFFER_REFUSAL_TABLE(REFUSAL_ROW)
#undef REFUSAL_ROW
};

static bool refuse(enum refusal refusal, const char *detail,
		   struct answer *reterr_answer)
{
	const struct row *row = &rows[refusal];

	answer_refuse(
		reterr_answer, ANSWER_DENIED, row->name,
		&(struct answer_text){ row->sentence, detail, row->hint });
	return false;
}

/* The two words of sshd as the line that they would be in a file. */
static enum ssh_error read_blob(const struct offer_texts *texts,
				struct offer *offer, size_t *ret_size)
{
	char line[SSH_LINE_SIZE(SSH_CERTIFICATE_MAX)];
	int length = snprintf(line, sizeof(line), "%s %s", texts->type,
			      texts->base64);

	if (length < 0 || (size_t)length >= sizeof(line))
		return SSH_E_SIZE;
	/* A blank more would begin a comment. */
	if (strpbrk(texts->type, " \t") != NULL ||
	    strpbrk(texts->base64, " \t") != NULL)
		return SSH_E_LINE;
	return ssh_line_read(span_of(line, (size_t)length), offer->blob_bytes,
			     sizeof(offer->blob_bytes), ret_size);
}

static bool check_certificate(const struct offer *offer, const char *user,
			      uint64_t now, struct answer *reterr_answer)
{
	struct ssh_certificate certificate;
	struct span document;
	enum ssh_error error = ssh_certificate_read(offer->blob, &certificate);

	if (error != SSH_OK)
		return refuse(REFUSAL_UNREADABLE, ssh_error_text(error),
			      reterr_answer);
	error = ssh_certificate_extension(&certificate, SSH_EXTENSION_DOCUMENT,
					  &document);
	if (error == SSH_E_ABSENT)
		return refuse(REFUSAL_NO_DOCUMENT, NULL, reterr_answer);
	if (error != SSH_OK)
		return refuse(REFUSAL_BAD_DOCUMENT, NULL, reterr_answer);
	if (certificate.kind != SSH_CERTIFICATE_USER)
		return refuse(REFUSAL_HOST, NULL, reterr_answer);
	if (!span_equal(certificate.signature_key, offer->key))
		return refuse(REFUSAL_AUTHORITY, NULL, reterr_answer);
	if (!ssh_certificate_has_principal(&certificate, user))
		return refuse(REFUSAL_USER, NULL, reterr_answer);
	if (!ssh_certificate_is_valid_at(&certificate, now))
		return refuse(REFUSAL_TIME, NULL, reterr_answer);
	return true;
}

bool offer_read(const struct offer_texts *texts, uint64_t now,
		struct offer *ret_offer, struct answer *reterr_answer)
{
	struct ssh_key key;
	size_t size;
	enum ssh_error error = read_blob(texts, ret_offer, &size);

	if (error == SSH_OK) {
		ret_offer->blob = span_of(ret_offer->blob_bytes, size);
		error = ssh_key_read_any(ret_offer->blob, &key);
	}
	if (error != SSH_OK)
		return refuse(REFUSAL_UNREADABLE, ssh_error_text(error),
			      reterr_answer);
	size = ssh_key_write(&key, ret_offer->key_bytes);
	ret_offer->key = span_of(ret_offer->key_bytes, size);
	ret_offer->is_certificate = ssh_is_certificate(ret_offer->blob);
	return !ret_offer->is_certificate ||
	       check_certificate(ret_offer, texts->user, now, reterr_answer);
}

bool offer_is_ordinary(const struct offer_texts *texts,
		       const struct answer *answer)
{
	bool is_certificate = strstr(texts->type, "-cert-") != NULL;

	return !is_certificate ||
	       strcmp(answer->reason, rows[REFUSAL_NO_DOCUMENT].name) == 0;
}

/* A certificate is authorized by its authority, which is its own key: the line fits
 * this certificate and others that the same holder of the key makes. */
size_t offer_line(const struct offer *offer,
		  char ret_line[static OFFER_LINE_SIZE])
{
	const char *options = offer->is_certificate ? "cert-authority " : "";
	char key[SSH_LINE_SIZE(SSH_KEY_BLOB_MAX)];

	if (ssh_line_write(offer->key, key) != SSH_OK)
		return 0;
	return (size_t)snprintf(ret_line, OFFER_LINE_SIZE, "%s%s\n", options,
				key);
}
