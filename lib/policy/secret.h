/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets that the configuration names, and which application each of them is for.
 * What a secret says stands here; its content is never read by lib/policy.
 */
#ifndef NITRO_POLICY_SECRET_H
#define NITRO_POLICY_SECRET_H

#include "policy/policy.h"

/* The service of challenges and signatures for secrets. */
#define SECRET_SERVICE "nitro-secret"

enum secret_source {
	SECRET_FILE,	   /* a file that root or the daemon owns */
	SECRET_CREDENTIAL, /* a credential that systemd gives the daemon */
};

struct secret;

/* In file order. */
size_t policy_secret_count(const struct policy *policy);
const struct secret *policy_secret(const struct policy *policy, size_t index);
/* NULL: there is none of this name. */
const struct secret *policy_find_secret(const struct policy *policy,
					const char *name);

const char *secret_name(const struct secret *secret);
enum secret_source secret_source(const struct secret *secret);
/* The absolute path of the file, or the name of the credential. */
const char *secret_location(const struct secret *secret);
/* What a document must show: a rule that no login matches, named like the secret.
 * Its bindings are among nonce, host and key. */
const struct rule *secret_rule(const struct secret *secret);

#endif
