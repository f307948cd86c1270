# SPDX-License-Identifier: Apache-2.0
"""VerifyResponse on a private bus and `nitroctl verify-response`: what an application
signed with the key in its document."""
import json
import os
import pathlib
import subprocess

import dbus

import harness
from application import Application, Key, encode
from harness import DaemonTestCase, measured_as

NITROCTL = harness.BUILD / "nitroctl/nitroctl"
MESSAGE = b"the message of the application"
PAYLOAD = b"unsigned payload"


class ResponseTestCase(DaemonTestCase):
    def setUp(self):
        super().setUp()
        self.application = Application(self.folder)

    def document(self, public_key=None, name="good"):
        key = public_key or self.application.public_key
        return self.authority.document(*measured_as(name),
                                       f"--public-key={key.hex()}")


class OnTheBus(ResponseTestCase):
    def ask(self, message=MESSAGE, signature=b"", document=None, **options):
        options = {"roots": dbus.Array(["sim"], signature="s"), **options}
        document = self.document() if document is None else document
        return self.caller.call(
            "VerifyResponse", "ayayaya{sv}", dbus.ByteArray(document),
            dbus.ByteArray(message), dbus.ByteArray(signature),
            dbus.Dictionary(options, signature="sv"))

    def assertAllowed(self, answer):
        decision, verdict, response = answer
        self.assertEqual(decision, "allow", verdict["Message"])
        return response

    def assertDenied(self, reason, answer):
        decision, verdict, response = answer
        self.assertEqual((decision, verdict["Reason"]), ("deny", reason))
        return response

    def test_message(self):
        signature = self.application.sign(MESSAGE)
        response = self.assertAllowed(self.ask(signature=signature))
        self.assertEqual(response["Key"], "QOS P-256 pair")
        self.assertAllowed(self.ask(signature=self.application.signs.sign(MESSAGE)))
        self.assertDenied("response-signature-invalid",
                          self.ask(message=b"other", signature=signature))
        self.assertDenied("response-signature-size",
                          self.ask(signature=signature[1:], format="raw"))

    def test_claimed_key(self):
        signature = self.application.sign(MESSAGE)
        self.assertAllowed(self.ask(signature=signature, public_key=dbus.ByteArray(
            self.application.public_key)))
        response = self.assertDenied(
            "response-key-different",
            self.ask(signature=signature,
                     public_key=dbus.ByteArray(self.application.encrypts.spki)))
        self.assertEqual(response["Actual"][:8],
                         self.application.encrypts.spki.hex()[:8])

    def test_rsa_needs_a_format(self):
        key = Key(self.folder / "rsa.pem", "-algorithm", "RSA",
                  "-pkeyopt", "rsa_keygen_bits:2048")
        document = self.document(key.spki)
        signature = key.sign(MESSAGE)
        self.assertAllowed(self.ask(signature=signature, document=document,
                                    format="pkcs1"))
        self.assertDenied("response-signature-format",
                          self.ask(signature=signature, document=document))
        self.assertDenied("response-signature-invalid",
                          self.ask(signature=signature, document=document,
                                   format="pss"))

    def test_document_decides_first(self):
        signature = self.application.sign(MESSAGE)
        self.assertDenied("measurements-unknown", self.ask(
            signature=signature, document=self.document(name="bad")))
        self.assertDenied("root-not-allowed", self.ask(
            signature=signature, roots=dbus.Array(["aws"], signature="s")))
        self.assertDenied("nonce-missing", self.ask(
            signature=signature, nonce=dbus.ByteArray(b"nonce")))

    def test_documents_without_a_key(self):
        signature = self.application.sign(MESSAGE)
        without = self.authority.document(*measured_as("good"))
        self.assertDenied("public-key-missing",
                          self.ask(signature=signature, document=without))
        self.assertDenied("public-key-form", self.ask(
            signature=signature, document=self.document(b"my key")))
        self.assertDenied("public-key-point", self.ask(
            signature=signature, document=self.document(b"\x04" + bytes(64))))

    def test_visualsign(self):
        answer = self.application.visualsign("{}", PAYLOAD)
        self.assertAllowed(self.ask(encode(answer), kind="visualsign"))
        self.assertAllowed(self.ask(encode(answer), kind="visualsign",
                                    payload=dbus.ByteArray(PAYLOAD)))
        self.assertDenied("response-input-different", self.ask(
            encode(answer), kind="visualsign", payload=dbus.ByteArray(b"other")))
        self.assertDenied("response-metadata-different", self.ask(
            encode(answer), kind="visualsign", metadata=dbus.ByteArray(b"other")))
        transaction = answer["response"]["parsedTransaction"]
        transaction["payload"]["signablePayload"] = "{ }"
        self.assertDenied("response-message-different",
                          self.ask(encode(answer), kind="visualsign"))

    def test_turnkey_proof(self):
        proof = self.application.proof("text")
        self.assertAllowed(self.ask(encode(proof), kind="turnkey-proof"))
        proof["proofPayload"] = "other"
        self.assertDenied("response-signature-invalid",
                          self.ask(encode(proof), kind="turnkey-proof"))

    def test_what_is_not_looked_at_is_refused(self):
        proof = encode(self.application.proof("text"))
        for options in ({"kind": "other"}, {"format": "other"}, {"digest": "md5"},
                        {"unknown": "x"}, {"payload": dbus.ByteArray(b"")},
                        {"kind": "turnkey-proof", "format": "raw"},
                        {"kind": "turnkey-proof", "digest": "sha256"},
                        {"kind": "turnkey-proof", "public_key": dbus.ByteArray(b"")},
                        {"verdict": "v" + 32 * "0"}):
            with self.subTest(options):
                self.assertRefused("InvalidArgument", self.ask, proof, **options)
        self.assertRefused("InvalidArgument", self.ask, proof, b"signature",
                           kind="turnkey-proof")
        self.assertRefused("InvalidArgument", self.ask, bytes(65537), b"")
        self.assertRefused("InvalidArgument", self.ask, document=b"")

    def test_live_verdict(self):
        decision, verdict = self.caller.authorize("sshd", self.user, self.document())
        self.assertEqual(decision, "allow", verdict["Message"])
        signature, name = self.application.sign(MESSAGE), verdict["Id"]
        self.assertAllowed(self.ask(signature=signature, document=b"", verdict=name))
        self.assertDenied("response-signature-invalid", self.ask(
            message=b"other", signature=signature, document=b"", verdict=name))
        self.assertRefused("NoSuchVerdict", self.ask, signature=signature,
                           document=b"", verdict="v" + 32 * "0")
        self.assertRefused("InvalidArgument", self.ask, signature=signature,
                           document=b"", verdict=name, max_age=dbus.UInt64(1))

    user = __import__("pwd").getpwuid(os.geteuid()).pw_name
    rules = DaemonTestCase.rules.replace("alice", user)


class Offline(ResponseTestCase):
    def run_ctl(self, *words):
        result = subprocess.run(
            [NITROCTL, "verify-response", "--json", "--root", self.authority.root,
             *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        return result.returncode, result.stdout and json.loads(result.stdout)

    def write(self, name, content):
        (self.folder / name).write_bytes(content)
        return self.folder / name

    def setUp(self):
        super().setUp()
        self.file = self.write("document", self.document())

    def test_message(self):
        message = self.write("message", MESSAGE)
        signature = self.application.sign(MESSAGE)
        words = ("--document", self.file, message)
        code, answer = self.run_ctl("--signature", signature.hex(), *words)
        self.assertEqual((code, answer["decision"]), (0, "allow"))
        self.assertEqual(answer["response"]["key"], "QOS P-256 pair")
        code, answer = self.run_ctl("--signature",
                                    f"@{self.write('signature', signature)}", *words)
        self.assertEqual(code, 0)
        code, answer = self.run_ctl("--signature", signature[::-1].hex(), *words)
        self.assertEqual((code, answer["reason"]), (1, "response-signature-invalid"))
        code, answer = self.run_ctl("--signature", signature.hex(), "--key",
                                    "04", *words)
        self.assertEqual((code, answer["reason"]), (1, "response-key-different"))
        self.assertEqual(answer["response"]["actual"], "04")

    def test_visualsign_brings_its_document(self):
        answer = self.application.visualsign("{}", PAYLOAD)
        alone = self.write("alone", encode(answer))
        self.assertEqual(self.run_ctl("--kind", "visualsign", alone)[0], 1)
        whole = self.write("whole", encode(self.application.with_boot_proof(
            answer, self.document())))
        code, verdict = self.run_ctl("--kind", "visualsign", "--payload",
                                     self.write("payload", PAYLOAD), whole)
        self.assertEqual((code, verdict["file"]), (0, "boot proof"))
        code, verdict = self.run_ctl("--kind", "visualsign", "--payload", whole, whole)
        self.assertEqual((code, verdict["reason"]), (1, "response-input-different"))
        forged = self.write("forged", encode(self.application.with_boot_proof(
            answer, harness.forged(self.document()))))
        code, verdict = self.run_ctl("--kind", "visualsign", forged)
        self.assertEqual((code, verdict["reason"]), (1, "signature-invalid"))

    def test_text_names_the_key(self):
        proof = self.write("proof", encode(self.application.proof("text")))
        result = subprocess.run(
            [NITROCTL, "verify-response", "--root", self.authority.root, "--kind",
             "turnkey-proof", "--document", self.file, proof], check=True,
            stdout=subprocess.PIPE, encoding="utf-8")
        self.assertIn("key            QOS P-256 pair", result.stdout)

    def test_wrong_use(self):
        message = self.write("message", MESSAGE)
        for words in ((message,), ("--document", self.file, message),
                      ("--signature", "00", message),
                      ("--signature", "00", "--document", self.file),
                      ("--kind", "none", message), ("--format", "none", message),
                      ("--digest", "none", message),
                      ("--kind", "turnkey-proof", message),
                      ("--kind", "turnkey-proof", "--document", self.file,
                       "--signature", "00", message),
                      ("--kind", "turnkey-proof", "--document", self.file,
                       "--key", "00", message),
                      ("--kind", "turnkey-proof", "--document", self.file,
                       "--payload", message, message)):
            with self.subTest(words):
                self.assertEqual(self.run_ctl(*words)[0], 2)
        for words in (("--signature", "xx", message),
                      ("--signature", "@/nonexistent", message),
                      ("--signature", "00", "/nonexistent")):
            with self.subTest(words):
                self.assertEqual(self.run_ctl("--document", self.file, *words)[0], 3)


class Simulated(Offline):
    """The same by nitro-sim respond, which was written apart from application.py."""

    def respond(self, kind, text, *options):
        public = self.write("public", self.application.public_key)
        result = subprocess.run(
            [harness.SIM, "respond", f"--kind={kind}", f"--public-key={public}",
             f"--key={self.application.signs.file}", *options,
             self.write("text", text)], stdout=subprocess.PIPE, check=True)
        return self.write("response", result.stdout)

    def test_message(self):
        signature = self.respond("message", MESSAGE)
        code, answer = self.run_ctl("--signature", f"@{signature}", "--document",
                                    self.file, self.write("message", MESSAGE))
        self.assertEqual((code, answer["decision"]), (0, "allow"))

    def test_visualsign_brings_its_document(self):
        payload = self.write("payload", PAYLOAD)
        response = self.respond("visualsign", b'{"Title":"x"}', f"--payload={payload}",
                                f"--document={self.file}")
        code, answer = self.run_ctl("--kind", "visualsign", "--payload", payload,
                                    response)
        self.assertEqual((code, answer["decision"]), (0, "allow"))

    def test_text_names_the_key(self):
        code, answer = self.run_ctl("--kind", "turnkey-proof", "--document", self.file,
                                    self.respond("turnkey-proof", b"text"))
        self.assertEqual((code, answer["response"]["key"]), (0, "QOS P-256 pair"))

    def test_wrong_use(self):
        key = Key(self.folder / "p384", "-algorithm", "EC",
                  "-pkeyopt", "ec_paramgen_curve:P-384").file
        text = self.write("text", b"text")
        for code, words in ((2, ()), (2, (text,)), (2, (f"--key={key}",)),
                            (2, (f"--key={key}", "--kind=none", text)),
                            (2, (f"--key={key}", "--kind=visualsign", text)),
                            (1, (f"--key={text}", text)),
                            (1, (f"--key={key}", "--kind=visualsign",
                                 f"--public-key={text}", text)),
                            (1, (f"--key={key}", "/nonexistent"))):
            with self.subTest(words):
                result = subprocess.run([harness.SIM, "respond", *words], check=False,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                self.assertEqual((result.returncode, result.stdout), (code, b""))


class Genuine(ResponseTestCase):
    """Turnkey's own proofs, with the documents of the enclaves that signed them."""

    def test_proofs(self):
        vectors = pathlib.Path(os.environ.get("NITRO_VECTORS", "")) / "qos"
        if not (vectors / "app_boot_proofs.json").exists():
            self.skipTest(f"genuine proofs are absent: {vectors}")
        known = json.loads((vectors / "app_boot_proofs.json").read_text())
        for number, other in ((1, 2), (2, 1)):
            app = known[f"test_app_proof{number}"]
            proof = self.folder / "proof"
            proof.write_text(json.dumps({
                "scheme": "SIGNATURE_SCHEME_EPHEMERAL_KEY_P256",
                "publicKey": app["public_key"], "signature": app["signature"],
                "proofPayload": app["proof_payload"]}), encoding="utf-8")
            for at, reason in ((number, "allowed"), (other, "response-key-different")):
                document = self.folder / "genuine"
                document.write_text(
                    known[f"test_boot_proof{at}"]["aws_attestation_doc_b64"])
                result = subprocess.run(
                    [NITROCTL, "verify-response", "--json", "--at", "document",
                     "--kind", "turnkey-proof", "--document", document, proof],
                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
                self.assertEqual(json.loads(result.stdout)["reason"], reason)


if __name__ == "__main__":
    harness.main()
