/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs of nitro-attest. Each takes the arguments from its own name on and
 * returns an exit status.
 */
#ifndef NITRO_ATTEST_VERBS_H
#define NITRO_ATTEST_VERBS_H

/* Nothing was answered; standard error says why. */
#define EXIT_REFUSED 1

/* The command line is wrong. */
#define EXIT_USAGE 2

int cmd_document(int argc, char **argv);
int cmd_askpass(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_submit(int argc, char **argv);
int cmd_unseal(int argc, char **argv);
int cmd_ssh_cert(int argc, char **argv);

#endif
