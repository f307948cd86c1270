/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A login program in small: runs a PAM stack from a directory with a scripted
 * conversation, prints what happened, and compares what a host process owns before
 * and after; with --ticks while a signal comes each millisecond. Output, a line each:
 *
 *	prompt TEXT             the stack asked, echo on
 *	hidden TEXT             the stack asked, echo off
 *	error TEXT, info TEXT   the stack said
 *	start|authenticate|setcred|account|open|close|password|end CODE
 *	env NAME=VALUE          of the PAM environment
 *	paused                  until standard input has a line
 *	changed WHAT: BEFORE -> AFTER
 *
 * What it does is a list of words: those phases, in any order, until one fails; and
 * "env", "pause", "user:NAME" (as sudo changes PAM_USER between phases), "mute" (takes
 * the conversation function away). A word behind a "-" may fail.
 * The script's lines answer the prompts in order; a line that begins with '!' is
 * one of: !null (no text), !nothing (no response), !error, !again, !sleep MS and
 * !user NAME (sets PAM_USER; then the next line), !fill N (N characters 'A'),
 * !document FILE (that file in parts as the prompts ask for).
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "base/compiler.h"

/* DESIGN: base64url of the document, in answers of at most `max` characters. */
#define PREFIX_SIZE 8

struct script {
	pam_handle_t *pamh;
	FILE *file;
	char *document; /* base64url, once !document was met */
};

static char *take_line(struct script *script)
{
	char *line = NULL;
	size_t room = 0;

	if (script->file == NULL || getline(&line, &room, script->file) < 0) {
		free(line);
		return NULL;
	}
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static char *load_document(const char *path)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	static uint8_t bytes[65536];
	size_t size;
	char *text;

	if (file == NULL)
		return NULL;
	size = fread(bytes, 1, sizeof(bytes), file);
	text = malloc(BASE64_SIZE(size));
	if (text != NULL)
		base64_encode(BASE64_URL, span_of(bytes, size), text);
	return text;
}

static char *answer_part(const char *document, const char *prompt)
{
	const char *max_text = strstr(prompt, " max=");
	const char *part_text = strstr(prompt, " part=");
	size_t length = strlen(document), step, part, total, rest;
	char *answer;

	if (max_text == NULL || part_text == NULL)
		return NULL;
	step = strtoul(max_text + 5, NULL, 10) - PREFIX_SIZE;
	part = strtoul(part_text + 6, NULL, 10);
	total = length == 0 ? 1 : (length + step - 1) / step;
	if (part == 0 || part > total)
		return NULL;
	rest = length - (part - 1) * step;
	if (asprintf(&answer, "%zu/%zu %.*s", part, total,
		     (int)(rest < step ? rest : step),
		     document + (part - 1) * step) < 0)
		return NULL;
	return answer;
}

static char *fill(const char *count)
{
	size_t size = strtoul(count, NULL, 10);
	char *text = malloc(size + 1);

	if (text == NULL)
		return NULL;
	memset(text, 'A', size);
	text[size] = '\0';
	return text;
}

/* What comes before an answer; false for a line that is one. */
static bool do_before(const struct script *script, const char *line)
{
	if (strncmp(line, "!sleep ", 7) == 0)
		usleep((useconds_t)strtoul(line + 7, NULL, 10) * 1000);
	else if (strncmp(line, "!user ", 6) == 0)
		pam_set_item(script->pamh, PAM_USER, line + 6);
	else
		return false;
	return true;
}

/* PAM_SUCCESS and a text (NULL for !null), or a PAM code; -1 for !nothing. */
static int answer_prompt(struct script *script, const char *prompt,
			 char **ret_text)
{
	char *line;

	if (script->document != NULL) {
		*ret_text = answer_part(script->document, prompt);
		return PAM_SUCCESS;
	}
	line = take_line(script);
	while (line != NULL && do_before(script, line)) {
		free(line);
		line = take_line(script);
	}
	if (line == NULL || line[0] != '!') {
		*ret_text = line;
		return line == NULL ? PAM_CONV_ERR : PAM_SUCCESS;
	}

	_cleanup_free_ char *command = line;
	*ret_text = NULL;
	if (strncmp(command, "!document ", 10) == 0) {
		script->document = load_document(command + 10);
		return answer_prompt(script, prompt, ret_text);
	}
	if (strncmp(command, "!fill ", 6) == 0)
		*ret_text = fill(command + 6);
	if (strcmp(command, "!error") == 0)
		return PAM_CONV_ERR;
	if (strcmp(command, "!again") == 0)
		return PAM_CONV_AGAIN;
	return strcmp(command, "!nothing") == 0 ? -1 : PAM_SUCCESS;
}

static const char *style_name(int style)
{
	switch (style) {
	case PAM_PROMPT_ECHO_ON:
		return "prompt";
	case PAM_PROMPT_ECHO_OFF:
		return "hidden";
	case PAM_ERROR_MSG:
		return "error";
	default:
		return "info";
	}
}

static int converse(int count, const struct pam_message **messages,
		    struct pam_response **responses, void *data)
{
	struct pam_response *response;
	char *text = NULL;
	int style, r;

	if (count != 1)
		return PAM_CONV_ERR;
	style = messages[0]->msg_style;
	printf("%s %s\n", style_name(style), messages[0]->msg);
	*responses = NULL;
	if (style == PAM_ERROR_MSG || style == PAM_TEXT_INFO)
		return PAM_SUCCESS;
	r = answer_prompt(data, messages[0]->msg, &text);
	if (r != PAM_SUCCESS)
		return r == -1 ? PAM_SUCCESS : r;

	response = calloc(1, sizeof(*response));
	if (response == NULL)
		return PAM_BUF_ERR;
	response->resp = text;
	*responses = response;
	return PAM_SUCCESS;
}

/* What a host process owns, each as a text that can be compared. */
enum possession {
	DESCRIPTORS,
	ENVIRONMENT,
	SIGNAL_MASK,
	SIGNAL_HANDLERS,
	LOCALE,
	UMASK,
	DIRECTORY,
	THREADS,
	CHILDREN,
	TIMERS,
	LIMITS,
	POSSESSION_COUNT,
};

static const char *const possession_names[] = {
	[DESCRIPTORS] = "descriptors",
	[ENVIRONMENT] = "environment",
	[SIGNAL_MASK] = "signal mask",
	[SIGNAL_HANDLERS] = "signal handlers",
	[LOCALE] = "locale",
	[UMASK] = "umask",
	[DIRECTORY] = "working directory",
	[THREADS] = "threads",
	[CHILDREN] = "children",
	[TIMERS] = "timers",
	[LIMITS] = "limits",
};

static void describe_descriptors(FILE *out)
{
	for (int fd = 0; fd < 1024; fd++) {
		char link[64], target[256];
		ssize_t size;

		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		size = readlink(link, target, sizeof(target));
		if (size > 0)
			fprintf(out, "%d=%.*s ", fd, (int)size, target);
	}
}

static void describe_environment(FILE *out)
{
	for (char **variable = environ; *variable != NULL; variable++)
		fprintf(out, "%s ", *variable);
}

static void describe_mask(FILE *out)
{
	sigset_t mask;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	for (int number = 1; number < NSIG; number++)
		fprintf(out, "%d", sigismember(&mask, number));
}

static void describe_handlers(FILE *out)
{
	for (int number = 1; number < NSIG; number++) {
		struct sigaction action;

		if (sigaction(number, NULL, &action) == 0)
			fprintf(out, "%d=%p/%x ", number,
				(void *)action.sa_sigaction,
				(unsigned)action.sa_flags);
	}
}

static void describe_locale(FILE *out)
{
	fprintf(out, "%s %p", setlocale(LC_ALL, NULL),
		(void *)uselocale((locale_t)0));
}

static void describe_umask(FILE *out)
{
	mode_t mask = umask(0);

	umask(mask);
	fprintf(out, "%o", (unsigned)mask);
}

static void describe_directory(FILE *out)
{
	char path[4096] = "";

	if (getcwd(path, sizeof(path)) != NULL)
		fputs(path, out);
}

static void describe_threads(FILE *out)
{
	_cleanup_closedir_ DIR *tasks = opendir("/proc/self/task");
	int count = 0;

	while (tasks != NULL && readdir(tasks) != NULL)
		count++;
	fprintf(out, "%d", count - 2);
}

static void describe_children(FILE *out)
{
	siginfo_t info;
	int r = waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT);

	fprintf(out, "%d/%d", r, r < 0 ? errno : 0);
}

static void describe_timers(FILE *out)
{
	struct itimerval timer;

	for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++)
		if (getitimer((__itimer_which_t)which, &timer) == 0)
			fprintf(out, "%ld ", (long)timer.it_value.tv_sec);
}

static void describe_limits(FILE *out)
{
	for (int which = 0; which < RLIM_NLIMITS; which++) {
		struct rlimit limit;

		if (getrlimit((__rlimit_resource_t)which, &limit) == 0)
			fprintf(out, "%ju/%ju ", (uintmax_t)limit.rlim_cur,
				(uintmax_t)limit.rlim_max);
	}
}

static void (*const describers[])(FILE *out) = {
	[DESCRIPTORS] = describe_descriptors,
	[ENVIRONMENT] = describe_environment,
	[SIGNAL_MASK] = describe_mask,
	[SIGNAL_HANDLERS] = describe_handlers,
	[LOCALE] = describe_locale,
	[UMASK] = describe_umask,
	[DIRECTORY] = describe_directory,
	[THREADS] = describe_threads,
	[CHILDREN] = describe_children,
	[TIMERS] = describe_timers,
	[LIMITS] = describe_limits,
};

static char *describe(enum possession possession)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		abort();
	describers[possession](out);
	fclose(out);
	return text;
}

static void compare(char *const before[POSSESSION_COUNT])
{
	for (int i = 0; i < POSSESSION_COUNT; i++) {
		_cleanup_free_ char *after = describe((enum possession)i);

		if (strcmp(before[i], after) != 0)
			printf("changed %s: %s -> %s\n", possession_names[i],
			       before[i], after);
	}
}

static int report(const char *step, int code)
{
	printf("%s %d\n", step, code);
	return code;
}

static const struct phase {
	const char *name;
	int (*run)(pam_handle_t *pamh, int flags);
	int flags;
} phases[] = {
	{ "authenticate", pam_authenticate, 0 },
	{ "setcred", pam_setcred, PAM_ESTABLISH_CRED },
	{ "account", pam_acct_mgmt, 0 },
	{ "open", pam_open_session, 0 },
	{ "close", pam_close_session, 0 },
	{ "password", pam_chauthtok, 0 },
};

static void print_environment(pam_handle_t *pamh)
{
	char **list = pam_getenvlist(pamh);

	for (char **variable = list; *variable != NULL; variable++) {
		printf("env %s\n", *variable);
		free(*variable);
	}
	free(list);
}

static int run_word(pam_handle_t *pamh, const char *word, int flags)
{
	static const struct pam_conv no_conversation = { NULL, NULL };
	char line[16];

	for (size_t i = 0; i < ARRAY_SIZE(phases); i++)
		if (strcmp(word, phases[i].name) == 0)
			return report(
				word,
				phases[i].run(pamh, phases[i].flags | flags));
	if (strcmp(word, "env") == 0) {
		print_environment(pamh);
	} else if (strcmp(word, "mute") == 0) {
		return pam_set_item(pamh, PAM_CONV, &no_conversation);
	} else if (strncmp(word, "user:", 5) == 0) {
		return pam_set_item(pamh, PAM_USER, word + 5);
	} else if (strcmp(word, "pause") == 0) {
		puts("paused");
		return fgets(line, sizeof(line), stdin) == NULL ? PAM_ABORT
								: PAM_SUCCESS;
	} else {
		fprintf(stderr, "pam_host: no word %s\n", word);
		exit(2);
	}
	return PAM_SUCCESS;
}

static void ignore_tick(int number _unused_)
{
}

/* Without SA_RESTART: every wait of this process is interrupted. */
static void start_ticks(void)
{
	const struct sigaction action = { .sa_handler = ignore_tick };
	const struct itimerval timer = { { 0, 1000 }, { 0, 1000 } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

struct arguments {
	bool silent;
	bool ticks;
	const char *words;
	const char *variables[8]; /* NAME=VALUE, for the PAM environment */
	size_t variable_count;
	char **rest; /* STACKS SERVICE USER SCRIPT [RHOST TTY] */
	int rest_count;
};

static bool parse(int argc, char **argv, struct arguments *arguments)
{
	static const struct option options[] = {
		{ "silent", no_argument, NULL, 's' },
		{ "ticks", no_argument, NULL, 't' },
		{ "env", required_argument, NULL, 'e' },
		{ "do", required_argument, NULL, 'd' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 's')
			arguments->silent = true;
		else if (option == 't')
			arguments->ticks = true;
		else if (option == 'd')
			arguments->words = optarg;
		else if (option != 'e' ||
			 arguments->variable_count ==
				 ARRAY_SIZE(arguments->variables))
			return false;
		else
			arguments->variables[arguments->variable_count++] =
				optarg;
	}
	arguments->rest = argv + optind;
	arguments->rest_count = argc - optind;
	return arguments->rest_count == 4 || arguments->rest_count == 6;
}

static void set_up(pam_handle_t *pamh, const struct arguments *arguments)
{
	for (size_t i = 0; i < arguments->variable_count; i++)
		pam_putenv(pamh, arguments->variables[i]);
	if (arguments->rest_count == 6) {
		pam_set_item(pamh, PAM_RHOST, arguments->rest[4]);
		pam_set_item(pamh, PAM_TTY, arguments->rest[5]);
	}
}

/* All words, until one fails. */
static int run(pam_handle_t *pamh, const struct arguments *arguments,
	       char *const before[POSSESSION_COUNT])
{
	_cleanup_free_ char *words = strdup(arguments->words);
	int flags = arguments->silent ? PAM_SILENT : 0, r = PAM_SUCCESS;
	char *rest = words, *word;

	while (r == PAM_SUCCESS && (word = strsep(&rest, ",")) != NULL) {
		r = run_word(pamh, word + (*word == '-'), flags);
		if (*word == '-')
			r = PAM_SUCCESS;
		compare(before);
	}
	return r;
}

int main(int argc, char **argv)
{
	struct arguments arguments = { .words = "authenticate,setcred" };
	struct script script = { NULL };
	const struct pam_conv conv = { converse, &script };
	char *before[POSSESSION_COUNT];
	pam_handle_t *pamh = NULL;
	int r;

	if (!parse(argc, argv, &arguments)) {
		fputs("usage: pam_host [--silent] [--ticks] [--env "
		      "NAME=VALUE]... "
		      "[--do WORD,...] STACKS SERVICE USER SCRIPT "
		      "[RHOST TTY]\n",
		      stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	/* The log's socket belongs to libc, and a login program has one. */
	openlog("pam_host", LOG_NDELAY, LOG_AUTHPRIV);
	script.file = fopen(arguments.rest[3], "re");
	if (arguments.ticks)
		start_ticks();
	for (int i = 0; i < POSSESSION_COUNT; i++)
		before[i] = describe((enum possession)i);

	r = report("start",
		   pam_start_confdir(arguments.rest[1], arguments.rest[2],
				     &conv, arguments.rest[0], &pamh));
	if (r == PAM_SUCCESS) {
		script.pamh = pamh;
		set_up(pamh, &arguments);
		r = run(pamh, &arguments, before);
		report("end", pam_end(pamh, r));
	}
	compare(before);

	for (int i = 0; i < POSSESSION_COUNT; i++)
		free(before[i]);
	free(script.document);
	if (script.file != NULL)
		fclose(script.file);
	return r == PAM_SUCCESS ? 0 : 1;
}
