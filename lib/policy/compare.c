/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "policy/compare.h"

#include <string.h>

#include "base/time_text.h"
#include "policy/rules.h"

/* An item and its place among the rules. */
struct part {
	const struct policy_item *item;
	size_t rule_place; /* rules count from 0 in their order */
};

struct parts {
	const struct policy_description *description;
	struct part *sorted; /* by name */
};

static void parts_deinit(struct parts *parts)
{
	free(parts->sorted);
}

const char *policy_change_name(enum policy_change change)
{
	static const char *const names[] = {
		[POLICY_REMOVED] = "removed",
		[POLICY_CHANGED] = "changed",
		[POLICY_ADDED] = "added",
	};

	return names[change];
}

static bool has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static int compare_names(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return strcmp(x->item->name, y->item->name);
}

static bool parts_init(struct parts *parts,
		       const struct policy_description *description)
{
	size_t rules = 0;

	/* A policy without any item is one as well: never zero bytes. */
	parts->sorted = calloc(description->count + 1, sizeof(struct part));
	if (parts->sorted == NULL)
		return false;
	parts->description = description;
	for (size_t i = 0; i < description->count; i++) {
		parts->sorted[i].item = &description->items[i];
		if (has_prefix(description->items[i].name, "rule/"))
			parts->sorted[i].rule_place = rules++;
	}
	qsort(parts->sorted, description->count, sizeof(struct part),
	      compare_names);
	return true;
}

static int compare_name(const void *name, const void *part)
{
	const struct part *with = part;

	return strcmp(name, with->item->name);
}

static const struct part *find_part(const struct parts *parts, const char *name)
{
	return bsearch(name, parts->sorted, parts->description->count,
		       sizeof(struct part), compare_name);
}

/* The value of `key` in a canonical text, up to the end of its line. */
static struct span find_value(const char *text, const char *key)
{
	const size_t length = strlen(key);

	while (*text != '\0') {
		const char *end = strchrnul(text, '\n');

		if (strncmp(text, key, length) == 0 &&
		    has_prefix(text + length, " = "))
			return span_of(text + length + 3,
				       (size_t)(end - text) - length - 3);
		text = *end == '\0' ? end : end + 1;
	}
	return SPAN_ABSENT;
}

static bool read_time(const char *text, const char *key, int64_t *ret_ms)
{
	struct span value = find_value(text, key);
	char copy[TIME_TEXT_SIZE];

	if (span_is_absent(value) || value.size >= sizeof(copy))
		return false;
	memcpy(copy, value.data, value.size);
	copy[value.size] = '\0';
	return time_parse(copy, ret_ms) == 0;
}

static bool is_in_force(const char *release, int64_t now_ms)
{
	int64_t ms;

	if (span_equal(find_value(release, "state"), span_of_text("revoked")))
		return false;
	if (read_time(release, "not_before", &ms) && now_ms < ms)
		return false;
	return !read_time(release, "not_after", &ms) || now_ms <= ms;
}

/* The next line that says what a release measures, not when it counts; empty and
 * absent behind the last. */
static struct span next_measurement(const char **text)
{
	while (**text != '\0') {
		const char *line = *text, *end = strchrnul(line, '\n');

		*text = *end == '\0' ? end : end + 1;
		if (!has_prefix(line, "state = ") &&
		    !has_prefix(line, "not_before = ") &&
		    !has_prefix(line, "not_after = "))
			return span_of(line, (size_t)(end - line));
	}
	return SPAN_ABSENT;
}

static bool measures_the_same(const char *a, const char *b)
{
	for (;;) {
		const struct span x = next_measurement(&a);
		const struct span y = next_measurement(&b);

		if (span_is_absent(x) || span_is_absent(y))
			return span_is_absent(x) && span_is_absent(y);
		if (!span_equal(x, y))
			return false;
	}
}

/* Both policies' texts of the image that "release/IMAGE/RELEASE" is of. */
static const char *find_image_loss(const struct parts *old,
				   const struct parts *new, const char *release)
{
	char name[sizeof("image/") + NAME_MAX_LENGTH];
	const char *image = release + strlen("release/");
	const struct part *was, *is;

	snprintf(name, sizeof(name), "image/%.*s", (int)strcspn(image, "/"),
		 image);
	was = find_part(old, name);
	is = find_part(new, name);
	if (is == NULL)
		return "its image is gone";
	if (was != NULL && !span_equal(find_value(was->item->text, "kind"),
				       find_value(is->item->text, "kind")))
		return "its image has another kind now";
	return NULL;
}

/* What nobody can log in by cannot be lost. */
static const char *find_release_loss(const struct part *was,
				     const struct part *is, int64_t now_ms)
{
	if (is == NULL)
		return "it is gone";
	if (!measures_the_same(was->item->text, is->item->text))
		return "it measures something else now";
	if (!is_in_force(is->item->text, now_ms))
		return "it is no longer in force";
	return NULL;
}

static const char *find_rule_loss(const struct part *was, const struct part *is)
{
	if (is == NULL)
		return "it is gone";
	if (strcmp(was->item->text, is->item->text) != 0)
		return "it says something else now";
	if (was->rule_place != is->rule_place)
		return "the rules before it are others now";
	return NULL;
}

static const char *find_secret_loss(const struct part *was,
				    const struct part *is)
{
	if (is == NULL)
		return "it is gone";
	return strcmp(was->item->text, is->item->text) != 0
		       ? "it says something else now"
		       : NULL;
}

static const char *find_loss(const struct parts *old, const struct parts *new,
			     const struct part *was, const struct part *is,
			     int64_t now_ms)
{
	const char *name = was->item->name;
	const char *loss;

	if (has_prefix(name, "rule/"))
		return find_rule_loss(was, is);
	if (has_prefix(name, "secret/"))
		return find_secret_loss(was, is);
	/* An image alone lets nobody in: its releases tell. */
	if (!has_prefix(name, "release/") ||
	    !is_in_force(was->item->text, now_ms))
		return NULL;
	loss = find_image_loss(old, new, name);
	return loss != NULL ? loss : find_release_loss(was, is, now_ms);
}

static void add(struct policy_differences *differences,
		enum policy_change change, const struct policy_item *item,
		const char *loss)
{
	differences->items[differences->count++] =
		(struct policy_difference){ change, item, loss };
}

static void compare(const struct parts *old, const struct parts *new,
		    int64_t now_ms, struct policy_differences *differences)
{
	for (size_t i = 0; i < old->description->count; i++) {
		const struct policy_item *item = &old->description->items[i];
		const struct part *was = find_part(old, item->name);
		const struct part *is = find_part(new, item->name);
		const char *loss = find_loss(old, new, was, is, now_ms);

		if (is == NULL)
			add(differences, POLICY_REMOVED, item, loss);
		else if (loss != NULL ||
			 strcmp(item->text, is->item->text) != 0)
			add(differences, POLICY_CHANGED, item, loss);
	}
	for (size_t i = 0; i < new->description->count; i++) {
		const struct policy_item *item = &new->description->items[i];

		if (find_part(old, item->name) == NULL)
			add(differences, POLICY_ADDED, item, NULL);
	}
}

enum policy_error policy_compare(const struct policy_description *old,
				 const struct policy_description *new,
				 int64_t now_ms,
				 struct policy_differences *ret_differences)
{
	_cleanup_(parts_deinit) struct parts was = { NULL }, is = { NULL };
	struct policy_differences differences = { NULL, 0 };

	if (!parts_init(&was, old) || !parts_init(&is, new))
		return POLICY_E_NO_MEMORY;
	differences.items =
		calloc(old->count + new->count + 1, sizeof(*differences.items));
	if (differences.items == NULL)
		return POLICY_E_NO_MEMORY;
	compare(&was, &is, now_ms, &differences);
	*ret_differences = differences;
	return POLICY_OK;
}
