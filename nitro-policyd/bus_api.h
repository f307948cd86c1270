/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's object on the bus: methods, properties, signals. What they mean for
 * callers stands in dbus/org.nitro.Policy1.xml.
 */
#ifndef NITRO_POLICYD_BUS_API_H
#define NITRO_POLICYD_BUS_API_H

#include <stdbool.h>

#include "base/compiler.h"

struct manager;

/* Puts the object on the manager's connection. 0 or a negative errno. */
int bus_api_attach(struct manager *manager) _must_use_;

/* Tells the bus what a reading of the policy has changed. */
void bus_api_policy_changed(struct manager *manager, bool is_accepted);

#endif
