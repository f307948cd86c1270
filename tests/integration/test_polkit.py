# SPDX-License-Identifier: Apache-2.0
"""Who but root may reload the policy: the daemon under its own user, the shipped
action, the real polkitd on a private system bus; and polkit absent or silent."""
import os
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

TOP = pathlib.Path(os.environ.setdefault(
    "top_srcdir", str(pathlib.Path(__file__).resolve().parents[2])))
BUILD = pathlib.Path(os.environ.setdefault("top_builddir", os.getcwd()))
sys.path.insert(0, str(TOP / "tests/support"))
import private_host  # noqa: E402

POLKITD = "/usr/lib/polkit-1/polkitd"
RULES = pathlib.Path("/etc/polkit-1/rules.d")
DENIED = "org.nitro.Policy1.Error.AccessDenied"
HOST = None

PERMISSION = """
polkit.addRule(function(action, subject) {
    if (action.id == "org.nitro.Policy1.reload" && subject.user == "operator")
        return polkit.Result.YES;
    if (action.id == "org.nitro.Policy1.reload" && subject.user == "outcast")
        return polkit.Result.NO;
});
"""

# polkit's name in the hands of somebody who never answers.
SILENCE = """
import dbus, time
connection = dbus.bus.BusConnection("unix:path=/run/dbus/system_bus_socket")
connection.request_name("org.freedesktop.PolicyKit1")
print("ready", flush=True)
time.sleep(60)
"""

RELOAD = """
import sys, dbus
connection = dbus.bus.BusConnection("unix:path=/run/dbus/system_bus_socket")
try:
    print(connection.call_blocking(
        "org.nitro.Policy1", "/org/nitro/Policy1", "org.nitro.Policy1.Manager",
        sys.argv[1], "", (), timeout=20))
except dbus.DBusException as error:
    print(error.get_dbus_name(), error.get_dbus_message())
"""


def setUpModule():
    global HOST
    HOST = private_host.PrivateHost(BUILD)
    for user in ("operator", "outcast", "somebody"):
        HOST.add_user(user, "/nonexistent")
    # polkitd is started by hand, or not at all.
    empty = private_host.ROOM / "empty"
    empty.mkdir()
    private_host.mount("--bind", empty, "/usr/share/dbus-1/system-services")
    actions = private_host.ROOM / "actions"
    shutil.copytree("/usr/share/polkit-1/actions", actions)
    shutil.copy(TOP / "polkit/org.nitro.Policy1.policy", actions)
    private_host.mount("--bind", actions, "/usr/share/polkit-1/actions")
    shutil.chown(RULES, "polkitd")
    (RULES / "10-nitro.rules").write_text(PERMISSION, encoding="utf-8")


def tearDownModule():
    HOST.stop_all()


def as_user(user, *command):
    return ["setpriv", "--reuid", user, "--regid", "nogroup", "--clear-groups", *command]


class Polkit(unittest.TestCase):
    def setUp(self):
        HOST.start_daemon()
        self.addCleanup(HOST.stop, "polkit")

    def reload(self, user, member="Reload"):
        """"GENERATION" or "ERROR MESSAGE"."""
        return subprocess.run(as_user(user, sys.executable, "-c", RELOAD, member),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=30, check=True).stdout.strip()

    def generation(self):
        return subprocess.run(
            ["busctl", "get-property", "org.nitro.Policy1", "/org/nitro/Policy1",
             "org.nitro.Policy1.Manager", "PolicyGeneration"], capture_output=True,
            text=True, timeout=20, check=True).stdout.strip()

    def assertDenied(self, answer, why):
        self.assertTrue(answer.startswith(DENIED), answer)
        self.assertIn(why, answer)
        self.assertEqual(self.generation(), "t 1")

    @staticmethod
    def start_polkit():
        HOST.start("polkit", [POLKITD, "--no-debug"], stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
        private_host.wait_for(lambda: subprocess.run(
            ["busctl", "status", "org.freedesktop.PolicyKit1"], capture_output=True,
            check=False).returncode == 0, "polkitd did not start")

    @staticmethod
    def start_silence():
        process = HOST.start("polkit", as_user("polkitd", sys.executable, "-c", SILENCE),
                             stdout=subprocess.PIPE, text=True)
        with process.stdout as lines:
            assert lines.readline() == "ready\n"

    def test_decides_about_others(self):
        self.start_polkit()
        self.assertDenied(self.reload("somebody"), "administrator to authenticate")
        self.assertDenied(self.reload("outcast"), "does not allow it")
        self.assertDenied(self.reload("outcast", "ReloadKeeping"), "does not allow it")
        self.assertEqual(self.reload("operator"), "2")
        self.assertEqual(self.reload("operator", "ReloadKeeping"), "3")

    def test_is_not_asked_about_root(self):
        self.assertEqual(self.reload("root"), "2")

    def test_is_absent(self):
        self.assertDenied(self.reload("operator"), "polkit is not there")

    def test_is_silent(self):
        self.start_silence()
        start = time.monotonic()
        with subprocess.Popen(as_user("operator", sys.executable, "-c", RELOAD, "Reload"),
                              stdout=subprocess.PIPE, text=True) as waiting:
            time.sleep(0.5)
            # Nobody else waits for that.
            self.assertEqual(self.reload("root"), "2")
            self.assertLess(time.monotonic() - start, 2.5)
            answer = waiting.communicate(timeout=20)[0]
        self.assertTrue(answer.startswith(DENIED), answer)
        self.assertIn("did not answer in time", answer)
        self.assertLess(time.monotonic() - start, 6)
        self.assertEqual(self.generation(), "t 2")

    def test_callers_that_leave_or_a_daemon_that_stops(self):
        self.start_silence()
        for _ in range(3):
            with subprocess.Popen(as_user("operator", sys.executable, "-c", RELOAD,
                                          "Reload"), stdout=subprocess.PIPE) as waiting:
                time.sleep(0.3)
                waiting.kill()
        self.assertEqual(self.generation(), "t 1")
        with subprocess.Popen(as_user("operator", sys.executable, "-c", RELOAD, "Reload"),
                              stdout=subprocess.PIPE, text=True) as waiting:
            time.sleep(0.5)
            daemon = HOST.processes["daemon"]
            HOST.stop("daemon")
            self.assertEqual(daemon.returncode, 0, HOST.log.read_text())
            self.assertIn("Busy", waiting.communicate(timeout=10)[0])
        self.assertNotIn("ERROR: ", HOST.log.read_text())


if __name__ == "__main__":
    private_host.enter_or_skip(private_host.why_not(programs=[POLKITD]))
    unittest.main(verbosity=2)
