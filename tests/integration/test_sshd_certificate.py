# SPDX-License-Identifier: Apache-2.0
"""A real sshd whose AuthorizedKeysCommand is nitro-authorized-keys, a real ssh with a
certificate of nitro-attest ssh-cert, the real daemon: one round trip, no prompts,
plain OpenSSH on both sides. And certificates as nobody should send them."""
import os
import pathlib
import re
import signal
import sys
import time
import unittest

TOP = pathlib.Path(os.environ.setdefault(
    "top_srcdir", str(pathlib.Path(__file__).resolve().parents[2])))
BUILD = pathlib.Path(os.environ.setdefault("top_builddir", os.getcwd()))
sys.path.insert(0, str(TOP / "tests/support"))
import private_host  # noqa: E402
import ssh_scene     # noqa: E402
try:
    import ssh_forge
except ImportError:
    print("SKIPPED: python3-cryptography is not installed")
    sys.exit(77)

DEADLINE = 5.0
GOOD = ssh_scene.pcrs_of("signer 1")
RULE = """
[rule/ssh]
service = sshd
user = signer, builder
image = signer
level = 2
roots = sim
bind = ssh-key
"""
HOST = None


def setUpModule():
    global HOST
    HOST = ssh_scene.SshScene(BUILD)
    for user in ("signer", "builder", "stranger"):
        HOST.add_login_user(user)
    HOST.configure("images.d/signer.conf", ssh_scene.release_text("signer", "1", GOOD))


def tearDownModule():
    HOST.stop_all()


def man_page_block(page, first):
    """A literal block of a manual page, which admins copy."""
    text = (TOP / "man" / page).read_text()
    blocks = re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed", text, re.M | re.S)
    return next(block for block in blocks if block.startswith(first))


class Scene(unittest.TestCase):
    rule = RULE

    def setUp(self):
        self.scene = HOST
        self.scene.configure("rules.d/10-ssh.conf", self.rule)
        self.scene.start_daemon()
        self.scene.start_enclave(GOOD)
        self.start_sshd()

    def start_sshd(self, user=private_host.KEYS_USER, **options):
        snippet = man_page_block("nitro-authorized-keys.8", "Match User")
        snippet = snippet.replace("Match User signer", "Match User signer,builder,stranger")
        snippet = snippet.replace("/usr/sbin", str(self.scene.bin))
        snippet = snippet.replace("CommandUser nitro-keys", f"CommandUser {user}")
        assert str(self.scene.bin) in snippet and f"User {user}" in snippet
        self.scene.start_sshd(auth="auth required pam_deny.so", methods="publickey",
                              extra=snippet.splitlines(), **options)

    def allowed(self, login):
        self.assertTrue(login.allowed, login)
        return login

    def refused(self, login, reason, within=DEADLINE + 1):
        self.assertFalse(login.allowed, login)
        self.assertIn(reason, login.admin)
        self.assertLess(login.seconds, within, login)
        return login

    def forged(self, key, **options):
        """Files of a key that somebody made outside of any enclave."""
        certificate = ssh_forge.certificate(key, **options)
        return key.write(self.scene.home / "forged", certificate)

    def document(self, key=None, *options):
        if key is not None:
            options += (f"--public-key={key.blob.hex()}",)
        pcrs = [f"--pcr={index}={value}" for index, value in GOOD.items()]
        path = private_host.ROOM / "document"
        self.scene.run("nitro-sim", "document", self.scene.authority, *pcrs, *options,
                       "--output", path).check_returncode()
        return path.read_bytes()


class Logins(Scene):
    def test_readme_says_what_the_manual_page_says(self):
        readme = (TOP / "README.md").read_text()
        for line in man_page_block("nitro-authorized-keys.8", "Match User").splitlines():
            self.assertIn(f"    {line}\n", readme)

    def test_enclave_logs_in_without_a_prompt(self):
        for kind in ("ed25519", "ecdsa"):
            with self.subTest(kind):
                key = self.scene.make_certificate("--type", kind)
                login = self.allowed(self.scene.log_in_with_key("signer", key))
                self.assertIn("NITRO_LEVEL=2", login.admin)
                self.assertIn("NITRO_RELEASE=1", login.admin)

    def test_second_question_is_answered_by_the_verdict_of_the_first(self):
        login = self.allowed(self.scene.log_in_with_key(
            "signer", self.scene.make_certificate()))
        lines = [line for line in login.admin.splitlines()
                 if line.startswith("nitro-authorized-keys:") and "allowed" in line]
        self.assertEqual(len(lines), 2, "sshd asks twice")
        for line in lines:
            self.assertIn("decision=allowed", line)
            self.assertRegex(line, r'verdict="v[0-9a-f]{32}"')
            self.assertRegex(line, r'key="SHA256:')
        records = [line for line in login.admin.splitlines() if "NITRO_DECISION=" in line]
        self.assertEqual(len(records), 2, records)
        self.assertEqual(len({re.search(r'verdict="(\w+)"', line)[1] for line in lines}), 1)

    def test_command_may_run_as_root(self):
        self.start_sshd(user="root")
        self.allowed(self.scene.log_in_with_key("signer", self.scene.make_certificate()))

    def test_command_may_not_run_as_others(self):
        self.start_sshd(user="stranger")
        self.refused(self.scene.log_in_with_key("signer", self.scene.make_certificate()),
                     "AccessDenied")

    def test_one_certificate_for_several_logins(self):
        key = self.scene.make_certificate(user="signer,builder")
        for user in ("signer", "builder", "signer"):
            self.allowed(self.scene.log_in_with_key(user, key))

    def test_refreshed_certificate_of_the_same_key(self):
        key = self.scene.make_certificate()
        before = key.read_bytes()
        self.allowed(self.scene.log_in_with_key("signer", key))
        self.scene.make_certificate(refresh=True)
        self.assertEqual(key.read_bytes(), before)
        self.scene.start_daemon()
        self.allowed(self.scene.log_in_with_key("signer", key))

    def test_key_alone_opens_nothing(self):
        key = self.scene.make_certificate()
        key.with_name("key-cert.pub").unlink()
        login = self.scene.log_in_with_key("signer", key)
        self.assertFalse(login.allowed, login)

    def test_keys_in_files_still_count_where_they_may(self):
        key = ssh_forge.Key()
        path = key.write(self.scene.home / "ordinary")
        (private_host.ROOM / "authorized_keys").write_text(ssh_forge.line_of(key.blob))
        self.scene.start_sshd(auth="auth required pam_deny.so", methods="publickey", extra=[
            f"AuthorizedKeysCommand {self.scene.bin}/nitro-authorized-keys %u %t %k",
            "AuthorizedKeysCommandUser nitro-keys"])
        self.allowed(self.scene.log_in_with_key("stranger", path))
        (private_host.ROOM / "authorized_keys").unlink()


class Refusals(Scene):
    def test_user_without_a_rule(self):
        key = self.scene.make_certificate(user="stranger")
        self.refused(self.scene.log_in_with_key("stranger", key), "no-rule")

    def test_user_who_is_no_principal(self):
        key = self.scene.make_certificate(user="signer")
        self.refused(self.scene.log_in_with_key("builder", key), "certificate-other-user")

    def test_no_principal_is_not_everybody(self):
        key = ssh_forge.Key()
        path = self.forged(key, document=self.document(key), users=())
        self.refused(self.scene.log_in_with_key("signer", path), "certificate-other-user")

    def test_stolen_document_in_a_certificate_of_another_key(self):
        """All the thief has is a copy of a document: with it, he makes a certificate."""
        honest = ssh_forge.Key()
        thief = self.forged(ssh_forge.Key(), document=self.document(honest))
        self.refused(self.scene.log_in_with_key("signer", thief), "ssh-key-different")
        path = honest.write(self.scene.home / "honest", ssh_forge.certificate(
            honest, self.document(honest)))
        self.allowed(self.scene.log_in_with_key("signer", path))

    def test_stolen_document_where_the_rule_binds_nothing(self):
        self.scene.configure("rules.d/10-ssh.conf", RULE.replace("bind = ssh-key\n", ""))
        self.scene.start_daemon()
        thief = self.forged(ssh_forge.Key(), document=self.document(ssh_forge.Key()))
        self.refused(self.scene.log_in_with_key("signer", thief), "ssh-key-different")

    def test_stolen_certificate_without_its_key(self):
        """sshd asks about it, hears yes, and then wants a signature."""
        key = self.scene.make_certificate()
        stolen = self.scene.home / "stolen"
        ssh_forge.Key().write(stolen)
        for suffix in (".pub", "-cert.pub"):
            (self.scene.home / f"stolen{suffix}").write_bytes(
                (self.scene.home / f"key{suffix}").read_bytes())
        login = self.scene.log_in_with_key("signer", stolen)
        self.assertFalse(login.allowed, login)
        self.allowed(self.scene.log_in_with_key("signer", key))

    def test_certificate_of_another_authority(self):
        key = ssh_forge.Key()
        path = self.forged(key, document=self.document(key), signer=ssh_forge.Key())
        self.refused(self.scene.log_in_with_key("signer", path),
                     "certificate-not-self-signed")

    def test_expired_certificate(self):
        key = self.scene.make_certificate("--lifetime", "1s")
        time.sleep(1.2)
        self.refused(self.scene.log_in_with_key("signer", key), "certificate-not-valid")

    def test_certificate_of_the_future(self):
        key = ssh_forge.Key()
        path = self.forged(key, document=self.document(key), begin=int(time.time()) + 60)
        self.refused(self.scene.log_in_with_key("signer", path), "certificate-not-valid")

    def test_document_that_is_too_old(self):
        key = ssh_forge.Key()
        old = self.document(key, f"--time=@{int(time.time()) - 400}")
        self.refused(self.scene.log_in_with_key("signer", self.forged(key, document=old)),
                     "document-too-old")

    def test_changed_measurement(self):
        self.scene.start_enclave({**GOOD, 2: ssh_scene.measurement("patched")})
        key = self.scene.make_certificate()
        login = self.refused(self.scene.log_in_with_key("signer", key),
                             "measurements-unknown")
        self.assertIn("PCR2", login.admin)

    def test_debug_enclave(self):
        self.scene.start_enclave({}, debug=True)
        key = self.scene.make_certificate()
        self.refused(self.scene.log_in_with_key("signer", key), "debug-enclave")

    def test_rule_that_wants_a_challenge(self):
        self.scene.configure("rules.d/10-ssh.conf", RULE.replace("ssh-key", "nonce"))
        self.scene.start_daemon()
        key = self.scene.make_certificate()
        self.refused(self.scene.log_in_with_key("signer", key), "challenge-required")

    def test_rule_on_trial_is_no_way_in(self):
        """Elsewhere it lets everybody pass; here that would be everybody there is."""
        self.scene.configure("rules.d/10-ssh.conf", RULE + "mode = audit\n")
        self.scene.start_daemon()
        thief = self.forged(ssh_forge.Key(), document=self.document(ssh_forge.Key()))
        self.refused(self.scene.log_in_with_key("signer", thief), "audited=yes")
        plain = ssh_forge.Key().write(self.scene.home / "plain")
        self.refused(self.scene.log_in_with_key("signer", plain), "audited=yes")
        self.allowed(self.scene.log_in_with_key("signer", self.scene.make_certificate()))

    def test_certificate_without_a_document(self):
        path = self.forged(ssh_forge.Key())
        self.refused(self.scene.log_in_with_key("signer", path),
                     "certificate-without-document")

    def test_two_extensions_of_one_name(self):
        key = ssh_forge.Key()
        both = (ssh_forge.extension(ssh_forge.EXTENSION, self.document(key)) +
                ssh_forge.extension(ssh_forge.EXTENSION, self.document(key)))
        path = self.forged(key, extensions=both)
        self.refused(self.scene.log_in_with_key("signer", path), "key-unreadable")

    def test_document_that_is_no_document(self):
        for document in (b"\0", b"\xff" * 5000, self.document()[:-1]):
            key = ssh_forge.Key()
            path = self.forged(key, document=document)
            self.refused(self.scene.log_in_with_key("signer", path), "decision=denied")

    def test_oversized_extension(self):
        key = ssh_forge.Key()
        for size in (16641, 30000, 60000, 200000):
            with self.subTest(size=size):
                path = self.forged(key, document=bytes(size))
                login = self.scene.log_in_with_key("signer", path)
                self.assertFalse(login.allowed, login)
                self.assertLess(login.seconds, DEADLINE + 1)
        self.allowed(self.scene.log_in_with_key("signer", self.scene.make_certificate()))

    def test_stopped_daemon(self):
        key = self.scene.make_certificate()
        self.scene.stop("daemon")
        self.refused(self.scene.log_in_with_key("signer", key), "decision=unavailable")

    def test_frozen_daemon_within_the_deadline(self):
        key = self.scene.make_certificate()
        self.scene.processes["daemon"].send_signal(signal.SIGSTOP)
        try:
            # ssh offers the key, then the certificate; each question ends after
            # DEADLINE, and sshd waits up to as long again before it says no.
            self.refused(self.scene.log_in_with_key("signer", key), "daemon-timeout",
                         within=2 * 2 * DEADLINE + 1)
        finally:
            self.scene.processes["daemon"].send_signal(signal.SIGCONT)
        self.allowed(self.scene.log_in_with_key("signer", key))

    def test_policy_that_changes_between_two_logins(self):
        key = self.scene.make_certificate()
        self.allowed(self.scene.log_in_with_key("signer", key))
        self.scene.configure("rules.d/10-ssh.conf", RULE.replace("signer, builder", "builder"))
        self.scene.run("nitroctl", "reload").check_returncode()
        self.refused(self.scene.log_in_with_key("signer", key), "no-rule")


class WithPam(Scene):
    """pam_nitro in the account phase, too: by the verdict that the key has. sshd tells
    PAM about the key there only when another method follows."""

    methods = "publickey,keyboard-interactive"

    def start_sshd(self, **options):
        snippet = [f"AuthorizedKeysCommand {self.scene.bin}/nitro-authorized-keys %u %t %k",
                   "AuthorizedKeysCommandUser nitro-keys"]
        self.scene.start_sshd(
            auth="auth required pam_permit.so", account="account required {module}",
            methods="publickey,keyboard-interactive:pam", extra=snippet, **options)

    def test_login(self):
        key = self.scene.make_certificate()
        login = self.allowed(self.scene.log_in_with_key("signer", key, methods=self.methods))
        self.assertRegex(login.admin, r"pam_nitro\(sshd:account\).*decision=allowed")

    def test_key_of_a_file_is_not_enough(self):
        key = ssh_forge.Key()
        path = key.write(self.scene.home / "ordinary")
        (private_host.ROOM / "authorized_keys").write_text(ssh_forge.line_of(key.blob))
        try:
            self.refused(
                self.scene.log_in_with_key("signer", path, methods=self.methods),
                "verdict-unknown")
        finally:
            (private_host.ROOM / "authorized_keys").unlink()

    def test_changed_measurement(self):
        self.scene.start_enclave({**GOOD, 2: ssh_scene.measurement("patched")})
        key = self.scene.make_certificate()
        self.refused(self.scene.log_in_with_key("signer", key, methods=self.methods),
                     "measurements-unknown")


class WithSession(Scene):
    """pam_nitro in the session phase alone, as README has it: there sshd tells PAM about
    the key of a login by key, and the verdict is attached to the session."""

    def start_sshd(self, **options):
        super().start_sshd(session="session required {module} require", **options)

    def test_session_knows_what_it_was_opened_for(self):
        key = self.scene.make_certificate()
        for _ in range(2):
            login = self.scene.log_in_with_key("signer", key, command="env")
            self.assertRegex(login.output, r"(?m)^NITRO_VERDICT=v[0-9a-f]{32}$")
            self.assertIn("NITRO_IMAGE=signer\n", login.output)
            self.assertIn("NITRO_LEVEL=2\n", login.output)

    def test_verdict_lives_as_long_as_the_session(self):
        """sshd closes the session a moment after the client is gone."""
        for _ in range(2):
            log = self.scene.log_size()
            key = self.scene.make_certificate()
            self.allowed(self.scene.log_in_with_key("signer", key))
            private_host.wait_for(lambda log=log: "session-ended" in self.scene.log_since(log),
                                  "the verdict does not end", seconds=5)

    def test_key_without_a_verdict_gets_no_session(self):
        key = ssh_forge.Key()
        path = key.write(self.scene.home / "ordinary")
        (private_host.ROOM / "authorized_keys").write_text(ssh_forge.line_of(key.blob))
        try:
            self.scene.start_sshd(auth="auth required pam_deny.so", methods="publickey",
                                  session="session required {module} require")
            self.refused(self.scene.log_in_with_key("signer", path), "verdict-unknown")
        finally:
            (private_host.ROOM / "authorized_keys").unlink()


class Program(Scene):
    """The helper by itself: what it prints, and how it ends."""

    def ask(self, *arguments, user="signer", **options):
        mark = self.scene.syslog.mark()
        done = self.scene.run("nitro-authorized-keys", *options.pop("options", ()), user,
                              *arguments, **options)
        done.log = self.scene.syslog.since(mark)
        self.assertTrue(done.log, f"nothing in the log about {arguments}")
        return done

    def verdicts(self):
        listed = self.scene.run("nitroctl", "verdict", "list", "--user", "signer")
        return {line.split()[0] for line in listed.stdout.splitlines()}

    def as_sshd(self, *words):
        """As sshd runs it."""
        return self.scene.run_as(private_host.KEYS_USER,
                                 self.scene.bin / "nitro-authorized-keys", "signer", *words)

    def words(self, key):
        return (self.scene.home / f"{key}-cert.pub").read_text().split()[:2]

    def test_line_holds_the_key_and_nothing_of_the_client(self):
        self.scene.make_certificate()
        done = self.ask(*self.words("key"))
        public = (self.scene.home / "key.pub").read_text().split()[:2]
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, f"cert-authority {' '.join(public)}\n", ""))

    def test_plain_key_of_a_live_verdict(self):
        self.scene.make_certificate()
        public = (self.scene.home / "key.pub").read_text().split()[:2]
        done = self.ask(*public)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertEqual(self.ask(*self.words("key")).returncode, 0)
        done = self.ask(*public)
        self.assertEqual((done.returncode, done.stdout), (0, f"{' '.join(public)}\n"))
        done = self.ask(*public, user="builder")
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_offers_of_strangers_multiply_no_verdicts(self):
        """What sshd asks about is not proven; sshd asks as often as somebody offers."""
        self.scene.make_certificate()
        public = (self.scene.home / "key.pub").read_text().split()[:2]
        before = self.verdicts()
        for words in 3 * (self.words("key"), public):
            done = self.as_sshd(*words)
            self.assertEqual(done.returncode, 0)
            self.assertIn(public[1], done.stdout)
        self.assertEqual(len(self.verdicts() - before), 1)

    def test_garbage(self):
        self.scene.make_certificate()
        kind, text = self.words("key")
        good = ("ssh-ed25519", text)
        cases = {
            "nothing": ("", ""), "blank": (" ", " "), "no base64": (kind, "@@@@"),
            "cut": (kind, text[:-8]), "longer": (kind, text + "AAAA"),
            "padding": (kind, text + "="), "another type": good,
            "comment": (kind, text + " comment"), "type and more": (f"{kind} {text}", text),
            "newline": (kind, text + "\n"), "newline first": (f"\n{kind}", text),
            "huge": (kind, "A" * 100000), "one byte": (kind, "AA=="),
            "options": (f'command="id" {kind}', text),
        }
        for name, words in cases.items():
            with self.subTest(name):
                done = self.ask(*words)
                self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertIn("cert-authority", self.ask(kind, text).stdout)

    def test_certificates_that_ssh_cert_does_not_make(self):
        key = ssh_forge.Key()
        document = self.document(key)
        unpacked = (ssh_forge.string(ssh_forge.EXTENSION) + ssh_forge.string(document))
        for reason, options in (
                ("certificate-of-a-host", {"document": document, "kind": ssh_forge.HOST}),
                ("certificate-document-malformed", {"extensions": unpacked}),
                ("key-unreadable", {"document": document, "kind": 3}),
                ("key-unreadable", {"document": document, "after": b"\0"})):
            with self.subTest(reason):
                blob = ssh_forge.certificate(key, **options)
                done = self.ask(*ssh_forge.line_of(blob).split()[:2])
                self.assertEqual((done.returncode, done.stdout), (0, ""))
                self.assertIn(f'reason="{reason}"', done.log)

    def test_user_with_a_strange_name(self):
        self.scene.make_certificate()
        for user in ("a\nb", 'a"b', "a" * 300, "\u00e4", ""):
            with self.subTest(user=user):
                done = self.ask(*self.words("key"), user=user)
                self.assertEqual(done.stdout, "")
                self.assertNotIn("\nb", done.log)

    def test_unavailable_is_an_exit_status(self):
        self.scene.make_certificate()
        self.scene.stop("daemon")
        done = self.ask(*self.words("key"), "SHA256:abc")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn('key="SHA256:abc"', done.log)

    def test_timeout_is_that_of_all_questions(self):
        self.scene.make_certificate()
        self.scene.processes["daemon"].send_signal(signal.SIGSTOP)
        begin = time.monotonic()
        try:
            done = self.ask(*self.words("key"), options=("--timeout", "1"))
        finally:
            self.scene.processes["daemon"].send_signal(signal.SIGCONT)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertLess(time.monotonic() - begin, 2)

    def test_service(self):
        self.scene.make_certificate()
        done = self.ask(*self.words("key"), options=("--service", "login"))
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertIn("no-rule", done.log)

    def test_connection_is_what_rules_by_remote_host_ask_for(self):
        self.scene.configure("rules.d/10-ssh.conf", RULE + "remote_host = 192.0.2.7\n")
        self.scene.start_daemon()
        self.scene.make_certificate()
        for options, reason in (
                ((), "no-rule"), (("--connection", "192.0.2.8 9 192.0.2.1 22"), "no-rule"),
                (("--connection", "192.0.2.7 9 192.0.2.1 22"), "decision=allowed")):
            with self.subTest(options=options):
                self.assertIn(reason, self.ask(*self.words("key"), options=options).log)

    def test_sshd_says_where_the_client_is_if_it_can(self):
        self.scene.configure("rules.d/10-ssh.conf", RULE + "remote_host = 127.0.0.1\n")
        self.scene.start_daemon()
        key = self.scene.make_certificate()
        self.scene.start_sshd(auth="auth required pam_deny.so", methods="publickey", extra=[
            f"AuthorizedKeysCommand {self.scene.bin}/nitro-authorized-keys "
            "--connection %C %u %t %k", "AuthorizedKeysCommandUser nitro-keys"])
        login = self.scene.log_in_with_key("signer", key)
        if "percent_expand" in (private_host.ROOM / "sshd.log").read_text():
            self.skipTest("SKIPPED: this sshd does not know %C")
        self.allowed(login)

    def test_wrong_command_lines(self):
        for arguments in ((), ("signer",), ("signer", "type"), ("a", "b", "c", "d", "e"),
                          ("--timeout", "0", "a", "b", "c"), ("--timeout", "61", "a", "b", "c"),
                          ("--timeout", "1s", "a", "b", "c"),
                          ("--connection", "", "a", "b", "c"),
                          ("--connection", "a" * 200, "a", "b", "c"), ("--nonsense", "a", "b", "c")):
            with self.subTest(arguments):
                done = self.scene.run("nitro-authorized-keys", *arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertNotEqual(done.stderr, "")

    def test_ordinary_keys_are_no_news(self):
        key = ssh_forge.Key()
        done = self.ask(*ssh_forge.line_of(key.blob).split()[:2])
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertIn("verdict-unknown", done.log)
        for kind in ("sk-ssh-ed25519@openssh.com", "ssh-dss"):
            blob = ssh_forge.string(kind.encode()) + ssh_forge.string(b"x")
            done = self.ask(*ssh_forge.line_of(blob).split()[:2])
            self.assertEqual((done.returncode, done.stdout), (0, ""))


if __name__ == "__main__":
    private_host.enter_or_skip(private_host.why_not(BUILD))
    unittest.main(verbosity=2)
