/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judges the tuples of all releases: each must identify an image, and none may
 * stand for a document that another one stands for already.
 */
#include "config.h"

#include <string.h>

#include "policy/loader.h"
#include "policy/lookup.h"

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

static void report_pair(const struct loader *loader,
			const struct release *release, const char *effect,
			const struct release *other)
{
	const struct diagnostic_place place =
		origin_place(release->origin, NULL);

	diagnostics_add(loader->diagnostics, DIAGNOSTIC_ERROR, &place,
			"%s [%s] in %s, line %u", effect,
			other->origin->section, other->origin->file,
			other->origin->line);
}

static bool is_same_tuple(const struct release *a, const struct release *b)
{
	const struct span x = release_user_data(a), y = release_user_data(b);

	return release_has_same_values(a, b) &&
	       span_is_absent(x) == span_is_absent(y) && span_equal(x, y);
}

/* Manifests tell releases of the same tuple apart, if each has one and no two are
 * the same. */
static bool is_told_apart(const struct release *a, const struct release *b)
{
	return a->manifest.kind != MANIFEST_NONE &&
	       b->manifest.kind != MANIFEST_NONE &&
	       !manifest_rule_equal(&a->manifest, &b->manifest);
}

/* Equal tuples stand together in a run. */
static void check_equal(const struct loader *loader, const struct run *run)
{
	size_t first = 0;

	for (size_t i = 1; i < run->count; i++) {
		if (!is_same_tuple(run->releases[first], run->releases[i])) {
			first = i;
			continue;
		}
		for (size_t j = first; j < i; j++) {
			if (is_told_apart(run->releases[j], run->releases[i]))
				continue;
			report_pair(loader, run->releases[i],
				    "only one release could count of these "
				    "PCRs and this user_data; the same has",
				    run->releases[j]);
			break;
		}
	}
}

/* The releases of `run` that match whatever `narrow` matches: with fewer PCRs, or
 * with the same and any user_data. */
static struct run find_wider(const struct run *run,
			     const struct release *narrow)
{
	const uint32_t mask = run->releases[0]->pcr_mask;
	struct run wide;
	uint8_t values[TUPLE_SIZE_MAX];
	uint8_t *next = values;

	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
		if ((mask & PCR_BIT(i)) == 0)
			continue;
		memcpy(next, release_pcr(narrow, i).data, narrow->pcr_size);
		next += narrow->pcr_size;
	}
	wide = run_find(run, values, SPAN_ABSENT);
	if (wide.count == 0 && mask != narrow->pcr_mask)
		wide = run_find(run, values, release_user_data(narrow));
	return wide;
}

/* A release that asks for less with the same values matches all documents of this
 * one. Between two images that is a choice (a rule names one or the other); but it
 * must not undo a revocation. */
static bool undoes(const struct loader *loader, const struct release *wide,
		   const struct release *narrow)
{
	if (narrow->state == RELEASE_REVOKED && wide->state != RELEASE_REVOKED)
		report_pair(loader, narrow,
			    "the revocation has no effect: the same documents "
			    "are matched, with fewer PCRs or any user_data, by",
			    wide);
	else if (wide->image == narrow->image)
		report_pair(loader, narrow,
			    "this release has no effect: the same documents "
			    "are matched, with fewer PCRs or any user_data, by",
			    wide);
	else
		return false;
	return true;
}

static void check_wider(const struct loader *loader, const struct run *run,
			const struct release *narrow)
{
	const struct run wide = find_wider(run, narrow);

	for (size_t i = 0; i < wide.count; i++)
		if (wide.releases[i] != narrow &&
		    undoes(loader, wide.releases[i], narrow))
			return;
}

/* Whether releases of `wide` can match what those of `narrow` match. */
static bool is_wider_run(const struct run *wide, const struct run *narrow)
{
	const struct release *x = wide->releases[0];
	const struct release *y = narrow->releases[0];

	return x->image->kind == y->image->kind && x->pcr_size == y->pcr_size &&
	       (x->pcr_mask & ~y->pcr_mask) == 0;
}

static void check_runs(const struct loader *loader, const struct run *wide,
		       const struct run *narrow)
{
	if (!is_wider_run(wide, narrow))
		return;
	for (size_t i = 0; i < narrow->count; i++)
		if (wide != narrow || narrow->releases[i]->has_user_data)
			check_wider(loader, wide, narrow->releases[i]);
}

static void check_kind(const struct loader *loader,
		       const struct release *release)
{
	struct diagnostic_place place = origin_place(release->origin, NULL);

	if (release->image->kind == EVIDENCE_ENCLAVE) {
		check_enclave(loader, release);
		return;
	}
	check_nitrotpm(loader, release);
	place.line = release->computed_line;
	if (release->computed_line != 0)
		diagnostics_add(loader->diagnostics, DIAGNOSTIC_ERROR, &place,
				"expected a value in hex: role:, instance: and "
				"certificate: are measured by enclaves, and "
				"the image is of kind nitrotpm");
}

void tuples_check(const struct loader *loader)
{
	const struct policy *policy = loader->policy;
	const struct lookup *lookup = &policy->lookup;

	for (size_t i = 0; i < policy->release_count; i++)
		if (policy->releases[i]->image != NULL)
			check_kind(loader, policy->releases[i]);
	for (size_t i = 0; i < lookup->run_count; i++) {
		check_equal(loader, &lookup->runs[i]);
		for (size_t j = 0; j < lookup->run_count; j++)
			check_runs(loader, &lookup->runs[i], &lookup->runs[j]);
	}
}
