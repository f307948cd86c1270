# SPDX-License-Identifier: Apache-2.0
"""Level 3 in the real daemon: manifests of nitro-sim come with documents, or stand on
the host, and decide; what is wrong with them is the reason."""
import base64
import json
import pathlib
import re
import subprocess
import sys

import dbus

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import harness  # noqa: E402
from harness import measured_as, release_text  # noqa: E402

GOOD = measured_as("good")
MANIFEST_MAX = harness.constant("NITRO_MANIFEST_MAX", "dbus/nitro_bus.h")
RULE = ("[rule/{0}]\nservice = {0}\nuser = alice\nimage = signer\nlevel = {1}\n"
        "roots = sim\n")


class Manifest:
    """A manifest of nitro-sim, for enclaves that are measured as "good"."""

    def __init__(self, folder, *options):
        self.folder = folder
        subprocess.run([harness.SIM, "manifest", folder, *GOOD, *options], check=True)
        self.envelope = (folder / "envelope").read_bytes()
        self.release = (folder / "release.conf").read_text()
        self.arguments = (folder / "document.args").read_text().split()


class Case(harness.DaemonTestCase):
    rules = RULE.format("sshd", 3) + RULE.format("sudo", 2)

    def prepare(self):
        self.made = 0
        self.manifest = self.make()
        self.release(self.manifest.release)

    def make(self, *options):
        self.made += 1
        return Manifest(self.folder / f"manifest-{self.made}", *options)

    def release(self, keys):
        self.daemon.configure(
            "images.d/signer.conf", "[image/signer]\nkind = enclave\n" +
            release_text("signer", "1", "good", keys))

    def document(self, manifest=None):
        return self.authority.document(
            *GOOD, *(self.manifest if manifest is None else manifest).arguments)

    def ask(self, member="Authorize", service="sshd", document=None, envelope=None):
        options = {}
        if envelope is not None:
            options["manifest"] = dbus.ByteArray(envelope)
        nonce = [dbus.ByteArray(b"")] if member == "Authorize" else []
        answer = self.caller.call(
            member, "ssayaya{sv}" if nonce else "ssaya{sv}", service, "alice", *nonce,
            dbus.ByteArray(document or self.document()),
            dbus.Dictionary(options, signature="sv"))
        return str(answer[0]), str(answer[1]["Reason"]), int(answer[1]["Level"])


class Decides(Case):
    def test_with_the_envelope_and_without(self):
        self.assertEqual(self.ask(envelope=self.manifest.envelope),
                         ("allow", "allowed", 3))
        self.assertEqual(self.ask(), ("deny", "manifest-not-checked", 2))
        self.assertEqual(self.ask("Explain", envelope=self.manifest.envelope),
                         ("allow", "allowed", 3))
        record = self.daemon.records(NITRO_REASON="manifest-not-checked")[0]
        self.assertEqual(record["NITRO_DECISION"], "deny")

    def test_lower_levels_tell_what_it_would_be_good_for(self):
        for envelope, level in ((self.manifest.envelope, 3), (None, 2), (b"junk", 2)):
            self.assertEqual(self.ask(service="sudo", envelope=envelope),
                             ("allow", "allowed", level))

    def test_verify_has_levels(self):
        envelope = dbus.ByteArray(self.manifest.envelope)
        for options, expected in (
                ({"level": 3, "manifest": envelope}, ("allow", "allowed")),
                ({"level": 3}, ("deny", "manifest-not-checked")),
                ({"level": 2, "manifest": envelope}, ("allow", "allowed"))):
            with self.subTest(options=options):
                options["level"] = dbus.UInt32(options["level"])
                decision, verdict = self.caller.verify(
                    self.document(), roots=dbus.Array(["sim"], signature="s"),
                    **options)
                self.assertEqual((decision, verdict["Reason"]), expected)
        self.assertRefused("InvalidArgument", self.caller.verify, b"x",
                           level=dbus.UInt32(4))

    def test_each_break_of_an_envelope_is_named(self):
        for name, reason in (("approval-twice", "approval-twice"),
                             ("manifest-ambiguous", "manifest-ambiguous"),
                             ("manifest-very-deep", "manifest-depth"),
                             ("document-other-hash", "manifest-hash-different"),
                             ("set-threshold-zero", "threshold-zero")):
            with self.subTest(name=name):
                broken = self.make(f"--broken={name}")
                self.release(broken.release)
                self.caller.reload()
                self.assertEqual(
                    self.ask(document=self.document(broken), envelope=broken.envelope),
                    ("deny", reason, 2))

    def test_sizes_are_bounded(self):
        for size in (0, MANIFEST_MAX + 1):
            self.assertRefused("InvalidArgument", self.ask, envelope=bytes(size))
        self.assertEqual(self.ask(envelope=bytes(MANIFEST_MAX))[1], "manifest-trailing")


class OnTheHost(Case):
    """The manifest is named by the release, and nothing has to be sent."""

    def test_a_file_decides(self):
        for name in ("manifest", "envelope"):
            self.release(f"manifest = qos:{self.manifest.folder / name}\n")
            self.caller.reload()
            self.assertEqual(self.ask(), ("allow", "allowed", 3))
        self.assertEqual(self.ask(document=self.document(self.make())),
                         ("deny", "manifest-hash-different", 2))

    def test_several_applications_share_a_boot_image(self):
        other = self.make("--pivot=another")
        self.daemon.configure(
            "images.d/signer.conf",
            "[image/signer]\nkind = enclave\n" +
            release_text("signer", "1", "good",
                         f"manifest = qos:{self.manifest.folder}/manifest\n") +
            release_text("signer", "2", "good",
                         f"manifest = qos:{other.folder}/manifest\n").replace(
                             "state = current", "state = revoked"))
        self.caller.reload()
        self.assertEqual(self.ask(), ("allow", "allowed", 3))
        self.assertEqual(self.ask(document=self.document(other))[:2],
                         ("deny", "release-revoked"))
        # Of which application it is cannot be told: it may be the revoked one.
        self.assertEqual(self.ask(service="sudo",
                                  document=self.document(self.make()))[:2],
                         ("deny", "release-revoked"))

    def test_mistakes_are_found_when_it_is_loaded(self):
        broken = self.make("--broken=approval-signature-changed")
        otherwise = self.make("--pcr=3=" + "ab" * 48)
        manifest = self.manifest.folder
        for keys, complaint in (
                ("manifest = qos\n", "needs pivot"),
                ("manifest = user-data\n", "needs a checksum"),
                ("manifest = qos:relative\n", "absolute path"),
                ("manifest = qos:/nonexistent\n", "/nonexistent"),
                (f"manifest = qos:{manifest}/manifest_set.json\n", "lacks a member"),
                (f"manifest = qos:{broken.folder}/envelope\n", "does not verify"),
                (f"manifest = qos:{manifest}/envelope\nnamespace = x\n",
                 "another namespace"),
                (f"manifest = qos:{otherwise.folder}/manifest\npcr3 = {'cd' * 48}\n",
                 "another PCR3"),
                (f"manifest = qos\nmanifest_set = {manifest}/envelope\n",
                 "well-formed JSON"),
                ("pivot = sha256:" + "00" * 32 + "\n", "need 'manifest = qos'"),
                ("manifest = qos\npivot = 00\n", "expected sha256:"),
                ("manifest = user-data\nchecksum = json:a\n", "expected sha256:"),
                ("manifest = other\n", "expected qos:FILE")):
            with self.subTest(keys=keys):
                self.release(keys)
                self.assertRefused("PolicyInvalid", self.caller.reload)
                errors = "\n".join(self.caller.get("PolicyErrors"))
                self.assertIn(complaint, errors)


class Lives(Case):
    def test_over_a_restart_with_its_manifest(self):
        self.assertEqual(self.ask(envelope=self.manifest.envelope)[0], "allow")
        files = list((self.daemon.runtime / "verdicts").iterdir())
        self.assertEqual(len(files), 1)
        self.assertIn(base64.b64encode(self.manifest.envelope).decode(),
                      files[0].read_text())
        self.daemon.restart()
        self.caller.wait_until_judged()
        verdicts = self.caller.call("ListVerdicts", "a{sv}",
                                    dbus.Dictionary(signature="sv"))
        self.assertEqual(len(verdicts), 1)

    def test_a_response_is_judged_with_its_manifest(self):
        _, verdict = self.caller.call(
            "Authorize", "ssayaya{sv}", "sshd", "alice", dbus.ByteArray(b""),
            dbus.ByteArray(self.document()), dbus.Dictionary(
                {"manifest": dbus.ByteArray(self.manifest.envelope)}, signature="sv"))

        def respond(**options):
            answer = self.caller.call(
                "VerifyResponse", "ayayaya{sv}", *map(dbus.ByteArray, (b"", b"x", b"")),
                dbus.Dictionary({"verdict": verdict["Id"], "level": dbus.UInt32(3),
                                 "roots": dbus.Array(["sim"], signature="s"),
                                 **options}, signature="sv"))
            return str(answer[1]["Reason"]), int(answer[1]["Level"])
        # Level 3 holds; the empty signature does not.
        self.assertEqual(respond(), ("response-signature-encoding", 3))
        other = dbus.ByteArray(self.make("--pivot=another").envelope)
        self.assertEqual(respond(manifest=other), ("manifest-hash-different", 2))


class UserData(Case):
    def check(self, checksum, user_data, expected):
        self.release(f"manifest = user-data\nchecksum = {checksum}\n")
        self.caller.reload()
        document = self.authority.document(
            *GOOD, *(["--user-data=" + user_data.hex()] if user_data is not None
                     else []))
        self.assertEqual(self.ask(document=document)[1], expected)

    def test_decides(self):
        text = b'{"function": {"sha256": "ab12", "size": 7}, "x": [1.5]}'
        cbor = bytes.fromhex("a2636b657942ab12"  # {"key": h'ab12',
                             "626e6fa1616107")   # "no": {"a": 7}}
        for checksum, user_data, expected in (
                ("ab12", b"\xab\x12", "allowed"),
                ("ab12", b"\xab\x12\x00", "checksum-different"),
                ("ab12", None, "checksum-absent"),
                ("json:function/sha256=ab12", text, "allowed"),
                ("json:function/size=7", text, "allowed"),
                ("json:function/sha256=AB12", text, "checksum-different"),
                ("json:function=ab12", text, "checksum-absent"),
                ("json:function/other=ab12", text, "checksum-absent"),
                ("json:function/size=7", text[:-1], "checksum-absent"),
                ("json:x=1", b'{"x": 1, "x": 1}', "checksum-absent"),
                ("json:x=1", b'{"x": 1\x00}', "checksum-absent"),
                ("cbor:key=ab12", cbor, "allowed"),
                ("cbor:no/a=7", cbor, "allowed"),
                ("cbor:no/a=8", cbor, "checksum-different"),
                ("cbor:no/b=7", cbor, "checksum-absent"),
                ("cbor:key=ab12", cbor + b"\x00", "checksum-absent"),
                ("cbor:a=1", bytes.fromhex("a2616101616101"), "checksum-absent")):
            with self.subTest(checksum=checksum, user_data=user_data):
                self.check(checksum, user_data, expected)


class Nitroctl(Case):
    def run_ctl(self, *arguments):
        return subprocess.run(
            [harness.BUILD / "nitroctl/nitroctl", *arguments], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)

    def test_judges_offline(self):
        document = self.folder / "document"
        document.write_bytes(self.document())
        common = ["verify", "--policy", self.daemon.config, "--level", "3", "--quiet"]
        envelope = self.manifest.folder / "envelope"
        result = self.run_ctl(*common, "--manifest", envelope, document)
        self.assertEqual((result.returncode, result.stdout),
                         (0, f"{document}: allow (level 3)\n"), result.stderr)
        result = self.run_ctl(*common, document)
        self.assertEqual((result.returncode, result.stdout),
                         (1, f"{document}: deny (manifest-not-checked)\n"))
        result = self.run_ctl("explain", "--policy", self.daemon.config,
                              "--manifest", envelope, "--service", "sshd", "--user",
                              "alice", "--group", "alice", document)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(self.run_ctl("verify", "--manifest", envelope,
                                      document).returncode, 2)

    def respond(self, document, **proof):
        """The answer of a VisualSign gateway, with more in its boot proof."""
        folder = self.manifest.folder
        key = [word for word in self.manifest.arguments
               if word.startswith("--public-key=")][0].split("=")[1]
        for name, content in (("public", bytes.fromhex(key)), ("sent", b"payload"),
                              ("text", b"{}"), ("document", document)):
            (folder / name).write_bytes(content)
        answer = subprocess.run(
            [harness.SIM, "respond", "--kind=visualsign",
             f"--public-key={folder / 'public'}", f"--key={folder / 'signing.key'}",
             f"--payload={folder / 'sent'}", f"--document={folder / 'document'}",
             folder / "text"], stdout=subprocess.PIPE, check=True)
        response = json.loads(answer.stdout)
        response["bootProof"].update(proof)
        (folder / "response").write_text(json.dumps(response))
        return folder / "response"

    def test_a_boot_proof_brings_its_envelope(self):
        common = ["verify-response", "--policy", self.daemon.config, "--level", "3",
                  "--quiet", "--kind", "visualsign"]
        other = self.make("--pivot=another").folder / "envelope"
        envelope = base64.b64encode(self.manifest.envelope).decode()
        wrong = base64.b64encode(other.read_bytes()).decode()
        for proof, options, reason in (
                ({"qosManifestEnvelopeB64": envelope}, (), "level 3"),
                ({}, (), "manifest-not-checked"),
                ({"qosManifestEnvelopeB64": ""}, (), "manifest-not-checked"),
                ({"qosManifestEnvelopeB64": wrong}, (), "manifest-hash-different"),
                # What the admin gives counts.
                ({"qosManifestEnvelopeB64": envelope}, ("--manifest", other),
                 "manifest-hash-different")):
            with self.subTest(reason, options=options):
                result = self.run_ctl(*common, *options,
                                      self.respond(self.document(), **proof))
                self.assertIn(f"({reason})", result.stdout, result.stderr)
                self.assertEqual(result.returncode, int(reason != "level 3"))
        result = self.run_ctl(*common, self.respond(
            self.document(), qosManifestEnvelopeB64="!"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("Found: qosManifestEnvelopeB64", result.stderr)

    def test_shows_manifests(self):
        for options in ((), ("--json",), ("--manifest-version=0",),
                        ("--manifest-version=2",)):
            manifest = self.make(*options)
            shown = self.run_ctl("manifest", "show", manifest.folder / "envelope")
            self.assertEqual(shown.returncode, 0, shown.stderr)
            self.assertIn("member-1  approved", shown.stdout)
            self.assertIn("member-3  did not approve", shown.stdout)
            hashed = self.run_ctl("manifest", "hash", manifest.folder / "manifest")
            self.assertEqual(f"--user-data={hashed.stdout.strip()}",
                             manifest.arguments[0])
            self.assertEqual(re.search(r"^hash +(\w+)$", shown.stdout,
                                       re.M).group(1), hashed.stdout.strip())
            self.assertEqual(json.loads(self.run_ctl(
                "manifest", "hash", "--json", manifest.folder / "envelope").stdout),
                             {"hash": hashed.stdout.strip()})

    def test_shows_the_largest_threshold(self):
        file = self.make("--manifest-version=2").folder / "manifest"
        manifest = json.loads(file.read_text())
        manifest["shareSet"]["threshold"] = 2 ** 32 - 1
        file.write_text(json.dumps(manifest))
        shown = json.loads(self.run_ctl("manifest", "show", "--json", file).stdout)
        self.assertEqual(shown["shareSet"]["threshold"], 2 ** 32 - 1)

    def test_shows_what_is_wrong(self):
        broken = self.make("--broken=approvals-one").folder / "envelope"
        result = self.run_ctl("manifest", "show", broken)
        self.assertEqual(result.returncode, 1)
        self.assertIn("approvals-few", result.stdout)
        broken = self.make("--broken=manifest-trailing").folder / "envelope"
        for verb in ("show", "hash"):
            result = self.run_ctl("manifest", verb, broken)
            self.assertEqual(result.returncode, 1)
            self.assertIn("Bytes follow the manifest.", result.stderr)
        file = self.folder / "not-a-manifest"
        file.write_text('{"manifest": 7}')
        self.assertIn('Expected: an object Found: "manifest": 7',
                      self.run_ctl("manifest", "hash", file).stderr)


if __name__ == "__main__":
    harness.main(needs_root=True)
