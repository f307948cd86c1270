/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitro-authorized-keys: sshd's AuthorizedKeysCommand. It asks nitro-policyd about
 * the key or certificate that a client offers and prints one line when the answer is
 * yes; in all other cases nothing. It judges nothing itself.
 */
#include "config.h"

#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <time.h>

#include "base/clock.h"
#include "base/compiler.h"
#include "nitro-authorized-keys/offer.h"
#include "nitro-authorized-keys/report.h"

/* Nobody judged: sshd says so in its own log, too. */
#define EXIT_UNAVAILABLE 1

/* The command line is wrong. */
#define EXIT_USAGE 2

#define TIMEOUT_MIN_SEC 1
#define TIMEOUT_MAX_SEC 60

/* An address, as sshd writes it. */
#define REMOTE_HOST_SIZE 128

static const char help_text[] =
	"Usage: nitro-authorized-keys [OPTION...] USER TYPE KEY [FINGERPRINT]\n"
	"\n"
	"Ask nitro-policyd whether this key may log in, as the\n"
	"AuthorizedKeysCommand of sshd, with its tokens %u %t %k %f.\n"
	"\n"
	"      --connection TEXT  where the client is: sshd's token %C\n"
	"      --service NAME     service to ask about [sshd]\n"
	"      --timeout SECONDS  for all of it, 1 to 60 [5]\n"
	"      --help, --version\n";

struct arguments {
	const char *service;
	char remote_host[REMOTE_HOST_SIZE]; /* "": sshd did not say it */
	uint64_t timeout_usec;
	struct offer_texts texts;
	const char *fingerprint;
};

static bool parse_timeout(const char *text, uint64_t *ret_usec)
{
	unsigned seconds = 0;

	for (; *text >= '0' && *text <= '9' && seconds <= TIMEOUT_MAX_SEC;
	     text++)
		seconds = seconds * 10 + (unsigned)(*text - '0');
	if (*text != '\0' || seconds < TIMEOUT_MIN_SEC ||
	    seconds > TIMEOUT_MAX_SEC) {
		warnx("timeout: Expected a number of seconds from 1 to 60.");
		return false;
	}
	*ret_usec = seconds * USEC_PER_SEC;
	return true;
}

/* "ADDRESS PORT ADDRESS PORT", the client's first. */
static bool parse_connection(const char *text,
			     char ret_host[static REMOTE_HOST_SIZE])
{
	size_t length = strcspn(text, " ");

	if (length == 0 || length >= REMOTE_HOST_SIZE) {
		warnx("connection: Expected the token %%C of sshd_config.");
		return false;
	}
	memcpy(ret_host, text, length);
	ret_host[length] = '\0';
	return true;
}

static bool parse_operands(int count, char **operands,
			   struct arguments *arguments)
{
	if (count < 3 || count > 4) {
		warnx("Expected USER TYPE KEY [FINGERPRINT]: in sshd_config "
		      "%%u %%t %%k %%f.");
		return false;
	}
	arguments->texts = (struct offer_texts){
		.user = operands[0],
		.type = operands[1],
		.base64 = operands[2],
	};
	arguments->fingerprint = count == 4 ? operands[3] : "";
	return true;
}

static bool parse_arguments(int argc, char **argv, struct arguments *arguments)
{
	static const struct option options[] = {
		{ "connection", required_argument, NULL, 'c' },
		{ "service", required_argument, NULL, 's' },
		{ "timeout", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL },
	};
	int option;

	/* "+": what a client offers stands behind the options. */
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			if (!parse_connection(optarg, arguments->remote_host))
				return false;
			break;
		case 's':
			arguments->service = optarg;
			break;
		case 't':
			if (!parse_timeout(optarg, &arguments->timeout_usec))
				return false;
			break;
		case 'h':
			exit(fputs(help_text, stdout) < 0);
		case 'v':
			exit(puts("nitro-authorized-keys " PACKAGE_VERSION) <
			     0);
		default:
			return false;
		}
	}
	return parse_operands(argc - optind, argv + optind, arguments);
}

/* A rule on trial allows whatever is shown: here, where nothing else stands behind
 * it, that would be everybody. sshd goes on to its files, as it did before the trial,
 * and the log says what the rule would have done. */
static bool lets_in(const struct answer *answer)
{
	return answer->kind == ANSWER_ALLOWED && !answer->audited;
}

/* sshd asks twice about each login: before and after the client proves that it has
 * the key. What was judged the first time is found the second time. */
static void judge(const struct arguments *arguments, const struct offer *offer,
		  struct answer *ret_answer)
{
	const struct client_question question = {
		.service = arguments->service,
		.user = arguments->texts.user,
		.remote_host = arguments->remote_host,
		.ssh_key = offer->blob,
	};
	const struct client_selector selector = { .ssh_key = offer->key };
	uint64_t end_usec = clock_boottime_usec() + arguments->timeout_usec,
		 now;

	client_check_verdict(&question, &selector, arguments->timeout_usec,
			     ret_answer);
	if (ret_answer->kind == ANSWER_UNAVAILABLE || lets_in(ret_answer) ||
	    !offer->is_certificate)
		return;
	now = clock_boottime_usec();
	client_authorize(&question, SPAN_ABSENT, SPAN_ABSENT,
			 now < end_usec ? end_usec - now : 0, ret_answer);
}

static int print_line(const struct offer *offer)
{
	char line[OFFER_LINE_SIZE];

	if (offer_line(offer, line) == 0 || fputs(line, stdout) < 0 ||
	    fflush(stdout) != 0) {
		syslog(LOG_ERR, "The line for sshd could not be written.");
		return EXIT_UNAVAILABLE;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct offer offer;
	struct arguments arguments = {
		.service = "sshd",
		.timeout_usec = CLIENT_TIMEOUT_DEFAULT_USEC,
	};
	struct answer answer;
	struct report report;

	if (!parse_arguments(argc, argv, &arguments))
		return EXIT_USAGE;
	openlog(NULL, LOG_PID, LOG_AUTHPRIV);
	report = (struct report){
		.user = arguments.texts.user,
		.service = arguments.service,
		.fingerprint = arguments.fingerprint,
	};
	if (!offer_read(&arguments.texts, (uint64_t)time(NULL), &offer,
			&answer)) {
		report.is_ordinary =
			offer_is_ordinary(&arguments.texts, &answer);
		report_answer(&report, &answer);
		return 0;
	}
	judge(&arguments, &offer, &answer);
	report.is_ordinary = !offer.is_certificate;
	report_answer(&report, &answer);
	if (answer.kind == ANSWER_UNAVAILABLE)
		return EXIT_UNAVAILABLE;
	return lets_in(&answer) ? print_line(&offer) : 0;
}
