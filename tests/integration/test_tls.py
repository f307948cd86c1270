# SPDX-License-Identifier: Apache-2.0
"""TLS certificates that documents name, in each form that is known, and certificates
that hold a document: by nitroctl and on the bus."""
import hashlib
import json
import os
import socket
import ssl
import subprocess
import threading
import time

import dbus

import harness
from application import P256, openssl
from harness import DaemonTestCase, measured_as

NITROCTL = harness.BUILD / "nitroctl/nitroctl"


class Certificate:
    def __init__(self, folder, name, *options):
        self.key, self.pem = folder / f"{name}.key", folder / f"{name}.pem"
        openssl("genpkey", *P256, "-out", self.key)
        openssl("req", "-x509", "-new", "-key", self.key, "-subj", "/CN=enclave",
                "-out", self.pem, *options)
        self.der = openssl("x509", "-in", self.pem, "-outform", "DER")
        self.spki = openssl("pkey", "-in", self.key, "-pubout", "-outform", "DER")
        self.sha256 = hashlib.sha256(self.der).digest()
        self.spki_sha256 = hashlib.sha256(self.spki).digest()


class TlsTestCase(DaemonTestCase):
    def setUp(self):
        super().setUp()
        self.certificate = Certificate(self.folder, "own")
        self.other = Certificate(self.folder, "other")

    def document(self, field, value):
        return self.authority.document(*measured_as("good"), f"--{field}={value.hex()}")

    def forms(self):
        own, rest = self.certificate, bytes(32)
        yield "public-key", own.spki
        yield "public-key", own.spki[-65:]
        for field in ("public-key", "user-data"):
            yield field, own.sha256
            yield field, own.spki_sha256
        yield "user-data", own.spki
        yield "user-data", own.sha256.hex().encode()
        yield "user-data", b"sha256:" + own.sha256 + b";sha256:" + rest
        yield "user-data", b"\x12\x20" + own.sha256 + b"\x12\x20" + rest

    def run_ctl(self, *words):
        result = subprocess.run(
            [NITROCTL, "verify", "--json", "--root", self.authority.root, *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        return result.returncode, result.stdout and json.loads(result.stdout)

    def write(self, name, content):
        (self.folder / name).write_bytes(content)
        return self.folder / name


class Named(TlsTestCase):
    def test_every_form(self):
        der = self.write("own.der", self.certificate.der)
        for field, value in self.forms():
            with self.subTest(f"{field} {len(value)}"):
                file = self.write("document", self.document(field, value))
                for certificate in (self.certificate.pem, der):
                    code, answer = self.run_ctl("--tls-cert", certificate, file)
                    self.assertEqual((code, answer["reason"]), (0, "allowed"))
                    self.assertEqual(answer["tls"], {
                        "certificate_sha256": self.certificate.sha256.hex(),
                        "named_by": field.replace("-", "_")})
                code, answer = self.run_ctl("--tls-cert", self.other.pem, file)
                self.assertEqual((code, answer["reason"]),
                                 (1, "tls-certificate-different"))
                self.assertIsNone(answer["tls"]["named_by"])

    def test_what_is_nearly_a_form(self):
        own = self.certificate
        for value in (own.sha256[:31], own.sha256 + b"\0", own.spki + b"\0",
                      b"sha256:" + own.sha256, bytes(7) + own.sha256 + bytes(40),
                      own.sha256.hex()[:-1].encode(), b""):
            file = self.write("document", self.document("user-data", value))
            code, answer = self.run_ctl("--tls-cert", own.pem, file)
            self.assertEqual((code, answer["reason"]), (1, "tls-certificate-different"))

    def test_the_same_point_on_another_curve(self):
        """Explicit parameters let the forger choose the base point, and with it a
        private key for the enclave's point."""
        key, pem = self.folder / "explicit.key", self.folder / "explicit.pem"
        openssl("ec", "-in", self.certificate.key, "-param_enc", "explicit",
                "-out", key)
        openssl("req", "-x509", "-new", "-key", key, "-subj", "/CN=forged", "-out", pem)
        point = self.certificate.spki[-65:]
        self.assertIn(point, openssl("x509", "-in", pem, "-outform", "DER"))
        for field in ("public-key", "user-data"):
            file = self.write("document", self.document(field, point))
            code, answer = self.run_ctl("--tls-cert", pem, file)
            self.assertEqual((code, answer["reason"]), (1, "tls-certificate-different"))

    def test_nothing_names_nothing(self):
        """A key of no bytes, and a public_key of no bytes as there was one in 2021."""
        der, spki = self.certificate.der, self.certificate.spki
        empty = bytes.fromhex("300a300506032a0304030100")
        forged = bytearray(der.replace(spki, empty))
        for at in (2, 6):  # of the certificate, and of what is signed in it
            size = int.from_bytes(der[at:at + 2], "big") - len(spki) + len(empty)
            forged[at:at + 2] = size.to_bytes(2, "big")
        pem = self.write("forged.der", bytes(forged))
        for field in ("public-key", "user-data"):
            file = self.write("document", self.document(field, b""))
            code, answer = self.run_ctl("--tls-cert", pem, file)
            self.assertEqual((code, answer["reason"]), (1, "tls-certificate-different"))

    def test_strangers_choose_nonces(self):
        file = self.write("document", self.document("nonce", self.certificate.sha256))
        code, answer = self.run_ctl("--tls-cert", self.certificate.pem, file)
        self.assertEqual((code, answer["reason"]), (1, "tls-certificate-different"))
        code, answer = self.run_ctl("--tls-cert", self.certificate.pem, "--tls-nonce",
                                    file)
        self.assertEqual((code, answer["tls"]["named_by"]), (0, "nonce"))

    def test_the_document_decides_first(self):
        file = self.write("document", harness.forged(
            self.document("user-data", self.certificate.spki)))
        code, answer = self.run_ctl("--tls-cert", self.certificate.pem, file)
        self.assertEqual((code, answer["reason"]), (1, "signature-invalid"))

    def test_no_certificates(self):
        file = self.write("document", self.document("user-data", self.certificate.spki))
        for content in (b"", b"text", self.certificate.der[:-1],
                        self.certificate.der + b"\0", self.certificate.key.read_bytes(),
                        bytes(65537)):
            bad = self.write("bad", content)
            self.assertEqual(self.run_ctl("--tls-cert", bad, file)[0], 3)
        self.assertEqual(self.run_ctl("--tls-cert", "/nonexistent", file)[0], 3)
        self.assertEqual(self.run_ctl("--tls-nonce", file)[0], 2)
        self.assertEqual(self.run_ctl()[0], 2)

    def test_on_the_bus(self):
        options = {"roots": dbus.Array(["sim"], signature="s")}
        document = self.document("user-data", self.certificate.spki)

        def ask(certificate, **more):
            return self.caller.verify(document, tls_certificate=dbus.ByteArray(
                certificate), **options, **more)
        self.assertEqual(ask(self.certificate.der)[0], "allow")
        decision, verdict = ask(self.other.der)
        self.assertEqual((decision, verdict["Reason"]),
                         ("deny", "tls-certificate-different"))
        decision, verdict = ask(b"no certificate")
        self.assertEqual((decision, verdict["Reason"]), ("deny", "tls-certificate"))
        decision, verdict = ask(b"")
        self.assertEqual((decision, verdict["Reason"]), ("deny", "tls-certificate"))
        self.assertRefused("InvalidArgument", ask, bytes(65537))
        document = self.document("nonce", self.certificate.spki_sha256)
        self.assertEqual(ask(self.certificate.der)[0], "deny")
        self.assertEqual(ask(self.certificate.der, tls_nonce=True)[0], "allow")


class Embedded(TlsTestCase):
    """The certificate's key is in the document, the document in the certificate."""

    def certify(self, *options):
        openssl("req", "-x509", "-new", "-key", self.certificate.key, "-subj",
                "/CN=enclave", "-out", self.certificate.pem, *options)
        return self.certificate.pem

    def test_in_an_extension(self):
        document = self.document("public-key", self.certificate.spki)
        wrapped = b"\x04\x82" + len(document).to_bytes(2, "big") + document
        for value in (document, wrapped):
            pem = self.certify("-addext", f"1.2.3.4.5=DER:{value.hex()}")
            code, answer = self.run_ctl("--tls-cert", pem)
            self.assertEqual((code, answer["tls"]["named_by"]), (0, "public_key"))

    def test_as_evervault_does(self):
        document = self.document("user-data", self.certificate.spki)
        pem = self.certify("-addext", "subjectAltName=DNS:cage.example,"
                           f"DNS:{document.hex()}.cage.example")
        code, answer = self.run_ctl("--tls-cert", pem)
        self.assertEqual((code, answer["tls"]["named_by"]), (0, "user_data"))

    def test_a_document_of_somebody_else(self):
        document = self.document("public-key", self.other.spki)
        pem = self.certify("-addext", f"1.2.3.4.5=DER:{document.hex()}")
        code, answer = self.run_ctl("--tls-cert", pem)
        self.assertEqual((code, answer["reason"]), (1, "tls-certificate-different"))

    def test_none(self):
        for options in ((), ("-addext", "1.2.3.4.5=DER:8444a1013822"),
                        ("-addext", "subjectAltName=DNS:8444a1013822.example")):
            self.assertEqual(self.run_ctl("--tls-cert", self.certify(*options))[0], 1)
        forged = harness.forged(self.document("public-key", self.certificate.spki))
        pem = self.certify("-addext", f"1.2.3.4.5=DER:{forged.hex()}")
        code, answer = self.run_ctl("--tls-cert", pem)
        self.assertEqual((code, answer["reason"]), (1, "signature-invalid"))


class Fetched(TlsTestCase):
    def listen(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        return listener, f"127.0.0.1:{listener.getsockname()[1]}"

    def serve(self, certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.pem, certificate.key)
        listener, address = self.listen()

        def answer():
            try:
                connection, _ = listener.accept()
                with context.wrap_socket(connection, server_side=True) as session:
                    session.recv(1)
            except OSError:
                pass
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        return address

    def test_a_server(self):
        file = self.write("document", self.document("user-data", self.certificate.spki))
        code, answer = self.run_ctl("--tls-cert", self.serve(self.certificate), file)
        self.assertEqual((code, answer["tls"]["named_by"]), (0, "user_data"))
        code, answer = self.run_ctl("--tls-cert", self.serve(self.other), file)
        self.assertEqual((code, answer["reason"]), (1, "tls-certificate-different"))

    def test_nobody_there(self):
        listener, address = self.listen()
        listener.close()
        file = self.write("document", self.document("user-data", b"x"))
        self.assertEqual(self.run_ctl("--tls-cert", address, file)[0], 3)

    def test_what_is_no_tls(self):
        listener, address = self.listen()

        def answer():
            connection, _ = listener.accept()
            connection.sendall(b"220 hello\r\n")
            connection.close()
        threading.Thread(target=answer, daemon=True).start()
        file = self.write("document", self.document("user-data", b"x"))
        self.assertEqual(self.run_ctl("--tls-cert", address, file)[0], 3)

    def test_silence_ends(self):
        _, address = self.listen()
        file = self.write("document", self.document("user-data", b"x"))
        begin = time.monotonic()
        self.assertEqual(self.run_ctl("--tls-cert", address, file)[0], 3)
        self.assertLess(time.monotonic() - begin, 15)


class Genuine(TlsTestCase):
    """The document of an Evervault enclave names its certificate's key; here the key
    alone is known, in a certificate that somebody else has signed."""

    def test_user_data_is_the_key(self):
        vectors = os.path.join(os.environ.get("NITRO_VECTORS", ""), "index.json")
        if not os.path.exists(vectors):
            self.skipTest(f"genuine documents are absent: {vectors}")
        with open(vectors, encoding="utf-8") as file:
            row = next(row for row in json.load(file) if "5a8b31f0803d" in row["file"])
        spki = self.write("spki", bytes.fromhex(row["user_data"]))
        pem = self.folder / "genuine.pem"
        public = self.write("public.pem", openssl("pkey", "-pubin", "-inform", "DER",
                                                  "-in", spki))
        openssl("x509", "-new", "-subj", "/CN=x", "-force_pubkey", public, "-signkey",
                self.other.key, "-out", pem)
        file = os.path.join(os.environ["NITRO_VECTORS"], row["file"])
        code, answer = self.run_ctl("--at", "document", "--tls-cert", pem, file)
        self.assertEqual((code, answer["tls"]["named_by"]), (0, "user_data"))


if __name__ == "__main__":
    harness.main()
