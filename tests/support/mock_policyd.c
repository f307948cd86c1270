/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A daemon that misbehaves in one way, for the tests of whoever asks it: takes the
 * bus name, prints "ready" and its unique name, and answers as the fault says. Each
 * call is printed: member, service, user, sizes of nonce and document.
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
};

typedef int (*handler)(sd_bus_message *call, struct mock *mock);

/* A way to misbehave; NULL: as the real daemon would. */
struct fault {
	const char *name;
	handler create_challenge;
	handler authorize;
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

static int allow(sd_bus_message *call, struct mock *mock _unused_)
{
	return sd_bus_reply_method_return(
		call, "sa{sv}", "allow", 8, "Level", "u", 2, "Reason", "s",
		"allowed", "Message", "s", "All that was asked for holds.",
		"Hint", "s", "", "Rule", "s", "ssh-signers", "Image", "s",
		"signer", "Release", "s", "2026.11", "Retiring", "b", true);
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
};

static void print_options(sd_bus_message *call)
{
	const char *name, *text;

	sd_bus_message_enter_container(call, 'a', "{sv}");
	while (sd_bus_message_read(call, "{sv}", &name, "s", &text) > 0)
		printf(" %s=%s", name, text);
}

static void print_call(sd_bus_message *call, bool has_document)
{
	size_t nonce_size = 0, document_size = 0;
	const char *service, *user;
	const void *bytes;

	sd_bus_message_read(call, "ss", &service, &user);
	if (has_document) {
		sd_bus_message_read_array(call, 'y', &bytes, &nonce_size);
		sd_bus_message_read_array(call, 'y', &bytes, &document_size);
	}
	printf("%s %s %s %zu %zu", sd_bus_message_get_member(call), service,
	       user, nonce_size, document_size);
	print_options(call);
	putchar('\n');
}

static int handle(sd_bus_message *call, void *data,
		  sd_bus_error *reterr_error _unused_)
{
	struct mock *mock = data;

	if (sd_bus_message_is_method_call(call, NITRO_BUS_MANAGER,
					  NITRO_METHOD_CREATE_CHALLENGE)) {
		print_call(call, false);
		return mock->fault->create_challenge(call, mock);
	}
	if (sd_bus_message_is_method_call(call, NITRO_BUS_MANAGER,
					  NITRO_METHOD_AUTHORIZE)) {
		print_call(call, true);
		return mock->fault->authorize(call, mock);
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
