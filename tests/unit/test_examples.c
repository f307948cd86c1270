/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What admins are told to write loads, word for word: the shipped configuration,
 * the commented examples, and the EXAMPLES of the manual pages.
 */
#include "config.h"

#include <fcntl.h>
#include <glob.h>

#include "base/read_file.h"
#include "config/host_world.h"
#include "tests/unit/policy_unit.h"

static char *read_text(const char *name)
{
	const struct read_file_limits limits = { .max_size = 1 << 20 };
	const char *top = getenv("top_srcdir");
	struct buffer buffer = BUFFER_EMPTY;
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", top != NULL ? top : ".", name);
	ck_assert_msg(read_file_at(AT_FDCWD, path, &limits, &buffer) == 0,
		      "%s cannot be read", path);
	return (char *)buffer.data;
}

/* All literal displays of a manual page. */
static char *read_displays(const char *page)
{
	static const char begin[] = ".Bd -literal\n", end[] = "\n.Ed";
	_cleanup_free_ char *text = read_text(page);
	char *displays = calloc(1, strlen(text) + 1);
	const char *at = text;

	while ((at = strstr(at, begin)) != NULL) {
		const char *stop = strstr(at, end);

		ck_assert_ptr_nonnull(stop);
		at += strlen(begin);
		strncat(displays, at, (size_t)(stop + 1 - at));
		at = stop;
	}
	ck_assert_str_ne(displays, "");
	return displays;
}

/* This host is an instance, as some examples want it. */
static void write_instance(char *template)
{
	static const char id[] = "i-0123456789abcdef0\n";
	_cleanup_close_ int fd = mkstemp(template);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, id, strlen(id)), strlen(id));
}

static void assert_loads(const char *settings, const char *images,
			 const char *rules, size_t rule_count)
{
	char file[] = "/tmp/test-examples-XXXXXX";
	struct host_world host = { geteuid(), file };
	const struct policy_world world = host_world_view(&host);
	_cleanup_(loaded_deinit) struct loaded loaded = { 0 };
	_cleanup_free_ char *text = NULL;

	write_instance(file);
	loaded = load_in_world(settings, images, rules, &world);
	unlink(file);
	text = loaded_text(&loaded);
	ck_assert_str_eq(text, "");
	ck_assert_int_eq(loaded.error, POLICY_OK);
	ck_assert_uint_eq(policy_rule_count(loaded.policy), rule_count);
}

/* All files of etc/examples whose names begin with `kind`, one behind the other. */
static char *read_examples(const char *kind, size_t *ret_count)
{
	const char *top = getenv("top_srcdir");
	_cleanup_free_ char *pattern = NULL;
	char *all = strdup("");
	glob_t found;

	ck_assert_int_gt(asprintf(&pattern, "%s/etc/examples/%s-*.conf",
				  top != NULL ? top : ".", kind),
			 0);
	ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		_cleanup_free_ char *name = NULL;
		_cleanup_free_ char *text = NULL;
		_cleanup_free_ char *before = all;

		ck_assert_int_gt(asprintf(&name, "etc/examples/%s",
					  strrchr(found.gl_pathv[i], '/') + 1),
				 0);
		text = read_text(name);
		ck_assert_int_gt(asprintf(&all, "%s%s", before, text), 0);
	}
	*ret_count = found.gl_pathc;
	globfree(&found);
	return all;
}

/* Also when the admin takes the comment signs away. */
START_TEST(the_shipped_settings_load_and_are_the_defaults)
{
	_cleanup_free_ char *shipped = read_text("etc/policyd.conf");
	_cleanup_(loaded_deinit) struct loaded none =
		load_texts(NULL, NULL, NULL);
	_cleanup_(loaded_deinit) struct loaded all = { 0 };

	assert_loads(shipped, NULL, NULL, 0);
	for (char *at = shipped; (at = strstr(at, "\n#")) != NULL; at++)
		if (at[2] != ' ' && at[2] != '\n')
			memmove(at + 1, at + 2, strlen(at + 2) + 1);
	all = load_texts(shipped, NULL, NULL);
	ck_assert_int_eq(all.error, POLICY_OK);
	ck_assert_ptr_nonnull(strstr(shipped, "\nworkers = 0\n"));
	ck_assert_mem_eq(policy_settings(all.policy),
			 policy_settings(none.policy),
			 sizeof(struct policy_settings));
}
END_TEST

START_TEST(the_examples_load)
{
	size_t count;
	_cleanup_free_ char *images = read_examples("images", &count);
	_cleanup_free_ char *rules = NULL;

	ck_assert_uint_eq(count, 4);
	rules = read_examples("rules", &count);
	ck_assert_uint_eq(count, 4);
	assert_loads(NULL, images, rules, 8);
}
END_TEST

START_TEST(the_manual_pages_load)
{
	_cleanup_free_ char *settings = read_displays("man/policyd.conf.5");
	_cleanup_free_ char *images = read_displays("man/nitro-images.5");
	_cleanup_free_ char *rules = read_displays("man/nitro-rules.5");

	assert_loads(settings, images, rules, 4);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, the_shipped_settings_load_and_are_the_defaults);
	tcase_add_test(tests, the_examples_load);
	tcase_add_test(tests, the_manual_pages_load);
}

UNIT_MAIN("examples", add_tests)
