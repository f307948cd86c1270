/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-sim/authority.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include "base/read_file.h"

#define SERIAL_SIZE   16u
#define FILE_SIZE_MAX 16384u

/* One writer at a time per directory; a name that is left behind by a crash is
 * replaced by the next run. */
#define PARTIAL_FILE ".nitro-sim.partial"

struct authority {
	struct certificate root;
};

DEFINE_CLEANUP(BIO *, BIO_free_all)
DEFINE_CLEANUP(X509 *, X509_free)
#define _cleanup_bio_ _cleanup_(BIO_free_allp)

static int fill_spec(struct certificate_spec *spec)
{
	uint8_t serial[SERIAL_SIZE];
	int r;

	if (RAND_bytes(serial, sizeof(serial)) != 1)
		return -EIO;
	bytes_set(&spec->serial, span_of(serial, sizeof(serial)));
	r = name_encode(NAME_SHORT, AUTHORITY_COMMON_NAME, &spec->subject);
	if (r < 0)
		return r;
	bytes_append_bytes(&spec->issuer, &spec->subject);
	spec->not_before = AUTHORITY_NOT_BEFORE;
	spec->not_after = AUTHORITY_NOT_AFTER;
	spec->digest = "SHA384";
	spec->basic_constraints = "critical,CA:TRUE";
	spec->key_usage = "critical,digitalSignature,keyCertSign,cRLSign";
	spec->has_subject_key_id = true;
	return 0;
}

int authority_new(struct authority **ret_authority)
{
	_cleanup_authority_ struct authority *authority =
		calloc(1, sizeof(*authority));
	_cleanup_certificate_spec_ struct certificate_spec spec = { 0 };
	_cleanup_certificate_draft_ struct certificate_draft draft = { 0 };
	int r;

	if (authority == NULL)
		return -ENOMEM;
	r = fill_spec(&spec);
	if (r < 0)
		return r;
	r = certificate_draft_fill(&draft, &spec);
	if (r < 0)
		return r;
	r = certificate_finish(&draft, &authority->root);
	if (r < 0)
		return r;

	*ret_authority = TAKE_PTR(authority);
	return 0;
}

void authority_free(struct authority *authority)
{
	if (authority == NULL)
		return;
	certificate_clear(&authority->root);
	free(authority);
}

const struct certificate *authority_root(const struct authority *authority)
{
	return &authority->root;
}

static int append_bio(struct bytes *out, BIO *bio)
{
	char *data;
	long size = BIO_get_mem_data(bio, &data);

	if (size <= 0)
		return -EIO;
	bytes_append(out, data, (size_t)size);
	return bytes_ok(out);
}

int authority_root_pem(const struct authority *authority, struct bytes *pem)
{
	_cleanup_bio_ BIO *bio = BIO_new(BIO_s_mem());

	if (bio == NULL ||
	    PEM_write_bio(bio, PEM_STRING_X509, "", authority->root.der.data,
			  (long)authority->root.der.size) <= 0)
		return -EIO;
	return append_bio(pem, bio);
}

static int key_pem(const struct authority *authority, struct bytes *pem)
{
	_cleanup_bio_ BIO *bio = BIO_new(BIO_s_secmem());

	if (bio == NULL ||
	    PEM_write_bio_PKCS8PrivateKey(bio, authority->root.key, NULL, NULL,
					  0, NULL, NULL) != 1)
		return -EIO;
	return append_bio(pem, bio);
}

static int write_all(int fd, struct span content)
{
	while (content.size > 0) {
		ssize_t written = write(fd, content.data, content.size);

		if (written < 0)
			return -errno;
		content.data += written;
		content.size -= (size_t)written;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* Writes a file under a partial name and gives it its own name when it is whole:
 * link() does not replace a file that exists. */
static int store_file(int dir_fd, const char *name, const struct bytes *content)
{
	_cleanup_close_ int fd = -1;
	int r;

	if (unlinkat(dir_fd, PARTIAL_FILE, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(dir_fd, PARTIAL_FILE,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = write_all(fd, bytes_span(content));
	if (r == 0 && linkat(dir_fd, PARTIAL_FILE, dir_fd, name, 0) < 0)
		r = -errno;
	if (unlinkat(dir_fd, PARTIAL_FILE, 0) < 0 && r == 0)
		r = -errno;
	return r;
}

/* The directory, made if need be. Who may write to it could exchange the root. */
static int open_directory(const char *path, int *ret_fd)
{
	_cleanup_close_ int fd = -1;
	struct stat status;

	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) < 0)
		return -errno;
	if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return -EPERM;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int authority_store(const struct authority *authority, const char *path)
{
	_cleanup_close_ int dir_fd = -1;
	_cleanup_bytes_ struct bytes root = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes key = BYTES_EMPTY;
	int r;

	r = authority_root_pem(authority, &root);
	if (r < 0)
		return r;
	r = key_pem(authority, &key);
	if (r < 0)
		return r;
	r = open_directory(path, &dir_fd);
	if (r < 0)
		return r;
	if (faccessat(dir_fd, AUTHORITY_ROOT_FILE, F_OK, AT_SYMLINK_NOFOLLOW) ==
	    0)
		return -EEXIST;
	r = store_file(dir_fd, AUTHORITY_KEY_FILE, &key);
	if (r < 0)
		return r;
	r = store_file(dir_fd, AUTHORITY_ROOT_FILE, &root);
	if (r < 0)
		return r;
	return fsync(dir_fd) < 0 ? -errno : 0;
}

/* The private key belongs to this user alone. */
static int check_private(int dir_fd)
{
	struct stat status;

	if (fstatat(dir_fd, AUTHORITY_KEY_FILE, &status, AT_SYMLINK_NOFOLLOW) <
	    0)
		return -errno;
	return (status.st_mode & (S_IRWXG | S_IRWXO)) != 0 ? -EPERM : 0;
}

static int read_pem(int dir_fd, const char *name, BIO **ret_bio)
{
	const struct read_file_limits limits = { .max_size = FILE_SIZE_MAX,
						 .trusted = true,
						 .owner = geteuid() };
	_cleanup_(buffer_freep) struct buffer content = BUFFER_EMPTY;
	_cleanup_bio_ BIO *bio = BIO_new(BIO_s_secmem());
	int r;

	r = read_file_at(dir_fd, name, &limits, &content);
	if (r < 0)
		return r;
	if (bio == NULL || (content.size > 0 &&
			    BIO_write(bio, content.data, (int)content.size) !=
				    (int)content.size))
		return -ENOMEM;
	*ret_bio = TAKE_PTR(bio);
	return 0;
}

static int take_root(struct certificate *root, BIO *certificate_pem,
		     BIO *key_pem_text)
{
	_cleanup_(X509_freep) X509 *parsed = NULL;
	uint8_t *der = NULL;
	int size;

	parsed = PEM_read_bio_X509(certificate_pem, NULL, NULL, NULL);
	root->key = PEM_read_bio_PrivateKey(key_pem_text, NULL, NULL, NULL);
	if (parsed == NULL || root->key == NULL ||
	    X509_check_private_key(parsed, root->key) != 1)
		return -EBADMSG;

	size = i2d_X509(parsed, &der);
	if (size <= 0)
		return -EIO;
	bytes_append(&root->der, der, (size_t)size);
	OPENSSL_free(der);
	der = NULL;
	size = i2d_X509_NAME(X509_get_subject_name(parsed), &der);
	if (size <= 0)
		return -EIO;
	bytes_append(&root->subject, der, (size_t)size);
	OPENSSL_free(der);
	return root->subject.failed ? -ENOMEM : bytes_ok(&root->der);
}

int authority_load(const char *path, struct authority **ret_authority)
{
	_cleanup_authority_ struct authority *authority =
		calloc(1, sizeof(*authority));
	_cleanup_bio_ BIO *certificate_pem = NULL;
	_cleanup_bio_ BIO *key_pem_text = NULL;
	_cleanup_close_ int dir_fd = -1;
	int r;

	if (authority == NULL)
		return -ENOMEM;
	dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0)
		return -errno;
	r = check_private(dir_fd);
	if (r < 0)
		return r;
	r = read_pem(dir_fd, AUTHORITY_KEY_FILE, &key_pem_text);
	if (r < 0)
		return r;
	r = read_pem(dir_fd, AUTHORITY_ROOT_FILE, &certificate_pem);
	if (r < 0)
		return r;
	r = take_root(&authority->root, certificate_pem, key_pem_text);
	if (r < 0)
		return r;

	*ret_authority = TAKE_PTR(authority);
	return 0;
}

const char *authority_explain(int error)
{
	switch (-error) {
	case EEXIST:
		return "it already holds " AUTHORITY_ROOT_FILE
		       " or " AUTHORITY_KEY_FILE
		       "; choose another directory, or remove both";
	case EPERM:
		return "others may read the key or write there; give the "
		       "directory mode 0700 and the files mode 0600";
	case EACCES:
		return "no permission, or a file belongs to another user; run "
		       "this as the user who ran 'nitro-sim init'";
	case ENOENT:
		return "there is no authority; make one with 'nitro-sim init "
		       "DIR'";
	case EBADMSG:
		return AUTHORITY_ROOT_FILE " and " AUTHORITY_KEY_FILE
					   " are damaged or do not belong "
					   "together; make a new authority";
	default:
		return strerror(-error);
	}
}
