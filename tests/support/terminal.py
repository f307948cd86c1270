# SPDX-License-Identifier: Apache-2.0
"""A person or an agent at a terminal: runs a program on a pseudo terminal and answers
its prompts."""
import os
import pty
import select
import signal
import time


class Conversation:
    """What was shown, the prompts of attestation among it, and how the program ended
    (its exit status, or None when it had to be killed)."""

    def __init__(self, output, prompts, status, seconds):
        self.output, self.prompts, self.status = output, prompts, status
        self.seconds = seconds

    def __str__(self):
        return f"{self.output}\n(status {self.status}, {self.seconds:.1f} s)"


def _become(user, groups, environment, command):
    if user:
        os.setgroups(groups)
        os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
        os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    os.chdir("/")
    os.execve(command[0], command, environment)


def run(command, answer, user=None, environment=(), seconds=40):
    """Runs `command` as `user` (a pwd entry). `answer` is given each line that waits
    for one, and returns what is typed, or None to hang up."""
    command = list(map(str, command))
    variables = {"PATH": os.environ["PATH"], "TERM": "dumb", **dict(environment)}
    begin = time.monotonic()
    process, terminal = pty.fork()
    if process == 0:
        try:
            _become(user, [user.pw_gid] if user else [], variables, command)
        finally:
            os._exit(127)
    shown, line, prompts = b"", b"", []
    while time.monotonic() < begin + seconds:
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break  # the program has left the terminal
        if not piece:
            break
        shown += piece
        line = (line + piece).splitlines()[-1] if not piece.endswith(b"\n") else b""
        text = line.decode(errors="replace")
        if text.rstrip().endswith(":"):
            prompts.append(text.strip())
            reply = answer(text.strip())
            if reply is None:
                break
            # pkttyagent and others throw away what was typed before they listen.
            time.sleep(0.05)
            os.write(terminal, reply if isinstance(reply, bytes) else reply.encode() + b"\n")
            line = b""
    os.close(terminal)
    return Conversation(shown.decode(errors="replace"), prompts, _end(process, begin + seconds),
                        time.monotonic() - begin)


def _end(process, deadline):
    while time.monotonic() < deadline:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return None
