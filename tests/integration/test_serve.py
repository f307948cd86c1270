# SPDX-License-Identifier: Apache-2.0
"""nitro-attest serve and submit: documents of enclaves become tickets, over real
sockets, by the real daemon on a private bus."""
import base64
import contextlib
import os
import pathlib
import select
import signal
import socket
import struct
import subprocess
import time

import harness
from harness import wait_for, wait_for_listener
from test_tickets import TicketTestCase

ATTEST = harness.BUILD / "nitro-attest/nitro-attest"
DOCUMENT_MAX = harness.constant("DEPOSIT_DOCUMENT_MAX", "nitro-attest/deposit.h")
PLACES = harness.constant("PEER_PLACES", "nitro-attest/peers.h")
CLIENTS = harness.constant("SERVER_CLIENTS_MAX", "nitro-attest/server.h")
CLIENT_SECONDS = 10
SO_ACCEPTCON = 0x10000  # among the flags of /proc/net/unix
OTHERS = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


def has_vsock_loopback():
    """Whether this kernel carries vsock to itself (vsock_loopback)."""
    try:
        with socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM) as listener, \
             socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM) as client:
            listener.bind((socket.VMADDR_CID_ANY, socket.VMADDR_PORT_ANY))
            listener.listen(1)
            client.settimeout(1)
            client.connect((1, listener.getsockname()[1]))
            return True
    except OSError:
        return False


class Client(contextlib.AbstractContextManager):
    """A peer that speaks the protocol, or does not."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(CLIENT_SECONDS + 5)
        self.socket.connect(str(path))

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """As far as anybody takes it."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(data)

    def offer(self, document):
        self.send(struct.pack(">I", len(document)) + document)

    def read(self, size):
        data = b""
        while len(data) < size:
            chunk = self.socket.recv(size - len(data))
            if not chunk:
                raise EOFError(data)
            data += chunk
        return data

    def answer(self):
        """The words of the answer's line and what follows it; then it hangs up."""
        size, = struct.unpack(">I", self.read(4))
        line, newline, rest = self.read(size).partition(b"\n")
        assert newline
        with contextlib.suppress(ConnectionResetError):
            assert self.socket.recv(1) == b""
        return line.decode("ascii").split(" ", 2), rest


class ServeTestCase(TicketTestCase):
    def setUp(self):
        super().setUp()
        self.path = self.folder / "serve"
        self.server = self.serve("--listen", self.path)
        wait_for(self.is_listening, "nitro-attest serve did not start")
        self.path.chmod(0o666)

    def is_listening(self):
        """Without a connection, which would count as a peer."""
        table = pathlib.Path("/proc/net/unix").read_text(encoding="utf-8").splitlines()
        return any(fields[7:] == [str(self.path)] and int(fields[3], 16) & SO_ACCEPTCON
                   for fields in map(str.split, table[1:]))

    def serve(self, *arguments, **options):
        self.server_log = self.folder / "serve.log"
        with open(self.server_log, "a", encoding="utf-8") as log:
            return harness.Process(self.stack, [ATTEST, "serve", *arguments],
                                   stderr=log, env=self.bus.environment, **options)

    def exchange(self, document):
        with Client(self.path) as client:
            client.offer(document)
            return client.answer()

    def assertServes(self):
        (word, *_), _ = self.exchange(self.document())
        self.assertEqual(word, "ticket", self.server_log.read_text())

    def wait_for_pause(self):
        """A peer that got no ticket waits for a second until he counts no more."""
        time.sleep(1.1)


class Serve(ServeTestCase):
    def test_a_document_becomes_a_ticket(self):
        (word, lifetime, ticket), rest = self.exchange(self.document())
        self.assertEqual((word, lifetime, rest), ("ticket", "60000000", b""))
        self.assertAllowed(self.use(ticket))

    def test_a_document_that_is_refused(self):
        (word, reason, message), _ = self.exchange(b"\x84" * 5000)
        self.assertEqual(word, "refused")
        self.assertRegex(reason, r"\A[a-z-]+\Z")
        self.assertTrue(message.endswith("."))

    def test_the_journal_has_no_ticket(self):
        (_, _, ticket), _ = self.exchange(self.document())
        self.exchange(b"x")
        log = self.server_log.read_text()
        self.assertNotIn(ticket, log)
        self.assertRegex(log, rf"user {os.getuid()}: a ticket was issued\n")
        self.assertNotIn(ticket, self.daemon.text())

    def test_the_daemon_is_away(self):
        self.daemon.stop()
        (word, reason, _), _ = self.exchange(self.document())
        self.assertEqual(word, "failed")
        self.assertIn("ServiceUnknown", reason)
        self.daemon.start()
        self.assertServes()

    def test_the_bus_is_away(self):
        self.assertServes()
        self.bus.process.stop()
        self.assertEqual(self.server.popen.wait(10), 1)
        self.assertIn("the system bus is gone", self.server_log.read_text())

    def test_it_ends_when_asked(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            self.assertEqual(self.server.stop(how), 0)
            self.assertFalse(self.path.exists())
            self.server = self.serve("--listen", self.path)
            wait_for(self.is_listening, "it did not start again")

    def test_a_client_that_sends_byte_by_byte(self):
        document = self.document()
        frame = struct.pack(">I", len(document)) + document
        with Client(self.path) as client:
            for at in range(8):
                client.send(frame[at:at + 1])
                time.sleep(0.01)
            client.send(frame[8:])
            self.assertEqual(client.answer()[0][0], "ticket")

    def test_a_client_that_shuts_its_side(self):
        with Client(self.path) as client:
            client.offer(self.document())
            client.socket.shutdown(socket.SHUT_WR)
            self.assertEqual(client.answer()[0][0], "ticket")


class Hostile(ServeTestCase):
    def test_sizes(self):
        for size in (0, DOCUMENT_MAX + 1, 1 << 20, 2**32 - 1):
            with self.subTest(size=size), Client(self.path) as client:
                client.send(struct.pack(">I", size))
                self.assertEqual(client.answer()[0][:2], ["failed", "document-size"])
        self.wait_for_pause()
        self.assertServes()

    def test_a_megabyte(self):
        with Client(self.path) as client:
            client.offer(bytes(1 << 20))
            self.assertEqual(client.answer()[0][:2], ["failed", "document-size"])
        self.assertServes()

    def test_a_megabyte_behind_a_document(self):
        with Client(self.path) as client:
            client.offer(self.document())
            client.send(bytes(1 << 20))
            self.assertEqual(client.answer()[0][0], "ticket")
        self.assertServes()

    def test_clients_that_hang_up(self):
        """In each step; and half a frame, and half a length."""
        document = self.document()
        frame = struct.pack(">I", len(document)) + document
        for size in (0, 1, 3, 4, 5, len(frame) // 2, len(frame) - 1):
            with self.subTest(size=size):
                with Client(self.path) as client:
                    client.send(frame[:size])
                if size % 3 == 0:
                    self.wait_for_pause()
        self.wait_for_pause()
        self.assertServes()

    def test_a_client_that_does_not_wait_pays_for_its_ticket(self):
        """Its place stays taken while the ticket counts that it never got."""
        for _ in range(PLACES):
            with Client(self.path) as client:
                client.offer(self.document())
        time.sleep(CLIENT_SECONDS + 1)
        self.assertEqual(self.exchange(self.document())[0][:2],
                         ["failed", "too-many"])

    def test_a_client_that_hangs(self):
        document = self.document()
        with Client(self.path) as silent, Client(self.path) as half:
            half.send(struct.pack(">I", len(document)) + document[:100])
            self.assertServes()
            start = time.monotonic()
            for client in (silent, half):
                self.assertEqual(client.answer()[0][:2], ["failed", "client-late"])
            self.assertLess(time.monotonic() - start, CLIENT_SECONDS + 2)

    def test_connections_and_tickets_of_a_peer_are_bounded(self):
        for _ in range(PLACES):
            self.assertServes()
        self.assertEqual(self.exchange(self.document())[0][:2],
                         ["failed", "too-many"])
        script = ("import socket, sys; s = socket.socket(socket.AF_UNIX);"
                  "s.connect(sys.argv[1]); d = sys.stdin.buffer.read();"
                  "s.sendall(len(d).to_bytes(4, 'big') + d);"
                  "print(s.recv(100)[4:10].decode())")
        other = subprocess.run([*OTHERS, "/usr/bin/python3", "-c", script, self.path],
                               input=self.document(), stdout=subprocess.PIPE,
                               check=True)
        self.assertEqual(other.stdout, b"ticket\n")

    def test_a_flood_of_connections(self):
        """More than a peer may have: those are told so, and the rest is served."""
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(Client(self.path)) for _ in range(40)]
            waiting = [client.socket for client in clients]
            answered = set()
            while len(answered) < len(clients) - PLACES:
                ready, _, _ = select.select(
                    [each for each in waiting if each not in answered], [], [], 5)
                self.assertTrue(ready)
                answered.update(ready)
            for client in clients:
                if client.socket in answered:
                    self.assertEqual(client.answer()[0][:2], ["failed", "too-many"])
                else:
                    client.offer(self.document())
                    self.assertEqual(client.answer()[0][0], "ticket")
        self.assertIsNone(self.server.popen.poll())

    def connect_as(self, uid):
        """The kernel takes the effective uid of the moment for the peer's."""
        os.seteuid(uid)
        try:
            return Client(self.path)
        finally:
            os.seteuid(0)

    def test_connections_in_all_are_bounded(self):
        with contextlib.ExitStack() as stack:
            clients = [stack.enter_context(self.connect_as(60000 + number // PLACES))
                       for number in range(CLIENTS + 1)]
            self.assertEqual(clients[-1].answer()[0][:2], ["failed", "too-many"])
            ready, _, _ = select.select([each.socket for each in clients[:-1]], [], [],
                                        0.2)
            self.assertEqual(ready, [])
            clients[0].socket.close()
            wait_for(lambda: self.exchange(self.document())[0][0] == "ticket",
                     "nobody is let in again")

    def test_no_descriptor_is_left(self):
        def descriptors():
            return len(os.listdir(f"/proc/{self.server.popen.pid}/fd"))

        self.assertServes()
        before = descriptors()
        for _ in range(20):
            with Client(self.path) as client:
                client.send(b"\0\0")
        wait_for(lambda: descriptors() == before, "descriptors are left open")


class Activation(ServeTestCase):
    """Sockets that systemd hands over."""

    def setUp(self):
        super().setUp()
        self.server.stop()

    def activate(self, *sockets):
        """As systemd does it: descriptors from 3 on, told by the environment."""
        fds = [each.fileno() for each in sockets]
        script = ("import os, sys\n"
                  "fds = [os.dup2(int(fd), 100 + i) for i, fd in "
                  "enumerate(sys.argv[2].split(',')) if fd]\n"
                  "for i, fd in enumerate(fds): os.dup2(fd, 3 + i, inheritable=True)\n"
                  "os.environ.update(LISTEN_PID=str(os.getpid()), "
                  "LISTEN_FDS=str(len(fds)))\n"
                  "os.execv(sys.argv[1], [sys.argv[1], 'serve'])\n")
        with open(self.server_log, "w", encoding="utf-8") as log:
            return harness.Process(
                self.stack, ["/usr/bin/python3", "-c", script, ATTEST,
                             ",".join(map(str, fds))],
                stderr=log, env=self.bus.environment, pass_fds=fds)

    def listener(self, family=socket.AF_UNIX, kind=socket.SOCK_STREAM,
                 address=None, listens=True):
        listener = self.stack.enter_context(socket.socket(family, kind))
        listener.bind(address or str(self.path))
        if listens:
            listener.listen(8)
        return listener

    def test_a_socket_is_inherited(self):
        server = self.activate(self.listener())
        self.assertServes()
        self.assertEqual(server.stop(), 0)
        self.assertTrue(self.path.exists())

    def test_what_is_no_listening_stream(self):
        for options in ({"kind": socket.SOCK_DGRAM, "listens": False},
                        {"listens": False}, {"kind": socket.SOCK_SEQPACKET},
                        {"family": socket.AF_INET, "address": ("127.0.0.1", 0)}):
            with self.subTest(**options):
                self.path.unlink(missing_ok=True)
                server = self.activate(self.listener(**options))
                self.assertEqual(server.popen.wait(10), 2)
                self.assertIn("no listening stream", self.server_log.read_text())

    def test_no_socket(self):
        for arguments, text in (((), "no socket to listen on"),
                                (("--listen", "relative"), "Expected /PATH"),
                                (("--listen", "vsock:x"), "Expected /PATH"),
                                (("--listen", "/" + "x" * 200), "too long"),
                                (("--listen", self.folder / "no/x"), "cannot listen"),
                                (("operand",), "Unexpected argument")):
            with self.subTest(arguments):
                self.server_log.unlink(missing_ok=True)
                self.assertEqual(self.serve(*arguments).popen.wait(10), 2)
                self.assertIn(text, self.server_log.read_text())


def can_listen_on_vsock():
    try:
        with socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM) as listener:
            listener.bind((socket.VMADDR_CID_ANY, socket.VMADDR_PORT_ANY))
            return True
    except OSError:
        return False


class Vsock(ServeTestCase):
    def test_it_listens(self):
        if not can_listen_on_vsock():
            self.skipTest("this kernel has no vsock")
        port = 0x6e750000 + os.getpid() % 65536
        server = self.serve("--listen", f"vsock:{port}")

        def is_taken():
            with socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM) as other:
                try:
                    other.bind((socket.VMADDR_CID_ANY, port))
                except OSError:
                    return True
                return False

        wait_for(is_taken, self.server_log.read_text)
        self.assertEqual(server.stop(), 0)

    def test_an_enclave_by_its_cid(self):
        if not has_vsock_loopback():
            self.skipTest("this kernel has no vsock loopback")
        port = 0x6e740000 + os.getpid() % 65536
        server = self.serve("--listen", f"vsock:{port}")
        done = subprocess.run(
            [ATTEST, "submit", "--to", f"vsock:1:{port}", "--document",
             self.store(self.document())], stdout=subprocess.PIPE, check=True)
        self.assertAllowed(self.use(done.stdout.decode().strip()))
        self.assertRegex(self.server_log.read_text(), r"CID 1: a ticket was issued")
        self.assertEqual(server.stop(), 0)

    def store(self, document):
        path = self.folder / "document"
        path.write_bytes(document)
        return path


class Submit(ServeTestCase):
    """nitro-attest submit, to the daemon and through the socket."""

    def submit_by(self, *arguments, document=None, status=0, **environment):
        path = self.folder / "document"
        path.write_bytes(self.document() if document is None else document)
        done = subprocess.run(
            [ATTEST, "submit", "--document", path, *arguments],
            env={**self.bus.environment, **environment}, check=False, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout.strip() if status == 0 else done.stderr

    def test_to_the_daemon(self):
        for arguments in ((), ("--to", "bus")):
            self.assertAllowed(self.use(self.submit_by(*arguments)))

    def test_through_the_socket(self):
        self.assertAllowed(self.use(self.submit_by("--to", self.path)))
        self.assertAllowed(self.use(self.submit_by(NITRO_SUBMIT=str(self.path))))

    def test_refusals_say_why(self):
        for arguments in ((), ("--to", self.path)):
            text = self.submit_by(*arguments, document=b"\x84" * 500, status=1)
            self.assertIn("The document was refused", text)

    def test_nobody_is_there(self):
        self.assertIn("Connection refused", self.submit_by(
            "--to", self.make_dead_socket(), status=1))
        self.assertIn("No such file", self.submit_by("--to", "/nonexistent", status=1))
        self.daemon.stop()
        self.assertIn("nitro-policyd: ", self.submit_by(status=1))
        self.assertIn(f"{self.path}: ", self.submit_by("--to", self.path, status=1))

    def make_dead_socket(self):
        path = self.folder / "dead"
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(path))
        return path

    def test_usage(self):
        for arguments in (("operand",), ("--nonce", "00"), ("--unknown",)):
            self.submit_by(*arguments, status=2)
        for address in ("relative", "vsock:", "vsock:1:", "vsock:x:1", "vsock:1:-1",
                        "vsock:1:99999999999"):
            self.assertIn("expected bus, /PATH or vsock:CID:PORT",
                          self.submit_by("--to", address, status=1))

    def test_servers_that_answer_badly(self):
        answers = [b"", b"\0\0", struct.pack(">I", 2**31), struct.pack(">I", 20) + b"x",
                   struct.pack(">I", 50000) + bytes(50000)]
        answers += [struct.pack(">I", len(line)) + line for line in (
            b"", b"\n", b"ticket\n", b"ticket 5\n", b"ticket 0 abc\n",
            b"ticket 5 " + b"A" * 26 + b"\n", b"ticket 5 " + b"a" * 27 + b"\n",
            b"ticket 5 " + b"a" * 26, b"ticket -5 " + b"a" * 26 + b"\n",
            b"sealed 5\n", b"sealed 5 x\nDER", b"refused\n", b"refused x\n",
            b"allowed 5 " + b"a" * 26 + b"\n", b"ticket 5 " + b"a" * 26 + b"\nmore",
            b"refused \x1b[2J x\n", b"failed x " + b"y" * 5000 + b"\n")]
        for answer in answers:
            with self.subTest(answer[:40]):
                self.assertEqual(self.submit_to(answer), 1)
        line = b"ticket 5 " + b"a" * 26 + b"\n"
        self.assertEqual(self.submit_to(struct.pack(">I", len(line)) + line), 0)

    def test_a_server_that_answers_byte_by_byte(self):
        """It must not hold a login for longer than one that says nothing."""
        path = self.folder / "slow"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen(1)
            begin = time.monotonic()
            with subprocess.Popen(
                    [ATTEST, "submit", "--to", path, "--document",
                     self.folder / "document"], stderr=subprocess.PIPE, text=True) as child:
                self.addCleanup(child.kill)
                peer, _ = listener.accept()
                with peer, contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    peer.sendall(struct.pack(">I", 2000))
                    while child.poll() is None and time.monotonic() < begin + 20:
                        peer.sendall(b"t")
                        time.sleep(0.2)
                self.assertEqual(child.poll(), 1, "it still waits")
                self.assertIn("timed out", child.stderr.read())
        self.assertLess(time.monotonic() - begin, 14)

    def submit_to(self, answer):
        """The exit status, with a server that says this to anybody."""
        path = self.folder / "bad"
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen(1)
            with subprocess.Popen(
                    [ATTEST, "submit", "--to", path, "--document",
                     self.folder / "document"], stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE, text=True) as child:
                peer, _ = listener.accept()
                with peer:
                    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                        peer.sendall(answer)
                        peer.shutdown(socket.SHUT_WR)
                    _, errors = child.communicate(timeout=10)
                self.assertNotIn("\x1b", errors)
                return child.returncode

    def prepare(self):
        super().prepare()
        (self.folder / "document").write_bytes(self.document())


class Askpass(ServeTestCase):
    """One prompt, one answer: `ticket ...`."""

    def setUp(self):
        super().setUp()
        module = self.folder / "nsm"
        harness.Process(self.stack, [
            harness.SIM, "nsm", self.authority.folder, f"--listen={module}",
            *harness.measured_as("good")], stdout=subprocess.DEVNULL)
        wait_for_listener(module, "nitro-sim nsm did not start")
        self.module = module

    def prompt(self, nonce, part=1):
        text = base64.urlsafe_b64encode(nonce).decode().rstrip("=")
        return f"nitro-attest/1 nonce={text} max=64 part={part}:"

    def askpass(self, prompt, *arguments, status=0, **environment):
        done = subprocess.run(
            [ATTEST, "askpass", *arguments, "--nsm", self.module, "--", prompt],
            env={**self.bus.environment, **environment}, check=False, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stdout == "", status != 0)
        return done.stdout if status == 0 else done.stderr

    def test_the_document_of_the_prompt(self):
        for arguments, environment in ((("--to", self.path), {}),
                                       (("--to", "bus"), {}),
                                       ((), {"NITRO_SUBMIT": str(self.path)})):
            nonce = self.caller.challenge("login", "bob")
            answer = self.askpass(self.prompt(nonce), *arguments, **environment)
            self.assertRegex(answer, r"\Aticket [a-z2-7]{26}\n\Z")
            verdict = self.assertAllowed(self.use(answer.split()[1], "login", "bob",
                                                  nonce))
            self.assertEqual(self.check(verdict, "nonce")[0], "passed")

    def test_a_ticket_that_is_there_already(self):
        ticket = self.ticket()
        self.assertEqual(self.askpass(self.prompt(bytes(32)), NITRO_TICKET=ticket),
                         f"ticket {ticket}\n")

    def test_what_is_no_ticket(self):
        for text in ("", "a" * 25, "a" * 27, "A" * 26, "a" * 25 + "\n", "a" * 25 + "1"):
            self.assertIn("is no ticket", self.askpass(
                self.prompt(bytes(32)), NITRO_TICKET=text, status=1))

    def test_other_prompts_get_none(self):
        for prompt in ("Password: ", "nitro-attest/1 nonce=x max=64 part=1:"):
            self.askpass(prompt, NITRO_TICKET="a" * 26, status=1)
        self.assertIn("no parts", self.askpass(
            self.prompt(bytes(32), 2), NITRO_TICKET="a" * 26, status=1))

    def test_nobody_takes_the_document(self):
        self.askpass(self.prompt(bytes(32)), "--to", "/nonexistent", status=1)


class Sealed(ServeTestCase):
    def make_key(self, *arguments):
        key, public = self.folder / "key.pem", self.folder / "key.der"
        subprocess.run(["openssl", "genpkey", "-out", key, *arguments], check=True,
                       stderr=subprocess.DEVNULL)
        subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-outform", "DER",
                        "-out", public], check=True)
        return key, public.read_bytes()

    def sealable(self):
        yield self.make_key("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
        yield self.make_key("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")

    def run_submit(self, document, *arguments):
        path = self.folder / "document"
        path.write_bytes(document)
        return subprocess.run(
            [ATTEST, "submit", "--document", path, *arguments], check=False,
            env=self.bus.environment, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)

    def test_only_the_key_opens_it(self):
        for key, public in self.sealable():
            document = self.document(f"--public-key={public.hex()}")
            ticket, lifetime, sealed, decision, _ = self.submit(document)
            self.assertEqual((ticket, lifetime, decision), ("", 60_000_000, "allow"))
            self.assertGreater(len(sealed), 100)
            for arguments in ((), ("--to", self.path)):
                done = self.run_submit(document, "--private-key", key, *arguments)
                self.assertEqual(done.returncode, 0, done.stderr)
                ticket = done.stdout.strip()
                self.assertNotIn(ticket.encode(), bytes(sealed))
            self.assertAllowed(self.use(ticket))

    def test_plain_openssl_opens_it(self):
        key, public = self.make_key("-algorithm", "RSA", "-pkeyopt",
                                    "rsa_keygen_bits:2048")
        *_, sealed, _, _ = self.submit(self.document(f"--public-key={public.hex()}"))
        done = subprocess.run(["openssl", "cms", "-decrypt", "-inform", "DER", "-inkey",
                               key], input=bytes(sealed), stdout=subprocess.PIPE,
                              check=True)
        self.assertAllowed(self.use(done.stdout.decode().strip()))

    def test_another_key_does_not(self):
        _, public = self.make_key("-algorithm", "EC", "-pkeyopt",
                                  "ec_paramgen_curve:P-256")
        document = self.document(f"--public-key={public.hex()}")
        other, _ = self.make_key("-algorithm", "EC", "-pkeyopt",
                                 "ec_paramgen_curve:P-256")
        done = self.run_submit(document, "--private-key", other)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("cannot be opened", done.stderr)
        done = self.run_submit(document)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("--private-key", done.stderr)

    def test_what_cannot_be_sealed_to_gets_it_in_the_open(self):
        _, ed25519 = self.make_key("-algorithm", "ED25519")
        for value in (ed25519, b"ssh-ed25519 whatever", b"\0" * 32):
            ticket, _, sealed, _, _ = self.submit(
                self.document(f"--public-key={value.hex()}"))
            self.assertEqual((len(ticket), len(sealed)), (26, 0))

    def test_a_broken_key_gets_nothing(self):
        _, public = self.make_key("-algorithm", "RSA", "-pkeyopt",
                                  "rsa_keygen_bits:1024")
        message = self.assertRefused("InvalidArgument", self.submit, self.document(
            f"--public-key={public.hex()}"))
        self.assertIn("less than 2048 bits", message)



if __name__ == "__main__":
    harness.main(needs_root=True)
