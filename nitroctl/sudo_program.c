/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/sudo_program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nitroctl/child.h"

#define SUDO_SECONDS 20
#define OUTPUT_SIZE  32768

/* The first version that knows approval plugins. */
#define MAJOR_MIN 1
#define MINOR_MIN 9

/* What sudo_nitro.so prints when sudo asks plugins for their versions. */
#define PLUGIN_MARK "sudo_nitro approval plugin version "

static void say(struct sudo_program *program, const char *what,
		const char *detail)
{
	snprintf(program->text, sizeof(program->text), "%s%.*s", what,
		 (int)strcspn(detail, "\n"), detail);
}

/* "Sudo version 1.9.13p3". Its successor in Rust says "sudo-rs 0.2.5". */
void sudo_program_read(const char *output, struct sudo_program *ret_program)
{
	static const char mark[] = "Sudo version ";
	const char *line = strstr(output, mark);
	unsigned long major, minor = 0;
	char *end;

	*ret_program = (struct sudo_program){ .is_usable = false };
	if (strncmp(output, "sudo-rs", strlen("sudo-rs")) == 0) {
		say(ret_program,
		    "sudo-rs has no plugins; use pam_nitro(8) in its stack: ",
		    output);
		return;
	}
	if (line == NULL || (line != output && line[-1] != '\n')) {
		say(ret_program, "sudo does not work: ", output);
		return;
	}
	major = strtoul(line + strlen(mark), &end, 10);
	if (*end == '.')
		minor = strtoul(end + 1, &end, 10);
	ret_program->is_usable =
		major > MAJOR_MIN || (major == MAJOR_MIN && minor >= MINOR_MIN);
	ret_program->has_plugin = strstr(output, PLUGIN_MARK) != NULL;
	say(ret_program,
	    ret_program->is_usable ? "" : "approval plugins need sudo 1.9.0: ",
	    line);
}

static void run_in_child(int fd)
{
	char locale[] = "LC_ALL=C";
	char *const environment[] = { locale, NULL };

	if (dup2(fd, STDOUT_FILENO) >= 0 && dup2(fd, STDERR_FILENO) >= 0)
		execle(NITRO_SUDO, "sudo", "-V", NULL, environment);
	dprintf(fd, "%s: %s", NITRO_SUDO, strerror(errno));
	_exit(1);
}

void sudo_program_ask(struct sudo_program *ret_program)
{
	char output[OUTPUT_SIZE];
	struct child child;
	size_t size = 0;
	int status = 0;
	int r = child_fork(&child);

	if (r == 1)
		run_in_child(child.fd);
	if (r == 0)
		r = child_collect(&child, SUDO_SECONDS, output,
				  sizeof(output) - 1, &size, &status);
	output[size] = '\0';
	sudo_program_read(output, ret_program);
	if (r == 0 && status == 0)
		return;
	ret_program->is_usable = false;
	ret_program->has_plugin = false;
	say(ret_program, "sudo does not work: ", r < 0 ? strerror(-r) : output);
}
