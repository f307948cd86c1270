# SPDX-License-Identifier: Apache-2.0
"""Live verdicts on a host as it is installed: the daemon under its own user, the shipped
policy of the bus, the shipped rules and actions of polkit, the real polkitd."""
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import time
import unittest

import dbus

TOP = pathlib.Path(os.environ.setdefault(
    "top_srcdir", str(pathlib.Path(__file__).resolve().parents[2])))
BUILD = pathlib.Path(os.environ.setdefault("top_builddir", os.getcwd()))
sys.path.insert(0, str(TOP / "tests/support"))
import private_host  # noqa: E402
from private_host import DAEMON_USER, ROOM  # noqa: E402

POLKITD = "/usr/lib/polkit-1/polkitd"
NAME, PATH = "org.nitro.Policy1", "/org/nitro/Policy1"
MANAGER = "org.nitro.Policy1.Manager"
SOCKET = "unix:path=/run/dbus/system_bus_socket"
RULES = "".join(f"[rule/{user}]\nservice = sshd\nuser = {user}\nlevel = 1\nroots = sim\n"
                for user in ("alice", "bob"))
PERMISSION = """
polkit.addRule(function(action, subject) {
    if (action.id == "org.nitro.Policy1.revoke-verdict" && subject.user == "operator")
        return polkit.Result.YES;
});
"""
START = f"""
import sys, dbus
bus = dbus.bus.BusConnection({SOCKET!r})
def call(member, signature="", *arguments, path={PATH!r}, interface={MANAGER!r}):
    try:
        return bus.call_blocking({NAME!r}, path, interface, member, signature, arguments)
    except dbus.DBusException as error:
        return error.get_dbus_name().split(".")[-1]
"""
HOST = None
LOGIND = None


def setUpModule():
    global HOST
    HOST = private_host.PrivateHost(BUILD)
    for user in ("alice", "bob", "operator"):
        HOST.add_user(user, "/nonexistent")
    HOST.run("nitro-sim", "init", ROOM / "authority").check_returncode()
    shutil.copy(ROOM / "authority/root.pem", "/etc/nitro/roots.d/sim.pem")
    os.chmod("/etc/nitro/roots.d/sim.pem", 0o644)
    pathlib.Path("/etc/nitro/rules.d/10.conf").write_text(RULES, encoding="utf-8")
    # polkitd is started by hand, or not at all.
    (ROOM / "empty").mkdir()
    private_host.mount("--bind", ROOM / "empty", "/usr/share/dbus-1/system-services")
    for kind, shipped in (("actions", "org.nitro.Policy1.policy"),
                          ("rules.d", "50-nitro-policyd.rules")):
        folder = ROOM / kind
        shutil.copytree(f"/usr/share/polkit-1/{kind}", folder)
        shutil.chown(folder, "polkitd")
        shutil.copy(TOP / "polkit" / shipped, folder)
        private_host.mount("--bind", folder, f"/usr/share/polkit-1/{kind}")
    rules = pathlib.Path("/etc/polkit-1/rules.d")
    shutil.chown(rules, "polkitd")
    (rules / "10-nitro.rules").write_text(PERMISSION, encoding="utf-8")
    HOST.start_daemon()


def tearDownModule():
    HOST.stop_all()


def as_user(user, *command):
    done = subprocess.run(
        ["setpriv", "--reuid", user, "--regid", "nogroup", "--clear-groups", *command],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False)
    return done


def python(user, program, *arguments):
    done = as_user(user, "/usr/bin/python3", "-c", START + program, *arguments)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout.strip()


def start_polkit():
    HOST.start("polkit", [POLKITD, "--no-debug"], stdout=subprocess.DEVNULL,
               stderr=subprocess.DEVNULL)
    private_host.wait_for(lambda: subprocess.run(
        ["busctl", "status", "org.freedesktop.PolicyKit1"], capture_output=True,
        check=False).returncode == 0, "polkitd did not start")


class Case(unittest.TestCase):
    def setUp(self):
        self.bus = dbus.bus.BusConnection(SOCKET)
        self.addCleanup(self.bus.close)

    def call(self, member, signature="", *arguments):
        return self.bus.call_blocking(NAME, PATH, MANAGER, member, signature, arguments,
                                      timeout=10)

    @staticmethod
    def document():
        return subprocess.run([HOST.bin / "nitro-sim", "document", ROOM / "authority"],
                              stdout=subprocess.PIPE, check=True).stdout

    def issue(self, user="alice"):
        decision, verdict = self.call("Authorize", "ssayaya{sv}", "sshd", user, b"",
                                      dbus.ByteArray(self.document()),
                                      dbus.Dictionary(signature="sv"))
        self.assertEqual(decision, "allow", verdict)
        return str(verdict["Id"])

    def attach(self, verdict, session, user="alice"):
        return self.call("AttachSession", "sssa{sv}", verdict, "sshd", user,
                         dbus.Dictionary({"session": session}, signature="sv"))

    def live(self):
        return [str(row[1]) for row in self.call(
            "ListVerdicts", "a{sv}", dbus.Dictionary(signature="sv"))]


class Logind(Case):
    def setUp(self):
        super().setUp()
        with open(ROOM / "logind.log", "w", encoding="utf-8") as log:
            HOST.start("logind", [BUILD / "tests/support/mock_logind", "7:0", "8:0"],
                       stdout=log)
        self.addCleanup(HOST.stop, "logind")
        private_host.wait_for(lambda: self.did() == ["ready"], "no logind")

    @staticmethod
    def did():
        return (ROOM / "logind.log").read_text().splitlines()

    def test_its_signals_come_through(self):
        verdict = self.issue()
        self.attach(verdict, "7")
        self.bus.call_blocking("org.freedesktop.login1", "/org/freedesktop/login1",
                               "org.freedesktop.login1.Manager", "Remove", "s", ["7"])
        private_host.wait_for(lambda: verdict not in self.live(), "the verdict lives on")

    def test_those_of_others_do_not(self):
        verdict = self.issue()
        self.attach(verdict, "8")
        for name in (self.bus.get_name_owner(NAME), NAME, ""):
            python("alice",
                   "from dbus.lowlevel import SignalMessage\n"
                   "for name in ('SessionRemoved', 'NameOwnerChanged'):\n"
                   "    signal = SignalMessage('/org/freedesktop/login1',\n"
                   "        'org.freedesktop.login1.Manager', name)\n"
                   "    signal.append('8', '/a', signature='so')\n"
                   "    if sys.argv[1]: signal.set_destination(sys.argv[1])\n"
                   "    bus.send_message(signal)\n"
                   "bus.flush()\n", name)
        time.sleep(0.2)
        self.assertIn(verdict, self.live())
        self.call("RevokeVerdict", "ss", verdict, "")

    def test_the_daemon_may_end_sessions_and_nobody_else(self):
        start_polkit()
        self.addCleanup(HOST.stop, "polkit")
        ask = ('exec pkcheck --action-id "$0" --process $$')
        for action in ("org.freedesktop.login1.manage",
                       "org.freedesktop.login1.lock-sessions"):
            for user, allowed in ((DAEMON_USER, True), ("operator", False)):
                done = as_user(user, "sh", "-c", ask, action)
                self.assertEqual(done.returncode == 0, allowed, (user, done))
        done = as_user(DAEMON_USER, "sh", "-c", ask, "org.freedesktop.login1.reboot")
        self.assertNotEqual(done.returncode, 0)


class Revoking(Case):
    REVOKE = "print(call('RevokeVerdict', 'ss', sys.argv[1], 'test'))\n"

    def test_the_user_himself_needs_nobody(self):
        verdict = self.issue()
        self.assertEqual(python("alice", self.REVOKE, verdict), "None")
        self.assertNotIn(verdict, self.live())

    def test_polkit_decides_about_others(self):
        verdict = self.issue()
        self.assertEqual(python("bob", self.REVOKE, verdict), "AccessDenied")
        start_polkit()
        self.addCleanup(HOST.stop, "polkit")
        self.assertEqual(python("bob", self.REVOKE, verdict), "AccessDenied")
        self.assertIn(verdict, self.live())
        self.assertEqual(python("operator", self.REVOKE, verdict), "None")
        self.assertNotIn(verdict, self.live())


class Everybody(Case):
    def test_may_look(self):
        verdict = self.issue()
        self.assertEqual(python(
            "bob",
            "path = f'/org/nitro/Policy1/verdict/{sys.argv[1]}'\n"
            "print(call('Get', 'ss', 'org.nitro.Policy1.Verdict', 'User', path=path,\n"
            "           interface='org.freedesktop.DBus.Properties'),\n"
            "      path in call('GetManagedObjects',\n"
            "                   interface='org.freedesktop.DBus.ObjectManager'),\n"
            "      call('GetVerdict', 's', sys.argv[1])['State'])\n", verdict),
            "alice True issued")
        self.call("RevokeVerdict", "ss", verdict, "")

    def test_the_daemons_own_user_is_as_root(self):
        """sshd runs AuthorizedKeysCommand as this user."""
        self.assertNotEqual(pwd.getpwnam(DAEMON_USER).pw_uid, 0)
        verdict = python(
            DAEMON_USER,
            "print(call('Authorize', 'ssayaya{sv}', 'sshd', 'alice', b'',\n"
            "    bytes.fromhex(sys.argv[1]), {'tty': ''})[1]['Id'])\n",
            self.document().hex())
        decision, answer = self.call("CheckVerdict", "ssa{sv}", "sshd", "alice",
                                     {"verdict": verdict})
        self.assertEqual((decision, answer["Id"]), ("allow", verdict))
        self.assertEqual(python(DAEMON_USER, "print(call('DescribePolicy'))"),
                         "AccessDenied")
        self.call("RevokeVerdict", "ss", verdict, "")


if __name__ == "__main__":
    private_host.enter_or_skip(private_host.why_not(programs=[POLKITD]))
    unittest.main(verbosity=2)
