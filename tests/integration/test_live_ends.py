# SPDX-License-Identifier: Apache-2.0
"""When live verdicts end, and what becomes of the sessions that go on: time, clocks that
jump, another policy; and a logind that refuses or does not answer."""
import json
import os
import shutil
import tempfile
import threading
import time
import unittest
from unittest import mock

import dbus

import harness
from live_case import LiveCase

RULE = ("[rule/ssh]\nservice = sshd\nuser = alice\nimage = signer\nlevel = 2\n"
        "roots = sim\n")


class Reload(LiveCase):
    """A policy that would not allow it any more."""

    rules = RULE + "on_revoke = terminate\n"

    def prepare(self):
        self.logind = self.start_logind("7:0", "8:0")

    def reload(self, rules=None, images=None):
        if rules is not None:
            self.daemon.configure("rules.d/10-ssh.conf", rules)
        if images is not None:
            self.daemon.configure("images.d/signer.conf", images)
        self.caller.reload()

    def revoked(self):
        return self.images.replace("state = current", "state = revoked")

    def test_a_revoked_release_terminates_the_session(self):
        verdict, waiting = self.issue(), self.issue()
        self.attach(verdict, session="7")
        self.reload(images=self.revoked())
        self.assertEnds(verdict, "release-revoked")
        self.assertEnds(waiting, "release-revoked")
        harness.wait_for(lambda: len(self.logind.did()) > 1, "logind was not asked")
        self.assertEqual(self.logind.did(), ["ready", "TerminateSession 7"])
        harness.wait_for(lambda: self.daemon.records(NITRO_ON_REVOKE="terminate",
                                                     PRIORITY="5"), "no record")
        lost, = self.daemon.records(NITRO_ON_REVOKE="terminate", PRIORITY="4")
        self.assertEqual((lost["NITRO_SESSION"], lost["NITRO_RULE"]), ("7", "ssh"))

    def test_a_rule_that_is_gone(self):
        verdict = self.issue()
        self.attach(verdict, session="7")
        self.reload(RULE.replace("alice", "bob"))
        self.assertEnds(verdict, "no-rule")
        harness.wait_for(lambda: "TerminateSession 7" in self.logind.did(), "not asked")

    def test_an_image_that_the_rule_no_longer_names(self):
        verdict = self.issue()
        self.reload(self.rules.replace("image = signer", "image = other"),
                    self.images + "[image/other]\nkind = enclave\n"
                    + harness.release_text("other", "1", "other"))
        self.assertEnds(verdict, "measurements-unknown")

    def test_a_root_that_another_took_the_label_of(self):
        verdict = self.issue()
        self.attach(verdict, session="7")
        (self.folder / "other").mkdir()
        self.daemon.trust(harness.Authority(self.folder / "other"))
        self.reload()
        self.assertEnds(verdict, "root-untrusted")
        harness.wait_for(lambda: "TerminateSession 7" in self.logind.did(), "not asked")

    def test_a_binding_that_it_lacks(self):
        document = self.authority.document(*harness.measured_as("good"))
        _, unbound = self.caller.authorize("sshd", "alice", document)
        bound = self.issue()
        self.assertEqual(list(self.get(unbound["Id"])["Bindings"]), [])
        self.reload(self.rules + "bind = nonce\n")
        self.assertEnds(unbound["Id"], "binding-missing")
        self.assertEqual(self.live(), [bound])

    def test_what_is_still_allowed_goes_on(self):
        verdict = self.issue()
        self.attach(verdict, session="7")
        self.reload(RULE.replace("rule/ssh", "rule/other") + "on_revoke = lock\n"
                    "session_max = 1h\nmax_age = 1s\n")
        found = self.get(verdict)
        self.assertEqual((found["Rule"], found["OnRevoke"], found["PolicyGeneration"]),
                         ("other", "lock", 2))
        self.assertAlmostEqual((found["EndsUsec"] - found["IssuedUsec"]) / 1e6, 3600,
                               delta=1)
        self.assertEqual(self.logind.did(), ["ready"])

    def test_a_refused_policy_ends_nothing(self):
        verdict = self.issue()
        self.daemon.configure("rules.d/10-ssh.conf", RULE + "levl = 3\n")
        self.assertRefused("PolicyInvalid", self.caller.reload)
        self.assertEqual(self.live(), [verdict])

    def test_a_trial_lets_it_go_on_and_its_end_does_not(self):
        self.reload(self.rules + "mode = audit\n", self.revoked())
        verdict = self.issue()
        self.assertTrue(self.get(verdict)["Audited"])
        self.reload(self.rules)
        self.assertEnds(verdict, "release-revoked")

    def test_groups_count_as_they_were(self):
        """The first rules that name groups: root is in the group of his name."""
        self.reload(RULE.replace("alice", "root nobody"))
        root, nobody = self.issue(user="root"), self.issue(user="nobody")
        self.reload(RULE.replace("alice", "*") + "group = root\n")
        self.assertEnds(nobody, "no-rule")
        self.assertEqual(self.live(), [root])
        self.assertAllowed(self.ask(user="root", verdict=root), root)


    def test_groups_that_nobody_tells(self):
        self.daemon.environment.update(
            LD_PRELOAD=str(harness.BUILD / "tests/support/.libs/slow_passwd.so"),
            ASAN_OPTIONS="verify_asan_link_order=0")
        self.daemon.restart()
        verdict = self.issue()
        self.attach(verdict, session="7")
        self.reload(RULE.replace("alice", "*") + "group = root\non_revoke = terminate\n")
        self.assertEnds(verdict, "groups-unknown")
        harness.wait_for(lambda: "TerminateSession 7" in self.logind.did(), "not asked")

    def test_a_policy_that_comes_while_it_is_judged(self):
        """No verdict of the old one is left over."""
        questions = []
        for _ in range(8):
            nonce = self.caller.challenge("sshd", "alice")
            questions.append((nonce, self.authority.document(
                *harness.measured_as("good"), nonce=nonce)))

        def authorize(nonce, document):
            try:
                harness.Caller(self.stack, self.bus).authorize("sshd", "alice", document,
                                                               nonce)
            except dbus.DBusException as error:
                self.assertEqual(error.get_dbus_name(), harness.ERROR + "Busy")

        threads = [threading.Thread(target=authorize, args=question)
                   for question in questions]
        for thread in threads:
            thread.start()
        self.reload(images=self.revoked())
        for thread in threads:
            thread.join()
        self.assertEqual((self.live(), self.files()), ([], []))


class Actions(LiveCase):
    rules = RULE

    def end_one(self, on_revoke, *sessions, session="7"):
        logind = self.start_logind(*sessions)
        self.daemon.configure("rules.d/10-ssh.conf", RULE + f"on_revoke = {on_revoke}\n")
        self.caller.reload()
        verdict = self.issue()
        self.attach(verdict, session=session, audit_session=dbus.UInt32(5))
        self.caller.call("RevokeVerdict", "ss", verdict, "test")
        return logind

    def acted(self, **wanted):
        harness.wait_for(lambda: self.daemon.records(NITRO_ON_REVOKE=wanted.pop(
            "on_revoke"), **wanted) if "on_revoke" in wanted else
            self.daemon.records(**wanted), self.daemon.text)
        return self.daemon.records(**wanted)

    def test_log_does_nothing(self):
        logind = self.end_one("log", "7:0")
        self.acted(NITRO_ON_REVOKE="log", PRIORITY="4")
        self.assertEqual(logind.did(), ["ready"])

    def test_lock_locks(self):
        logind = self.end_one("lock", "7:0")
        record, = self.acted(NITRO_ON_REVOKE="lock", PRIORITY="5")
        self.assertEqual(logind.did(), ["ready", "LockSession 7"])
        self.assertIn("session 7", record["MESSAGE"])

    def test_refusal_is_told(self):
        self.end_one("terminate", "refuse", "7:0")
        record, = self.acted(NITRO_ON_REVOKE="terminate", PRIORITY="3")
        self.assertIn("No such permission", record["MESSAGE"])

    def test_a_session_that_logind_does_not_know_goes_on(self):
        self.end_one("terminate", "7:0", session="")
        record, = self.acted(NITRO_ON_REVOKE="terminate", PRIORITY="3")
        self.assertIn("goes on", record["MESSAGE"])

    def test_a_logind_that_falls_silent_blocks_nobody(self):
        logind = self.start_logind("7:0")
        self.daemon.configure("rules.d/10-ssh.conf", RULE + "on_revoke = terminate\n")
        self.caller.reload()
        verdict = self.issue()
        self.attach(verdict, session="7")
        logind.process.stop()
        self.start_logind("silent")
        start = time.monotonic()
        self.caller.call("RevokeVerdict", "ss", verdict, "test")
        self.issue()
        self.assertLess(time.monotonic() - start, 2)
        self.acted(NITRO_ON_REVOKE="terminate", PRIORITY="3")


class Time(LiveCase):
    rules = RULE + "session_max = 1min\non_revoke = terminate\n"

    def prepare(self):
        self.logind = self.start_logind("7:0")

    def age(self, verdict, seconds):
        """Lets time pass for a verdict: its file says when it began."""
        self.daemon.stop()
        path = self.daemon.runtime / "verdicts" / verdict
        stored = json.loads(path.read_text())
        for key in ("issued_usec", "made_usec"):
            stored[key] -= seconds * 1_000_000
        path.write_text(json.dumps(stored))
        self.daemon.start()

    def test_a_session_that_lasts_too_long(self):
        verdict = self.issue()
        self.attach(verdict, session="7")
        self.age(verdict, 57)
        self.assertEqual(self.live(), [verdict])
        self.assertEnds(verdict, "session-too-long")
        harness.wait_for(lambda: "TerminateSession 7" in self.logind.did(), "not asked")

    def test_nobody_opens_a_session(self):
        self.daemon.configure("rules.d/10-ssh.conf", RULE)
        self.caller.reload()
        verdict = self.issue()
        self.age(verdict, 117)
        self.assertEqual(self.live(), [verdict])
        self.assertEnds(verdict, "verdict-unattached")
        self.assertEqual(self.logind.did(), ["ready"])

    def test_a_release_that_expires(self):
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3))
        self.daemon.configure("rules.d/10-ssh.conf", RULE)
        self.daemon.configure(
            "images.d/signer.conf", "[image/signer]\nkind = enclave\n"
            + harness.release_text("signer", "1", "good", f"not_after = {end}\n"))
        self.caller.reload()
        verdict = self.issue()
        self.assertEnds(verdict, "release-expired")


LIBFAKETIME = [path for path in (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib64/faketime/libfaketime.so.1") if os.path.exists(path)]


@unittest.skipUnless(LIBFAKETIME, "libfaketime is not installed")
class Clocks(LiveCase):
    """The clock on the wall jumps; nothing lives longer for it. Everything goes two days
    slow: libfaketime cannot set timers of a process whose clock is fast."""

    rules = RULE + "session_max = 1min\n"
    SLOW = -2 * 86400

    def setUp(self):
        folder = tempfile.mkdtemp(prefix="nitro-test-")
        self.addCleanup(shutil.rmtree, folder)
        self.offset = os.path.join(folder, "offset")
        self.jump(0)
        faked = mock.patch.dict(os.environ, {
            "LD_PRELOAD": LIBFAKETIME[0], "FAKETIME_TIMESTAMP_FILE": self.offset,
            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "ASAN_OPTIONS": "verify_asan_link_order=0"})
        faked.start()
        self.addCleanup(faked.stop)
        super().setUp()

    def jump(self, seconds):
        with open(self.offset + ".new", "w", encoding="utf-8") as new:
            new.write(f"{self.SLOW + seconds:+d}\n")
        os.replace(self.offset + ".new", self.offset)

    def limit_release(self, seconds):
        end = time.gmtime(time.time() + self.SLOW + seconds)
        self.daemon.configure(
            "images.d/signer.conf", "[image/signer]\nkind = enclave\n"
            + harness.release_text("signer", "1", "good",
                                   time.strftime("not_after = %Y-%m-%dT%H:%M:%SZ\n", end)))
        self.caller.reload()

    def test_makes_no_verdict_older_or_younger(self):
        verdict = self.issue()
        before = self.get(verdict)
        for seconds in (-86400, 86400, 0):
            self.jump(seconds)
            self.assertAllowed(self.ask(verdict=verdict), verdict)
            self.assertEqual(self.get(verdict), before)

    def test_over_the_end_of_the_release(self):
        self.limit_release(3600)
        verdict = self.issue()
        self.jump(7200)
        self.assertDenied("verdict-unknown", self.ask(verdict=verdict))
        self.assertEnds(verdict, "release-expired")

    def test_back_and_forth_over_the_age_of_the_document(self):
        self.daemon.configure("rules.d/10-ssh.conf", RULE + "max_age = 1min\n")
        self.caller.reload()
        verdict = self.issue()
        self.assertAllowed(self.ask(verdict=verdict), verdict)
        for seconds in (3600, -3600):
            self.jump(seconds)
            self.assertDenied("verdict-too-old", self.ask(verdict=verdict))
        self.jump(0)
        self.assertAllowed(self.ask(verdict=verdict), verdict)


if __name__ == "__main__":
    harness.main(needs_root=True)
