/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much each peer may ask: an enclave by its CID, a local user by his uid. A
 * place is taken for a connection and stays taken for as long as the ticket that
 * came of it counts, so that one limit bounds connections, tickets and, for whoever
 * only sends rubbish, the rate. The time is a parameter.
 */
#ifndef NITRO_ATTEST_PEERS_H
#define NITRO_ATTEST_PEERS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/compiler.h"

/* A host has at most four enclaves, and the daemon gives 16 tickets to one user. */
#define PEER_PLACES 4u
#define PEERS_MAX   64u

struct peer {
	sa_family_t family; /* AF_VSOCK: id is a CID; AF_UNIX: a uid */
	uint32_t id;
};

struct peers {
	struct place {
		struct peer peer;
		uint64_t until_usec; /* taken before this time */
	} places[PEERS_MAX * PEER_PLACES];
};

/* Takes a place until `until_usec`. 0 and its index; -EDQUOT when this peer has
 * PEER_PLACES already, -EBUSY when all are taken. */
int peers_take(struct peers *peers, struct peer peer, uint64_t now_usec,
	       uint64_t until_usec, size_t *ret_place) _must_use_;

/* Says anew until when the place is taken. */
void peers_hold(struct peers *peers, size_t place, uint64_t until_usec);

#endif
