/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manifests that can be read and must not be believed: of another application, not
 * approved, or not those that the document binds.
 */
#include "config.h"

#include "nitro-sim/manifest.h"

static void hash_absent(struct document_options *document)
{
	document->user_data = SPAN_ABSENT;
}

static void hash_longer(struct document_options *document)
{
	static const uint8_t longer[MANIFEST_HASH_SIZE + 1];

	document->user_data = span_of(longer, sizeof(longer));
}

static void hash_of_envelope(struct document_options *document)
{
	static const uint8_t other[MANIFEST_HASH_SIZE] = { 1 };

	document->user_data = span_of(other, sizeof(other));
}

static void pcr3_other(struct manifest_draft *draft)
{
	draft->pcrs[3][0] ^= 1;
}

static void key_cut(struct document_options *document)
{
	document->public_key.size--;
}

static void key_no_point(struct document_options *document)
{
	static const uint8_t key[130] = { [0] = 4, [65] = 4 };

	document->public_key = span_of(key, sizeof(key));
}

static void pcr31_missing(struct document_options *document)
{
	document->pcrs[31].is_set = false;
}

static void commitment_other(struct document_options *document)
{
	document->pcrs[17].value[0] ^= 1;
}

static void commitment_swapped(struct document_options *document)
{
	memcpy(document->pcrs[16].value, document->pcrs[17].value,
	       ATTEST_SHA384_SIZE);
	memset(document->pcrs[17].value, 0, ATTEST_SHA384_SIZE);
}

static void pivot_other(struct manifest_draft *draft)
{
	draft->pivot[0] ^= 1;
}

static void name_other(struct manifest_draft *draft)
{
	bytes_set(&draft->name, span_of_text("another"));
}

static void threshold_zero(struct manifest_draft *draft)
{
	draft->threshold = 0;
}

static void threshold_high(struct manifest_draft *draft)
{
	draft->threshold = (uint32_t)draft->member_count + 1;
}

static void alias_twice(struct manifest_draft *draft)
{
	memcpy(draft->members[2].alias, draft->members[1].alias,
	       sizeof(draft->members[2].alias));
}

static void share_point(struct manifest_draft *draft, size_t offset)
{
	memcpy(draft->members[2].key.points.data + offset,
	       draft->members[1].key.points.data + offset, 65);
}

static void encryption_key_twice(struct manifest_draft *draft)
{
	share_point(draft, 0);
}

static void signing_key_twice(struct manifest_draft *draft)
{
	share_point(draft, 65);
}

static void member_no_point(struct manifest_draft *draft)
{
	draft->members[2].key.points.data[65 + 64] ^= 1;
}

static void member_hybrid(struct manifest_draft *draft)
{
	struct bytes *points = &draft->members[2].key.points;

	points->data[0] = (uint8_t)(6 | (points->data[64] & 1));
}

static void stranger(struct manifest_draft *draft)
{
	draft->approvals[1].alias[0] = 'M';
}

/* The envelope names a set of its own. */
static void own_member(struct manifest_draft *draft)
{
	draft->members[1].alias[0] = 'M';
}

static void approval_as_trusted(struct manifest_draft *draft)
{
	draft->approvals[1].alias[0] = 'm';
}

/* One approval is enough, says the envelope. */
static void own_threshold(struct manifest_draft *draft)
{
	draft->threshold = 1;
}

static void repeat(struct manifest_draft *draft)
{
	struct manifest_approval *to = &draft->approvals[draft->approval_count];
	const struct manifest_approval *from = &draft->approvals[0];

	memcpy(to->alias, from->alias, sizeof(to->alias));
	bytes_append_bytes(&to->key, &from->key);
	bytes_append_bytes(&to->signature, &from->signature);
	draft->approval_count++;
}

static void signature_short(struct manifest_draft *draft)
{
	draft->approvals[1].signature.size--;
}

static void signature_long(struct manifest_draft *draft)
{
	bytes_append_byte(&draft->approvals[1].signature, 0);
}

static void signature_empty(struct manifest_draft *draft)
{
	draft->approvals[1].signature.size = 0;
}

static void signature_changed(struct manifest_draft *draft)
{
	draft->approvals[1].signature.data[63] ^= 1;
}

static void signature_zero(struct manifest_draft *draft)
{
	struct bytes *signature = &draft->approvals[1].signature;

	memset(signature->data, 0, signature->size);
}

static void signature_of_other(struct manifest_draft *draft)
{
	bytes_set(&draft->approvals[1].signature,
		  bytes_span(&draft->approvals[0].signature));
}

static void one_approval(struct manifest_options *options)
{
	options->approvals = 1;
}

static void no_approval(struct manifest_options *options)
{
	options->approvals = 0;
}

const struct manifest_break manifest_breaks_of_contents[] = {
	{ "document-no-hash", "the document has no user_data",
	  "manifest-hash-absent", .document = hash_absent },
	{ "document-hash-longer", "the user_data has 33 bytes",
	  "manifest-hash-different", .document = hash_longer },
	{ "document-other-hash", "the document binds another manifest",
	  "manifest-hash-different", .document = hash_of_envelope },
	{ "manifest-other-role", "the manifest was made for another PCR3",
	  "manifest-pcr-different", .draft = pcr3_other },
	{ "document-key-short", "the public_key has 129 bytes", "ephemeral-key",
	  .document = key_cut },
	{ "document-key-no-point", "the public_key lies on no curve",
	  "ephemeral-key", .document = key_no_point },
	{ "document-unlocked", "PCR31 is missing", "commitment-unlocked",
	  .document = pcr31_missing },
	{ "document-other-commitment", "PCR17 commits to something else",
	  "commitment-different", .document = commitment_other },
	{ "document-swapped-commitment", "PCR16 has the value of PCR17",
	  "commitment-different", .document = commitment_swapped },
	{ "manifest-other-pivot", "another application", "pivot-different",
	  .draft = pivot_other },
	{ "manifest-other-namespace", "another namespace",
	  "namespace-different", .draft = name_other },
	{ "set-threshold-zero", "no approval is asked for", "threshold-zero",
	  .draft = threshold_zero },
	{ "set-threshold-high", "more approvals than members", "threshold-high",
	  .draft = threshold_high },
	{ "set-alias-twice", "two members with one alias", "member-alias-twice",
	  .draft = alias_twice },
	{ "set-encryption-key-twice", "two members with one encryption key",
	  "member-key-twice", .draft = encryption_key_twice },
	{ "set-signing-key-twice", "two members with one signing key",
	  "member-key-twice", .draft = signing_key_twice },
	{ "set-key-no-point", "a member's signing key lies on no curve",
	  "member-key", .draft = member_no_point },
	{ "set-key-hybrid", "a member's key is in hybrid form", "member-key",
	  .draft = member_hybrid },
	{ "approval-stranger", "an approval by somebody else",
	  "approval-stranger", .approved = stranger },
	{ "set-own-member", "the envelope's set has a member of its own",
	  "approval-stranger", .draft = own_member },
	{ "set-without-approver", "an approver is not in the envelope's set",
	  "approval-stranger", .draft = own_member,
	  .approved = approval_as_trusted },
	{ "set-own-threshold", "the envelope's threshold is 1 of 2",
	  "approvals-few", .options = one_approval, .draft = own_threshold },
	{ "approval-twice", "the first approval stands twice", "approval-twice",
	  .approved = repeat },
	{ "approval-signature-short", "a signature of 63 bytes",
	  "approval-signature-size", .approved = signature_short },
	{ "approval-signature-long", "a signature of 65 bytes",
	  "approval-signature-size", .approved = signature_long },
	{ "approval-signature-empty", "a signature of no bytes",
	  "approval-signature-size", .approved = signature_empty },
	{ "approval-signature-changed", "the last bit is another",
	  "approval-signature", .approved = signature_changed },
	{ "approval-signature-zero", "r and s are zero", "approval-signature",
	  .approved = signature_zero },
	{ "approval-signature-of-other", "the signature of another member",
	  "approval-signature", .approved = signature_of_other },
	{ "approvals-one", "one approval where two are needed", "approvals-few",
	  .options = one_approval },
	{ "approvals-none", "an envelope without approvals", "approvals-few",
	  .options = no_approval },
	{ NULL },
};
