/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/live_loss.h"

#include <string.h>

#include "base/time_units.h"
#include "nitroctl/configuration.h"
#include "nitroctl/question.h"
#include "nitroctl/text.h"
#include "policy/match.h"

/* The rules of sudo look at commands too, and those of the past are not known. */
#define SUDO "sudo"

static bool is_among(const char *word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

/* Why the part "rule/NAME" or "release/IMAGE/NAME" of the policy in force is lost;
 * NULL: it is not. */
static const char *loss_of(const struct live_future *future, const char *name)
{
	for (size_t i = 0; i < future->differences->count; i++) {
		const struct policy_difference *difference =
			&future->differences->items[i];

		if (strcmp(difference->item->name, name) == 0)
			return difference->loss;
	}
	return NULL;
}

static const struct rule *find_rule_by_name(const struct policy *policy,
					    const char *name)
{
	for (size_t i = 0; i < policy_rule_count(policy); i++)
		if (strcmp(rule_name(policy_rule(policy, i)), name) == 0)
			return policy_rule(policy, i);
	return NULL;
}

static bool has_group_rules(const struct policy *policy)
{
	for (size_t i = 0; i < policy_rule_count(policy); i++)
		if (rule_patterns(policy_rule(policy, i), RULE_KEY_GROUP)
			    .count > 0)
			return true;
	return false;
}

/* The rule that would answer the request of the verdict; NULL: none. False after a
 * complaint. */
static bool find_rule(const struct live_future *future,
		      const struct client_verdict *verdict,
		      const struct rule **ret_rule)
{
	_cleanup_(question_deinit) struct question question = {
		.request = { .service = verdict->service,
			     .user = verdict->user,
			     .remote_host = verdict->remote_host,
			     .tty = verdict->tty },
	};

	if (strcmp(verdict->service, SUDO) == 0) {
		*ret_rule = find_rule_by_name(future->policy, verdict->rule);
		return true;
	}
	if (has_group_rules(future->policy) &&
	    question_find_groups(&question) != EXIT_ALLOWED)
		return false;
	*ret_rule = policy_find_rule(future->policy, &question.request);
	return true;
}

static bool find_release(const struct policy *policy, const char *image,
			 const char *release,
			 struct policy_release_info *ret_info)
{
	for (size_t i = 0; i < policy_image_count(policy); i++) {
		if (strcmp(policy_image_name(policy, i), image) != 0)
			continue;
		for (size_t k = 0; k < policy_image_release_count(policy, i);
		     k++) {
			policy_release_info(policy, i, k, ret_info);
			if (strcmp(ret_info->name, release) == 0)
				return true;
		}
	}
	return false;
}

static const char *why_release(const struct live_future *future,
			       const struct client_verdict *verdict)
{
	char name[2 * ANSWER_NAME_SIZE + sizeof("release//")];
	struct policy_release_info release;

	if (!find_release(future->policy, verdict->image, verdict->release,
			  &release))
		return "its release would be gone";
	if (release.state == RELEASE_REVOKED)
		return "its release would be revoked";
	if (!release_in_force(&release, future->now_ms))
		return "its release would not be in force";
	snprintf(name, sizeof(name), "release/%s/%s", verdict->image,
		 verdict->release);
	return loss_of(future, name);
}

/* The bits of the words that the verdict has. */
static unsigned bindings_of(const struct client_verdict *verdict)
{
	unsigned bindings = 0;

	for (unsigned i = 0; i < BINDING_COUNT; i++) {
		const char *word = binding_name(i);
		size_t length = strlen(word);
		const char *at = verdict->bindings;

		while ((at = strstr(at, word)) != NULL) {
			if ((at == verdict->bindings || at[-1] == ' ') &&
			    (at[length] == ' ' || at[length] == '\0'))
				bindings |= 1u << i;
			at += length;
		}
	}
	return bindings;
}

static bool has_lasted(const struct client_verdict *verdict,
		       const struct rule *rule, int64_t now_ms)
{
	uint64_t issued_ms = verdict->issued_usec / USEC_PER_MSEC;
	uint64_t most_ms = rule_session_max_ms(rule);

	return most_ms > 0 && (uint64_t)now_ms > issued_ms &&
	       (uint64_t)now_ms - issued_ms >= most_ms;
}

/* By the requirements of a rule that enforces them. */
static const char *why_required(const struct live_future *future,
				const struct client_verdict *verdict,
				const struct rule *rule)
{
	const struct requirements *requirements = rule_requirements(rule);

	if (verdict->document_size == 0)
		return "it was allowed on trial, and the rule would enforce";
	if (!is_among(verdict->root, requirements->roots,
		      requirements->root_count))
		return "the rule would not take its root";
	if (verdict->level < requirements->level)
		return "the rule would ask for a higher level";
	if ((rule_bindings(rule) & ~bindings_of(verdict)) != 0)
		return "the rule would bind documents to more than it is bound "
		       "to";
	if (requirements->level < 2)
		return NULL;
	if (requirements->images != NULL &&
	    !is_among(verdict->image, requirements->images,
		      requirements->image_count))
		return "the rule would not take its image";
	return why_release(future, verdict);
}

static const char *why_lost(const struct live_future *future,
			    const struct client_verdict *verdict,
			    const struct rule *rule)
{
	char name[ANSWER_NAME_SIZE + sizeof("rule/")];

	if (rule == NULL)
		return "no rule would allow it";
	if (has_lasted(verdict, rule, future->now_ms))
		return "its session has lasted as long as the rule would allow";
	if (strcmp(verdict->service, SUDO) == 0) {
		snprintf(name, sizeof(name), "rule/%s", verdict->rule);
		if (loss_of(future, name) != NULL)
			return "its rule would say something else";
	}
	return rule_is_audit(rule) ? NULL : why_required(future, verdict, rule);
}

bool live_losses_find(const struct live_future *future,
		      const struct client_verdicts *verdicts,
		      struct live_losses *ret_losses)
{
	_cleanup_(live_losses_freep) struct live_losses losses = {
		.items = calloc(verdicts->count + 1, sizeof(*losses.items)),
	};

	if (losses.items == NULL) {
		complain("memory is exhausted.");
		return false;
	}
	for (size_t i = 0; i < verdicts->count; i++) {
		const struct client_verdict *verdict = &verdicts->items[i];
		const struct rule *rule;
		const char *why;

		if (!find_rule(future, verdict, &rule))
			return false;
		why = why_lost(future, verdict, rule);
		if (why != NULL)
			losses.items[losses.count++] =
				(struct live_loss){ verdict, why };
	}
	*ret_losses = losses;
	losses.items = NULL;
	return true;
}
