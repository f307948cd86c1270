# SPDX-License-Identifier: Apache-2.0
"""The story that scripts/demo tells, on a private host (tests/support)."""
import os
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(os.environ["top_srcdir"])
sys.path.insert(0, str(TOP / "tests/support"))
import private_host  # noqa: E402
import ssh_scene     # noqa: E402

VECTORS = pathlib.Path(os.environ["NITRO_VECTORS"])
GOOD = ssh_scene.pcrs_of("signer 1.0")
RULE = """[rule/ssh-signers]
service = sshd
user = signer, builder
image = signer
level = 2
roots = sim
bind = nonce
"""

surprises = 0


def say(text):
    print(f"\n--- {text}", flush=True)


def show_file(path):
    print(f"{path}:")
    for line in pathlib.Path(path).read_text().splitlines():
        print(f"    {line if len(line) < 76 else line[:73] + '...'}")


def field(text, name):
    match = re.search(rf"\b{name}=(\"[^\"]*\"|\S*)", text)
    return match[1].strip('"') if match else ""


def log_in(scene, user, expected, askpass=None):
    """Logs in by prompt."""
    show_login(f"ssh {user}@host id -un", scene.log_in(user, askpass), expected)


def log_in_with_key(scene, user, expected, key):
    """Logs in by certificate."""
    show_login(f"ssh -i {key} {user}@host id -un", scene.log_in_with_key(user, key),
               expected)


def show_login(command, login, expected):
    """Shows both sides, and notes whether it went as it must."""
    global surprises
    print(f"$ {command}        [{login.seconds:.1f} s]")
    for line in login.output.strip().splitlines():
        print(f"    {line}")
    for line in login.admin.splitlines():
        if "NITRO_DECISION=" in line or line.startswith("sshd: pam_nitro"):
            message = field(line, "MESSAGE") or line
            print(f"    admin reads: {message}")
    as_expected = login.allowed if expected == "allowed" else (
        not login.allowed and expected in login.admin and login.seconds < 6)
    print(f"  => {'logged in' if login.allowed else 'refused'}"
          f"{'' if as_expected else f'   UNEXPECTED: wanted {expected}'}", flush=True)
    surprises += not as_expected


def prepare():
    scene = ssh_scene.SshScene(os.environ["top_builddir"])
    scene.add_login_user("signer")
    scene.add_login_user("builder")
    scene.configure("images.d/signer.conf",
                    ssh_scene.release_text("signer", "1.0", GOOD))
    scene.configure("rules.d/10-ssh.conf", RULE)
    return scene


def logins(scene):
    say("The host: one image, one rule, one line in the PAM stack of sshd")
    show_file("/etc/nitro/images.d/signer.conf")
    show_file("/etc/nitro/rules.d/10-ssh.conf")
    scene.start_daemon()
    scene.start_sshd()
    show_file("/etc/pam.d/sshd")

    say("The enclave with the right measurements logs in")
    scene.start_enclave(GOOD)
    log_in(scene, "signer", "allowed", scene.recording_askpass())

    say("The answers of that login, replayed")
    replay = scene.replaying_askpass(scene.recorded_answers())
    log_in(scene, "signer", "nonce-different", replay)

    say("A document made for the login of builder, used for the login of signer")
    log_in(scene, "builder", "allowed", scene.recording_askpass())
    relay = scene.replaying_askpass(scene.recorded_answers())
    log_in(scene, "signer", "nonce-different", relay)

    say("One measurement is different: a patched application")
    scene.start_enclave({**GOOD, 2: ssh_scene.measurement("patched")})
    log_in(scene, "signer", "measurements-unknown")

    say("The same image in debug mode")
    scene.start_enclave({}, debug=True)
    log_in(scene, "signer", "debug-enclave")

    say("The daemon is stopped")
    scene.start_enclave(GOOD)
    scene.stop("daemon")
    log_in(scene, "signer", "nitro-policyd")


def certificates(scene):
    say("No prompts: the enclave makes a key and a certificate with the key's document")
    scene.configure("rules.d/10-ssh.conf", RULE.replace("bind = nonce", "bind = ssh-key"))
    scene.start_daemon()
    scene.start_enclave(GOOD)
    scene.start_sshd(auth="auth required pam_deny.so", methods="publickey", extra=[
        f"AuthorizedKeysCommand {scene.bin}/nitro-authorized-keys %u %t %k %f",
        "AuthorizedKeysCommandUser nitro-policyd"])
    key = scene.make_certificate()
    print(f"$ nitro-attest ssh-cert --user signer --output {key}")
    log_in_with_key(scene, "signer", "allowed", key)

    say("One measurement is different")
    scene.start_enclave({**GOOD, 2: ssh_scene.measurement("patched")})
    log_in_with_key(scene, "signer", "measurements-unknown", scene.make_certificate())


def genuine_documents(scene):
    global surprises
    say("Documents that AWS signed, each judged at its own time")
    if not (VECTORS / "index.json").exists():
        print(f"ABSENT: {VECTORS}: this part is left out")
        return
    for folder, expected in (("genuine", 0), ("rejected", 1)):
        for path in sorted((VECTORS / folder).glob("*.cbor")):
            done = subprocess.run(
                [scene.bin / "nitroctl", "verify", "--at", "document", "--quiet", path],
                capture_output=True, text=True, check=False)
            for line in done.stdout.strip().splitlines():
                print(f"  {folder}: {line.replace(str(path), path.name)}")
            if done.returncode != expected:
                surprises += 1
                print(f"  UNEXPECTED: exit code {done.returncode}: {done.stderr}")


def main():
    scene = prepare()
    try:
        logins(scene)
        certificates(scene)
        genuine_documents(scene)
    finally:
        scene.stop_all()
    say("Everything went as it must" if not surprises else f"{surprises} SURPRISES")
    return 1 if surprises else 0


why = private_host.why_not(os.environ["top_builddir"])
if why:
    sys.exit(f"The demonstration cannot run here: {why}")
private_host.enter()
sys.exit(main())
