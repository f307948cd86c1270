# SPDX-License-Identifier: Apache-2.0
"""Authorize with the option ssh_key: a key that was proven to the caller, or its
certificate with a document in it. The real daemon on a private bus."""
import hashlib
import sys
import time

import dbus

import harness
from harness import DaemonTestCase, measured_as

try:
    import ssh_forge
except ImportError:
    print("SKIPPED: python3-cryptography is not installed")
    sys.exit(harness.SKIP)

DOCUMENT_MAX = 16384 + 256


class SshKeyTestCase(DaemonTestCase):
    """alice: any document; bob: bound to the key; carol: to challenge and key."""

    rules = "".join(
        f"[rule/{name}]\nservice = sshd\nuser = {name}\nimage = signer\nlevel = 2\n"
        f"roots = sim\nmax_age = 2min\n{extra}\n"
        for name, extra in (("alice", ""), ("bob", "bind = ssh-key"),
                            ("carol", "bind = nonce, ssh-key")))

    def document(self, key=None, text="good", options=(), **named):
        if key is not None:
            options = (*options, f"--public-key={key.blob.hex()}")
        return self.authority.document(*measured_as(text), *options, **named)

    def ask(self, ssh_key, user="bob", document=b"", nonce=b"", **options):
        options["ssh_key"] = dbus.ByteArray(ssh_key)
        return self.caller.call(
            "Authorize", "ssayaya{sv}", "sshd", user, dbus.ByteArray(nonce),
            dbus.ByteArray(document), dbus.Dictionary(options, signature="sv"))

    def allowed(self, answer):
        decision, verdict = answer
        self.assertEqual(decision, "allow", verdict["Message"])
        return verdict

    def denied(self, reason, answer):
        decision, verdict = answer
        self.assertEqual((decision, verdict["Reason"]), ("deny", reason))
        return verdict

    @staticmethod
    def check(verdict, name):
        return next((state, why) for check, state, _, _, why in verdict["Checks"]
                    if check == name)


class Certificates(SshKeyTestCase):
    def setUp(self):
        super().setUp()
        self.key = ssh_forge.Key()

    def forge(self, document=None, **named):
        return ssh_forge.certificate(
            self.key, self.document(self.key) if document is None else document, **named)

    def test_document_of_the_certificate_is_judged(self):
        for kind in ("ed25519", "ecdsa"):
            for user in ("alice", "bob"):
                with self.subTest(kind=kind, user=user):
                    self.key = ssh_forge.Key(kind)
                    verdict = self.allowed(self.ask(self.forge(), user=user))
                    self.assertEqual(verdict["Level"], 2)
                    self.assertEqual(self.check(verdict, "ssh-key")[0], "passed")

    def test_a_stolen_document_opens_nothing(self):
        """Whether the rule binds it or not: it came in a certificate."""
        stolen = self.document(ssh_forge.Key())
        for user in ("alice", "bob"):
            with self.subTest(user):
                verdict = self.denied("ssh-key-different",
                                      self.ask(self.forge(stolen), user=user))
                self.assertEqual(verdict["Level"], 2, "all else is right")
        bare = self.document()
        for user in ("alice", "bob"):
            with self.subTest(user):
                self.denied("ssh-key-different", self.ask(self.forge(bare), user=user))

    def test_certificate_opens_again_and_again_within_its_age(self):
        certificate = self.forge()
        for _ in range(3):
            verdict = self.allowed(self.ask(certificate))
            self.assertEqual(self.check(verdict, "replay"),
                             ("not-checked", "the SSH key is proven each time"))

    def test_age_counts_all_the_same(self):
        old = self.document(self.key, options=(f"--time=@{int(time.time()) - 150}",))
        self.denied("document-too-old", self.ask(self.forge(old)))

    def test_policy_counts_all_the_same(self):
        self.denied("measurements-unknown",
                    self.ask(self.forge(self.document(self.key, "patched"))))
        self.denied("debug-enclave", self.ask(self.forge(
            self.authority.document("--debug", f"--public-key={self.key.blob.hex()}"))))
        self.denied("no-rule", self.ask(self.forge(), user="mallory"))

    def test_rule_that_wants_a_challenge_takes_no_certificate(self):
        self.denied("challenge-required", self.ask(self.forge(), user="carol"))

    def test_digest_in_user_data_names_the_key(self):
        digest = hashlib.sha256(self.key.blob).hexdigest()
        document = self.document(options=(f"--user-data={digest}",))
        for user in ("alice", "bob"):
            with self.subTest(user):
                self.allowed(self.ask(self.forge(document), user=user))

    def test_certificates_without_a_document(self):
        two = 2 * ssh_forge.extension(ssh_forge.EXTENSION, self.document(self.key))
        document = self.document(self.key)
        cases = {
            "no extension": ssh_forge.certificate(self.key),
            "two of one name": self.forge(extensions=two),
            "not packed": self.forge(extensions=ssh_forge.string(ssh_forge.EXTENSION) +
                                     ssh_forge.string(document)),
            "empty": self.forge(extensions=ssh_forge.extension(ssh_forge.EXTENSION, b"")),
            "too large": self.forge(bytes(DOCUMENT_MAX + 1)),
            "certificate too large": self.forge(bytes(40000)),
            "bytes behind its end": self.forge(after=b"\0"),
            "cut short": self.forge()[:-1],
        }
        for name, certificate in cases.items():
            with self.subTest(name):
                self.assertRefused("InvalidArgument", self.ask, certificate)
        self.allowed(self.ask(self.forge()))

    def test_garbage_for_a_key(self):
        for garbage in (b"", b"\0", b"\xff" * 100, bytes(70000), b"ssh-ed25519",
                        ssh_forge.string(b"ssh-dss") + ssh_forge.string(b"x"),
                        self.key.blob + b"\0", self.key.blob[:-1]):
            with self.subTest(garbage[:16]):
                self.assertRefused("InvalidArgument", self.ask, garbage,
                                   document=self.document(self.key))
                self.assertRefused("InvalidArgument", self.ask, garbage)

    def test_document_beside_a_certificate_is_the_one_that_counts(self):
        other = ssh_forge.certificate(self.key, self.document(self.key, "patched"))
        self.allowed(self.ask(other, document=self.document(self.key)))
        good = self.forge()
        self.denied("measurements-unknown",
                    self.ask(good, document=self.document(self.key, "patched")))

    def test_ticket_beside_a_certificate_is_the_one_that_counts(self):
        ticket = self.caller.call(
            "Submit", "aya{sv}", dbus.ByteArray(self.document(self.key, "patched")),
            dbus.Dictionary(signature="sv"))[0]
        self.denied("measurements-unknown", self.ask(self.forge(), ticket=ticket))


class PlainKeys(SshKeyTestCase):
    def setUp(self):
        super().setUp()
        self.key = ssh_forge.Key()

    def test_key_that_the_document_names(self):
        self.allowed(self.ask(self.key.blob, document=self.document(self.key)))

    def test_key_that_the_document_does_not_name(self):
        document = self.document(ssh_forge.Key())
        self.denied("ssh-key-different", self.ask(self.key.blob, document=document))

    def test_rule_that_does_not_ask_lets_other_keys_pass(self):
        """Here the caller brought the document: it is judged by its age alone, once."""
        document = self.document(ssh_forge.Key())
        self.allowed(self.ask(self.key.blob, user="alice", document=document))
        self.denied("document-replayed",
                    self.ask(self.key.blob, user="alice", document=document))

    def test_bound_document_is_not_used_up(self):
        document = self.document(self.key)
        for user in ("bob", "alice", "bob"):
            self.allowed(self.ask(self.key.blob, user=user, document=document))

    def test_no_key_at_all(self):
        self.denied("ssh-key-missing", self.caller.authorize(
            "sshd", "bob", self.document(self.key)))

    def test_key_without_a_document(self):
        self.assertRefused("InvalidArgument", self.ask, self.key.blob)

    def test_challenge_and_key_together(self):
        nonce = self.caller.challenge("sshd", "carol")
        document = self.document(self.key, nonce=nonce)
        self.allowed(self.ask(self.key.blob, user="carol", document=document, nonce=nonce))
        nonce = self.caller.challenge("sshd", "carol")
        document = self.document(ssh_forge.Key(), nonce=nonce)
        self.denied("ssh-key-different", self.ask(
            self.key.blob, user="carol", document=document, nonce=nonce))

    def test_option_belongs_to_authorize(self):
        document = dbus.ByteArray(self.document(self.key))
        options = dbus.Dictionary({"ssh_key": dbus.ByteArray(self.key.blob)}, signature="sv")
        self.assertRefused("InvalidArgument", self.caller.call, "Verify", "aya{sv}",
                           document, options)
        self.assertRefused("InvalidArgument", self.caller.call, "Explain", "ssaya{sv}",
                           "sshd", "bob", document, options)


if __name__ == "__main__":
    harness.main(needs_root=True)
