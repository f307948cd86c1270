/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of policy_load(): the state while sources are read, the tables of
 * sections and keys, and the steps after reading. Private to lib/policy.
 */
#ifndef NITRO_POLICY_LOADER_H
#define NITRO_POLICY_LOADER_H

#include <string.h>

#include "attest/digest.h"
#include "policy/ini_text.h"
#include "policy/rules.h"

struct loader {
	struct policy *policy; /* growing */
	struct diagnostics *diagnostics;
	const struct policy_input *input;
	enum policy_source_kind source_kind; /* of the file that is read */
	const char *file;		     /* its name, owned by the policy */
	bool has_settings;		     /* a [policyd] was read */
};

/* One key = value, on its way into the struct of its section. */
struct field {
	struct loader *loader;
	struct diagnostic_place place;
	const char *value; /* not empty */
	void *target;	   /* the struct that the section fills */
	unsigned argument; /* of the key's row in the table */
};

/* Expected first, found last: a huge value is cut at its end. */
#define FIELD_ERROR(field, ...)                                                \
	diagnostics_add((field)->loader->diagnostics, DIAGNOSTIC_ERROR,        \
			&(field)->place, __VA_ARGS__)

/* A row of the table of a section: what a key is called and who reads it. The
 * reader reports a bad value as a diagnostic; it fails for want of memory only. */
struct key_row {
	const char *name;
	enum policy_error (*read)(const struct field *field);
	unsigned argument;
	bool is_required;
};

struct key_table {
	const struct key_row *rows;
	size_t count;
};

/* Reads the entries of `section` into `target`; unknown, repeated and missing keys
 * are errors. */
enum policy_error keys_read(struct loader *loader,
			    const struct ini_section *section,
			    const struct key_table *table,
			    void *target) _must_use_;

/* The sections of all kinds of files; an ini_reader's section function. */
enum policy_error section_read(const struct ini_section *section,
			       void *context) _must_use_;

/* Each reads one section, whose name is well formed, and adds what it declares to
 * the policy. */
enum policy_error settings_read(struct loader *loader,
				const struct ini_section *section) _must_use_;
enum policy_error image_read(struct loader *loader,
			     const struct ini_section *section) _must_use_;
enum policy_error release_read(struct loader *loader,
			       const struct ini_section *section) _must_use_;
enum policy_error rule_read(struct loader *loader,
			    const struct ini_section *section) _must_use_;
enum policy_error secret_read(struct loader *loader,
			      const struct ini_section *section) _must_use_;

/* Keys of rules that other sections have as well, whose struct begins with the rule
 * that they fill; and the requirements that come of them. */
enum policy_error rule_read_image(const struct field *field) _must_use_;
enum policy_error rule_read_level(const struct field *field) _must_use_;
enum policy_error rule_read_roots(const struct field *field) _must_use_;
enum policy_error rule_read_max_age(const struct field *field) _must_use_;
enum policy_error rule_read_bind(const struct field *field) _must_use_;
enum policy_error rule_fill_requirements(struct rule *rule) _must_use_;

/* What a rule alone can get wrong, though each of its keys is right: conditions that
 * no login meets are errors; what would lock people out, or do less than it seems, is
 * worth a warning. */
void rule_check(const struct loader *loader, const struct rule *rule);

/* What digests are made with, made at first need and kept; NULL when memory is
 * exhausted. */
const struct digest *loader_digest(struct loader *loader) _must_use_;
/* The same for what QOS signatures are verified with. */
const struct curve *loader_curve(struct loader *loader) _must_use_;

/* True for 1..NAME_MAX_LENGTH characters of a-z 0-9 . _ - */
bool name_is_valid(const char *name, size_t length);

/* Notes that `section` declares something. The origin belongs to the policy; NULL
 * when memory is exhausted. */
const struct origin *
loader_declare(struct loader *loader,
	       const struct ini_section *section) _must_use_;

/* What stands behind the first slash: "NAME" or "NAME/RELEASE". */
static inline const char *section_names(const struct origin *origin)
{
	return strchrnul(origin->section, '/') + 1;
}

static inline struct diagnostic_place origin_place(const struct origin *origin,
						   const char *key)
{
	return (struct diagnostic_place){
		.file = origin->file,
		.line = origin->line,
		.section = origin->section,
		.key = key,
	};
}

/* Makes room for one more pointer behind the `count` that an array holds; NULL when
 * memory is exhausted. The array doubles, so `count` says how large it is. */
void *array_grow(void *pointers, size_t count) _must_use_;

/* After all sources, in this order: looks for sections that stand twice, connects
 * releases and rules with images, and judges the tuples of releases. */
enum policy_error declarations_check(const struct loader *loader) _must_use_;
enum policy_error images_link(const struct loader *loader) _must_use_;
void rules_link(const struct loader *loader);
void tuples_check(const struct loader *loader);
enum policy_error manifests_check(struct loader *loader) _must_use_;

/* The candidate that differs from `name` by at most two typing errors, or NULL. */
struct candidates {
	const char *(*name_at)(const void *list, size_t index);
	const void *list;
	size_t count;
};
const char *nearest_name(const char *name, const struct candidates *candidates);

#endif
