# SPDX-License-Identifier: Apache-2.0
"""A private bus with the real daemon on it, for tests that need no root. Everything
lives in one temporary directory and ends with the test, also when it fails."""
import contextlib
import os
import pathlib
import re
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import unittest

import dbus

TOP = pathlib.Path(os.environ.setdefault(
    "top_srcdir", str(pathlib.Path(__file__).resolve().parents[2])))
BUILD = pathlib.Path(os.environ.setdefault("top_builddir", os.getcwd()))
DAEMON = BUILD / "nitro-policyd/nitro-policyd"
SIM = BUILD / "nitro-sim/nitro-sim"
SKIP = 77

sys.path.insert(0, str(TOP / "tests/support"))
from waiting import wait_for, wait_for_listener  # noqa: E402

NAME = "org.nitro.Policy1"
PATH = "/org/nitro/Policy1"
MANAGER = "org.nitro.Policy1.Manager"
ERROR = "org.nitro.Policy1.Error."

BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="false"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
"""


def constant(name, header):
    """The value of a #define: tests take limits from the sources."""
    text = (TOP / header).read_text()
    return int(re.search(rf"#define {name}\s+\(?(\d+)", text).group(1))


def checksum(block):
    """FNV-1a, as nitro-policyd/seen_file.c has it."""
    total = 0xcbf29ce484222325
    for byte in block:
        total = (total ^ byte) * 0x100000001b3 % 2**64
    return struct.pack("<Q", total)


CRASHES = (-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGABRT)


class Process:
    """A program that is stopped at the end whatever happens."""

    def __init__(self, stack, command, **options):
        self.command = [str(word) for word in command]
        self.popen = subprocess.Popen(self.command, stdin=subprocess.DEVNULL,
                                      **options)
        stack.callback(self.stop)

    def stop(self, how=signal.SIGTERM):
        """Its exit status; killed if it does not end by itself."""
        if self.popen.poll() is None:
            self.popen.send_signal(how)
        try:
            status = self.popen.wait(10)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            status = self.popen.wait()
        if status in CRASHES:
            raise AssertionError(f"crashed: {signal.Signals(-status).name}")
        return status


def forged(document):
    """The same with a signature that does not fit."""
    return document[:-1] + bytes([document[-1] ^ 1])


class Bus:
    """A system bus of our own. `environment` makes programs use it."""

    def __init__(self, stack, folder, config=BUS_CONFIG):
        self.socket = folder / "bus"
        (folder / "bus.conf").write_text(config.format(socket=self.socket))
        self.address = f"unix:path={self.socket}"
        self.environment = {**os.environ,
                            "DBUS_SYSTEM_BUS_ADDRESS": self.address}
        with open(folder / "bus.log", "w", encoding="utf-8") as log:
            self.process = Process(stack, [
                "dbus-daemon", "--nofork", "--nopidfile", "--nosyslog",
                f"--config-file={folder / 'bus.conf'}"], stderr=log)
        wait_for_listener(self.socket, "the bus did not start")

    def connect(self):
        return dbus.bus.BusConnection(self.address)

    def has_owner(self, name=NAME):
        connection = self.connect()
        try:
            return connection.name_has_owner(name)
        finally:
            connection.close()


class Daemon:
    """The real daemon. Its records are the lines of `records()`."""

    def __init__(self, stack, bus, folder, prefix=()):
        self.stack, self.bus, self.prefix = stack, bus, list(prefix)
        self.config, self.state = folder / "nitro", folder / "state"
        self.runtime = folder / "run"
        self.log = folder / "daemon.log"
        for name in ("roots.d", "images.d", "rules.d"):
            (self.config / name).mkdir(parents=True, mode=0o755)
        self.state.mkdir(mode=0o700)
        self.runtime.mkdir(mode=0o700)
        self.process = None
        self.environment = dict(bus.environment)

    def configure(self, name, text):
        (self.config / name).write_text(text, encoding="utf-8")
        (self.config / name).chmod(0o644)

    def trust(self, authority, label="sim"):
        shutil.copy(authority.root, self.config / f"roots.d/{label}.pem")
        (self.config / f"roots.d/{label}.pem").chmod(0o644)

    def remember(self, count):
        """Fills the memory of used documents with `count` that nobody has."""
        blocks = [struct.pack("<24sqq", b"nitro-policyd used 1\n", 0, 0)]
        for number in range(count):
            blocks.append(struct.pack("<32sq", b"%d" % number, 1 << 60))
        memory = b"".join(block + checksum(block) for block in blocks)
        (self.state / "used-documents").write_bytes(memory)

    def command(self, *extra):
        return [*self.prefix, DAEMON, "--config-dir", self.config,
                "--state-dir", self.state, "--runtime-dir", self.runtime, "--log-target", "stderr", *extra]

    def start(self):
        """Starts it and waits until it has its name on the bus."""
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = Process(self.stack, self.command(), stderr=log,
                                   env=self.environment)

        def is_up():
            if self.process.popen.poll() is not None:
                raise RuntimeError("the daemon ended: " + self.text())
            return self.bus.has_owner()

        wait_for(is_up, lambda: "the daemon does not start: " + self.text())

    def stop(self, how=signal.SIGTERM):
        status = self.process.stop(how)
        wait_for(lambda: not self.bus.has_owner(), "the name stays")
        return status

    def restart(self):
        self.stop()
        self.start()

    def text(self):
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def records(self, **wanted):
        """Records as dictionaries, those with the given fields."""
        found = []
        for line in self.text().splitlines():
            if not line.startswith(("MESSAGE_ID=", "PRIORITY=")):
                continue  # a sanitizer, say
            record = dict(word.split("=", 1) for word in shlex.split(line))
            if all(record.get(key) == value for key, value in wanted.items()):
                found.append(record)
        return found


class Caller:
    """A connection that asks the daemon; plain Python values go in and out."""

    def __init__(self, stack, bus, timeout=10):
        self.connection, self.timeout = bus.connect(), timeout
        stack.callback(self.connection.close)

    def call(self, member, signature="", *arguments, interface=MANAGER):
        return self.connection.call_blocking(
            NAME, PATH, interface, member, signature, arguments,
            timeout=self.timeout)

    def verify(self, document, **options):
        return self.call("Verify", "aya{sv}", dbus.ByteArray(document),
                         dbus.Dictionary(options, signature="sv"))

    def challenge(self, service, user):
        nonce, _ = self.call("CreateChallenge", "ssa{sv}", service, user,
                             dbus.Dictionary(signature="sv"))
        return bytes(nonce)

    def authorize(self, service, user, document, nonce=b""):
        return self.call("Authorize", "ssayaya{sv}", service, user,
                         dbus.ByteArray(nonce), dbus.ByteArray(document),
                         dbus.Dictionary(signature="sv"))

    def reload(self):
        return int(self.call("Reload"))

    def get(self, name):
        return self.call("Get", "ss", MANAGER, name,
                         interface="org.freedesktop.DBus.Properties")

    def wait_until_judged(self):
        """What the daemon before left behind, after a start."""
        wait_for(lambda: self.get("VerdictsUnjudged") == 0, "they are never judged", 120)


class Authority:
    """A simulator's authority that signs documents."""

    def __init__(self, folder):
        self.folder = folder / "authority"
        subprocess.run([SIM, "init", self.folder], check=True)
        self.root = self.folder / "root.pem"

    def document(self, *options, nonce=None):
        if nonce is not None:
            options += (f"--nonce={nonce.hex()}",)
        return subprocess.run([SIM, "document", self.folder, *options],
                              check=True, stdout=subprocess.PIPE).stdout


def pcr(index, text):
    """A PCR value for tests: the same text gives the same value."""
    return (f"{index:02x}" + text.encode().hex()).ljust(96, "0")[:96]


def measured_as(text):
    """Options of nitro-sim for an enclave whose measurements are named `text`."""
    return [f"--pcr={index}={pcr(index, text)}" for index in range(3)]


def release_text(image, release, text, extra=""):
    """A section of images.d for what measured_as(text) makes."""
    lines = "".join(f"pcr{index} = {pcr(index, text)}\n" for index in range(3))
    return f"[release/{image}/{release}]\nstate = current\n{lines}{extra}\n"


class DaemonTestCase(unittest.TestCase):
    """One bus, authority and daemon for each test. `rules` and `images` are what
    the daemon starts with; `prepare()` may add to them."""

    images = "[image/signer]\nkind = enclave\n" + release_text("signer", "1", "good")
    rules = ("[rule/ssh]\nservice = sshd\nuser = alice\nimage = signer\n"
             "level = 2\nroots = sim\n")
    prefix = ()

    def prepare(self):
        """Called before the daemon starts."""

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = pathlib.Path(self.stack.enter_context(
            tempfile.TemporaryDirectory(prefix="nitro-test-")))
        self.folder.chmod(0o755)
        self.bus = Bus(self.stack, self.folder)
        self.authority = Authority(self.folder)
        self.daemon = Daemon(self.stack, self.bus, self.folder, self.prefix)
        self.daemon.trust(self.authority)
        self.daemon.configure("images.d/signer.conf", self.images)
        self.daemon.configure("rules.d/10-ssh.conf", self.rules)
        self.prepare()
        self.daemon.start()
        self.caller = Caller(self.stack, self.bus)

    def assertRefused(self, error, function, *arguments, **options):
        """The call ends in the D-Bus error Error.`error`, and the daemon lives."""
        with self.assertRaises(dbus.DBusException) as caught:
            function(*arguments, **options)
        self.assertEqual(caught.exception.get_dbus_name(), ERROR + error,
                         caught.exception)
        self.assertIsNone(self.daemon.process.popen.poll())
        return caught.exception.get_dbus_message()


def main(needs_root=False):
    """For `if __name__ == "__main__"`: all skipped counts as skipped for make. Who may
    ask about any user, or reload, is root."""
    if needs_root and os.geteuid() != 0:
        print("SKIPPED: needs root, who may ask about any user")
        sys.exit(SKIP)
    program = unittest.main(exit=False, verbosity=2)
    result = program.result
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(SKIP if result.testsRun > 0 and
             len(result.skipped) == result.testsRun else 0)
