# SPDX-License-Identifier: Apache-2.0
"""nitroctl against documents that AWS signed: every field as it is known, the limits
of time to the second, and the documents that must be refused."""
import base64
import datetime
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(
    os.environ.get("top_srcdir", pathlib.Path(__file__).parents[2])) / "tests/support"))
from nitroctl_case import (ALLOWED, DENIED, NOT_JUDGED, VECTORS,  # noqa: E402
                           NitroctlCase, genuine, index, need_vectors)

# What index.json knows beside the document itself.
NOT_OF_THE_DOCUMENT = {"file", "sha256", "size", "source", "licence"}
RELEASED = "2025-09-16_b1086cbb618c"  # PCR0 to PCR4 are set
DEBUG = "2021-03-05_883eaa6cbccb"
REJECTED = {
    "self-signed-cabundle-null.cbor": {"unprotected-header"},
    "signature-last-byte-changed.cbor": {"signature-invalid"},
    "chain-good-signature-bad.cbor": {"signature-invalid"},
}


def setUpModule():
    try:
        need_vectors()
    except unittest.SkipTest as skipped:
        print(f"SKIPPED: {skipped}")
        sys.exit(77)


class Genuine(NitroctlCase):
    def test_every_field_of_every_document(self):
        rows = index()
        self.assertEqual(len(rows), 36)
        for row in rows:
            with self.subTest(row["file"]):
                verdict = self.verify("--at", "document", VECTORS / row["file"], code=ALLOWED)
                document = verdict["document"]
                for key in set(row) - NOT_OF_THE_DOCUMENT:
                    self.assertEqual(document[key], row[key], key)
                self.assertEqual(list(document["pcrs"]), list(row["pcrs"]))
                self.assertEqual((document["digest"], document["root"]), ("SHA384", "aws"))
                self.assertEqual((verdict["decision"], verdict["level"]), ("allow", 1))
                self.assertEqual(verdict["judged_at"], row["timestamp"])
                self.assertEqual(verdict["judged_at_source"], "document")
                self.assertIsNone(verdict["rule"])
                for check in verdict["checks"]:
                    if check["level"] == 1 and check["id"] not in ("nonce", "age", "replay"):
                        self.assertEqual(check["state"], "passed", check)

    def test_all_at_once(self):
        files = [VECTORS / row["file"] for row in index()]
        result = self.run_ctl("verify", "--at", "document", "--quiet", *files)
        self.assertEqual(result.returncode, ALLOWED)
        debug = sum(row["debug"] for row in index())
        self.assertEqual(result.stdout.count(b": allow (level 1)\n"), len(files) - debug)
        self.assertEqual(result.stdout.count(b": allow (level 1, debug mode)\n"), debug)
        self.assertEqual(result.stderr.count(b"WARNING"), 1)
        result = self.run_ctl("verify", "--json", "--at", "document", *files,
                              self.folder / "absent")
        self.assertEqual(result.returncode, NOT_JUDGED)
        self.assertEqual(len(result.stdout.splitlines()), len(files) + 1)

    def test_none_of_them_is_valid_now(self):
        for row in index():
            self.denied("certificate-expired", VECTORS / row["file"])

    def test_show_agrees(self):
        for row in index():
            shown = json.loads(self.run_ctl("show", "--json", VECTORS / row["file"]).stdout)
            for key in set(row) - NOT_OF_THE_DOCUMENT:
                self.assertEqual(shown["unverified_document"][key], row[key], key)
            self.assertIs(shown["verified"], False)

    def test_base64_and_standard_input(self):
        raw = genuine(RELEASED).read_bytes()
        plain = self.verify("--at", "document", genuine(RELEASED), code=ALLOWED)["document"]
        texts = [base64.b64encode(raw), base64.encodebytes(raw), base64.urlsafe_b64encode(raw),
                 base64.urlsafe_b64encode(raw).rstrip(b"="), base64.b64encode(raw).rstrip(b"="),
                 base64.encodebytes(raw).replace(b"\n", b"\r\n\t ")]
        for content in [raw, *texts]:
            self.assertEqual(plain, self.verify("--at", "document", "-", input=content,
                                                code=ALLOWED)["document"])
            name = self.write("input", content)
            self.assertEqual(plain, self.verify("--at", "document", name,
                                                code=ALLOWED)["document"])
        self.denied("envelope-trailing", "--at", "document", "-", input=raw + b"\n")

    def test_rejected(self):
        self.assertEqual({path.name for path in (VECTORS / "rejected").iterdir()}, set(REJECTED))
        for name, reasons in REJECTED.items():
            verdict = self.verify("--at", "document", VECTORS / "rejected" / name, code=DENIED)
            self.assertIn(verdict["reason"], reasons)
            self.assertEqual((verdict["document"], verdict["level"]), (None, 0))
            text = self.run_ctl("verify", "--at", "document", VECTORS / "rejected" / name).stdout
            self.assertNotIn(b"module_id", text)


class Time(NitroctlCase):
    """The leaf of this document is valid until 2025-09-17T00:25:48Z or so: its three
    hours and three seconds are taken from the document, not written here."""

    def setUp(self):
        super().setUp()
        self.file = genuine(RELEASED)
        self.row = next(row for row in index() if row["file"].endswith(self.file.name))
        self.end = min(certificate["not_after"] for certificate in self.row["chain"])
        self.begin = max(certificate["not_before"] for certificate in self.row["chain"])

    @staticmethod
    def moved(text, seconds):
        time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        return time + datetime.timedelta(seconds=seconds)

    def test_forms_of_time(self):
        time = self.moved(self.row["timestamp"], 1)
        east = time.astimezone(datetime.timezone(datetime.timedelta(hours=5, minutes=30)))
        for text in (time.strftime("%Y-%m-%dT%H:%M:%SZ"), f"@{int(time.timestamp())}",
                     east.isoformat(timespec="seconds"), time.strftime("%Y-%m-%d %H:%M:%S.250Z")):
            result = self.run_ctl("verify", "--at", text, self.file)
            self.assertEqual(result.returncode, ALLOWED, text)
            self.assertIn(b"WARNING", result.stderr)
            self.assertIn(b"NOW was not asked", result.stderr)
        verdict = self.verify("--at", f"@{int(time.timestamp())}", self.file, code=ALLOWED)
        self.assertEqual(verdict["judged_at_source"], "given")
        self.assertEqual(verdict["judged_at"], time.strftime("%Y-%m-%dT%H:%M:%S.000Z"))

    def test_the_last_second_counts(self):
        last = int(self.moved(self.end, 0).timestamp())
        self.verify("--at", f"@{last}", self.file, code=ALLOWED)
        self.denied("certificate-expired", "--at", f"@{last + 1}", self.file)

    def test_the_first_second_counts(self):
        first = int(self.moved(self.begin, 0).timestamp())
        self.verify("--at", f"@{first}", self.file, code=ALLOWED)
        self.denied("certificate-not-yet-valid", "--at", f"@{first - 1}", self.file)

    def test_the_future(self):
        # Made a quarter of an hour after its leaf certificate began.
        file = genuine("2026-08-03_13a44c648578")
        made = datetime.datetime.fromisoformat("2026-08-03T19:36:15.857+00:00")
        for seconds, code in ((-31, DENIED), (-30, ALLOWED), (30, ALLOWED), (31, DENIED)):
            at = (made + datetime.timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
            result = self.run_ctl("verify", "--at", at, "--max-age", "30s", "--quiet", file)
            self.assertEqual(result.returncode, code, (seconds, result))
        self.denied("document-from-future", "--at", "2026-08-03T19:30:00Z", "--max-age", "30s",
                    file)

    def test_refused_at_its_own_time_has_no_time(self):
        verdict = self.denied("envelope-encoding", "--at", "document", "-",
                              input=self.file.read_bytes()[:-1])
        self.assertIsNone(verdict["judged_at"])
        self.assertEqual(verdict["judged_at_source"], "document")


class GenuinePolicy(NitroctlCase):
    def releases_of(self, prefix):
        row = next(row for row in index() if prefix in row["file"])
        return {number: row["pcrs"][str(number)] for number in (0, 1, 2, 3, 4)}

    def judge(self, directory, prefix, code):
        return self.verify("--policy", directory, "--at", "document", genuine(prefix), code=code)

    def test_a_genuine_release(self):
        pcrs = self.releases_of(RELEASED)
        directory = self.policy("good", {"1": pcrs})
        verdict = self.judge(directory, RELEASED, ALLOWED)
        self.assertEqual((verdict["level"], verdict["image"], verdict["release"]), (2, "app", "1"))
        for number in pcrs:
            changed = dict(pcrs)
            changed[number] = ("f" if changed[number][0] != "f" else "e") + changed[number][1:]
            directory = self.policy(f"changed{number}", {"1": changed})
            verdict = self.judge(directory, RELEASED, DENIED)
            self.assertEqual(verdict["reason"], "measurements-unknown")
            self.assertIsNotNone(verdict["document"])
            verdict = self.verify("--policy", directory, "--at", "document", "--level", "1",
                                  genuine(RELEASED), code=ALLOWED)
            self.assertEqual(verdict["level"], 1)

    def test_a_mixture_of_two_genuine_releases(self):
        one = self.releases_of(RELEASED)
        two = self.releases_of("2025-05-05_c3742e1f860d")
        mixed = {"1": dict(one, **{"0": two[0]}) | {0: two[0]}, "2": dict(two) | {2: one[2]}}
        directory = self.policy("mixed", {name: {number: pcrs[number] for number in one}
                                          for name, pcrs in mixed.items()})
        verdict = self.judge(directory, RELEASED, DENIED)
        self.assertEqual(verdict["reason"], "measurements-unknown")

    def test_debug_never_reaches_level_2(self):
        directory = self.policy("etc", {"1": self.releases_of(RELEASED)})
        verdict = self.judge(directory, DEBUG, DENIED)
        self.assertEqual(verdict["reason"], "debug-enclave")


if __name__ == "__main__":
    unittest.main()
