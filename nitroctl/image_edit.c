/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/image_edit.h"

#include <string.h>

#include "nitroctl/text.h"

size_t image_find(const struct policy *policy, const char *name)
{
	size_t count = policy_image_count(policy);

	for (size_t i = 0; i < count; i++)
		if (strcmp(policy_image_name(policy, i), name) == 0)
			return i;
	return count;
}

size_t image_find_release(const struct policy *policy, size_t image,
			  const char *name,
			  struct policy_release_info *ret_info)
{
	size_t count = policy_image_release_count(policy, image);

	for (size_t i = 0; i < count; i++) {
		policy_release_info(policy, image, i, ret_info);
		if (strcmp(ret_info->name, name) == 0)
			return i;
	}
	return count;
}

static enum exit_code no_image(const char *name)
{
	complain("there is no image '%s'; 'nitroctl image list' lists them.",
		 name);
	return EXIT_DENIED;
}

/* `key` and `value` of the edit; NULL for a section that goes. */
static enum exit_code edit_release(struct change *change,
				   const struct image_edit *edit,
				   const struct policy_release_info *release)
{
	_cleanup_free_ char *section = NULL;

	if (asprintf(&section, "release/%s/%s", edit->image, release->name) <
	    0) {
		section = NULL;
		complain("memory is exhausted.");
		return EXIT_NOT_JUDGED;
	}
	return change_edit_section(change, &(struct change_edit){
						   .file = release->file,
						   .section = section,
						   .key = edit->key,
						   .value = edit->value,
					   });
}

enum exit_code image_edit_release(struct change *change,
				  const struct image_edit *edit)
{
	const struct policy *policy = change->config->policy;
	size_t image = image_find(policy, edit->image);
	struct policy_release_info info;

	if (image == policy_image_count(policy))
		return no_image(edit->image);
	if (image_find_release(policy, image, edit->release, &info) ==
	    policy_image_release_count(policy, image)) {
		complain("image '%s' has no release '%s'; 'nitroctl image "
			 "list' lists them.",
			 edit->image, edit->release);
		return EXIT_DENIED;
	}
	return edit_release(change, edit, &info);
}

/* Plans that the releases go that stand in `file`, or (`elsewhere`) that do not. */
static enum exit_code remove_releases(struct change *change,
				      const struct policy_image_info *image,
				      size_t index, bool elsewhere)
{
	const struct policy *policy = change->config->policy;
	const struct image_edit edit = { .image = image->name };
	enum exit_code code = EXIT_ALLOWED;

	for (size_t i = 0; code == EXIT_ALLOWED &&
			   i < policy_image_release_count(policy, index);
	     i++) {
		struct policy_release_info release;

		policy_release_info(policy, index, i, &release);
		if ((strcmp(release.file, image->file) != 0) == elsewhere)
			code = edit_release(change, &edit, &release);
	}
	return code;
}

/* The image itself goes last, so that its releases are never without it, even if
 * this is interrupted between two files. */
enum exit_code image_remove(struct change *change, const char *name)
{
	const struct policy *policy = change->config->policy;
	size_t index = image_find(policy, name);
	_cleanup_free_ char *section = NULL;
	struct policy_image_info image;
	enum exit_code code;

	if (index == policy_image_count(policy))
		return no_image(name);
	policy_image_info(policy, index, &image);
	code = remove_releases(change, &image, index, true);
	if (code == EXIT_ALLOWED)
		code = remove_releases(change, &image, index, false);
	if (code != EXIT_ALLOWED)
		return code;
	if (asprintf(&section, "image/%s", name) < 0) {
		section = NULL;
		complain("memory is exhausted.");
		return EXIT_NOT_JUDGED;
	}
	return change_edit_section(change, &(struct change_edit){
						   .file = image.file,
						   .section = section,
					   });
}

enum exit_code
image_edit_run(const struct change_settings *settings,
	       enum exit_code (*plan)(struct change *change,
				      const struct change_settings *settings,
				      char *const *names),
	       char *const *names)
{
	_cleanup_(change_end) struct change change = CHANGE_NONE;
	enum exit_code code = change_begin(settings, &change);

	if (code == EXIT_ALLOWED)
		code = plan(&change, settings, names);
	return code == EXIT_ALLOWED ? change_finish(&change) : code;
}
