# SPDX-License-Identifier: Apache-2.0
"""The real daemon on an EC2 instance, as far as it can see: rules that bind documents
to this host, and what sudo alone says of a request."""
import os
import pathlib
import shutil
import sys
import time
import unittest

import dbus

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import harness  # noqa: E402
from harness import measured_as  # noqa: E402

INSTANCE, OTHER = "i-0123456789abcdef0", "i-0123456789abcdef1"
ASSET_TAG = pathlib.Path("/sys/devices/virtual/dmi/id/board_asset_tag")
# The board of an instance, in a mount namespace of the daemon's own.
ON_INSTANCE = ["unshare", "--mount", "sh", "-c",
               f"mount -t tmpfs tmpfs /sys/devices/virtual && mkdir -p {ASSET_TAG.parent} "
               f"&& echo {INSTANCE} >{ASSET_TAG} && exec \"$@\"", "sh"]
can_pretend = unittest.skipUnless(shutil.which("unshare") and os.geteuid() == 0,
                                  "needs root and unshare for another board")


def rule(name, *lines, service="sshd"):
    return "\n".join([f"[rule/{name}]", f"service = {service}", "user = alice",
                      "image = signer", "level = 2", "roots = sim", *lines, ""])


class Case(harness.DaemonTestCase):
    def ask(self, *options, service="sshd", **request):
        decision, verdict = self.caller.call(
            "Authorize", "ssayaya{sv}", service, "alice", dbus.ByteArray(b""),
            dbus.ByteArray(self.authority.document(*measured_as("good"), *options)),
            dbus.Dictionary(request, signature="sv"))
        return str(decision), str(verdict["Reason"])


@can_pretend
class Host(Case):
    prefix = ON_INSTANCE
    rules = rule("here", "bind = host")

    def test_an_enclave_of_this_instance(self):
        self.assertEqual(self.ask(f"--instance={INSTANCE}"), ("allow", "allowed"))

    def test_an_enclave_of_another_instance(self):
        self.assertEqual(self.ask(f"--instance={OTHER}"), ("deny", "host-different"))
        (record,) = self.daemon.records(NITRO_REASON="host-different")
        self.assertIn(INSTANCE, str(record))
        self.assertIn(OTHER, str(record))

    def test_documents_that_contradict_themselves(self):
        self.daemon.configure("rules.d/10-ssh.conf", rule("here", "bind = host").replace(
            "level = 2", "level = 1").replace("image = signer\n", ""))
        self.caller.reload()
        self.assertEqual(self.ask(), ("allow", "allowed"))
        for what in ("pcr4-other", "leaf-name-org"):
            self.assertEqual(self.ask(f"--break={what}"), ("deny", "host-different"), what)

    def test_an_audit_lets_others_in_and_says_so(self):
        self.daemon.configure("rules.d/10-ssh.conf",
                              rule("here", "bind = host", "mode = audit"))
        self.caller.reload()
        self.assertEqual(self.ask(f"--instance={OTHER}"), ("allow", "host-different"))


@unittest.skipIf(ASSET_TAG.exists(), "this host may be an instance")
class NoInstance(Case):
    def test_a_host_that_is_none_keeps_its_policy(self):
        self.daemon.configure("rules.d/20-here.conf", rule("here", "bind = host"))
        self.assertRefused("PolicyInvalid", self.caller.reload)
        (line,) = map(str, self.caller.get("PolicyErrors"))
        self.assertIn("[rule/here] bind: expected to find the instance id of this host: "
                      "the asset tag of this host's board cannot be read", line)
        self.assertEqual(self.ask(), ("allow", "allowed"))


class Explain(Case):
    rules = rule("both", "bind = ssh-key, key")

    def explain(self, *options):
        decision, verdict = self.caller.call(
            "Explain", "ssaya{sv}", "sshd", "alice",
            dbus.ByteArray(self.authority.document(*measured_as("good"), *options)),
            dbus.Dictionary(signature="sv"))
        return str(decision), str(verdict["Reason"])

    def test_what_only_a_login_shows_is_left_out(self):
        self.assertEqual(self.explain("--public-key=00"), ("allow", "allowed"))
        self.assertEqual(self.explain(), ("deny", "key-proof-missing"))
        self.assertEqual(self.ask("--public-key=00"), ("deny", "key-proof-missing"))
        hour_ago = f"--time=@{int(time.time()) - 3600}"
        self.assertEqual(self.explain("--public-key=00", hour_ago), ("allow", "allowed"))


class Sudo(Case):
    rules = (rule("dba", "run_as = postgres", service="sudo") +
             rule("adm", "run_as = clerk", "run_as_group = adm", service="sudo") +
             rule("web", "host = web-*", "command = /usr/bin/systemctl", service="sudo"))

    def test_rules_match_what_sudo_says(self):
        for request, decision in (
                ({"run_as": "postgres"}, "allow"), ({"run_as": "root"}, "deny"), ({}, "deny"),
                ({"host": "web-1", "command": "/usr/bin/systemctl"}, "allow"),
                ({"host": "db-1", "command": "/usr/bin/systemctl"}, "deny"),
                ({"run_as": "postgres", "run_as_group": "adm"}, "deny"),
                ({"run_as": "postgres", "run_as_group": ""}, "allow"),
                ({"run_as": "clerk", "run_as_group": "adm"}, "allow"),
                ({"run_as": "clerk", "run_as_group": "root"}, "deny"),
                ({"run_as": "clerk"}, "deny"), ({"run_as_group": "adm"}, "deny"),
                ({"host": "web-1"}, "deny")):
            self.assertEqual(self.ask(service="sudo", **request)[0], decision, request)

    def test_texts_are_bounded(self):
        for request in ({"run_as": "x" * 257}, {"host": "x" * 257}, {"run_as": "a\nb"},
                        {"run_as_group": "x" * 257}, {"run_as_group": "a\nb"}):
            self.assertRefused("InvalidArgument", self.ask, service="sudo", **request)


if __name__ == "__main__":
    harness.main(needs_root=True)
