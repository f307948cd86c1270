/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What documents can be bound to. The evidence is real: documents of the simulator,
 * verified by attest_verify(); the instance is a file's.
 */
#include "config.h"

#include "policy/policy.h"

#include "attest/digest.h"
#include "base/time_text.h"
#include "nitro-sim/breaks.h"
#include "ssh/key.h"
#include "ssh/wire.h"
#include "tests/unit/policy_unit.h"

#define INSTANCE "i-0123456789abcdef0"
#define BOUND(words)                                                           \
	"[rule/a]\nservice=sshd\nuser=*\nlevel=1\nroots=sim\nbind=" words "\n"

static struct authority *authority;
static struct anchors *anchors;
static int64_t now_ms;

/* An Ed25519 key, its SubjectPublicKeyInfo and the SHA-256 of the former. */
static uint8_t key[SSH_KEY_BLOB_MAX], spki[SSH_KEY_SPKI_MAX], sha256[32];
static size_t key_size, spki_size;

static void make_key(void)
{
	struct wire_writer writer = wire_writer(key, sizeof(key));
	_cleanup_(digest_freep) struct digest *digest = NULL;
	struct ssh_key parsed;
	struct span blob;

	wire_write_string(&writer, span_of_text("ssh-ed25519"));
	wire_write_string(&writer,
			  span_of("0123456789abcdef0123456789abcdef", 32));
	key_size = writer.size;
	blob = span_of(key, key_size);
	ck_assert_int_eq(ssh_key_read(blob, &parsed), SSH_OK);
	spki_size = ssh_key_write_spki(&parsed, spki);
	ck_assert_int_eq(digest_new(&digest), ATTEST_OK);
	ck_assert_int_eq(digest_sha256(digest, &blob, 1, sha256), ATTEST_OK);
}

/* Once for all tests: each runs in a process of its own, forked after this. */
static void setup(void)
{
	_cleanup_bytes_ struct bytes pem = BYTES_EMPTY;

	ck_assert_int_eq(time_parse("2026-11-22T12:00:00Z", &now_ms), 0);
	ck_assert_int_eq(authority_new(&authority), 0);
	ck_assert_int_eq(authority_root_pem(authority, &pem), 0);
	ck_assert_int_eq(anchors_new(&anchors), ATTEST_OK);
	ck_assert_int_eq(anchors_add_pem(anchors, "sim", bytes_span(&pem)),
			 ATTEST_OK);
	make_key();
}

static void teardown(void)
{
	authority_free(authority);
	anchors_free(anchors);
}

static struct document_options usual_options(void)
{
	struct document_options options;

	document_options_init(&options, now_ms);
	return options;
}

static struct evidence *make_evidence(const struct document_options *options)
{
	_cleanup_bytes_ struct bytes document = BYTES_EMPTY;
	struct attest_input input = { .anchors = anchors, .max_age_ms = 60000 };
	struct evidence *evidence = NULL;
	struct attest_failure failure;

	ck_assert_int_eq(
		document_make(authority, options, &document, &input.now_ms), 0);
	input.document = bytes_span(&document);
	ck_assert_msg(attest_verify(&input, &evidence, &failure) == ATTEST_OK,
		      "%s", attest_error_name(failure.error));
	return evidence;
}

static int find_instance(void *context,
			 char ret_id[static POLICY_INSTANCE_ID_SIZE],
			 const char **reterr_why)
{
	const char *id = context;

	if (id == NULL) {
		*reterr_why = "it is a toaster";
		return -1;
	}
	snprintf(ret_id, POLICY_INSTANCE_ID_SIZE, "%s", id);
	return 0;
}

static struct loaded load_on(const char *instance, const char *rules)
{
	char id[32];
	const struct policy_world world = {
		.find_instance = find_instance,
		.context = instance == NULL ? NULL : id,
	};

	if (instance != NULL)
		snprintf(id, sizeof(id), "%s", instance);
	return load_in_world(NULL, NULL, rules, &world);
}

/* The verdict of a policy of one rule; its requirements count. */
static struct verdict *appraise(const struct loaded *loaded,
				const struct claim *claim)
{
	struct verdict *verdict = verdict_new();
	const struct rule *rule = policy_rule(loaded->policy, 0);

	policy_appraise(loaded->policy, rule_requirements(rule), claim,
			verdict);
	return verdict;
}

enum field { NOTHING, KEY, SPKI, SHA256, OTHER_KEY, CUT_KEY, LONG_SHA256 };

static struct span field_of(enum field field)
{
	static uint8_t other[SSH_KEY_BLOB_MAX], longer[33];

	switch (field) {
	case NOTHING:
		break;
	case KEY:
		return span_of(key, key_size);
	case SPKI:
		return span_of(spki, spki_size);
	case SHA256:
		return span_of(sha256, sizeof(sha256));
	case OTHER_KEY:
		memcpy(other, key, key_size);
		other[key_size - 1] ^= 1;
		return span_of(other, key_size);
	case CUT_KEY:
		return span_of(key, key_size - 1);
	case LONG_SHA256:
		memcpy(longer, sha256, sizeof(sha256));
		return span_of(longer, sizeof(longer));
	}
	return SPAN_ABSENT;
}

static const struct ssh_case {
	enum field public_key, user_data, proven;
	const char *reason;
} ssh_cases[] = {
	{ KEY, NOTHING, KEY, "allowed" },
	{ SPKI, NOTHING, KEY, "allowed" },
	{ NOTHING, SHA256, KEY, "allowed" },
	{ OTHER_KEY, SHA256, KEY, "allowed" },
	{ KEY, NOTHING, NOTHING, "ssh-key-missing" },
	{ NOTHING, NOTHING, NOTHING, "ssh-key-missing" },
	{ NOTHING, NOTHING, KEY, "ssh-key-different" },
	{ OTHER_KEY, NOTHING, KEY, "ssh-key-different" },
	{ KEY, NOTHING, OTHER_KEY, "ssh-key-different" },
	/* The fields mean what they are called. */
	{ SHA256, NOTHING, KEY, "ssh-key-different" },
	{ NOTHING, KEY, KEY, "ssh-key-different" },
	{ NOTHING, LONG_SHA256, KEY, "ssh-key-different" },
	/* What is no key is bound to nothing, be it the same twice. */
	{ CUT_KEY, NOTHING, CUT_KEY, "ssh-key-different" },
};

START_TEST(binds_to_ssh_keys)
{
	const struct ssh_case *row = &ssh_cases[_i];
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(NULL, NULL, BOUND("ssh-key"));
	struct document_options options = usual_options();
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	_cleanup_(verdict_freep) struct verdict *verdict = NULL;
	const bool holds = strcmp(row->reason, "allowed") == 0;

	options.public_key = field_of(row->public_key);
	options.user_data = field_of(row->user_data);
	evidence = make_evidence(&options);
	verdict = appraise(&loaded,
			   &(struct claim){ .evidence = evidence,
					    .now_ms = now_ms,
					    .ssh_key = field_of(row->proven) });
	ck_assert_str_eq(verdict->reason, row->reason);
	ck_assert_int_eq(verdict->allowed, holds);
	ck_assert_int_eq(verdict->checks[CHECK_SSH_KEY].state,
			 holds ? CHECK_PASSED : CHECK_FAILED);
	ck_assert_uint_eq(verdict_bindings(verdict), holds ? BIND_SSH_KEY : 0);
}
END_TEST

START_TEST(says_which_ssh_key_was_meant)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(NULL, NULL, BOUND("ssh-key"));
	struct document_options options = usual_options();
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	_cleanup_(verdict_freep) struct verdict *verdict = NULL;

	options.public_key = field_of(OTHER_KEY);
	evidence = make_evidence(&options);
	verdict =
		appraise(&loaded, &(struct claim){ .evidence = evidence,
						   .now_ms = now_ms,
						   .ssh_key = field_of(KEY) });
	/* As ssh-keygen -l calls the key. */
	ck_assert_str_eq(verdict->checks[CHECK_SSH_KEY].expected,
			 "SHA256:r0jjAatH+rPa97KMRB4yEkCq0GlcmkYyacWqmoyiTwI");
	ck_assert_str_eq(verdict->checks[CHECK_SSH_KEY].actual,
			 "public_key is another (51 bytes), user_data absent "
			 "(0 bytes)");
}
END_TEST

static const struct host_case {
	const char *instance; /* of this host */
	enum evidence_kind kind;
	const char *broken;
	const char *actual; /* NULL: it holds */
} host_cases[] = {
	{ INSTANCE, EVIDENCE_ENCLAVE, NULL, NULL },
	{ INSTANCE, EVIDENCE_NITROTPM, NULL, NULL },
	{ "i-0123456789abcdef1", EVIDENCE_ENCLAVE, NULL,
	  "module_id " INSTANCE "-enc0123456789abcdef" },
	{ "i-0123456789abcdef1", EVIDENCE_NITROTPM, NULL,
	  "module_id " INSTANCE "-tpm0000000000000000" },
	/* A name that only begins the same. */
	{ "i-01234567", EVIDENCE_ENCLAVE, NULL,
	  "module_id " INSTANCE "-enc0123456789abcdef" },
	{ INSTANCE, EVIDENCE_ENCLAVE, "pcr4-other",
	  "PCR4 measures another instance" },
	{ INSTANCE, EVIDENCE_ENCLAVE, "leaf-name-org",
	  "leaf certificate of i-0123456789abcdef0-enc0123456789abcdef."
	  "us-east-1.org" },
};

START_TEST(binds_to_this_host)
{
	const struct host_case *row = &host_cases[_i];
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_on(row->instance, BOUND("host"));
	struct document_options options = usual_options();
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	_cleanup_(verdict_freep) struct verdict *verdict = NULL;
	char expected[64];

	options.kind = row->kind;
	if (row->broken != NULL) {
		options.broken = breaks_find(row->broken);
		ck_assert_ptr_nonnull(options.broken);
	}
	evidence = make_evidence(&options);
	verdict = appraise(&loaded, &(struct claim){ .evidence = evidence,
						     .now_ms = now_ms });
	if (row->actual == NULL) {
		ck_assert_str_eq(verdict->reason, "allowed");
		ck_assert_uint_eq(verdict_bindings(verdict), BIND_HOST);
		return;
	}
	ck_assert(!verdict->allowed);
	ck_assert_str_eq(verdict->reason, "host-different");
	snprintf(expected, sizeof(expected), "made on instance %s",
		 row->instance);
	ck_assert_str_eq(verdict->checks[CHECK_HOST].expected, expected);
	ck_assert_str_eq(verdict->checks[CHECK_HOST].actual, row->actual);
}
END_TEST

START_TEST(wants_to_know_the_host)
{
	static const struct {
		const char *instance;
		const char *text;
	} rows[] = {
		{ NULL, "rules.d/r.conf:6: [rule/a] bind: expected to find the "
			"instance id of this host: it is a toaster\n" },
		{ "", "rules.d/r.conf:6: [rule/a] bind: expected this host to "
		      "be an EC2 instance, whose asset tag is an instance id; "
		      "found ''\n" },
		{ "i-0123456789ABCDEF0",
		  "rules.d/r.conf:6: [rule/a] bind: expected this host to be "
		  "an EC2 instance, whose asset tag is an instance id; found "
		  "'i-0123456789ABCDEF0'\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(loaded_deinit) struct loaded loaded =
			load_on(rows[i].instance, BOUND("host"));
		_cleanup_free_ char *text = loaded_text(&loaded);

		ck_assert_int_eq(loaded.error, POLICY_E_INVALID);
		ck_assert_str_eq(text, rows[i].text);
	}
}
END_TEST

START_TEST(takes_the_word_of_who_verified_the_signature)
{
	static const struct {
		enum key_proof proof;
		const char *fault;
		const char *reason;
		const char *actual;
	} rows[] = {
		{ KEY_PROOF_HOLDS, NULL, "allowed", "" },
		{ KEY_PROOF_NOT_GIVEN, NULL, "key-proof-missing", "" },
		{ KEY_PROOF_FAILS, NULL, "key-proof-wrong", "" },
		{ KEY_PROOF_FAILS, "It is no key.", "key-proof-wrong",
		  "It is no key." },
	};
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(NULL, NULL, BOUND("key"));
	const struct document_options options = usual_options();
	_cleanup_(evidence_freep) struct evidence *evidence =
		make_evidence(&options);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(verdict_freep) struct verdict *verdict = appraise(
			&loaded, &(struct claim){ .evidence = evidence,
						  .now_ms = now_ms,
						  .key_proof = rows[i].proof,
						  .key_fault = rows[i].fault });

		ck_assert_str_eq(verdict->reason, rows[i].reason);
		ck_assert_str_eq(verdict->checks[CHECK_KEY].actual,
				 rows[i].actual);
		ck_assert_int_eq(verdict->allowed, i == 0);
	}
}
END_TEST

/* All that a rule names must hold, whichever of them does not. */
START_TEST(needs_all_that_it_names)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_on(INSTANCE, BOUND("ssh-key, host, key"));
	struct document_options options = usual_options();
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	struct claim claim = { .now_ms = now_ms, .ssh_key = field_of(KEY) };

	options.public_key = field_of(KEY);
	evidence = make_evidence(&options);
	claim.evidence = evidence;
	for (unsigned i = 0; i < 4; i++) {
		_cleanup_(verdict_freep) struct verdict *verdict = NULL;

		claim.key_proof =
			(i & 1) != 0 ? KEY_PROOF_HOLDS : KEY_PROOF_NOT_GIVEN;
		claim.ssh_key = field_of((i & 2) != 0 ? KEY : NOTHING);
		verdict = appraise(&loaded, &claim);
		ck_assert_int_eq(verdict->allowed, i == 3);
		ck_assert_uint_eq(verdict_bindings(verdict),
				  BIND_HOST | ((i & 1) != 0 ? BIND_KEY : 0) |
					  ((i & 2) != 0 ? BIND_SSH_KEY : 0));
	}
}
END_TEST

/* A later rule may ask for what held here though nobody asked. */
START_TEST(finds_bindings_that_nobody_asked_for)
{
	_cleanup_(loaded_deinit) struct loaded loaded = load_on(
		INSTANCE,
		"[rule/b]\nservice=login\nuser=*\nlevel=1\nroots=sim\n" BOUND(
			"ssh-key, host"));
	struct document_options options = usual_options();
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	_cleanup_(verdict_freep) struct verdict *verdict = NULL;

	options.user_data = field_of(SHA256);
	evidence = make_evidence(&options);
	verdict =
		appraise(&loaded, &(struct claim){ .evidence = evidence,
						   .now_ms = now_ms,
						   .ssh_key = field_of(KEY) });
	ck_assert(verdict->allowed);
	ck_assert_uint_eq(verdict_bindings(verdict), BIND_SSH_KEY | BIND_HOST);
	ck_assert_int_eq(verdict->checks[CHECK_KEY].state, CHECK_NOT_CHECKED);
	ck_assert_str_eq(verdict->checks[CHECK_KEY].why,
			 "no rule binds the document to it");
	ck_assert_str_eq(verdict->checks[CHECK_VERDICT].why,
			 "no live verdict was asked for");
}
END_TEST

static const struct held_case {
	const char *bind; /* NULL: the rule binds to nothing */
	unsigned held;
	const char *reason;
} held_cases[] = {
	{ NULL, 0, "allowed" },
	{ NULL, BIND_NONCE | BIND_KEY, "allowed" },
	{ "nonce", BIND_NONCE, "allowed" },
	{ "nonce, key", BIND_NONCE | BIND_KEY | BIND_SSH_KEY, "allowed" },
	{ "ssh-key, host, key", BIND_SSH_KEY | BIND_HOST | BIND_KEY,
	  "allowed" },
	{ "nonce", 0, "binding-missing" },
	{ "nonce", BIND_KEY, "binding-missing" },
	{ "ssh-key", BIND_NONCE, "binding-missing" },
	/* It would hold, if it were looked at. */
	{ "host", BIND_NONCE, "binding-missing" },
	{ "nonce, key", BIND_NONCE, "binding-missing" },
};

START_TEST(appraises_again_by_what_held)
{
	const struct held_case *row = &held_cases[_i];
	_cleanup_free_ char *rules = NULL;
	_cleanup_(loaded_deinit) struct loaded loaded = { 0 };
	const struct document_options options = usual_options();
	_cleanup_(evidence_freep) struct evidence *evidence =
		make_evidence(&options);
	_cleanup_(verdict_freep) struct verdict *verdict = verdict_new();
	bool holds = strcmp(row->reason, "allowed") == 0;

	ck_assert_int_gt(asprintf(&rules,
				  "[rule/a]\nservice=sshd\nuser=*\nlevel=1\n"
				  "roots=sim\n%s%s\n",
				  row->bind == NULL ? "" : "bind=",
				  row->bind == NULL ? "" : row->bind),
			 0);
	loaded = load_on(INSTANCE, rules);
	/* A day later: how old the document is has been judged. */
	policy_reappraise(loaded.policy, policy_rule(loaded.policy, 0),
			  &(struct claim){ .evidence = evidence,
					   .now_ms = now_ms + 86400000,
					   .held = row->held },
			  verdict);
	ck_assert_str_eq(verdict->reason, row->reason);
	ck_assert_int_eq(verdict->allowed, holds);
	ck_assert_str_eq(verdict->rule, "a");
	ck_assert_int_eq(verdict->checks[CHECK_RULE].state, CHECK_PASSED);
	ck_assert_int_eq(verdict->checks[CHECK_VERDICT].state,
			 holds ? CHECK_PASSED : CHECK_FAILED);
	/* What held stays held for the verdict that comes of it. */
	if (holds)
		ck_assert_uint_eq(verdict_bindings(verdict) & row->held,
				  row->held);
}
END_TEST

START_TEST(appraises_again_all_else)
{
	_cleanup_(loaded_deinit) struct loaded loaded =
		load_texts(NULL, IMAGE_A, RULE_A "roots = sim\nbind = key\n");
	const struct document_options options = usual_options();
	_cleanup_(evidence_freep) struct evidence *evidence =
		make_evidence(&options);
	_cleanup_(verdict_freep) struct verdict *verdict = verdict_new();

	policy_reappraise(loaded.policy, policy_rule(loaded.policy, 0),
			  &(struct claim){ .evidence = evidence,
					   .now_ms = now_ms,
					   .held = BIND_KEY },
			  verdict);
	ck_assert(!verdict->allowed);
	ck_assert_str_eq(verdict->reason, "measurements-unknown");
}
END_TEST

static const struct foreseen_case {
	const char *bind;
	enum field public_key, proven;
	unsigned unknown;
	const char *reason;
} foreseen_cases[] = {
	{ "nonce", NOTHING, NOTHING, 0, "allowed" },
	{ "ssh-key", NOTHING, NOTHING, BIND_SSH_KEY, "allowed" },
	{ "ssh-key", KEY, KEY, 0, "allowed" },
	{ "ssh-key", NOTHING, KEY, 0, "ssh-key-different" },
	{ "key", KEY, NOTHING, BIND_KEY, "allowed" },
	/* Nothing could sign. */
	{ "key", NOTHING, NOTHING, 0, "key-proof-missing" },
	{ "ssh-key, key", KEY, NOTHING, BIND_SSH_KEY | BIND_KEY, "allowed" },
	{ "ssh-key, key", KEY, OTHER_KEY, BIND_KEY, "ssh-key-different" },
};

START_TEST(foresees_what_a_login_would_show)
{
	const struct foreseen_case *row = &foreseen_cases[_i];
	_cleanup_free_ char *rules = NULL;
	_cleanup_(loaded_deinit) struct loaded loaded = { 0 };
	struct document_options options = usual_options();
	_cleanup_(evidence_freep) struct evidence *evidence = NULL;
	_cleanup_(verdict_freep) struct verdict *verdict = verdict_new();
	unsigned unknown;

	options.public_key = field_of(row->public_key);
	evidence = make_evidence(&options);
	ck_assert_int_gt(asprintf(&rules, BOUND("%s"), row->bind), 0);
	loaded = load_texts(NULL, NULL, rules);
	unknown = policy_foresee(
		loaded.policy, rule_requirements(policy_rule(loaded.policy, 0)),
		&(struct claim){ .evidence = evidence,
				 .now_ms = now_ms,
				 .ssh_key = field_of(row->proven) },
		verdict);
	ck_assert_str_eq(verdict->reason, row->reason);
	ck_assert_uint_eq(unknown, row->unknown);
	/* What is not known is not said to hold. */
	ck_assert_uint_eq(verdict_bindings(verdict) & unknown, 0);
	if ((unknown & BIND_KEY) != 0)
		ck_assert_str_eq(verdict->checks[CHECK_KEY].why,
				 "no challenge was signed without a login");
}
END_TEST

START_TEST(names_bindings)
{
	char text[BINDINGS_TEXT_SIZE];

	bindings_text(0, text);
	ck_assert_str_eq(text, "none");
	bindings_text(BIND_HOST, text);
	ck_assert_str_eq(text, "host");
	bindings_text(~0u, text);
	ck_assert_str_eq(text, "nonce, ssh-key, host, key");
}
END_TEST

static void add_tests(TCase *tests)
{
	tcase_add_unchecked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, binds_to_ssh_keys, 0, ARRAY_SIZE(ssh_cases));
	tcase_add_test(tests, says_which_ssh_key_was_meant);
	tcase_add_loop_test(tests, binds_to_this_host, 0,
			    ARRAY_SIZE(host_cases));
	tcase_add_test(tests, wants_to_know_the_host);
	tcase_add_test(tests, takes_the_word_of_who_verified_the_signature);
	tcase_add_test(tests, needs_all_that_it_names);
	tcase_add_test(tests, finds_bindings_that_nobody_asked_for);
	tcase_add_loop_test(tests, appraises_again_by_what_held, 0,
			    ARRAY_SIZE(held_cases));
	tcase_add_test(tests, appraises_again_all_else);
	tcase_add_loop_test(tests, foresees_what_a_login_would_show, 0,
			    ARRAY_SIZE(foreseen_cases));
	tcase_add_test(tests, names_bindings);
}

UNIT_MAIN("binding", add_tests)
