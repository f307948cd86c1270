# SPDX-License-Identifier: Apache-2.0
"""Live verdicts: who may use them, for what, and when they end."""
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import threading
import time
import unittest

import dbus

import harness
import live_case
import sanitizers
from live_case import LiveCase, options


class Names(LiveCase):
    """An id is a name, not a capability."""

    rules = LiveCase.rules + ("[rule/su]\nservice = su\nuser = alice bob\n"
                              "image = signer\nlevel = 2\nroots = sim\n"
                              "[rule/nobody]\nservice = sshd\nuser = nobody\n"
                              "image = signer\nlevel = 2\nroots = sim\n")

    def test_answers_its_own_question(self):
        verdict = self.issue()
        found = self.assertAllowed(self.ask(verdict=verdict), verdict)
        self.assertEqual((found["Rule"], found["Level"]), ("ssh", 2))
        self.assertEqual(found["Document"]["Root"], "sim")

    def test_a_guess_is_unknown(self):
        verdict = self.issue()
        for guess in ("v" + 32 * "0", verdict[:-1], verdict.upper(), "v", "../" + verdict):
            self.assertDenied("verdict-unknown", self.ask(verdict=guess[:33]))

    def test_counts_for_its_user_and_service_only(self):
        verdict = self.issue()
        self.assertDenied("verdict-unknown", self.ask("su", verdict=verdict))
        self.assertDenied("verdict-unknown", self.ask("su", "bob", verdict=verdict))
        self.assertRefused("NoSuchVerdict", self.attach, verdict, "su")
        self.assertRefused("NoSuchVerdict", self.attach, verdict, "sshd", "bob")
        self.assertEqual(self.live(), [verdict])

    def test_counts_for_its_asker_only(self):
        verdict = self.issue(user="nobody")
        answers = self.as_nobody(
            "print(call('CheckVerdict', 'ssa{sv}', 'sshd', 'nobody',\n"
            "           dict(verdict=sys.argv[1]))[1]['Reason'])\n"
            "for member, signature, rest in (\n"
            "        ('AttachSession', 'sssa{sv}',\n"
            "         (sys.argv[1], 'sshd', 'nobody', {'session': ''})),\n"
            "        ('DetachSession', 's', (sys.argv[1],)),\n"
            "        ('VerifyResponse', 'ayayaya{sv}',\n"
            "         (b'', b'text', b'signature', dict(verdict=sys.argv[1])))):\n"
            "    try:\n"
            "        call(member, signature, *rest)\n"
            "    except dbus.DBusException as error:\n"
            "        print(error.get_dbus_name().split('.')[-1])\n", verdict)
        self.assertEqual(answers.split(),
                         ["verdict-unknown"] + 3 * ["NoSuchVerdict"])
        self.assertAllowed(self.ask(user="nobody", verdict=verdict), verdict)

    def test_others_may_not_ask_about_a_user(self):
        answer = self.as_nobody(
            "try:\n"
            "    call('CheckVerdict', 'ssa{sv}', 'sshd', 'alice', dict(verdict='v'))\n"
            "except dbus.DBusException as error:\n"
            "    print(error.get_dbus_name())\n")
        self.assertEqual(answer, harness.ERROR + "AccessDenied")

    def test_names_exactly_one(self):
        verdict = self.issue()
        for more in ({}, {"verdict": "", "session": ""},
                     {"verdict": verdict, "session": "1"},
                     {"verdict": verdict, "audit_session": dbus.UInt32(1)}):
            self.assertRefused("InvalidArgument", self.ask, **more)
        for more in ({"session": 64 * "1"}, {"session": "\x1b"}, {"verdict": dbus.UInt32(1)},
                     {"ssh_key": dbus.ByteArray(b"ssh-rsa")}, {"uid": dbus.UInt32(0)}):
            self.assertRefused("InvalidArgument", self.ask, **more)

    def test_a_denial_leaves_none(self):
        decision, verdict = self.authorize(document=["--debug"])
        self.assertEqual(decision, "deny")
        self.assertNotIn("Id", verdict)
        self.assertEqual((self.live(), self.files()), ([], []))


class Sessions(LiveCase):
    rules = LiveCase.rules + ("[rule/sudo]\nservice = sudo\nuser = alice\n"
                              "run_as = root\nimage = signer\nlevel = 2\nroots = sim\n"
                              "max_age = 1h\n")

    def prepare(self):
        self.logind = self.start_logind("7:0", "8:65534")

    def test_one_session_has_it(self):
        verdict = self.issue()
        found = self.attach(verdict, session="7", audit_session=dbus.UInt32(42))
        self.assertEqual((found["State"], found["Session"], found["AuditSession"]),
                         ("attached", "7", 42))
        self.assertDenied("verdict-unknown", self.ask(verdict=verdict))
        self.assertRefused("NoSuchVerdict", self.attach, verdict, session="7")
        self.assertEqual(self.live(session="7"), [verdict])
        self.assertEqual(self.live(session="8"), [])

    def test_is_found_by_its_session_for_another_service(self):
        verdict = self.issue()
        sudo = {"run_as": "root", "command": "/bin/ls"}
        self.assertDenied("verdict-unknown", self.ask("sudo", session="7", **sudo))
        self.attach(verdict, session="7", audit_session=dbus.UInt32(42))
        found = self.assertAllowed(self.ask("sudo", session="7", **sudo), verdict)
        self.assertEqual(found["Rule"], "sudo")
        self.assertAllowed(self.ask("sudo", audit_session=dbus.UInt32(42), **sudo), verdict)
        self.assertDenied("no-rule", self.ask("sudo", session="7", run_as="bob"))
        self.assertDenied("verdict-unknown", self.ask("sudo", session="8", **sudo))
        self.assertDenied("verdict-unknown",
                          self.ask("sudo", audit_session=dbus.UInt32(43), **sudo))

    def test_ends_with_detach(self):
        verdict = self.issue()
        self.assertRefused("NoSuchVerdict", self.caller.call, "DetachSession", "s", verdict)
        self.attach(verdict, session="7")
        self.caller.call("DetachSession", "s", verdict)
        self.assertEnds(verdict, "session-ended")
        self.assertEqual(self.logind.did(), ["ready"])

    def test_ends_with_the_session(self):
        verdict, other = self.issue(), self.issue()
        self.attach(verdict, session="7")
        self.attach(other, session="8")
        self.logind.end("7")
        self.assertEnds(verdict, "session-ended")
        self.assertEqual(self.live(), [other])

    def test_ends_with_a_session_that_ended_while_logind_was_away(self):
        """Of those no signal ever tells."""
        gone, other = self.issue(), self.issue()
        waits = self.issue()
        self.attach(gone, session="7")
        self.attach(other, session="8")
        self.logind.process.stop()
        self.assertEqual(self.live(), [gone, other, waits])
        self.logind = self.start_logind("8:65534")
        self.assertEnds(gone, "session-ended")
        self.assertEqual(self.live(), [other, waits])
        self.logind.end("8")
        self.assertEnds(other, "session-ended")

    def test_a_logind_that_starts_and_says_nothing_ends_nothing(self):
        verdict = self.issue()
        self.attach(verdict, session="7")
        self.logind.process.stop()
        self.start_logind("silent").process.stop()
        harness.wait_for(lambda: "does not say which sessions" in self.daemon.text(),
                         self.daemon.text)
        self.assertEqual(self.live(), [verdict])

    def test_a_session_has_to_be_there(self):
        verdict = self.issue()
        message = self.assertRefused("NoSuchSession", self.attach, verdict, session="9")
        self.assertIn("knows no such session", message)
        self.assertEqual(self.get(verdict)["State"], "issued")

    def test_the_session_of_another_is_refused_to_a_user(self):
        self.daemon.configure("rules.d/20-nobody.conf", "[rule/nobody]\nservice = sshd\n"
                              "user = nobody\nimage = signer\nlevel = 2\nroots = sim\n")
        self.caller.reload()
        document = self.authority.document(*live_case.GOOD).hex()
        answer = self.as_nobody(
            "verdict = call('Authorize', 'ssayaya{sv}', 'sshd', 'nobody', b'',\n"
            "    bytes.fromhex(sys.argv[1]), {'tty': ''})[1]['Id']\n"
            "for session in '78':\n"
            "    try:\n"
            "        print(call('AttachSession', 'sssa{sv}', verdict, 'sshd', 'nobody',\n"
            "                   {'session': session})['State'])\n"
            "    except dbus.DBusException as error:\n"
            "        print(error.get_dbus_name().split('.')[-1])\n", document)
        self.assertEqual(answer.split(), ["NoSuchSession", "attached"])

    def test_a_signal_of_anybody_ends_nothing(self):
        verdict = self.issue()
        self.attach(verdict, session="7")
        owner = self.caller.connection.get_name_owner(harness.NAME)
        self.as_nobody(
            "from dbus.lowlevel import SignalMessage\n"
            "for destination in (sys.argv[1], None):\n"
            "    signal = SignalMessage('/org/freedesktop/login1',\n"
            "        'org.freedesktop.login1.Manager', 'SessionRemoved')\n"
            "    signal.append('7', '/a', signature='so')\n"
            "    if destination: signal.set_destination(destination)\n"
            "    bus.send_message(signal)\n"
            "bus.flush()\n"
            "call('ListVerdicts', 'a{sv}', {'user': ''})\n", owner)
        self.assertEqual(self.live(), [verdict])

    def test_ends_with_its_process(self):
        """Where logind has no session."""
        child = subprocess.Popen(
            [sys.executable, "-c",
             "import sys, time, dbus\n"
             f"bus = dbus.bus.BusConnection({self.bus.address!r})\n"
             f"bus.call_blocking({harness.NAME!r}, {harness.PATH!r}, {harness.MANAGER!r},\n"
             "    'AttachSession', 'sssa{sv}', (sys.argv[1], 'sshd', 'alice',\n"
             "    {'audit_session': dbus.UInt32(5)}))\n"
             "print('attached', flush=True)\n"
             "bus.close()\n"
             "time.sleep(60)\n", verdict := self.issue()], stdout=subprocess.PIPE, text=True)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        with child.stdout as lines:
            self.assertEqual(lines.readline(), "attached\n")
        self.assertAllowed(self.ask("sudo", run_as="root", audit_session=dbus.UInt32(5)))
        child.kill()
        self.assertEnds(verdict, "session-ended")


class Keys(LiveCase):
    """Verdicts that are bound to an SSH key, which proves itself at each login."""

    KEY = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + bytes(range(32))
    rules = LiveCase.rules + "bind = ssh-key\nsession_max = 1h\n"

    def prepare(self):
        self.start_logind("7:0", "8:0")

    def issue_bound(self, key=KEY):
        digest = hashlib.sha256(key).hexdigest()
        return self.issue(document=(*live_case.GOOD, f"--user-data={digest}"),
                          ssh_key=dbus.ByteArray(key))

    def ask_key(self, key=KEY, **more):
        return self.ask(ssh_key=dbus.ByteArray(key), **more)

    def test_whoever_asked_has_it_and_each_other_login_a_copy(self):
        first = self.issue_bound()
        self.assertIn("ssh-key", self.get(first)["Bindings"])
        self.attach(first, session="7")
        second = str(self.assertAllowed(self.ask_key(tty="pts/9"))["Id"])
        third = str(self.assertAllowed(self.ask_key())["Id"])
        self.assertEqual(self.live(), [first, second, third])
        self.attach(second, session="8")
        found, copy = self.get(first), self.get(second)
        self.assertEqual(copy["Tty"], "pts/9")
        for name in ("IssuedUsec", "EndsUsec", "DocumentSha256", "ModuleId", "Bindings"):
            self.assertEqual(copy[name], found[name])

    def test_one_that_waits_is_not_given_twice(self):
        """Else the second of two sessions that are opened at once could not be."""
        first = self.issue_bound()
        second = str(self.assertAllowed(self.ask_key())["Id"])
        self.assertNotEqual(first, second)
        self.daemon.restart()
        self.assertNotIn(str(self.assertAllowed(self.ask_key())["Id"]), (first, second))
        self.attach(second, session="8")
        self.attach(first, session="7")

    def test_asking_again_prolongs_nothing(self):
        first = self.issue_bound()
        time.sleep(1.5)
        copy = str(self.assertAllowed(self.ask_key())["Id"])
        self.assertNotEqual(first, copy)
        self.assertEqual(self.get(copy)["EndsUsec"], self.get(first)["EndsUsec"])

    def test_another_key_service_or_user_has_none(self):
        self.issue_bound()
        other = self.KEY[:-1] + b"x"
        self.assertDenied("verdict-unknown", self.ask_key(other))
        self.assertDenied("no-rule", self.ask("su", ssh_key=dbus.ByteArray(self.KEY)))
        self.assertDenied("no-rule", self.ask(user="bob", ssh_key=dbus.ByteArray(self.KEY)))

    def test_a_key_that_the_document_does_not_name_binds_nothing(self):
        self.daemon.configure("rules.d/10-ssh.conf", LiveCase.rules)
        self.caller.reload()
        self.issue(ssh_key=dbus.ByteArray(self.KEY))
        self.assertDenied("verdict-unknown", self.ask_key())


class Trials(LiveCase):
    """What a rule on trial let in is no proof for a rule that is not."""

    KEY = Keys.KEY
    rules = LiveCase.rules + ("mode = audit\n"
                              "[rule/sudo]\nservice = sudo\nuser = alice\n"
                              "image = signer\nlevel = 2\nroots = sim\n")

    def prepare(self):
        self.start_logind("7:0", "8:0")

    def log_in(self, document, session, **more):
        decision, verdict = self.caller.call(
            "Authorize", "ssayaya{sv}", "sshd", "alice", dbus.ByteArray(b""),
            dbus.ByteArray(document), options(**more))
        self.assertEqual(decision, "allow", verdict)
        self.assertEqual(verdict["Document"]["Root"], "sim")
        self.attach(str(verdict["Id"]), session=session)
        return verdict

    def test_a_replayed_document(self):
        document = self.authority.document(*live_case.GOOD)
        self.assertFalse(self.log_in(document, "7")["Audited"])
        copy = self.log_in(document, "8")
        self.assertEqual((copy["Audited"], copy["Reason"]), (True, "document-replayed"))
        self.assertAllowed(self.ask("sudo", session="7"))
        self.assertDenied("verdict-unproven", self.ask("sudo", session="8"))
        self.daemon.restart()
        self.assertAllowed(self.ask("sudo", session="7"))
        self.assertDenied("verdict-unproven", self.ask("sudo", session="8"))

    def test_the_document_of_another_key(self):
        self.daemon.configure("rules.d/10-ssh.conf", self.rules.replace(
            "mode = audit", "bind = ssh-key\nmode = audit"))
        self.caller.reload()
        copy = self.log_in(self.authority.document(*live_case.GOOD), "7",
                           ssh_key=dbus.ByteArray(self.KEY))
        self.assertEqual((copy["Audited"], copy["Reason"]), (True, "ssh-key-different"))
        self.assertDenied("verdict-unproven", self.ask("sudo", session="7"))

    def test_what_is_asked_again_need_not_have_passed(self):
        document = self.authority.document(*harness.measured_as("patched"))
        self.assertTrue(self.log_in(document, "7")["Audited"])
        self.assertDenied("measurements-unknown", self.ask("sudo", session="7"))


class SilentLogind(LiveCase):
    def prepare(self):
        self.start_logind("silent")

    def test_attaching_does_not_hang(self):
        verdict = self.issue()
        start = time.monotonic()
        message = self.assertRefused("NoSuchSession", self.attach, verdict, session="7")
        self.assertLess(time.monotonic() - start, 4)
        self.assertIn("did not answer in time", message)
        self.assertAllowed(self.ask(verdict=verdict), verdict)

    def test_a_caller_that_leaves_is_forgotten(self):
        verdict = self.issue()
        caller = harness.Caller(self.stack, self.bus)
        caller.connection.call_async(
            harness.NAME, harness.PATH, harness.MANAGER, "AttachSession", "sssa{sv}",
            (verdict, "sshd", "alice", options(session="7")), None, None)
        caller.connection.flush()
        caller.connection.close()
        time.sleep(2.5)
        self.assertEqual(self.get(verdict)["State"], "issued")


    def test_nobody_can_hang_up_for_another(self):
        """By a signal that only the bus itself may send."""
        verdict = self.issue()
        caller = harness.Caller(self.stack, self.bus)
        answers = []

        def attach():
            try:
                caller.call("AttachSession", "sssa{sv}", verdict, "sshd", "alice",
                            options(session="7"))
            except dbus.DBusException as error:
                answers.append(error.get_dbus_name())

        thread = threading.Thread(target=attach)
        thread.start()
        time.sleep(0.3)
        self.as_nobody(
            "from dbus.lowlevel import SignalMessage\n"
            "signal = SignalMessage('/org/freedesktop/DBus', 'org.freedesktop.DBus',\n"
            "                       'NameOwnerChanged')\n"
            "signal.append(sys.argv[1], sys.argv[1], '', signature='sss')\n"
            "signal.set_destination(sys.argv[2])\n"
            "bus.send_message(signal)\n"
            "bus.flush()\n", caller.connection.get_unique_name(),
            self.caller.connection.get_name_owner(harness.NAME))
        thread.join()
        self.assertEqual(answers, [harness.ERROR + "NoSuchSession"])


class Absent(LiveCase):
    def test_without_logind_no_session_is_attached(self):
        verdict = self.issue()
        message = self.assertRefused("NoSuchSession", self.attach, verdict, session="7")
        self.assertIn("logind is not there", message)


class Objects(LiveCase):
    def prepare(self):
        self.logind = self.start_logind("7:0")

    def managed(self):
        found = self.caller.connection.call_blocking(
            harness.NAME, harness.PATH, "org.freedesktop.DBus.ObjectManager",
            "GetManagedObjects", "", ())
        return {str(path): interfaces[live_case.VERDICT]
                for path, interfaces in found.items() if live_case.VERDICT in interfaces}

    def test_properties_are_one_and_the_same(self):
        verdict = self.issue(remote_host="mars", tty="pts/3")
        path = f"{harness.PATH}/verdict/{verdict}"
        everything = self.managed()[path]
        self.assertEqual(everything, self.get(verdict))
        read = self.caller.connection.call_blocking(
            harness.NAME, path, live_case.PROPERTIES, "GetAll", "s", [live_case.VERDICT])
        self.assertEqual(read, everything)
        now = time.time()
        self.assertAlmostEqual(read["IssuedUsec"] / 1e6, now, delta=20)
        self.assertAlmostEqual(read["EndsUsec"] / 1e6, now + 120, delta=20)
        self.assertEqual(
            (read["User"], read["Service"], read["Rule"], read["Image"], read["Release"],
             read["Level"], read["Root"], list(read["Bindings"]), read["State"],
             read["RemoteHost"], read["Tty"], read["OnRevoke"], read["PolicyGeneration"]),
            ("alice", "sshd", "ssh", "signer", "1", 2, "sim", ["nonce"], "issued", "mars",
             "pts/3", "log", 1))
        self.assertEqual(len(read["DocumentSha256"]), 32)

    def test_signals_tell_of_its_life(self):
        """As a shell sees it."""
        with open(self.folder / "monitor", "w", encoding="utf-8") as log:
            monitor = harness.Process(
                self.stack, ["gdbus", "monitor", "--system", "--dest", harness.NAME],
                stdout=log, env=self.bus.environment)

        def seen(*words):
            text = (self.folder / "monitor").read_text()
            return all(word in text for word in words)

        harness.wait_for(lambda: seen("owned by"), "no monitor")
        verdict = self.issue()
        self.attach(verdict, session="7")
        self.caller.call("RevokeVerdict", "ss", verdict, "enough")
        path = f"{harness.PATH}/verdict/{verdict}"
        harness.wait_for(lambda: seen(
            f"InterfacesAdded (objectpath '{path}'",
            f"VerdictIssued (objectpath '{path}', '{verdict}', 'alice', 'sshd')",
            f"{path}: org.freedesktop.DBus.Properties.PropertiesChanged",
            "'State': <'attached'>",
            f"VerdictRevoked (objectpath '{path}', '{verdict}', 'alice', 'sshd', "
            "'verdict-revoked')", f"InterfacesRemoved (objectpath '{path}'"),
            lambda: (self.folder / "monitor").read_text())
        monitor.stop()
        self.assertEqual(self.managed(), {})


class Bounds(LiveCase):
    rules = "[rule/all]\nservice = sshd\nuser = *\nimage = signer\nlevel = 2\nroots = sim\n"

    def test_the_oldest_that_waits_gives_way(self):
        limit = harness.constant("LIVE_PER_USER", "nitro-policyd/limits.h")
        self.start_logind("7:0")
        attached = self.issue()
        self.attach(attached, session="7")
        waiting = [self.issue() for _ in range(limit - 1)]
        newest = self.issue()
        self.assertEnds(waiting[0], "verdict-displaced")
        self.assertEqual(self.live(user="alice"), [attached] + waiting[1:] + [newest])
        self.assertAllowed(self.authorize(user="bob"))
        for verdict in waiting[1:] + [newest]:
            self.attach(verdict, session="7")
        self.assertRefused("LimitExceeded", self.authorize)
        self.assertAllowed(self.authorize(user="bob"))

    def test_the_unit_has_descriptors_for_all(self):
        """Who watches processes must still write files and read the configuration."""
        unit = (harness.TOP / "systemd/nitro-policyd.service.in").read_text()
        limit = int(re.search(r"^LimitNOFILE=(\d+)$", unit, re.M)[1])
        self.assertGreaterEqual(limit, 2 * harness.constant(
            "LIVE_MAX", "nitro-policyd/limits.h"))

    def test_a_flood_of_another_user_never_stops_root(self):
        """Documents, questions, listings, guesses, as fast as one process can."""
        flood = subprocess.Popen(
            live_case.AS_NOBODY + ["/usr/bin/python3", "-c",
             "import dbus\n"
             f"bus = dbus.bus.BusConnection({self.bus.address!r})\n"
             "print('ready', flush=True)\n"
             "while True:\n"
             "    for member, signature, arguments in (\n"
             "        ('ListVerdicts', 'a{sv}', ({'user': ''},)),\n"
             "        ('GetVerdict', 's', ('v',)),\n"
             "        ('CheckVerdict', 'ssa{sv}', ('sshd', 'nobody', {'verdict': 'v'})),\n"
             "        ('AttachSession', 'sssa{sv}', ('v', 'a', 'nobody', {'session': '7'})),\n"
             "        ('RevokeVerdict', 'ss', ('v', ''))):\n"
             "        bus.call_async(\n"
             f"            {harness.NAME!r}, {harness.PATH!r}, {harness.MANAGER!r},\n"
             "            member, signature, arguments, None, None)\n"
             "        bus.call_async(\n"
             f"            {harness.NAME!r}, {harness.PATH!r},\n"
             "            'org.freedesktop.DBus.ObjectManager', 'GetManagedObjects', '',\n"
             "            (), None, None)\n"
             "    bus.flush()\n"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(flood.wait)
        self.addCleanup(flood.kill)
        with flood.stdout as lines:
            lines.readline()
        time.sleep(0.5)
        for _ in range(20):
            start = time.monotonic()
            self.assertAllowed(self.ask(verdict=self.issue()))
            self.assertLess(time.monotonic() - start, 3)
        self.assertIsNone(flood.poll())


    @unittest.skipIf(sanitizers.are_in(harness.BUILD),
                     "a sanitizer copies a buffer each time that it is asked to keep it")
    def test_large_messages_of_another_user_pile_up_nowhere(self):
        """The bus carries 32 MB; who waits for its word on each sender must not
        collect what others send meanwhile, and end at MemoryMax=."""
        flood = subprocess.Popen(
            live_case.AS_NOBODY + ["/usr/bin/python3", harness.TOP / "tests/support/bus_flood.py",
                                   self.bus.address, harness.NAME, harness.PATH,
                                   harness.MANAGER], stdout=subprocess.PIPE, text=True)
        self.addCleanup(flood.wait)
        self.addCleanup(flood.kill)
        with flood.stdout as lines:
            self.assertEqual(lines.readline(), "ready\n")

        def is_over():
            """dbus-daemon itself refuses everybody while its queue is full."""
            time.sleep(0.5)
            try:
                return self.authorize()[0] == "allow"
            except dbus.DBusException as error:
                self.assertIn("LimitsExceeded", error.get_dbus_name())
                return False

        for _ in range(4):
            harness.wait_for(is_over, "root is not answered", 30)
        status = pathlib.Path(f"/proc/{self.daemon.process.popen.pid}/status").read_text()
        peak = int(re.search(r"^VmHWM:\s*(\d+) kB$", status, re.M)[1])
        self.assertGreater(peak, 30 << 10, "no large message arrived")
        self.assertLess(peak, 100 << 10)

    def test_what_sd_bus_answers_is_limited_too(self):
        """But for root."""
        count = ("refused = 0\n"
                 "for _ in range(150):\n"
                 "    try:\n"
                 f"        bus.call_blocking({harness.NAME!r}, {harness.PATH!r}, *{{}}, ())\n"
                 "    except dbus.DBusException as error:\n"
                 "        refused += error.get_dbus_name().endswith('LimitExceeded')\n"
                 "print(refused)\n")
        for question in (("org.freedesktop.DBus.ObjectManager", "GetManagedObjects", ""),
                         ("org.freedesktop.DBus.Introspectable", "Introspect", "")):
            self.assertGreater(int(self.as_nobody(count.format(question))), 0)
            for _ in range(150):
                self.caller.connection.call_blocking(harness.NAME, harness.PATH,
                                                     *question, ())


class Interface(LiveCase):
    def test_revoking_by_hand(self):
        """By the shell, as nitroctl's users may do it without nitroctl."""
        verdict = self.issue()
        subprocess.run(["busctl", "call", harness.NAME, harness.PATH, harness.MANAGER,
                        "RevokeVerdict", "ss", verdict, "lost laptop"], check=True,
                       env=self.bus.environment)
        self.assertEnds(verdict, "verdict-revoked")
        record, = self.daemon.records(NITRO_REASON="verdict-revoked")
        self.assertIn(f"By user {os.geteuid()}: lost laptop.", record["MESSAGE"])
        self.assertRefused("NoSuchVerdict", self.caller.call, "RevokeVerdict", "ss",
                           verdict, "")

    def test_what_does_not_live(self):
        """Whoever asks: nobody is told that it is only not for him."""
        for member, arguments in (("GetVerdict", ("s", "v" + "0" * 32)),
                                  ("GetVerdict", ("s", "../v")),
                                  ("RevokeVerdict", ("ss", "v" + "0" * 32, "")),
                                  ("DetachSession", ("s", ""))):
            self.assertEqual(self.assertRefused("NoSuchVerdict", self.caller.call, member,
                                                *arguments),
                             "No verdict with this id lives.")

    def test_revoking_needs_permission(self):
        verdict = self.issue()
        answer = self.as_nobody(
            "try:\n"
            "    call('RevokeVerdict', 'ss', sys.argv[1], '')\n"
            "except dbus.DBusException as error:\n"
            "    print(error.get_dbus_name())\n", verdict)
        self.assertEqual(answer, harness.ERROR + "AccessDenied")
        self.assertEqual(self.live(), [verdict])

    def test_statistics(self):
        self.start_logind("7:0")
        verdict = self.issue()
        self.issue()
        self.attach(verdict, session="7")
        self.caller.call("RevokeVerdict", "ss", verdict, "")
        counted = self.caller.get("Statistics")
        self.assertEqual((counted["verdicts-issued"], counted["verdicts-ended"],
                          counted["verdicts-lost"]), (2, 1, 1))


if __name__ == "__main__":
    harness.main(needs_root=True)
