/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/output_json.h"

#include "base/cleanup.h"
#include "base/hex.h"
#include "nitroctl/text.h"

json_t *json_hex(struct span bytes)
{
	_cleanup_free_ char *hex = NULL;

	if (span_is_absent(bytes))
		return json_null();
	hex = hex_dup(bytes);
	return hex == NULL ? NULL : json_string(hex);
}

/* A copy in which every byte that is not ASCII is U+FFFD: plain, and only for
 * text that is no UTF-8 as a whole. */
static json_t *replace_non_ascii(struct span text)
{
	static const char replacement[] = "\xef\xbf\xbd";
	_cleanup_free_ char *copy = malloc(text.size * 3 + 1);
	size_t size = 0;

	if (copy == NULL)
		return NULL;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < 0x80) {
			copy[size++] = (char)text.data[i];
			continue;
		}
		memcpy(copy + size, replacement, 3);
		size += 3;
	}
	return json_stringn(copy, size);
}

json_t *json_text(struct span text)
{
	json_t *string = json_stringn((const char *)text.data, text.size);

	return string == NULL ? replace_non_ascii(text) : string;
}

json_t *json_string_or_null(const char *text)
{
	return text[0] == '\0' ? json_null() : json_text(span_of_text(text));
}

json_t *json_time_ms(int64_t ms)
{
	char text[TIME_TEXT_SIZE];

	time_format(ms, text);
	return json_string(text);
}

json_t *json_time_seconds(int64_t time)
{
	char text[TIME_TEXT_SIZE];

	format_seconds(time, text);
	return json_string(text);
}

json_t *json_words(const char *const *words, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		if (json_array_append_new(
			    array, json_text(span_of_text(words[i]))) < 0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

bool json_print_consume(FILE *out, json_t *object)
{
	if (object == NULL) {
		complain("memory is exhausted.");
		return false;
	}
	/* Whether it reached the disk or the reader is asked at the end. */
	if (json_dumpf(object, out, JSON_COMPACT | JSON_ENSURE_ASCII) == 0)
		fputc('\n', out);
	json_decref(object);
	return true;
}

json_t *json_pcrs(const struct span pcrs[static ATTEST_PCR_COUNT])
{
	json_t *object = json_object();

	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
		char index[sizeof("4294967295")];

		if (span_is_absent(pcrs[i]))
			continue;
		snprintf(index, sizeof(index), "%u", i);
		if (json_object_set_new(object, index, json_hex(pcrs[i])) < 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}
