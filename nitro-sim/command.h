/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs of nitro-sim, one file each. A verb gets the arguments from its own
 * name on, as main() would, and returns the exit code.
 */
#ifndef NITRO_SIM_COMMAND_H
#define NITRO_SIM_COMMAND_H

#define EXIT_USAGE 2

int cmd_init(int argc, char **argv);
int cmd_manifest(int argc, char **argv);
int cmd_document(int argc, char **argv);
int cmd_nsm(int argc, char **argv);
int cmd_respond(int argc, char **argv);
int cmd_breaks(int argc, char **argv);

#endif
