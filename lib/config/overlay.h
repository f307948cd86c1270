/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of images.d as they would be after a change that nobody has made yet.
 */
#ifndef NITRO_CONFIG_OVERLAY_H
#define NITRO_CONFIG_OVERLAY_H

#include "config/config_directory.h"
#include "config/file_list.h"

/* Puts the overlays of `layers` into the list. POLICY_OK or POLICY_E_NO_MEMORY. */
enum policy_error overlay_apply(const struct config_layers *layers,
				struct file_list *list) _must_use_;

#endif
