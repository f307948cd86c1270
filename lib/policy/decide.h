/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three ways of writing a verdict that only the appraisal may use. Nobody else
 * includes this file, so nobody else can allow anything.
 */
#ifndef NITRO_POLICY_DECIDE_H
#define NITRO_POLICY_DECIDE_H

#include "policy/verdict.h"

/* Marks the check of `reason` as failed for the record only: reason and allowance
 * stay as they are. For checks above the level that the rule asks for. */
void verdict_note(struct verdict *verdict, enum verdict_reason reason,
		  const char *expected, const char *actual);

/* Allows what was denied, and says so: a rule is on trial. The reason stays. */
void verdict_audit(struct verdict *verdict);

/* Allows, if no check decided against it before. */
void verdict_allow(struct verdict *verdict);

#endif
