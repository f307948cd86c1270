/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An explanation as text for people, and as JSON for programs.
 */
#ifndef NITRO_NITROCTL_EXPLAIN_OUTPUT_H
#define NITRO_NITROCTL_EXPLAIN_OUTPUT_H

#include <jansson.h>
#include <stdio.h>

#include "nitroctl/advice.h"
#include "nitroctl/explain.h"
#include "nitroctl/text.h"

void explain_print(FILE *out, struct text_style style,
		   const struct explanation *explanation,
		   const struct advice *advice);
json_t *explain_json(const struct explanation *explanation,
		     const struct advice *advice);

#endif
