/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "ssh/wire.h"

static const uint8_t nothing[1];

/* The next `size` bytes; empty once something was cut short. */
static struct span take(struct wire_reader *reader, size_t size)
{
	struct span taken = span_of(nothing, 0);

	if (reader->is_broken || size > reader->rest.size) {
		reader->is_broken = true;
		return taken;
	}
	taken = span_of(reader->rest.data, size);
	reader->rest.data += size;
	reader->rest.size -= size;
	return taken;
}

static uint64_t read_number(struct wire_reader *reader, size_t size)
{
	const struct span bytes = take(reader, size);
	uint64_t value = 0;

	for (size_t i = 0; i < bytes.size; i++)
		value = value << 8 | bytes.data[i];
	return value;
}

uint32_t wire_read_u32(struct wire_reader *reader)
{
	return (uint32_t)read_number(reader, 4);
}

uint64_t wire_read_u64(struct wire_reader *reader)
{
	return read_number(reader, 8);
}

struct span wire_read_string(struct wire_reader *reader)
{
	const uint32_t size = wire_read_u32(reader);

	return take(reader, size);
}

bool wire_is_read(const struct wire_reader *reader)
{
	return !reader->is_broken && reader->rest.size == 0;
}

void wire_write_bytes(struct wire_writer *writer, struct span bytes)
{
	if (writer->is_full || bytes.size > writer->capacity - writer->size) {
		writer->is_full = true;
		return;
	}
	if (bytes.size > 0)
		memcpy(writer->data + writer->size, bytes.data, bytes.size);
	writer->size += bytes.size;
}

static void write_big_endian(struct wire_writer *writer, uint64_t value,
			     size_t size)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
	wire_write_bytes(writer, span_of(bytes, size));
}

void wire_write_u32(struct wire_writer *writer, uint32_t value)
{
	write_big_endian(writer, value, 4);
}

void wire_write_u64(struct wire_writer *writer, uint64_t value)
{
	write_big_endian(writer, value, 8);
}

void wire_write_string(struct wire_writer *writer, struct span bytes)
{
	if (bytes.size > UINT32_MAX) {
		writer->is_full = true;
		return;
	}
	wire_write_u32(writer, (uint32_t)bytes.size);
	wire_write_bytes(writer, bytes);
}
