/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-attest/store.h"

#include "base/cleanup.h"
#include "base/hex.h"
#include "nitro-attest/output.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

/* Entries of the directory that one sweep looks at. */
#define SWEEP_MAX 4096

#define NAME_SIZE HEX_SIZE(PROMPT_NONCE_SIZE)

static bool is_own_directory(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode) &&
	       status.st_uid == geteuid();
}

static int choose_path(char ret_path[static PATH_MAX])
{
	const char *runtime = secure_getenv("XDG_RUNTIME_DIR");
	unsigned user = (unsigned)geteuid();
	char standard[64];
	int length;

	snprintf(standard, sizeof(standard), "/run/user/%u", user);
	/* A relative value is to be ignored, says the XDG specification. */
	if (runtime != NULL && runtime[0] == '/')
		length = snprintf(ret_path, PATH_MAX, "%s/nitro-attest",
				  runtime);
	else if (is_own_directory(standard))
		length = snprintf(ret_path, PATH_MAX, "%s/nitro-attest",
				  standard);
	else
		length = snprintf(ret_path, PATH_MAX, "/tmp/nitro-attest-%u",
				  user);
	return length < 0 || length >= PATH_MAX ? -ENAMETOOLONG : 0;
}

int store_open(char ret_path[static PATH_MAX])
{
	_cleanup_close_ int store = -1;
	struct stat status;
	int r;

	r = choose_path(ret_path);
	if (r < 0)
		return r;
	if (mkdir(ret_path, 0700) < 0 && errno != EEXIST)
		return -errno;
	store = open(ret_path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (store < 0)
		return -errno;
	/* Judged by the descriptor, which stays the same whatever happens to
	 * the name. In /tmp anybody may have made it before us. */
	if (fstat(store, &status) < 0)
		return -errno;
	if (status.st_uid != geteuid() || (status.st_mode & 077) != 0)
		return -EPERM;
	return TAKE_FD(store);
}

/* NONCE, or NONCE.SUFFIX while it is being written: nothing else in this
 * directory is ours to remove. */
static bool is_store_name(const char *name)
{
	uint8_t nonce[PROMPT_NONCE_SIZE];
	size_t size;

	if (strlen(name) < NAME_SIZE - 1)
		return false;
	return hex_decode(span_of(name, NAME_SIZE - 1), nonce, sizeof(nonce),
			  &size) == 0;
}

/* A file from the future is as wrong as an old one: the clock was set. */
static bool has_expired(int store, const char *name, time_t now)
{
	struct stat status;

	if (fstatat(store, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	return status.st_mtime < now - STORE_LIFETIME_SEC ||
	       status.st_mtime > now + STORE_LIFETIME_SEC;
}

void store_sweep(int store)
{
	_cleanup_closedir_ DIR *directory = NULL;
	const struct dirent *entry;
	time_t now = time(NULL);
	int fd;

	fd = openat(store, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	directory = fdopendir(fd);
	if (directory == NULL) {
		close(fd);
		return;
	}
	for (int i = 0; i < SWEEP_MAX; i++) {
		entry = readdir(directory);
		if (entry == NULL)
			return;
		if (is_store_name(entry->d_name) &&
		    has_expired(store, entry->d_name, now))
			unlinkat(store, entry->d_name, 0);
	}
}

static void name_of(const uint8_t nonce[static PROMPT_NONCE_SIZE],
		    char ret_name[static NAME_SIZE])
{
	hex_encode(span_of(nonce, PROMPT_NONCE_SIZE), ret_name);
}

int store_put(int store, const uint8_t nonce[static PROMPT_NONCE_SIZE],
	      struct span document)
{
	char name[NAME_SIZE];

	name_of(nonce, name);
	return output_replace(store, name, 0600, document);
}

int store_get(int store, const uint8_t nonce[static PROMPT_NONCE_SIZE],
	      struct buffer *ret_document)
{
	const struct read_file_limits limits = {
		.max_size = PROMPT_DOCUMENT_MAX,
		.trusted = true,
		.owner = geteuid(),
	};
	char name[NAME_SIZE];

	name_of(nonce, name);
	return read_file_at(store, name, &limits, ret_document);
}

int store_remove(int store, const uint8_t nonce[static PROMPT_NONCE_SIZE])
{
	char name[NAME_SIZE];

	name_of(nonce, name);
	return unlinkat(store, name, 0) < 0 ? -errno : 0;
}
