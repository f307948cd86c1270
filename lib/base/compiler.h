/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Promises that the compiler checks for us. Nothing here has a run-time
 * meaning; without GNU attributes the project does not build at all.
 */
#ifndef NITRO_BASE_COMPILER_H
#define NITRO_BASE_COMPILER_H

#define _must_use_	    __attribute__((warn_unused_result))
#define _printf_(at, first) __attribute__((format(printf, at, first)))
#define _unused_	    __attribute__((unused))
#define _export_	    __attribute__((visibility("default")))

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
