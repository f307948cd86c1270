# SPDX-License-Identifier: Apache-2.0
"""The real sudo, the real plugin, the real daemon: commands are run for sessions that
hold a live verdict, for as long as they hold it."""
import os
import pathlib
import signal
import statistics
import sys
import time
import unittest

import dbus

TOP = pathlib.Path(os.environ.setdefault(
    "top_srcdir", str(pathlib.Path(__file__).resolve().parents[2])))
BUILD = pathlib.Path(os.environ.setdefault("top_builddir", os.getcwd()))
sys.path.insert(0, str(TOP / "tests/support"))
import private_host  # noqa: E402
import ssh_scene     # noqa: E402
import sudo_scene    # noqa: E402
from sudo_scene import SUDO, SUDO_CONF, SUDOERS  # noqa: E402

NAME, PATH, MANAGER = "org.nitro.Policy1", "/org/nitro/Policy1", "org.nitro.Policy1.Manager"
GOOD = ssh_scene.pcrs_of("signer 1")
OTHER = ssh_scene.pcrs_of("other 1")
LOGIN_RULE = """
[rule/login]
service = sshd
user = alice, bob
image = signer
level = 2
roots = sim
"""
SUDO_RULE = """
[rule/commands]
service = sudo
user = alice, bob
image = signer
level = 2
roots = sim
"""
HOST = None


def setUpModule():
    global HOST
    HOST = sudo_scene.SudoScene(BUILD)
    HOST.configure("images.d/signer.conf", ssh_scene.release_text("signer", "1", GOOD))
    HOST.configure("images.d/other.conf", ssh_scene.release_text("other", "1", OTHER))
    HOST.configure("rules.d/10-login.conf", LOGIN_RULE.replace("image = signer",
                                                              "image = signer, other"))


def tearDownModule():
    HOST.stop_all()


class SudoLive(unittest.TestCase):
    def setUp(self):
        self.host = HOST
        self.addCleanup(HOST.stop, "daemon")
        self.addCleanup(SUDO_CONF.unlink, missing_ok=True)
        self.rules(SUDO_RULE)
        self.host.list_plugin()
        self.host.start_daemon()
        self.bus = dbus.SystemBus(private=True)
        self.addCleanup(self.bus.close)

    def rules(self, text):
        self.host.configure("rules.d/50-sudo.conf", text)
        if "daemon" in self.host.processes:
            done = self.host.run("nitroctl", "reload")
            self.assertEqual(done.returncode, 0, done)

    def call(self, member, signature, *arguments):
        return self.bus.call_blocking(NAME, PATH, MANAGER, member, signature, arguments,
                                      timeout=10)

    def session(self, user="alice", pcrs=None, extra=()):
        """A login of the user that holds a verdict of service sshd, or with `pcrs`
        False none; the verdict's id is `verdict`."""
        session = self.host.session(user)
        self.addCleanup(session.end)
        if pcrs is not False:
            session.verdict = self.give_verdict(session, user, pcrs or GOOD, extra)
        return session

    def give_verdict(self, session, user, pcrs, extra=()):
        options = [f"--pcr={index}={value}" for index, value in pcrs.items()]
        document = self.host.run("nitro-sim", "document", self.host.authority, "--base64",
                                 *options, *extra).stdout
        binary = dbus.ByteArray(__import__("base64").b64decode(document))
        decision, verdict = self.call("Authorize", "ssayaya{sv}", "sshd", user,
                                      dbus.ByteArray(b""), binary, {})
        self.assertEqual(decision, "allow", verdict)
        self.call("AttachSession", "sssa{sv}", verdict["Id"], "sshd", user,
                  {"audit_session": dbus.UInt32(session.audit)})
        return verdict["Id"]

    def allowed(self, sudo):
        self.assertTrue(sudo.allowed, sudo)

    def refused(self, sudo, reason):
        self.assertFalse(sudo.allowed, sudo)
        self.assertIn(f"({reason})", sudo.user, sudo)
        self.assertIn(f"({reason})", sudo.log, sudo)

    def test_session_with_a_verdict(self):
        session = self.session()
        sudo = session.sudo("id -u")
        self.assertEqual(sudo.output.strip(), "0", sudo)
        self.allowed(session.sudo("-u bob true"))

    def test_the_daemon_records_the_command(self):
        position = self.host.log_size()
        self.session().sudo("-u bob true")
        log = self.host.log_since(position)
        for text in ("NITRO_SERVICE=sudo", "NITRO_USER=alice", "NITRO_RULE=commands",
                     "NITRO_COMMAND="):
            self.assertIn(text, log)

    def test_session_without_a_verdict(self):
        self.refused(self.session(pcrs=False).sudo("true"), "verdict-unknown")

    def test_verdict_of_another_session(self):
        """Of the same user, even."""
        self.session()
        self.refused(self.session(pcrs=False).sudo("true"), "verdict-unknown")

    def test_verdict_of_another_user(self):
        """alice's session runs a program as bob, who uses sudo: her verdict is not his."""
        session = self.session()
        sudo = session.run(f"{SUDO} -u bob {SUDO} true")
        self.refused(sudo, "verdict-unknown")

    def test_root_in_a_session_of_alice(self):
        sudo = self.session().run(f"{SUDO} {SUDO} true")
        self.refused(sudo, "no-rule")
        self.host.list_plugin("exempt_root")
        self.allowed(self.session().run(f"{SUDO} {SUDO} true"))

    def test_revoked(self):
        session = self.session()
        self.allowed(session.sudo("true"))
        self.call("RevokeVerdict", "ss", session.verdict, "a test")
        self.refused(session.sudo("true"), "verdict-unknown")

    def test_release_revoked_by_a_reload(self):
        session = self.session()
        revoked = ssh_scene.release_text("signer", "1", GOOD) + "state = revoked\n"
        self.host.configure("images.d/signer.conf", revoked)
        self.addCleanup(self.host.configure, "images.d/signer.conf",
                        ssh_scene.release_text("signer", "1", GOOD))
        self.host.run("nitroctl", "reload").check_returncode()
        self.assertFalse(session.sudo("true").allowed)

    def test_image_that_the_rule_does_not_name(self):
        """Good enough for the login, not for sudo."""
        self.refused(self.session(pcrs=OTHER).sudo("true"), "measurements-unknown")

    def test_rules_by_command_run_as_and_host(self):
        session = self.session()
        true = session.run("type -P true").output.strip()
        for key, value in (("command", true), ("run_as", "bob"), ("host", os.uname().nodename)):
            with self.subTest(key):
                self.rules(f"{SUDO_RULE}{key} = {value}\n")
                self.allowed(session.sudo("-u bob true"))
                self.rules(f"{SUDO_RULE}{key} = {value}x\n")
                self.refused(session.sudo("-u bob true"), "no-rule")

    def test_a_group_has_to_be_named(self):
        """What a user may run as himself he may not run with the group of root."""
        session = self.session()
        self.rules(SUDO_RULE + "run_as = alice, bob\n")
        self.allowed(session.sudo("-u alice id -gn"))
        self.allowed(session.sudo("-g alice id -gn"))
        for arguments in ("-g root", "-g '#0'", "-u alice -g root", "-u bob -g root",
                          "-u bob -g alice"):
            with self.subTest(arguments):
                self.refused(session.sudo(f"{arguments} id -gn"), "no-rule")
        self.rules(SUDO_RULE)
        self.refused(session.sudo("-g root id -gn"), "no-rule")
        self.rules(SUDO_RULE + "run_as = alice\nrun_as_group = roo?\n")
        sudo = session.sudo("-g root id -gn")
        self.assertEqual(sudo.output.strip(), "root", sudo)
        for arguments in ("-u bob -g root", "-g daemon", "-u alice", "-g alice", ""):
            with self.subTest(arguments):
                self.refused(session.sudo(f"{arguments} id -gn"), "no-rule")

    def test_the_group_of_the_command_is_that_of_its_commands(self):
        self.intercept()
        session = self.session()
        self.rules(SUDO_RULE + "run_as = alice\ncommand = /bin/echo, /usr/bin/echo\n" +
                   SUDO_RULE.replace("commands", "group") + "run_as_group = root\n"
                   "command = */sh, */bash, */dash, */id\n")
        sudo = session.sudo("-g root sh -c '/usr/bin/id -gn; /bin/echo one; echo two'")
        self.assertIn("root\n", sudo.output, sudo)
        self.assertNotIn("one", sudo.output)
        self.assertIn("two", sudo.output)
        self.assertIn("(no-rule)", sudo.log)
        self.assertEqual(session.sudo("-u alice echo one").output.strip(), "one")

    def test_the_daemon_records_the_group(self):
        position = self.host.log_size()
        self.refused(self.session().sudo("-g daemon true"), "no-rule")
        self.assertIn("NITRO_RUN_AS_GROUP=daemon", self.host.log_since(position))

    def test_rules_by_what_is_not_known(self):
        """There is no terminal, and sudo knows no remote host."""
        session = self.session()
        for line in ("tty = *", "remote_host = *", "from = remote"):
            self.rules(f"{SUDO_RULE}{line}\n")
            self.refused(session.sudo("true"), "no-rule")
        self.rules(f"{SUDO_RULE}from = local\n")
        self.allowed(session.sudo("true"))

    def test_sudoedit(self):
        """A rule for the editor is no rule for files, and the reverse."""
        file = private_host.ROOM / "of-root"
        file.write_text("one\n")
        editor = private_host.ROOM / "editor"
        editor.write_text('#!/bin/sh\necho two >>"$1"\n')
        editor.chmod(0o755)
        session = self.session()
        self.rules(f"{SUDO_RULE}command = {editor}, /*\n")
        self.refused(session.run(f"EDITOR={editor} {SUDO} -e {file}"), "no-rule")
        self.assertEqual(file.read_text(), "one\n")
        self.rules(f"{SUDO_RULE}command = sudoedit\n")
        self.allowed(session.run(f"EDITOR={editor} {SUDO} -e {file}"))
        self.assertEqual(file.read_text(), "one\ntwo\n")
        self.refused(session.sudo(editor), "no-rule")

    def test_names_that_are_no_plain_text(self):
        """A command whose name could be taken for another one's."""
        folder = private_host.ROOM / "odd"
        folder.mkdir(exist_ok=True)
        session = self.session()
        for name in ("caf\u00e9", "new\nline", "esc\x1b[2J", "a" * 250):
            with self.subTest(name):
                command = folder / name
                command.write_text("#!/bin/sh\ntrue\n")
                command.chmod(0o755)
                sudo = session.run(f"{SUDO} $'" + "".join(f"\\x{byte:02x}" for byte in
                                                          str(command).encode()) + "'")
                if len(name) == 250:
                    self.allowed(sudo)
                else:
                    self.assertFalse(sudo.allowed, sudo)
                    self.assertIn("InvalidArgument", sudo.log)
                    self.assertNotIn("\x1b[2J", sudo.user)

    def test_max_age_counts_when_the_command_is_run(self):
        session = self.session()
        self.rules(SUDO_RULE + "max_age = 1s\n")
        time.sleep(1.5)
        self.refused(session.sudo("true"), "verdict-too-old")

    def test_audit_rule(self):
        session = self.session(pcrs=False)
        self.rules(SUDO_RULE + "mode = audit\n")
        sudo = session.sudo("true")
        self.allowed(sudo)
        self.assertIn("audited=yes", sudo.log)

    def test_daemon_stopped_and_started_again(self):
        session = self.session()
        self.host.stop("daemon")
        self.refused(session.sudo("true"), "daemon-absent")

    def test_frozen_daemon(self):
        self.host.list_plugin("timeout=1")
        session = self.session()
        daemon = self.host.processes["daemon"]
        os.killpg(daemon.pid, signal.SIGSTOP)
        self.addCleanup(os.killpg, daemon.pid, signal.SIGCONT)
        sudo = session.sudo("true")
        os.killpg(daemon.pid, signal.SIGCONT)
        self.refused(sudo, "daemon-timeout")
        self.assertLess(sudo.seconds, 2)
        self.allowed(session.sudo("true"))

    def test_list_and_validate_need_no_verdict(self):
        session = self.session(pcrs=False)
        self.allowed(session.sudo("-l"))
        self.allowed(session.sudo("-v"))

    # Challenges

    def challenge(self, session, command="echo done", environment=""):
        return session.run(
            f"SUDO_ASKPASS={self.host.bin}/nitro-attest-askpass "
            f"NITRO_NSM={private_host.ROOM}/nsm.sock XDG_RUNTIME_DIR=$HOME {environment} "
            f"{SUDO} -A {command}")

    def with_enclave(self, pcrs, **options):
        self.host.list_plugin("challenge")
        nsm = self.host.start_enclave(pcrs, **options)
        nsm.chmod(0o666)
        self.addCleanup(self.host.stop, "enclave")

    def test_challenge_answered_by_an_enclave(self):
        self.rules(SUDO_RULE + "bind = nonce\n")
        self.with_enclave(GOOD)
        sudo = self.challenge(self.session(pcrs=False))
        self.assertEqual(sudo.output.strip(), "done", sudo)

    def test_challenge_answered_by_another_enclave(self):
        self.with_enclave(ssh_scene.pcrs_of("patched"))
        self.refused(self.challenge(self.session(pcrs=False)), "measurements-unknown")

    def test_challenge_answered_in_debug_mode(self):
        self.with_enclave({}, debug=True)
        self.refused(self.challenge(self.session(pcrs=False)), "debug-enclave")

    def test_answered_challenge_is_for_the_group_that_was_asked(self):
        self.rules(SUDO_RULE + "run_as = alice\n")
        self.with_enclave(GOOD)
        session = self.session(pcrs=False)
        self.refused(self.challenge(session, "-g root id -gn"), "no-rule")
        self.rules(SUDO_RULE + "run_as_group = root\n")
        sudo = self.challenge(session, "-g root id -gn")
        self.assertEqual(sudo.output.strip(), "root", sudo)
        self.refused(self.challenge(session, "-g daemon id -gn"), "no-rule")

    def test_challenge_where_the_login_was_by_another_image(self):
        self.with_enclave(GOOD)
        self.allowed(self.challenge(self.session(pcrs=OTHER)))

    def test_no_challenge_without_a_rule(self):
        self.rules("")
        self.with_enclave(GOOD)
        position = self.host.log_size()
        self.refused(self.challenge(self.session(pcrs=False)), "no-rule")
        self.assertNotIn("CreateChallenge", self.host.log_since(position))

    def test_answered_challenge_covers_the_commands_of_the_command(self):
        self.intercept()
        self.with_enclave(GOOD)
        sudo = self.challenge(self.session(pcrs=False), "sh -c '/bin/echo done; /bin/true'")
        self.assertEqual(sudo.output.strip(), "done", sudo)

    # Commands of commands

    def intercept(self):
        sudoers = pathlib.Path("/etc/sudoers")
        sudoers.write_text(SUDOERS + "Defaults intercept\n")
        self.addCleanup(sudoers.write_text, SUDOERS)

    def test_each_intercepted_command_needs_a_rule(self):
        self.intercept()
        session = self.session()
        echo = "/bin/echo"
        self.rules(f"{SUDO_RULE}command = */sh, */bash, */dash, {echo}, /usr{echo}\n")
        sudo = session.sudo("sh -c '/bin/echo one; /bin/ls /; echo two'")
        self.assertIn("one\n", sudo.output)
        self.assertIn("two", sudo.output)
        self.assertNotIn("etc", sudo.output)
        self.assertIn("(no-rule)", sudo.log)

    def test_revoked_between_two_commands(self):
        self.intercept()
        session = self.session()
        flag = private_host.ROOM / "revoked"
        flag.unlink(missing_ok=True)
        mark = private_host.ROOM / "started"
        mark.unlink(missing_ok=True)
        import threading  # noqa: PLC0415

        def revoke():
            private_host.wait_for(mark.exists, "the command did not start")
            self.call("RevokeVerdict", "ss", session.verdict, "a test")
            flag.touch()

        thread = threading.Thread(target=revoke)
        thread.start()
        sudo = session.sudo(f"sh -c 'echo >{mark}; while [ ! -e {flag} ]; do :; done; "
                            "/bin/ls /; echo two'")
        thread.join()
        self.assertIn("two", sudo.output, sudo)
        self.assertNotIn("etc", sudo.output, sudo)
        self.assertIn("verdict-unknown", sudo.log)

    def test_cost_of_an_intercepted_command(self):
        """Printed, and held to a bound that only a mistake could reach."""
        self.intercept()
        session = self.session()
        count = 200
        line = f"sh -c 'i=0; while [ $i -lt {count} ]; do /bin/true; i=$((i+1)); done'"
        with_plugin = [session.sudo(line).seconds for _ in range(3)]
        SUDO_CONF.unlink()
        without = [session.sudo(line).seconds for _ in range(3)]
        cost = (statistics.median(with_plugin) - statistics.median(without)) / count * 1000
        print(f"\n  one intercepted command: {statistics.median(without) / count * 1000:.2f} ms"
              f" by sudo alone, {cost:.2f} ms more by the plugin", file=sys.stderr)
        self.assertLess(cost, 50)


if __name__ == "__main__":
    private_host.enter_or_skip(private_host.why_not(BUILD, [SUDO]))
    unittest.main(verbosity=2)
