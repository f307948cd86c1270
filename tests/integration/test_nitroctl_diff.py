# SPDX-License-Identifier: Apache-2.0
"""nitroctl diff: what counts as equal, and that nobody takes an unverified document
for a verified one."""
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(
    os.environ.get("top_srcdir", pathlib.Path(__file__).parents[2])) / "tests/support"))
from nitroctl_case import (ALLOWED, DENIED, NOT_JUDGED, SHA384_HEX, USAGE,  # noqa: E402
                           VECTORS, NitroctlCase, need_vectors)

A, B, C, D = (character * SHA384_HEX for character in "abcd")


class Diff(NitroctlCase):
    def setUp(self):
        super().setUp()
        self.sim, self.root = self.authority()
        self.etc = self.policy("etc", {"1.0": {0: A, 1: B, 2: C}, "2.0": {0: D, 1: B, 2: C}})
        self.one = self.measured(A, "one.cbor", "--nonce=01")

    def measured(self, pcr0, name, *options):
        return self.document(self.sim, f"--pcr=0={pcr0}", f"--pcr=1={B}", f"--pcr=2={C}",
                             *options, name=name)

    def diff(self, a, b, *options, code):
        arguments = (f"--policy={self.etc}", *options, a, b)
        text = self.run_ctl("diff", *arguments)
        self.assertEqual((text.returncode, text.stderr), (code, b""), text)
        machine = self.run_ctl("diff", "--json", *arguments)
        self.assertEqual(machine.returncode, code, machine)
        value = json.loads(machine.stdout)
        self.assertEqual(value["equal"], code == ALLOWED)
        value["text"] = text.stdout.decode("ascii")
        return value

    @staticmethod
    def different(value):
        return [entry["name"] for entry in value["values"] if not entry["equal"]]

    def test_equal_measurements_with_other_fields(self):
        value = self.diff(self.one, self.measured(A, "two.cbor", "--nonce=02"), code=ALLOWED)
        self.assertEqual(self.different(value), ["nonce"])
        self.assertIn("The measurements are equal.", value["text"])

    def test_each_difference_has_both_values(self):
        value = self.diff(self.one, self.measured(D, "two.cbor", f"--pcr=3={C}"), code=DENIED)
        self.assertEqual(self.different(value), ["pcr0", "pcr3", "nonce"])
        self.assertIn(f"- pcr0        {A}\n+ pcr0        {D}\n", value["text"])

    def test_a_pcr_that_one_document_lacks_differs(self):
        other = self.measured(A, "tpm.cbor", "--kind=nitrotpm")
        self.assertIn("kind", self.diff(self.one, other, code=DENIED)["text"])

    def test_a_release(self):
        value = self.diff(self.one, "release:app/1.0", code=ALLOWED)
        # What the release does not name is not compared.
        self.assertEqual([entry["name"] for entry in value["values"]],
                         ["pcr0", "pcr1", "pcr2"])
        self.assertEqual(value["b"]["release"], "1.0")
        self.diff("release:app/2.0", self.one, code=DENIED)
        self.diff("release:app/2.0", "release:app/1.0", code=DENIED)
        self.diff("release:app/1.0", "release:app/1.0", code=ALLOWED)

    def test_an_image_is_its_closest_release(self):
        for pcr0, release in ((A, "1.0"), (D, "2.0")):
            document = self.measured(pcr0, "x.cbor")
            self.assertEqual(self.diff(document, "image:app", code=ALLOWED)["b"]["release"],
                             release)
            self.assertEqual(self.diff("image:app", document, code=ALLOWED)["a"]["release"],
                             release)

    def test_unverified_documents_are_marked(self):
        value = self.diff(self.one, "release:app/1.0", code=ALLOWED)
        self.assertFalse(value["a"]["verified"])
        self.assertIsNone(value["b"]["verified"])
        self.assertIn("UNVERIFIED", value["text"])
        value = self.diff(self.one, "release:app/1.0", "--root", self.root, code=ALLOWED)
        self.assertTrue(value["a"]["verified"])
        self.assertNotIn("UNVERIFIED", value["text"])

    def test_genuine_documents_need_no_policy(self):
        need_vectors()
        file = sorted((VECTORS / "genuine").iterdir())[0]
        result = self.run_ctl("diff", "--json", file, file)
        self.assertEqual(result.returncode, ALLOWED)
        self.assertTrue(json.loads(result.stdout)["a"]["verified"])

    def test_what_cannot_be_compared(self):
        text = self.write("text", "no document")
        huge = self.write("huge", b"x" * 70000)
        for a, b in ((self.one, "absent"), (self.one, text), (huge, self.one),
                     (self.one, "release:app/3"), (self.one, "release:app"),
                     (self.one, "release:nosuch/1.0"), (self.one, "image:nosuch"),
                     ("image:nosuch", "release:app/1.0"), ("release:", "image:")):
            result = self.run_ctl("diff", f"--policy={self.etc}", a, b)
            self.assertEqual((result.returncode, result.stdout), (NOT_JUDGED, b""), (a, b))
            self.assertTrue(result.stderr)

    def test_misuse(self):
        for arguments in ([], [self.one], [self.one] * 3, ["image:app", "image:app"],
                          [self.one, self.one, "--root"]):
            result = self.run_ctl("diff", *arguments)
            self.assertEqual((result.returncode, result.stdout), (USAGE, b""), arguments)

    def test_hostile_names_stay_harmless(self):
        result = self.run_ctl("diff", f"--policy={self.etc}", "release:\033[2J", self.one)
        self.assertNotIn(b"\033", result.stderr)


if __name__ == "__main__":
    unittest.main()
