/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates in two steps, so that each can be disturbed in one place: a
 * specification (what the certificate says) becomes a draft (the DER of each
 * field), and the draft is signed. Nothing here checks what it is told to write.
 */
#ifndef NITRO_SIM_CERTIFICATE_H
#define NITRO_SIM_CERTIFICATE_H

#include "nitro-sim/bytes.h"
#include "nitro-sim/keys.h"

/* The order of subject attributes; AWS uses these three. All are UTF8String but
 * the country. */
enum name_shape {
	NAME_SHORT,  /* C, O, OU, CN: root and regional */
	NAME_ZONAL,  /* CN, OU, O, C, ST, L */
	NAME_PLACED, /* C, ST, L, O, OU, CN: instance and leaf */
};

/* The DER of a subject of this shape, replacing `name`. 0 or -EIO. */
int name_encode(enum name_shape shape, const char *common_name,
		struct bytes *name) _must_use_;

/* What a certificate says. Extension values are texts as in openssl.cnf
 * ("critical,CA:TRUE,pathlen:2"), borrowed; NULL leaves the extension out. */
struct certificate_spec {
	struct bytes serial; /* magnitude, big-endian */
	struct bytes issuer; /* DER of the name */
	struct bytes subject;
	int64_t not_before; /* seconds since 1970 */
	int64_t not_after;  /* last second of validity */
	enum key_kind key_kind;
	EVP_PKEY *issuer_key; /* owned; NULL: signed by its own key */
	const char *digest;   /* of the signature; "SHA384" */
	const char *basic_constraints;
	const char *key_usage;
	const char *crl;	 /* CRL distribution point, never served */
	bool has_subject_key_id; /* SKI, from its own key */
	struct bytes authority_key_id; /* AKI; empty: left out */
};

void certificate_spec_clear(struct certificate_spec *spec);

/* The fields of TBSCertificate in their order (RFC 5280 4.1). */
enum tbs_field {
	TBS_VERSION,
	TBS_SERIAL,
	TBS_ALGORITHM,
	TBS_ISSUER,
	TBS_VALIDITY,
	TBS_SUBJECT,
	TBS_KEY,
	TBS_FIELDS, /* extensions follow */
};

#define DRAFT_EXTENSION_MAX 8u

struct certificate_draft {
	struct bytes tbs[TBS_FIELDS]; /* complete DER, tag included */
	struct bytes extensions[DRAFT_EXTENSION_MAX];
	size_t extension_count;
	struct bytes outer_algorithm;
	uint8_t unused_bits; /* of the signature's BIT STRING */
	const char *digest;
	EVP_PKEY *key;	      /* owned: the subject's key */
	EVP_PKEY *issuer_key; /* owned */
};

void certificate_draft_clear(struct certificate_draft *draft);

/* Makes the subject's key and the DER of all fields. 0, -ENOMEM or -EIO; the
 * draft is to be cleared either way. */
int certificate_draft_fill(struct certificate_draft *draft,
			   const struct certificate_spec *spec) _must_use_;

/* A finished certificate with the private key of its subject. */
struct certificate {
	struct bytes der;
	struct bytes subject; /* DER of the name */
	EVP_PKEY *key;
};

void certificate_clear(struct certificate *certificate);

/* Signs the draft. 0, -ENOMEM or -EIO; `certificate` is to be cleared either
 * way. */
int certificate_finish(struct certificate_draft *draft,
		       struct certificate *certificate) _must_use_;

/* Appends a DER element: `tag` is its whole first byte (low tag numbers only). */
void der_append(struct bytes *out, uint8_t tag, struct span content);

/* Appends an INTEGER >= 0 in its shortest form: no zero octets in front but the
 * one that keeps the sign bit clear. */
void der_append_unsigned(struct bytes *out, struct span magnitude);

#define DER_BOOLEAN	     0x01
#define DER_INTEGER	     0x02
#define DER_BIT_STRING	     0x03
#define DER_OCTET_STRING     0x04
#define DER_UTF8_STRING	     0x0c
#define DER_UTC_TIME	     0x17
#define DER_GENERALIZED_TIME 0x18
#define DER_SEQUENCE	     0x30
#define DER_SET		     0x31
#define DER_CONTEXT(number)  (0xa0 | (number))

#define _cleanup_certificate_spec_  _cleanup_(certificate_spec_clear)
#define _cleanup_certificate_draft_ _cleanup_(certificate_draft_clear)
#define _cleanup_certificate_	    _cleanup_(certificate_clear)

#endif
