# SPDX-License-Identifier: Apache-2.0
"""SSH keys and certificates as nobody makes them: any document, any signer, any
extensions. PROTOCOL.certkeys of OpenSSH, with signatures that sshd verifies."""
import base64
import pathlib
import struct
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

EXTENSION = b"nitro-attestation@nitro-policyd.org"
USER, HOST = 1, 2
FOREVER = 2**64 - 1
SUFFIX = b"-cert-v01@openssh.com"


def string(data):
    return struct.pack(">I", len(data)) + data


def number(value):
    return string(value.to_bytes(value.bit_length() // 8 + 1, "big") if value else b"")


def line_of(blob, comment="forged"):
    size, = struct.unpack(">I", blob[:4])
    return f"{blob[4:4 + size].decode()} {base64.b64encode(blob).decode()} {comment}\n"


class Key:
    """An Ed25519 or P-256 pair."""

    def __init__(self, kind="ed25519"):
        if kind == "ed25519":
            self.name = b"ssh-ed25519"
            self.private = ed25519.Ed25519PrivateKey.generate()
            self.fields = string(self.private.public_key().public_bytes(
                serialization.Encoding.Raw, serialization.PublicFormat.Raw))
        else:
            self.name = b"ecdsa-sha2-nistp256"
            self.private = ec.generate_private_key(ec.SECP256R1())
            self.fields = string(b"nistp256") + string(
                self.private.public_key().public_bytes(
                    serialization.Encoding.X962,
                    serialization.PublicFormat.UncompressedPoint))
        self.blob = string(self.name) + self.fields

    def sign(self, message):
        if self.name == b"ssh-ed25519":
            raw = self.private.sign(message)
        else:
            r, s = utils.decode_dss_signature(
                self.private.sign(message, ec.ECDSA(hashes.SHA256())))
            raw = number(r) + number(s)
        return string(self.name) + string(raw)

    def write(self, path, certificate=None):
        """The files of a key as ssh takes them."""
        path = pathlib.Path(path)
        path.write_bytes(self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH,
            serialization.NoEncryption()))
        path.chmod(0o600)
        path.with_name(path.name + ".pub").write_text(line_of(self.blob))
        if certificate is not None:
            path.with_name(path.name + "-cert.pub").write_text(line_of(certificate))
        return path


def extension(name, value):
    """As OpenSSH packs it: a string within a string, nothing for no value."""
    return string(name) + string(string(value) if value else b"")


def certificate(key, document=None, users=("signer",), kind=USER, signer=None,
                extensions=None, begin=None, end=None, critical=b"", after=b""):
    """A certificate of `key`. `extensions` replaces the packed extensions as a whole;
    `after` stands behind the end."""
    now = int(time.time())
    if extensions is None:
        extensions = b"" if document is None else extension(EXTENSION, document)
        extensions += extension(b"permit-pty", b"")
    signer = signer or key
    body = (string(key.name + SUFFIX) + string(b"\7" * 32) + key.fields +
            struct.pack(">QI", 0, kind) + string(b"forged") +
            string(b"".join(string(user.encode()) for user in users)) +
            struct.pack(">QQ", now - 60 if begin is None else begin,
                        now + 300 if end is None else end) +
            string(critical) + string(extensions) + string(b"") + string(signer.blob))
    return body + string(signer.sign(body)) + after
