/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/bus_properties.h"

#include "base/clock.h"
#include "nitro-policyd/manager.h"

int property_get_version(sd_bus *bus _unused_, const char *path _unused_,
			 const char *interface _unused_,
			 const char *property _unused_, sd_bus_message *reply,
			 void *userdata _unused_,
			 sd_bus_error *reterr_error _unused_)
{
	return sd_bus_message_append(reply, "s", PACKAGE_VERSION);
}

int property_get_generation(sd_bus *bus _unused_, const char *path _unused_,
			    const char *interface _unused_,
			    const char *property _unused_,
			    sd_bus_message *reply, void *userdata,
			    sd_bus_error *reterr_error _unused_)
{
	const struct manager *manager = userdata;

	return sd_bus_message_append(reply, "t",
				     manager->policy.current->generation);
}

int property_get_digest(sd_bus *bus _unused_, const char *path _unused_,
			const char *interface _unused_,
			const char *property _unused_, sd_bus_message *reply,
			void *userdata, sd_bus_error *reterr_error _unused_)
{
	const struct manager *manager = userdata;

	return sd_bus_message_append(reply, "s",
				     manager->policy.current->digest);
}

int property_get_errors(sd_bus *bus _unused_, const char *path _unused_,
			const char *interface _unused_,
			const char *property _unused_, sd_bus_message *reply,
			void *userdata, sd_bus_error *reterr_error _unused_)
{
	const struct manager *manager = userdata;

	return sd_bus_message_append_strv(reply, manager->policy.errors);
}

int property_get_warnings(sd_bus *bus _unused_, const char *path _unused_,
			  const char *interface _unused_,
			  const char *property _unused_, sd_bus_message *reply,
			  void *userdata, sd_bus_error *reterr_error _unused_)
{
	const struct manager *manager = userdata;

	return sd_bus_message_append_strv(reply, manager->policy.warnings);
}

int property_get_roots(sd_bus *bus _unused_, const char *path _unused_,
		       const char *interface _unused_,
		       const char *property _unused_, sd_bus_message *reply,
		       void *userdata, sd_bus_error *reterr_error _unused_)
{
	const struct manager *manager = userdata;
	const struct anchors *anchors =
		manager->policy.current->config->anchors;
	int r = sd_bus_message_open_container(reply, 'a', "(ss)");

	for (size_t i = 0; r >= 0 && i < anchors_count(anchors); i++) {
		char fingerprint[HEX_SIZE(ATTEST_SHA256_SIZE)];

		hex_encode(anchors_fingerprint(anchors, i), fingerprint);
		r = sd_bus_message_append(
			reply, "(ss)", anchors_label(anchors, i), fingerprint);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

int property_get_images(sd_bus *bus _unused_, const char *path _unused_,
			const char *interface _unused_,
			const char *property _unused_, sd_bus_message *reply,
			void *userdata, sd_bus_error *reterr_error _unused_)
{
	const struct manager *manager = userdata;
	const struct policy *policy = manager->policy.current->config->policy;
	int r = sd_bus_message_open_container(reply, 'a', "(su)");

	for (size_t i = 0; r >= 0 && i < policy_image_count(policy); i++)
		r = sd_bus_message_append(
			reply, "(su)", policy_image_name(policy, i),
			(uint32_t)policy_image_release_count(policy, i));
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

int property_get_rule_count(sd_bus *bus _unused_, const char *path _unused_,
			    const char *interface _unused_,
			    const char *property _unused_,
			    sd_bus_message *reply, void *userdata,
			    sd_bus_error *reterr_error _unused_)
{
	const struct manager *manager = userdata;

	return sd_bus_message_append(
		reply, "u",
		(uint32_t)policy_rule_count(
			manager->policy.current->config->policy));
}

int property_get_expiring(sd_bus *bus _unused_, const char *path _unused_,
			  const char *interface _unused_,
			  const char *property _unused_, sd_bus_message *reply,
			  void *userdata, sd_bus_error *reterr_error _unused_)
{
	const struct manager *manager = userdata;
	const struct policy *policy = manager->policy.current->config->policy;
	uint64_t within_ms = policy_settings(policy)->expiry_warning_ms;
	int64_t now_ms = clock_realtime_ms();
	int r = sd_bus_message_open_container(reply, 'a', "(sst)");

	for (size_t i = 0; r >= 0 && i < policy_image_count(policy); i++) {
		struct policy_expiry entry;

		if (policy_expiring(policy, i, now_ms, within_ms, &entry))
			r = sd_bus_message_append(
				reply, "(sst)", entry.image, entry.release,
				(uint64_t)entry.ends_ms * USEC_PER_MSEC);
	}
	return r < 0 ? r : sd_bus_message_close_container(reply);
}

int property_get_unjudged(sd_bus *bus _unused_, const char *path _unused_,
			  const char *interface _unused_,
			  const char *property _unused_, sd_bus_message *reply,
			  void *userdata, sd_bus_error *reterr_error _unused_)
{
	const struct manager *manager = userdata;

	return sd_bus_message_append(reply, "u",
				     (uint32_t)manager->lives.unjudged_count);
}

int property_get_statistics(sd_bus *bus _unused_, const char *path _unused_,
			    const char *interface _unused_,
			    const char *property _unused_,
			    sd_bus_message *reply, void *userdata,
			    sd_bus_error *reterr_error _unused_)
{
	const struct manager *manager = userdata;

	return statistics_append(&manager->statistics, reply);
}
