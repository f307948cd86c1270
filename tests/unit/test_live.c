/* SPDX-License-Identifier: Apache-2.0 */
/* The table of live verdicts: who answers what, who may have how many, and when each
 * ends. */
#include "config.h"

#include "nitro-policyd/live.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nitro-policyd/account.h"
#include "nitro-policyd/limits.h"
#include "unit.h"

#define ALICE 1000u

static struct lives lives;

static void make_lives(void)
{
	lives_init(&lives);
}

static void free_lives(void)
{
	struct live *live;

	while ((live = lives_first(&lives)) != NULL) {
		lives_remove(&lives, live);
		live_free(live);
	}
	ck_assert_uint_eq(lives.count, 0);
	ck_assert_uint_eq(lives.unjudged_count, 0);
	ck_assert_uint_eq(lives.bytes, 0);
	ck_assert_uint_eq(lives.unprivileged, 0);
	ck_assert_uint_eq(lives.unprivileged_bytes, 0);
}

/* Of `user` for sshd, with a document of `size` bytes. */
static struct live *make(uid_t asker, const char *user, size_t size)
{
	struct live_proof *proof = calloc(1, sizeof(*proof));
	char id[LIVE_ID_SIZE];
	struct live *live;

	ck_assert_ptr_nonnull(proof);
	proof->references = 1;
	proof->document.data = calloc(1, size + 1);
	proof->document.size = size;
	ck_assert_int_eq(live_make_id(id), 0);
	live = live_new(id, proof, asker);
	live_proof_unref(proof);
	ck_assert_ptr_nonnull(live);
	live->question.user = strdup(user);
	live->question.service = strdup("sshd");
	return live;
}

static struct live *add(uid_t asker, const char *user)
{
	struct live *live = make(asker, user, 1);

	lives_insert(&lives, live);
	return live;
}

/* What lives_make_room() says about one more. */
static int room(uid_t asker, const char *user, size_t size,
		struct live **ret_displaced)
{
	struct live *live = make(asker, user, size);
	int r = lives_make_room(&lives, live, ret_displaced);

	live_free(live);
	return r;
}

START_TEST(ids_are_new_and_look_alike)
{
	char a[LIVE_ID_SIZE], b[LIVE_ID_SIZE];

	ck_assert_int_eq(live_make_id(a), 0);
	ck_assert_int_eq(live_make_id(b), 0);
	ck_assert_str_ne(a, b);
	ck_assert_uint_eq(strlen(a), NITRO_ID_LENGTH);
	ck_assert_uint_eq(strspn(a + 1, "0123456789abcdef"),
			  NITRO_ID_LENGTH - 1);
	ck_assert_int_eq(a[0], 'v');
}
END_TEST

START_TEST(finds_by_id)
{
	struct live *live = add(0, "alice");

	ck_assert_ptr_eq(lives_find(&lives, live->id), live);
	ck_assert_ptr_null(lives_find(&lives, ""));
	ck_assert_ptr_null(lives_find(&lives, "v0"));
}
END_TEST

static struct live *add_unjudged(uid_t asker, const char *user)
{
	struct live *live = make(asker, user, 1);

	live->is_unjudged = true;
	lives_insert(&lives, live);
	return live;
}

START_TEST(what_is_not_judged_is_only_found_to_be_ended)
{
	struct live *live = add_unjudged(0, "alice");

	ck_assert_ptr_null(lives_find(&lives, live->id));
	ck_assert_ptr_null(TAILQ_FIRST(&lives.list));
	ck_assert_ptr_eq(lives_find_unjudged(&lives, live->id), live);
	ck_assert_ptr_eq(lives_find_any(&lives, live->id), live);
	ck_assert_uint_eq(lives.unjudged_count, 1);
	lives_accept(&lives, live);
	ck_assert_ptr_eq(lives_find(&lives, live->id), live);
	ck_assert_ptr_eq(lives_find_any(&lives, live->id), live);
	ck_assert_ptr_null(lives_find_unjudged(&lives, live->id));
	ck_assert_uint_eq(lives.unjudged_count, 0);
	ck_assert_uint_eq(lives.count, 1);
}
END_TEST

START_TEST(what_is_wanted_is_judged_next)
{
	struct live *first = add_unjudged(0, "alice");
	struct live *second = add_unjudged(0, "alice");

	ck_assert_ptr_eq(TAILQ_FIRST(&lives.unjudged), first);
	lives_prefer(&lives, second);
	ck_assert_ptr_eq(TAILQ_FIRST(&lives.unjudged), second);
	ck_assert_ptr_eq(TAILQ_LAST(&lives.unjudged, live_list), first);
}
END_TEST

START_TEST(the_oldest_is_first_whenever_it_was_judged)
{
	struct live *newer = add_unjudged(0, "alice");
	struct live *older = add_unjudged(0, "alice");
	struct live *newest = make(0, "alice", 1);

	newer->made_usec = 2;
	older->made_usec = 1;
	newest->made_usec = 3;
	lives_insert(&lives, newest);
	lives_accept(&lives, newer);
	lives_accept(&lives, older);
	ck_assert_ptr_eq(TAILQ_FIRST(&lives.list), older);
	ck_assert_ptr_eq(TAILQ_NEXT(older, list), newer);
	ck_assert_ptr_eq(TAILQ_NEXT(newer, list), newest);
}
END_TEST

static bool answers(const struct live *live, uid_t asker, const char *service,
		    const char *user, const struct live_selector *selector)
{
	const struct request request = { .service = service, .user = user };

	return live_answers(live, asker, &request, selector);
}

START_TEST(an_id_is_no_capability)
{
	struct live *live = add(ALICE, "alice");
	const struct live_selector by_id = { .by = LIVE_BY_ID, .id = live->id };
	const struct live_selector other = { .by = LIVE_BY_ID, .id = "v" };

	ck_assert(answers(live, ALICE, "sshd", "alice", &by_id));
	ck_assert(!answers(live, ALICE, "sshd", "alice", &other));
	ck_assert(!answers(live, 0, "sshd", "alice", &by_id));
	ck_assert(!answers(live, ALICE, "su", "alice", &by_id));
	ck_assert(!answers(live, ALICE, "sshd", "bob", &by_id));
	live->state = LIVE_ATTACHED;
	ck_assert(!answers(live, ALICE, "sshd", "alice", &by_id));
}
END_TEST

START_TEST(a_session_answers_for_every_service)
{
	struct live *live = add(0, "alice");
	const struct live_selector by_session = {
		.by = LIVE_BY_SESSION,
		.session = "7",
		.audit_session = LIVE_NO_AUDIT_SESSION,
	};
	const struct live_selector by_audit = {
		.by = LIVE_BY_SESSION,
		.session = "",
		.audit_session = 5,
	};
	const struct live_selector by_nothing = {
		.by = LIVE_BY_SESSION,
		.session = "",
		.audit_session = LIVE_NO_AUDIT_SESSION,
	};

	snprintf(live->session, sizeof(live->session), "7");
	ck_assert(!answers(live, 0, "sudo", "alice", &by_session));
	live->state = LIVE_ATTACHED;
	ck_assert(answers(live, 0, "sudo", "alice", &by_session));
	ck_assert(!answers(live, 0, "sudo", "bob", &by_session));
	ck_assert(!answers(live, ALICE, "sudo", "alice", &by_session));
	ck_assert(!answers(live, 0, "sudo", "alice", &by_audit));
	live->audit_session = 5;
	ck_assert(answers(live, 0, "sudo", "alice", &by_audit));
	/* What has no session is in none, and not in all. */
	live->session[0] = '\0';
	live->audit_session = LIVE_NO_AUDIT_SESSION;
	ck_assert(!answers(live, 0, "sudo", "alice", &by_nothing));
}
END_TEST

START_TEST(a_key_answers_only_where_it_was_bound)
{
	struct live *live = add(0, "alice");
	const struct live_selector by_key = { .by = LIVE_BY_KEY };
	struct request request = {
		.service = "sshd",
		.user = "alice",
		.ssh_key = span_of_text("key"),
	};

	live->question.ssh_key = (uint8_t *)strdup("key");
	live->question.ssh_key_size = strlen("key");
	/* It was there, but the document said nothing about it. */
	ck_assert(!live_answers(live, 0, &request, &by_key));
	live->proof->bindings = BIND_SSH_KEY;
	ck_assert(live_answers(live, 0, &request, &by_key));
	request.ssh_key = span_of_text("yek");
	ck_assert(!live_answers(live, 0, &request, &by_key));
	request.ssh_key = span_of_text("key");
	request.service = "su";
	ck_assert(!live_answers(live, 0, &request, &by_key));
}
END_TEST

/* sshd's command and root know of each other's keys, and of nothing else; nobody else
 * knows of theirs, nor they of his. */
START_TEST(keys_of_sshd_answer_to_root)
{
	const uid_t askers[] = { ACCOUNT_ROOT, ACCOUNT_KEYS, ALICE };
	const struct live_selector by_key = { .by = LIVE_BY_KEY };
	struct request request = {
		.service = "sshd",
		.user = "alice",
		.ssh_key = span_of_text("key"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(askers); i++) {
		struct live *live = add(askers[i], "alice");
		const struct live_selector by_id = { .by = LIVE_BY_ID,
						     .id = live->id };

		live->question.ssh_key = (uint8_t *)strdup("key");
		live->question.ssh_key_size = strlen("key");
		live->proof->bindings = BIND_SSH_KEY;
		for (size_t j = 0; j < ARRAY_SIZE(askers); j++) {
			bool is_own = i == j;

			ck_assert_int_eq(live_answers(live, askers[j], &request,
						      &by_key),
					 is_own || (i != 2 && j != 2));
			ck_assert_int_eq(
				live_answers(live, askers[j], &request, &by_id),
				is_own);
		}
	}
}
END_TEST

START_TEST(the_oldest_that_waits_gives_way)
{
	struct live *first = add(0, "alice");
	struct live *second = add(0, "alice"), *displaced;

	first->state = LIVE_ATTACHED;
	for (unsigned i = 2; i < LIVE_PER_USER; i++)
		add(0, "alice")->state = LIVE_ATTACHED;
	ck_assert_int_eq(room(0, "alice", 1, &displaced), 0);
	ck_assert_ptr_eq(displaced, second);
	second->state = LIVE_ATTACHED;
	ck_assert_int_eq(room(0, "alice", 1, &displaced), -EDQUOT);
	/* Another asker, another user: other verdicts. */
	ck_assert_int_eq(room(ALICE, "alice", 1, &displaced), 0);
	ck_assert_ptr_null(displaced);
	ck_assert_int_eq(room(0, "bob", 1, &displaced), 0);
	ck_assert_ptr_null(displaced);
}
END_TEST

START_TEST(what_is_not_judged_has_its_place)
{
	struct live *judged = add(0, "alice");
	struct live *waiting = add_unjudged(0, "alice"), *displaced;

	judged->made_usec = 2;
	waiting->made_usec = 1;
	for (unsigned i = 2; i < LIVE_PER_USER; i++)
		add_unjudged(0, "alice")->state = LIVE_ATTACHED;
	ck_assert_int_eq(room(0, "alice", 1, &displaced), 0);
	ck_assert_ptr_eq(displaced, waiting);
	waiting->state = LIVE_ATTACHED;
	ck_assert_int_eq(room(0, "alice", 1, &displaced), 0);
	ck_assert_ptr_eq(displaced, judged);
	judged->state = LIVE_ATTACHED;
	ck_assert_int_eq(room(0, "alice", 1, &displaced), -EDQUOT);
}
END_TEST

static void fill(uid_t asker, unsigned count)
{
	char user[16];

	for (unsigned i = 0; i < count; i++) {
		snprintf(user, sizeof(user), "u%u", i / 32);
		add(asker == 0 ? 0 : asker + i / 32, user)->state =
			LIVE_ATTACHED;
	}
}

START_TEST(users_leave_room_for_root)
{
	struct live *displaced;

	fill(ALICE, LIVE_MAX - LIVE_FOR_ROOT);
	ck_assert_int_eq(room(ALICE + 5000, "new", 1, &displaced), -EBUSY);
	ck_assert_int_eq(room(ACCOUNT_KEYS, "new", 1, &displaced), -EBUSY);
	ck_assert_int_eq(room(0, "new", 1, &displaced), 0);
	ck_assert_ptr_null(displaced);
	fill(0, LIVE_FOR_ROOT);
	ck_assert_int_eq(room(0, "new", 1, &displaced), -EBUSY);
}
END_TEST

START_TEST(bytes_are_bounded_likewise)
{
	struct live *displaced;
	struct live *live =
		make(ALICE, "alice", LIVE_BYTES - LIVE_BYTES_FOR_ROOT);

	lives_insert(&lives, live);
	ck_assert_int_eq(room(ALICE + 1, "bob", 1, &displaced), -EBUSY);
	ck_assert_int_eq(room(0, "bob", LIVE_BYTES_FOR_ROOT, &displaced), 0);
	ck_assert_ptr_null(displaced);
	ck_assert_int_eq(room(0, "bob", LIVE_BYTES_FOR_ROOT + 1, &displaced),
			 -EBUSY);
	/* Its own user's gives way. */
	ck_assert_int_eq(room(ALICE, "alice", 1, &displaced), 0);
	ck_assert_ptr_eq(displaced, live);
}
END_TEST

START_TEST(ends_when_its_time_is_over)
{
	struct live *live = add(0, "alice");

	live->proof->issued_usec = 1000;
	live->made_usec = 2000;
	ck_assert_uint_eq(live_ends_usec(live), 2000 + LIVE_ISSUED_USEC);
	ck_assert_int_eq(live_ends_reason(live), REASON_VERDICT_UNATTACHED);
	live->session_max_ms = 60000;
	ck_assert_uint_eq(live_ends_usec(live), 1000 + 60 * USEC_PER_SEC);
	ck_assert_int_eq(live_ends_reason(live), REASON_SESSION_TOO_LONG);
	live->state = LIVE_ATTACHED;
	ck_assert_uint_eq(live_ends_usec(live), 1000 + 60 * USEC_PER_SEC);
	live->session_max_ms = 0;
	ck_assert_uint_eq(live_ends_usec(live), UINT64_MAX);
	/* No limit overflows into one that has passed. */
	live->session_max_ms = UINT64_MAX / 2;
	ck_assert_uint_eq(live_ends_usec(live), UINT64_MAX);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, make_lives, free_lives);
	tcase_add_test(tests, ids_are_new_and_look_alike);
	tcase_add_test(tests, finds_by_id);
	tcase_add_test(tests, what_is_not_judged_is_only_found_to_be_ended);
	tcase_add_test(tests, what_is_wanted_is_judged_next);
	tcase_add_test(tests, the_oldest_is_first_whenever_it_was_judged);
	tcase_add_test(tests, an_id_is_no_capability);
	tcase_add_test(tests, a_session_answers_for_every_service);
	tcase_add_test(tests, a_key_answers_only_where_it_was_bound);
	tcase_add_test(tests, keys_of_sshd_answer_to_root);
	tcase_add_test(tests, the_oldest_that_waits_gives_way);
	tcase_add_test(tests, what_is_not_judged_has_its_place);
	tcase_add_test(tests, users_leave_room_for_root);
	tcase_add_test(tests, bytes_are_bounded_likewise);
	tcase_add_test(tests, ends_when_its_time_is_over);
}

UNIT_MAIN("live", add_tests)
