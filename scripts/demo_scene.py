# SPDX-License-Identifier: Apache-2.0
"""The story that scripts/demo tells, on a private host (tests/support)."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import dbus

TOP = pathlib.Path(os.environ["top_srcdir"])
sys.path.insert(0, str(TOP / "tests/support"))
import private_host  # noqa: E402
import ssh_scene     # noqa: E402
import sudo_scene    # noqa: E402
from application import Key  # noqa: E402
from private_host import DAEMON_USER, ROOM  # noqa: E402

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
SUDO_RULE = """[rule/commands]
service = sudo
user = builder
image = signer
level = 2
roots = sim
"""
SECRET = f"""[secret/wallet]
source = file:{ROOM}/wallet
image = signer
level = 2
roots = sim
"""
PLAINTEXT = "correct horse battery staple"

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


def outcome(word, went_as_told, wanted):
    global surprises
    print(f"  => {word}{'' if went_as_told else f'   UNEXPECTED: wanted {wanted}'}",
          flush=True)
    surprises += not went_as_told


def log_in(scene, user, expected, askpass=None):
    """Logs in by prompt."""
    show_login(f"ssh {user}@host id -un", scene.log_in(user, askpass), expected)


def log_in_with_key(scene, user, expected, key):
    """Logs in by certificate."""
    show_login(f"ssh -i {key} {user}@host id -un", scene.log_in_with_key(user, key),
               expected)


def log_in_with_manifest(scene, expected, envelope):
    show_login(f"NITRO_MANIFEST_FILE={envelope} ssh signer@host id -un",
               scene.log_in("signer", environment={"NITRO_MANIFEST_FILE": str(envelope)}),
               expected, "level 3")


def show_admin(log):
    for line in log.splitlines():
        if "NITRO_DECISION=" in line or line.startswith("sshd: pam_nitro"):
            print(f"    admin reads: {field(line, 'MESSAGE') or line}")


def show_login(command, login, expected, level="level 2"):
    """Shows both sides, and notes whether it went as it must: allowed at that level, or
    refused for the expected reason."""
    print(f"$ {command}        [{login.seconds:.1f} s]")
    for line in login.output.strip().splitlines():
        print(f"    {line}")
    show_admin(login.admin)
    as_expected = login.allowed and level in login.admin if expected == "allowed" else (
        not login.allowed and expected in login.admin and login.seconds < 6)
    outcome("logged in" if login.allowed else "refused", as_expected, expected)


def show_command(command, done, code, text, words=("done", "refused")):
    """A command of which exit code and output are known before."""
    output = (done.stdout + done.stderr).strip()
    print(f"$ {command}")
    for line in output.splitlines():
        print(f"    {line}")
    outcome(words[done.returncode != 0], done.returncode == code and text in output,
            text or f"exit code {code}")


def prepare():
    scene = sudo_scene.SudoScene(os.environ["top_builddir"])
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
        "AuthorizedKeysCommandUser nitro-keys"])
    key = scene.make_certificate()
    print(f"$ nitro-attest ssh-cert --user signer --output {key}")
    log_in_with_key(scene, "signer", "allowed", key)

    say("One measurement is different")
    scene.start_enclave({**GOOD, 2: ssh_scene.measurement("patched")})
    log_in_with_key(scene, "signer", "measurements-unknown", scene.make_certificate())


def make_application(scene, name, *options):
    """The application "trial" by nitro-sim: its manifest, approved by two of three
    people, and its key."""
    pcrs = [f"--pcr={index}={value}" for index, value in GOOD.items()]
    scene.run("nitro-sim", "manifest", ROOM / name, *pcrs, "--json",
              *options).check_returncode()
    return ROOM / name


def without_one_approval(envelope):
    manifest = json.loads(envelope.read_text())
    manifest["manifestSetApprovals"].pop()
    path = envelope.with_name("envelope-short")
    path.write_text(json.dumps(manifest))
    return path


def manifests(scene):
    say("Level 3: the release asks for one application, approved by people whom the host "
        "names")
    application = make_application(scene, "application")
    shutil.copy(application / "manifest_set.json", "/etc/nitro/operators.json")
    os.chmod("/etc/nitro/operators.json", 0o644)
    keys = (application / "release.conf").read_text().replace(
        str(application / "manifest_set.json"), "/etc/nitro/operators.json")
    scene.configure("images.d/signer.conf",
                    ssh_scene.release_text("signer", "1.0", GOOD) + keys)
    scene.configure("rules.d/10-ssh.conf", RULE.replace("level = 2", "level = 3"))
    for line in keys.strip().splitlines():
        print(f"    {line}")
    scene.start_daemon()
    scene.start_sshd()
    scene.start_enclave(GOOD, extra=(application / "document.args").read_text().split())
    envelope = application / "envelope"
    log_in_with_manifest(scene, "allowed", envelope)

    say("One approval is missing")
    log_in_with_manifest(scene, "approvals-few", without_one_approval(envelope))

    say("The manifest of another application, which the document does not bind")
    other = make_application(scene, "other", "--pivot=other")
    log_in_with_manifest(scene, "manifest-hash-different", other / "envelope")

    say("Another application in the same boot image, with its own manifest")
    scene.start_enclave(GOOD, extra=(other / "document.args").read_text().split())
    log_in_with_manifest(scene, "pivot-different", other / "envelope")
    return application


def responses(scene, application):
    say("An answer that this application signed, its document and manifest beside it")
    arguments = (application / "document.args").read_text().split()
    scene.start_enclave(GOOD, extra=arguments)
    files = {name: ROOM / name for name in ("document", "shown", "payload", "public",
                                            "response", "forged")}
    scene.run("nitro-attest", "document", "--nsm", ROOM / "nsm.sock", "--output",
              files["document"]).check_returncode()
    files["payload"].write_text("send 1 coin to bob")
    files["shown"].write_text('{"Title":"1 coin to bob"}')
    files["public"].write_bytes(bytes.fromhex(next(
        word.split("=")[1] for word in arguments if word.startswith("--public-key="))))
    response = scene.run(
        "nitro-sim", "respond", "--kind=visualsign", f"--key={application}/signing.key",
        *(f"--{option}={files[name]}" for option, name in
          (("public-key", "public"), ("payload", "payload"), ("document", "document"))),
        files["shown"]).stdout
    files["response"].write_text(response)
    files["forged"].write_text(response.replace("1 coin to bob", "9 coin to bob"))
    for name, code, text in (("response", 0, "allow"),
                             ("forged", 1, "response-message-different")):
        done = scene.run(
            "nitroctl", "verify-response", "--kind", "visualsign", "--quiet", "--policy",
            "/etc/nitro", "--level", "3", "--manifest", application / "envelope",
            "--payload", files["payload"], files[name])
        show_command(f"nitroctl verify-response --kind visualsign --level 3 ... {name}",
                     done, code, text, ("signed by the application", "refused"))


def ask_for_secret(scene, key):
    """As any program can call it; the decision, its reason, and what is sealed."""
    public = ROOM / "wallet.pub"
    public.write_bytes(key.spki)
    document = ROOM / "wallet.document"
    scene.run("nitro-attest", "document", "--nsm", ROOM / "nsm.sock", "--public-key",
              f"@{public}", "--output", document).check_returncode()
    decision, verdict, sealed = dbus.SystemBus().call_blocking(
        "org.nitro.Policy1", "/org/nitro/Policy1", "org.nitro.Policy1.Manager",
        "ReleaseSecret", "saya{sv}", ("wallet", dbus.ByteArray(document.read_bytes()), {}))
    print("D-Bus call: ReleaseSecret(wallet, DOCUMENT)")
    print(f"    {decision}: {verdict['Message']} {len(sealed)} bytes are sealed.")
    return decision, verdict["Reason"], bytes(sealed)


def secrets(scene):
    say("A secret for this image, sealed to the key that the enclave's document carries")
    (ROOM / "wallet").write_text(PLAINTEXT + "\n")
    (ROOM / "wallet").chmod(0o600)
    shutil.chown(ROOM / "wallet", DAEMON_USER)
    os.makedirs("/etc/nitro/secrets.d")
    scene.configure("secrets.d/wallet.conf", SECRET)
    scene.configure("images.d/signer.conf",
                    ssh_scene.release_text("signer", "1.0", GOOD))
    scene.configure("rules.d/10-ssh.conf", RULE)
    show_file("/etc/nitro/secrets.d/wallet.conf")
    scene.start_daemon()
    scene.start_enclave(GOOD)
    key = Key(ROOM / "wallet.key")
    _, _, sealed = ask_for_secret(scene, key)
    (ROOM / "sealed").write_bytes(sealed)
    done = scene.run("nitro-attest", "unseal", "--private-key", key.file, ROOM / "sealed")
    show_command("nitro-attest unseal --private-key wallet.key sealed", done, 0, PLAINTEXT,
                 ("opened inside the enclave", "not opened"))

    say("Another image asks for it")
    scene.start_enclave({**GOOD, 2: ssh_scene.measurement("patched")})
    decision, reason, sealed = ask_for_secret(scene, key)
    outcome("refused" if decision == "deny" else "released",
            (decision, reason, sealed) == ("deny", "measurements-unknown", b""),
            "measurements-unknown")


def live_verdicts(scene):
    say("A login that lasts: its verdict lives, and sudo asks for it at each command")
    if not os.path.exists("/proc/self/sessionid"):
        print("ABSENT: this kernel has no audit sessions: this part is left out")
        return
    scene.configure("rules.d/10-ssh.conf", RULE + "on_revoke = terminate\n")
    scene.configure("rules.d/50-sudo.conf", SUDO_RULE)
    with open("/etc/sudoers", "a", encoding="utf-8") as sudoers:
        print("builder ALL = (ALL:ALL) NOPASSWD: ALL", file=sudoers)
    scene.list_plugin()
    scene.start_daemon()
    scene.start_enclave(GOOD)
    scene.start_sshd(session="session required pam_loginuid.so\nsession required {module}")
    session = scene.remote_session("builder")
    print("$ ssh builder@host")
    question = ("verdict", "list", "--user", "builder")
    show_command(f"nitroctl {' '.join(question)}", scene.run("nitroctl", *question), 0,
                 "attached", ("one session is in", "no answer"))
    show_sudo("sudo id -un        (in this session)", session.sudo("id -un"), True)
    show_sudo("sudo id -un        (in another session of builder, without a verdict)",
              scene.sudo("builder", "id", "-un"), False)

    say("The release is revoked while the session goes on")
    position = scene.log_size()
    done = scene.run("nitroctl", "image", "revoke", "--yes", "--config-dir", "/etc/nitro",
                     "signer", "1.0")
    show_command("nitroctl image revoke signer 1.0", done, 0, "state = revoked")
    private_host.wait_for(lambda: "Could not terminate" in scene.log_since(position),
                          "the daemon does not act on the revoked release")
    for line in scene.log_since(position).splitlines():
        if "has lost the verdict" in line or "Could not terminate" in line:
            print(f"    admin reads: {field(line, 'MESSAGE')}")
    print("    (there is no logind in here that could end the session)")
    done = scene.run("nitroctl", *question)
    print(f"$ nitroctl {' '.join(question)}\n{done.stdout}", end="")
    outcome("nobody is in", (done.returncode, done.stdout) == (0, ""), "no verdict")
    show_sudo("sudo id -un        (in the session that goes on)", session.sudo("id -un"),
              False)
    session.end()


def show_sudo(command, sudo, allowed):
    print(f"$ {command}")
    for line in (sudo.output or sudo.user).strip().splitlines():
        print(f"    {line}")
    as_expected = (sudo.allowed and sudo.output.strip() == "root" if allowed else
                   not sudo.allowed and "(verdict-unknown)" in sudo.user)
    outcome("allowed" if sudo.allowed else "refused", as_expected,
            "allowed" if allowed else "verdict-unknown")


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
        responses(scene, manifests(scene))
        secrets(scene)
        live_verdicts(scene)
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
