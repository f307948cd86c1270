# SPDX-License-Identifier: Apache-2.0
"""The stacks that pam_nitro(8) and README show, as they stand there, in the programs
that they are for: sshd, login, su, sudo, polkit's helper and a program without
privileges; each let in by attestation, and refused without. The real daemon on a
private host."""
import base64
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys
import time
import unittest

TOP = pathlib.Path(os.environ.setdefault(
    "top_srcdir", str(pathlib.Path(__file__).resolve().parents[2])))
BUILD = pathlib.Path(os.environ.setdefault("top_builddir", os.getcwd()))
sys.path.insert(0, str(TOP / "tests/support"))
try:
    import paramiko
except ImportError:
    print("SKIPPED: python3-paramiko is not installed")
    sys.exit(77)
import private_host  # noqa: E402
import ssh_scene     # noqa: E402
import stack_scene   # noqa: E402
import terminal      # noqa: E402
from stack_scene import GOOD, PASSWORD, RULES, STACKS, StackCase as Stack  # noqa: E402

ROOM = private_host.ROOM
HELPER = "/usr/lib/polkit-1/polkit-agent-helper-1"


def stack_of_readme():
    """The lines that README puts around those of /etc/pam.d/sshd, and sshd's own."""
    text = (TOP / "README.md").read_text(encoding="utf-8")
    blocks = [re.sub("^       ", "", block, flags=re.M) for block in
              re.findall(r"(?:^       \S.*\n(?:^ {7,}.*\n)*)", text, re.M)]
    auth, session = [block for block in blocks if "pam_nitro.so" in block]
    sshd = next(block for block in blocks if "KbdInteractiveAuthentication" in block)
    return auth, session, sshd


# What matters of Debian's own: its pam_env lets users write the environment of PAM.
SSHD_OF_DEBIAN = """@include common-auth
account required pam_nologin.so
@include common-account
session required pam_loginuid.so
@include common-session
session required pam_env.so user_readenv=1 envfile=/etc/default/locale
"""


def sshd_with_readme():
    """Debian's stack with the lines of README where README wants them."""
    auth, session, _ = stack_of_readme()
    anchor = "@include common-session"
    text = (TOP / "README.md").read_text(encoding="utf-8")
    assert f"right behind `{anchor}`" in text
    return auth + SSHD_OF_DEBIAN.replace(f"{anchor}\n", f"{anchor}\n{session}")


HOST = None


def setUpModule():
    global HOST
    HOST = Stack.host = stack_scene.StackScene(
        BUILD, ("signer", "operator", "stranger", "keyed", "both"))
    # polkitd is started by hand.
    (ROOM / "empty").mkdir()
    private_host.mount("--bind", ROOM / "empty", "/usr/share/dbus-1/system-services")


def tearDownModule():
    HOST.stop_all()


class Su(Stack):
    COMMAND = ["/usr/bin/su", "signer", "-c", "id -un; env"]

    def su(self, answer, user="operator"):
        return terminal.run(self.COMMAND, answer, pwd.getpwnam(user))

    def test_evidence_lets_in(self):
        self.install("su")
        self.fresh_document()
        done = self.su(self.give_up)
        self.assertEqual((done.status, done.prompts), (0, []), done)
        self.assertIn("signer", done.output)
        self.assertIn("NITRO_IMAGE=signer", done.output)
        self.assertIn("NITRO_LEVEL=2", done.output)

    def test_the_verdict_ends_with_the_session(self):
        self.install("su")
        self.fresh_document()
        self.assertEqual(self.su(self.give_up).status, 0)
        self.assertNotIn('"su"', self.verdicts())

    def test_the_password_is_the_other_way(self):
        self.install("su")
        done = self.su(self.only_password)
        self.assertEqual(done.status, 0, done)
        self.assertNotIn("NITRO_", done.output)
        self.assertIn("document-unreadable", self.log())

    def test_neither(self):
        self.install("su")
        self.fresh_document({**GOOD, 0: ssh_scene.measurement("changed")})
        done = self.su(self.give_up)
        self.assertNotEqual(done.status, 0, done)
        self.assertNotIn("NITRO_", done.output)
        self.assertIn("measurements-unknown", self.log())

    def test_root_needs_nothing(self):
        self.install("su")
        self.assertEqual(self.su(self.give_up, "root").status, 0)

    def test_by_prompt_with_several_tries(self):
        self.install("su", **{
            "quiet source=file:/run/nitro/signer/document.cbor": "retry=3"})
        tries = iter(["password", "1/2 AAAA", "2/2 AAAA"])
        done = self.su(lambda prompt: next(tries, None) or self.attest(prompt))
        self.assertEqual(done.status, 0, done)
        self.assertEqual(done.output.count("Please try again."), 2)
        self.assertIn("NITRO_LEVEL=2", done.output)


class Login(Stack):
    def login(self, answer):
        return terminal.run(["/usr/bin/setsid", "-w", "-c", "/usr/bin/login", "signer"],
                            answer)

    def test_evidence_and_password(self):
        self.install("login")
        shell = ROOM / "shell"
        shell.write_text("#!/bin/sh\nid -un\nenv\n")
        shell.chmod(0o755)
        subprocess.run(["usermod", "-s", shell, "signer"], check=True)
        self.addCleanup(subprocess.run, ["usermod", "-s", "/bin/sh", "signer"], check=True)
        done = self.login(self.attest)
        self.assertEqual(done.status, 0, done)
        self.assertIn("NITRO_LEVEL=2", done.output)
        verdict = re.search("NITRO_VERDICT=(v[0-9a-f]{32})", done.output)[1]
        self.assertNotIn(verdict, self.verdicts())

    def test_the_password_alone(self):
        self.install("login")
        done = self.login(self.only_password)
        self.assertNotIn("NITRO_", done.output)
        self.assertIn("Login incorrect", done.output)


class Sudo(Stack):
    def sudo(self, answer, *arguments, user="operator"):
        return terminal.run(["/usr/bin/sudo", *(arguments or ["sh", "-c", "id -un; env"])],
                            answer, pwd.getpwnam(user))

    def test_evidence_and_password(self):
        self.install("sudo, and sudo-rs")
        self.fresh_document()
        done = self.sudo(self.only_password)
        self.assertEqual(done.status, 0, done)
        self.assertIn("root", done.output)
        self.assertIn("NITRO_RELEASE=1", done.output)

    def test_the_session_of_another_user(self):
        """PAM_USER changes between authentication and session."""
        self.install("sudo, and sudo-rs")
        self.fresh_document()
        done = self.sudo(self.only_password, "-u", "signer", "sh", "-c", "id -un; env")
        self.assertEqual(done.status, 0, done)
        self.assertIn("NITRO_RELEASE=1", done.output)

    def test_a_mistyped_password_does_not_use_the_document_up(self):
        """sudo begins again, with the same document."""
        self.install("sudo, and sudo-rs")
        self.fresh_document()
        tries = iter(["wrong"])
        done = self.sudo(lambda prompt: next(tries, PASSWORD))
        self.assertEqual(done.status, 0, done)
        self.assertIn("NITRO_RELEASE=1", done.output)

    def test_the_password_alone(self):
        self.install("sudo, and sudo-rs")
        done = self.sudo(self.only_password)
        self.assertNotEqual(done.status, 0, done)
        self.assertIn("document-unreadable", self.log())

    def test_by_prompt(self):
        """sudo refuses answers of 512 characters."""
        self.install("sudo, and sudo-rs", **{
            "source=file:/run/nitro/signer/document.cbor": ""})
        done = self.sudo(self.attest)
        self.assertEqual(done.status, 0, done)
        self.assertGreater(len([p for p in done.prompts if "nitro-attest/1" in p]), 1)
        self.install("sudo, and sudo-rs", **{
            "source=file:/run/nitro/signer/document.cbor": "chunk=600"})
        done = self.sudo(self.attest)
        self.assertNotEqual(done.status, 0, done)

    def test_what_is_not_authenticated_is_denied(self):
        self.install("sudo, and sudo-rs")
        done = self.sudo(self.only_password, user="root")
        self.assertNotEqual(done.status, 0, done)
        self.assertIn("verdict-missing", self.log())


class Locker(Stack):
    """A program that runs as the user: it may ask about him and nobody else."""

    def unlock(self, user, locked="signer", answers=()):
        script = ROOM / "answers"
        script.write_text("".join(f"{line}\n" for line in answers))
        return subprocess.run(
            ["setpriv", "--reuid", user, "--regid", user, "--clear-groups",
             BUILD / "tests/support/pam_host", "--do", "authenticate,account,env",
             "/etc/pam.d", "swaylock", locked, script],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)

    def test_unlocks_for_its_user(self):
        self.install("Screen lockers")
        self.fresh_document()
        done = self.unlock("signer")
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("env NITRO_VERDICT=v", done.stdout)

    def test_asks_about_nobody_else(self):
        self.write("/etc/pam.d/swaylock",
                   "auth required pam_nitro.so source=file:/run/signer/document.cbor\n"
                   "account required pam_nitro.so\n")
        self.fresh_document()
        done = self.unlock("stranger")
        self.assertNotEqual(done.returncode, 0, done)
        self.assertIn("org.nitro.Policy1.Error.AccessDenied", self.log())

    def test_a_verdict_of_another_caller_is_unknown(self):
        """What root was allowed about a user is not his to use, by id or otherwise."""
        self.install("Screen lockers")
        self.fresh_document()
        first = self.unlock("root")
        self.assertEqual(first.returncode, 0, first)
        verdict = re.search(r"NITRO_VERDICT=(v[0-9a-f]{32})", first.stdout)[1]
        self.write("/etc/pam.d/swaylock", "account required pam_nitro.so\n")
        done = subprocess.run(
            ["setpriv", "--reuid", "signer", "--regid", "signer", "--clear-groups",
             BUILD / "tests/support/pam_host", f"--env=NITRO_VERDICT={verdict}",
             "--do", "account", "/etc/pam.d", "swaylock", "signer", "/dev/null"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        self.assertNotEqual(done.returncode, 0, done)
        self.assertIn("verdict-unknown", self.log())


class Controls(Stack):
    """pam_unix before and behind, and what libpam makes of each outcome."""

    FILE = "source=file:/run/signer/document.cbor"

    def outcome(self, stack, evidence, password):
        """Whether the stack let signer in."""
        self.write("/etc/pam.d/nitro-trial", stack.format(nitro=f"pam_nitro.so {self.FILE} "
                                                          "service=login quiet"))
        (ROOM / "signer/document.cbor").unlink(missing_ok=True)
        if evidence:
            self.fresh_document(GOOD if evidence == "good" else
                                {**GOOD, 0: ssh_scene.measurement("changed")})
        script = ROOM / "answers"
        script.write_text(f"{password}\n")
        done = subprocess.run(
            [BUILD / "tests/support/pam_host", "--do", "authenticate,setcred",
             "/etc/pam.d", "nitro-trial", "signer", script],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        return done.returncode == 0

    def check(self, stack, wanted):
        """`wanted`: of good evidence, a denial and no evidence, each with the right and a
        wrong password, whether it lets in."""
        got = "".join(
            "y" if self.outcome(stack, evidence, password) else "n"
            for evidence in ("good", "bad", None) for password in (PASSWORD, "wrong"))
        self.assertEqual(got, wanted, stack)

    def test_both_in_either_order(self):
        for control in ("required", "requisite", "[success=ok default=die]"):
            self.check(f"auth {control} {{nitro}}\nauth required pam_unix.so nodelay\n",
                       "ynnnnn")
            self.check(f"auth required pam_unix.so nodelay\nauth {control} {{nitro}}\n",
                       "ynnnnn")

    def test_evidence_or_password(self):
        self.check("auth sufficient {nitro}\nauth required pam_unix.so nodelay\n", "yyynyn")
        self.check("auth sufficient pam_unix.so nodelay\nauth required {nitro}\n", "yyynyn")

    def test_evidence_alone(self):
        self.check("auth [success=done default=die] {nitro}\nauth required pam_permit.so\n",
                   "yynnnn")
        self.check("auth sufficient {nitro}\nauth required pam_deny.so\n", "yynnnn")

    def test_password_only_where_nobody_could_judge(self):
        self.check("auth [success=done authinfo_unavail=ignore default=die] {nitro}\n"
                   "auth required pam_unix.so nodelay\n", "yynnyn")

    def test_optional_counts_only_alone(self):
        self.check("auth optional {nitro}\nauth required pam_unix.so nodelay\n", "ynynyn")
        self.check("auth optional {nitro}\n", "yynnnn")


class BetweenPhases(Stack):
    """What happens to the daemon and its policy while a login is under way."""

    STEPS = ["authenticate,setcred", "account", "open,env"]

    def setUp(self):
        super().setUp()
        self.write("/etc/pam.d/nitro-trial", "".join(
            f"{group} required pam_nitro.so {Controls.FILE} service=login\n"
            for group in ("auth", "account", "session")))
        self.fresh_document()
        self.addCleanup(HOST.start_daemon)
        self.addCleanup(HOST.configure, "rules.d/10-gates.conf", RULES)

    def log_in(self, at, event):
        """`event` happens before step `at`; what pam_host printed."""
        steps = ",".join([*self.STEPS[:at], "pause", *self.STEPS[at:], "close"])
        with subprocess.Popen(
                [BUILD / "tests/support/pam_host", "--do", steps, "/etc/pam.d",
                 "nitro-trial", "signer", "/dev/null"], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, text=True) as host:
            shown = ""
            while "paused" not in shown:
                line = host.stdout.readline()
                self.assertTrue(line, shown)
                shown += line
            event()
            shown += host.communicate("\n", timeout=30)[0]
        return shown

    def failed(self, shown, at, reason):
        phase, code = (("account", 6), ("open", 14))[at - 1]
        self.assertIn(f"{phase} {code}\n", shown)
        self.assertNotIn("NITRO_LEVEL", shown)
        self.assertIn(reason, self.log())

    @staticmethod
    def reload():
        HOST.run("nitroctl", "reload").check_returncode()

    def test_a_restart_forgets_nothing(self):
        for at in range(3):
            with self.subTest(before=self.STEPS[at]):
                shown = self.log_in(at, HOST.start_daemon)
                self.assertIn("close 0\n", shown)
                self.assertIn("NITRO_LEVEL=2", shown)
                self.fresh_document()

    def test_a_daemon_that_lost_its_state(self):
        def lose():
            HOST.stop("daemon")
            for path in (ROOM / "runtime/verdicts").iterdir():
                path.unlink()
            HOST.start_daemon()

        for at, reason in ((1, "verdict-unknown"), (2, "NoSuchVerdict")):
            self.failed(self.log_in(at, lose), at, reason)
            self.fresh_document()

    def test_a_rule_that_goes_away(self):
        def change():
            HOST.configure("rules.d/10-gates.conf", RULES.replace("service = login",
                                                                  "service = nologin"))
            self.reload()

        for at, reason in ((1, "no-rule"), (2, "NoSuchVerdict")):
            self.failed(self.log_in(at, change), at, reason)
            HOST.configure("rules.d/10-gates.conf", RULES)
            self.reload()
            self.fresh_document()

    def revoke(self):
        for verdict in set(re.findall("v[0-9a-f]{32}", self.verdicts())):
            HOST.run("nitroctl", "verdict", "revoke", verdict, "--why", "test")

    def test_a_verdict_that_is_revoked(self):
        for at, reason in ((1, "verdict-unknown"), (2, "NoSuchVerdict")):
            self.failed(self.log_in(at, self.revoke), at, reason)
            self.fresh_document()


class Twice(BetweenPhases):
    """The module by itself, and in a file that is included."""

    def setUp(self):
        super().setUp()
        self.write("/etc/pam.d/nitro-included", "session required pam_nitro.so\n")
        with open("/etc/pam.d/nitro-trial", "a", encoding="ascii") as stack:
            stack.write("session include nitro-included\n")

    def test_again_after_a_revocation(self):
        self.STEPS = [*BetweenPhases.STEPS, "open"]
        shown = self.log_in(3, lambda: None)
        self.assertEqual(re.findall(r"open \d+", shown), ["open 0", "open 0"])
        self.fresh_document()
        shown = self.log_in(3, self.revoke)
        self.assertEqual(re.findall(r"open \d+", shown), ["open 0", "open 14"])
        self.assertIn("NoSuchVerdict", self.log())


class Polkit(Stack):
    """polkit's setuid helper: one line for each answer, at most 511 characters."""

    def help(self, answer):
        with subprocess.Popen([HELPER, "signer"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as helper:
            helper.stdin.write("cookie\n")
            helper.stdin.flush()
            lines = []
            for line in helper.stdout:
                lines.append(line.rstrip("\n"))
                if line.startswith("PAM_PROMPT"):
                    helper.stdin.write(answer(line.split(" ", 1)[1].strip()) + "\n")
                    helper.stdin.flush()
            helper.wait(20)
        return lines

    def test_evidence_passes_both_phases(self):
        self.install("polkit")
        lines = self.help(self.attest)
        self.assertGreater(len(lines), 2)
        log = self.log()
        self.assertIn("pam_nitro(polkit-1:auth)", log)
        self.assertIn("pam_nitro(polkit-1:account)", log)
        self.assertEqual(len(re.findall("polkit-1:.*decision=allowed", log)), 2, log)

    def test_no_evidence(self):
        self.install("polkit")
        lines = self.help(lambda prompt: "nonsense")
        self.assertEqual(lines[-1], "FAILURE")
        self.assertIn("answer-malformed", self.log())

    def test_longer_answers_are_cut_by_the_helper(self):
        self.install("polkit", **{"auth     required  " + str(HOST.module):
                                  "auth required " + str(HOST.module) + " chunk=600"})
        self.assertEqual(self.help(self.attest)[-1], "FAILURE")
        self.assertNotIn("decision=allowed", self.log())


class PolkitWhole(Stack):
    """polkitd, an agent at the terminal, and its helper: operator asks, signer answers."""

    @classmethod
    def setUpClass(cls):
        rules = pathlib.Path("/etc/polkit-1/rules.d")
        (rules / "10-signer.rules").write_text(
            'polkit.addAdminRule(function() { return ["unix-user:signer"]; });\n')
        shutil.chown(rules, "polkitd")
        HOST.start("polkit", ["/usr/lib/polkit-1/polkitd", "--no-debug"],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        private_host.wait_for(lambda: subprocess.run(
            ["busctl", "status", "org.freedesktop.PolicyKit1"], capture_output=True,
            check=False).returncode == 0, "polkitd did not start")

    def ask(self, answer):
        return terminal.run(
            ["/bin/sh", "-c", "exec pkcheck --action-id org.freedesktop.policykit.exec "
             "--process $$ --allow-user-interaction --enable-internal-agent"],
            answer, pwd.getpwnam("operator"))

    def test_evidence_authorizes(self):
        self.install("polkit")
        done = self.ask(self.attest)
        self.assertEqual(done.status, 0, done)
        self.assertIn("AUTHENTICATION COMPLETE", done.output)
        self.assertIn("pam_nitro(polkit-1:account)", self.log())

    def test_nothing_else_does(self):
        self.install("polkit")
        done = self.ask(self.only_password)
        self.assertNotEqual(done.status, 0, done)


class Sshd(Stack):
    def start(self, section, methods):
        self.install(section)
        HOST.run_sshd(methods)

    def test_by_prompt(self):
        self.start("sshd, by prompt", "keyboard-interactive:pam")
        login = HOST.log_in("signer", command="id -un")
        self.assertTrue(login.allowed, login)
        self.assertIn("pam_nitro(sshd:account)", login.admin)
        login = HOST.log_in("signer", command="env; ls -l /proc/self/fd")
        for name in ("VERDICT=v", "LEVEL=2", "IMAGE=signer", "RELEASE=1", "MODULE_ID=i-"):
            self.assertIn(f"NITRO_{name}", login.output)
        self.assertNotIn("socket:", login.output)
        self.assertNotIn("DBUS", login.output)

    def test_the_verdict_lives_as_long_as_the_session(self):
        self.start("sshd, by prompt", "keyboard-interactive:pam")
        ask = "echo id=$NITRO_VERDICT; busctl --system call org.nitro.Policy1 " \
              "/org/nitro/Policy1 org.nitro.Policy1.Manager GetVerdict s $NITRO_VERDICT"
        login = HOST.log_in("signer", command=ask)
        self.assertIn('"State" s "attached"', login.output)
        verdict = re.search("id=(v[0-9a-f]{32})", login.output)[1]
        private_host.wait_for(lambda: verdict not in self.verdicts(),
                              "the verdict outlived its session")

    def test_for_some_users(self):
        self.start("sshd, for some users", "keyboard-interactive:pam")
        self.assertTrue(HOST.log_in("signer").allowed)
        password = ROOM / "password"
        password.write_text(f"#!/bin/sh\necho '{PASSWORD}'\n")
        password.chmod(0o755)
        self.assertTrue(HOST.log_in("operator", password).allowed)
        self.assertFalse(HOST.log_in("signer", password).allowed)
        self.assertFalse(HOST.log_in("operator").allowed)

    def test_the_lines_of_readme(self):
        *_, sshd = stack_of_readme()
        self.write("/etc/pam.d/sshd", sshd_with_readme())
        before, match = sshd.split("Match", 1)
        HOST.run_sshd("any", before.splitlines(), ("Match" + match).splitlines())
        self.assertTrue(HOST.log_in("signer").allowed)
        self.assertIn("NITRO_IMAGE=signer", HOST.log_in("signer", command="env").output)
        password = ROOM / "password"
        password.write_text(f"#!/bin/sh\necho '{PASSWORD}'\n")
        password.chmod(0o755)
        self.assertFalse(HOST.log_in("signer", password).allowed)
        HOST.stop("daemon")
        self.addCleanup(HOST.start_daemon)
        self.assertTrue(HOST.log_in("operator", password).allowed, "whatever the daemon does")
        self.assertFalse(HOST.log_in("signer").allowed)


class SshdKeys(Stack):
    """sshd verifies keys; what they are worth is asked in the account phase."""

    def setUp(self):
        super().setUp()
        self.key = ROOM / "enclave_key"
        for path in ROOM.glob("enclave_key*"):
            path.unlink()
        (ROOM / "authorized_keys").unlink(missing_ok=True)

    def make_certificate(self, user, name="enclave_key"):
        done = HOST.run("nitro-attest", "ssh-cert", "--user", user, "--output", ROOM / name,
                        "--nsm", ROOM / "nsm.sock", "--force")
        self.assertEqual(done.returncode, 0, done)

    def authorize(self, prefix="", name="enclave_key"):
        public = (ROOM / name).with_suffix(".pub").read_text()
        with open(ROOM / "authorized_keys", "a", encoding="ascii") as file:
            file.write(f"{prefix}{public}")

    def make_plain_key(self, name="enclave_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", ROOM / name],
                       check=True)

    def start(self, section, **replaced):
        """With the sshd_config of the manual, too."""
        self.install(section)
        config = STACKS[section]["/etc/ssh/sshd_config"]
        for old, new in replaced.items():
            self.assertIn(old, config)
            config = config.replace(old, new)
        HOST.run_sshd("none", config.splitlines())

    def alone(self):
        """Keys and certificates come from a file, not from nitro-authorized-keys."""
        self.start("sshd, by key alone", AuthorizedKeysCommand="# ")

    def log_in(self, user, name="enclave_key", **options):
        return HOST.log_in(user, options=["-i", ROOM / name, "-o", "IdentitiesOnly=yes"],
                           **options)

    def hold(self, user):
        """A login by the certificate that lasts until its input ends."""
        hold = subprocess.Popen(
            ["ssh", "-F", "none", "-p", str(HOST.port), "-i", self.key, "-o",
             f"UserKnownHostsFile={HOST.home}/known_hosts", "-o", "IdentitiesOnly=yes",
             f"{user}@127.0.0.1", "echo open; cat"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(hold.kill)
        self.assertEqual(hold.stdout.readline(), "open\n")
        return hold

    def test_a_certificate_that_carries_its_document(self):
        self.make_certificate("keyed")
        self.authorize("cert-authority ")
        self.alone()
        login = self.log_in("keyed")
        self.assertTrue(login.allowed, login)
        self.assertNotIn("pam_nitro(sshd:auth)", login.admin)
        self.assertIn("pam_nitro(sshd:session)", login.admin)
        login = self.log_in("keyed", command="env")
        self.assertIn("NITRO_LEVEL=2", login.output)
        self.assertIn("NITRO_VERDICT=v", login.output)

    def test_as_in_the_manual(self):
        """nitro-authorized-keys asks first; the session takes the verdict over."""
        self.make_certificate("keyed")
        self.start("sshd, by key alone", **{"/usr/sbin/": f"{HOST.bin}/"})
        login = self.log_in("keyed", command="env")
        verdict = re.search("NITRO_VERDICT=(v[0-9a-f]{32})", login.output)[1]
        self.assertEqual(len(re.findall("pam_nitro.sshd:session.*decision=allowed",
                                        login.admin)), 1)
        self.assertLess(login.admin.index("nitro-authorized-keys"),
                        login.admin.index(f'verdict="{verdict}"'))
        HOST.start_enclave({**GOOD, 0: ssh_scene.measurement("changed")})
        self.make_certificate("keyed")
        self.assertFalse(self.log_in("keyed").allowed)

    def test_a_certificate_of_a_changed_enclave(self):
        HOST.start_enclave({**GOOD, 0: ssh_scene.measurement("changed")})
        self.make_certificate("keyed")
        self.authorize("cert-authority ")
        self.alone()
        login = self.log_in("keyed")
        self.assertFalse(login.allowed, login)
        self.assertIn("measurements-unknown", login.admin)

    def test_a_plain_key_of_nobody(self):
        self.make_plain_key()
        self.authorize()
        self.alone()
        login = self.log_in("keyed")
        self.assertFalse(login.allowed, login)
        self.assertIn("verdict-unknown", login.admin)

    def test_a_plain_key_while_its_verdict_lives(self):
        """The certificate's session holds a verdict that is bound to the key."""
        self.make_certificate("keyed")
        self.authorize("cert-authority ")
        self.alone()
        (ROOM / "plain_key").unlink(missing_ok=True)
        (ROOM / "plain_key").write_bytes(self.key.read_bytes())
        (ROOM / "plain_key").chmod(0o600)
        hold = self.hold("keyed")
        self.authorize()
        login = self.log_in("keyed", "plain_key", command="env")
        self.assertIn("NITRO_VERDICT=v", login.output)
        first = re.search("NITRO_VERDICT=(v[0-9a-f]{32})", login.output)[1]
        self.assertTrue(self.log_in("keyed", "plain_key").allowed)
        hold.communicate("")
        self.assertNotIn(first, self.verdicts())
        private_host.wait_for(lambda: "keyed" not in self.verdicts(), "they outlived it")
        self.assertFalse(self.log_in("keyed", "plain_key").allowed)

    def claim(self, text=None):
        """What pam_env reads in the user's home, from now on."""
        text = "" if text is None else f'SSH_AUTH_INFO_0 DEFAULT="{text}"\n'
        claims = pathlib.Path(pwd.getpwnam("signer").pw_dir, ".pam_environment")
        claims.write_text(f"{text}CLAIMS DEFAULT=read\n", encoding="ascii")
        self.addCleanup(claims.unlink, missing_ok=True)

    def test_a_key_that_the_user_only_claims(self):
        """His own file says that he has proven the enclave's key, which is in use."""
        self.make_certificate("signer")
        self.make_plain_key("own_key")
        self.addCleanup((ROOM / "own_key").unlink)
        self.authorize("cert-authority ")
        self.authorize(name="own_key")
        key = " ".join(self.key.with_suffix(".pub").read_text("ascii").split()[:2])
        _, session, _ = stack_of_readme()
        for stack, reason in ((sshd_with_readme(), "verdict-unknown"),
                              (SSHD_OF_DEBIAN + session, "ssh-keys-claimed")):
            self.write("/etc/pam.d/sshd", stack)
            HOST.run_sshd("publickey")
            hold = self.hold("signer")
            for text in (f"publickey {key}", f"publickey {key} ${{SSH_AUTH_INFO_0}}",
                         f"publickey {key}${{SSH_AUTH_INFO_0}}",
                         f"${{SSH_AUTH_INFO_0}}publickey {key}"):
                self.claim(text)
                login = self.log_in("signer", "own_key")
                self.assertFalse(login.allowed, (stack, text, login))
                self.assertRegex(login.admin, f"{reason}|ssh-keys-malformed|InvalidArgument")
            self.claim()
            self.assertIn("CLAIMS=read", self.log_in("signer", command="env").output)
            hold.communicate("")

    def test_a_session_that_is_not_opened_does_nothing(self):
        """No command, no subsystem, no forwarding; without `require` the key is enough."""
        self.make_plain_key()
        self.authorize()
        self.alone()
        mark = ROOM / "mark"
        self.assertFalse(self.log_in("keyed", command=f"touch {mark}").allowed)
        ssh = ["-F", "none", "-i", self.key, "-o", "IdentitiesOnly=yes", "-o",
               f"UserKnownHostsFile={HOST.home}/known_hosts", "-o", "BatchMode=yes"]
        sftp = subprocess.run(
            ["sftp", *ssh, "-P", str(HOST.port), "keyed@127.0.0.1"], input=f"mkdir {mark}\n",
            capture_output=True, text=True, check=False, timeout=30)
        self.assertNotEqual(sftp.returncode, 0, sftp)
        with subprocess.Popen(["ssh", *ssh, "-p", str(HOST.port), "-W",
                               f"127.0.0.1:{HOST.port}", "keyed@127.0.0.1"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as forward:
            output, errors = forward.communicate(timeout=30)
        self.assertEqual(output, b"", "a connection was forwarded")
        self.assertIn(b"administratively prohibited", errors)
        self.assertFalse(mark.exists())
        self.install("sshd, by key alone", **{"so require\n": "so\n"})
        login = self.log_in("keyed")
        self.assertTrue(login.allowed, login)

    def test_a_key_that_another_method_follows(self):
        """sshd tells the account phase of it."""
        self.make_certificate("keyed")
        self.authorize("cert-authority ")
        self.install("sshd, by prompt", **{"auth     required  " + str(HOST.module):
                                           "auth     required  pam_unix.so"})
        HOST.run_sshd("publickey,keyboard-interactive:pam")
        password = ROOM / "password"
        password.write_text(f"#!/bin/sh\necho '{PASSWORD}'\n")
        password.chmod(0o755)
        subprocess.run(["chpasswd"], input=f"keyed:{PASSWORD}", text=True, check=True)
        login = self.log_in("keyed", askpass=password)
        self.assertTrue(login.allowed, login)
        self.assertIn("pam_nitro(sshd:account)", login.admin)

    def test_key_and_prompt_bound_to_each_other(self):
        self.make_plain_key()
        self.make_plain_key("enclave_key2")
        self.authorize()
        self.authorize(name="enclave_key2")
        blob = ROOM / "blob"
        blob.write_bytes(base64.b64decode(
            self.key.with_suffix(".pub").read_text().split()[1]))
        self.start("sshd, by prompt")
        of_key = {"NITRO_PUBLIC_KEY_FILE": str(blob)}
        login = self.log_in("both", environment=of_key)
        self.assertTrue(login.allowed, login)
        login = self.log_in("both", "enclave_key2", environment=of_key)
        self.assertFalse(login.allowed, login)
        self.assertIn("ssh-key-different", login.admin)
        login = self.log_in("both")
        self.assertFalse(login.allowed, login)


class OtherClients(Stack):
    """paramiko: an SSH client of its own, which answers as a program likes."""

    def setUp(self):
        super().setUp()
        self.install("sshd, by prompt", **{
            f"auth     required  {HOST.module}": f"auth required {HOST.module} chunk=22000"})
        HOST.run_sshd("keyboard-interactive:pam", ["MaxAuthTries 2"])

    def connect(self):
        transport = paramiko.Transport(("127.0.0.1", HOST.port))
        self.addCleanup(transport.close)
        transport.start_client(timeout=20)
        return transport

    def log_in(self, answer, user="signer"):
        """`answer` gets transport and prompt. Whether it was let in."""
        transport, prompts = self.connect(), []

        def handler(_title, _instructions, fields):
            prompts.extend(text for text, _ in fields)
            return [answer(transport, text) for text, _ in fields]

        begin = time.monotonic()
        try:
            transport.auth_interactive(user, handler)
        except (paramiko.SSHException, EOFError, OSError):
            pass
        self.assertLess(time.monotonic() - begin, 15)
        return transport, [text for text in prompts if text]

    def document(self, prompt):
        nonce = re.search("nonce=([A-Za-z0-9_-]{43}) ", prompt)[1]
        path = ROOM / "paramiko.cbor"
        HOST.run("nitro-attest", "document", "--output", path, "--nonce",
                 base64.urlsafe_b64decode(nonce + "=").hex(),
                 env={"NITRO_NSM": str(ROOM / "nsm.sock")}).check_returncode()
        return base64.urlsafe_b64encode(path.read_bytes()).decode().rstrip("=")

    def whole(self, _transport, prompt):
        return "1/1 " + self.document(prompt)

    def test_one_part(self):
        transport, prompts = self.log_in(self.whole)
        self.assertTrue(transport.is_authenticated(), self.log())
        self.assertEqual(len(prompts), 1)
        channel = transport.open_session(timeout=20)
        channel.exec_command("echo $NITRO_VERDICT")
        verdict = channel.makefile().read().decode().strip()
        self.assertRegex(verdict, "^v[0-9a-f]{32}$")

    def test_openssh_answers_the_same_prompt_in_parts(self):
        self.assertTrue(HOST.log_in("signer").allowed)

    def refused(self, answer, reason):
        transport, _ = self.log_in(answer)
        self.assertFalse(transport.is_authenticated())
        log = "\n".join(line for line in self.log().splitlines() if "sshd:auth" in line)
        self.assertIn(reason, log)
        self.assertNotIn("decision=allowed", log)
        transport, _ = self.log_in(self.whole)
        self.assertTrue(transport.is_authenticated(), "the next one is let in")

    def test_out_of_order(self):
        self.refused(lambda _, prompt: "2/2 " + self.document(prompt), "answer-wrong-part")

    def test_the_same_answer_twice(self):
        halves = []

        def answer(_, prompt):
            halves.append(halves[0] if halves else "1/2 " + self.document(prompt)[:400])
            return halves[-1]

        self.refused(answer, "answer-wrong-part")

    def test_a_nul(self):
        """sshd ends the connection; one at the end is that of C, and taken away."""
        self.refused(lambda _, prompt: "1/1 " + self.document(prompt)[:40] + "\0" +
                     self.document(prompt)[40:], "")

    def test_longer_than_the_prompt_allows(self):
        self.refused(lambda _, prompt: "1/1 " + "A" * 22000, "answer-too-long")

    def test_a_megabyte(self):
        """sshd ends the connection."""
        self.refused(lambda _, prompt: "1/1 " + "A" * 1000000, "")

    def test_hang_up_leaves_nothing(self):
        def hang_up(transport, _prompt):
            transport.close()
            return "x"

        transport, prompts = self.log_in(hang_up)
        self.assertFalse(transport.is_authenticated())
        self.assertEqual(len(prompts), 1)

        def children():
            return subprocess.run(["pgrep", "-c", "-P", str(HOST.processes["sshd"].pid)],
                                  capture_output=True, text=True, check=False).stdout

        private_host.wait_for(lambda: children().strip() == "0",
                              "a process waits for an answer that never comes")

    def test_an_answer_of_an_earlier_login(self):
        kept = []

        def keep(_, prompt):
            kept.append("1/1 " + self.document(prompt))
            return kept[0]

        transport, _ = self.log_in(keep)
        self.assertTrue(transport.is_authenticated())
        self.mark = HOST.syslog.mark()
        transport, _ = self.log_in(lambda _, prompt: kept[0])
        self.assertFalse(transport.is_authenticated())
        self.assertIn("nonce-different", self.log())


if __name__ == "__main__":
    private_host.enter_or_skip(private_host.why_not(BUILD))
    unittest.main(verbosity=2)
