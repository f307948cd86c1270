/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/sudo_trial.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sudo_plugin.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "nitroctl/child.h"
#include "nitroctl/sudo_conf.h"

/* Longer than the plugin with the largest timeout takes for one question. */
#define TRIAL_SECONDS 90

#define FIELD_SIZE 512

static void fail(struct sudo_trial *trial, const char *format, ...)
	_printf_(2, 3);

static void fail(struct sudo_trial *trial, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(trial->text, sizeof(trial->text), format, arguments);
	va_end(arguments);
}

/* What sudo demands of the file, before anything of it is run. */
static bool is_safe_file(const char *path, struct sudo_trial *trial)
{
	struct stat st;

	if (stat(path, &st) < 0)
		fail(trial, "%s: %s", path, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		fail(trial, "%s is not a regular file", path);
	else if (st.st_uid != 0)
		fail(trial, "%s does not belong to root", path);
	else if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		fail(trial, "%s can be written by others than root", path);
	else
		return true;
	return false;
}

static int no_conversation(int count _unused_,
			   const struct sudo_conv_message messages[] _unused_,
			   struct sudo_conv_reply replies[] _unused_,
			   struct sudo_conv_callback *callback _unused_)
{
	return -1;
}

static int no_printf(int type _unused_, const char *format _unused_, ...)
{
	return 0;
}

static const struct approval_plugin *load(const char *path,
					  struct sudo_trial *trial)
{
	const struct approval_plugin *plugin;
	void *handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL);

	if (handle == NULL) {
		fail(trial, "%s", dlerror());
		return NULL;
	}
	plugin = dlsym(handle, SUDO_CONF_SYMBOL);
	if (plugin == NULL) {
		fail(trial, "%s has no symbol " SUDO_CONF_SYMBOL, path);
		return NULL;
	}
	if (plugin->type != SUDO_APPROVAL_PLUGIN ||
	    SUDO_API_VERSION_GET_MAJOR(plugin->version) !=
		    SUDO_API_VERSION_MAJOR ||
	    plugin->open == NULL || plugin->check == NULL) {
		fail(trial, "%s is no approval plugin for this sudo", path);
		return NULL;
	}
	return plugin;
}

/* As sudo does it for one command; runs in the child. */
static void judge(const struct approval_plugin *plugin,
		  const struct sudo_trial_case *question,
		  struct sudo_trial *trial)
{
	char user[FIELD_SIZE], uid[FIELD_SIZE], host[FIELD_SIZE] = "host=";
	char command[FIELD_SIZE];
	char interactive[] = "noninteractive=true";
	char run_as[] = "runas_user=root", run_as_uid[] = "runas_uid=0";
	char run_as_gid[] = "runas_gid=0";
	char *settings[] = { interactive, NULL };
	char *user_info[] = { user, uid, host, NULL };
	char *command_info[] = { command, run_as, run_as_uid, run_as_gid,
				 NULL };
	char *nothing[] = { NULL };
	const char *error = NULL;

	snprintf(user, sizeof(user), "user=%s", question->user);
	snprintf(uid, sizeof(uid), "uid=%u", question->uid);
	snprintf(command, sizeof(command), "command=%s", question->command);
	gethostname(host + strlen(host), sizeof(host) - strlen(host) - 1);
	host[sizeof(host) - 1] = '\0';
	/* 0 would mean that sudo runs everything. */
	if (plugin->open(SUDO_API_VERSION, no_conversation, no_printf, settings,
			 user_info, 0, nothing, nothing, question->options,
			 &error) != 1) {
		fail(trial, "%s", error == NULL ? "open() failed" : error);
		return;
	}
	trial->step = SUDO_TRIAL_BAD_OPTIONS;
	if (error == NULL) {
		trial->decision =
			plugin->check(command_info, nothing, nothing, &error);
		trial->step = SUDO_TRIAL_JUDGED;
	}
	if (trial->decision != 1)
		fail(trial, "%s", error == NULL ? "no reason" : error);
	if (plugin->close != NULL)
		plugin->close();
}

static void run_in_child(int fd, const struct sudo_trial_case *question)
{
	struct sudo_trial trial = { .step = SUDO_TRIAL_NOT_LOADED };
	const struct approval_plugin *plugin = load(question->path, &trial);

	if (plugin != NULL)
		judge(plugin, question, &trial);
	/* Less than a pipe takes at once. */
	_exit(write(fd, &trial, sizeof(trial)) == sizeof(trial) ? 0 : 1);
}

void sudo_trial_run(const struct sudo_trial_case *question,
		    struct sudo_trial *ret_trial)
{
	struct sudo_trial trial = { .step = SUDO_TRIAL_NOT_LOADED };
	struct child child;
	size_t size;
	int r, status;

	*ret_trial = trial;
	if (!is_safe_file(question->path, ret_trial))
		return;
	r = child_fork(&child);
	if (r == 1)
		run_in_child(child.fd, question);
	if (r == 0)
		r = child_collect(&child, TRIAL_SECONDS, &trial, sizeof(trial),
				  &size, &status);
	if (r < 0)
		fail(ret_trial, "it could not be tried: %s", strerror(-r));
	else if (WIFSIGNALED(status))
		fail(ret_trial, "it crashes: %s", strsignal(WTERMSIG(status)));
	else if (status != 0 || size != sizeof(trial))
		fail(ret_trial, "it ends the process that loads it");
	else
		*ret_trial = trial;
	ret_trial->text[sizeof(ret_trial->text) - 1] = '\0';
}
