# SPDX-License-Identifier: Apache-2.0
"""The user as whom sshd runs nitro-authorized-keys, for whoever offers a key: all that a
stranger could take over is what this user may ask, and how much of it."""
import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import unittest
from concurrent import futures
from xml.etree import ElementTree

TOP = pathlib.Path(os.environ.setdefault(
    "top_srcdir", str(pathlib.Path(__file__).resolve().parents[2])))
BUILD = pathlib.Path(os.environ.setdefault("top_builddir", os.getcwd()))
sys.path.insert(0, str(TOP / "tests/support"))
import private_host         # noqa: E402
from test_sshd_certificate import (Scene, setUpModule,      # noqa: E402,F401
                                   tearDownModule)

MANAGER = "org.nitro.Policy1.Manager"
DENIED = "org.nitro.Policy1.Error.AccessDenied"
LIMITED = "org.nitro.Policy1.Error.LimitExceeded"

# Makes calls, [interface, member, signature, arguments], 100 at a time, which the bus lets
# wait on one connection, and says how each ended. Bytes are hexadecimal.
CALLS = """
import json, sys, dbus, dbus.lowlevel
bus = dbus.SystemBus()
calls = json.load(sys.stdin)
ends = {}

def value(it):
    if isinstance(it, dict):
        return dbus.Dictionary({key: value(it[key]) for key in it}, signature="sv")
    return dbus.ByteArray(bytes.fromhex(it[4:])) if it.startswith("hex:") else it

def send(number, interface, member, signature, arguments):
    call = dbus.lowlevel.MethodCallMessage("org.nitro.Policy1", "/org/nitro/Policy1",
                                           interface, member)
    call.append(*map(value, arguments), signature=signature)

    def end(reply):
        failed = reply.get_type() == dbus.lowlevel.MESSAGE_TYPE_ERROR
        ends[number] = reply.get_error_name() if failed else str(reply.get_args_list()[:1])
    return bus.send_message_with_reply(call, end, 20)

pending = []
for number, call in enumerate(calls):
    if number >= 100:
        pending[number - 100].block()
    pending.append(send(number, *call))
for call in pending:
    call.block()
print("\\n".join(ends[number] for number in range(len(calls))))
"""
ALLOWED, REFUSED = "[dbus.String('allow')]", "[dbus.String('deny')]"


def limit(name):
    text = (TOP / "nitro-policyd/limits.h").read_text()
    return int(re.search(rf"#define {name}\s+(\d+)", text)[1])


def check(user="signer", **options):
    return [MANAGER, "CheckVerdict", "ssa{sv}", ["sshd", user, options]]


def authorize(nonce="hex:", document="hex:", **options):
    return [MANAGER, "Authorize", "ssayaya{sv}",
            ["sshd", "signer", nonce, document, options]]


def other_members():
    """Everything else that the daemon answers, with arguments that are good."""
    values = {"id": "v" + 32 * "0", "service": "sshd", "user": "signer", "why": "x",
              "name": "secret", "options": {}, "filter": {}}
    tree = ElementTree.parse(TOP / "dbus/org.nitro.Policy1.xml")
    for method in tree.find(f"interface[@name='{MANAGER}']").iter("method"):
        given = [argument for argument in method.iter("arg")
                 if argument.get("direction") == "in"]
        if method.get("name") not in ("Authorize", "CheckVerdict"):
            yield [MANAGER, method.get("name"),
                   "".join(argument.get("type") for argument in given),
                   [values.get(argument.get("name"), "hex:00") for argument in given]]
    standard = "org.freedesktop.DBus."
    yield [standard + "Properties", "GetAll", "s", [MANAGER]]
    yield [standard + "Introspectable", "Introspect", "", []]
    yield [standard + "ObjectManager", "GetManagedObjects", "", []]


class KeysUser(Scene):
    def setUp(self):
        super().setUp()
        self.scene.make_certificate()
        self.key = self.blob("key.pub")
        self.certificate = self.blob("key-cert.pub")

    def blob(self, name):
        words = (self.scene.home / name).read_text().split()
        return "hex:" + base64.b64decode(words[1]).hex()

    def ends(self, *calls, user=private_host.KEYS_USER):
        done = self.scene.run_as(user, "/usr/bin/python3", "-c", CALLS,
                                 text=json.dumps(calls))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines()

    def assertEnds(self, calls, wanted, **options):
        for call, end in zip(calls, self.ends(*calls, **options), strict=True):
            self.assertEqual(end, wanted, call)

    def open_bus(self):
        """Without the bus's policy for this user, the daemon's own says no."""
        path = pathlib.Path("/etc/dbus-1/system.d/org.nitro.Policy1.conf")
        shipped = path.read_text()
        opened = re.sub(r'<policy user="nitro-keys">.*?</policy>', "", shipped, flags=re.S)
        self.assertNotEqual(opened, shipped)
        self.addCleanup(self.reload_bus)
        self.addCleanup(path.write_text, shipped)
        path.write_text(opened)
        self.reload_bus()

    @staticmethod
    def reload_bus():
        subprocess.run(["dbus-send", "--system", "--print-reply",
                        "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
                        "org.freedesktop.DBus.ReloadConfig"], check=True,
                       stdout=subprocess.DEVNULL)

    def test_it_asks_about_keys(self):
        self.assertEqual(self.ends(check(ssh_key=self.key)), [REFUSED])
        self.assertEqual(self.ends(authorize(ssh_key=self.certificate)), [ALLOWED])
        self.assertEqual(self.ends(check(ssh_key=self.key)), [ALLOWED])

    def test_the_bus_stops_everything_else(self):
        calls = list(other_members())
        self.assertGreater(len(calls), 15)
        self.assertEnds(calls, "org.freedesktop.DBus.Error.AccessDenied")

    def test_so_does_the_daemon(self):
        calls = list(other_members())
        self.open_bus()
        self.assertEnds(calls, DENIED)

    def test_neither_does_it_ask_in_other_words(self):
        self.assertEnds([
            check(verdict="v" + 32 * "0"), check(session="1"),
            authorize(document="hex:00"), authorize(ticket="a" * 26),
            authorize(document="hex:00", ssh_key=self.certificate),
            authorize(nonce="hex:" + 32 * "00", ssh_key=self.certificate)], DENIED)

    def test_a_login_takes_its_verdict_over(self):
        """It is root's from then on, and no second one."""
        self.start_sshd(session="session required {module} require")
        before = self.issued()
        login = self.scene.log_in_with_key("signer", self.scene.home / "key", command="env")
        self.assertIn("NITRO_VERDICT=v", login.output)
        self.assertEqual(self.issued(), before + 1)

    def issued(self):
        status = self.scene.run("nitroctl", "status").stdout
        return int(re.search(r"verdicts-issued\s+(\d+)", status)[1])

    def test_a_verdict_that_nobody_took_over_is_nobodys(self):
        """Who may only ask about keys cannot lend root a verdict by its name."""
        self.ends(authorize(ssh_key=self.certificate))
        listed = self.scene.run("nitroctl", "verdict", "list", "--user", "signer").stdout
        for verdict in re.findall(r"v[0-9a-f]{32}", listed):
            self.assertEqual(self.ends(check(verdict=verdict), user="root"), [REFUSED])

    def test_strangers_without_end(self):
        """More offers than any sshd makes: some are refused, and neither root nor another
        user waits for them."""
        burst, rate = limit("RATE_KEYS_BURST"), limit("RATE_KEYS_PER_SECOND")
        begin, slowest = time.monotonic(), 0
        with futures.ThreadPoolExecutor() as pool:
            flood = pool.submit(self.ends, *4 * burst * [check(ssh_key=self.key)])
            while not flood.done():
                start = time.monotonic()
                for user in ("root", "stranger"):
                    self.assertEqual(self.ends(check("stranger", session="1"), user=user),
                                     [REFUSED])
                slowest = max(slowest, time.monotonic() - start)
        ends = flood.result()
        self.assertEqual(set(ends), {REFUSED, LIMITED})
        self.assertGreaterEqual(ends.count(REFUSED), burst)
        self.assertLessEqual(ends.count(REFUSED),
                             burst + rate * (time.monotonic() - begin + 1))
        self.assertLess(slowest, 4)


if __name__ == "__main__":
    private_host.enter_or_skip(private_host.why_not(BUILD))
    unittest.main(verbosity=2)
