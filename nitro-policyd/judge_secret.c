/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/judge_secret.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/clock.h"
#include "base/locked.h"
#include "dbus/nitro_bus.h"
#include "nitro-policyd/judge_key.h"
#include "nitro-policyd/judge_steps.h"
#include "policy/secret.h"
#include "seal/seal.h"

/* Where systemd puts the credentials of a unit; see systemd.exec(5). */
#define CREDENTIALS_VARIABLE "CREDENTIALS_DIRECTORY"

/* -ENOKEY: the unit has no credentials at all. */
static int find_file(const struct secret *secret,
		     char ret_path[static PATH_MAX])
{
	const char *directory = secure_getenv(CREDENTIALS_VARIABLE);
	int length;

	if (secret_source(secret) == SECRET_FILE)
		length = snprintf(ret_path, PATH_MAX, "%s",
				  secret_location(secret));
	else if (directory == NULL)
		return -ENOKEY;
	else
		length = snprintf(ret_path, PATH_MAX, "%s/%s", directory,
				  secret_location(secret));
	return length < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static const char *explain(int error)
{
	switch (error) {
	case -ENOKEY:
		return "the daemon's unit has no credentials "
		       "(LoadCredentialEncrypted=)";
	case -ENODATA:
		return "it is empty";
	case -EPERM:
		return "others can read or write it, or no memory may be "
		       "locked";
	case -EACCES:
		return "it belongs to another user than root or the daemon, "
		       "or the daemon may not read it";
	case -EFBIG:
		return "it is larger than 64 KiB";
	default:
		return strerror(-error);
	}
}

/* Fails the job with a sentence about the host: the document is good. */
static bool read_secret(const struct secret *secret, struct job *job,
			struct locked *ret_content)
{
	char path[PATH_MAX];
	int r = find_file(secret, path);

	if (r == 0)
		r = locked_read_file(path, SEAL_PLAINTEXT_MAX, geteuid(),
				     ret_content);
	if (r < 0)
		job_fail(job, NITRO_ERROR_INTERNAL,
			 "The secret '%s' cannot be read: %s.",
			 secret_name(secret), explain(r));
	return r == 0;
}

static void refuse_key(struct job *job, enum key_error error)
{
	if (error == KEY_E_INTERNAL || error == KEY_E_NO_MEMORY)
		job_fail(job, NITRO_ERROR_INTERNAL, "%s %s",
			 key_error_sentence(error), key_error_hint(error));
	else
		verdict_refuse(job->verdict, key_error_name(error),
			       key_error_sentence(error),
			       key_error_hint(error));
}

/* The document has earned it. */
static void release(const struct key_library *library,
		    const struct secret *secret, struct job *job)
{
	_cleanup_(locked_freep) struct locked content = LOCKED_EMPTY;
	_cleanup_(attested_key_freep) struct attested_key *key = NULL;
	enum key_error error = attested_key_new(library, job->evidence, &key);

	if (error != KEY_OK) {
		refuse_key(job, error);
		return;
	}
	if (!read_secret(secret, job, &content))
		return;
	error = seal(library, key, locked_span(&content), &job->sealed);
	if (error != KEY_OK)
		refuse_key(job, error);
}

static void skip_login_checks(struct verdict *verdict)
{
	verdict_skip(verdict, CHECK_TICKET, "secrets take no tickets");
	verdict_skip(verdict, CHECK_REPLAY,
		     "the key opens what is sealed, each time");
}

static void appraise(const struct judge *judge, const struct rule *rule,
		     struct job *job, int64_t now_ms)
{
	struct claim claim = {
		.evidence = job->evidence,
		.now_ms = now_ms,
		.manifest = buffer_span(&job->manifest),
	};

	if (judge_key_prove(judge->keys, job, &claim))
		policy_appraise(job->snapshot->config->policy,
				rule_requirements(rule), &claim, job->verdict);
}

static void check(const struct judge *judge, struct chain_cache *cache,
		  const struct rule *rule, struct job *job)
{
	int64_t now_ms = clock_realtime_ms();

	skip_login_checks(job->verdict);
	if (judge_request(job, rule) &&
	    judge_document_by_rule(job, cache, rule, now_ms) &&
	    job->evidence != NULL)
		appraise(judge, rule, job, now_ms);
}

static void judge_known(const struct judge *judge, struct chain_cache *cache,
			const struct secret *secret, struct job *job)
{
	check(judge, cache, secret_rule(secret), job);
	if (job->error == NULL && job->verdict->allowed)
		release(judge->keys, secret, job);
}

void judge_secret(const struct judge *judge, struct chain_cache *cache,
		  struct job *job)
{
	const struct secret *secret = policy_find_secret(
		job->snapshot->config->policy, job->question.user);

	if (secret == NULL)
		verdict_fail(job->verdict, REASON_SECRET_UNKNOWN, "", "");
	else if (!atomic_load(&job->abandoned))
		judge_known(judge, cache, secret, job);
	if (atomic_load(&job->abandoned))
		job_fail(job, NITRO_ERROR_BUSY,
			 "The caller left, or the deadline has passed.");
	journal_decision(judge->journal, job);
	job->is_recorded = true;
}
