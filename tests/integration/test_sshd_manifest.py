# SPDX-License-Identifier: Apache-2.0
"""Level 3 over a real ssh: the enclave sends its manifest envelope behind its document,
and the host knows whose approvals count."""
import os
import pathlib
import shutil
import sys
import unittest

TOP = pathlib.Path(os.environ.setdefault(
    "top_srcdir", str(pathlib.Path(__file__).resolve().parents[2])))
BUILD = pathlib.Path(os.environ.setdefault("top_builddir", os.getcwd()))
sys.path.insert(0, str(TOP / "tests/support"))
import private_host  # noqa: E402
import ssh_scene     # noqa: E402
from private_host import ROOM  # noqa: E402

GOOD = ssh_scene.pcrs_of("qos")
RULES = """
[rule/ssh]
service = sshd
user = signer
image = signer
level = 3
roots = sim
bind = nonce
"""
HOST = None


def setUpModule():
    global HOST
    HOST = ssh_scene.SshScene(BUILD)
    HOST.add_login_user("signer")
    HOST.configure("rules.d/10-ssh.conf", RULES)


def tearDownModule():
    HOST.stop_all()


class Manifest(unittest.TestCase):
    def setUp(self):
        self.folder = self.make("trusted")
        shutil.copy(self.folder / "manifest_set.json", "/etc/nitro/operators.json")
        os.chmod("/etc/nitro/operators.json", 0o644)
        keys = (self.folder / "release.conf").read_text()
        keys = keys.replace(str(self.folder / "manifest_set.json"),
                            "/etc/nitro/operators.json")
        HOST.configure("images.d/signer.conf",
                       ssh_scene.release_text("signer", "1", GOOD) + keys)
        HOST.start_daemon()
        HOST.start_sshd()

    def make(self, name, *options):
        folder = ROOM / name
        shutil.rmtree(folder, ignore_errors=True)
        pcrs = [f"--pcr={index}={value}" for index, value in GOOD.items()]
        HOST.run("nitro-sim", "manifest", folder, *pcrs, *options).check_returncode()
        return folder

    def log_in(self, folder, envelope=None):
        arguments = (folder / "document.args").read_text().split()
        HOST.start_enclave(GOOD, extra=arguments)
        return HOST.log_in("signer", environment={
            "NITRO_MANIFEST_FILE": str(envelope or folder / "envelope")}.items())

    def test_logs_in_at_level_3(self):
        login = self.log_in(self.folder)
        self.assertTrue(login.allowed, login)
        self.assertIn("NITRO_LEVEL=3", login.admin)

    def test_version_2_too(self):
        other = self.make("json", "--manifest-version=2")
        shutil.copy(other / "manifest_set.json", "/etc/nitro/operators.json")
        HOST.start_daemon()
        self.assertTrue(self.log_in(other).allowed)

    def test_another_application_is_refused(self):
        for name, reason in (("others", "approval-stranger"),
                             ("pivot", "pivot-different")):
            options = ["--pivot=evil"] if name == "pivot" else []
            login = self.log_in(self.make(name, *options))
            self.assertFalse(login.allowed, login)
            self.assertIn(reason, login.admin)

    def test_the_manifest_must_come_and_be_the_documents(self):
        login = self.log_in(self.folder, "/dev/null")
        self.assertFalse(login.allowed, login)
        login = self.log_in(self.folder, self.make("others") / "envelope")
        self.assertFalse(login.allowed, login)
        self.assertIn("manifest-hash-different", login.admin)


if __name__ == "__main__":
    private_host.enter_or_skip(private_host.why_not(BUILD))
    unittest.main(verbosity=2)
