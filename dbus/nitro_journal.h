/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal records of decisions, as the daemon writes them and nitroctl reads
 * them: message ids and field names. Values are for people and stripped of control
 * characters by the writer; a reader does not rely on that.
 */
#ifndef NITRO_DBUS_NITRO_JOURNAL_H
#define NITRO_DBUS_NITRO_JOURNAL_H

/* The unit that writes them. */
#define NITRO_JOURNAL_UNIT "nitro-policyd.service"

/* One MESSAGE_ID each; systemd/nitro-policyd.catalog explains them. */
#define JOURNAL_ID_ALLOWED    "9a86d58a6c1148128a318683e7168e7b"
#define JOURNAL_ID_AUDITED    "086fd90c5cff4abb8863200e07e5e9b7"
#define JOURNAL_ID_DENIED     "9881396db5b0432488f157bb78964725"
#define JOURNAL_ID_NOT_JUDGED "c33507bee0d84206b6f07ec7712de0de"

#define JOURNAL_FIELD_SERVICE  "NITRO_SERVICE"
#define JOURNAL_FIELD_USER     "NITRO_USER"
#define JOURNAL_FIELD_REASON   "NITRO_REASON"
#define JOURNAL_FIELD_LEVEL    "NITRO_LEVEL"
#define JOURNAL_FIELD_RULE     "NITRO_RULE"
#define JOURNAL_FIELD_IMAGE    "NITRO_IMAGE"
#define JOURNAL_FIELD_RELEASE  "NITRO_RELEASE"
#define JOURNAL_FIELD_EXPECTED "NITRO_EXPECTED"
#define JOURNAL_FIELD_VERDICT  "NITRO_VERDICT"
#define JOURNAL_FIELD_ACTUAL   "NITRO_ACTUAL"

#endif
