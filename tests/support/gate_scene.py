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
from waiting import wait_for_listener

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
        self.infos = [line[5:] for line in lines if line.startswith("info ")]
        self.environment = dict(line[4:].split("=", 1) for line in lines
                                if line.startswith("env "))
        self.changes = [line for line in lines if line.startswith("changed ")]
        self.codes = {step: int(code) for step, code in
                      re.findall(r"^([a-z]+) (\d+)$", output, re.M)}

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
        wait_for_listener(SOCKET, "the bus did not start")

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

    def command(self, options="", answers=(), user="signer", stack=None, silent=False,
                ticks=False, prefix=(), origin=(), steps="", variables=(),
                service="gate"):
        """pam_host on a stack; `answers` are lines of its script, `origin` is remote
        host and terminal, `steps` what it does, `variables` its PAM environment."""
        module = self.build / "pam_nitro/.libs/pam_nitro.so"
        stack = stack or "".join(f"{group} required {{module}} {{options}}\n"
                                 for group in ("auth", "account", "session", "password"))
        (ROOM / "stacks" / service).write_text(stack.format(module=module, options=options),
                                          encoding="utf-8")
        script = ROOM / "script"
        script.write_text("".join(f"{line}\n" for line in answers), encoding="utf-8")
        return [*prefix, self.program("pam_host"), *(["--silent"] if silent else []),
                *(["--ticks"] if ticks else []),
                *(["--do", steps] if steps else []),
                *(f"--env={variable}" for variable in variables),
                str(ROOM / "stacks"), service, user, str(script), *origin]

    def log_in(self, *arguments, environment=(), between=None, **options):
        """Runs pam_host, and `between` where it pauses."""
        command = self.command(*arguments, **options)
        mark, start = self.syslog.mark(), time.monotonic()
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE,
                              env={**os.environ, **dict(environment)}) as host:
            output = b""
            if between:
                while not output.endswith(b"paused\n"):
                    line = host.stdout.readline()
                    if not line:
                        raise RuntimeError(f"pam_host ended: {output!r}")
                    output += line
                between()
                start = time.monotonic()
            rest, errors = host.communicate(b"\n", timeout=30)
        seconds = time.monotonic() - start
        return Login((output + rest).decode(errors="replace") + errors.decode(),
                     host.returncode, seconds, self.syslog.since(mark))
