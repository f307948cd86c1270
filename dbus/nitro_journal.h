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

/* Live verdicts. */
#define JOURNAL_ID_ATTACHED "9ad48baa65a94cbdb028f1abf9bfb874"
#define JOURNAL_ID_ENDED    "d0fcbd8f2ee3430f85bc811ecb8db5e9"
#define JOURNAL_ID_REVOKED  "8274d5eb46fe4343952ede98767ce826"
#define JOURNAL_ID_ACTED    "d699abc2804e49528b437837b59c0d1b"
#define JOURNAL_ID_DROPPED  "473e97a2b8914d1ebf6da78bcad0264a"

#define JOURNAL_FIELD_SERVICE  "NITRO_SERVICE"
#define JOURNAL_FIELD_USER     "NITRO_USER"
#define JOURNAL_FIELD_REASON   "NITRO_REASON"
#define JOURNAL_FIELD_LEVEL    "NITRO_LEVEL"
#define JOURNAL_FIELD_RULE     "NITRO_RULE"
#define JOURNAL_FIELD_IMAGE    "NITRO_IMAGE"
#define JOURNAL_FIELD_RELEASE  "NITRO_RELEASE"
#define JOURNAL_FIELD_EXPECTED "NITRO_EXPECTED"
#define JOURNAL_FIELD_VERDICT  "NITRO_VERDICT"
#define JOURNAL_FIELD_SESSION  "NITRO_SESSION"
#define JOURNAL_FIELD_ACTUAL   "NITRO_ACTUAL"

#endif
