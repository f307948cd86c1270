/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "config/file_list.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* One of the directories that lie above each other. */
struct layer {
	const char *directory;
	int fd; /* negative: absent, or refused and reported */
};

/* The admin's layer, then the vendor's. */
#define LAYER_COUNT 2u

/* Whose directories are read, on whose behalf, into what. */
struct reading {
	struct layer layers[LAYER_COUNT];
	uid_t owner;
	struct diagnostics *diagnostics;
	struct file_list *list;
};

/* One sub-directory; "" is the directory itself. */
struct folder {
	enum config_file_kind kind;
	const char *name;
	const char *suffix; /* of files that count; the whole name in "" */
};

static const struct folder folders[] = {
	{ CONFIG_FILE_SETTINGS, "", "policyd.conf" },
	{ CONFIG_FILE_ROOT, "roots.d", ".pem" },
	{ CONFIG_FILE_IMAGES, "images.d", ".conf" },
	{ CONFIG_FILE_RULES, "rules.d", ".conf" },
	{ CONFIG_FILE_SECRETS, "secrets.d", ".conf" },
};

/* A file that counts, if no layer above has one of the same name. */
struct entry {
	char *name;
	unsigned layer;
};

struct entries {
	struct entry *entries;
	size_t count;
};

static void entries_deinit(struct entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		free(entries->entries[i].name);
	free(entries->entries);
}

void file_list_deinit(struct file_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->files[i].path);
		buffer_free(list->files[i].text);
	}
	free(list->files);
}

static void report(const struct reading *reading, const char *path,
		   const char *message)
{
	const struct diagnostic_place place = { .file = path };

	diagnostics_add(reading->diagnostics, DIAGNOSTIC_ERROR, &place, "%s",
			message);
}

/* "DIRECTORY/FOLDER/NAME", parts that are empty left out. NULL when memory is
 * exhausted. */
static char *make_path(const char *directory, const char *folder,
		       const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s%s%s", directory, folder,
		     *folder != '\0' && *name != '\0' ? "/" : "", name) < 0)
		return NULL;
	return path;
}

/* Who may write into a directory decides what it says. */
static const char *judge_directory(int fd, uid_t owner)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return strerror(errno);
	if (st.st_uid != 0 && st.st_uid != owner)
		return "the directory does not belong to root";
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return "the directory can be written by group or others "
		       "(chmod go-w)";
	return NULL;
}

/* Opens `name`, below `dir_fd` or AT_FDCWD. A negative errno, reported already but
 * for -ENOENT. */
static int open_directory(const struct reading *reading, int dir_fd,
			  const char *name, const char *path)
{
	/* The admin may link the directory as a whole, but not parts of it. */
	const int follow = dir_fd == AT_FDCWD ? 0 : O_NOFOLLOW;
	_cleanup_close_ int fd =
		openat(dir_fd, *name != '\0' ? name : ".",
		       O_RDONLY | O_DIRECTORY | O_CLOEXEC | follow);
	const char *trouble;

	if (fd < 0) {
		int error = errno;

		if (error != ENOENT)
			report(reading, path, strerror(error));
		return -error;
	}
	trouble = judge_directory(fd, reading->owner);
	if (trouble != NULL) {
		report(reading, path, trouble);
		return -EPERM;
	}
	return TAKE_FD(fd);
}

static bool is_wanted(const struct folder *folder, const char *name)
{
	const size_t length = strlen(name);
	const size_t end = strlen(folder->suffix);

	if (*folder->name == '\0')
		return strcmp(name, folder->suffix) == 0;
	return name[0] != '.' && length > end &&
	       strcmp(name + length - end, folder->suffix) == 0;
}

/* In byte order, so that a file's name decides where it stands, whatever the
 * locale; of the same name, the upper layer's first. */
static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order
			  : (x->layer > y->layer) - (x->layer < y->layer);
}

static int add_entry(struct entries *entries, const char *name, unsigned layer)
{
	struct entry *larger = reallocarray(
		entries->entries, entries->count + 1, sizeof(*larger));

	if (larger == NULL)
		return -ENOMEM;
	entries->entries = larger;
	larger[entries->count] = (struct entry){ strdup(name), layer };
	if (larger[entries->count].name == NULL)
		return -ENOMEM;
	entries->count++;
	return 0;
}

/* Adds the names that count. One more than the limit is enough to see that there
 * are too many. */
static int list_layer(int folder_fd, const struct folder *folder,
		      unsigned layer, struct entries *entries)
{
	_cleanup_close_ int fd =
		openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir == NULL)
		return -errno;
	(void)TAKE_FD(fd);
	while (entries->count <= CONFIG_FILES_MAX) {
		const struct dirent *found;
		int r;

		errno = 0;
		found = readdir(dir);
		if (found == NULL && errno != 0)
			return -errno;
		if (found == NULL)
			break;
		if (!is_wanted(folder, found->d_name))
			continue;
		r = add_entry(entries, found->d_name, layer);
		if (r < 0)
			return r;
	}
	return 0;
}

static bool name_is_plain(const char *name)
{
	for (; *name != '\0'; name++)
		if (*name < 0x21 || *name > 0x7e)
			return false;
	return true;
}

/* What systemd and udev made a habit: such a link takes the vendor's file away.
 * O_PATH: a device is looked at, not opened. */
static bool is_link_to_null(int dir_fd, const char *name)
{
	_cleanup_close_ int fd = openat(dir_fd, name, O_PATH | O_CLOEXEC);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
	       st.st_rdev == makedev(1, 3);
}

static void append(struct file_list *list, const struct config_file *file)
{
	list->files[list->count++] = *file;
}

/* Reads one file and appends it to the list, unless it says nothing. */
static enum policy_error read_one(const struct reading *reading, int dir_fd,
				  const struct folder *folder,
				  const struct entry *entry)
{
	const struct read_file_limits limits = {
		.max_size = CONFIG_FILE_SIZE_MAX,
		.trusted = true,
		.owner = reading->owner,
	};
	const char *directory = reading->layers[entry->layer].directory;
	_cleanup_(buffer_freep) struct buffer text = BUFFER_EMPTY;
	_cleanup_free_ char *path =
		make_path(directory, folder->name, entry->name);
	int r;

	if (path == NULL)
		return POLICY_E_NO_MEMORY;
	r = read_file_at(dir_fd, entry->name, &limits, &text);
	if (r == -ENOMEM)
		return POLICY_E_NO_MEMORY;
	if (r == -ELOOP && is_link_to_null(dir_fd, entry->name))
		return POLICY_OK;
	if (r < 0)
		report(reading, path, read_file_explain(r));
	else if (text.size > 0 && reading->list->count == CONFIG_FILES_MAX)
		report(reading, path, "there are too many files");
	if (r < 0 || text.size == 0 || reading->list->count == CONFIG_FILES_MAX)
		return POLICY_OK;

	append(reading->list, &(struct config_file){
				      .kind = folder->kind,
				      .path = path,
				      .name = path + strlen(directory) + 1,
				      .text = text,
			      });
	(void)TAKE_PTR(path);
	text = BUFFER_EMPTY;
	return POLICY_OK;
}

/* Opens the folder of one layer and lists it. The descriptor stays negative when
 * there is nothing to read in it. */
static enum policy_error open_layer(const struct reading *reading,
				    const struct folder *folder, unsigned index,
				    struct entries *entries, int *ret_fd)
{
	const struct layer *layer = &reading->layers[index];
	_cleanup_free_ char *path =
		make_path(layer->directory, folder->name, "");
	_cleanup_close_ int fd = -1;
	int r;

	if (path == NULL)
		return POLICY_E_NO_MEMORY;
	/* Absent is empty; everything else is reported. */
	fd = open_directory(reading, layer->fd, folder->name, path);
	if (fd < 0)
		return POLICY_OK;
	r = list_layer(fd, folder, index, entries);
	if (r == -ENOMEM)
		return POLICY_E_NO_MEMORY;
	if (r < 0)
		report(reading, path, strerror(-r));
	if (entries->count > CONFIG_FILES_MAX)
		report(reading, path, "there are too many files");
	if (r < 0 || entries->count > CONFIG_FILES_MAX)
		return POLICY_OK;
	*ret_fd = TAKE_FD(fd);
	return POLICY_OK;
}

static bool is_masked(const struct entries *entries, size_t index)
{
	return index > 0 && strcmp(entries->entries[index].name,
				   entries->entries[index - 1].name) == 0;
}

/* The name itself is not printed: that is what is wrong with it. */
static enum policy_error report_name(const struct reading *reading,
				     const struct folder *folder,
				     const struct entry *entry)
{
	_cleanup_free_ char *path = make_path(
		reading->layers[entry->layer].directory, folder->name, "");

	if (path == NULL)
		return POLICY_E_NO_MEMORY;
	report(reading, path,
	       "a file has a name with blanks or characters beyond ASCII; "
	       "rename it");
	return POLICY_OK;
}

static enum policy_error read_entries(const struct reading *reading,
				      const struct folder *folder,
				      const struct entries *entries,
				      const int *fds)
{
	enum policy_error error = POLICY_OK;

	for (size_t i = 0; error == POLICY_OK && i < entries->count; i++) {
		const struct entry *entry = &entries->entries[i];

		if (is_masked(entries, i) || fds[entry->layer] < 0)
			continue;
		if (name_is_plain(entry->name))
			error = read_one(reading, fds[entry->layer], folder,
					 entry);
		else
			error = report_name(reading, folder, entry);
	}
	return error;
}

static enum policy_error read_folder(const struct reading *reading,
				     const struct folder *folder)
{
	_cleanup_(entries_deinit) struct entries entries = { NULL, 0 };
	int fds[LAYER_COUNT] = { -1, -1 };
	enum policy_error error = POLICY_OK;

	for (unsigned i = 0; error == POLICY_OK && i < LAYER_COUNT; i++)
		if (reading->layers[i].fd >= 0)
			error = open_layer(reading, folder, i, &entries,
					   &fds[i]);
	if (entries.count > 0)
		qsort(entries.entries, entries.count, sizeof(struct entry),
		      compare_entries);
	if (error == POLICY_OK)
		error = read_entries(reading, folder, &entries, fds);
	for (size_t i = 0; i < LAYER_COUNT; i++)
		close_fd(&fds[i]);
	return error;
}

/* The upper layer must be there, the vendor's need not. */
static void open_layers(struct reading *reading)
{
	for (size_t i = 0; i < LAYER_COUNT; i++) {
		struct layer *layer = &reading->layers[i];

		if (layer->directory == NULL)
			continue;
		layer->fd = open_directory(reading, AT_FDCWD, layer->directory,
					   layer->directory);
		if (layer->fd == -ENOENT && i == 0)
			report(reading, layer->directory,
			       "there is no such directory; without a policy "
			       "nothing is allowed");
	}
}

enum policy_error file_list_read(const struct config_layers *layers,
				 struct diagnostics *diagnostics,
				 struct file_list *ret_list)
{
	struct reading reading = {
		.layers = { { layers->config_dir, -1 },
			    { layers->vendor_dir, -1 } },
		.owner = layers->owner,
		.diagnostics = diagnostics,
		.list = ret_list,
	};
	enum policy_error error = POLICY_OK;

	*ret_list = (struct file_list){ NULL, 0 };
	ret_list->files = calloc(CONFIG_FILES_MAX, sizeof(*ret_list->files));
	if (ret_list->files == NULL)
		return POLICY_E_NO_MEMORY;
	open_layers(&reading);
	/* Whoever cannot read what masks must not read what is masked. */
	for (size_t i = 0; error == POLICY_OK && i < ARRAY_SIZE(folders); i++)
		if (reading.layers[0].fd >= 0)
			error = read_folder(&reading, &folders[i]);
	for (size_t i = 0; i < LAYER_COUNT; i++)
		close_fd(&reading.layers[i].fd);
	return error;
}
