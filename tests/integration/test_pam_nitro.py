# SPDX-License-Identifier: Apache-2.0
"""The real pam_nitro.so in a small login program: what it answers to good and bad
daemons, buses and people, how quickly, and that it leaves nothing behind."""
import os
import pathlib
import socket
import sys
import unittest

TOP = pathlib.Path(os.environ.setdefault(
    "top_srcdir", str(pathlib.Path(__file__).resolve().parents[2])))
BUILD = pathlib.Path(os.environ.setdefault("top_builddir", os.getcwd()))
sys.path.insert(0, str(TOP / "tests/support"))
import fake_bus      # noqa: E402
import gate_scene    # noqa: E402
import private_host  # noqa: E402

SUCCESS, SERVICE_ERR, AUTH_ERR, AUTHINFO_UNAVAIL = 0, 3, 7, 9
DOCUMENT = bytes(range(256)) * 17  # 4352 bytes, as long as genuine ones
GOOD = ["!document /run/nitro/document"]
NONCE = "AQIDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
SLACK = 1.5  # seconds beyond a deadline, on a busy machine


class GateTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scene = SCENE
        (private_host.ROOM / "document").write_bytes(DOCUMENT)

    def tearDown(self):
        self.scene.stop_all()

    def log_in(self, *arguments, **options):
        login = self.scene.log_in(*arguments, **options)
        self.assertEqual(login.codes.get("start"), 0, login)
        self.assertEqual(login.codes.get("end"), 0, login)
        self.assertEqual(login.changes, [], login)
        self.assertNotIn("Sanitizer", login.output)
        return login

    def refused(self, login, code, reason):
        self.assertEqual(login.codes["authenticate"], code, login)
        self.assertIn(f'reason="{reason}"', login.log)
        self.assertEqual(login.log.count("\n"), 0, login)


class Daemon(GateTest):
    """A real bus, and a daemon with one fault."""

    def try_fault(self, fault, answers=GOOD, options="timeout=1", **others):
        self.scene.start_bus()
        self.scene.start_daemon(fault)
        return self.log_in(options, answers, **others)

    def test_allows(self):
        login = self.try_fault("none", options="")
        self.assertEqual(login.codes, {"start": 0, "authenticate": 0, "setcred": 0,
                                       "end": 0}, login)
        self.assertEqual(login.errors, [])
        self.assertEqual(login.prompts[0], f"nitro-attest/1 nonce={NONCE} max=500 part=1:")
        self.assertEqual(len(login.prompts), 12)
        self.assertIn('pam_nitro(gate:auth): user="signer" service="gate" '
                      'decision=allowed level=2 rule="ssh-signers" image="signer" '
                      'release="2026.11" retiring=yes', login.log)
        self.assertEqual(self.scene.calls(), ["CreateChallenge gate signer",
                                              f"Authorize gate signer 32 {len(DOCUMENT)}"])

    def test_options_reach_the_question(self):
        login = self.try_fault("none", options="service=sshd chunk=1000")
        self.assertEqual(login.codes["authenticate"], SUCCESS, login)
        self.assertIn(" max=1000 ", login.prompts[0])
        self.assertEqual(self.scene.calls()[1], f"Authorize sshd signer 32 {len(DOCUMENT)}")

    def test_the_origin_reaches_the_question(self):
        for origin, sent in (
                (("h.example", "ssh"), "remote_host=h.example tty=ssh"),
                (("", "/dev/pts/1"), "tty=pts/1"),
                (("2001:db8::1", ""), "remote_host=2001:db8::1"),
                (("", ""), ""),
                (("a\nb\x1b\u202e", "tty1"), "remote_host=a?b???? tty=tty1"),
                (("h" * 256, "t" * 64), f"remote_host={'h' * 256} tty={'t' * 64}")):
            with self.subTest(origin=origin):
                login = self.try_fault("none", origin=origin)
                self.assertEqual(login.codes["authenticate"], SUCCESS, login)
                asked = f"Authorize gate signer 32 {len(DOCUMENT)} {sent}".rstrip()
                self.assertEqual(self.scene.calls()[1], asked)
                self.scene.stop_all()

    def test_an_origin_that_is_too_long_is_refused(self):
        for origin in (("h" * 257, ""), ("", "t" * 65)):
            login = self.try_fault("none", origin=origin)
            self.refused(login, AUTHINFO_UNAVAIL, "origin-too-long")
            self.assertEqual(self.scene.calls(), [])
            self.scene.stop_all()

    def test_a_rule_on_trial_is_loud(self):
        login = self.try_fault("audit")
        self.assertEqual(login.codes["authenticate"], SUCCESS, login)
        self.assertEqual(login.errors, [])
        self.assertIn('decision=allowed audited=yes level=0 rule="trial" '
                      'reason="debug-enclave" message="It is in debug mode."', login.log)

    def test_file_needs_no_conversation(self):
        login = self.try_fault("none", answers=(),
                               options="source=file:/run/nitro/document debug")
        self.assertEqual(login.codes["authenticate"], SUCCESS, login)
        self.assertEqual(login.prompts, [])
        self.assertEqual(self.scene.calls(), [f"Authorize gate signer 0 {len(DOCUMENT)}"])

    def test_file_that_cannot_be_used(self):
        (private_host.ROOM / "large").write_bytes(bytes(16385))
        for name in ("absent", "large", "dev", "etc/passwd/x"):
            login = self.try_fault("none", answers=(), options=f"source=file:/run/nitro/{name}")
            self.refused(login, AUTHINFO_UNAVAIL, "document-unreadable")
            self.assertEqual(self.scene.calls(), [])
            self.scene.stop_all()

    def test_denial_is_explained(self):
        login = self.try_fault("deny")
        self.refused(login, AUTH_ERR, "debug-enclave")
        self.assertEqual(login.errors, [
            "Access by attestation was refused: The enclave runs in debug mode: "
            "PCR0, PCR1 and PCR2 are zero. (debug-enclave)"])
        self.assertIn('hint="Start it without --debug-mode."', login.log)

    def test_quiet_and_silent_say_nothing_to_the_user(self):
        login = self.try_fault("deny", options="quiet")
        self.refused(login, AUTH_ERR, "debug-enclave")
        self.assertEqual(login.errors, [])
        self.scene.stop_all()
        login = self.try_fault("deny", silent=True)
        self.refused(login, AUTH_ERR, "debug-enclave")
        self.assertEqual(login.errors, [])

    def test_faults_are_no_allowance(self):
        for fault, reason in (("short-nonce", "reply-malformed"),
                              ("wrong-challenge", "reply-malformed"),
                              ("dies", "org.freedesktop.DBus.Error.NoReply"),
                              ("dies-later", "org.freedesktop.DBus.Error.NoReply"),
                              ("busy", "org.nitro.Policy1.Error.Busy"),
                              ("wrong-signature", "reply-malformed"),
                              ("surplus-value", "reply-malformed"),
                              ("unknown-decision", "decision-unknown"),
                              ("duplicate-key", "reply-malformed")):
            with self.subTest(fault):
                login = self.try_fault(fault)
                self.refused(login, AUTHINFO_UNAVAIL, reason)
                self.assertIn("the administrator finds the reason in the log",
                              login.errors[0])
                self.assertLess(login.seconds, SLACK)
                self.scene.stop_all()

    def test_silence_ends_at_the_deadline(self):
        for fault in ("silent", "silent-later"):
            login = self.try_fault(fault)
            self.refused(login, AUTHINFO_UNAVAIL, "daemon-timeout")
            self.assertGreater(login.seconds, 1)
            self.assertLess(login.seconds, 1 + SLACK)
            self.scene.stop_all()

    def test_signals_of_the_program_change_nothing(self):
        login = self.try_fault("none", ticks=True)
        self.assertEqual(login.codes["authenticate"], SUCCESS, login)
        self.scene.stop_all()
        login = self.try_fault("silent", ticks=True)
        self.refused(login, AUTHINFO_UNAVAIL, "daemon-timeout")
        self.assertGreater(login.seconds, 1)
        self.assertLess(login.seconds, 1 + SLACK)

    def test_default_deadline_is_five_seconds(self):
        login = self.try_fault("silent", options="")
        self.refused(login, AUTHINFO_UNAVAIL, "daemon-timeout")
        self.assertGreater(login.seconds, 5)
        self.assertLess(login.seconds, 5 + SLACK)

    def test_hostile_texts_are_tamed(self):
        login = self.try_fault("huge-texts")
        self.assertEqual(login.codes["authenticate"], AUTH_ERR)
        self.assertLess(len(login.log), 2000)
        self.assertLess(len(login.errors[0]), 800)
        self.assertEqual(login.log.count("\n"), 0)
        self.scene.stop_all()
        login = self.try_fault("busy")
        self.assertIn("message=\"The queue?is full?[2J 'quoted' ???.\"", login.log)

    def test_hostile_user_names_are_tamed(self):
        login = self.try_fault("deny", user='a"b\nc\x1b[2J')
        self.refused(login, AUTH_ERR, "debug-enclave")
        self.assertIn("user=\"a'b?c?[2J\"", login.log)
        self.scene.stop_all()
        login = self.try_fault("none", user=b"a\xff")
        self.refused(login, AUTHINFO_UNAVAIL, "question-invalid")
        self.scene.stop_all()
        login = self.try_fault("none", user="u" * 257)
        self.refused(login, AUTHINFO_UNAVAIL, "user-too-long")
        self.assertEqual(self.scene.calls(), [])

    def test_answers_that_are_none(self):
        for answers, code, reason in (
                (["!null"], AUTH_ERR, "answer-missing"),
                (["!nothing"], AUTH_ERR, "answer-missing"),
                ([""], AUTH_ERR, "answer-missing"),
                (["!error"], AUTHINFO_UNAVAIL, "conversation-failed"),
                (["!again"], AUTHINFO_UNAVAIL, "conversation-failed"),
                (["ticket 12-34"], AUTH_ERR, "answer-not-a-ticket"),
                (["!fill 1000000"], AUTH_ERR, "answer-too-long"),
                (["1/2 AAAA", "1/2 AAAA"], AUTH_ERR, "answer-wrong-part")):
            with self.subTest(answers[0]):
                login = self.try_fault("none", answers)
                self.refused(login, code, reason)
                self.assertEqual(self.scene.calls(), ["CreateChallenge gate signer"])
                self.scene.stop_all()

    def test_program_that_wants_to_answer_later(self):
        login = self.try_fault("none", ["!again"])
        self.refused(login, AUTHINFO_UNAVAIL, "conversation-failed")
        self.assertIn("(it asks to come back later)", login.log)

    def test_late_answer(self):
        login = self.try_fault("brief-challenge", ["!sleep 400", "1/1 AAAA"])
        self.refused(login, AUTH_ERR, "answer-late")


class Ownership(GateTest):
    """Who may be the daemon."""

    def setUp(self):
        self.scene.start_bus()

    def test_the_daemons_own_user(self):
        self.scene.start_daemon(uid=gate_scene.DAEMON_UID)
        login = self.log_in(answers=GOOD)
        self.assertEqual(login.codes["authenticate"], SUCCESS, login)

    def test_any_other_user_is_an_impostor(self):
        self.scene.start_daemon(uid=gate_scene.STRANGER_UID)
        login = self.log_in(answers=GOOD)
        self.refused(login, AUTHINFO_UNAVAIL, "daemon-impostor")
        self.assertIn(f"its user id is {gate_scene.STRANGER_UID}", login.log)
        self.assertEqual(self.scene.calls(), [])

    def test_absent_daemon(self):
        login = self.log_in(answers=GOOD)
        self.refused(login, AUTHINFO_UNAVAIL, "daemon-absent")
        self.assertIn("systemctl status nitro-policyd", login.log)
        self.assertLess(login.seconds, SLACK)

    def test_absent_daemon_is_activated(self):
        self.scene.make_activatable(self.scene.program("mock_policyd") + " none")
        login = self.log_in(answers=GOOD)
        self.assertEqual(login.codes["authenticate"], SUCCESS, login)

    def test_activation_counts_towards_the_deadline(self):
        self.scene.make_activatable("/bin/sleep 20")
        login = self.log_in("timeout=1", answers=GOOD)
        self.refused(login, AUTHINFO_UNAVAIL, "bus-timeout")
        self.assertLess(login.seconds, 1 + SLACK)

    def test_asks_from_another_users_process(self):
        self.scene.start_daemon()
        login = self.log_in(answers=GOOD, prefix=[
            "setpriv", "--reuid", str(gate_scene.STRANGER_UID), "--clear-groups"])
        self.assertEqual(login.codes["authenticate"], SUCCESS, login)


class Bus(GateTest):
    """A bus that is absent, silent or lies."""

    def setUp(self):
        if os.path.exists(gate_scene.SOCKET):
            os.unlink(gate_scene.SOCKET)

    def try_bus(self, replies=(), authenticates=True):
        self.bus = fake_bus.FakeBus(gate_scene.SOCKET, replies, authenticates)
        self.addCleanup(self.bus.close)
        return self.log_in("timeout=1", GOOD)

    def test_the_fake_bus_is_good_enough(self):
        login = self.try_bus()
        self.assertEqual(login.codes["authenticate"], SUCCESS, login)

    def test_question_goes_to_the_process_that_was_checked(self):
        self.try_bus()
        asked = {member: where for member, where in self.bus.calls}
        self.assertEqual(asked["CreateChallenge"], fake_bus.DAEMON)
        self.assertEqual(asked["Authorize"], fake_bus.DAEMON)

    def test_no_bus(self):
        self.refused(self.log_in("timeout=1"), AUTHINFO_UNAVAIL, "bus-unavailable")

    def test_bus_that_never_authenticates(self):
        login = self.try_bus(authenticates=False)
        self.refused(login, AUTHINFO_UNAVAIL, "bus-timeout")
        self.assertLess(login.seconds, 1 + SLACK)

    def test_bus_whose_queue_is_full(self):
        with socket.socket(socket.AF_UNIX) as listener, \
             socket.socket(socket.AF_UNIX) as waiting:
            listener.bind(gate_scene.SOCKET)
            listener.listen(0)
            waiting.connect(gate_scene.SOCKET)
            login = self.log_in("timeout=1")
            self.refused(login, AUTHINFO_UNAVAIL, "bus-timeout")
            self.assertGreater(login.seconds, 1)
            self.assertLess(login.seconds, 1 + SLACK)

    def test_silence_of_the_bus(self):
        for member in ("Hello", "GetNameOwner", "GetConnectionUnixUser"):
            with self.subTest(member):
                login = self.try_bus({member: None})
                self.refused(login, AUTHINFO_UNAVAIL, "bus-timeout")
                self.assertLess(login.seconds, 1 + SLACK)

    def test_bus_that_hangs_up(self):
        for member in fake_bus.HONEST:
            with self.subTest(member):
                login = self.try_bus({member: fake_bus.HANG_UP})
                self.assertEqual(login.codes["authenticate"], AUTHINFO_UNAVAIL, login)
                self.assertLess(login.seconds, SLACK)

    def test_garbage(self):
        for member in fake_bus.HONEST:
            with self.subTest(member):
                login = self.try_bus({member: b"\xff" * 64})
                self.assertEqual(login.codes["authenticate"], AUTHINFO_UNAVAIL, login)
                self.assertLess(login.seconds, 1 + SLACK)

    def test_wrong_types(self):
        for member, reply in (("GetNameOwner", lambda call: call.reply("u", 0)),
                              ("GetNameOwner", lambda call: call.reply("s", ":" + "1" * 255)),
                              ("GetConnectionUnixUser", lambda call: call.reply("t", 0))):
            with self.subTest(member):
                login = self.try_bus({member: reply})
                self.assertEqual(login.codes["authenticate"], AUTHINFO_UNAVAIL, login)

    def test_owner_that_leaves_before_he_is_checked(self):
        login = self.try_bus({"GetConnectionUnixUser": lambda call: call.error(
            "org.freedesktop.DBus.Error.NameHasNoOwner", "gone")})
        self.refused(login, AUTHINFO_UNAVAIL, "daemon-gone")

    def test_owner_of_whom_the_bus_knows_no_user(self):
        login = self.try_bus({"GetConnectionUnixUser": lambda call: call.error(
            "org.freedesktop.DBus.Error.Failed", "unknown")})
        self.refused(login, AUTHINFO_UNAVAIL, "org.freedesktop.DBus.Error.Failed")

    def test_forged_replies(self):
        forgeries = {
            "GetNameOwner": lambda call: call.reply("s", ":1.66", sender=":1.66"),
            "GetConnectionUnixUser": lambda call: call.reply("u", 0, sender=":1.66"),
            "Authorize": lambda call: fake_bus.allow(call, sender=":1.66"),
        }
        for member, forgery in forgeries.items():
            with self.subTest(member):
                self.refused(self.try_bus({member: forgery}), AUTHINFO_UNAVAIL,
                             "reply-forged")

    def test_flood_does_not_move_the_deadline(self):
        login = self.try_bus({"Authorize": fake_bus.FLOOD})
        self.refused(login, AUTHINFO_UNAVAIL, "daemon-timeout")
        self.assertLess(login.seconds, 1 + SLACK)

    def test_address_that_would_run_a_program(self):
        for address in ("unixexec:path=/bin/true", "tcp:host=localhost,port=1",
                        "unix:path=/nowhere;unixexec:path=/bin/true", ""):
            with self.subTest(address):
                login = self.log_in(environment={"DBUS_SYSTEM_BUS_ADDRESS": address})
                self.refused(login, AUTHINFO_UNAVAIL, "bus-address")


class Stack(GateTest):
    """The module among others."""

    def test_wrong_options_are_refused_and_named(self):
        for options in ("nullok", "timeout=0", "source=file:relative", "debug debug"):
            with self.subTest(options):
                login = self.log_in(options, GOOD)
                self.assertEqual(login.codes["authenticate"], SERVICE_ERR, login)
                self.assertIn(f'option "{options.split()[0]}" is', login.log)
                self.assertIn("not set up correctly", login.errors[0])

    def test_failure_is_not_ignored(self):
        module = BUILD / "pam_nitro/.libs/pam_nitro.so"
        for control in ("required", "requisite"):
            login = self.log_in(answers=GOOD, stack=f"auth {control} {module}\n"
                                                    "auth required pam_permit.so\n")
            self.assertEqual(login.codes["authenticate"], AUTHINFO_UNAVAIL, login)


if __name__ == "__main__":
    private_host.enter_or_skip(private_host.why_not())
    SCENE = gate_scene.GateScene(BUILD)
    unittest.main(verbosity=2)
