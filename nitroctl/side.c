/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitroctl/side.h"

#include <errno.h>
#include <string.h>

#include "attest/cose_sign1.h"
#include "nitroctl/closest.h"
#include "nitroctl/text.h"

static bool has_prefix(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

bool side_is_image(const char *name)
{
	return has_prefix(name, SIDE_IMAGE_PREFIX);
}

bool side_is_of_policy(const char *name)
{
	return side_is_image(name) || has_prefix(name, SIDE_RELEASE_PREFIX);
}

void side_deinit(struct side *side)
{
	input_free(side->input);
}

static enum exit_code complain_failure(const char *name,
				       const struct attest_failure *failure)
{
	complain("%s is no document: %s %s", name,
		 attest_error_sentence(failure->error), failure->actual);
	return attest_error_check(failure->error) == ATTEST_CHECK_NONE
		       ? EXIT_NOT_JUDGED
		       : EXIT_DENIED;
}

/* Whether somebody who is trusted vouches for it is asked apart from what it says:
 * the two are compared either way. */
static bool is_verified(const struct offline_policy *offline,
			struct span document)
{
	const struct attest_input input = {
		.document = document,
		.anchors = offline->anchors,
		.at_document_time = true,
		.max_field_size = ATTEST_FIELD_MAX,
	};
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	struct attest_failure failure;

	return attest_verify(&input, &evidence, &failure) == ATTEST_OK;
}

static enum exit_code read_document(const struct offline_policy *offline,
				    struct side *side)
{
	struct cose_sign1 envelope;
	struct attest_failure failure;
	struct span bytes;
	enum attest_error error;
	int r = input_read(side->name, &side->input);

	if (r == -EFBIG) {
		input_too_large(&failure);
		return complain_failure(side->name, &failure);
	}
	if (r < 0) {
		complain("%s cannot be read: %s", side->name, input_explain(r));
		return EXIT_NOT_JUDGED;
	}
	bytes = buffer_span(&side->input.bytes);
	error = cose_sign1_parse(bytes, &envelope, &failure);
	if (error == ATTEST_OK)
		error = document_parse(envelope.payload, ATTEST_FIELD_MAX,
				       &side->document, &failure);
	if (error != ATTEST_OK) {
		failure.error = error;
		return complain_failure(side->name, &failure);
	}
	side->is_document = true;
	side->is_verified = is_verified(offline, bytes);
	side->kind = side->document.kind;
	memcpy(side->pcrs, side->document.pcrs, sizeof(side->pcrs));
	return EXIT_ALLOWED;
}

static void take_release(struct side *side)
{
	side->kind = side->image.kind;
	memcpy(side->pcrs, side->release.pcrs, sizeof(side->pcrs));
}

static enum exit_code complain_absent(const struct side *side)
{
	complain("the policy has no %s; 'nitroctl image list' lists what it "
		 "has.",
		 side->name);
	return EXIT_NOT_JUDGED;
}

/* "release:IMAGE/RELEASE" */
static enum exit_code find_release(const struct policy *policy,
				   struct side *side)
{
	const char *name = side->name + strlen(SIDE_RELEASE_PREFIX);
	const size_t length = strcspn(name, "/");

	for (size_t i = 0; i < policy_image_count(policy); i++) {
		policy_image_info(policy, i, &side->image);
		if (name[length] == '\0' ||
		    strlen(side->image.name) != length ||
		    memcmp(side->image.name, name, length) != 0)
			continue;
		for (size_t j = 0; j < policy_image_release_count(policy, i);
		     j++) {
			policy_release_info(policy, i, j, &side->release);
			if (strcmp(side->release.name, name + length + 1) != 0)
				continue;
			take_release(side);
			return EXIT_ALLOWED;
		}
	}
	return complain_absent(side);
}

/* "image:IMAGE" */
static enum exit_code find_image(const struct policy *policy,
				 const struct side *other, struct side *side)
{
	const char *name = side->name + strlen(SIDE_IMAGE_PREFIX);
	const struct requirements requirements = {
		.images = &name,
		.image_count = 1,
	};
	struct measurements measurements = { .kind = other->kind };
	struct closest_release closest;

	memcpy(measurements.pcrs, other->pcrs, sizeof(measurements.pcrs));
	closest_find(policy, &requirements, CLOSEST_AMONG, &measurements, 0,
		     &closest);
	if (!closest.found) {
		complain("the policy has no %s of kind %s with a release.",
			 side->name, evidence_kind_name(other->kind));
		return EXIT_NOT_JUDGED;
	}
	side->image = closest.image;
	side->release = closest.release;
	take_release(side);
	return EXIT_ALLOWED;
}

enum exit_code side_read(const struct offline_policy *offline, const char *name,
			 const struct side *other, struct side *ret_side)
{
	*ret_side = (struct side){ .name = name, .input = INPUT_EMPTY };
	if (side_is_image(name))
		return find_image(offline->policy, other, ret_side);
	if (side_is_of_policy(name))
		return find_release(offline->policy, ret_side);
	return read_document(offline, ret_side);
}
