# SPDX-License-Identifier: Apache-2.0
"""The real pam_nitro.so in every phase of a small login program, with daemons that
misbehave: what is asked, what is believed, what is left for the session, and that a
daemon which forgets, stops or lies between two phases lets nobody in."""
import base64
import os
import pathlib
import signal
import sys
import unittest

TOP = pathlib.Path(os.environ.setdefault(
    "top_srcdir", str(pathlib.Path(__file__).resolve().parents[2])))
BUILD = pathlib.Path(os.environ.setdefault("top_builddir", os.getcwd()))
sys.path.insert(0, str(TOP / "tests/support"))
import gate_scene    # noqa: E402
import private_host  # noqa: E402

SUCCESS, SERVICE_ERR, PERM_DENIED, AUTH_ERR, AUTHINFO_UNAVAIL = 0, 3, 6, 7, 9
SESSION_ERR, IGNORE = 14, 25
ID = "v0123456789abcdef0123456789abcdef"
GOOD = ["1/1 AAAA"]
FULL = "authenticate,setcred,account,open,env,close"
SLACK = 1.5
KEY = base64.b64encode(bytes(51)).decode()
CERTIFICATE = base64.b64encode(bytes(9000)).decode()
KEY_LINE = f"publickey ssh-ed25519 {KEY}\n"
CERTIFICATE_LINE = f"publickey ssh-ed25519-cert-v01@openssh.com {CERTIFICATE}\n"


def of_sshd(text):
    return [f"SSH_AUTH_INFO_0={text}"]


class Phases(unittest.TestCase):
    def setUp(self):
        self.scene = SCENE
        self.scene.start_bus()

    def tearDown(self):
        self.scene.stop_all()

    def log_in(self, fault="none", steps=FULL, answers=GOOD, options="timeout=1", **others):
        if fault:
            self.scene.start_daemon(fault)
        login = self.scene.log_in(options, answers, steps=steps, **others)
        self.assertEqual(login.codes.get("end"), 0, login)
        self.assertEqual(login.changes, [], login)
        self.assertNotIn("Sanitizer", login.output)
        self.assertLess(login.seconds, 1 + SLACK, login)
        return login

    def again(self):
        self.scene.stop_all()
        self.scene.start_bus()

    def refused(self, login, phase, code, reason):
        self.assertEqual(login.codes.get(phase), code, login)
        self.assertIn(f'reason="{reason}"', login.log)
        self.assertTrue(login.errors, login)


class WholeLogin(Phases):
    def test_one_verdict_goes_through_all_phases(self):
        login = self.log_in(origin=("h.example", "/dev/pts/1"))
        self.assertEqual(login.codes, {"start": 0, "authenticate": 0, "setcred": 0,
                                       "account": 0, "open": 0, "close": 0, "end": 0})
        audit = pathlib.Path("/proc/self/sessionid").read_text(encoding="ascii")
        where = "" if audit == "4294967295" else f" audit_session={audit}"
        origin = "remote_host=h.example tty=pts/1"
        self.assertEqual(self.scene.calls(), [
            "CreateChallenge gate signer",
            f"Authorize gate signer 32 3 {origin}",
            f"CheckVerdict gate signer verdict={ID} {origin}",
            f"AttachSession {ID} gate signer{where}",
            f"DetachSession {ID}"])

    def test_the_session_knows_its_verdict(self):
        login = self.log_in()
        self.assertEqual(login.environment, {
            "NITRO_VERDICT": ID, "NITRO_LEVEL": "2", "NITRO_IMAGE": "signer",
            "NITRO_RELEASE": "2026.11", "NITRO_MODULE_ID": "i-0-enc0"})

    def test_authentication_says_no_more_than_the_id(self):
        login = self.log_in(steps="authenticate,env")
        self.assertEqual(login.environment, {"NITRO_VERDICT": ID})

    def test_every_phase_has_a_line_in_the_log(self):
        lines = self.log_in().log.splitlines()
        for line, group in zip(lines, ("auth", "account", "session"), strict=True):
            self.assertIn(f"pam_nitro(gate:{group}): ", line)
            self.assertIn(f'verdict="{ID}"', line)

    def test_the_service_of_the_stack_is_asked_about_in_each_phase(self):
        self.log_in(options="service=sshd")
        for call in self.scene.calls()[:-1]:
            self.assertIn(" sshd signer", call)

    def test_another_user_in_the_session(self):
        """sudo authenticates one user and opens the session of another."""
        login = self.log_in(steps="authenticate,account,user:root,open,close")
        self.assertEqual(login.codes["open"], SUCCESS, login)
        self.assertIn(f"AttachSession {ID} gate signer", self.scene.calls()[3])

    def test_another_user_in_the_account_phase_is_asked_about(self):
        self.log_in(steps="authenticate,user:root,account")
        self.assertEqual(self.scene.calls()[2], f"CheckVerdict gate root verdict={ID}")

    def test_another_user_while_it_converses(self):
        """The text of an item is gone when the program sets another."""
        for name in ("root", "somebody-with-a-much-longer-name"):
            with self.subTest(name):
                self.log_in(answers=[f"!user {name}", *GOOD], steps="authenticate,account")
                self.assertEqual(self.scene.calls()[1:], [
                    "Authorize gate signer 32 3", f"CheckVerdict gate {name} verdict={ID}"])
            self.again()

    def test_authentication_begins_without_what_was_there(self):
        stale = [f"{name}=stale" for name in ("NITRO_VERDICT", "NITRO_LEVEL", "NITRO_IMAGE",
                                              "NITRO_RELEASE", "NITRO_MODULE_ID")]
        login = self.log_in("deny", steps="authenticate", variables=stale)
        self.assertEqual(login.codes["authenticate"], AUTH_ERR, login)
        self.again()
        login = self.log_in(steps="authenticate,env", variables=stale)
        self.assertEqual(login.environment, {"NITRO_VERDICT": ID})

    def test_a_second_try_forgets_the_first(self):
        login = self.log_in("allows-once", "authenticate,-authenticate,env,open", GOOD * 2)
        self.assertEqual(login.codes["authenticate"], AUTH_ERR, login)
        self.assertEqual(login.environment, {}, login)
        self.assertEqual(len(self.scene.calls()), 4, "there is nothing to attach")

    def test_a_ticket_is_an_answer(self):
        login = self.log_in(answers=["ticket abcdefghijklmnopqrstuvwxyz"])
        self.assertEqual(login.codes["close"], SUCCESS, login)
        self.assertEqual(self.scene.calls()[1], "Authorize gate signer 32 0 "
                                                "ticket=abcdefghijklmnopqrstuvwxyz")

    def test_a_password_is_not_ours_to_change(self):
        login = self.log_in(steps="password", stack="password required {module}\n"
                                                    "password required pam_permit.so\n")
        self.assertEqual(login.codes["password"], SUCCESS, login)
        self.assertEqual(self.scene.calls(), [])

    def test_wrong_options_are_refused_in_every_phase(self):
        for phase in ("authenticate", "setcred", "account", "open", "close", "password"):
            with self.subTest(phase):
                login = self.log_in(steps=phase, options="nullok")
                self.assertEqual(login.codes[phase], SERVICE_ERR, login)
                self.assertIn('option "nullok" is unknown', login.log)
                self.assertEqual(self.scene.calls(), [])
                self.again()

    def test_silence_is_kept_in_every_phase(self):
        for fault in ("deny", "audit", "forgets", "attach-dies"):
            for quietly in ({"silent": True}, {"options": "timeout=1 quiet"}):
                with self.subTest(fault=fault, how=quietly):
                    login = self.log_in(fault, **quietly)
                    self.assertEqual(login.errors + login.infos, [])
                    self.again()


class SessionOfTheProcess(Phases):
    """It is the kernel's word, for which files stand in here."""

    def attach(self, group, audit, **others):
        for name, text in (("cgroup", group), ("sessionid", audit)):
            (private_host.ROOM / name).write_text(text, encoding="ascii")
        stand_in = ("for name in cgroup sessionid; do "
                    "mount --bind /run/nitro/$name /proc/$$/$name; done; exec \"$@\"")
        self.log_in(prefix=["sh", "-c", stand_in, "sh"],
                    steps="authenticate,open", **others)
        call = self.scene.calls()[2]
        self.again()
        self.assertTrue(call.startswith(f"AttachSession {ID} gate signer"), call)
        return call.split()[4:]

    SCOPE = "0::/user.slice/user-1000.slice/session-{}.scope\n"

    def test_both_names(self):
        self.assertEqual(self.attach(self.SCOPE.format("c7"), "42"),
                         ["session=c7", "audit_session=42"])

    def test_one_name(self):
        self.assertEqual(self.attach("0::/system.slice/sshd.service\n", "42"),
                         ["audit_session=42"])
        self.assertEqual(self.attach(self.SCOPE.format("7"), "4294967295"), ["session=7"])

    def test_hierarchies_of_older_hosts(self):
        for group in ("12:pids:/a\n1:name=systemd:/user.slice/session-5.scope\n",
                      "1:name=systemd:/user.slice/session-5.scope\n0::/\n",
                      "1:name=systemd:/\n0::/user.slice/session-5.scope\n"):
            with self.subTest(group=group):
                self.assertEqual(self.attach(group, "4294967295"), ["session=5"])

    def test_groups_that_users_make_themselves(self):
        for group in ("0::/user.slice/user-1.slice/user@1.service/session-3.scope\n",
                      "0::/user.slice/user-1.slice/user@1.service/a.slice/session-3.scope\n",
                      "0::/user.slice/session-3.scope.d\n", "0::/session-.scope\n",
                      "0::/user.slice/session-3.4.scope\n", "0::session-3.scope\n",
                      "3:cpu:/user.slice/session-3.scope\n",
                      "0::/x0::/user.slice/session-3.scope\n"):
            with self.subTest(group=group):
                self.assertEqual(self.attach(group, "4294967295"), [])

    def test_none(self):
        for group, audit in (("", ""), ("0::/\n", "4294967295"), ("garbage", "garbage"),
                             (self.SCOPE.format("7" * 100), "4294967296"),
                             ("0::/\n", "-1"), ("0::/\n", " 7"), ("0::/\n", "7x"),
                             ("0::/\n", "9" * 1000)):
            with self.subTest(group=group[:60], audit=audit[:20]):
                self.assertEqual(self.attach(group, audit), [])

    def test_the_environment_is_not_believed(self):
        self.assertEqual(self.attach("0::/\n", "4294967295",
                                     variables=["XDG_SESSION_ID=3"],
                                     environment={"XDG_SESSION_ID": "3"}), [])


class Messages(Phases):
    def test_a_release_that_retires_is_announced_once(self):
        login = self.log_in()
        self.assertEqual(login.infos, [
            'Release "2026.11" of image "signer" will not be accepted much longer.'])

    def test_a_rule_on_trial_is_announced(self):
        login = self.log_in("audit", steps="authenticate")
        self.assertEqual(login.infos, ["Access by attestation is on trial here; it would "
                                       "have been refused: It is in debug mode. "
                                       "(debug-enclave)"])

    def test_retry_asks_again_with_another_challenge(self):
        login = self.log_in("deny", steps="authenticate", answers=GOOD * 3,
                            options="timeout=1 retry=3")
        self.assertEqual(login.codes["authenticate"], AUTH_ERR, login)
        self.assertEqual(len(login.prompts), 3)
        self.assertEqual(len(login.errors), 3)
        self.assertEqual(login.infos, ["Please try again."] * 2)
        self.assertEqual(login.log.count("reason=\"debug-enclave\""), 3)
        self.assertEqual(len(self.scene.calls()), 6)

    def test_retry_ends_with_success(self):
        login = self.log_in(steps="authenticate", answers=["typo", *GOOD],
                            options="timeout=1 retry=3")
        self.assertEqual(login.codes["authenticate"], SUCCESS, login)
        self.assertEqual(len(login.prompts), 2)

    def test_retry_is_no_remedy_for_trouble(self):
        login = self.log_in("busy", steps="authenticate", answers=GOOD * 3,
                            options="timeout=1 retry=3")
        self.assertEqual(login.codes["authenticate"], AUTHINFO_UNAVAIL, login)
        self.assertEqual(self.scene.calls(), ["CreateChallenge gate signer"])


class AccountByKey(Phases):
    """The auth phase was never asked: sshd verified keys by itself."""

    STEPS = "account,open,env"

    def test_a_key_with_a_verdict(self):
        login = self.log_in(steps=self.STEPS, variables=of_sshd(KEY_LINE))
        self.assertEqual(login.codes["open"], SUCCESS, login)
        self.assertEqual(login.environment["NITRO_VERDICT"], ID)
        calls = self.scene.calls()
        self.assertEqual(calls[0], "CheckVerdict gate signer ssh_key=51")
        self.assertTrue(calls[1].startswith(f"AttachSession {ID} gate signer"))

    def test_a_key_without_a_verdict(self):
        login = self.log_in("forgets", self.STEPS, variables=of_sshd(KEY_LINE))
        self.refused(login, "account", PERM_DENIED, "verdict-unknown")
        self.assertEqual(self.scene.calls(), ["CheckVerdict gate signer ssh_key=51"])

    def test_a_certificate_is_judged_by_what_it_carries(self):
        login = self.log_in("forgets", "account,env", variables=of_sshd(CERTIFICATE_LINE))
        self.assertEqual(login.codes["account"], SUCCESS, login)
        self.assertEqual(login.environment["NITRO_VERDICT"], ID)
        self.assertEqual(self.scene.calls(), ["CheckVerdict gate signer ssh_key=9000",
                                              "Authorize gate signer 0 0 ssh_key=9000"])

    def test_a_certificate_with_a_verdict_is_not_judged_again(self):
        self.log_in(steps="account", variables=of_sshd(CERTIFICATE_LINE))
        self.assertEqual(self.scene.calls(), ["CheckVerdict gate signer ssh_key=9000"])

    def test_all_keys_are_tried_in_order(self):
        login = self.log_in("forgets", "account",
                            variables=of_sshd(KEY_LINE + KEY_LINE + CERTIFICATE_LINE))
        self.assertEqual(login.codes["account"], SUCCESS, login)
        self.assertEqual(len(self.scene.calls()), 4)

    def test_trouble_ends_the_search(self):
        for fault in ("check-silent", "check-dies", "busy"):
            with self.subTest(fault):
                login = self.log_in(fault, "account",
                                    variables=of_sshd(KEY_LINE + CERTIFICATE_LINE))
                self.assertEqual(login.codes["account"], AUTHINFO_UNAVAIL, login)
                self.assertEqual(len(self.scene.calls()), 1)
                self.again()

    def test_all_keys_together_have_one_deadline(self):
        login = self.log_in("forgets-slowly", "account",
                            variables=of_sshd(KEY_LINE * 4))
        self.assertEqual(login.codes["account"], AUTHINFO_UNAVAIL, login)

    def test_no_key_at_all(self):
        for text in ("", "password\n", KEY_LINE.replace("ssh-", "sk-ssh-"), "keyboard-interactive/pam\n",
                     f"hostbased ssh-ed25519 {KEY} client user \"signer\"\n"):
            with self.subTest(text):
                login = self.log_in(steps="account", variables=of_sshd(text) if text else ())
                self.refused(login, "account", PERM_DENIED, "verdict-missing")
                self.assertEqual(self.scene.calls(), [])
                self.again()

    def test_malformed_keys(self):
        for text, reason in (("publickey ssh-ed25519\n", "malformed"),
                             (KEY_LINE + "publickey ssh-rsa A\n", "malformed"),
                             (KEY_LINE.replace(" ", "  "), "malformed"),
                             (KEY_LINE * 5, "too-many"),
                             ("publickey ssh-rsa " + "AAAA" * 11000, "too-large")):
            for phase in ("account", "authenticate"):
                with self.subTest(text=text[:40], phase=phase):
                    login = self.log_in(steps=phase, variables=of_sshd(text))
                    self.refused(login, phase, AUTHINFO_UNAVAIL, f"ssh-keys-{reason}")
                    self.assertEqual(self.scene.calls(), [])
                    self.again()

    def test_a_proven_key_goes_with_the_document(self):
        login = self.log_in(variables=of_sshd(KEY_LINE + CERTIFICATE_LINE))
        self.assertEqual(login.codes["close"], SUCCESS, login)
        self.assertEqual(self.scene.calls()[1:3],
                         ["Authorize gate signer 32 3 ssh_key=9000",
                          f"CheckVerdict gate signer verdict={ID}"])


class SessionByKey(Phases):
    """sshd tells of the key that completes a login when the session opens."""

    REQUIRED = "timeout=1 require"

    def test_a_key_with_a_verdict(self):
        login = self.log_in(steps="open,env,close", options=self.REQUIRED,
                            variables=of_sshd(KEY_LINE))
        self.assertEqual(login.environment["NITRO_VERDICT"], ID)
        self.assertEqual([call.split()[0] for call in self.scene.calls()],
                         ["CheckVerdict", "AttachSession", "DetachSession"])

    def test_a_key_that_needs_no_verdict_is_not_asked_about(self):
        for line in (KEY_LINE, CERTIFICATE_LINE, "publickey ssh-rsa A"):
            login = self.log_in(steps="open,env,close", variables=of_sshd(line))
            self.assertEqual(login.codes["close"], SUCCESS, login)
            self.assertNotIn("NITRO_VERDICT", login.environment)
            self.assertEqual((login.errors, login.log), ([], ""))
            self.assertEqual(self.scene.calls(), [])
            self.again()

    def test_a_key_that_needs_one(self):
        login = self.log_in("forgets", "open", options=self.REQUIRED,
                            variables=of_sshd(KEY_LINE))
        self.refused(login, "open", SESSION_ERR, "verdict-unknown")

    def test_a_certificate_that_brings_one(self):
        login = self.log_in("denies-known-keys", "open,env", options=self.REQUIRED,
                            variables=of_sshd(CERTIFICATE_LINE))
        self.assertEqual(login.environment["NITRO_VERDICT"], ID)
        self.assertEqual([call.split()[0] for call in self.scene.calls()],
                         ["CheckVerdict", "Authorize", "AttachSession"])

    def test_nothing_at_all(self):
        login = self.log_in(steps="open", options=self.REQUIRED)
        self.refused(login, "open", SESSION_ERR, "verdict-missing")
        self.again()
        login = self.log_in(steps="open")
        self.assertEqual(login.codes["open"], SUCCESS, login)
        self.assertEqual(self.scene.calls(), [])

    def test_a_verdict_of_authentication_suffices(self):
        login = self.log_in(options=self.REQUIRED)
        self.assertEqual(login.codes["close"], SUCCESS, login)

    def test_a_daemon_that_cannot_be_asked_about_a_key(self):
        for fault in ("check-silent", "check-dies", "busy"):
            login = self.log_in(fault, "open", options=self.REQUIRED,
                                variables=of_sshd(KEY_LINE))
            self.assertEqual(login.codes["open"], SESSION_ERR, login)
            self.again()

    def test_malformed_keys(self):
        login = self.log_in(steps="open", options=self.REQUIRED,
                            variables=of_sshd("publickey ssh-rsa A\n"))
        self.refused(login, "open", SESSION_ERR, "ssh-keys-malformed")

    def test_keys_as_a_file_of_the_user_has_them(self):
        """pam_env may have read one, and puts no newline behind what is in it."""
        login = self.log_in(steps="open", options=self.REQUIRED,
                            variables=of_sshd(KEY_LINE.rstrip("\n")))
        self.refused(login, "open", SESSION_ERR, "ssh-keys-claimed")


class Questions(Phases):
    """What cannot be asked is refused, and nobody is asked."""

    def refused_unasked(self, reason, **options):
        login = self.log_in(**options)
        self.assertEqual(login.codes["authenticate"], AUTHINFO_UNAVAIL, login)
        self.assertIn(f'reason="{reason}"', login.log)
        self.assertEqual([call for call in self.scene.calls() if "Challenge" not in call], [])
        self.again()

    def test_a_program_that_names_no_user(self):
        self.refused_unasked("user-unknown", user="")

    def test_a_service_with_a_long_name(self):
        self.refused_unasked("service-too-long", service="s" * 65)
        login = self.log_in(service="s" * 64)
        self.assertEqual(login.codes["close"], SUCCESS, login)

    def test_a_program_that_cannot_converse(self):
        self.refused_unasked("conversation-failed", steps="mute,authenticate")


class BetweenPhases(Phases):
    """What happens to a daemon while a login is under way."""

    def check_refused(self, login, phase, code):
        self.assertEqual(login.codes[phase], code, login)
        self.assertNotIn("NITRO_LEVEL", login.environment)
        self.assertIn("the administrator finds the reason in the log", login.errors[-1])

    def test_stopped_before_each_phase(self):
        for steps, phase, code in (
                ("pause,authenticate", "authenticate", AUTHINFO_UNAVAIL),
                ("authenticate,pause,account", "account", AUTHINFO_UNAVAIL),
                ("authenticate,account,pause,open", "open", SESSION_ERR)):
            for how in (signal.SIGKILL, signal.SIGSTOP):
                with self.subTest(phase=phase, how=how):
                    self.scene.start_daemon()
                    daemon = self.scene.processes["daemon"]

                    def stop():
                        daemon.send_signal(how)
                        if how == signal.SIGKILL:
                            daemon.wait()

                    login = self.log_in(None, steps, between=stop)
                    self.check_refused(login, phase, code)
                    self.again()

    def test_stopped_before_the_end_of_the_session(self):
        """Nobody is kept from leaving; the admin reads that the daemon was not told."""
        self.scene.start_daemon()
        daemon = self.scene.processes["daemon"]
        login = self.log_in(None, "authenticate,account,open,pause,close",
                            between=lambda: (daemon.kill(), daemon.wait()))
        self.assertEqual(login.codes["close"], SUCCESS, login)
        self.assertIn(f'verdict="{ID}" was not detached: reason="daemon-absent"', login.log)

    def test_forgetful_daemon(self):
        login = self.log_in("forgets")
        self.refused(login, "account", PERM_DENIED, "verdict-unknown")
        self.again()
        login = self.log_in("forgets", "authenticate,open")
        self.refused(login, "open", SESSION_ERR, "org.nitro.Policy1.Error.NoSuchVerdict")

    def test_misbehaviour_at_the_session(self):
        for fault, reason in (("attach-other", "reply-malformed"),
                              ("attach-silent", "daemon-timeout"),
                              ("attach-dies", "org.freedesktop.DBus.Error.NoReply")):
            with self.subTest(fault):
                login = self.log_in(fault)
                self.refused(login, "open", SESSION_ERR, reason)
                self.assertNotIn("close", login.codes)
                self.again()

    def test_misbehaviour_at_the_account(self):
        for fault, reason in (("check-silent", "daemon-timeout"),
                              ("check-dies", "org.freedesktop.DBus.Error.NoReply")):
            with self.subTest(fault):
                login = self.log_in(fault)
                self.refused(login, "account", AUTHINFO_UNAVAIL, reason)
                self.again()

    def test_a_verdict_that_ended_before_its_session(self):
        """It was revoked, say: nothing that an admin has to read again."""
        login = self.log_in("detach-late", options="timeout=1 debug")
        self.assertEqual(login.codes["close"], SUCCESS, login)
        self.assertNotIn("was not detached", login.log)
        self.assertIn("the verdict had ended before", login.log)

    def test_misbehaviour_at_the_end(self):
        for fault, reason in (("detach-odd", "reply-malformed"),
                              ("detach-silent", "daemon-timeout")):
            with self.subTest(fault):
                login = self.log_in(fault)
                self.assertEqual(login.codes["close"], SUCCESS, login)
                self.assertIn(f'was not detached: reason="{reason}"', login.log)
                self.again()


class ForgedEnvironment(Phases):
    def test_an_id_that_is_none(self):
        for forged in ("", "v", ID.upper(), ID + "0", ID[:-1], ID[:-1] + "/", "x" * 100000,
                       "../" * 11, ID[:-1] + "\n"):
            for phase, code in (("account", AUTHINFO_UNAVAIL), ("open", SESSION_ERR)):
                with self.subTest(id=forged[:40], phase=phase):
                    login = self.log_in(steps=phase, variables=[f"NITRO_VERDICT={forged}"])
                    self.refused(login, phase, code, "verdict-malformed")
                    self.assertEqual(self.scene.calls(), [])
                    self.again()

    def test_an_id_of_somebody_else_is_the_daemons_to_refuse(self):
        for phase, code in (("account", PERM_DENIED), ("open", SESSION_ERR)):
            login = self.log_in("forgets", phase, variables=[f"NITRO_VERDICT={ID}"])
            self.assertEqual(login.codes[phase], code, login)
            self.assertIn("gate signer", self.scene.calls()[0])
            self.again()

    def test_what_was_judged_counts_and_not_the_environment(self):
        """A module between two phases that lets users set variables (pam_env)."""
        forged = "v" + "f" * 32
        (private_host.ROOM / "pam_env").write_text(f"NITRO_VERDICT DEFAULT={forged}\n")
        login = self.log_in(
            steps="authenticate,setcred,env,account,open,env",
            stack="auth required {module} {options}\n"
                  "auth required pam_env.so readenv=0 conffile=/run/nitro/pam_env\n"
                  "account required {module} {options}\n"
                  "session required {module} {options}\n")
        self.assertIn(f"env NITRO_VERDICT={forged}", login.output)
        self.assertEqual(login.codes["open"], SUCCESS, login)
        self.assertNotIn(forged, "".join(self.scene.calls()))
        self.assertEqual(login.environment["NITRO_VERDICT"], ID)

    def test_a_session_without_a_verdict_claims_none(self):
        login = self.log_in(steps="open,env,close", options="debug", variables=[
            "NITRO_LEVEL=3", "NITRO_IMAGE=a", "NITRO_RELEASE=b", "NITRO_MODULE_ID=c"])
        self.assertEqual(login.codes["close"], SUCCESS, login)
        self.assertEqual(login.environment, {})
        self.assertIn("no live verdict to attach", login.log)
        self.assertEqual(self.scene.calls(), [])


class HostileAnswers(Phases):
    """Late, twice, out of order, with a NUL, with 1 MB, or a hang up: each in every
    step of a conversation of three."""

    ANSWERS = ["1/3 AAAA", "2/3 AAAA", "3/3 AAAA"]

    def conversations(self, bad):
        for step in range(3):
            yield step, self.ANSWERS[:step] + bad(step) + self.ANSWERS[step + 1:]

    def check(self, bad, codes, fault="none"):
        for step, answers in self.conversations(bad):
            with self.subTest(step=step):
                login = self.log_in(fault, answers=answers)
                self.assertIn(login.codes["authenticate"], codes, login)
                self.assertNotIn("account", login.codes)
                self.assertEqual(self.scene.calls(), ["CreateChallenge gate signer"])
                self.again()

    def test_the_conversation_is_good_otherwise(self):
        self.assertEqual(self.log_in(answers=self.ANSWERS).codes["close"], SUCCESS)

    def test_late(self):
        self.check(lambda step: ["!sleep 400", self.ANSWERS[step]], [AUTH_ERR],
                   "brief-challenge")

    def test_twice(self):
        self.check(lambda step: [self.ANSWERS[step - 1] if step else "2/3 AAAA"], [AUTH_ERR])

    def test_out_of_order(self):
        self.check(lambda step: [self.ANSWERS[(step + 1) % 3]], [AUTH_ERR])

    def test_cut_by_a_nul(self):
        self.check(lambda step: [f"{step + 1}/3 A\0AAA"[:5]], [AUTH_ERR])

    def test_a_megabyte(self):
        self.check(lambda step: ["!fill 1000000"], [AUTH_ERR])

    def test_hang_up(self):
        self.check(lambda step: ["!error"], [AUTHINFO_UNAVAIL])

    def test_nothing(self):
        self.check(lambda step: ["!nothing"], [AUTH_ERR])


if __name__ == "__main__":
    private_host.enter_or_skip(private_host.why_not())
    SCENE = gate_scene.GateScene(BUILD)
    unittest.main(verbosity=2)
