/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The second half of a change: check, show, ask, write, reload; and back again.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/write_file.h"
#include "config/file_list.h"
#include "nitroctl/change.h"
#include "nitroctl/change_show.h"
#include "nitroctl/configuration.h"
#include "nitroctl/output_json.h"
#include "nitroctl/reload.h"
#include "nitroctl/text.h"

/* What came of the change, for the last words about it. */
struct outcome {
	struct diagnostics *diagnostics; /* of the changed configuration */
	struct reload reload;
	const char *message;
	enum exit_code code;
};

/* False, so that a step can end with it. */
static bool stop(struct outcome *outcome, enum exit_code code,
		 const char *message)
{
	outcome->code = code;
	outcome->message = message;
	return false;
}

static bool check(const struct change *change, struct outcome *outcome)
{
	_cleanup_free_ struct config_overlay *overlays =
		calloc(change->count + 1, sizeof(*overlays));
	_cleanup_(config_freep) struct config *config = NULL;
	struct config_layers layers = change->layers;

	outcome->diagnostics = diagnostics_new();
	if (overlays == NULL || outcome->diagnostics == NULL)
		return stop(outcome, EXIT_NOT_JUDGED, "memory is exhausted");
	for (size_t i = 0; i < change->count; i++)
		overlays[i] = (struct config_overlay){
			change->files[i].path,
			buffer_span(&change->files[i].after),
		};
	layers.overlays = overlays;
	layers.overlay_count = change->count;
	if (!configuration_load(&layers, &config, outcome->diagnostics))
		return stop(outcome, EXIT_DENIED,
			    "the configuration would have errors; nothing was "
			    "written");
	complain_diagnostics(outcome->diagnostics, DIAGNOSTIC_WARNING,
			     change->diagnostics);
	return true;
}

static bool said_yes(void)
{
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	fflush(stdout);
	fputs("Do this? [y/N] ", stderr);
	if (getline(&line, &size, stdin) < 0)
		return false;
	line[strcspn(line, "\n")] = '\0';
	return strcmp(line, "y") == 0 || strcmp(line, "yes") == 0;
}

static bool show_and_ask(const struct change *change, struct outcome *outcome)
{
	change_print(change->settings->json ? stderr : stdout, change);
	if (change->settings->yes)
		return true;
	if (isatty(STDIN_FILENO) != 1)
		return stop(outcome, EXIT_USAGE,
			    "standard input is no terminal, so nobody can be "
			    "asked: give --yes; nothing was written");
	if (!said_yes())
		return stop(outcome, EXIT_DENIED,
			    "the answer was not yes; nothing was written");
	return true;
}

/* The answer may have taken long, and an editor knows no lock. */
static bool is_as_before(const struct change *change,
			 const struct change_file *file)
{
	const struct read_file_limits limits = {
		.max_size = CONFIG_FILE_SIZE_MAX,
		.trusted = true,
		.owner = change->layers.owner,
	};
	_cleanup_(buffer_freep) struct buffer now = BUFFER_EMPTY;
	int r = read_file_at(change->images_fd, file->name, &limits, &now);

	if (file->before.data == NULL)
		return r == -ENOENT;
	return r == 0 &&
	       span_equal(buffer_span(&now), buffer_span(&file->before));
}

static int put(const struct change *change, const char *name,
	       const struct buffer *content)
{
	return content->data == NULL ? remove_file_at(change->images_fd, name)
				     : write_file_at(change->images_fd, name,
						     buffer_span(content));
}

/* The first `count` files as they were, the last one first. */
static bool take_back(const struct change *change, size_t count)
{
	bool done = true;

	while (count-- > 0) {
		const struct change_file *file = &change->files[count];
		int r = put(change, file->name, &file->before);

		if (r == 0)
			continue;
		complain("%s/%s could not be taken back: %s.",
			 change->layers.config_dir, file->path, strerror(-r));
		done = false;
	}
	return done;
}

static bool write_files(const struct change *change, struct outcome *outcome)
{
	for (size_t i = 0; i < change->count; i++)
		if (!is_as_before(change, &change->files[i]))
			return stop(outcome, EXIT_NOT_JUDGED,
				    "a file was changed by somebody else "
				    "meanwhile; nothing was written");
	for (size_t i = 0; i < change->count; i++) {
		const struct change_file *file = &change->files[i];
		int r = put(change, file->name, &file->after);

		if (r == 0)
			continue;
		complain("%s/%s: %s.", change->layers.config_dir, file->path,
			 strerror(-r));
		/* After -EIO the file may be the new one. */
		return stop(outcome, EXIT_NOT_JUDGED,
			    take_back(change, r == -EIO ? i + 1 : i)
				    ? "writing failed; everything is as it was"
				    : "writing failed half-way; see above");
	}
	return true;
}

static bool reload(const struct change *change, struct outcome *outcome)
{
	struct reload again = { RELOAD_NOT_ASKED };

	if (change->settings->no_reload)
		return true;
	reload_ask(false, &outcome->reload);
	if (outcome->reload.state == RELOAD_UNKNOWN)
		return stop(outcome, EXIT_NOT_JUDGED,
			    "the change is written, but whether the daemon "
			    "took it is not known: see 'nitroctl status'");
	if (outcome->reload.state != RELOAD_REFUSED)
		return true;
	if (!take_back(change, change->count))
		return stop(outcome, EXIT_NOT_JUDGED,
			    "the daemon refused the change; see above");
	/* So that status does not show errors of files that are gone. */
	reload_ask(false, &again);
	reload_clear(&again);
	return stop(outcome, EXIT_DENIED,
		    "the daemon refused the change; it was taken back");
}

static json_t *json_outcome(const struct change *change,
			    const struct outcome *outcome)
{
	return json_pack(
		"{s:b, s:s, s:o, s:o, s:o, s:o}", "done",
		outcome->code == EXIT_ALLOWED, "message", outcome->message,
		"files", json_change_files(change), "errors",
		json_diagnostics(outcome->diagnostics, DIAGNOSTIC_ERROR),
		"warnings",
		json_diagnostics(outcome->diagnostics, DIAGNOSTIC_WARNING),
		"reload", json_reload(&outcome->reload));
}

static void print_outcome(const struct outcome *outcome)
{
	reload_print(&outcome->reload);
	if (outcome->code == EXIT_ALLOWED)
		puts("Done.");
	else
		complain("%s.", outcome->message);
}

enum exit_code change_finish(struct change *change)
{
	struct outcome outcome = { .code = EXIT_ALLOWED, .message = "done" };

	if (check(change, &outcome) && show_and_ask(change, &outcome) &&
	    write_files(change, &outcome))
		(void)reload(change, &outcome);
	if (!change->settings->json)
		print_outcome(&outcome);
	else if (!json_print_consume(stdout, json_outcome(change, &outcome)))
		outcome.code = EXIT_NOT_JUDGED;
	reload_clear(&outcome.reload);
	diagnostics_free(outcome.diagnostics);
	return outcome.code;
}
