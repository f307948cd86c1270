/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What has to be known before a question is judged: whether this caller may ask it,
 * and whom it is about. What looks into the host's user database may take long, and is
 * for workers only.
 */
#ifndef NITRO_POLICYD_ACCESS_H
#define NITRO_POLICYD_ACCESS_H

#include <stdbool.h>

#include "base/compiler.h"
#include "nitro-policyd/job.h"

/* Of a question that sshd's command does not ask: the negative errno, with the D-Bus
 * error. */
int access_refuse_keys(sd_bus_error *reterr_error) _must_use_;

/* False, and the job has failed: the question is about another user. Asks the user
 * database. */
bool access_check(struct job *job);

/* Whether a rule names groups. */
bool access_names_groups(const struct policy *policy);

/* Looks up the user's groups there, but only where a rule names groups: nobody else shall
 * wait for the directory server of his company. False, and the job has failed: there
 * is no answer, so nobody knows which rule applies. */
bool access_find_groups(struct job *job) _must_use_;

#endif
