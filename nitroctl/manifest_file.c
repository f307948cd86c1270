/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/manifest_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "nitroctl/input.h"
#include "nitroctl/text.h"
#include "qos/limits.h"

/* The largest manifest in base64, with line breaks. */
#define FILE_MAX (2 * QOS_MANIFEST_MAX)

enum exit_code manifest_file_read(const char *name, struct buffer *ret_bytes)
{
	const struct read_file_limits limits = { .max_size = FILE_MAX };
	_cleanup_(buffer_freep) struct buffer bytes = BUFFER_EMPTY;
	int r = strcmp(name, "-") == 0
			? read_stream(STDIN_FILENO, FILE_MAX, &bytes)
			: read_file_at(AT_FDCWD, name, &limits, &bytes);

	if (r < 0) {
		complain("%s cannot be read: %s.", name, read_file_explain(r));
		return EXIT_NOT_JUDGED;
	}
	if (input_decode_base64(&bytes) == -ENOMEM) {
		complain("memory is exhausted.");
		return EXIT_NOT_JUDGED;
	}
	*ret_bytes = bytes;
	bytes = BUFFER_EMPTY;
	return EXIT_ALLOWED;
}
