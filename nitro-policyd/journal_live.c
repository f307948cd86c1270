/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/journal_live.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>

struct ended ended_of(const struct live *live)
{
	struct ended ended = { .on_revoke = live->on_revoke };

	memcpy(ended.id, live->id, sizeof(ended.id));
	memcpy(ended.session, live->session, sizeof(ended.session));
	snprintf(ended.user, sizeof(ended.user), "%s", live->question.user);
	snprintf(ended.service, sizeof(ended.service), "%s",
		 live->question.service);
	return ended;
}

static void add_live(struct record *record, const struct live *live)
{
	const struct evidence *evidence = live->proof->evidence;

	record_add(record, JOURNAL_FIELD_VERDICT, "%s", live->id);
	record_add(record, JOURNAL_FIELD_SERVICE, "%s", live->question.service);
	record_add(record, JOURNAL_FIELD_USER, "%s", live->question.user);
	record_add(record, JOURNAL_FIELD_SESSION, "%s", live->session);
	if (live->audit_session != LIVE_NO_AUDIT_SESSION)
		record_add(record, "NITRO_AUDIT_SESSION", "%u",
			   live->audit_session);
	record_add(record, JOURNAL_FIELD_RULE, "%s", live->rule);
	record_add(record, JOURNAL_FIELD_IMAGE, "%s", live->image);
	record_add(record, JOURNAL_FIELD_RELEASE, "%s", live->release);
	if (evidence != NULL)
		record_add(record, "NITRO_MODULE_ID", "%s",
			   evidence_module_id(evidence));
}

/* "session 3", or what it is when logind has none. */
static const char *session_text(const char *session, char *text, size_t size)
{
	if (session[0] == '\0')
		return "a session";
	snprintf(text, size, "session %s", session);
	return text;
}

void journal_attached(const struct journal *journal, const struct live *live)
{
	char text[LIVE_SESSION_SIZE + 16];
	struct record record;

	journal_begin(&record, JOURNAL_ID_ATTACHED, LOG_INFO);
	record_add(&record, "MESSAGE",
		   "User %s has %s of %s by verdict %s: image %s, release %s.",
		   live->question.user,
		   session_text(live->session, text, sizeof(text)),
		   live->question.service, live->id, live->image,
		   live->release);
	add_live(&record, live);
	journal_send(journal, &record);
}

void journal_ended(const struct journal *journal, const struct live *live,
		   const char *reason, const char *why, bool goes_on)
{
	char text[LIVE_SESSION_SIZE + 16];
	struct record record;

	if (goes_on) {
		journal_begin(&record, JOURNAL_ID_REVOKED, LOG_WARNING);
		record_add(&record, "MESSAGE",
			   "User %s has lost the verdict for %s of %s (%s). "
			   "%s%sThe rule says: %s.",
			   live->question.user,
			   session_text(live->session, text, sizeof(text)),
			   live->question.service, reason, why,
			   why[0] != '\0' ? " " : "",
			   on_revoke_name(live->on_revoke));
		record_add(&record, "NITRO_ON_REVOKE", "%s",
			   on_revoke_name(live->on_revoke));
	} else {
		journal_begin(&record, JOURNAL_ID_ENDED, LOG_INFO);
		record_add(&record, "MESSAGE",
			   "Verdict %s of user %s for %s has ended (%s).%s%s",
			   live->id, live->question.user,
			   live->question.service, reason,
			   why[0] != '\0' ? " " : "", why);
	}
	record_add(&record, JOURNAL_FIELD_REASON, "%s", reason);
	add_live(&record, live);
	journal_send(journal, &record);
}

void journal_acted(const struct journal *journal, const struct ended *ended,
		   const char *why)
{
	const char *action = on_revoke_name(ended->on_revoke);
	char text[LIVE_SESSION_SIZE + 16];
	struct record record;

	journal_begin(&record, JOURNAL_ID_ACTED,
		      why == NULL ? LOG_NOTICE : LOG_ERR);
	if (why == NULL)
		record_add(&record, "MESSAGE",
			   "logind was told to %s %s of user %s.", action,
			   session_text(ended->session, text, sizeof(text)),
			   ended->user);
	else
		record_add(&record, "MESSAGE",
			   "Could not %s %s of user %s, which goes on: %s.",
			   action,
			   session_text(ended->session, text, sizeof(text)),
			   ended->user, why);
	record_add(&record, JOURNAL_FIELD_VERDICT, "%s", ended->id);
	record_add(&record, JOURNAL_FIELD_SERVICE, "%s", ended->service);
	record_add(&record, JOURNAL_FIELD_USER, "%s", ended->user);
	record_add(&record, JOURNAL_FIELD_SESSION, "%s", ended->session);
	record_add(&record, "NITRO_ON_REVOKE", "%s", action);
	journal_send(journal, &record);
}

void journal_dropped(const struct journal *journal, const char *file,
		     const char *why)
{
	struct record record;

	journal_begin(&record, JOURNAL_ID_DROPPED, LOG_WARNING);
	record_add(&record, "MESSAGE",
		   "A live verdict is not taken up again: its file %s %s.",
		   file, why);
	record_add(&record, "NITRO_FILE", "%s", file);
	journal_send(journal, &record);
}
