/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's place on the system bus: its connection, its name, and the turn in
 * which messages are handled. Judges nothing and answers nothing by itself.
 */
#ifndef NITRO_POLICYD_BUS_JOIN_H
#define NITRO_POLICYD_BUS_JOIN_H

#include "base/compiler.h"
#include "nitro-policyd/manager.h"

/* Connects manager->bus, attaches it to manager->event and offers the interface. 0,
 * or a negative errno after saying in the journal what is wrong. */
int bus_open(struct manager *manager) _must_use_;

/* Takes the bus name; without queueing, so that two daemons never take turns. 0, or
 * a negative errno after saying in the journal what is wrong. */
int bus_join(struct manager *manager) _must_use_;

/* Handles the messages that have arrived, a bounded number at once. */
void bus_turn(struct manager *manager);

#endif
