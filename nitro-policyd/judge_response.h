/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last step of VerifyResponse: the document holds, so its key may be used.
 */
#ifndef NITRO_POLICYD_JUDGE_RESPONSE_H
#define NITRO_POLICYD_JUDGE_RESPONSE_H

#include "nitro-policyd/job.h"

/* The verdict of `job` allows its document: denies it unless the key of this
 * document has signed the response. */
void judge_response(const struct key_library *library, struct job *job);

/* The same unless the document names the TLS certificate of the question, if there
 * is one. */
void judge_tls_certificate(const struct key_library *library, struct job *job);

#endif
