/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-sim/breaks.h"

const struct sim_break *breaks_at(size_t index)
{
	static const struct sim_break *const tables[] = {
		breaks_of_envelope,	breaks_of_document,
		breaks_of_fields,	breaks_of_pcrs,
		breaks_of_certificates, breaks_of_extensions,
		breaks_of_chains,
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (const struct sim_break *row = tables[i]; row->name != NULL;
		     row++)
			if (index-- == 0)
				return row;
	return NULL;
}

const struct sim_break *breaks_find(const char *name)
{
	const struct sim_break *found;

	for (size_t i = 0; (found = breaks_at(i)) != NULL; i++)
		if (strcmp(found->name, name) == 0)
			return found;
	return NULL;
}
