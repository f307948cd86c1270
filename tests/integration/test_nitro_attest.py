# SPDX-License-Identifier: Apache-2.0
"""nitro-attest as people and OpenSSH use it, against the real `nitro-sim nsm`:
documents, whole conversations over one process per prompt, and everything that
may go wrong between the parts."""
import base64
import concurrent.futures
import hashlib
import os
import pathlib
import pty
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import threading
import time
import unittest

BUILD = pathlib.Path(os.environ.get("top_builddir", "."))
ATTEST = BUILD / "nitro-attest" / "nitro-attest"
SIM = BUILD / "nitro-sim" / "nitro-sim"


def run(arguments, **options):
    options.setdefault("timeout", 20)
    return subprocess.run([str(a) for a in arguments], capture_output=True,
                          check=False, stdin=subprocess.DEVNULL, **options)


def text_of(nonce):
    return base64.urlsafe_b64encode(nonce).decode().rstrip("=")


def prompt_of(nonce, part, limit=500, prefix="(signer@host.example) "):
    return f"{prefix}nitro-attest/1 nonce={text_of(nonce)} max={limit} part={part}:"


class Scene(unittest.TestCase):
    """A simulated module, a runtime directory, and a clean environment."""

    @classmethod
    def setUpClass(cls):
        cls.room = pathlib.Path(tempfile.mkdtemp(prefix="nitro-attest-"))
        cls.socket = cls.room / "nsm"
        done = run([SIM, "init", cls.room / "sim"])
        assert done.returncode == 0, done.stderr
        cls.module = cls.start_module(cls.socket)

    @classmethod
    def start_module(cls, path):
        module = subprocess.Popen(
            [SIM, "nsm", cls.room / "sim", f"--listen={path}"],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        assert module.stdout.readline() == f"listening on {path}\n"
        return module

    @classmethod
    def stop_module(cls, module):
        module.send_signal(signal.SIGTERM)
        code = module.wait(timeout=10)
        module.stdout.close()
        return code

    @classmethod
    def tearDownClass(cls):
        cls.stop_module(cls.module)
        shutil.rmtree(cls.room)

    def setUp(self):
        self.runtime = pathlib.Path(tempfile.mkdtemp(dir=self.room))
        self.store = self.runtime / "nitro-attest"
        self.environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent",
                            "XDG_RUNTIME_DIR": str(self.runtime),
                            "NITRO_NSM": str(self.socket)}

    def document(self, *arguments, **options):
        return run([ATTEST, "document", *arguments], env=self.environment, **options)

    def ask(self, prompt, *arguments, **options):
        options.setdefault("env", self.environment)
        return run([ATTEST, "askpass", *arguments, prompt], **options)

    def kept(self):
        return sorted(p.name for p in self.store.iterdir()) if self.store.exists() else []

    def assert_refused(self, done, word, code=1):
        """Exit status, one sentence that names the cause, silent stdout."""
        self.assertEqual(done.returncode, code, done)
        self.assertEqual(done.stdout, b"")
        self.assertEqual(done.stderr.count(b"\n"), 1, done.stderr)
        self.assertIn(word.encode(), done.stderr)

    def converse(self, nonce, limit=500, **options):
        """Asks for every part as pam_nitro does; returns the document."""
        part, total, text = 1, 1, ""
        while part <= total:
            done = self.ask(prompt_of(nonce, part, limit), **options)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stderr, b"")
            line = done.stdout.decode()
            self.assertEqual(line[-1], "\n")
            self.assertLessEqual(len(line) - 1, limit)
            head, piece = line[:-1].split(" ")
            self.assertRegex(head, f"^{part}/[1-9][0-9]*$")
            total = int(head.split("/")[1])
            self.assertLessEqual(total, 64)
            text += piece
            part += 1
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Document(Scene):
    def test_document_carries_what_was_asked_for(self):
        key = self.runtime / "key"
        key.write_bytes(bytes(range(256)))
        done = self.document("--nonce", "0011223344", "--user-data", "cafe" * 8,
                             "--public-key", f"@{key}")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        # CBOR text, then byte string, as the document's map holds them.
        self.assertIn(b"\x65nonce\x45\x00\x11\x22\x33\x44", done.stdout)
        self.assertIn(b"\x69user_data\x50" + b"\xca\xfe" * 8, done.stdout)
        self.assertIn(b"\x6apublic_key\x59\x01\x00" + key.read_bytes(), done.stdout)

    def test_fields_that_are_not_given_are_null(self):
        document = self.document().stdout
        for field in b"\x65nonce", b"\x69user_data", b"\x6apublic_key":
            self.assertIn(field + b"\xf6", document)

    def test_base64(self):
        done = self.document("--base64", "--nonce", "aa")
        self.assertEqual(done.stdout[-1:], b"\n")
        document = base64.b64decode(done.stdout[:-1], validate=True)
        self.assertIn(b"\x65nonce\x41\xaa", document)

    def test_public_key_file_of_the_environment(self):
        key = self.runtime / "key"
        key.write_bytes(b"KEY")
        self.environment["NITRO_PUBLIC_KEY_FILE"] = str(key)
        self.assertIn(b"\x6apublic_key\x43KEY", self.document().stdout)
        self.assertIn(b"\x6apublic_key\x41\x2a",
                      self.document("--public-key", "2a").stdout)
        key.unlink()
        self.assert_refused(self.document(), str(key))

    def test_nitroctl_verifies_it(self):
        nitroctl = BUILD / "nitroctl" / "nitroctl"
        if not nitroctl.exists():
            self.skipTest("nitroctl is not built")
        path = self.runtime / "document"
        self.assertEqual(self.document("--nonce", "aa", "--output", path).returncode, 0)
        done = run([nitroctl, "verify", "--root", self.room / "sim" / "root.pem",
                    "--nonce", "aa", path])
        self.assertEqual(done.returncode, 0, done)
        done = run([nitroctl, "verify", "--root", self.room / "sim" / "root.pem",
                    "--nonce", "bb", path])
        self.assertEqual(done.returncode, 1, done)

    def test_output_file_is_whole_or_absent(self):
        path = self.runtime / "document"
        path.write_bytes(b"old")
        self.assertEqual(self.document("--output", path).returncode, 0)
        self.assertGreater(path.stat().st_size, 3000)
        old = path.read_bytes()
        self.environment["NITRO_NSM"] = "/nonexistent"
        self.assertEqual(self.document("--output", path).returncode, 1)
        self.assertEqual(path.read_bytes(), old)
        self.assertEqual([p.name for p in self.runtime.iterdir()], ["document"])

    def test_output_leaves_devices_and_links_alone(self):
        self.assert_refused(self.document("--output", "/dev/full"), "not a regular file")
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/full").st_mode))
        link = self.runtime / "link"
        link.symlink_to("/dev/null")
        self.assert_refused(self.document("--output", link), str(link))
        self.assertTrue(link.is_symlink())

    def test_full_standard_output(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([ATTEST, "document"], env=self.environment, stdout=full,
                                  stderr=subprocess.PIPE, check=False, timeout=20)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"No space left", done.stderr)

    def test_terminal_gets_no_bytes(self):
        ours, theirs = pty.openpty()
        done = subprocess.run([ATTEST, "document"], env=self.environment, stdout=theirs,
                              stderr=subprocess.PIPE, check=False, timeout=20)
        os.close(theirs)
        with self.assertRaises(OSError):  # nothing was written: EIO at once
            os.read(ours, 1)
        os.close(ours)
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"terminal", done.stderr)

    def test_unusable_values(self):
        large = self.runtime / "large"
        large.write_bytes(b"x" * 4097)
        for value in "abc", "0x11", "zz", "1" * 8194, f"@{large}", "@/nonexistent", "@/":
            self.assert_refused(self.document("--nonce", value), "nonce")
        # Each fits, but not all of them into one request.
        self.assert_refused(self.document("--nonce", "00" * 2048,
                                          "--user-data", "00" * 2048), "4096")

    def test_wrong_command_lines(self):
        for arguments in ["document", "x"], ["document", "--other"], ["other"], [], \
                ["askpass"], ["askpass", "a", "b"], ["askpass", "--nonce", "aa", "p"]:
            done = run([ATTEST, *arguments], env=self.environment)
            self.assertEqual((done.returncode, done.stdout), (2, b""), arguments)
        for option in "--help", "--version":
            self.assertEqual(run([ATTEST, option]).returncode, 0)


class Module(Scene):
    """Modules that are not there, or not what they should be."""

    def serve(self, answer):
        """A false module that answers one connection; None: it stays silent."""
        path = self.runtime / "false"
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listener.bind(str(path))
        listener.listen()

        def work():
            connection, _ = listener.accept()
            connection.recv(8192)
            if answer is None:
                connection.recv(1)
            elif answer:
                connection.send(answer)
            connection.close()

        thread = threading.Thread(target=work)
        thread.start()
        self.addCleanup(listener.close)
        self.addCleanup(thread.join)
        return path

    def test_false_modules(self):
        document = b"\xa1\x6bAttestation\xa1\x68document"
        for answer, word in [
                (b"", "without an answer"),
                (b"\0", "not one of an NSM"),
                (document + b"\x45whole"[:-1], "not one of an NSM"),
                (document + b"\x41xx", "not one of an NSM"),
                (document + b"\x40", "no attestation document"),
                (b"\xa1\x69GetRandom\xa1\x66random\x41x", "no attestation document"),
                (b"\xa1\x65Error\x6fInvalidArgument", "InvalidArgument"),
                (b"\xa1\x65Error\x67Success", "not one of an NSM"),
                (b"x" * 12289, "too large")]:
            path = self.serve(answer)
            self.assert_refused(self.document("--nsm", path), word)
            path.unlink()

    def test_silent_module_is_given_up_in_time(self):
        start = time.monotonic()
        self.assert_refused(self.document("--nsm", self.serve(None)), "in time")
        self.assertLess(time.monotonic() - start, 6)

    def test_what_is_no_module(self):
        for path, word in [("/nonexistent", "no such file"), ("/etc/passwd", "neither"),
                           ("/dev/null", "neither"), (self.runtime, "neither")]:
            self.assert_refused(self.document("--nsm", path), word)

    def test_dead_module(self):
        path = self.runtime / "nsm"
        module = self.start_module(path)
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        module.kill()
        module.wait()
        module.stdout.close()
        self.assert_refused(self.document("--nsm", path), "Nobody serves")
        # A new one takes the place of the dead one, and cleans up at its end.
        module = self.start_module(path)
        self.assertEqual(self.document("--nsm", path).returncode, 0)
        done = run([SIM, "nsm", self.room / "sim", f"--listen={path}"])
        self.assertEqual(done.returncode, 1)
        self.assertEqual(self.stop_module(module), 0)
        self.assertFalse(path.exists())

    def test_silent_client_does_not_block_others(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as silent:
            silent.connect(str(self.socket))
            start = time.monotonic()
            self.assertEqual(self.document().returncode, 0)
            self.assertLess(time.monotonic() - start, 3)

    def exchange(self, request):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
            client.settimeout(10)
            client.connect(str(self.socket))
            client.send(request)
            return client.recv(16384)

    def test_simulator_answers_as_a_module(self):
        self.assertIn(b"\x69module_id\x78\x27i-0123456789abcdef0-enc0123456789abcdef",
                      self.exchange(b"\x6bDescribeNSM"))
        random = [self.exchange(b"\x69GetRandom") for _ in range(2)]
        self.assertNotEqual(random[0], random[1])
        self.assertEqual(random[0][:22], b"\xa1\x69GetRandom\xa1\x66random\x59\x01\x00"[:22])
        pcr = b"\xa1\x6bDescribePCR\xa1\x65index"
        # PCR4: the instance, extended once (FORMATS: PCR formulas).
        pcr4 = hashlib.sha384(bytes(48) + b"i-0123456789abcdef0").digest()
        answer = self.exchange(pcr + b"\x04")
        self.assertIn(b"\x64lock\xf5", answer)
        self.assertIn(b"\x64data\x58\x30" + pcr4, answer)
        self.assertIn(pcr4, self.document().stdout)
        self.assertIn(b"\x64lock\xf4", self.exchange(pcr + b"\x10"))
        for request, error in [
                (pcr + b"\x18\x20", b"InvalidIndex"),
                (pcr + b"\x61x", b"InvalidArgument"),
                (b"\xa1\x67LockPCR\xa1\x65index\x01", b"InvalidOperation"),
                (b"\xff", b"InvalidOperation"),
                (b"x" * 4097, b"InputTooLarge"),
                (b"x" * 65536, b"InputTooLarge")]:
            answer = self.exchange(request)
            self.assertEqual(answer[:7], b"\xa1\x65Error")
            self.assertEqual(answer[8:], error)

    def test_one_leaf_signs_many_documents(self):
        first, second = (self.document("--nonce", n).stdout for n in ("aa", "bb"))
        start = first.index(b"\x6bcertificate")
        self.assertEqual(first[start:start + 600], second[start:start + 600])


class Askpass(Scene):
    def test_conversation(self):
        nonce = secrets.token_bytes(32)
        document = self.converse(nonce)
        self.assertIn(b"\x65nonce\x58\x20" + nonce, document)
        self.assertEqual(self.kept(), [])

    def test_every_limit(self):
        for limit in 128, 499, 500, 501, 777, 1000:
            nonce = secrets.token_bytes(32)
            self.assertIn(nonce, self.converse(nonce, limit))
        self.assertEqual(self.kept(), [])

    def test_document_between_the_parts_is_private(self):
        self.assertEqual(self.ask(prompt_of(b"n" * 32, 1)).returncode, 0)
        self.assertEqual(len(self.kept()), 1)
        kept = self.store / self.kept()[0]
        self.assertEqual(stat.S_IMODE(self.store.stat().st_mode), 0o700)
        self.assertEqual(stat.S_IMODE(kept.stat().st_mode), 0o600)

    def test_link_is_the_verb(self):
        link = self.runtime / "nitro-attest-askpass"
        link.symlink_to(ATTEST.resolve())
        done = run([link, prompt_of(b"n" * 32, 1)], env=self.environment)
        self.assertRegex(done.stdout, rb"^1/[0-9]+ [A-Za-z0-9_-]+\n$")
        for arguments in [], ["a", "b"]:
            self.assertEqual(run([link, *arguments], env=self.environment).returncode, 2)
        self.assert_refused(run([link, "--help"], env=self.environment), "not a challenge")

    def test_concurrent_conversations(self):
        nonces = [secrets.token_bytes(32) for _ in range(8)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for nonce, document in zip(nonces, pool.map(self.converse, nonces)):
                self.assertIn(b"\x65nonce\x58\x20" + nonce, document)
        self.assertEqual(self.kept(), [])

    def test_public_key(self):
        key = self.runtime / "key"
        key.write_bytes(b"KEY")
        self.environment["NITRO_PUBLIC_KEY_FILE"] = str(key)
        self.assertIn(b"\x6apublic_key\x43KEY", self.converse(secrets.token_bytes(32)))

    def test_other_prompts_are_refused(self):
        for prompt in ["signer@host's password: ", "", "nitro-attest/1",
                       "Enter passphrase for key '/root/.ssh/id_ed25519': ",
                       "Are you sure you want to continue connecting (yes/no)? ",
                       prompt_of(b"n" * 32, 1) + " ", prompt_of(b"n" * 31, 1),
                       prompt_of(b"n" * 32, 65), prompt_of(b"n" * 32, 1, 22001),
                       prompt_of(b"n" * 32, 1, 63), "x" * 100000]:
            self.assert_refused(self.ask(prompt), "not a challenge")
        self.assertFalse(self.store.exists())

    def test_later_part_needs_the_first(self):
        self.assert_refused(self.ask(prompt_of(b"n" * 32, 2)), "part 1 comes first")

    def test_part_beyond_the_last_ends_the_conversation(self):
        self.assertEqual(self.ask(prompt_of(b"n" * 32, 1)).returncode, 0)
        self.assert_refused(self.ask(prompt_of(b"n" * 32, 60)), "no part 60")
        self.assertEqual(self.kept(), [])

    def test_document_too_large_for_the_answers(self):
        self.assert_refused(self.ask(prompt_of(b"n" * 32, 1, 64)), "do not fit")
        self.assertEqual(self.kept(), [])

    def test_dead_module(self):
        self.environment["NITRO_NSM"] = "/nonexistent"
        self.assert_refused(self.ask(prompt_of(b"n" * 32, 1)), "no such file")
        self.assertEqual(self.kept(), [])

    def test_nothing_but_path_and_home(self):
        home = pathlib.Path(f"/tmp/nitro-attest-{os.getuid()}")
        if pathlib.Path(f"/run/user/{os.getuid()}").exists():
            home = pathlib.Path(f"/run/user/{os.getuid()}/nitro-attest")
        nonce = secrets.token_bytes(32)
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
        arguments = ["--nsm", self.socket]
        done = self.ask(prompt_of(nonce, 1), *arguments, env=environment)
        self.assertEqual(done.returncode, 0, done)
        self.assertTrue((home / nonce.hex()).exists())
        total = int(done.stdout.split(b" ")[0].split(b"/")[1])
        done = self.ask(prompt_of(nonce, total), *arguments, env=environment)
        self.assertEqual(done.returncode, 0, done)
        self.assertFalse((home / nonce.hex()).exists())

    def test_relative_runtime_directory_is_ignored(self):
        self.environment["XDG_RUNTIME_DIR"] = "relative"
        done = self.ask(prompt_of(b"n" * 32, 1), cwd=self.runtime)
        self.assertEqual(done.returncode, 0, done)
        self.assertFalse((self.runtime / "relative").exists())
        # Ends that conversation, wherever it was kept.
        self.ask(prompt_of(b"n" * 32, 64))


class Store(Scene):
    """Attacks on, and failures of, the directory between the parts."""

    def test_link_in_place_of_the_directory(self):
        elsewhere = self.runtime / "elsewhere"
        elsewhere.mkdir(mode=0o700)
        self.store.symlink_to(elsewhere)
        self.assert_refused(self.ask(prompt_of(b"n" * 32, 1)), str(self.store))
        self.assertEqual(list(elsewhere.iterdir()), [])

    def test_directory_that_others_may_enter(self):
        for mode in 0o701, 0o710, 0o770, 0o750, 0o777, 0o1777:
            self.store.mkdir()
            self.store.chmod(mode)
            self.assert_refused(self.ask(prompt_of(b"n" * 32, 1)), "0700")
            self.assertEqual(self.kept(), [])
            self.store.rmdir()

    @unittest.skipUnless(os.getuid() == 0, "SKIPPED: needs root to give a directory away")
    def test_directory_of_somebody_else(self):
        self.store.mkdir(mode=0o700)
        os.chown(self.store, 12345, 12345)
        self.assert_refused(self.ask(prompt_of(b"n" * 32, 1)), "belong to this user")

    def test_file_in_place_of_the_directory(self):
        self.store.write_bytes(b"")
        self.assert_refused(self.ask(prompt_of(b"n" * 32, 1)), str(self.store))

    def test_missing_runtime_directory(self):
        self.environment["XDG_RUNTIME_DIR"] = str(self.runtime / "missing")
        self.assert_refused(self.ask(prompt_of(b"n" * 32, 1)), "missing")

    def ask_on_tmpfs(self, options, prompt):
        """Asks with a runtime directory that is a mount of its own; lists what is
        left there on stderr."""
        script = (f'mount -t tmpfs -o {options} none "$XDG_RUNTIME_DIR" || exit 77; '
                  '"$0" askpass "$1"; code=$?; ls -A "$XDG_RUNTIME_DIR"/* >&2; exit $code')
        if run(["unshare", "--mount", "true"]).returncode != 0:
            self.skipTest("SKIPPED: no private mounts here (needs root)")
        done = run(["unshare", "--mount", "sh", "-c", script, ATTEST, prompt],
                   env=self.environment)
        if done.returncode == 77:
            self.skipTest(f"SKIPPED: no tmpfs here: {done.stderr!r}")
        return done

    def test_read_only_runtime_directory(self):
        done = self.ask_on_tmpfs("ro", prompt_of(b"n" * 32, 1))
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertIn(b"Read-only", done.stderr)

    @unittest.skipIf(os.getuid() == 0, "SKIPPED: root may write anywhere")
    def test_unwritable_runtime_directory(self):
        self.runtime.chmod(0o500)
        self.addCleanup(self.runtime.chmod, 0o700)
        self.assert_refused(self.ask(prompt_of(b"n" * 32, 1)), "Permission denied")

    def test_planted_files_are_not_followed(self):
        name = (b"n" * 32).hex()
        secret = self.runtime / "secret"
        secret.write_bytes(b"secret")
        self.store.mkdir(mode=0o700)
        (self.store / name).symlink_to(secret)
        self.assert_refused(self.ask(prompt_of(b"n" * 32, 2)), "symbolic link")
        self.assert_refused(self.ask(prompt_of(b"n" * 32, 1)), "cannot be kept")
        self.assertEqual(secret.read_bytes(), b"secret")

    def test_oversized_and_writable_files_are_refused(self):
        self.store.mkdir(mode=0o700)
        kept = self.store / (b"n" * 32).hex()
        kept.write_bytes(b"x" * 16385)
        self.assert_refused(self.ask(prompt_of(b"n" * 32, 2)), "too large")
        kept.write_bytes(b"x" * 1000)
        kept.chmod(0o666)
        self.assert_refused(self.ask(prompt_of(b"n" * 32, 2)), "written by")

    def test_stale_files_are_swept_and_nothing_else(self):
        self.store.mkdir(mode=0o700)
        now = time.time()
        names = {"old": ("aa" * 32, -400), "unfinished": ("bb" * 32 + ".1234", -400),
                 "fresh": ("cc" * 32, -100), "foreign": ("notes", -400),
                 "future": ("dd" * 32, 4000)}
        for name, age in names.values():
            (self.store / name).write_bytes(b"x")
            os.utime(self.store / name, (now + age, now + age))
        self.assertEqual(self.ask(prompt_of(b"n" * 32, 1)).returncode, 0)
        self.assertEqual(self.kept(), sorted(["cc" * 32, "notes", (b"n" * 32).hex()]))

    def test_full_disk(self):
        done = self.ask_on_tmpfs("size=4k,mode=700", prompt_of(b"n" * 32, 1))
        # One line: the directory is left empty.
        self.assert_refused(done, "No space left")

    def test_answer_that_cannot_be_given_leaves_nothing(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([ATTEST, "askpass", prompt_of(b"n" * 32, 1)],
                                  env=self.environment, stdout=full,
                                  stderr=subprocess.PIPE, check=False, timeout=20)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"No space left", done.stderr)
        self.assertEqual(self.kept(), [])

    def test_reader_that_went_away_leaves_nothing(self):
        ours, theirs = os.pipe()
        os.close(ours)
        done = subprocess.run([ATTEST, "askpass", prompt_of(b"n" * 32, 1)],
                              env=self.environment, stdout=theirs,
                              stderr=subprocess.PIPE, check=False, timeout=20)
        os.close(theirs)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(self.kept(), [])

    def full_pipe(self):
        """A pipe without room, and what empties it."""
        ours, theirs = os.pipe()
        os.set_blocking(theirs, False)
        try:
            while True:
                os.write(theirs, bytes(4096))
        except BlockingIOError:
            os.set_blocking(theirs, True)
        self.addCleanup(os.close, ours)
        return ours, theirs

    def ask_into(self, output):
        process = subprocess.Popen(
            [ATTEST, "askpass", prompt_of(b"n" * 32, 1)], env=self.environment,
            stdout=output, stderr=subprocess.PIPE)
        os.close(output)
        self.addCleanup(process.stderr.close)
        end = time.monotonic() + 10
        while not any(len(name) == 64 for name in self.kept()):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)
        return process

    def test_reader_that_does_not_read_is_given_up(self):
        _, theirs = self.full_pipe()
        process = self.ask_into(theirs)
        self.assertEqual(process.wait(timeout=10), 1)
        self.assertIn(b"standard output", process.stderr.read())
        self.assertEqual(self.kept(), [])

    def test_signal_while_answering_leaves_nothing(self):
        for ending in signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT:
            ours, theirs = self.full_pipe()
            process = self.ask_into(theirs)
            process.send_signal(ending)
            os.read(ours, 1 << 20)
            self.assertEqual(process.wait(timeout=10), 1)
            self.assertEqual(self.kept(), [])

    def test_killed_anywhere_leaves_nothing(self):
        """A signal at any moment: an answer and its document, or neither."""
        for step in range(60):
            process = subprocess.Popen(
                [ATTEST, "askpass", prompt_of(b"n" * 32, 1)], env=self.environment,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            time.sleep(step * 0.0005)
            process.terminate()
            process.communicate(timeout=20)
            kept = self.kept()
            self.assertEqual(kept, [] if process.returncode else [(b"n" * 32).hex()])
            for name in kept:
                (self.store / name).unlink()


if __name__ == "__main__":
    unittest.main()
