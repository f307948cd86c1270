# SPDX-License-Identifier: Apache-2.0
"""Live verdicts outlive the daemon, not the host; and files that somebody touched are
worth nothing."""
import base64
import json
import os
import signal

import dbus

import harness
from live_case import LiveCase

RULE = ("[rule/ssh]\nservice = sshd\nuser = alice\nimage = signer\nlevel = 2\n"
        "roots = sim\non_revoke = terminate\n")


class RestartCase(LiveCase):
    rules = RULE

    def prepare(self):
        self.logind = self.start_logind("7:0")

    def file(self, verdict):
        return self.daemon.runtime / "verdicts" / verdict

    def attached(self):
        verdict = self.issue(remote_host="mars", tty="pts/3")
        self.attach(verdict, session="7", audit_session=dbus.UInt32(5))
        return verdict

    def dropped(self):
        """The record of the one file that was not taken up."""
        record, = self.daemon.records(
            MESSAGE_ID=self.id_of("DROPPED"))
        return record["MESSAGE"]

    @staticmethod
    def id_of(name):
        text = (harness.TOP / "dbus/nitro_journal.h").read_text()
        return text.split(f"JOURNAL_ID_{name} ")[1].split('"')[1]


class Restart(RestartCase):
    def test_everything_is_as_before(self):
        verdict = self.attached()
        before = self.get(verdict)
        for how in (signal.SIGTERM, signal.SIGKILL):
            self.daemon.stop(how)
            self.daemon.start()
            self.assertEqual(self.get(verdict), before)
        self.logind.end("7")
        self.assertEnds(verdict, "session-ended")

    def test_between_the_phases_of_a_login(self):
        verdict = self.issue()
        self.daemon.restart()
        self.assertAllowed(self.ask(verdict=verdict), verdict)
        self.daemon.restart()
        self.attach(verdict, session="7")
        self.daemon.restart()
        self.assertDenied("verdict-unknown", self.ask(verdict=verdict))
        self.caller.call("DetachSession", "s", verdict)
        self.daemon.restart()
        self.assertEqual((self.live(), self.files()), ([], []))

    def test_what_has_ended_does_not_come_back(self):
        for verdict in (self.attached(), self.issue()):
            self.caller.call("RevokeVerdict", "ss", verdict, "")
        self.assertEqual(self.files(), [])
        self.daemon.restart()
        self.assertEqual(self.live(), [])

    def test_a_session_that_is_over(self):
        self.attached()
        self.daemon.stop()
        self.logind.end("7")
        self.daemon.start()
        self.assertEqual((self.live(), self.files()), ([], []))
        self.assertIn("has a session that is over", self.dropped())

    def test_without_logind_no_session_counts(self):
        attached, waiting = self.attached(), self.issue()
        self.daemon.stop()
        self.logind.process.stop()
        self.daemon.start()
        self.assertEqual(self.live(), [waiting])
        self.assertEqual(self.files(), [waiting])
        self.assertIn(attached, self.dropped())

    def test_a_process_is_not_found_again(self):
        verdict = self.issue()
        self.attach(verdict)
        self.daemon.restart()
        self.assertEqual((self.live(), self.files()), ([], []))
        self.assertEqual(self.ended(verdict), [])

    def test_another_policy_meanwhile(self):
        verdict = self.attached()
        self.daemon.stop()
        self.daemon.configure("images.d/signer.conf", self.images.replace(
            "state = current", "state = revoked"))
        self.daemon.start()
        self.assertEnds(verdict, "release-revoked")
        harness.wait_for(lambda: "TerminateSession 7" in self.logind.did(), "not asked")

    def test_a_root_that_is_gone(self):
        verdict = self.attached()
        self.daemon.stop()
        (self.daemon.config / "roots.d/sim.pem").unlink()
        self.daemon.configure("rules.d/10-ssh.conf", RULE.replace("sim", "aws"))
        self.daemon.start()
        self.assertEnds(verdict, "root-untrusted")
        harness.wait_for(lambda: "TerminateSession 7" in self.logind.did(), "not asked")

    def test_groups_are_remembered(self):
        self.daemon.configure("rules.d/10-ssh.conf",
                              RULE.replace("alice", "*") + "group = root\n")
        self.caller.reload()
        verdict = self.issue(user="root")
        self.daemon.restart()
        self.assertEqual(self.live(), [verdict])

    def test_another_boot(self):
        self.issue()
        self.daemon.stop()
        command = self.daemon.command
        self.daemon.command = lambda *extra: command("--boot-id", 32 * "f", *extra)
        self.daemon.start()
        self.assertEqual((self.live(), self.files()), ([], []))
        self.assertIn("before the host was started", self.dropped())

    def test_what_cannot_be_written_is_not_allowed(self):
        (self.daemon.runtime / "verdicts").rmdir()
        self.assertRefused("Internal", self.authorize)
        self.assertEqual(len(self.daemon.records(NITRO_DECISION="not-judged")), 1)
        self.assertEqual(self.live(), [])


class Tampering(RestartCase):
    """Each change alone makes the file worthless."""

    def spoil(self, change, why="is not what the daemon wrote"):
        verdict = self.attached()
        self.daemon.stop()
        change(self.file(verdict))
        self.daemon.start()
        self.assertEqual((self.live(), self.files()), ([], []))
        self.assertIn(why, self.dropped())
        self.assertNotIn("TerminateSession 7", self.logind.did())

    def spoil_json(self, why="is not what the daemon wrote", **changes):
        def change(path):
            stored = json.loads(path.read_text())
            for key, value in changes.items():
                if value is None:
                    del stored[key]
                else:
                    stored[key] = value
            path.write_text(json.dumps(stored))
        self.spoil(change, why)

    def test_the_owner(self):
        self.spoil(lambda path: os.chown(path, 65534, 65534),
                   "does not belong to root")

    def test_writable_by_others(self):
        self.spoil(lambda path: path.chmod(0o666), "can be written by")

    def test_a_symbolic_link(self):
        def change(path):
            other = path.parent.parent / "other"
            path.rename(other)
            path.symlink_to(other)
        self.spoil(change, "is a symbolic link")

    def test_cut(self):
        self.spoil(lambda path: path.write_bytes(path.read_bytes()[:-10]))

    def test_empty(self):
        self.spoil(lambda path: path.write_bytes(b""))

    def test_huge(self):
        self.spoil(lambda path: path.write_bytes(bytes(1024 * 1024 + 1)), "is too large")

    def test_no_file(self):
        def change(path):
            path.unlink()
            os.mkfifo(path)
        self.spoil(change, "is not a regular file")

    def test_renamed(self):
        self.spoil(lambda path: path.rename(path.with_name("v" + 32 * "0")),
                   "has the name of another")

    def test_a_key_twice(self):
        self.spoil(lambda path: path.write_text(
            path.read_text().replace("{", '{"user": "root",', 1)))

    def test_an_unknown_key(self):
        self.spoil_json(more=1)

    def test_a_missing_key(self):
        self.spoil_json(user=None)

    def test_another_kind(self):
        self.spoil_json(asker="0")

    def test_a_number_out_of_bounds(self):
        self.spoil_json(bindings=16)

    def test_another_version(self):
        self.spoil_json(version=2)

    def test_a_state_that_cannot_be(self):
        self.spoil_json(session="")

    def test_from_the_future(self):
        self.spoil_json("is from the future", made_usec=2**60)

    def test_made_before_it_was_issued(self):
        self.spoil_json("is from the future", made_usec=0)

    def test_a_document_of_nobody(self):
        verdict = self.attached()
        self.daemon.stop()
        path = self.file(verdict)
        stored = json.loads(path.read_text())
        document = bytearray(base64.b64decode(stored["document"]))
        document[-1] ^= 1
        stored["document"] = base64.b64encode(document).decode()
        path.write_text(json.dumps(stored))
        self.daemon.start()
        self.assertEnds(verdict, "signature-invalid")

    def test_without_its_document(self):
        verdict = self.attached()
        self.daemon.stop()
        path = self.file(verdict)
        stored = json.loads(path.read_text())
        del stored["document"]
        path.write_text(json.dumps(stored))
        self.daemon.start()
        self.assertEnds(verdict, "verdict-unproven")

    def test_leftovers_are_removed(self):
        verdict = self.attached()
        self.daemon.stop()
        self.file("." + verdict + ".new").write_text("{")
        self.daemon.start()
        self.assertEqual(self.files(), [verdict])


if __name__ == "__main__":
    harness.main(needs_root=True)
