/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/live_start.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "attest/attest.h"
#include "attest/chain_cache.h"
#include "base/clock.h"
#include "nitro-policyd/journal_live.h"
#include "nitro-policyd/lifecycle.h"
#include "nitro-policyd/logind.h"

struct start {
	struct manager *manager;
	sd_bus_message *sessions; /* of logind; NULL: it does not say */
	struct chain_cache *cache;
};

static void remove_file(struct manager *manager, const char *name)
{
	int r = live_file_remove(&manager->live_files, name);

	if (r < 0)
		journal_note(&manager->journal, LOG_ERR,
			     "%s cannot be removed from the folder of live "
			     "verdicts: %s.",
			     name, strerror(-r));
}

static void drop(struct manager *manager, const char *name, const char *why)
{
	journal_dropped(&manager->journal, name, why);
	remove_file(manager, name);
}

/* Level 1 at the time when it was judged first, by the roots of now. */
static enum attest_error verify(const struct start *start,
				struct live_proof *proof)
{
	const struct config *config = start->manager->policy.current->config;
	const struct policy_settings *settings =
		policy_settings(config->policy);
	const struct attest_input input = {
		.document = buffer_span(&proof->document),
		.anchors = config->anchors,
		.now_ms = proof->judged_ms,
		.clock_skew_ms = settings->clock_skew_ms,
		.max_field_size = settings->max_field_size,
		.cache = start->cache,
	};
	struct attest_failure failure;

	if (proof->document.data == NULL)
		return ATTEST_OK;
	return attest_verify(&input, &proof->evidence, &failure);
}

/* NULL: nothing speaks against it. */
static const char *find_doubt(const struct start *start,
			      const struct live *live)
{
	struct live *displaced;
	uid_t uid;

	if (lives_make_room(&start->manager->lives, live, &displaced) < 0 ||
	    displaced != NULL)
		return "is one too many";
	if (live->session[0] == '\0')
		return NULL;
	if (start->sessions == NULL)
		return "has a session, and logind does not say which there are";
	return logind_has(start->sessions, live->session, &uid)
		       ? NULL
		       : "has a session that is over";
}

static void take_up(struct start *start, const char *name)
{
	struct manager *manager = start->manager;
	_cleanup_(live_freep) struct live *live = NULL;
	struct live *taken;
	const char *why;
	enum attest_error error;

	if (live_file_read(&manager->live_files, name, clock_boottime_usec(),
			   &live, &why) < 0) {
		drop(manager, name, why);
		return;
	}
	why = find_doubt(start, live);
	if (why != NULL) {
		drop(manager, name, why);
		return;
	}
	error = verify(start, live->proof);
	if (lifecycle_take_up(manager, live) < 0) {
		drop(manager, name, "cannot be watched");
		return;
	}
	taken = TAKE_PTR(live);
	if (error != ATTEST_OK)
		lifecycle_end(taken, attest_error_name(error),
			      attest_error_sentence(error));
	else
		lifecycle_rejudge(taken);
}

/* Half a file, of a writing that was interrupted. */
static bool is_leftover(const char *name)
{
	return name[0] == '.' && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0;
}

/* Without answer there is no session that could be trusted. */
static void ask_logind(struct start *start)
{
	int r = logind_list(start->manager->bus, &start->sessions);

	if (r < 0)
		journal_note(&start->manager->journal, LOG_WARNING,
			     "logind does not say which sessions there are: "
			     "%s.",
			     strerror(-r));
}

static void take_up_all(struct start *start, struct dirent **entries, int count)
{
	bool is_asked = false;

	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;

		if (is_leftover(name))
			remove_file(start->manager, name);
		if (name[0] == '.')
			continue;
		if (!is_asked)
			ask_logind(start);
		is_asked = true;
		take_up(start, name);
	}
}

void live_start(struct manager *manager)
{
	struct start start = { .manager = manager };
	struct dirent **entries;
	int count = scandirat(manager->live_files.dir_fd, ".", &entries, NULL,
			      alphasort);

	if (count < 0) {
		journal_note(&manager->journal, LOG_ERR,
			     "The live verdicts cannot be read: %s.",
			     strerror(errno));
		return;
	}
	/* Without memory for it the chains are verified one by one. */
	if (chain_cache_new(CHAIN_CACHE_SIZE, &start.cache) != ATTEST_OK)
		start.cache = NULL;
	take_up_all(&start, entries, count);
	chain_cache_free(start.cache);
	sd_bus_message_unref(start.sessions);
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
}
