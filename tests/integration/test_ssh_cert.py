# SPDX-License-Identifier: Apache-2.0
"""nitro-attest ssh-cert against the real `nitro-sim nsm`, and ssh-keygen as the
reader of what it writes."""
import base64
import os
import pathlib
import re
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import time
import unittest

BUILD = pathlib.Path(os.environ.get("top_builddir", "."))
ATTEST = BUILD / "nitro-attest" / "nitro-attest"
SIM = BUILD / "nitro-sim" / "nitro-sim"
NITROCTL = BUILD / "nitroctl" / "nitroctl"
EXTENSION = b"nitro-attestation@nitro-policyd.org"


def run(*arguments, **options):
    return subprocess.run(list(map(str, arguments)), capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=False, timeout=20, **options)


def string(data):
    return struct.pack(">I", len(data)) + data


def blob_of(path):
    return base64.b64decode(path.read_text().split()[1], validate=True)


class SshCert(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.room = pathlib.Path(tempfile.mkdtemp(prefix="nitro-ssh-cert-"))
        run(SIM, "init", cls.room / "sim").check_returncode()
        cls.module = subprocess.Popen(
            [SIM, "nsm", cls.room / "sim", f"--listen={cls.room}/nsm"],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        cls.module.stdout.readline()

    @classmethod
    def tearDownClass(cls):
        cls.module.send_signal(signal.SIGTERM)
        cls.module.communicate(timeout=10)
        shutil.rmtree(cls.room)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.room))
        self.key = self.folder / "key"
        self.public = self.folder / "key.pub"
        self.certificate = self.folder / "key-cert.pub"

    def make(self, *options, user="signer", nsm=None, **more):
        return run(ATTEST, "ssh-cert", "--user", user, "--output", self.key, "--nsm",
                   nsm or self.room / "nsm", *options, **more)

    def made(self, *options, **more):
        done = self.make(*options, **more)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def listing(self):
        done = run("ssh-keygen", "-L", "-f", self.certificate)
        self.assertEqual(done.returncode, 0, done)
        return done.stdout

    def refused(self, done, words, code=1):
        self.assertEqual((done.returncode, done.stdout), (code, ""), done)
        self.assertIn(words, done.stderr)

    def document(self):
        """The document in the certificate, found by its place in the format."""
        blob = blob_of(self.certificate)
        head = string(EXTENSION)
        self.assertEqual(blob.count(head), 1)
        at = blob.index(head) + len(head)
        outer, inner = struct.unpack(">II", blob[at:at + 8])
        self.assertEqual(outer, inner + 4)
        return blob[at + 8:at + 8 + inner]

    def test_openssh_reads_key_and_certificate_of_each_type(self):
        for name, shown in (("ed25519", "ED25519"), ("ecdsa", "ECDSA")):
            with self.subTest(name):
                self.made("--type", name, "--force")
                public = run("ssh-keygen", "-y", "-f", self.key).stdout
                self.assertEqual(public, self.public.read_text())
                text = self.listing()
                prints = re.findall(rf"{shown}(?:-CERT)? (SHA256:\S+)", text)
                self.assertEqual(len(prints), 2)
                self.assertEqual(prints[0], prints[1], "not its own authority")
                self.assertIn("user certificate", text)
                self.assertIn("permit-pty", text)
                self.assertIn("Critical Options: (none)", text)

    def test_openssh_signs_with_the_key(self):
        """The certificate's signature is verified as it is loaded, the key's here."""
        message = self.folder / "message"
        for name in ("ed25519", "ecdsa"):
            with self.subTest(name):
                self.made("--type", name, "--force")
                message.write_text("hello")
                (self.folder / "message.sig").unlink(missing_ok=True)
                done = run("ssh-keygen", "-Y", "sign", "-f", self.key, "-n", "test", message)
                self.assertEqual(done.returncode, 0, done)
                allowed = self.folder / "allowed"
                allowed.write_text("signer " + self.public.read_text())
                with open(message, encoding="utf-8") as text:
                    done = subprocess.run(
                        ["ssh-keygen", "-Y", "verify", "-f", allowed, "-I", "signer", "-n",
                         "test", "-s", f"{message}.sig"], stdin=text, capture_output=True,
                        check=False)
                self.assertEqual(done.returncode, 0, done)

    def test_a_flipped_bit_breaks_the_certificate(self):
        """That its signature counts: else the test above would prove nothing."""
        self.made()
        kind, text, comment = self.certificate.read_text().split()
        blob = bytearray(base64.b64decode(text))
        blob[blob.index(b"permit-pty") + 3] ^= 1
        self.certificate.write_text(f"{kind} {base64.b64encode(blob).decode()} {comment}\n")
        self.assertNotEqual(run("ssh-keygen", "-L", "-f", self.certificate).returncode, 0)

    def test_document_is_genuine_and_of_this_key(self):
        for name in ("ed25519", "ecdsa"):
            with self.subTest(name):
                self.made("--type", name, "--force")
                path = self.folder / "document"
                path.write_bytes(self.document())
                done = run(NITROCTL, "verify", "--json", "--root",
                           self.room / "sim/root.pem", path)
                self.assertIn(f'"public_key":"{blob_of(self.public).hex()}"', done.stdout)

    def test_key_in_the_document_is_never_another(self):
        """Where the environment names a key for other documents, too."""
        other = self.folder / "other"
        other.write_bytes(b"another key")
        self.made(env={**os.environ, "NITRO_PUBLIC_KEY_FILE": str(other)})
        self.assertIn(blob_of(self.public), self.document())
        self.assertNotIn(b"another key", self.document())

    def test_principals_and_lifetime(self):
        before = int(time.time())
        self.made("--lifetime", "90s", user="signer,builder")
        after = int(time.time())
        text = self.listing()
        self.assertRegex(text, r"Principals:\s+signer\s+builder\s+Critical")
        blob = blob_of(self.certificate)
        at = blob.index(string(b"builder")) + len(string(b"builder"))
        begin, end = struct.unpack(">QQ", blob[at:at + 16])
        self.assertTrue(before + 90 <= end <= after + 90)
        self.assertEqual(end - begin, 150)

    def test_modes_whatever_the_umask_is(self):
        for mask in (0o022, 0):
            self.made("--force", umask=mask)
            self.assertEqual(stat.S_IMODE(self.key.stat().st_mode), 0o600)
            for path in (self.public, self.certificate):
                self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o644)
        self.assertEqual(len(list(self.folder.iterdir())), 3)

    def test_an_existing_key_is_replaced_only_when_asked(self):
        self.key.write_text("precious")
        self.refused(self.make(), "It exists")
        self.assertEqual(self.key.read_text(), "precious")
        self.assertEqual(list(self.folder.iterdir()), [self.key])
        self.made("--force")
        self.assertNotEqual(self.key.read_text(), "precious")

    def test_a_link_or_a_pipe_is_never_replaced(self):
        target = self.folder / "target"
        target.write_text("precious")
        files = (self.key, self.public, self.certificate)
        for path in files:
            for make in (lambda path: path.symlink_to(target), os.mkfifo):
                for file in files:
                    file.unlink(missing_ok=True)
                make(path)
                self.refused(self.make("--force"), "stays as it is")
                path.unlink()
                self.assertFalse(self.key.exists(), "a key without all that belongs to it")
        self.assertEqual(target.read_text(), "precious")

    def test_refresh_keeps_the_key(self):
        for name in ("ed25519", "ecdsa"):
            with self.subTest(name):
                self.made("--type", name, "--force")
                before = [p.read_bytes() for p in (self.key, self.public, self.certificate)]
                old = self.document()
                self.made("--refresh")
                after = [p.read_bytes() for p in (self.key, self.public, self.certificate)]
                self.assertEqual(before[:2], after[:2])
                self.assertNotEqual(before[2], after[2])
                self.assertNotEqual(old, self.document())
                self.assertEqual(self.listing().count("SHA256:"), 2)

    def test_refresh_takes_a_key_of_ssh_keygen(self):
        for name in ("ed25519", "ecdsa"):
            with self.subTest(name):
                self.key.unlink(missing_ok=True)
                run("ssh-keygen", "-q", "-t", name, "-N", "", "-C", "a comment", "-f",
                    self.key).check_returncode()
                self.made("--refresh")
                self.assertIn(blob_of(self.public), self.document())

    def test_refresh_refuses_other_files(self):
        self.refused(self.make("--refresh"), "key")
        cases = {"rsa": ["-t", "rsa"], "P-384": ["-t", "ecdsa", "-b", "384"],
                 "encrypted": ["-t", "ed25519", "-N", "a passphrase"],
                 "PEM": ["-t", "ecdsa", "-m", "PEM"]}
        for name, options in cases.items():
            with self.subTest(name):
                self.key.unlink(missing_ok=True)
                if "-N" not in options:
                    options = [*options, "-N", ""]
                run("ssh-keygen", "-q", *options, "-f", self.key).check_returncode()
                self.refused(self.make("--refresh"), "no unencrypted")
                self.assertFalse(self.certificate.exists())

    def test_refresh_refuses_a_damaged_key(self):
        self.made()
        good = self.key.read_bytes()
        text = b"".join(good.split(b"\n")[1:-2])
        body = base64.b64decode(text)
        public = blob_of(self.public)
        head = body.index(string(public)) + len(string(public)) + 4
        self.assertEqual(body[head:head + 4], body[head + 4:head + 8])
        seed = body[head + 8 + len(public) + 4:][:32]
        broken = {
            "empty": b"",
            "cut": body[:-40],
            "longer": body + b"\0",
            "two keys": body.replace(struct.pack(">I", 1) + string(public),
                                     struct.pack(">I", 2) + string(public)),
            "public half of another": body.replace(public, public[:-1] + b"\xff"),
            "public key of another before the section": body.replace(
                string(public), string(public[:-1] + b"\xff")),
            "seed of another": body[:head + 8 + len(public) + 4] + b"\x05" * 32 +
                               body[head + 8 + len(public) + 36:],
            "seed alone": body[:head - 4] + string(
                body[head:head + 8 + len(public)] + string(seed) +
                string(b"comment") + b"\1\2\3"),
            "check": body[:head] + b"!!!!" + body[head + 4:],
            "padding of a block": body[:head - 4] + b"".join(
                [struct.pack(">I", len(body) - head + 8), body[head:], b"\0" * 8]),
        }
        for name, bad in broken.items():
            with self.subTest(name):
                self.key.write_bytes(good.replace(
                    b"\n".join(good.split(b"\n")[1:-2]), base64.b64encode(bad)))
                self.key.chmod(0o600)
                self.refused(self.make("--refresh"), "no unencrypted")
        self.key.write_bytes(good)
        self.made("--refresh")

    def test_refresh_refuses_halves_of_two_keys(self):
        """A P-256 key is on its curve, whosever it is."""
        self.made("--type", "ecdsa")
        good, mine = self.key.read_bytes(), blob_of(self.public)
        self.made("--type", "ecdsa", "--force")
        body = base64.b64decode(b"".join(good.split(b"\n")[1:-2]))
        bad = body.replace(mine, blob_of(self.public))
        self.assertNotEqual(bad, body)
        self.key.write_bytes(b"-----BEGIN OPENSSH PRIVATE KEY-----\n" +
                             base64.b64encode(bad) +
                             b"\n-----END OPENSSH PRIVATE KEY-----\n")
        self.refused(self.make("--refresh"), "no unencrypted")

    def test_refresh_refuses_a_key_that_others_may_write(self):
        self.made()
        self.key.chmod(0o666)
        self.refused(self.make("--refresh"), "key")

    def test_module_that_does_not_answer(self):
        self.refused(self.make(nsm=self.folder / "absent"), "absent")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_wrong_command_lines(self):
        usage = ((("--type", "rsa"), "neither"), (("--lifetime", "0"), "lifetime"),
                 (("--lifetime", "4h"), "lifetime"), (("--lifetime", "soon"), "lifetime"),
                 (("--refresh", "--force"), "--refresh keeps"),
                 (("--refresh", "--type", "ecdsa"), "--refresh keeps"),
                 (("more",), "Unexpected"), (("--nonsense",), "nonsense"))
        for options, words in usage:
            with self.subTest(options=options):
                self.refused(self.make(*options), words, code=2)
        for user in ("", ",", "a,", ",a", "a,,b", "a b", "a\nb", "\u00e4", "a" * 2000):
            with self.subTest(user=user):
                self.refused(self.make(user=user), "user:", code=2)
        done = run(ATTEST, "ssh-cert", "--output", self.key)
        self.refused(done, "--user and --output", code=2)
        done = run(ATTEST, "ssh-cert", "--user", "signer")
        self.refused(done, "--user and --output", code=2)
        self.assertEqual(list(self.folder.iterdir()), [])


if __name__ == "__main__":
    if not shutil.which("ssh-keygen"):
        print("SKIPPED: ssh-keygen is not installed")
        sys.exit(77)
    unittest.main(verbosity=2)
