# SPDX-License-Identifier: Apache-2.0
"""nitroctl explain and rule: every statement is tested with a document for
which it is true."""
import grp
import json
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(
    os.environ.get("top_srcdir", pathlib.Path(__file__).parents[2])) / "tests/support"))
from nitroctl_case import (ALLOWED, DENIED, NOT_JUDGED, SHA384_HEX, USAGE, VECTORS,  # noqa: E402
                           NitroctlCase, document_breaks, need_vectors)

A, B, C, D = (character * SHA384_HEX for character in "abcd")
LOGIN = ("--service=sshd", "--user=root")

RULES = """
[rule/farm]
service = sudo
user = build-*
image = app
level = 2
roots = sim

[rule/admins]
service = sshd
user = root
image = app
level = 2
roots = sim
"""


def releases(**more):
    """[release/app/1.0] with further lines, and an image that no rule allows."""
    lines = "".join(f"{key} = {value}\n" for key, value in more.items())
    return f"""
[image/app]
kind = enclave
[release/app/1.0]
pcr0 = {A}
pcr1 = {B}
pcr2 = {C}
{lines}
[image/staging]
kind = enclave
[release/staging/9]
pcr0 = {D}
pcr1 = {B}
pcr2 = {C}
"""


class ExplainCase(NitroctlCase):
    def setUp(self):
        super().setUp()
        self.sim, self.root = self.authority()
        self.etc = self.folder / "etc"
        self.write("etc/roots.d/sim.pem", (self.sim / "root.pem").read_bytes())
        self.configure()

    def configure(self, images=None, rules=RULES, settings=""):
        self.write("etc/images.d/app.conf", images or releases())
        self.write("etc/rules.d/app.conf", rules)
        self.write("etc/policyd.conf", "[policyd]\n" + settings)

    def measured(self, *options, pcrs=(A, B, C), **more):
        options += tuple(f"--pcr={index}={value}" for index, value in enumerate(pcrs)
                         if value)
        return self.document(self.sim, *options, **more)

    def explain(self, document, *options, code, login=LOGIN):
        arguments = (f"--policy={self.etc}", *login, *options, document)
        result = self.run_ctl("explain", *arguments)
        self.assertEqual(result.returncode, code, result)
        machine = self.run_ctl("explain", "--json", *arguments)
        self.assertEqual(machine.returncode, code, machine)
        value = json.loads(machine.stdout)
        text = result.stdout.decode("ascii")
        for advice in value["advice"]:
            self.assertIn(advice, text)
        value["text"] = text
        return value

    def denied(self, reason, document, *options, advice=(), **more):
        value = self.explain(document, *options, code=DENIED, **more)
        self.assertEqual((value["decision"], value["reason"]), ("deny", reason))
        self.assertEqual(len(value["advice"]), len(advice), value["advice"])
        for text, expected in zip(value["advice"], advice):
            self.assertIn(expected, text)
        return value

    def allowed(self, document, *options, advice=(), **more):
        value = self.explain(document, *options, code=ALLOWED, **more)
        self.assertEqual(value["decision"], "allow")
        self.assertEqual(len(value["advice"]), len(advice), value["advice"])
        for text, expected in zip(value["advice"], advice):
            self.assertIn(expected, text)
        return value


class Rules(ExplainCase):
    def test_the_rule_and_why_earlier_ones_do_not_match(self):
        value = self.allowed(self.measured())
        self.assertEqual((value["rule"]["name"], value["rule"]["line"]), ("admins", 9))
        self.assertEqual(value["passed_over"], [{
            "name": "farm", "file": str(self.etc / "rules.d/app.conf"), "line": 2,
            "mismatches": [
                {"key": "service", "expected": ["sudo"], "actual": "sshd"},
                {"key": "user", "expected": ["build-*"], "actual": "root"}]}])
        self.assertRegex(value["text"], r"user +is build-\*; asked: root")

    def test_no_rule_names_the_nearest(self):
        value = self.denied("no-rule", self.measured(),
                            login=("--service=sshd", "--user=bob"),
                            advice=["nearest rule is admins", ])
        self.assertIn("'user' does not match 'bob'", value["advice"][0])
        self.assertIsNone(value["rule"])
        self.assertEqual([rule["name"] for rule in value["passed_over"]], ["farm", "admins"])

    def test_a_group_that_no_rule_names(self):
        self.configure(rules=RULES.replace("service = sudo", "service = sudo\nrun_as = *", 1))
        value = self.denied("no-rule", self.measured(), advice=["nearest rule is farm"],
                            login=("--service=sudo", "--user=build-1", "--run-as=root",
                                   "--run-as-group=adm"))
        self.assertIn("'run_as_group' is not given, and would have to name 'adm'",
                      value["advice"][0])

    def test_no_rule_at_all(self):
        self.configure(rules="")
        self.denied("no-rule", self.measured(), advice=["no rule at all"])

    def test_without_a_login_every_image_counts(self):
        value = self.allowed(self.measured(pcrs=(D, B, C)), login=())
        self.assertEqual((value["request"], value["rule"], value["passed_over"]),
                         (None, None, []))
        self.assertEqual(value["closest"]["image"], "staging")

    def test_what_stands_behind_the_missing_rule(self):
        """All obstacles at once, not one for each attempt."""
        self.denied("no-rule", self.measured("--debug", pcrs=()),
                    login=("--service=sshd", "--user=bob"),
                    advice=["nearest rule", "without --debug-mode"])


class Time(ExplainCase):
    def at(self, seconds):
        return f"--at=@{self.now + seconds}"

    def setUp(self):
        super().setUp()
        self.now = int(time.time())
        self.made = self.measured(f"--time=@{self.now}")

    def test_too_old_for_the_rule(self):
        self.denied("document-too-old", self.made, self.at(420),
                    advice=["7min old, and 5min are allowed (max_age). Make a new one, or "
                            "compare this host's clock"])
        value = self.denied("document-too-old", self.made, self.at(5400),
                            advice=["1h 30min old"])
        self.assertNotIn("clock", value["advice"][0])

    def test_from_the_future(self):
        value = self.denied("document-from-future", self.measured("--break=document-future"),
                            self.at(0), advice=["in the future: this host's clock is behind"])
        self.assertIn("timedatectl", value["advice"][0])

    def leaf_end(self):
        verdict = self.verify("--root", self.root, "--at=document", self.made, code=ALLOWED)
        text = verdict["document"]["chain"][-1]["not_after"]
        return int(time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")) - time.timezone)

    def test_expired_by_minutes_is_perhaps_the_clock(self):
        end = self.leaf_end()
        value = self.denied("certificate-expired", self.made, f"--at=@{end + 180}",
                            advice=["expired 3min ago"])
        self.assertIn("compare this host's clock", value["advice"][0])
        value = self.denied("certificate-expired", self.made, f"--at=@{end + 86400 * 3}",
                            advice=["expired 3d ago"])
        self.assertNotIn("compare this host's clock", value["advice"][0])

    def test_not_valid_yet(self):
        self.denied("certificate-not-yet-valid", self.made, self.at(-86400 * 400),
                    advice=["this host's clock is behind"])

    def test_the_rest_is_judged_as_if_it_were_in_time(self):
        made = self.measured(f"--time=@{self.now}", pcrs=(D, B, C))
        self.denied("document-too-old", made, self.at(3600),
                    advice=["1h old", "those of staging/9"])

    def test_at_its_own_time(self):
        self.allowed(self.measured("--time=@1700000000"), "--at=document")


class Releases(ExplainCase):
    def test_retiring(self):
        self.configure(releases(state="retiring"))
        self.allowed(self.measured(), advice=["app/1.0 is retiring"])

    def test_revoked(self):
        self.configure(releases(state="revoked"))
        value = self.denied("release-revoked", self.measured(),
                            advice=["app/1.0 was revoked"])
        self.assertEqual(value["closest"]["state"], "revoked")

    def test_expired(self):
        self.configure(releases(not_after="2026-01-01"))
        self.denied("release-expired", self.measured("--time=2026-01-03T00:00:00Z"),
                    "--at=2026-01-03T00:00:00Z",
                    advice=["app/1.0 ended at 2026-01-0"])

    def test_not_yet_in_force(self):
        self.configure(releases(not_before="2026-01-02"))
        self.denied("release-not-yet", self.measured("--time=2026-01-01T00:00:00Z"),
                    "--at=2026-01-01T00:00:00Z",
                    advice=["app/1.0 comes into force at 2026-01-02T00:00:00.000Z, in 1d"])

    def test_staging_against_production(self):
        value = self.denied("measurements-unknown", self.measured(pcrs=(D, B, C)),
                            advice=["The PCRs are those of staging/9"])
        self.assertEqual((value["closest"]["image"], value["closest_outside"]["image"]),
                         ("app", "staging"))

    def test_no_image_of_this_kind(self):
        self.denied("measurements-unknown",
                    self.document(self.sim, "--kind=nitrotpm"),
                    advice=["No image of kind 'nitrotpm' counts"])


class Measurements(ExplainCase):
    def differs(self, advice, *options, equal, different, pcrs=(A, B, C), **release):
        """All PCRs that differ are shown, with both values."""
        self.configure(releases(**release))
        value = self.denied("measurements-unknown", self.measured(*options, pcrs=pcrs),
                            advice=advice)
        closest = value["closest"]
        self.assertEqual((closest["image"], closest["release"], closest["equal"]),
                         ("app", "1.0", equal))
        self.assertEqual([pair["pcr"] for pair in closest["different"]], different)
        for pair in closest["different"]:
            self.assertNotEqual(pair["expected"], pair["actual"])
            self.assertIn(pair["expected"], value["text"])
            self.assertIn(pair["actual"], value["text"])
        return value

    def test_another_kernel(self):
        self.differs(["same application (PCR2 is equal) with another kernel"],
                     pcrs=("1" * SHA384_HEX, D, C), equal=1, different=[0, 1])

    def test_another_application(self):
        self.differs(["same kernel and boot ramdisk (PCR1 is equal) with another app"],
                     pcrs=("1" * SHA384_HEX, B, D), equal=1, different=[0, 2])

    def test_another_order(self):
        self.differs(["parts are equal (PCR1, PCR2)"],
                     pcrs=("1" * SHA384_HEX, B, C), equal=2, different=[0])

    def test_another_image(self):
        self.differs(["Another image"], pcrs=("1" * SHA384_HEX, "2" * SHA384_HEX, D),
                     equal=0, different=[0, 1, 2])

    def test_equal_pcr2_of_no_application_says_nothing(self):
        """An image of one ramdisk: PCR0 equals PCR1, PCR2 measures nothing."""
        self.differs(["Another image"], pcrs=(D, D, C), equal=1, different=[0, 1])

    def test_another_role(self):
        self.differs(["PCR3 differs: another IAM role"], f"--pcr=3={D}", pcr3=A,
                     equal=3, different=[3])

    def test_no_role(self):
        self.differs(["PCR3 differs: no IAM role"], pcr3=A, equal=3, different=[3],
                     pcrs=(A, B, C, "0" * SHA384_HEX))

    def test_another_instance(self):
        value = self.differs(["PCR4 differs: the document is from another instance"],
                             "--instance=i-00000000000000001", pcr4=A, equal=3,
                             different=[4])
        self.assertIn("i-00000000000000001-enc", value["advice"][0])

    def test_another_signer(self):
        self.differs(["PCR8 differs: the image was signed with another"], f"--pcr=8={D}",
                     pcr8=A, equal=3, different=[8])
        self.differs(["PCR8 differs: the image is not signed"],
                     f"--pcr=8={'0' * SHA384_HEX}", pcr8=A, equal=3, different=[8])

    def test_what_the_application_measured(self):
        self.differs(["PCR16 differs: what the application itself"], f"--pcr=16={D}",
                     pcr16=A, equal=3, different=[16])

    def test_several_at_once(self):
        self.differs(["PCR3 differs", "PCR4 differs"], f"--pcr=3={D}", pcr3=A, pcr4=A,
                     equal=3, different=[3, 4])

    def test_nitrotpm(self):
        self.configure(f"[image/app]\nkind = nitrotpm\n[release/app/1]\npcr4 = {A}\n"
                       f"pcr7 = {B}\npcr12 = {C}\n")
        value = self.denied(
            "measurements-unknown",
            self.document(self.sim, "--kind=nitrotpm", f"--pcr=4={A}", f"--pcr=7={D}",
                          f"--pcr=12={D}"),
            advice=["PCR7 differs: the state or keys of Secure Boot",
                    "PCR12 differs: the kernel's command line"])
        self.assertEqual(value["closest"]["equal"], 1)


class Checks(ExplainCase):
    def test_debug_mode(self):
        value = self.denied("debug-enclave", self.measured("--debug", pcrs=()),
                            advice=["Start it without --debug-mode"])
        self.assertIsNone(value["closest"])

    def test_unknown_root(self):
        other, root = self.authority("other")
        document = self.document(other, "--pcr=0=" + A, "--pcr=1=" + B, "--pcr=2=" + C)
        self.denied("root-untrusted", document, advice=["does not trust the root"])
        # Once it is trusted, the rule still has to name it.
        self.denied("root-not-allowed", document, "--root", root,
                    advice=["begins with the root 'other', and the rule trusts 'sim'"])
        self.denied("root-not-allowed", self.document(other, "--debug"), "--root", root,
                    advice=["begins with the root 'other'", "without --debug-mode"])

    def test_missing_nonce(self):
        self.configure(rules=RULES + "bind = nonce\n")
        self.denied("challenge-required", self.measured(),
                    advice=["asks for a challenge (bind = nonce)"])
        self.allowed(self.measured("--nonce=00112233"), advice=["asks for a challenge"])
        # Also when it is not the first that stands in the way.
        self.denied("document-too-old", self.measured("--time=@1700000000"),
                    "--at=@1700000420",
                    advice=["asks for a challenge", "7min old"])

    def test_contradictions_are_an_attack(self):
        for name, reason in (("pcr4-other", "instance-mismatch"),
                             ("leaf-name-org", "leaf-name-mismatch")):
            self.denied(reason, self.measured(f"--break={name}"),
                        advice=["Treat it as an attack"])

    def test_whatever_is_broken_is_explained(self):
        """One of each kind of break that nitro-sim knows. Which nonce was asked for
        is not known here; a root's own time is far from today."""
        names = {reason: name for name, reason in document_breaks() if not re.match(
            r"nonce-(null|absent|empty|other)$|root-(not-yet|expired)", name)}
        self.assertGreater(len(names), 40)
        for reason, name in names.items():
            document = self.measured(f"--break={name}", "--nonce=00112233")
            result = self.run_ctl("explain", "--json", f"--policy={self.etc}", *LOGIN,
                                  document)
            with self.subTest(name):
                self.assertEqual(result.returncode, DENIED, result)
                value = json.loads(result.stdout)
                self.assertTrue(value["advice"])
                self.assertEqual(value["reason"], reason)

    def test_other_user_data(self):
        self.configure(releases(user_data="00ff"))
        self.denied("user-data-different", self.measured("--user-data=00fe"),
                    advice=["The image is right, its user_data is not"])
        self.allowed(self.measured("--user-data=00ff"))

    def test_a_rule_on_trial(self):
        self.configure(rules=RULES + "mode = audit\n")
        value = self.allowed(self.measured("--debug", pcrs=()),
                             advice=["on trial (mode = audit)", "without --debug-mode"])
        self.assertTrue(value["audited"])
        self.assertEqual(value["reason"], "debug-enclave")
        self.assertFalse(self.allowed(self.measured())["audited"])

    def test_no_document_at_all(self):
        for content in (b"", b"no document", b"\x84" * 40, b"x" * 70000):
            value = self.explain(self.write("file", content), code=DENIED)
            self.assertTrue(value["advice"], content)
            self.assertEqual((value["rule"]["name"], value["closest"]), ("admins", None))

    def test_what_cannot_be_judged(self):
        self.explain(self.folder / "absent", code=NOT_JUDGED)
        self.write("etc/rules.d/bad.conf", "[rule/x]\nservice = sshd\n")
        result = self.run_ctl("explain", f"--policy={self.etc}", self.measured())
        self.assertEqual((result.returncode, result.stdout), (NOT_JUDGED, b""))

    def test_misuse(self):
        for arguments in ([], ["a", "b"], ["--service=sshd", "a"], ["--user=u", "a"],
                          ["--tty=x", "a"], ["--service=", "--user=u", "a"],
                          ["--service=sshd", "--user=" + "u" * 257, "a"],
                          ["--at=never", "a"], ["--root=r"] * 33 + ["a"]):
            result = self.run_ctl("explain", *arguments)
            self.assertEqual((result.returncode, result.stdout), (USAGE, b""), arguments)

    def test_hostile_names_stay_harmless(self):
        name = "\033[2J"
        result = self.run_ctl("explain", f"--policy={self.etc}", f"--service={name}",
                              f"--user={name}", self.measured())
        self.assertEqual(result.returncode, DENIED)
        self.assertNotIn(b"\033", result.stdout + result.stderr)


class Genuine(ExplainCase):
    """Documents that AWS signed, years ago."""

    def setUp(self):
        super().setUp()
        need_vectors()
        for self.archived in sorted((VECTORS / "genuine").iterdir()):
            shown = json.loads(self.run_ctl("show", "--json", self.archived).stdout)
            found = shown["unverified_document"]
            if found and found["kind"] == "enclave" and not found["debug"]:
                break
        self.pcrs = found["pcrs"]
        self.aws = RULES.replace("roots = sim", "roots = aws")

    def image(self, **more):
        pcrs = {f"pcr{index}": self.pcrs[str(index)] for index in range(3)} | more
        return "[image/app]\nkind = enclave\n[release/app/1.0]\n" + "".join(
            f"{key} = {value}\n" for key, value in pcrs.items())

    def test_an_archived_document(self):
        self.configure(self.image(), self.aws)
        value = self.denied("certificate-expired", self.archived,
                            advice=["was genuine when it was made"])
        self.assertEqual(value["closest"]["different"], [])
        self.allowed(self.archived, "--at=document")

    def test_an_archived_document_of_another_application(self):
        self.configure(self.image(pcr0=A, pcr4=D), self.aws)
        value = self.denied("measurements-unknown", self.archived, "--at=document",
                            advice=["", "PCR4 differs"])
        self.assertEqual(value["closest"]["different"][0],
                         {"pcr": 0, "expected": A, "actual": self.pcrs["0"]})

    def test_a_simulator_is_not_aws(self):
        self.configure(rules=self.aws)
        self.denied("root-not-allowed", self.measured(),
                    advice=["begins with the root 'sim', and the rule trusts 'aws'"])


@unittest.skipUnless(shutil.which("ssh-keygen"), "needs ssh-keygen")
class Bindings(ExplainCase):
    def setUp(self):
        super().setUp()
        self.configure(rules=RULES + "bind = ssh-key\n")
        self.key = self.make_key("key")

    def make_key(self, name):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                        self.folder / name], check=True)
        return self.folder / f"{name}.pub"

    def fingerprint(self, key):
        return subprocess.run(["ssh-keygen", "-l", "-f", key], check=True,
                              stdout=subprocess.PIPE, text=True).stdout.split()[1]

    def test_an_ssh_key(self):
        document = self.measured(f"--public-key=ssh:{self.key}")
        self.allowed(document, f"--ssh-key={self.key}")
        other = self.make_key("other")
        value = self.denied("ssh-key-different", document, f"--ssh-key={other}",
                            advice=["nitro-attest ssh-cert"])
        self.assertIn(self.fingerprint(other), value["advice"][0])
        self.allowed(document, advice=["--ssh-key FILE tries one"])

    def test_the_key_of_a_certificate(self):
        subprocess.run(["ssh-keygen", "-q", "-s", self.folder / "key", "-I", "x", self.key],
                       check=True)
        self.allowed(self.measured(f"--public-key=ssh:{self.key}"),
                     f"--ssh-key={self.folder}/key-cert.pub")

    def test_what_is_no_key(self):
        for content, why in ((b"x", b"TYPE BASE64"), (b"ssh-dss AAAAB3NzaC1kc3M=", b"its type"),
                             (self.key.read_bytes() * 2, b"TYPE BASE64"), (b"", b"TYPE BASE64")):
            result = self.run_ctl("explain", f"--policy={self.etc}", *LOGIN,
                                  f"--ssh-key={self.write('bad', content)}", self.measured())
            self.assertEqual((result.returncode, result.stdout), (USAGE, b""))
            self.assertIn(why, result.stderr)
        result = self.run_ctl("explain", *LOGIN, "--ssh-key=/nonexistent", self.measured())
        self.assertEqual(result.returncode, USAGE)

    def test_a_signature_that_only_a_login_makes(self):
        self.configure(rules=RULES + "bind = key\n")
        self.denied("key-proof-missing", self.measured(), advice=["put it into public_key"])
        self.allowed(self.measured("--public-key=00"), advice=["can sign the challenge"])
        hour_ago = f"--time=@{int(time.time()) - 3600}"
        self.allowed(self.measured("--public-key=00", hour_ago),
                     advice=["can sign the challenge"])
        for keys in ("bind = key\nmax_age = 5min\n", "bind = key, nonce\n"):
            self.configure(rules=RULES + keys)
            self.denied("document-too-old", self.measured(
                "--public-key=00", "--nonce=00", hour_ago), advice=["1h"])

    @unittest.skipIf(os.path.exists("/sys/devices/virtual/dmi/id/board_asset_tag"),
                     "this host may be an instance")
    def test_a_host_that_is_no_instance(self):
        self.configure(rules=RULES + "bind = host\n")
        result = self.run_ctl("explain", f"--policy={self.etc}", *LOGIN, self.measured())
        self.assertEqual(result.returncode, NOT_JUDGED)
        self.assertIn(b"instance id of this host: the asset tag", result.stderr)


class RuleVerbs(ExplainCase):
    def test_list(self):
        result = self.run_ctl("rule", "list", f"--policy={self.etc}")
        self.assertEqual(result.returncode, ALLOWED)
        text = result.stdout.decode()
        self.assertLess(text.index("farm"), text.index("admins"))
        self.assertRegex(text, r"max_age +5min")
        value = json.loads(self.run_ctl("rule", "list", "--json",
                                        f"--policy={self.etc}").stdout)
        self.assertEqual([rule["name"] for rule in value["rules"]], ["farm", "admins"])
        self.assertEqual(value["rules"][0]["match"]["user"], ["build-*"])
        self.assertEqual((value["rules"][1]["level"], value["rules"][1]["image"],
                          value["rules"][1]["roots"], value["rules"][1]["max_age_ms"]),
                         (2, ["app"], ["sim"], 300000))

    def test_list_of_nothing(self):
        self.configure(rules="")
        result = self.run_ctl("rule", "list", f"--policy={self.etc}")
        self.assertEqual(result.returncode, ALLOWED)
        self.assertIn(b"no rule", result.stdout)

    def test_which_rule(self):
        for login, code, name in ((LOGIN, ALLOWED, "admins"),
                                  (("--service=sudo", "--user=build-7"), ALLOWED, "farm"),
                                  (("--service=sshd", "--user=bob"), DENIED, None)):
            arguments = ("rule", "test", f"--policy={self.etc}", *login)
            result = self.run_ctl(*arguments)
            self.assertEqual(result.returncode, code, result)
            machine = self.run_ctl(*arguments, "--json")
            self.assertEqual(machine.returncode, code)
            rule = json.loads(machine.stdout)["rule"]
            self.assertEqual(rule and rule["name"], name)
            self.assertIn((name or "No rule matches").encode(), result.stdout)

    def test_misuse(self):
        for arguments in (["rule"], ["rule", "test"], ["rule", "list", "x"],
                          ["rule", "test", "--service=sshd"], ["rule", "test", *LOGIN, "x"]):
            result = self.run_ctl(*arguments)
            self.assertEqual((result.returncode, result.stdout), (USAGE, b""), arguments)

    def which(self, *login):
        result = self.run_ctl("rule", "test", f"--policy={self.etc}", "--json", *login)
        return (json.loads(result.stdout)["rule"] or {}).get("name"), result

    def rule(self, name, **keys):
        lines = "".join(f"{key} = {value}\n" for key, value in keys.items())
        return f"[rule/{name}]\nlevel = 2\nimage = app\nuser = *\n{lines}"

    def test_every_key_counts(self):
        self.configure(rules="\n".join([
            self.rule("wheel", service="sshd", group="wheel"),
            self.rule("office", service="sshd", remote_host="*.office.example"),
            self.rule("console", service="sshd", tty="tty?"),
            self.rule("far", service="sshd", **{"from": "remote"}),
            self.rule("less", service="sudo", command="/usr/bin/less")]))
        ssh = ("--service=sshd", "--user=nobody", "--group=x")
        for login, name in (
                ((*ssh, "--group=wheel"), "wheel"), (ssh, None),
                ((*ssh, "--remote-host=a.office.example"), "office"),
                ((*ssh, "--tty=tty1"), "console"), ((*ssh, "--tty=pts/1"), None),
                ((*ssh, "--remote-host=b"), "far"),
                (("--service=sudo", "--user=nobody"), None),
                (("--service=sudo", "--user=nobody", "--command=/usr/bin/less"), "less")):
            self.assertEqual(self.which(*login)[0], name, login)
        value = json.loads(self.which(*ssh, "--tty=pts/1")[1].stdout)
        self.assertEqual([rule["mismatches"][0] for rule in value["passed_over"]], [
            {"key": "group", "expected": ["wheel"], "actual": "x"},
            {"key": "remote_host", "expected": ["*.office.example"], "actual": None},
            {"key": "tty", "expected": ["tty?"], "actual": "pts/1"},
            {"key": "from", "expected": ["remote"], "actual": "local"},
            {"key": "service", "expected": ["sudo"], "actual": "sshd"}])

    def test_groups_are_those_of_this_host(self):
        group = grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name
        self.configure(rules=self.rule("group", service="sshd", group=group))
        self.assertEqual(self.which("--service=sshd", "--user=nobody")[0], "group")
        self.assertEqual(self.which("--service=sshd", "--user=nobody", "--group=x")[0], None)
        name, result = self.which("--service=sshd", "--user=no-such-user")
        self.assertEqual(name, None)
        self.assertIn(b"no user 'no-such-user'", result.stderr)

    def test_what_a_rule_requires_is_said(self):
        self.configure(rules=RULES + "session_max = 8h\nmode = audit\nbind = nonce\n")
        text = self.run_ctl("rule", "test", f"--policy={self.etc}", *LOGIN).stdout.decode()
        for expected in (r"level +2 \(boot\)", r"session_max +8h", r"mode +audit",
                         r"bind +nonce", r"roots +sim", r"image +app"):
            self.assertRegex(text, expected)

    def test_what_sudo_says(self):
        self.configure(rules="\n".join([
            self.rule("dba", service="sudo", run_as="postgres, mysql"),
            self.rule("web", service="sudo", host="web-*", command="/bin/sh"),
            self.rule("any", service="sudo", run_as="*"),
            self.rule("adm", service="sudo", run_as="clerk", run_as_group="adm")]))
        sudo = ("--service=sudo", "--user=nobody")
        for login, name in (
                ((*sudo, "--run-as=mysql"), "dba"), ((*sudo, "--run-as=root"), "any"),
                ((*sudo, "--host=web-1", "--command=/bin/sh"), "web"),
                ((*sudo, "--run-as=clerk", "--run-as-group=adm"), "adm"),
                ((*sudo, "--run-as=clerk", "--run-as-group="), "any"),
                ((*sudo, "--run-as=clerk", "--run-as-group=root"), None),
                ((*sudo, "--host=db-1", "--command=/bin/sh"), None), (sudo, None)):
            self.assertEqual(self.which(*login)[0], name, login)
        value = json.loads(self.which(*sudo, "--host=db-1", "--command=/bin/sh")[1].stdout)
        self.assertEqual([rule["mismatches"] for rule in value["passed_over"]], [
            [{"key": "run_as", "expected": ["postgres", "mysql"], "actual": None}],
            [{"key": "host", "expected": ["web-*"], "actual": "db-1"}],
            [{"key": "run_as", "expected": ["*"], "actual": None}],
            [{"key": "run_as", "expected": ["clerk"], "actual": None},
             {"key": "run_as_group", "expected": ["adm"], "actual": None}]])

    def test_a_group_that_no_rule_names(self):
        self.configure(rules=self.rule("any", service="sudo", run_as="*"))
        sudo = ("--service=sudo", "--user=nobody", "--run-as=nobody", "--run-as-group=root")
        self.assertEqual(json.loads(self.which(*sudo)[1].stdout)["passed_over"][0]["mismatches"],
                         [{"key": "run_as_group", "expected": [], "actual": "root"}])
        text = self.run_ctl("rule", "test", f"--policy={self.etc}", *sudo).stdout.decode()
        self.assertRegex(text, "run_as_group +is not given; asked: root")

    def test_bindings_and_the_end_of_sessions_are_said(self):
        self.configure(rules=RULES + "bind = key, ssh-key\non_revoke = terminate\n")
        arguments = ("rule", "list", f"--policy={self.etc}")
        text = self.run_ctl(*arguments).stdout.decode()
        self.assertRegex(text, r"bind +ssh-key, key")
        self.assertRegex(text, r"on_revoke +terminate")
        farm, admins = json.loads(self.run_ctl(*arguments, "--json").stdout)["rules"]
        self.assertEqual((farm["bind"], farm["on_revoke"]), ([], "log"))
        self.assertEqual((admins["bind"], admins["on_revoke"]),
                         (["ssh-key", "key"], "terminate"))

    def test_a_policy_that_cannot_be_used(self):
        for arguments in (["list"], ["test", *LOGIN]):
            result = self.run_ctl("rule", *arguments, f"--policy={self.folder}/absent")
            self.assertEqual((result.returncode, result.stdout), (NOT_JUDGED, b""))


if __name__ == "__main__":
    unittest.main()
