/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/output_json.h"
#include "nitroctl/sudo_checks.h"
#include "nitroctl/text.h"

static const char *const names[] = {
#define CHECK_NAME(code, name) name,
	SUDO_CHECK_TABLE(CHECK_NAME)
#undef CHECK_NAME
};

static const struct {
	const char *mark; /* for people */
	const char *name; /* in JSON */
	enum text_colour colour;
} states[] = {
	[SUDO_CHECK_NOT_MADE] = { "-", "not-made", TEXT_COLOUR_END },
	[SUDO_CHECK_PASSED] = { "ok", "passed", TEXT_GREEN },
	[SUDO_CHECK_WARNING] = { "WARNING", "warning", TEXT_YELLOW },
	[SUDO_CHECK_REFUSED] = { "REFUSED", "refused", TEXT_RED },
	[SUDO_CHECK_BROKEN] = { "BROKEN", "broken", TEXT_RED },
};

static void print_check(FILE *out, struct text_style style, const char *name,
			enum sudo_check_state state, const char *text)
{
	fprintf(out, "  %-9s ", name);
	print_colour(out, style, states[state].colour);
	fprintf(out, "%-8s", states[state].mark);
	print_colour(out, style, TEXT_COLOUR_END);
	fputc(' ', out);
	print_safe_string(out, text);
	fputc('\n', out);
}

static void print_user(FILE *out, struct text_style style,
		       const struct sudo_user *user)
{
	fputs("  user      ", out);
	if (user->rule[0] == '\0')
		print_colour(out, style, TEXT_RED);
	print_safe_string(out, user->name);
	if (user->rule[0] == '\0') {
		fputs(": NO RULE, locked out of sudo", out);
		print_colour(out, style, TEXT_COLOUR_END);
	} else {
		fprintf(out, ": rule '%s'%s", user->rule,
			user->is_audit ? " (mode = audit)" : "");
	}
	fputc('\n', out);
}

void sudo_checks_print(FILE *out, const struct sudo_checks *checks)
{
	struct text_style style = text_style_of(out);

	for (size_t i = 0; i < SUDO_CHECK_COUNT; i++)
		if (checks->rows[i].state != SUDO_CHECK_NOT_MADE)
			print_check(out, style, names[i], checks->rows[i].state,
				    checks->rows[i].text);
	for (size_t i = 0; i < checks->users.count; i++)
		print_user(out, style, &checks->users.users[i]);
}

/* Takes the item over; false, and no array any more, when there is none. */
static bool append(json_t **array, json_t *item)
{
	if (json_array_append_new(*array, item) == 0)
		return true;
	json_decref(*array);
	*array = NULL;
	return false;
}

json_t *json_sudo_checks(const struct sudo_checks *checks)
{
	json_t *array = json_array();

	for (size_t i = 0; i < SUDO_CHECK_COUNT; i++)
		if (!append(&array,
			    json_pack("{s:s, s:s, s:o}", "check", names[i],
				      "state",
				      states[checks->rows[i].state].name,
				      "message",
				      json_text(span_of_text(
					      checks->rows[i].text)))))
			return NULL;
	return array;
}

json_t *json_sudo_users(const struct sudo_checks *checks)
{
	json_t *array = json_array();

	for (size_t i = 0; i < checks->users.count; i++) {
		const struct sudo_user *user = &checks->users.users[i];

		if (!append(&array,
			    json_pack("{s:o, s:o, s:b}", "user",
				      json_text(span_of_text(user->name)),
				      "rule", json_string_or_null(user->rule),
				      "audit", user->is_audit)))
			return NULL;
	}
	return array;
}
