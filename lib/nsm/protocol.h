/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of the Nitro Secure Module: what can be asked, what it answers, and
 * how large either may be. "API" is src/api/mod.rs of AWS's
 * aws-nitro-enclaves-nsm-api, whose enums Request and Response travel as CBOR in
 * serde's form: a variant without fields is its name as text, one with fields is
 * a map of one entry, the name and a map of the fields.
 */
#ifndef NITRO_NSM_PROTOCOL_H
#define NITRO_NSM_PROTOCOL_H

#include "base/compiler.h"
#include "base/span.h"

/* NSM_REQUEST_MAX_SIZE and NSM_RESPONSE_MAX_SIZE of the driver, in bytes
 * (include/uapi/linux/nsm.h; src/driver/mod.rs of the API). */
#define NSM_REQUEST_MAX	 4096u
#define NSM_RESPONSE_MAX 12288u

/* API: DescribeNSM.max_pcrs is 32 in every NSM seen; a PCR has 64 bytes at most
 * (SHA-512). */
#define NSM_PCR_COUNT	 32u
#define NSM_PCR_SIZE_MAX 64u

/* Bytes that GetRandom yields at once. */
#define NSM_RANDOM_SIZE 256u

/* Where an enclave finds its module. */
#define NSM_DEVICE "/dev/nsm"

/* API ErrorCode: X(CODE, "name on the wire", "sentence for people"). */
#define NSM_ERROR_TABLE(X)                                                     \
	X(SUCCESS, "Success", "The NSM says that it succeeded.")               \
	X(INVALID_ARGUMENT, "InvalidArgument",                                 \
	  "The NSM refuses a value in the request.")                           \
	X(INVALID_INDEX, "InvalidIndex", "The NSM has no PCR of this index.")  \
	X(INVALID_RESPONSE, "InvalidResponse",                                 \
	  "The answer does not belong to the request.")                        \
	X(READ_ONLY_INDEX, "ReadOnlyIndex", "The PCR is locked.")              \
	X(INVALID_OPERATION, "InvalidOperation",                               \
	  "The NSM does not offer this operation.")                            \
	X(BUFFER_TOO_SMALL, "BufferTooSmall",                                  \
	  "The answer does not fit into the buffer.")                          \
	X(INPUT_TOO_LARGE, "InputTooLarge", "The request is too large.")       \
	X(INTERNAL_ERROR, "InternalError", "The NSM failed internally.")

enum nsm_error {
#define NSM_ERROR_ENUM(code, name, sentence) NSM_##code,
	NSM_ERROR_TABLE(NSM_ERROR_ENUM)
#undef NSM_ERROR_ENUM
		NSM_ERROR_COUNT,
};

/* The operations that this project asks for or serves. The name on the wire is
 * the same in request and response. */
enum nsm_operation {
	NSM_DESCRIBE_NSM,
	NSM_GET_RANDOM,
	NSM_DESCRIBE_PCR,
	NSM_ATTESTATION,
	NSM_OPERATION_COUNT,
};

/* Spans borrow: from the caller when writing, from the message when reading. */
struct nsm_request {
	enum nsm_operation operation;
	uint16_t index;		/* DescribePCR */
	struct span user_data;	/* Attestation; absent travels as null */
	struct span nonce;	/* Attestation; absent travels as null */
	struct span public_key; /* Attestation; absent travels as null */
};

struct nsm_response {
	enum nsm_operation operation; /* meaningless with an error */
	enum nsm_error error;	      /* NSM_SUCCESS, or what the NSM refused */
	struct span bytes; /* the document, the random bytes, the PCR's value */
	bool is_locked;	   /* DescribePCR */
	/* DescribeNSM: */
	uint16_t version_major, version_minor, version_patch;
	struct span module_id; /* text */
	uint16_t max_pcrs;
	uint32_t locked_pcrs; /* bit i: PCR i is locked */
	struct span digest;   /* text, "SHA384" */
};

/* The name on the wire, and one sentence for people; static text. */
const char *nsm_error_name(enum nsm_error error);
const char *nsm_error_sentence(enum nsm_error error);

/* Writes the CBOR of a message and returns its size in bytes, 0 when it would
 * exceed `capacity`. */
size_t nsm_request_write(const struct nsm_request *request, uint8_t *ret_bytes,
			 size_t capacity) _must_use_;
size_t nsm_response_write(const struct nsm_response *response,
			  uint8_t *ret_bytes, size_t capacity) _must_use_;

/* Reads a request from whoever asks. NSM_SUCCESS, or the error that a module
 * answers: NSM_INPUT_TOO_LARGE; NSM_INVALID_OPERATION for what is no request or
 * one that is not served here; NSM_INVALID_ARGUMENT for fields that are unknown,
 * repeated, missing or of a wrong type. */
enum nsm_error nsm_request_read(struct span message,
				struct nsm_request *ret_request) _must_use_;

/* Reads a response. 0, or -EBADMSG for anything but one whole response that has
 * exactly the fields of its operation. */
int nsm_response_read(struct span message,
		      struct nsm_response *ret_response) _must_use_;

#endif
