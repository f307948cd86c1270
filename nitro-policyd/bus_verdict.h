/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A verdict as the bus carries it: the decision and an a{sv} with the keys of
 * dbus/nitro_bus.h. Only evidence becomes a "Document".
 */
#ifndef NITRO_POLICYD_BUS_VERDICT_H
#define NITRO_POLICYD_BUS_VERDICT_H

#include <systemd/sd-bus.h>

#include "nitro-policyd/job.h"

/* Appends "sa{sv}" to a reply. 0 or a negative errno. */
int bus_verdict_append(sd_bus_message *reply, const struct job *job) _must_use_;

#endif
