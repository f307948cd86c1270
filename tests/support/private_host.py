# SPDX-License-Identifier: Apache-2.0
"""A private copy of this host for tests and the demonstration: own mount and process
namespace, own /etc, /run and /dev, users of its own, a system bus with the shipped
bus policy, a syslog that can be read. Nothing outside changes, and everything ends
with the process that entered: also when it is interrupted or killed."""
import itertools
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import threading

import sanitizers
from waiting import wait_for, wait_for_listener

ROOM = pathlib.Path("/run/nitro")  # a tmpfs that only this namespace sees
DAEMON_USER = "nitro-policyd"
KEYS_USER = "nitro-keys"  # as whom sshd runs nitro-authorized-keys
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")


def why_not(build=None, programs=()):
    """Why this machine cannot have a private host with these programs, or one whose
    sshd loads the module of a build; None where it can."""
    if os.geteuid() != 0:
        return "needs root (mount namespace, sshd)"
    for program in ("unshare", "mount", "dbus-daemon", "sshd", *programs):
        if not shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
            return f"{program} is not installed"
    if build and sanitizers.are_in(build):
        return "sshd cannot load a module that is instrumented by a sanitizer"
    unshare = ["unshare", "--mount", "--pid", "--fork", "true"]
    if subprocess.run(unshare, capture_output=True, check=False).returncode != 0:
        return "the kernel or container forbids namespaces"
    return None


def enter():
    """Runs this program again inside new namespaces; returns only there."""
    if os.environ.get("NITRO_PRIVATE_HOST"):
        os.environ.pop("NITRO_PRIVATE_HOST")
        return
    os.environ["NITRO_PRIVATE_HOST"] = "1"
    os.execvp("unshare", ["unshare", "--mount", "--pid", "--fork", "--kill-child",
                          "--mount-proc", "--propagation", "private",
                          sys.executable, *sys.argv])


def enter_or_skip(reason):
    """The same for a test, which is skipped for the reason, if there is one."""
    if reason:
        print(f"SKIPPED: {reason}")
        sys.exit(77)
    enter()


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True)


def _private_dev(folder):
    folder.mkdir()
    for name in DEVICES:
        (folder / name).touch()
        mount("--bind", f"/dev/{name}", folder / name)
    (folder / "pts").mkdir()
    mount("--rbind", "/dev/pts", folder / "pts")
    (folder / "shm").mkdir()
    (folder / "shm").chmod(0o1777)
    for name, target in (("ptmx", "pts/ptmx"), ("fd", "/proc/self/fd"),
                         ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        (folder / name).symlink_to(target)
    mount("--rbind", folder, "/dev")


class Syslog:
    """Collects what programs send to /dev/log. `lines` grows in a thread of its own;
    mark() and since() have all that was sent before they are called."""

    MARKER = "marker "

    def __init__(self):
        self.lines = []
        self._markers, self._seen = itertools.count(), ""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("/dev/log")
        os.chmod("/dev/log", 0o666)
        threading.Thread(target=self._collect, daemon=True).start()

    def _collect(self):
        while True:
            text = self._socket.recv(65536).decode(errors="replace")
            if text.startswith(self.MARKER):
                self._seen = text
                continue
            # "<86>Nov  1 10:00:00 sshd[12]: message" -> "sshd: message"
            text = text[text.find(">") + 1:][16:]
            name, _, message = text.partition(": ")
            self.lines.append(f"{name.split('[')[0]}: {message.rstrip()}")

    def mark(self):
        """How many lines there are. Datagrams keep their order."""
        marker = f"{self.MARKER}{next(self._markers)}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(marker.encode(), "/dev/log")
        wait_for(lambda: self._seen == marker, "the log is not collected")
        return len(self.lines)

    def since(self, mark):
        return "\n".join(self.lines[mark:self.mark()])


class PrivateHost:
    """`bin` holds copies of the built programs; `log` what the daemon said."""

    def __init__(self, build):
        self.build = pathlib.Path(build)
        self.processes = {}
        mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
        ROOM.mkdir()
        shutil.copytree("/etc", ROOM / "etc", symlinks=True)
        # unix_chkpwd reads it for programs without privileges, as its group.
        shutil.chown(ROOM / "etc/shadow", group=os.stat("/etc/shadow").st_gid)
        mount("--bind", ROOM / "etc", "/etc")
        _private_dev(ROOM / "dev")
        self.syslog = Syslog()
        self.log = ROOM / "nitro-policyd.log"
        self.bin = ROOM / "bin"
        self._copy_programs()
        for user in (DAEMON_USER, KEYS_USER):
            self.add_user(user, "/nonexistent", "/usr/sbin/nologin")
        self._empty_configuration()
        self._start_bus()

    def _copy_programs(self):
        self.bin.mkdir()
        for name in ("nitro-policyd", "nitroctl", "nitro-attest", "nitro-sim",
                     "nitro-authorized-keys"):
            shutil.copy(self.build / name / name, self.bin / name)
        (self.bin / "nitro-attest-askpass").symlink_to("nitro-attest")
        self.module = self.bin / "pam_nitro.so"
        shutil.copy(self.build / "pam_nitro/.libs/pam_nitro.so", self.module)

    def add_user(self, name, home, shell="/bin/sh"):
        number = 61000 + len(pathlib.Path("/etc/passwd").read_text().splitlines())
        for path, line in (("/etc/passwd", f"{name}:x:{number}:{number}::{home}:{shell}"),
                           ("/etc/group", f"{name}:x:{number}:"),
                           ("/etc/shadow", f"{name}:*:20000:0:99999:7:::")):
            with open(path, "a", encoding="utf-8") as file:
                print(line, file=file)
        return number

    def _empty_configuration(self):
        shutil.rmtree("/etc/nitro", ignore_errors=True)
        for folder in ("images.d", "rules.d", "roots.d"):
            os.makedirs(f"/etc/nitro/{folder}")
        self.configure("policyd.conf", "[policyd]\n")
        for name in ("state", "runtime"):
            (ROOM / name).mkdir(mode=0o700)
            shutil.chown(ROOM / name, DAEMON_USER, DAEMON_USER)

    def configure(self, name, text):
        pathlib.Path("/etc/nitro", name).write_text(text, encoding="utf-8")

    def start(self, name, command, **options):
        """Starts a program that is stopped at the end, after its namesake."""
        self.stop(name)
        self.processes[name] = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.DEVNULL,
            start_new_session=True, **options)
        return self.processes[name]

    def stop(self, name, how=signal.SIGTERM):
        process = self.processes.pop(name, None)
        if process is None:
            return
        try:
            os.killpg(process.pid, how)
        except ProcessLookupError:
            pass
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.returncode in (-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGABRT):
            raise AssertionError(f"{name} crashed: {process.returncode}")

    def stop_all(self):
        for name in reversed(list(self.processes)):
            self.stop(name)

    def _start_bus(self):
        source = pathlib.Path(os.environ["top_srcdir"])
        for folder in ("/etc/dbus-1/system.d", "/run/dbus"):
            os.makedirs(folder, exist_ok=True)
        shutil.copy(source / "dbus/org.nitro.Policy1.conf", "/etc/dbus-1/system.d/")
        self.start("bus", ["dbus-daemon", "--system", "--nofork", "--nopidfile"],
                   stderr=subprocess.DEVNULL)
        wait_for_listener("/run/dbus/system_bus_socket", "the bus did not start")

    def start_daemon(self, *environment):
        """As its own user, on the private system bus, with "NAME=VALUE"s that only the
        daemon sees; waits until it answers."""
        with open(self.log, "a", encoding="utf-8") as log:
            daemon = self.start(
                "daemon",
                ["setpriv", "--reuid", DAEMON_USER, "--regid", DAEMON_USER,
                 "--clear-groups", "env", *environment, self.bin / "nitro-policyd",
                 "--config-dir", "/etc/nitro", "--state-dir", ROOM / "state",
                 "--runtime-dir", ROOM / "runtime",
                 "--log-target", "stderr"],
                stderr=log)

        def answers():
            if daemon.poll() is not None:
                raise RuntimeError("the daemon ended: " + self.log.read_text())
            return self.run("nitroctl", "status").returncode == 0

        wait_for(answers, "the daemon does not answer")
        return daemon

    def run(self, program, *arguments, **options):
        return subprocess.run([str(self.bin / program), *map(str, arguments)],
                              stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False, **options)

    @staticmethod
    def run_as(user, *command, text=""):
        """With `text` on standard input."""
        return subprocess.run(
            ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--",
             *map(str, command)], input=text, capture_output=True, text=True, check=False)

    def log_since(self, position):
        return self.log.read_text()[position:]

    def log_size(self):
        return len(self.log.read_text()) if self.log.exists() else 0
