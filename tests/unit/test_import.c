/* SPDX-License-Identifier: Apache-2.0 */
/* What is read from tools and key policies, and each refusal by its own text. */
#include "config.h"

#include "import/import.h"

#include <stdio.h>

#include "base/hex.h"
#include "unit.h"

/* 96 digits, told apart by the last one or all of them. */
#define A48 "a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0"
#define Z48 "000000000000000000000000000000000000000000000000"
#define P0  A48 "A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0"
#define P1  A48 "111111111111111111111111111111111111111111111111"
#define P2  A48 "222222222222222222222222222222222222222222222222"
#define P8  A48 "888888888888888888888888888888888888888888888888"
#define PZ  Z48 Z48

#define ENCLAVE_HASH "\"HashAlgorithm\":\"Sha384 { ... }\","
#define PCRS	     "\"PCR0\":\"" P0 "\",\"PCR1\":\"" P1 "\",\"PCR2\":\"" P2 "\""
#define PCRS8	     PCRS ",\"PCR8\":\"" P8 "\""
#define MEASURED     "\"Measurements\":{" ENCLAVE_HASH PCRS "}"
#define MEASURED8    "\"Measurements\":{" ENCLAVE_HASH PCRS8 "}"
#define TPM(pcrs)    "{\"Measurements\":{\"HashAlgorithm\":\"SHA384\"," pcrs "}}"
#define ENCLAVE(name, flags)                                                   \
	"{\"EnclaveName\":\"" name "\",\"EnclaveID\":\"i-1-" name              \
	"\",\"Flags\":" flags "," MEASURED "}"
#define KMS(name) "\"kms:RecipientAttestation:" name "\":"
#define KMS_PCRS                                                               \
	KMS("PCR0")                                                            \
	"\"" P0 "\"," KMS("PCR1") "\"" P1 "\"," KMS("PCR2") "\"" P2 "\""
#define EQUALS(keys) "{\"StringEqualsIgnoreCase\":{" keys "}}"
#define ALLOW(keys)  "{\"Effect\":\"Allow\",\"Condition\":" EQUALS(keys) "}"

struct sample {
	const char *text;
	const char *enclave;
	unsigned expected; /* enum import_error, or enum import_format */
};

static void accept(const struct sample *sample,
		   struct measurements *ret_measurements)
{
	struct import_failure failure = { IMPORT_OK, "" };
	enum import_error error =
		import_any(span_of_text(sample->text), sample->enclave,
			   ret_measurements, &failure);

	ck_assert_msg(error == IMPORT_OK, "%s: %s", sample->text,
		      failure.message);
	ck_assert_uint_eq(ret_measurements->format, sample->expected);
}

static void refuse_all(const struct sample *samples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct import_failure failure = { IMPORT_OK, "" };
		struct measurements measurements = { .pcr_mask = 77 };
		enum import_error error =
			import_any(span_of_text(samples[i].text),
				   samples[i].enclave, &measurements, &failure);

		ck_assert_msg(error == samples[i].expected, "%s: %u, %s",
			      samples[i].text, error, failure.message);
		ck_assert_uint_eq(failure.error, error);
		ck_assert(failure.message[0] != '\0');
		ck_assert_uint_eq(measurements.pcr_mask, 77);
	}
}

static void check_pcr(const struct measurements *measurements, unsigned index,
		      const char *hex)
{
	uint8_t bytes[ATTEST_SHA384_SIZE];
	size_t size = 0;

	ck_assert_int_eq(
		hex_decode(span_of_text(hex), bytes, sizeof(bytes), &size), 0);
	ck_assert_msg(span_equal(measurements_pcr(measurements, index),
				 span_of(bytes, size)),
		      "PCR%u", index);
}

START_TEST(enclave_formats_are_recognised)
{
	static const struct sample samples[] = {
		{ "{" MEASURED "}", NULL, IMPORT_BUILD_ENCLAVE },
		{ "\n\t {" MEASURED8 "}\n", NULL, IMPORT_BUILD_ENCLAVE },
		{ "{\"EifVersion\":4," MEASURED
		  ",\"IsSigned\":false,\"CheckCRC\":true}",
		  NULL, IMPORT_DESCRIBE_EIF },
		{ "{\"EifVersion\":4," MEASURED8
		  ",\"IsSigned\":true,\"SignatureCheck\":true,"
		  "\"CheckCRC\":true}",
		  NULL, IMPORT_DESCRIBE_EIF },
		{ "[" ENCLAVE("a", "\"NONE\"") "]", NULL,
		  IMPORT_DESCRIBE_ENCLAVES },
		{ "[" ENCLAVE("b", "\"DEBUG_MODE\"") "," ENCLAVE(
			  "a", "\"NONE\"") "]",
		  "a", IMPORT_DESCRIBE_ENCLAVES },
		{ "[" ENCLAVE("b", "\"NONE\"") "," ENCLAVE("a", "\"NONE\"") "]",
		  "i-1-a", IMPORT_DESCRIBE_ENCLAVES },
		{ P0 " PCR0\n" P1 " PCR1\n" P2 " PCR2\n", NULL,
		  IMPORT_PCR_LINES },
		{ "\n  " P2 "\tPCR2 \r\n\r\n" P1 " PCR1\r\n" P0 " PCR0", NULL,
		  IMPORT_PCR_LINES },
		{ EQUALS(KMS_PCRS), NULL, IMPORT_KMS },
		{ "{\"Condition\":" EQUALS(KMS_PCRS) "}", NULL, IMPORT_KMS },
		{ ALLOW(KMS_PCRS), NULL, IMPORT_KMS },
		{ "{\"Statement\":" ALLOW(KMS_PCRS) "}", NULL, IMPORT_KMS },
		{ "{\"Statement\":[{\"Effect\":\"Deny\"}," ALLOW(KMS_PCRS) "]}",
		  NULL, IMPORT_KMS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		struct measurements measurements;

		accept(&samples[i], &measurements);
		ck_assert_uint_eq(measurements.kind, EVIDENCE_ENCLAVE);
		check_pcr(&measurements, 0, P0);
		check_pcr(&measurements, 1, P1);
		check_pcr(&measurements, 2, P2);
		ck_assert(span_is_absent(measurements_pcr(&measurements, 3)));
	}
}
END_TEST

START_TEST(nitrotpm_is_told_by_its_pcrs)
{
	static const struct sample samples[] = {
		{ TPM("\"PCR4\":\"" P0 "\",\"PCR7\":\"" P1 "\",\"PCR12\":\"" P2
		      "\""),
		  NULL, IMPORT_NITROTPM },
		{ TPM("\"PCR7\":\"" P1 "\""), NULL, IMPORT_NITROTPM },
		{ TPM("\"PCR4\":\"" P0 "\",\"PCR12\":\"" P2 "\""), NULL,
		  IMPORT_NITROTPM },
		{ EQUALS(KMS("NitroTPMPCR7") "\"" P1 "\""), NULL, IMPORT_KMS },
		{ EQUALS(KMS("nitrotpmpcr4") "\"" P0 "\"," KMS(
			  "NitroTPMPCR12") "\"" P2 "\""),
		  NULL, IMPORT_KMS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		struct measurements measurements;

		accept(&samples[i], &measurements);
		ck_assert_uint_eq(measurements.kind, EVIDENCE_NITROTPM);
	}
}
END_TEST

START_TEST(names_become_names_of_the_configuration)
{
	static const struct {
		const char *name, *expected;
	} names[] = {
		{ "Signer", "signer" },
		{ "repo/Signer:Latest", "repo-signer-latest" },
		{ "a  b\\u001b[2J", "a-b-2j" },
		{ "\\u00fc", "" },
		{ "-x-", "x" },
		{ "1.0_rc-2", "1.0_rc-2" },
		{ "0123456789012345678901234567890123456789012345678901234567"
		  "8901234567890",
		  "0123456789012345678901234567890123456789012345678901234567"
		  "89012" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct measurements measurements;
		char text[1024];
		struct sample sample = { text, NULL, IMPORT_BUILD_ENCLAVE };

		snprintf(text, sizeof(text),
			 "{\"ImageName\":\"%s\",\"ImageVersion\":\"%s\",%s}",
			 names[i].name, names[i].name, MEASURED);
		accept(&sample, &measurements);
		ck_assert_str_eq(measurements.name, names[i].expected);
		ck_assert_str_eq(measurements.version, names[i].expected);
	}
}
END_TEST

START_TEST(broken_texts_are_refused)
{
	static const struct sample samples[] = {
		{ "", NULL, IMPORT_E_SIZE },
		{ " ", NULL, IMPORT_E_INCOMPLETE },
		{ "{", NULL, IMPORT_E_FORMAT },
		{ "{" MEASURED "}x", NULL, IMPORT_E_FORMAT },
		{ "{" MEASURED "," MEASURED "}", NULL, IMPORT_E_TWICE },
		{ "{}", NULL, IMPORT_E_FORMAT },
		{ "{\"a\":{}}", NULL, IMPORT_E_FORMAT },
		{ "[]", NULL, IMPORT_E_CHOICE },
		{ "[1]", NULL, IMPORT_E_TYPE },
		{ "[1]", "a", IMPORT_E_TYPE },
		{ "hello", NULL, IMPORT_E_FORMAT },
		{ P0 " PCR0 more", NULL, IMPORT_E_FORMAT },
		{ P0 "PCR0", NULL, IMPORT_E_FORMAT },
		{ P0 " PCR32", NULL, IMPORT_E_FORMAT },
		{ P0 " PCR00", NULL, IMPORT_E_FORMAT },
		{ P0 " PCR", NULL, IMPORT_E_FORMAT },
		{ P0 " PCRx", NULL, IMPORT_E_FORMAT },
		{ P0 "0 PCR0", NULL, IMPORT_E_VALUE },
		{ P0 " PCR0\n" P0 " PCR0\n", NULL, IMPORT_E_TWICE },
		{ P0 " PCR0\n" P1 " PCR1\n", NULL, IMPORT_E_INCOMPLETE },
		{ PZ " PCR0\n" PZ " PCR1\n" PZ " PCR2\n", NULL,
		  IMPORT_E_DEBUG },
	};

	refuse_all(samples, ARRAY_SIZE(samples));
}
END_TEST

START_TEST(tools_are_taken_at_their_word)
{
	static const struct sample samples[] = {
		{ "{\"Measurements\":[]}", NULL, IMPORT_E_TYPE },
		{ "{\"Measurements\":{" PCRS "}}", NULL, IMPORT_E_TYPE },
		{ "{\"Measurements\":{\"HashAlgorithm\":\"Sha256\"," PCRS "}}",
		  NULL, IMPORT_E_VALUE },
		{ TPM("\"PCR0\":1"), NULL, IMPORT_E_TYPE },
		{ TPM("\"pcr0\":\"" P0 "\""), NULL, IMPORT_E_TYPE },
		{ TPM("\"PCR0\":\"" A48 "\""), NULL, IMPORT_E_VALUE },
		{ TPM("\"PCR0\":\"" P0 "\""), NULL, IMPORT_E_INCOMPLETE },
		{ TPM("\"PCR4\":\"" P0 "\""), NULL, IMPORT_E_INCOMPLETE },
		{ "{\"EifVersion\":4," MEASURED ",\"CheckCRC\":true}", NULL,
		  IMPORT_E_TYPE },
		{ "{\"EifVersion\":4," MEASURED ",\"IsSigned\":false}", NULL,
		  IMPORT_E_TYPE },
		{ "{\"EifVersion\":4," MEASURED
		  ",\"IsSigned\":false,\"CheckCRC\":false}",
		  NULL, IMPORT_E_UNCHECKED },
		{ "{\"EifVersion\":4," MEASURED8
		  ",\"IsSigned\":true,\"SignatureCheck\":false,"
		  "\"CheckCRC\":true}",
		  NULL, IMPORT_E_UNCHECKED },
		{ "{\"EifVersion\":4," MEASURED
		  ",\"IsSigned\":true,\"SignatureCheck\":true,"
		  "\"CheckCRC\":true}",
		  NULL, IMPORT_E_TYPE },
		{ "{\"EifVersion\":4," MEASURED8
		  ",\"IsSigned\":false,\"CheckCRC\":true}",
		  NULL, IMPORT_E_TYPE },
	};

	refuse_all(samples, ARRAY_SIZE(samples));
}
END_TEST

START_TEST(one_enclave_is_chosen)
{
	static const struct sample samples[] = {
		{ "[" ENCLAVE("a", "\"DEBUG_MODE\"") "]", NULL,
		  IMPORT_E_DEBUG },
		{ "[" ENCLAVE("a", "\"NONE | DEBUG_MODE\"") "]", NULL,
		  IMPORT_E_DEBUG },
		{ "[" ENCLAVE("a", "1") "]", NULL, IMPORT_E_TYPE },
		{ "[" ENCLAVE("a", "\"NONE\"") "," ENCLAVE("b", "\"NONE\"") "]",
		  NULL, IMPORT_E_CHOICE },
		{ "[" ENCLAVE("a", "\"NONE\"") "," ENCLAVE("a", "\"NONE\"") "]",
		  "a", IMPORT_E_CHOICE },
		{ "[" ENCLAVE("a", "\"NONE\"") "]", "b", IMPORT_E_CHOICE },
		{ "{" MEASURED "}", "a", IMPORT_E_CHOICE },
		{ P0 " PCR0", "a", IMPORT_E_CHOICE },
		{ ENCLAVE("a", "\"NONE\""), NULL, IMPORT_E_FORMAT },
	};

	refuse_all(samples, ARRAY_SIZE(samples));
}
END_TEST

START_TEST(conditions_must_demand_one_image)
{
	static const struct sample samples[] = {
		{ EQUALS(""), NULL, IMPORT_E_CHOICE },
		{ "{\"Statement\":[]}", NULL, IMPORT_E_CHOICE },
		{ "{\"Statement\":[1]}", NULL, IMPORT_E_TYPE },
		{ "{\"Condition\":1}", NULL, IMPORT_E_TYPE },
		{ "{\"Condition\":{\"StringEquals\":1}}", NULL, IMPORT_E_TYPE },
		{ "{\"Effect\":1,\"Condition\":{}}", NULL, IMPORT_E_TYPE },
		{ "{\"Effect\":\"Deny\",\"Condition\":" EQUALS(KMS_PCRS) "}",
		  NULL, IMPORT_E_CONDITION },
		{ "{\"Condition\":{\"StringEqualsIfExists\":{" KMS_PCRS "}}}",
		  NULL, IMPORT_E_CONDITION },
		{ "{\"Condition\":{\"ForAllValues:StringEquals\":{" KMS_PCRS
		  "}}}",
		  NULL, IMPORT_E_CONDITION },
		{ "{\"Condition\":{\"StringLike\":{" KMS_PCRS "}}}", NULL,
		  IMPORT_E_CONDITION },
		{ "{\"Condition\":{\"Null\":{" KMS("PCR0") "\"false\"}}}", NULL,
		  IMPORT_E_CONDITION },
		{ EQUALS(KMS("PCRx") "\"" P0 "\""), NULL, IMPORT_E_CONDITION },
		{ EQUALS(KMS("PCR0") "1"), NULL, IMPORT_E_TYPE },
		{ EQUALS(KMS("PCR0") "[]"), NULL, IMPORT_E_TYPE },
		{ EQUALS(KMS("PCR0") "[1]"), NULL, IMPORT_E_TYPE },
		{ EQUALS(KMS_PCRS "," KMS("ImageSha384") "\"" P0 "\""), NULL,
		  IMPORT_E_TWICE },
		{ EQUALS(KMS_PCRS "," KMS("pcr1") "\"" P1 "\""), NULL,
		  IMPORT_E_TWICE },
		{ EQUALS(KMS("PCR0") "\"" P0 "\""), NULL, IMPORT_E_INCOMPLETE },
		{ EQUALS(KMS("PCR7") "\"" P0 "\""), NULL, IMPORT_E_INCOMPLETE },
		{ EQUALS(KMS_PCRS "," KMS("NitroTPMPCR7") "\"" P0 "\""), NULL,
		  IMPORT_E_CONDITION },
		{ EQUALS(KMS("PCR0") "[\"" P0 "\",\"" P8 "\"]," KMS(
			  "PCR1") "[\"" P1 "\",\"" P8 "\"]," KMS("PCR2") "\"" P2
									 "\""),
		  NULL, IMPORT_E_MIXED },
		{ "{\"Statement\":[" ALLOW(KMS_PCRS) "," ALLOW(
			  KMS("NitroTPMPCR7") "\"" P0 "\"") "]}",
		  NULL, IMPORT_E_CHOICE },
	};

	refuse_all(samples, ARRAY_SIZE(samples));
}
END_TEST

START_TEST(each_statement_is_a_tuple)
{
	static const char text[] =
		"{\"Statement\":[" ALLOW(KMS_PCRS) "," ALLOW(KMS_PCRS) "," ALLOW(
			KMS("ImageSha384") "\"" P8 "\"," KMS(
				"PCR1") "[\"" P1 "\"]," KMS("PCR2") "[\"" P1
								    "\",\"" P2
								    "\"]") "]}";
	struct measurements tuples[IMPORT_TUPLES_MAX];
	struct import_failure failure = { IMPORT_OK, "" };
	size_t count = 0;

	ck_assert_uint_eq(
		import_kms(span_of_text(text), tuples, &count, &failure),
		IMPORT_OK);
	ck_assert_uint_eq(count, 3);
	check_pcr(&tuples[0], 0, P0);
	check_pcr(&tuples[1], 0, P8);
	check_pcr(&tuples[1], 2, P1);
	check_pcr(&tuples[2], 2, P2);
}
END_TEST

START_TEST(only_key_policies_are_key_policies)
{
	static const struct sample samples[] = {
		{ "", NULL, IMPORT_E_SIZE },
		{ "{", NULL, IMPORT_E_FORMAT },
		{ "{" MEASURED "}", NULL, IMPORT_E_FORMAT },
		{ "[]", NULL, IMPORT_E_FORMAT },
		{ "{\"Statement\":[]}", NULL, IMPORT_E_CHOICE },
		{ ALLOW(""), NULL, IMPORT_E_CHOICE },
	};
	struct measurements tuples[IMPORT_TUPLES_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		struct import_failure failure = { IMPORT_OK, "" };
		size_t count = 77;

		ck_assert_uint_eq(import_kms(span_of_text(samples[i].text),
					     tuples, &count, &failure),
				  samples[i].expected);
		ck_assert_uint_eq(failure.error, samples[i].expected);
		ck_assert_uint_eq(count, 77);
	}
}
END_TEST

START_TEST(large_and_deep_texts_are_refused)
{
	static char text[IMPORT_SIZE_MAX + 2];
	struct measurements measurements;
	struct import_failure failure;

	memset(text, ' ', IMPORT_SIZE_MAX + 1);
	memcpy(text, "{" MEASURED "}", sizeof("{" MEASURED "}") - 1);
	ck_assert_uint_eq(import_any(span_of(text, IMPORT_SIZE_MAX), NULL,
				     &measurements, &failure),
			  IMPORT_OK);
	ck_assert_uint_eq(import_any(span_of(text, IMPORT_SIZE_MAX + 1), NULL,
				     &measurements, &failure),
			  IMPORT_E_SIZE);
	memset(text, '[', IMPORT_SIZE_MAX);
	ck_assert_uint_eq(import_any(span_of(text, IMPORT_SIZE_MAX), NULL,
				     &measurements, &failure),
			  IMPORT_E_FORMAT);
}
END_TEST

START_TEST(a_policy_has_a_bounded_number_of_images)
{
	char text[IMPORT_TUPLES_MAX * 128 + 1024];
	static struct measurements tuples[IMPORT_TUPLES_MAX];
	struct import_failure failure;

	for (unsigned wanted = IMPORT_TUPLES_MAX;
	     wanted <= IMPORT_TUPLES_MAX + 1; wanted++) {
		size_t count = 0;
		int length =
			snprintf(text, sizeof(text),
				 "{\"StringEquals\":{" KMS("NitroTPMPCR7") "[");

		for (unsigned i = 0; i < wanted; i++)
			length += snprintf(
				text + length, sizeof(text) - (size_t)length,
				"%s\"" A48 "%048x\"", i == 0 ? "" : ",", i);
		snprintf(text + length, sizeof(text) - (size_t)length, "]}}");
		ck_assert_uint_eq(import_kms(span_of_text(text), tuples, &count,
					     &failure),
				  wanted == IMPORT_TUPLES_MAX ? IMPORT_OK
							      : IMPORT_E_SIZE);
	}
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_test(tests, enclave_formats_are_recognised);
	tcase_add_test(tests, nitrotpm_is_told_by_its_pcrs);
	tcase_add_test(tests, names_become_names_of_the_configuration);
	tcase_add_test(tests, broken_texts_are_refused);
	tcase_add_test(tests, tools_are_taken_at_their_word);
	tcase_add_test(tests, one_enclave_is_chosen);
	tcase_add_test(tests, conditions_must_demand_one_image);
	tcase_add_test(tests, each_statement_is_a_tuple);
	tcase_add_test(tests, only_key_policies_are_key_policies);
	tcase_add_test(tests, large_and_deep_texts_are_refused);
	tcase_add_test(tests, a_policy_has_a_bounded_number_of_images);
}

UNIT_MAIN("import", add_tests)
