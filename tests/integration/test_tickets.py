# SPDX-License-Identifier: Apache-2.0
"""Submit, and Authorize with its tickets: the real daemon on a private bus."""
import json
import pwd
import subprocess
import sys
import time

import dbus

import harness
from harness import DaemonTestCase, measured_as

LENGTH = harness.constant("NITRO_TICKET_LENGTH", "dbus/nitro_bus.h")
PER_USER = harness.constant("TICKETS_PER_USER", "nitro-policyd/limits.h")
ALPHABET = set("abcdefghijklmnopqrstuvwxyz234567")


class TicketTestCase(DaemonTestCase):
    """Rules: sshd takes any fresh document, login one that answers the challenge."""

    rules = DaemonTestCase.rules + (
        "[rule/login]\nservice = login\nuser = *\nimage = signer\nlevel = 2\n"
        "roots = sim\nbind = nonce\n"
        "[rule/carol]\nservice = sshd\nuser = carol\nimage = signer\nlevel = 2\n"
        "roots = sim\n")

    def document(self, *options, **named):
        return self.authority.document(*measured_as("good"), *options, **named)

    def submit(self, document, caller=None):
        """(ticket, lifetime, sealed, decision, verdict)"""
        return (caller or self.caller).call(
            "Submit", "aya{sv}", dbus.ByteArray(document),
            dbus.Dictionary(signature="sv"))

    def ticket(self, *options, **named):
        return str(self.submit(self.document(*options, **named))[0])

    def use(self, ticket, service="sshd", user="alice", nonce=b"", caller=None):
        return (caller or self.caller).call(
            "Authorize", "ssayaya{sv}", service, user, dbus.ByteArray(nonce),
            dbus.ByteArray(b""),
            dbus.Dictionary({"ticket": ticket}, signature="sv"))

    def assertAllowed(self, answer):
        decision, verdict = answer
        self.assertEqual(decision, "allow", verdict["Message"])
        return verdict

    def assertDenied(self, reason, answer):
        decision, verdict = answer
        self.assertEqual(decision, "deny")
        self.assertEqual(verdict["Reason"], reason)
        return verdict

    @staticmethod
    def check(verdict, name):
        return next((state, why) for check, state, _, _, why in verdict["Checks"]
                    if check == name)


class Submit(TicketTestCase):
    def test_a_document_becomes_a_ticket(self):
        ticket, lifetime, sealed, decision, verdict = self.submit(self.document())
        self.assertEqual(len(ticket), LENGTH)
        self.assertLessEqual(set(ticket), ALPHABET)
        self.assertEqual(lifetime, 60_000_000)
        self.assertEqual(bytes(sealed), b"")
        self.assertEqual(decision, "allow")
        self.assertEqual(verdict["Image"], "signer")

    def test_no_two_are_equal(self):
        document = self.document()
        self.assertNotEqual(self.submit(document)[0], self.submit(document)[0])

    def test_a_document_that_fails_gets_none(self):
        (self.folder / "other").mkdir()
        stranger = harness.Authority(self.folder / "other")
        refused = {
            "root-untrusted": stranger.document(*measured_as("good")),
            "document-too-old": self.document(f"--time=@{int(time.time()) - 600}"),
        }
        for reason, document in refused.items():
            with self.subTest(reason):
                ticket, lifetime, sealed, decision, verdict = self.submit(document)
                self.assertEqual((ticket, lifetime, bytes(sealed), decision),
                                 ("", 0, b"", "deny"))
                self.assertEqual(verdict["Reason"], reason)

    def test_garbage_gets_none(self):
        ticket, *_, decision, verdict = self.submit(b"\x84" * 5000)
        self.assertEqual((ticket, decision), ("", "deny"))
        self.assertEqual(verdict["Level"], 0)

    def test_arguments_are_bounded(self):
        for document in (b"", bytes(16641), bytes(1 << 20)):
            with self.subTest(size=len(document)):
                self.assertRefused("InvalidArgument", self.submit, document)
        self.assertRefused(
            "InvalidArgument", self.caller.call, "Submit", "aya{sv}",
            dbus.ByteArray(self.document()),
            dbus.Dictionary({"lifetime": 5}, signature="sv"))


class Authorize(TicketTestCase):
    def test_a_ticket_opens_what_its_document_would(self):
        verdict = self.assertAllowed(self.use(self.ticket()))
        self.assertEqual(self.check(verdict, "ticket"), ("passed", ""))
        self.assertEqual(verdict["Rule"], "ssh")

    def test_a_document_has_no_ticket(self):
        _, verdict = self.caller.authorize("sshd", "alice", self.document())
        self.assertEqual(self.check(verdict, "ticket")[0], "not-checked")

    def test_it_counts_once(self):
        ticket = self.ticket()
        self.assertAllowed(self.use(ticket))
        self.assertDenied("ticket-unknown", self.use(ticket))

    def test_it_counts_once_though_it_was_denied(self):
        ticket = self.ticket()
        self.assertDenied("no-rule", self.use(ticket, service="su"))
        self.assertDenied("ticket-unknown", self.use(ticket))

    def test_its_document_counts_once_whatever_way_it_came(self):
        document = self.document()
        first, second = (str(self.submit(document)[0]) for _ in range(2))
        self.assertAllowed(self.use(first))
        self.assertDenied("document-replayed", self.use(second))
        self.assertDenied("document-replayed", self.caller.authorize(
            "sshd", "alice", document))

    def test_guesses(self):
        ticket = self.ticket()
        for guess in ("a" * LENGTH, ticket[:-1], ticket + "a", ticket.upper(),
                      "", ticket[::-1]):
            with self.subTest(guess):
                verdict = self.assertDenied("ticket-unknown", self.use(guess))
                self.assertEqual(self.check(verdict, "ticket")[0], "failed")
                self.assertNotIn("Document", verdict)
        self.assertAllowed(self.use(ticket))

    def test_what_is_no_ticket_at_all(self):
        for text in ("a" * 65, "\n", "ticket\x1b[2J", "é"):
            with self.subTest(text):
                self.assertRefused("InvalidArgument", self.use, text)

    def test_a_document_or_a_ticket_but_one_of_them(self):
        for document, options in ((self.document(), {"ticket": self.ticket()}),
                                  (b"", {})):
            self.assertRefused(
                "InvalidArgument", self.caller.call, "Authorize", "ssayaya{sv}",
                "sshd", "alice", dbus.ByteArray(b""), dbus.ByteArray(document),
                dbus.Dictionary(options, signature="sv"))

    def test_whoever_presents_it_may_use_it(self):
        """Made for nobody in particular: the rule of the login decides."""
        self.assertAllowed(self.use(self.ticket(), user="carol"))

    def test_the_policy_of_its_use_decides(self):
        ticket = self.ticket()
        self.daemon.configure("rules.d/10-ssh.conf", self.rules.replace(
            "user = alice", "user = bob"))
        self.caller.reload()
        self.assertDenied("no-rule", self.use(ticket))

    def test_a_root_that_is_gone_counts_no_more(self):
        ticket = self.ticket()
        (self.daemon.config / "roots.d/sim.pem").unlink()
        self.daemon.configure("rules.d/10-ssh.conf", self.rules.replace(
            "roots = sim", "roots = aws"))
        self.caller.reload()
        self.assertDenied("root-untrusted", self.use(ticket))

    def test_explain_uses_no_ticket(self):
        self.assertRefused(
            "InvalidArgument", self.caller.call, "Explain", "ssaya{sv}", "sshd",
            "alice", dbus.ByteArray(self.document()),
            dbus.Dictionary({"ticket": self.ticket()}, signature="sv"))

    def test_it_does_not_survive_the_daemon(self):
        ticket = self.ticket()
        self.daemon.restart()
        self.assertDenied("ticket-unknown", self.use(ticket))


class Nonce(TicketTestCase):
    def test_a_rule_that_asks_for_the_nonce_gets_it(self):
        nonce = self.caller.challenge("login", "bob")
        verdict = self.assertAllowed(self.use(self.ticket(nonce=nonce), "login",
                                              "bob", nonce))
        self.assertEqual(self.check(verdict, "nonce")[0], "passed")
        self.assertEqual(self.check(verdict, "challenge")[0], "passed")

    def test_a_document_of_before_does_not_answer_it(self):
        ticket = self.ticket()
        nonce = self.caller.challenge("login", "bob")
        self.assertDenied("nonce-missing", self.use(ticket, "login", "bob", nonce))

    def test_nor_does_one_with_another_nonce(self):
        other = self.caller.challenge("login", "bob")
        nonce = self.caller.challenge("login", "bob")
        self.assertDenied("nonce-different", self.use(
            self.ticket(nonce=other), "login", "bob", nonce))

    def test_nor_can_the_challenge_be_left_out(self):
        nonce = self.caller.challenge("login", "bob")
        self.assertDenied("challenge-required", self.use(
            self.ticket(nonce=nonce), "login", "bob"))

    def test_elsewhere_the_age_decides(self):
        ticket = self.ticket()
        nonce = self.caller.challenge("sshd", "alice")
        verdict = self.assertAllowed(self.use(ticket, nonce=nonce))
        self.assertEqual(self.check(verdict, "nonce")[0], "not-checked")
        for name in ("challenge", "age", "replay"):
            self.assertEqual(self.check(verdict, name)[0], "passed")

    def test_a_challenge_of_nobody_is_refused_all_the_same(self):
        self.assertDenied("challenge-unknown", self.use(self.ticket(),
                                                        nonce=bytes(32)))


class Lifetime(TicketTestCase):
    def prepare(self):
        self.daemon.configure("policyd.conf",
                              "[policyd]\nchallenge_lifetime = 5s\n")

    def test_it_expires(self):
        document = self.document()
        ticket, lifetime, *_ = self.submit(document)
        self.assertEqual(lifetime, 5_000_000)
        time.sleep(5.1)
        self.assertDenied("ticket-unknown", self.use(ticket))
        self.assertAllowed(self.caller.authorize("sshd", "alice", document))


# Deposits the document of standard input again and again; prints what came of it.
DEPOSIT = """
import sys, dbus
connection = dbus.bus.BusConnection(sys.argv[1])
document = dbus.ByteArray(sys.stdin.buffer.read())
answers = {}
for count in range(int(sys.argv[2])):
    try:
        ticket, _, _, answer, _ = connection.call_blocking(
            "org.nitro.Policy1", "/org/nitro/Policy1", "org.nitro.Policy1.Manager",
            "Submit", "aya{sv}", (document, dbus.Dictionary(signature="sv")))
    except dbus.DBusException as error:
        answer = error.get_dbus_name().rpartition(".")[2]
    answers[answer] = answers.get(answer, 0) + 1
"""
COUNT = "print(json.dumps(answers))"


# Deposits without waiting for the answers, which nobody reads.
FLOOD = """
import sys, dbus, dbus.lowlevel
connection = dbus.bus.BusConnection(sys.argv[1])
document = dbus.ByteArray(sys.stdin.buffer.read())
print("flooding", flush=True)
while True:
    message = dbus.lowlevel.MethodCallMessage(
        "org.nitro.Policy1", "/org/nitro/Policy1", "org.nitro.Policy1.Manager", "Submit")
    message.append(document, {}, signature="aya{sv}")
    connection.send_message(message)
    connection.flush()
"""


class OtherUsers(TicketTestCase):
    def start_flood(self, uid):
        child = subprocess.Popen(
            ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups",
             sys.executable, "-c", FLOOD, self.bus.address],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(child.communicate)
        self.addCleanup(child.kill)
        child.stdin.write(self.document())
        child.stdin.close()
        child.stdin = None
        self.assertEqual(child.stdout.readline(), b"flooding\n")
        return child

    def test_root_is_served_in_a_flood(self):
        users = [entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0][:2]
        children = [self.start_flood(uid) for uid in users]
        slowest = 0
        for _ in range(10):
            start = time.monotonic()
            self.assertAllowed(self.use(self.ticket()))
            slowest = max(slowest, time.monotonic() - start)
        self.assertTrue(all(child.poll() is None for child in children))
        self.assertLess(slowest, 2)

    def deposit_as(self, uid, count, result=COUNT):
        return json.loads(subprocess.run(
            ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups",
             sys.executable, "-c", "import json\n" + DEPOSIT + result, self.bus.address,
             str(count)], input=self.document(), check=True,
            stdout=subprocess.PIPE).stdout)

    def test_any_local_user_may_deposit_so_many(self):
        self.assertEqual(self.deposit_as(65534, PER_USER + 3),
                         {"allow": PER_USER, "LimitExceeded": 3})

    def test_the_journal_says_who_deposited_it(self):
        ticket = self.deposit_as(65534, 1, "print(json.dumps(str(ticket)))")
        self.assertAllowed(self.use(ticket))
        record = self.daemon.records(NITRO_DECISION="allow")[-1]
        self.assertEqual(record["NITRO_DEPOSITOR_UID"], "65534")
        self.assertEqual(record["NITRO_CALLER_UID"], "0")

    def test_floods_of_users_do_not_touch_roots(self):
        """Each takes all that he can; then he is limited by the calls per second."""
        burst = harness.constant("RATE_BURST", "nitro-policyd/limits.h")
        users = [entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0][:4]
        self.assertEqual(len(users), 4)
        for uid in users:
            answers = self.deposit_as(uid, burst + 20)
            self.assertEqual(answers["allow"], PER_USER)
            self.assertEqual(answers["LimitExceeded"], burst + 20 - PER_USER)
        for _ in range(PER_USER + 1):
            self.assertAllowed(self.use(self.ticket()))


if __name__ == "__main__":
    harness.main(needs_root=True)
