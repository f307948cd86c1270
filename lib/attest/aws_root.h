/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The AWS Nitro Enclaves root certificate G1 (commercial partition, valid to
 * 2049-10-28), from https://aws-nitro-enclaves.amazonaws.com/AWS_NitroEnclaves_Root-G1.zip
 */
#ifndef NITRO_ATTEST_AWS_ROOT_H
#define NITRO_ATTEST_AWS_ROOT_H

#include <stdint.h>

#include "attest/limits.h"

extern const char aws_root_pem[];

/* SHA-256 of the DER certificate, as AWS publishes it in the Nitro Enclaves User
 * Guide, "Verifying the root of trust". */
extern const uint8_t aws_root_sha256[ATTEST_SHA256_SIZE];

#endif
