# SPDX-License-Identifier: Apache-2.0
"""The real sudo with sudo_nitro: what the plugin asks, what it does with each kind of
answer, how long that takes, and who reads what; and nitroctl sudo, which edits
sudo.conf. The daemon is one that misbehaves (tests/support/mock_policyd)."""
import grp
import json
import os
import pathlib
import pty
import pwd
import shutil
import subprocess
import sys
import unittest

TOP = pathlib.Path(os.environ.setdefault(
    "top_srcdir", str(pathlib.Path(__file__).resolve().parents[2])))
BUILD = pathlib.Path(os.environ.setdefault("top_builddir", os.getcwd()))
sys.path.insert(0, str(TOP / "tests/support"))
import private_host  # noqa: E402
import sudo_scene    # noqa: E402
from sudo_scene import SUDO, SUDO_CONF  # noqa: E402

ALLOWED, DENIED, USAGE, NOT_JUDGED = range(4)
NO_AUDIT_SESSION = 2 ** 32 - 1
HOST = None


def setUpModule():
    global HOST
    HOST = sudo_scene.SudoScene(BUILD)


def tearDownModule():
    HOST.stop_all()


class SudoCase(unittest.TestCase):
    def setUp(self):
        self.host = HOST
        self.addCleanup(SUDO_CONF.unlink, missing_ok=True)
        self.addCleanup(HOST.stop, "daemon")

    def mock(self, fault, *options):
        self.host.list_plugin(*options)
        self.host.start_mock(fault)

    def refused(self, sudo, reason, user_reads=None, within=6.5):
        self.assertEqual(sudo.code, 1, sudo)
        self.assertEqual(sudo.output, "", sudo)
        self.assertIn(reason, sudo.log, sudo)
        self.assertIn(user_reads or reason, sudo.user, sudo)
        self.assertLess(sudo.seconds, within, sudo)

    def checks(self):
        """The question of each CheckVerdict that the mock daemon was asked."""
        calls = [line.split() for line in self.host.mock_calls()]
        return [(call[1], call[2], dict(word.split("=", 1) for word in call[3:]))
                for call in calls if call[0] == "CheckVerdict"]


class Question(SudoCase):
    """What the daemon is asked."""

    def ask(self, *arguments, user="alice", **options):
        self.mock("none")
        sudo = self.host.sudo(user, *arguments, **options)
        self.assertTrue(sudo.allowed, sudo)
        (question,) = self.checks()
        return question

    def test_names_user_session_command_and_host(self):
        service, user, options = self.ask("/bin/cat", "/proc/self/sessionid")
        self.assertEqual((service, user), ("sudo", "alice"))
        self.assertEqual(options.pop("host"), os.uname().nodename)
        self.assertLess(int(options.pop("audit_session")), NO_AUDIT_SESSION)
        self.assertEqual(options, {"command": "/bin/cat", "run_as": "root"})

    def test_session_of_logind(self):
        """By its control group, wherever the environment says that it is."""
        top = next((path for path in (pathlib.Path("/sys/fs/cgroup/unified"),
                                      pathlib.Path("/sys/fs/cgroup"))
                    if (path / "cgroup.procs").exists()), None)
        scope = pathlib.Path(top or "/", "session-nitro99.scope")
        try:
            scope.mkdir()
        except OSError as error:
            self.skipTest(f"no control group can be made: {error}")
        self.addCleanup(scope.rmdir)
        become = self.host.log_in_as("alice")

        def enter():
            (scope / "cgroup.procs").write_text("0")
            become()

        self.mock("none")
        sudo = self.host.sudo("alice", "true", session=False, preexec_fn=enter,
                              env={"XDG_SESSION_ID": "c1"})
        self.assertTrue(sudo.allowed, sudo)
        self.assertEqual(self.checks()[0][2]["session"], "nitro99")

    def test_command_without_a_path(self):
        self.assertEqual(self.ask("true")[2]["command"], shutil.which("true", path="/usr/sbin:/usr/bin"))

    def runs_as(self, *arguments):
        options = self.ask(*arguments, "true")[2]
        return options["run_as"], options.get("run_as_group")

    def sudoers(self, more):
        pathlib.Path("/etc/sudoers").write_text(sudo_scene.SUDOERS + more)
        self.addCleanup(pathlib.Path("/etc/sudoers").write_text, sudo_scene.SUDOERS)

    def test_run_as_user(self):
        self.sudoers("Defaults runas_allow_unknown_id\n")
        for user, run_as in (("bob", "bob"), ("#0", "root"),
                             (f"#{pwd.getpwnam('bob').pw_uid}", "bob")):
            with self.subTest(user):
                self.assertEqual(self.runs_as("-u", user), (run_as, None))
        # Nobody's group is his own: sudo gives him that of the caller.
        own = pwd.getpwnam("alice").pw_gid
        self.assertEqual(self.runs_as("-u", "#61999"), ("#61999", f"#{own}"))

    def test_run_as_group(self):
        self.sudoers("Defaults runas_allow_unknown_id\n")
        daemon = grp.getgrnam("daemon").gr_gid
        for arguments, wanted in (
                (["-g", "root"], ("alice", "root")), (["-g", "#0"], ("alice", "root")),
                (["-g", f"#{daemon}"], ("alice", "daemon")),
                (["-g", "#61999"], ("alice", "#61999")),
                (["-g", "alice"], ("alice", None)),
                (["-u", "bob", "-g", "bob"], ("bob", None)),
                (["-u", "bob", "-g", "alice"], ("bob", "alice")),
                (["-u", "root", "-g", "root"], ("root", None)),
                (["-u", "bob", "-g", "root"], ("bob", "root"))):
            with self.subTest(arguments):
                self.assertEqual(self.runs_as(*arguments), wanted)

    def test_run_as_group_where_sudo_keeps_the_real_ids(self):
        self.sudoers("Defaults stay_setuid\n")
        self.assertEqual(self.runs_as("-g", "root"), ("alice", "root"))
        self.assertEqual(self.runs_as("-u", "bob", "-g", "root"), ("bob", "root"))
        self.assertEqual(self.runs_as("-u", "bob"), ("bob", None))
        self.assertEqual(self.runs_as(), ("root", None))

    def test_shells(self):
        for option in ("-s", "-i"):
            with self.subTest(option):
                self.assertIn(self.ask(option, "true")[2]["command"], ("/bin/sh", "/bin/bash"))

    def test_sudoedit_is_not_the_editor(self):
        _, _, options = self.ask("-e", "/etc/hostname", env={"EDITOR": "/bin/true"})
        self.assertEqual(options["command"], "sudoedit")

    def test_root(self):
        self.assertEqual(self.ask("true", user="root")[1], "root")

    def test_another_root_directory_is_part_of_the_command(self):
        """Otherwise a program of the user's own could go by the name of another."""
        jail = private_host.ROOM / "jail"
        jail.mkdir(exist_ok=True)
        private_host.mount("--rbind", "/usr", jail)
        self.addCleanup(subprocess.run, ["umount", "-l", jail], check=True)
        pathlib.Path("/etc/sudoers").write_text(sudo_scene.SUDOERS + "Defaults runchroot=*\n")
        self.addCleanup(pathlib.Path("/etc/sudoers").write_text, sudo_scene.SUDOERS)
        self.mock("none")
        self.host.sudo("alice", "-R", jail, "/bin/true")
        self.assertEqual(self.checks()[0][2]["command"], f"{jail}/bin/true")

    def test_environment_says_nothing(self):
        """A session, a user, a bus or a command of the caller's invention."""
        _, user, options = self.ask("true", env={
            "XDG_SESSION_ID": "c1", "SUDO_USER": "bob", "USER": "bob", "LOGNAME": "bob",
            "SUDO_COMMAND": "/bin/false", "HOSTNAME": "elsewhere",
            "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/tmp/mine"})
        self.assertEqual(user, "alice")
        self.assertNotIn("session", options)
        self.assertEqual(options["host"], os.uname().nodename)

    def test_not_consulted_for_list_and_validate(self):
        self.mock("deny")
        for option in ("-l", "-v", "-k", "-V"):
            self.assertTrue(self.host.sudo("alice", option).allowed)
        self.assertEqual(self.checks(), [])

    def test_version_names_the_plugin(self):
        self.host.list_plugin()
        self.assertIn("sudo_nitro approval plugin version", self.host.sudo("root", "-V").output)


class Answer(SudoCase):
    """What follows from each answer; what is not an allowance runs nothing."""

    def ask(self, fault, *options, user="alice", **more):
        self.mock(fault, *options)
        return self.host.sudo(user, "echo", "done", **more)

    def test_allowed(self):
        sudo = self.ask("none")
        self.assertTrue(sudo.allowed, sudo)
        self.assertEqual(sudo.output, "done\n")
        self.assertNotIn("attestation", sudo.log + sudo.user)

    def test_denial_reaches_user_and_log(self):
        sudo = self.ask("deny")
        self.refused(sudo, "debug-enclave")
        self.assertIn("PCR0, PCR1 and PCR2 are zero", sudo.user)
        self.assertIn("Start it without --debug-mode.", sudo.log)
        self.assertNotIn("--debug-mode", sudo.user)
        self.assertRegex(sudo.log, r"sudo: +alice : .*COMMAND=\S*echo done")

    def test_audited_allowance_is_logged(self):
        sudo = self.ask("audit")
        self.assertTrue(sudo.allowed, sudo)
        self.assertIn("audited=yes", sudo.log)

    def test_whatever_is_not_an_answer(self):
        for fault, reason in (("wrong-signature", "reply-malformed"),
                              ("surplus-value", "reply-malformed"),
                              ("unknown-decision", "decision-unknown"),
                              ("duplicate-key", "reply-malformed"),
                              ("dies", "Error.NoReply"),
                              ("busy", "Error.Busy")):
            with self.subTest(fault):
                self.refused(self.ask(fault), reason)

    def test_texts_of_the_daemon_are_harmless(self):
        sudo = self.ask("busy")
        self.assertNotIn("\x1b", sudo.user + sudo.log)
        self.refused(self.ask("huge-texts"), "???")

    def test_silent_daemon(self):
        sudo = self.ask("silent", "timeout=2")
        self.refused(sudo, "daemon-timeout", within=3)
        self.assertGreater(sudo.seconds, 1.9)

    def test_absent_daemon(self):
        self.host.list_plugin()
        self.refused(self.host.sudo("alice", "true"), "daemon-absent", within=2)

    def test_absent_bus(self):
        self.host.list_plugin()
        os.rename("/run/dbus/system_bus_socket", "/run/dbus/away")
        self.addCleanup(os.rename, "/run/dbus/away", "/run/dbus/system_bus_socket")
        self.refused(self.host.sudo("alice", "true"), "bus-unavailable", within=2)

    def test_without_session(self):
        self.mock("none")
        self.refused(self.host.sudo("alice", "true", session=False), "session-unknown")
        self.assertEqual(self.checks(), [])

    def test_root_is_asked_for_like_everybody(self):
        self.refused(self.ask("deny", user="root"), "debug-enclave")

    def test_exempt_root(self):
        sudo = self.ask("deny", "exempt_root", user="root")
        self.assertTrue(sudo.allowed, sudo)
        self.assertEqual(self.checks(), [])
        self.refused(self.ask("deny", "exempt_root"), "debug-enclave")

    def test_debug(self):
        self.assertRegex(self.ask("none", "debug").log,
                         r'sudo_nitro: session "", audit session \d+(.|\n)*decision=allowed')

    def test_a_sudoers_denial_comes_first(self):
        pathlib.Path("/etc/sudoers").write_text("root ALL = ALL\n")
        self.addCleanup(pathlib.Path("/etc/sudoers").write_text, sudo_scene.SUDOERS)
        self.mock("none")
        self.assertFalse(self.host.sudo("alice", "-n", "true").allowed)
        self.assertEqual(self.checks(), [])


class Options(SudoCase):
    def test_wrong_ones_refuse_everybody(self):
        for option in ("challenged", "timeout=0", "timeout=61", "timeout=", "timeout",
                       "Challenge", "debug=1", "exempt_root=no", "nullok"):
            for user in ("alice", "root"):
                with self.subTest((option, user)):
                    self.mock("none", option, "exempt_root")
                    sudo = self.host.sudo(user, "true")
                    self.refused(sudo, "option-invalid")
                    self.assertIn(f'option "{option}"'.replace('"', "'"),
                                  sudo.log.replace('"', "'"))
                    self.assertEqual(self.checks(), [])

    def test_said_twice(self):
        self.mock("none", "debug", "debug")
        self.refused(self.host.sudo("alice", "true"), "given twice", "option-invalid")

    def test_list_goes_on(self):
        """Whoever made the mistake must be able to see what he may do."""
        self.host.list_plugin("wrong")
        self.assertTrue(self.host.sudo("alice", "-l").allowed)
        self.assertIn("sudo_nitro", self.host.sudo("root", "-V").output)


class Challenge(SudoCase):
    """Evidence by sudo's own conversation."""

    def setUp(self):
        super().setUp()
        self.askpass = private_host.ROOM / "askpass"

    def answer_with(self, script):
        self.askpass.write_text(f"#!/bin/sh\n{script}\n")
        self.askpass.chmod(0o755)

    def ask(self, fault, *arguments, **options):
        self.mock(fault, "challenge")
        return self.host.sudo("alice", "-A", *arguments, "echo", "done",
                              env={"SUDO_ASKPASS": str(self.askpass)}, **options)

    def members(self):
        return [line.split()[0] for line in self.host.mock_calls()]

    def test_answered(self):
        self.answer_with('echo "1/1 aGVsbG8"')
        sudo = self.ask("wants-evidence")
        self.assertEqual(sudo.output, "done\n", sudo)
        calls = self.host.mock_calls()
        self.assertEqual([call.split()[0] for call in calls],
                         ["CheckVerdict", "CreateChallenge", "Authorize", "AttachSession"])
        self.assertRegex(calls[2], r"^Authorize sudo alice 32 5 .*command=\S+echo")
        self.assertRegex(calls[3], r"^AttachSession v[0-9a-f]{32} sudo alice audit_session=\d+")

    def test_several_parts(self):
        self.answer_with('case $1 in *part=1:*) echo "1/2 aGVs";; *part=2:*) echo "2/2 bG8";; esac')
        self.assertTrue(self.ask("wants-evidence").allowed)
        self.assertIn(" 32 5 ", self.host.mock_calls()[2])

    def test_prompt_says_how_much_fits(self):
        self.answer_with(f'echo "$1" >>{private_host.ROOM}/prompts; echo "1/1 aGVsbG8"')
        prompts = private_host.ROOM / "prompts"
        prompts.touch()
        prompts.chmod(0o666)
        self.assertTrue(self.ask("wants-evidence").allowed)
        self.assertRegex(prompts.read_text(),
                         r"^nitro-attest/1 nonce=[\w-]{43} max=1000 part=1:\s*$")

    def test_ticket(self):
        self.answer_with('echo "ticket abcdefghijklmnopqrstuvwxyz"')
        self.assertTrue(self.ask("wants-evidence").allowed)
        self.assertRegex(self.host.mock_calls()[2], r"^Authorize sudo alice 32 0 .*ticket=abc")

    def test_denied_all_the_same(self):
        self.answer_with('echo "1/1 aGVsbG8"')
        self.refused(self.ask("wants-other"), "debug-enclave")
        self.assertNotIn("AttachSession", self.members())

    def test_bad_answers(self):
        for script, reason in (('echo ""', "answer-missing"),
                               ('echo "hello"', "answer-malformed"),
                               ('echo "2/2 aGVs"', "answer-wrong-part"),
                               ('echo "1/65 aGVs"', "answer-total"),
                               ('echo "1/1 a=b"', "answer-not-base64"),
                               ('head -c 1000000 /dev/zero | tr "\\0" a', "answer"),
                               ('printf "1/1 \\xff\\xfe\\n"', "answer-not-base64")):
            with self.subTest(script):
                self.answer_with(script)
                sudo = self.ask("wants-evidence")
                self.refused(sudo, reason)
                self.assertNotIn("Authorize", self.members())

    def test_nobody_answers(self):
        """No askpass, no terminal: the denial stands, at once."""
        self.mock("wants-evidence", "challenge")
        sudo = self.host.sudo("alice", "true")
        self.refused(sudo, "verdict-unknown", within=2)
        self.answer_with("exit 1")
        self.refused(self.ask("wants-evidence"), "verdict-unknown", within=2)

    def test_not_in_a_non_interactive_sudo(self):
        self.mock("wants-evidence", "challenge")
        self.refused(self.host.sudo("alice", "-n", "true"), "verdict-unknown", within=2)
        self.assertEqual(self.members(), ["CheckVerdict"])

    def test_not_where_no_rule_is(self):
        self.answer_with('echo "1/1 aGVsbG8"')
        self.refused(self.ask("deny"), "debug-enclave")
        self.assertEqual(self.members(), ["CheckVerdict"])

    def test_not_without_the_option(self):
        self.mock("wants-evidence")
        self.refused(self.host.sudo("alice", "true"), "verdict-unknown")
        self.assertEqual(self.members(), ["CheckVerdict"])

    def test_without_a_session(self):
        """Evidence counts for the one command."""
        self.answer_with('echo "1/1 aGVsbG8"')
        self.assertTrue(self.ask("wants-evidence", session=False).allowed)
        self.assertEqual(self.members(), ["CreateChallenge", "Authorize"])

    def test_on_standard_input(self):
        self.mock("wants-evidence", "challenge")
        sudo = self.host.sudo("alice", "-S", "echo", "done", input="1/1 aGVsbG8\n")
        self.assertEqual(sudo.output, "done\n", sudo)

    def test_on_a_terminal(self):
        """Typed into the user's own terminal."""
        self.mock("wants-evidence", "challenge")
        pid, terminal = pty.fork()
        if pid == 0:
            self.host.log_in_as("alice")()
            os.execve(SUDO, ["sudo", "true"], {"PATH": "/usr/bin:/bin"})
        seen = b""
        while b"part=1:" not in seen:
            seen += os.read(terminal, 1000)
        os.write(terminal, b"ticket abcdefghijklmnopqrstuvwxyz\n")
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0, seen)
        os.close(terminal)
        calls = self.host.mock_calls()
        self.assertIn(" tty=pts/", calls[0])
        self.assertIn("ticket=abc", calls[2])

    def test_late_answer(self):
        self.answer_with('sleep 0.6; echo "1/1 aGVsbG8"')
        self.refused(self.ask("wants-brief"), "answer-late", within=2)
        self.assertNotIn("Authorize", self.members())

    def test_no_answer(self):
        """Nothing is typed: sudo stops waiting when the challenge is over."""
        self.mock("wants-brief", "challenge")
        reader, writer = os.pipe()
        self.addCleanup(os.close, writer)
        sudo = self.host.sudo("alice", "-S", "true", stdin=reader)
        os.close(reader)
        self.refused(sudo, "verdict-unknown", within=3)

    def test_interrupted(self):
        """Ctrl-C at the prompt runs nothing."""
        self.mock("wants-evidence", "challenge")
        pid, terminal = pty.fork()
        if pid == 0:
            self.host.log_in_as("alice")()
            os.execve(SUDO, ["sudo", "echo", "done"], {"PATH": "/usr/bin:/bin"})
        seen = b""
        while b"part=1:" not in seen:
            seen += os.read(terminal, 1000)
        os.write(terminal, b"\x03")
        self.assertNotEqual(os.waitpid(pid, 0)[1], 0)
        os.close(terminal)
        self.assertNotIn("Authorize", self.members())

    def test_verdict_that_cannot_be_attached(self):
        self.answer_with('echo "1/1 aGVsbG8"')
        sudo = self.ask("wants-unattached")
        self.assertTrue(sudo.allowed, sudo)
        self.assertIn("counts for one command only", sudo.log)


class Intercept(SudoCase):
    """Commands that a command runs."""

    def setUp(self):
        super().setUp()
        sudoers = pathlib.Path("/etc/sudoers")
        sudoers.write_text(sudo_scene.SUDOERS + "Defaults intercept\n")
        self.addCleanup(sudoers.write_text, sudo_scene.SUDOERS)

    def test_each_is_asked_about(self):
        self.mock("none")
        sudo = self.host.sudo("alice", "sh", "-c", "/bin/true; /bin/echo done")
        self.assertEqual(sudo.output, "done\n", sudo)
        commands = [options["command"] for _, _, options in self.checks()]
        self.assertEqual([os.path.basename(command) for command in commands],
                         ["sh", "true", "echo"])

    def test_a_refused_one_does_not_run(self):
        self.mock("allows-once")
        sudo = self.host.sudo("alice", "sh", "-c", "/bin/echo done; echo after")
        self.assertEqual(sudo.output, "after\n", sudo)
        self.assertIn("debug-enclave", sudo.log)

    def test_no_challenge_on_the_terminal_of_the_command(self):
        askpass = private_host.ROOM / "askpass"
        askpass.write_text('#!/bin/sh\necho "1/1 aGVsbG8"\n')
        askpass.chmod(0o755)
        self.mock("wants-evidence", "challenge")
        sudo = self.host.sudo("alice", "-A", "sh", "-c", "/bin/echo done; echo after",
                              env={"SUDO_ASKPASS": str(askpass)})
        self.assertEqual(sudo.output, "after\n", sudo)
        calls = [line.split()[0] for line in self.host.mock_calls()]
        self.assertEqual(calls.count("CreateChallenge"), 1)
        self.assertEqual(calls.count("CheckVerdict"), 2)


class Listed(SudoCase):
    """What sudo does with lines about the plugin that are wrong: it locks everybody
    out, or passes them over, which is what nitroctl sudo is for."""

    def test_absent_plugin_locks_out(self):
        self.host.list_plugin(path="/nonexistent/sudo_nitro.so")
        for user in ("alice", "root"):
            sudo = self.host.sudo(user, "true")
            self.assertEqual(sudo.code, 1)
            self.assertIn("unable to load", sudo.user.lower().replace("error in", "unable to load"))

    def test_misspelt_line_is_passed_over(self):
        self.host.list_plugin(text=f"Plugni sudo_nitro_approval {self.host.plugin}\n")
        self.assertTrue(self.host.sudo("alice", "true").allowed)
        test = self.host.run("nitroctl", "sudo", "test", "--json")
        self.assertFalse(json.loads(test.stdout)["enabled"])


if __name__ == "__main__":
    private_host.enter_or_skip(private_host.why_not(BUILD, [SUDO]))
    unittest.main(verbosity=2)
