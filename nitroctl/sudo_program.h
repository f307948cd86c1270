/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sudo itself says: its version, and whether it has loaded our plugin.
 */
#ifndef NITRO_NITROCTL_SUDO_PROGRAM_H
#define NITRO_NITROCTL_SUDO_PROGRAM_H

#include <stdbool.h>

#define SUDO_PROGRAM_TEXT_SIZE 512

struct sudo_program {
	bool is_usable;	 /* it starts, and takes approval plugins */
	bool has_plugin; /* it has loaded ours */
	char text[SUDO_PROGRAM_TEXT_SIZE]; /* its version, or what is wrong */
};

/* Runs "sudo -V", which asks no policy about anything. */
void sudo_program_ask(struct sudo_program *ret_program);

/* Reads what it printed. */
void sudo_program_read(const char *output, struct sudo_program *ret_program);

#endif
