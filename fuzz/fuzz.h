/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every fuzz target defines: one input, judged, and nothing left behind.
 * libFuzzer calls it, or driver.c with the bytes of files.
 */
#ifndef NITRO_FUZZ_FUZZ_H
#define NITRO_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program loudly: a promise of the code under test is broken. */
#define FUZZ_ASSERT(condition)                                                 \
	do {                                                                   \
		if (!(condition))                                              \
			__builtin_trap();                                      \
	} while (0)

#endif
