/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/seen.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/file.h>

#include "nitro-policyd/limits.h"

struct seen {
	pthread_mutex_t lock;
	int dir_fd; /* locked for as long as it is open */
	/* All below: with the lock held. */
	int fd;			/* for appending; -1: replace the file first */
	size_t in_file;		/* records in the file, dead ones included */
	int64_t next_expiry_ms; /* no record expires before */
	struct seen_contents memory; /* room for SEEN_MAX records */
};

static void lock(struct seen *seen)
{
	pthread_mutex_lock(&seen->lock);
}

static void unlock(struct seen *seen)
{
	pthread_mutex_unlock(&seen->lock);
}

static void close_file_of(struct seen *seen)
{
	if (seen->fd >= 0)
		close(seen->fd);
	seen->fd = -1;
}

void seen_free(struct seen *seen)
{
	if (seen == NULL)
		return;

	close_file_of(seen);
	if (seen->dir_fd >= 0)
		close(seen->dir_fd);
	pthread_mutex_destroy(&seen->lock);
	free(seen->memory.records);
	free(seen);
}

static int replace_file(struct seen *seen)
{
	int fd;

	close_file_of(seen);
	fd = seen_file_replace(seen->dir_fd, &seen->memory);
	if (fd < 0)
		return fd;

	seen->fd = fd;
	seen->in_file = seen->memory.count;
	return 0;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void forget(struct seen_header *header, int64_t expires_ms)
{
	header->forgotten_ms = later(header->forgotten_ms, expires_ms);
}

/* Keeps what has not expired, as far as there is room. What does not fit counts as
 * damage, which is forgotten safely. */
static void keep_living(struct seen_contents *memory,
			struct seen_contents *found, int64_t now_ms)
{
	memory->header = found->header;
	for (size_t i = 0; i < found->count; i++) {
		struct seen_record record = found->records[i];

		if (record.expires_ms < now_ms)
			forget(&memory->header, record.expires_ms);
		else if (memory->count < SEEN_MAX)
			memory->records[memory->count++] = record;
		else
			found->is_damaged = true;
	}
}

static int take_contents(struct seen *seen, int64_t now_ms, uint64_t skew_ms,
			 bool *ret_is_damaged)
{
	struct seen_contents found = { .count = 0 };
	struct seen_header *header = &seen->memory.header;
	int r = seen_file_read(seen->dir_fd, &found);

	if (r < 0 && r != -ENOENT)
		return r;

	keep_living(&seen->memory, &found, now_ms);
	free(found.records);
	if (found.is_damaged)
		header->since_ms =
			later(header->since_ms, now_ms + (int64_t)skew_ms);
	*ret_is_damaged = found.is_damaged;
	return 0;
}

static int open_directory(const char *directory)
{
	_cleanup_close_ int fd =
		open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	return TAKE_FD(fd);
}

int seen_open(const char *directory, int64_t now_ms, uint64_t skew_ms,
	      struct seen **ret_seen, bool *ret_is_damaged)
{
	_cleanup_(seen_freep) struct seen *seen = calloc(1, sizeof(*seen));
	int r;

	if (seen == NULL)
		return -ENOMEM;

	pthread_mutex_init(&seen->lock, NULL);
	seen->fd = -1;
	seen->dir_fd = open_directory(directory);
	if (seen->dir_fd < 0)
		return seen->dir_fd;

	seen->memory.records = calloc(SEEN_MAX, sizeof(struct seen_record));
	if (seen->memory.records == NULL)
		return -ENOMEM;

	r = take_contents(seen, now_ms, skew_ms, ret_is_damaged);
	if (r < 0)
		return r;

	/* What is not on the disk now would be lost in a crash. */
	r = replace_file(seen);
	if (r < 0)
		return r;

	*ret_seen = TAKE_PTR(seen);
	return 0;
}

static enum seen_answer ask_locked(const struct seen *seen,
				   const struct seen_document *document)
{
	const struct seen_contents *memory = &seen->memory;

	for (size_t i = 0; i < memory->count; i++)
		if (memcmp(memory->records[i].sha256, document->record.sha256,
			   ATTEST_SHA256_SIZE) == 0)
			return SEEN_USED;
	if (document->made_ms <= memory->header.since_ms ||
	    document->record.expires_ms <= memory->header.forgotten_ms)
		return SEEN_NOT_SURE;
	return SEEN_NEW;
}

enum seen_answer seen_ask(struct seen *seen,
			  const struct seen_document *document)
{
	enum seen_answer answer;

	lock(seen);
	answer = ask_locked(seen, document);
	unlock(seen);
	return answer;
}

static void drop_expired(struct seen *seen, int64_t now_ms)
{
	struct seen_contents *memory = &seen->memory;
	size_t kept = 0;

	if (now_ms <= seen->next_expiry_ms)
		return;

	seen->next_expiry_ms = INT64_MAX;
	for (size_t i = 0; i < memory->count; i++) {
		struct seen_record record = memory->records[i];

		if (record.expires_ms < now_ms) {
			forget(&memory->header, record.expires_ms);
			continue;
		}
		memory->records[kept++] = record;
		if (record.expires_ms < seen->next_expiry_ms)
			seen->next_expiry_ms = record.expires_ms;
	}
	memory->count = kept;
}

/* Puts the last record of the memory on the disk. */
static int save_last(struct seen *seen)
{
	struct seen_contents *memory = &seen->memory;
	int r;

	if (seen->fd < 0 || seen->in_file > 2 * memory->count + 64)
		return replace_file(seen);

	r = seen_file_append(seen->fd, seen->in_file,
			     &memory->records[memory->count - 1]);
	if (r < 0) {
		close_file_of(seen);
		return r;
	}
	seen->in_file++;
	return 0;
}

static int use_locked(struct seen *seen, const struct seen_record *record,
		      int64_t now_ms, bool privileged)
{
	struct seen_contents *memory = &seen->memory;
	int r;

	drop_expired(seen, now_ms);
	if (memory->count >= (privileged ? SEEN_MAX : SEEN_MAX - SEEN_FOR_ROOT))
		return -ENOSPC;

	memory->records[memory->count++] = *record;
	r = save_last(seen);
	if (r < 0) {
		memory->count--;
		return r;
	}
	if (record->expires_ms < seen->next_expiry_ms)
		seen->next_expiry_ms = record->expires_ms;
	return 0;
}

int seen_use(struct seen *seen, const struct seen_document *document,
	     int64_t now_ms, bool privileged, enum seen_answer *ret_answer)
{
	int r = 0;

	lock(seen);
	*ret_answer = ask_locked(seen, document);
	if (*ret_answer == SEEN_NEW)
		r = use_locked(seen, &document->record, now_ms, privileged);
	unlock(seen);
	return r;
}

size_t seen_count(struct seen *seen)
{
	size_t count;

	lock(seen);
	count = seen->memory.count;
	unlock(seen);
	return count;
}
