/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-attest/sign.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "response/login.h"

_Static_assert(LOGIN_NONCE_SIZE == PROMPT_NONCE_SIZE,
	       "the nonce of the prompt is what is signed");

#define KEY_FILE_MAX 16384u

/* What PAM calls the service of whoever shows "(user@host)" before a prompt. */
#define SSH_SERVICE "sshd"

DEFINE_CLEANUP(BIO *, BIO_free)
DEFINE_CLEANUP(EVP_PKEY *, EVP_PKEY_free)
DEFINE_CLEANUP(EVP_MD_CTX *, EVP_MD_CTX_free)

static const char *setting(const char *option, const char *variable)
{
	return option != NULL ? option : secure_getenv(variable);
}

bool sign_is_configured(const struct sign_options *options)
{
	return setting(options->key, "NITRO_SIGN_KEY_FILE") != NULL;
}

/* Instead of asking a person, as OpenSSL would. */
static int no_passphrase(char _unused_ *buffer, int _unused_ size,
			 int _unused_ writing, void _unused_ *context)
{
	return -1;
}

static EVP_PKEY *parse_key(struct span pem)
{
	_cleanup_(BIO_freep) BIO *bio =
		BIO_new_mem_buf(pem.data, (int)pem.size);

	return bio == NULL ? NULL
			   : PEM_read_bio_PrivateKey(bio, NULL, no_passphrase,
						     NULL);
}

static int read_key(const char *path, EVP_PKEY **ret_key)
{
	const struct read_file_limits limits = { .max_size = KEY_FILE_MAX };
	struct buffer pem = BUFFER_EMPTY;
	int r = read_file_at(AT_FDCWD, path, &limits, &pem);

	if (r < 0) {
		warnx("signing key: %s: %s", path, read_file_explain(r));
		return r;
	}
	*ret_key = parse_key(buffer_span(&pem));
	explicit_bzero(pem.data, pem.size);
	buffer_free(pem);
	if (*ret_key != NULL)
		return 0;
	warnx("signing key: %s: It is not one private key in PEM without a "
	      "passphrase.",
	      path);
	return -EINVAL;
}

/* The digest that the daemon expects of such a key; NULL: it has its own. */
static const char *digest_of(const EVP_PKEY *key)
{
	if (EVP_PKEY_is_a(key, "ED25519") == 1)
		return NULL;
	if (EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_bits(key) == 384)
		return "SHA384";
	return "SHA256";
}

static bool set_padding(const EVP_PKEY *key, EVP_PKEY_CTX *context)
{
	return EVP_PKEY_is_a(key, "RSA") != 1 ||
	       (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) ==
			1 &&
		EVP_PKEY_CTX_set_rsa_pss_saltlen(context,
						 RSA_PSS_SALTLEN_DIGEST) == 1);
}

static int sign(EVP_PKEY *key, struct span message,
		struct buffer *ret_signature)
{
	_cleanup_(EVP_MD_CTX_freep) EVP_MD_CTX *context = EVP_MD_CTX_new();
	_cleanup_(buffer_freep) struct buffer signature = BUFFER_EMPTY;
	EVP_PKEY_CTX *parameters;

	signature.size = (size_t)EVP_PKEY_get_size(key);
	signature.data = malloc(signature.size);
	if (context == NULL || signature.data == NULL ||
	    EVP_DigestSignInit_ex(context, &parameters, digest_of(key), NULL,
				  NULL, key, NULL) != 1 ||
	    !set_padding(key, parameters) ||
	    EVP_DigestSign(context, signature.data, &signature.size,
			   message.data, message.size) != 1) {
		warnx("OpenSSL cannot sign with this key.");
		return -EIO;
	}
	*ret_signature = signature;
	signature = BUFFER_EMPTY;
	return 0;
}

/* A name that is not given is known only from OpenSSH's own words. */
static size_t make_message(const struct sign_options *options,
			   const struct prompt *prompt,
			   uint8_t ret_message[static LOGIN_MESSAGE_MAX])
{
	const bool is_ssh = prompt->host[0] != '\0';
	const char *host = setting(options->host, "NITRO_LOGIN_HOST");
	const char *service = setting(options->service, "NITRO_LOGIN_SERVICE");
	const char *user = setting(options->user, "NITRO_LOGIN_USER");
	const struct login login = {
		.host = host != NULL ? host : prompt->host,
		.service = service != NULL ? service
			   : is_ssh	   ? SSH_SERVICE
					   : "",
		.user = user != NULL ? user : prompt->user,
	};

	return login_message(&login, prompt->nonce, ret_message);
}

int sign_login(const struct sign_options *options, const struct prompt *prompt,
	       struct buffer *ret_signature)
{
	_cleanup_(EVP_PKEY_freep) EVP_PKEY *key = NULL;
	uint8_t message[LOGIN_MESSAGE_MAX];
	size_t size = make_message(options, prompt, message);
	int r;

	if (size == 0) {
		warnx("Nobody says which host, service and user the login is "
		      "for: use --login-host, --login-service and "
		      "--login-user.");
		return -EINVAL;
	}
	r = read_key(setting(options->key, "NITRO_SIGN_KEY_FILE"), &key);
	return r < 0 ? r : sign(key, span_of(message, size), ret_signature);
}
