# SPDX-License-Identifier: Apache-2.0
"""bind = key: a signature by the document's key over the challenge, made by hand and by
nitro-attest askpass, judged by the real daemon."""
import base64
import os
import pwd
import re
import subprocess
import time

import dbus

import harness
from application import Application, Key
from harness import DaemonTestCase, measured_as

ATTEST = harness.BUILD / "nitro-attest/nitro-attest"
HOST = os.uname().nodename
USER = pwd.getpwuid(os.geteuid()).pw_name
HOUR = 3600


def login_message(nonce, host=HOST, service="sshd", user=USER, domain="nitro-login-v1"):
    return "".join(f"{line}\n" for line in (domain, host, service, user)).encode() + nonce


class KeyTestCase(DaemonTestCase):
    rules = "".join(
        f"[rule/{name}]\nservice = {service}\nuser = {USER}\nimage = signer\n"
        f"level = 2\nroots = sim\n{more}\n"
        for name, service, more in (("key", "sshd", "bind = key"),
                                    ("young", "login", "bind = key\nmax_age = 60s"),
                                    ("both", "su", "bind = key, nonce"),
                                    ("free", "vlock", "")))

    def setUp(self):
        super().setUp()
        self.application = Application(self.folder)

    def document(self, age=0, key=None, **named):
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - age))
        key = key or self.application.public_key
        return self.authority.document(*measured_as("good"), f"--time={at}",
                                       f"--public-key={key.hex()}", **named)

    def authorize(self, document, nonce, signature=None, service="sshd"):
        options = {}
        if signature is not None:
            options["signature"] = dbus.ByteArray(signature)
        return self.caller.call(
            "Authorize", "ssayaya{sv}", service, USER, dbus.ByteArray(nonce),
            dbus.ByteArray(document), dbus.Dictionary(options, signature="sv"))

    def log_in(self, document, service="sshd", sign=None, **message):
        nonce = self.caller.challenge(service, USER)
        sign = sign or self.application.sign
        signature = sign(login_message(nonce, **{"service": service, **message}))
        return self.authorize(document, nonce, signature, service)

    def found(self, verdict):
        """What the check of the key was refused for."""
        return {check: found for check, _, _, found, _ in verdict["Checks"]}["key"]

    def assertAllowed(self, answer):
        decision, verdict = answer
        self.assertEqual(decision, "allow", verdict["Message"])
        return verdict

    def assertDenied(self, reason, answer):
        decision, verdict = answer
        self.assertEqual((decision, verdict["Reason"]), ("deny", reason))
        return verdict


class OnTheBus(KeyTestCase):
    def test_one_document_opens_again_and_again(self):
        document = self.document(age=2 * HOUR)
        for _ in range(3):
            self.assertAllowed(self.log_in(document))
        verdict = self.assertAllowed(self.log_in(document))
        states = {check: state for check, state, *_ in verdict["Checks"]}
        self.assertEqual((states["key"], states["nonce"]), ("passed", "not-checked"))

    def test_max_age_of_the_rule_counts(self):
        self.assertAllowed(self.log_in(self.document(), "login"))
        self.assertDenied("document-too-old",
                          self.log_in(self.document(age=120), "login"))

    def test_the_certificate_ends_a_document(self):
        self.assertDenied("certificate-expired",
                          self.log_in(self.document(age=5 * HOUR)))

    def test_other_logins_do_not_count(self):
        document = self.document()
        for message in ({"host": "elsewhere"}, {"user": "mallory"},
                        {"domain": "nitro-login-v2"}):
            with self.subTest(message):
                self.assertDenied("key-proof-wrong", self.log_in(document, **message))
        for message in (bytes, lambda nonce: login_message(nonce, service="login")):
            nonce = self.caller.challenge("sshd", USER)
            self.assertDenied("key-proof-wrong", self.authorize(
                document, nonce, self.application.sign(message(nonce))))
        self.assertDenied("key-proof-wrong", self.authorize(
            document, self.caller.challenge("sshd", USER),
            self.application.sign(login_message(nonce))))

    def test_other_keys_do_not_count(self):
        self.assertDenied("key-proof-wrong", self.log_in(
            self.document(), sign=self.application.encrypts.sign))
        for key, fault in ((b"no key", "no form that is known"),
                           (bytes(32), "no point on its curve")):
            verdict = self.assertDenied("key-proof-wrong",
                                        self.log_in(self.document(key=key)))
            self.assertIn(fault, self.found(verdict))
        verdict = self.assertDenied("key-proof-wrong", self.log_in(
            self.document(), sign=lambda text: b"no signature"))
        self.assertIn("canonical DER", self.found(verdict))

    def test_every_kind_of_key_signs(self):
        pss = ("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest")
        rsa = Key(self.folder / "rsa", "-algorithm", "RSA",
                  "-pkeyopt", "rsa_keygen_bits:2048")
        self.assertAllowed(self.log_in(self.document(key=rsa.spki),
                                       sign=lambda text: rsa.sign(text, *pss)))
        self.assertDenied("key-proof-wrong", self.log_in(
            self.document(key=rsa.spki), sign=rsa.sign))

    def test_without_signature_or_challenge(self):
        nonce = self.caller.challenge("sshd", USER)
        self.assertDenied("key-proof-missing",
                          self.authorize(self.document(nonce=nonce), nonce))
        self.assertDenied("key-proof-missing", self.authorize(
            self.document(), self.caller.challenge("sshd", USER)))
        signature = self.application.sign(login_message(bytes(32)))
        self.assertDenied("key-proof-missing",
                          self.authorize(self.document(), b"", signature))

    def test_both_bindings(self):
        nonce = self.caller.challenge("su", USER)
        signature = self.application.sign(login_message(nonce, service="su"))
        self.assertAllowed(self.authorize(self.document(nonce=nonce), nonce,
                                          signature, "su"))
        self.assertDenied("nonce-missing", self.log_in(self.document(), "su"))

    def test_a_rule_that_binds_nothing_takes_no_old_document(self):
        self.assertDenied("nonce-missing", self.log_in(self.document(), "vlock"))

    def test_a_challenge_counts_once(self):
        document, nonce = self.document(), self.caller.challenge("sshd", USER)
        signature = self.application.sign(login_message(nonce))
        self.assertAllowed(self.authorize(document, nonce, signature))
        self.assertDenied("challenge-unknown", self.authorize(document, nonce, signature))

    def test_sizes(self):
        for signature in (b"", bytes(513)):
            self.assertRefused("InvalidArgument", self.authorize, self.document(),
                               bytes(32), signature)


class Askpass(KeyTestCase):
    """The same by nitro-attest askpass, with a document that is kept in a file."""

    def ask(self, prompt, *options, **environment):
        return subprocess.run(
            [ATTEST, "askpass", *options, prompt], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, encoding="ascii", check=False,
            env={**os.environ, "XDG_RUNTIME_DIR": str(self.runtime),
                 "NITRO_DOCUMENT_FILE": str(self.kept),
                 "NITRO_SIGN_KEY_FILE": str(self.application.signs.file),
                 **environment})

    def setUp(self):
        super().setUp()
        self.runtime = self.folder / "runtime"
        self.runtime.mkdir(mode=0o700)
        self.kept = self.folder / "kept"
        self.kept.write_bytes(self.document(age=HOUR))

    def converse(self, login, *options, service="sshd", **environment):
        """Asks for all parts; what Authorize says to them."""
        nonce = self.caller.challenge(service, USER)
        text, part, total = "", 0, 1
        encoded = base64.urlsafe_b64encode(nonce).decode().rstrip("=")
        while part < total:
            part += 1
            result = self.ask(f"{login}nitro-attest/1 nonce={encoded} max=500 "
                              f"part={part}:", *options, **environment)
            self.assertEqual(result.returncode, 0, result.stderr)
            head, characters = result.stdout.rstrip("\n").split(" ")
            self.assertRegex(head, rf"^{part}/\d+$")
            total = int(head.split("/")[1])
            text += characters
        document, signature = (
            base64.urlsafe_b64decode(section + "=" * (-len(section) % 4))
            for section in text.split(".s"))
        return self.authorize(document, nonce, signature, service)

    def test_openssh_names_the_login(self):
        self.assertAllowed(self.converse(f"({USER}@{HOST}) "))
        self.assertDenied("key-proof-wrong", self.converse(f"({USER}@elsewhere) "))
        self.assertAllowed(self.converse(f"({USER}@alias) ", "--login-host", HOST))
        self.assertAllowed(self.converse(f"({USER}@alias) ", NITRO_LOGIN_HOST=HOST))

    def test_the_caller_names_the_login(self):
        names = ("--login-host", HOST, "--login-user", USER, "--login-service", "sshd")
        self.assertAllowed(self.converse("", *names))

    def test_nothing_is_signed_for_nobody_knows_what(self):
        prompt = f"nitro-attest/1 nonce={'A' * 43} max=500 part=1:"
        result = self.ask(prompt)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("--login-host", result.stderr)
        self.assertEqual(result.stdout, "")

    def test_every_kind_of_key(self):
        kinds = {"p384": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"),
                 "rsa": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
                 "ed25519": ("-algorithm", "ED25519")}
        for name, algorithm in kinds.items():
            with self.subTest(name):
                key = Key(self.folder / name, *algorithm)
                self.kept.write_bytes(self.document(key=key.spki))
                self.assertAllowed(self.converse(f"({USER}@{HOST}) ", "--sign-key",
                                                 str(key.file)))

    def test_bad_key_files(self):
        prompt = f"(a@b) nitro-attest/1 nonce={'A' * 43} max=500 part=1:"
        for path in ("/nonexistent", str(self.kept)):
            result = self.ask(prompt, "--sign-key", path)
            self.assertNotEqual(result.returncode, 0)
            self.assertTrue(re.search("signing key", result.stderr), result.stderr)


if __name__ == "__main__":
    harness.main()
