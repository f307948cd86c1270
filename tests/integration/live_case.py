# SPDX-License-Identifier: Apache-2.0
"""What tests of live verdicts share: asking about them, sessions, and a logind."""
import subprocess

import dbus

import harness

GOOD = harness.measured_as("good")
VERDICT = "org.nitro.Policy1.Verdict"
PROPERTIES = "org.freedesktop.DBus.Properties"
LOGIND = "org.freedesktop.login1"
LOGIND_MANAGER = "org.freedesktop.login1.Manager"
AS_NOBODY = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]


def options(**values):
    return dbus.Dictionary(values, signature="sv")


class Logind:
    """tests/support/mock_logind with sessions "ID:UID"; `did()` is what was asked."""

    def __init__(self, stack, bus, folder, *arguments):
        self.bus, self.log = bus, folder / "logind.log"
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = harness.Process(
                stack, [harness.BUILD / "tests/support/mock_logind", *arguments],
                stdout=log, env=bus.environment)
        harness.wait_for(lambda: "ready" in self.did(), "no logind")

    def did(self):
        return self.log.read_text(encoding="utf-8").splitlines()

    def end(self, session):
        self.bus.connect().call_blocking(
            LOGIND, "/org/freedesktop/login1", LOGIND_MANAGER, "Remove", "s",
            [session], timeout=10)


class LiveCase(harness.DaemonTestCase):
    def start_logind(self, *arguments):
        return Logind(self.stack, self.bus, self.folder, *arguments)

    def authorize(self, service="sshd", user="alice", document=GOOD, **more):
        nonce = self.caller.challenge(service, user)
        return self.caller.call(
            "Authorize", "ssayaya{sv}", service, user, dbus.ByteArray(nonce),
            dbus.ByteArray(self.authority.document(*document, nonce=nonce)),
            options(**more))

    def issue(self, *arguments, **more):
        decision, verdict = self.authorize(*arguments, **more)
        self.assertEqual(decision, "allow", verdict)
        return str(verdict["Id"])

    def ask(self, service="sshd", user="alice", **more):
        decision, verdict = self.caller.call("CheckVerdict", "ssa{sv}", service, user,
                                             options(**more))
        return str(decision), verdict

    def attach(self, verdict, service="sshd", user="alice", **more):
        return self.caller.call("AttachSession", "sssa{sv}", verdict, service, user,
                                options(**more))

    def live(self, **wanted):
        """Those that live, when all that the daemon found are judged."""
        self.caller.wait_until_judged()
        rows = self.caller.call("ListVerdicts", "a{sv}", options(**wanted))
        return [str(row[1]) for row in rows]

    def get(self, verdict):
        return self.caller.call("GetVerdict", "s", verdict)

    def files(self):
        return sorted(path.name for path in (self.daemon.runtime / "verdicts").iterdir())

    def ended(self, verdict):
        """Reasons in the records of its end."""
        return [record["NITRO_REASON"] for record in
                self.daemon.records(NITRO_VERDICT=verdict)
                if "NITRO_DECISION" not in record and "NITRO_REASON" in record]

    def assertAllowed(self, answer, verdict=None):
        decision, found = answer
        self.assertEqual(decision, "allow", found)
        if verdict is not None:
            self.assertEqual(found["Id"], verdict)
        return found

    def assertDenied(self, reason, answer):
        decision, found = answer
        self.assertEqual((decision, found["Reason"]), ("deny", reason), found)
        self.assertNotIn("Id", found)

    def assertEnds(self, verdict, reason, seconds=20):
        harness.wait_for(lambda: self.ended(verdict),
                         lambda: "it goes on: " + self.daemon.text(), seconds)
        self.assertEqual(self.ended(verdict), [reason])
        self.assertNotIn(verdict, self.live())
        self.assertNotIn(verdict, self.files())

    def as_nobody(self, program, *arguments):
        """What a Python program of another user prints; `bus` is its connection."""
        start = ("import sys, dbus\n"
                 f"bus = dbus.bus.BusConnection({self.bus.address!r})\n"
                 f"def call(member, signature='', *arguments):\n"
                 f"    return bus.call_blocking({harness.NAME!r}, {harness.PATH!r},\n"
                 f"        {harness.MANAGER!r}, member, signature, arguments)\n")
        return subprocess.run(
            AS_NOBODY + ["/usr/bin/python3", "-c", start + program, *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True,
            timeout=60).stdout.strip()
