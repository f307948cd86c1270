# SPDX-License-Identifier: Apache-2.0
"""A system bus that lies: speaks just enough of the D-Bus protocol (specification,
"Authentication Protocol" and "Message Protocol") to a client that connects, and
answers each call as a test wants. For faults that dbus-daemon does not produce."""
import os
import socket
import struct
import threading

CALL, RETURN, ERROR, SIGNAL = 1, 2, 3, 4
PATH, INTERFACE, MEMBER, ERROR_NAME, REPLY_SERIAL, DESTINATION, SENDER, SIGNATURE = range(1, 9)
DRIVER = "org.freedesktop.DBus"
CLIENT, DAEMON = ":1.50", ":1.77"


def align(data, size):
    return data + bytes(-len(data) % size)


def marshal(signature, *values):
    """Basic types, ay, and a{sv} (given as a list of key, signature, value)."""
    data, values = b"", list(values)
    types = signature.replace("a{sv}", "D").replace("ay", "Y")
    for kind, value in zip(types, values):
        if kind == "y":
            data += bytes([value])
        elif kind in "ub":
            data = align(data, 4) + struct.pack("<I", value)
        elif kind == "t":
            data = align(data, 8) + struct.pack("<Q", value)
        elif kind in "so":
            text = value.encode()
            data = align(data, 4) + struct.pack("<I", len(text)) + text + b"\0"
        elif kind == "Y":
            data = align(data, 4) + struct.pack("<I", len(value)) + value
        elif kind == "D":
            data = _dictionary(data, value)
    return data


def _dictionary(data, entries):
    data = align(data, 4)
    head = len(data)
    data = align(data + bytes(4), 8)
    start = len(data)
    for key, kind, value in entries:
        data = align(data, 8)
        data += marshal("s", key) + bytes([len(kind)]) + kind.encode() + b"\0"
        data += bytes(-len(data) % 4) + marshal(kind, value)
    return data[:head] + struct.pack("<I", len(data) - start) + data[head + 4:]


def message(kind, serial, fields, signature="", body=b""):
    if signature:
        fields = {**fields, SIGNATURE: signature}
    head = b""
    for code, value in fields.items():
        head = align(head, 8) + bytes([code])
        if code == REPLY_SERIAL:
            head = align(head + b"\x01u\0", 4) + struct.pack("<I", value)
        elif code == SIGNATURE:
            head += b"\x01g\0" + bytes([len(value)]) + value.encode() + b"\0"
        else:
            head = align(head + (b"\x01o\0" if code == PATH else b"\x01s\0"), 4)
            head += struct.pack("<I", len(value)) + value.encode() + b"\0"
    start = struct.pack("<cBBBIII", b"l", kind, 1, 1, len(body), serial, len(head))
    return align(start + head, 8) + body


class Call:
    """One call of the client: member, destination, serial number."""

    def __init__(self, head, fields_bytes):
        self.serial = struct.unpack("<I", head[8:12])[0]
        fields, at = {}, 0
        while at < len(fields_bytes):
            at += -at % 8
            code, kind = fields_bytes[at], chr(fields_bytes[at + 2])
            at += 4
            if kind == "g":
                size = fields_bytes[at]
                fields[code] = fields_bytes[at + 1:at + 1 + size].decode()
                at += size + 2
            elif kind == "u":
                at += 4
            else:
                size = struct.unpack("<I", fields_bytes[at:at + 4])[0]
                fields[code] = fields_bytes[at + 4:at + 4 + size].decode()
                at += size + 5
        self.member, self.destination = fields.get(MEMBER), fields.get(DESTINATION)

    def reply(self, signature="", *values, sender=None):
        return message(RETURN, 1000 + self.serial,
                       {REPLY_SERIAL: self.serial, DESTINATION: CLIENT,
                        SENDER: sender or self.destination},
                       signature, marshal(signature, *values))

    def error(self, name, text):
        return message(ERROR, 1000 + self.serial,
                       {ERROR_NAME: name, REPLY_SERIAL: self.serial,
                        DESTINATION: CLIENT, SENDER: DRIVER}, "s", marshal("s", text))


def allow(call, **options):
    return call.reply("sa{sv}", "allow", [("Level", "u", 2), ("Reason", "s", "allowed")],
                      **options)


# What an honest bus with an honest daemon (of root) says. A test replaces members;
# a value is bytes, a function of the call that gives bytes, or None for silence.
HONEST = {
    "Hello": lambda call: call.reply("s", CLIENT),
    "GetNameOwner": lambda call: call.reply("s", DAEMON),
    "GetConnectionUnixUser": lambda call: call.reply("u", 0),
    "CreateChallenge": lambda call: call.reply("ayt", bytes(32), 60_000_000),
    "Authorize": allow,
}


class FakeBus:
    """Serves until closed; `calls` lists (member, destination) in order."""

    def __init__(self, path, replies=(), authenticates=True):
        self.calls, self.authenticates = [], authenticates
        self.replies = {**HONEST, **dict(replies)}
        self._connections = []
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        if os.path.exists(path):
            os.unlink(path)
        self._listener.bind(path)
        self._listener.listen(8)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        for each in [self._listener, *self._connections]:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            each.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            if self.authenticates:
                threading.Thread(target=self._serve, args=(connection,),
                                 daemon=True).start()

    def _serve(self, connection):
        try:
            stream = connection.makefile("rb")
            self._authenticate(connection, stream)
            while head := stream.read(16):
                body, fields = struct.unpack("<4xI4xI", head)
                rest = stream.read(fields + -fields % 8 + body)
                self._answer(connection, Call(head, rest[:fields]))
        except (OSError, ValueError):
            pass

    @staticmethod
    def _authenticate(connection, stream):
        stream.read(1)
        while line := stream.readline().strip():
            if line.startswith(b"AUTH"):
                connection.sendall(b"DATA\r\n")
            elif line.startswith(b"DATA"):
                connection.sendall(b"OK 0123456789abcdef0123456789abcdef\r\n")
            elif line == b"BEGIN":
                return

    def _answer(self, connection, call):
        self.calls.append((call.member, call.destination))
        reply = self.replies[call.member]
        if callable(reply):
            reply = reply(call)
        if reply is HANG_UP:
            connection.shutdown(socket.SHUT_RDWR)
        elif reply is FLOOD:
            noise = message(SIGNAL, 7, {PATH: "/", INTERFACE: "a.b", MEMBER: "Noise",
                                        SENDER: ":1.66"}) * 64
            while True:
                connection.sendall(noise)
        elif reply is not None:
            connection.sendall(reply)


HANG_UP, FLOOD = object(), object()
