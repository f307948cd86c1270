/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration text -> policy; policy x evidence x request -> verdict. Pure: the
 * files were read by somebody else (config/config_directory.h), the time is a parameter.
 */
#ifndef NITRO_POLICY_POLICY_H
#define NITRO_POLICY_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "attest/evidence.h"
#include "base/cleanup.h"
#include "base/compiler.h"
#include "base/read_file.h"
#include "base/span.h"
#include "policy/binding.h"
#include "policy/diagnostics.h"
#include "policy/request.h"
#include "policy/verdict.h"

enum policy_error {
	POLICY_OK,
	POLICY_E_INVALID, /* see the diagnostics: at least one error */
	POLICY_E_NO_MEMORY,
};

enum policy_source_kind {
	POLICY_SOURCE_SETTINGS, /* policyd.conf */
	POLICY_SOURCE_IMAGES,	/* images.d */
	POLICY_SOURCE_RULES,	/* rules.d */
	POLICY_SOURCE_SECRETS,	/* secrets.d */
};

/* One configuration file that was read; borrowed for the call. */
struct policy_source {
	enum policy_source_kind kind;
	const char *name;
	struct span text;
};

/* "i-" and 8 or 17 hexadecimal digits, and the NUL. */
#define POLICY_INSTANCE_ID_SIZE 20

/* What a policy needs to know of the world, asked for while it is loaded. Each
 * function returns 0, or a negative errno and in `reterr_why` what went wrong, for
 * people and without a full stop; static text. */
struct policy_world {
	/* The bytes of a file that the configuration names, at most max_size of
	 * them: a certificate, a manifest, a manifest set. */
	int (*read_file)(void *context, const char *path, size_t max_size,
			 struct buffer *ret_file, const char **reterr_why);
	/* The instance that this host is, for `pcr4 = instance:this`. */
	int (*find_instance)(void *context,
			     char ret_id[static POLICY_INSTANCE_ID_SIZE],
			     const char **reterr_why);
	/* The point in time at which clocks on the wall of this host show what
	 * clocks in Greenwich show at `wall_ms`. */
	int (*find_local_time)(void *context, int64_t wall_ms, int64_t *ret_ms,
			       const char **reterr_why);
	void *context;
};

/* Everything that a policy is made of; borrowed for the call. */
struct policy_input {
	const struct policy_source *sources; /* rules match in this order */
	size_t source_count;
	const char *const *root_labels; /* that `roots` may name */
	size_t label_count;
	/* NULL: files that ask for it are refused. */
	const struct policy_world *world;
};

/* policyd.conf [policyd]; defaults where it is silent. */
struct policy_settings {
	unsigned workers;		/* 0: one per processor; at most 64 */
	uint64_t max_document_age_ms;	/* 5 min */
	uint64_t clock_skew_ms;		/* 30 s */
	uint64_t challenge_lifetime_ms; /* 60 s */
	size_t max_field_size;		/* 1024 bytes, at most 4096 */
	uint64_t expiry_warning_ms;	/* 14 days; 0: no warning */
};

/* What evidence has to show. A rule holds one; judging without a rule makes one
 * by hand. */
struct requirements {
	unsigned level;		   /* 1..3 */
	const char *const *images; /* NULL: any image of the policy */
	size_t image_count;
	const char *const *roots; /* labels */
	size_t root_count;
	unsigned bindings; /* BIND_*, all of which must hold */
};

/* What happens to a session whose verdict ends before it does. */
enum on_revoke {
	ON_REVOKE_LOG,	     /* it is on record */
	ON_REVOKE_LOCK,	     /* its screen is locked */
	ON_REVOKE_TERMINATE, /* it is ended */
};
const char *on_revoke_name(enum on_revoke on_revoke);

/* Immutable; any number of threads may read it. */
struct policy;
struct rule;

/* Reads all sources. With any error: POLICY_E_INVALID and the errors of all files
 * in `diagnostics`; warnings are added there in either case. */
enum policy_error policy_load(const struct policy_input *input,
			      struct policy **ret_policy,
			      struct diagnostics *diagnostics) _must_use_;
void policy_free(struct policy *policy);
DEFINE_CLEANUP(struct policy *, policy_free)

const struct policy_settings *policy_settings(const struct policy *policy);

/* The first rule that matches all that the request says; NULL: no access. */
const struct rule *policy_find_rule(const struct policy *policy,
				    const struct request *request);
const char *rule_name(const struct rule *rule);
const struct requirements *rule_requirements(const struct rule *rule);
/* The rule's max_age, or max_document_age of the settings. */
uint64_t rule_max_age_ms(const struct rule *rule);
/* The rule names BIND_KEY and not BIND_NONCE: a signature over the challenge takes the
 * place of a document that carries its nonce. */
bool rule_takes_signature(const struct rule *rule);
/* How old a document may be that such a signature comes with: the rule's own max_age,
 * or longer than its certificate lives. */
uint64_t rule_signed_max_age_ms(const struct rule *rule);
/* The rule gives max_age itself: it counts for live verdicts too. */
bool rule_gives_max_age(const struct rule *rule);
/* What the rule's `bind` names, BIND_* bits. */
unsigned rule_bindings(const struct rule *rule);
/* BIND_NONCE is among them: a request without a challenge is denied. */
bool rule_needs_challenge(const struct rule *rule);
/* The rule says `mode = audit`. */
bool rule_is_audit(const struct rule *rule);
/* How long a session may last that the rule opens; 0: no limit. */
uint64_t rule_session_max_ms(const struct rule *rule);
/* `on_revoke`; ON_REVOKE_LOG when the rule does not say. */
enum on_revoke rule_on_revoke(const struct rule *rule);

/* What is held against a policy; all of it is borrowed. Each member that is left
 * out is something that was not shown, and holds nowhere. */
struct claim {
	const struct evidence *evidence; /* NULL: a denial */
	int64_t now_ms;
	/* The manifest, or its envelope, that came with the document, as it came.
	 * SPAN_ABSENT: none did. */
	struct span manifest;
	/* The plain public key in SSH wire format that was proven to whoever
	 * asks. SPAN_ABSENT: none. */
	struct span ssh_key;
	/* What a signature by the document's own key over the challenge said. */
	enum key_proof key_proof;
	/* Where it fails: the sentence of what is wrong with key or signature.
	 * NULL: it was simply not made by this key over this challenge. */
	const char *key_fault;
	/* BIND_* that were found to hold before and are not looked at again: those
	 * of a live verdict. */
	unsigned held;
};

/* Holds `claim` against `requirements`. Marks the checks of level 1 (from the
 * evidence), root label, level 2, level 3 and the bindings in `verdict`, sets level,
 * image, release, and allows if all that is required holds and no check of the
 * verdict has failed before. What is not required is still tried, so that the
 * verdict says what the evidence would be good for. NULL evidence is a denial.
 *
 * BIND_NONCE is not looked at: whether the challenge was ours and still open, its
 * keeper knows, who marks CHECK_CHALLENGE before. */
void policy_appraise(const struct policy *policy,
		     const struct requirements *requirements,
		     const struct claim *claim, struct verdict *verdict);

/* The same for a login that did not happen yet. What only a login shows is taken to
 * hold where it can: BIND_SSH_KEY unless a key is claimed, BIND_KEY if the document
 * has one to sign with. Returns those of the required bindings of which that is so;
 * their checks say that they were not made. */
unsigned policy_foresee(const struct policy *policy,
			const struct requirements *requirements,
			const struct claim *claim, struct verdict *verdict);

/* The same for a live verdict under the rule that answers its request now, be it
 * another one, or one of another policy. `claim->held` are the bindings that held
 * when it was made: they count as held for good, and the rule must not name others
 * (REASON_BINDING_MISSING). Marks CHECK_RULE, CHECK_CHALLENGE and CHECK_VERDICT too.
 * The age of the document is not asked for again; see rule_gives_max_age(). Whether
 * the rule is on trial is for policy_conclude() to say, after it. */
void policy_reappraise(const struct policy *policy, const struct rule *rule,
		       const struct claim *claim, struct verdict *verdict);

/* Whether BIND_SSH_KEY holds for `claim`, be it required or not: then nobody but the
 * holder of this key can use the document, now or again. */
bool policy_holds_ssh_key(const struct policy *policy,
			  const struct claim *claim);

/* The last word on a verdict that was made under `rule`, whichever check decided:
 * sets the limit of the session, and where the rule says `mode = audit` turns a
 * denial into an allowance that says so. A verdict that no check decided, because
 * the verifier could not work, stays what it is. Call it once, after everything
 * else that may fail. */
void policy_conclude(const struct rule *rule, struct verdict *verdict);

/* For listings: images in file order, each with its releases in file order, and
 * rules in the order in which they match. What they give is borrowed from the
 * policy. */
size_t policy_image_count(const struct policy *policy);
const char *policy_image_name(const struct policy *policy, size_t index);
size_t policy_image_release_count(const struct policy *policy, size_t index);
size_t policy_rule_count(const struct policy *policy);
const struct rule *policy_rule(const struct policy *policy, size_t index);

/* True for what images, releases and rules may be called: 1 to 127 characters of
 * a-z 0-9 . _ - */
bool policy_name_is_valid(const char *name);

enum release_state {
	RELEASE_CURRENT,
	RELEASE_RETIRING,
	RELEASE_REVOKED,
};
const char *release_state_name(enum release_state state);

struct policy_image_info {
	const char *name;
	const char *description; /* "" when there is none */
	enum evidence_kind kind;
	const char *file; /* where it is declared */
	unsigned line;
};
void policy_image_info(const struct policy *policy, size_t image,
		       struct policy_image_info *ret_info);

struct policy_release_info {
	const char *name;
	enum release_state state;
	int64_t not_before_ms; /* first millisecond; INT64_MIN: always */
	int64_t not_after_ms;  /* last millisecond; INT64_MAX: for ever */
	struct span pcrs[ATTEST_PCR_COUNT]; /* absent: not named */
	struct span user_data_sha256;	    /* absent: any */
	const char *file;
	unsigned line;
};
void policy_release_info(const struct policy *policy, size_t image,
			 size_t release, struct policy_release_info *ret_info);

/* An image of which soon nothing will be in force. */
struct policy_expiry {
	const char *image;
	const char *release; /* the last one that ends */
	int64_t ends_ms;     /* its last millisecond; may have passed */
};

/* True when `image` had releases in force or will have them, and the last of them
 * ends within `within_ms` of now, or has ended. Revoked releases do not count. */
bool policy_expiring(const struct policy *policy, size_t image, int64_t now_ms,
		     uint64_t within_ms, struct policy_expiry *ret_expiry);

/* One thing that a policy declares, in a form that is equal exactly when its
 * meaning is: computed values are written out, defaults too, comments are gone. */
struct policy_item {
	char *name;	  /* "image/x", "release/x/1", "rule/y" */
	char *text;	  /* "KEY = VALUE\n" for each key, in a fixed order */
	const char *file; /* where it is declared; belongs to the policy */
	unsigned line;
};

/* All items: images, each followed by its releases, then rules in the order in
 * which they match. */
struct policy_description {
	struct policy_item *items;
	size_t count;
};

/* POLICY_OK or POLICY_E_NO_MEMORY. */
enum policy_error
policy_describe(const struct policy *policy,
		struct policy_description *ret_description) _must_use_;
void policy_description_free(struct policy_description description);
DEFINE_CLEANUP(struct policy_description, policy_description_free)

#endif
