# SPDX-License-Identifier: Apache-2.0
"""bind = key over a real ssh: an enclave logs in with a document that it keeps, by a
signature over each challenge; who only passes documents or signatures on does not."""
import os
import pathlib
import sys
import time
import unittest

TOP = pathlib.Path(os.environ.setdefault(
    "top_srcdir", str(pathlib.Path(__file__).resolve().parents[2])))
BUILD = pathlib.Path(os.environ.setdefault("top_builddir", os.getcwd()))
sys.path.insert(0, str(TOP / "tests/support"))
import private_host  # noqa: E402
import ssh_scene     # noqa: E402
from application import Application, Key  # noqa: E402
from private_host import ROOM  # noqa: E402

GOOD = ssh_scene.pcrs_of("signer 1")
RULES = """
[rule/ssh]
service = sshd
user = signer, builder
image = signer
level = 2
roots = sim
bind = key
"""
HOUR = 3600
HOST = None


def setUpModule():
    global HOST
    HOST = ssh_scene.SshScene(BUILD)
    for user in ("signer", "builder"):
        HOST.add_login_user(user)
    HOST.configure("rules.d/10-ssh.conf", RULES)
    HOST.configure("images.d/signer.conf", ssh_scene.release_text("signer", "1", GOOD))
    HOST.start_daemon()
    HOST.start_sshd()


def tearDownModule():
    HOST.stop_all()


class BoundToTheKey(unittest.TestCase):
    def setUp(self):
        folder = ROOM / self.id().rpartition(".")[2]
        folder.mkdir()
        self.application = Application(folder)
        self.kept = folder / "document"
        self.keep(self.application.public_key)

    def keep(self, public_key, age=HOUR):
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - age))
        pcrs = [f"--pcr={index}={value}" for index, value in GOOD.items()]
        HOST.run("nitro-sim", "document", HOST.authority, *pcrs, f"--time={at}",
                 f"--public-key={public_key.hex()}",
                 f"--output={self.kept}").check_returncode()

    def log_in(self, user="signer", key=None, askpass=None, **environment):
        """The askpass signs: ssh calls the host 127.0.0.1, so it is told the name."""
        return HOST.log_in(user, askpass, environment={
            "NITRO_DOCUMENT_FILE": str(self.kept),
            "NITRO_SIGN_KEY_FILE": str((key or self.application.signs).file),
            "NITRO_LOGIN_HOST": os.uname().nodename, **environment}.items())

    def assertAllowed(self, login):
        self.assertTrue(login.allowed, login)
        self.assertIn("NITRO_LEVEL=2", login.admin)

    def assertRefused(self, reason, login):
        self.assertFalse(login.allowed, login)
        self.assertIn(f"NITRO_REASON={reason}", login.admin)
        self.assertLess(login.seconds, 10)

    def test_one_document_for_many_logins(self):
        for user in ("signer", "signer", "builder"):
            self.assertAllowed(self.log_in(user))

    def test_rsa_key(self):
        key = Key(self.kept.with_name("rsa"), "-algorithm", "RSA",
                  "-pkeyopt", "rsa_keygen_bits:2048")
        self.keep(key.spki)
        self.assertAllowed(self.log_in(key=key))

    def test_relay_that_passes_documents_on(self):
        """A kept one, and one that an enclave makes for the very challenge."""
        self.assertAllowed(self.log_in())
        self.assertRefused("key-proof-missing", HOST.log_in(
            "signer", environment={"NITRO_DOCUMENT_FILE": str(self.kept)}.items()))
        public_key = self.application.public_key.hex()
        HOST.start_enclave(GOOD, extra=[f"--public-key={public_key}"])
        self.addCleanup(HOST.stop, "enclave")
        self.assertRefused("key-proof-missing", HOST.log_in("signer"))

    def test_relay_that_signs_with_a_key_of_its_own(self):
        self.assertAllowed(self.log_in())
        self.assertRefused("key-proof-wrong",
                           self.log_in(key=Key(self.kept.with_name("own"))))

    def test_relay_that_repeats_the_answers_of_a_login(self):
        self.assertAllowed(self.log_in(askpass=HOST.recording_askpass()))
        replay = HOST.replaying_askpass(HOST.recorded_answers())
        self.assertRefused("key-proof-wrong", self.log_in(askpass=replay))

    def test_relay_of_a_signature_for_another_login(self):
        """The enclave believes to log in elsewhere, or as another, and signs that."""
        for name, value in (("NITRO_LOGIN_HOST", "elsewhere"),
                            ("NITRO_LOGIN_USER", "builder"),
                            ("NITRO_LOGIN_SERVICE", "login")):
            with self.subTest(name):
                self.assertRefused("key-proof-wrong", self.log_in(**{name: value}))

    def test_document_whose_certificate_has_ended(self):
        self.keep(self.application.public_key, 5 * HOUR)
        self.assertRefused("certificate-expired", self.log_in())


if __name__ == "__main__":
    private_host.enter_or_skip(private_host.why_not(BUILD))
    unittest.main(verbosity=2)
