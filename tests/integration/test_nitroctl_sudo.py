# SPDX-License-Identifier: Apache-2.0
"""nitroctl sudo on a private host with the real sudo: sudo.conf is changed only when
sudo goes on working, and then nothing of it but the one line."""
import fcntl
import json
import os
import pathlib
import pwd
import shutil
import stat
import subprocess
import sys
import threading
import time
import unittest

TOP = pathlib.Path(os.environ.setdefault(
    "top_srcdir", str(pathlib.Path(__file__).resolve().parents[2])))
BUILD = pathlib.Path(os.environ.setdefault("top_builddir", os.getcwd()))
sys.path.insert(0, str(TOP / "tests/support"))
import private_host  # noqa: E402
import sudo_scene    # noqa: E402
from sudo_scene import SUDO, SUDO_CONF  # noqa: E402

ALLOWED, DENIED, USAGE, NOT_JUDGED = range(4)
LOCK = "/run/nitroctl-sudo.lock"
RULES = """
[rule/commands]
service = sudo
user = alice
level = 1
"""
ADMINS = """# A file with comments.\r
Plugin sudoers_policy sudoers.so   # the policy
\tPlugin sudoers_audit \\
    sudoers.so
Set disable_coredump true
Debug sudo /var/log/sudo_debug all@warn
# Plugin sudo_nitro_approval commented.so
the end"""
HOST = None


def setUpModule():
    global HOST
    HOST = sudo_scene.SudoScene(BUILD)
    with open("/etc/group", "a", encoding="utf-8") as file:
        file.write("wheel:x:60999:alice,bob\n")
    HOST.configure("rules.d/10-sudo.conf", RULES)


def tearDownModule():
    HOST.stop_all()


class NitroctlSudo(unittest.TestCase):
    def setUp(self):
        self.host = HOST
        self.line = f"Plugin sudo_nitro_approval {HOST.plugin}"
        self.addCleanup(SUDO_CONF.unlink, missing_ok=True)
        self.addCleanup(HOST.stop, "daemon")
        HOST.start_mock("none")

    def ctl(self, *arguments, code=ALLOWED, **options):
        """Verb and operands; `user` runs it, in a login of his own."""
        verb, *rest = arguments
        policy = [] if verb == "disable" else ["--policy", "/etc/nitro"]
        done = self.host.run_as(
            options.pop("user", "root"),
            [self.host.bin / "nitroctl", "sudo", verb, *policy, *rest], **options)
        self.assertEqual(done.code, code, done)
        return done

    def ctl_json(self, *arguments, **options):
        return json.loads(self.ctl(*arguments, "--json", **options).output)

    def states(self, *arguments, **options):
        outcome = self.ctl_json(*arguments, **options)
        return {check["check"]: check["state"] for check in outcome["checks"]}

    def write(self, text, mode=0o644):
        SUDO_CONF.write_bytes(text.encode())
        SUDO_CONF.chmod(mode)

    def read(self):
        return SUDO_CONF.read_bytes().decode()

    # Enabling

    def test_enable_and_disable(self):
        outcome = self.ctl_json("enable", "challenge", "timeout=3")
        self.assertTrue(outcome["enabled"] and outcome["changed"])
        self.assertEqual(outcome["line"], f"{self.line} challenge timeout=3")
        self.assertEqual(self.read(), f"{self.line} challenge timeout=3\n")
        self.assertEqual(stat.S_IMODE(SUDO_CONF.stat().st_mode), 0o644)
        self.assertTrue(self.host.sudo("alice", "true").allowed)
        self.host.start_mock("deny")
        self.assertFalse(self.host.sudo("alice", "true").allowed)

        outcome = self.ctl_json("disable")
        self.assertEqual((outcome["enabled"], outcome["changed"]), (False, True))
        self.assertEqual(self.read(), "")
        self.assertTrue(self.host.sudo("alice", "true").allowed)

    def test_says_what_it_checked(self):
        sudo = self.ctl("enable")
        for text in ("sudo      ok", "plugin    ok", "options   ok", "root      ok",
                     "loaded    ok", "was changed: line 1: Plugin"):
            self.assertIn(text, sudo.output)

    def test_the_rest_stays_as_it_is(self):
        """Comments, continued lines, CRs, a line without end, mode and owner."""
        self.write(ADMINS, 0o440)
        os.chown(SUDO_CONF, 0, 2)
        self.ctl("enable")
        self.assertEqual(self.read(), f"{ADMINS}\n{self.line}\n")
        status = SUDO_CONF.stat()
        self.assertEqual((stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid),
                         (0o440, 0, 2))
        self.ctl("disable")
        self.assertEqual(self.read(), f"{ADMINS}\n")
        self.assertEqual(list(SUDO_CONF.parent.glob(".sudo.conf*")), [])

    def test_sudoers_still_logs(self):
        """The plugins that sudo loads when none is listed are still loaded."""
        self.ctl("enable")
        self.host.start_mock("deny")
        self.assertRegex(self.host.sudo("alice", "true").log, "alice : .*debug-enclave")

    def test_again_changes_nothing_or_the_options(self):
        self.ctl("enable")
        before = SUDO_CONF.stat()
        self.assertFalse(self.ctl_json("enable")["changed"])
        self.assertEqual(SUDO_CONF.stat().st_ino, before.st_ino)
        self.ctl("enable", "debug")
        self.assertEqual(self.read(), f"{self.line} debug\n")
        self.assertFalse(self.ctl_json("disable")["changed"] is False)
        self.assertFalse(self.ctl_json("disable")["changed"])

    def test_lines_of_ours_become_one(self):
        self.write(f"plugin\tsudo_nitro_approval \\\n  /old/sudo_nitro.so a \\\n b\n# c\n"
                   f"PLUGIN sudo_nitro_approval {self.host.plugin}\nSet x y\n")
        self.ctl("enable")
        self.assertEqual(self.read(), f"{self.line}\n# c\nSet x y\n")

    def test_after_a_line_that_would_go_on(self):
        self.write("Set disable_coredump \\\n")
        self.ctl("enable")
        self.assertIn("sudo_nitro", self.host.sudo("root", "-V").output)
        self.assertTrue(self.ctl_json("test")["enabled"])

    def test_reads_the_file_as_sudo_does(self):
        path = self.host.plugin
        for text in (f"Plugin sudo_nitro_approval {path}",
                     f"\t PLUGIN\tsudo_nitro_approval\t{path}  # why\r\n",
                     f"Plu\\\n   gin \\\n sudo_nitro_approval {path}\n",
                     f"Plugin sudo_nitro_approval \\\n# comment\n {path}\n\n",
                     f"Plugin sudo_nitro_approval \\\n {path} # comment\n\n",
                     f"# Plugin \\\nPlugin sudo_nitro_approval {path}\n",
                     f"Set a b \\\\\nPlugin sudo_nitro_approval {path}\n",
                     f"Set a b \\\nPlugin sudo_nitro_approval {path}\n",
                     f"Set a b \\\n# c\nPlugin sudo_nitro_approval {path}\n",
                     f"#Plugin sudo_nitro_approval {path}\n",
                     f"Plugins sudo_nitro_approval {path}\n",
                     f"Plugin\vsudo_nitro_approval {path}\n",
                     "Plugin sudo_nitro_approval\n"):
            with self.subTest(text):
                self.write(text)
                loaded = "sudo_nitro" in self.host.sudo("root", "-V").output
                found = self.host.run("nitroctl", "sudo", "test", "--json", "--policy",
                                      "/etc/nitro")
                self.assertEqual(loaded, json.loads(found.stdout)["enabled"])

    # Refusing

    def unchanged(self, *arguments, code=DENIED, text="", **options):
        self.write(text)
        before = SUDO_CONF.stat()
        done = self.ctl(*arguments, code=code, **options)
        self.assertEqual(self.read(), text)
        self.assertEqual(SUDO_CONF.stat().st_ino, before.st_ino)
        return done

    def test_not_when_root_would_be_locked_out(self):
        self.host.start_mock("deny")
        done = self.unchanged("enable")
        self.assertIn("REFUSED", done.output)
        self.assertIn("debug-enclave", done.output)
        self.assertIn("exempt_root", done.user)
        self.ctl("enable", "exempt_root")
        self.ctl("disable")
        self.ctl("enable", "--force")
        self.assertFalse(self.host.sudo("root", "true").allowed)
        self.ctl("disable")

    def test_not_without_daemon(self):
        self.host.stop("daemon")
        done = self.unchanged("enable")
        self.assertIn("EVERYBODY WOULD BE LOCKED OUT", done.output)
        self.assertIn("daemon-absent", done.output)

    def test_silent_daemon_has_a_deadline(self):
        self.host.start_mock("silent")
        self.assertLess(self.unchanged("enable", "timeout=1").seconds, 9)

    def test_not_with_wrong_options(self):
        for option in ("nonsense", "timeout=0", "debug=yes"):
            done = self.unchanged("enable", "--force", option)
            self.assertIn("BROKEN", done.output)
            self.assertIn(option, done.output)
        for word in ("a b", "a#b", "a\\", "", "a\nb", "é"):
            self.unchanged("enable", word, code=USAGE)
        self.unchanged("enable", *["debug"] * 64, code=USAGE)

    def replace_plugin(self, path, mode=0o755):
        built = BUILD / "sudo_nitro/.libs/sudo_nitro.so"
        self.addCleanup(shutil.copy, built, self.host.plugin)
        self.addCleanup(self.host.plugin.unlink, missing_ok=True)
        self.host.plugin.unlink()
        if path:
            shutil.copy(path, self.host.plugin)
            self.host.plugin.chmod(mode)

    def test_not_with_a_plugin_that_cannot_be_loaded(self):
        self.replace_plugin(None)
        self.assertIn("No such file", self.unchanged("enable", "--force").output)
        for path, text in ((self.host.module, "symbol"), ("/etc/passwd", "ELF"),
                           (self.host.bin / "nitroctl", "")):
            shutil.copy(path, self.host.plugin)
            done = self.unchanged("enable", "--force")
            self.assertIn("plugin    BROKEN", done.output)
            self.assertIn(text, done.output)

    def test_not_with_a_plugin_that_others_could_write(self):
        self.addCleanup(os.chown, self.host.plugin, 0, 0)
        self.addCleanup(self.host.plugin.chmod, 0o755)
        self.host.plugin.chmod(0o775)
        self.assertIn("written by others", self.unchanged("enable", "--force").output)
        self.host.plugin.chmod(0o755)
        os.chown(self.host.plugin, 1, 0)
        self.assertIn("belong to root", self.unchanged("enable", "--force").output)

    def compile_plugin(self, text):
        source, plugin = self.host.bin / "other.c", self.host.bin / "other.so"
        source.write_text("#include <sudo_plugin.h>\n#include <unistd.h>\n" + text)
        subprocess.run([*os.environ.get("CC", "cc").split(), "-w", "-shared", "-fPIC",
                        "-o", plugin, source], check=True)
        return plugin

    def test_plugins_that_end_or_hold_their_process(self):
        for text, said in (("*(volatile int *)8 = 1;", "it crashes"),
                           ("_exit(0);", "ends the process")):
            with self.subTest(text):
                plugin = self.compile_plugin(
                    f"__attribute__((constructor)) static void f(void) {{ {text} }}\n")
                self.replace_plugin(plugin)
                self.assertIn(said, self.unchanged("enable", "--force").output)

    def test_what_is_no_approval_plugin(self):
        """sudo would load none of them, or pass over the one without check()."""
        functions = ("static int o() { return %d; } static int c() { return 1; }\n"
                     "struct approval_plugin sudo_nitro_approval = { %s };\n")
        good = ".type = SUDO_APPROVAL_PLUGIN, .version = SUDO_API_VERSION, .open = (void *)o"
        for opened, fields in (
                (1, good.replace("SUDO_APPROVAL", "SUDO_POLICY") + ", .check = (void *)c"),
                (1, good.replace("SUDO_API_VERSION", "SUDO_API_MKVERSION(2, 0)")
                 + ", .check = (void *)c"),
                (1, good), (1, good.replace("open", "check")),
                (0, good + ", .check = (void *)c"), (-1, good + ", .check = (void *)c")):
            with self.subTest((opened, fields)):
                self.replace_plugin(self.compile_plugin(functions % (opened, fields)))
                done = self.unchanged("enable", "--force")
                self.assertIn("plugin    BROKEN", done.output)
                self.assertIn("no approval plugin" if opened == 1 else "open() failed",
                              done.output)

    def test_back_if_sudo_dislikes_what_was_not_foreseen(self):
        """Another plugin's line is broken: sudo does not work before and after."""
        text = "Plugin other_audit /nonexistent.so\n"
        done = self.unchanged("enable", "--force", text=text)
        self.assertIn("sudo      BROKEN", done.output)

    def test_back_if_only_the_new_line_breaks_sudo(self):
        """A second copy of a symbol that sudo loads once; sudo goes by the path."""
        wrapper = self.host.bin / "sudo-wrapper"
        real = self.host.bin / "sudo-real"
        shutil.copy(SUDO, real)
        wrapper.write_text(f"#!/bin/sh\ngrep -q sudo_nitro {SUDO_CONF} && exit 1\n"
                           f"exec {real} \"$@\"\n")
        wrapper.chmod(0o755)
        private_host.mount("--bind", wrapper, SUDO)
        self.addCleanup(subprocess.run, ["umount", SUDO], check=True)
        self.write("Set a b\n")
        done = self.ctl("enable", code=DENIED)
        self.assertIn("again as it was", done.user)
        self.assertIn("is unchanged", done.output)
        self.assertEqual(self.read(), "Set a b\n")

    def test_not_for_sudo_rs_or_an_old_sudo(self):
        fake = self.host.bin / "sudo-fake"
        for version in ("sudo-rs 0.2.5", "Sudo version 1.8.31p2", "", "Sudo version"):
            with self.subTest(version):
                fake.write_text(f"#!/bin/sh\necho '{version}'\n")
                fake.chmod(0o755)
                private_host.mount("--bind", fake, SUDO)
                try:
                    done = self.unchanged("enable", "--force")
                finally:
                    subprocess.run(["umount", SUDO], check=True)
                self.assertIn("sudo      BROKEN", done.output)
                if "-rs" in version:
                    self.assertIn("pam_nitro", done.output)

    def test_only_root(self):
        for verb in ("enable", "disable", "test"):
            self.ctl(verb, user="alice", code=NOT_JUDGED)

    def test_files_that_sudo_would_pass_over(self):
        for prepare, text in ((lambda: SUDO_CONF.chmod(0o666), "written by group or others"),
                              (lambda: os.chown(SUDO_CONF, 1, 0), "belong to root")):
            self.write("")
            prepare()
            for verb in ("enable", "disable", "test"):
                self.assertIn(text, self.ctl(verb, code=NOT_JUDGED).user)
        SUDO_CONF.unlink()
        SUDO_CONF.symlink_to("/etc/passwd")
        self.assertIn("symbolic link", self.ctl("enable", code=NOT_JUDGED).user)
        SUDO_CONF.unlink()
        SUDO_CONF.mkdir()
        self.ctl("enable", code=NOT_JUDGED)
        SUDO_CONF.rmdir()
        self.write("a\0b")
        self.ctl("enable", code=NOT_JUDGED)

    def test_two_at_once(self):
        """The second waits for the first; whoever is no root cannot hold either."""
        with open(LOCK, "w", encoding="ascii") as file:
            os.chmod(LOCK, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            timer = threading.Timer(1, fcntl.flock, (file, fcntl.LOCK_UN))
            timer.start()
            self.assertGreater(self.ctl("enable").seconds, 0.9)
            timer.join()
        self.assertEqual(stat.S_IMODE(os.stat(LOCK).st_mode), 0o600)

    def test_a_change_meanwhile_is_kept(self):
        """An editor saves while nitroctl tries the plugin."""
        self.host.start_mock("silent")
        self.write("# old\n")

        def edit():
            time.sleep(1)
            self.write("# new\n")

        editor = threading.Thread(target=edit)
        editor.start()
        done = self.ctl("enable", "--force", "timeout=2", code=NOT_JUDGED)
        editor.join()
        self.assertIn("somebody else has changed it", done.user)
        self.assertEqual(self.read(), "# new\n")

    # Disabling

    def test_disable_needs_nothing(self):
        """Neither daemon nor bus nor plugin nor a sudo that works."""
        self.ctl("enable")
        self.host.stop("daemon")
        self.replace_plugin(None)
        self.assertEqual(self.host.sudo("root", "true").code, 1)
        self.ctl("disable")
        self.assertTrue(self.host.sudo("root", "true").allowed)

    def test_disable_without_the_file(self):
        self.assertFalse(self.ctl_json("disable")["changed"])
        self.assertFalse(SUDO_CONF.exists())

    # Testing

    def test_test_changes_nothing(self):
        self.assertFalse(self.ctl_json("test")["enabled"])
        self.assertFalse(SUDO_CONF.exists())
        self.ctl("enable")
        before = SUDO_CONF.stat()
        self.assertEqual(self.states("test")["loaded"], "passed")
        self.assertEqual(SUDO_CONF.stat(), before)

    def test_test_tries_what_is_enabled(self):
        self.ctl("enable", "--force", "exempt_root")
        self.host.start_mock("deny")
        self.assertEqual(self.states("test")["root"], "passed")
        self.assertEqual(self.states("test", "debug", code=DENIED)["root"], "refused")
        self.host.list_plugin("exempt_root", "nonsense")
        self.assertEqual(self.states("test", code=DENIED)["options"], "broken")
        self.host.list_plugin(path="/nonexistent.so")
        states = self.states("test", code=DENIED)
        self.assertEqual((states["plugin"], states["loaded"]), ("broken", "broken"))
        self.assertIn("nitroctl sudo disable", self.ctl("test", code=DENIED).user)

    def test_with_the_daemon_itself(self):
        self.host.start_daemon()
        done = self.ctl("test", code=DENIED)
        self.assertIn("daemon    ok", done.output)
        self.assertIn("rules     ok       1 rule is for service sudo", done.output)
        self.assertIn("(no-rule)", done.output)
        self.assertEqual(self.states("test", "exempt_root")["root"], "passed")
        self.host.configure("rules.d/20-root.conf", "[rule/root]\nservice = sudo\n"
                            "user = root, bob\nlevel = 1\nmode = audit\n")
        self.addCleanup(os.unlink, "/etc/nitro/rules.d/20-root.conf")
        self.host.run("nitroctl", "reload").check_returncode()
        self.ctl("enable")
        self.assertIn("bob: rule 'root' (mode = audit)", self.ctl("test").output)
        self.assertFalse(self.host.sudo("alice", "true").allowed)
        self.assertTrue(self.host.sudo("root", "true").allowed)

    def test_names_who_would_be_locked_out(self):
        outcome = self.ctl_json("test")
        rules = {user["user"]: user["rule"] for user in outcome["users"]}
        self.assertEqual(rules, {"alice": "commands", "bob": None})
        output = self.ctl("test").output
        self.assertIn("alice: rule 'commands'", output)
        self.assertIn("bob: NO RULE, locked out of sudo", output)

    def test_says_that_no_rule_is_for_sudo(self):
        self.host.configure("rules.d/10-sudo.conf", RULES.replace("sudo", "sshd"))
        self.addCleanup(self.host.configure, "rules.d/10-sudo.conf", RULES)
        self.assertEqual(self.states("test")["rules"], "warning")

    def test_two_lines_are_warned_of(self):
        self.write(f"{self.line}\n{self.line} debug\n")
        self.assertIn("2 lines", self.ctl("test").user)

    def test_tries_the_command_that_is_named(self):
        self.ctl("test", "--command", "/usr/bin/systemctl")
        self.assertTrue(any("command=/usr/bin/systemctl" in line
                            for line in self.host.mock_calls()))

    def test_tries_the_user_who_logged_in(self):
        """alice became root and runs nitroctl: her own sudo is tried, too."""
        entered = f"open('/proc/self/loginuid','w').write('{pwd.getpwnam('alice').pw_uid}')"
        done = subprocess.run(
            [sys.executable, "-c", f"import os;{entered};os.execv('{self.host.bin}/nitroctl',"
             "['nitroctl','sudo','test','--json'])"],
            capture_output=True, text=True, check=False)
        states = {check["check"]: check["state"]
                  for check in json.loads(done.stdout)["checks"]}
        self.assertEqual(states["caller"], "passed")
        calls = self.host.mock_calls()
        self.assertTrue(any(line.startswith("CheckVerdict sudo alice") for line in calls))


if __name__ == "__main__":
    private_host.enter_or_skip(private_host.why_not(BUILD, [SUDO]))
    unittest.main(verbosity=2)
