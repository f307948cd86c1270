# SPDX-License-Identifier: Apache-2.0
"""Logins by ticket: a real sshd with pam_nitro, a real ssh whose SSH_ASKPASS is
nitro-attest, nitro-attest serve as a user of its own, and the real daemon under its
own user on a system bus with the shipped bus policy."""
import os
import pathlib
import subprocess
import sys
import time
import unittest

TOP = pathlib.Path(os.environ.setdefault(
    "top_srcdir", str(pathlib.Path(__file__).resolve().parents[2])))
BUILD = pathlib.Path(os.environ.setdefault("top_builddir", os.getcwd()))
sys.path.insert(0, str(TOP / "tests/support"))
import private_host  # noqa: E402
import ssh_scene     # noqa: E402

GOOD = ssh_scene.pcrs_of("signer 1")
RULE = "image = signer\nlevel = 2\nroots = sim\n"
RULES = ("[rule/by-age]\nservice = sshd\nuser = signer, builder\n" + RULE +
         "[rule/by-nonce]\nservice = sshd\nuser = careful\nbind = nonce\n" + RULE)
LIFETIME = 5

HOST = None


def setUpModule():
    global HOST
    HOST = ssh_scene.SshScene(BUILD)
    for user in ("signer", "builder", "careful", "stranger", "porter"):
        HOST.add_login_user(user)
    HOST.configure("images.d/signer.conf", ssh_scene.release_text("signer", "1", GOOD))
    HOST.configure("rules.d/10-ssh.conf", RULES)
    HOST.configure("policyd.conf",
                   f"[policyd]\nchallenge_lifetime = {LIFETIME}s\n")


def tearDownModule():
    HOST.stop_all()


class TicketLogin(unittest.TestCase):
    def setUp(self):
        HOST.start_daemon()
        self.module = HOST.start_enclave(GOOD)
        HOST.start_sshd()
        folder = private_host.ROOM / "serve"
        folder.mkdir(exist_ok=True)
        folder.chmod(0o777)
        self.socket = folder / "socket"
        self.socket.unlink(missing_ok=True)
        HOST.start("serve", ["setpriv", "--reuid=porter", "--clear-groups",
                             HOST.bin / "nitro-attest", "serve", "--listen",
                             self.socket], stderr=subprocess.DEVNULL)
        private_host.wait_for_listener(self.socket,
                                       "nitro-attest serve does not listen")

    def tearDown(self):
        HOST.stop("serve")

    def submit(self, *arguments):
        done = HOST.run("nitro-attest", "submit", "--nsm", self.module, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def log_in(self, user, **environment):
        return HOST.log_in(user, environment=environment)

    def assertRefused(self, login, reason):
        self.assertFalse(login.allowed, login)
        self.assertIn(reason, login.admin)
        self.assertLess(login.seconds, 6, login)

    def test_an_enclave_deposits_and_answers_by_one_prompt(self):
        for user in ("careful", "signer"):
            login = self.log_in(user, NITRO_SUBMIT=str(self.socket))
            self.assertTrue(login.allowed, login)
            self.assertIn("NITRO_LEVEL=2", login.admin)

    def test_to_the_daemon_of_this_host(self):
        self.assertTrue(self.log_in("careful", NITRO_SUBMIT="bus").allowed)

    def test_a_ticket_is_good_for_one_login(self):
        ticket = self.submit("--to", self.socket)
        self.assertTrue(self.log_in("signer", NITRO_TICKET=ticket).allowed)
        self.assertRefused(self.log_in("signer", NITRO_TICKET=ticket), "ticket-unknown")

    def test_whoever_presents_it_may_use_it_where_a_rule_allows(self):
        self.assertTrue(self.log_in("builder", NITRO_TICKET=self.submit()).allowed)
        ticket = self.submit()
        self.assertRefused(self.log_in("stranger", NITRO_TICKET=ticket), "no-rule")
        self.assertRefused(self.log_in("signer", NITRO_TICKET=ticket), "ticket-unknown")

    def test_a_rule_that_wants_the_nonce_gets_no_document_of_before(self):
        self.assertRefused(self.log_in("careful", NITRO_TICKET=self.submit()),
                           "nonce-missing")

    def test_a_guess(self):
        self.assertRefused(self.log_in("signer", NITRO_TICKET="a" * 26),
                           "ticket-unknown")

    def test_too_late(self):
        ticket = self.submit()
        time.sleep(LIFETIME + 0.2)
        self.assertRefused(self.log_in("signer", NITRO_TICKET=ticket), "ticket-unknown")

    def test_a_changed_enclave(self):
        HOST.start_enclave({**GOOD, 2: ssh_scene.measurement("patched")})
        self.assertRefused(self.log_in("careful", NITRO_SUBMIT=str(self.socket)),
                           "measurements-unknown")

    def test_only_the_holder_of_the_key(self):
        key, public = (private_host.ROOM / name for name in ("key.pem", "key.der"))
        subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-out", key], check=True)
        subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER",
                        "-out", public], check=True)
        with_key = {"NITRO_SUBMIT": str(self.socket),
                    "NITRO_PUBLIC_KEY_FILE": str(public)}
        self.assertTrue(self.log_in("careful", NITRO_PRIVATE_KEY_FILE=str(key),
                                    **with_key).allowed)
        self.assertFalse(self.log_in("careful", **with_key).allowed)

    def test_nobody_serves(self):
        HOST.stop("serve")
        login = self.log_in("careful", NITRO_SUBMIT=str(self.socket))
        self.assertFalse(login.allowed)
        self.assertTrue(self.log_in("careful").allowed)


if __name__ == "__main__":
    private_host.enter_or_skip(private_host.why_not(BUILD))
    unittest.main(verbosity=2)
