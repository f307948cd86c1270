# SPDX-License-Identifier: Apache-2.0
"""nitroctl and the real daemon on a private host: an admin rolls out an image, replaces
it, and cannot break logins by a typing error, a full disk or a read-only /etc."""
import contextlib
import datetime
import json
import os
import pathlib
import subprocess
import sys
import unittest

TOP = pathlib.Path(os.environ.setdefault(
    "top_srcdir", str(pathlib.Path(__file__).resolve().parents[2])))
BUILD = pathlib.Path(os.environ.setdefault("top_builddir", os.getcwd()))
sys.path.insert(0, str(TOP / "tests/support"))
import private_host  # noqa: E402

RULE = "[rule/ssh]\nservice = sshd\nuser = signer\nimage = signer\nlevel = 2\n"
OK, REFUSED, USAGE, IMPOSSIBLE = range(4)
IMAGES = pathlib.Path("/etc/nitro/images.d")


def build(name, digit):
    path = private_host.ROOM / name
    path.write_text(json.dumps({"Measurements": {
        "HashAlgorithm": "Sha384 { ... }",
        **{f"PCR{number}": digit * 96 for number in range(3)}}}))
    return path


class Change(unittest.TestCase):
    def setUp(self):
        self.first, self.second = build("a.json", "a"), build("b.json", "b")
        HOST.start_daemon()

    def tearDown(self):
        HOST.stop("daemon")
        for folder in ("images.d", "rules.d"):
            for path in pathlib.Path("/etc/nitro", folder).iterdir():
                path.unlink()

    def ctl(self, *arguments, code=OK):
        result = HOST.run("nitroctl", *arguments)
        self.assertEqual(result.returncode, code, result)
        return result

    def change(self, *arguments, code=OK):
        return self.ctl("image", *arguments, "--yes", "--config-dir", "/etc/nitro", code=code)

    def status(self, code=OK):
        return json.loads(self.ctl("status", "--json", code=code).stdout)

    def files(self):
        return {path.name: path.read_text() for path in IMAGES.iterdir()
                if path.name != ".nitroctl.lock"}

    def test_the_life_of_an_image(self):
        before = self.status()
        said = self.change("add", "signer", "--from", self.first, "--release", "1")
        self.assertIn("has reloaded", said.stdout)
        after = self.status()
        self.assertEqual(after["images"], [{"name": "signer", "releases": 1}])
        self.assertEqual(after["policy_generation"], before["policy_generation"] + 1)
        self.change("add", "signer", "--from", self.second, "--release", "2")
        self.change("retire", "signer", "1", "--on", "2030-12-31")
        self.assertEqual(self.status()["images"], [{"name": "signer", "releases": 2}])
        self.change("revoke", "signer", "1")
        self.change("remove", "signer", "1")
        self.assertEqual(self.status()["images"], [{"name": "signer", "releases": 1}])
        self.assertEqual(self.status()["policy_generation"],
                         before["policy_generation"] + 5)

    def test_a_typing_error_breaks_nothing(self):
        self.change("add", "signer", "--from", self.first, "--release", "1")
        HOST.configure("rules.d/10-ssh.conf", RULE)
        self.ctl("reload")
        before = self.status()
        HOST.configure("rules.d/10-ssh.conf", RULE.replace("level", "levle"))
        self.assertIn("10-ssh.conf:5", self.ctl("check", "/etc/nitro", code=REFUSED).stdout)
        refused = self.ctl("reload", code=REFUSED)
        self.assertIn("10-ssh.conf:5", refused.stderr)
        self.assertIn("level", refused.stderr)
        self.assertEqual(json.loads(self.ctl("reload", "--json", code=REFUSED).stdout)
                         ["state"], "refused")
        after = self.status(code=REFUSED)
        for key in ("policy_generation", "policy_digest", "images", "rules"):
            self.assertEqual(after[key], before[key], key)
        self.assertTrue(any("10-ssh.conf:5" in error for error in after["errors"]))
        # Nothing is added to what is broken.
        files = self.files()
        self.change("add", "signer", "--from", self.second, "--release", "2", code=REFUSED)
        self.assertEqual(self.files(), files)
        HOST.configure("rules.d/10-ssh.conf", RULE)
        self.ctl("reload")
        self.assertEqual(self.status()["errors"], [])

    def test_what_the_daemon_refuses_is_taken_back(self):
        self.change("add", "signer", "--from", self.first, "--release", "1")
        files, before = self.files(), self.status()
        # Another directory than the daemon's is fine, and the daemon's is broken.
        other = private_host.ROOM / "other"
        subprocess.run(["cp", "-r", "/etc/nitro", other], check=True)
        self.addCleanup(subprocess.run, ["rm", "-r", other], check=True)
        HOST.configure("rules.d/x.conf", "[rule/x]\nnosuch = 1\n")
        for arguments in (["add", "signer", "--from", self.second, "--release", "2"],
                          ["revoke", "signer", "1"], ["remove", "signer"]):
            refused = self.ctl("image", *arguments, "--yes", "--config-dir", other,
                               code=REFUSED)
            self.assertIn("taken back", refused.stderr)
            self.assertIn("x.conf:2", refused.stderr)
            self.assertEqual({path.name: path.read_text()
                              for path in (other / "images.d").iterdir()
                              if path.name != ".nitroctl.lock"}, files)
        self.assertEqual(self.status(code=REFUSED)["policy_digest"],
                         before["policy_digest"])

    def test_without_a_daemon(self):
        HOST.stop("daemon")
        said = self.change("add", "signer", "--from", self.first, "--release", "1")
        self.assertIn("does not run", said.stderr)
        self.assertIn("signer.conf", self.files())
        self.ctl("reload", code=IMPOSSIBLE)
        self.ctl("check", "/etc/nitro", "--against-running", code=IMPOSSIBLE)
        HOST.start_daemon()
        self.assertEqual(self.status()["images"], [{"name": "signer", "releases": 1}])

    def test_not_reloading(self):
        before = self.status()
        self.change("add", "signer", "--from", self.first, "--no-reload")
        self.assertEqual(self.status(), before)

    def test_against_the_running_policy(self):
        self.change("add", "signer", "--from", self.first, "--release", "1")
        self.change("add", "signer", "--from", self.second, "--release", "2")
        HOST.configure("rules.d/10-ssh.conf", RULE)
        self.ctl("reload")

        def compare(code):
            result = self.ctl("check", "/etc/nitro", "--against-running", "--json", code=code)
            return {(entry["change"], entry["name"]): entry["lost"]
                    for entry in json.loads(result.stdout)["differences"]}

        self.assertEqual(compare(OK), {})
        self.change("retire", "signer", "1", "--no-reload")
        self.assertEqual(compare(OK), {("changed", "release/signer/1"): False})
        self.ctl("reload", "--careful")
        self.change("revoke", "signer", "1", "--no-reload")
        self.change("add", "other", "--from", build("c.json", "c"), "--release", "1",
                    "--no-reload")
        self.assertEqual(compare(REFUSED), {("changed", "release/signer/1"): True,
                                            ("added", "image/other"): False,
                                            ("added", "release/other/1"): False})
        refused = self.ctl("reload", "--careful", code=REFUSED)
        self.assertIn("release/signer/1", refused.stderr)
        self.change("remove", "signer", "1", "--no-reload")
        HOST.configure("rules.d/10-ssh.conf", RULE + "max_age = 10s\n")
        lost = compare(REFUSED)
        self.assertEqual((lost[("removed", "release/signer/1")],
                          lost[("changed", "rule/ssh")]), (True, True))
        text = self.ctl("check", "/etc/nitro", "--against-running", code=REFUSED).stdout
        self.assertIn("removed release/signer/1 LOST: it is gone", text)
        self.ctl("reload")
        self.assertEqual(compare(OK), {})

    def test_what_ends_soon_shows(self):
        self.change("add", "signer", "--from", self.first, "--release", "1")
        self.assertEqual(self.status()["expiring"], [])
        soon = (datetime.datetime.now(datetime.timezone.utc)
                + datetime.timedelta(days=3)).strftime("%Y-%m-%d")
        self.change("retire", "signer", "1", "--on", soon)
        status = self.status()
        self.assertEqual(status["expiring"], [{"image": "signer", "release": "1",
                                               "ends": f"{soon}T23:59:59Z"}])
        self.assertGreaterEqual(status["statistics"]["reloads"], 2)
        text = self.ctl("status").stdout
        self.assertIn(f"signer: its last release '1' ends {soon}T23:59:59Z", text)
        self.assertIn("reloads ", text)
        self.change("add", "signer", "--from", self.second, "--release", "2")
        self.assertEqual(self.status()["expiring"], [])

    def test_a_full_disk(self):
        self.change("add", "signer", "--from", self.first, "--release", "1")
        files, before = self.files(), self.status()
        private_host.mount("-t", "tmpfs", "-o", "size=64k,mode=755", "tmpfs", IMAGES)
        try:
            for name, text in files.items():
                (IMAGES / name).write_text(text)
            (IMAGES / ".nitroctl.lock").touch()
            with open(IMAGES / "filler", "wb", buffering=0) as filler:
                with contextlib.suppress(OSError):
                    while filler.write(b"x" * 4096):
                        pass
            failed = self.change("add", "signer", "--from", self.second, "--release", "2",
                                 code=IMPOSSIBLE)
            self.assertIn("No space left", failed.stderr)
            self.assertEqual(sorted(os.listdir(IMAGES)),
                             sorted([*files, ".nitroctl.lock", "filler"]))
            self.change("revoke", "signer", "1", code=IMPOSSIBLE)
            (IMAGES / "filler").unlink()
            self.assertEqual(self.files(), files)
        finally:
            subprocess.run(["umount", IMAGES], check=True)
        self.assertEqual(self.status(), before)

    def test_a_read_only_etc(self):
        files = self.files()
        private_host.mount("--bind", "/etc/nitro", "/etc/nitro")
        try:
            private_host.mount("-o", "remount,bind,ro", "/etc/nitro")
            failed = self.change("add", "signer", "--from", self.first, code=IMPOSSIBLE)
            self.assertIn("Read-only file system", failed.stderr)
        finally:
            subprocess.run(["umount", "/etc/nitro"], check=True)
        self.assertEqual(self.files(), files)


private_host.enter_or_skip(private_host.why_not())
HOST = private_host.PrivateHost(BUILD)
try:
    unittest.main()
finally:
    HOST.stop_all()
