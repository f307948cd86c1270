/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each live verdict as an object on the bus: its properties, that anybody may read,
 * and the signals that tell of its life.
 */
#ifndef NITRO_POLICYD_BUS_OBJECT_H
#define NITRO_POLICYD_BUS_OBJECT_H

#include "nitro-policyd/manager.h"

/* Puts `live` on the bus. 0 or a negative errno. */
int bus_object_add(struct manager *manager, struct live *live) _must_use_;

/* Tells that it is new. */
void bus_object_announce(struct manager *manager, const struct live *live);

/* Tells that it was attached, or judged again. */
void bus_object_changed(const struct manager *manager, const struct live *live);

/* Takes it off the bus and tells why. */
void bus_object_remove(struct manager *manager, struct live *live,
		       const char *reason);

/* Appends its properties as a{sv}. 0 or a negative errno. */
int bus_object_append(sd_bus_message *reply, struct live *live) _must_use_;

#endif
