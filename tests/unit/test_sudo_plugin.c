/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plugin as sudo sees it: whatever is wrong, open() never gives the 0 that sudo
 * takes for leave to run the command, and check() never the 1.
 */
#include "config.h"

#include <string.h>
#include <sudo_plugin.h>

#include "unit.h"

extern struct approval_plugin sudo_nitro_approval;

static char user[] = "user=alice", uid[] = "uid=1000", root[] = "uid=0";
static char command[] = "command=/bin/true";
static char *user_info[] = { user, uid, NULL };
static char *command_info[] = { command, NULL };
static char *nothing[] = { NULL };

static unsigned prompts, messages;
static const char *error;

static int converse(int count __attribute__((unused)),
		    const struct sudo_conv_message questions[]
		    __attribute__((unused)),
		    struct sudo_conv_reply replies[] __attribute__((unused)),
		    struct sudo_conv_callback *callback __attribute__((unused)))
{
	prompts++;
	return -1;
}

__attribute__((format(printf, 2, 3))) static int print(int type,
						       const char *format, ...)
{
	ck_assert(type == SUDO_CONV_ERROR_MSG || type == SUDO_CONV_INFO_MSG);
	ck_assert_ptr_nonnull(format);
	messages++;
	return 0;
}

static int open_with(unsigned version, char *const info[],
		     char *const options[])
{
	prompts = messages = 0;
	error = NULL;
	return sudo_nitro_approval.open(version, converse, print, nothing, info,
					0, nothing, nothing, options, &error);
}

static int check(char *const info[])
{
	return sudo_nitro_approval.check(info, nothing, nothing, &error);
}

static void no_bus(void)
{
	setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", 1);
}

START_TEST(is_what_sudo_looks_for)
{
	ck_assert_uint_eq(sudo_nitro_approval.type, SUDO_APPROVAL_PLUGIN);
	ck_assert_uint_eq(sudo_nitro_approval.version, SUDO_API_VERSION);
	/* sudo passes over a plugin without check(). */
	ck_assert(sudo_nitro_approval.check != NULL);
	ck_assert(sudo_nitro_approval.open != NULL);
	ck_assert(sudo_nitro_approval.show_version != NULL);
}
END_TEST

START_TEST(refuses_other_versions_of_sudo)
{
	const unsigned versions[] = {
		SUDO_API_MKVERSION(1, 14), SUDO_API_MKVERSION(1, 0),
		SUDO_API_MKVERSION(0, 99), SUDO_API_MKVERSION(2, 0),
		SUDO_API_MKVERSION(2, 15), 0,
	};

	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		ck_assert_int_eq(open_with(versions[i], user_info, NULL), -1);
		ck_assert_ptr_nonnull(error);
	}
	ck_assert_int_eq(open_with(SUDO_API_MKVERSION(1, 15), user_info, NULL),
			 1);
	sudo_nitro_approval.close();
	ck_assert_int_eq(open_with(SUDO_API_MKVERSION(1, 999), user_info, NULL),
			 1);
	sudo_nitro_approval.close();
}
END_TEST

/* The reason is there until close(), and on the user's terminal. */
static void assert_refused(char *const info[], char *const options[],
			   const char *reason)
{
	ck_assert_int_eq(open_with(SUDO_API_VERSION, info, options), 1);
	ck_assert_int_eq(check(command_info), -1);
	ck_assert_ptr_nonnull(error);
	ck_assert_msg(strstr(error, reason) != NULL, "%s", error);
	ck_assert_uint_eq(messages, 1);
	sudo_nitro_approval.close();
}

START_TEST(refuses_what_it_cannot_read)
{
	char empty[] = "user=", wrong[] = "wrong", debug[] = "debug";
	char exempt[] = "exempt_root";

	assert_refused(NULL, NULL, "user-unknown");
	assert_refused(nothing, NULL, "user-unknown");
	assert_refused((char *[]){ empty, NULL }, NULL, "user-unknown");
	assert_refused(user_info, (char *[]){ wrong, NULL }, "option-invalid");
	assert_refused(user_info, (char *[]){ debug, debug, NULL },
		       "option-invalid");
	/* Not even root, once an option is wrong. */
	assert_refused((char *[]){ user, root, NULL },
		       (char *[]){ exempt, wrong, NULL }, "option-invalid");
	assert_refused((char *[]){ root, NULL }, (char *[]){ exempt, NULL },
		       "user-unknown");
}
END_TEST

START_TEST(refuses_without_command)
{
	ck_assert_int_eq(open_with(SUDO_API_VERSION, user_info, NULL), 1);
	ck_assert_int_eq(check(NULL), -1);
	ck_assert_ptr_nonnull(strstr(error, "command-unknown"));
	sudo_nitro_approval.close();
}
END_TEST

/* Here is a session or none, but surely no bus. */
START_TEST(nothing_of_one_command_is_left_for_the_next)
{
	char exempt[] = "exempt_root";
	char *const options[] = { exempt, NULL };

	ck_assert_int_eq(open_with(SUDO_API_VERSION,
				   (char *[]){ user, root, NULL }, options),
			 1);
	ck_assert_int_eq(check(command_info), 1);
	sudo_nitro_approval.close();
	ck_assert_int_eq(open_with(SUDO_API_VERSION,
				   (char *[]){ user, root, NULL }, NULL),
			 1);
	ck_assert_int_ne(check(command_info), 1);
	sudo_nitro_approval.close();
	ck_assert_int_eq(open_with(SUDO_API_VERSION, user_info, options), 1);
	ck_assert_int_ne(check(command_info), 1);
	sudo_nitro_approval.close();
}
END_TEST

START_TEST(shows_its_version_whatever_is_wrong)
{
	char wrong[] = "wrong";

	ck_assert_int_eq(
		open_with(SUDO_API_VERSION, NULL, (char *[]){ wrong, NULL }),
		1);
	ck_assert_int_eq(sudo_nitro_approval.show_version(1), 1);
	ck_assert_uint_eq(messages, 1);
	sudo_nitro_approval.close();
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, no_bus, NULL);
	tcase_add_test(tests, is_what_sudo_looks_for);
	tcase_add_test(tests, refuses_other_versions_of_sudo);
	tcase_add_test(tests, refuses_what_it_cannot_read);
	tcase_add_test(tests, refuses_without_command);
	tcase_add_test(tests, nothing_of_one_command_is_left_for_the_next);
	tcase_add_test(tests, shows_its_version_whatever_is_wrong);
}

UNIT_MAIN("sudo plugin", add_tests)
