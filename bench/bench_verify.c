/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a document costs, in units of one raw P-384 verification of the same run:
 * cold, and with its chain remembered. Prints; asserts nothing.
 *	bench_verify DOCUMENT [ROUNDS]
 */
#include "config.h"

#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <time.h>

#include "attest/attest.h"
#include "attest/chain_cache.h"
#include "base/read_file.h"

/* What is measured, and what it needs. */
struct scene {
	struct attest_input input;
	EVP_PKEY *key;
	uint8_t signature[128];
	size_t signature_size;
};

static const uint8_t message[2048];

static void make_signature(struct scene *scene)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	scene->key = EVP_EC_gen("P-384");
	scene->signature_size = sizeof(scene->signature);
	EVP_DigestSignInit(context, NULL, EVP_sha384(), NULL, scene->key);
	EVP_DigestSign(context, scene->signature, &scene->signature_size,
		       message, sizeof(message));
	EVP_MD_CTX_free(context);
}

static bool verify_raw(const struct scene *scene)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good;

	EVP_DigestVerifyInit(context, NULL, EVP_sha384(), NULL, scene->key);
	good = EVP_DigestVerify(context, scene->signature,
				scene->signature_size, message,
				sizeof(message)) == 1;
	EVP_MD_CTX_free(context);
	return good;
}

static bool verify_document(const struct scene *scene)
{
	struct attest_failure failure;
	struct evidence *evidence = NULL;

	if (attest_verify(&scene->input, &evidence, &failure) != ATTEST_OK)
		return false;
	evidence_free(evidence);
	return true;
}

/* Microseconds for one call, on average. */
static double measure(const struct scene *scene,
		      bool (*call)(const struct scene *scene), unsigned rounds)
{
	struct timespec begin, end;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (unsigned i = 0; i < rounds; i++)
		if (!call(scene))
			exit(EXIT_FAILURE);
	clock_gettime(CLOCK_MONOTONIC, &end);
	return ((double)(end.tv_sec - begin.tv_sec) * 1e6 +
		(double)(end.tv_nsec - begin.tv_nsec) / 1e3) /
	       rounds;
}

int main(int argc, char **argv)
{
	const struct read_file_limits limits = { .max_size = 1 << 16 };
	unsigned rounds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 100;
	_cleanup_(anchors_freep) struct anchors *anchors = NULL;
	_cleanup_(chain_cache_freep) struct chain_cache *cache = NULL;
	_cleanup_(buffer_freep) struct buffer document = BUFFER_EMPTY;
	struct scene scene = { .input.at_document_time = true };
	double raw, cold, cached;

	if (argc < 2 || rounds == 0 ||
	    read_file_at(AT_FDCWD, argv[1], &limits, &document) < 0 ||
	    anchors_new(&anchors) != ATTEST_OK ||
	    anchors_add_aws(anchors) != ATTEST_OK ||
	    chain_cache_new(16, &cache) != ATTEST_OK) {
		fprintf(stderr, "usage: bench_verify DOCUMENT [ROUNDS]\n");
		return EXIT_FAILURE;
	}
	scene.input.document = buffer_span(&document);
	scene.input.anchors = anchors;
	make_signature(&scene);
	raw = measure(&scene, verify_raw, rounds);
	cold = measure(&scene, verify_document, rounds);
	scene.input.cache = cache;
	measure(&scene, verify_document, 1);
	cached = measure(&scene, verify_document, rounds);
	EVP_PKEY_free(scene.key);
	printf("one P-384 verification %8.0f us\n", raw);
	printf("document, cold         %8.0f us  %5.2f\n", cold, cold / raw);
	printf("document, cached chain %8.0f us  %5.2f\n", cached,
	       cached / raw);
	return EXIT_SUCCESS;
}
