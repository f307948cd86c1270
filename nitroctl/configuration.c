/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/configuration.h"

#include <string.h>

#include "nitroctl/output_json.h"
#include "nitroctl/text.h"

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Lines move when a file is edited, so they do not count. */
static bool is_known(const struct diagnostics *known,
		     const struct diagnostic *diagnostic)
{
	if (known == NULL)
		return false;
	for (size_t i = 0; i < diagnostics_count(known); i++) {
		const struct diagnostic *other = diagnostics_get(known, i);

		if (same_text(other->file, diagnostic->file) &&
		    same_text(other->section, diagnostic->section) &&
		    same_text(other->key, diagnostic->key) &&
		    same_text(other->message, diagnostic->message))
			return true;
	}
	return false;
}

void complain_diagnostics(const struct diagnostics *diagnostics,
			  enum diagnostic_severity severity,
			  const struct diagnostics *known)
{
	for (size_t i = 0; i < diagnostics_count(diagnostics); i++) {
		const struct diagnostic *diagnostic =
			diagnostics_get(diagnostics, i);
		_cleanup_free_ char *text = NULL;

		if (diagnostic->severity != severity ||
		    is_known(known, diagnostic))
			continue;
		text = diagnostic_text(diagnostic);
		complain("%s: %s",
			 severity == DIAGNOSTIC_ERROR ? "error" : "warning",
			 text == NULL ? "memory is exhausted." : text);
	}
}

json_t *json_diagnostics(const struct diagnostics *diagnostics,
			 enum diagnostic_severity severity)
{
	json_t *array = json_array();

	for (size_t i = 0; i < diagnostics_count(diagnostics); i++) {
		const struct diagnostic *diagnostic =
			diagnostics_get(diagnostics, i);
		_cleanup_free_ char *text = NULL;

		if (diagnostic->severity != severity)
			continue;
		text = diagnostic_text(diagnostic);
		if (text == NULL ||
		    json_array_append_new(array,
					  json_text(span_of_text(text))) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

bool configuration_load(const struct config_layers *layers,
			struct config **ret_config,
			struct diagnostics *diagnostics)
{
	enum policy_error error = config_load(layers, ret_config, diagnostics);

	if (error == POLICY_OK)
		return true;
	complain_diagnostics(diagnostics, DIAGNOSTIC_ERROR, NULL);
	if (error == POLICY_E_NO_MEMORY)
		complain("memory is exhausted.");
	return false;
}

bool release_in_force(const struct policy_release_info *release, int64_t now_ms)
{
	return release->state != RELEASE_REVOKED &&
	       release->not_before_ms <= now_ms &&
	       now_ms <= release->not_after_ms;
}
