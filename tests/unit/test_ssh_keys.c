/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "pam_nitro/ssh_keys.h"

#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/compiler.h"
#include "tests/unit/unit.h"

#define CERTIFICATE_TYPE "ssh-ed25519-cert-v01@openssh.com"

START_TEST(keys_among_other_methods)
{
	_cleanup_(ssh_keys_clear) struct ssh_keys keys = SSH_KEYS_EMPTY;
	struct answer answer;

	ck_assert(ssh_keys_read("password\n"
				"publickey ssh-ed25519 aGVsbG8=\n"
				"keyboard-interactive/pam\n"
				"hostbased ssh-rsa AAAA client user \"a\"\n"
				"publickey " CERTIFICATE_TYPE " AAAA\n",
				&keys, &answer));
	ck_assert_uint_eq(keys.count, 2);
	ck_assert_uint_eq(keys.keys[0].blob.size, 5);
	ck_assert_mem_eq(keys.keys[0].blob.data, "hello", 5);
	ck_assert(!keys.keys[0].certificate);
	ck_assert_uint_eq(keys.keys[1].blob.size, 3);
	ck_assert(keys.keys[1].certificate);
}
END_TEST

START_TEST(every_type_that_the_daemon_reads)
{
	static const char *const names[] = { "ssh-ed25519", "ssh-rsa",
					     "ecdsa-sha2-nistp256",
					     "ecdsa-sha2-nistp384",
					     "ecdsa-sha2-nistp521" };

	for (size_t i = 0; i < 2 * ARRAY_SIZE(names); i++) {
		_cleanup_(ssh_keys_clear) struct ssh_keys keys = SSH_KEYS_EMPTY;
		struct answer answer;
		char text[128];

		snprintf(text, sizeof(text), "publickey %s%s AAAA",
			 names[i / 2],
			 i % 2 == 0 ? "" : "-cert-v01@openssh.com");
		ck_assert(ssh_keys_read(text, &keys, &answer));
		ck_assert_uint_eq(keys.count, 1);
		ck_assert_int_eq(keys.keys[0].certificate, i % 2 != 0);
	}
}
END_TEST

START_TEST(texts_without_a_key)
{
	static const char *const texts[] = {
		"",
		"\n",
		"\n\n",
		"password",
		"publickey",
		"Publickey a AAAA",
		" publickey ssh-rsa AAAA",
		"publickey\tssh-rsa AAAA",
		"publickey ssh-rsb AAAA",
		"publickey ssh-rsaa AAAA",
		"publickey ssh-rs AAAA",
		"publickey ssh-dss AAAA",
		"publickey sk-ssh-ed25519@openssh.com ?",
		"publickey a\x01 AAAA"
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct ssh_keys keys = SSH_KEYS_EMPTY;
		struct answer answer;

		ck_assert(ssh_keys_read(texts[i], &keys, &answer));
		ck_assert_uint_eq(keys.count, 0);
	}
}
END_TEST

static void check_refused(const char *text, const char *reason)
{
	struct ssh_keys keys = SSH_KEYS_EMPTY;
	struct answer answer = { .kind = ANSWER_ALLOWED };

	ck_assert_msg(!ssh_keys_read(text, &keys, &answer), "%s", text);
	ck_assert_int_eq(answer.kind, ANSWER_UNAVAILABLE);
	ck_assert_str_eq(answer.reason, reason);
	ck_assert_uint_eq(keys.count, 0);
}

START_TEST(malformed_lines_are_refused)
{
	static const char *const texts[] = {
		"publickey ",
		"publickey ssh-ed25519",
		"publickey ssh-ed25519 ",
		"publickey  ssh-ed25519 AAAA",
		"publickey ssh-ed25519  AAAA",
		"publickey ssh-ed25519 AAAA ",
		"publickey ssh-ed25519 AAAA more",
		"publickey ssh-ed25519 AAAA\r\n",
		"publickey ssh-ed25519 AAA",
		"publickey ssh-ed25519 AAA-",
		"publickey ssh-ed25519 AAB=",
		"publickey ssh-ed25519 ====",
		"publickey ssh-rsa AAAA\npublickey b\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		check_refused(texts[i], "ssh-keys-malformed");
}
END_TEST

START_TEST(four_keys_and_no_more)
{
	_cleanup_(ssh_keys_clear) struct ssh_keys keys = SSH_KEYS_EMPTY;
	char text[6 * 32] = "";
	struct answer answer;

	for (int i = 0; i < 4; i++)
		strncat(text, "publickey ssh-rsa AAAA\n", 32);
	ck_assert(ssh_keys_read(text, &keys, &answer));
	ck_assert_uint_eq(keys.count, 4);
	strncat(text, "publickey ssh-rsa AAAA\n", 32);
	check_refused(text, "ssh-keys-too-many");
}
END_TEST

/* "publickey ssh-rsa " and a blob of `size` bytes. */
static char *line_of(size_t size)
{
	static const char head[] = "publickey ssh-rsa ";
	_cleanup_free_ uint8_t *bytes = calloc(1, size);
	char *text = malloc(sizeof(head) + BASE64_SIZE(size));

	memcpy(text, head, sizeof(head));
	base64_encode(BASE64_STANDARD, span_of(bytes, size),
		      text + strlen(head));
	return text;
}

START_TEST(keys_of_32_kib_and_no_more)
{
	_cleanup_(ssh_keys_clear) struct ssh_keys keys = SSH_KEYS_EMPTY;
	_cleanup_free_ char *largest = line_of(SSH_KEYS_BLOB_MAX);
	_cleanup_free_ char *over = line_of(SSH_KEYS_BLOB_MAX + 1);
	_cleanup_free_ char *far_over = line_of(SSH_KEYS_BLOB_MAX + 5);
	struct answer answer;

	ck_assert(ssh_keys_read(largest, &keys, &answer));
	ck_assert_uint_eq(keys.keys[0].blob.size, SSH_KEYS_BLOB_MAX);
	check_refused(over, "ssh-keys-too-large");
	check_refused(far_over, "ssh-keys-too-large");
}
END_TEST

START_TEST(a_megabyte_is_refused)
{
	_cleanup_free_ char *text = malloc(1000001);

	memset(text, '\n', 1000000);
	text[1000000] = '\0';
	check_refused(text, "ssh-keys-too-large");
	text[SSH_KEYS_TEXT_MAX + 1] = '\0';
	check_refused(text, "ssh-keys-too-large");
	text[SSH_KEYS_TEXT_MAX] = '\0';
	ck_assert(ssh_keys_read(text, &(struct ssh_keys){ .count = 0 },
				&(struct answer){ .level = 0 }));
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, keys_among_other_methods);
	tcase_add_test(tests, every_type_that_the_daemon_reads);
	tcase_add_test(tests, texts_without_a_key);
	tcase_add_test(tests, malformed_lines_are_refused);
	tcase_add_test(tests, four_keys_and_no_more);
	tcase_add_test(tests, keys_of_32_kib_and_no_more);
	tcase_add_test(tests, a_megabyte_is_refused);
}

UNIT_MAIN("ssh_keys", add_tests)
