/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A one-way reader of CBOR (RFC 8949) for input that nobody trusts. It allocates
 * nothing, never reads outside its input, and accepts one encoding of each value:
 * minimal heads (RFC 8949 section 4.2.1) and definite lengths, but for the one
 * map for which the caller allows an indefinite length.
 *
 * The error is sticky: after the first one every read returns zero, an absent
 * span or false, so that a parser is a straight list of reads with one check at
 * the end. A parse is complete only when cursor_finish() says so.
 *
 * Public between folders: lib/nsm and nitro-sim read with it too.
 */
#ifndef NITRO_ATTEST_CURSOR_H
#define NITRO_ATTEST_CURSOR_H

#include "base/compiler.h"
#include "base/span.h"

enum cursor_error {
	CURSOR_OK,
	CURSOR_TRUNCATED,   /* the input ends inside an item */
	CURSOR_MALFORMED,   /* no CBOR, or a break where none may stand */
	CURSOR_NOT_MINIMAL, /* a head that is longer than it must be */
	CURSOR_INDEFINITE,  /* an indefinite length where none is allowed */
	CURSOR_TYPE,	    /* well formed, but not what was asked for */
	CURSOR_LIMIT,	    /* more elements than the caller allows */
	CURSOR_TRAILING,    /* bytes follow the last item */
};

/* What stands at the cursor. */
enum cursor_type {
	CURSOR_END, /* nothing is left, or an error occurred */
	CURSOR_UNSIGNED,
	CURSOR_NEGATIVE,
	CURSOR_BYTES,
	CURSOR_TEXT,
	CURSOR_ARRAY,
	CURSOR_MAP,
	CURSOR_TAG,
	CURSOR_NULL,
	CURSOR_BOOLEAN,
	CURSOR_OTHER, /* float, undefined */
	CURSOR_INDEFINITE_ITEM,
	CURSOR_INDEFINITE_MAP,
	CURSOR_BREAK,
};

/* Embedded in the caller's frame; `input` must outlive it and every span that it
 * returns. Callers read `error` only. */
struct cursor {
	struct span input;
	size_t offset; /* of the item at which the cursor stands or failed */
	enum cursor_error error;
	enum cursor_type wanted, found; /* of a CURSOR_TYPE error */
};

/* The entries of a map that are still to be read. */
struct cursor_map {
	uint64_t left; /* entries, or the most that are still allowed */
	bool is_indefinite;
};

/* A text of cursor_explain() with its NUL. */
#define CURSOR_TEXT_SIZE 96

void cursor_init(struct cursor *cursor, struct span input);

/* The type of the next item; does not move, and records an error that it met. */
enum cursor_type cursor_peek(struct cursor *cursor);

/* Each reads one item of exactly that type. Texts are not checked to be UTF-8:
 * compare them, or check what characters they have. */
uint64_t cursor_read_unsigned(struct cursor *cursor);
struct span cursor_read_bytes(struct cursor *cursor);
struct span cursor_read_text(struct cursor *cursor);
bool cursor_read_boolean(struct cursor *cursor);
uint64_t cursor_read_tag(struct cursor *cursor);

/* True, and behind it, when a null stands at the cursor; else does not move. */
bool cursor_take_null(struct cursor *cursor);

/* Enters an array and returns its number of elements, which are then read like
 * other items; CURSOR_LIMIT when there are more than `max`. */
uint64_t cursor_enter_array(struct cursor *cursor, uint64_t max);

/* Enters a map of at most `max` entries. Then, for each entry:
 *	while (cursor_next_entry(cursor, &map)) { read key; read value; }
 * The second form takes an indefinite length as well. */
struct cursor_map cursor_enter_map(struct cursor *cursor, uint64_t max);
struct cursor_map cursor_enter_any_map(struct cursor *cursor, uint64_t max);
bool cursor_next_entry(struct cursor *cursor, struct cursor_map *map);

/* The encoded bytes from `start` (an earlier cursor->offset) to the cursor. */
struct span cursor_since(const struct cursor *cursor, size_t start);

/* Everything was read and nothing is left; else records CURSOR_TRAILING. */
enum cursor_error cursor_finish(struct cursor *cursor) _must_use_;

/* What went wrong and where, for people: "byte 17: null instead of a text". */
const char *cursor_explain(const struct cursor *cursor,
			   char ret_text[static CURSOR_TEXT_SIZE]);

/* "an unsigned integer", "a byte string", … */
const char *cursor_type_text(enum cursor_type type);

#endif
