/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/journal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <systemd/sd-journal.h>

#include "base/clock.h"
#include "base/time_text.h"
#include "nitro-policyd/record.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

int journal_target_parse(const char *text, enum journal_target *ret_target)
{
	static const char *const names[] = {
		[JOURNAL_AUTO] = "auto",
		[JOURNAL_JOURNAL] = "journal",
		[JOURNAL_STDERR] = "stderr",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(text, names[i]) == 0) {
			*ret_target = (enum journal_target)i;
			return 0;
		}
	return -EINVAL;
}

void journal_init(struct journal *journal, enum journal_target target)
{
	struct stat status;

	switch (target) {
	case JOURNAL_AUTO:
		journal->to_journal = stat(JOURNAL_SOCKET, &status) == 0 &&
				      S_ISSOCK(status.st_mode);
		return;
	case JOURNAL_JOURNAL:
		journal->to_journal = true;
		return;
	case JOURNAL_STDERR:
		journal->to_journal = false;
		return;
	}
}

void journal_send(const struct journal *journal, const struct record *record)
{
	char line[RECORD_LINE_SIZE];
	size_t length;

	if (journal->to_journal &&
	    sd_journal_sendv(record->fields, (int)record->count) >= 0)
		return;

	/* One write, so that lines of several threads do not mix. When stderr is
	 * gone as well there is nobody left to tell. */
	length = record_line(record, line);
	if (write(STDERR_FILENO, line, length) < 0)
		return;
}

void journal_begin(struct record *record, const char *id, int priority)
{
	record_init(record);
	if (id != NULL)
		record_add(record, "MESSAGE_ID", "%s", id);
	record_add(record, "PRIORITY", "%d", priority);
	record_add(record, "SYSLOG_IDENTIFIER", "nitro-policyd");
}

static const struct check_result *failed_check(const struct verdict *verdict)
{
	for (size_t i = 0; i < CHECK_COUNT; i++)
		if (verdict->checks[i].state == CHECK_FAILED)
			return &verdict->checks[i];
	return NULL;
}

static void add_verdict(struct record *record, const struct verdict *verdict)
{
	const struct check_result *failed = failed_check(verdict);

	record_add(record, JOURNAL_FIELD_REASON, "%s", verdict->reason);
	record_add(record, JOURNAL_FIELD_LEVEL, "%u", verdict->level);
	record_add(record, JOURNAL_FIELD_RULE, "%s", verdict->rule);
	record_add(record, JOURNAL_FIELD_IMAGE, "%s", verdict->image);
	record_add(record, JOURNAL_FIELD_RELEASE, "%s", verdict->release);
	if (failed == NULL)
		return;

	record_add(record, JOURNAL_FIELD_EXPECTED, "%s", failed->expected);
	record_add(record, JOURNAL_FIELD_ACTUAL, "%s", failed->actual);
}

static const char *text_of(const char *text)
{
	return text != NULL ? text : "";
}

static void add_question(struct record *record, const struct job *job)
{
	record_add(record, JOURNAL_FIELD_SERVICE, "%s", job->question.service);
	record_add(record, JOURNAL_FIELD_USER, "%s", job->question.user);
	record_add(record, "NITRO_REMOTE_HOST", "%s",
		   text_of(job->question.remote_host));
	record_add(record, "NITRO_TTY", "%s", text_of(job->question.tty));
	record_add(record, "NITRO_COMMAND", "%s",
		   text_of(job->question.command));
	record_add(record, "NITRO_RUN_AS", "%s", text_of(job->question.run_as));
	record_add(record, "NITRO_RUN_AS_GROUP", "%s",
		   text_of(job->question.run_as_group));
	record_add(record, "NITRO_HOST", "%s", text_of(job->question.host));
	record_add(record, "NITRO_CALLER_UID", "%u", job->caller.uid);
	if (job->caller.pid > 0)
		record_add(record, "NITRO_CALLER_PID", "%d", job->caller.pid);
	if (job->ticket == TICKET_TAKEN)
		record_add(record, "NITRO_DEPOSITOR_UID", "%u", job->depositor);
	record_add(record, "NITRO_POLICY_GENERATION", "%" PRIu64,
		   job->snapshot->generation);
	record_add(record, "NITRO_LATENCY_USEC", "%" PRIu64,
		   clock_boottime_usec() - job->started_usec);
}

/* A denial has no verdict that lives. */
static void add_live(struct record *record, const struct job *job)
{
	if (job->error == NULL && job->verdict->allowed)
		record_add(record, JOURNAL_FIELD_VERDICT, "%s", job->live_id);
}

static void add_evidence(struct record *record, const struct evidence *evidence)
{
	if (evidence == NULL)
		return;

	record_add(record, "NITRO_MODULE_ID", "%s",
		   evidence_module_id(evidence));
	record_add(record, "NITRO_ROOT", "%s", evidence_root_label(evidence));
}

/* What an audited decision would have been stands in reason and message. */
static void add_decision(struct record *record, const struct job *job)
{
	const struct verdict *verdict = job->verdict;

	if (verdict->audited) {
		journal_begin(record, JOURNAL_ID_AUDITED, LOG_WARNING);
		record_add(record, "MESSAGE",
			   "Allowed %s for user %s on trial by rule %s; "
			   "enforcing would have denied: %s %s",
			   job->question.service, job->question.user,
			   verdict->rule, verdict->sentence, verdict->hint);
		record_add(record, "NITRO_DECISION", "audit");
	} else if (verdict->allowed) {
		journal_begin(record, JOURNAL_ID_ALLOWED, LOG_INFO);
		record_add(record, "MESSAGE",
			   "Allowed %s for user %s by rule %s: level %u, "
			   "image %s, release %s.",
			   job->question.service, job->question.user,
			   verdict->rule, verdict->level, verdict->image,
			   verdict->release);
		record_add(record, "NITRO_DECISION", NITRO_DECISION_ALLOW);
	} else {
		journal_begin(record, JOURNAL_ID_DENIED, LOG_WARNING);
		record_add(record, "MESSAGE", "Denied %s for user %s: %s %s",
			   job->question.service, job->question.user,
			   verdict->sentence, verdict->hint);
		record_add(record, "NITRO_DECISION", NITRO_DECISION_DENY);
	}
}

static void add_outcome(struct record *record, const struct job *job)
{
	const struct verdict *verdict = job->verdict;

	if (job->error != NULL) {
		journal_begin(record, JOURNAL_ID_NOT_JUDGED, LOG_ERR);
		record_add(record, "MESSAGE",
			   "Could not judge %s for user %s: %s",
			   job->question.service, job->question.user,
			   job->error_text);
		record_add(record, "NITRO_DECISION", "not-judged");
		record_add(record, JOURNAL_FIELD_REASON, "%s", job->error);
		return;
	}
	add_decision(record, job);
	add_verdict(record, verdict);
}

void journal_decision(const struct journal *journal, const struct job *job)
{
	struct record record;

	add_outcome(&record, job);
	add_question(&record, job);
	add_live(&record, job);
	add_evidence(&record, job_evidence(job));
	journal_send(journal, &record);
}

static void journal_diagnostic(const struct journal *journal,
			       const struct diagnostic *diagnostic)
{
	bool is_error = diagnostic->severity == DIAGNOSTIC_ERROR;
	_cleanup_free_ char *text = diagnostic_text(diagnostic);
	struct record record;

	journal_begin(&record, is_error ? JOURNAL_ID_POLICY_REFUSED : NULL,
		      is_error ? LOG_ERR : LOG_WARNING);
	record_add(&record, "MESSAGE", "%s",
		   text != NULL ? text : diagnostic->message);
	record_add(&record, "CONFIG_FILE", "%s", diagnostic->file);
	record_add(&record, "CONFIG_LINE", "%u", diagnostic->line);
	journal_send(journal, &record);
}

void journal_policy(const struct journal *journal,
		    const struct snapshot *loaded,
		    const struct diagnostics *diagnostics)
{
	struct record record;

	for (size_t i = 0; i < diagnostics_count(diagnostics); i++)
		journal_diagnostic(journal, diagnostics_get(diagnostics, i));

	if (loaded == NULL) {
		journal_begin(&record, JOURNAL_ID_POLICY_REFUSED, LOG_ERR);
		record_add(&record, "MESSAGE",
			   "The policy was refused: %zu error(s).",
			   diagnostics_errors(diagnostics));
	} else {
		journal_begin(&record, JOURNAL_ID_POLICY_LOADED, LOG_NOTICE);
		record_add(&record, "MESSAGE",
			   "Policy generation %" PRIu64
			   " is in force: %zu rule(s), %zu image(s), "
			   "%zu root(s).",
			   loaded->generation,
			   policy_rule_count(loaded->config->policy),
			   policy_image_count(loaded->config->policy),
			   anchors_count(loaded->config->anchors));
		record_add(&record, "NITRO_POLICY_GENERATION", "%" PRIu64,
			   loaded->generation);
		record_add(&record, "NITRO_POLICY_DIGEST", "%s",
			   loaded->digest);
	}
	journal_send(journal, &record);
}

void journal_expiry(const struct journal *journal,
		    const struct policy_expiry *expiry, int64_t now_ms)
{
	char end[TIME_TEXT_SIZE];
	struct record record;

	time_format(expiry->ends_ms, end);
	journal_begin(&record, JOURNAL_ID_EXPIRING, LOG_WARNING);
	record_add(&record, "MESSAGE",
		   expiry->ends_ms < now_ms
			   ? "Image %s has had no release in force since %s: "
			     "release %s was the last."
			   : "Image %s will have no release in force after %s: "
			     "release %s is the last.",
		   expiry->image, end, expiry->release);
	record_add(&record, JOURNAL_FIELD_IMAGE, "%s", expiry->image);
	record_add(&record, JOURNAL_FIELD_RELEASE, "%s", expiry->release);
	record_add(&record, "NITRO_EXPIRES", "%s", end);
	journal_send(journal, &record);
}

void journal_limited(const struct journal *journal, uid_t uid, uint64_t count)
{
	struct record record;

	journal_begin(&record, JOURNAL_ID_LIMITED, LOG_WARNING);
	record_add(&record, "MESSAGE",
		   "Refused %" PRIu64 " question(s) by limits since the last "
		   "such record; this one is of user %u.",
		   count, uid);
	record_add(&record, "NITRO_CALLER_UID", "%u", uid);
	record_add(&record, "NITRO_COUNT", "%" PRIu64, count);
	journal_send(journal, &record);
}

void journal_note(const struct journal *journal, int priority,
		  const char *format, ...)
{
	char text[RECORD_VALUE_MAX];
	struct record record;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	journal_begin(&record, NULL, priority);
	record_add(&record, "MESSAGE", "%s", text);
	journal_send(journal, &record);
}
