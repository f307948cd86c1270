# SPDX-License-Identifier: Apache-2.0
"""Sends a daemon on the bus the largest messages that there are, from many connections
at once: bus_flood.py ADDRESS DESTINATION PATH INTERFACE. Says "ready" before it does,
and waits to be killed."""
import os
import socket
import struct
import sys
import threading
import time

SIZE = 30 << 20
CONNECTIONS = 12
MESSAGES = 3
DRIVER = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")


def signature(text):
    return bytes([len(text)]) + text + b"\0"


def string(text):
    return struct.pack("<I", len(text)) + text + b"\0"


def pad(data, size):
    return data + bytes(-len(data) % size)


def call(to, member, serial, kind=b"", body=b""):
    """A method call, little endian; `to` is destination, path and interface."""
    fields = b""
    for code, value_kind, value in ((6, b"s", to[0]), (1, b"o", to[1]), (2, b"s", to[2]),
                                    (3, b"s", member)):
        fields = (pad(fields, 8) + bytes([code]) + signature(value_kind) +
                  string(value.encode()))
    if kind:
        fields = pad(fields, 8) + bytes([8]) + signature(b"g") + signature(kind)
    head = b"l\1\0\1" + struct.pack("<III", len(body), serial, len(fields)) + fields
    return pad(head, 8) + body


def connect(path):
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    uid = str(os.getuid()).encode().hex().encode()
    client.sendall(b"\0AUTH EXTERNAL " + uid + b"\r\n")
    client.recv(4096)
    client.sendall(b"BEGIN\r\n" + call(DRIVER, "Hello", 1))
    client.recv(4096)
    return client


def send(client, message):
    for _ in range(MESSAGES):
        client.sendall(message)


def main():
    path = sys.argv[1].split("path=")[1].split(",")[0]
    entry = pad(string(b"user") + signature(b"s"), 4) + string(b"x" * SIZE)
    message = call(sys.argv[2:5], "ListVerdicts", 2, b"a{sv}",
                   struct.pack("<II", len(entry), 0) + entry)
    clients = [connect(path) for _ in range(CONNECTIONS)]
    print("ready", flush=True)
    for client in clients:
        threading.Thread(target=send, args=(client, message), daemon=True).start()
    time.sleep(120)


main()
