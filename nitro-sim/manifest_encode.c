/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manifests as Borsh and as JSON. Written from the schemas and not from the reader
 * of lib/qos, so that the two check each other.
 */
#include "config.h"

#include "nitro-sim/manifest.h"

#include <errno.h>
#include <stdio.h>

#include "base/hex.h"

static void put_u32(struct bytes *out, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		bytes_append_byte(out, (uint8_t)(value >> (8 * i)));
}

static void put_span(struct bytes *out, struct span bytes)
{
	put_u32(out, (uint32_t)bytes.size);
	bytes_append_span(out, bytes);
}

static void put_text(struct bytes *out, const char *text)
{
	put_span(out, span_of_text(text));
}

static void put_members(struct bytes *out, const struct manifest_draft *draft,
			bool has_aliases)
{
	put_u32(out, draft->threshold);
	put_u32(out, (uint32_t)draft->member_count);
	for (size_t i = 0; i < draft->member_count; i++) {
		if (has_aliases)
			put_text(out, draft->members[i].alias);
		put_span(out, bytes_span(&draft->members[i].key.points));
	}
}

static void put_pivot(struct bytes *out, const struct manifest_draft *draft)
{
	bytes_append(out, draft->pivot, sizeof(draft->pivot));
	bytes_append_byte(out, (uint8_t)draft->restart);
	if (draft->version > 0) {
		put_u32(out, 2);
		bytes_append_byte(out, 0); /* a server */
		bytes_append_byte(out, 3000 & 0xff);
		bytes_append_byte(out, 3000 >> 8);
		put_text(out, "0.0.0.0");
		bytes_append_byte(out, 1); /* a client, without a host */
		bytes_append_byte(out, 3001 & 0xff);
		bytes_append_byte(out, 3001 >> 8);
		bytes_append_byte(out, 0);
		bytes_append_byte(out, 0); /* no debug mode */
	}
	put_u32(out, (uint32_t)draft->arguments);
	for (size_t i = 0; i < draft->arguments; i++)
		put_text(out, "--trial");
}

static void put_manifest(struct bytes *out, const struct manifest_draft *draft)
{
	put_span(out, bytes_span(&draft->name));
	put_u32(out, 7);
	put_span(out, bytes_span(&draft->quorum_key));
	put_pivot(out, draft);
	put_members(out, draft, true);
	put_members(out, draft, true); /* the share set */
	for (size_t i = 0; i < ARRAY_SIZE(draft->pcrs); i++)
		put_span(out, span_of(draft->pcrs[i], sizeof(draft->pcrs[i])));
	put_span(out, span_of("root", 4));
	put_text(out, "trial");
	put_members(out, draft, false); /* the patch set */
}

int manifest_encode_borsh(const struct manifest_draft *draft, bool is_envelope,
			  struct bytes *out)
{
	put_manifest(out, draft);
	if (!is_envelope)
		return bytes_ok(out);
	put_u32(out, (uint32_t)draft->approval_count);
	for (size_t i = 0; i < draft->approval_count; i++) {
		put_span(out, bytes_span(&draft->approvals[i].signature));
		put_text(out, draft->approvals[i].alias);
		put_span(out, bytes_span(&draft->approvals[i].key));
	}
	put_u32(out, 0); /* nobody brought a share so far */
	return bytes_ok(out);
}

/* The functions below write "NAME":VALUE with a comma behind it unless it is the
 * last member of its object. */

static void print_bytes(FILE *out, const char *name, struct span bytes,
			const char *end)
{
	_cleanup_free_ char *hex = hex_dup(bytes);

	fprintf(out, "\"%s\":\"%s\"%s", name, hex != NULL ? hex : "", end);
}

/* Canonical JSON has numbers as strings. */
static void print_number(FILE *out, const struct manifest_draft *draft,
			 const char *name, uint32_t value, const char *end)
{
	const char *quote = draft->version == 2 ? "\"" : "";

	fprintf(out, "\"%s\":%s%u%s%s", name, quote, value, quote, end);
}

static void print_members(FILE *out, const struct manifest_draft *draft,
			  const char *name, bool has_aliases, const char *end)
{
	fprintf(out, "\"%s\":{\"members\":[", name);
	for (size_t i = 0; i < draft->member_count; i++) {
		fprintf(out, "%s{", i > 0 ? "," : "");
		if (has_aliases)
			fprintf(out, "\"alias\":\"%s\",",
				draft->members[i].alias);
		print_bytes(out, "pubKey",
			    bytes_span(&draft->members[i].key.points), "}");
	}
	fputs("],", out);
	print_number(out, draft, "threshold", draft->threshold, "}");
	fputs(end, out);
}

static void print_enclave(FILE *out, const struct manifest_draft *draft)
{
	static const char *const names[] = { "pcr0", "pcr1", "pcr2", "pcr3" };

	fputs("\"enclave\":{", out);
	print_bytes(out, "awsRootCertificate", span_of("root", 4), ",");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		print_bytes(out, names[i],
			    span_of(draft->pcrs[i], sizeof(draft->pcrs[i])),
			    ",");
	fputs("\"qosCommit\":\"trial\"},", out);
}

static void print_pivot(FILE *out, const struct manifest_draft *draft)
{
	static const char *const policies[] = { "Never", "Always",
						"Sometimes" };

	fputs("\"pivot\":{\"args\":[", out);
	for (size_t i = 0; i < draft->arguments; i++)
		fprintf(out, "%s\"--trial\"", i > 0 ? "," : "");
	fputs("],", out);
	if (draft->version > 0) {
		fputs("\"bridgeConfig\":[{\"host\":\"0.0.0.0\",", out);
		print_number(out, draft, "port", 3000, ",");
		fputs("\"type\":\"server\"},{", out);
		print_number(out, draft, "port", 3001, ",");
		fputs("\"type\":\"client\"}],\"debugMode\":false,", out);
	}
	print_bytes(out, "hash", span_of(draft->pivot, sizeof(draft->pivot)),
		    ",");
	fprintf(out, "\"restart\":\"%s\"},", policies[draft->restart]);
}

/* Members in alphabetical order, which is that of canonical JSON. */
static void print_manifest(FILE *out, const struct manifest_draft *draft)
{
	fputs("{", out);
	print_enclave(out, draft);
	print_members(out, draft, "manifestSet", true, ",");
	fputs("\"namespace\":{\"name\":\"", out);
	fwrite(draft->name.data, 1, draft->name.size, out);
	fputs("\",", out);
	print_number(out, draft, "nonce", 7, ",");
	print_bytes(out, "quorumKey", bytes_span(&draft->quorum_key), "},");
	if (draft->version < 2)
		print_members(out, draft, "patchSet", false, ",");
	print_pivot(out, draft);
	print_members(out, draft, "shareSet", true,
		      draft->version == 2 ? ",\"version\":\"v2\"}" : "}");
}

static void print_envelope(FILE *out, const struct manifest_draft *draft)
{
	fputs("{\"manifest\":", out);
	print_manifest(out, draft);
	fputs(",\"manifestSetApprovals\":[", out);
	for (size_t i = 0; i < draft->approval_count; i++) {
		const struct manifest_approval *approval = &draft->approvals[i];

		fprintf(out, "%s{\"member\":{\"alias\":\"%s\",",
			i > 0 ? "," : "", approval->alias);
		print_bytes(out, "pubKey", bytes_span(&approval->key), "},");
		print_bytes(out, "signature", bytes_span(&approval->signature),
			    "}");
	}
	fputs("],\"shareSetApprovals\":[]}", out);
}

/* What `print` writes. */
static int encode_by(void (*print)(FILE *out,
				   const struct manifest_draft *draft),
		     const struct manifest_draft *draft, struct bytes *out)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	if (stream == NULL)
		return -ENOMEM;
	print(stream, draft);
	if (fclose(stream) != 0)
		return -ENOMEM;
	bytes_append(out, text, size);
	return bytes_ok(out);
}

int manifest_encode_json(const struct manifest_draft *draft, bool is_envelope,
			 struct bytes *out)
{
	return encode_by(is_envelope ? print_envelope : print_manifest, draft,
			 out);
}

static void print_trusted(FILE *out, const struct manifest_draft *draft)
{
	fprintf(out, "{\n  \"threshold\": %u,\n  \"members\": [\n",
		draft->threshold);
	for (size_t i = 0; i < draft->member_count; i++) {
		fprintf(out, "    {\"alias\": \"%s\",\n     ",
			draft->members[i].alias);
		print_bytes(out, "pubKey",
			    bytes_span(&draft->members[i].key.points),
			    i + 1 < draft->member_count ? "},\n" : "}\n");
	}
	fputs("  ]\n}\n", out);
}

int manifest_encode_trusted(const struct manifest_draft *draft,
			    struct bytes *out)
{
	return encode_by(print_trusted, draft, out);
}
