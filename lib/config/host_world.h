/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a policy needs to know of this host while it is loaded: certificate files,
 * the id of this instance, local time. Nothing of it is asked for again later.
 */
#ifndef NITRO_CONFIG_HOST_WORLD_H
#define NITRO_CONFIG_HOST_WORLD_H

#include "policy/policy.h"

/* Where Linux shows the id of an EC2 instance of the Nitro system. */
#define HOST_INSTANCE_FILE "/sys/devices/virtual/dmi/id/board_asset_tag"

struct host_world {
	uid_t owner; /* whose certificate files are trusted, beside root's */
	const char *instance_file;
};

/* The world as `host` sees it; borrows it. */
struct policy_world host_world_view(struct host_world *host);

#endif
