# SPDX-License-Identifier: Apache-2.0
"""sshd with pam_nitro on a private host, and clients that log in to it by
attestation. Used by the sshd tests and by the demonstration."""
import dataclasses
import hashlib
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import time

from private_host import ROOM, PrivateHost
from waiting import wait_for, wait_for_listener

SSHD = "/usr/sbin/sshd"


def measurement(text):
    """A PCR as a build would give it: 48 bytes that depend on `text` alone."""
    return hashlib.sha384(text.encode()).hexdigest()


def pcrs_of(build):
    return {0: measurement(f"{build} image"), 1: measurement("kernel"),
            2: measurement(f"{build} application")}


def release_text(image, release, pcrs, kind="enclave"):
    lines = [f"[image/{image}]", f"kind = {kind}", "", f"[release/{image}/{release}]"]
    lines += [f"pcr{index} = {value}" for index, value in pcrs.items()]
    return "\n".join(lines) + "\n"


@dataclasses.dataclass
class Login:
    allowed: bool
    seconds: float
    output: str  # what the one who logs in sees
    admin: str   # what the admin sees: daemon and PAM module


class SshScene(PrivateHost):
    """An enclave simulator, an sshd whose only way in is attestation, and ssh."""

    def __init__(self, build):
        super().__init__(build)
        self.authority = ROOM / "authority"
        self.run("nitro-sim", "init", self.authority).check_returncode()
        shutil.copy(self.authority / "root.pem", "/etc/nitro/roots.d/sim.pem")
        os.chmod("/etc/nitro/roots.d/sim.pem", 0o644)
        self.home = ROOM / "client"
        self.home.mkdir(mode=0o700)
        self.port = self._free_port()

    @staticmethod
    def _free_port():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    def add_login_user(self, name):
        home = ROOM / "home" / name
        home.mkdir(parents=True)
        self.add_user(name, home)
        os.chown(home, pwd.getpwnam(name).pw_uid, pwd.getpwnam(name).pw_gid)

    def start_sshd(self, auth="auth required {module}", methods="keyboard-interactive:pam",
                   account="account required pam_permit.so",
                   session="session required pam_permit.so", extra=()):
        """`extra` are lines for the end of sshd_config."""
        pathlib.Path("/etc/pam.d/sshd").write_text(
            "\n".join((auth, account, session, "")).format(module=self.module))
        self.run_sshd(methods, extra=extra)

    def run_sshd(self, methods, lines=(), extra=()):
        """With the stack that is there; `lines` come before the defaults, `extra` after
        them, and sshd heeds what comes first."""
        key = ROOM / "host_key"
        if not key.exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key],
                           check=True)
        public = key.with_suffix(".pub").read_text()
        (self.home / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {public}")
        config = ROOM / "sshd_config"
        config.write_text("\n".join([
            *lines,
            f"Port {self.port}", "ListenAddress 127.0.0.1", f"HostKey {key}",
            "UsePAM yes", "KbdInteractiveAuthentication yes",
            "PasswordAuthentication no", "PidFile none", "LoginGraceTime 60",
            f"AuthenticationMethods {methods}",
            f"AuthorizedKeysFile {ROOM}/authorized_keys", "StrictModes no",
            *extra, ""]))
        os.makedirs("/run/sshd", exist_ok=True)
        command = [SSHD, "-f", config, *self._without_penalties(config)]
        with open(ROOM / "sshd.log", "a", encoding="utf-8") as log:
            self.start("sshd", [*command, "-D", "-e"], stderr=log)
        wait_for(self._port_answers, "sshd does not listen")

    @staticmethod
    def _without_penalties(config):
        """sshd since 9.8 shuts out an address that fails often, as tests do."""
        option = ["-o", "PerSourcePenalties=no"]
        known = subprocess.run([SSHD, "-t", "-f", config, *option],
                               capture_output=True, check=False).returncode == 0
        return option if known else []

    def _port_answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def start_enclave(self, pcrs, debug=False, extra=()):
        """A software enclave: the simulator's NSM behind a socket."""
        path = ROOM / "nsm.sock"
        options = [f"--pcr={index}={value}" for index, value in pcrs.items()]
        options += ["--debug"] if debug else []
        self.stop("enclave")
        path.unlink(missing_ok=True)
        self.start("enclave", [self.bin / "nitro-sim", "nsm", self.authority,
                               "--listen", path, *options, *extra],
                   stdout=subprocess.DEVNULL)
        wait_for_listener(path, "the software enclave does not listen")
        return path

    def client(self, user, command, askpass=None, options=(), environment=()):
        """ssh as OpenSSH does it, and its environment; the answers come from `askpass`,
        which sees the `environment`, too."""
        return (["ssh", "-F", "none", "-p", str(self.port),
                 "-o", "StrictHostKeyChecking=yes",
                 "-o", f"UserKnownHostsFile={self.home}/known_hosts",
                 "-o", "NumberOfPasswordPrompts=1",
                 *options, f"{user}@127.0.0.1", command],
                {"PATH": os.environ["PATH"], "HOME": str(self.home),
                 "SSH_ASKPASS": str(askpass or self.bin / "nitro-attest-askpass"),
                 "SSH_ASKPASS_REQUIRE": "force", "NITRO_NSM": str(ROOM / "nsm.sock"),
                 "XDG_RUNTIME_DIR": str(self.home), **dict(environment)})

    def log_in(self, user, askpass=None, options=(), command="id -un", environment=()):
        log, lines = self.log_size(), self.syslog.mark()
        client, variables = self.client(user, command, askpass, options, environment)
        begin = time.monotonic()
        done = subprocess.run(client, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False, timeout=60, env=variables)
        seconds = time.monotonic() - begin
        self._wait_for_quiet(log, lines)
        return Login(done.returncode == 0 and done.stdout.strip() == user, seconds,
                     done.stdout + done.stderr,
                     self.log_since(log) + self.syslog.since(lines))

    def _wait_for_quiet(self, log, lines, seconds=3):
        """The last lines are on their way: until some have come, and no more."""
        end, before = time.monotonic() + seconds, (log, lines)
        while time.monotonic() < end:
            time.sleep(0.2)
            now = (self.log_size(), len(self.syslog.lines))
            if now == before != (log, lines):
                return
            before = now

    def make_certificate(self, *options, user="signer", refresh=False):
        """As the enclave does it; the key, beside which the certificate lies."""
        key = self.home / "key"
        done = self.run("nitro-attest", "ssh-cert", "--user", user, "--output", key,
                        "--nsm", ROOM / "nsm.sock", "--refresh" if refresh else "--force",
                        *options)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return key

    def log_in_with_key(self, user, key, command="id -un", methods="publickey"):
        """ssh with this key and its certificate, which it offers one after the other;
        nobody answers a prompt."""
        return self.log_in(user, "/bin/false", command=command, options=[
            "-i", str(key), "-o", "IdentitiesOnly=yes",
            "-o", f"PreferredAuthentications={methods}"])

    def replaying_askpass(self, answers):
        """An askpass that gives recorded answers: a relay without an enclave."""
        folder = ROOM / "recorded"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for number, answer in enumerate(answers, 1):
            (folder / str(number)).write_text(answer + "\n")
        script = ROOM / "replay-askpass"
        script.write_text("#!/bin/sh\n"
                          "part=$(printf '%s' \"$1\" | sed -n 's/.* part=\\([0-9]*\\).*/\\1/p')\n"
                          f"exec cat {folder}/\"$part\"\n")
        script.chmod(0o755)
        return script

    def recording_askpass(self):
        """An honest askpass that also writes down what it answered."""
        folder = ROOM / "transcript"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        script = ROOM / "recording-askpass"
        script.write_text("#!/bin/sh\n"
                          "part=$(printf '%s' \"$1\" | sed -n 's/.* part=\\([0-9]*\\).*/\\1/p')\n"
                          f"{self.bin}/nitro-attest askpass \"$1\" | tee {folder}/\"$part\"\n")
        script.chmod(0o755)
        return script

    @staticmethod
    def recorded_answers():
        files = sorted((ROOM / "transcript").iterdir(), key=lambda file: int(file.name))
        return [file.read_text().strip() for file in files]
