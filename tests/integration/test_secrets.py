# SPDX-License-Identifier: Apache-2.0
"""Secrets from end to end: configured, earned by a document, sealed to its key, opened
by nitro-attest and by openssl; and everything that does not get them."""
import json
import os
import subprocess
import time

import dbus

import harness
from application import Application, Key, openssl
from harness import DaemonTestCase, measured_as

ATTEST = harness.BUILD / "nitro-attest/nitro-attest"
NITROCTL = harness.BUILD / "nitroctl/nitroctl"
PLAINTEXT = b"correct horse battery staple\n"
SERVICE = "nitro-secret"
SIZE_MAX = harness.constant("SEAL_PLAINTEXT_MAX", "lib/seal/seal.h")


class SecretTestCase(DaemonTestCase):
    def prepare(self):
        self.vault = self.folder / "vault"
        self.vault.mkdir(mode=0o700)
        self.credentials = self.folder / "credentials"
        self.credentials.mkdir(mode=0o700)
        self.write(PLAINTEXT)
        (self.credentials / "token").write_bytes(b"token")
        (self.credentials / "token").chmod(0o400)
        (self.daemon.config / "secrets.d").mkdir(mode=0o755)
        self.daemon.environment["CREDENTIALS_DIRECTORY"] = str(self.credentials)
        self.daemon.configure("secrets.d/all.conf", "".join(
            f"[secret/{name}]\nimage = signer\nlevel = 2\nroots = sim\n{more}\n"
            for name, more in (
                ("plain", f"source = file:{self.vault}/secret"),
                ("token", "source = credential:token"),
                ("absent", "source = credential:absent"),
                ("fresh", f"source = file:{self.vault}/secret\nbind = nonce"),
                ("signed", f"source = file:{self.vault}/secret\nbind = key"),
                ("young", f"source = file:{self.vault}/secret\nmax_age = 5s"))))
        self.application = Application(self.folder)
        self.rsa = Key(self.folder / "rsa.pem", "-algorithm", "RSA",
                       "-pkeyopt", "rsa_keygen_bits:2048")

    def write(self, content, mode=0o600):
        path = self.vault / "secret"
        path.unlink(missing_ok=True)
        path.write_bytes(content)
        path.chmod(mode)

    def document(self, key=None, name="good", *options, **named):
        key = self.rsa.spki if key is None else key
        return self.authority.document(*measured_as(name), f"--public-key={key.hex()}",
                                       *options, **named)

    def ask(self, name="plain", document=None, **options):
        return self.caller.call(
            "ReleaseSecret", "saya{sv}", name,
            dbus.ByteArray(self.document() if document is None else document),
            dbus.Dictionary({key: dbus.ByteArray(value)
                             for key, value in options.items()}, signature="sv"))

    def assertReleased(self, answer):
        decision, verdict, sealed = answer
        self.assertEqual(decision, "allow", verdict["Message"])
        return bytes(sealed)

    def assertDenied(self, reason, answer):
        decision, verdict, sealed = answer
        self.assertEqual((decision, verdict["Reason"]), ("deny", reason))
        self.assertEqual(bytes(sealed), b"")
        return verdict

    def unseal(self, key, sealed, *options):
        return subprocess.run([ATTEST, "unseal", "--private-key", key.file, *options],
                              input=sealed, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)

    def open(self, key, sealed):
        """By both; they agree."""
        opened = self.unseal(key, sealed)
        self.assertEqual(opened.returncode, 0, opened.stderr)
        file = self.folder / "sealed"
        file.write_bytes(sealed)
        self.assertEqual(opened.stdout, openssl(
            "cms", "-decrypt", "-inform", "DER", "-inkey", key.file, "-in", file))
        return opened.stdout


class Released(SecretTestCase):
    def test_every_kind_of_key_opens_it(self):
        p384 = Key(self.folder / "p384.pem", "-algorithm", "EC",
                   "-pkeyopt", "ec_paramgen_curve:P-384")
        for key, public in ((self.rsa, self.rsa.spki), (p384, p384.spki),
                            (self.application.signs, self.application.signs.point),
                            (self.application.encrypts, self.application.public_key)):
            with self.subTest(len(public)):
                sealed = self.assertReleased(self.ask(document=self.document(public)))
                self.assertEqual(self.open(key, sealed), PLAINTEXT)

    def test_another_key_does_not(self):
        sealed = self.assertReleased(self.ask())
        other = Key(self.folder / "other.pem", "-algorithm", "RSA",
                    "-pkeyopt", "rsa_keygen_bits:2048")
        for key in (other, self.application.signs):
            result = self.unseal(key, sealed)
            self.assertEqual((result.returncode, result.stdout), (1, b""))
            self.assertIn(b"not sealed for this private key", result.stderr)

    def test_nothing_in_the_answer_is_the_secret(self):
        self.assertNotIn(PLAINTEXT, self.assertReleased(self.ask()))
        self.assertNotIn("horse", self.daemon.text())

    def test_sizes(self):
        self.write(b"x" * SIZE_MAX)
        self.assertEqual(self.open(self.rsa, self.assertReleased(self.ask())),
                         b"x" * SIZE_MAX)
        self.write(b"x" * (SIZE_MAX + 1))
        self.assertIn("64 KiB", self.assertRefused("Internal", self.ask))
        self.write(b"")
        self.assertIn("empty", self.assertRefused("Internal", self.ask))

    def test_credentials(self):
        sealed = self.assertReleased(self.ask("token"))
        self.assertEqual(self.open(self.rsa, sealed), b"token")
        self.assertRefused("Internal", self.ask, "absent")

    def test_a_document_can_be_shown_again(self):
        document = self.document()
        for _ in range(2):
            self.assertReleased(self.ask(document=document))

    def test_one_record_for_each_release(self):
        self.assertReleased(self.ask())
        self.assertDenied("measurements-unknown",
                          self.ask(document=self.document(name="bad")))
        self.assertDenied("secret-unknown", self.ask("none"))
        records = self.daemon.records(NITRO_SERVICE=SERVICE)
        self.assertEqual([(record["NITRO_USER"], record["NITRO_REASON"])
                          for record in records],
                         [("plain", "allowed"), ("plain", "measurements-unknown"),
                          ("none", "secret-unknown")])
        self.assertEqual(records[0]["NITRO_IMAGE"], "signer")

    def test_unseal_writes_a_file(self):
        output = self.folder / "opened"
        result = self.unseal(self.rsa, self.assertReleased(self.ask()),
                             "--output", output)
        self.assertEqual((result.returncode, result.stdout), (0, b""))
        self.assertEqual(output.read_bytes(), PLAINTEXT)
        self.assertEqual(output.stat().st_mode & 0o777, 0o600)


class Refused(SecretTestCase):
    def test_documents_that_show_too_little(self):
        self.assertDenied("debug-enclave", self.ask(document=self.authority.document(
            "--debug", f"--public-key={self.rsa.spki.hex()}")))
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
        old = self.document(None, "good", f"--time={at}")
        self.assertReleased(self.ask(document=old))
        self.assertDenied("document-too-old", self.ask("young", old))
        self.assertDenied("envelope-elements", self.ask(document=b"\xff"))

    def test_keys_that_nothing_is_sealed_to(self):
        ed25519 = Key(self.folder / "ed.pem", "-algorithm", "ED25519")
        small = Key(self.folder / "small.pem", "-algorithm", "RSA",
                    "-pkeyopt", "rsa_keygen_bits:1024")
        for key, reason in ((ed25519.spki, "public-key-signs-only"),
                            (small.spki, "public-key-too-small"),
                            (b"\x04" + bytes(64), "public-key-point"),
                            (b"no key", "public-key-form")):
            self.assertDenied(reason, self.ask(document=self.document(key)))
        self.assertDenied("public-key-missing", self.ask(
            document=self.authority.document(*measured_as("good"))))

    def test_the_nonce_is_the_secrets_own(self):
        self.assertDenied("challenge-required", self.ask("fresh"))
        nonce = self.caller.challenge(SERVICE, "fresh")
        document = self.document(nonce=nonce)
        self.assertReleased(self.ask("fresh", document, nonce=nonce))
        self.assertDenied("challenge-unknown", self.ask("fresh", document, nonce=nonce))
        nonce = self.caller.challenge(SERVICE, "plain")
        self.assertDenied("challenge-mismatch",
                          self.ask("fresh", self.document(nonce=nonce), nonce=nonce))
        nonce = self.caller.challenge(SERVICE, "fresh")
        self.assertDenied("nonce-missing", self.ask("fresh", nonce=nonce))

    def test_a_signature_names_the_secret(self):
        document = self.document(self.application.public_key)
        for name, reason in (("signed", None), ("plain", "key-proof-wrong")):
            nonce = self.caller.challenge(SERVICE, "signed")
            message = (f"nitro-login-v1\n{os.uname().nodename}\n{SERVICE}\n{name}\n"
                       ).encode() + nonce
            answer = self.ask("signed", document, nonce=nonce,
                              signature=self.application.sign(message))
            if reason is None:
                self.assertReleased(answer)
            else:
                self.assertDenied(reason, answer)

    def test_files_that_others_can_read(self):
        for mode in (0o604, 0o620, 0o602):
            self.write(PLAINTEXT, mode)
            self.assertIn("others can", self.assertRefused("Internal", self.ask))
        self.write(PLAINTEXT, 0o640)
        self.assertReleased(self.ask())
        secret = self.vault / "secret"
        secret.rename(self.vault / "moved")
        secret.symlink_to(self.vault / "moved")
        self.assertRefused("Internal", self.ask)
        secret.unlink()
        self.assertRefused("Internal", self.ask)
        os.mkfifo(secret, 0o600)
        self.assertRefused("Internal", self.ask)

    def test_names_and_options(self):
        for name in ("", "../secret", "A", "x" * 128):
            self.assertRefused("InvalidArgument", self.ask, name)
        self.assertRefused("InvalidArgument", self.ask, unknown=b"x")
        self.assertRefused("InvalidArgument", self.ask, document=b"")


class Configured(SecretTestCase):
    def check(self, text, *expected):
        self.daemon.configure("secrets.d/all.conf", text)
        result = subprocess.run(
            [harness.DAEMON, "--config-dir", self.daemon.config, "--check"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
            check=False)
        self.assertEqual(result.returncode == 0, not expected, result.stdout)
        for words in expected:
            self.assertIn(words, result.stdout)

    def section(self, source="file:/x", level=2, image="signer", more=""):
        return (f"[secret/a]\nsource = {source}\nimage = {image}\nlevel = {level}\n"
                f"roots = sim\n{more}")

    def test_errors_are_found_at_load(self):
        self.check(self.section())
        self.check(self.section(more="bind = nonce, host, key\n").replace("host, ", ""))
        for text, expected in (
                (self.section("file:x"), "expected file:/PATH"),
                (self.section("/x"), "expected file:/PATH"),
                (self.section("credential:../x"), "expected file:/PATH"),
                (self.section("credential:.x"), "expected file:/PATH"),
                (self.section(level=1), "a secret needs level 2 or 3"),
                (self.section(level=4), "level"),
                (self.section(image="none"), "none"),
                (self.section(more="bind = ssh-key\n"), "expected nonce, host or key"),
                (self.section(more="bind = no\n"), "found 'no'"),
                (self.section(more="max_age = 0\n"), "max_age"),
                (self.section(more="roots = none\n"), "twice"),
                (self.section(more="session_max = 1h\n"), "unknown key"),
                (self.section() + self.section(), "stands twice"),
                ("[secret/a]\n", "source: this key is required"),
                ("[secret/A]\n", "expected [secret/NAME]"),
                ("[rule/a]\n", "this section belongs into a file of rules.d")):
            with self.subTest(text):
                self.check(text, expected)

    def test_the_shipped_example_loads(self):
        self.check((harness.TOP / "etc/examples/secrets.conf").read_text())

    def test_list(self):
        result = subprocess.run(
            [NITROCTL, "secret", "list", "--json", "--policy", self.daemon.config],
            stdout=subprocess.PIPE, check=True)
        secrets = {secret["name"]: secret
                   for secret in json.loads(result.stdout)["secrets"]}
        self.assertEqual(secrets["fresh"], {
            "name": "fresh", "source": "file", "location": f"{self.vault}/secret",
            "images": ["signer"], "level": 2, "roots": ["sim"], "bind": ["nonce"],
            "max_age_ms": 300000})
        self.assertEqual(secrets["token"]["source"], "credential")
        text = subprocess.run(
            [NITROCTL, "secret", "list", "--policy", self.daemon.config],
            stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout
        self.assertIn("signed\n  source   file", text)
        self.assertIn("bind     key", text)

    def test_secrets_are_part_of_the_policy(self):
        before = str(self.caller.get("PolicyDigest"))
        self.daemon.configure("secrets.d/all.conf", self.section())
        self.daemon.restart()
        self.assertNotEqual(before, str(self.caller.get("PolicyDigest")))
        self.assertDenied("secret-unknown", self.ask("plain"))


if __name__ == "__main__":
    harness.main()
