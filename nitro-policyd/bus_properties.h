/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The properties of the daemon's object: rows for the table in bus_api.c. Anybody
 * may read them.
 */
#ifndef NITRO_POLICYD_BUS_PROPERTIES_H
#define NITRO_POLICYD_BUS_PROPERTIES_H

#include <systemd/sd-bus.h>

/* Getters as SD_BUS_PROPERTY() wants them; userdata is the manager. */
#define DECLARE_PROPERTY(name)                                                 \
	int name(sd_bus *bus, const char *path, const char *interface,         \
		 const char *property, sd_bus_message *reply, void *userdata,  \
		 sd_bus_error *reterr_error)

DECLARE_PROPERTY(property_get_version);
DECLARE_PROPERTY(property_get_generation);
DECLARE_PROPERTY(property_get_digest);
DECLARE_PROPERTY(property_get_errors);
DECLARE_PROPERTY(property_get_warnings);
DECLARE_PROPERTY(property_get_roots);
DECLARE_PROPERTY(property_get_images);
DECLARE_PROPERTY(property_get_rule_count);
DECLARE_PROPERTY(property_get_expiring);
DECLARE_PROPERTY(property_get_unjudged);
DECLARE_PROPERTY(property_get_statistics);

#endif
