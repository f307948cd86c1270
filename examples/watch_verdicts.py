#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Waits for live verdicts and says who got in, by what, and when that ended.

    watch_verdicts.py [COUNT]

Shows what lives already, then every change as it comes; with COUNT it ends after so
many changes. Any user may run it. Needs python3-dbus and python3-gi.
"""
import sys

import dbus
import dbus.mainloop.glib
from gi.repository import GLib

NAME = "org.nitro.Policy1"
PATH = "/org/nitro/Policy1"
MANAGER = "org.nitro.Policy1.Manager"
VERDICT = "org.nitro.Policy1.Verdict"


def describe(verdict):
    """One line about the properties of a verdict."""
    what = f"{verdict['Image']}/{verdict['Release']}" if verdict["Image"] else "no image"
    trial = ", on trial" if verdict["Audited"] else ""
    return (f"{verdict['User']} for {verdict['Service']}: level {verdict['Level']}, "
            f"{what}, {verdict['State']}{trial}")


class Watcher:
    def __init__(self, bus, loop, count):
        self.loop, self.left = loop, count
        self.manager = dbus.Interface(bus.get_object(NAME, PATH, introspect=False),
                                      MANAGER)
        # First listen, then look: nothing can happen in between.
        for signal, handler in (("VerdictIssued", self.issued),
                                ("VerdictRevoked", self.revoked)):
            bus.add_signal_receiver(handler, signal, MANAGER, NAME, PATH)
        objects = dbus.Interface(bus.get_object(NAME, PATH, introspect=False),
                                 "org.freedesktop.DBus.ObjectManager")
        for interfaces in objects.GetManagedObjects().values():
            if VERDICT in interfaces:
                self.tell("lives ", interfaces[VERDICT]["Id"],
                          describe(interfaces[VERDICT]))

    @staticmethod
    def tell(what, verdict, text):
        print(what, verdict, text, flush=True)

    def issued(self, _path, verdict, user, service):
        try:
            text = describe(self.manager.GetVerdict(verdict))
        except dbus.DBusException:  # it has ended already
            text = f"{user} for {service}"
        self.tell("issued", verdict, text)
        self.count()

    def revoked(self, _path, verdict, user, service, reason):
        self.tell("ended ", verdict, f"{user} for {service}: {reason}")
        self.count()

    def count(self):
        if self.left is not None:
            self.left -= 1
            if self.left == 0:
                self.loop.quit()


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else None
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    loop = GLib.MainLoop()
    try:
        Watcher(dbus.SystemBus(), loop, count)
        loop.run()
    except dbus.DBusException as error:
        sys.exit(f"The daemon does not answer: {error.get_dbus_message()}")
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
