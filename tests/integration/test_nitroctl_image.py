# SPDX-License-Identifier: Apache-2.0
"""nitroctl image and check on a directory of their own, without a daemon: what is
written, what is refused, and that a refusal leaves everything as it was."""
import fcntl
import json
import os
import pathlib
import pty
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(
    os.environ.get("top_srcdir", pathlib.Path(__file__).parents[2])) / "tests/support"))
from nitroctl_case import (ALLOWED, DENIED, NITROCTL, NOT_JUDGED, SIM, USAGE,  # noqa: E402
                           VECTORS, NitroctlCase, need_vectors)

LOCK = ".nitroctl.lock"
RULE = "[rule/ssh]\nservice = sshd\nuser = signer\nimage = signer\nlevel = 2\n"
HAND_MADE = """# written by hand
[image/signer]
kind = enclave
# the first
[release/signer/1]
# with a comment inside
pcr0 = {a}
pcr1 = {a}
pcr2 = {a}
# about the next
[release/signer/2]
state = current
pcr0 = {b}
pcr1 = {b}
pcr2 = {b}
""".format(a="a" * 96, b="b" * 96)


def build(digit, **more):
    pcrs = {f"PCR{number}": digit * 96 for number in range(3)}
    return json.dumps({"Measurements": {"HashAlgorithm": "Sha384 { ... }", **pcrs, **more}})


class ImageCase(NitroctlCase):
    def setUp(self):
        super().setUp()
        self.etc = self.folder / "etc"
        self.images = self.etc / "images.d"
        self.images.mkdir(parents=True)
        self.etc.chmod(0o755)
        self.images.chmod(0o755)
        self.build = self.write("build.json", build("a"))

    def ctl(self, *arguments, code=ALLOWED, yes=True, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        result = self.run_ctl(*arguments, "--config-dir", self.etc, "--no-reload",
                              *["--yes"] * yes, **options)
        self.assertEqual(result.returncode, code, result)
        return result

    def add(self, name="signer", *arguments, **options):
        return self.ctl("image", "add", name, "--from", self.build, *arguments, **options)

    def files(self):
        return {path.name: path.read_bytes() for path in self.images.iterdir()
                if path.name != LOCK}

    def refused(self, *arguments, code=DENIED, saying=b"", **options):
        """Refused with this code and this in the complaint; nothing has changed."""
        before = self.files()
        result = self.ctl(*arguments, code=code, **options)
        self.assertIn(saying, result.stderr)
        self.assertEqual(self.files(), before)
        return result

    def refuse_add(self, *arguments, name="signer", **options):
        return self.refused("image", "add", name, "--from", self.build, *arguments,
                            **options)

    def list(self):
        result = self.run_ctl("image", "list", "--json", "--config-dir", self.etc)
        self.assertEqual(result.returncode, ALLOWED, result)
        return {(image["image"], release["release"]): release
                for image in json.loads(result.stdout) for release in image["releases"]}


class Add(ImageCase):
    def test_a_new_image_is_one_file(self):
        self.add("signer", "--release", "1", "--description", "It signs",
                 "--expires", "2030-01-01", "--not-before", "2026-01-01")
        self.assertEqual(set(self.files()), {"signer.conf"})
        text = (self.images / "signer.conf").read_text()
        for line in ("[image/signer]", "description = It signs", "kind = enclave",
                     "[release/signer/1]", "not_before = 2026-01-01",
                     "not_after = 2030-01-01", f"pcr2 = {'a' * 96}"):
            self.assertIn(line + "\n", text)
        self.assertEqual((self.images / "signer.conf").stat().st_mode & 0o7777, 0o644)

    def test_the_mode_does_not_depend_on_the_umask(self):
        self.add(umask=0o077)
        self.assertEqual((self.images / "signer.conf").stat().st_mode & 0o7777, 0o644)

    def test_the_next_release_stands_beside_it(self):
        self.add("signer", "--release", "1")
        first = self.files()
        self.build = self.write("next.json", build("b", PCR8="c" * 96))
        self.add("signer", "--release", "2")
        after = self.files()
        self.assertEqual(after["signer.conf"], first["signer.conf"])
        self.assertIn(b"pcr8 = " + b"c" * 96, after["signer@2.conf"])
        self.assertNotIn(b"[image/", after["signer@2.conf"])
        self.assertEqual(set(self.list()), {("signer", "1"), ("signer", "2")})

    def test_the_release_is_called_by_the_date(self):
        self.add()
        (_, release), = self.list()
        self.assertRegex(release, r"^20\d\d\.\d\d\.\d\d$")

    def test_standard_input(self):
        self.ctl("image", "add", "signer", "--from", "-", stdin=None,
                 input=build("a").encode())
        self.assertEqual(len(self.list()), 1)

    def test_nitrotpm(self):
        self.build = self.write("tpm.json", json.dumps({"Measurements": {
            "HashAlgorithm": "SHA384", "PCR4": "1" * 96, "PCR7": "2" * 96,
            "PCR12": "3" * 96}}))
        self.refuse_add("--kind", "enclave", saying=b"nitrotpm")
        self.add("host", "--kind", "nitrotpm")
        self.assertIn(b"kind = nitrotpm", self.files()["host.conf"])

    def test_a_simulated_document_needs_its_root(self):
        authority, root = self.authority()
        self.build = self.document(authority, f"--pcr=0={'a' * 96}", f"--pcr=1={'b' * 96}",
                                   f"--pcr=2={'c' * 96}")
        self.refuse_add(saying=b"root")
        self.add("signer", "--root", root)
        self.assertIn(b"root 'sim'", self.files()["signer.conf"])
        self.assertIn(b"pcr1 = " + b"b" * 96, self.files()["signer.conf"])
        self.assertNotIn(b"pcr4", self.files()["signer.conf"])

    def test_a_genuine_document_and_an_image_file(self):
        need_vectors()
        self.build = next((VECTORS / "genuine").glob("2026-01-03*"))
        self.add("document")
        self.assertIn(b"verified at that time, root 'aws'", self.files()["document.conf"])
        self.build = next((VECTORS / "rejected").glob("signature-last*"))
        self.refuse_add(saying=b"deny")
        expected = json.loads((VECTORS / "eif/expected_pcrs.json").read_text())
        self.build = VECTORS / "eif/signed_two_ramdisks.eif"
        self.add("eif", "--release", "1")
        self.assertIn(b"pcr8 = ", self.files()["eif.conf"])
        self.assertIn(self.list()[("eif", "1")]["pcrs"]["0"], json.dumps(expected))
        self.build = VECTORS / "eif/NEG-bad-crc.eif"
        self.refuse_add()

    def test_json(self):
        result = json.loads(self.add("signer", "--release", "1", "--json").stdout)
        self.assertTrue(result["done"])
        (file,) = result["files"]
        self.assertEqual((file["path"], file["action"]),
                         (str(self.images / "signer.conf"), "create"))
        self.assertEqual(file["text"], (self.images / "signer.conf").read_text())
        self.assertEqual(result["reload"], {"state": "not-asked"})
        result = json.loads(self.refuse_add("--release", "2", "--json").stdout)
        self.assertFalse(result["done"])
        self.assertIn("these PCRs", result["errors"][0])


class Manifests(ImageCase):
    """Level 3: what image add writes of a manifest is checked before it is written."""

    def setUp(self):
        super().setUp()
        made = self.folder / "manifest"
        pcrs = [f"--pcr={number}={'a' * 96}" for number in range(3)]
        subprocess.run([SIM, "manifest", made, *pcrs], check=True)
        self.envelope = made / "envelope"
        lines = (made / "release.conf").read_text().splitlines()
        self.keys = dict(line.split(" = ", 1) for line in lines if " = " in line)
        self.keys["manifest"] = f"qos:{self.envelope}"

    def options(self, **more):
        keys = {"manifest": self.keys["manifest"], **more}
        return [f"--{key.replace('_', '-')}={value}" for key, value in keys.items()]

    def test_all_keys_are_written(self):
        keys = {key: self.keys[key] for key in ("manifest", "manifest_set")}
        self.add("signer", *self.options(**keys, namespace="trial"))
        text = (self.images / "signer.conf").read_text()
        for key, value in {**keys, "namespace": "trial"}.items():
            self.assertIn(f"{key} = {value}\n", text)

    def test_what_cannot_be_loaded_is_not_written(self):
        torn = self.write("torn", "{")
        for more in ({"manifest": f"qos:{self.folder}/nothing"}, {"manifest": f"qos:{torn}"},
                     {"manifest": "other"}, {"manifest": "qos"}, {"pivot": "sha256:12"},
                     {"manifest_set": torn}, {"namespace": "another"}):
            with self.subTest(more):
                self.refused("image", "add", "signer", "--from", self.build,
                             *self.options(**more))
                self.assertEqual(self.files(), {})
        self.add("signer", *self.options())  # the one fault was the reason

    def test_a_manifest_of_another_build(self):
        self.build = self.write("next.json", build("b"))
        self.refused("image", "add", "signer", "--from", self.build, *self.options(),
                     saying=b"made for another PCR0")


class Refusals(ImageCase):
    def test_names(self):
        for name in ("../x", "a/b", "..", ".x", "", "A", "x" * 128, "a\nb", "x]", "\033[2J"):
            result = self.refuse_add(name=name, code=USAGE)
            self.assertNotIn(b"\033", result.stderr)
            if name:
                self.refuse_add("--release", name, code=USAGE)
        self.assertEqual(set(os.listdir(self.folder)), {"etc", "build.json"})

    def test_lines_that_would_be_two(self):
        evil = "2030-01-01\n[rule/x]\nservice = *"
        for option in ("--expires", "--not-before", "--description", "--release"):
            self.refuse_add(option, evil, code=USAGE)
        self.refuse_add("--expires", "2030-01-01\r[rule/x]", code=USAGE)
        self.add("signer", "--release", "1")
        self.refused("image", "retire", "signer", "1", "--on", evil, code=USAGE)

    def test_misuse(self):
        for arguments in (["add"], ["add", "x"], ["add", "x", "y", "--from", "f"],
                          ["add", "x", "--from", "f", "--kind", "other"], ["retire", "x"],
                          ["revoke"], ["revoke", "x"], ["remove"], ["remove", "a", "b", "c"]):
            self.refused("image", *arguments, code=USAGE, saying=b"help")

    def test_dates_that_are_none(self):
        for date in ("tomorrow", "2026-02-30", "-1"):
            result = self.refuse_add(f"--expires={date}")
            self.assertRegex(result.stderr, rb"signer\.conf:\d+: .*not_after")

    def test_what_is_there_already(self):
        self.add("signer", "--release", "1")
        self.refuse_add("--release", "1", saying=b"signer.conf:")
        self.refuse_add("--release", "2", saying=b"these PCRs")
        self.build = self.write("b.json", build("b"))
        self.refuse_add("--release", "2", "--description", "x", saying=b"description")
        self.build = self.write("tpm.json", json.dumps({"Measurements": {
            "HashAlgorithm": "SHA384", "PCR4": "1" * 96, "PCR7": "2" * 96,
            "PCR12": "3" * 96}}))
        self.refuse_add("--release", "3", saying=b"of kind enclave")

    def test_a_file_of_somebody_else_stays(self):
        self.write("etc/images.d/signer.conf", "# mine\n")
        self.refuse_add(saying=b"is there already")
        (self.images / "signer.conf").unlink()
        (self.images / "signer.conf").symlink_to("/dev/null")
        self.assertEqual(self.add(code=DENIED).returncode, DENIED)
        self.assertTrue((self.images / "signer.conf").is_symlink())

    def test_a_configuration_that_is_broken_already(self):
        self.write("etc/rules.d/x.conf", "[rule/x]\nservic = sshd\n").parent.chmod(0o755)
        self.refuse_add(saying=b"mend them first")

    def test_inputs(self):
        hostile = [b"", b"{", b"[]", b"null", b"{}", b'"x"', b"[" * 100000, b"\0" * 100,
                   b'{"Measurements": []}', b'{"Measurements": {"PCR0": 1}}',
                   build("0").encode(), build("a")[:-3].encode(),
                   build("a", PCR0="b" * 96).replace('"PCR1"', '"PCR0"').encode(),
                   build("g").encode(), b"A" * 4096, b"\x84" + b"\xff" * 100,
                   b".eif" + b"\xff" * 600, b"x" * (2 << 20)]
        for content in hostile:
            self.build = self.write("hostile", content)
            result = self.run_ctl("image", "add", "x", "--from", self.build, "--yes",
                                  "--no-reload", "--config-dir", self.etc)
            self.assertIn(result.returncode, (DENIED, NOT_JUDGED), (content[:40], result))
            self.assertTrue(result.stderr, content[:40])
            self.assertEqual(self.files(), {})
        for name in ("/dev/zero", self.folder, self.folder / "absent"):
            self.build = name
            self.refuse_add(code=NOT_JUDGED, saying=b"cannot be read")

    def test_a_document_in_debug_mode(self):
        authority, root = self.authority()
        self.build = self.document(authority, "--debug")
        self.refuse_add("--root", root, saying=b"is by an enclave in debug mode")


class Edit(ImageCase):
    def setUp(self):
        super().setUp()
        self.file = self.write("etc/images.d/signer.conf", HAND_MADE)

    def text(self):
        return self.file.read_text()

    def test_exactly_one_line_changes(self):
        self.ctl("image", "revoke", "signer", "2")
        self.assertEqual(self.text(),
                         HAND_MADE.replace("state = current", "state = revoked"))
        self.file.write_text(HAND_MADE)
        self.ctl("image", "retire", "signer", "1")
        line = f"pcr2 = {'a' * 96}\n"
        self.assertEqual(self.text(), HAND_MADE.replace(line, line + "state = retiring\n"))
        self.ctl("image", "retire", "signer", "1", "--on", "2030-01-01")
        self.ctl("image", "retire", "signer", "1", "--on", "2031-01-01")
        self.assertEqual(self.text(), HAND_MADE.replace(
            line, line + "state = retiring\nnot_after = 2031-01-01\n"))

    def test_a_file_of_dos_and_one_without_its_last_line_end(self):
        self.file.write_bytes(HAND_MADE.replace("\n", "\r\n").encode())
        self.ctl("image", "revoke", "signer", "1")
        self.assertEqual(self.file.read_bytes().count(b"\n"),
                         self.file.read_bytes().count(b"\r\n"))
        self.file.write_text(HAND_MADE.rstrip("\n"))
        self.ctl("image", "retire", "signer", "2", "--on", "2030-01-01")
        self.assertTrue(self.text().endswith("b\nnot_after = 2030-01-01\n"))

    def test_removing_keeps_the_comments_around(self):
        self.ctl("image", "remove", "signer", "1")
        begin, end = HAND_MADE.index("[release/signer/1]"), HAND_MADE.index("# about")
        self.assertEqual(self.text(), HAND_MADE[:begin] + HAND_MADE[end:])
        self.assertEqual(set(self.list()), {("signer", "2")})

    def test_removing_all_removes_the_files(self):
        self.build = self.write("c.json", build("c"))
        self.add("signer", "--release", "3")
        self.ctl("image", "remove", "signer")
        self.assertEqual(self.files(), {})

    def test_a_rule_keeps_its_image(self):
        self.write("etc/rules.d/x.conf", RULE).parent.chmod(0o755)
        self.refused("image", "remove", "signer", saying=b"x.conf:")

    def test_what_is_not_there(self):
        self.refused("image", "revoke", "nosuch", "1", saying=b"no image")
        self.refused("image", "revoke", "signer", "nosuch", saying=b"no release")
        self.refused("image", "remove", "nosuch", saying=b"no image")
        self.refused("image", "retire", "signer", "1", "--on", "soon", saying=b"not_after")

    def test_the_vendors_file_is_copied_and_stays(self):
        vendor = self.folder / "vendor/images.d"
        self.write("vendor/images.d/signer.conf", HAND_MADE)
        for folder in (vendor, vendor.parent):
            folder.chmod(0o755)
        self.file.unlink()
        self.ctl("image", "revoke", "signer", "2", "--vendor-dir", vendor.parent)
        self.assertEqual((vendor / "signer.conf").read_text(), HAND_MADE)
        self.assertEqual(self.text(),
                         HAND_MADE.replace("state = current", "state = revoked"))
        # Removed, it must not come back from below.
        self.ctl("image", "remove", "signer", "--vendor-dir", vendor.parent)
        self.assertEqual(self.text(), "")
        self.file.unlink()
        self.build = self.write("c.json", build("c"))
        self.write("vendor/images.d/signer@3.conf", "# reserved\n")
        self.refuse_add("--release", "3", "--vendor-dir", vendor.parent,
                        saying=b"is there already")


class Writing(ImageCase):
    def on_terminal(self, answer, meanwhile=lambda: None):
        """Runs image add with a terminal as its standard input."""
        main, side = pty.openpty()
        self.addCleanup(os.close, main)
        process = subprocess.Popen(
            [NITROCTL, "image", "add", "signer", "--from", self.build, "--release", "1",
             "--no-reload", "--config-dir", self.etc],
            stdin=side, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        os.close(side)
        asked = b""
        while b"[y/N]" not in asked:
            piece = os.read(process.stderr.fileno(), 4096)
            self.assertTrue(piece, asked)
            asked += piece
        meanwhile()
        os.write(main, answer)
        rest = process.communicate(timeout=60)[1]
        return process.returncode, asked + rest

    def test_only_yes_is_yes(self):
        for answer in (b"n\n", b"\n", b"yessir\n", b"Y E S\n", b"\x04", b"no\n", b" y\n"):
            code, said = self.on_terminal(answer)
            self.assertEqual((code, self.files()), (DENIED, {}), answer)
            self.assertIn(b"nothing was written", said)
        for answer in (b"y\n", b"yes\n"):
            code, _ = self.on_terminal(answer)
            self.assertEqual((code, set(self.files())), (ALLOWED, {"signer.conf"}))
            (self.images / "signer.conf").unlink()

    def test_nobody_can_be_asked(self):
        self.refuse_add(code=USAGE, yes=False, saying=b"--yes")

    def test_somebody_was_faster_than_the_answer(self):
        def meanwhile():
            self.write("etc/images.d/signer.conf", "# theirs\n")

        code, said = self.on_terminal(b"y\n", meanwhile)
        self.assertEqual(code, NOT_JUDGED)
        self.assertIn(b"meanwhile", said)
        self.assertEqual(self.files(), {"signer.conf": b"# theirs\n"})

    def test_two_at_once_wait_for_each_other(self):
        self.add("other", "--release", "0")
        lock = open(self.images / LOCK, "r+b")
        fcntl.flock(lock, fcntl.LOCK_EX)
        self.build = self.write("b.json", build("b"))
        process = subprocess.Popen(
            [NITROCTL, "image", "add", "signer", "--from", self.build, "--yes",
             "--no-reload", "--config-dir", self.etc], stdout=subprocess.DEVNULL)
        time.sleep(0.5)
        self.assertIsNone(process.poll())
        self.assertEqual(set(self.files()), {"other.conf"})
        lock.close()
        self.assertEqual(process.wait(60), ALLOWED)
        self.assertEqual(set(self.files()), {"other.conf", "signer.conf"})

    def test_a_lock_that_is_never_released(self):
        self.add("other")
        with open(self.images / LOCK, "r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.refuse_add(code=NOT_JUDGED, saying=b"another nitroctl")

    def test_what_an_interruption_left_does_no_harm(self):
        left = self.images / ".signer.conf.new"
        left.write_text("[image/half")
        self.assertEqual(self.list(), {})
        self.add()
        self.assertFalse(left.exists())
        left.symlink_to(self.folder / "elsewhere")
        self.ctl("image", "revoke", "signer", next(iter(self.list()))[1])
        self.assertFalse((self.folder / "elsewhere").exists())

    @unittest.skipIf(subprocess.run(["which", "strace"], capture_output=True,
                                    check=False).returncode, "strace is not installed")
    def test_killed_between_writing_and_renaming(self):
        subprocess.run(["strace", "-o", "/dev/null", "-e", "trace=renameat,rename",
                        "-e", "inject=renameat,rename:signal=KILL:retval=0", NITROCTL,
                        "image", "add", "signer", "--from", self.build, "--yes",
                        "--no-reload", "--config-dir", self.etc],
                       capture_output=True, check=False)
        self.assertEqual(set(self.files()), {".signer.conf.new"})
        self.assertEqual(self.list(), {})
        self.add()
        self.assertEqual(set(self.files()), {"signer.conf"})

    @unittest.skipIf(os.geteuid() != 0, "needs root to become somebody else")
    def test_not_root(self):
        self.folder.chmod(0o755)
        result = self.refuse_add(code=NOT_JUDGED, saying=b"are you root?",
                                 user=65534, group=65534, extra_groups=[])
        self.assertEqual(os.listdir(self.images), [])
        self.assertEqual(result.stdout, b"")


class Check(ImageCase):
    def check(self, *arguments, code=ALLOWED):
        result = self.run_ctl("check", self.etc, "--json", *arguments)
        self.assertEqual(result.returncode, code, result)
        return json.loads(result.stdout)

    def test_a_good_one(self):
        self.add()
        found = self.check()
        self.assertTrue(found["valid"])
        self.assertEqual((found["errors"], found["differences"]), ([], None))
        self.assertEqual({key: found["configuration"][key]
                          for key in ("images", "releases", "rules", "roots")},
                         {"images": 1, "releases": 1, "rules": 0, "roots": 1})
        self.assertIn(b"1 releases", self.run_ctl("check", self.etc).stdout)

    def test_all_errors_of_all_files(self):
        self.write("etc/rules.d/x.conf", RULE + "nosuch = \033[2J\n").parent.chmod(0o755)
        self.write("etc/images.d/y.conf", "[image/y]\nkind = other\n")
        found = self.check(code=DENIED)
        self.assertFalse(found["valid"])
        self.assertIsNone(found["configuration"])
        self.assertTrue(any("x.conf:6" in error for error in found["errors"]), found)
        self.assertTrue(any("y.conf:2" in error for error in found["errors"]), found)
        text = self.run_ctl("check", self.etc)
        self.assertEqual(text.returncode, DENIED)
        self.assertNotIn(b"\033", text.stdout)

    def test_misuse_and_no_directory(self):
        self.assertEqual(self.run_ctl("check", "a", "b").returncode, USAGE)
        self.assertEqual(self.run_ctl("check", self.folder / "absent").returncode, DENIED)


unittest.main()
