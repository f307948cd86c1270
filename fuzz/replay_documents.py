#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the targets of lib/attest on the documents of $NITRO_VECTORS, the parts of
them that each takes, and changed copies. Nothing of them is kept.
`replay_documents.py --corpus DIR` writes the inputs into DIR/TARGET for
libFuzzer instead."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TARGETS = ("cose_sign1", "document", "certificate", "attest")


def parts(document):
    """Payload and certificates, found by their CBOR and DER heads."""
    payload = document[10:-98]
    certificates = [
        payload[m.end(1):m.end(1) + int.from_bytes(m[1][1:], "big")]
        for m in re.finditer(rb"(\x59..)(?=\x30\x82)", payload, re.S)]
    return payload, certificates


def write_corpus(folder, vectors):
    for target in TARGETS:
        (folder / target).mkdir(parents=True, exist_ok=True)
    for path in sorted(vectors.glob("genuine/*.cbor")):
        document = path.read_bytes()
        payload, certificates = parts(document)
        (folder / "cose_sign1" / path.stem).write_bytes(document)
        (folder / "attest" / path.stem).write_bytes(document)
        (folder / "document" / path.stem).write_bytes(payload)
        for i, certificate in enumerate(certificates):
            (folder / "certificate" / f"{path.stem}.{i}").write_bytes(certificate)


def changed_copies(path):
    """A few: one bit flipped, or cut at the same place."""
    data = path.read_bytes()
    for i in range(0, len(data), 1 + len(data) // 50):
        flipped = data[:i] + bytes([data[i] ^ 1 << i % 8]) + data[i + 1:]
        for kind, copy in (("flip", flipped), ("cut", data[:i])):
            changed = path.with_name(f"{path.name}.{kind}{i}")
            changed.write_bytes(copy)
            yield changed


def main():
    vectors = pathlib.Path(os.environ.get("NITRO_VECTORS", "."))
    if not (vectors / "genuine").is_dir():
        print(f"SKIPPED: no genuine documents in NITRO_VECTORS ({vectors})")
        return 77
    if sys.argv[1:2] == ["--corpus"]:
        write_corpus(pathlib.Path(sys.argv[2]), vectors)
        return 0
    build = pathlib.Path(os.environ["top_builddir"], "fuzz")
    with tempfile.TemporaryDirectory() as name:
        write_corpus(pathlib.Path(name), vectors)
        for target in TARGETS:
            # A few suffice for a test; they differ in map form and kind.
            inputs = sorted(pathlib.Path(name, target).iterdir())[::12]
            inputs += [copy for path in inputs for copy in changed_copies(path)]
            print(f"{target}:", flush=True)
            subprocess.run([build / f"fuzz_{target}", *inputs], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
