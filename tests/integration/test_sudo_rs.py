# SPDX-License-Identifier: Apache-2.0
"""pam_nitro in the stack of the real sudo-rs, which has no plugins: by the example of
pam_nitro(8), by prompt and with the other modules around it; what reaches its user.
NITRO_SUDO_RS names the program where it is not installed like Debian's."""
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import sys
import unittest

TOP = pathlib.Path(os.environ.setdefault(
    "top_srcdir", str(pathlib.Path(__file__).resolve().parents[2])))
BUILD = pathlib.Path(os.environ.setdefault("top_builddir", os.getcwd()))
sys.path.insert(0, str(TOP / "tests/support"))
import private_host  # noqa: E402
import ssh_scene     # noqa: E402
import stack_scene   # noqa: E402
import terminal      # noqa: E402
from stack_scene import GOOD, PASSWORD  # noqa: E402

ROOM = private_host.ROOM
SECTION = "sudo, and sudo-rs"
FILE = "source=file:/run/signer/document.cbor"
CHANGED = {**GOOD, 0: ssh_scene.measurement("changed")}
SHOW = ("sh", "-c", "id -un; env")
SUDOERS = """
Defaults timestamp_timeout={timeout}, passwd_tries=2
root, operator ALL = (ALL:ALL) ALL
signer ALL = (ALL:ALL) NOPASSWD: ALL
"""
HOST = None


def find_sudo_rs():
    for name in (os.environ.get("NITRO_SUDO_RS"), shutil.which("sudo-rs"),
                 "/usr/lib/cargo/bin/sudo"):
        if name and os.access(name, os.X_OK):
            return name
    return None


def setUpModule():
    global HOST
    HOST = SudoRs.host = stack_scene.StackScene(BUILD, ("signer", "operator"))
    SudoRs.program = HOST.bin / "sudo-rs"
    shutil.copy(find_sudo_rs(), SudoRs.program)
    SudoRs.program.chmod(0o4755)
    version = subprocess.run([SudoRs.program, "--version"], stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, check=True).stdout
    if "sudo-rs" not in version:
        raise RuntimeError(f"{find_sudo_rs()} is no sudo-rs: {version}")
    print(f"  {version.strip()}", file=sys.stderr)


def tearDownModule():
    HOST.stop_all()


class SudoRs(stack_scene.StackCase):
    program = None

    def setUp(self):
        super().setUp()
        (ROOM / "nsm.sock").chmod(0o666)
        self.sudoers()

    @staticmethod
    def sudoers(timeout=0):
        pathlib.Path("/etc/sudoers").write_text(SUDOERS.format(timeout=timeout))

    def stack(self, *auth):
        """A stack of these lines of authentication; {nitro} is the module."""
        lines = [f"auth {line}" for line in auth] + [
            "account required pam_nitro.so", "session required pam_nitro.so"]
        self.write("/etc/pam.d/sudo", "".join(
            f"{line}\n" for line in lines).replace("{nitro}", f"pam_nitro.so {FILE}"))

    def run_sudo(self, answer, *arguments, user="operator"):
        """At a terminal. Its last words, "sudo: " and a sentence, are no prompt."""
        self.mark = HOST.syslog.mark()
        return terminal.run(
            [self.program, *(arguments or SHOW)],
            lambda prompt: b"" if prompt.startswith("sudo") else answer(prompt),
            pwd.getpwnam(user))

    def without_terminal(self, *arguments, user="operator", **options):
        self.mark = HOST.syslog.mark()
        return subprocess.run(
            ["setsid", "--wait", "setpriv", "--reuid", user, "--regid", user,
             "--clear-groups", self.program, *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            timeout=60, **options)

    def allowed(self, done):
        code = done.status if hasattr(done, "status") else done.returncode
        self.assertEqual(code, 0, f"{done}\n{self.log()}")
        return done

    def refused(self, done, reason):
        code = done.status if hasattr(done, "status") else done.returncode
        self.assertEqual(code, 1, f"{done}\n{self.log()}")
        self.assertIn(f'reason="{reason}"', self.log())
        output = done.output if hasattr(done, "output") else done.stdout
        self.assertNotIn("root\n", output.replace("\r", ""))
        return done


class Manual(SudoRs):
    """The example of pam_nitro(8)."""

    def setUp(self):
        super().setUp()
        self.install(SECTION)

    def test_evidence_and_password(self):
        self.fresh_document()
        done = self.allowed(self.run_sudo(self.only_password))
        self.assertIn("root\r\n", done.output)
        self.assertIn("NITRO_RELEASE=1", done.output)
        verdict = re.search("NITRO_VERDICT=(v[0-9a-f]{32})", done.output)[1]
        self.assertNotIn(verdict, self.verdicts(), "it ends with the command")

    def test_the_session_of_another_user(self):
        """PAM_USER changes between authentication and session."""
        self.fresh_document()
        done = self.allowed(self.run_sudo(self.only_password, "-u", "signer", *SHOW))
        self.assertIn("signer\r\n", done.output)
        self.assertIn("NITRO_RELEASE=1", done.output)

    def test_the_password_alone(self):
        done = self.refused(self.run_sudo(self.only_password), "document-unreadable")
        self.assertIn("cannot retrieve authentication info", done.output)

    def test_evidence_alone(self):
        self.fresh_document()
        done = self.run_sudo(lambda prompt: "wrong")
        self.assertEqual(done.status, 1, done)
        self.assertIn("Password", done.output)
        self.assertNotIn("decision=allowed", self.log())

    def test_a_mistyped_password_does_not_use_the_document_up(self):
        self.fresh_document()
        tries = iter(["wrong"])
        self.allowed(self.run_sudo(lambda prompt: next(tries, PASSWORD)))

    def test_another_image(self):
        self.fresh_document(CHANGED)
        self.refused(self.run_sudo(self.only_password), "measurements-unknown")

    def test_a_document_counts_once(self):
        self.fresh_document()
        self.allowed(self.run_sudo(self.only_password))
        self.refused(self.run_sudo(self.only_password), "document-replayed")

    def test_daemon_away(self):
        self.fresh_document()
        HOST.stop("daemon")
        self.addCleanup(HOST.start_daemon)
        done = self.refused(self.run_sudo(self.only_password), "daemon-absent")
        self.assertIn("cannot retrieve authentication info", done.output)

    def test_daemon_that_hangs(self):
        self.fresh_document()
        daemon = HOST.processes["daemon"]
        os.killpg(daemon.pid, signal.SIGSTOP)
        self.addCleanup(os.killpg, daemon.pid, signal.SIGCONT)
        done = self.refused(self.run_sudo(self.only_password), "daemon-timeout")
        self.assertLess(done.seconds, 8)

    def test_nitroctl_lists_no_plugin_for_it(self):
        """Where sudo-rs is the host's sudo, sudo.conf would be read by nobody."""
        private_host.mount("--bind", self.program, "/usr/bin/sudo")
        self.addCleanup(subprocess.run, ["umount", "/usr/bin/sudo"], check=True)
        done = HOST.run("nitroctl", "sudo", "enable")
        self.assertNotEqual(done.returncode, 0, done)
        self.assertIn("sudo-rs has no plugins; use pam_nitro(8)", done.stdout)
        self.assertFalse(os.path.exists("/etc/sudo.conf") and "sudo_nitro" in
                         pathlib.Path("/etc/sudo.conf").read_text())

    def test_what_is_not_authenticated_is_denied(self):
        """root, NOPASSWD, and what sudo-rs remembers."""
        for user in ("root", "signer"):
            with self.subTest(user):
                self.fresh_document()
                self.refused(self.run_sudo(self.only_password, user=user),
                             "verdict-missing")
        self.sudoers(timeout=5)
        self.fresh_document()
        done = self.run_sudo(self.only_password, "-v")
        self.allowed(done)
        twice = f"{self.program} -v && {self.program} id -un"
        self.fresh_document()
        self.mark = HOST.syslog.mark()
        done = terminal.run(["/bin/sh", "-c", twice], self.only_password,
                            pwd.getpwnam("operator"))
        self.refused(done, "verdict-missing")


class Prompts(SudoRs):
    def setUp(self):
        super().setUp()
        self.with_options("")

    def with_options(self, options):
        """The example of the manual, but asking."""
        self.install(SECTION, **{FILE.replace("/run", str(ROOM)): options})

    @staticmethod
    def questions(done):
        return [prompt for prompt in done.prompts if "nitro-attest/1" in prompt]

    def test_answers_in_parts(self):
        done = self.allowed(self.run_sudo(self.attest))
        self.assertGreater(len(self.questions(done)), 8)
        self.assertRegex(done.output, r"\[sudo: input needed\]? nitro-attest/1 nonce=")

    def test_from_standard_input(self):
        self.allowed(self.run_sudo(self.attest, "-S", *SHOW))

    def test_an_answer_has_511_characters_at_most(self):
        """One more, and sudo-rs itself gives up."""
        self.with_options("chunk=600 retry=3")
        for size, reason in ((511, "envelope-"), (512, "conversation-failed")):
            with self.subTest(size):
                answers = iter([PASSWORD, "1/1 " + "A" * (size - len("1/1 "))])
                done = self.run_sudo(lambda prompt: next(answers, None))
                self.assertNotEqual(done.status, 0, done)
                self.assertIn(f'reason="{reason}', self.log())

    def test_another_try(self):
        self.with_options("retry=3")
        tries = iter([PASSWORD, "nonsense", "1/2 AAAA", "2/2 AAAA"])
        done = self.run_sudo(lambda prompt: next(tries, None) or self.attest(prompt))
        self.allowed(done)
        self.assertEqual(self.log().count("decision=denied"), 2)

    def test_who_gives_up_is_refused(self):
        tries = iter([PASSWORD, "nonsense"] * 2)
        self.refused(self.run_sudo(lambda prompt: next(tries)), "answer-malformed")

    def test_ticket(self):
        done = HOST.run("nitro-attest", "submit", env={"NITRO_NSM": str(ROOM / "nsm.sock")})
        ticket = done.stdout.strip()
        self.assertRegex(ticket, "^[a-z2-7]{26}$", done)
        self.allowed(self.run_sudo(lambda prompt: f"ticket {ticket}" if "nitro-attest/1" in
                                   prompt else PASSWORD))
        self.refused(self.run_sudo(lambda prompt: f"ticket {ticket}" if "nitro-attest/1" in
                                   prompt else PASSWORD), "ticket-unknown")

    def test_askpass(self):
        usage = subprocess.run([self.program, "--help"], capture_output=True, text=True,
                               check=False).stdout
        if "askpass" not in usage:
            self.skipTest("this sudo-rs has no -A")
        self.stack("required pam_nitro.so")
        folder = ROOM / "operator"
        folder.mkdir(mode=0o700)
        shutil.chown(folder, "operator")
        done = self.without_terminal("-A", "id", "-un", env={
            "SUDO_ASKPASS": str(HOST.bin / "nitro-attest-askpass"), "PATH": "/usr/bin:/bin",
            "NITRO_NSM": str(ROOM / "nsm.sock"), "XDG_RUNTIME_DIR": str(folder)})
        self.assertEqual(self.allowed(done).stdout, "root\n")


class Messages(SudoRs):
    """sudo-rs wants silence from modules, but not for a shell."""

    REASON = "[sudo error] Access by attestation was refused: "

    def setUp(self):
        super().setUp()
        self.stack("required {nitro}")

    def test_of_a_denial(self):
        self.fresh_document(CHANGED)
        for arguments, is_shown in ((SHOW, False), (("-s", *SHOW), True),
                                    (("-i", *SHOW), True)):
            with self.subTest(arguments):
                done = self.run_sudo(self.give_up, *arguments)
                self.refused(done, "measurements-unknown")
                self.assertEqual(self.REASON in done.output, is_shown, done)

    def test_before_another_try(self):
        self.stack("required pam_nitro.so retry=2")
        tries = iter(["nonsense"])
        done = self.run_sudo(lambda prompt: next(tries, None) or self.attest(prompt),
                             "-s", *SHOW)
        self.assertIn("[sudo] Please try again.", self.allowed(done).output)

    def test_quiet(self):
        self.stack("required {nitro} quiet")
        self.fresh_document(CHANGED)
        done = self.refused(self.run_sudo(self.give_up, "-s", *SHOW), "measurements-unknown")
        self.assertNotIn("attestation", done.output)

    def test_without_terminal(self):
        """Nobody could read them; for a shell, "quiet" keeps sudo-rs from giving up."""
        text = ssh_scene.release_text("signer", "1", GOOD)
        HOST.configure("images.d/signer.conf", text + "state = retiring\n")
        HOST.run("nitroctl", "reload").check_returncode()
        self.addCleanup(HOST.run, "nitroctl", "reload")
        self.addCleanup(HOST.configure, "images.d/signer.conf", text)
        self.fresh_document()
        done = self.without_terminal("id", "-un")
        self.assertEqual(self.allowed(done).stdout, "root\n")
        self.stack("required {nitro} quiet")
        self.fresh_document()
        done = self.without_terminal("-s", "id", "-un")
        self.assertEqual(self.allowed(done).stdout, "root\n")


class Controls(SudoRs):
    """pam_unix before and behind."""

    UNIX = "required pam_unix.so nodelay"

    def outcome(self, evidence, password):
        (ROOM / "signer/document.cbor").unlink(missing_ok=True)
        if evidence:
            self.fresh_document(GOOD if evidence == "good" else CHANGED)
        done = self.run_sudo(lambda prompt: password, "id", "-un")
        self.assertEqual(done.status == 0, "root\r\n" in done.output, done)
        return done.status == 0

    def check(self, wanted, *auth):
        """`wanted`: of good evidence, a denial and no evidence, each with the right and a
        wrong password, whether the command is run."""
        self.write("/etc/pam.d/sudo", "".join(f"auth {line}\n" for line in auth).replace(
            "{nitro}", f"pam_nitro.so {FILE}") + "account required pam_unix.so\n")
        got = "".join("y" if self.outcome(evidence, password) else "n" for evidence in
                      ("good", "bad", None) for password in (PASSWORD, "wrong"))
        self.assertEqual(got, wanted, auth)

    def setUp(self):
        super().setUp()
        text = SUDOERS.format(timeout=0).replace("passwd_tries=2", "passwd_tries=1")
        pathlib.Path("/etc/sudoers").write_text(text)

    def test_both(self):
        self.check("ynnnnn", "required {nitro}", self.UNIX)
        self.check("ynnnnn", self.UNIX, "required {nitro}")

    def test_either(self):
        self.check("yyynyn", "sufficient {nitro}", self.UNIX)

    def test_evidence_alone(self):
        self.check("yynnnn", "[success=done default=die] {nitro}", "required pam_permit.so")

    def test_evidence_that_was_passed_over(self):
        """The account phase notices."""
        self.stack("sufficient pam_unix.so nodelay", "required {nitro}")
        self.fresh_document()
        self.refused(self.run_sudo(self.only_password), "verdict-missing")

    def test_the_password_only_where_nobody_could_judge(self):
        self.check("yynnyn", "[success=done authinfo_unavail=ignore default=die] {nitro}",
                   self.UNIX)


if __name__ == "__main__":
    private_host.enter_or_skip(private_host.why_not(BUILD) or (
        None if find_sudo_rs() else
        "sudo-rs is not installed, and NITRO_SUDO_RS does not name it"))
    unittest.main(verbosity=2)
