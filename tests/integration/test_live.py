# SPDX-License-Identifier: Apache-2.0
"""Live verdicts: who may use them, for what, and when they end."""
import os
import subprocess
import unittest

import dbus

import harness

GOOD = harness.measured_as("good")
AS_NOBODY = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
VERDICT = "org.nitro.Policy1.Verdict"
PROPERTIES = "org.freedesktop.DBus.Properties"


class LiveCase(harness.DaemonTestCase):
    def issue(self, service="sshd", user="alice", options=GOOD):
        nonce = self.caller.challenge(service, user)
        decision, verdict = self.caller.authorize(
            service, user, self.authority.document(*options, nonce=nonce), nonce)
        self.assertEqual(decision, "allow", verdict)
        return str(verdict["Id"])

    def ask(self, service="sshd", user="alice", **options):
        decision, verdict = self.caller.call(
            "CheckVerdict", "ssa{sv}", service, user,
            dbus.Dictionary(options, signature="sv"))
        return str(decision), verdict

    def attach(self, verdict, service="sshd", user="alice", **options):
        return self.caller.call("AttachSession", "sssa{sv}", verdict, service, user,
                                dbus.Dictionary(options, signature="sv"))

    def live(self, **wanted):
        rows = self.caller.call("ListVerdicts", "a{sv}",
                                dbus.Dictionary(wanted, signature="sv"))
        return [str(row[1]) for row in rows]

    def assertUnknown(self, answer):
        decision, verdict = answer
        self.assertEqual((decision, verdict["Reason"]), ("deny", "verdict-unknown"))
        self.assertNotIn("Id", verdict)


class Names(LiveCase):
    def test_an_id_answers_its_own_question(self):
        verdict = self.issue()
        decision, answer = self.ask(verdict=verdict)
        self.assertEqual((decision, answer["Id"]), ("allow", verdict))
        self.assertEqual(answer["Rule"], "ssh")

    def test_a_guess_is_unknown(self):
        verdict = self.issue()
        self.assertUnknown(self.ask(verdict="v" + 32 * "0"))
        self.assertUnknown(self.ask(verdict=verdict[:-1]))

    def test_a_session_takes_the_verdict(self):
        verdict = self.issue()
        properties = self.attach(verdict, audit_session=dbus.UInt32(7))
        self.assertEqual(properties["State"], "attached")
        self.assertUnknown(self.ask(verdict=verdict))
        self.assertRefused("NoSuchVerdict", self.attach, verdict)
        decision, answer = self.ask(audit_session=dbus.UInt32(7))
        self.assertEqual((decision, answer["Id"]), ("allow", verdict))
        self.caller.call("DetachSession", "s", verdict)
        self.assertEqual(self.live(), [])


if __name__ == "__main__":
    harness.main(needs_root=True)
