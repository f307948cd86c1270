/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judges the tuples of all releases: each must identify an image, and none may
 * stand for a document that another one stands for already.
 */
#include "config.h"

#include <string.h>

#include "policy/loader.h"

#define PCR_BIT(index) (UINT32_C(1) << (index))

#define ENCLAVE_MASK  (PCR_BIT(0) | PCR_BIT(1) | PCR_BIT(2))
#define TPM_BOOT_MASK (PCR_BIT(4) | PCR_BIT(12))

static void report(const struct loader *loader, const struct release *release,
		   const char *message)
{
	const struct diagnostic_place place =
		origin_place(release->origin, NULL);

	diagnostics_add(loader->diagnostics, DIAGNOSTIC_ERROR, &place, "%s",
			message);
}

static bool is_zero(const struct release *release, unsigned index)
{
	return span_is_zero(release_pcr(release, index));
}

/* A TPM begins with 00… or, in PCR17 to PCR22, ff…: such a PCR was never extended
 * and is the same on every machine. */
static bool was_extended(const struct release *release, unsigned index)
{
	const struct span value = release_pcr(release, index);

	if (span_is_absent(value) || span_is_zero(value))
		return false;
	for (size_t i = 0; i < value.size; i++)
		if (value.data[i] != 0xff)
			return true;
	return false;
}

static void check_enclave(const struct loader *loader,
			  const struct release *release)
{
	if ((release->pcr_mask & ENCLAVE_MASK) != ENCLAVE_MASK)
		report(loader, release,
		       "expected pcr0, pcr1 and pcr2, which together identify "
		       "an enclave image; not all of them are given");
	else if (is_zero(release, 0) && is_zero(release, 1) &&
		 is_zero(release, 2))
		report(loader, release,
		       "pcr0, pcr1 and pcr2 are all zero: an enclave in debug "
		       "mode, which identifies no image");
}

/* AWS, "NitroTPM attestation document": PCR7 identifies an image that boots with
 * Secure Boot, PCR4 and PCR12 together one that boots without. */
static void check_nitrotpm(const struct loader *loader,
			   const struct release *release)
{
	const bool has_boot =
		(release->pcr_mask & TPM_BOOT_MASK) == TPM_BOOT_MASK;

	if (!has_boot && (release->pcr_mask & PCR_BIT(7)) == 0)
		report(loader, release,
		       "expected pcr7 (Secure Boot), or pcr4 and pcr12 "
		       "(boot loader and command line), which identify an "
		       "instance's image");
	else if (!was_extended(release, 7) &&
		 !(has_boot && was_extended(release, 4)))
		report(loader, release,
		       "pcr4 or pcr7 must identify the image, but they are "
		       "00… or ff…: never extended, the same on every machine");
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Brings releases that name the same PCRs together. */
static int compare_shapes(const struct release *x, const struct release *y)
{
	int order = compare_numbers(x->image->kind, y->image->kind);

	if (order == 0)
		order = compare_numbers(x->pcr_size, y->pcr_size);
	if (order == 0)
		order = compare_numbers(x->pcr_mask, y->pcr_mask);
	return order;
}

static int compare_values(const struct release *x, const struct release *y)
{
	return memcmp(x->values, y->values,
		      (size_t)__builtin_popcount(x->pcr_mask) * x->pcr_size);
}

static int compare_tuples(const void *a, const void *b)
{
	const struct release *const *x = a, *const *y = b;
	int order = compare_shapes(*x, *y);

	if (order == 0)
		order = compare_values(*x, *y);
	if (order == 0)
		order = compare_numbers((*x)->origin->sequence,
					(*y)->origin->sequence);
	return order;
}

/* As compare_tuples() within a run, but for any release of these values. */
static int compare_key_values(const void *key, const void *b)
{
	const struct release *const *y = b;

	return compare_values(key, *y);
}

/* Releases of one shape, a piece of the sorted array. */
struct run {
	struct release **releases;
	size_t count;
};

static void check_equal(const struct loader *loader, const struct run *run)
{
	for (size_t i = 1; i < run->count; i++) {
		const struct release *first = run->releases[i - 1];
		const struct release *second = run->releases[i];
		const struct diagnostic_place place =
			origin_place(second->origin, NULL);

		if (compare_values(first, second) == 0)
			diagnostics_add(
				loader->diagnostics, DIAGNOSTIC_ERROR, &place,
				"the same PCRs as [%s] in %s, line %u: "
				"only one of them could count",
				first->origin->section, first->origin->file,
				first->origin->line);
	}
}

/* Some release of `run` that matches whatever `narrow` matches, or NULL. */
static const struct release *find_wider(const struct run *run,
					const struct release *narrow)
{
	uint8_t values[ATTEST_PCR_COUNT * ATTEST_PCR_SIZE_MAX];
	struct release key = *run->releases[0];
	struct release **found;
	uint8_t *next = values;

	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
		if ((key.pcr_mask & PCR_BIT(i)) == 0)
			continue;
		memcpy(next, release_pcr(narrow, i).data, key.pcr_size);
		next += key.pcr_size;
	}
	key.values = values;
	found = bsearch(&key, run->releases, run->count,
			sizeof(struct release *), compare_key_values);
	return found != NULL ? *found : NULL;
}

/* A release that names fewer PCRs with the same values matches all documents of
 * this one. Between two images that is a choice (a rule names one or the other);
 * but it must not undo a revocation. */
static void check_wider(const struct loader *loader, const struct run *run,
			const struct release *narrow)
{
	const struct release *wide = find_wider(run, narrow);
	const struct diagnostic_place place =
		origin_place(narrow->origin, NULL);
	const char *effect;

	if (wide == NULL)
		return;
	if (narrow->state == RELEASE_REVOKED && wide->state != RELEASE_REVOKED)
		effect = "the revocation has no effect";
	else if (wide->image == narrow->image)
		effect = "this release has no effect";
	else
		return;
	diagnostics_add(loader->diagnostics, DIAGNOSTIC_ERROR, &place,
			"%s: [%s] in %s, line %u, names fewer PCRs with the "
			"same values and matches the same documents",
			effect, wide->origin->section, wide->origin->file,
			wide->origin->line);
}

static bool is_wider_shape(const struct release *wide,
			   const struct release *narrow)
{
	return wide->image->kind == narrow->image->kind &&
	       wide->pcr_size == narrow->pcr_size &&
	       wide->pcr_mask != narrow->pcr_mask &&
	       (wide->pcr_mask & ~narrow->pcr_mask) == 0;
}

/* Splits the sorted array into runs of one shape; returns how many. */
static size_t find_runs(struct release **sorted, size_t count,
			struct run *ret_runs)
{
	size_t runs = 0;

	for (size_t i = 0; i < count; i++) {
		if (i == 0 || compare_shapes(sorted[i - 1], sorted[i]) != 0)
			ret_runs[runs++] = (struct run){ &sorted[i], 0 };
		ret_runs[runs - 1].count++;
	}
	return runs;
}

static enum policy_error check_collisions(const struct loader *loader,
					  struct release **sorted, size_t count)
{
	_cleanup_free_ struct run *runs = calloc(count + 1, sizeof(*runs));
	size_t run_count;

	if (runs == NULL)
		return POLICY_E_NO_MEMORY;
	run_count = find_runs(sorted, count, runs);
	for (size_t i = 0; i < run_count; i++) {
		check_equal(loader, &runs[i]);
		for (size_t j = 0; j < count; j++)
			if (is_wider_shape(runs[i].releases[0], sorted[j]))
				check_wider(loader, &runs[i], sorted[j]);
	}
	return POLICY_OK;
}

enum policy_error tuples_check(const struct loader *loader)
{
	const struct policy *policy = loader->policy;
	_cleanup_free_ struct release **sorted =
		calloc(policy->release_count + 1, sizeof(*sorted));
	size_t count = 0;

	if (sorted == NULL)
		return POLICY_E_NO_MEMORY;
	for (size_t i = 0; i < policy->release_count; i++) {
		struct release *release = policy->releases[i];

		if (release->image == NULL)
			continue;
		if (release->image->kind == EVIDENCE_NITROTPM)
			check_nitrotpm(loader, release);
		else
			check_enclave(loader, release);
		if (release->pcr_mask != 0)
			sorted[count++] = release;
	}
	if (count > 0)
		qsort(sorted, count, sizeof(*sorted), compare_tuples);
	return check_collisions(loader, sorted, count);
}
