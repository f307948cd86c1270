/* SPDX-License-Identifier: Apache-2.0 */
/*
 * After all files are read: what stands twice, and who names whom. Works on sorted
 * arrays, so that ten thousand releases load in no time.
 */
#include "config.h"

#include <string.h>

#include "policy/loader.h"

/* Rules beyond these are not compared with each other: a warning is not worth
 * quadratic work. */
#define COMPARED_RULES_MAX 1000

static int compare_sequence(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int compare_origins(const void *a, const void *b)
{
	const struct origin *const *x = a, *const *y = b;
	int order = strcmp((*x)->section, (*y)->section);

	return order != 0 ? order
			  : compare_sequence((*x)->sequence, (*y)->sequence);
}

static int compare_images(const void *a, const void *b)
{
	const struct image *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* Groups releases by image, in the order of the files. */
static int compare_releases(const void *a, const void *b)
{
	const struct release *const *x = a, *const *y = b;
	int order = 0;

	/* The image is unknown: an error, but the order must hold. */
	if ((*x)->image == NULL || (*y)->image == NULL)
		order = ((*x)->image == NULL) - ((*y)->image == NULL);
	else
		order = compare_sequence((*x)->image->origin->sequence,
					 (*y)->image->origin->sequence);
	return order != 0 ? order
			  : compare_sequence((*x)->origin->sequence,
					     (*y)->origin->sequence);
}

static int compare_image_name(const void *name, const void *image)
{
	const struct image *const *x = image;

	return strcmp(name, (*x)->name);
}

struct image *policy_find_image(const struct policy *policy, const char *name)
{
	struct image **found;

	if (policy->image_count == 0)
		return NULL;
	found = bsearch(name, policy->images_by_name, policy->image_count,
			sizeof(struct image *), compare_image_name);
	return found != NULL ? *found : NULL;
}

/* A sorted copy of an array of pointers; NULL when memory is exhausted. */
static void *sorted_copy(const void *pointers, size_t count,
			 int (*compare)(const void *, const void *))
{
	const size_t size = count * sizeof(void *);
	void *copy = malloc(size + 1);

	if (copy == NULL || count == 0)
		return copy;
	memcpy(copy, pointers, size);
	qsort(copy, count, sizeof(void *), compare);
	return copy;
}

enum policy_error declarations_check(const struct loader *loader)
{
	const struct policy *policy = loader->policy;
	_cleanup_free_ struct origin **sorted = sorted_copy(
		policy->origins, policy->origin_count, compare_origins);

	if (sorted == NULL)
		return POLICY_E_NO_MEMORY;
	for (size_t i = 1; i < policy->origin_count; i++) {
		const struct origin *first = sorted[i - 1];
		const struct diagnostic_place place =
			origin_place(sorted[i], NULL);

		if (strcmp(first->section, sorted[i]->section) == 0)
			diagnostics_add(loader->diagnostics, DIAGNOSTIC_ERROR,
					&place,
					"this section stands twice: first in "
					"%s, line %u",
					first->file, first->line);
	}
	return POLICY_OK;
}

static const char *image_name_at(const void *list, size_t index)
{
	const struct policy *policy = list;

	return policy->images[index]->name;
}

static void report_unknown_image(const struct loader *loader,
				 const struct diagnostic_place *place,
				 const char *name)
{
	const struct policy *policy = loader->policy;
	const struct candidates known = { image_name_at, policy,
					  policy->image_count };
	const char *nearest = nearest_name(name, &known);

	diagnostics_add(loader->diagnostics, DIAGNOSTIC_ERROR, place,
			"expected an image that images.d declares%s%s%s, "
			"found '%s'",
			nearest != NULL ? ", perhaps '" : "",
			nearest != NULL ? nearest : "",
			nearest != NULL ? "'" : "", name);
}

/* Gives each image its run in the policy's array of releases. */
static void share_out_releases(const struct loader *loader)
{
	const struct policy *policy = loader->policy;

	for (size_t i = 0; i < policy->release_count; i++) {
		struct image *image = policy->releases[i]->image;

		if (image == NULL)
			continue;
		if (image->release_count++ == 0)
			image->releases = &policy->releases[i];
	}
	for (size_t i = 0; i < policy->image_count; i++) {
		const struct image *image = policy->images[i];
		const struct diagnostic_place place =
			origin_place(image->origin, NULL);

		if (image->release_count == 0)
			diagnostics_add(loader->diagnostics, DIAGNOSTIC_WARNING,
					&place,
					"the image has no release, so nothing "
					"can match it");
	}
}

enum policy_error images_link(const struct loader *loader)
{
	struct policy *policy = loader->policy;

	policy->images_by_name = sorted_copy(
		policy->images, policy->image_count, compare_images);
	if (policy->images_by_name == NULL)
		return POLICY_E_NO_MEMORY;
	for (size_t i = 0; i < policy->release_count; i++) {
		struct release *release = policy->releases[i];
		const struct diagnostic_place place =
			origin_place(release->origin, NULL);

		release->image = policy_find_image(policy, release->image_name);
		if (release->image == NULL)
			report_unknown_image(loader, &place,
					     release->image_name);
	}
	if (policy->release_count > 0)
		qsort(policy->releases, policy->release_count,
		      sizeof(struct release *), compare_releases);
	share_out_releases(loader);
	return POLICY_OK;
}

/* True when one pattern of `wide` alone covers each pattern of `narrow`. */
static bool list_covers(const struct word_list *wide,
			const struct word_list *narrow)
{
	for (size_t i = 0; i < narrow->count; i++) {
		bool is_covered = false;

		for (size_t j = 0; j < wide->count && !is_covered; j++)
			is_covered = pattern_covers(wide->words[j],
						    narrow->words[i]);
		if (!is_covered)
			return false;
	}
	return true;
}

/* True when every request that `rule` matches is matched by `earlier` too. May miss
 * a case, never claims one. */
static bool rule_covers(const struct rule *earlier, const struct rule *rule)
{
	for (size_t i = 0; i < RULE_KEY_COUNT; i++) {
		const struct word_list *wide = &earlier->keys[i];
		const struct word_list *narrow = &rule->keys[i];

		if (wide->count == 0 && narrow->count > 0 &&
		    rule_key_must_be_given((enum rule_key)i))
			return false;
		if (wide->count > 0 &&
		    (narrow->count == 0 || !list_covers(wide, narrow)))
			return false;
	}
	return true;
}

static void warn_if_hidden(const struct loader *loader, size_t index)
{
	const struct policy *policy = loader->policy;
	const struct rule *rule = policy->rules[index];
	const struct diagnostic_place place = origin_place(rule->origin, NULL);

	for (size_t i = 0; i < index; i++) {
		const struct rule *earlier = policy->rules[i];

		if (!rule_covers(earlier, rule))
			continue;
		diagnostics_add(loader->diagnostics, DIAGNOSTIC_WARNING, &place,
				"the rule can never match: [%s] in %s, line "
				"%u, matches all of it before",
				earlier->origin->section, earlier->origin->file,
				earlier->origin->line);
		return;
	}
}

static bool names_application(const struct image *image)
{
	for (size_t i = 0; i < image->release_count; i++)
		if (image->releases[i]->manifest.kind != MANIFEST_NONE)
			return true;
	return image->release_count == 0;
}

/* An image that could never pass the rule is a mistake. */
static void check_level(const struct loader *loader, const struct rule *rule,
			const struct diagnostic_place *place,
			const struct image *image)
{
	if (rule->requirements.level >= 3 && !names_application(image))
		diagnostics_add(loader->diagnostics, DIAGNOSTIC_ERROR, place,
				"level 3 needs to know the application, but no "
				"release of the image '%s' says 'manifest'",
				image->name);
}

static void link_images(const struct loader *loader, const struct rule *rule)
{
	struct diagnostic_place place = origin_place(rule->origin, "image");

	place.line = rule->images_line;
	for (size_t i = 0; i < rule->images.count; i++) {
		const char *name = rule->images.words[i];
		const struct image *image =
			policy_find_image(loader->policy, name);

		if (image == NULL)
			report_unknown_image(loader, &place, name);
		else
			check_level(loader, rule, &place, image);
	}
}

void rules_link(const struct loader *loader)
{
	const struct policy *policy = loader->policy;

	for (size_t i = 0; i < policy->rule_count; i++) {
		link_images(loader, policy->rules[i]);
		if (i < COMPARED_RULES_MAX)
			warn_if_hidden(loader, i);
	}
	for (size_t i = 0; i < policy->secret_count; i++)
		link_images(loader, &policy->secrets[i]->rule);
}
