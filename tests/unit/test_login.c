/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The message that is signed for a login: each of its parts counts, and no two logins
 * have the same one.
 */
#include "config.h"

#include "response/login.h"
#include "tests/unit/unit.h"

static const uint8_t nonce[LOGIN_NONCE_SIZE] =
	"0123456789abcdef0123456789abcde";

START_TEST(the_message_names_everything)
{
	static const char expected[] = "nitro-login-v1\nweb1\nsshd\ndeploy\n";
	const struct login login = { "web1", "sshd", "deploy" };
	uint8_t message[LOGIN_MESSAGE_MAX];
	size_t size = login_message(&login, nonce, message);

	ck_assert_uint_eq(size, strlen(expected) + sizeof(nonce));
	ck_assert_mem_eq(message, expected, strlen(expected));
	ck_assert_mem_eq(message + strlen(expected), nonce, sizeof(nonce));
}
END_TEST

/* "a\nb" and "c" would else be "a" and "b\nc". */
START_TEST(names_have_no_line_ends)
{
	static const char *const bad[] = { "",	   "a\nb", "a b",
					   "a\tb", "\x7f", "\xc3\xa9" };
	uint8_t message[LOGIN_MESSAGE_MAX];
	char name[LOGIN_TEXT_MAX + 2];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct login logins[] = { { bad[i], "sshd", "user" },
						{ "host", bad[i], "user" },
						{ "host", "sshd", bad[i] } };

		for (size_t j = 0; j < 3; j++)
			ck_assert_uint_eq(
				login_message(&logins[j], nonce, message), 0);
	}
	memset(name, 'n', sizeof(name) - 1);
	name[LOGIN_TEXT_MAX + 1] = '\0';
	ck_assert_uint_eq(login_message(&(struct login){ name, name, name },
					nonce, message),
			  0);
	name[LOGIN_TEXT_MAX] = '\0';
	ck_assert_uint_gt(login_message(&(struct login){ name, name, name },
					nonce, message),
			  3 * LOGIN_TEXT_MAX);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, the_message_names_everything);
	tcase_add_test(tests, names_have_no_line_ends);
}

UNIT_MAIN("login", add_tests)
