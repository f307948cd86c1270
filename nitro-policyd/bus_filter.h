/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sd-bus answers by itself: properties, introspection, the list of all objects.
 * Such questions are counted against limits here, as all others are where they are
 * handled; else whoever asks for everything without end stops the daemon.
 */
#ifndef NITRO_POLICYD_BUS_FILTER_H
#define NITRO_POLICYD_BUS_FILTER_H

#include "nitro-policyd/manager.h"

/* 0 or a negative errno. */
int bus_filter_add(struct manager *manager) _must_use_;

#endif
