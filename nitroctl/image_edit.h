/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding what `nitroctl image` is told to change. The names come from the command
 * line and are only compared: whatever is changed stands in the policy.
 */
#ifndef NITRO_NITROCTL_IMAGE_EDIT_H
#define NITRO_NITROCTL_IMAGE_EDIT_H

#include "nitroctl/change.h"

/* The image's index, or policy_image_count(). */
size_t image_find(const struct policy *policy, const char *name);

/* The same for one of its releases, or policy_image_release_count(). */
size_t image_find_release(const struct policy *policy, size_t image,
			  const char *name,
			  struct policy_release_info *ret_info);

/* Plans one key of a release, or (`key` NULL) that it goes. EXIT_DENIED, after a
 * complaint, if there is none of these names. */
struct image_edit {
	const char *image;
	const char *release;
	const char *key;
	const char *value;
};
enum exit_code image_edit_release(struct change *change,
				  const struct image_edit *edit) _must_use_;

/* Plans that the image and all its releases go. */
enum exit_code image_remove(struct change *change, const char *name) _must_use_;

/* Begins a change, lets `plan` plan it, and carries it out. */
enum exit_code
image_edit_run(const struct change_settings *settings,
	       enum exit_code (*plan)(struct change *change,
				      const struct change_settings *settings,
				      char *const *names),
	       char *const *names) _must_use_;

#endif
