/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON -> Borsh, a member at a time, by tables that say how each is written. What a
 * table does not name is refused. Private to lib/qos.
 */
#ifndef NITRO_QOS_JSON_FIELD_H
#define NITRO_QOS_JSON_FIELD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/compiler.h"
#include "qos/error.h"

/* Where the Borsh goes, and what was wrong. */
struct translation {
	FILE *out;
	struct qos_failure *failure;
};

struct field;

/* Writes `value`, which is NULL for an optional member that is absent. */
typedef enum qos_error (*field_writer)(const struct translation *translation,
				       const struct field *field,
				       const json_t *value);

/* A member of an object. Members stand in the table in the order of Borsh. */
struct field {
	const char *name;
	field_writer write;
	/* Of an object: its members, the last without a name. Of a list: what an
	 * element is, under the name that messages give it. */
	const struct field *more;
	bool is_optional;
};

/* Refuses `value` of `field`; `expected` says what it should be. */
enum qos_error field_refuse(const struct translation *translation,
			    const struct field *field, const json_t *value,
			    const char *expected) _must_use_;
/* The same of a word that no enum has. */
enum qos_error field_refuse_variant(const struct translation *translation,
				    const char *name, const json_t *value,
				    const char *expected) _must_use_;

enum qos_error field_write_object(const struct translation *translation,
				  const struct field *field,
				  const json_t *value) _must_use_;
enum qos_error field_write_list(const struct translation *translation,
				const struct field *field,
				const json_t *value) _must_use_;
enum qos_error field_write_text(const struct translation *translation,
				const struct field *field,
				const json_t *value) _must_use_;
enum qos_error field_write_bytes(const struct translation *translation,
				 const struct field *field,
				 const json_t *value) _must_use_;
enum qos_error field_write_hash(const struct translation *translation,
				const struct field *field,
				const json_t *value) _must_use_;
enum qos_error field_write_bool(const struct translation *translation,
				const struct field *field,
				const json_t *value) _must_use_;
/* Whole numbers, or strings of their decimal digits. */
enum qos_error field_write_u16(const struct translation *translation,
			       const struct field *field,
			       const json_t *value) _must_use_;
enum qos_error field_write_u32(const struct translation *translation,
			       const struct field *field,
			       const json_t *value) _must_use_;

void translation_put_u8(const struct translation *translation, uint8_t value);
void translation_put_u32(const struct translation *translation, uint32_t value);

#endif
