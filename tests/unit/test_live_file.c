/* SPDX-License-Identifier: Apache-2.0 */
/* Files of live verdicts: everything comes back, and a file that was cut anywhere, or
 * changed in any place that matters, does not. */
#include "config.h"

#include "nitro-policyd/live_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/read_file.h"
#include "base/write_file.h"
#include "unit.h"

#define NOW_USEC UINT64_C(5000000)

static char folder[] = "/tmp/nitro-test-XXXXXX";
static struct live_files files;
static struct live *live;

static void copy_text(char **target, const char *text)
{
	*target = strdup(text);
	ck_assert_ptr_nonnull(*target);
}

/* With all that a verdict can have. */
static struct live *make(void)
{
	struct live_proof *proof = calloc(1, sizeof(*proof));
	struct live *made;

	ck_assert_ptr_nonnull(proof);
	proof->references = 1;
	proof->bindings = BIND_NONCE | BIND_SSH_KEY;
	proof->judged_ms = 1234567890123;
	proof->issued_ms = 1234567890124;
	proof->issued_usec = NOW_USEC - 2;
	copy_text((char **)&proof->document.data, "document");
	proof->document.size = strlen("document");
	copy_text((char **)&proof->manifest.data, "{\"manifest\"}");
	proof->manifest.size = strlen("{\"manifest\"}");
	made = live_new("v0123456789abcdef0123456789abcdef", proof, 1000);
	live_proof_unref(proof);
	ck_assert_ptr_nonnull(made);
	copy_text(&made->question.service, "sshd");
	copy_text(&made->question.user, "alice \"the\" \\");
	copy_text(&made->question.remote_host, "mars");
	copy_text(&made->question.tty, "");
	copy_text(&made->question.run_as, "root");
	copy_text(&made->question.run_as_group, "adm");
	copy_text((char **)&made->question.ssh_key, "key");
	made->question.ssh_key_size = strlen("key");
	made->question.has_groups = true;
	made->question.groups.names = calloc(2, sizeof(char *));
	copy_text(&made->question.groups.names[0], "users");
	copy_text(&made->question.groups.names[1], "wheel");
	made->question.groups.count = 2;
	made->made_usec = NOW_USEC - 1;
	made->is_handed_out = true;
	made->state = LIVE_ATTACHED;
	made->on_revoke = ON_REVOKE_LOCK;
	made->audit_session = 5;
	memcpy(made->session, "7", 2);
	memcpy(made->rule, "ssh", 4);
	return made;
}

static void start(void)
{
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(live_files_open(folder,
					 SD_ID128_MAKE(1, 2, 3, 4, 5, 6, 7, 8,
						       9, 0, 1, 2, 3, 4, 5, 6),
					 &files),
			 0);
	live = make();
	ck_assert_int_eq(live_file_write(&files, live), 0);
}

static void stop(void)
{
	ck_assert_int_eq(live_file_remove(&files, live->id), 0);
	ck_assert_int_eq(live_file_remove(&files, live->id), 0);
	live_free(live);
	close(files.dir_fd);
	ck_assert_int_eq(chdir(folder), 0);
	ck_assert_int_eq(rmdir("verdicts"), 0);
	ck_assert_int_eq(rmdir(folder), 0);
}

static int read_again(struct live **ret_live, const char **reterr_why)
{
	return live_file_read(&files, live->id, NOW_USEC, ret_live, reterr_why);
}

START_TEST(everything_comes_back)
{
	const struct live_proof *proof, *before = live->proof;
	struct live *again;
	const char *why;

	ck_assert_int_eq(read_again(&again, &why), 0);
	proof = again->proof;
	ck_assert_str_eq(again->id, live->id);
	ck_assert_str_eq(again->path, live->path);
	ck_assert_uint_eq(again->asker, live->asker);
	ck_assert_uint_eq(proof->bindings, before->bindings);
	ck_assert_int_eq(proof->judged_ms, before->judged_ms);
	ck_assert_int_eq(proof->issued_ms, before->issued_ms);
	ck_assert_uint_eq(proof->issued_usec, before->issued_usec);
	ck_assert(span_equal(buffer_span(&proof->document),
			     buffer_span(&before->document)));
	ck_assert(span_equal(buffer_span(&proof->manifest),
			     buffer_span(&before->manifest)));
	ck_assert_ptr_null(proof->evidence);
#define CHECK_TEXT(name)                                                       \
	if (live->question.name == NULL)                                       \
		ck_assert_ptr_null(again->question.name);                      \
	else                                                                   \
		ck_assert_str_eq(again->question.name, live->question.name);
	QUESTION_TEXTS(CHECK_TEXT)
#undef CHECK_TEXT
	ck_assert(span_equal(question_request(&again->question).ssh_key,
			     span_of_text("key")));
	ck_assert(again->question.has_groups);
	ck_assert_uint_eq(again->question.groups.count, 2);
	ck_assert_str_eq(again->question.groups.names[1], "wheel");
	ck_assert_int_eq(again->state, LIVE_ATTACHED);
	ck_assert_uint_eq(again->made_usec, live->made_usec);
	ck_assert(again->is_handed_out);
	ck_assert(again->is_unjudged);
	ck_assert_int_eq(again->on_revoke, ON_REVOKE_LOCK);
	ck_assert_str_eq(again->session, "7");
	ck_assert_uint_eq(again->audit_session, 5);
	ck_assert_str_eq(again->rule, "ssh");
	live_free(again);
}
END_TEST

START_TEST(so_does_what_has_little)
{
	struct live *again;
	const char *why;

	question_clear(&live->question);
	copy_text(&live->question.service, "su");
	copy_text(&live->question.user, "bob");
	buffer_free(live->proof->document);
	buffer_free(live->proof->manifest);
	live->proof->document = live->proof->manifest = BUFFER_EMPTY;
	live->state = LIVE_ISSUED;
	live->session[0] = '\0';
	ck_assert_int_eq(live_file_write(&files, live), 0);
	ck_assert_int_eq(read_again(&again, &why), 0);
	ck_assert_ptr_null(again->proof->document.data);
	ck_assert_ptr_null(again->question.ssh_key);
	ck_assert_ptr_null(again->question.tty);
	ck_assert(!again->question.has_groups);
	live_free(again);
}
END_TEST

/* Every prefix of the file, and the file with one byte more. */
START_TEST(what_was_cut_does_not)
{
	const struct read_file_limits limits = { .max_size = 1u << 20 };
	_cleanup_(buffer_freep) struct buffer text = BUFFER_EMPTY;
	struct live *again;
	const char *why;

	ck_assert_int_eq(read_file_at(files.dir_fd, live->id, &limits, &text),
			 0);
	for (size_t size = 0; size < text.size; size++) {
		/* White space at the end says nothing. */
		if (text.data[size] == '\n' && size + 1 == text.size)
			continue;
		ck_assert_int_eq(write_file_at(files.dir_fd, live->id,
					       span_of(text.data, size)),
				 0);
		ck_assert_int_eq(read_again(&again, &why), -EBADMSG);
	}
	text.data[text.size] = '}';
	ck_assert_int_eq(write_file_at(files.dir_fd, live->id,
				       span_of(text.data, text.size + 1)),
			 0);
	ck_assert_int_eq(read_again(&again, &why), -EBADMSG);
}
END_TEST

START_TEST(another_boot_or_time_is_refused)
{
	struct live *again;
	const char *why;

	ck_assert_int_eq(
		live_file_read(&files, live->id, NOW_USEC - 2, &again, &why),
		-ESTALE);
	files.boot.bytes[0]++;
	ck_assert_int_eq(read_again(&again, &why), -ESTALE);
}
END_TEST

START_TEST(the_folder_must_be_one)
{
	struct live_files other;

	ck_assert_int_lt(live_files_open("/nonexistent", files.boot, &other),
			 0);
	ck_assert_int_eq(symlinkat("/tmp", files.dir_fd, "verdicts"), 0);
	{
		_cleanup_free_ char *path = NULL;

		ck_assert_int_gt(asprintf(&path, "%s/verdicts", folder), 0);
		ck_assert_int_lt(live_files_open(path, files.boot, &other), 0);
	}
	ck_assert_int_eq(unlinkat(files.dir_fd, "verdicts", 0), 0);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, start, stop);
	tcase_add_test(tests, everything_comes_back);
	tcase_add_test(tests, so_does_what_has_little);
	tcase_add_test(tests, what_was_cut_does_not);
	tcase_add_test(tests, another_boot_or_time_is_refused);
	tcase_add_test(tests, the_folder_must_be_one);
}

UNIT_MAIN("live_file", add_tests)
