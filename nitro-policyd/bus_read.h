/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single values of a message, bounded before anything is copied. What comes out
 * points into the message. Each function returns 0, or a negative errno, with the
 * D-Bus error in reterr_error where the value is out of its bounds.
 */
#ifndef NITRO_POLICYD_BUS_READ_H
#define NITRO_POLICYD_BUS_READ_H

#include <systemd/sd-bus.h>

#include "base/compiler.h"
#include "base/span.h"
#include "policy/request.h"

/* An array of bytes; one that is empty is present. */
int bus_read_bytes(sd_bus_message *message, struct span *ret_bytes) _must_use_;

/* Service and user, by which every request begins. */
int bus_read_request(sd_bus_message *message, struct request *ret_request,
		     sd_bus_error *reterr_error) _must_use_;

/* A document of at most ATTEST_DOCUMENT_MAX bytes; SPAN_ABSENT when it is empty. */
int bus_read_document(sd_bus_message *message, struct span *ret_document,
		      sd_bus_error *reterr_error) _must_use_;

/* A nonce of CreateChallenge; SPAN_ABSENT when it is empty. */
int bus_read_nonce(sd_bus_message *message, struct span *ret_nonce,
		   sd_bus_error *reterr_error) _must_use_;

/* Printable ASCII of at most `max` characters, for the option `what`; may be
 * empty. */
int bus_read_origin(sd_bus_message *message, const char *what, size_t max,
		    const char **ret_text,
		    sd_bus_error *reterr_error) _must_use_;

#endif
