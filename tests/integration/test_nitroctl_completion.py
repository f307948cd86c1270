# SPDX-License-Identifier: Apache-2.0
"""The completion of nitroctl as bash runs it, with the built program in the path."""
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(
    os.environ.get("top_srcdir",
                   os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")),
    "tests/support"))
from nitroctl_case import NITROCTL, TOP, NitroctlCase  # noqa: E402

SCRIPT = """
set -u
PATH=$1:$PATH
cd "$2"
. "$3"
shift 3
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_nitroctl nitroctl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "${COMPREPLY[@]-}"
"""


class Completion(NitroctlCase):
    def complete(self, *words):
        result = subprocess.run(
            ["bash", "-c", SCRIPT, "bash", NITROCTL.parent, self.folder,
             TOP / "nitroctl/nitroctl.bash", "nitroctl", *words],
            capture_output=True, text=True, check=True, timeout=60)
        self.assertEqual(result.stderr, "")
        return set(result.stdout.split())

    def test_verbs(self):
        self.assertLessEqual({"verify", "show", "status", "check", "reload", "image",
                              "help", "--help", "--version"}, self.complete(""))
        self.assertEqual(self.complete("stat"), {"status"})
        self.assertEqual(self.complete("image", ""),
                         {"add", "list", "retire", "revoke", "remove"})
        self.assertEqual(self.complete("help", "image", "re"),
                         {"retire", "revoke", "remove"})
        self.assertNotIn("--version", self.complete("help", ""))

    def test_every_verb_completes_its_own_options(self):
        listed = self.run_ctl("--help").stdout.decode().splitlines()
        verbs = [line[2:17].strip() for line in listed if line.startswith("  ")]
        self.assertGreater(len(verbs), 8)
        for verb in verbs:
            help_text = self.run_ctl("help", *verb.split()).stdout.decode()
            options = {line.split()[0] for line in help_text.splitlines()
                       if line.startswith("  --")}
            self.assertIn("--help", options)
            self.assertEqual(self.complete(*verb.split(), "--"), options, verb)

    def test_values(self):
        self.write("document.cbor", b"x")
        (self.folder / "policy").mkdir()
        self.assertEqual(self.complete("verify", ""), {"document.cbor", "policy"})
        self.assertEqual(self.complete("verify", "document.cbor", "doc"),
                         {"document.cbor"})
        self.assertEqual(self.complete("verify", "--policy", ""), {"policy"})
        self.assertEqual(self.complete("verify", "--level", ""), {"1", "2", "3"})
        self.assertEqual(self.complete("image", "add", "x", "--kind", "e"), {"enclave"})
        self.assertEqual(self.complete("image", "add", "--from", "doc"), {"document.cbor"})
        for before in ((), ("debug",)):
            self.assertEqual(self.complete("sudo", "enable", *before, "ch"), {"challenge"})
        self.assertEqual(self.complete("sudo", "disable", ""), set())
        self.assertEqual(self.complete("status", "d"), set())
        self.assertEqual(self.complete("nosuch", "--"), set())


unittest.main()
