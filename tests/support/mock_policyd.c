/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A daemon that misbehaves in one way, for the tests of whoever asks it: takes the
 * bus name, prints "ready" and its unique name, and answers as the fault says. Each
 * call is printed: member, its texts, sizes of nonce and document, options.
 */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "base/compiler.h"
#include "dbus/nitro_bus.h"

#define LIFETIME_USEC UINT64_C(60000000)
#define HUGE_SIZE     1000000

static const uint8_t nonce[NITRO_NONCE_SIZE] = { 1, 2, 3 };

struct mock {
	const struct fault *fault;
	char *huge; /* text of HUGE_SIZE characters, some of them hostile */
	unsigned allowed;
};

typedef int (*handler)(sd_bus_message *call, struct mock *mock);

/* A way to misbehave; NULL: as the real daemon would. */
struct fault {
	const char *name;
	handler create_challenge;
	handler authorize;
	handler check_verdict;	/* NULL: as authorize */
	handler attach_session; /* NULL: as good_attach */
	handler detach_session; /* NULL: as good_detach */
};

static int say_nothing(sd_bus_message *call _unused_,
		       struct mock *mock _unused_)
{
	return 1;
}

static int die(sd_bus_message *call _unused_, struct mock *mock _unused_)
{
	_exit(0);
}

static int good_challenge(sd_bus_message *call, struct mock *mock _unused_)
{
	sd_bus_message *reply;

	sd_bus_message_new_method_return(call, &reply);
	sd_bus_message_append_array(reply, 'y', nonce, sizeof(nonce));
	sd_bus_message_append(reply, "t", LIFETIME_USEC);
	return sd_bus_send(NULL, reply, NULL);
}

static int short_nonce(sd_bus_message *call, struct mock *mock _unused_)
{
	return sd_bus_reply_method_return(call, "ayt", 2, 1, 2, LIFETIME_USEC);
}

static int brief_challenge(sd_bus_message *call, struct mock *mock _unused_)
{
	sd_bus_message *reply;

	sd_bus_message_new_method_return(call, &reply);
	sd_bus_message_append_array(reply, 'y', nonce, sizeof(nonce));
	sd_bus_message_append(reply, "t", UINT64_C(300000));
	return sd_bus_send(NULL, reply, NULL);
}

static int wrong_challenge(sd_bus_message *call, struct mock *mock _unused_)
{
	return sd_bus_reply_method_return(call, "s", "allow");
}

static int busy(sd_bus_message *call, struct mock *mock _unused_)
{
	return sd_bus_reply_method_errorf(
		call, NITRO_ERROR_BUSY,
		"The queue\nis full\x1b[2J \"quoted\" \xe2\x80\xae.");
}

#define ID "v0123456789abcdef0123456789abcdef"

static int allow(sd_bus_message *call, struct mock *mock _unused_)
{
	return sd_bus_reply_method_return(
		call, "sa{sv}", "allow", 9, "Level", "u", 2, "Reason", "s",
		"allowed", "Message", "s", "All that was asked for holds.",
		"Hint", "s", "", "Rule", "s", "ssh-signers", "Image", "s",
		"signer", "Release", "s", "2026.11", "Retiring", "b", true,
		"Id", "s", ID);
}

static int good_attach(sd_bus_message *call, struct mock *mock _unused_)
{
	return sd_bus_reply_method_return(
		call, "a{sv}", 6, "Id", "s", ID, "Level", "u", 2, "Image", "s",
		"signer", "Release", "s", "2026.11", "ModuleId", "s",
		"i-0-enc0", "State", "s", "attached");
}

/* Attaches a verdict, but not the one that was named. */
static int other_attach(sd_bus_message *call, struct mock *mock _unused_)
{
	return sd_bus_reply_method_return(call, "a{sv}", 2, "Id", "s",
					  "v00000000000000000000000000000000",
					  "Level", "u", 2);
}

static int good_detach(sd_bus_message *call, struct mock *mock _unused_)
{
	return sd_bus_reply_method_return(call, "");
}

static int odd_detach(sd_bus_message *call, struct mock *mock _unused_)
{
	return sd_bus_reply_method_return(call, "s", "gone");
}

/* The words of a daemon that was restarted, or never knew the id. */
static int unknown_verdict(sd_bus_message *call, struct mock *mock _unused_)
{
	return sd_bus_reply_method_return(call, "sa{sv}", "deny", 3, "Level",
					  "u", 0, "Reason", "s",
					  "verdict-unknown", "Message", "s",
					  "There is no such live verdict.");
}

static int unknown_after_a_while(sd_bus_message *call, struct mock *mock)
{
	usleep(400000);
	return unknown_verdict(call, mock);
}

/* The session holds nothing that the rule needs; evidence would do. */
static int wanting(sd_bus_message *call, struct mock *mock _unused_)
{
	return sd_bus_reply_method_return(
		call, "sa{sv}", "deny", 4, "Level", "u", 0, "Reason", "s",
		"verdict-unknown", "Message", "s",
		"There is no such live verdict.", "Rule", "s", "commands");
}

static int no_such_verdict(sd_bus_message *call, struct mock *mock _unused_)
{
	return sd_bus_reply_method_errorf(call, NITRO_ERROR_NO_SUCH_VERDICT,
					  "There is no such live verdict.");
}

static int audit(sd_bus_message *call, struct mock *mock _unused_)
{
	return sd_bus_reply_method_return(
		call, "sa{sv}", "allow", 5, "Level", "u", 0, "Reason", "s",
		"debug-enclave", "Message", "s", "It is in debug mode.", "Rule",
		"s", "trial", "Audited", "b", true);
}

static int deny(sd_bus_message *call, struct mock *mock _unused_)
{
	return sd_bus_reply_method_return(
		call, "sa{sv}", "deny", 4, "Level", "u", 1, "Reason", "s",
		"debug-enclave", "Message", "s",
		"The enclave runs in debug mode: PCR0, PCR1 and PCR2 are zero.",
		"Hint", "s", "Start it without --debug-mode.");
}

static int allow_once(sd_bus_message *call, struct mock *mock)
{
	return mock->allowed++ == 0 ? allow(call, mock) : deny(call, mock);
}

static int wrong_signature(sd_bus_message *call, struct mock *mock _unused_)
{
	return sd_bus_reply_method_return(call, "sa{ss}", "allow", 2, "Level",
					  "2", "Reason", "allowed");
}

static int surplus_value(sd_bus_message *call, struct mock *mock _unused_)
{
	return sd_bus_reply_method_return(call, "sa{sv}s", "allow", 2, "Level",
					  "u", 2, "Reason", "s", "allowed",
					  "more");
}

static int unknown_decision(sd_bus_message *call, struct mock *mock _unused_)
{
	return sd_bus_reply_method_return(call, "sa{sv}", "Allow", 2, "Level",
					  "u", 2, "Reason", "s", "allowed");
}

static int duplicate_key(sd_bus_message *call, struct mock *mock _unused_)
{
	return sd_bus_reply_method_return(call, "sa{sv}", "allow", 3, "Level",
					  "u", 2, "Reason", "s", "allowed",
					  "Level", "u", 2);
}

static int huge_texts(sd_bus_message *call, struct mock *mock)
{
	return sd_bus_reply_method_return(call, "sa{sv}", "deny", 4, "Level",
					  "u", 0, "Reason", "s", mock->huge,
					  "Message", "s", mock->huge, "Hint",
					  "s", mock->huge);
}

static const struct fault faults[] = {
	{ "none", good_challenge, allow },
	{ "audit", good_challenge, audit },
	{ "deny", good_challenge, deny },
	{ "silent", say_nothing, say_nothing },
	{ "silent-later", good_challenge, say_nothing },
	{ "dies", die, die },
	{ "dies-later", good_challenge, die },
	{ "short-nonce", short_nonce, allow },
	{ "wrong-challenge", wrong_challenge, allow },
	{ "brief-challenge", brief_challenge, allow },
	{ "busy", busy, busy },
	{ "wrong-signature", good_challenge, wrong_signature },
	{ "surplus-value", good_challenge, surplus_value },
	{ "unknown-decision", good_challenge, unknown_decision },
	{ "duplicate-key", good_challenge, duplicate_key },
	{ "huge-texts", good_challenge, huge_texts },
	{ "forgets", good_challenge, allow, unknown_verdict, no_such_verdict,
	  no_such_verdict },
	{ "denies-known-keys", good_challenge, allow, unknown_verdict },
	{ "forgets-slowly", good_challenge, allow, unknown_after_a_while },
	{ "allows-once", good_challenge, allow_once },
	{ "wants-evidence", good_challenge, allow, wanting },
	{ "wants-other", good_challenge, deny, wanting },
	{ "wants-brief", brief_challenge, allow, wanting },
	{ "wants-unattached", good_challenge, allow, wanting, other_attach },
	{ "attach-other", good_challenge, allow, NULL, other_attach },
	{ "attach-silent", good_challenge, allow, NULL, say_nothing },
	{ "attach-dies", good_challenge, allow, NULL, die },
	{ "check-silent", good_challenge, allow, say_nothing },
	{ "check-dies", good_challenge, allow, die },
	{ "detach-odd", good_challenge, allow, NULL, NULL, odd_detach },
	{ "detach-late", good_challenge, allow, NULL, NULL, no_such_verdict },
	{ "detach-silent", good_challenge, allow, NULL, NULL, say_nothing },
};

/* A text, a number, or the size of bytes. */
static void print_option(sd_bus_message *call)
{
	const char *name, *signature, *text;
	const void *bytes;
	uint32_t number;
	size_t size;

	sd_bus_message_read(call, "s", &name);
	sd_bus_message_peek_type(call, NULL, &signature);
	if (strcmp(signature, "s") == 0 &&
	    sd_bus_message_read(call, "v", "s", &text) > 0) {
		printf(" %s=%s", name, text);
	} else if (strcmp(signature, "u") == 0 &&
		   sd_bus_message_read(call, "v", "u", &number) > 0) {
		printf(" %s=%u", name, number);
	} else {
		sd_bus_message_enter_container(call, 'v', "ay");
		sd_bus_message_read_array(call, 'y', &bytes, &size);
		sd_bus_message_exit_container(call);
		printf(" %s=%zu", name, size);
	}
}

static void print_options(sd_bus_message *call)
{
	sd_bus_message_enter_container(call, 'a', "{sv}");
	while (sd_bus_message_enter_container(call, 'e', "sv") > 0) {
		print_option(call);
		sd_bus_message_exit_container(call);
	}
}

/* `types`: s a text, y bytes, o options, each once more. */
static void print_call(sd_bus_message *call, const char *types)
{
	const char *text;
	const void *bytes;
	size_t size;

	printf("%s", sd_bus_message_get_member(call));
	for (; *types != '\0'; types++) {
		if (*types == 's' && sd_bus_message_read(call, "s", &text) > 0)
			printf(" %s", text);
		if (*types == 'y' &&
		    sd_bus_message_read_array(call, 'y', &bytes, &size) > 0)
			printf(" %zu", size);
		if (*types == 'o')
			print_options(call);
	}
	putchar('\n');
}

static handler or_else(handler wanted, handler otherwise)
{
	return wanted == NULL ? otherwise : wanted;
}

static int handle(sd_bus_message *call, void *data,
		  sd_bus_error *reterr_error _unused_)
{
	struct mock *mock = data;
	const struct fault *fault = mock->fault;
	const struct {
		const char *member;
		const char *types;
		handler handler;
	} methods[] = {
		{ NITRO_METHOD_CREATE_CHALLENGE, "sso",
		  fault->create_challenge },
		{ NITRO_METHOD_AUTHORIZE, "ssyyo", fault->authorize },
		{ NITRO_METHOD_CHECK_VERDICT, "sso",
		  or_else(fault->check_verdict, fault->authorize) },
		{ NITRO_METHOD_ATTACH_SESSION, "ssso",
		  or_else(fault->attach_session, good_attach) },
		{ NITRO_METHOD_DETACH_SESSION, "s",
		  or_else(fault->detach_session, good_detach) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(methods); i++)
		if (sd_bus_message_is_method_call(call, NITRO_BUS_MANAGER,
						  methods[i].member)) {
			print_call(call, methods[i].types);
			return methods[i].handler(call, mock);
		}
	return 0;
}

static const struct fault *find_fault(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
		if (strcmp(faults[i].name, name) == 0)
			return &faults[i];
	fprintf(stderr, "mock_policyd: no fault %s\n", name);
	exit(2);
}

static void check(int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "mock_policyd: %s: %s\n", what, strerror(-r));
	exit(1);
}

int main(int argc, char **argv)
{
	struct mock mock = { .huge = malloc(HUGE_SIZE + 1) };
	const char *name;
	sd_bus *bus;

	if (argc != 2)
		return 2;
	mock.fault = find_fault(argv[1]);
	memset(mock.huge, '\n', HUGE_SIZE);
	mock.huge[HUGE_SIZE] = '\0';
	setvbuf(stdout, NULL, _IOLBF, 0);

	check(sd_bus_open_system(&bus), "no bus");
	check(sd_bus_add_object(bus, NULL, NITRO_BUS_PATH, handle, &mock),
	      "no object");
	check(sd_bus_request_name(bus, NITRO_BUS_NAME, 0), "no name");
	check(sd_bus_get_unique_name(bus, &name), "no unique name");
	printf("ready %s\n", name);
	for (;;) {
		int r = sd_bus_process(bus, NULL);

		check(r, "bus");
		if (r == 0)
			check(sd_bus_wait(bus, UINT64_MAX), "wait");
	}
}
