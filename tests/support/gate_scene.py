# SPDX-License-Identifier: Apache-2.0
"""pam_nitro in a small login program (tests/support/pam_host) on a private host: own
/etc/passwd and /run, a bus whose policy forbids nothing, so that what is refused is
refused by the module; and daemons that misbehave (tests/support/mock_policyd)."""
import os
import pathlib
import re
import subprocess
import time

import private_host

SOCKET = "/run/dbus/system_bus_socket"
ROOM = private_host.ROOM
DAEMON_UID, STRANGER_UID = 61001, 61002

BUS_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <servicedir>/run/nitro/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow user="*"/>
  </policy>
</busconfig>
"""


class Login:
    """What pam_host printed."""

    def __init__(self, output, status, seconds, log):
        self.output, self.status, self.seconds, self.log = output, status, seconds, log
        lines = output.splitlines()
        self.prompts = [line[7:] for line in lines if line.startswith("prompt ")]
        self.errors = [line[6:] for line in lines if line.startswith("error ")]
        self.changes = [line for line in lines if line.startswith("changed ")]
        self.codes = {step: int(code) for step, code in
                      re.findall(r"^(start|authenticate|setcred|end) (\d+)$", output, re.M)}

    def __str__(self):
        return f"{self.output}\n{self.log}\n({self.seconds:.2f} s, status {self.status})"


class GateScene:
    def __init__(self, build):
        self.build = pathlib.Path(build)
        private_host.mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
        for folder in ("services", "stacks", "etc"):
            (ROOM / folder).mkdir(parents=True)
        os.mkdir("/run/dbus")
        self._private_passwd()
        (ROOM / "stacks/other").write_text("auth required pam_deny.so\n", encoding="utf-8")
        private_host._private_dev(ROOM / "dev")
        self.syslog = private_host.Syslog()
        self.log_mark = 0
        self.processes = {}

    @staticmethod
    def _private_passwd():
        passwd = ROOM / "etc/passwd"
        passwd.write_text("root:x:0:0:root:/root:/bin/sh\n"
                          f"nitro-policyd:x:{DAEMON_UID}:{DAEMON_UID}::/:/bin/false\n"
                          f"stranger:x:{STRANGER_UID}:{STRANGER_UID}::/:/bin/false\n",
                          encoding="utf-8")
        private_host.mount("--bind", passwd, "/etc/passwd")

    def program(self, name):
        return str(self.build / "tests/support" / name)

    def start_bus(self):
        configuration = ROOM / "bus.conf"
        configuration.write_text(BUS_CONFIGURATION, encoding="utf-8")
        if os.path.exists(SOCKET):
            os.unlink(SOCKET)
        self.processes["bus"] = subprocess.Popen(
            ["dbus-daemon", "--nofork", "--nopidfile", f"--config-file={configuration}"],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        private_host.wait_for(lambda: os.path.exists(SOCKET), "the bus did not start")

    def start_daemon(self, fault="none", uid=0):
        command = [self.program("mock_policyd"), fault]
        if uid:
            command = ["setpriv", "--reuid", str(uid), "--regid", str(uid),
                       "--clear-groups", *command]
        daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, text=True)
        self.processes["daemon"] = daemon
        line = daemon.stdout.readline()
        if not line.startswith("ready "):
            raise RuntimeError(f"the mock daemon said {line!r}")
        return daemon

    def make_activatable(self, command):
        text = f"[D-BUS Service]\nName=org.nitro.Policy1\nExec={command}\n"
        (ROOM / "services/org.nitro.Policy1.service").write_text(text, encoding="utf-8")

    def stop_all(self):
        for name in ("daemon", "bus"):
            process = self.processes.pop(name, None)
            if process is None:
                continue
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()
        for service in (ROOM / "services").iterdir():
            service.unlink()

    def calls(self):
        """What the mock daemon was asked; ends it."""
        daemon = self.processes.pop("daemon")
        daemon.terminate()
        lines = daemon.communicate()[0].splitlines()
        return lines

    def log_in(self, options="", answers=(), user="signer", stack=None, silent=False,
               prefix=(), environment=(), origin=()):
        """Runs the stack; `answers` are lines of pam_host's script, `origin`
        is remote host and terminal."""
        module = self.build / "pam_nitro/.libs/pam_nitro.so"
        stack = stack or f"auth required {module} {options}\n"
        (ROOM / "stacks/gate").write_text(stack, encoding="utf-8")
        script = ROOM / "script"
        script.write_text("".join(f"{line}\n" for line in answers), encoding="utf-8")
        command = [*prefix, self.program("pam_host"), *(["--silent"] if silent else []),
                   str(ROOM / "stacks"), "gate", user, str(script),
                   *origin]
        mark, start = len(self.syslog.lines), time.monotonic()
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=30, check=False,
                              env={**os.environ, **dict(environment)})
        seconds = time.monotonic() - start
        time.sleep(0.02)  # the collector of the log is another thread
        return Login(done.stdout.decode(errors="replace") + done.stderr.decode(),
                     done.returncode, seconds, "\n".join(self.syslog.lines[mark:]))
