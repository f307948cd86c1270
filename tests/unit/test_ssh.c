/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSH keys, certificates and lines as an attacker would write them: each refusal has
 * an input that differs from a good one in one place.
 */
#include "config.h"

#include "ssh/certificate.h"

#include "base/cleanup.h"
#include "ssh/wire.h"
#include "tests/unit/unit.h"

/* Room for a certificate that is too large. */
#define ROOM (SSH_CERTIFICATE_MAX + 4096u)

static uint8_t memory[ROOM];

static void put_text(struct wire_writer *writer, const char *text)
{
	wire_write_string(writer, span_of_text(text));
}

/* `size` bytes, the first and the last as given, 0x55 between them. */
static void put_number(struct wire_writer *writer, uint8_t first, size_t size,
		       uint8_t last)
{
	uint8_t bytes[4096];

	memset(bytes, 0x55, sizeof(bytes));
	bytes[0] = first;
	bytes[size - 1] = last;
	wire_write_string(writer, span_of(bytes, size));
}

static const struct rsa_case {
	uint8_t e_first;
	size_t e_size;
	uint8_t e_last;
	uint8_t n_first;
	size_t n_size;
	uint8_t n_last;
	enum ssh_error error;
} rsa_cases[] = {
	{ 1, 3, 1, 0x7f, 256, 1, SSH_OK },
	{ 3, 1, 3, 0x7f, 256, 1, SSH_OK },
	{ 1, 8, 1, 0x7f, 256, 1, SSH_OK },
	{ 1, 3, 1, 0x7f, 2048, 1, SSH_OK },
	/* the exponent */
	{ 1, 1, 1, 0x7f, 256, 1, SSH_E_KEY },	 /* 1 */
	{ 1, 3, 2, 0x7f, 256, 1, SSH_E_KEY },	 /* even */
	{ 1, 9, 1, 0x7f, 256, 1, SSH_E_KEY },	 /* too large */
	{ 0x80, 3, 1, 0x7f, 256, 1, SSH_E_KEY }, /* negative */
	{ 0, 3, 1, 0x7f, 256, 1, SSH_E_KEY },	 /* a zero too many */
	{ 0, 1, 0, 0x7f, 256, 1, SSH_E_KEY },	 /* zero */
	/* the modulus */
	{ 1, 3, 1, 0x7f, 256, 2, SSH_E_KEY },
	{ 1, 3, 1, 0x7f, 255, 1, SSH_E_KEY },
	{ 1, 3, 1, 0x7f, 2049, 1, SSH_E_KEY },
	{ 1, 3, 1, 0x80, 256, 1, SSH_E_KEY },
	{ 1, 3, 1, 0, 257, 1, SSH_E_KEY },
};

START_TEST(judges_rsa_numbers)
{
	const struct rsa_case *row = &rsa_cases[_i];
	struct wire_writer writer = wire_writer(memory, sizeof(memory));
	struct ssh_key key;

	put_text(&writer, "ssh-rsa");
	put_number(&writer, row->e_first, row->e_size, row->e_last);
	put_number(&writer, row->n_first, row->n_size, row->n_last);
	ck_assert_int_eq(ssh_key_read(span_of(memory, writer.size), &key),
			 row->error);
}
END_TEST

/* A modulus whose highest bit is set has a zero in front, which is not part of it. */
START_TEST(takes_the_zero_of_the_sign_away)
{
	struct wire_writer writer = wire_writer(memory, sizeof(memory));
	uint8_t number[257] = { 0, 0x80 };
	struct ssh_key key;

	number[256] = 1;
	put_text(&writer, "ssh-rsa");
	wire_write_string(&writer, span_of("\1\0\1", 3));
	wire_write_string(&writer, span_of(number, sizeof(number)));
	ck_assert_int_eq(ssh_key_read(span_of(memory, writer.size), &key),
			 SSH_OK);
	ck_assert_uint_eq(key.modulus.size, 256);
	ck_assert_uint_eq(key.modulus.data[0], 0x80);
	ck_assert_uint_eq(key.exponent.size, 3);
}
END_TEST

static const struct point_case {
	const char *type;
	const char *curve; /* NULL: the type has none */
	uint8_t first;
	size_t size;
	enum ssh_error error;
} point_cases[] = {
	{ "ssh-ed25519", NULL, 9, 32, SSH_OK },
	{ "ssh-ed25519", NULL, 9, 31, SSH_E_KEY },
	{ "ssh-ed25519", NULL, 9, 33, SSH_E_KEY },
	{ "ecdsa-sha2-nistp256", "nistp256", 4, 65, SSH_OK },
	{ "ecdsa-sha2-nistp256", "nistp384", 4, 65, SSH_E_KEY },
	{ "ecdsa-sha2-nistp256", "nistp256", 4, 64, SSH_E_KEY },
	{ "ecdsa-sha2-nistp256", "nistp256", 4, 97, SSH_E_KEY },
	{ "ecdsa-sha2-nistp256", "nistp256", 3, 65, SSH_E_KEY },
	{ "ecdsa-sha2-nistp256", "nistp256", 2, 33, SSH_E_KEY },
	{ "ecdsa-sha2-nistp384", "nistp384", 4, 97, SSH_OK },
	{ "ecdsa-sha2-nistp384", "nistp384", 4, 96, SSH_E_KEY },
	{ "ecdsa-sha2-nistp521", "nistp521", 4, 133, SSH_OK },
	{ "ecdsa-sha2-nistp521", "nistp521", 4, 132, SSH_E_KEY },
	{ "ssh-dss", NULL, 9, 32, SSH_E_TYPE },
	{ "sk-ssh-ed25519@openssh.com", NULL, 9, 32, SSH_E_TYPE },
	{ "ssh-ed2551", NULL, 9, 32, SSH_E_TYPE },
	{ "", NULL, 9, 32, SSH_E_TYPE },
	{ "ssh-ed25519-cert-v01@openssh.com", NULL, 9, 32, SSH_E_TYPE },
};

START_TEST(judges_points)
{
	const struct point_case *row = &point_cases[_i];
	struct wire_writer writer = wire_writer(memory, sizeof(memory));
	struct ssh_key key;

	put_text(&writer, row->type);
	if (row->curve != NULL)
		put_text(&writer, row->curve);
	put_number(&writer, row->first, row->size, 7);
	ck_assert_int_eq(ssh_key_read(span_of(memory, writer.size), &key),
			 row->error);
}
END_TEST

START_TEST(refuses_a_key_that_is_too_large)
{
	struct ssh_key key;

	ck_assert_int_eq(
		ssh_key_read(span_of(memory, SSH_KEY_BLOB_MAX + 1), &key),
		SSH_E_SIZE);
}
END_TEST

/* What a certificate of this test says; each test changes one thing. */
struct plan {
	uint32_t kind;
	struct span key_id;
	size_t principals;	  /* "p", so many times */
	struct span a_principal;  /* one more, unless absent */
	size_t extensions;	  /* so many of different names */
	struct span an_extension; /* name of one more, unless absent */
	struct span its_value;
	bool twice;	      /* this extension stands twice */
	struct span critical; /* bytes behind the options */
	struct span signature_key;
	struct span signature;
	const char *trailer;
};

static struct plan plan_of_a_good_one(void)
{
	return (struct plan){
		.kind = SSH_CERTIFICATE_USER,
		.key_id = span_of_text("id"),
		.critical = span_of("", 0),
		.signature_key = span_of_text("k"),
		.signature = span_of_text("s"),
		.trailer = "",
	};
}

static struct span packed_principals(const struct plan *plan, uint8_t *bytes,
				     size_t capacity)
{
	struct wire_writer writer = wire_writer(bytes, capacity);

	for (size_t i = 0; i < plan->principals; i++)
		put_text(&writer, "p");
	if (!span_is_absent(plan->a_principal))
		wire_write_string(&writer, plan->a_principal);
	return span_of(bytes, writer.size);
}

static struct span packed_extensions(const struct plan *plan, uint8_t *bytes,
				     size_t capacity)
{
	struct wire_writer writer = wire_writer(bytes, capacity);

	for (size_t i = 0; i < plan->extensions; i++) {
		const uint8_t name[] = { 'e', (uint8_t)(i + 1) };

		wire_write_string(&writer, span_of(name, sizeof(name)));
		put_text(&writer, "");
	}
	for (int i = 0; i < (plan->twice ? 2 : 1); i++) {
		if (span_is_absent(plan->an_extension))
			break;
		wire_write_string(&writer, plan->an_extension);
		wire_write_string(&writer, plan->its_value);
	}
	return span_of(bytes, writer.size);
}

static struct span make_certificate(const struct plan *plan)
{
	struct wire_writer writer = wire_writer(memory, sizeof(memory));
	static uint8_t principals[4096], extensions[ROOM];

	put_text(&writer, "ssh-ed25519-cert-v01@openssh.com");
	put_text(&writer, "nonce");
	put_number(&writer, 9, 32, 9);
	wire_write_u64(&writer, 7);
	wire_write_u32(&writer, plan->kind);
	wire_write_string(&writer, plan->key_id);
	wire_write_string(&writer, packed_principals(plan, principals,
						     sizeof(principals)));
	wire_write_u64(&writer, 1000);
	wire_write_u64(&writer, 2000);
	wire_write_string(&writer, plan->critical);
	wire_write_string(&writer, packed_extensions(plan, extensions,
						     sizeof(extensions)));
	put_text(&writer, "");
	wire_write_string(&writer, plan->signature_key);
	wire_write_string(&writer, plan->signature);
	wire_write_bytes(&writer, span_of_text(plan->trailer));
	ck_assert(!writer.is_full);
	return span_of(memory, writer.size);
}

static void assert_certificate(const struct plan *plan, enum ssh_error error)
{
	struct ssh_certificate certificate;

	ck_assert_int_eq(
		ssh_certificate_read(make_certificate(plan), &certificate),
		error);
}

START_TEST(judges_fields_of_certificates)
{
	struct plan plan = plan_of_a_good_one();

	assert_certificate(&plan, SSH_OK);
	plan.kind = SSH_CERTIFICATE_HOST;
	assert_certificate(&plan, SSH_OK);
	plan.kind = 0;
	assert_certificate(&plan, SSH_E_CERTIFICATE);
	plan.kind = 3;
	assert_certificate(&plan, SSH_E_CERTIFICATE);

	plan = plan_of_a_good_one();
	plan.key_id = span_of("a\0b", 3);
	assert_certificate(&plan, SSH_E_CERTIFICATE);

	plan = plan_of_a_good_one();
	plan.signature = span_of_text("");
	assert_certificate(&plan, SSH_E_CERTIFICATE);

	plan = plan_of_a_good_one();
	plan.signature_key = span_of_text("");
	assert_certificate(&plan, SSH_E_CERTIFICATE);

	plan = plan_of_a_good_one();
	plan.trailer = "x";
	assert_certificate(&plan, SSH_E_ENCODING);
}
END_TEST

START_TEST(judges_principals)
{
	struct plan plan = plan_of_a_good_one();

	plan.principals = SSH_PRINCIPALS_MAX;
	assert_certificate(&plan, SSH_OK);
	plan.principals++;
	assert_certificate(&plan, SSH_E_CERTIFICATE);
	plan.principals = 1;
	plan.a_principal = span_of_text("");
	assert_certificate(&plan, SSH_E_CERTIFICATE);
	plan.a_principal = span_of("root\0x", 6);
	assert_certificate(&plan, SSH_E_CERTIFICATE);
}
END_TEST

START_TEST(judges_options)
{
	struct plan plan = plan_of_a_good_one();

	plan.extensions = SSH_OPTIONS_MAX;
	assert_certificate(&plan, SSH_OK);
	plan.extensions++;
	assert_certificate(&plan, SSH_E_CERTIFICATE);
	plan.extensions = 2;
	plan.an_extension = span_of_text("x");
	plan.its_value = span_of("\0\0\0\1v", 5);
	assert_certificate(&plan, SSH_OK);
	plan.twice = true;
	assert_certificate(&plan, SSH_E_CERTIFICATE);
	plan.twice = false;
	plan.an_extension = span_of_text("");
	assert_certificate(&plan, SSH_E_CERTIFICATE);
	plan.an_extension = span_of("x\0", 2);
	assert_certificate(&plan, SSH_E_CERTIFICATE);

	plan = plan_of_a_good_one();
	plan.critical = span_of("\0\0\0\1c\0\0\0\0", 9);
	assert_certificate(&plan, SSH_OK);
	plan.critical = span_of("\0\0\0\1c\0\0\0\1", 9);
	assert_certificate(&plan, SSH_E_CERTIFICATE);
	plan.critical = span_of("\0\0\0\1c", 5);
	assert_certificate(&plan, SSH_E_CERTIFICATE);
}
END_TEST

START_TEST(refuses_a_certificate_that_is_too_large)
{
	static uint8_t value[ROOM];
	struct plan plan = plan_of_a_good_one();
	size_t without;

	plan.an_extension = span_of_text("x");
	plan.its_value = span_of(value, 0);
	without = make_certificate(&plan).size;
	plan.its_value = span_of(value, SSH_CERTIFICATE_MAX - without);
	assert_certificate(&plan, SSH_OK);
	plan.its_value.size++;
	assert_certificate(&plan, SSH_E_SIZE);
}
END_TEST

static const struct value_case {
	struct span packed;
	struct span value; /* absent: it is refused */
} value_cases[] = {
	{ { (const uint8_t *)"", 0 }, { (const uint8_t *)"", 0 } },
	{ { (const uint8_t *)"\0\0\0\0", 4 }, { (const uint8_t *)"", 0 } },
	{ { (const uint8_t *)"\0\0\0\2vw", 6 }, { (const uint8_t *)"vw", 2 } },
	{ { (const uint8_t *)"\0\0\0\1vw", 6 }, { NULL, 0 } },
	{ { (const uint8_t *)"\0\0\0\3vw", 6 }, { NULL, 0 } },
	{ { (const uint8_t *)"vw", 2 }, { NULL, 0 } },
	{ { (const uint8_t *)"\xff\xff\xff\xff", 4 }, { NULL, 0 } },
};

START_TEST(unpacks_values_of_extensions)
{
	const struct value_case *row = &value_cases[_i];
	struct plan plan = plan_of_a_good_one();
	struct ssh_certificate certificate;
	struct span value = SPAN_ABSENT;

	plan.extensions = 1;
	plan.an_extension = span_of_text("x");
	plan.its_value = row->packed;
	ck_assert_int_eq(
		ssh_certificate_read(make_certificate(&plan), &certificate),
		SSH_OK);
	ck_assert_int_eq(ssh_certificate_extension(&certificate, "x", &value),
			 span_is_absent(row->value) ? SSH_E_CERTIFICATE
						    : SSH_OK);
	ck_assert(span_is_absent(value) == span_is_absent(row->value));
	ck_assert(span_equal(value, row->value));
}
END_TEST

START_TEST(knows_when_a_certificate_is_valid)
{
	const struct plan plan = plan_of_a_good_one();
	struct ssh_certificate certificate;

	ck_assert_int_eq(
		ssh_certificate_read(make_certificate(&plan), &certificate),
		SSH_OK);
	ck_assert(!ssh_certificate_is_valid_at(&certificate, 999));
	ck_assert(ssh_certificate_is_valid_at(&certificate, 1000));
	ck_assert(ssh_certificate_is_valid_at(&certificate, 1999));
	ck_assert(!ssh_certificate_is_valid_at(&certificate, 2000));
	ck_assert(!ssh_certificate_has_critical(&certificate));
	ck_assert(!ssh_certificate_has_principal(&certificate, ""));
}
END_TEST

/* "ssh-ed25519" in front of a byte, in base64: AAAAC3NzaC1lZDI1NTE5 and what the
 * byte becomes. */
static const struct line_case {
	const char *line;
	enum ssh_error error;
} line_cases[] = {
	{ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", SSH_OK },
	{ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 a comment of words", SSH_OK },
	{ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 ", SSH_OK },
	{ "ssh-rsa AAAAC3NzaC1lZDI1NTE5", SSH_E_LINE },
	{ "ssh-ed2551 AAAAC3NzaC1lZDI1NTE5", SSH_E_LINE },
	{ "ssh-ed25519", SSH_E_LINE },
	{ "ssh-ed25519 ", SSH_E_LINE },
	{ "ssh-ed25519  AAAAC3NzaC1lZDI1NTE5", SSH_E_LINE },
	{ " ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", SSH_E_LINE },
	{ "", SSH_E_LINE },
	{ " AAAA", SSH_E_LINE },
	{ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE", SSH_E_LINE },
	{ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5\n", SSH_E_LINE },
	{ "ssh-ed25519 AAAAC3NzaC1lZDI1NTF=", SSH_E_LINE },
	{ "no-pty ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", SSH_E_LINE },
	{ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA", SSH_E_SIZE },
};

START_TEST(judges_lines)
{
	const struct line_case *row = &line_cases[_i];
	uint8_t blob[15];
	size_t size = 0;

	ck_assert_int_eq(ssh_line_read(span_of_text(row->line), blob,
				       sizeof(blob), &size),
			 row->error);
	ck_assert_uint_eq(size, row->error == SSH_OK ? sizeof(blob) : 0);
}
END_TEST

/* A file holds one line; whoever has two keys in it means one of them. */
START_TEST(judges_files)
{
	static const char line[] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDAwMDA"
				   "wMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw c";
	static const struct {
		const char *before;
		const char *behind;
		enum ssh_error error;
	} rows[] = {
		{ "", "", SSH_OK },	     { "", "\n", SSH_OK },
		{ "", "\n\n", SSH_E_LINE },  { "\n", "", SSH_E_LINE },
		{ "", "\n# x", SSH_E_LINE }, { "no-pty ", "", SSH_E_LINE },
	};
	uint8_t blob[SSH_KEY_BLOB_MAX];
	size_t size = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = NULL;

		ck_assert_int_gt(asprintf(&text, "%s%s%s", rows[i].before, line,
					  rows[i].behind),
				 0);
		ck_assert_int_eq(ssh_file_read(span_of_text(text), blob, &size),
				 rows[i].error);
	}
	ck_assert_uint_eq(size, 51);
	ck_assert_int_eq(ssh_file_read(span_of_text(""), blob, &size),
			 SSH_E_LINE);
}
END_TEST

START_TEST(writes_lines_of_known_types_only)
{
	struct wire_writer writer = wire_writer(memory, sizeof(memory));
	char line[SSH_LINE_SIZE(64)];

	ck_assert_int_eq(ssh_line_write(span_of("", 0), line), SSH_E_ENCODING);
	ck_assert_int_eq(ssh_line_write(span_of("\0\0\0\1", 4), line),
			 SSH_E_ENCODING);
	put_text(&writer, "ssh-dss");
	ck_assert_int_eq(ssh_line_write(span_of(memory, writer.size), line),
			 SSH_E_TYPE);
}
END_TEST

START_TEST(has_a_name_and_a_text_for_each_error)
{
	ck_assert_str_eq(ssh_error_name(SSH_OK), "");
	ck_assert_str_eq(ssh_error_name(SSH_E_LINE), "line");
	ck_assert_str_eq(ssh_error_text(SSH_E_KEY),
			 "its numbers are no key of its type");
}
END_TEST

/* Nothing is written behind the end, and nothing small into a gap before it. */
START_TEST(writes_within_its_memory)
{
	uint8_t room[8];
	struct wire_writer writer = wire_writer(room, sizeof(room));

	wire_write_u32(&writer, 1);
	wire_write_string(&writer, span_of_text("abc"));
	ck_assert(writer.is_full);
	ck_assert_uint_le(writer.size, sizeof(room));
	wire_write_bytes(&writer, span_of_text(""));
	ck_assert(writer.is_full);
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_loop_test(tests, judges_rsa_numbers, 0,
			    ARRAY_SIZE(rsa_cases));
	tcase_add_test(tests, takes_the_zero_of_the_sign_away);
	tcase_add_loop_test(tests, judges_points, 0, ARRAY_SIZE(point_cases));
	tcase_add_test(tests, refuses_a_key_that_is_too_large);
	tcase_add_test(tests, judges_fields_of_certificates);
	tcase_add_test(tests, judges_principals);
	tcase_add_test(tests, judges_options);
	tcase_add_test(tests, refuses_a_certificate_that_is_too_large);
	tcase_add_loop_test(tests, unpacks_values_of_extensions, 0,
			    ARRAY_SIZE(value_cases));
	tcase_add_test(tests, knows_when_a_certificate_is_valid);
	tcase_add_loop_test(tests, judges_lines, 0, ARRAY_SIZE(line_cases));
	tcase_add_test(tests, judges_files);
	tcase_add_test(tests, writes_lines_of_known_types_only);
	tcase_add_test(tests, has_a_name_and_a_text_for_each_error);
	tcase_add_test(tests, writes_within_its_memory);
}

UNIT_MAIN("ssh", add_tests)
