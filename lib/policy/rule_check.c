/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a rule alone can get wrong. An error here costs a minute; found at the next
 * login it costs the way in.
 */
#include "config.h"

#include <string.h>

#include "policy/loader.h"

static void report(const struct loader *loader, const struct rule *rule,
		   enum diagnostic_severity severity, const char *key,
		   const char *message)
{
	const struct diagnostic_place place = origin_place(rule->origin, key);

	diagnostics_add(loader->diagnostics, severity, &place, "%s", message);
}

static bool is_among(const char *word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count && words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

/* sudo alone has these to say. */
static void check_sudo_keys(const struct loader *loader,
			    const struct rule *rule)
{
	static const enum rule_key keys[] = { RULE_KEY_COMMAND, RULE_KEY_RUN_AS,
					      RULE_KEY_RUN_AS_GROUP,
					      RULE_KEY_HOST };
	const struct word_list *services = &rule->keys[RULE_KEY_SERVICE];
	bool is_sudo = true;

	for (size_t i = 0; i < services->count; i++)
		is_sudo = is_sudo && strcmp(services->words[i], "sudo") == 0;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!is_sudo && rule->keys[keys[i]].count > 0)
			report(loader, rule, DIAGNOSTIC_ERROR,
			       rule_key_name(keys[i]),
			       "only 'service = sudo' knows it; no other "
			       "service may stand in such a rule");
}

/* Conditions that no request can meet together: whoever wrote them believes that
 * something is allowed. */
static void check_conditions(const struct loader *loader,
			     const struct rule *rule)
{
	if (word_list_contains(&rule->keys[RULE_KEY_FROM], "local") &&
	    rule->keys[RULE_KEY_REMOTE_HOST].count > 0)
		report(loader, rule, DIAGNOSTIC_ERROR, "remote_host",
		       "a local login has no remote host: drop remote_host, or "
		       "'from = local'");
	check_sudo_keys(loader, rule);
}

static void check_images(const struct loader *loader, const struct rule *rule)
{
	struct diagnostic_place place = origin_place(rule->origin, "image");

	if (rule->requirements.level >= 2 && rule->images.count == 0)
		diagnostics_add(loader->diagnostics, DIAGNOSTIC_ERROR, &place,
				"level %u compares with images: name at least "
				"one",
				rule->requirements.level);
	place.line = rule->images_line;
	if (rule->requirements.level == 1 && rule->images.count > 0)
		diagnostics_add(loader->diagnostics, DIAGNOSTIC_WARNING, &place,
				"level 1 does not compare with images: any "
				"enclave passes; level 2 was meant?");
}

static bool binds_ssh_key(const struct rule *rule)
{
	return (rule->requirements.bindings & BIND_SSH_KEY) != 0;
}

static bool locks(const struct rule *rule)
{
	return rule->on_revoke == ON_REVOKE_LOCK;
}

static bool locks_or_ends(const struct rule *rule)
{
	return rule->on_revoke != ON_REVOKE_LOG;
}

static bool is_for_local_logins(const struct rule *rule)
{
	return word_list_contains(&rule->keys[RULE_KEY_FROM], "local");
}

static bool is_for_remote_logins(const struct rule *rule)
{
	return word_list_contains(&rule->keys[RULE_KEY_FROM], "remote");
}

static bool names_remote_hosts(const struct rule *rule)
{
	return rule->keys[RULE_KEY_REMOTE_HOST].count > 0;
}

/* What does not come from afar, whoever calls it from where. */
#define LOCAL_SERVICES "sudo", "sudo-i", "su", "su-l", "runuser", "polkit-1"

/* Keys that do nothing, or harm, for some services. Only names are compared: what a
 * pattern is meant for, its author knows. */
static const struct service_trap {
	bool (*applies)(const struct rule *rule);
	const char *key;
	const char *services[6]; /* NULL: no more */
	bool is_for_others;	 /* all services but these are caught */
	const char *what;
} service_traps[] = {
	/* A live verdict keeps its key, and sudo_nitro asks for live verdicts. */
	{ binds_ssh_key,
	  "bind",
	  { "sshd", "sudo" },
	  true,
	  "proves no SSH key, only sshd does: 'bind = ssh-key' denies every "
	  "login by it" },
	{ locks,
	  "on_revoke",
	  { "sshd" },
	  false,
	  "has no screen to lock, and its sessions would stay open: terminate "
	  "was meant?" },
	{ locks_or_ends,
	  "on_revoke",
	  { LOCAL_SERVICES },
	  false,
	  "opens no session of its own: the one that it was called from would "
	  "be locked or ended" },
	{ is_for_local_logins,
	  "from",
	  { "sshd" },
	  false,
	  "always has a remote host: no login by it is local" },
	{ is_for_remote_logins,
	  "from",
	  { LOCAL_SERVICES },
	  false,
	  "names no remote host: nothing by it is remote" },
	{ names_remote_hosts,
	  "remote_host",
	  { LOCAL_SERVICES },
	  false,
	  "names no remote host: the rule never matches it" },
};

static void spring(const struct loader *loader, const struct rule *rule,
		   const struct service_trap *trap)
{
	const struct word_list *services = &rule->keys[RULE_KEY_SERVICE];
	const struct diagnostic_place place =
		origin_place(rule->origin, trap->key);

	for (size_t i = 0; i < services->count; i++) {
		const char *service = services->words[i];
		const bool is_named = is_among(service, trap->services,
					       ARRAY_SIZE(trap->services));

		if (strpbrk(service, "*?") == NULL &&
		    is_named != trap->is_for_others)
			diagnostics_add(loader->diagnostics, DIAGNOSTIC_WARNING,
					&place, "the service '%s' %s", service,
					trap->what);
	}
}

void rule_check(const struct loader *loader, const struct rule *rule)
{
	check_images(loader, rule);
	check_conditions(loader, rule);
	for (size_t i = 0; i < ARRAY_SIZE(service_traps); i++)
		if (service_traps[i].applies(rule))
			spring(loader, rule, &service_traps[i]);
	if (rule->is_audit && rule->on_revoke != ON_REVOKE_LOG)
		report(loader, rule, DIAGNOSTIC_WARNING, "on_revoke",
		       "the rule is on trial and denies nobody, but it would "
		       "lock or end sessions");
}
