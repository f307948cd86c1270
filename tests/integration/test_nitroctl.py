# SPDX-License-Identifier: Apache-2.0
"""nitroctl through its real program: use and misuse, inputs of every shape, output
that cannot be written, and documents of a software authority."""
import base64
import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(
    os.environ.get("top_srcdir", pathlib.Path(__file__).parents[2])) / "tests/support"))
from nitroctl_case import (ALLOWED, DENIED, NITROCTL, NOT_JUDGED, SHA384_HEX,  # noqa: E402
                           SIM, USAGE, NitroctlCase, document_breaks)

NONCE = "00112233445566778899"


class Use(NitroctlCase):
    def test_help_and_version(self):
        for arguments in (["--help"], ["help"], ["help", "verify"], ["verify", "--help"],
                          ["show", "--help"], ["status", "--help"], ["--version"]):
            result = self.run_ctl(*arguments)
            self.assertEqual((result.returncode, result.stderr), (ALLOWED, b""))
            self.assertIn(b"nitroctl", result.stdout)
        self.assertEqual(self.run_ctl("help", "verify").stdout,
                         self.run_ctl("verify", "--help").stdout)

    def test_every_verb_speaks_json(self):
        text = self.run_ctl("--help").stdout.decode()
        verbs = re.findall(r"^  ([a-z][a-z -]*[a-z])  ", text, re.M)
        self.assertGreater(len(verbs), 20)
        for verb in verbs:
            self.assertIn(b"--json", self.run_ctl(*verb.split(), "--help").stdout, verb)

    def test_misuse(self):
        misuses = [
            [], ["judge"], ["help", "judge"], ["verify"], ["verify", "--json"],
            ["verify", "--nosuch", "f"], ["verify", "-x", "f"], ["verify", "--json=1", "f"],
            ["verify", "f", "--root"], ["show"], ["show", "f", "g"], ["show", "--quiet", "f"],
            ["status", "f"], ["verify", "--json", "--quiet", "f"],
            ["verify", "--at", "", "f"], ["verify", "--at", "yesterday", "f"],
            ["verify", "--at", "2026-02-30", "f"], ["verify", "--at", "@", "f"],
            ["verify", "--at", "@-1", "f"], ["verify", "--at", "DOCUMENT", "f"],
            ["verify", "--level", "0", "f"], ["verify", "--level", "3", "f"],
            ["verify", "--level", "2", "f"], ["verify", "--level", "01", "f"],
            ["verify", "--level", "", "f"],
            # Values that would switch the check off.
            ["verify", "--nonce", "", "f"], ["verify", "--nonce", "0", "f"],
            ["verify", "--nonce", "xy", "f"], ["verify", "--nonce", "00" * 4097, "f"],
            ["verify", "--max-age", "0", "f"], ["verify", "--max-age", "", "f"],
            ["verify", "--max-age", "0min", "f"], ["verify", "--max-age", "-5", "f"],
            ["verify", "--max-age", "99999999999999999999w", "f"],
            ["verify", "--max-age", "5min", "--at", "document", "f"],
            ["verify"] + ["--root", "r"] * 33 + ["f"],
        ]
        for arguments in misuses:
            result = self.run_ctl(*arguments)
            self.assertEqual(result.returncode, USAGE, arguments)
            self.assertEqual(result.stdout, b"", arguments)
            self.assertRegex(result.stderr, b"help", arguments)

    def test_level_2_without_policy_is_explained(self):
        result = self.run_ctl("verify", "--level", "2", "f")
        self.assertIn(b"--policy", result.stderr)

    def test_options_stand_anywhere_until_the_dashes(self):
        name = self.write("file", b"x")
        for arguments in ([name, "--json"], ["--json", name], ["--json", "--", name]):
            result = self.run_ctl("verify", *arguments)
            self.assertEqual(result.returncode, DENIED)
            self.assertEqual(json.loads(result.stdout)["file"], str(name))
        result = self.run_ctl("verify", "--", "--json", cwd=self.folder)
        self.assertEqual(result.returncode, NOT_JUDGED)
        self.assertTrue(result.stdout.startswith(b"--json: error"))

    def test_hostile_arguments_stay_harmless(self):
        for arguments in (["\033[2J"], ["verify", "--at", "\033[2J", "f"],
                          ["verify", "--\033[2J", "f"], ["show", "\033[2J"],
                          ["verify", "\033[2J"], ["verify", "--root", "\033[2J", "f"]):
            result = self.run_ctl(*arguments)
            self.assertNotEqual(result.returncode, ALLOWED)
            self.assertNotIn(b"\033", result.stdout + result.stderr)
            self.assertIn(rb"\x1b[2J", result.stdout + result.stderr)


class Inputs(NitroctlCase):
    def unreadable(self, *arguments, **options):
        verdict = self.verify(*arguments, code=NOT_JUDGED, **options)
        self.assertEqual((verdict["decision"], verdict["reason"]),
                         ("error", "input-unreadable"))
        self.assertTrue(verdict["message"])
        self.assertEqual((verdict["level"], verdict["document"], verdict["judged_at"]),
                         (0, None, None))
        shown = self.run_ctl("show", *arguments, **options)
        self.assertEqual((shown.returncode, shown.stdout), (NOT_JUDGED, b""))

    def test_what_cannot_be_read(self):
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        for name in (self.folder / "absent", self.folder, fifo, "/dev/zero", "/dev/null"):
            self.unreadable(name)
        descriptor = os.open(self.folder, os.O_RDONLY)
        self.addCleanup(os.close, descriptor)
        self.unreadable("-", stdin=descriptor)

    @unittest.skipIf(os.geteuid() == 0, "root may read every file")
    def test_what_must_not_be_read(self):
        name = self.write("secret", b"x")
        name.chmod(0)
        self.unreadable(name)

    def test_what_is_too_large(self):
        sparse = self.folder / "sparse"
        with open(sparse, "wb") as file:
            file.truncate(1 << 30)
        verdict = self.denied("document-size", sparse)
        self.assertIn("65536", self.check_of(verdict, "envelope")["actual"])
        with open("/dev/zero", "rb") as zeros:
            self.denied("document-size", "-", stdin=zeros)
        self.assertEqual(self.run_ctl("show", sparse).returncode, DENIED)

    def test_what_is_no_document(self):
        for content, reason in ((b"", "document-size"), (b"\n", "envelope-encoding"),
                                (b"hello", "envelope-encoding"),
                                (b"A" * 60000, "document-size")):
            name = self.write("file", content)
            verdict = self.verify(name, code=DENIED)
            self.assertEqual(verdict["decision"], "deny")
            self.assertIsNone(verdict["document"])
            self.assertEqual(verdict["level"], 0)
            shown = self.run_ctl("show", name)
            self.assertEqual(shown.returncode, DENIED)
            self.assertIn(b"problem", shown.stdout)
            self.assertEqual(verdict["reason"] == "document-size", reason == "document-size")

    def test_names_that_are_not_utf8(self):
        name = os.fsencode(self.folder) + b"/\xff\xfe\033[2J\n.cbor"
        with open(name, "wb") as file:
            file.write(b"x")
        verdict = self.verify(name, code=DENIED)
        self.assertTrue(verdict["file"].endswith("/\ufffd\ufffd\033[2J\n.cbor"))
        text = self.run_ctl("verify", "--quiet", name).stdout
        self.assertIn(rb"/\xff\xfe\x1b[2J\x0a.cbor: deny", text)
        self.assertEqual(text.count(b"\n"), 1)

    def test_the_worst_of_several_counts(self):
        absent, bad = self.folder / "absent", self.write("bad", b"x")
        result = self.run_ctl("verify", "--quiet", bad, absent, bad)
        self.assertEqual(result.returncode, NOT_JUDGED)
        self.assertEqual([line.split(b": ")[1].split()[0] for line in result.stdout.splitlines()],
                         [b"deny", b"error", b"deny"])


class Outputs(NitroctlCase):
    def run_to(self, descriptor, *arguments):
        return subprocess.run([NITROCTL, *arguments], stdout=descriptor,
                              stderr=subprocess.PIPE, timeout=30, check=False)

    def test_output_that_is_lost(self):
        authority, root = self.authority()
        good = self.document(authority)
        for arguments in (["verify", "--root", root, good], ["show", good], ["--help"],
                          ["verify", "--json", "--root", root, good], ["show", "--json", good]):
            with open("/dev/full", "wb") as full:
                result = self.run_to(full, *arguments)
            self.assertEqual(result.returncode, NOT_JUDGED, arguments)
            self.assertIn(b"output", result.stderr)
            reader, writer = os.pipe()
            os.close(reader)
            self.assertNotEqual(self.run_to(writer, *arguments).returncode, ALLOWED)
            os.close(writer)

    def on_terminal(self, environment, *arguments):
        master, slave = pty.openpty()
        with subprocess.Popen([NITROCTL, *arguments], stdout=slave, env=environment) as program:
            os.close(slave)
            text = b""
            try:
                while piece := os.read(master, 4096):
                    text += piece
            except OSError:
                pass  # how a terminal ends
            program.wait(30)
        os.close(master)
        return text

    def test_colour_only_on_a_terminal(self):
        bad = self.write("bad", b"x")
        plain = {"TERM": "xterm", "LC_ALL": "C.UTF-8"}
        self.assertIn(b"\033[", self.on_terminal(plain, "verify", bad))
        for change in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            self.assertNotIn(b"\033", self.on_terminal({**plain, **change}, "verify", bad))
        self.assertNotIn(b"\033", self.run_ctl("verify", bad, env=plain).stdout)

    def test_marks_follow_the_locale(self):
        bad = self.write("bad", b"x")
        utf8 = self.run_ctl("verify", bad, env={"LC_ALL": "C.UTF-8"}).stdout
        ascii_only = self.run_ctl("verify", bad, env={"LC_ALL": "C"}).stdout
        self.assertIn("✗ envelope: failed: ".encode(), utf8)
        self.assertIn(b"x envelope: failed: ", ascii_only)
        ascii_only.decode("ascii")


class Simulated(NitroctlCase):
    def test_a_root_counts_only_where_it_is_given(self):
        authority, root = self.authority("my-lab.1")
        document = self.document(authority)
        self.denied("root-untrusted", document)
        verdict = self.verify("--root", root, document, code=ALLOWED)
        self.assertEqual(verdict["document"]["root"], "my-lab.1")
        self.assertEqual((verdict["level"], verdict["required_level"]), (1, 1))
        other = self.authority("other")[1]
        self.denied("root-untrusted", "--root", other, document)
        self.verify("--root", other, "--root", root, document, code=ALLOWED)

    def test_roots_that_cannot_be_used(self):
        authority, root = self.authority()
        document = self.document(authority)
        bad_label = self.write("aws.pem", root.read_bytes())
        copy = self.write("copy.pem", root.read_bytes())
        for roots in ([self.folder / "absent.pem"], [self.write("bad.pem", "x")], [bad_label],
                      [root, copy], [root, root], [self.folder], [SIM]):
            arguments = [part for name in roots for part in ("--root", name)]
            result = self.run_ctl("verify", *arguments, document)
            self.assertEqual((result.returncode, result.stdout), (NOT_JUDGED, b""), roots)
            self.assertIn(b"root", result.stderr)

    def test_the_nonce(self):
        authority, root = self.authority()
        document = self.document(authority, f"--nonce={NONCE}")
        verdict = self.verify("--root", root, document, code=ALLOWED)
        self.assertEqual(self.check_of(verdict, "nonce")["state"], "not-checked")
        self.assertTrue(self.check_of(verdict, "nonce")["why"])
        verdict = self.verify("--root", root, "--nonce", NONCE.upper(), document, code=ALLOWED)
        self.assertEqual(self.check_of(verdict, "nonce")["state"], "passed")
        for wrong in (NONCE[:-2], NONCE + "00", "ff" + NONCE[2:]):
            self.denied("nonce-different", "--root", root, "--nonce", wrong, document)
        without = self.document(authority, name="without.cbor")
        self.denied("nonce-missing", "--root", root, "--nonce", NONCE, without)

    def test_the_age(self):
        authority, root = self.authority()
        document = self.document(authority, "--time=2026-03-01T12:00:00Z")
        def judge(at, age):
            return self.run_ctl("verify", "--root", root, "--at", at, "--max-age", age,
                                document).returncode
        self.assertEqual(judge("2026-03-01T12:05:00Z", "5min"), ALLOWED)
        self.denied("document-too-old", "--root", root, "--at", "2026-03-01T12:05:01Z",
                    "--max-age", "5min", document)
        verdict = self.verify("--root", root, "--at", "2026-03-01T12:05:31Z", document,
                              code=ALLOWED)
        self.assertEqual(self.check_of(verdict, "age")["state"], "not-checked")
        self.assertTrue(self.check_of(verdict, "age")["why"])

    def test_now_is_the_clock(self):
        authority, root = self.authority()
        fresh = self.document(authority)
        result = self.run_ctl("verify", "--root", root, fresh)
        self.assertEqual((result.returncode, result.stderr), (ALLOWED, b""))
        verdict = self.verify("--root", root, fresh, code=ALLOWED)
        self.assertEqual(verdict["judged_at_source"], "clock")
        old = self.document(authority, "--time=2026-03-01T12:00:00Z", name="old.cbor")
        self.denied("certificate-expired", "--root", root, old)

    def test_optional_fields(self):
        authority, root = self.authority()
        document = self.document(authority, "--nonce=", "--user-data=61707020763100",
                                 "--public-key=6170702076312e30")
        shown = self.verify("--root", root, document, code=ALLOWED)["document"]
        self.assertEqual((shown["nonce"], shown["user_data"], shown["public_key"]),
                         ("", "61707020763100", "6170702076312e30"))
        absent = self.verify("--root", root, self.document(authority, name="absent.cbor"),
                             code=ALLOWED)["document"]
        self.assertEqual([absent[key] for key in ("nonce", "user_data", "public_key")],
                         [None] * 3)
        text = self.run_ctl("verify", "--root", root, document).stdout
        self.assertIn(b'"app v1.0" (the same as text)', text)
        self.assertRegex(text, rb"nonce +empty\n")

    def test_debug_reaches_level_1_only(self):
        authority, root = self.authority()
        document = self.document(authority, "--debug")
        verdict = self.verify("--root", root, document, code=ALLOWED)
        self.assertEqual((verdict["level"], verdict["document"]["debug"]), (1, True))
        self.assertIn(b"DEBUG MODE", self.run_ctl("verify", "--root", root, document).stdout)


class Policy(NitroctlCase):
    ONE = {0: "11" * 48, 1: "22" * 48, 2: "33" * 48}
    TWO = {0: "44" * 48, 1: "55" * 48, 2: "66" * 48}

    def setUp(self):
        super().setUp()
        self.authority_folder, self.root = self.authority()
        self.directory = self.policy("etc", {"1": self.ONE, "2": self.TWO})
        self.write("etc/roots.d/sim.pem", self.root.read_bytes())

    def enclave(self, pcrs, *options):
        values = [f"--pcr={number}={value}" for number, value in pcrs.items()]
        return self.document(self.authority_folder, *values, *options)

    def test_a_release_in_force(self):
        for release, pcrs in (("1", self.ONE), ("2", self.TWO)):
            verdict = self.verify("--policy", self.directory, self.enclave(pcrs), code=ALLOWED)
            self.assertEqual((verdict["image"], verdict["release"]), ("app", release))
            self.assertEqual((verdict["level"], verdict["required_level"]), (2, 2))

    def test_a_changed_measurement(self):
        for number in self.ONE:
            changed = dict(self.ONE)
            changed[number] = "12" + changed[number][2:]
            self.denied("measurements-unknown", "--policy", self.directory,
                        self.enclave(changed))

    def test_a_mixture_of_two_releases(self):
        mixture = {0: self.ONE[0], 1: self.TWO[1], 2: self.ONE[2]}
        verdict = self.denied("measurements-unknown", "--policy", self.directory,
                              self.enclave(mixture))
        self.assertEqual(verdict["level"], 1)

    def test_debug_mode(self):
        document = self.document(self.authority_folder, "--debug")
        self.denied("debug-enclave", "--policy", self.directory, document)
        self.verify("--policy", self.directory, "--level", "1", document, code=ALLOWED)

    def test_roots_of_the_policy_count(self):
        document = self.enclave(self.ONE)
        (self.directory / "roots.d/sim.pem").unlink()
        self.denied("root-untrusted", "--policy", self.directory, document)
        self.verify("--policy", self.directory, "--root", self.root, document, code=ALLOWED)

    def test_a_policy_that_cannot_be_used(self):
        document = self.enclave(self.ONE)
        bad = self.write("etc/rules.d/10.conf", "[rule/x]\nnosuch = 1\n")
        result = self.run_ctl("verify", "--policy", self.directory, document)
        self.assertEqual((result.returncode, result.stdout), (NOT_JUDGED, b""))
        self.assertIn(b"10.conf", result.stderr)
        bad.unlink()
        images = self.directory / "images.d/app.conf"
        images.chmod(0o666)
        result = self.run_ctl("verify", "--policy", self.directory, document)
        self.assertEqual((result.returncode, result.stdout), (NOT_JUDGED, b""))

    def test_every_break_has_its_reason(self):
        unbroken = self.document(self.authority_folder, f"--nonce={NONCE}")
        pcrs = self.verify("--root", self.root, unbroken, code=ALLOWED)["document"]["pcrs"]
        directory = self.policy("breaks", {"1": {number: pcrs[number] for number in "012"}})
        judge = ["--policy", directory, "--root", self.root, "--nonce", NONCE]
        self.verify(*judge, "--at", "document", unbroken, code=ALLOWED)
        self.verify(*judge, "--max-age", "5min", unbroken, code=ALLOWED)
        rows = document_breaks()
        self.assertGreater(len(rows), 200)
        for name, reason in rows:
            with self.subTest(name):
                broken = self.document(self.authority_folder, f"--nonce={NONCE}",
                                       f"--break={name}", name="broken.cbor")
                # Only "now" differs from the document's own time.
                time = ["--max-age", "5min"] if reason in (
                    "timestamp-outside-leaf", "document-too-old",
                    "document-from-future") else ["--at", "document"]
                verdict = self.denied(reason, *judge, *time, broken)
                self.assertLess(verdict["level"], 2)
                if verdict["level"] == 0:
                    self.assertIsNone(verdict["document"])

    def test_fields_are_not_printed_for_a_denied_document(self):
        changed = {**self.ONE, 0: "77" * 48}
        document = self.enclave(changed, "--user-data=" + "5a" * 40)
        for arguments in (["--policy", self.directory], []):
            text = self.run_ctl("verify", *arguments, document).stdout
            self.assertNotIn(b"5a5a5a", text)
            self.assertNotIn(b"module_id", text)
            self.assertNotIn(b"i-0123456789abcdef0", text)
        allowed = self.run_ctl("verify", "--root", self.root, document).stdout
        self.assertIn(b"5a5a5a", allowed)
        self.assertIn(b"module_id", allowed)


class Show(NitroctlCase):
    def test_every_line_is_marked(self):
        document = self.document(self.authority()[0], f"--nonce={NONCE}", "--debug")
        result = self.run_ctl("show", document)
        self.assertEqual(result.returncode, ALLOWED)
        lines = result.stdout.decode("ascii").splitlines()
        self.assertGreater(len(lines), 20)
        self.assertTrue(all(line.startswith("UNVERIFIED ") for line in lines))
        for word in ("DEBUG MODE", NONCE, "i-0123456789abcdef0-enc", "pcr0-3 ", "zero",
                     "CN=nitro-sim", "5 of 5", "untagged", "indefinite"):
            self.assertIn(word, result.stdout.decode())

    def test_json_is_no_verdict(self):
        document = self.document(self.authority()[0], "--tag", "--map=definite")
        shown = json.loads(self.run_ctl("show", "--json", document).stdout)
        self.assertIs(shown["verified"], False)
        for key in ("decision", "level", "reason", "checks", "document"):
            self.assertNotIn(key, shown)
        inner = shown["unverified_document"]
        self.assertEqual((inner["envelope"], inner["payload_map"]), ("tag 18", "definite"))
        self.assertEqual(len(inner["chain"]), 5)
        self.assertEqual(len(inner["pcrs"]["0"]), SHA384_HEX)
        self.assertIsNone(shown["problem"])

    def test_what_is_malformed(self):
        document = self.document(self.authority()[0]).read_bytes()
        cut = self.write("cut", document[:-1])
        text = self.run_ctl("show", cut)
        self.assertEqual(text.returncode, DENIED)
        self.assertTrue(all(line.startswith(b"UNVERIFIED ") for line in text.stdout.splitlines()))
        result = self.run_ctl("show", "--json", cut)
        self.assertEqual(result.returncode, DENIED)
        shown = json.loads(result.stdout)
        self.assertIs(shown["verified"], False)
        self.assertIsNone(shown["unverified_document"])
        self.assertEqual(shown["problem"]["code"], "envelope-encoding")

    def test_escape_sequences_reach_no_terminal(self):
        document = self.document(self.authority()[0], "--user-data=1b5b324a",
                                 "--public-key=" + "9b".ljust(40, "0")).read_bytes()
        module_id = document.replace(b"i-0123456789abcdef0-enc", b"i-\033[2J456789abcdef0-enc", 1)
        key = document.replace(b"module_id", b"modul\033[2J", 1)
        digest = document.replace(b"SHA384", b"SH\033[2J", 1)
        subjects = document.replace(b"Simulator", b"Si\033[2J\x9b\rr")
        self.assertTrue(all(changed != document for changed in (module_id, key, digest, subjects)))
        for content in (document, module_id, key, digest, subjects):
            name = self.write("hostile", content)
            for arguments in (["show", name], ["show", "--json", name], ["verify", name],
                              ["verify", "--at", "document", name], ["verify", "--json", name]):
                result = self.run_ctl(*arguments)
                text = (result.stdout + result.stderr).decode("ascii" if arguments[1] == "--json"
                                                              else "utf-8")
                self.assertIsNone(re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text), arguments)

    def test_base64(self):
        document = self.document(self.authority()[0]).read_bytes()
        name = self.write("text", base64.encodebytes(document))
        text = self.run_ctl("show", name).stdout
        self.assertIn(b"decoded from base64", text)


class Status(NitroctlCase):
    def test_the_daemon_is_away(self):
        environment = dict(os.environ,
                           DBUS_SYSTEM_BUS_ADDRESS=f"unix:path={self.folder}/no-bus")
        result = self.run_ctl("status", env=environment)
        self.assertEqual((result.returncode, result.stdout), (NOT_JUDGED, b""))
        self.assertIn(b"bus", result.stderr)
        result = self.run_ctl("status", "--json", env=environment)
        self.assertEqual(result.returncode, NOT_JUDGED)
        status = json.loads(result.stdout)
        self.assertIs(status["available"], False)
        self.assertEqual(status["reason"], "bus-unavailable")


if __name__ == "__main__":
    unittest.main()
