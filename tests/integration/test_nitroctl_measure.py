# SPDX-License-Identifier: Apache-2.0
"""nitroctl measure: image files of the test's own making, each broken in one way, and
the ones whose PCRs are known; key policies of AWS KMS, out of the configuration and back."""
import hashlib
import json
import os
import pathlib
import resource
import struct
import sys
import threading
import unittest
import zlib

sys.path.insert(0, str(pathlib.Path(
    os.environ.get("top_srcdir", pathlib.Path(__file__).parents[2])) / "tests/support"))
import sanitizers  # noqa: E402
from nitroctl_case import (ALLOWED, BUILD, DENIED, NOT_JUDGED, USAGE,  # noqa: E402
                           VECTORS, NitroctlCase, need_vectors)

KERNEL, CMDLINE, RAMDISK, SIGNATURE, METADATA = range(1, 6)
HEADER, SECTION = 548, 12
PLAIN = [(KERNEL, b"kernel" * 50000), (CMDLINE, b"console=ttyS0"),
         (METADATA, b'{"ImageName": "test", "BuildMetadata": {"BuildTool": "\\u001b[2J"}}'),
         (RAMDISK, b"first" * 1000), (RAMDISK, b"second" * 10)]


def pcr(*parts):
    inner = hashlib.sha384(b"".join(parts)).digest()
    return hashlib.sha384(bytes(48) + inner).hexdigest()


def fix_crc(data):
    crc = zlib.crc32(data[:544])
    return data[:544] + struct.pack(">I", zlib.crc32(data[HEADER:], crc)) + data[HEADER:]


def eif(sections, version=4, flags=0, memory=1 << 30, cpus=2, patches=(), tail=b""):
    """A file with a right checksum; patches: (offset, bytes) beforehand."""
    body, offsets, sizes = b"", [], []
    for kind, data in sections:
        offsets.append(HEADER + len(body))
        sizes.append(len(data))
        body += struct.pack(">HHQ", kind, 0, len(data)) + data
    room = [0] * (32 - min(len(sections), 32))
    header = struct.pack(">4sHHQQHH", b".eif", version, flags, memory, cpus, 0, len(sections))
    header += struct.pack(">32Q", *(offsets[:32] + room)) + struct.pack(">32Q", *(sizes[:32] + room))
    data = bytearray(header + bytes(8) + body + tail)
    for offset, new in patches:
        data[offset:offset + len(new)] = new
    return fix_crc(bytes(data))


def u16(value):
    return struct.pack(">H", value)


def u64(value):
    return struct.pack(">Q", value)


class MeasureCase(NitroctlCase):
    def measure(self, path, code=ALLOWED):
        result = self.run_ctl("measure", "--json", path)
        self.assertEqual(result.returncode, code, result)
        return json.loads(result.stdout)

    def refused(self, reason, data, offset=None):
        path = self.write("refused.eif", data)
        answer = self.measure(path, DENIED)
        self.assertEqual((answer["measured"], answer["reason"]), (False, reason), answer)
        self.assertTrue(answer["message"])
        if offset is not None:
            self.assertEqual(answer["offset"], offset, answer)
        text = self.run_ctl("measure", path)
        self.assertEqual(text.returncode, DENIED)
        self.assertIn(f": refused ({reason})".encode(), text.stdout)
        self.assertNotRegex(text.stdout, rb"[0-9a-f]{96}")

    def file(self, *arguments, name="file.eif", **options):
        return self.write(name, eif(*arguments, **options))


class Measured(MeasureCase):
    def test_pcrs_are_those_of_the_formula(self):
        answer = self.measure(self.file(PLAIN))
        kernel, cmdline, first, second = (PLAIN[i][1] for i in (0, 1, 3, 4))
        self.assertEqual(answer["pcrs"], {
            "0": pcr(kernel, cmdline, first, second), "1": pcr(kernel, cmdline, first),
            "2": pcr(second)})
        self.assertEqual((answer["signed"], answer["signature"]), (False, None))
        self.assertEqual((answer["eif_version"], answer["architecture"]), (4, "x86_64"))
        self.assertEqual((answer["default_memory"], answer["default_cpus"]), (1 << 30, 2))
        self.assertEqual([s["type"] for s in answer["sections"]],
                         ["kernel", "cmdline", "metadata", "ramdisk", "ramdisk"])
        self.assertEqual(answer["metadata"]["ImageName"], "test")
        self.assertEqual([w["id"] for w in answer["warnings"]],
                         ["unmeasured-boundaries", "unmeasured-header", "unmeasured-metadata"])

    def test_what_is_not_measured_changes_no_pcr(self):
        wanted = self.measure(self.file(PLAIN))["pcrs"]
        moved = list(PLAIN)
        moved[0], moved[1] = (KERNEL, PLAIN[0][1] + b"con"), (CMDLINE, b"sole=ttyS0")
        renamed = list(PLAIN)
        renamed[2] = (METADATA, b'{"ImageName": "other"}')
        for file in (self.file(moved), self.file(renamed, name="renamed.eif"),
                     self.file(PLAIN, flags=1, memory=2**64 - 1, cpus=9, name="other.eif")):
            self.assertEqual(self.measure(file)["pcrs"], wanted)

    def test_versions_and_missing_parts(self):
        old = [PLAIN[0], PLAIN[1], PLAIN[3]]
        for version in (2, 3, 4):
            answer = self.measure(self.file(old, version=version))
            self.assertEqual(answer["pcrs"]["2"], pcr(b""))
            self.assertEqual(answer["pcrs"]["0"], answer["pcrs"]["1"])
            self.assertIn("no-application", [w["id"] for w in answer["warnings"]])
            self.assertIsNone(answer["metadata"])
        most = [PLAIN[0], PLAIN[1]] + [(RAMDISK, b"r")] * 30
        self.assertEqual(len(self.measure(self.file(most))["sections"]), 32)

    def test_metadata_is_harmless(self):
        text = self.run_ctl("measure", self.file(PLAIN))
        self.assertIn(rb"BuildTool: \x1b[2J", text.stdout)
        self.assertNotIn(b"\033", text.stdout)
        for content in (b"\033[2J", b"", b"[" * 100000, b'{"a":1,"a":2}'):
            parts = list(PLAIN)
            parts[2] = (METADATA, content)
            answer = self.measure(self.file(parts))
            self.assertIsNone(answer["metadata"])
            self.assertEqual(answer["warnings"][-1]["id"], "metadata-malformed")
        for content in (b"[]", b'{"ImageName": {"deep": 1}}'):
            parts[2] = (METADATA, content)
            self.assertEqual(self.run_ctl("measure", self.file(parts)).returncode, ALLOWED)

    def test_memory_does_not_grow_with_the_file(self):
        """Sparse: 1 GiB of kernel, in 256 MiB of address space."""
        size = 1 << 30
        head = bytearray(eif([(KERNEL, b""), (CMDLINE, b"c")]))
        head[284:292] = u64(size)
        head[HEADER + 4:HEADER + 12] = u64(size)
        head[36:44] = u64(HEADER + SECTION + size)
        path = self.folder / "large.eif"
        with open(path, "wb") as file:
            file.write(head[:HEADER + SECTION])
            file.seek(size, 1)
            file.write(head[HEADER + SECTION:])
        if sanitizers.are_in(BUILD):
            raise unittest.SkipTest("a sanitizer needs address space of its own")
        limit = (256 << 20, 256 << 20)
        result = self.run_ctl("measure", "--json", path, preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_AS, limit))
        # The checksum of the zeros was not computed: it is read to its end.
        self.assertEqual(json.loads(result.stdout)["reason"], "crc", result)


class Refused(MeasureCase):
    def test_the_header(self):
        self.refused("truncated", b"")
        self.refused("truncated", eif(PLAIN)[:HEADER - 1])
        self.refused("magic", eif(PLAIN, patches=[(0, b".elf")]), 0)
        for version in (0, 1, 5, 65535):
            self.refused("version", eif(PLAIN, version=version), 4)
        for flags in (2, 3, 0x8000):
            self.refused("flags", eif(PLAIN, flags=flags), 6)
        self.refused("reserved", eif(PLAIN, patches=[(24, b"\0\1")]), 24)
        self.refused("reserved", eif(PLAIN, patches=[(540, b"\0\0\0\1")]), 540)

    def test_the_table(self):
        for count in (0, 33, 65535):
            self.refused("section-count", eif(PLAIN, patches=[(26, u16(count))]), 26)
        self.refused("table-unused", eif(PLAIN, patches=[(28 + 8 * 5, u64(1))]), 68)
        self.refused("table-unused", eif(PLAIN, patches=[(284 + 8 * 31, u64(1))]), 532)
        second = HEADER + SECTION + len(PLAIN[0][1])
        self.refused("overlap", eif(PLAIN, patches=[(36, u64(second - 1))]), 36)
        self.refused("overlap", eif(PLAIN, patches=[(28, u64(0))]), 28)
        self.refused("gap", eif(PLAIN, patches=[(36, u64(second + 1))]), 36)
        self.refused("gap", eif(PLAIN, patches=[(36, u64(2**64 - 1))]), 36)
        for size in (0, len(PLAIN[0][1]) - 1, 2**64 - 1):
            self.refused("table-size", eif(PLAIN, patches=[(284, u64(size))]), 284)

    def test_sections(self):
        first = HEADER
        for kind in (0, 6, 7, 65535):
            self.refused("section-type", eif(PLAIN, patches=[(first, u16(kind))]), first)
        self.refused("section-flags", eif(PLAIN, patches=[(first + 2, u16(1))]), first + 2)
        self.refused("section-version", eif(PLAIN, version=3))
        signed = [PLAIN[0], PLAIN[1], PLAIN[3], (SIGNATURE, b"x")]
        self.refused("section-version", eif(signed, version=2))
        for order in ((1, 0, 3), (0, 3, 1), (3, 0, 1)):
            self.refused("section-order", eif([PLAIN[i] for i in order]))
        for twice in ((0, 0, 1, 3), (0, 1, 1, 3), (0, 1, 2, 2, 3)):
            self.refused("section-twice", eif([PLAIN[i] for i in twice]))
        self.refused("section-twice", eif(signed + signed[3:]))
        for missing in ((1, 3), (0, 3), (3,), (2,)):
            self.refused("section-missing", eif([PLAIN[i] for i in missing]))
        self.refused("section-size", eif([PLAIN[0], (METADATA, bytes((1 << 20) + 1))]))
        self.refused("section-size", eif(signed[:3] + [(SIGNATURE, bytes(32769))]))

    def test_the_end(self):
        whole = eif(PLAIN)
        for cut in (1, 59, 60, 61, 72, len(whole) - HEADER):
            self.refused("truncated", fix_crc(whole[:-cut]))
        lying = u64(2**64 - 1)
        self.refused("truncated", eif(PLAIN, patches=[(284, lying), (HEADER + 4, lying)]))
        for tail in (b"\0", b"x" * 100000):
            self.refused("trailing", eif(PLAIN, tail=tail), len(whole))

    def test_the_checksum(self):
        whole = eif(PLAIN)
        for offset in (8, 15, HEADER + SECTION, len(whole) - 1, 544):
            broken = bytearray(whole)
            broken[offset] ^= 1
            self.refused("crc", bytes(broken), 544)

    def test_what_cannot_be_read(self):
        os.mkfifo(self.folder / "fifo")
        for name, reason in ((self.folder / "absent", "read"), (self.folder, "not-regular"),
                             (self.folder / "fifo", "not-regular"), ("/dev/zero", "not-regular"),
                             ("-", "read")):
            answer = self.measure(name, NOT_JUDGED)
            self.assertEqual((answer["reason"], answer["offset"]), (reason, None))
            self.assertEqual(self.run_ctl("measure", name).returncode, NOT_JUDGED)

    def test_a_file_that_is_being_written(self):
        path = self.file([(KERNEL, bytes(32 << 20)), PLAIN[1], PLAIN[3]])
        done = threading.Event()

        def touch():
            while not done.is_set():
                os.utime(path)
        writer = threading.Thread(target=touch)
        writer.start()
        try:
            answer = self.measure(path, NOT_JUDGED)
        finally:
            done.set()
            writer.join()
        self.assertEqual(answer["reason"], "changed")


class Genuine(MeasureCase):
    """Files that others made, and their PCRs."""
    def setUp(self):
        super().setUp()
        need_vectors()
        self.files = VECTORS / "eif"

    def test_known_pcrs(self):
        known = json.loads((self.files / "expected_pcrs.json").read_text())
        self.assertGreaterEqual(len(known), 4)
        for name, wanted in known.items():
            answer = self.measure(self.files / name)
            self.assertEqual({f"PCR{i}": v for i, v in answer["pcrs"].items()}, wanted, name)
            self.assertEqual(answer["signed"], "PCR8" in wanted)
            self.assertEqual(answer["architecture"] == "arm64", "arm64" in name)

    def test_known_refusals(self):
        for name, reason in (("bad-crc", "crc"), ("bad-magic", "magic"),
                             ("truncated", "truncated")):
            self.refused(reason, (self.files / f"NEG-{name}.eif").read_bytes())

    def signed(self):
        return (self.files / "signed_two_ramdisks.eif").read_bytes()

    def test_the_signature(self):
        answer = self.measure(self.files / "signed_two_ramdisks.eif")
        self.assertEqual(answer["signature"]["algorithm"], "ES384")
        self.assertEqual(answer["signature"]["subject"], "CN=synthetic eif signer")
        data = self.signed()
        at = struct.unpack(">Q", data[28 + 40:36 + 40])[0]
        self.assertEqual(data[at:at + 2], u16(SIGNATURE))
        # What is signed, and the signature, are not changed unnoticed. The certificate has
        # spare bytes (its text form), and others that PCR8 shows.
        refused, cose = 0, data.index(b"\x69signature", at)
        for offset in range(at + SECTION, len(data), 7):
            broken = bytearray(data)
            broken[offset] ^= 1
            path = self.write("b.eif", fix_crc(bytes(broken)))
            changed = json.loads(self.run_ctl("measure", "--json", path).stdout)
            if changed["measured"]:
                self.assertLess(offset, cose)
                continue
            self.assertRegex(changed["reason"], "^signature-")
            refused += 1
        self.assertGreater(refused, 100)

    def change(self, old, new):
        """Replaces integers inside the signature's arrays."""
        def ints(data):
            return b"".join(bytes([b]) if b < 24 else bytes([24, b]) for b in data)
        data = self.signed()
        self.assertEqual(data.count(ints(old)), 1)
        changed = data.replace(ints(old), ints(new))
        self.assertEqual(len(changed), len(data))
        return fix_crc(changed)

    def test_each_check_of_the_signature(self):
        self.refused("signature-algorithm", self.change(b"\xa1\x01\x38\x22", b"\xa1\x01\x38\x23"))
        self.refused("signature-algorithm", self.change(b"\xa1\x01\x38\x22", b"\xa1\x01\x38\x24"))
        self.refused("signature-certificate", self.change(b"BEGIN CERT", b"BEGIN CERU"))
        self.refused("signature-encoding", self.change(b"register_index", b"register_indey"))
        self.refused("signature-payload", self.change(b"register_index\x00", b"register_index\x01"))
        data = self.signed()
        broken = bytearray(data)
        broken[-1] = 0x17
        # The last byte of s, whatever its encoding was.
        if data[-2] == 0x18:
            broken[-1] = data[-1] ^ 0x40 if data[-1] ^ 0x40 > 23 else data[-1] ^ 0x20
        self.refused("signature-invalid", fix_crc(bytes(broken)))
        for content in (b"", b"\x80", b"\x82\xa0\xa0", b"\x81\xa0", b"\x9f\xff", b"\x81\xa1\x61x\x80",
                        b"\x81\xa1\x69signature\x80", b"\x81\xbb" + b"\xff" * 8,
                        b"\x81\xa2\x69signature\x9b\x00\x00\x00\x00\xff\xff\xff\xff"):
            self.refused("signature-encoding", eif([PLAIN[0], PLAIN[1], (SIGNATURE, content)]))

    def test_a_signature_is_over_this_image(self):
        """The section of one file in another one."""
        data = self.signed()
        at = struct.unpack(">Q", data[28 + 40:36 + 40])[0]
        self.refused("signature-payload", eif(PLAIN + [(SIGNATURE, data[at + SECTION:])]))


class ImportKms(NitroctlCase):
    VALUES = [f"{i:x}" * 96 for i in range(1, 10)]

    def run_kms(self, condition, *options, code=ALLOWED):
        path = self.write("policy.json", json.dumps(condition))
        result = self.run_ctl("import", "kms", *options, path)
        self.assertEqual(result.returncode, code, result)
        return result

    def condition(self, *values, operator="StringEqualsIgnoreCase"):
        return {operator: {f"kms:RecipientAttestation:PCR{i}": value
                           for i, value in enumerate(values)}}

    def test_what_is_printed_is_configuration(self):
        printed = self.run_kms(self.condition(*self.VALUES[:3]), "--image=app", "--release=1").stdout
        self.write("policy/images.d/app.conf", b"[image/app]\nkind = enclave\n" + printed)
        for folder in ("policy", "policy/images.d"):
            (self.folder / folder).chmod(0o755)
        # The policy is read before the file: an error in it would be said.
        bad = self.write("bad", b"x")
        self.verify("--policy", self.folder / "policy", bad, code=DENIED)

    def test_several(self):
        condition = self.condition(self.VALUES[0], self.VALUES[1], self.VALUES[2:4])
        printed = self.run_kms(condition, "--image=app", "--release=r").stdout
        self.assertIn(b"[release/app/r-1]", printed)
        self.assertIn(b"[release/app/r-2]", printed)
        answer = json.loads(self.run_kms(condition, "--json").stdout)
        self.assertEqual([r["pcrs"]["2"] for r in answer["releases"]], self.VALUES[2:4])

    def test_refusals(self):
        mixed = self.condition(self.VALUES[:2], self.VALUES[2:4], self.VALUES[4])
        result = self.run_kms(mixed, code=DENIED)
        self.assertIn(b"mixtures", result.stderr)
        self.assertEqual(result.stdout, b"")
        self.run_kms(self.condition(self.VALUES[0]), code=DENIED)
        self.run_kms({"\033[2J": 1}, code=DENIED)
        hostile = self.run_kms(self.condition(*self.VALUES[:3], operator="String\033[2J"), code=DENIED)
        self.assertNotIn(b"\033", hostile.stderr)

    def test_use(self):
        result = self.run_ctl("import", "kms", self.folder / "absent")
        self.assertEqual((result.returncode, result.stdout), (NOT_JUDGED, b""))
        for arguments in (["import"], ["import", "kms"], ["import", "kms", "a", "b"],
                          ["import", "kms", "--image", "", "f"], ["import", "kms", "--image", "A", "f"],
                          ["import", "kms", "--release", "x]", "f"],
                          ["import", "kms", "--image", "x" * 64, "f"], ["measure"],
                          ["measure", "a", "b"], ["measure", "--nosuch", "a"]):
            result = self.run_ctl(*arguments)
            self.assertEqual((result.returncode, result.stdout), (USAGE, b""), arguments)


class ExportKms(NitroctlCase):
    VALUES = [f"{i:x}" * 96 for i in range(1, 16)]
    KEY = "kms:RecipientAttestation:"

    def config(self, body, kind="enclave"):
        self.write("etc/images.d/app.conf", f"[image/app]\nkind = {kind}\n{body}")
        for folder in ("etc", "etc/images.d"):
            (self.folder / folder).chmod(0o755)
        return f"--config-dir={self.folder / 'etc'}"

    def release(self, name, first, lines=""):
        pcrs = "".join(f"pcr{i} = {self.VALUES[first + i]}\n" for i in range(3))
        return f"[release/app/{name}]\n{pcrs}{lines}"

    def export(self, *arguments, code=ALLOWED):
        result = self.run_ctl("export", "kms", *arguments)
        self.assertEqual(result.returncode, code, result)
        if code != ALLOWED:
            self.assertEqual(result.stdout, b"")
            return result
        return json.loads(result.stdout)

    def test_each_release_is_a_statement(self):
        config = self.config(self.release("1.0", 0) + self.release("2-b", 3, f"pcr8 = {self.VALUES[6]}\n"))
        policy = self.export("app", config)
        conditions = [statement["Condition"] for statement in policy["Statement"]]
        self.assertEqual(conditions[0], {"StringEqualsIgnoreCase": {
            f"{self.KEY}PCR{i}": self.VALUES[i] for i in range(3)}})
        self.assertEqual(conditions[1]["StringEqualsIgnoreCase"][f"{self.KEY}PCR8"], self.VALUES[6])
        # One value for each key: a list would be a mixture.
        for condition in conditions:
            for value in condition["StringEqualsIgnoreCase"].values():
                self.assertIsInstance(value, str)
        self.assertEqual([s["Sid"] for s in policy["Statement"]], ["Nitroapp10", "Nitroapp2b"])
        self.assertEqual({s["Effect"] for s in policy["Statement"]}, {"Allow"})
        self.assertNotIn("Principal", policy["Statement"][0])
        named = self.export("app", config, "--release=1.0", "--principal=arn:aws:iam::1:role/x", "--json")
        self.assertEqual(len(named["Statement"]), 1)
        self.assertEqual(named["Statement"][0]["Principal"], {"AWS": "arn:aws:iam::1:role/x"})

    def test_what_goes_out_comes_back(self):
        config = self.config(self.release("1", 0) + self.release("2", 3))
        policy = self.write("policy.json", json.dumps(self.export("app", config)))
        answer = json.loads(self.run_ctl("import", "kms", "--json", policy).stdout)
        self.assertEqual([list(r["pcrs"].values()) for r in answer["releases"]],
                         [self.VALUES[:3], self.VALUES[3:6]])

    def test_nitrotpm_has_its_own_keys(self):
        config = self.config(f"[release/app/1]\npcr7 = {self.VALUES[0]}\n", kind="nitrotpm")
        condition = self.export("app", config)["Statement"][0]["Condition"]
        self.assertEqual(condition, {"StringEqualsIgnoreCase": {
            f"{self.KEY}NitroTPMPCR7": self.VALUES[0]}})

    def test_only_what_is_in_force(self):
        config = self.config(
            self.release("old", 0, "not_after = 2020-01-01\n") + self.release("now", 3, "state = retiring\n")
            + self.release("bad", 6, "state = revoked\n") + self.release("next", 9, "not_before = 2999-01-01\n"))
        self.assertEqual([s["Sid"] for s in self.export("app", config)["Statement"]], ["Nitroappnow"])
        result = self.run_ctl("export", "kms", "app", config, "--release=next")
        self.assertEqual(result.returncode, ALLOWED)
        self.assertIn(b"not in force", result.stderr)
        self.assertIn(b"revoked", self.export("app", config, "--release=bad", code=DENIED).stderr)
        self.export("app", config, "--release=none", code=DENIED)
        self.export("nosuch", config, code=DENIED)
        gone = self.config(self.release("bad", 6, "state = revoked\n"))
        self.export("app", gone, code=DENIED)

    def test_what_kms_cannot_say(self):
        short = "".join(f"pcr{i} = {self.VALUES[i][:64]}\n" for i in range(3))
        result = self.export("app", self.config(f"[release/app/1]\n{short}"), code=DENIED)
        self.assertIn(b"32 bytes", result.stderr)
        config = self.config(self.release("1", 0, f"user_data = sha256:{'ab' * 32}\n"))
        result = self.run_ctl("export", "kms", "app", config)
        self.assertEqual(result.returncode, ALLOWED)
        self.assertIn(b"user_data", result.stderr)

    def test_use(self):
        for arguments in ([], ["a", "b"], ["a", "--nosuch"]):
            self.assertEqual(self.run_ctl("export", "kms", *arguments).returncode, USAGE)
        self.export("app", self.config("[release/app/1]\nnonsense = 1\n"), code=NOT_JUDGED)


if __name__ == "__main__":
    unittest.main()
