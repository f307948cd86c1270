/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitroctl monitor: the daemon's decisions as they are made, and the lives of its
 * verdicts, one line each. It
 * shows what the journal says and judges nothing.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>

#include "base/clock.h"
#include "base/time_text.h"
#include "nitroctl/command.h"
#include "nitroctl/journal_reader.h"
#include "nitroctl/output_json.h"
#include "nitroctl/text.h"

/* How many past records are shown when nothing is said about them. */
#define LINES_DEFAULT 10u
#define LINES_MAX     1000000u

struct monitor_settings {
	const char *file; /* NULL: the system's journal */
	int64_t since_ms;
	bool has_since;
	unsigned lines;
	bool has_lines;
	bool stays_here; /* --no-follow */
	bool json;
};

static const struct {
	const char *event;    /* in JSON */
	const char *decision; /* NULL: it is none */
	const char *label;    /* for people */
	enum text_colour colour;
} events[JOURNAL_EVENT_COUNT] = {
	[JOURNAL_ALLOW] = { "decision", "allow", "allow", TEXT_GREEN },
	[JOURNAL_AUDIT] = { "decision", "audit", "AUDIT", TEXT_YELLOW },
	[JOURNAL_DENY] = { "decision", "deny", "DENY", TEXT_RED },
	[JOURNAL_NOT_JUDGED] = { "decision", "not-judged", "ERROR",
				 TEXT_YELLOW },
	[JOURNAL_ATTACHED] = { "attached", NULL, "in", TEXT_GREEN },
	[JOURNAL_ENDED] = { "ended", NULL, "out", TEXT_COLOUR_END },
	[JOURNAL_REVOKED] = { "revoked", NULL, "LOST", TEXT_RED },
	[JOURNAL_ACTED] = { "acted", NULL, "acted", TEXT_YELLOW },
	[JOURNAL_DROPPED] = { "dropped", NULL, "DROP", TEXT_YELLOW },
};

static void print_text_or_dash(const char *text)
{
	putchar(' ');
	print_safe_string(stdout, text[0] == '\0' ? "-" : text);
}

/* TIME EVENT SERVICE USER IMAGE/RELEASE REASON [VERDICT] */
static void print_record(const struct journal_record *record)
{
	struct text_style style = text_style_of(stdout);
	char time[TIME_TEXT_SIZE];

	time_format(record->time_ms, time);
	printf("%s ", time);
	print_colour(stdout, style, events[record->event].colour);
	printf("%-5s", events[record->event].label);
	print_colour(stdout, style, TEXT_COLOUR_END);
	print_text_or_dash(record->texts[JOURNAL_SERVICE]);
	print_text_or_dash(record->texts[JOURNAL_USER]);
	print_text_or_dash(record->texts[JOURNAL_IMAGE]);
	if (record->texts[JOURNAL_RELEASE][0] != '\0') {
		putchar('/');
		print_safe_string(stdout, record->texts[JOURNAL_RELEASE]);
	}
	print_text_or_dash(record->texts[JOURNAL_REASON]);
	if (record->texts[JOURNAL_VERDICT][0] != '\0')
		print_text_or_dash(record->texts[JOURNAL_VERDICT]);
	putchar('\n');
}

static json_t *json_record(const struct journal_record *record)
{
	static const char *const names[JOURNAL_TEXT_COUNT] = {
		[JOURNAL_SERVICE] = "service",	 [JOURNAL_USER] = "user",
		[JOURNAL_RULE] = "rule",	 [JOURNAL_IMAGE] = "image",
		[JOURNAL_RELEASE] = "release",	 [JOURNAL_REASON] = "reason",
		[JOURNAL_EXPECTED] = "expected", [JOURNAL_ACTUAL] = "actual",
		[JOURNAL_MESSAGE] = "message",	 [JOURNAL_VERDICT] = "verdict",
		[JOURNAL_SESSION] = "session",
	};
	json_t *object = json_pack("{s:o, s:s, s:s?}", "time",
				   json_time_ms(record->time_ms), "event",
				   events[record->event].event, "decision",
				   events[record->event].decision);

	for (unsigned i = 0; i < JOURNAL_TEXT_COUNT; i++)
		if (json_object_set_new(object, names[i],
					json_string_or_null(record->texts[i])) <
		    0) {
			json_decref(object);
			return NULL;
		}
	return object;
}

/* False: nobody reads any more, or memory is exhausted. */
static bool report(const struct monitor_settings *settings,
		   const struct journal_record *record)
{
	if (!settings->json)
		print_record(record);
	else if (!json_print_consume(stdout, json_record(record)))
		return false;
	return fflush(stdout) == 0;
}

static enum exit_code complain_journal(int error)
{
	complain("the journal cannot be read: %s", strerror(-error));
	return EXIT_NOT_JUDGED;
}

/* Prints what is there. 0, -EPIPE when nobody reads, or the journal's error. */
static int print_waiting(const struct monitor_settings *settings,
			 struct journal_reader *reader)
{
	struct journal_record record;

	for (;;) {
		int r = journal_reader_next(reader, &record);

		if (r <= 0)
			return r;
		if (!report(settings, &record))
			return -EPIPE;
	}
}

enum {
	WATCHED_JOURNAL,
	WATCHED_SIGNALS,
	WATCHED_READER, /* of standard output: has he gone? */
	WATCHED_COUNT,
};

/* 1: there may be more; 0: it is time to end; or a negative errno. */
static int wait_for_more(struct journal_reader *reader, int signals)
{
	struct pollfd watched[WATCHED_COUNT] = {
		[WATCHED_SIGNALS] = { .fd = signals, .events = POLLIN },
		[WATCHED_READER] = { .fd = STDOUT_FILENO },
	};
	struct journal_wait wait;
	int r = journal_reader_wait(reader, &wait);

	if (r < 0)
		return r;
	watched[WATCHED_JOURNAL].fd = wait.fd;
	watched[WATCHED_JOURNAL].events = wait.events;
	if (poll(watched, WATCHED_COUNT, wait.timeout_ms) < 0)
		return errno == EINTR ? 1 : -errno;
	if (watched[WATCHED_SIGNALS].revents != 0 ||
	    (watched[WATCHED_READER].revents & (POLLERR | POLLHUP)) != 0)
		return 0;
	r = journal_reader_process(reader);
	return r < 0 ? r : 1;
}

/* Signals that end the command become readable instead of killing it in the
 * middle of a line. */
static int watch_signals(void)
{
	sigset_t ends;
	int fd;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &ends, NULL) < 0)
		return -errno;
	fd = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static int follow(const struct monitor_settings *settings,
		  struct journal_reader *reader)
{
	_cleanup_close_ int signals = watch_signals();
	int r = signals;

	if (r >= 0)
		r = journal_reader_watch(reader);
	while (r >= 0) {
		r = print_waiting(settings, reader);
		if (r < 0)
			return r;
		r = wait_for_more(reader, signals);
		if (r == 0)
			return 0;
	}
	return r;
}

static enum exit_code monitor(const struct monitor_settings *settings)
{
	_cleanup_(journal_reader_freep) struct journal_reader *reader = NULL;
	unsigned lines = settings->has_lines   ? settings->lines
			 : settings->has_since ? JOURNAL_ALL_LINES
					       : LINES_DEFAULT;
	int r = journal_reader_new(settings->file, &reader);

	if (r == -ENOENT && settings->file == NULL) {
		complain("no file of the system's journal can be read: be root "
			 "or a member of the group systemd-journal.");
		return EXIT_NOT_JUDGED;
	}
	if (r >= 0)
		r = journal_reader_seek(reader, settings->since_ms, lines);
	if (r >= 0)
		r = settings->stays_here ? print_waiting(settings, reader)
					 : follow(settings, reader);
	/* A reader who left is main()'s to report. */
	if (r < 0 && r != -EPIPE)
		return complain_journal(r);
	return r < 0 ? EXIT_NOT_JUDGED : EXIT_ALLOWED;
}

static bool set_since(void *settings, const char *argument)
{
	struct monitor_settings *monitor = settings;
	const int64_t now = clock_realtime_ms();
	uint64_t span_ms;

	if (time_span_parse(argument, &span_ms) < 0) {
		complain("--since takes a span such as 2h or 30min, but not "
			 "'%s'.",
			 argument);
		return false;
	}
	monitor->has_since = true;
	monitor->since_ms =
		span_ms > (uint64_t)now ? 0 : now - (int64_t)span_ms;
	return true;
}

static bool set_lines(void *settings, const char *argument)
{
	struct monitor_settings *monitor = settings;
	char *end;
	unsigned long lines;

	errno = 0;
	lines = strtoul(argument, &end, 10);
	if (argument[0] < '0' || argument[0] > '9' || *end != '\0' ||
	    errno != 0 || lines > LINES_MAX) {
		complain("--lines takes a number of 0 to %u, but not '%s'.",
			 LINES_MAX, argument);
		return false;
	}
	monitor->has_lines = true;
	monitor->lines = (unsigned)lines;
	return true;
}

static bool set_file(void *settings, const char *argument)
{
	((struct monitor_settings *)settings)->file = argument;
	return true;
}

static bool set_no_follow(void *settings, const char *argument _unused_)
{
	((struct monitor_settings *)settings)->stays_here = true;
	return true;
}

static bool set_json(void *settings, const char *argument _unused_)
{
	((struct monitor_settings *)settings)->json = true;
	return true;
}

static const struct command_option options[] = {
	{ "since", "SPAN", "begin with the decisions of the last SPAN (2h)",
	  set_since },
	{ "lines", "COUNT",
	  "begin with at most COUNT past decisions; without it and\n"
	  "without --since: 10",
	  set_lines },
	{ "no-follow", NULL, "end after the past decisions", set_no_follow },
	{ "file", "FILE", "read this journal file, not the system's",
	  set_file },
	{ "json", NULL, "one JSON object per decision and line", set_json },
};

static enum exit_code run_monitor(const struct command *command, int argc,
				  char **argv)
{
	struct monitor_settings settings = { 0 };
	int operands;

	switch (command_parse(command, argc, argv, &settings, &operands)) {
	case COMMAND_HELPED:
		return EXIT_ALLOWED;
	case COMMAND_USAGE:
		return EXIT_USAGE;
	case COMMAND_GO_ON:
		break;
	}
	if (operands != argc)
		return command_misused(command, "monitor takes options only.");
	return monitor(&settings);
}

const struct command command_monitor = {
	.name = "monitor",
	.operands = "",
	.summary = "Show the daemon's decisions as they are made.",
	.help = "Each line: time (UTC), event, service, user, image/release, "
		"reason, verdict.\n"
		"AUDIT is allowed by a rule that only audits; ERROR could not "
		"be judged. A verdict\nthat lives gets a session (in), ends "
		"(out), ends though its session goes on (LOST,\nwhat was done "
		"about it: acted), or is not taken up after a restart (DROP).\n"
		"Exit code: 0 ended as asked, 2 wrong use, 3 the journal "
		"cannot "
		"be read.\n",
	.options = options,
	.option_count = ARRAY_SIZE(options),
	.run = run_monitor,
};
