# SPDX-License-Identifier: Apache-2.0
"""The stacks that pam_nitro(8) shows, on a private host: users with a password, rules
for the services of the manual, and evidence that is typed or kept in a file."""
import os
import pathlib
import re
import subprocess
import unittest

import private_host
import ssh_scene

TOP = pathlib.Path(os.environ["top_srcdir"])
ROOM = private_host.ROOM
GOOD = ssh_scene.pcrs_of("signer 1")
RULES = "".join(f"""
[rule/{service}-{users}]
service = {service}
user = {users}
image = signer
level = 2
roots = sim
{more}
""" for service, users, more in (
    ("sshd", "signer", ""), ("sshd", "keyed", "bind = ssh-key"),
    ("sshd", "both", "bind = nonce, ssh-key"), ("login", "signer", ""), ("su", "signer", ""),
    ("sudo", "operator", ""), ("polkit-1", "signer", ""), ("swaylock", "signer", "")))
PASSWORD = "correct horse"


def stacks_of_the_manual():
    """{section: {file: text}} of the examples in pam_nitro(8)."""
    text = (TOP / "man/pam_nitro.8").read_text(encoding="utf-8")
    found = {}
    for section in text[text.index(".Sh EXAMPLES"):].split("\n.Ss ")[1:]:
        title = section.splitlines()[0]
        found[title] = dict(re.findall(
            r"^\.Pa (/etc/\S+) :\n\.Bd -literal[^\n]*\n(.*?)^\.Ed", section, re.M | re.S))
    return found


STACKS = stacks_of_the_manual()


class StackScene(ssh_scene.SshScene):
    """The daemon runs, and an enclave with the measurements GOOD."""

    def __init__(self, build, users):
        super().__init__(build)
        for user in users:
            self.add_login_user(user)
            subprocess.run(["chpasswd"], input=f"{user}:{PASSWORD}", text=True, check=True)
        self.configure("images.d/signer.conf", ssh_scene.release_text("signer", "1", GOOD))
        self.configure("rules.d/10-gates.conf", RULES)
        pathlib.Path("/etc/sudoers").write_text(
            "Defaults timestamp_timeout=0, !lecture, passwd_tries=2\n"
            "operator ALL=(ALL) ALL\nroot ALL=(ALL) ALL\n", encoding="ascii")
        self.start_daemon()
        self.start_enclave(GOOD)


class StackCase(unittest.TestCase):
    """Each test begins with a stack of the manual, on a StackScene."""

    host = None

    def setUp(self):
        self.mark = self.host.syslog.mark()
        self.host.start_enclave(GOOD)
        (ROOM / "signer").mkdir(exist_ok=True)
        (ROOM / "signer/document.cbor").unlink(missing_ok=True)

    def install(self, section, **replaced):
        """Writes the section's stacks; the module is the one that was built."""
        self.assertIn(section, STACKS)
        for path, text in STACKS[section].items():
            if path.startswith("/etc/pam.d/"):
                self.assertIn("pam_nitro.so", text)
                self.write(path, text, **replaced)

    def write(self, path, text, **replaced):
        text = text.replace("pam_nitro.so", str(self.host.module))
        text = text.replace("/run/signer/", f"{ROOM}/signer/")
        for old, new in replaced.items():
            self.assertIn(old, text)
            text = text.replace(old, new)
        pathlib.Path(path).write_text(text, encoding="ascii")

    def log(self):
        return self.host.syslog.since(self.mark)

    def attest(self, prompt):
        """What an agent at the terminal types: attestation, or the password."""
        if "nitro-attest/1" not in prompt:
            return PASSWORD
        done = self.host.run("nitro-attest", "askpass", prompt[prompt.index("nitro-attest/1"):],
                             env={"NITRO_NSM": str(ROOM / "nsm.sock"),
                                  "XDG_RUNTIME_DIR": str(self.host.home)})
        return done.stdout.strip() or "none"

    @staticmethod
    def give_up(_prompt):
        return "nonsense"

    @staticmethod
    def only_password(prompt):
        return PASSWORD if "nitro-attest/1" not in prompt else "1/1 AAAA"

    def fresh_document(self, pcrs=GOOD):
        """What a service on the instance would keep fresh."""
        self.host.start_enclave(pcrs)
        self.host.run("nitro-attest", "document", "--output", ROOM / "signer/document.cbor",
                      env={"NITRO_NSM": str(ROOM / "nsm.sock")}).check_returncode()
        (ROOM / "signer/document.cbor").chmod(0o644)

    @staticmethod
    def verdicts():
        done = subprocess.run(
            ["busctl", "--system", "--json=short", "call", "org.nitro.Policy1",
             "/org/nitro/Policy1", "org.nitro.Policy1.Manager", "ListVerdicts", "a{sv}",
             "0"], capture_output=True, text=True, check=True)
        return done.stdout
