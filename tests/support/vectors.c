/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/support/vectors.h"

#include <fcntl.h>
#include <stdio.h>

#include "base/compiler.h"
#include "base/hex.h"

static void path_of(const char *name, char *ret_path, size_t size)
{
	const char *folder = getenv("NITRO_VECTORS");

	snprintf(ret_path, size, "%s/%s", folder == NULL ? "." : folder, name);
}

bool vectors_are_here(void)
{
	char path[4096];

	path_of("index.json", path, sizeof(path));
	if (getenv("NITRO_VECTORS") != NULL && access(path, R_OK) == 0)
		return true;
	fprintf(stderr,
		"SKIP: no genuine documents: NITRO_VECTORS names no folder "
		"with an index.json (%s)\n",
		path);
	return false;
}

static void die(const char *what, const char *path)
{
	fprintf(stderr, "%s: %s\n", path, what);
	abort();
}

json_t *vectors_index(void)
{
	char path[4096];
	json_error_t error;
	json_t *index;

	path_of("index.json", path, sizeof(path));
	index = json_load_file(path, 0, &error);
	if (!json_is_array(index))
		die("no index", path);
	return index;
}

struct buffer vectors_read(const char *name)
{
	const struct read_file_limits limits = { .max_size = 1 << 20 };
	struct buffer buffer = BUFFER_EMPTY;
	char path[4096];

	path_of(name, path, sizeof(path));
	if (read_file_at(AT_FDCWD, path, &limits, &buffer) < 0)
		die("cannot be read", path);
	return buffer;
}

struct buffer vectors_hex(const json_t *value)
{
	struct buffer buffer = BUFFER_EMPTY;
	struct span text;

	if (json_is_null(value))
		return buffer;
	text = span_of(json_string_value(value), json_string_length(value));
	buffer.data = malloc(text.size / 2 + 1);
	if (buffer.data == NULL ||
	    hex_decode(text, buffer.data, text.size / 2, &buffer.size) < 0)
		die("no hex", "index.json");
	return buffer;
}
