/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a large policy costs: 10,000 releases in 1,000 files are read and checked,
 * and documents are looked up in them. Prints figures; asserts nothing about time.
 */
#include "config.h"

#include <err.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <time.h>

#include "base/compiler.h"
#include "base/hex.h"
#include "config/config_directory.h"
#include "nitro-sim/authority.h"
#include "nitro-sim/document.h"
#include "nitro-sim/options.h"

#define FILES	 1000u
#define RELEASES 10u /* in each file */
#define LOADS	 5u
#define LOOKUPS	 10000u

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void write_release(FILE *file, unsigned image, unsigned release,
			  const struct evidence *known)
{
	fprintf(file, "[release/i%u/%u]\n", image, release);
	for (unsigned i = 0; i < 3; i++) {
		char hex[HEX_SIZE(ATTEST_SHA384_SIZE)];

		if (known != NULL)
			hex_encode(evidence_pcr(known, i), hex);
		else
			snprintf(hex, sizeof(hex), "%08x%08x%080u", image,
				 release, i);
		fprintf(file, "pcr%u = %s\n", i, hex);
	}
	if (known == NULL)
		fprintf(file,
			"pcr3 = role:arn:aws:iam::123456789012:role/r%u\n",
			image);
}

/* Only the last release is one that a document has. */
static void write_directory(const char *directory, const struct evidence *known)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/images.d", directory);
	if (mkdir(path, 0755) < 0)
		err(EXIT_FAILURE, "%s", path);
	for (unsigned i = 0; i < FILES; i++) {
		FILE *file;

		snprintf(path, sizeof(path), "%s/images.d/i%u.conf", directory,
			 i);
		file = fopen(path, "w");
		if (file == NULL)
			err(EXIT_FAILURE, "%s", path);
		fprintf(file, "[image/i%u]\nkind = enclave\n", i);
		for (unsigned j = 0; j < RELEASES; j++)
			write_release(file, i, j,
				      i + 1 == FILES && j + 1 == RELEASES
					      ? known
					      : NULL);
		fclose(file);
	}
}

static struct config *load(const char *directory)
{
	const struct config_layers layers = { directory, NULL, geteuid() };
	_cleanup_(diagnostics_freep) struct diagnostics *diagnostics =
		diagnostics_new();
	struct config *config = NULL;

	if (diagnostics == NULL ||
	    config_load(&layers, &config, diagnostics) != POLICY_OK)
		errx(EXIT_FAILURE, "the policy does not load");
	return config;
}

static struct config *measure_loads(const char *directory)
{
	struct config *config = NULL;
	double best = 0;

	for (unsigned i = 0; i < LOADS; i++) {
		const double start = now_ms();
		double took;

		config_free(config);
		config = load(directory);
		took = now_ms() - start;
		if (i == 0 || took < best)
			best = took;
	}
	printf("load and check %u releases in %u files: %.1f ms\n",
	       FILES * RELEASES, FILES, best);
	return config;
}

static void measure_lookups(const char *what, const struct policy *policy,
			    const struct evidence *evidence)
{
	static const char *const roots[] = { "sim" };
	const struct requirements requirements = { .level = 2,
						   .roots = roots,
						   .root_count = 1 };
	double start = now_ms();
	const char *reason = "";

	for (unsigned i = 0; i < LOOKUPS; i++) {
		_cleanup_(verdict_freep) struct verdict *verdict =
			verdict_new();

		if (verdict == NULL)
			errx(EXIT_FAILURE, "memory is exhausted");
		policy_appraise(
			policy, &requirements,
			&(struct claim){ .evidence = evidence, .now_ms = 0 },
			verdict);
		reason = verdict->reason;
	}
	printf("appraise a document (%s: %s): %.2f us\n", what, reason,
	       (now_ms() - start) * 1e3 / LOOKUPS);
}

static struct evidence *make_evidence(uint8_t first_byte)
{
	_cleanup_(authority_freep) struct authority *authority = NULL;
	_cleanup_(anchors_freep) struct anchors *anchors = NULL;
	_cleanup_bytes_ struct bytes pem = BYTES_EMPTY;
	_cleanup_bytes_ struct bytes document = BYTES_EMPTY;
	struct document_options options;
	struct evidence *evidence = NULL;
	struct attest_input input = { .at_document_time = true };
	struct attest_failure failure;

	document_options_init(&options, INT64_C(1793534400000));
	for (unsigned i = 0; i < 4; i++) {
		options.pcrs[i].is_set = true;
		options.pcrs[i].value[0] = first_byte;
	}
	if (authority_new(&authority) < 0 ||
	    authority_root_pem(authority, &pem) < 0 ||
	    document_make(authority, &options, &document, &input.now_ms) < 0 ||
	    anchors_new(&anchors) != ATTEST_OK ||
	    anchors_add_pem(anchors, "sim", bytes_span(&pem)) != ATTEST_OK)
		errx(EXIT_FAILURE, "no document could be made");
	input.document = bytes_span(&document);
	input.anchors = anchors;
	if (attest_verify(&input, &evidence, &failure) != ATTEST_OK)
		errx(EXIT_FAILURE, "%s", attest_error_name(failure.error));
	return evidence;
}

static int remove_one(const char *path, const struct stat *st _unused_,
		      int type _unused_, struct FTW *at _unused_)
{
	return remove(path);
}

int main(void)
{
	char directory[] = "/tmp/bench-policy-XXXXXX";
	_cleanup_(evidence_freep) struct evidence *known = make_evidence(0xee);
	_cleanup_(evidence_freep) struct evidence *unknown =
		make_evidence(0xdd);
	_cleanup_(config_freep) struct config *config = NULL;

	umask(022);
	if (mkdtemp(directory) == NULL)
		err(EXIT_FAILURE, "%s", directory);
	write_directory(directory, known);
	config = measure_loads(directory);
	nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	measure_lookups("known", config->policy, known);
	measure_lookups("unknown", config->policy, unknown);
	return EXIT_SUCCESS;
}
