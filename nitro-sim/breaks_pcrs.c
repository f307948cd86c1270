/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breaks of the PCR map. All are signed correctly.
 */
#include "config.h"

#include "nitro-sim/breaks.h"
#include "nitro-sim/encode.h"

static struct bytes *pcrs_value(struct payload_draft *payload)
{
	return &payload->fields[PAYLOAD_PCRS].value;
}

/* Gives PCR15, the last of an enclave, another value. */
static void resize_last(struct payload_draft *payload, size_t size)
{
	struct bytes *value = &payload->pcrs[payload->pcr_count - 1].value;

	bytes_clear(value);
	bytes_append_fill(value, 0, size);
	payload_encode_pcrs(payload);
}

static void resize_all(struct payload_draft *payload, size_t size)
{
	for (size_t i = 0; i < payload->pcr_count; i++) {
		bytes_clear(&payload->pcrs[i].value);
		bytes_append_fill(&payload->pcrs[i].value, 1, size);
	}
	payload_encode_pcrs(payload);
}

/* Where the first key stands behind the map's head: up to 23 entries fit into its
 * first byte. */
static size_t first_key(const struct bytes *value)
{
	return value->data[0] == 0xb8 ? 2 : 1;
}

/* Puts another head before the entries. */
static void replace_head(struct payload_draft *payload, struct span head)
{
	struct bytes *value = pcrs_value(payload);
	_cleanup_bytes_ struct bytes changed = BYTES_EMPTY;
	size_t offset = first_key(value);

	bytes_append_span(&changed, head);
	bytes_append(&changed, value->data + offset, value->size - offset);
	bytes_take(value, &changed);
}

static void replace_first_key(struct payload_draft *payload, struct span key)
{
	struct bytes *value = pcrs_value(payload);
	size_t offset = first_key(value);

	value->data[offset] = key.data[0];
	bytes_insert(value, offset + 1, span_of(key.data + 1, key.size - 1));
}

static void pcrs_missing(struct payload_draft *payload)
{
	for (size_t i = PAYLOAD_PCRS; i + 1 < payload->field_count; i++) {
		bytes_take(&payload->fields[i].key,
			   &payload->fields[i + 1].key);
		bytes_take(&payload->fields[i].value,
			   &payload->fields[i + 1].value);
	}
	payload->field_count--;
}

static void pcrs_both(struct payload_draft *payload)
{
	bool is_enclave = payload->fields[PAYLOAD_PCRS].key.size == 5;
	size_t last = payload->field_count++;

	encode_text(&payload->fields[last].key,
		    is_enclave ? "nitrotpm_pcrs" : "pcrs");
	bytes_append_bytes(&payload->fields[last].value, pcrs_value(payload));
}

static void pcrs_array(struct payload_draft *payload)
{
	pcrs_value(payload)->data[0] ^= 0x20; /* major type 5 becomes 4 */
}

static void pcrs_null(struct payload_draft *payload)
{
	bytes_clear(pcrs_value(payload));
	encode_null(pcrs_value(payload));
}

static void pcrs_empty(struct payload_draft *payload)
{
	payload->pcr_count = 0;
	payload_encode_pcrs(payload);
}

static void pcrs_33(struct payload_draft *payload)
{
	while (payload->pcr_count < ATTEST_PCR_COUNT + 1) {
		payload->pcrs[payload->pcr_count].index = payload->pcr_count;
		bytes_append_fill(&payload->pcrs[payload->pcr_count].value, 0,
				  ATTEST_SHA384_SIZE);
		payload->pcr_count++;
	}
	payload_encode_pcrs(payload);
}

static void pcrs_indefinite(struct payload_draft *payload)
{
	replace_head(payload, span_of("\xbf", 1));
	encode_break(pcrs_value(payload));
}

static void pcrs_long_head(struct payload_draft *payload)
{
	uint8_t head[] = { 0xb9, 0, (uint8_t)payload->pcr_count };

	replace_head(payload, span_of(head, sizeof(head)));
}

static void pcr_index_32(struct payload_draft *payload)
{
	payload->pcrs[payload->pcr_count - 1].index = ATTEST_PCR_COUNT;
	payload_encode_pcrs(payload);
}

static void pcr_index_huge(struct payload_draft *payload)
{
	payload->pcrs[payload->pcr_count - 1].index = UINT64_MAX;
	payload_encode_pcrs(payload);
}

static void pcr_index_negative(struct payload_draft *payload)
{
	replace_first_key(payload, span_of("\x20", 1));
}

static void pcr_index_text(struct payload_draft *payload)
{
	replace_first_key(payload, span_of_text("a0")); /* head 61, "0" */
}

static void pcr_index_long(struct payload_draft *payload)
{
	replace_first_key(payload, span_of("\x18\x00", 2));
}

static void pcr_twice(struct payload_draft *payload)
{
	payload->pcrs[payload->pcr_count - 1].index = 0;
	payload_encode_pcrs(payload);
}

static void pcr_empty(struct payload_draft *payload)
{
	resize_last(payload, 0);
}

static void pcr_mixed(struct payload_draft *payload)
{
	resize_last(payload, 32);
}

static void pcr_33_bytes(struct payload_draft *payload)
{
	resize_all(payload, 33);
}

static void pcr_all_empty(struct payload_draft *payload)
{
	resize_all(payload, 0);
}

static void pcr_text(struct payload_draft *payload)
{
	struct bytes *value = pcrs_value(payload);

	value->data[first_key(value) + 1] = 0x78; /* the first value's head */
}

static void pcr4_other(struct payload_draft *payload)
{
	payload->pcrs[4].value.data[0] ^= 1;
	payload_encode_pcrs(payload);
}

const struct sim_break breaks_of_pcrs[] = {
	{ "pcrs-missing", "There are no PCRs.", "pcr-kind",
	  .payload = pcrs_missing },
	{ "pcrs-both", "There are pcrs and nitrotpm_pcrs.", "pcr-kind",
	  .payload = pcrs_both },
	{ "pcrs-array", "pcrs is an array.", "field-type",
	  .payload = pcrs_array },
	{ "pcrs-null", "pcrs is null.", "field-type", .payload = pcrs_null },
	{ "pcrs-empty", "pcrs is empty.", "pcr-count", .payload = pcrs_empty },
	{ "pcrs-33", "There are 33 PCRs.", "pcr-count", .payload = pcrs_33 },
	{ "pcrs-indefinite", "pcrs has an indefinite length.",
	  "document-encoding", .payload = pcrs_indefinite },
	{ "pcrs-head-long", "pcrs has a longer head than it needs.",
	  "document-encoding", .payload = pcrs_long_head },
	{ "pcr-index-32", "There is a PCR32.", "pcr-index",
	  .payload = pcr_index_32 },
	{ "pcr-index-huge", "There is a PCR18446744073709551615.", "pcr-index",
	  .payload = pcr_index_huge },
	{ "pcr-index-negative", "A PCR index is -1.", "field-type",
	  .payload = pcr_index_negative },
	{ "pcr-index-text", "A PCR index is a text.", "field-type",
	  .payload = pcr_index_text },
	{ "pcr-index-long", "A PCR index has a longer head than it needs.",
	  "document-encoding", .payload = pcr_index_long },
	{ "pcr-twice", "PCR0 stands twice.", "pcr-duplicate",
	  .payload = pcr_twice },
	{ "pcr-empty", "One PCR is empty.", "pcr-size", .payload = pcr_empty },
	{ "pcr-all-empty", "All PCRs are empty.", "pcr-size",
	  .payload = pcr_all_empty },
	{ "pcr-mixed", "One PCR has 32 bytes, the others 48.", "pcr-size",
	  .payload = pcr_mixed },
	{ "pcr-33-bytes", "All PCRs have 33 bytes.", "pcr-size",
	  .payload = pcr_33_bytes },
	{ "pcr-text", "A PCR is a text.", "field-type", .payload = pcr_text },
	{ "pcr4-other", "PCR4 is that of another instance (enclaves).",
	  "instance-mismatch", .payload = pcr4_other },
	{ 0 },
};
