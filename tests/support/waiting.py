# SPDX-License-Identifier: Apache-2.0
"""How tests wait for programs that they started."""
import errno
import socket
import time


def wait_for(condition, failure, seconds=20):
    """`failure` is a text, or a function that makes one."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(failure() if callable(failure) else failure)
        time.sleep(0.02)


def is_listening(path):
    """Whether this Unix socket takes connections: it has its path a moment before."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
        with socket.socket(socket.AF_UNIX, kind) as probe:
            error = probe.connect_ex(str(path))
        if error != errno.EPROTOTYPE:
            return error == 0
    return False


def wait_for_listener(path, failure):
    wait_for(lambda: is_listening(path), failure)
