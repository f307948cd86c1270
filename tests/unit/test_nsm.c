/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The NSM's messages: exact bytes of requests (as serde_cbor writes them), round
 * trips of everything, and hostile messages, each broken in one place.
 */
#include "config.h"

#include "nsm/protocol.h"

#include "unit.h"

/* A string literal as bytes, without its NUL. */
#define MESSAGE(text) span_of(text, sizeof(text) - 1)
#define BYTES(text)                                                            \
	{                                                                      \
		(const uint8_t *)(text), sizeof(text) - 1                      \
	}

/* The heads of messages with fields; the map of the fields follows. */
#define DESCRIBE_PCR                                                           \
	"\xa1\x6b"                                                             \
	"DescribePCR"
#define ATTESTATION                                                            \
	"\xa1\x6b"                                                             \
	"Attestation"
#define ERROR                                                                  \
	"\xa1\x65"                                                             \
	"Error"
#define DOCUMENT                                                               \
	"\x68"                                                                 \
	"document"

static void check_request_bytes(const struct nsm_request *request,
				struct span expected)
{
	uint8_t bytes[NSM_REQUEST_MAX];
	size_t size = nsm_request_write(request, bytes, sizeof(bytes));

	ck_assert_uint_eq(size, expected.size);
	ck_assert_mem_eq(bytes, expected.data, size);
	/* One byte less of room: refused, whatever is cut. */
	ck_assert_uint_eq(nsm_request_write(request, bytes, size - 1), 0);
}

START_TEST(requests_are_written_as_serde_does)
{
	const struct nsm_request describe = { .operation = NSM_DESCRIBE_NSM };
	const struct nsm_request random = { .operation = NSM_GET_RANDOM };
	const struct nsm_request pcr = { .operation = NSM_DESCRIBE_PCR,
					 .index = 300 };
	const struct nsm_request attestation = {
		.operation = NSM_ATTESTATION,
		.nonce = MESSAGE("\1\2"),
		.public_key = MESSAGE(""),
	};

	check_request_bytes(&describe, MESSAGE("\x6b"
					       "DescribeNSM"));
	check_request_bytes(&random, MESSAGE("\x69GetRandom"));
	check_request_bytes(&pcr, MESSAGE(DESCRIBE_PCR "\xa1\x65index\x19\x01"
						       "\x2c"));
	check_request_bytes(&attestation,
			    MESSAGE(ATTESTATION "\xa3\x69user_data\xf6\x65nonce"
						"\x42\1\2\x6apublic_key\x40"));
}
END_TEST

START_TEST(requests_come_back)
{
	static uint8_t large[1024];
	const struct nsm_request requests[] = {
		{ .operation = NSM_DESCRIBE_NSM },
		{ .operation = NSM_GET_RANDOM },
		{ .operation = NSM_DESCRIBE_PCR, .index = 0 },
		{ .operation = NSM_DESCRIBE_PCR, .index = UINT16_MAX },
		{ .operation = NSM_ATTESTATION },
		{ .operation = NSM_ATTESTATION,
		  .user_data = span_of(large, sizeof(large)),
		  .nonce = span_of(large, sizeof(large)),
		  .public_key = span_of(large, sizeof(large)) },
	};
	const struct nsm_request *wanted = &requests[_i];
	uint8_t bytes[NSM_REQUEST_MAX];
	struct nsm_request read;
	size_t size = nsm_request_write(wanted, bytes, sizeof(bytes));

	ck_assert_uint_gt(size, 0);
	ck_assert_int_eq(nsm_request_read(span_of(bytes, size), &read),
			 NSM_SUCCESS);
	ck_assert_int_eq(read.operation, wanted->operation);
	ck_assert_uint_eq(read.index, wanted->index);
	ck_assert(span_equal(read.user_data, wanted->user_data));
	ck_assert(span_equal(read.nonce, wanted->nonce));
	ck_assert(span_equal(read.public_key, wanted->public_key));
	/* Every cut of it is refused. */
	for (size_t cut = 0; cut < size; cut++)
		ck_assert_int_ne(nsm_request_read(span_of(bytes, cut), &read),
				 NSM_SUCCESS);
}
END_TEST

START_TEST(null_and_empty_fields_differ)
{
	struct nsm_request read;

	ck_assert_int_eq(
		nsm_request_read(MESSAGE(ATTESTATION "\xa2\x65nonce\xf6"
						     "\x69user_data\x40"),
				 &read),
		NSM_SUCCESS);
	ck_assert(span_is_absent(read.nonce));
	ck_assert(span_is_absent(read.public_key));
	ck_assert(!span_is_absent(read.user_data));
	ck_assert_uint_eq(read.user_data.size, 0);
}
END_TEST

static const struct {
	const char *what;
	struct span message;
	enum nsm_error expected;
} bad_requests[] = {
	{ "nothing", BYTES(""), NSM_INVALID_OPERATION },
	{ "another operation", BYTES("\x67LockPCR"), NSM_INVALID_OPERATION },
	{ "a known operation that is not served",
	  BYTES("\xa1\x67LockPCR\xa1\x65index\1"), NSM_INVALID_OPERATION },
	{ "a number", BYTES("\1"), NSM_INVALID_OPERATION },
	{ "an array", BYTES("\x81\x69GetRandom"), NSM_INVALID_OPERATION },
	{ "an empty map", BYTES("\xa0"), NSM_INVALID_OPERATION },
	{ "two operations",
	  BYTES("\xa2\x6b"
		"DescribePCR\xa1\x65index\1\x69GetRandom\xa0"),
	  NSM_INVALID_OPERATION },
	{ "bytes for a name", BYTES("\x49GetRandom"), NSM_INVALID_OPERATION },
	{ "fields where none belong", BYTES("\xa1\x69GetRandom\xa0"),
	  NSM_INVALID_OPERATION },
	{ "no fields where some belong",
	  BYTES("\x6b"
		"DescribePCR"),
	  NSM_INVALID_OPERATION },
	{ "a long head", BYTES("\x78\x09GetRandom"), NSM_INVALID_OPERATION },
	{ "bytes behind a plain request", BYTES("\x69GetRandom\0"),
	  NSM_INVALID_ARGUMENT },
	{ "bytes behind a request with fields",
	  BYTES(DESCRIBE_PCR "\xa1\x65index\1\0"), NSM_INVALID_ARGUMENT },
	{ "fields that are no map", BYTES(DESCRIBE_PCR "\1"),
	  NSM_INVALID_ARGUMENT },
	{ "a missing field", BYTES(DESCRIBE_PCR "\xa0"), NSM_INVALID_ARGUMENT },
	{ "an unknown field", BYTES(DESCRIBE_PCR "\xa2\x65index\1\x65other\1"),
	  NSM_INVALID_ARGUMENT },
	{ "a field of another operation",
	  BYTES(DESCRIBE_PCR "\xa2\x65index\1\x65nonce\x40"),
	  NSM_INVALID_ARGUMENT },
	{ "a field twice", BYTES(DESCRIBE_PCR "\xa2\x65index\1\x65index\1"),
	  NSM_INVALID_ARGUMENT },
	{ "an optional field twice",
	  BYTES(ATTESTATION "\xa2\x65nonce\xf6\x65nonce\xf6"),
	  NSM_INVALID_ARGUMENT },
	{ "an index above 16 bits",
	  BYTES(DESCRIBE_PCR "\xa1\x65index\x1a\0\1\0\0"),
	  NSM_INVALID_ARGUMENT },
	{ "a negative index", BYTES(DESCRIBE_PCR "\xa1\x65index\x20"),
	  NSM_INVALID_ARGUMENT },
	{ "an index as text",
	  BYTES(DESCRIBE_PCR "\xa1\x65index\x61"
			     "1"),
	  NSM_INVALID_ARGUMENT },
	{ "a nonce as text", BYTES(ATTESTATION "\xa1\x65nonce\x61n"),
	  NSM_INVALID_ARGUMENT },
	{ "a nonce of indefinite length",
	  BYTES(ATTESTATION "\xa1\x65nonce\x5f\x41n\xff"),
	  NSM_INVALID_ARGUMENT },
	{ "a nonce that claims 4 GiB",
	  BYTES(ATTESTATION "\xa1\x65nonce\x5a\xff\xff\xff\xff"),
	  NSM_INVALID_ARGUMENT },
	{ "a map that claims 2^64 - 1 fields",
	  BYTES(ATTESTATION "\xbb\xff\xff\xff\xff\xff\xff\xff\xff"),
	  NSM_INVALID_ARGUMENT },
};

START_TEST(bad_requests_are_refused)
{
	struct nsm_request read = { .index = 4711 };

	ck_assert_msg(nsm_request_read(bad_requests[_i].message, &read) ==
			      bad_requests[_i].expected,
		      "%s", bad_requests[_i].what);
	ck_assert_uint_eq(read.index, 4711);
}
END_TEST

START_TEST(a_request_above_the_limit_is_too_large)
{
	static uint8_t bytes[NSM_REQUEST_MAX + 1];
	struct nsm_request read;

	ck_assert_int_eq(nsm_request_read(span_of(bytes, sizeof(bytes)), &read),
			 NSM_INPUT_TOO_LARGE);
}
END_TEST

START_TEST(responses_come_back)
{
	static uint8_t document[5000] = { 0xd2 };
	const struct nsm_response responses[] = {
		{ .operation = NSM_DESCRIBE_NSM,
		  .version_major = 1,
		  .version_minor = 2,
		  .version_patch = 3,
		  .module_id = MESSAGE("i-1-enc2"),
		  .max_pcrs = 32,
		  .locked_pcrs = 0x8000ffff,
		  .digest = MESSAGE("SHA384") },
		{ .operation = NSM_GET_RANDOM,
		  .bytes = span_of(document, NSM_RANDOM_SIZE) },
		{ .operation = NSM_DESCRIBE_PCR,
		  .is_locked = true,
		  .bytes = span_of(document, 48) },
		{ .operation = NSM_DESCRIBE_PCR,
		  .is_locked = false,
		  .bytes = span_of(document, 48) },
		{ .operation = NSM_ATTESTATION,
		  .bytes = span_of(document, sizeof(document)) },
	};
	const struct nsm_response *wanted = &responses[_i];
	uint8_t bytes[NSM_RESPONSE_MAX];
	struct nsm_response read;
	size_t size = nsm_response_write(wanted, bytes, sizeof(bytes));

	ck_assert_uint_gt(size, 0);
	ck_assert_int_eq(nsm_response_read(span_of(bytes, size), &read), 0);
	ck_assert_int_eq(read.error, NSM_SUCCESS);
	ck_assert_int_eq(read.operation, wanted->operation);
	ck_assert(span_equal(read.bytes, wanted->bytes));
	ck_assert(read.is_locked == wanted->is_locked);
	ck_assert_uint_eq(read.version_major, wanted->version_major);
	ck_assert_uint_eq(read.version_minor, wanted->version_minor);
	ck_assert_uint_eq(read.version_patch, wanted->version_patch);
	ck_assert(span_equal(read.module_id, wanted->module_id));
	ck_assert_uint_eq(read.max_pcrs, wanted->max_pcrs);
	ck_assert_uint_eq(read.locked_pcrs, wanted->locked_pcrs);
	ck_assert(span_equal(read.digest, wanted->digest));
	for (size_t cut = 0; cut < size; cut += 1 + cut / 50)
		ck_assert_int_lt(nsm_response_read(span_of(bytes, cut), &read),
				 0);
}
END_TEST

START_TEST(errors_come_back)
{
	const struct nsm_response wanted = { .error = (enum nsm_error)_i };
	uint8_t bytes[64];
	struct nsm_response read;
	size_t size = nsm_response_write(&wanted, bytes, sizeof(bytes));

	ck_assert_int_eq(nsm_response_read(span_of(bytes, size), &read), 0);
	ck_assert_int_eq(read.error, wanted.error);
	ck_assert_str_ne(nsm_error_sentence(read.error), "");
}
END_TEST

START_TEST(a_response_that_does_not_fit_is_not_written)
{
	static uint8_t document[NSM_RESPONSE_MAX];
	const struct nsm_response response = {
		.operation = NSM_ATTESTATION,
		.bytes = span_of(document, sizeof(document)),
	};
	uint8_t bytes[NSM_RESPONSE_MAX];

	ck_assert_uint_eq(nsm_response_write(&response, bytes, sizeof(bytes)),
			  0);
}
END_TEST

START_TEST(maps_of_indefinite_length_are_read)
{
	struct nsm_response read;

	ck_assert_int_eq(nsm_response_read(MESSAGE("\xbf\x6b"
						   "Attestation\xbf" DOCUMENT
						   "\x41\x44\xff\xff"),
					   &read),
			 0);
	ck_assert(span_equal(read.bytes, MESSAGE("D")));
}
END_TEST

#define DESCRIPTION(count, pcrs)                                               \
	"\xa1\x6b"                                                             \
	"DescribeNSM" count "\x6dversion_major\1\x6dversion_minor\0"           \
	"\x6dversion_patch\0\x69module_id\x61m\x68max_pcrs\x18\x20"            \
	"\x6blocked_pcrs" pcrs "\x66"                                          \
	"digest\x66SHA384"

START_TEST(a_description_is_read)
{
	struct nsm_response read;

	ck_assert_int_eq(
		nsm_response_read(
			MESSAGE(DESCRIPTION("\xa7", "\x82\0\x18\x1f")), &read),
		0);
	ck_assert_uint_eq(read.locked_pcrs, 0x80000001);
}
END_TEST

static const struct {
	const char *what;
	struct span message;
} bad_responses[] = {
	{ "nothing", BYTES("") },
	{ "a text", BYTES("\x67LockPCR") },
	{ "an unknown operation", BYTES("\xa1\x67LockPCR\xa0") },
	{ "an unknown error", BYTES(ERROR "\x65Other") },
	{ "the error Success", BYTES(ERROR "\x67Success") },
	{ "an error that is no text", BYTES(ERROR "\1") },
	{ "bytes behind an error", BYTES(ERROR "\x6dInternalError\0") },
	{ "no document", BYTES(ATTESTATION "\xa0") },
	{ "a document as text", BYTES(ATTESTATION "\xa1" DOCUMENT "\x61\x44") },
	{ "a null document", BYTES(ATTESTATION "\xa1" DOCUMENT "\xf6") },
	{ "two documents",
	  BYTES(ATTESTATION "\xa2" DOCUMENT "\x41\x44" DOCUMENT "\x41\x45") },
	{ "another field",
	  BYTES(ATTESTATION "\xa2" DOCUMENT "\x41\x44\x61x\1") },
	{ "a second entry",
	  BYTES("\xa2\x6b"
		"Attestation\xa1" DOCUMENT "\x41\x44\x61x\1") },
	{ "bytes behind a document",
	  BYTES(ATTESTATION "\xa1" DOCUMENT "\x41\x44\0") },
	{ "a lock that is a number", BYTES(DESCRIBE_PCR "\xa2\x64lock\1\x64"
							"data\x41P") },
	{ "a locked PCR beyond the last",
	  BYTES(DESCRIPTION("\xa7", "\x81\x18\x20")) },
	{ "too many locked PCRs",
	  BYTES(DESCRIPTION("\xa7",
			    "\x98\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0")) },
	{ "a field fewer than announced", BYTES(DESCRIPTION("\xa8", "\x80")) },
	{ "a field more than announced", BYTES(DESCRIPTION("\xa6", "\x80")) },
};

START_TEST(bad_responses_are_refused)
{
	struct nsm_response read = { .max_pcrs = 4711 };

	ck_assert_msg(nsm_response_read(bad_responses[_i].message, &read) < 0,
		      "%s", bad_responses[_i].what);
	ck_assert_uint_eq(read.max_pcrs, 4711);
}
END_TEST

START_TEST(a_response_above_the_limit_is_refused)
{
	/* Well formed but for its size: a document of 12263 bytes. */
	static uint8_t bytes[NSM_RESPONSE_MAX + 1] =
		ATTESTATION "\xa1" DOCUMENT "\x59\x2f\xe6";
	struct nsm_response read;

	bytes[24] = (uint8_t)((sizeof(bytes) - 26) >> 8);
	bytes[25] = (uint8_t)(sizeof(bytes) - 26);
	ck_assert_int_lt(
		nsm_response_read(span_of(bytes, sizeof(bytes)), &read), 0);
	bytes[25]--;
	ck_assert_int_eq(
		nsm_response_read(span_of(bytes, sizeof(bytes) - 1), &read), 0);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, requests_are_written_as_serde_does);
	tcase_add_loop_test(tests, requests_come_back, 0, 6);
	tcase_add_test(tests, null_and_empty_fields_differ);
	tcase_add_loop_test(tests, bad_requests_are_refused, 0,
			    ARRAY_SIZE(bad_requests));
	tcase_add_test(tests, a_request_above_the_limit_is_too_large);
	tcase_add_loop_test(tests, responses_come_back, 0, 5);
	tcase_add_loop_test(tests, errors_come_back, NSM_SUCCESS + 1,
			    NSM_ERROR_COUNT);
	tcase_add_test(tests, a_response_that_does_not_fit_is_not_written);
	tcase_add_test(tests, maps_of_indefinite_length_are_read);
	tcase_add_test(tests, a_description_is_read);
	tcase_add_loop_test(tests, bad_responses_are_refused, 0,
			    ARRAY_SIZE(bad_responses));
	tcase_add_test(tests, a_response_above_the_limit_is_refused);
}

UNIT_MAIN("nsm", add_tests)
