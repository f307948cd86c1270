/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "config/host_world.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "base/time_text.h"

static int read_file(void *context, const char *path, size_t max_size,
		     struct buffer *ret_file, const char **reterr_why)
{
	const struct host_world *host = context;
	const struct read_file_limits limits = {
		.max_size = max_size,
		.trusted = true,
		.owner = host->owner,
	};
	int r = read_file_at(AT_FDCWD, path, &limits, ret_file);

	if (r < 0)
		*reterr_why = read_file_explain(r);
	return r;
}

/* The file of sysfs has no size of its own; a longer line is no instance id. */
static int find_instance(void *context,
			 char ret_id[static POLICY_INSTANCE_ID_SIZE],
			 const char **reterr_why)
{
	const struct host_world *host = context;
	_cleanup_(buffer_freep) struct buffer line = BUFFER_EMPTY;
	_cleanup_close_ int fd =
		open(host->instance_file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t length;
	int r = fd < 0 ? -errno
		       : read_stream(fd, POLICY_INSTANCE_ID_SIZE, &line);

	if (r < 0) {
		*reterr_why = "the asset tag of this host's board cannot be "
			      "read, or is no instance id: is it an EC2 "
			      "instance of the Nitro system?";
		return r;
	}
	length = strcspn((const char *)line.data, "\n");
	length = text_fit((const char *)line.data, length);
	if (length >= POLICY_INSTANCE_ID_SIZE)
		length = POLICY_INSTANCE_ID_SIZE - 1;
	memcpy(ret_id, line.data, length);
	ret_id[length] = '\0';
	return 0;
}

/* The point in time that clocks of this host show as `wall`, looked for in daylight
 * saving time or out of it; false when they do not. */
static bool try_local_time(int64_t wall, int is_dst, int64_t *ret_seconds)
{
	const time_t seconds = (time_t)wall;
	struct tm broken, back;
	time_t found;

	if (gmtime_r(&seconds, &broken) == NULL)
		return false;
	broken.tm_isdst = is_dst;
	found = mktime(&broken);
	if (localtime_r(&found, &back) == NULL || timegm(&back) != seconds)
		return false;
	*ret_seconds = (int64_t)found;
	return true;
}

static int find_local_time(void *context _unused_, int64_t wall_ms,
			   int64_t *ret_ms, const char **reterr_why)
{
	const int64_t fraction =
		(wall_ms % MSEC_PER_SEC + MSEC_PER_SEC) % MSEC_PER_SEC;
	const int64_t wall = (wall_ms - fraction) / MSEC_PER_SEC;
	int64_t winter = 0, summer = 0;
	const bool in_winter = try_local_time(wall, 0, &winter);
	const bool in_summer = try_local_time(wall, 1, &summer);

	if (!in_winter && !in_summer) {
		*reterr_why = "clocks of this host never show this time, for "
			      "they are put forward then; write it in UTC";
		return -EINVAL;
	}
	if (in_winter && in_summer && winter != summer) {
		*reterr_why = "clocks of this host show this time twice, for "
			      "they are put back then; write it in UTC";
		return -EINVAL;
	}
	*ret_ms = (in_winter ? winter : summer) * MSEC_PER_SEC + fraction;
	return 0;
}

struct policy_world host_world_view(struct host_world *host)
{
	return (struct policy_world){
		.read_file = read_file,
		.find_instance = find_instance,
		.find_local_time = find_local_time,
		.context = host,
	};
}
