/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/base64.h"

#include <errno.h>

static const char characters[][65] = {
	[BASE64_STANDARD] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz0123456789+/",
	[BASE64_URL] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		       "abcdefghijklmnopqrstuvwxyz0123456789-_",
};

size_t base64_encode(enum base64_alphabet alphabet, struct span bytes,
		     char *ret_text)
{
	const char *characters_in_use = characters[alphabet];
	char *out = ret_text;

	for (size_t i = 0; i < bytes.size; i += 3) {
		size_t left = bytes.size - i;
		uint32_t group = (uint32_t)bytes.data[i] << 16;

		if (left > 1)
			group |= (uint32_t)bytes.data[i + 1] << 8;
		if (left > 2)
			group |= bytes.data[i + 2];
		*out++ = characters_in_use[group >> 18];
		*out++ = characters_in_use[group >> 12 & 0x3f];
		if (left > 1)
			*out++ = characters_in_use[group >> 6 & 0x3f];
		else if (alphabet == BASE64_STANDARD)
			*out++ = '=';
		if (left > 2)
			*out++ = characters_in_use[group & 0x3f];
		else if (alphabet == BASE64_STANDARD)
			*out++ = '=';
	}
	*out = '\0';
	return (size_t)(out - ret_text);
}

static int character_value(enum base64_alphabet alphabet, uint8_t character)
{
	const char *at;

	if (character == '\0')
		return -1;
	at = strchr(characters[alphabet], character);
	return at == NULL ? -1 : (int)(at - characters[alphabet]);
}

/* The text without its padding, or -EINVAL where padding is missing or stray. */
static int strip_padding(enum base64_alphabet alphabet, struct span *text)
{
	if (alphabet == BASE64_STANDARD) {
		if (text->size % 4 != 0)
			return -EINVAL;
		for (int i = 0; i < 2; i++)
			if (text->size > 0 && text->data[text->size - 1] == '=')
				text->size--;
	}
	return text->size % 4 == 1 ? -EINVAL : 0;
}

int base64_decode(enum base64_alphabet alphabet, struct span text,
		  uint8_t *ret_bytes, size_t capacity, size_t *ret_size)
{
	uint32_t group = 0;
	size_t size = 0;
	int bits = 0;

	if (strip_padding(alphabet, &text) < 0)
		return -EINVAL;
	for (size_t i = 0; i < text.size; i++) {
		int value = character_value(alphabet, text.data[i]);

		if (value < 0)
			return -EINVAL;
		group = group << 6 | (uint32_t)value;
		bits += 6;
		if (bits < 8)
			continue;
		if (size == capacity)
			return -ENOSPC;
		bits -= 8;
		ret_bytes[size++] = (uint8_t)(group >> bits);
		group &= (1u << bits) - 1;
	}
	if (group != 0)
		return -EINVAL;
	*ret_size = size;
	return 0;
}
