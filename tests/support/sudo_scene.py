# SPDX-License-Identifier: Apache-2.0
"""The real sudo with sudo_nitro on a private host: sudoers, a PAM stack that asks for
nothing, users with an audit session of their own, and daemons that misbehave
(tests/support/mock_policyd)."""
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import time

from private_host import DAEMON_USER, ROOM, mount, wait_for
from ssh_scene import SshScene

SUDO = "/usr/bin/sudo"
SUDO_CONF = pathlib.Path("/etc/sudo.conf")
SUDOERS = """
Defaults !fqdn, !lecture, syslog=authpriv, env_keep += NITRO_NSM
root ALL = (ALL:ALL) NOPASSWD: ALL
alice, bob ALL = (ALL:ALL) NOPASSWD: ALL
"""
PAM = "auth required pam_permit.so\naccount required pam_permit.so\nsession required pam_permit.so\n"


class Sudo:
    """What one sudo did: its exit code, what its user saw, what the admin reads."""

    def __init__(self, done, seconds, log):
        self.code, self.seconds, self.log = done.returncode, seconds, log
        self.output, self.user = done.stdout, done.stderr

    @property
    def allowed(self):
        return self.code == 0

    def __str__(self):
        return (f"code {self.code} after {self.seconds:.2f} s\n{self.output}\n"
                f"user: {self.user}\nadmin: {self.log}")


def plugin_path(nitroctl):
    """Where the built nitroctl believes the plugin to be."""
    text = subprocess.run([nitroctl, "help", "sudo", "enable"], check=True, text=True,
                          capture_output=True).stdout
    return pathlib.Path(re.search(r"\S*/sudo_nitro\.so", text).group())


class SudoScene(SshScene):
    def __init__(self, build):
        super().__init__(build)
        self.plugin = plugin_path(self.bin / "nitroctl")
        self._install_plugin()
        for user in ("alice", "bob"):
            self.add_login_user(user)
        pathlib.Path("/etc/sudoers").write_text(SUDOERS, encoding="utf-8")
        shutil.rmtree("/etc/sudoers.d", ignore_errors=True)
        for stack in ("sudo", "sudo-i"):
            pathlib.Path("/etc/pam.d", stack).write_text(PAM, encoding="utf-8")
        SUDO_CONF.unlink(missing_ok=True)

    def _install_plugin(self):
        """Without leaving anything outside: a tmpfs over what does not exist yet."""
        folder = self.plugin.parent
        built = self.build / "sudo_nitro/.libs/sudo_nitro.so"
        if folder.exists():
            copy = ROOM / "sudo-plugins"
            shutil.copytree(folder, copy, symlinks=True)
            mount("--bind", copy, folder)
        else:
            above = next(path for path in folder.parents if path.exists())
            if str(above) in ("/", "/usr"):
                raise RuntimeError(f"{folder} cannot be made for the test alone")
            mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", above)
            folder.mkdir(parents=True)
        shutil.copy(built, self.plugin)

    def list_plugin(self, *options, path=None, text=None):
        """sudo.conf by hand, as an admin could write it."""
        line = f"Plugin sudo_nitro_approval {path or self.plugin} {' '.join(options)}\n"
        SUDO_CONF.write_text(text if text is not None else line, encoding="utf-8")

    def start_mock(self, fault):
        """Instead of the daemon, in its place on the bus."""
        with open(ROOM / "mock.log", "w", encoding="utf-8") as log:
            self.start("daemon", [
                "setpriv", "--reuid", DAEMON_USER, "--regid", DAEMON_USER,
                "--clear-groups", self.build / "tests/support/mock_policyd", fault],
                stdout=log)
        wait_for(lambda: self.mock_log()[:1], "the mock daemon does not start")

    @staticmethod
    def mock_log():
        return (ROOM / "mock.log").read_text().splitlines()

    def mock_calls(self):
        """What the mock daemon was asked; ends it."""
        self.stop("daemon")
        return self.mock_log()[1:]

    @staticmethod
    def log_in_as(user):
        """For preexec_fn: what login does before it gives a process away. Returns
        nothing; the audit session is new each time."""
        def become():
            entry = pwd.getpwnam(user)
            with open("/proc/self/loginuid", "w", encoding="ascii") as file:
                file.write(str(entry.pw_uid))
            os.setgroups([])
            os.setgid(entry.pw_gid)
            os.setuid(entry.pw_uid)
        return become

    def session(self, user):
        return Session(self, user)

    def remote_session(self, user):
        return RemoteSession(self, user)

    def run_as(self, user, command, *, session=True, **options):
        """A command in a fresh login of the user, or without any."""
        mark, begin = self.syslog.mark(), time.monotonic()
        options.setdefault("stdin", subprocess.DEVNULL)
        if "input" in options:
            del options["stdin"]
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8",
                       **options.pop("env", {})}
        if session:
            options["preexec_fn"] = self.log_in_as(user)
        elif "preexec_fn" not in options:
            options["user"] = user
            options["extra_groups"] = []
            options["group"] = pwd.getpwnam(user).pw_gid
        done = subprocess.run([str(word) for word in command], capture_output=True,
                              text=True, check=False, timeout=120, env=environment,
                              **options)
        seconds = time.monotonic() - begin
        return Sudo(done, seconds, self.syslog.since(mark))

    def sudo(self, user, *arguments, **options):
        return self.run_as(user, [SUDO, *arguments], **options)


class Session:
    """A login that lasts: a shell of the user's in an audit session of its own, which
    runs one sudo after another."""

    def __init__(self, scene, user):
        self.scene, self.user = scene, user
        self.shell = self._start(
            ["/bin/bash", "--norc"], preexec_fn=scene.log_in_as(user),
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"})
        self.audit = int(self.run("cat /proc/self/sessionid").output)

    @staticmethod
    def _start(command, **options):
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, **options)

    def run(self, line):
        mark, begin = self.scene.syslog.mark(), time.monotonic()
        self.shell.stdin.write(f"{{ {line}\n}} </dev/null; printf '\\n--- %d\\n' $?\n")
        self.shell.stdin.flush()
        output = ""
        while not (match := re.search(r"\n?--- (\d+)\n\Z", output)):
            text = self.shell.stdout.readline()
            if not text:
                raise RuntimeError(f"the session ended: {output}")
            output += text
        seconds = time.monotonic() - begin
        done = subprocess.CompletedProcess(line, int(match.group(1)),
                                           output[:match.start()], output)
        return Sudo(done, seconds, self.scene.syslog.since(mark))

    def sudo(self, arguments):
        return self.run(f"{SUDO} {arguments}")

    def end(self):
        self.shell.stdin.close()
        self.shell.wait(10)
        self.shell.stdout.close()


class RemoteSession(Session):
    """The same over ssh, with what sshd's PAM stack makes of it."""

    def __init__(self, scene, user):
        self.scene, self.user = scene, user
        command, environment = scene.client(user, "exec /bin/sh 2>&1")
        self.shell = self._start(command, env=environment)
        self.run("true")
