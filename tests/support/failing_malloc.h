/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that runs out on command, for the verifier and for OpenSSL below it.
 * The program that uses it is linked with --wrap=calloc.
 */
#ifndef NITRO_TESTS_SUPPORT_FAILING_MALLOC_H
#define NITRO_TESTS_SUPPORT_FAILING_MALLOC_H

#include <stdbool.h>
#include <stddef.h>

/* Before anything else: OpenSSL takes other allocators only at the beginning. */
void failing_malloc_install(void);

/* The `nth` allocation from now on (from 1) fails; 0: none. With `and_all_after`
 * so does each one behind it. */
void failing_malloc_at(size_t nth, bool and_all_after);

/* Allocations since failing_malloc_at(). */
size_t failing_malloc_count(void);

#endif
