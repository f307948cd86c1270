/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "tests/support/failing_malloc.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

static size_t count, fails_at;
static bool fails_after;

/* The names that --wrap=calloc gives to the two sides. */
void *__real_calloc(size_t items, size_t size);
void *__wrap_calloc(size_t items, size_t size);

static bool must_fail(void)
{
	count++;
	return fails_at != 0 &&
	       (count == fails_at || (fails_after && count > fails_at));
}

void *__wrap_calloc(size_t items, size_t size)
{
	return must_fail() ? NULL : __real_calloc(items, size);
}

static void *crypto_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return must_fail() ? NULL : malloc(size);
}

static void *crypto_realloc(void *pointer, size_t size, const char *file,
			    int line)
{
	(void)file;
	(void)line;
	return must_fail() ? NULL : realloc(pointer, size);
}

static void crypto_free(void *pointer, const char *file, int line)
{
	(void)file;
	(void)line;
	free(pointer);
}

void failing_malloc_install(void)
{
	if (CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc,
				     crypto_free) == 1)
		return;
	fprintf(stderr, "OpenSSL does not take another allocator\n");
	abort();
}

void failing_malloc_at(size_t nth, bool and_all_after)
{
	count = 0;
	fails_at = nth;
	fails_after = and_all_after;
}

size_t failing_malloc_count(void)
{
	return count;
}
