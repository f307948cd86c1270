/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one call of /dev/nsm, written from include/uapi/linux/nsm.h of Linux 6.8
 * (the driver that AWS ships outside the kernel has the same layout). Kept here
 * because the header is missing on hosts with older kernel headers. The driver
 * demands CAP_SYS_ADMIN, and sets the response's `length` to what it wrote.
 */
#ifndef NITRO_NSM_IOCTL_H
#define NITRO_NSM_IOCTL_H

#include <stdint.h>
#include <sys/ioctl.h>

struct nsm_buffer {
	uint64_t address;
	uint64_t length; /* bytes */
};

struct nsm_raw_message {
	struct nsm_buffer request;
	struct nsm_buffer response;
};

_Static_assert(sizeof(struct nsm_raw_message) == 32,
	       "the size is part of the request number");

#define NSM_IOCTL_RAW_MESSAGE _IOWR(0x0A, 0x0, struct nsm_raw_message)

#endif
