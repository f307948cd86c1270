/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/hex.h"

#include <errno.h>
#include <stdlib.h>

void hex_encode(struct span bytes, char *ret_text)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < bytes.size; i++) {
		*ret_text++ = digits[bytes.data[i] >> 4];
		*ret_text++ = digits[bytes.data[i] & 0x0f];
	}
	*ret_text = '\0';
}

char *hex_dup(struct span bytes)
{
	char *text;

	if (bytes.size > (SIZE_MAX - 1) / 2)
		return NULL;
	text = malloc(HEX_SIZE(bytes.size));
	if (text != NULL)
		hex_encode(bytes, text);
	return text;
}

static int digit_value(uint8_t digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

int hex_decode(struct span text, uint8_t *ret_bytes, size_t capacity,
	       size_t *ret_size)
{
	if (text.size % 2 != 0)
		return -EINVAL;
	if (text.size / 2 > capacity)
		return -ENOSPC;

	for (size_t i = 0; i < text.size; i += 2) {
		int high = digit_value(text.data[i]);
		int low = digit_value(text.data[i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		ret_bytes[i / 2] = (uint8_t)(high << 4 | low);
	}
	*ret_size = text.size / 2;
	return 0;
}
