# SPDX-License-Identifier: Apache-2.0
"""The real daemon on a private bus: what it allows, what it denies and why, what it
does with callers, limits, faults and reloads."""
import hashlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import unittest
import xml.etree.ElementTree as ElementTree

import dbus
import dbus.lowlevel

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import harness  # noqa: E402
from harness import measured_as  # noqa: E402

GOOD = measured_as("good")
DOCUMENT_MAX = harness.constant("ATTEST_PAYLOAD_MAX", "lib/attest/limits.h") + 256
CHALLENGES_PER_USER = harness.constant("CHALLENGES_PER_USER", "nitro-policyd/limits.h")
CALLS_PER_USER = harness.constant("CALLS_PER_USER", "nitro-policyd/limits.h")

AS_NOBODY = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
needs_root = unittest.skipUnless(os.geteuid() == 0, "needs root to act as others")


class Case(harness.DaemonTestCase):
    def document(self, *options, nonce=None):
        return self.authority.document(*(options or GOOD), nonce=nonce)

    def assertAllowed(self, answer):
        decision, verdict = answer
        self.assertEqual((decision, verdict["Reason"]), ("allow", "allowed"), verdict)
        return verdict

    def assertDenied(self, reason, answer):
        decision, verdict = answer
        self.assertEqual((decision, verdict["Reason"]), ("deny", reason), verdict)
        self.assertTrue(verdict["Message"].endswith("."))
        return verdict

    def login(self, *options, service="sshd", user="alice"):
        nonce = self.caller.challenge(service, user)
        return self.caller.authorize(service, user,
                                     self.document(*options, nonce=nonce), nonce)

    def check(self, verdict, name):
        return {row[0]: row[1] for row in verdict["Checks"]}[name]


class Decisions(Case):
    def test_allows_a_fresh_answer(self):
        verdict = self.assertAllowed(self.login())
        self.assertEqual(verdict["Level"], 2)
        self.assertEqual(verdict["Rule"], "ssh")
        self.assertEqual((verdict["Image"], verdict["Release"]), ("signer", "1"))
        self.assertEqual(verdict["PolicyGeneration"], 1)
        self.assertEqual(verdict["PolicyDigest"], self.caller.get("PolicyDigest"))
        self.assertFalse(verdict["Retiring"])
        self.assertEqual(self.check(verdict, "challenge"), "passed")
        self.assertEqual(self.check(verdict, "replay"), "not-checked")
        self.assertEqual(self.check(verdict, "measurements"), "passed")

    def test_the_verdict_shows_the_document(self):
        nonce = self.caller.challenge("sshd", "alice")
        bytes_ = self.document(*GOOD, "--user-data=c0ffee", nonce=nonce)
        shown = self.caller.authorize("sshd", "alice", bytes_, nonce)[1]["Document"]
        self.assertEqual(shown["Kind"], "enclave")
        self.assertTrue(shown["ModuleId"].startswith("i-0123456789abcdef0-enc"))
        self.assertLess(abs(shown["TimestampMs"] / 1000 - time.time()), 60)
        self.assertEqual(shown["Root"], "sim")
        self.assertEqual([(int(index), bytes(value).hex())
                          for index, value in shown["Pcrs"]][:3],
                         [(index, harness.pcr(index, "good")) for index in range(3)])
        self.assertEqual(bytes(shown["Nonce"]), nonce)
        self.assertEqual(bytes(shown["UserData"]).hex(), "c0ffee")
        self.assertNotIn("PublicKey", shown)
        # The payload stands in the envelope behind its head of three bytes.
        at = bytes_.index(b"module_id") - 2
        size = int.from_bytes(bytes_[at - 2:at], "big")
        self.assertEqual(bytes(shown["PayloadSha256"]),
                         hashlib.sha256(bytes_[at:at + size]).digest())

    def test_denies_changed_measurements(self):
        verdict = self.assertDenied("measurements-unknown",
                                    self.login(*measured_as("evil")))
        self.assertEqual(verdict["Level"], 1)
        self.assertEqual(self.check(verdict, "measurements"), "failed")
        self.assertIn("Document", verdict)

    def test_denies_debug_mode(self):
        self.assertDenied("debug-enclave", self.login("--debug"))

    def test_denies_who_has_no_rule(self):
        for service, user in (("sshd", "bob"), ("login", "alice")):
            verdict = self.assertDenied("no-rule",
                                        self.login(service=service, user=user))
            # Without a rule the document is not looked at.
            self.assertEqual(self.check(verdict, "envelope"), "not-checked")
            self.assertNotIn("Document", verdict)

    def test_denies_the_root_that_the_rule_does_not_name(self):
        self.daemon.configure("rules.d/10-ssh.conf",
                              self.rules.replace("roots = sim\n", ""))
        self.caller.reload()
        self.assertDenied("root-not-allowed", self.login())

    def test_denies_what_is_broken(self):
        nonce = self.caller.challenge("sshd", "alice")
        document = bytearray(self.document(nonce=nonce))
        document[-1] ^= 1
        verdict = self.assertDenied("signature-invalid", self.caller.authorize(
            "sshd", "alice", bytes(document), nonce))
        self.assertEqual(verdict["Level"], 0)
        self.assertEqual(self.check(verdict, "path"), "passed")
        self.assertNotIn("Document", verdict)
        self.assertDenied("leaf-name-mismatch",
                          self.login(*GOOD, "--break=module-id-other"))
        self.assertDenied("envelope-elements",
                          self.caller.authorize("sshd", "alice", b"\x83nonsense"))

    def test_denies_another_root(self):
        (self.folder / "other").mkdir()
        stranger = harness.Authority(self.folder / "other")
        nonce = self.caller.challenge("sshd", "alice")
        self.assertDenied("root-untrusted", self.caller.authorize(
            "sshd", "alice", stranger.document(*GOOD, nonce=nonce), nonce))

    def test_denies_another_nonce_or_none(self):
        for nonce, reason in ((os.urandom(32), "nonce-different"),
                              (None, "nonce-missing")):
            own = self.caller.challenge("sshd", "alice")
            self.assertDenied(reason, self.caller.authorize(
                "sshd", "alice", self.document(nonce=nonce), own))

    def test_denies_old_documents_also_with_a_nonce(self):
        self.assertDenied("document-too-old",
                          self.login(*GOOD, f"--time=@{int(time.time()) - 3600}"))

    def test_denies_documents_from_the_future(self):
        self.assertDenied("certificate-not-yet-valid",
                          self.login(*GOOD, f"--time=@{int(time.time()) + 600}"))


class Challenges(Case):
    def test_a_challenge_counts_once(self):
        nonce = self.caller.challenge("sshd", "alice")
        document = self.document(nonce=nonce)
        self.assertAllowed(self.caller.authorize("sshd", "alice", document, nonce))
        self.assertDenied("challenge-unknown", self.caller.authorize(
            "sshd", "alice", document, nonce))

    def test_a_failed_answer_uses_the_challenge_up(self):
        nonce = self.caller.challenge("sshd", "alice")
        self.assertDenied("nonce-missing", self.caller.authorize(
            "sshd", "alice", self.document(), nonce))
        self.assertDenied("challenge-unknown", self.caller.authorize(
            "sshd", "alice", self.document(nonce=nonce), nonce))

    def test_a_challenge_of_nobody(self):
        nonce = os.urandom(32)
        verdict = self.assertDenied("challenge-unknown", self.caller.authorize(
            "sshd", "alice", self.document(nonce=nonce), nonce))
        self.assertEqual(self.check(verdict, "envelope"), "not-checked")

    def test_a_challenge_for_another_question(self):
        for service, user in (("sshd", "bob"), ("login", "alice")):
            nonce = self.caller.challenge(service, user)
            self.assertDenied("challenge-mismatch", self.caller.authorize(
                "sshd", "alice", self.document(nonce=nonce), nonce))

    def test_challenges_do_not_survive_a_restart(self):
        nonce = self.caller.challenge("sshd", "alice")
        self.daemon.restart()
        self.assertDenied("challenge-unknown", self.caller.authorize(
            "sshd", "alice", self.document(nonce=nonce), nonce))

    def test_challenges_expire(self):
        self.daemon.configure("policyd.conf", "[policyd]\nchallenge_lifetime = 5s\n")
        self.caller.reload()
        nonce, lifetime = self.caller.call(
            "CreateChallenge", "ssa{sv}", "sshd", "alice",
            dbus.Dictionary(signature="sv"))
        self.assertEqual(lifetime, 5_000_000)
        document = self.document(nonce=bytes(nonce))
        time.sleep(5.1)
        self.assertDenied("challenge-unknown", self.caller.authorize(
            "sshd", "alice", document, bytes(nonce)))

    def test_a_rule_can_ask_for_a_challenge(self):
        self.daemon.configure("rules.d/10-ssh.conf", self.rules + "bind = nonce\n")
        self.caller.reload()
        self.assertDenied("challenge-required", self.caller.authorize(
            "sshd", "alice", self.document()))
        self.assertAllowed(self.login())


class Replay(Case):
    def ask(self, document):
        return self.caller.authorize("sshd", "alice", document)

    def test_a_document_without_challenge_counts_once(self):
        document = self.document()
        verdict = self.assertAllowed(self.ask(document))
        self.assertEqual(self.check(verdict, "replay"), "passed")
        self.assertEqual(self.check(verdict, "challenge"), "not-checked")
        self.assertDenied("document-replayed", self.ask(document))
        self.assertAllowed(self.ask(self.document()))

    def test_also_after_a_restart(self):
        document = self.document()
        self.assertAllowed(self.ask(document))
        self.daemon.restart()
        self.assertDenied("document-replayed", self.ask(document))

    def test_also_after_a_crash(self):
        document = self.document()
        self.assertAllowed(self.ask(document))
        self.daemon.stop(signal.SIGKILL)
        self.daemon.start()
        self.assertDenied("document-replayed", self.ask(document))

    def test_another_signature_value_is_the_same_document(self):
        document = bytearray(self.document())
        self.assertAllowed(self.ask(bytes(document)))
        order = int("ffffffffffffffffffffffffffffffffffffffffffffffff"
                    "c7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16)
        s = order - int.from_bytes(document[-48:], "big")
        document[-48:] = s.to_bytes(48, "big")
        self.assertDenied("document-replayed", self.ask(bytes(document)))

    def test_a_denied_document_is_not_used_up(self):
        document = self.document()
        self.assertDenied("no-rule", self.caller.authorize("sshd", "bob", document))
        self.assertAllowed(self.ask(document))

    def test_of_many_at_once_one_is_allowed(self):
        document = dbus.ByteArray(self.document())
        answers = []
        with subprocess.Popen(
                [sys.executable, "-c", PARALLEL, self.bus.address, document.hex(), "12"],
                stdout=subprocess.PIPE, text=True) as child:
            answers = child.communicate(timeout=30)[0].split()
        self.assertEqual(sorted(answers), ["allow"] + 11 * ["deny"])

    def test_a_damaged_memory_refuses_what_was_made_before(self):
        document, later = self.document(), self.document()
        self.assertAllowed(self.ask(document))
        self.daemon.stop()
        (self.daemon.state / "used-documents").write_bytes(b"damaged")
        self.daemon.start()
        self.assertDenied("document-unremembered", self.ask(document))
        self.assertDenied("document-unremembered", self.ask(later))
        self.assertAllowed(self.login())

    def test_no_answer_when_the_use_cannot_be_recorded(self):
        # As on a full disk: no file may grow beyond the memory's present size.
        self.daemon.stop()
        self.daemon.remember(2000)
        self.daemon.start()
        size = (self.daemon.state / "used-documents").stat().st_size
        self.assertGreater(size, 90_000)
        subprocess.run(["prlimit", "--pid", str(self.daemon.process.popen.pid),
                        f"--fsize={size + 20}:unlimited"], check=True)
        for _ in range(2):
            message = self.assertRefused("Internal", self.ask, self.document())
            self.assertIn("could not be recorded", message)
        self.assertAllowed(self.login())  # a challenge needs no memory
        record = self.daemon.records(NITRO_DECISION="not-judged")[-1]
        self.assertIn("could not be recorded", record["MESSAGE"])
        self.assertEqual(record["NITRO_REASON"], "org.nitro.Policy1.Error.Internal")


PARALLEL = """
import sys, threading, dbus
address, document, count = sys.argv[1], bytes.fromhex(sys.argv[2]), int(sys.argv[3])

def ask():
    connection = dbus.bus.BusConnection(address)
    decision, _ = connection.call_blocking(
        "org.nitro.Policy1", "/org/nitro/Policy1", "org.nitro.Policy1.Manager",
        "Authorize", "ssayaya{sv}", ("sshd", "alice", dbus.ByteArray(b""),
        dbus.ByteArray(document), dbus.Dictionary(signature="sv")))
    print(decision + "\\n", end="", flush=True)

threads = [threading.Thread(target=ask) for _ in range(count)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


class Verify(Case):
    def test_levels(self):
        document = self.document()
        verdict = self.assertAllowed(self.caller.verify(
            document, roots=["sim"], level=dbus.UInt32(2)))
        self.assertEqual(verdict["Level"], 2)
        self.assertAllowed(self.caller.verify(document, roots=["sim"]))
        evil = self.document(*measured_as("evil"))
        self.assertDenied("measurements-unknown",
                          self.caller.verify(evil, roots=["sim"]))
        self.assertAllowed(self.caller.verify(evil, roots=["sim"],
                                              level=dbus.UInt32(1)))

    def test_only_aws_counts_unless_said_otherwise(self):
        self.assertDenied("root-not-allowed", self.caller.verify(self.document()))
        self.assertDenied("root-not-allowed",
                          self.caller.verify(self.document(), roots=["aws", "x"]))

    def test_nonce_and_age(self):
        nonce = b"any bytes"
        old = self.document(*GOOD, f"--time=@{int(time.time()) - 3000}", nonce=nonce)
        same = dbus.ByteArray(nonce)
        self.assertAllowed(self.caller.verify(old, roots=["sim"], nonce=same))
        self.assertDenied("nonce-different", self.caller.verify(
            old, roots=["sim"], nonce=dbus.ByteArray(b"other")))
        self.assertDenied("document-too-old", self.caller.verify(
            old, roots=["sim"], max_age=dbus.UInt64(60_000_000)))
        self.assertAllowed(self.caller.verify(
            old, roots=["sim"], max_age=dbus.UInt64(3600_000_000)))

    def test_keeps_nothing(self):
        document = self.document()
        for _ in range(2):
            self.assertAllowed(self.caller.verify(document, roots=["sim"]))
        self.assertAllowed(self.caller.authorize("sshd", "alice", document))
        self.assertEqual(len(self.daemon.records(NITRO_DECISION="allow")), 1)


class Arguments(Case):
    def test_texts(self):
        for service, user in (("", "alice"), ("sshd", ""), ("s" * 65, "alice"),
                              ("sshd", "u" * 257), ("../sshd", "alice"),
                              ("sshd", "a/b"), ("sshd", "a\nb"), ("ss\x7fhd", "a"),
                              ("sshd", "\u202ealice"), ("sshd", "m\u00fcller")):
            with self.subTest(service=service, user=user):
                self.assertRefused("InvalidArgument", self.caller.challenge,
                                   service, user)
                self.assertRefused("InvalidArgument", self.caller.authorize,
                                   service, user, b"x")
        self.caller.challenge("s" * 64, "u" * 256)

    def test_sizes(self):
        for size in (0, DOCUMENT_MAX + 1, 1 << 20):
            message = self.assertRefused("InvalidArgument", self.caller.authorize,
                                         "sshd", "alice", bytes(size))
            self.assertIn(str(size), message)
            self.assertRefused("InvalidArgument", self.caller.verify, bytes(size))
        self.assertDenied("envelope-elements", self.caller.authorize(
            "sshd", "alice", bytes(DOCUMENT_MAX)))
        for size in (1, 31, 33):
            self.assertRefused("InvalidArgument", self.caller.authorize,
                               "sshd", "alice", b"x", bytes(size))

    def test_options(self):
        for options in ({"unknown": dbus.UInt32(1)}, {"level": dbus.UInt32(0)},
                        {"level": dbus.UInt32(4)}, {"level": "2"},
                        {"level": dbus.Int32(2)},
                        {"nonce": dbus.ByteArray(b"")},
                        {"nonce": dbus.ByteArray(bytes(4097))},
                        {"nonce": "text"}, {"max_age": dbus.UInt64(0)},
                        {"roots": dbus.Array([], signature="s")},
                        {"roots": dbus.Array(33 * ["x"])}, {"roots": "sim"}):
            with self.subTest(options=options):
                self.assertRefused("InvalidArgument", self.caller.verify, b"x",
                                   **options)
        none_yet = dbus.Dictionary({"x": 1}, signature="sv")
        self.assertRefused("InvalidArgument", self.caller.call, "CreateChallenge",
                           "ssa{sv}", "sshd", "alice", none_yet)
        self.assertRefused("InvalidArgument", self.caller.call, "Authorize",
                           "ssayaya{sv}", "sshd", "alice", dbus.ByteArray(b""),
                           dbus.ByteArray(b"x"), none_yet)

    def test_signatures(self):
        for member, signature, arguments in (("Verify", "s", ("x",)),
                                             ("Authorize", "ss", ("a", "b")),
                                             ("Reload", "s", ("x",)),
                                             ("Nothing", "", ())):
            with self.assertRaises(dbus.DBusException):
                self.caller.call(member, signature, *arguments)
        self.assertEqual(self.caller.get("PolicyGeneration"), 1)


class Callers(Case):
    """Other users than root: what they may ask, and how much."""

    def as_nobody(self, script, *arguments):
        child = subprocess.run(
            [*AS_NOBODY, sys.executable, "-c", PRELUDE + script,
             self.bus.address, *map(str, arguments)],
            stdout=subprocess.PIPE, text=True, timeout=60, check=True)
        return child.stdout.split()

    def prepare(self):
        self.daemon.configure("rules.d/20-nobody.conf",
                              self.rules.replace("rule/ssh", "rule/nobody")
                              .replace("alice", "nobody"))

    @needs_root
    def test_a_user_asks_about_himself(self):
        self.assertEqual(self.as_nobody("print(len(challenge('sshd', 'nobody')))"),
                         ["32"])
        document = self.document().hex()
        script = "print(authorize('sshd', 'nobody', bytes.fromhex(sys.argv[2])))"
        self.assertEqual(self.as_nobody(script, self.document().hex()), ["allow"])
        self.assertEqual(self.as_nobody(script.replace("'nobody'", "'alice'"), document),
                         ["org.nitro.Policy1.Error.AccessDenied"])
        self.assertEqual(self.as_nobody("print(challenge('sshd', 'alice'))"),
                         ["org.nitro.Policy1.Error.AccessDenied"])

    @needs_root
    def test_the_challenge_of_another_caller(self):
        nonce = self.caller.challenge("sshd", "nobody")
        script = ("print(authorize('sshd', 'nobody', bytes.fromhex(sys.argv[2]), "
                  "bytes.fromhex(sys.argv[3])))")
        document = self.document(nonce=nonce).hex()
        self.assertEqual(self.as_nobody(script, document, nonce.hex()), ["deny"])
        record = self.daemon.records(NITRO_DECISION="deny")[-1]
        self.assertEqual(record["NITRO_REASON"], "challenge-mismatch")
        self.assertNotEqual(record["NITRO_CALLER_UID"], "0")

    @needs_root
    def test_only_root_reloads(self):
        self.assertEqual(self.as_nobody("print(call('Reload', ''))"),
                         ["org.nitro.Policy1.Error.AccessDenied"])

    @needs_root
    def test_challenges_of_a_user_are_bounded(self):
        script = ("for i in range(int(sys.argv[2])):\n"
                  "    r = challenge('sshd', 'nobody')\n"
                  "    print(len(r) if isinstance(r, bytes) else r)\n")
        answers = self.as_nobody(script, CHALLENGES_PER_USER + 2)
        self.assertEqual(answers, CHALLENGES_PER_USER * ["32"] +
                         2 * ["org.nitro.Policy1.Error.LimitExceeded"])
        self.assertAllowed(self.login())

    @needs_root
    def test_a_flood_does_not_keep_root_waiting(self):
        flood = [subprocess.Popen(
            [*AS_NOBODY, sys.executable, "-c", FLOOD, str(self.bus.socket),
             sys.executable], stdout=subprocess.PIPE, text=True) for _ in range(2)]
        try:
            for child in flood:
                self.assertEqual(child.stdout.readline(), "flooding\n")
            slowest = 0
            for _ in range(20):
                start = time.monotonic()
                self.assertAllowed(self.login())
                slowest = max(slowest, time.monotonic() - start)
                self.assertTrue(all(child.poll() is None for child in flood))
        finally:
            for child in flood:
                child.kill()
                child.communicate()
        self.assertLess(slowest, 2)
        self.assertIsNone(self.daemon.process.popen.poll())


class LostWorkers(Case):
    """The host's user database does not answer: that is what a worker of another
    user than root waits for."""

    def prepare(self):
        self.daemon.environment.update(
            LD_PRELOAD=str(harness.BUILD / "tests/support/.libs/slow_passwd.so"),
            ASAN_OPTIONS="verify_asan_link_order=0")

    @needs_root
    def test_everybody_gets_an_answer(self):
        children = [subprocess.Popen(
            [*AS_NOBODY, sys.executable, "-c", PRELUDE +
             "print(challenge('sshd', 'nobody'))", self.bus.address],
            stdout=subprocess.PIPE, text=True) for _ in range(6)]
        start = time.monotonic()
        while time.monotonic() < start + 3:
            begin = time.monotonic()
            self.assertAllowed(self.login())
            self.assertLess(time.monotonic() - begin, 1)
        for child in children:
            self.assertEqual(child.communicate(timeout=10)[0].strip(),
                             "org.nitro.Policy1.Error.Busy")
        self.assertLess(time.monotonic() - start, 5.5)
        self.assertAllowed(self.login())
        self.assertIn("nitro-keys cannot be looked up", self.daemon.text())
        start = time.monotonic()
        self.assertEqual(self.daemon.stop(), 0)
        self.assertLess(time.monotonic() - start, 4)


PRELUDE = """
import sys, dbus
connection = dbus.bus.BusConnection(sys.argv[1])
none = dbus.Dictionary(signature="sv")

def call(member, signature, *arguments):
    try:
        return connection.call_blocking(
            "org.nitro.Policy1", "/org/nitro/Policy1", "org.nitro.Policy1.Manager",
            member, signature, arguments)
    except dbus.DBusException as error:
        return error.get_dbus_name()

def challenge(service, user):
    answer = call("CreateChallenge", "ssa{sv}", service, user, none)
    return answer if isinstance(answer, str) else bytes(answer[0])

def authorize(service, user, document, nonce=b""):
    answer = call("Authorize", "ssayaya{sv}", service, user, dbus.ByteArray(nonce),
                  dbus.ByteArray(document), none)
    return answer if isinstance(answer, str) else answer[0]
"""

# Many questions without waiting for their answers, which nobody reads.
FLOOD = """
import sys, dbus, dbus.lowlevel
connection = dbus.bus.BusConnection("unix:path=" + sys.argv[1])
print("flooding", flush=True)
while True:
    for member, signature, arguments in (
            ("Verify", "aya{sv}", (dbus.ByteArray(bytes(16000)), {})),
            ("CreateChallenge", "ssa{sv}", ("sshd", "nobody", {}))):
        message = dbus.lowlevel.MethodCallMessage(
            "org.nitro.Policy1", "/org/nitro/Policy1", "org.nitro.Policy1.Manager",
            member)
        message.append(*arguments, signature=signature)
        connection.send_message(message)
    connection.flush()
"""


class Reload(Case):
    BAD = "[rule/bad]\nservice = sshd\nuser = bob\nimage = nosuch\nlevel = 2\n"

    def test_good(self):
        before = self.caller.get("PolicyDigest")
        self.daemon.configure("rules.d/20-bob.conf", self.rules
                              .replace("rule/ssh", "rule/bob").replace("alice", "bob"))
        self.assertDenied("no-rule", self.login(user="bob"))
        self.assertEqual(self.caller.reload(), 2)
        self.assertAllowed(self.login(user="bob"))
        self.assertEqual(self.caller.get("PolicyGeneration"), 2)
        self.assertEqual(self.caller.get("RuleCount"), 2)
        self.assertNotEqual(self.caller.get("PolicyDigest"), before)
        self.assertEqual(
            self.daemon.records(NITRO_POLICY_GENERATION="2")[0]["PRIORITY"], "5")

    def test_bad_keeps_what_is_in_force(self):
        before = self.caller.get("PolicyDigest")
        self.daemon.configure("rules.d/20-bad.conf", self.BAD)
        self.assertRefused("PolicyInvalid", self.caller.reload)
        self.assertEqual(self.caller.get("PolicyGeneration"), 1)
        self.assertEqual(self.caller.get("PolicyDigest"), before)
        errors = self.caller.get("PolicyErrors")
        self.assertIn("20-bad.conf", errors[0])
        self.assertAllowed(self.login())
        (self.daemon.config / "rules.d/20-bad.conf").unlink()
        self.assertEqual(self.caller.reload(), 2)
        self.assertEqual(list(self.caller.get("PolicyErrors")), [])

    def test_by_signal(self):
        self.daemon.process.popen.send_signal(signal.SIGHUP)
        harness.wait_for(lambda: self.caller.get("PolicyGeneration") == 2,
                         "SIGHUP does nothing")

    def test_signals_in_a_row(self):
        for _ in range(50):
            self.daemon.process.popen.send_signal(signal.SIGHUP)
        harness.wait_for(lambda: self.caller.get("PolicyGeneration") >= 2,
                         "SIGHUP does nothing")
        self.assertAllowed(self.login())

    def test_tells_who_listens(self):
        with subprocess.Popen(
                ["dbus-monitor", "--address", self.bus.address,
                 f"type='signal',sender='{harness.NAME}'"],
                stdout=subprocess.PIPE, text=True) as monitor:
            try:
                # Its first signals are about its own connection.
                while "NameAcquired" not in monitor.stdout.readline():
                    pass
                time.sleep(0.2)
                self.caller.reload()
                text = ""
                while "PolicyReloaded" not in text:
                    text += monitor.stdout.readline()
            finally:
                monitor.kill()
        self.assertIn("PropertiesChanged", text)
        self.assertIn("PolicyGeneration", text)

    def test_does_not_start_with_an_error(self):
        self.daemon.stop()
        self.daemon.configure("rules.d/20-bad.conf", self.BAD + "levl = 2\n")
        result = subprocess.run(list(map(str, self.daemon.command())),
                                env=self.bus.environment, timeout=20, text=True,
                                stderr=subprocess.PIPE, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("nosuch", result.stderr)
        self.assertIn("levl", result.stderr)
        check = subprocess.run(list(map(str, self.daemon.command("--check"))),
                               timeout=20, text=True, stderr=subprocess.PIPE,
                               check=False)
        self.assertEqual(check.returncode, 1)
        self.assertIn("nosuch", check.stderr)
        self.assertIn("levl", check.stderr)
        self.assertIn("not valid: ", check.stderr)

    def test_check_of_a_good_one(self):
        check = subprocess.run(list(map(str, self.daemon.command("--check"))),
                               timeout=20, text=True, stderr=subprocess.PIPE,
                               check=False)
        self.assertEqual(check.returncode, 0)
        self.assertIn("valid: 1 rule(s), 1 image(s), 2 root(s)", check.stderr)


class Interface(Case):
    def test_properties(self):
        get = self.caller.get
        self.assertIsInstance(get("Version"), dbus.String)
        self.assertIsInstance(get("PolicyGeneration"), dbus.UInt64)
        self.assertRegex(get("PolicyDigest"), r"\A[0-9a-f]{64}\Z")
        self.assertEqual(get("PolicyErrors").signature, "s")
        self.assertEqual(get("PolicyWarnings").signature, "s")
        self.assertIsInstance(get("RuleCount"), dbus.UInt32)
        self.assertEqual([tuple(row) for row in get("Images")], [("signer", 1)])
        roots = dict(tuple(row) for row in get("Roots"))
        self.assertEqual(set(roots), {"aws", "sim"})
        self.assertRegex(roots["sim"], r"\A[0-9a-f]{64}\Z")
        with self.assertRaises(dbus.DBusException):
            self.caller.call("Set", "ssv", harness.MANAGER, "RuleCount",
                             dbus.UInt32(9),
                             interface="org.freedesktop.DBus.Properties")

    @staticmethod
    def members(text, name=harness.MANAGER):
        root = ElementTree.fromstring(text)
        interface = root.find(f".//interface[@name='{name}']")
        found = {}
        for member in interface:
            found[member.tag, member.get("name")] = [
                tuple(sorted(child.items())) for child in member
                if child.tag == "arg"] + sorted(
                tuple(sorted(child.items())) for child in member
                if child.tag == "annotation") + sorted(
                (key, value) for key, value in member.items())
        return found

    def test_introspection_is_what_is_documented(self):
        running = self.caller.call("Introspect",
                                   interface="org.freedesktop.DBus.Introspectable")
        documented = (harness.TOP / "dbus/org.nitro.Policy1.xml").read_text()
        self.assertEqual(self.members(running), self.members(documented))

    def test_introspection_of_verdicts_is_what_is_documented(self):
        _, verdict = self.login()
        name = "org.nitro.Policy1.Verdict"
        running = self.caller.connection.call_blocking(
            harness.NAME, f"{harness.PATH}/verdict/{verdict['Id']}",
            "org.freedesktop.DBus.Introspectable", "Introspect", "", ())
        documented = (harness.TOP / "dbus/org.nitro.Policy1.xml").read_text()
        self.assertEqual(self.members(running, name), self.members(documented, name))

    def test_the_header_has_the_documented_names(self):
        header = (harness.TOP / "dbus/nitro_bus.h").read_text()
        documented = {name for _, name in self.members(
            (harness.TOP / "dbus/org.nitro.Policy1.xml").read_text())}
        named = set(re.findall(r'#define NITRO_(?:METHOD|PROPERTY|SIGNAL)_\w+\s+"(\w+)"',
                               header))
        self.assertEqual(documented, named)

    def test_records(self):
        self.login()
        self.login("--debug")
        allowed, denied = self.daemon.records(NITRO_SERVICE="sshd")
        self.assertEqual(allowed["NITRO_DECISION"], "allow")
        self.assertEqual(allowed["PRIORITY"], "6")
        self.assertEqual(denied["NITRO_DECISION"], "deny")
        self.assertEqual(denied["NITRO_REASON"], "debug-enclave")
        for record in (allowed, denied):
            self.assertEqual(record["NITRO_USER"], "alice")
            self.assertEqual(record["NITRO_RULE"], "ssh")
            self.assertEqual(record["NITRO_ROOT"], "sim")
            self.assertEqual(record["NITRO_CALLER_UID"], str(os.geteuid()))
            self.assertEqual(record["NITRO_CALLER_PID"], str(os.getpid()))
            self.assertTrue(record["NITRO_MODULE_ID"].startswith("i-"))
            self.assertLess(int(record["NITRO_LATENCY_USEC"]), 4_000_000)
            self.assertRegex(record["MESSAGE_ID"], r"\A[0-9a-f]{32}\Z")

    def test_record_identifiers_are_in_the_catalog(self):
        headers = "".join((harness.TOP / name).read_text() for name in (
            "dbus/nitro_journal.h", "nitro-policyd/journal.h"))
        catalog = (harness.TOP / "systemd/nitro-policyd.catalog").read_text()
        self.assertEqual(set(re.findall(r'JOURNAL_ID_\w+\s+"(\w+)"', headers)),
                         set(re.findall(r"^-- (\w+)$", catalog, re.M)))


class Examples(Case):
    """The examples of org.nitro.Policy1(5), as they stand there."""

    def setUp(self):
        super().setUp()
        page = subprocess.run(
            ["mandoc", "-T", "markdown", harness.TOP / "man/org.nitro.Policy1.5"],
            capture_output=True, text=True, check=True).stdout
        self.blocks = re.findall(r"(?:^\t.*\n|^$\n)+", page, re.M)
        (self.folder / "document.cbor").write_bytes(self.document())

    def example(self, word):
        """The one literal block that contains `word`."""
        found = [block for block in self.blocks if word in block]
        self.assertEqual(len(found), 1, (word, self.blocks))
        return "".join(line[1:] + "\n" for line in found[0].splitlines())

    def run_example(self, command):
        return subprocess.run(command, env=self.bus.environment, text=True,
                              cwd=self.folder, capture_output=True, timeout=20,
                              check=True).stdout

    def shell(self, word):
        return self.run_example(["sh", "-ec", self.example(word).lstrip("\n$# ")])

    def test_busctl_reads_a_property(self):
        self.assertEqual(self.shell("get-property"), "t 1\n")

    def test_gdbus_gets_a_nonce(self):
        self.assertRegex(self.shell("gdbus"),
                         r"\A\(\[byte (0x\w\w, ){31}0x\w\w\], uint64 60000000\)")

    def test_busctl_verifies(self):
        self.assertIn('sa{sv} "allow"', self.shell("busctl --system call"))

    def test_busctl_prints_json(self):
        """Which has no dictionaries whose keys are numbers."""
        command = self.example("busctl --system call").lstrip("\n$ ")
        answer = json.loads(self.run_example(
            ["sh", "-ec", command.replace("--system", "--system --json=short", 1)]))
        decision, verdict = answer["data"]
        self.assertEqual((decision, answer["type"]), ("allow", "sa{sv}"))
        index, value = verdict["Document"]["data"]["Pcrs"]["data"][2]
        self.assertEqual((index, bytes(value).hex()), (2, harness.pcr(2, "good")))

    def test_python_verifies(self):
        self.assertEqual(
            self.run_example([sys.executable, "-c", self.example("import dbus")]),
            "allow allowed 2\n")


class Life(Case):
    def test_a_second_daemon_says_so(self):
        state = self.folder / "other-state"
        state.mkdir()
        command = [*map(str, self.daemon.command()), "--state-dir", str(state)]
        result = subprocess.run(command, env=self.bus.environment, timeout=20,
                                text=True, stderr=subprocess.PIPE, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("is taken", result.stderr)
        result = subprocess.run(command[:-2], env=self.bus.environment, timeout=20,
                                text=True, stderr=subprocess.PIPE, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("state directory", result.stderr)
        self.assertAllowed(self.login())

    def test_ends_on_request(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            self.assertEqual(self.daemon.stop(how), 0)
            self.daemon.start()

    def test_ends_with_the_bus(self):
        self.bus.process.stop(signal.SIGKILL)
        self.assertEqual(self.daemon.process.popen.wait(10), 1)

    def test_usage(self):
        for arguments, status, text in ((["--help"], 0, "--config-dir"),
                                        (["--version"], 0, "nitro-policyd "),
                                        (["--nonsense"], 2, "nonsense"),
                                        (["--log-target=x"], 2, "log target"),
                                        (["extra"], 2, "extra")):
            result = subprocess.run([harness.DAEMON, *arguments], text=True,
                                    capture_output=True, timeout=10, check=False)
            self.assertEqual(result.returncode, status, arguments)
            self.assertIn(text, result.stdout + result.stderr)

    def test_callers_that_leave(self):
        document = self.document()
        for _ in range(60):
            with harness.contextlib.ExitStack() as stack:
                caller = harness.Caller(stack, self.bus)
                message = dbus.lowlevel.MethodCallMessage(
                    harness.NAME, harness.PATH, harness.MANAGER, "Authorize")
                message.append("sshd", "alice", dbus.ByteArray(b""),
                               dbus.ByteArray(document), {},
                               signature="ssayaya{sv}")
                caller.connection.send_message(message)
                caller.connection.flush()
        self.assertAllowed(self.login())

    def test_stops_in_the_middle(self):
        document = self.document()
        for _ in range(8):
            message = dbus.lowlevel.MethodCallMessage(
                harness.NAME, harness.PATH, harness.MANAGER, "Authorize")
            message.append("sshd", "alice", dbus.ByteArray(b""),
                           dbus.ByteArray(document), {}, signature="ssayaya{sv}")
            self.caller.connection.send_message(message)
        self.caller.connection.flush()
        self.assertEqual(self.daemon.stop(), 0)
        self.assertNotIn("ERROR", self.daemon.text())


if __name__ == "__main__":
    harness.main(needs_root=True)
