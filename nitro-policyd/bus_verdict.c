/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/bus_verdict.h"

#include "dbus/nitro_bus.h"

static int append_check(sd_bus_message *reply, const struct verdict *verdict,
			enum verdict_check check)
{
	const struct check_result *result = &verdict->checks[check];

	return sd_bus_message_append(
		reply, "(sssss)", verdict_check_name(check),
		check_state_name(result->state), result->expected,
		result->actual, result->why != NULL ? result->why : "");
}

static int append_check_array(sd_bus_message *reply,
			      const struct verdict *verdict)
{
	int r = sd_bus_message_open_container(reply, 'a', "(sssss)");

	for (unsigned check = 0; r >= 0 && check < CHECK_COUNT; check++)
		r = append_check(reply, verdict, (enum verdict_check)check);
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* No dictionary: its keys would be numbers, which JSON cannot have. */
static int append_pcr_array(sd_bus_message *reply,
			    const struct evidence *evidence)
{
	int r = sd_bus_message_open_container(reply, 'a', "(uay)");

	for (unsigned index = 0; r >= 0 && index < ATTEST_PCR_COUNT; index++) {
		struct span pcr = evidence_pcr(evidence, index);

		if (span_is_absent(pcr))
			continue;
		r = sd_bus_message_open_container(reply, 'r', "uay");
		if (r >= 0)
			r = sd_bus_message_append(reply, "u", index);
		if (r >= 0)
			r = sd_bus_message_append_array(reply, 'y', pcr.data,
							pcr.size);
		if (r >= 0)
			r = sd_bus_message_close_container(reply);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* Opens a dictionary entry and its variant; close_entry() ends both. */
static int open_entry(sd_bus_message *reply, const char *key, const char *type)
{
	int r = sd_bus_message_open_container(reply, 'e', "sv");

	if (r >= 0)
		r = sd_bus_message_append_basic(reply, 's', key);
	return r < 0 ? r : sd_bus_message_open_container(reply, 'v', type);
}

static int close_entry(sd_bus_message *reply)
{
	int r = sd_bus_message_close_container(reply);

	return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* Nothing for bytes that are absent. */
static int append_bytes(sd_bus_message *reply, const char *key,
			struct span bytes)
{
	int r;

	if (span_is_absent(bytes))
		return 0;

	r = open_entry(reply, key, "ay");
	if (r >= 0)
		r = sd_bus_message_append_array(reply, 'y', bytes.data,
						bytes.size);
	return r < 0 ? r : close_entry(reply);
}

static int append_pcrs(sd_bus_message *reply, const struct evidence *evidence)
{
	int r = open_entry(reply, NITRO_DOCUMENT_PCRS, "a(uay)");

	if (r >= 0)
		r = append_pcr_array(reply, evidence);
	return r < 0 ? r : close_entry(reply);
}

static int append_fields(sd_bus_message *reply, const struct evidence *evidence)
{
	const struct {
		const char *key;
		struct span bytes;
	} fields[] = {
		{ NITRO_DOCUMENT_PUBLIC_KEY, evidence_public_key(evidence) },
		{ NITRO_DOCUMENT_USER_DATA, evidence_user_data(evidence) },
		{ NITRO_DOCUMENT_NONCE, evidence_nonce(evidence) },
		{ NITRO_DOCUMENT_SHA256, evidence_payload_sha256(evidence) },
	};
	int r = sd_bus_message_append(
		reply, "{sv}{sv}{sv}{sv}", NITRO_DOCUMENT_KIND, "s",
		evidence_kind_name(evidence_kind(evidence)),
		NITRO_DOCUMENT_MODULE_ID, "s", evidence_module_id(evidence),
		NITRO_DOCUMENT_TIMESTAMP, "t", evidence_timestamp_ms(evidence),
		NITRO_DOCUMENT_ROOT, "s", evidence_root_label(evidence));

	if (r >= 0)
		r = append_pcrs(reply, evidence);
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(fields); i++)
		r = append_bytes(reply, fields[i].key, fields[i].bytes);
	return r;
}

static int append_document(sd_bus_message *reply,
			   const struct evidence *evidence)
{
	int r;

	if (evidence == NULL)
		return 0;

	r = open_entry(reply, NITRO_VERDICT_DOCUMENT, "a{sv}");
	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "{sv}");
	if (r >= 0)
		r = append_fields(reply, evidence);
	if (r >= 0)
		r = sd_bus_message_close_container(reply);
	return r < 0 ? r : close_entry(reply);
}

static int append_checks(sd_bus_message *reply, const struct verdict *verdict)
{
	int r = open_entry(reply, NITRO_VERDICT_CHECKS, "a(sssss)");

	if (r >= 0)
		r = append_check_array(reply, verdict);
	return r < 0 ? r : close_entry(reply);
}

static int append_texts(sd_bus_message *reply, const struct verdict *verdict)
{
	const struct {
		const char *key;
		const char *text;
	} texts[] = {
		{ NITRO_VERDICT_REASON, verdict->reason },
		{ NITRO_VERDICT_MESSAGE, verdict->sentence },
		{ NITRO_VERDICT_HINT, verdict->hint },
		{ NITRO_VERDICT_RULE, verdict->rule },
		{ NITRO_VERDICT_IMAGE, verdict->image },
		{ NITRO_VERDICT_RELEASE, verdict->release },
	};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(texts); i++)
		r = sd_bus_message_append(reply, "{sv}", texts[i].key, "s",
					  texts[i].text);
	return r;
}

int bus_verdict_append(sd_bus_message *reply, const struct job *job)
{
	const struct verdict *verdict = job->verdict;
	int r = sd_bus_message_append(reply, "s",
				      verdict->allowed ? NITRO_DECISION_ALLOW
						       : NITRO_DECISION_DENY);

	if (r >= 0)
		r = sd_bus_message_open_container(reply, 'a', "{sv}");
	if (r >= 0)
		r = append_texts(reply, verdict);
	if (r >= 0)
		r = sd_bus_message_append(
			reply, "{sv}{sv}{sv}{sv}{sv}{sv}", NITRO_VERDICT_LEVEL,
			"u", verdict->level, NITRO_VERDICT_RETIRING, "b",
			verdict->release_retiring, NITRO_VERDICT_AUDITED, "b",
			verdict->audited, NITRO_VERDICT_SESSION_MAX, "t",
			verdict->session_max_ms * USEC_PER_MSEC,
			NITRO_VERDICT_GENERATION, "t",
			job->snapshot->generation, NITRO_VERDICT_DIGEST, "s",
			job->snapshot->digest);
	if (r >= 0 && job->live_id[0] != '\0')
		r = sd_bus_message_append(reply, "{sv}", NITRO_VERDICT_ID, "s",
					  job->live_id);
	if (r >= 0)
		r = append_checks(reply, verdict);
	if (r >= 0)
		r = append_document(reply, job_evidence(job));
	return r < 0 ? r : sd_bus_message_close_container(reply);
}
