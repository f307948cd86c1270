/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "base/base64.h"

#include <errno.h>

#include "tests/unit/unit.h"

/* RFC 4648 section 10, and bytes that use the two last characters. */
static const struct {
	const char *bytes;
	size_t size;
	const char *standard;
	const char *url;
} vectors[] = {
	{ "", 0, "", "" },
	{ "f", 1, "Zg==", "Zg" },
	{ "fo", 2, "Zm8=", "Zm8" },
	{ "foo", 3, "Zm9v", "Zm9v" },
	{ "foob", 4, "Zm9vYg==", "Zm9vYg" },
	{ "fooba", 5, "Zm9vYmE=", "Zm9vYmE" },
	{ "foobar", 6, "Zm9vYmFy", "Zm9vYmFy" },
	{ "\xfb\xff\xbf\x00", 4, "+/+/AA==", "-_-_AA" },
};

static void check_vector(enum base64_alphabet alphabet, struct span bytes,
			 const char *text)
{
	char encoded[16];
	uint8_t decoded[8];
	size_t size;

	ck_assert_uint_eq(base64_encode(alphabet, bytes, encoded),
			  strlen(text));
	ck_assert_str_eq(encoded, text);
	ck_assert_int_eq(base64_decode(alphabet, span_of_text(text), decoded,
				       sizeof(decoded), &size),
			 0);
	ck_assert(span_equal(span_of(decoded, size), bytes));
}

START_TEST(agrees_with_the_vectors)
{
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		struct span bytes = span_of(vectors[i].bytes, vectors[i].size);

		check_vector(BASE64_STANDARD, bytes, vectors[i].standard);
		check_vector(BASE64_URL, bytes, vectors[i].url);
	}
}
END_TEST

static int decode(enum base64_alphabet alphabet, const char *text, size_t room)
{
	uint8_t bytes[16];
	size_t size;

	return base64_decode(alphabet, span_of_text(text), bytes, room, &size);
}

START_TEST(refuses_what_is_not_canonical)
{
	static const char *const wrong_standard[] = {
		"Z",	  "Zg",	  "Zg=",  "Zg===", "Zh==", "Zm9=", "Zm8=Zm8=",
		"Zm9v\n", " Zm9", "====", "=Zm9",  "-_-_", "Z=g=",
	};
	static const char *const wrong_url[] = { "Z",	 "Zg==",  "Zh",	 "Zm9",
						 "+/+/", "Zm9v ", "Zm8=" };

	for (size_t i = 0; i < ARRAY_SIZE(wrong_standard); i++)
		ck_assert_msg(decode(BASE64_STANDARD, wrong_standard[i], 16) ==
				      -EINVAL,
			      "%s", wrong_standard[i]);
	for (size_t i = 0; i < ARRAY_SIZE(wrong_url); i++)
		ck_assert_msg(decode(BASE64_URL, wrong_url[i], 16) == -EINVAL,
			      "%s", wrong_url[i]);
}
END_TEST

START_TEST(refuses_a_nul_inside)
{
	uint8_t bytes[4];
	size_t size;

	ck_assert_int_eq(base64_decode(BASE64_URL, span_of("Zm\0v", 4), bytes,
				       sizeof(bytes), &size),
			 -EINVAL);
}
END_TEST

START_TEST(refuses_more_than_fits)
{
	ck_assert_int_eq(decode(BASE64_URL, "Zm9v", 2), -ENOSPC);
	ck_assert_int_eq(decode(BASE64_URL, "Zm9v", 3), 0);
	ck_assert_int_eq(decode(BASE64_STANDARD, "Zg==", 0), -ENOSPC);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, agrees_with_the_vectors);
	tcase_add_test(tests, refuses_what_is_not_canonical);
	tcase_add_test(tests, refuses_a_nul_inside);
	tcase_add_test(tests, refuses_more_than_fits);
}

UNIT_MAIN("base64", add_tests)
