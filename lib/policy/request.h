/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked of the policy: may this user use this service? The texts are
 * claims of the caller until the daemon has judged who the caller is.
 */
#ifndef NITRO_POLICY_REQUEST_H
#define NITRO_POLICY_REQUEST_H

#define REQUEST_SERVICE_MAX 64
#define REQUEST_USER_MAX    256

struct request {
	const char *service; /* PAM service name, 1..REQUEST_SERVICE_MAX */
	const char *user;    /* login name, 1..REQUEST_USER_MAX */
};

#endif
