/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nitro-attest: documents from the Nitro Secure Module, for people and for
 * OpenSSH. Only the choice of the verb happens here.
 */
#include "config.h"

#include "base/compiler.h"
#include "nitro-attest/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ASKPASS_NAME "nitro-attest-askpass"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{ "document", cmd_document }, { "askpass", cmd_askpass },
	{ "ssh-cert", cmd_ssh_cert }, { "submit", cmd_submit },
	{ "serve", cmd_serve },	      { "unseal", cmd_unseal },
};

static const char help_text[] =
	"Usage: nitro-attest document [OPTION...]\n"
	"       nitro-attest askpass [OPTION...] PROMPT\n"
	"       nitro-attest ssh-cert --user NAME[,...] --output FILE "
	"[OPTION...]\n"
	"       nitro-attest submit [OPTION...]\n"
	"       nitro-attest serve [--listen ADDRESS]...\n"
	"       nitro-attest unseal --private-key FILE [--output FILE] "
	"[FILE]\n"
	"       nitro-attest-askpass PROMPT\n"
	"\n"
	"Ask the Nitro Secure Module for an attestation document, answer the\n"
	"challenge of pam_nitro with one, as SSH_ASKPASS, or make a key for\n"
	"OpenSSH and a certificate that carries the document of this key.\n"
	"Deposit a document for a ticket, or, on a host, let its enclaves do "
	"so.\n"
	"Open what was sealed to the public key of a document.\n"
	"\n"
	"      --nsm PATH          device or socket [$NITRO_NSM or /dev/nsm]\n"
	"      --help, --version\n"
	"\n"
	"Only document, askpass and submit:\n"
	"      --public-key VALUE  public key in the document\n"
	"                          [the file $NITRO_PUBLIC_KEY_FILE]\n"
	"\n"
	"Only document and submit:\n"
	"      --nonce VALUE       nonce in the document\n"
	"      --user-data VALUE   user data in the document\n"
	"\n"
	"Only document:\n"
	"      --base64            write base64 instead of bytes\n"
	"\n"
	"Only document and unseal:\n"
	"      --output FILE       write to FILE instead of standard output\n"
	"\n"
	"Only askpass, submit and unseal:\n"
	"      --private-key FILE  opens what was sealed\n"
	"                          [$NITRO_PRIVATE_KEY_FILE]\n"
	"\n"
	"Only askpass and submit:\n"
	"      --to ADDRESS        deposit the document there: bus (the daemon "
	"of\n"
	"                          this host), vsock:CID:PORT or /PATH\n"
	"                          [$NITRO_SUBMIT]\n"
	"\n"
	"      --document FILE     this document, not a new one\n"
	"                          [askpass: $NITRO_DOCUMENT_FILE]\n"
	"\n"
	"Only askpass:\n"
	"      --manifest FILE     send it too [$NITRO_MANIFEST_FILE]\n"
	"      --sign-key FILE     sign the login [$NITRO_SIGN_KEY_FILE]\n"
	"      --login-host NAME, --login-service NAME, --login-user NAME\n"
	"                          what is signed [$NITRO_LOGIN_HOST, ...;\n"
	"                          what ssh shows]\n"
	"\n"
	"Only serve:\n"
	"      --listen ADDRESS    vsock:PORT or /PATH, beside what systemd "
	"gives\n"
	"\n"
	"Only ssh-cert, which writes FILE, FILE.pub and FILE-cert.pub:\n"
	"      --user NAME[,...]   principals: users to log in as\n"
	"      --type TYPE         ed25519 or ecdsa [ed25519]\n"
	"      --lifetime SPAN     until the certificate ends [5min]\n"
	"      --refresh           keep the key, renew its certificate\n"
	"      --force             replace a key that exists\n"
	"\n"
	"A VALUE is hexadecimal, or @FILE for the bytes of a file.\n";

/* A descriptor 0, 1 or 2 that came closed would be given to the next file. */
static bool keep_standard_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static int run_verb(int argc, char **argv)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	fprintf(stderr,
		"nitro-attest: There is no verb \"%s\"; see nitro-attest "
		"--help.\n",
		argv[1]);
	return EXIT_USAGE;
}

/* OpenSSH gives its program one argument, which is never an option. */
static int run_askpass(int argc, char **argv)
{
	char separator[] = "--";
	char *arguments[] = { argv[0], separator, argv[1], NULL };

	if (argc == 2)
		return cmd_askpass(3, arguments);
	fputs(ASKPASS_NAME ": Expected exactly one prompt.\n", stderr);
	return EXIT_USAGE;
}

static bool is_option(int argc, char **argv, int at, const char *option)
{
	return at < argc && strcmp(argv[at], option) == 0;
}

int main(int argc, char **argv)
{
	if (argc < 1 || !keep_standard_descriptors())
		return EXIT_REFUSED;
	/* A reader that went away is an error of write(), not our end. */
	signal(SIGPIPE, SIG_IGN);
	if (strcmp(program_invocation_short_name, ASKPASS_NAME) == 0)
		return run_askpass(argc, argv);
	if (argc < 2) {
		fputs(help_text, stderr);
		return EXIT_USAGE;
	}
	if (is_option(argc, argv, 1, "--help") ||
	    is_option(argc, argv, 2, "--help"))
		return fputs(help_text, stdout) < 0 ? EXIT_REFUSED : 0;
	if (is_option(argc, argv, 1, "--version"))
		return puts("nitro-attest " PACKAGE_VERSION) < 0 ? EXIT_REFUSED
								 : 0;
	return run_verb(argc, argv);
}
