/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in for libFuzzer's main(): gives each named file to the target once, so
 * that every compiler replays the corpora in `make check`.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>

#include "base/read_file.h"

/* As libFuzzer's -max_len; a larger input is an error of the corpus. */
#define INPUT_MAX (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The target sees a copy of exactly its size, so that a sanitizer notices the
 * first byte that is read behind it. */
static bool replay(const char *path)
{
	const struct read_file_limits limits = { .max_size = INPUT_MAX };
	_cleanup_(buffer_freep) struct buffer input = BUFFER_EMPTY;
	_cleanup_free_ uint8_t *exact = NULL;
	int r;

	r = read_file_at(AT_FDCWD, path, &limits, &input);
	if (r < 0) {
		fprintf(stderr, "%s %s\n", path, read_file_explain(r));
		return false;
	}
	exact = malloc(input.size);
	if (exact == NULL && input.size > 0)
		return false;
	if (input.size > 0)
		memcpy(exact, input.data, input.size);
	LLVMFuzzerTestOneInput(exact, input.size);
	return true;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!replay(argv[i]))
			return EXIT_FAILURE;
	printf("replayed %d inputs\n", argc - 1);
	return argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
