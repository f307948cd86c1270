/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checks that `bind` asks for. Private to lib/policy.
 */
#ifndef NITRO_POLICY_BINDING_CHECK_H
#define NITRO_POLICY_BINDING_CHECK_H

#include "policy/rules.h"

/* Marks the checks of all bindings but the challenge's: passed where they hold,
 * failed where they do not and `required` names them, else not checked. */
void bindings_check(const struct policy *policy, unsigned required,
		    const struct claim *claim, struct verdict *verdict);

/* True when the leaf's CN is MODULE_ID "." REGION ".aws", the region being one
 * label. */
bool leaf_is_named(const char *name, const char *module_id);

#endif
