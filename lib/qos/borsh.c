/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "qos/borsh.h"

#include "base/compiler.h"

void borsh_init(struct borsh *borsh, struct span input)
{
	*borsh = (struct borsh){ .input = input };
}

static void refuse(struct borsh *borsh, enum qos_error error, uint64_t found)
{
	if (borsh->error != QOS_OK)
		return;
	borsh->error = error;
	borsh->found = found;
}

static size_t bytes_left(const struct borsh *borsh)
{
	return borsh->input.size - borsh->offset;
}

struct span borsh_read_array(struct borsh *borsh, size_t size)
{
	struct span bytes;

	if (borsh->error == QOS_OK && size > bytes_left(borsh))
		refuse(borsh, QOS_E_MANIFEST_LENGTH, size);
	if (borsh->error != QOS_OK)
		return SPAN_ABSENT;
	bytes = span_of(borsh->input.data + borsh->offset, size);
	borsh->offset += size;
	return bytes;
}

/* Zero after an error. */
static uint32_t read_number(struct borsh *borsh, size_t size)
{
	const struct span bytes = borsh_read_array(borsh, size);
	uint32_t number = 0;

	for (size_t i = bytes.size; i > 0; i--)
		number = number << 8 | bytes.data[i - 1];
	return number;
}

uint8_t borsh_read_u8(struct borsh *borsh)
{
	return (uint8_t)read_number(borsh, sizeof(uint8_t));
}

uint16_t borsh_read_u16(struct borsh *borsh)
{
	return (uint16_t)read_number(borsh, sizeof(uint16_t));
}

uint32_t borsh_read_u32(struct borsh *borsh)
{
	return read_number(borsh, sizeof(uint32_t));
}

unsigned borsh_read_variant(struct borsh *borsh, unsigned count)
{
	const size_t start = borsh->offset;
	const unsigned variant = borsh_read_u8(borsh);

	if (variant < count)
		return variant;
	borsh->offset = start;
	refuse(borsh, QOS_E_MANIFEST_VARIANT, variant);
	return 0;
}

bool borsh_read_bool(struct borsh *borsh)
{
	return borsh_read_variant(borsh, 2) == 1;
}

struct span borsh_read_bytes(struct borsh *borsh)
{
	const size_t start = borsh->offset;
	const uint32_t size = borsh_read_u32(borsh);
	const struct span bytes = borsh_read_array(borsh, size);

	/* The length is what lies, not what follows it. */
	if (borsh->error != QOS_OK)
		borsh->offset = start;
	return bytes;
}

/* RFC 3629 section 4: the lead bytes, how many bytes there are, and what the second
 * may be: no surrogates, nothing longer than it must be. */
static const struct lead {
	uint8_t first, last;
	uint8_t size;
	uint8_t low, high;
} leads[] = {
	{ 0x00, 0x7f, 1, 0, 0 },       { 0xc2, 0xdf, 2, 0x80, 0xbf },
	{ 0xe0, 0xe0, 3, 0xa0, 0xbf }, { 0xe1, 0xec, 3, 0x80, 0xbf },
	{ 0xed, 0xed, 3, 0x80, 0x9f }, { 0xee, 0xef, 3, 0x80, 0xbf },
	{ 0xf0, 0xf0, 4, 0x90, 0xbf }, { 0xf1, 0xf3, 4, 0x80, 0xbf },
	{ 0xf4, 0xf4, 4, 0x80, 0x8f },
};

static const struct lead *find_lead(uint8_t byte)
{
	for (size_t i = 0; i < ARRAY_SIZE(leads); i++)
		if (byte >= leads[i].first && byte <= leads[i].last)
			return &leads[i];
	return NULL;
}

/* The size of the character that `text` begins with; 0: it begins with none. */
static size_t character_size(struct span text)
{
	const struct lead *lead = find_lead(text.data[0]);

	if (lead == NULL || lead->size > text.size)
		return 0;
	if (lead->size > 1 &&
	    (text.data[1] < lead->low || text.data[1] > lead->high))
		return 0;
	for (size_t i = 2; i < lead->size; i++)
		if ((text.data[i] & 0xc0) != 0x80)
			return 0;
	return lead->size;
}

static bool is_utf8(struct span text)
{
	while (text.size > 0) {
		const size_t size = character_size(text);

		if (size == 0)
			return false;
		text = span_of(text.data + size, text.size - size);
	}
	return true;
}

struct span borsh_read_text(struct borsh *borsh)
{
	const size_t start = borsh->offset;
	const struct span text = borsh_read_bytes(borsh);

	if (is_utf8(text))
		return text;
	borsh->offset = start;
	refuse(borsh, QOS_E_MANIFEST_TEXT, text.size);
	return SPAN_ABSENT;
}

size_t borsh_read_count(struct borsh *borsh, size_t least)
{
	const size_t start = borsh->offset;
	const uint32_t count = borsh_read_u32(borsh);

	if (count > bytes_left(borsh) / least)
		refuse(borsh, QOS_E_MANIFEST_LENGTH, count);
	if (borsh->error == QOS_OK)
		return count;
	borsh->offset = start;
	return 0;
}

bool borsh_is_at_end(const struct borsh *borsh)
{
	return borsh->error == QOS_OK && bytes_left(borsh) == 0;
}
