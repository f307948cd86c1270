/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON schemas of manifests, as tables. Private to lib/qos.
 */
#ifndef NITRO_QOS_JSON_SCHEMA_H
#define NITRO_QOS_JSON_SCHEMA_H

#include "qos/json_field.h"
#include "qos/manifest.h"

/* Writes an envelope, or a manifest alone: that of version 2 as if it were of
 * version 1 with a patch set of nobody. */
enum qos_error json_schema_write(const struct translation *translation,
				 enum qos_version version,
				 const json_t *root) _must_use_;

/* Writes threshold and members. */
enum qos_error json_schema_write_set(const struct translation *translation,
				     const json_t *root) _must_use_;

#endif
