# SPDX-License-Identifier: Apache-2.0
"""nitroctl status and the real daemon on a private host: what it says of a policy,
of a reload that failed, and of a daemon that is gone."""
import json
import os
import pathlib
import signal
import sys
import unittest

TOP = pathlib.Path(os.environ.setdefault(
    "top_srcdir", str(pathlib.Path(__file__).resolve().parents[2])))
BUILD = pathlib.Path(os.environ.setdefault("top_builddir", os.getcwd()))
sys.path.insert(0, str(TOP / "tests/support"))
import private_host  # noqa: E402

AWS_ROOT = "641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b"
IMAGE = "[image/signer]\nkind = enclave\n" + "".join(
    f"[release/signer/{release}]\n" + "".join(
        f"pcr{number} = {digit * 96}\n" for number in range(3))
    for release, digit in (("1", "a"), ("2", "b")))
RULE = "[rule/ssh]\nservice = sshd\nuser = signer\nimage = signer\nlevel = 2\n"
OK, RELOAD_FAILED, NOT_JUDGED = 0, 1, 3


class Status(unittest.TestCase):
    def tearDown(self):
        HOST.stop("daemon")
        for name in ("images.d/signer.conf", "rules.d/10-ssh.conf"):
            pathlib.Path("/etc/nitro", name).unlink(missing_ok=True)

    def status(self, code):
        """The text, and the JSON; both with this exit code."""
        text = HOST.run("nitroctl", "status")
        self.assertEqual(text.returncode, code, text)
        result = HOST.run("nitroctl", "status", "--json")
        self.assertEqual(result.returncode, code, result)
        self.assertEqual(result.stdout.count("\n"), 1)
        return text.stdout + text.stderr, json.loads(result.stdout)

    def test_nothing_is_allowed_yet(self):
        HOST.start_daemon()
        text, status = self.status(OK)
        self.assertTrue(text.startswith(f"nitro-policyd {status['version']}\n"))
        self.assertEqual(status["roots"], [{"label": "aws", "sha256": AWS_ROOT}])
        self.assertEqual((status["available"], status["rules"], status["images"],
                          status["errors"]), (True, 0, [], []))
        self.assertIn("nobody can log in", text)
        self.assertIn("no document can reach level 2", text)
        self.assertIn(status["policy_digest"], text)

    def test_a_reload_that_fails_is_loud(self):
        HOST.configure("images.d/signer.conf", IMAGE)
        HOST.configure("rules.d/10-ssh.conf", RULE)
        daemon = HOST.start_daemon()
        text, before = self.status(OK)
        self.assertEqual(before["images"], [{"name": "signer", "releases": 2}])
        self.assertEqual(before["rules"], 1)
        self.assertIn("signer (2 releases)", text)

        HOST.configure("rules.d/10-ssh.conf", RULE + "nosuch = \033[2J\n")
        os.killpg(daemon.pid, signal.SIGHUP)
        private_host.wait_for(
            lambda: HOST.run("nitroctl", "status").returncode == RELOAD_FAILED,
            "the failed reload does not show")
        text, after = self.status(RELOAD_FAILED)
        self.assertIn("THE LAST RELOAD FAILED", text)
        self.assertIn("10-ssh.conf", text)
        self.assertNotIn("\033", text)
        self.assertTrue(any("10-ssh.conf" in error for error in after["errors"]))
        for key in ("policy_generation", "policy_digest", "images", "rules"):
            self.assertEqual(after[key], before[key], key)

        HOST.configure("rules.d/10-ssh.conf", RULE)
        os.killpg(daemon.pid, signal.SIGHUP)
        private_host.wait_for(lambda: HOST.run("nitroctl", "status").returncode == OK,
                              "the repaired policy does not show")

    def test_the_daemon_is_gone(self):
        text, status = self.status(NOT_JUDGED)
        self.assertIn("The daemon is not running", text)
        self.assertIn("hint: ", text)
        self.assertEqual((status["available"], status["reason"]), (False, "daemon-absent"))


private_host.enter_or_skip(private_host.why_not())
HOST = private_host.PrivateHost(BUILD)
try:
    unittest.main()
finally:
    HOST.stop_all()
