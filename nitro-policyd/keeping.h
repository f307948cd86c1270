/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a new configuration would take away from the one in force. Rather names too
 * much than too little: a rule that says something else now counts as lost, though
 * it may allow more.
 */
#ifndef NITRO_POLICYD_KEEPING_H
#define NITRO_POLICYD_KEEPING_H

#include <stdbool.h>

#include "base/compiler.h"
#include "config/config_directory.h"

/* Adds an error for each root, release, rule and setting of `old` that somebody may
 * log in by at now_ms and could not by `new`. Releases count while they are in
 * force; rules count with their place, because the first that matches decides.
 * False when memory is exhausted. */
bool keeping_compare(const struct config *old, const struct config *new,
		     int64_t now_ms,
		     struct diagnostics *diagnostics) _must_use_;

#endif
