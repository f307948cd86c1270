# SPDX-License-Identifier: Apache-2.0
"""Each program of examples/ does what it says, with the real daemon on a private
bus."""
import select
import subprocess
import time
import unittest

import dbus

import harness
from harness import measured_as

EXAMPLES = harness.TOP / "examples"
PYTHON = ["/usr/bin/python3", EXAMPLES / "watch_verdicts.py"]
BUSCTL = ["sh", EXAMPLES / "verdicts-busctl.sh"]
GDBUS = ["sh", EXAMPLES / "verdicts-gdbus.sh"]
HAS_GI = subprocess.run([PYTHON[0], "-c", "import gi"], check=False,
                        stderr=subprocess.DEVNULL).returncode == 0
needs_gi = unittest.skipUnless(HAS_GI, "python3-gi is not installed")
OTHERS = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


class Examples(harness.DaemonTestCase):
    def issue(self):
        decision, verdict = self.caller.authorize(
            "sshd", "alice", self.authority.document(*measured_as("good")))
        self.assertEqual(decision, "allow", verdict["Message"])
        return str(verdict["Id"])

    def revoke(self, verdict):
        self.caller.call("RevokeVerdict", "ss", verdict, "the test is over")

    def start(self, *command):
        """Ends itself when it has seen enough, or is ended with the test."""
        child = subprocess.Popen(
            command, env=self.bus.environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        return child

    def run_example(self, *command, status=0):
        done = subprocess.run(command, env=self.bus.environment, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=60)
        self.assertEqual(done.returncode, status, done.stdout)
        return done.stdout

    def line(self, child, seconds=20):
        ready, _, _ = select.select([child.stdout], [], [], seconds)
        self.assertTrue(ready, "nothing was said")
        return child.stdout.readline().rstrip("\n")

    def test_all_of_them_are_tested(self):
        self.assertEqual({path.name for path in EXAMPLES.iterdir()},
                         {str(command[-1].name) for command in (PYTHON, BUSCTL, GDBUS)}
                         | {"local.mk"})

    @needs_gi
    def test_python_waits_and_asks(self):
        first = self.issue()
        child = self.start(*OTHERS, *PYTHON, "2")
        self.assertEqual(self.line(child), f"lives  {first} alice for sshd: level 2, "
                                           "signer/1, issued")
        second = self.issue()
        self.assertEqual(self.line(child), f"issued {second} alice for sshd: level 2, "
                                           "signer/1, issued")
        self.revoke(first)
        self.assertEqual(self.line(child), f"ended  {first} alice for sshd: "
                                           "verdict-revoked")
        self.assertEqual(child.wait(10), 0)

    @needs_gi
    def test_python_without_a_daemon(self):
        self.daemon.stop()
        self.assertIn("does not answer", self.run_example(*PYTHON, status=1))

    def test_busctl_lists_and_shows(self):
        self.assertEqual(self.run_example(*BUSCTL, "list"), "")
        first, second = self.issue(), self.issue()
        self.caller.call("AttachSession", "sssa{sv}", second, "sshd", "alice",
                         dbus.Dictionary(signature="sv"))
        self.assertEqual(self.run_example(*OTHERS, *BUSCTL, "list").splitlines(),
                         [f"{first} alice sshd issued ",
                          f"{second} alice sshd attached "])
        text = self.run_example(*OTHERS, *BUSCTL, "show", first)
        self.assertRegex(text, r'\.User +property +s +"alice"')
        self.assertRegex(text, r'\.Level +property +u +2 ')

    def test_gdbus_lists_and_shows(self):
        first = self.issue()
        self.assertIn(f"'{first}', 'alice', 'sshd', 'issued'",
                      self.run_example(*OTHERS, *GDBUS, "list"))
        self.assertIn("'Release': <'1'>",
                      self.run_example(*OTHERS, *GDBUS, "show", first))

    def wait_by(self, *command):
        """What a shell example says about the next verdict, and nothing before. When
        it has begun to listen nobody can tell, so there may be a second one."""
        child = self.start(*command, "wait")
        self.assertEqual(select.select([child.stdout], [], [], 1)[0], [])
        end = time.monotonic() + 30
        while child.poll() is None and time.monotonic() < end:
            self.issue()
            select.select([child.stdout], [], [], 2)
            time.sleep(0.2)
        self.assertEqual(child.wait(10), 0)
        return child.stdout.read()

    def test_gdbus_waits(self):
        self.assertIn("'User': <'alice'>", self.wait_by(*OTHERS, *GDBUS))

    def test_busctl_waits(self):
        self.assertRegex(self.wait_by(*BUSCTL), r'\.User +property +s +"alice"')

    def test_usage(self):
        for command in (BUSCTL, GDBUS):
            text = self.run_example(*command, status=2)
            self.assertIn("list", text)
            self.assertNotIn("SPDX", text)
            self.run_example(*command, "show", status=2)


if __name__ == "__main__":
    harness.main(needs_root=True)
