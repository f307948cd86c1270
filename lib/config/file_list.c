/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "config/file_list.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* Whose directory is read, on whose behalf, into what. */
struct reading {
	const char *directory;
	uid_t owner;
	struct diagnostics *diagnostics;
	struct file_list *list;
};

/* One sub-directory; "" is the directory itself. */
struct folder {
	enum config_file_kind kind;
	const char *name;
	const char *suffix;
};

static const struct folder top_folder = { CONFIG_FILE_SETTINGS, "", "" };

static const struct folder folders[] = {
	{ CONFIG_FILE_ROOT, "roots.d", ".pem" },
	{ CONFIG_FILE_IMAGES, "images.d", ".conf" },
	{ CONFIG_FILE_RULES, "rules.d", ".conf" },
};

struct names {
	char **names;
	size_t count;
};

static void names_deinit(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->names[i]);
	free(names->names);
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
static char *make_path(const struct reading *reading, const char *folder,
		       const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s%s%s", reading->directory, folder,
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
	_cleanup_close_ int fd = openat(
		dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | follow);
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

static bool is_wanted(const char *name, const char *suffix)
{
	const size_t length = strlen(name);
	const size_t end = strlen(suffix);

	return name[0] != '.' && length > end &&
	       strcmp(name + length - end, suffix) == 0;
}

static int compare_names(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static int add_name(struct names *names, const char *name)
{
	char **larger =
		reallocarray(names->names, names->count + 1, sizeof(*larger));

	if (larger == NULL)
		return -ENOMEM;
	names->names = larger;
	names->names[names->count] = strdup(name);
	if (names->names[names->count] == NULL)
		return -ENOMEM;
	names->count++;
	return 0;
}

/* The wanted names in byte order, so that a file's name decides where it stands,
 * whatever the locale. One more than the limit is enough to see that there are too
 * many. */
static int list_names(int dir_fd, const char *suffix, struct names *names)
{
	_cleanup_close_ int fd =
		openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir == NULL)
		return -errno;
	(void)TAKE_FD(fd);
	while (names->count <= CONFIG_FILES_MAX) {
		const struct dirent *entry;
		int r;

		errno = 0;
		entry = readdir(dir);
		if (entry == NULL && errno != 0)
			return -errno;
		if (entry == NULL)
			break;
		if (!is_wanted(entry->d_name, suffix))
			continue;
		r = add_name(names, entry->d_name);
		if (r < 0)
			return r;
	}
	if (names->count > 0)
		qsort(names->names, names->count, sizeof(char *),
		      compare_names);
	return 0;
}

static bool name_is_plain(const char *name)
{
	for (; *name != '\0'; name++)
		if (*name < 0x21 || *name > 0x7e)
			return false;
	return true;
}

/* Reads one file and appends it to the list. An absent file is none. */
static enum policy_error read_one(const struct reading *reading, int dir_fd,
				  const struct folder *folder, const char *name)
{
	const struct read_file_limits limits = {
		.max_size = CONFIG_FILE_SIZE_MAX,
		.trusted = true,
		.owner = reading->owner,
	};
	_cleanup_free_ char *path = make_path(reading, folder->name, name);
	struct config_file *file = &reading->list->files[reading->list->count];
	int r;

	if (path == NULL)
		return POLICY_E_NO_MEMORY;
	if (reading->list->count == CONFIG_FILES_MAX) {
		report(reading, path, "there are too many files");
		return POLICY_OK;
	}
	r = read_file_at(dir_fd, name, &limits, &file->text);
	if (r == -ENOENT && folder == &top_folder)
		return POLICY_OK;
	if (r == -ENOMEM)
		return POLICY_E_NO_MEMORY;
	if (r < 0) {
		report(reading, path, read_file_explain(r));
		return POLICY_OK;
	}
	file->kind = folder->kind;
	file->name = path + strlen(reading->directory) + 1;
	file->path = TAKE_PTR(path);
	reading->list->count++;
	return POLICY_OK;
}

static enum policy_error read_folder(const struct reading *reading, int top_fd,
				     const struct folder *folder)
{
	_cleanup_(names_deinit) struct names names = { NULL, 0 };
	_cleanup_free_ char *path = make_path(reading, folder->name, "");
	_cleanup_close_ int fd = -1;
	enum policy_error error = POLICY_OK;
	int r;

	if (path == NULL)
		return POLICY_E_NO_MEMORY;
	fd = open_directory(reading, top_fd, folder->name, path);
	/* Absent is empty; everything else is reported. */
	if (fd < 0)
		return POLICY_OK;
	r = list_names(fd, folder->suffix, &names);
	if (r == -ENOMEM)
		return POLICY_E_NO_MEMORY;
	if (r < 0) {
		report(reading, path, strerror(-r));
		return POLICY_OK;
	}
	if (names.count > CONFIG_FILES_MAX) {
		report(reading, path, "there are too many files");
		return POLICY_OK;
	}
	for (size_t i = 0; error == POLICY_OK && i < names.count; i++) {
		if (name_is_plain(names.names[i]))
			error = read_one(reading, fd, folder, names.names[i]);
		else
			report(reading, path,
			       "a file has a name with blanks or characters "
			       "beyond ASCII; rename it");
	}
	return error;
}

enum policy_error file_list_read(const char *directory, uid_t owner,
				 struct diagnostics *diagnostics,
				 struct file_list *ret_list)
{
	const struct reading reading = { directory, owner, diagnostics,
					 ret_list };
	_cleanup_close_ int fd = -1;
	enum policy_error error;

	*ret_list = (struct file_list){ NULL, 0 };
	ret_list->files =
		calloc(CONFIG_FILES_MAX + 1, sizeof(*ret_list->files));
	if (ret_list->files == NULL)
		return POLICY_E_NO_MEMORY;
	fd = open_directory(&reading, AT_FDCWD, directory, directory);
	if (fd == -ENOENT)
		report(&reading, directory,
		       "there is no such directory; without a policy nothing "
		       "is allowed");
	if (fd < 0)
		return POLICY_OK;

	error = read_one(&reading, fd, &top_folder, "policyd.conf");
	for (size_t i = 0; error == POLICY_OK && i < ARRAY_SIZE(folders); i++)
		error = read_folder(&reading, fd, &folders[i]);
	return error;
}
