/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VerifyResponse on the bus: its handler for the table in bus_api.c, and its last
 * result.
 */
#ifndef NITRO_POLICYD_BUS_RESPONSE_H
#define NITRO_POLICYD_BUS_RESPONSE_H

#include <systemd/sd-bus.h>

#include "base/compiler.h"
#include "nitro-policyd/job.h"

/* As SD_BUS_METHOD() wants it; userdata is the manager. */
int method_verify_response(sd_bus_message *message, void *userdata,
			   sd_bus_error *reterr_error);

/* Appends "a{sv}" to a reply. 0 or a negative errno. */
int bus_response_append(sd_bus_message *reply,
			const struct job *job) _must_use_;

#endif
