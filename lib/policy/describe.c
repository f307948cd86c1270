/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy as a list of names and canonical texts, so that two of them can be
 * compared by somebody who does not know what they mean.
 */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/hex.h"
#include "base/time_text.h"
#include "policy/rules.h"

/* The texts of one item as they grow; a stream in memory. */
struct page {
	FILE *stream;
	char *text;
	size_t size;
};

static void page_deinit(struct page *page)
{
	if (page->stream != NULL)
		fclose(page->stream);
	free(page->text);
}

static void put_list(FILE *stream, const char *key,
		     const struct word_list *list)
{
	if (list->count == 0)
		return;
	fprintf(stream, "%s =", key);
	for (size_t i = 0; i < list->count; i++)
		fprintf(stream, "%s %s", i > 0 ? "," : "", list->words[i]);
	fputs("\n", stream);
}

static void put_hex(FILE *stream, struct span bytes)
{
	char hex[HEX_SIZE(ATTEST_PCR_SIZE_MAX)];

	hex_encode(bytes, hex);
	fprintf(stream, "%s\n", hex);
}

static void put_time(FILE *stream, const char *key, int64_t ms)
{
	char text[TIME_TEXT_SIZE];

	time_format(ms, text);
	fprintf(stream, "%s = %s\n", key, text);
}

static void put_image(FILE *stream, const void *item)
{
	const struct image *image = item;

	fprintf(stream, "kind = %s\n", evidence_kind_name(image->kind));
	if (image->description != NULL)
		fprintf(stream, "description = %s\n", image->description);
}

static void put_release(FILE *stream, const void *item)
{
	const struct release *release = item;

	fprintf(stream, "state = %s\n", release_state_name(release->state));
	if (release->not_before_ms != INT64_MIN)
		put_time(stream, "not_before", release->not_before_ms);
	if (release->not_after_ms != INT64_MAX)
		put_time(stream, "not_after", release->not_after_ms);
	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
		const struct span value = release_pcr(release, i);

		if (span_is_absent(value))
			continue;
		fprintf(stream, "pcr%u = ", i);
		put_hex(stream, value);
	}
	if (release->has_user_data) {
		fputs("user_data = sha256:", stream);
		put_hex(stream, release_user_data(release));
	}
	manifest_rule_describe(&release->manifest, stream);
}

static void put_bindings(FILE *stream, unsigned bindings)
{
	char text[BINDINGS_TEXT_SIZE];

	if (bindings == 0)
		return;
	bindings_text(bindings, text);
	fprintf(stream, "bind = %s\n", text);
}

static void put_rule(FILE *stream, const void *item)
{
	const struct rule *rule = item;

	for (unsigned i = 0; i < RULE_KEY_COUNT; i++)
		put_list(stream, rule_key_name((enum rule_key)i),
			 &rule->keys[i]);
	put_list(stream, "image", &rule->images);
	fprintf(stream, "level = %u\n", rule->requirements.level);
	put_list(stream, "roots", &rule->roots);
	put_bindings(stream, rule->requirements.bindings);
	fprintf(stream, "max_age = %" PRIu64 "ms\n", rule->max_age_ms);
	if (rule->session_max_ms > 0)
		fprintf(stream, "session_max = %" PRIu64 "ms\n",
			rule->session_max_ms);
	fprintf(stream, "on_revoke = %s\n", on_revoke_name(rule->on_revoke));
	fprintf(stream, "mode = %s\n", rule->is_audit ? "audit" : "enforce");
}

static enum policy_error add_item(struct policy_description *description,
				  const struct origin *origin,
				  void (*put)(FILE *stream, const void *item),
				  const void *item)
{
	_cleanup_(page_deinit) struct page page = { NULL };
	struct policy_item *to = &description->items[description->count];
	bool is_whole;

	page.stream = open_memstream(&page.text, &page.size);
	if (page.stream == NULL)
		return POLICY_E_NO_MEMORY;
	put(page.stream, item);
	is_whole = ferror(page.stream) == 0;
	is_whole = fclose(TAKE_PTR(page.stream)) == 0 && is_whole;
	if (!is_whole)
		return POLICY_E_NO_MEMORY;
	to->name = strdup(origin->section);
	if (to->name == NULL)
		return POLICY_E_NO_MEMORY;
	to->file = origin->file;
	to->line = origin->line;
	to->text = TAKE_PTR(page.text);
	description->count++;
	return POLICY_OK;
}

static enum policy_error add_image(struct policy_description *description,
				   const struct image *image)
{
	enum policy_error error =
		add_item(description, image->origin, put_image, image);

	for (size_t i = 0; error == POLICY_OK && i < image->release_count; i++)
		error = add_item(description, image->releases[i]->origin,
				 put_release, image->releases[i]);
	return error;
}

static void put_secret(FILE *stream, const void *item)
{
	const struct secret *secret = item;
	const struct rule *rule = &secret->rule;

	fprintf(stream, "source = %s:%s\n",
		secret->source == SECRET_FILE ? "file" : "credential",
		secret->location);
	put_list(stream, "image", &rule->images);
	fprintf(stream, "level = %u\n", rule->requirements.level);
	put_list(stream, "roots", &rule->roots);
	put_bindings(stream, rule->requirements.bindings);
	fprintf(stream, "max_age = %" PRIu64 "ms\n", rule->max_age_ms);
}

enum policy_error policy_describe(const struct policy *policy,
				  struct policy_description *ret_description)
{
	const size_t most = policy->image_count + policy->release_count +
			    policy->rule_count + policy->secret_count;
	_cleanup_(policy_description_freep) struct policy_description
		description = { NULL, 0 };
	enum policy_error error = POLICY_OK;

	description.items = calloc(most + 1, sizeof(*description.items));
	if (description.items == NULL)
		return POLICY_E_NO_MEMORY;
	for (size_t i = 0; error == POLICY_OK && i < policy->image_count; i++)
		error = add_image(&description, policy->images[i]);
	for (size_t i = 0; error == POLICY_OK && i < policy->rule_count; i++)
		error = add_item(&description, policy->rules[i]->origin,
				 put_rule, policy->rules[i]);
	for (size_t i = 0; error == POLICY_OK && i < policy->secret_count; i++)
		error = add_item(&description, policy->secrets[i]->rule.origin,
				 put_secret, policy->secrets[i]);
	if (error != POLICY_OK)
		return error;
	*ret_description = description;
	description = (struct policy_description){ NULL, 0 };
	return POLICY_OK;
}

void policy_description_free(struct policy_description description)
{
	for (size_t i = 0; i < description.count; i++) {
		free(description.items[i].name);
		free(description.items[i].text);
	}
	free(description.items);
}
