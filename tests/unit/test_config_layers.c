/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two directories above each other: what masks, what is merged, what is not even
 * opened; and files that no admin would write.
 */
#include "config.h"

#include "config/config_directory.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include "nitro-sim/authority.h"
#include "tests/unit/policy_unit.h"

static char top[] = "/tmp/test-layers-XXXXXX";
static char etc[64], usr[64];
static int top_fd = -1;

/* Where a file grows between being judged and being read; 0: nowhere. */
static ino_t growing;

int __real_fstat(int fd, struct stat *st);
int __wrap_fstat(int fd, struct stat *st);
int __wrap_fstat(int fd, struct stat *st)
{
	int r = __real_fstat(fd, st);

	if (r == 0 && growing != 0 && st->st_ino == growing) {
		_cleanup_close_ int out =
			openat(top_fd, "etc/rules.d/10.conf",
			       O_WRONLY | O_APPEND | O_CLOEXEC);

		ck_assert_int_eq(write(out, "#", 1), 1);
	}
	return r;
}

static void write_bytes(const char *name, const void *bytes, size_t size)
{
	_cleanup_close_ int fd = openat(
		top_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

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
	static const char *const folders[] = {
		"etc", "etc/images.d", "etc/rules.d", "etc/roots.d",
		"usr", "usr/images.d", "usr/rules.d", "usr/roots.d",
	};

	memset(strrchr(top, '-') + 1, 'X', 6);
	ck_assert_ptr_nonnull(mkdtemp(top));
	top_fd = open(top, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(top_fd, 0);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		ck_assert_int_eq(mkdirat(top_fd, folders[i], 0755), 0);
		ck_assert_int_eq(fchmodat(top_fd, folders[i], 0755, 0), 0);
	}
	snprintf(etc, sizeof(etc), "%s/etc", top);
	snprintf(usr, sizeof(usr), "%s/usr", top);
	write_file("usr/policyd.conf", "[policyd]\nworkers = 2\n");
	write_file("usr/images.d/a.conf", IMAGE_A);
	write_file("usr/rules.d/10.conf", "[rule/vendor]\nservice = sshd\n"
					  "user = *\nlevel = 1\n");
	growing = 0;
}

static int remove_one(const char *path, const struct stat *st _unused_,
		      int type _unused_, struct FTW *at _unused_)
{
	return remove(path);
}

static void teardown(void)
{
	close(top_fd);
	nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct diagnostics *diagnostics;

static struct config *try_load(const char *vendor_dir)
{
	const struct config_layers layers = { etc, vendor_dir, geteuid() };
	struct config *config = NULL;

	diagnostics_free(diagnostics);
	diagnostics = diagnostics_new();
	ck_assert_int_eq(config_load(&layers, &config, diagnostics) ==
				 POLICY_OK,
			 config != NULL);
	return config;
}

static struct config *load(void)
{
	struct config *config = try_load(usr);
	_cleanup_free_ char *text =
		loaded_text(&(struct loaded){ .diagnostics = diagnostics });

	ck_assert_msg(config != NULL, "%s", text);
	return config;
}

/* Refused; the first diagnostic is about etc/`name` and says `message`. */
static void assert_refused(const char *name, const char *message)
{
	_cleanup_free_ char *text = NULL;
	char expected[600];

	ck_assert_ptr_null(try_load(usr));
	text = diagnostic_text(diagnostics_get(diagnostics, 0));
	snprintf(expected, sizeof(expected), "%s/%s", top, name);
	ck_assert_msg(strncmp(text, expected, strlen(expected)) == 0 &&
			      strstr(text, message) != NULL,
		      "%s", text);
}

static const char *first_rule(const struct config *config)
{
	const struct request request = { .service = "sshd", .user = "u" };
	const struct rule *rule = policy_find_rule(config->policy, &request);

	return rule != NULL ? rule_name(rule) : "";
}

START_TEST(reads_what_the_vendor_ships)
{
	_cleanup_(config_freep) struct config *config = load();

	ck_assert_uint_eq(policy_settings(config->policy)->workers, 2);
	ck_assert_uint_eq(policy_image_count(config->policy), 1);
	ck_assert_str_eq(first_rule(config), "vendor");
}
END_TEST

START_TEST(reads_one_layer_where_no_other_is_named)
{
	_cleanup_(config_freep) struct config *config = try_load(NULL);
	_cleanup_(config_freep) struct config *absent =
		try_load("/nonexistent/nitro");

	ck_assert_ptr_nonnull(config);
	ck_assert_uint_eq(policy_rule_count(config->policy), 0);
	ck_assert_ptr_nonnull(absent);
	ck_assert_uint_eq(policy_rule_count(absent->policy), 0);
}
END_TEST

/* The files of both layers count in one order. */
START_TEST(merges_files_by_name)
{
	_cleanup_(config_freep) struct config *config = NULL;
	_cleanup_(config_freep) struct config *later = NULL;

	write_file("etc/rules.d/20.conf", "[rule/admin]\nservice = *\n"
					  "user = *\nlevel = 1\n");
	config = load();
	ck_assert_uint_eq(policy_rule_count(config->policy), 2);
	ck_assert_str_eq(first_rule(config), "vendor");
	ck_assert_int_eq(renameat(top_fd, "etc/rules.d/20.conf", top_fd,
				  "etc/rules.d/05.conf"),
			 0);
	later = load();
	ck_assert_str_eq(first_rule(later), "admin");
}
END_TEST

/* Nonsense, and open to all: it must not be looked at. */
START_TEST(does_not_read_what_is_masked)
{
	_cleanup_(config_freep) struct config *config = NULL;

	write_file("usr/rules.d/10.conf", "nonsense");
	ck_assert_int_eq(fchmodat(top_fd, "usr/rules.d/10.conf", 0666, 0), 0);
	ck_assert_ptr_null(try_load(usr));
	write_file("etc/rules.d/10.conf", "[rule/admin]\nservice = sshd\n"
					  "user = *\nlevel = 1\n");
	write_file("etc/policyd.conf", "[policyd]\nworkers = 3\n");
	config = load();
	ck_assert_str_eq(first_rule(config), "admin");
	ck_assert_uint_eq(policy_rule_count(config->policy), 1);
	ck_assert_uint_eq(policy_settings(config->policy)->workers, 3);
}
END_TEST

START_TEST(takes_away_by_an_empty_file)
{
	_cleanup_(config_freep) struct config *config = NULL;

	write_file("etc/rules.d/10.conf", "");
	write_file("etc/policyd.conf", "");
	config = load();
	ck_assert_uint_eq(policy_rule_count(config->policy), 0);
	ck_assert_uint_eq(policy_settings(config->policy)->workers, 0);
	ck_assert_uint_eq(policy_image_count(config->policy), 1);
}
END_TEST

START_TEST(takes_away_by_a_link_to_null)
{
	_cleanup_(config_freep) struct config *config = NULL;

	ck_assert_int_eq(symlinkat("/dev/null", top_fd, "etc/rules.d/10.conf"),
			 0);
	ck_assert_int_eq(symlinkat("/dev/null", top_fd, "etc/policyd.conf"), 0);
	config = load();
	ck_assert_uint_eq(policy_rule_count(config->policy), 0);
	ck_assert_uint_eq(policy_settings(config->policy)->workers, 0);
}
END_TEST

/* Another device, a file, nothing, itself: none of them is /dev/null. */
START_TEST(refuses_other_links)
{
	static const char *const targets[] = { "/dev/zero", "../policyd.conf",
					       "/nonexistent", "10.conf" };

	ck_assert_int_eq(symlinkat(targets[_i], top_fd, "etc/rules.d/10.conf"),
			 0);
	assert_refused("etc/rules.d/10.conf", "is a symbolic link");
}
END_TEST

/* A file that cannot be used still masks: the vendor's rule must not come back
 * because the admin made a mistake in his. */
START_TEST(does_not_fall_back)
{
	write_file("etc/rules.d/10.conf", "[rule/admin]\nlevel = 9\n");
	assert_refused("etc/rules.d/10.conf", "expected 1, 2 or 3, found '9'");
}
END_TEST

START_TEST(judges_the_vendors_files_too)
{
	ck_assert_int_eq(fchmodat(top_fd, "usr/images.d/a.conf", 0646, 0), 0);
	assert_refused("usr/images.d/a.conf", "can be written by group");
	ck_assert_int_eq(fchmodat(top_fd, "usr/images.d/a.conf", 0644, 0), 0);
	ck_assert_int_eq(fchmodat(top_fd, "usr/rules.d", 0777, 0), 0);
	assert_refused("usr/rules.d", "the directory can be written by group");
	ck_assert_int_eq(fchmodat(top_fd, "usr/rules.d", 0755, 0), 0);
	ck_assert_int_eq(fchmodat(top_fd, "usr", 0777, 0), 0);
	assert_refused("usr", "the directory can be written by group");
}
END_TEST

/* What masks cannot be known, so nothing below it is read or complained of. */
START_TEST(reads_nothing_below_an_absent_directory)
{
	write_file("usr/rules.d/10.conf", "nonsense");
	ck_assert_int_eq(renameat(top_fd, "etc", top_fd, "away"), 0);
	assert_refused("etc", "there is no such directory");
	ck_assert_uint_eq(diagnostics_errors(diagnostics), 1);
}
END_TEST

START_TEST(does_not_wait_for_a_fifo)
{
	ck_assert_int_eq(mkfifoat(top_fd, "etc/rules.d/10.conf", 0644), 0);
	assert_refused("etc/rules.d/10.conf", "is not a regular file");
}
END_TEST

START_TEST(refuses_binary_files)
{
	static const char binary[] = "[rule/a]\nservice = s\0shd\n\xff\xfe";

	write_bytes("etc/rules.d/10.conf", binary, sizeof(binary));
	assert_refused("etc/rules.d/10.conf", "");
}
END_TEST

START_TEST(refuses_a_file_that_changes)
{
	struct stat st;

	write_file("etc/rules.d/10.conf", "# growing\n");
	ck_assert_int_eq(fstatat(top_fd, "etc/rules.d/10.conf", &st, 0), 0);
	growing = st.st_ino;
	assert_refused("etc/rules.d/10.conf",
		       "changed while it was being read");
	growing = 0;
	config_free(load());
}
END_TEST

static void write_certificate(const char *name)
{
	_cleanup_(authority_freep) struct authority *authority = NULL;
	_cleanup_bytes_ struct bytes pem = BYTES_EMPTY;

	ck_assert_int_eq(authority_new(&authority), 0);
	ck_assert_int_eq(authority_root_pem(authority, &pem), 0);
	write_bytes(name, pem.data, pem.size);
}

/* The same files, and yet another policy. */
START_TEST(digest_knows_the_certificates)
{
	_cleanup_(config_freep) struct config *before = NULL;
	_cleanup_(config_freep) struct config *after = NULL;
	char text[2000];

	snprintf(text, sizeof(text),
		 "[image/s]\nkind = enclave\n[release/s/1]\n" TUPLE(
			 "c") "pcr8 = certificate:%s/signing.pem\n",
		 top);
	write_file("etc/images.d/s.conf", text);
	write_certificate("signing.pem");
	before = load();
	write_certificate("signing.pem");
	after = load();
	ck_assert_mem_ne(before->digest, after->digest, ATTEST_SHA256_SIZE);
}
END_TEST

START_TEST(chooses_layers_as_options_say)
{
	struct config_layers layers = config_layers_choose(NULL, NULL);

	ck_assert_str_eq(layers.config_dir, NITRO_CONFIG_DIR);
	ck_assert_str_eq(layers.vendor_dir, NITRO_VENDOR_DIR);
	ck_assert_uint_eq(layers.owner, 0);
	layers = config_layers_choose("/x", NULL);
	ck_assert_str_eq(layers.config_dir, "/x");
	ck_assert_ptr_null(layers.vendor_dir);
	ck_assert_uint_eq(layers.owner, geteuid());
	layers = config_layers_choose("/x", "/y");
	ck_assert_str_eq(layers.vendor_dir, "/y");
	layers = config_layers_choose(NULL, "/y");
	ck_assert_str_eq(layers.config_dir, NITRO_CONFIG_DIR);
	ck_assert_str_eq(layers.vendor_dir, "/y");
	ck_assert_uint_eq(layers.owner, 0);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, reads_what_the_vendor_ships);
	tcase_add_test(tests, reads_one_layer_where_no_other_is_named);
	tcase_add_test(tests, merges_files_by_name);
	tcase_add_test(tests, does_not_read_what_is_masked);
	tcase_add_test(tests, takes_away_by_an_empty_file);
	tcase_add_test(tests, takes_away_by_a_link_to_null);
	tcase_add_loop_test(tests, refuses_other_links, 0, 4);
	tcase_add_test(tests, does_not_fall_back);
	tcase_add_test(tests, judges_the_vendors_files_too);
	tcase_add_test(tests, reads_nothing_below_an_absent_directory);
	tcase_add_test(tests, does_not_wait_for_a_fifo);
	tcase_add_test(tests, refuses_binary_files);
	tcase_add_test(tests, refuses_a_file_that_changes);
	tcase_add_test(tests, digest_knows_the_certificates);
	tcase_add_test(tests, chooses_layers_as_options_say);
}

UNIT_MAIN("config_layers", add_tests)
