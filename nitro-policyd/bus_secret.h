/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ReleaseSecret on the bus: its handler for the table in bus_api.c.
 */
#ifndef NITRO_POLICYD_BUS_SECRET_H
#define NITRO_POLICYD_BUS_SECRET_H

#include <systemd/sd-bus.h>

/* As SD_BUS_METHOD() wants it; userdata is the manager. */
int method_release_secret(sd_bus_message *message, void *userdata,
			  sd_bus_error *reterr_error);

#endif
