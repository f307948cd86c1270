# SPDX-License-Identifier: Apache-2.0
"""nitro-sim as people use it: files, exit codes and messages. What is in the
documents is tested in tests/unit/test_refusals.c and test_boundaries.c."""
import base64
import os
import pathlib
import pty
import resource
import signal
import stat
import subprocess
import tempfile
import unittest

SIM = pathlib.Path(os.environ.get("top_builddir", ".")) / "nitro-sim" / "nitro-sim"
UNTAGGED = bytes.fromhex("8444a1013822a059")


def run(*arguments, **options):
    options.setdefault("stdout", subprocess.PIPE)
    return subprocess.run([str(SIM), *map(str, arguments)], check=False, timeout=20,
                          stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)


def limit_files():
    """Files end at 1000 bytes: writing more fails, without the signal."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


class NitroSim(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        room = tempfile.TemporaryDirectory(prefix="nitro-sim-")
        cls.addClassCleanup(room.cleanup)
        cls.room = pathlib.Path(room.name)
        cls.home = cls.room / "authority"
        done = run("init", cls.home)
        assert done.returncode == 0, done.stderr

    def assert_fails(self, code, words, *arguments, **options):
        done = run(*arguments, **options)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertIn(words, done.stderr.decode())
        return done

    def test_help_and_version(self):
        for arguments in (["--help"], ["init", "--help"], ["document", "--help"],
                          ["breaks", "--help"]):
            done = run(*arguments)
            self.assertEqual(done.returncode, 0, arguments)
            self.assertIn(b"Usage: nitro-sim", done.stdout)
        self.assertRegex(run("--version").stdout, rb"^nitro-sim .*\d+\.\d+\.\d+\n$")

    def test_init_never_overwrites(self):
        before = {path.name: path.read_bytes() for path in self.home.iterdir()}
        self.assertEqual(sorted(before), ["root.key", "root.pem"])
        self.assert_fails(1, "already holds root.pem", "init", self.home)
        after = {path.name: path.read_bytes() for path in self.home.iterdir()}
        self.assertEqual(before, after)

    def test_init_where_it_cannot(self):
        self.assert_fails(1, "nowhere", "init", self.room / "nowhere" / "authority")
        (self.room / "file").touch()
        self.assert_fails(1, "file", "init", self.room / "file")

    def test_key_that_others_can_read(self):
        home = self.room / "open"
        self.assertEqual(run("init", home).returncode, 0)
        (home / "root.key").chmod(0o644)
        self.assert_fails(1, "mode 0600", "document", home, "--base64")

    def test_document_to_pipe_file_and_text(self):
        self.assertTrue(run("document", self.home).stdout.startswith(UNTAGGED))

        path = self.room / "document.cbor"
        done = run("document", self.home, f"--output={path}", "--tag")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))
        self.assertTrue(path.read_bytes().startswith(b"\xd2" + UNTAGGED))
        self.assertTrue(stat.S_ISREG(path.stat().st_mode))

        text = run("document", self.home, "--base64").stdout
        self.assertTrue(text.endswith(b"\n"))
        self.assertTrue(base64.b64decode(text[:-1], validate=True).startswith(UNTAGGED))

    def test_document_never_to_a_terminal(self):
        master, terminal = pty.openpty()
        try:
            self.assert_fails(2, "--output=FILE or --base64", "document", self.home,
                              stdout=terminal)
        finally:
            os.close(terminal)
            os.close(master)

    def test_output_that_fails(self):
        self.assert_fails(1, "cannot write", "document", self.home,
                          "--output=" + str(self.room / "nowhere" / "document"))
        with open(self.room / "short", "wb") as short:
            self.assert_fails(1, "cannot write", "document", self.home, stdout=short,
                              preexec_fn=limit_files)

    def test_no_authority(self):
        self.assert_fails(1, "nitro-sim init", "document", self.room / "nothing", "--base64")

    def test_fields(self):
        path = self.room / "field"
        path.write_bytes(b"the user's data")
        document = run("document", self.home, "--nonce=00ff17", f"--user-data=@{path}",
                       "--public-key=", "--instance=i-0aaaaaaaa", "--enclave=" + "f" * 16,
                       "--region=eu-west-3", "--pcr=8=" + "5a" * 48).stdout
        for piece in (b"enonce\x43\x00\xff\x17", b"iuser_data\x4fthe user's data",
                      b"jpublic_key\x40", b"i-0aaaaaaaa-encffffffffffffffff",
                      b".eu-west-3.aws", b"\x08\x58\x30" + b"\x5a" * 48):
            self.assertIn(piece, document)
        self.assertIn(b"nitrotpm_pcrs",
                      run("document", self.home, "--kind=nitrotpm").stdout)

    def test_options_that_are_wrong(self):
        for words, option in (
                ("neither enclave nor nitrotpm", "--kind=sgx"),
                ("not an instance id", "--instance=0123"),
                ("not 16 digits", "--enclave=12"),
                ("not 1 to 20 characters", "--region=Us East"),
                ("index of 0 to 31", "--pcr=32=" + "00" * 48),
                ("index of 0 to 31", "--pcr=-1=" + "00" * 48),
                ("not 48 bytes", "--pcr=0=00"),
                ("not hexadecimal", "--nonce=xyz"),
                ("not hexadecimal, or more than 4096", "--nonce=" + "00" * 4097),
                ("nowhere", "--user-data=@nowhere"),
                ("neither RFC 3339", "--time=tomorrow"),
                ("outside the life of the root", "--time=2019-01-01"),
                ("neither definite nor indefinite", "--map=big"),
                ("'nitro-sim breaks' lists them", "--break=everything"),
                ("unrecognized option", "--bogus")):
            with self.subTest(option=option[:40]):
                self.assert_fails(2, words, "document", self.home, "--base64", option)
        self.assert_fails(2, "debug mode", "document", self.home, "--kind=nitrotpm", "--debug")
        self.assert_fails(2, "leave --pcr=1 out", "document", self.home, "--debug",
                          "--pcr=1=" + "11" * 48)
        self.assert_fails(2, "one directory", "document")
        self.assert_fails(2, "one directory", "init", self.home, self.home)
        self.assert_fails(2, "no argument", "breaks", "all")
        self.assert_fails(2, "no verb 'destroy'", "destroy")
        self.assert_fails(2, "Usage")

    def test_every_break_makes_a_document(self):
        lines = run("breaks").stdout.decode().splitlines()
        names = [line.split()[0] for line in lines]
        self.assertGreater(len(names), 200)
        for name in ("signature-s-changed", "leaf-expired", "pcr4-other"):
            self.assertIn(name, names)
            done = run("document", self.home, f"--break={name}")
            self.assertEqual((done.returncode, done.stderr), (0, b""))
        done = run("document", self.home, "--break=root-expired")
        self.assertIn(b"judge this document at 2049-10-28T14:28:06.000Z", done.stderr)


if __name__ == "__main__":
    unittest.main()
