/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-attest/peers.h"

#include <errno.h>

int peers_take(struct peers *peers, struct peer peer, uint64_t now_usec,
	       uint64_t until_usec, size_t *ret_place)
{
	size_t own = 0, free_place = ARRAY_SIZE(peers->places);

	for (size_t i = 0; i < ARRAY_SIZE(peers->places); i++) {
		const struct place *place = &peers->places[i];

		if (place->until_usec <= now_usec)
			free_place = i;
		else if (place->peer.family == peer.family &&
			 place->peer.id == peer.id)
			own++;
	}
	if (own >= PEER_PLACES)
		return -EDQUOT;
	if (free_place == ARRAY_SIZE(peers->places))
		return -EBUSY;

	peers->places[free_place] = (struct place){ peer, until_usec };
	*ret_place = free_place;
	return 0;
}

void peers_hold(struct peers *peers, size_t place, uint64_t until_usec)
{
	peers->places[place].until_usec = until_usec;
}
