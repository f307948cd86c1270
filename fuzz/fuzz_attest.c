/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target: attest_verify(), whole. Nothing but a document that AWS signed passes,
 * every refusal has a code and plain texts, and the same input gets the same
 * answer with and without a memory of chains.
 */
#include "config.h"

#include "attest/attest.h"
#include "attest/chain_cache.h"
#include "fuzz/fuzz.h"

static struct anchors *anchors; /* made once: the expensive part */
static struct chain_cache *cache;

static void check_text(const char *text)
{
	for (; *text != '\0'; text++)
		FUZZ_ASSERT(*text >= ' ' && *text <= '~');
}

static enum attest_error verify(struct span document, struct chain_cache *with)
{
	struct attest_input input = { .document = document,
				      .anchors = anchors,
				      .at_document_time = true,
				      .cache = with };
	struct evidence *evidence = NULL;
	struct attest_failure failure;
	enum attest_error e = attest_verify(&input, &evidence, &failure);

	FUZZ_ASSERT((e == ATTEST_OK) == (evidence != NULL));
	if (e != ATTEST_OK) {
		FUZZ_ASSERT(failure.error == e);
		check_text(failure.expected);
		check_text(failure.actual);
	}
	evidence_free(evidence);
	return e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (anchors == NULL) {
		FUZZ_ASSERT(anchors_new(&anchors) == ATTEST_OK);
		FUZZ_ASSERT(anchors_add_aws(anchors) == ATTEST_OK);
		FUZZ_ASSERT(chain_cache_new(8, &cache) == ATTEST_OK);
	}
	FUZZ_ASSERT(verify(span_of(data, size), NULL) ==
		    verify(span_of(data, size), cache));
	return 0;
}
