/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "base/base64.h"

static bool is_white(uint8_t character)
{
	return character == ' ' || (character >= '\t' && character <= '\r');
}

/* The URL alphabet for either: '+' and '/' become '-' and '_'. A text that mixes
 * the two alphabets is neither. */
static bool unify_alphabet(uint8_t *text, size_t size)
{
	bool is_standard = false, is_url = false;

	for (size_t i = 0; i < size; i++) {
		is_standard |= text[i] == '+' || text[i] == '/';
		is_url |= text[i] == '-' || text[i] == '_';
		if (text[i] == '+')
			text[i] = '-';
		else if (text[i] == '/')
			text[i] = '_';
	}
	return !(is_standard && is_url);
}

/* The size without padding; if there is padding it must be the right amount. */
static size_t size_without_padding(const uint8_t *text, size_t size)
{
	size_t padding = 0;

	while (padding < 2 && padding < size && text[size - 1 - padding] == '=')
		padding++;
	return padding == 0 || size % 4 == 0 ? size - padding : size;
}

int input_decode_base64(struct buffer *bytes)
{
	_cleanup_free_ uint8_t *text = malloc(bytes->size + 1);
	_cleanup_free_ uint8_t *decoded = malloc(bytes->size + 1);
	size_t size = 0;

	if (text == NULL || decoded == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < bytes->size; i++)
		if (!is_white(bytes->data[i]))
			text[size++] = bytes->data[i];
	if (size == 0 || !unify_alphabet(text, size))
		return 0;
	size = size_without_padding(text, size);
	if (base64_decode(BASE64_URL, span_of(text, size), decoded, bytes->size,
			  &size) < 0)
		return 0;

	buffer_free(*bytes);
	decoded[size] = '\0';
	*bytes = (struct buffer){ TAKE_PTR(decoded), size };
	return 1;
}

int input_read(const char *name, struct input *ret_input)
{
	static const struct read_file_limits limits = {
		.max_size = INPUT_SIZE_MAX,
	};
	_cleanup_(buffer_freep) struct buffer bytes = BUFFER_EMPTY;
	int r;

	if (strcmp(name, "-") == 0)
		r = read_stream(STDIN_FILENO, INPUT_SIZE_MAX, &bytes);
	else
		r = read_file_at(AT_FDCWD, name, &limits, &bytes);
	if (r < 0)
		return r;

	r = input_decode_base64(&bytes);
	if (r < 0)
		return r;

	ret_input->was_base64 = r > 0;
	ret_input->bytes = bytes;
	bytes = BUFFER_EMPTY;
	return 0;
}

const char *input_explain(int error)
{
	switch (error) {
	case -ENOTSUP:
		return "Only regular files are opened; '-' reads a pipe or "
		       "device as standard input.";
	case -EAGAIN:
		return "It changed while it was being read.";
	default:
		return strerror(-error);
	}
}

void input_too_large(struct attest_failure *ret_failure)
{
	*ret_failure = (struct attest_failure){
		.error = ATTEST_E_DOCUMENT_SIZE,
	};
	snprintf(ret_failure->expected, sizeof(ret_failure->expected),
		 "1 to %u bytes, or base64 of them", ATTEST_DOCUMENT_MAX);
	snprintf(ret_failure->actual, sizeof(ret_failure->actual),
		 "more than %u bytes", INPUT_SIZE_MAX);
}
