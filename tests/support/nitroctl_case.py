# SPDX-License-Identifier: Apache-2.0
"""What the tests of nitroctl share: running it, a software authority, genuine
documents, and policies written for them."""
import itertools
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(os.environ.get("top_srcdir", pathlib.Path(__file__).parents[2]))
BUILD = pathlib.Path(os.environ.get("top_builddir", os.getcwd()))
VECTORS = pathlib.Path(os.environ.get("NITRO_VECTORS", TOP / "../shared/vectors"))
NITROCTL = BUILD / "nitroctl/nitroctl"
SIM = BUILD / "nitro-sim/nitro-sim"

SHA384_HEX = 96
ALLOWED, DENIED, USAGE, NOT_JUDGED = range(4)

# What a sanitizer finds must not look like a denial.
SANITIZERS = {"ASAN_OPTIONS": "exitcode=99", "UBSAN_OPTIONS": "halt_on_error=1:exitcode=99"}


def need_vectors():
    if not (VECTORS / "index.json").exists():
        raise unittest.SkipTest(f"genuine documents are absent: {VECTORS}")


def document_breaks():
    """(name, reason) of each way in which nitro-sim breaks a document; it lists those
    of manifests behind them."""
    done = subprocess.run([SIM, "breaks"], capture_output=True, check=True, text=True)
    rows = [tuple(line.split()[:2]) for line in done.stdout.splitlines()]
    return list(itertools.takewhile(lambda row: not row[0].startswith("manifest-"), rows))


def index():
    return json.loads((VECTORS / "index.json").read_text())


def genuine(prefix):
    """The one genuine document whose name begins so."""
    found = list((VECTORS / "genuine").glob(prefix + "*"))
    assert len(found) == 1, found
    return found[0]


class NitroctlCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="nitroctl-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_ctl(self, *arguments, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        if "input" in options:
            del options["stdin"]
        environment = options.pop("env", {**os.environ, "LC_ALL": "C.UTF-8"})
        options["env"] = {**environment, **SANITIZERS}
        return subprocess.run([NITROCTL, *arguments], capture_output=True,
                              timeout=120, check=False, **options)

    def verify(self, *arguments, code, **options):
        """One line of JSON; the exit code must be `code`."""
        result = self.run_ctl("verify", "--json", *arguments, **options)
        self.assertEqual(result.returncode, code, result)
        lines = result.stdout.decode("ascii").splitlines()
        self.assertEqual(len(lines), 1, result)
        return json.loads(lines[0])

    def denied(self, reason, *arguments, **options):
        verdict = self.verify(*arguments, code=DENIED, **options)
        self.assertEqual((verdict["decision"], verdict["reason"]), ("deny", reason))
        return verdict

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(0o644)
        return path

    def authority(self, name="sim"):
        """A new software authority; its root has the label `name`."""
        folder = self.folder / f"authority-{name}"
        subprocess.run([SIM, "init", folder], check=True, stdout=subprocess.DEVNULL)
        root = self.write(f"{name}.pem", (folder / "root.pem").read_bytes())
        return folder, root

    def document(self, authority, *options, name="document.cbor"):
        path = self.folder / name
        subprocess.run([SIM, "document", authority, f"--output={path}", *options],
                       check=True)
        return path

    def policy(self, name, releases, image="app", kind="enclave"):
        """A configuration directory with one image; releases: name -> {pcr: hex}."""
        lines = [f"[image/{image}]", f"kind = {kind}"]
        for release, pcrs in releases.items():
            lines += ["", f"[release/{image}/{release}]"]
            lines += [f"pcr{number} = {value}" for number, value in pcrs.items()]
        self.write(f"{name}/images.d/{image}.conf", "\n".join(lines) + "\n")
        for folder in (self.folder / name, self.folder / name / "images.d"):
            folder.chmod(0o755)
        return self.folder / name

    @staticmethod
    def check_of(verdict, identifier):
        return next(check for check in verdict["checks"] if check["id"] == identifier)
