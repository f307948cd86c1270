/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The root of a simulated authority: its key and its self-signed certificate,
 * which name themselves a simulator. A host trusts it only when its admin puts
 * root.pem into roots.d and names the label in a rule.
 */
#ifndef NITRO_SIM_AUTHORITY_H
#define NITRO_SIM_AUTHORITY_H

#include "nitro-sim/certificate.h"

/* The root's subject is C=US, O=nitro-sim, OU=Simulator, CN=nitro-sim. */
#define AUTHORITY_COMMON_NAME "nitro-sim"

/* Its period is that of the AWS root G1 (2019-10-28T13:28:05Z to
 * 2049-10-28T14:28:05Z), so that documents of any time in between can be made.
 * Seconds since 1970. */
#define AUTHORITY_NOT_BEFORE INT64_C(1572269285)
#define AUTHORITY_NOT_AFTER  INT64_C(2519044085)

#define AUTHORITY_ROOT_FILE "root.pem"
#define AUTHORITY_KEY_FILE  "root.key"

struct authority;

/* A new authority in memory. 0, -ENOMEM or -EIO (OpenSSL failed). */
int authority_new(struct authority **ret_authority) _must_use_;
void authority_free(struct authority *authority);
DEFINE_CLEANUP(struct authority *, authority_free)
#define _cleanup_authority_ _cleanup_(authority_freep)

/* Writes root.key and root.pem (mode 0600) into `path`, which is made (mode 0700)
 * when it does not exist. Each file appears whole or not at all, the certificate
 * last. 0; -EEXIST when one of the two is there already (nothing is overwritten);
 * -EPERM when others may write to the directory; -ENOMEM, -EIO, any errno of the
 * file system. */
int authority_store(const struct authority *authority,
		    const char *path) _must_use_;

/* Reads what authority_store() wrote. 0; -EACCES when a file belongs to another
 * user; -EPERM when others can read the key or write a file; -EBADMSG when a file
 * is not what its name says or key and certificate do not belong together;
 * -ENOMEM, any errno of the file system. */
int authority_load(const char *path,
		   struct authority **ret_authority) _must_use_;

/* What to do about an error of the two functions above; static text. */
const char *authority_explain(int error);

/* The root with its key; lives as long as the authority. */
const struct certificate *authority_root(const struct authority *authority);

/* Appends the certificate as PEM. 0, -ENOMEM or -EIO. */
int authority_root_pem(const struct authority *authority,
		       struct bytes *pem) _must_use_;

#endif
