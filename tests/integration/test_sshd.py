# SPDX-License-Identifier: Apache-2.0
"""A real sshd with pam_nitro, a real ssh whose SSH_ASKPASS is nitro-attest, the real
daemon under its own user on a system bus with the shipped bus policy: who gets in,
who does not, how quickly, and what the admin reads."""
import datetime
import json
import os
import pathlib
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

VECTORS = pathlib.Path(os.environ.get("NITRO_VECTORS", TOP / "../shared/vectors"))
GENUINE = "genuine/2026-01-03_9e038c2da8de.cbor"
DEADLINE = 5.0  # of one call to the daemon; nothing may take longer to be refused
GOOD = ssh_scene.pcrs_of("signer 1")

RULES = """
[rule/ssh]
service = sshd
user = signer, builder
image = signer
level = 2
roots = sim
bind = nonce
"""


HOST = None


def setUpModule():
    global HOST
    HOST = ssh_scene.SshScene(BUILD)


def tearDownModule():
    HOST.stop_all()


class Sshd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for user in ("signer", "builder", "stranger"):
            HOST.add_login_user(user)
        HOST.configure("images.d/signer.conf",
                       ssh_scene.release_text("signer", "1", GOOD))
        HOST.configure("rules.d/10-ssh.conf", RULES)

    def setUp(self):
        self.scene = HOST
        self.scene.start_daemon()
        self.scene.start_enclave(GOOD)
        self.scene.start_sshd()

    def refused(self, login, reason, within=DEADLINE + 1):
        self.assertFalse(login.allowed, login)
        self.assertIn(reason, login.admin)
        self.assertLess(login.seconds, within, login)

    def test_enclave_logs_in_at_level_2(self):
        login = self.scene.log_in("signer")
        self.assertTrue(login.allowed, login)
        self.assertIn("NITRO_DECISION=allow", login.admin)
        self.assertIn("NITRO_LEVEL=2", login.admin)
        self.assertIn("NITRO_USER=signer", login.admin)
        self.assertIn("NITRO_RELEASE=1", login.admin)

    def test_every_login_has_a_nonce_of_its_own(self):
        recording = self.scene.recording_askpass()
        self.assertTrue(self.scene.log_in("signer", recording).allowed)
        first = self.scene.recorded_answers()
        recording = self.scene.recording_askpass()
        self.assertTrue(self.scene.log_in("signer", recording).allowed)
        self.assertNotEqual(first, self.scene.recorded_answers())

    def test_answers_stay_below_the_limits_of_ssh_and_pam(self):
        self.assertTrue(self.scene.log_in("signer", self.scene.recording_askpass()).allowed)
        answers = self.scene.recorded_answers()
        self.assertGreater(len(answers), 1)
        self.assertLessEqual(max(map(len, answers)), 500)

    def test_changed_measurement_is_refused(self):
        self.scene.start_enclave({**GOOD, 2: ssh_scene.measurement("patched")})
        login = self.scene.log_in("signer")
        self.refused(login, "measurements-unknown")
        self.assertIn("PCR2", login.admin)

    def test_debug_enclave_is_refused(self):
        self.scene.start_enclave({}, debug=True)
        self.refused(self.scene.log_in("signer"), "debug-enclave")

    def test_replayed_answers_are_refused(self):
        self.assertTrue(self.scene.log_in("signer", self.scene.recording_askpass()).allowed)
        replay = self.scene.replaying_askpass(self.scene.recorded_answers())
        self.refused(self.scene.log_in("signer", replay), "nonce-different")

    def test_document_of_another_users_login_is_refused(self):
        self.assertTrue(self.scene.log_in("builder", self.scene.recording_askpass()).allowed)
        relay = self.scene.replaying_askpass(self.scene.recorded_answers())
        self.refused(self.scene.log_in("signer", relay), "nonce-different")

    def test_user_without_a_rule_is_refused(self):
        self.refused(self.scene.log_in("stranger"), "no-rule")

    def test_simulator_counts_only_where_a_rule_names_its_root(self):
        self.scene.configure("rules.d/10-ssh.conf", RULES.replace("roots = sim\n", ""))
        try:
            self.scene.start_daemon()
            self.refused(self.scene.log_in("signer"), "root-not-allowed")
        finally:
            self.scene.configure("rules.d/10-ssh.conf", RULES)

    def test_garbage_at_the_prompt_is_refused(self):
        for answers in (["password123"] * 64, ["1/1 AAAA"], ["1/65 AAAA"], [""],
                        ["1/2 " + "A" * 1000] * 2, ["ticket 12345"]):
            login = self.scene.log_in("signer", self.scene.replaying_askpass(answers))
            self.assertFalse(login.allowed, login)
            self.assertLess(login.seconds, DEADLINE + 1)
        self.assertTrue(self.scene.log_in("signer").allowed)

    def test_enclave_without_an_nsm_is_refused(self):
        self.scene.stop("enclave")
        login = self.scene.log_in("signer")
        self.assertFalse(login.allowed, login)

    def test_stopped_daemon_refuses_quickly(self):
        self.scene.stop("daemon")
        self.refused(self.scene.log_in("signer"), "nitro-policyd")

    def test_frozen_daemon_refuses_within_the_deadline(self):
        self.scene.processes["daemon"].send_signal(signal.SIGSTOP)
        try:
            # The module gives up after DEADLINE; sshd then hides how long a failure
            # took by waiting up to as long again.
            self.refused(self.scene.log_in("signer"), "daemon-timeout",
                         within=2 * DEADLINE + 2)
        finally:
            self.scene.processes["daemon"].send_signal(signal.SIGCONT)
        self.assertTrue(self.scene.log_in("signer").allowed)

    def test_impostor_on_the_bus_is_refused(self):
        """The bus policy forbids the name to others; without it the module does."""
        self.scene.stop("daemon")
        take = ["setpriv", "--reuid", "stranger", "--regid", "stranger", "--clear-groups",
                self.scene.bin / "nitro-policyd", "--config-dir", "/etc/nitro",
                "--state-dir", "/run/nitro/home/stranger",
                "--runtime-dir", "/run/nitro/home/stranger", "--log-target", "stderr"]
        impostor = subprocess.run(list(map(str, take)), capture_output=True, text=True,
                                  timeout=30, check=False)
        self.assertNotEqual(impostor.returncode, 0, impostor)
        self.assertIn("org.nitro.Policy1", impostor.stderr)

    def test_session_holds_nothing_of_the_module(self):
        login = self.scene.log_in("signer", command="env; ls -l /proc/self/fd >&2")
        self.assertNotIn("DBUS", login.output)
        self.assertNotIn("socket:", login.output)


class GenuineDocument(unittest.TestCase):
    """The daemon at the date of a document that AWS signed (libfaketime)."""

    @classmethod
    def setUpClass(cls):
        if not (VECTORS / "index.json").exists():
            raise unittest.SkipTest(f"SKIPPED: {VECTORS} is absent")
        if not any(pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1")):
            raise unittest.SkipTest("SKIPPED: libfaketime is not installed")
        index = json.loads((VECTORS / "index.json").read_text())
        cls.document = next(row for row in index if row["file"] == GENUINE)
        HOST.add_login_user("genuine")
        pcrs = {n: cls.document["pcrs"][n] for n in ("0", "1", "2")}
        HOST.configure("images.d/aws.conf",
                       ssh_scene.release_text("aws", "1", pcrs))
        HOST.configure("rules.d/20-aws.conf",
                       "[rule/aws]\nservice = sshd\nuser = genuine\nimage = aws\n"
                       "level = 2\nroots = aws\nmax_age = 60s\n")
        cls.copy = private_host.ROOM / "genuine.cbor"
        cls.copy.write_bytes((VECTORS / GENUINE).read_bytes())

    def log_in_at(self, offset):
        """Logs in with the daemon's clock `offset` seconds after the document's."""
        library = next(pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
        when = datetime.datetime.fromtimestamp(
            self.document["timestamp_ms"] / 1000 + offset, datetime.timezone.utc)
        HOST.start_daemon(
            f"LD_PRELOAD={library}", "TZ=UTC", "FAKETIME_DONT_FAKE_MONOTONIC=1",
            when.strftime("FAKETIME=@%Y-%m-%d %H:%M:%S"))
        HOST.start_sshd(auth="auth required {module} source=file:" + str(self.copy))
        return HOST.log_in("genuine")

    def test_logs_in_by_age_at_its_own_date_once(self):
        login = self.log_in_at(10)
        self.assertTrue(login.allowed, login)
        self.assertIn(f"NITRO_MODULE_ID={self.document['module_id']}", login.admin)
        self.assertIn("NITRO_ROOT=aws", login.admin)
        login = self.log_in_at(15)  # a new daemon remembers what the old one saw
        self.assertFalse(login.allowed)
        self.assertIn("document-replayed", login.admin)

    def test_is_too_old_after_its_age(self):
        login = self.log_in_at(100)
        self.assertFalse(login.allowed)
        self.assertIn("document-too-old", login.admin)

    def test_is_from_the_future_before_its_time(self):
        login = self.log_in_at(-60)
        self.assertFalse(login.allowed)

    def test_is_refused_a_day_later(self):
        login = self.log_in_at(86400)
        self.assertFalse(login.allowed)
        self.assertIn("certificate-expired", login.admin)


if __name__ == "__main__":
    private_host.enter_or_skip(private_host.why_not(BUILD))
    unittest.main(verbosity=2)
