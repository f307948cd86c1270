/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "policy/binding.h"

#include "base/base64.h"
#include "policy/binding_check.h"
#include "ssh/key.h"

static const struct binding_row {
	const char *name;
	enum verdict_check check;
} rows[BINDING_COUNT] = {
#define BINDING_ROW(code, bit, check, word) [bit] = { word, CHECK_##check },
	BINDING_TABLE(BINDING_ROW)
#undef BINDING_ROW
};

const char *binding_name(unsigned index)
{
	return rows[index].name;
}

void bindings_text(unsigned bindings, char ret_text[static BINDINGS_TEXT_SIZE])
{
	size_t length = 0;

	snprintf(ret_text, BINDINGS_TEXT_SIZE, "none");
	for (unsigned i = 0; i < BINDING_COUNT; i++)
		if ((bindings & 1u << i) != 0)
			length += (size_t)snprintf(
				ret_text + length, BINDINGS_TEXT_SIZE - length,
				"%s%s", length > 0 ? ", " : "", rows[i].name);
}

unsigned verdict_bindings(const struct verdict *verdict)
{
	unsigned bindings = 0;

	for (unsigned i = 0; i < BINDING_COUNT; i++)
		if (verdict->checks[rows[i].check].state == CHECK_PASSED)
			bindings |= 1u << i;
	return bindings;
}

static const char why_not_asked[] = "no rule binds the document to it";

/* How one binding came out. Texts for people, as verdict_fail() takes them. */
struct finding {
	bool holds;
	enum verdict_reason reason;
	char expected[ATTEST_DETAIL_SIZE];
	char actual[ATTEST_DETAIL_SIZE];
};

/* What `ssh-keygen -l` calls a key. */
#define FINGERPRINT_SIZE (sizeof("SHA256:") + BASE64_SIZE(ATTEST_SHA256_SIZE))

static void fingerprint_text(const uint8_t sha256[static ATTEST_SHA256_SIZE],
			     char ret_text[static FINGERPRINT_SIZE])
{
	int length = snprintf(ret_text, FINGERPRINT_SIZE, "SHA256:");

	base64_encode(BASE64_STANDARD, span_of(sha256, ATTEST_SHA256_SIZE),
		      ret_text + length);
	*strchrnul(ret_text, '=') = '\0';
}

/* A document has few places that the enclave writes: public_key holds the key, in
 * the format of SSH or of everybody else, or user_data holds its SHA-256. */
static bool names_ssh_key(const struct evidence *evidence, struct span blob,
			  struct span sha256)
{
	const struct span public_key = evidence_public_key(evidence);
	uint8_t spki[SSH_KEY_SPKI_MAX];
	struct ssh_key key;

	if (ssh_key_read(blob, &key) != SSH_OK)
		return false;
	return span_equal(public_key, blob) ||
	       span_equal(public_key,
			  span_of(spki, ssh_key_write_spki(&key, spki))) ||
	       span_equal(evidence_user_data(evidence), sha256);
}

static void describe_fields(const struct evidence *evidence,
			    char ret_text[static ATTEST_DETAIL_SIZE])
{
	const struct span public_key = evidence_public_key(evidence);
	const struct span user_data = evidence_user_data(evidence);

	snprintf(ret_text, ATTEST_DETAIL_SIZE,
		 "public_key %s (%zu bytes), user_data %s (%zu bytes)",
		 span_is_absent(public_key) ? "absent" : "is another",
		 public_key.size,
		 span_is_absent(user_data) ? "absent" : "is another",
		 user_data.size);
}

static void find_ssh_key(const struct policy *policy, const struct claim *claim,
			 struct finding *finding)
{
	uint8_t sha256[ATTEST_SHA256_SIZE];

	finding->reason = REASON_SSH_KEY_MISSING;
	if (span_is_absent(claim->ssh_key))
		return;
	finding->reason = REASON_SSH_KEY_DIFFERENT;
	if (digest_sha256(policy->digest, &claim->ssh_key, 1, sha256) !=
	    ATTEST_OK)
		return;
	finding->holds = names_ssh_key(claim->evidence, claim->ssh_key,
				       span_of(sha256, sizeof(sha256)));
	fingerprint_text(sha256, finding->expected);
	describe_fields(claim->evidence, finding->actual);
}

bool policy_holds_ssh_key(const struct policy *policy,
			  const struct claim *claim)
{
	struct finding finding = { .holds = false };

	find_ssh_key(policy, claim, &finding);
	return finding.holds;
}

bool leaf_is_named(const char *name, const char *module_id)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "0123456789-";
	const size_t length = strlen(module_id);
	size_t region;

	if (strncmp(name, module_id, length) != 0 || name[length] != '.')
		return false;
	name += length + 1;
	region = strspn(name, allowed);
	return region > 0 && strcmp(name + region, ".aws") == 0;
}

/* The instance id, then what the enclave or the NitroTPM is called on it. */
static bool is_on_instance(const struct evidence *evidence, const char *id)
{
	const char *module_id = evidence_module_id(evidence);
	const size_t length = strlen(id);
	const char *rest =
		evidence_kind(evidence) == EVIDENCE_ENCLAVE ? "-enc" : "-tpm";

	return length > 0 && strncmp(module_id, id, length) == 0 &&
	       strncmp(module_id + length, rest, strlen(rest)) == 0;
}

/* NitroTPM documents come from the instance itself; their PCR4 measures its boot
 * loader. */
static bool pcr4_is_of_instance(const struct evidence *evidence)
{
	const struct span expected = evidence_expected_pcr4(evidence);

	if (evidence_kind(evidence) == EVIDENCE_NITROTPM)
		return true;
	return !span_is_absent(expected) &&
	       span_equal(expected, evidence_pcr(evidence, 4));
}

/* Three witnesses, and a rule of level 1 asks none of them otherwise. */
static void find_host(const struct policy *policy, const struct claim *claim,
		      struct finding *finding)
{
	const struct evidence *evidence = claim->evidence;
	const char *module_id = evidence_module_id(evidence);
	const char *name = evidence_leaf_common_name(evidence);

	finding->reason = REASON_HOST_DIFFERENT;
	snprintf(finding->expected, sizeof(finding->expected),
		 "made on instance %s", policy->instance_id);
	if (!is_on_instance(evidence, policy->instance_id))
		snprintf(finding->actual, sizeof(finding->actual),
			 "module_id %s", module_id);
	else if (!leaf_is_named(name, module_id))
		snprintf(finding->actual, sizeof(finding->actual),
			 "leaf certificate of %s", name);
	else if (!pcr4_is_of_instance(evidence))
		snprintf(finding->actual, sizeof(finding->actual),
			 "PCR4 measures another instance");
	else
		finding->holds = true;
}

static void find_key(const struct policy *policy _unused_,
		     const struct claim *claim, struct finding *finding)
{
	finding->holds = claim->key_proof == KEY_PROOF_HOLDS;
	finding->reason = claim->key_proof == KEY_PROOF_NOT_GIVEN
				  ? REASON_KEY_PROOF_MISSING
				  : REASON_KEY_PROOF_WRONG;
	if (claim->key_fault != NULL)
		snprintf(finding->actual, sizeof(finding->actual), "%s",
			 claim->key_fault);
}

void bindings_check(const struct policy *policy, unsigned required,
		    const struct claim *claim, struct verdict *verdict)
{
	static const struct {
		enum binding binding;
		enum verdict_check check;
		void (*find)(const struct policy *policy,
			     const struct claim *claim,
			     struct finding *finding);
	} bindings[] = {
		{ BIND_SSH_KEY, CHECK_SSH_KEY, find_ssh_key },
		{ BIND_HOST, CHECK_HOST, find_host },
		{ BIND_KEY, CHECK_KEY, find_key },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bindings); i++) {
		struct finding finding = { .holds = false };

		if ((claim->held & bindings[i].binding) != 0)
			finding.holds = true;
		else
			bindings[i].find(policy, claim, &finding);
		if (finding.holds)
			verdict_pass(verdict, bindings[i].check);
		else if ((required & bindings[i].binding) != 0)
			verdict_fail(verdict, finding.reason, finding.expected,
				     finding.actual);
		else
			verdict_skip(verdict, bindings[i].check, why_not_asked);
	}
}
