/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Targets: qos_manifest_read() and what is asked of its result: Borsh and JSON of
 * every version, manifests and envelopes; and qos_set_read().
 */
#include "config.h"

#include "fuzz/fuzz.h"
#include "qos/approvals.h"

static struct digest *digest;
static struct curve *curve;

/* What was accepted keeps its promises. */
static void try_manifest(const struct qos_manifest *manifest)
{
	struct qos_failure failure = { .error = QOS_OK };
	enum qos_error e;

	FUZZ_ASSERT(manifest->quorum_key.size == QOS_KEY_SIZE);
	FUZZ_ASSERT(manifest->pivot.size == QOS_HASH_SIZE);
	FUZZ_ASSERT(manifest->manifest_set.count <= QOS_MEMBERS_MAX);
	FUZZ_ASSERT(manifest->is_envelope || manifest->approval_count == 0);
	FUZZ_ASSERT((manifest->version == QOS_V2) ==
		    (manifest->canonical.data != NULL));
	e = qos_approvals_check(curve, manifest, NULL, &failure);
	FUZZ_ASSERT(e == QOS_OK || failure.error == e);
	/* Nobody reaches a threshold by himself. */
	FUZZ_ASSERT(e != QOS_OK || manifest->approval_count > 0);
}

static void try_set(struct span text)
{
	_cleanup_(buffer_freep) struct buffer bytes = BUFFER_EMPTY;
	_cleanup_(qos_set_deinit) struct qos_set set = { 0 };
	struct qos_failure failure = { .error = QOS_OK };
	enum qos_error e = qos_set_read(text, &set, &bytes, &failure);

	FUZZ_ASSERT(e == QOS_OK || failure.error == e);
	if (e == QOS_OK && qos_set_check(curve, &set, &failure) == QOS_OK)
		FUZZ_ASSERT(set.threshold > 0 && set.threshold <= set.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct qos_failure failure = { .error = QOS_OK };
	struct qos_manifest *manifest = NULL;
	enum qos_error e;

	if (digest == NULL) {
		FUZZ_ASSERT(digest_new(&digest) == ATTEST_OK);
		FUZZ_ASSERT(curve_new(&curve) == QOS_OK);
	}
	e = qos_manifest_read(digest, span_of(data, size), &manifest, &failure);
	FUZZ_ASSERT((e == QOS_OK) == (manifest != NULL));
	if (manifest != NULL)
		try_manifest(manifest);
	else
		FUZZ_ASSERT(failure.error == e && qos_error_name(e)[0] != '\0');
	qos_manifest_free(manifest);
	try_set(span_of(data, size));
	return 0;
}
