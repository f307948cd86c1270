/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/text.h"

#include <inttypes.h>
#include <langinfo.h>
#include <unistd.h>

#include "base/cleanup.h"

static bool is_printable(uint8_t character)
{
	return character >= 0x20 && character < 0x7f;
}

void print_safely(FILE *out, struct span text)
{
	for (size_t i = 0; i < text.size; i++) {
		uint8_t character = text.data[i];

		if (character == '\\')
			fputs("\\\\", out);
		else if (is_printable(character))
			fputc(character, out);
		else
			fprintf(out, "\\x%02x", character);
	}
}

bool is_plain_text(struct span bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		if (!is_printable(bytes.data[i]))
			return false;
	return bytes.size > 0;
}

void print_hex(FILE *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		fprintf(out, "%02x", bytes.data[i]);
}

void complain_list(const char *format, va_list arguments)
{
	_cleanup_free_ char *text = NULL;

	fputs("nitroctl: ", stderr);
	if (vasprintf(&text, format, arguments) < 0) {
		text = NULL;
		fputs("memory is exhausted.\n", stderr);
		return;
	}
	print_safe_string(stderr, text);
	fputc('\n', stderr);
}

void complain(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	complain_list(format, arguments);
	va_end(arguments);
}

void format_seconds(int64_t seconds, char ret_text[static TIME_TEXT_SIZE])
{
	char *point;

	/* Out of range is beyond any date either way, and must not wrap. */
	if (seconds > TIME_MAX_MS / MSEC_PER_SEC ||
	    seconds < TIME_MIN_MS / MSEC_PER_SEC) {
		snprintf(ret_text, TIME_TEXT_SIZE, "@%lld", (long long)seconds);
		return;
	}
	time_format(seconds * MSEC_PER_SEC, ret_text);
	point = strchr(ret_text, '.');
	if (point != NULL)
		memcpy(point, "Z", sizeof("Z"));
}

void format_span(uint64_t ms, char ret_text[static SPAN_TEXT_SIZE])
{
	static const struct {
		uint64_t ms;
		const char *name;
	} units[] = { { 86400000, "d" },
		      { 3600000, "h" },
		      { 60000, "min" },
		      { 1000, "s" },
		      { 1, "ms" } };
	size_t first = 0;
	uint64_t rest;

	while (first + 1 < ARRAY_SIZE(units) && ms < units[first].ms)
		first++;
	rest = ms % units[first].ms;
	if (ms == 0)
		snprintf(ret_text, SPAN_TEXT_SIZE, "0");
	else if (first + 1 < ARRAY_SIZE(units) && rest >= units[first + 1].ms)
		snprintf(ret_text, SPAN_TEXT_SIZE,
			 "%" PRIu64 "%s %" PRIu64 "%s", ms / units[first].ms,
			 units[first].name, rest / units[first + 1].ms,
			 units[first + 1].name);
	else
		snprintf(ret_text, SPAN_TEXT_SIZE, "%" PRIu64 "%s",
			 ms / units[first].ms, units[first].name);
}

struct text_style text_style_of(FILE *out)
{
	const char *no_color = secure_getenv("NO_COLOR");
	const char *term = secure_getenv("TERM");
	bool refused = (no_color != NULL && no_color[0] != '\0') ||
		       term == NULL || strcmp(term, "dumb") == 0;

	return (struct text_style){
		.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
		.colour = !refused && isatty(fileno(out)) == 1,
	};
}

void print_colour(FILE *out, struct text_style style, enum text_colour colour)
{
	static const char *const sequences[] = {
		[TEXT_GREEN] = "\033[1;32m",
		[TEXT_RED] = "\033[1;31m",
		[TEXT_YELLOW] = "\033[1;33m",
		[TEXT_COLOUR_END] = "\033[0m",
	};

	if (style.colour)
		fputs(sequences[colour], out);
}
