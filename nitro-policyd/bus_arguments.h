/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arguments of a method call, read and bounded before anything is copied. All
 * texts and spans that come out point into the message. Each function returns 0,
 * or a negative errno with the D-Bus error in reterr_error. A struct arguments must
 * not be copied: it points into itself.
 */
#ifndef NITRO_POLICYD_BUS_ARGUMENTS_H
#define NITRO_POLICYD_BUS_ARGUMENTS_H

#include <systemd/sd-bus.h>

#include "base/compiler.h"
#include "base/span.h"
#include "nitro-policyd/live.h"
#include "policy/request.h"
#include "response/response.h"
#include "ssh/key.h"

struct arguments {
	struct request request; /* all but Verify */
	struct span nonce;	/* SPAN_ABSENT: none given */
	struct span document;	/* SPAN_ABSENT: a ticket stands for it */
	struct span signature;	/* Authorize; SPAN_ABSENT: none given */
	const char *ticket;	/* Authorize; NULL: none given */
	struct span manifest;	/* SPAN_ABSENT: none given */
	struct span ssh_blob;	/* of the option ssh_key, as it came; and */
	uint8_t ssh_key[SSH_KEY_BLOB_MAX]; /* the plain key, see request */
	bool is_certified; /* the document came in the certificate of this key */
	struct live_selector selector;	/* CheckVerdict, AttachSession, … */
	unsigned level;			/* Verify and below */
	uint64_t max_age_ms;		/* 0: none given */
	char **roots;			/* labels, ends with NULL; owned */
	struct response_input response; /* VerifyResponse */
	struct span tls_certificate;	/* Verify */
	bool tls_in_nonce;
};

void arguments_clear(struct arguments *arguments);

int arguments_read_challenge(sd_bus_message *message,
			     struct arguments *ret_arguments,
			     sd_bus_error *reterr_error) _must_use_;
int arguments_read_authorize(sd_bus_message *message,
			     struct arguments *ret_arguments,
			     sd_bus_error *reterr_error) _must_use_;
int arguments_read_explain(sd_bus_message *message,
			   struct arguments *ret_arguments,
			   sd_bus_error *reterr_error) _must_use_;
/* The secret is the request's user. */
int arguments_read_secret(sd_bus_message *message,
			  struct arguments *ret_arguments,
			  sd_bus_error *reterr_error) _must_use_;
int arguments_read_submit(sd_bus_message *message,
			  struct arguments *ret_arguments,
			  sd_bus_error *reterr_error) _must_use_;
int arguments_read_check(sd_bus_message *message,
			 struct arguments *ret_arguments,
			 sd_bus_error *reterr_error) _must_use_;
/* The id in the selector, the session behind it. */
int arguments_read_attach(sd_bus_message *message,
			  struct arguments *ret_arguments,
			  sd_bus_error *reterr_error) _must_use_;
/* The filters of ListVerdicts: what is NULL or not asked may be anything. */
int arguments_read_filter(sd_bus_message *message,
			  struct arguments *ret_arguments,
			  sd_bus_error *reterr_error) _must_use_;
/* The id in the selector is "" where a document is given. */
int arguments_read_response(sd_bus_message *message,
			    struct arguments *ret_arguments,
			    sd_bus_error *reterr_error) _must_use_;
int arguments_read_verify(sd_bus_message *message,
			  struct arguments *ret_arguments,
			  sd_bus_error *reterr_error) _must_use_;

#endif
