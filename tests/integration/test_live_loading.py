# SPDX-License-Identifier: Apache-2.0
"""A daemon that finds a thousand live verdicts of the one before: it answers at once,
while they are judged again; what is asked about is judged first, nothing counts
before, and nothing is lost when it ends meanwhile."""
import json
import signal
import socket
import subprocess
import time

import dbus

import harness
from live_case import LiveCase, options

MANY = harness.constant("LIVE_MAX", "nitro-policyd/limits.h")
PER_USER = harness.constant("LIVE_PER_USER", "nitro-policyd/limits.h")
PATIENCE = 5  # seconds: so long do gates wait
RULE = ("[rule/ssh]\nservice = sshd\nuser = *\nimage = signer\nlevel = 2\n"
        "roots = sim\n")
WORKERS = "[policyd]\nworkers = 3\n"


class LoadingCase(LiveCase):
    rules = RULE
    # Whoever asks is to come first, also on a busy machine.
    prefix = ("nice", "-n", "10")

    def prepare(self):
        self.daemon.configure("policyd.conf", WORKERS)
        self.logind = self.start_logind("1:0", "2:0")

    def live(self, **wanted):
        """In one order, because two are judged at once."""
        return sorted(super().live(**wanted))

    def file(self, verdict):
        return self.daemon.runtime / "verdicts" / verdict

    def leave_behind(self, count, **changes):
        """Stops the daemon and leaves files as there would be after `count` logins,
        copies of one. The first verdict waits for its session, the others are in
        session 1. Their names, in the order in which they are judged."""
        first = self.issue(user="user0")
        waiting = json.loads(self.file(first).read_text())
        self.attach(first, user="user0", session="1")
        self.daemon.stop()
        attached = json.loads(self.file(first).read_text())
        self.file(first).unlink()
        names = []
        for number in range(count):
            names.append(f"v{number:032x}")
            stored = {**(attached if number else waiting), "id": names[-1],
                      "user": self.user_of(number), **changes}
            self.file(names[-1]).write_text(json.dumps(stored))
            self.file(names[-1]).chmod(0o600)
        return names

    @staticmethod
    def user_of(number):
        return f"user{number // PER_USER}"

    def monitor(self):
        """Begins to write down signals of the daemon; returns what reads them."""
        with open(self.folder / "signals", "w", encoding="utf-8") as signals:
            harness.Process(self.stack, [
                "dbus-monitor", "--address", self.bus.address, "--profile",
                f"type='signal',path='{harness.PATH}'",
                "type='signal',member='NameAcquired'"], stdout=signals)
        text = (self.folder / "signals").read_text
        harness.wait_for(lambda: "NameAcquired" in text(), "no signals")
        return text

    def ctl(self, *arguments):
        return subprocess.run(
            [harness.BUILD / "nitroctl/nitroctl", *arguments], check=True, text=True,
            stdout=subprocess.PIPE, env=self.bus.environment).stdout

    def unjudged(self):
        return int(self.caller.get("VerdictsUnjudged"))

    def assertLoading(self):
        """What was seen until now happened while some were not judged."""
        self.assertGreater(self.unjudged(), 0)

    def judged(self):
        """Ids of the objects on the bus."""
        objects = self.caller.connection.call_blocking(
            harness.NAME, harness.PATH, "org.freedesktop.DBus.ObjectManager",
            "GetManagedObjects", "", ())
        return [path.rpartition("/")[2] for path in objects]


class Loading(LoadingCase):
    def test_answers_at_once(self):
        names = self.leave_behind(MANY)
        begin = time.monotonic()
        self.daemon.start()
        self.caller.challenge("sshd", "root")
        self.assertLess(time.monotonic() - begin, PATIENCE)
        self.assertLoading()
        self.assertEqual(self.live(), names)
        self.assertEqual(self.files(), names)
        self.assertNotIn("not taken up again", self.daemon.text())

    def test_it_is_told_how_many_are_left(self):
        self.leave_behind(MANY)
        systemd = self.stack.enter_context(
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        systemd.bind(str(self.folder / "notify"))
        self.daemon.environment["NOTIFY_SOCKET"] = str(self.folder / "notify")
        self.daemon.start()
        status = [self.ctl("status"), self.ctl("status", "--json")]
        self.assertLoading()
        self.assertRegex(status[0], r"\d+ of before the start are still to be judged")
        counted = json.loads(status[1])["verdicts"]
        self.assertGreater(counted["unjudged"], 0)
        self.live()
        self.assertNotIn("still to be judged", self.ctl("status"))
        told = [systemd.recv(1000).decode() for _ in range(2)]
        self.assertEqual(told, [
            "READY=1\nSTATUS=Policy generation 1 is in force. "
            f"{MANY} live verdict(s) are still to be judged again.",
            "STATUS=Policy generation 1 is in force."])

    def test_what_is_asked_about_is_judged_first(self):
        names = self.leave_behind(MANY)
        self.daemon.start()
        self.assertEqual(self.get(names[-1])["User"], self.user_of(MANY - 1))
        self.assertAllowed(self.ask(user=self.user_of(MANY - 1), session="1"))
        self.assertEqual(self.get(names[-1])["Rule"], "ssh")
        self.assertLoading()

    def test_a_login_goes_on(self):
        self.leave_behind(MANY)
        waiting = "v" + 32 * "f"
        stored = json.loads(self.file("v" + 32 * "0").read_text())
        self.file("v" + 32 * "0").rename(self.file(waiting))
        self.file(waiting).write_text(json.dumps({**stored, "id": waiting}))
        self.daemon.start()
        self.assertAllowed(self.ask(user="user0", verdict=waiting), waiting)
        found = self.attach(waiting, user="user0", session="2")
        self.assertEqual(found["Session"], "2")
        self.assertLoading()

    def test_its_evidence_is_asked_for(self):
        names = self.leave_behind(MANY)
        self.daemon.start()
        decision, found, _ = self.caller.call(
            "VerifyResponse", "ayayaya{sv}", dbus.ByteArray(b""), dbus.ByteArray(b"x"),
            dbus.ByteArray(b"x"), options(verdict=names[-1], roots=["sim"]))
        self.assertEqual((decision, found["Reason"]), ("deny", "public-key-missing"))
        self.assertLoading()

    def test_nothing_counts_before_it_is_judged(self):
        names = self.leave_behind(MANY)
        self.daemon.configure("images.d/signer.conf", self.images.replace(
            "state = current", "state = revoked"))
        self.daemon.start()
        for number in (MANY - 1, 0):
            self.assertEqual(self.judged(), [])
            self.assertRefused("NoSuchVerdict", self.get, names[number])
        self.assertDenied("verdict-unknown", self.ask(
            user=self.user_of(MANY - 1), session="1"))
        self.assertLoading()
        self.assertEqual(self.live(), [])
        self.assertEqual(self.files(), [])
        self.assertEqual(self.ended(names[MANY // 2]), ["release-revoked"])

    def test_an_end_while_the_others_are_judged(self):
        names = self.leave_behind(MANY)
        for how in (signal.SIGKILL, signal.SIGTERM):
            self.daemon.start()
            self.assertLoading()
            self.daemon.stop(how)
            self.assertEqual(self.files(), names)
        self.daemon.start()
        self.assertEqual(self.live(), names)

    def test_a_session_that_ends_meanwhile(self):
        names = self.leave_behind(MANY)
        self.daemon.start()
        self.assertLoading()
        self.logind.end("1")
        self.assertEqual(self.live(), names[:1])
        self.assertEqual(self.files(), names[:1])
        self.assertEqual(self.ended(names[-1]), ["session-ended"])

    def test_a_logind_that_starts_meanwhile_without_the_session(self):
        names = self.leave_behind(MANY)
        self.daemon.start()
        self.logind.process.stop()
        self.assertLoading()
        self.logind = self.start_logind("2:0")
        harness.wait_for(lambda: self.live() == names[:1], "they go on")
        self.assertEqual(self.ended(names[-1]), ["session-ended"])

    def test_what_is_ended_need_not_be_judged(self):
        names = self.leave_behind(MANY)
        self.daemon.start()
        self.caller.call("RevokeVerdict", "ss", names[-1], "")
        self.caller.call("DetachSession", "s", names[-2])
        self.assertLoading()
        self.assertEqual(self.files(), names[:-2])
        self.assertEqual(self.live(), names[:-2])

    def test_their_places_are_taken(self):
        self.leave_behind(MANY - PER_USER)
        self.daemon.start()
        self.assertRefused("LimitExceeded", self.issue, user="user1")
        self.assertLoading()
        new = self.issue(user="user0")  # instead of the one that waited
        self.assertLoading()
        self.assertEqual(len(self.live()), MANY - PER_USER)
        self.assertIn(new, self.files())


class AnotherPolicy(LoadingCase):
    def test_a_release_that_is_revoked_meanwhile(self):
        self.leave_behind(MANY)
        self.daemon.start()
        self.daemon.configure("images.d/signer.conf", self.images.replace(
            "state = current", "state = revoked"))
        self.caller.reload()
        self.assertLoading()
        self.assertEqual((self.live(), self.files()), ([], []))

    def test_a_root_that_is_replaced_meanwhile(self):
        """What a worker verified by the old one does not count under the new."""
        self.leave_behind(MANY)
        self.daemon.start()
        self.assertLoading()
        text = self.monitor()
        harness.wait_for(lambda: "InterfacesAdded" in text(), "no signals")
        (self.folder / "other").mkdir()
        self.daemon.trust(harness.Authority(self.folder / "other"))
        self.caller.reload()
        self.assertLoading()
        harness.wait_for(lambda: "PolicyReloaded" in text(), "no signals")
        self.live()
        self.assertNotIn("InterfacesAdded", text().partition("PolicyReloaded")[2])

    def test_groups_that_nobody_asked_for(self):
        names = self.leave_behind(2, user="root")
        self.daemon.configure("rules.d/10-ssh.conf", RULE + "group = root\n")
        self.daemon.start()
        self.assertEqual(self.live(), names)


class Time(LoadingCase):
    def test_that_was_over_before(self):
        now = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000
        old = {"issued_usec": now - 61 * 10**6, "made_usec": now - 61 * 10**6}
        self.daemon.configure("rules.d/10-ssh.conf", RULE + "session_max = 1min\n")
        attached = self.leave_behind(2, **old)[1]
        text = self.monitor()
        self.daemon.start()
        self.assertRefused("NoSuchVerdict", self.get, attached)
        self.assertEqual(self.ended(attached), ["session-too-long"])
        self.assertEqual((self.live(), self.files()), ([], []))
        harness.wait_for(lambda: text().count("VerdictRevoked") == 2, "no signals")
        self.assertNotIn("InterfacesAdded", text())


if __name__ == "__main__":
    harness.main(needs_root=True)
