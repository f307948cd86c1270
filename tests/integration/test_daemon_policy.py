# SPDX-License-Identifier: Apache-2.0
"""The real daemon and a policy that admins change: rules on trial, where logins come
from, groups, explanations, reloads that take nothing away, and reloads under load."""
import os
import pathlib
import re
import subprocess
import sys
import threading
import time
import unittest

import dbus

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import harness  # noqa: E402
from harness import measured_as, release_text  # noqa: E402

LIMITS = "nitro-policyd/limits.h"
RATE_BURST = harness.constant("RATE_BURST", LIMITS)
RATE_PER_SECOND = harness.constant("RATE_PER_SECOND", LIMITS)
AS_NOBODY = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
needs_root = unittest.skipUnless(os.geteuid() == 0, "needs root to act as others")
DAY = 24 * 3600


def rule(name, extra="", user="alice", service="sshd"):
    return (f"[rule/{name}]\nservice = {service}\nuser = {user}\nimage = signer\n"
            f"level = 2\nroots = sim\n{extra}\n")


def date(days):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + days * DAY))


class Case(harness.DaemonTestCase):
    def document(self, *options):
        return self.authority.document(*(options or measured_as("good")))

    def ask(self, document=None, service="sshd", user="alice", nonce=b"", **origin):
        return self.caller.call(
            "Authorize", "ssayaya{sv}", service, user, dbus.ByteArray(nonce),
            dbus.ByteArray(document or self.document()),
            dbus.Dictionary(origin, signature="sv"))

    def explain(self, document=None, service="sshd", user="alice", **origin):
        return self.caller.call(
            "Explain", "ssaya{sv}", service, user,
            dbus.ByteArray(document or self.document()),
            dbus.Dictionary(origin, signature="sv"))

    def outcome(self, answer):
        return str(answer[0]), str(answer[1]["Reason"])

    def statistics(self):
        return {str(key): int(value)
                for key, value in self.caller.get("Statistics").items()}

    def replace_rules(self, text):
        self.daemon.configure("rules.d/10-ssh.conf", text)
        self.caller.reload()

    def as_nobody(self, script, *arguments):
        child = subprocess.run(
            [*AS_NOBODY, sys.executable, "-c", PRELUDE + script, self.bus.address,
             *map(str, arguments)], stdout=subprocess.PIPE, text=True, timeout=60,
            check=True)
        return child.stdout.split()


PRELUDE = """
import sys, time, dbus
connection = dbus.bus.BusConnection(sys.argv[1])

def call(member, signature="", *arguments):
    try:
        return connection.call_blocking(
            "org.nitro.Policy1", "/org/nitro/Policy1", "org.nitro.Policy1.Manager",
            member, signature, arguments)
    except dbus.DBusException as error:
        return error.get_dbus_name()
"""


class Origin(Case):
    def test_rules_match_where_a_login_comes_from(self):
        self.replace_rules(
            rule("far", "remote_host = *.example, 192.0.2.*") +
            rule("terminal", "tty = tty*\nfrom = local") +
            rule("command", "command = /usr/bin/id", service="sudo"))
        for origin, name in (
                ({"remote_host": "a.example"}, "far"),
                ({"remote_host": "192.0.2.7", "tty": "ssh"}, "far"),
                ({"tty": "tty1"}, "terminal"),
                ({"tty": "tty1", "remote_host": ""}, "terminal"),
                ({"tty": "tty1", "remote_host": "b.test"}, ""),
                ({}, "")):
            with self.subTest(origin=origin):
                decision, verdict = self.ask(**origin)
                self.assertEqual((decision, verdict["Rule"]),
                                 ("allow" if name else "deny", name))
        for command, decision in (("/usr/bin/id", "allow"), ("/usr/bin/idx", "deny")):
            self.assertEqual(self.ask(service="sudo", command=command)[0], decision)

    def test_is_recorded(self):
        self.ask(remote_host="a.example", tty="ssh", command="/bin/x y")
        record = self.daemon.records(NITRO_SERVICE="sshd")[0]
        self.assertEqual(record["NITRO_REMOTE_HOST"], "a.example")
        self.assertEqual(record["NITRO_TTY"], "ssh")
        self.assertEqual(record["NITRO_COMMAND"], "/bin/x y")

    def test_bad_options_are_refused(self):
        for origin in ({"remote_host": "h" * 257}, {"tty": "t" * 65},
                       {"command": "/" * 4097}, {"remote_host": "a\nb"},
                       {"tty": "\u00fc"}, {"command": "/bin/\x7f"},
                       {"remote_host": dbus.UInt32(1)}, {"ruser": "alice"},
                       {"tty": dbus.ByteArray(b"ssh")}):
            with self.subTest(origin=origin):
                self.assertRefused("InvalidArgument", self.ask, b"x", **origin)
                self.assertRefused("InvalidArgument", self.explain, b"x", **origin)
        self.ask(remote_host="h" * 256, tty="t" * 64, command="/" * 4096)


class Groups(Case):
    """Rules that name groups, for users of this host."""

    rules = rule("root", "group = roo?", user="*")

    def test_of_the_user_count(self):
        self.assertEqual(self.outcome(self.ask(user="root")), ("allow", "allowed"))
        for user in ("nobody", "nosuchuser"):
            self.assertEqual(self.outcome(self.ask(user=user)), ("deny", "no-rule"))

    def test_are_not_asked_for_in_vain(self):
        self.slow()
        self.daemon.restart()
        self.assertRefused("Internal", self.ask, user="root")
        record = self.daemon.records(NITRO_DECISION="not-judged")[0]
        self.assertIn("groups of user 'root' could not be looked up", record["MESSAGE"])
        self.assertEqual(self.statistics()["not-judged"], 1)
        self.replace_rules(rule("root", user="root"))
        self.assertEqual(self.outcome(self.ask(user="root")), ("allow", "allowed"))

    def slow(self):
        self.daemon.environment.update(
            LD_PRELOAD=str(harness.BUILD / "tests/support/.libs/slow_passwd.so"),
            ASAN_OPTIONS="verify_asan_link_order=0")


class Audit(Case):
    rules = rule("trial", "mode = audit")

    def assertAudited(self, reason, answer):
        self.assertEqual(self.outcome(answer), ("allow", reason))
        self.assertTrue(answer[1]["Audited"])
        record = self.daemon.records(NITRO_REASON=reason)[-1]
        self.assertEqual(record["PRIORITY"], "4")
        self.assertEqual(record["NITRO_DECISION"], "audit")
        self.assertIn("would have denied", record["MESSAGE"])
        return record

    def test_allows_whatever_the_document(self):
        self.assertAudited("measurements-unknown",
                           self.ask(self.document(*measured_as("evil"))))
        self.assertAudited("debug-enclave", self.ask(self.document("--debug")))
        self.assertAudited("envelope-elements", self.ask(b"\x83nonsense"))
        self.assertAudited("challenge-unknown", self.ask(nonce=bytes(32)))
        document = self.document()
        answer = self.ask(document)
        self.assertEqual(self.outcome(answer), ("allow", "allowed"))
        self.assertFalse(answer[1]["Audited"])
        self.assertEqual(self.daemon.records(NITRO_REASON="allowed")[0]["PRIORITY"], "6")
        self.assertAudited("document-replayed", self.ask(document))

    def test_has_a_message_id_of_its_own(self):
        record = self.assertAudited("envelope-elements", self.ask(b"\x83nonsense"))
        header = (harness.TOP / "dbus/nitro_journal.h").read_text()
        self.assertEqual(record["MESSAGE_ID"], re.search(
            r'JOURNAL_ID_AUDITED\s+"(\w+)"', header).group(1))

    def test_no_rule_is_no_audit(self):
        decision, verdict = self.ask(user="bob")
        self.assertEqual((decision, verdict["Reason"]), ("deny", "no-rule"))
        self.assertFalse(verdict["Audited"])

    def test_what_cannot_be_judged_stays_refused(self):
        self.daemon.stop()
        self.daemon.remember(2000)
        self.daemon.start()
        size = (self.daemon.state / "used-documents").stat().st_size
        subprocess.run(["prlimit", "--pid", str(self.daemon.process.popen.pid),
                        f"--fsize={size + 20}:unlimited"], check=True)
        self.assertRefused("Internal", self.ask)
        self.assertEqual(self.statistics()["not-judged"], 1)
        self.assertEqual(self.statistics()["audited"], 0)

    def test_limits_the_session(self):
        self.replace_rules(rule("ssh", "session_max = 8h"))
        self.assertEqual(self.ask()[1]["SessionMaxUsec"], 8 * 3600 * 10**6)
        self.replace_rules(rule("ssh"))
        self.assertEqual(self.ask()[1]["SessionMaxUsec"], 0)


class Explain(Case):
    def test_decides_as_authorize_and_keeps_nothing(self):
        document = self.document()
        for _ in range(2):
            answer = self.explain(document)
            self.assertEqual(self.outcome(answer), ("allow", "allowed"))
        checks = {row[0]: row[1] for row in answer[1]["Checks"]}
        self.assertEqual((checks["challenge"], checks["replay"], checks["measurements"]),
                         ("not-checked", "not-checked", "passed"))
        self.assertEqual(self.daemon.records(NITRO_SERVICE="sshd"), [])
        self.assertEqual(self.statistics()["allowed"], 0)
        self.assertEqual(self.outcome(self.ask(document)), ("allow", "allowed"))

    def test_says_why_not(self):
        self.assertEqual(self.outcome(self.explain(user="bob")), ("deny", "no-rule"))
        self.assertEqual(self.outcome(self.explain(self.document("--debug"))),
                         ("deny", "debug-enclave"))
        old = self.document(*measured_as("good"), f"--time=@{int(time.time()) - 3600}")
        self.assertEqual(self.outcome(self.explain(old)), ("deny", "document-too-old"))

    def test_needs_no_challenge(self):
        self.replace_rules(rule("ssh", "bind = nonce"))
        self.assertEqual(self.outcome(self.explain()), ("allow", "allowed"))
        self.assertEqual(self.outcome(self.ask()), ("deny", "challenge-required"))

    @needs_root
    def test_only_root_may_ask(self):
        self.assertEqual(self.as_nobody(
            "print(call('Explain', 'ssaya{sv}', 'sshd', 'nobody', dbus.ByteArray(b'x'),"
            "           dbus.Dictionary(signature='sv')))\n"
            "print(call('DescribePolicy'))\n"),
            2 * ["org.nitro.Policy1.Error.AccessDenied"])


class Describe(Case):
    def test_says_what_is_in_force(self):
        generation, digest, parts = self.caller.call("DescribePolicy")
        self.assertEqual((generation, digest), (1, self.caller.get("PolicyDigest")))
        self.assertEqual([str(name) for name, _ in parts],
                         ["image/signer", "release/signer/1", "rule/ssh"])
        texts = {str(name): str(text) for name, text in parts}
        self.assertIn(harness.pcr(0, "good"), texts["release/signer/1"])
        self.assertIn("service = sshd", texts["rule/ssh"])


class Keeping(Case):
    images = ("[image/signer]\nkind = enclave\n" + release_text("signer", "1", "good") +
              release_text("signer", "old", "old", "not_after = 2020-01-01") +
              release_text("signer", "bad", "bad").replace("current", "revoked"))
    rules = rule("first") + rule("second", user="bob")

    def keep(self):
        return int(self.caller.call("ReloadKeeping"))

    def assertKept(self):
        before = int(self.caller.get("PolicyGeneration"))
        self.assertEqual(self.keep(), before + 1)
        self.assertEqual(list(self.caller.get("PolicyErrors")), [])

    def assertLost(self, *texts):
        """Refused because of `texts`, one line each, and only of them."""
        before = int(self.caller.get("PolicyGeneration"))
        message = self.assertRefused("WouldDeny", self.keep)
        lines = list(self.caller.get("PolicyErrors"))
        self.assertIn(f"{len(texts)} thing(s)", message)
        self.assertEqual(len(lines), len(texts), lines)
        for line, text in zip(lines, texts):
            self.assertIn(text, line)
        self.assertEqual(self.caller.get("PolicyGeneration"), before)
        self.assertEqual(self.outcome(self.ask()), ("allow", "allowed"))

    def test_what_takes_nothing_away(self):
        self.assertKept()
        self.daemon.configure("images.d/signer.conf", self.images.replace(
            "state = current\n", f"state = retiring\nnot_after = {date(3)}\n", 1) +
            release_text("signer", "2", "next"))
        self.assertKept()
        self.daemon.configure("rules.d/10-ssh.conf",
                              "# a comment\n" + self.rules + rule("third", user="carol"))
        self.assertKept()
        self.daemon.configure("policyd.conf", "[policyd]\nclock_skew = 40s\n")
        self.assertKept()

    def test_releases(self):
        good = release_text("signer", "1", "good")
        for changed, why in (
                (good.replace("current", "revoked"), "no longer in force"),
                (good + f"not_before = {date(2)}\n", "no longer in force"),
                (good.replace("release/signer/1", "release/signer/9"), "it is gone"),
                (good.replace(harness.pcr(2, "good"), harness.pcr(2, "evil")),
                 "measures something else")):
            with self.subTest(why):
                self.daemon.configure("images.d/signer.conf",
                                      self.images.replace(good, changed))
                self.assertLost(why)

    def test_what_is_not_in_force_may_go(self):
        self.daemon.configure("images.d/signer.conf",
                              "[image/signer]\nkind = enclave\n" +
                              release_text("signer", "1", "good"))
        self.assertKept()

    def test_an_image(self):
        self.daemon.configure("images.d/signer.conf",
                              self.images.replace("signer", "other"))
        self.daemon.configure("rules.d/10-ssh.conf",
                              self.rules.replace("= signer", "= other"))
        self.assertLost("its image is gone", "says something else",
                        "says something else")

    def test_rules(self):
        first, second = rule("first"), rule("second", user="bob")
        for rules, lost in ((first, ("[rule/second]: ",)),
                            (second, ("[rule/first]: ", "[rule/second]: ")),
                            (second + first, ("[rule/first]: ", "[rule/second]: ")),
                            (rule("zero", user="carol") + first + second,
                             ("rules before it", "rules before it")),
                            (first + second.replace("bob", "b*"),
                             ("says something else",))):
            with self.subTest(rules):
                self.daemon.configure("rules.d/10-ssh.conf", rules)
                self.assertLost(*lost)

    def test_roots_and_settings(self):
        (self.folder / "x").mkdir()
        other = harness.Authority(self.folder / "x")
        self.daemon.trust(other, "spare")
        self.assertKept()
        (self.daemon.config / "roots.d/spare.pem").unlink()
        self.assertLost("roots.d: [spare]")
        self.daemon.trust(self.authority, "spare")
        self.assertRefused("PolicyInvalid", self.keep)
        self.daemon.trust(other, "spare")
        self.daemon.configure("policyd.conf", "[policyd]\nclock_skew = 5s\n")
        self.assertLost("[policyd] clock_skew: ")

    def test_a_plain_reload_takes_it_nevertheless(self):
        self.daemon.configure("rules.d/10-ssh.conf", rule("first"))
        self.assertLost("[rule/second]: ")
        self.assertEqual(self.caller.reload(), 2)
        self.assertEqual(list(self.caller.get("PolicyErrors")), [])
        self.assertEqual(self.statistics()["reloads"], 1)
        self.assertEqual(self.statistics()["reload-errors"], 1)

    def test_errors_stay_visible_until_they_are_mended(self):
        self.daemon.configure("rules.d/20-bad.conf", "[rule/x]\nlevl = 2\n")
        for member in ("Reload", "ReloadKeeping"):
            self.assertRefused("PolicyInvalid", self.caller.call, member)
            self.assertTrue(any("levl" in line
                                for line in self.caller.get("PolicyErrors")))
        self.ask()
        self.assertNotEqual(list(self.caller.get("PolicyErrors")), [])
        (self.daemon.config / "rules.d/20-bad.conf").unlink()
        self.caller.reload()
        self.assertEqual(list(self.caller.get("PolicyErrors")), [])


class UnderLoad(Case):
    """Two policies take turns while questions are judged: each verdict is wholly of
    one of them. Their rules differ in name and effect, their files in digest."""

    POLICIES = (rule("even"), rule("odd").replace("level = 2", "level = 1"))
    rules = POLICIES[0]

    def test_no_verdict_mixes_generations(self):
        bad = self.document(*measured_as("evil"))
        digests, verdicts, stop = {}, [], threading.Event()
        digests[str(self.caller.get("PolicyDigest"))] = 0

        def ask():
            with harness.contextlib.ExitStack() as stack:
                caller = harness.Caller(stack, self.bus)
                while not stop.is_set():
                    nonce = caller.challenge("sshd", "alice")
                    verdicts.append(caller.authorize("sshd", "alice", bad, nonce))

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            for turn in range(1, 41):
                self.daemon.configure("rules.d/10-ssh.conf", self.POLICIES[turn % 2])
                self.assertEqual(self.caller.reload(), turn + 1)
                digests[str(self.caller.get("PolicyDigest"))] = turn % 2
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(len(digests), 2)
        seen = set()
        for decision, verdict in verdicts:
            parity = digests[str(verdict["PolicyDigest"])]
            self.assertEqual((verdict["PolicyGeneration"] - 1) % 2, parity)
            self.assertEqual(verdict["Rule"], ("even", "odd")[parity])
            self.assertEqual(decision, "deny")
            seen.add(parity)
        self.assertEqual(seen, {0, 1})
        self.assertGreater(len(verdicts), 40)


class Rate(Case):
    @needs_root
    def test_of_a_user_is_bounded_and_of_root_is_not(self):
        script = ("start = time.monotonic()\n"
                  "found = [call('Verify', 'aya{sv}', dbus.ByteArray(b'x'),"
                  " dbus.Dictionary(signature='sv')) for _ in range(int(sys.argv[2]))]\n"
                  "names = [f for f in found if isinstance(f, str)]\n"
                  "print(len(names), *set(names), time.monotonic() - start)\n")
        asked = 3 * RATE_BURST
        refused, name, seconds = self.as_nobody(script, asked)
        self.assertEqual(name, harness.ERROR + "LimitExceeded")
        # What was refused costs nothing, so the answers say how long it took.
        allowed = asked - int(refused)
        self.assertGreaterEqual(allowed, RATE_BURST)
        self.assertLessEqual(allowed,
                             RATE_BURST + RATE_PER_SECOND * (float(seconds) + 1))
        records = self.daemon.records(NITRO_COUNT="1")
        self.assertEqual(len(records), 1)
        self.assertIn("by limits", records[0]["MESSAGE"])
        self.assertEqual(self.statistics()["limited"], int(refused))
        for _ in range(2 * RATE_BURST):
            self.caller.get("Version")
            self.caller.verify(b"x")


class Numbers(Case):
    images = ("[image/signer]\nkind = enclave\n" +
              release_text("signer", "1", "good", f"not_after = {date(400)}") +
              "[image/soon]\nkind = enclave\n" +
              release_text("soon", "1", "a", f"not_after = {date(2)}") +
              release_text("soon", "2", "b", f"not_after = {date(5)}"))

    def test_decisions_are_counted(self):
        before = self.statistics()
        self.assertEqual(set(before), {
            "allowed", "denied", "audited", "not-judged", "limited", "verifications",
            "verification-usec", "reloads", "reload-errors", "verdicts-issued",
            "verdicts-ended", "verdicts-lost"})
        self.assertEqual(set(before.values()), {0})
        self.ask()
        self.ask(b"\x83nonsense")
        self.ask(user="bob")  # no rule, no verification
        self.caller.verify(self.document(), roots=["sim"])
        self.replace_rules(rule("ssh", "mode = audit"))
        self.ask(b"\x83nonsense")
        after = self.statistics()
        usec = after.pop("verification-usec")
        self.assertEqual(after, {
            "allowed": 1, "denied": 2, "audited": 1, "not-judged": 0, "limited": 0,
            "verifications": 4, "reloads": 1, "reload-errors": 0,
            "verdicts-issued": 2, "verdicts-ended": 0, "verdicts-lost": 0})
        self.assertTrue(0 < usec < 4 * 10**6, usec)

    def test_an_image_that_ends_soon(self):
        rows = [tuple(row) for row in self.caller.get("Expiring")]
        self.assertEqual([row[:2] for row in rows], [("soon", "2")])
        left = rows[0][2] / 10**6 - time.time()
        self.assertTrue(4 * DAY < left < 6 * DAY, left)
        records = self.daemon.records(NITRO_IMAGE="soon")
        self.assertEqual(len(records), 1)
        self.assertEqual((records[0]["PRIORITY"], records[0]["NITRO_RELEASE"]),
                         ("4", "2"))
        self.caller.reload()
        self.assertEqual(len(self.daemon.records(NITRO_IMAGE="soon")), 2)

    def test_nothing_ends_soon(self):
        self.daemon.configure("images.d/signer.conf", Case.images)
        self.caller.reload()
        self.assertEqual(list(self.caller.get("Expiring")), [])


class Layers(Case):
    def prepare(self):
        self.vendor = self.folder / "vendor"
        (self.vendor / "rules.d").mkdir(parents=True)
        (self.vendor / "rules.d/10-ssh.conf").write_text(rule("masked", user="*"))
        (self.vendor / "rules.d/50-vendor.conf").write_text(rule("vendor", user="bob"))
        self.vendor_option = ("--vendor-dir", str(self.vendor))

    def test_the_vendors_files_are_below(self):
        self.assertEqual(self.outcome(self.ask(user="bob")), ("deny", "no-rule"))
        self.daemon.stop()
        command = self.daemon.command
        self.daemon.command = lambda *extra: command(*self.vendor_option, *extra)
        self.daemon.start()
        self.assertEqual(self.ask(user="bob")[1]["Rule"], "vendor")
        self.assertEqual(self.ask()[1]["Rule"], "ssh")
        self.daemon.configure("rules.d/50-vendor.conf", "")
        self.caller.reload()
        self.assertEqual(self.outcome(self.ask(user="bob")), ("deny", "no-rule"))
        check = subprocess.run(list(map(str, self.daemon.command("--check"))),
                               timeout=20, text=True, stderr=subprocess.PIPE,
                               check=False)
        self.assertEqual(check.returncode, 0, check.stderr)
        self.assertIn(str(self.vendor), check.stderr)


if __name__ == "__main__":
    harness.main(needs_root=True)
