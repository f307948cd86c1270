# SPDX-License-Identifier: Apache-2.0
"""nitroctl monitor on journal files that systemd's own tools wrote: who may put a
decision there, how much of the past is shown, and how it ends."""
import datetime
import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(
    os.environ.get("top_srcdir", pathlib.Path(__file__).parents[2])) / "tests/support"))
from nitroctl_case import (ALLOWED, BUILD, NITROCTL, NOT_JUDGED, TOP, USAGE,  # noqa: E402
                           NitroctlCase)

REMOTE = pathlib.Path("/lib/systemd/systemd-journal-remote")
IDS = dict(re.findall(r'JOURNAL_ID_(\w+)\s+"([0-9a-f]{32})"',
                      (TOP / "dbus/nitro_journal.h").read_text()))
BEGIN = datetime.datetime(2026, 11, 22, 8, 0, tzinfo=datetime.timezone.utc)


def record(number, kind="ALLOWED", when=None, **fields):
    """One record in the export format of the journal."""
    when = when or BEGIN + datetime.timedelta(minutes=number)
    all_fields = {
        "__REALTIME_TIMESTAMP": int(when.timestamp() * 1e6),
        "__MONOTONIC_TIMESTAMP": number + 1,
        "_BOOT_ID": "0123456789abcdef0123456789abcdef",
        "_MACHINE_ID": "fedcba9876543210fedcba9876543210",
        "_UID": 0,
        "MESSAGE_ID": IDS.get(kind, kind),
        "NITRO_SERVICE": "sshd", "NITRO_USER": f"user{number}",
        **fields,
    }
    lines = b""
    for name, value in all_fields.items():
        if value is None:
            continue
        if isinstance(value, bytes):  # binary form
            lines += name.encode() + b"\n" + len(value).to_bytes(8, "little") + value + b"\n"
        else:
            lines += f"{name}={value}\n".encode()
    return lines + b"\n"


@unittest.skipUnless(REMOTE.exists(), f"{REMOTE} is absent (Debian: systemd-journal-remote)")
class MonitorCase(NitroctlCase):
    def journal(self, *records, name="test.journal"):
        path = self.folder / name
        export = self.write("export", b"".join(records))
        subprocess.run([REMOTE, f"--output={path}", "--split-mode=none", export],
                       check=True, capture_output=True)
        return path

    def lines(self, journal, *options, code=ALLOWED):
        result = self.run_ctl("monitor", "--no-follow", "--file", journal, *options)
        self.assertEqual((result.returncode, result.stderr), (code, b""), result)
        return result.stdout.decode("ascii").splitlines()

    def users(self, journal, *options):
        return [json.loads(line)["user"] for line in self.lines(journal, "--json", *options)]


class Content(MonitorCase):
    def test_one_line_for_each_decision(self):
        journal = self.journal(
            record(0, NITRO_IMAGE="app", NITRO_RELEASE="1.0", NITRO_REASON="allowed"),
            record(1, "AUDITED", NITRO_REASON="debug-enclave"),
            record(2, "DENIED", NITRO_REASON="measurements-unknown", NITRO_SERVICE="sudo"),
            record(3, "NOT_JUDGED", NITRO_REASON="org.nitro.Policy1.Error.Busy"))
        self.assertEqual(self.lines(journal), [
            "2026-11-22T08:00:00.000Z allow sshd user0 app/1.0 allowed",
            "2026-11-22T08:01:00.000Z AUDIT sshd user1 - debug-enclave",
            "2026-11-22T08:02:00.000Z DENY  sudo user2 - measurements-unknown",
            "2026-11-22T08:03:00.000Z ERROR sshd user3 - org.nitro.Policy1.Error.Busy",
        ])

    def test_json_has_all_that_the_record_has(self):
        journal = self.journal(record(
            0, "DENIED", NITRO_RULE="admins", NITRO_REASON="release-expired",
            NITRO_EXPECTED="not after", NITRO_ACTUAL="now", MESSAGE="Denied."))
        self.assertEqual([json.loads(line) for line in self.lines(journal, "--json")], [{
            "time": "2026-11-22T08:00:00.000Z", "decision": "deny", "service": "sshd",
            "user": "user0", "rule": "admins", "image": None, "release": None,
            "reason": "release-expired", "expected": "not after", "actual": "now",
            "message": "Denied.", "event": "decision", "verdict": None,
            "session": None}])

    def test_the_life_of_a_verdict(self):
        verdict = "v" + 32 * "a"
        names = {"NITRO_VERDICT": verdict, "NITRO_SESSION": "7"}
        journal = self.journal(
            record(0, NITRO_REASON="allowed", NITRO_VERDICT=verdict),
            record(1, "ATTACHED", **names),
            record(2, "REVOKED", NITRO_REASON="release-revoked", **names),
            record(3, "ACTED", **names),
            record(4, "ENDED", NITRO_REASON="session-ended", **names),
            record(5, "DROPPED", NITRO_SERVICE=None, NITRO_USER=None))
        self.assertEqual([line.split(" ", 1)[1] for line in self.lines(journal)], [
            f"allow sshd user0 - allowed {verdict}",
            f"in    sshd user1 - - {verdict}",
            f"LOST  sshd user2 - release-revoked {verdict}",
            f"acted sshd user3 - - {verdict}",
            f"out   sshd user4 - session-ended {verdict}",
            "DROP  - - - -"])
        events = [json.loads(line) for line in self.lines(journal, "--json")]
        self.assertEqual([each["event"] for each in events],
                         ["decision", "attached", "revoked", "acted", "ended",
                          "dropped"])
        self.assertEqual([each["decision"] for each in events], ["allow"] + 5 * [None])
        self.assertEqual({each["session"] for each in events[1:5]}, {"7"})
        self.assertEqual({each["verdict"] for each in events[:5]}, {verdict})

    def test_other_records_are_not_decisions(self):
        journal = self.journal(record(0, "0" * 32), record(1, MESSAGE_ID=None), record(2))
        self.assertEqual(self.users(journal), ["user2"])

    def test_only_root_and_the_daemon_can_write_decisions(self):
        """Anybody can send these fields to journald; who it was, journald says."""
        journal = self.journal(
            record(0, _UID=1000), record(1, _UID=1000, SYSLOG_IDENTIFIER="nitro-policyd"),
            record(2, _UID=1000, _SYSTEMD_USER_UNIT="nitro-policyd.service"),
            record(3, _UID=None), record(4, _UID=1000, _SYSTEMD_UNIT="other.service"),
            record(5, _UID=1000, _SYSTEMD_UNIT="nitro-policyd.service"), record(6))
        self.assertEqual(self.users(journal), ["user5", "user6"])

    def test_hostile_values_stay_harmless(self):
        journal = self.journal(record(
            0, "DENIED", NITRO_USER=b"\033[2J\nfake line", NITRO_IMAGE=b"\xff\x00x",
            NITRO_REASON=b"x" * 100000))
        line, = self.lines(journal)
        self.assertIn(r" \x1b[2J\x0afake line ", line)
        self.assertLess(len(line), 1400)
        value = json.loads(self.lines(journal, "--json")[0])
        self.assertEqual(value["user"], "\033[2J\nfake line")


class Past(MonitorCase):
    def setUp(self):
        super().setUp()
        self.file = self.journal(*[record(number) for number in range(15)])

    def test_ten_without_options(self):
        self.assertEqual(self.users(self.file), [f"user{n}" for n in range(5, 15)])

    def test_as_many_as_asked_for(self):
        for count in (0, 1, 14, 15, 16, 1000000):
            expected = [f"user{n}" for n in range(max(15 - count, 0), 15)]
            self.assertEqual(self.users(self.file, f"--lines={count}"), expected, count)

    def test_since(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        ages = (600, 500, 400, 50, 40)
        journal = self.journal(*[
            record(number, when=now - datetime.timedelta(minutes=age))
            for number, age in enumerate(ages)], name="since.journal")
        self.assertEqual(self.users(journal, "--since=1h"), ["user3", "user4"])
        self.assertEqual(self.users(journal, "--since=1h", "--lines=1"), ["user4"])
        self.assertEqual(self.users(journal, "--since=450min", "--lines=9"),
                         ["user2", "user3", "user4"])
        self.assertEqual(self.users(journal, "--since=99999w"), [f"user{n}" for n in range(5)])
        self.assertEqual(self.users(journal, "--since=1min"), [])

    def test_an_empty_journal_is_no_error(self):
        self.assertEqual(self.users(self.journal(record(0, "0" * 32), name="empty.journal")), [])

    def test_what_cannot_be_read(self):
        for file in (self.folder / "absent", self.write("text", "no journal at all\n")):
            result = self.run_ctl("monitor", "--no-follow", "--file", file)
            self.assertEqual((result.returncode, result.stdout), (NOT_JUDGED, b""), file)
            self.assertIn(b"cannot be read", result.stderr)

    def test_misuse(self):
        for arguments in (["x"], ["--lines=-1"], ["--lines="], ["--lines=1x"], ["--lines= 1"],
                          ["--lines=1000001"], ["--lines=99999999999999999999"],
                          ["--since="], ["--since=yesterday"], ["--since"]):
            result = self.run_ctl("monitor", "--file", self.file, *arguments)
            self.assertEqual((result.returncode, result.stdout), (USAGE, b""), arguments)


class Follow(MonitorCase):
    def setUp(self):
        super().setUp()
        self.live = self.folder / "live.journal"
        self.pipe, feed = os.pipe()
        self.feed = os.fdopen(feed, "wb", buffering=0)
        self.writer = subprocess.Popen(
            [REMOTE, f"--output={self.live}", "--split-mode=none", "-"], stdin=self.pipe,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(self.pipe)
        self.addCleanup(self.writer.wait)
        self.addCleanup(self.feed.close)
        self.feed.write(record(0))
        self.await_(lambda: self.live.exists() and self.users(self.live) == ["user0"])

    def await_(self, condition):
        deadline = time.monotonic() + 20
        while not condition():
            self.assertLess(time.monotonic(), deadline, "waited in vain")
            time.sleep(0.05)

    def start(self, *options, stdout=subprocess.PIPE, **more):
        process = subprocess.Popen([NITROCTL, "monitor", "--file", self.live, *options],
                                   stdout=stdout, stderr=subprocess.PIPE, **more)
        self.addCleanup(process.stderr.close)
        if process.stdout:
            self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def read_line(self, stream):
        self.assertTrue(select.select([stream], [], [], 20)[0], "no line came")
        return stream.readline().decode()

    def test_new_decisions_come_at_once(self):
        process = self.start()
        self.assertIn("user0", self.read_line(process.stdout))
        for number in range(1, 4):
            self.feed.write(record(number, "DENIED"))
            self.assertIn(f"user{number}", self.read_line(process.stdout))

    def test_nothing_is_missed_between_reading_and_waiting(self):
        process = self.start(env={
            **os.environ, "ASAN_OPTIONS": "verify_asan_link_order=0",
            "LD_PRELOAD": str(BUILD / "tests/support/.libs/slow_watch.so")})
        self.assertIn("user0", self.read_line(process.stdout))
        self.feed.write(record(1))
        self.assertIn("user1", self.read_line(process.stdout))

    def test_the_past_can_be_left_out(self):
        process = self.start("--lines=0")
        self.await_(lambda: "poll" in pathlib.Path(f"/proc/{process.pid}/wchan").read_text())
        self.feed.write(record(1))
        self.assertIn("user1", self.read_line(process.stdout))

    def test_a_signal_ends_it(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process = self.start()
            self.read_line(process.stdout)
            process.send_signal(number)
            self.assertEqual(process.wait(timeout=20), ALLOWED, number)
            self.assertEqual(process.stdout.read() + process.stderr.read(), b"")

    def test_a_reader_who_leaves_ends_it(self):
        process = self.start()
        self.read_line(process.stdout)
        process.stdout.close()
        self.assertEqual(process.wait(timeout=20), ALLOWED)
        self.assertEqual(process.stderr.read(), b"")

    def test_colours_on_a_terminal_only(self):
        self.feed.write(record(1, "DENIED"))
        self.await_(lambda: len(self.users(self.live)) == 2)
        for variables, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
            master, slave = pty.openpty()
            self.addCleanup(os.close, master)
            environment = {"PATH": os.environ["PATH"], "TERM": "xterm", **variables}
            process = self.start("--no-follow", stdout=slave, env=environment)
            self.assertEqual(process.wait(timeout=20), ALLOWED)
            os.close(slave)
            output = os.read(master, 65536)
            self.assertEqual(b"\033[1;31mDENY" in output, coloured, output)
        self.assertNotIn("\033", "".join(self.lines(self.live)))


# In a mount namespace of its own: a journald that only this test sees, a record from
# root, and one that nobody forges.
LIVE = """
import os, socket, subprocess, sys, time
subprocess.run(["mount", "-t", "tmpfs", "none", "/run"], check=True)
os.makedirs("/run/systemd/journal")
os.makedirs("/run/log/journal")
journald = subprocess.Popen(["/lib/systemd/systemd-journald"])
address, deadline = "/run/systemd/journal/socket", time.monotonic() + 20
while not os.path.exists(address) and time.monotonic() < deadline:
    time.sleep(0.05)

def send(user):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"MESSAGE=x\\nMESSAGE_ID=%s\\nNITRO_USER=%s\\n" % (
            sys.argv[2].encode(), user), address)

child = os.fork()
if child == 0:
    os.setgid(65534)
    os.setuid(65534)
    send(b"forged")
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
send(b"genuine")
monitor = subprocess.Popen([sys.argv[1], "monitor", "--json", "--lines=9"],
                           stdout=subprocess.PIPE)
print(monitor.stdout.readline().decode())
monitor.terminate()
print("ended with", monitor.wait())
journald.terminate()
journald.wait()
"""


@unittest.skipUnless(os.geteuid() == 0 and not subprocess.run(
    ["unshare", "--mount", "true"], capture_output=True, check=False).returncode,
    "a journald of its own needs root and a mount namespace")
@unittest.skipUnless(pathlib.Path("/lib/systemd/systemd-journald").exists(),
                     "systemd-journald is absent")
class Live(NitroctlCase):
    def test_what_a_running_journald_takes(self):
        result = subprocess.run(
            ["timeout", "60", "unshare", "--mount", "--propagation", "private",
             sys.executable, "-c", LIVE, NITROCTL.resolve(), IDS["ALLOWED"]],
            capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(json.loads(result.stdout.splitlines()[0])["user"], "genuine")
        self.assertIn("ended with 0", result.stdout)


if __name__ == "__main__":
    unittest.main()
