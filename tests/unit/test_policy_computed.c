/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of releases that are computed, in a world that the test makes: what they
 * come to, and what an admin is told who gets one wrong.
 */
#include "config.h"

#include "policy/policy.h"

#include <errno.h>

#include "attest/digest.h"
#include "base/hex.h"
#include "nitro-sim/authority.h"
#include "tests/unit/policy_unit.h"

#define INSTANCE "i-0123456789abcdef0"

static const char *own_instance;

static int read_file(void *context, const char *path, size_t max_size _unused_,
		     struct buffer *ret_file, const char **reterr_why)
{
	const struct bytes *pem = context;

	if (strcmp(path, "/etc/absent.pem") == 0) {
		*reterr_why = "is not there";
		return -ENOENT;
	}
	ret_file->size = strcmp(path, "/etc/bad.pem") == 0 ? 7 : pem->size;
	ret_file->data = malloc(ret_file->size + 1);
	ck_assert_ptr_nonnull(ret_file->data);
	memcpy(ret_file->data, pem->data, ret_file->size);
	return 0;
}

static int find_instance(void *context _unused_,
			 char ret_id[static POLICY_INSTANCE_ID_SIZE],
			 const char **reterr_why)
{
	if (own_instance == NULL) {
		*reterr_why = "no hypervisor said so";
		return -ENOENT;
	}
	snprintf(ret_id, POLICY_INSTANCE_ID_SIZE, "%s", own_instance);
	return 0;
}

/* Clocks on the wall are an hour fast here, and never show the year 2000. */
static int find_local_time(void *context _unused_, int64_t wall_ms,
			   int64_t *ret_ms, const char **reterr_why)
{
	if (wall_ms >= INT64_C(946684800000) &&
	    wall_ms < INT64_C(978307200000)) {
		*reterr_why = "clocks never show it";
		return -EINVAL;
	}
	*ret_ms = wall_ms - 3600000;
	return 0;
}

static struct bytes pem;
static struct policy_world world = {
	.read_file = read_file,
	.find_instance = find_instance,
	.find_local_time = find_local_time,
	.context = &pem,
};

static void setup(void)
{
	_cleanup_(authority_freep) struct authority *authority = NULL;

	own_instance = INSTANCE;
	ck_assert_int_eq(authority_new(&authority), 0);
	ck_assert_int_eq(authority_root_pem(authority, &pem), 0);
}

static void teardown(void)
{
	bytes_clear(&pem);
}

static void assert_pcr(const char *line, unsigned index, const char *expected)
{
	_cleanup_free_ char *images = NULL;
	_cleanup_(loaded_deinit) struct loaded loaded = { 0 };
	_cleanup_free_ char *text = NULL;
	struct policy_release_info info;
	char hex[HEX_SIZE(ATTEST_PCR_SIZE_MAX)];

	ck_assert_int_gt(asprintf(&images, IMAGE_A "%s\n", line), 0);
	loaded = load_in_world(NULL, images, NULL, &world);
	text = loaded_text(&loaded);
	ck_assert_msg(loaded.policy != NULL, "%s", text);
	policy_release_info(loaded.policy, 0, 0, &info);
	hex_encode(info.pcrs[index], hex);
	ck_assert_str_eq(hex, expected);
}

START_TEST(computes_a_role)
{
	assert_pcr(
		"pcr3 = role:arn:aws:iam::123456789012:role/Webserver", 3,
		"78fce75db17cd4e0a3fb8dad3ad128ca5e77edbb2b2c7f75329dccd99aa5"
		"f6ef4fc1f1a452e315b9e98f9e312e6921e6");
}
END_TEST

/* 576 characters, as many as a role may have. */
#define LONG_ROLE HEX64("r") HEX64("r") HEX64("r") HEX64("r") HEX32("r")

START_TEST(takes_a_long_role)
{
	_cleanup_(loaded_deinit) struct loaded loaded = load_texts(
		NULL,
		IMAGE_A "pcr3 = role:arn:aws-us-gov:iam::123456789012:"
			"role/" LONG_ROLE "\n",
		NULL);

	ck_assert_int_eq(loaded.error, POLICY_OK);
}
END_TEST

START_TEST(computes_an_instance)
{
	_cleanup_(digest_freep) struct digest *digest = NULL;
	uint8_t pcr[ATTEST_SHA384_SIZE];
	char hex[HEX_SIZE(ATTEST_SHA384_SIZE)];

	ck_assert_int_eq(digest_new(&digest), ATTEST_OK);
	ck_assert_int_eq(
		digest_pcr_of_text(digest, span_of_text(INSTANCE), pcr),
		ATTEST_OK);
	hex_encode(span_of(pcr, sizeof(pcr)), hex);
	assert_pcr("pcr4 = instance:" INSTANCE, 4, hex);
	assert_pcr("pcr4 = instance:this", 4, hex);
	ck_assert_int_eq(
		digest_pcr_of_text(digest, span_of_text("i-01234567"), pcr),
		ATTEST_OK);
	hex_encode(span_of(pcr, sizeof(pcr)), hex);
	assert_pcr("pcr4 = instance:i-01234567", 4, hex);
}
END_TEST

START_TEST(computes_a_certificate)
{
	_cleanup_(digest_freep) struct digest *digest = NULL;
	uint8_t pcr[ATTEST_SHA384_SIZE];
	char hex[HEX_SIZE(ATTEST_SHA384_SIZE)];

	ck_assert_int_eq(digest_new(&digest), ATTEST_OK);
	ck_assert_int_eq(
		digest_pcr_of_certificate(digest, bytes_span(&pem), pcr),
		ATTEST_OK);
	hex_encode(span_of(pcr, sizeof(pcr)), hex);
	assert_pcr("pcr8 = certificate:/etc/good.pem", 8, hex);
}
END_TEST

static void get_times(const char *lines, struct policy_release_info *ret_info)
{
	_cleanup_free_ char *images = NULL;
	_cleanup_(loaded_deinit) struct loaded loaded = { 0 };
	_cleanup_free_ char *text = NULL;

	ck_assert_int_gt(asprintf(&images, IMAGE_A "%s\n", lines), 0);
	loaded = load_in_world(NULL, images, NULL, &world);
	text = loaded_text(&loaded);
	ck_assert_msg(loaded.policy != NULL, "%s", text);
	policy_release_info(loaded.policy, 0, 0, ret_info);
}

#define NOON INT64_C(1793534400000) /* 2026-11-01T12:00:00Z */
#define HOUR INT64_C(3600000)

START_TEST(reads_times_of_both_kinds)
{
	struct policy_release_info info;

	get_times("not_before = 2026-11-01 12:00 UTC\n"
		  "not_after = 2026-11-01 12:00:30 UTC",
		  &info);
	ck_assert_int_eq(info.not_before_ms, NOON);
	ck_assert_int_eq(info.not_after_ms, NOON + 30000);
	get_times("not_before = 2026-11-01 12:00 local\n"
		  "not_after = 2026-11-01 local",
		  &info);
	ck_assert_int_eq(info.not_before_ms, NOON - HOUR);
	ck_assert_int_eq(info.not_after_ms, NOON + 11 * HOUR - 1);
	get_times("not_before = 2026-11-01 UTC\nnot_after = 2026-11-01", &info);
	ck_assert_int_eq(info.not_before_ms, NOON - 12 * HOUR);
	ck_assert_int_eq(info.not_after_ms, NOON + 12 * HOUR - 1);
}
END_TEST

START_TEST(reads_user_data_of_both_kinds)
{
	/* SHA-256 of the three bytes "abc". */
	static const char sha256[] = "ba7816bf8f01cfea414140de5dae2223b00361a39"
				     "6177a9cb410ff61f20015ad";
	struct policy_release_info info;
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(NULL, IMAGE_A "user_data = 616263\n", NULL);
	_cleanup_(loaded_deinit) struct loaded other = { 0 };
	_cleanup_free_ char *images = NULL;
	char hex[HEX_SIZE(ATTEST_SHA256_SIZE)];

	ck_assert_ptr_nonnull(loaded.policy);
	policy_release_info(loaded.policy, 0, 0, &info);
	hex_encode(info.user_data_sha256, hex);
	ck_assert_str_eq(hex, sha256);
	ck_assert_int_gt(
		asprintf(&images, IMAGE_A "user_data = sha256:%s\n", sha256),
		0);
	other = load_texts(NULL, images, NULL);
	ck_assert_ptr_nonnull(other.policy);
	policy_release_info(other.policy, 0, 0, &info);
	hex_encode(info.user_data_sha256, hex);
	ck_assert_str_eq(hex, sha256);
}
END_TEST

#define ROLE                                                                   \
	"expected the ARN of an IAM role "                                     \
	"(arn:aws:iam::123456789012:role/NAME)"
#define ID                                                                     \
	"expected an instance id (i- and 8 or 17 hexadecimal digits in lower " \
	"case), or 'this' on an EC2 instance; found "

static const struct mistake {
	const char *line;
	const char *message; /* without file, line and section */
} mistakes[] = {
	{ "pcr3 = role:signer", "pcr3: " ROLE ", found 'signer'" },
	{ "pcr3 = role:arn:gcp:iam::123456789012:role/a",
	  "pcr3: " ROLE ", found 'arn:gcp:iam::123456789012:role/a'" },
	{ "pcr3 = role:arn:aws:ec2::123456789012:role/a",
	  "pcr3: " ROLE ", found 'arn:aws:ec2::123456789012:role/a'" },
	{ "pcr3 = role:arn:aws:iam:eu-west-1:123456789012:role/a",
	  "pcr3: " ROLE ", found 'arn:aws:iam:eu-west-1:123456789012:role/a'" },
	{ "pcr3 = role:arn:aws:iam::12345678901:role/a",
	  "pcr3: " ROLE ", found 'arn:aws:iam::12345678901:role/a'" },
	{ "pcr3 = role:arn:aws:iam::1234567890123:role/a",
	  "pcr3: " ROLE ", found 'arn:aws:iam::1234567890123:role/a'" },
	{ "pcr3 = role:arn:aws:iam::123456789012:user/a",
	  "pcr3: " ROLE ", found 'arn:aws:iam::123456789012:user/a'" },
	{ "pcr3 = role:arn:aws:iam::123456789012:role/",
	  "pcr3: " ROLE ", found 'arn:aws:iam::123456789012:role/'" },
	{ "pcr3 = role:arn:aws:iam::123456789012:role/a b",
	  "pcr3: " ROLE ", found 'arn:aws:iam::123456789012:role/a b'" },
	{ "pcr3 = role:arn:aws:iam::123456789012:role//a",
	  "pcr3: " ROLE ", found 'arn:aws:iam::123456789012:role//a'" },
	{ "pcr3 = role:arn:aws:iam::123456789012:role/" LONG_ROLE "x",
	  "pcr3: " ROLE ", found 'arn:aws:iam::123456789012:role/" },
	{ "pcr3 = role:arn:aws:iam::123456789012:role/a/",
	  "pcr3: " ROLE ", found 'arn:aws:iam::123456789012:role/a/'" },
	{ "pcr3 = role:arn:aws:sts::123456789012:assumed-role/a/b",
	  "pcr3: " ROLE ", found 'arn:aws:sts::123456789012:assumed-role/a/b' "
	  "(a session of a role; the role itself is measured)" },
	{ "pcr3 = role:arn:aws:iam::123456789012:instance-profile/a",
	  "pcr3: " ROLE
	  ", found 'arn:aws:iam::123456789012:instance-profile/a' (an "
	  "instance profile; the role in it is measured)" },
	{ "pcr4 = role:arn:aws:iam::123456789012:role/a",
	  "pcr4: 'role:' is measured by pcr3, not by pcr4; found "
	  "'role:arn:aws:iam::123456789012:role/a'" },
	{ "pcr4 = instance:this-host", "pcr4: " ID "'this-host'" },
	{ "pcr4 = instance:i-01234567x", "pcr4: " ID "'i-01234567x'" },
	{ "pcr4 = instance:i-0123456", "pcr4: " ID "'i-0123456'" },
	{ "pcr4 = instance:i-0123456789abcdef",
	  "pcr4: " ID "'i-0123456789abcdef'" },
	{ "pcr4 = instance:i-0123456789ABCDEF0",
	  "pcr4: " ID "'i-0123456789ABCDEF0'" },
	{ "pcr4 = instance:mi-0123456789abcdef0",
	  "pcr4: " ID "'mi-0123456789abcdef0'" },
	{ "pcr8 = certificate:prod.pem",
	  "pcr8: expected the absolute path of a certificate file, found "
	  "'prod.pem'" },
	{ "pcr8 = certificate:/etc/absent.pem",
	  "pcr8: expected a certificate in PEM or DER; the file "
	  "/etc/absent.pem is not there" },
	{ "pcr8 = certificate:/etc/bad.pem",
	  "pcr8: expected exactly one certificate in PEM or DER; the file "
	  "/etc/bad.pem holds none, or more than one block of PEM" },
	{ "pcr9 = certificate:/etc/good.pem",
	  "pcr9: 'certificate:' is measured by pcr8, not by pcr9; found "
	  "'certificate:/etc/good.pem'" },
	{ "user_data = xyz",
	  "user_data: expected the hex digits of 1 to 4096 bytes, or sha256: "
	  "and 64 hex digits; found 3 characters 'xyz'" },
	{ "user_data = sha256:abcd",
	  "user_data: expected sha256: and 64 hex digits, found 4 characters "
	  "'abcd'" },
	{ "user_data = sha256:" HEX48("a"),
	  "user_data: expected sha256: and 64 hex digits, found 96 characters "
	  "'" HEX48("a") "'" },
	{ "not_after = 2000-06-01 local",
	  "not_after: expected a time of this host, found '2000-06-01 local': "
	  "clocks never show it" },
};

static void assert_mistake(const char *images,
			   const struct policy_world *a_world,
			   const char *expected)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_in_world(NULL, images, NULL, a_world);
	_cleanup_free_ char *text = loaded_text(&loaded);

	ck_assert_int_eq(loaded.error, POLICY_E_INVALID);
	ck_assert_msg(strstr(text, expected) != NULL, "%s: %s", expected, text);
	ck_assert_uint_eq(diagnostics_errors(loaded.diagnostics), 1);
}

START_TEST(says_what_is_wrong)
{
	const struct mistake *row = &mistakes[_i];
	_cleanup_free_ char *images = NULL;
	_cleanup_free_ char *expected = NULL;

	ck_assert_int_gt(asprintf(&images, IMAGE_A "%s\n", row->line), 0);
	ck_assert_int_gt(asprintf(&expected, "[release/a/1] %s", row->message),
			 0);
	assert_mistake(images, &world, expected);
}
END_TEST

START_TEST(says_that_this_host_is_no_instance)
{
	own_instance = NULL;
	assert_mistake(IMAGE_A "pcr4 = instance:this\n", &world,
		       "pcr4: expected to find the instance id of this host: "
		       "no hypervisor said so\n");
	own_instance = "To be filled by OEM";
	assert_mistake(
		IMAGE_A "pcr4 = instance:this\n", &world,
		"whose asset tag is an instance id; found 'To be filled by "
		"OEM'\n");
}
END_TEST

START_TEST(needs_a_world_only_where_it_is_asked_for)
{
	_cleanup_(loaded_deinit) struct loaded loaded = load_texts(
		NULL, IMAGE_A "pcr4 = instance:" INSTANCE "\n", NULL);

	ck_assert_int_eq(loaded.error, POLICY_OK);
	assert_mistake(IMAGE_A "pcr4 = instance:this\n", NULL,
		       "this host is not known here\n");
	assert_mistake(IMAGE_A "pcr8 = certificate:/a\n", NULL,
		       "files are not read here\n");
	assert_mistake(IMAGE_A "not_after = 2026-11-01 local\n", NULL,
		       "local time is not known here\n");
}
END_TEST

/* What these PCRs measure in an enclave, they do not measure in a TPM. */
START_TEST(refuses_computed_values_of_nitrotpm)
{
	assert_mistake("[image/t]\nkind=nitrotpm\n[release/t/1]\npcr7=" HEX48(
			       "a") "\npcr4=instance:" INSTANCE "\n",
		       &world,
		       "i.conf:5: [release/t/1]: expected a value in hex: "
		       "role:, instance: and certificate: are measured by "
		       "enclaves, and the image is of kind nitrotpm\n");
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, computes_a_role);
	tcase_add_test(tests, takes_a_long_role);
	tcase_add_test(tests, computes_an_instance);
	tcase_add_test(tests, computes_a_certificate);
	tcase_add_test(tests, reads_times_of_both_kinds);
	tcase_add_test(tests, reads_user_data_of_both_kinds);
	tcase_add_loop_test(tests, says_what_is_wrong, 0, ARRAY_SIZE(mistakes));
	tcase_add_test(tests, says_that_this_host_is_no_instance);
	tcase_add_test(tests, needs_a_world_only_where_it_is_asked_for);
	tcase_add_test(tests, refuses_computed_values_of_nitrotpm);
}

UNIT_MAIN("policy_computed", add_tests)
