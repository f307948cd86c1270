/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every refusal of the reader of SSH keys and certificates: its code, its stable
 * name for machines, and what to say to people. Written nowhere else.
 */
#ifndef NITRO_SSH_ERROR_H
#define NITRO_SSH_ERROR_H

/* X(CODE, "name", "what it is, without a full stop") */
#define SSH_ERROR_TABLE(X)                                                     \
	X(SIZE, "size", "it is larger than any key or certificate")            \
	X(ENCODING, "encoding", "it is cut short, or bytes follow its end")    \
	X(TYPE, "type",                                                        \
	  "its type is none of ssh-ed25519, ecdsa-sha2-nistp256, -nistp384, "  \
	  "-nistp521 and ssh-rsa, or a certificate of these")                  \
	X(KEY, "key", "its numbers are no key of its type")                    \
	X(CERTIFICATE, "certificate", "a field of the certificate is wrong")   \
	X(LINE, "line", "it is no line of the form TYPE BASE64 [COMMENT]")     \
	X(ABSENT, "absent", "the certificate has no extension of this name")

enum ssh_error {
	SSH_OK,
#define SSH_ERROR_CODE(code, name, text) SSH_E_##code,
	SSH_ERROR_TABLE(SSH_ERROR_CODE)
#undef SSH_ERROR_CODE
};

/* "size", … and "it is larger than …"; static texts, "" for SSH_OK. */
const char *ssh_error_name(enum ssh_error error);
const char *ssh_error_text(enum ssh_error error);

#endif
