# SPDX-License-Identifier: Apache-2.0
"""nitroctl verdict list, show and revoke, what status and check say of live
verdicts: with the real daemon on a private bus."""
import json
import re
import subprocess

import dbus

import harness
from harness import measured_as

NITROCTL = harness.BUILD / "nitroctl/nitroctl"
OK, NO, USAGE, NOT_JUDGED = range(4)
OTHERS = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


class VerdictCase(harness.DaemonTestCase):
    rules = harness.DaemonTestCase.rules + (
        "[rule/nobody]\nservice = sshd\nuser = nobody\nimage = signer\nlevel = 2\n"
        "roots = sim\n"
        "[rule/trial]\nservice = login\nuser = *\nimage = signer\nlevel = 2\n"
        "roots = sim\nmode = audit\n")

    def ctl(self, *arguments, code=OK, prefix=()):
        done = subprocess.run(
            [*prefix, NITROCTL, *arguments], env=self.bus.environment, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done)
        return done.stdout if code == OK else done.stdout + done.stderr

    def json(self, *arguments, code=OK):
        return json.loads(subprocess.run(
            [NITROCTL, *arguments, "--json"], env=self.bus.environment, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60).stdout)

    def issue(self, user="alice", service="sshd", caller=None, document=None):
        decision, verdict = (caller or self.caller).authorize(
            service, user, document or self.authority.document(*measured_as("good")))
        self.assertEqual(decision, "allow", verdict["Message"])
        return str(verdict["Id"])

    def attach(self, verdict, user="alice", service="sshd"):
        self.caller.call("AttachSession", "sssa{sv}", verdict, service, user,
                         dbus.Dictionary(signature="sv"))

    def live(self):
        return [each["id"] for each in self.json("verdict", "list")]


class List(VerdictCase):
    def test_nobody_is_in(self):
        self.assertEqual(self.ctl("verdict", "list"), "")
        self.assertEqual(self.json("verdict", "list"), [])

    def test_who_is_in(self):
        first, second = self.issue(), self.issue("nobody")
        self.attach(second, "nobody")
        lines = self.ctl("verdict", "list").splitlines()
        self.assertEqual(len(lines), 2)
        self.assertRegex(lines[0], rf"\A{first} alice sshd level 2 signer/1 issued - "
                         r"ends in [12]min")
        self.assertRegex(lines[1], rf"\A{second} nobody sshd level 2 signer/1 attached - "
                         r"ends never\Z")

    def test_filters(self):
        first, second = self.issue(), self.issue("nobody")
        trial = self.issue("alice", "login")
        for options, expected in (
                (("--user", "alice"), [first, trial]),
                (("--service", "login"), [trial]),
                (("--user", "nobody", "--service", "sshd"), [second]),
                (("--session", "7"), [])):
            found = self.json("verdict", "list", *options)
            self.assertEqual([each["id"] for each in found], expected)
            self.assertEqual(len(self.ctl("verdict", "list", *options).splitlines()),
                             len(expected))

    def test_anybody_may_look(self):
        verdict = self.issue()
        self.assertIn(verdict, self.ctl("verdict", "list", prefix=OTHERS))
        self.assertIn(verdict, self.ctl("verdict", "show", verdict, prefix=OTHERS))

    def test_the_daemon_is_away(self):
        self.daemon.stop()
        for arguments in (("list",), ("show", "v" + 32 * "0"),
                          ("revoke", "v" + 32 * "0")):
            self.assertIn("not running", self.ctl("verdict", *arguments,
                                                  code=NOT_JUDGED))

    def test_usage(self):
        for arguments in (("list", "x"), ("show",), ("show", "a", "b"), ("revoke",),
                          ("list", "--unknown"), ("nonsense",), ()):
            self.ctl("verdict", *arguments, code=USAGE)


class Show(VerdictCase):
    def test_all_that_is_known(self):
        verdict = self.issue()
        shown = self.json("verdict", "show", verdict)
        listed, = self.json("verdict", "list")
        self.assertEqual(shown, listed)
        expected = {
            "id": verdict, "user": "alice", "service": "sshd", "state": "issued",
            "session": None, "audit_session": None, "rule": "ssh", "image": "signer",
            "release": "1", "level": 2, "root": "sim", "remote_host": None, "tty": None,
            "bindings": [], "audited": False, "on_revoke": "log",
            "policy_generation": 1,
        }
        self.assertEqual({key: shown[key] for key in expected}, expected)
        self.assertRegex(shown["document_sha256"], r"\A[0-9a-f]{64}\Z")
        self.assertRegex(shown["module_id"], r"\Ai-")
        self.assertLess(shown["issued"], shown["ends"])
        text = self.ctl("verdict", "show", verdict)
        self.assertTrue(text.startswith(verdict + "\n"))
        for word in ("alice", "sshd", "issued", "signer", shown["document_sha256"],
                     shown["policy_digest"], shown["module_id"]):
            self.assertIn(word, text)

    def test_the_names_are_those_of_the_bus(self):
        """Each property is in the JSON, so that none is forgotten."""
        verdict = self.issue()
        names = {re.sub(r"(?<!^)(?=[A-Z])", "_", str(name)).lower().removesuffix("_usec")
                 for name in self.caller.call("GetVerdict", "s", verdict)}
        self.assertEqual(names, set(self.json("verdict", "show", verdict)))

    def test_a_verdict_on_trial(self):
        decision, verdict = self.caller.authorize("login", "alice", b"no document")
        self.assertEqual(decision, "allow")
        shown = self.json("verdict", "show", verdict["Id"])
        self.assertEqual((shown["audited"], shown["document_sha256"]), (True, None))
        self.assertIn("AUDIT", self.ctl("verdict", "show", verdict["Id"]))
        self.assertIn("AUDIT", self.ctl("verdict", "list"))

    def test_what_does_not_live(self):
        verdict = self.issue()
        for guess in ("v" + 32 * "0", verdict[:-1], verdict.upper(), "", "\x1b[2J"):
            text = self.ctl("verdict", "show", guess, code=NO)
            self.assertNotIn("\x1b", text)


class Revoke(VerdictCase):
    def test_it_ends(self):
        first, second = self.issue(), self.issue("nobody")
        self.assertEqual(self.ctl("verdict", "revoke", first), f"{first} has ended.\n")
        self.assertEqual(self.live(), [second])
        self.ctl("verdict", "revoke", first, code=NO)

    def test_the_journal_says_why(self):
        verdict = self.issue()
        self.attach(verdict)
        self.ctl("verdict", "revoke", "--why", "left the company", verdict)
        record, = self.daemon.records(NITRO_VERDICT=verdict,
                                      NITRO_REASON="verdict-revoked")
        self.assertIn("left the company", record["MESSAGE"])

    def test_a_reason_that_cannot_be_recorded(self):
        verdict = self.issue()
        for why in ("two\nlines", "\u00fcber", "x" * 257):
            self.assertIn("256 printable", self.ctl("verdict", "revoke", "--why", why, verdict,
                                                    code=USAGE))
        self.assertEqual(self.live(), [verdict])
        self.ctl("verdict", "revoke", "--why", "x" * 256, verdict)
        self.ctl("verdict", "revoke", "--why", "", self.issue())

    def test_several(self):
        verdicts = [self.issue(), self.issue()]
        unknown = "v" + 32 * "0"
        self.ctl("verdict", "revoke", verdicts[0], unknown, verdicts[1], code=NO)
        self.assertEqual(self.live(), [])
        self.assertEqual(self.json("verdict", "revoke", unknown)["revoked"], False)
        last = self.issue()
        self.assertEqual(self.json("verdict", "revoke", last),
                         {"id": last, "revoked": True, "reason": None, "message": None})

    def test_others_may_not(self):
        mine, theirs = self.issue(), self.issue("nobody")
        text = self.ctl("verdict", "revoke", mine, code=NO, prefix=OTHERS)
        self.assertIn(mine, text)
        self.assertEqual(len(self.live()), 2)
        self.ctl("verdict", "revoke", theirs, prefix=OTHERS)
        self.assertEqual(self.live(), [mine])


class Status(VerdictCase):
    def test_live_verdicts_are_counted(self):
        self.assertEqual(self.json("status")["verdicts"],
                         {"live": 0, "attached": 0, "unjudged": 0})
        self.attach(self.issue())
        self.issue("nobody")
        self.assertEqual(self.json("status")["verdicts"],
                         {"live": 2, "attached": 1, "unjudged": 0})
        self.assertIn("2 live, 1 with a session", self.ctl("status"))


class Check(VerdictCase):
    """What another policy would end, against what the daemon then ends."""

    def setUp(self):
        super().setUp()
        self.alice = self.issue()
        self.nobody = self.issue("nobody")
        self.attach(self.alice)
        self.attach(self.nobody, "nobody")

    def check_then_reload(self, images=None, rules=None):
        """{id: why} as foretold; the daemon must do exactly that."""
        if images is not None:
            self.daemon.configure("images.d/signer.conf", images)
        if rules is not None:
            self.daemon.configure("rules.d/10-ssh.conf", rules)
        told = self.json("check", "--against-running", self.daemon.config)
        lost = {each["id"]: each["why"] for each in told["verdicts_lost"]}
        text = self.ctl("check", "--against-running", self.daemon.config,
                        code=NO if lost or any(
                            each["lost"] for each in told["differences"]) else OK)
        self.assertIn(f"{len(lost)} of 2 live verdicts would end", text)
        for each in lost:
            self.assertIn(each, text)
        self.caller.reload()
        self.assertEqual(set(self.live()), {self.alice, self.nobody} - set(lost))
        return lost

    def test_nothing_changes(self):
        self.assertEqual(self.check_then_reload(), {})

    def test_the_release_is_revoked(self):
        lost = self.check_then_reload(images=self.images.replace("current", "revoked"))
        self.assertEqual(set(lost.values()), {"its release would be revoked"})
        self.assertEqual(len(lost), 2)

    def test_the_release_is_gone(self):
        lost = self.check_then_reload(images=self.images.replace(
            "release/signer/1", "release/signer/2").replace(
                harness.pcr(0, "good"), harness.pcr(0, "other")))
        self.assertEqual(set(lost.values()), {"its release would be gone"})

    def test_the_release_expired(self):
        lost = self.check_then_reload(images=self.images.replace(
            "state = current", "state = current\nnot_after = 2020-01-01"))
        self.assertEqual(set(lost.values()), {"its release would not be in force"})

    def test_the_release_is_measured_otherwise(self):
        lost = self.check_then_reload(images=self.images.replace(
            harness.pcr(0, "good"), harness.pcr(0, "other")))
        self.assertEqual(len(lost), 2)

    def test_one_rule_is_gone(self):
        lost = self.check_then_reload(rules=self.rules.replace("user = nobody",
                                                              "user = somebody"))
        self.assertEqual(lost, {self.nobody: "no rule would allow it"})

    def test_a_rule_in_front_of_it(self):
        lost = self.check_then_reload(rules=(
            "[rule/first]\nservice = sshd\nuser = alice\nimage = signer\nlevel = 2\n"
            "roots = aws\n") + self.rules)
        self.assertEqual(lost, {self.alice: "the rule would not take its root"})

    def test_a_rule_binds_more(self):
        lost = self.check_then_reload(rules=self.rules.replace(
            "user = alice\n", "user = alice\nbind = nonce\n"))
        self.assertEqual(list(lost), [self.alice])

    def test_another_image_is_asked_for(self):
        lost = self.check_then_reload(
            images=self.images + "[image/other]\nkind = enclave\n" +
            harness.release_text("other", "1", "other"),
            rules=self.rules.replace("user = alice\nimage = signer",
                                     "user = alice\nimage = other"))
        self.assertEqual(lost, {self.alice: "the rule would not take its image"})

    def test_a_rule_that_only_audits_keeps_it(self):
        self.assertEqual(self.check_then_reload(
            images=self.images.replace("current", "revoked"),
            rules=self.rules.replace("user = alice\n", "user = alice\nmode = audit\n")),
            {self.nobody: "its release would be revoked"})

    def test_a_rule_of_another_name_may_take_over(self):
        self.assertEqual(self.check_then_reload(rules=self.rules.replace(
            "rule/ssh]", "rule/renamed]")), {})


if __name__ == "__main__":
    harness.main(needs_root=True)
