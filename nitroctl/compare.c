/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/compare.h"

#include <string.h>

#include "base/time_text.h"

/* A part of either policy: what it is called, and its canonical text. */
struct part {
	const char *name;
	const char *text;
	size_t rule_place; /* rules count from 0 in their order */
};

struct parts {
	struct part *parts; /* sorted by name */
	size_t count;
};

static void parts_deinit(struct parts *parts)
{
	free(parts->parts);
}

static bool has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static int compare_names(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static const struct part *find_part(const struct parts *parts, const char *name)
{
	const struct part key = { .name = name };

	return bsearch(&key, parts->parts, parts->count, sizeof(key),
		       compare_names);
}

/* A policy without any part is one as well, so nothing here asks for zero bytes. */
static struct part *new_parts(size_t count)
{
	return calloc(count + 1, sizeof(struct part));
}

static void finish_parts(struct parts *parts)
{
	size_t rules = 0;

	for (size_t i = 0; i < parts->count; i++)
		if (has_prefix(parts->parts[i].name, "rule/"))
			parts->parts[i].rule_place = rules++;
	qsort(parts->parts, parts->count, sizeof(struct part), compare_names);
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

static bool same_value(const char *a, const char *b, const char *key)
{
	struct span x = find_value(a, key), y = find_value(b, key);

	return span_is_absent(x) == span_is_absent(y) && span_equal(x, y);
}

static bool measures_the_same(const char *a, const char *b)
{
	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
		char key[sizeof("pcr4294967295")];

		snprintf(key, sizeof(key), "pcr%u", i);
		if (!same_value(a, b, key))
			return false;
	}
	return same_value(a, b, "user_data");
}

/* `new` is NULL for what is gone; what is not in force cannot be lost. */
static const char *find_loss(const struct part *old, const struct part *new,
			     int64_t now_ms)
{
	if (has_prefix(old->name, "image/"))
		return new == NULL ? NULL
		       : same_value(old->text, new->text, "kind")
			       ? NULL
			       : "it is of another kind";
	if (has_prefix(old->name, "rule/"))
		return new == NULL ? "it is gone"
		       : strcmp(old->text, new->text) != 0
			       ? "it says something else"
		       : old->rule_place != new->rule_place
			       ? "the rules before it are others"
			       : NULL;
	if (!is_in_force(old->text, now_ms))
		return NULL;
	if (new == NULL)
		return "it is gone";
	if (!measures_the_same(old->text, new->text))
		return "it measures something else";
	return is_in_force(new->text, now_ms) ? NULL : "it is not in force";
}

static void add_difference(struct differences *differences,
			   enum difference_kind kind, const char *name,
			   const char *loss)
{
	differences->items[differences->count++] =
		(struct difference){ kind, name, loss };
}

static bool take_running(const struct client_policy *running,
			 struct parts *parts)
{
	parts->parts = new_parts(running->part_count);
	if (parts->parts == NULL)
		return false;
	for (; parts->count < running->part_count; parts->count++) {
		parts->parts[parts->count].name =
			running->parts[parts->count].name;
		parts->parts[parts->count].text =
			running->parts[parts->count].text;
	}
	finish_parts(parts);
	return true;
}

static bool take_disk(const struct policy_description *disk,
		      struct parts *parts)
{
	parts->parts = new_parts(disk->count);
	if (parts->parts == NULL)
		return false;
	for (; parts->count < disk->count; parts->count++) {
		parts->parts[parts->count].name =
			disk->items[parts->count].name;
		parts->parts[parts->count].text =
			disk->items[parts->count].text;
	}
	finish_parts(parts);
	return true;
}

static void compare(const struct parts *old, const struct parts *new,
		    int64_t now_ms, struct differences *differences)
{
	for (size_t i = 0; i < old->count; i++) {
		const struct part *part = &old->parts[i];
		const struct part *other = find_part(new, part->name);
		const char *loss = find_loss(part, other, now_ms);

		if (other == NULL)
			add_difference(differences, DIFFERENCE_REMOVED,
				       part->name, loss);
		else if (loss != NULL || strcmp(part->text, other->text) != 0)
			add_difference(differences, DIFFERENCE_CHANGED,
				       part->name, loss);
	}
	for (size_t i = 0; i < new->count; i++)
		if (find_part(old, new->parts[i].name) == NULL)
			add_difference(differences, DIFFERENCE_ADDED,
				       new->parts[i].name, NULL);
}

bool compare_policies(const struct client_policy *running,
		      const struct policy_description *disk, int64_t now_ms,
		      struct differences *ret_differences)
{
	_cleanup_(parts_deinit) struct parts old = { 0 }, new = { 0 };
	struct differences differences = { 0 };

	if (!take_running(running, &old) || !take_disk(disk, &new))
		return false;
	differences.items =
		calloc(old.count + new.count + 1, sizeof(*differences.items));
	if (differences.items == NULL)
		return false;
	compare(&old, &new, now_ms, &differences);
	*ret_differences = differences;
	return true;
}

const char *difference_kind_name(enum difference_kind kind)
{
	static const char *const names[] = {
		[DIFFERENCE_ADDED] = "added",
		[DIFFERENCE_REMOVED] = "removed",
		[DIFFERENCE_CHANGED] = "changed",
	};

	return names[kind];
}
