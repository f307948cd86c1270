/* SPDX-License-Identifier: Apache-2.0 */
/* What is taken for base64, and that nothing else is touched. */
#include "config.h"

#include "nitroctl/input.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "unit.h"

static struct buffer buffer_of(const void *bytes, size_t size)
{
	struct buffer buffer = { malloc(size + 1), size };

	ck_assert_ptr_nonnull(buffer.data);
	memcpy(buffer.data, bytes, size);
	buffer.data[size] = '\0';
	return buffer;
}

/* `expected` NULL: the text must be left as it is. */
static void try_text(const char *text, const char *expected, size_t size)
{
	struct buffer buffer = buffer_of(text, strlen(text));
	struct span wanted =
		expected == NULL ? span_of_text(text) : span_of(expected, size);

	ck_assert_int_eq(input_decode_base64(&buffer), expected != NULL);
	ck_assert_msg(span_equal(buffer_span(&buffer), wanted), "%s", text);
	ck_assert_uint_eq(buffer.data[buffer.size], 0);
	buffer_free(buffer);
}

START_TEST(both_alphabets_are_known)
{
	try_text("+/+/", "\xfb\xff\xbf", 3);
	try_text("-_-_", "\xfb\xff\xbf", 3);
	try_text("+/-_", NULL, 0);
	try_text("hEShATgi", "\x84\x44\xa1\x01\x38\x22", 6);
}
END_TEST

START_TEST(padding_is_right_or_absent)
{
	try_text("hEShAQ==", "\x84\x44\xa1\x01", 4);
	try_text("hEShAQ", "\x84\x44\xa1\x01", 4);
	try_text("hEShAQ=", NULL, 0);
	try_text("hEShAQ===", NULL, 0);
	try_text("hESh=", NULL, 0);
	try_text("hE=h", NULL, 0);
	try_text("-_8=", "\xfb\xff", 2);
	try_text("====", NULL, 0);
	try_text("=", NULL, 0);
}
END_TEST

START_TEST(white_space_does_not_count)
{
	try_text(" hESh\r\nAQ=\t=\n", "\x84\x44\xa1\x01", 4);
	try_text("h\nE\nS\nh\n", "\x84\x44\xa1", 3);
	try_text(" \r\n", NULL, 0);
	try_text("", NULL, 0);
}
END_TEST

START_TEST(other_text_is_left_alone)
{
	/* Stray bits, a lonely character, other characters, a NUL. */
	try_text("hEShAR==", NULL, 0);
	try_text("hEShA", NULL, 0);
	try_text("-----BEGIN CERTIFICATE-----", NULL, 0);
	try_text("{\"document\": null}", NULL, 0);

	struct buffer buffer = buffer_of("hESh\0AQ", 7);

	ck_assert_int_eq(input_decode_base64(&buffer), 0);
	ck_assert_uint_eq(buffer.size, 7);
	buffer_free(buffer);
}
END_TEST

START_TEST(binary_is_never_text)
{
	/* However the rest looks: the first byte is that of an array of four,
	 * or of tag 18. */
	static const uint8_t first[] = { 0x84, 0xd2 };

	for (size_t i = 0; i < ARRAY_SIZE(first); i++) {
		uint8_t bytes[64];
		struct buffer buffer;

		memset(bytes, 'A', sizeof(bytes));
		bytes[0] = first[i];
		buffer = buffer_of(bytes, sizeof(bytes));
		ck_assert_int_eq(input_decode_base64(&buffer), 0);
		ck_assert_mem_eq(buffer.data, bytes, sizeof(bytes));
		buffer_free(buffer);
	}
}
END_TEST

static void try_file(off_t size, int expected)
{
	char name[] = "/tmp/nitroctl-input-XXXXXX";
	struct input input = INPUT_EMPTY;
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, size), 0);
	ck_assert_int_eq(input_read(name, &input), expected);
	close(fd);
	unlink(name);
	if (expected == 0)
		ck_assert_uint_eq(input.bytes.size, (size_t)size);
	else
		ck_assert_ptr_null(input.bytes.data);
	input_free(input);
}

START_TEST(size_is_bounded)
{
	struct attest_failure failure;

	try_file(0, 0);
	try_file(INPUT_SIZE_MAX, 0);
	try_file((off_t)INPUT_SIZE_MAX + 1, -EFBIG);
	try_file((off_t)1 << 40, -EFBIG);

	/* Every document fits, also as base64 in lines. */
	ck_assert_uint_gt(INPUT_SIZE_MAX,
			  2 * (ATTEST_DOCUMENT_MAX + 2) * 4 / 3);
	input_too_large(&failure);
	ck_assert_int_eq(failure.error, ATTEST_E_DOCUMENT_SIZE);
	ck_assert_str_eq(failure.actual, "more than 65536 bytes");
}
END_TEST

START_TEST(only_regular_files_are_opened)
{
	char name[] = "/tmp/nitroctl-fifo-XXXXXX";
	struct input input = INPUT_EMPTY;

	ck_assert_ptr_nonnull(mkdtemp(name));
	ck_assert_int_eq(input_read(name, &input), -ENOTSUP);
	rmdir(name);
	ck_assert_int_eq(mkfifo(name, 0600), 0);
	ck_assert_int_eq(input_read(name, &input), -ENOTSUP);
	unlink(name);
	ck_assert_int_eq(input_read(name, &input), -ENOENT);
	ck_assert_int_eq(input_read("/dev/zero", &input), -ENOTSUP);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, both_alphabets_are_known);
	tcase_add_test(tests, padding_is_right_or_absent);
	tcase_add_test(tests, white_space_does_not_count);
	tcase_add_test(tests, other_text_is_left_alone);
	tcase_add_test(tests, binary_is_never_text);
	tcase_add_test(tests, size_is_bounded);
	tcase_add_test(tests, only_regular_files_are_opened);
}

UNIT_MAIN("nitroctl input", add_tests)
