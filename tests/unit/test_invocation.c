/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "sudo_nitro/invocation.h"

#include <string.h>

#include "unit.h"

static struct invoker invoker;
static struct command command;
static struct answer answer;

#define VECTOR_MAX 8
#define TEXT_SIZE  320

/* Which sudo never leaves out. */
#define GID "runas_gid=0"

/* sudo's vectors are not const, though nobody writes to them. */
static char *const *as_sudo_gives(const char *const *vector)
{
	static char texts[VECTOR_MAX][TEXT_SIZE];
	static char *pointers[VECTOR_MAX + 1];
	size_t count = 0;

	if (vector == NULL)
		return NULL;
	for (; vector[count] != NULL; count++) {
		ck_assert_uint_lt(count, VECTOR_MAX);
		ck_assert_uint_lt(strlen(vector[count]), TEXT_SIZE);
		pointers[count] = strcpy(texts[count], vector[count]);
	}
	pointers[count] = NULL;
	return pointers;
}

static bool read_invoker(const char *const *vector)
{
	return invoker_read(as_sudo_gives(vector), &invoker, &answer);
}

static bool read_command(const char *const *vector)
{
	return command_read(as_sudo_gives(vector), &command, &answer);
}

START_TEST(reads_the_invoker)
{
	const char *vector[] = { "pid=1",	   "uid=1000",
				 "user=alice",	   "username=bob",
				 "tty=/dev/pts/3", "host=box",
				 "user=mallory",   NULL };

	ck_assert(read_invoker(vector));
	ck_assert_str_eq(invoker.user, "alice");
	ck_assert_str_eq(invoker.host, "box");
	ck_assert_str_eq(invoker.tty, "pts/3");
	ck_assert(!invoker.is_root);
}
END_TEST

START_TEST(root_is_who_has_number_0)
{
	ck_assert(read_invoker((const char *[]){ "user=toor", "uid=0", NULL }));
	ck_assert(invoker.is_root);
	for (size_t i = 0; i < 4; i++) {
		const char *uids[] = { "uid=1", "uid=00", "uid=", "euid=0" };

		ck_assert(read_invoker(
			(const char *[]){ "user=root", uids[i], NULL }));
		ck_assert_msg(!invoker.is_root, "%s", uids[i]);
	}
}
END_TEST

START_TEST(refuses_an_invoker)
{
	char user[300], host[300], tty[200];
	const char *long_user[] = { user, NULL };
	const char *long_host[] = { "user=a", host, NULL };
	const char *long_tty[] = { "user=a", tty, NULL };

	memset(user, 'a', sizeof(user));
	memcpy(user, "user=", 5);
	user[5 + INVOKER_USER_MAX] = '\0';
	ck_assert(read_invoker(long_user));
	user[5 + INVOKER_USER_MAX] = 'a';
	user[5 + INVOKER_USER_MAX + 1] = '\0';
	ck_assert(!read_invoker(long_user));
	ck_assert_str_eq(answer.reason, "user-too-long");

	memset(host, 'h', sizeof(host));
	memcpy(host, "host=", 5);
	host[sizeof(host) - 1] = '\0';
	ck_assert(!read_invoker(long_host));
	memset(tty, 't', sizeof(tty));
	memcpy(tty, "tty=", 4);
	tty[sizeof(tty) - 1] = '\0';
	ck_assert(!read_invoker(long_tty));
	ck_assert_str_eq(answer.reason, "origin-too-long");

	ck_assert(!read_invoker(NULL));
	ck_assert_str_eq(answer.reason, "user-unknown");
	ck_assert(!read_invoker((const char *[]){ "user=", NULL }));
	ck_assert(!read_invoker((const char *[]){ "user", NULL }));
	ck_assert_int_eq(answer.kind, ANSWER_UNAVAILABLE);
}
END_TEST

START_TEST(reads_the_command)
{
	ck_assert(read_command(
		(const char *[]){ "command=/bin/a=b", "runas_user=postgres",
				  "runas_uid=5", "runas_gid=5", NULL }));
	ck_assert_str_eq(command.path, "/bin/a=b");
	ck_assert_str_eq(command.run_as, "postgres");
}
END_TEST

START_TEST(numbers_where_names_are_missing)
{
	static const char *const cases[][2] = {
		{ "runas_uid=61999", "#61999" },
		{ "runas_uid=4294967294", "#4294967294" },
		{ "runas_uid=99999999999999999999", "" },
		{ "runas_euid=1", "" },
	};

	for (size_t i = 0; i < 4; i++) {
		ck_assert(read_command((const char *[]){
			"command=/x", "runas_user=", cases[i][0], "runas_gid=0",
			NULL }));
		ck_assert_str_eq(command.run_as, cases[i][1]);
	}
}
END_TEST

/* root's own group is 0 on every host, and nobody has the number 61999. */
START_TEST(reads_the_group)
{
	static const struct {
		const char *vector[6];
		const char *group;
	} cases[] = {
		{ { "runas_user=root", "runas_gid=0" }, "" },
		{ { "runas_user=root", "runas_gid=0", "runas_group=root" },
		  "" },
		{ { "runas_uid=0", "runas_gid=0" }, "" },
		{ { "runas_user=root", "runas_gid=4", "runas_group=adm" },
		  "adm" },
		{ { "runas_user=root", "runas_gid=4", "runas_group=" }, "#4" },
		{ { "runas_user=root", "runas_gid=4294967294" },
		  "#4294967294" },
		{ { "runas_user=root", "runas_gid=00" }, "#00" },
		{ { "runas_user=#61999", "runas_gid=0" }, "#0" },
		{ { "runas_user=no-such-user", "runas_gid=0" }, "#0" },
		{ { "runas_uid=", "runas_gid=0" }, "#0" },
		{ { "runas_uid=4294967296", "runas_gid=0" }, "#0" },
		{ { "runas_user=#0x", "runas_gid=0" }, "#0" },
		/* stay_setuid: the effective one is what it can do */
		{ { "runas_user=root", "runas_gid=0", "runas_egid=4",
		    "runas_group=adm" },
		  "adm" },
		{ { "runas_user=root", "runas_gid=4", "runas_egid=0" }, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *vector[8] = { "command=/x" };

		memcpy(vector + 1, cases[i].vector, sizeof(cases[i].vector));
		ck_assert(read_command(vector));
		ck_assert_msg(strcmp(command.run_as_group, cases[i].group) == 0,
			      "%zu: %s", i, command.run_as_group);
	}
}
END_TEST

START_TEST(refuses_a_command_without_group)
{
	static const char *const gids[] = { "runas_group=root", "runas_gid=",
					    "runas_gid=111111111111111",
					    "runas_egid=" };

	for (size_t i = 0; i < 4; i++) {
		ck_assert(!read_command((const char *[]){
			"command=/x", "runas_user=root", gids[i], NULL }));
		ck_assert_str_eq(answer.reason, "group-unknown");
		ck_assert_int_eq(answer.kind, ANSWER_UNAVAILABLE);
	}
}
END_TEST

START_TEST(another_root_is_part_of_the_path)
{
	char root[TEXT_SIZE] = "chroot=/";

	ck_assert(read_command((const char *[]){
		"command=/bin/true", "chroot=/srv/jail", GID, NULL }));
	ck_assert_str_eq(command.path, "/srv/jail/bin/true");
	ck_assert(read_command((const char *[]){ "command=/bin/true",
						 "chroot=/", GID, NULL }));
	ck_assert_str_eq(command.path, "/bin/true");
	ck_assert(read_command((const char *[]){
		"command=/bin/true", "chroot=/srv/jail//", GID, NULL }));
	ck_assert_str_eq(command.path, "/srv/jail/bin/true");
	memset(root + strlen(root), 'a', TEXT_SIZE - strlen(root) - 1);
	ck_assert(read_command(
		(const char *[]){ "command=/bin/true", root, GID, NULL }));
	ck_assert(!read_command((const char *[]){ "chroot=/x", NULL }));
}
END_TEST

START_TEST(a_path_that_does_not_fit_is_refused)
{
	static char root[COMMAND_PATH_MAX + 16] = "chroot=/";
	char path[] = "command=/bin/true";
	char *const vector[] = { path, root, NULL };

	memset(root + strlen(root), 'a', sizeof(root) - strlen(root) - 1);
	ck_assert(!command_read(vector, &command, &answer));
	ck_assert_str_eq(answer.reason, "command-unknown");
}
END_TEST

START_TEST(sudoedit_is_what_it_is)
{
	ck_assert(read_command((const char *[]){ "command=/usr/bin/vim",
						 "sudoedit=true", GID, NULL }));
	ck_assert_str_eq(command.path, "sudoedit");
	ck_assert(read_command((const char *[]){
		"command=/usr/bin/vim", "sudoedit=false", GID, NULL }));
	ck_assert_str_eq(command.path, "/usr/bin/vim");
	ck_assert(!read_command(NULL));
	ck_assert(!read_command((const char *[]){ "command=", NULL }));
	ck_assert_str_eq(answer.reason, "command-unknown");
	ck_assert_int_eq(answer.kind, ANSWER_UNAVAILABLE);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, reads_the_invoker);
	tcase_add_test(tests, root_is_who_has_number_0);
	tcase_add_test(tests, refuses_an_invoker);
	tcase_add_test(tests, reads_the_command);
	tcase_add_test(tests, numbers_where_names_are_missing);
	tcase_add_test(tests, reads_the_group);
	tcase_add_test(tests, refuses_a_command_without_group);
	tcase_add_test(tests, another_root_is_part_of_the_path);
	tcase_add_test(tests, a_path_that_does_not_fit_is_refused);
	tcase_add_test(tests, sudoedit_is_what_it_is);
}

UNIT_MAIN("invocation", add_tests)
