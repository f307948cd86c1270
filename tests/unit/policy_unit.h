/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy from texts, for unit tests, and what its loading had to say.
 */
#ifndef NITRO_TESTS_UNIT_POLICY_UNIT_H
#define NITRO_TESTS_UNIT_POLICY_UNIT_H

#include <string.h>

#include "policy/policy.h"
#include "tests/unit/unit.h"

/* Hex digits of 32, 48 and 64 bytes, all of them the digit `d`. */
#define TWELVE(t) t t t t t t t t t t t t
#define HEX32(d)  d d d d d d d d d d d d d d d d TWELVE(d d d d)
#define HEX48(d)  TWELVE(d d d d d d d d)
#define HEX64(d)  HEX32(d) HEX32(d)

/* The PCRs that every enclave release names. */
#define TUPLE(d) "pcr0=" HEX48(d) "\npcr1=" HEX48(d) "\npcr2=" HEX48(d) "\n"

#define IMAGE_A                                                                \
	"[image/a]\nkind = enclave\n"                                          \
	"[release/a/1]\n" TUPLE("a")
#define RULE_A "[rule/a]\nservice = sshd\nuser = *\nlevel = 2\nimage = a\n"

struct loaded {
	enum policy_error error;
	struct policy *policy; /* NULL unless POLICY_OK */
	struct diagnostics *diagnostics;
};

/* NULL texts are files that do not exist; the files are called policyd.conf,
 * images.d/i.conf and rules.d/r.conf. */
static inline struct loaded load_in_world(const char *settings,
					  const char *images, const char *rules,
					  const struct policy_world *world)
{
	static const char *const labels[] = { "aws", "sim" };
	const struct policy_source all[] = {
		{ POLICY_SOURCE_SETTINGS, "policyd.conf",
		  span_of_text(settings != NULL ? settings : "") },
		{ POLICY_SOURCE_IMAGES, "images.d/i.conf",
		  span_of_text(images != NULL ? images : "") },
		{ POLICY_SOURCE_RULES, "rules.d/r.conf",
		  span_of_text(rules != NULL ? rules : "") },
	};
	struct loaded loaded = { .diagnostics = diagnostics_new() };

	ck_assert_ptr_nonnull(loaded.diagnostics);
	loaded.error = policy_load(
		&(struct policy_input){ all, ARRAY_SIZE(all), labels,
					ARRAY_SIZE(labels), world },
		&loaded.policy, loaded.diagnostics);
	ck_assert_int_eq(loaded.error == POLICY_OK, loaded.policy != NULL);
	return loaded;
}

static inline struct loaded load_texts(const char *settings, const char *images,
				       const char *rules)
{
	return load_in_world(settings, images, rules, NULL);
}

static inline void loaded_deinit(struct loaded *loaded)
{
	policy_free(loaded->policy);
	diagnostics_free(loaded->diagnostics);
}

/* All diagnostics, a line each, "warning: " before warnings. */
static inline char *loaded_text(const struct loaded *loaded)
{
	const struct diagnostics *diagnostics = loaded->diagnostics;
	size_t size = 0;
	char *text = NULL;
	FILE *stream = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(stream);
	for (size_t i = 0; i < diagnostics_count(diagnostics); i++) {
		const struct diagnostic *diagnostic =
			diagnostics_get(diagnostics, i);
		_cleanup_free_ char *line = diagnostic_text(diagnostic);

		fprintf(stream, "%s%s\n",
			diagnostic->severity == DIAGNOSTIC_WARNING ? "warning: "
								   : "",
			line);
	}
	/* Only now do pointer and size hold. */
	fclose(stream);
	return text;
}

#endif
