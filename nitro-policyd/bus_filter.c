/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "nitro-policyd/bus_filter.h"

#include <string.h>

#include "dbus/nitro_bus.h"

/* Interfaces whose members tell about all objects, and those that tell about one. */
static const struct {
	const char *name;
	bool tells_all;
} standard_interfaces[] = {
	{ "org.freedesktop.DBus.ObjectManager", true },
	{ "org.freedesktop.DBus.Introspectable", true },
	{ "org.freedesktop.DBus.Properties", false },
};

/* Questions of our own interfaces are counted where they are handled. */
static bool is_standard(const char *interface, bool *ret_tells_all)
{
	for (size_t i = 0; i < ARRAY_SIZE(standard_interfaces); i++)
		if (strcmp(interface, standard_interfaces[i].name) == 0) {
			*ret_tells_all = standard_interfaces[i].tells_all;
			return true;
		}
	return false;
}

/* 1: the message is answered, and sd-bus looks no further. */
static int on_message(sd_bus_message *message, void *userdata,
		      sd_bus_error *reterr_error)
{
	const char *interface = sd_bus_message_get_interface(message);
	struct manager *manager = userdata;
	bool tells_all;
	int r;

	if (interface == NULL ||
	    sd_bus_message_is_method_call(message, NULL, NULL) <= 0 ||
	    !is_standard(interface, &tells_all))
		return 0;
	r = manager_admit_look(manager, message,
			       tells_all ? manager->lives.count + 1 : 1,
			       reterr_error);
	return r < 0 ? r : 0;
}

int bus_filter_add(struct manager *manager)
{
	return sd_bus_add_filter(manager->bus, NULL, on_message, manager);
}
