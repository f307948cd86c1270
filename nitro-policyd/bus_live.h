/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The methods about live verdicts: handlers for the table in bus_api.c.
 */
#ifndef NITRO_POLICYD_BUS_LIVE_H
#define NITRO_POLICYD_BUS_LIVE_H

#include <systemd/sd-bus.h>

/* As SD_BUS_METHOD() wants them; userdata is the manager. */
int method_check_verdict(sd_bus_message *message, void *userdata,
			 sd_bus_error *reterr_error);
int method_attach_session(sd_bus_message *message, void *userdata,
			  sd_bus_error *reterr_error);
int method_detach_session(sd_bus_message *message, void *userdata,
			  sd_bus_error *reterr_error);
int method_list_verdicts(sd_bus_message *message, void *userdata,
			 sd_bus_error *reterr_error);
int method_get_verdict(sd_bus_message *message, void *userdata,
		       sd_bus_error *reterr_error);
int method_revoke_verdict(sd_bus_message *message, void *userdata,
			  sd_bus_error *reterr_error);

#endif
