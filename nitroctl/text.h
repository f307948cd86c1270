/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text for people. Everything that comes from a file, a document or the command
 * line passes through here before it reaches a terminal: control characters,
 * escape sequences and whatever is not printable ASCII come out as \xNN.
 */
#ifndef NITRO_NITROCTL_TEXT_H
#define NITRO_NITROCTL_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/compiler.h"
#include "base/span.h"
#include "base/time_text.h"

/* Prints text that may be hostile. A backslash is doubled, so that the reader
 * can tell an escape from the four characters that look like one. */
void print_safely(FILE *out, struct span text);

/* The same, with the sizes and NULs of C strings. */
static inline void print_safe_string(FILE *out, const char *text)
{
	print_safely(out, span_of_text(text));
}

/* True for bytes that are worth showing as text: not empty, printable ASCII. */
bool is_plain_text(struct span bytes);

/* Bytes in hexadecimal. */
void print_hex(FILE *out, struct span bytes);

/* "nitroctl: ..." and a newline on standard error, made safe for terminals. */
void complain(const char *format, ...) _printf_(1, 2);
void complain_list(const char *format, va_list arguments) _printf_(1, 0);

/* "YYYY-MM-DDTHH:MM:SSZ": certificates know no milliseconds. */
void format_seconds(int64_t seconds, char ret_text[static TIME_TEXT_SIZE]);

/* "3d 4h", "4min 30s", "0": the two largest units of a span, rounded down. */
#define SPAN_TEXT_SIZE 32
void format_span(uint64_t ms, char ret_text[static SPAN_TEXT_SIZE]);

/* What the output can show. */
struct text_style {
	bool utf8;   /* the locale's character set */
	bool colour; /* a terminal, and NO_COLOR is not set */
};

struct text_style text_style_of(FILE *out);

enum text_colour {
	TEXT_GREEN,
	TEXT_RED,
	TEXT_YELLOW,
	TEXT_COLOUR_END,
};

/* Switches the colour if the style has colours. */
void print_colour(FILE *out, struct text_style style, enum text_colour colour);

#endif
