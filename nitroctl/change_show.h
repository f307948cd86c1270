/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a change is about to do, for people and as JSON. Prints; changes nothing.
 */
#ifndef NITRO_NITROCTL_CHANGE_SHOW_H
#define NITRO_NITROCTL_CHANGE_SHOW_H

#include <jansson.h>
#include <stdio.h>

#include "nitroctl/change.h"

/* Each file with the lines that it gains and loses. */
void change_print(FILE *out, const struct change *change);

/* [{"path", "action": "create" | "change" | "remove", "text"}, ...]; NULL when
 * memory is exhausted. */
json_t *json_change_files(const struct change *change);

#endif
