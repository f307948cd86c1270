# SPDX-License-Identifier: Apache-2.0
"""nitroctl pcr: the values are those that AWS and its tools compute, and the policy
takes what is taken here."""
import base64
import hashlib
import json
import os
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(
    os.environ.get("top_srcdir", pathlib.Path(__file__).parents[2])) / "tests/support"))
from nitroctl_case import (ALLOWED, DENIED, NOT_JUDGED, USAGE, NitroctlCase)  # noqa: E402

ROLE = "arn:aws:iam::123456789012:role/Webserver"
# What `qos` and the AWS documentation compute for it.
ROLE_PCR3 = ("78fce75db17cd4e0a3fb8dad3ad128ca5e77edbb2b2c7f75329dccd99aa5f6ef"
             "4fc1f1a452e315b9e98f9e312e6921e6")


class Pcr(NitroctlCase):
    def pcr(self, *arguments):
        result = self.run_ctl("pcr", *arguments)
        self.assertEqual((result.returncode, result.stderr), (ALLOWED, b""), result)
        value = result.stdout.decode().strip()
        machine = json.loads(self.run_ctl("pcr", *arguments, "--json").stdout)
        self.assertEqual(machine["value"], value)
        return machine["pcr"], value

    def test_role(self):
        self.assertEqual(self.pcr("role", ROLE), (3, ROLE_PCR3))

    def test_instance_is_what_documents_carry(self):
        sim, root = self.authority()
        document = self.document(sim, "--instance=i-0fedcba9876543210")
        verdict = self.verify("--root", root, document, code=ALLOWED)
        self.assertEqual(self.pcr("instance", "i-0fedcba9876543210"),
                         (4, verdict["document"]["pcrs"]["4"]))

    def test_certificate(self):
        """PEM with text around it, PEM and DER are one certificate."""
        _, root = self.authority()
        body = re.search("-----BEGIN CERTIFICATE-----(.*)-----END", root.read_text(), re.S)
        der = base64.b64decode(body[1])
        inner = hashlib.sha384(der).digest()
        expected = hashlib.sha384(bytes(48) + inner).hexdigest()
        for name, content in (("c.pem", root.read_bytes()), ("c.der", der),
                              ("t.pem", b"text\n" + root.read_bytes())):
            path = self.write(name, content)
            self.assertEqual(self.pcr("certificate", path), (8, expected), name)
        self.assertEqual(self.pcr("certificate", os.path.relpath(path)), (8, expected))

    def test_the_policy_takes_the_same(self):
        sim, _ = self.authority()
        etc = self.policy("etc", {"1": {0: "a" * 96, 1: "b" * 96, 2: "c" * 96,
                                        3: f"role:{ROLE}"}})
        document = self.document(sim, "--pcr=0=" + "a" * 96, "--pcr=1=" + "b" * 96,
                                 "--pcr=2=" + "c" * 96, f"--pcr=3={ROLE_PCR3}")
        result = self.run_ctl("diff", f"--policy={etc}", document, "release:app/1")
        self.assertEqual(result.returncode, ALLOWED, result)

    def test_what_is_no_role_or_instance(self):
        for arguments in (["role", "Webserver"], ["role", ""], ["role", ROLE + "\npcr4 = 00"],
                          ["role", ROLE + "\t"], ["role", "\033[2J"], ["role", ROLE + "x" * 2000],
                          ["role", "arn:aws:iam::123456789012:instance-profile/Webserver"],
                          ["instance", "i-xyz"], ["instance", "I-0123456789abcdef0"],
                          ["instance", ""], ["instance", "0123456789abcdef0"],
                          ["role"], ["role", ROLE, ROLE], [], ["nosuch", "x"],
                          ["certificate"]):
            result = self.run_ctl("pcr", *arguments)
            self.assertEqual((result.returncode, result.stdout), (USAGE, b""), arguments)
            self.assertTrue(result.stderr)
            self.assertNotIn(b"\033", result.stderr)

    def test_a_hint_for_what_admins_have_at_hand(self):
        result = self.run_ctl("pcr", "role",
                              "arn:aws:iam::123456789012:instance-profile/Webserver")
        self.assertIn(b"instance profile", result.stderr)

    def test_what_is_no_certificate(self):
        _, root = self.authority()
        for content in (b"", b"text", root.read_bytes() * 2, b"\x30\x82\xff\xff"):
            result = self.run_ctl("pcr", "certificate", self.write("file", content))
            self.assertEqual((result.returncode, result.stdout), (DENIED, b""), content)
        for name in ("absent", "/dev/zero", self.write("huge", b"x" * 70000)):
            result = self.run_ctl("pcr", "certificate", name)
            self.assertEqual((result.returncode, result.stdout), (NOT_JUDGED, b""), name)


if __name__ == "__main__":
    unittest.main()
