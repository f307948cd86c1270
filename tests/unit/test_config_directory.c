/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real directories: who may own what, which files count, and a digest that changes
 * with every byte.
 */
#include "config.h"

#include "config/config_directory.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include "config/file_list.h"
#include "nitro-sim/authority.h"
#include "tests/unit/policy_unit.h"

static char directory[] = "/tmp/test-config-XXXXXX";
static int dir_fd = -1;

static void make_directory(const char *name)
{
	ck_assert_int_eq(mkdirat(dir_fd, name, 0755), 0);
}

static void write_bytes(const char *name, const void *bytes, size_t size)
{
	_cleanup_close_ int fd = openat(
		dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
	ck_assert_int_eq(fchmod(fd, 0644), 0);
}

static void write_file(const char *name, const char *text)
{
	write_bytes(name, text, strlen(text));
}

static void setup(void)
{
	memset(strrchr(directory, '-') + 1, 'X', 6);
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(chmod(directory, 0755), 0);
	dir_fd = open(directory, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(dir_fd, 0);
	make_directory("roots.d");
	make_directory("images.d");
	make_directory("rules.d");
	write_file("policyd.conf", "[policyd]\nworkers = 2\n");
	write_file("images.d/a.conf", IMAGE_A);
	write_file("rules.d/10.conf", RULE_A);
}

static int remove_one(const char *path, const struct stat *st _unused_,
		      int type _unused_, struct FTW *at _unused_)
{
	return remove(path);
}

static void teardown(void)
{
	close(dir_fd);
	nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct diagnostics *diagnostics;

static struct config *try_load(void)
{
	const struct config_layers own_layers = { directory, NULL, geteuid() };
	struct config *config = NULL;
	enum policy_error error;

	diagnostics_free(diagnostics);
	diagnostics = diagnostics_new();
	error = config_load(&own_layers, &config, diagnostics);
	ck_assert_int_eq(error == POLICY_OK, config != NULL);
	ck_assert_int_eq(error == POLICY_OK,
			 diagnostics_errors(diagnostics) == 0);
	return config;
}

static struct config *load(void)
{
	struct config *config = try_load();
	_cleanup_free_ char *text =
		loaded_text(&(struct loaded){ .diagnostics = diagnostics });

	ck_assert_msg(config != NULL, "%s", text);
	return config;
}

/* Refused, and the first diagnostic is "DIRECTORY/name: message". */
static void assert_refused(const char *name, const char *message)
{
	_cleanup_free_ char *text = NULL;
	char expected[600];

	ck_assert_ptr_null(try_load());
	text = diagnostic_text(diagnostics_get(diagnostics, 0));
	snprintf(expected, sizeof(expected), "%s%s%s: %s", directory,
		 *name != '\0' ? "/" : "", name, message);
	ck_assert_str_eq(text, expected);
}

START_TEST(loads_what_is_there)
{
	_cleanup_(config_freep) struct config *config = load();

	ck_assert_uint_eq(policy_settings(config->policy)->workers, 2);
	ck_assert_uint_eq(policy_image_count(config->policy), 1);
	ck_assert_uint_eq(policy_rule_count(config->policy), 1);
	ck_assert_uint_eq(anchors_count(config->anchors), 1);
	ck_assert_str_eq(anchors_label(config->anchors, 0), "aws");
}
END_TEST

START_TEST(takes_absent_parts_for_empty)
{
	_cleanup_(config_freep) struct config *config = NULL;

	ck_assert_int_eq(unlinkat(dir_fd, "policyd.conf", 0), 0);
	ck_assert_int_eq(unlinkat(dir_fd, "images.d/a.conf", 0), 0);
	ck_assert_int_eq(unlinkat(dir_fd, "rules.d/10.conf", 0), 0);
	ck_assert_int_eq(unlinkat(dir_fd, "images.d", AT_REMOVEDIR), 0);
	ck_assert_int_eq(unlinkat(dir_fd, "rules.d", AT_REMOVEDIR), 0);
	ck_assert_int_eq(unlinkat(dir_fd, "roots.d", AT_REMOVEDIR), 0);
	config = load();
	ck_assert_uint_eq(policy_rule_count(config->policy), 0);
}
END_TEST

START_TEST(needs_the_directory)
{
	struct config *config = NULL;
	_cleanup_(diagnostics_freep) struct diagnostics *found =
		diagnostics_new();

	ck_assert_int_eq(
		config_load(&(struct config_layers){ "/nonexistent/nitro" },
			    &config, found),
		POLICY_E_INVALID);
	ck_assert_ptr_null(config);
	ck_assert_str_eq(diagnostics_get(found, 0)->file, "/nonexistent/nitro");
}
END_TEST

START_TEST(leaves_other_names_alone)
{
	_cleanup_(config_freep) struct config *config = NULL;

	write_file("rules.d/.hidden.conf", "nonsense");
	write_file("rules.d/10.conf~", "nonsense");
	write_file("rules.d/README", "nonsense");
	write_file("rules.d/.conf", "nonsense");
	write_file("images.d/x.pem", "nonsense");
	write_file("roots.d/x.conf", "nonsense");
	write_file("other", "nonsense");
	config = load();
	ck_assert_uint_eq(policy_rule_count(config->policy), 1);
}
END_TEST

/* First match wins, so the order of files must not depend on the file system. */
START_TEST(reads_files_in_byte_order)
{
	static const char *const names[] = { "rules.d/b.conf", "rules.d/9.conf",
					     "rules.d/B.conf",
					     "rules.d/a.conf" };
	const struct request request = { "x", "u" };
	_cleanup_(config_freep) struct config *config = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char text[200];

		snprintf(text, sizeof(text),
			 "[rule/r%zu]\nservice=x\nuser=*\nlevel=1\n", i);
		write_file(names[i], text);
	}
	config = load();
	ck_assert_str_eq(rule_name(policy_find_rule(config->policy, &request)),
			 "r1");
}
END_TEST

static const struct trespass {
	const char *name;
	mode_t mode;
	const char *message;
} trespasses[] = {
	{ "", 0775,
	  "the directory can be written by group or others (chmod go-w)" },
	{ "", 0757,
	  "the directory can be written by group or others (chmod go-w)" },
	{ "rules.d", 0777,
	  "the directory can be written by group or others (chmod go-w)" },
	{ "policyd.conf", 0664,
	  "can be written by group or others (chmod go-w)" },
	{ "images.d/a.conf", 0646,
	  "can be written by group or others (chmod go-w)" },
	{ "rules.d/10.conf", 0666,
	  "can be written by group or others (chmod go-w)" },
};

START_TEST(refuses_what_others_can_write)
{
	const struct trespass *row = &trespasses[_i];
	const char *name = *row->name != '\0' ? row->name : ".";

	ck_assert_int_eq(fchmodat(dir_fd, name, row->mode, 0), 0);
	assert_refused(row->name, row->message);
}
END_TEST

START_TEST(refuses_what_belongs_to_others)
{
	static const char *const names[] = { ".", "rules.d", "policyd.conf",
					     "rules.d/10.conf" };

	if (geteuid() != 0) {
		/* The files are ours: as somebody else's they are foreign. */
		struct config *config = NULL;
		_cleanup_(diagnostics_freep) struct diagnostics *found =
			diagnostics_new();

		ck_assert_int_eq(
			config_load(&(struct config_layers){ directory, NULL,
							     geteuid() + 1 },
				    &config, found),
			POLICY_E_INVALID);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		ck_assert_int_eq(fchownat(dir_fd, names[i], 65534, 65534, 0),
				 0);
		ck_assert_ptr_null(try_load());
		ck_assert_int_eq(fchownat(dir_fd, names[i], 0, 0, 0), 0);
	}
	config_free(load());
}
END_TEST

START_TEST(refuses_links)
{
	write_file("elsewhere", RULE_A);
	ck_assert_int_eq(symlinkat("../elsewhere", dir_fd, "rules.d/20.conf"),
			 0);
	assert_refused("rules.d/20.conf", "is a symbolic link");
}
END_TEST

START_TEST(refuses_a_linked_sub_directory)
{
	make_directory("elsewhere");
	ck_assert_int_eq(unlinkat(dir_fd, "roots.d", AT_REMOVEDIR), 0);
	ck_assert_int_eq(symlinkat("elsewhere", dir_fd, "roots.d"), 0);
	assert_refused("roots.d", "Not a directory");
}
END_TEST

START_TEST(does_not_wait_for_a_fifo)
{
	ck_assert_int_eq(mkfifoat(dir_fd, "rules.d/20.conf", 0600), 0);
	assert_refused("rules.d/20.conf", "is not a regular file");
}
END_TEST

START_TEST(refuses_a_directory_in_place_of_a_file)
{
	make_directory("rules.d/20.conf");
	assert_refused("rules.d/20.conf", "is not a regular file");
}
END_TEST

START_TEST(refuses_a_large_file)
{
	static char text[CONFIG_FILE_SIZE_MAX + 1];

	memset(text, '#', sizeof(text));
	write_bytes("rules.d/20.conf", text, sizeof(text) - 1);
	config_free(load());
	write_bytes("rules.d/20.conf", text, sizeof(text));
	assert_refused("rules.d/20.conf", "is too large");
}
END_TEST

START_TEST(refuses_too_many_files)
{
	char name[40];

	for (unsigned i = 0; i <= CONFIG_FILES_MAX; i++) {
		snprintf(name, sizeof(name), "images.d/x%u.conf", i);
		write_file(name, "");
	}
	assert_refused("images.d", "there are too many files");
}
END_TEST

START_TEST(counts_files_of_all_folders_together)
{
	char name[40];

	/* Three are there already. */
	for (unsigned i = 0; i < CONFIG_FILES_MAX - 3; i++) {
		snprintf(name, sizeof(name), "images.d/x%u.conf", i);
		write_file(name, "#");
	}
	config_free(load());
	write_file("rules.d/20.conf", "#");
	assert_refused("rules.d/20.conf", "there are too many files");
}
END_TEST

START_TEST(refuses_unprintable_names)
{
	write_file("rules.d/a\nb.conf", "");
	assert_refused("rules.d", "a file has a name with blanks or characters "
				  "beyond ASCII; rename it");
}
END_TEST

START_TEST(reports_an_unreadable_file)
{
	if (geteuid() == 0)
		return;
	ck_assert_int_eq(fchmodat(dir_fd, "rules.d/10.conf", 0, 0), 0);
	assert_refused("rules.d/10.conf",
		       "cannot be opened, or does not belong to root");
}
END_TEST

START_TEST(reports_the_whole_path_and_line)
{
	write_file("rules.d/10.conf", "\n\n[rule/a]\nlevel = 7\n");
	assert_refused("rules.d/10.conf:4",
		       "[rule/a] level: expected 1, 2 or 3, found '7'");
}
END_TEST

static void write_root(const char *name)
{
	_cleanup_(authority_freep) struct authority *authority = NULL;
	_cleanup_bytes_ struct bytes pem = BYTES_EMPTY;

	ck_assert_int_eq(authority_new(&authority), 0);
	ck_assert_int_eq(authority_root_pem(authority, &pem), 0);
	write_bytes(name, pem.data, pem.size);
}

START_TEST(takes_roots_by_label)
{
	_cleanup_(config_freep) struct config *config = NULL;

	write_root("roots.d/sim.pem");
	write_file("rules.d/20.conf", "[rule/s]\nservice=x\nuser=*\nlevel=1\n"
				      "roots=sim\n");
	config = load();
	ck_assert_uint_eq(anchors_count(config->anchors), 2);
	ck_assert_str_eq(anchors_label(config->anchors, 1), "sim");
}
END_TEST

START_TEST(explains_a_bad_root)
{
	write_file("roots.d/sim.pem", "nothing");
	assert_refused("roots.d/sim.pem",
		       "The root file is not exactly one PEM certificate. Put "
		       "one CERTIFICATE block into each file of roots.d.");
}
END_TEST

START_TEST(reserves_the_label_of_aws)
{
	write_root("roots.d/aws.pem");
	assert_refused("roots.d/aws.pem",
		       "The label of the root is malformed or in use. Name the "
		       "file LABEL.pem, with a-z 0-9 . _ - and not aws.");
}
END_TEST

static bool same_digest(const uint8_t *before)
{
	_cleanup_(config_freep) struct config *config = load();

	return memcmp(before, config->digest, ATTEST_SHA256_SIZE) == 0;
}

START_TEST(digest_changes_with_every_change)
{
	_cleanup_(config_freep) struct config *config = load();

	ck_assert(same_digest(config->digest));
	write_file("policyd.conf", "[policyd]\nworkers = 3\n");
	ck_assert(!same_digest(config->digest));
	write_file("policyd.conf", "[policyd]\nworkers = 2\n");
	ck_assert(same_digest(config->digest));
	/* A comment, a file of nothing else, a file's name. */
	write_file("rules.d/10.conf", RULE_A "#");
	ck_assert(!same_digest(config->digest));
	write_file("rules.d/10.conf", RULE_A);
	write_file("rules.d/20.conf", "#");
	ck_assert(!same_digest(config->digest));
	/* This one says nothing, and would only take something away. */
	write_file("rules.d/20.conf", "");
	ck_assert(same_digest(config->digest));
	ck_assert_int_eq(unlinkat(dir_fd, "rules.d/20.conf", 0), 0);
	ck_assert_int_eq(
		renameat(dir_fd, "rules.d/10.conf", dir_fd, "rules.d/11.conf"),
		0);
	ck_assert(!same_digest(config->digest));
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, loads_what_is_there);
	tcase_add_test(tests, takes_absent_parts_for_empty);
	tcase_add_test(tests, needs_the_directory);
	tcase_add_test(tests, leaves_other_names_alone);
	tcase_add_test(tests, reads_files_in_byte_order);
	tcase_add_loop_test(tests, refuses_what_others_can_write, 0,
			    ARRAY_SIZE(trespasses));
	tcase_add_test(tests, refuses_what_belongs_to_others);
	tcase_add_test(tests, refuses_links);
	tcase_add_test(tests, refuses_a_linked_sub_directory);
	tcase_add_test(tests, does_not_wait_for_a_fifo);
	tcase_add_test(tests, refuses_a_directory_in_place_of_a_file);
	tcase_add_test(tests, refuses_a_large_file);
	tcase_add_test(tests, refuses_too_many_files);
	tcase_add_test(tests, counts_files_of_all_folders_together);
	tcase_add_test(tests, refuses_unprintable_names);
	tcase_add_test(tests, reports_an_unreadable_file);
	tcase_add_test(tests, reports_the_whole_path_and_line);
	tcase_add_test(tests, takes_roots_by_label);
	tcase_add_test(tests, explains_a_bad_root);
	tcase_add_test(tests, reserves_the_label_of_aws);
	tcase_add_test(tests, digest_changes_with_every_change);
}

UNIT_MAIN("config_directory", add_tests)
