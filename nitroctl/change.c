/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/change.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "config/file_list.h"
#include "nitroctl/configuration.h"
#include "nitroctl/lock.h"
#include "nitroctl/section_edit.h"
#include "nitroctl/text.h"

#define IMAGES_FOLDER "images.d"

/* The daemon passes over names that begin with a dot. */
#define LOCK_NAME ".nitroctl.lock"

bool change_set_config_dir(void *settings, const char *argument)
{
	((struct change_settings *)settings)->config_dir = argument;
	return true;
}

bool change_set_vendor_dir(void *settings, const char *argument)
{
	((struct change_settings *)settings)->vendor_dir = argument;
	return true;
}

bool change_set_yes(void *settings, const char *argument _unused_)
{
	((struct change_settings *)settings)->yes = true;
	return true;
}

bool change_set_no_reload(void *settings, const char *argument _unused_)
{
	((struct change_settings *)settings)->no_reload = true;
	return true;
}

bool change_set_json(void *settings, const char *argument _unused_)
{
	((struct change_settings *)settings)->json = true;
	return true;
}

static enum exit_code no_memory(void)
{
	complain("memory is exhausted.");
	return EXIT_NOT_JUDGED;
}

static int open_and_lock(struct change *change)
{
	_cleanup_close_ int top = open(change->layers.config_dir,
				       O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (top < 0)
		return -errno;
	if (mkdirat(top, IMAGES_FOLDER, 0755) < 0 && errno != EEXIST)
		return -errno;
	change->images_fd =
		openat(top, IMAGES_FOLDER,
		       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (change->images_fd < 0)
		return -errno;
	change->lock_fd = lock_wait(change->images_fd, LOCK_NAME);
	return change->lock_fd < 0 ? change->lock_fd : 0;
}

enum exit_code change_begin(const struct change_settings *settings,
			    struct change *change)
{
	int r;

	change->settings = settings;
	change->layers = config_layers_choose(settings->config_dir,
					      settings->vendor_dir);
	r = open_and_lock(change);
	if (r == -EBUSY) {
		complain("%s is being changed by another nitroctl.",
			 change->layers.config_dir);
		return EXIT_NOT_JUDGED;
	}
	if (r < 0) {
		complain("%s cannot be changed: %s%s.",
			 change->layers.config_dir, strerror(-r),
			 r == -EACCES ? " (are you root?)" : "");
		return EXIT_NOT_JUDGED;
	}
	change->diagnostics = diagnostics_new();
	if (change->diagnostics == NULL)
		return no_memory();
	if (configuration_load(&change->layers, &change->config,
			       change->diagnostics))
		return EXIT_ALLOWED;
	complain("%s has errors already: mend them first.",
		 change->layers.config_dir);
	return EXIT_DENIED;
}

void change_end(struct change *change)
{
	for (size_t i = 0; i < change->count; i++) {
		free(change->files[i].path);
		buffer_free(change->files[i].before);
		buffer_free(change->files[i].after);
	}
	free(change->files);
	config_free(change->config);
	diagnostics_free(change->diagnostics);
	close_fd(&change->images_fd);
	close_fd(&change->lock_fd);
}

static struct change_file *find_file(const struct change *change,
				     const char *name)
{
	for (size_t i = 0; i < change->count; i++)
		if (strcmp(change->files[i].name, name) == 0)
			return &change->files[i];
	return NULL;
}

static struct change_file *append_file(struct change *change, const char *name)
{
	struct change_file *larger =
		reallocarray(change->files, change->count + 1, sizeof(*larger));

	if (larger == NULL)
		return NULL;
	change->files = larger;
	larger[change->count] = (struct change_file){ 0 };
	if (asprintf(&larger[change->count].path, IMAGES_FOLDER "/%s", name) <
	    0)
		return NULL;
	larger[change->count].name =
		larger[change->count].path + strlen(IMAGES_FOLDER "/");
	return &larger[change->count++];
}

static bool vendor_has(const struct change *change, const char *name)
{
	_cleanup_free_ char *path = NULL;

	if (change->layers.vendor_dir == NULL)
		return false;
	if (asprintf(&path, "%s/" IMAGES_FOLDER "/%s",
		     change->layers.vendor_dir, name) < 0) {
		path = NULL;
		return true;
	}
	return access(path, F_OK) == 0;
}

enum exit_code change_add_file(struct change *change, const char *name,
			       const char *text)
{
	struct change_file *file;
	struct stat st;

	if (fstatat(change->images_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
	    errno != ENOENT || vendor_has(change, name)) {
		complain("%s/" IMAGES_FOLDER "/%s is there already and holds "
			 "something else: move it away, or choose another "
			 "release name.",
			 change->layers.config_dir, name);
		return EXIT_DENIED;
	}
	file = append_file(change, name);
	if (file == NULL)
		return no_memory();
	file->after.data = (uint8_t *)strdup(text);
	file->after.size = strlen(text);
	return file->after.data == NULL ? no_memory() : EXIT_ALLOWED;
}

static bool is_in(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	return strncmp(path, directory, length) == 0 && path[length] == '/';
}

/* Plans that the file at `path` stays as it is, so that it can be edited. */
static enum exit_code take_file(struct change *change, const char *path,
				const char *name, struct change_file **ret_file)
{
	const struct read_file_limits limits = {
		.max_size = CONFIG_FILE_SIZE_MAX,
		.trusted = true,
		.owner = change->layers.owner,
	};
	struct change_file *file = append_file(change, name);
	int r;

	if (file == NULL)
		return no_memory();
	r = read_file_at(AT_FDCWD, path, &limits, &file->after);
	if (r == 0 && is_in(path, change->layers.config_dir))
		r = read_file_at(change->images_fd, name, &limits,
				 &file->before);
	if (r < 0) {
		complain("%s %s.", path, read_file_explain(r));
		return EXIT_NOT_JUDGED;
	}
	*ret_file = file;
	return EXIT_ALLOWED;
}

static int edit_text(const struct change *change, struct change_file *file,
		     const struct change_edit *edit)
{
	const struct section_edit section = { buffer_span(&file->after),
					      edit->section };
	struct buffer text = BUFFER_EMPTY;
	size_t remaining = 1;
	int r = edit->key != NULL
			? section_set(&section, edit->key, edit->value, &text)
			: section_remove(&section, &text, &remaining);

	if (r < 0)
		return r;
	buffer_free(file->after);
	file->after = text;
	if (remaining > 0)
		return 0;
	/* Nothing is declared here any more. An empty file still hides the
	 * vendor's. */
	file->after.size = 0;
	if (!vendor_has(change, file->name)) {
		buffer_free(file->after);
		file->after = BUFFER_EMPTY;
	}
	return 0;
}

enum exit_code change_edit_section(struct change *change,
				   const struct change_edit *edit)
{
	const char *name = strrchr(edit->file, '/') + 1;
	struct change_file *file = find_file(change, name);
	int r;

	if (file == NULL) {
		enum exit_code code =
			take_file(change, edit->file, name, &file);

		if (code != EXIT_ALLOWED)
			return code;
	}
	r = edit_text(change, file, edit);
	if (r == -ENOMEM)
		return no_memory();
	if (r < 0) {
		complain("%s changed while it was being read.", edit->file);
		return EXIT_NOT_JUDGED;
	}
	return EXIT_ALLOWED;
}
