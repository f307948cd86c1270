/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What it means that measurements differ, PCR by PCR (AWS, "Where to get an
 * enclave's measurements" and "NitroTPM attestation document").
 */
#include "config.h"

#include <string.h>

#include "nitroctl/advice.h"

#define PCR_BIT(index) (UINT32_C(1) << (index))

#define IMAGE_BITS (PCR_BIT(0) | PCR_BIT(1) | PCR_BIT(2))

#define ADD_IT " If you built it, add it as a release: 'nitroctl image add'."

/* PCR2 measures the application only if it has a ramdisk of its own; if not, the
 * whole image is the boot part, and PCR0 equals PCR1. */
static bool has_own_application(const struct evidence *evidence)
{
	return !span_equal(evidence_pcr(evidence, 0),
			   evidence_pcr(evidence, 1));
}

static void advise_on_image(const struct explanation *explanation,
			    struct advice *advice)
{
	const struct closest_release *closest = &explanation->closest;
	const uint32_t different = closest->different & IMAGE_BITS;
	const bool has_application = has_own_application(explanation->evidence);

	if (different == 0)
		return;
	if (different == IMAGE_BITS || !has_application)
		advice_add(advice,
			   "Another image: it was not built from what "
			   "%s/%s was built from." ADD_IT,
			   closest->image.name, closest->release.name);
	else if ((different & PCR_BIT(2)) == 0 && (different & PCR_BIT(1)) != 0)
		advice_add(advice, "The same application (PCR2 is equal) with "
				   "another kernel or boot ramdisk (PCR1 "
				   "differs): built by another version of "
				   "nitro-cli?" ADD_IT);
	else if ((different & PCR_BIT(1)) == 0 && (different & PCR_BIT(2)) != 0)
		advice_add(advice, "The same kernel and boot ramdisk (PCR1 is "
				   "equal) with another application (PCR2 "
				   "differs): a changed build, or a release "
				   "that is not in images.d yet?" ADD_IT);
	else
		advice_add(advice, "The parts are equal (PCR1, PCR2), the "
				   "whole image is not (PCR0): its ramdisks "
				   "were put together otherwise." ADD_IT);
}

/* What an enclave's further PCRs stand for. */
static void advise_on_enclave_pcr(const struct explanation *explanation,
				  unsigned index, struct advice *advice)
{
	const struct span actual = evidence_pcr(explanation->evidence, index);
	const bool is_zero = span_is_absent(actual) || span_is_zero(actual);

	switch (index) {
	case 3:
		advice_add(advice,
			   "PCR3 differs: %s IAM role is attached to the "
			   "parent instance. 'nitroctl pcr role ARN' computes "
			   "the value of a role.",
			   is_zero ? "no" : "another");
		return;
	case 4:
		advice_add(advice,
			   "PCR4 differs: the document is from another "
			   "instance (%s) than the release is for. 'nitroctl "
			   "pcr instance ID' computes the value of an "
			   "instance.",
			   evidence_module_id(explanation->evidence));
		return;
	case 8:
		advice_add(advice,
			   "PCR8 differs: the image %s. 'nitroctl pcr "
			   "certificate FILE' computes the value of a signing "
			   "certificate.",
			   is_zero ? "is not signed"
				   : "was signed with another certificate");
		return;
	default:
		advice_add(advice,
			   "PCR%u differs: what the application itself "
			   "measured is another.",
			   index);
		return;
	}
}

static void advise_on_tpm_pcr(unsigned index, struct advice *advice)
{
	static const struct {
		unsigned index;
		const char *what;
	} meanings[] = {
		{ 4, "the boot loader or kernel" },
		{ 7, "the state or keys of Secure Boot" },
		{ 12, "the kernel's command line" },
	};
	const char *what = "what was booted";

	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
		if (meanings[i].index == index)
			what = meanings[i].what;
	advice_add(advice, "PCR%u differs: %s is another." ADD_IT, index, what);
}

static void advise_on_pcrs(const struct explanation *explanation,
			   struct advice *advice)
{
	const uint32_t different = explanation->closest.different;
	const bool is_enclave =
		evidence_kind(explanation->evidence) == EVIDENCE_ENCLAVE;

	if (is_enclave)
		advise_on_image(explanation, advice);
	for (unsigned i = 0; i < ATTEST_PCR_COUNT; i++) {
		if ((different & PCR_BIT(i)) == 0)
			continue;
		if (!is_enclave)
			advise_on_tpm_pcr(i, advice);
		else if ((IMAGE_BITS & PCR_BIT(i)) == 0)
			advise_on_enclave_pcr(explanation, i, advice);
	}
}

void advise_on_measurements(const struct explanation *explanation,
			    struct advice *advice)
{
	const struct closest_release *outside = &explanation->outside;

	if (explanation->evidence == NULL)
		return;
	/* Staging against production, for instance. */
	if (outside->found && outside->different == 0) {
		advice_add(advice,
			   "The PCRs are those of %s/%s (%s:%u), an image that "
			   "the rule does not allow: deploy one that it does, "
			   "or name '%s' in 'image' of the rule.",
			   outside->image.name, outside->release.name,
			   outside->release.file, outside->release.line,
			   outside->image.name);
		return;
	}
	if (!explanation->closest.found) {
		advice_add(advice,
			   "No image of kind '%s' counts here: add one with "
			   "'nitroctl image add', and name it in 'image' of "
			   "the rule.",
			   evidence_kind_name(
				   evidence_kind(explanation->evidence)));
		return;
	}
	advise_on_pcrs(explanation, advice);
}
