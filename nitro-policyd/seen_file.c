/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/seen_file.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/read_file.h"
#include "nitro-policyd/limits.h"

#define SEEN_FILE_NEW SEEN_FILE_NAME ".new"

/* Dead records may stand in the file beside the living until it is replaced. */
#define SEEN_FILE_SIZE_MAX ((2u * SEEN_MAX + 256u) * SEEN_RECORD_SIZE)

/* On disk: numbers are little endian, the checksum covers what is before it. */
struct disk_header {
	char magic[24];
	uint64_t since_ms;
	uint64_t forgotten_ms;
	uint64_t checksum;
};

struct disk_record {
	uint8_t sha256[ATTEST_SHA256_SIZE];
	uint64_t expires_ms;
	uint64_t checksum;
};

_Static_assert(sizeof(struct disk_header) == SEEN_RECORD_SIZE, "header size");
_Static_assert(sizeof(struct disk_record) == SEEN_RECORD_SIZE, "record size");

static const char magic[24] = "nitro-policyd used 1\n";

/* FNV-1a, 64 bits, of all but the last eight bytes; never 0 for zeros, so that a
 * tail of zeros (a crash of the host) is not taken for records. */
static uint64_t checksum(const void *block)
{
	const uint8_t *bytes = block;
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < SEEN_RECORD_SIZE - sizeof(uint64_t); i++)
		sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
	return htole64(sum);
}

static bool decode_header(const uint8_t *bytes, struct seen_header *ret_header)
{
	struct disk_header disk;

	memcpy(&disk, bytes, sizeof(disk));
	if (memcmp(disk.magic, magic, sizeof(magic)) != 0 ||
	    disk.checksum != checksum(&disk))
		return false;

	ret_header->since_ms = (int64_t)le64toh(disk.since_ms);
	ret_header->forgotten_ms = (int64_t)le64toh(disk.forgotten_ms);
	return true;
}

static bool decode_record(const uint8_t *bytes, struct seen_record *ret_record)
{
	struct disk_record disk;

	memcpy(&disk, bytes, sizeof(disk));
	if (disk.checksum != checksum(&disk))
		return false;

	memcpy(ret_record->sha256, disk.sha256, sizeof(disk.sha256));
	ret_record->expires_ms = (int64_t)le64toh(disk.expires_ms);
	return true;
}

static struct disk_header encode_header(const struct seen_header *header)
{
	struct disk_header disk = {
		.since_ms = htole64((uint64_t)header->since_ms),
		.forgotten_ms = htole64((uint64_t)header->forgotten_ms),
	};

	memcpy(disk.magic, magic, sizeof(magic));
	disk.checksum = checksum(&disk);
	return disk;
}

static struct disk_record encode_record(const struct seen_record *record)
{
	struct disk_record disk = {
		.expires_ms = htole64((uint64_t)record->expires_ms),
	};

	memcpy(disk.sha256, record->sha256, sizeof(disk.sha256));
	disk.checksum = checksum(&disk);
	return disk;
}

/* Each record stands for itself: one that is damaged does not hide the others. */
static void decode(struct span bytes, struct seen_contents *contents)
{
	contents->is_damaged = bytes.size % SEEN_RECORD_SIZE != 0 ||
			       bytes.size < SEEN_RECORD_SIZE ||
			       !decode_header(bytes.data, &contents->header);

	for (size_t at = SEEN_RECORD_SIZE; at + SEEN_RECORD_SIZE <= bytes.size;
	     at += SEEN_RECORD_SIZE)
		if (decode_record(bytes.data + at,
				  &contents->records[contents->count]))
			contents->count++;
		else
			contents->is_damaged = true;
}

int seen_file_read(int dir_fd, struct seen_contents *ret_contents)
{
	static const struct read_file_limits limits = {
		.max_size = SEEN_FILE_SIZE_MAX,
	};
	_cleanup_(buffer_freep) struct buffer buffer = BUFFER_EMPTY;
	struct seen_contents contents = { .is_damaged = true };
	int r = read_file_at(dir_fd, SEEN_FILE_NAME, &limits, &buffer);

	if (r == -EFBIG || r == -ENOTSUP) {
		*ret_contents = contents;
		return 0;
	}
	if (r < 0)
		return r;

	contents.records = calloc(buffer.size / SEEN_RECORD_SIZE + 1,
				  sizeof(*contents.records));
	if (contents.records == NULL)
		return -ENOMEM;

	decode(buffer_span(&buffer), &contents);
	*ret_contents = contents;
	return 0;
}

static int write_all(int fd, const void *bytes, size_t size, off_t at)
{
	const uint8_t *next = bytes;

	while (size > 0) {
		ssize_t written = pwrite(fd, next, size, at);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		if (written == 0)
			return -EIO;
		next += written;
		at += written;
		size -= (size_t)written;
	}
	return 0;
}

static int write_contents(int fd, const struct seen_contents *contents)
{
	size_t size = (contents->count + 1) * SEEN_RECORD_SIZE;
	_cleanup_free_ uint8_t *image = malloc(size);
	struct disk_header header = encode_header(&contents->header);
	int r;

	if (image == NULL)
		return -ENOMEM;

	memcpy(image, &header, sizeof(header));
	for (size_t i = 0; i < contents->count; i++) {
		struct disk_record record =
			encode_record(&contents->records[i]);

		memcpy(image + (i + 1) * SEEN_RECORD_SIZE, &record,
		       sizeof(record));
	}
	r = write_all(fd, image, size, 0);
	if (r < 0)
		return r;
	return fsync(fd) < 0 ? -errno : 0;
}

int seen_file_replace(int dir_fd, const struct seen_contents *contents)
{
	_cleanup_close_ int fd = openat(
		dir_fd, SEEN_FILE_NEW,
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r;

	if (fd < 0)
		return -errno;

	r = write_contents(fd, contents);
	if (r < 0)
		return r;
	if (renameat(dir_fd, SEEN_FILE_NEW, dir_fd, SEEN_FILE_NAME) < 0)
		return -errno;
	if (fsync(dir_fd) < 0)
		return -errno;
	return TAKE_FD(fd);
}

int seen_file_append(int fd, size_t count, const struct seen_record *record)
{
	struct disk_record disk = encode_record(record);
	int r = write_all(fd, &disk, sizeof(disk),
			  (off_t)((count + 1) * SEEN_RECORD_SIZE));

	if (r < 0)
		return r;
	return fdatasync(fd) < 0 ? -errno : 0;
}
