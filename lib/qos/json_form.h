/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manifests as JSON -> the Borsh of the same version, which is what is hashed for
 * version 0 and 1, and what is read for all. Version 2 has no Borsh of its own: it
 * is written as version 1 with an empty patch set, and hashed as canonical JSON.
 * Private to lib/qos.
 */
#ifndef NITRO_QOS_JSON_FORM_H
#define NITRO_QOS_JSON_FORM_H

#include "base/read_file.h"
#include "qos/manifest.h"

/* What JSON says; each buffer is owned. */
struct json_form {
	enum qos_version version;
	struct buffer borsh;
	struct buffer canonical; /* of the manifest alone; version 2 only */
};

void json_form_deinit(struct json_form *form);

enum qos_error json_form_read(struct span text, struct json_form *ret_form,
			      struct qos_failure *reterr_failure) _must_use_;

/* The Borsh of a manifest set. */
enum qos_error
json_form_read_set(struct span text, struct buffer *ret_borsh,
		   struct qos_failure *reterr_failure) _must_use_;

#endif
