/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration as verbs of nitroctl need it: read in one call, with every
 * error and warning told to the admin.
 */
#ifndef NITRO_NITROCTL_CONFIGURATION_H
#define NITRO_NITROCTL_CONFIGURATION_H

#include <jansson.h>
#include <stdbool.h>

#include "config/config_directory.h"

/* Reads the layers. True and *ret_config, without a word; or false after a
 * complaint for each error. */
bool configuration_load(const struct config_layers *layers,
			struct config **ret_config,
			struct diagnostics *diagnostics);

/* A complaint for each entry of `severity` that is not in `known` (NULL: all). */
void complain_diagnostics(const struct diagnostics *diagnostics,
			  enum diagnostic_severity severity,
			  const struct diagnostics *known);

/* The texts of one severity as an array; NULL when memory is exhausted. */
json_t *json_diagnostics(const struct diagnostics *diagnostics,
			 enum diagnostic_severity severity);

/* True when the release is in force at that time. */
bool release_in_force(const struct policy_release_info *release,
		      int64_t now_ms);

#endif
