/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "config/overlay.h"

#include <string.h>

/* Where a file of images.d of this name stands, or has to stand: kinds come in
 * their order, and names in theirs. */
static size_t find_place(const struct file_list *list, const char *name,
			 bool *ret_is_there)
{
	size_t i = 0;
	int order = -1;

	while (i < list->count && list->files[i].kind < CONFIG_FILE_IMAGES)
		i++;
	for (; i < list->count && list->files[i].kind == CONFIG_FILE_IMAGES;
	     i++) {
		order = strcmp(list->files[i].name, name);
		if (order >= 0)
			break;
	}
	*ret_is_there = order == 0;
	return i;
}

static void remove_file(struct file_list *list, size_t index)
{
	struct config_file *file = &list->files[index];

	free(file->path);
	buffer_free(file->text);
	list->count--;
	memmove(file, file + 1, (list->count - index) * sizeof(*file));
}

static bool insert_file(struct file_list *list, size_t index,
			const struct config_file *file)
{
	struct config_file *larger =
		reallocarray(list->files, list->count + 1, sizeof(*larger));

	if (larger == NULL)
		return false;
	list->files = larger;
	memmove(larger + index + 1, larger + index,
		(list->count - index) * sizeof(*larger));
	larger[index] = *file;
	list->count++;
	return true;
}

/* A file of the list, in the admin's directory. Its parts are to be released even
 * when it is not whole. */
static bool make_file(const struct config_layers *layers,
		      const struct config_overlay *overlay,
		      struct config_file *ret_file)
{
	struct config_file file = { .kind = CONFIG_FILE_IMAGES };

	if (asprintf(&file.path, "%s/%s", layers->config_dir, overlay->name) <
	    0)
		file.path = NULL;
	file.text.data = malloc(overlay->text.size + 1);
	*ret_file = file;
	if (file.path == NULL || file.text.data == NULL)
		return false;
	memcpy(file.text.data, overlay->text.data, overlay->text.size);
	file.text.data[overlay->text.size] = '\0';
	file.text.size = overlay->text.size;
	file.name = file.path + strlen(layers->config_dir) + 1;
	*ret_file = file;
	return true;
}

static bool apply_one(const struct config_layers *layers,
		      const struct config_overlay *overlay,
		      struct file_list *list)
{
	struct config_file file;
	bool is_there;
	size_t place = find_place(list, overlay->name, &is_there);

	if (is_there)
		remove_file(list, place);
	if (span_is_absent(overlay->text))
		return true;
	if (make_file(layers, overlay, &file) &&
	    insert_file(list, place, &file))
		return true;
	free(file.path);
	buffer_free(file.text);
	return false;
}

enum policy_error overlay_apply(const struct config_layers *layers,
				struct file_list *list)
{
	for (size_t i = 0; i < layers->overlay_count; i++)
		if (!apply_one(layers, &layers->overlays[i], list))
			return POLICY_E_NO_MEMORY;
	return POLICY_OK;
}
