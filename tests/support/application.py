# SPDX-License-Identifier: Apache-2.0
"""An application in an enclave, for tests: its keys, made by the openssl command, and
what it signs with them."""
import base64
import hashlib
import json
import struct
import subprocess

P256 = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
VISUALSIGN = "SIGNATURE_SCHEME_TURNKEY_P256_EPHEMERAL_KEY"
TURNKEY = "SIGNATURE_SCHEME_EPHEMERAL_KEY_P256"


def openssl(*words, **options):
    return subprocess.run(["openssl", *map(str, words)], check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          **options).stdout


def raw(signature, size=32):
    """r || s of an ECDSA signature in DER."""
    numbers, at = [], 2
    for _ in range(2):
        length = signature[at + 1]
        numbers.append(int.from_bytes(signature[at + 2:at + 2 + length], "big"))
        at += 2 + length
    return b"".join(number.to_bytes(size, "big") for number in numbers)


class Key:
    """A private key in `file`."""

    def __init__(self, file, *algorithm):
        self.file = file
        openssl("genpkey", *(algorithm or P256), "-out", file)
        self.spki = openssl("pkey", "-in", file, "-pubout", "-outform", "DER")

    @property
    def point(self):
        return self.spki[-65:]

    def sign(self, message, *options):
        return openssl("dgst", "-sha256", *options, "-sign", self.file, input=message)


class Application:
    """Holds a QOS pair, as Turnkey's do."""

    def __init__(self, folder):
        self.encrypts = Key(folder / "encrypts.pem")
        self.signs = Key(folder / "signs.pem")
        self.public_key = self.encrypts.point + self.signs.point

    def sign(self, message):
        return raw(self.signs.sign(message))

    def visualsign(self, text, payload, metadata=b""):
        """The answer of a VisualSign gateway."""
        fields = [text, hashlib.sha256(payload).hexdigest(),
                  hashlib.sha256(metadata).hexdigest(), text]
        borsh = b"".join(struct.pack("<I", len(field)) + field.encode()
                         for field in fields)
        message = hashlib.sha256(borsh).digest()
        return {"response": {"parsedTransaction": {
            "payload": {"signablePayload": text, "inputPayloadDigest": fields[1],
                        "metadataDigest": fields[2]},
            "signature": {"scheme": VISUALSIGN, "message": message.hex(),
                          "publicKey": self.public_key.hex(),
                          "signature": self.sign(message).hex()}}}}

    def with_boot_proof(self, response, document):
        proof = {"awsAttestationDocB64": base64.b64encode(document).decode()}
        return {**response, "bootProof": proof}

    def proof(self, text):
        """A Turnkey application proof."""
        return {"scheme": TURNKEY, "publicKey": self.public_key.hex(),
                "proofPayload": text, "signature": self.sign(text.encode()).hex()}


def encode(value):
    return json.dumps(value).encode()
