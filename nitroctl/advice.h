/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would make a denied document pass, in words: one sentence or two for each
 * thing that stands in the way. Advice for an admin, computed from what was
 * verified; nothing is decided here.
 */
#ifndef NITRO_NITROCTL_ADVICE_H
#define NITRO_NITROCTL_ADVICE_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "nitroctl/explain.h"

/* More than there are checks that can fail together. */
#define ADVICE_MAX 48u

struct advice {
	char *texts[ADVICE_MAX]; /* not safe for a terminal */
	size_t count;
	bool is_cut; /* memory was exhausted: some are missing */
};

/* One entry for each obstacle, or for what an admin should know of an allowance. */
void advice_collect(const struct explanation *explanation,
		    struct advice *ret_advice);
void advice_deinit(struct advice *advice);

/* Private to the files of advice. */
void advice_add(struct advice *advice, const char *format, ...) _printf_(2, 3);
void advise_on_measurements(const struct explanation *explanation,
			    struct advice *advice);

#endif
