# SPDX-License-Identifier: Apache-2.0
"""The law of includes (ARCHITECTURE.md): which folder may use which, where system
headers are confined to, and that each header compiles alone."""
import fnmatch
import os
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(os.environ.get("top_srcdir", pathlib.Path(__file__).parents[2]))
BUILD = os.environ.get("top_builddir", ".")
CC = os.environ.get("CC", "cc").split()

# Which folders' headers a folder may include, beside its own.
LAW = {
    "lib/base": "",
    "lib/attest": "base",
    "lib/ssh": "base",
    "lib/qos": "attest base",
    "lib/policy": "qos ssh attest base",
    "lib/config": "policy attest base",
    "lib/nsm": "attest base",
    "lib/eif": "attest base",
    "lib/import": "eif attest base",
    "lib/key": "qos attest base",
    "lib/seal": "key attest base",
    "lib/response": "key attest base",
    "lib/client": "dbus base",
    "nitro-policyd": "response seal key config policy ssh attest dbus base",
    "pam_nitro": "client dbus base",
    "sudo_nitro": "client dbus base",
    "nitroctl": "response seal key ssh qos import eif config policy attest client dbus base",
    "nitro-authorized-keys": "ssh client dbus base",
    "nitro-attest": "response seal key client dbus ssh nsm base",
    "nitro-sim": "ssh qos nsm attest base",
    "dbus": "",
}

# Headers of lib/attest that other folders see; the rest is private to it, but for
# the CBOR reader (for the NSM protocol) and the parsers (for `nitroctl show`).
PUBLIC_ATTEST = {"anchors", "attest", "chain_cache", "digest", "error", "evidence",
                 "limits"}
EXCEPTIONS = {
    "attest/cursor.h": ["lib/nsm/*", "lib/eif/*", "lib/qos/checksum.c",
                        "nitro-sim/*"],
    "attest/cose_sign1.h": ["nitroctl/cmd_show.c", "nitroctl/side.c"],
    "attest/crypto.h": ["nitroctl/cmd_show.c", "lib/key/public_key.h"],
    "attest/document.h": ["nitroctl/cmd_show.c", "nitroctl/side.h"],
    "attest/certificate.h": ["nitroctl/cmd_show.c"],
}

# Who may see that a key is one of OpenSSL's.
USERS_OF_OPENSSL_KEYS = ["lib/key", "lib/seal", "lib/response"]

# Where a system header may be included; all others are free.
QUARANTINE = {
    "cbor.h": ["lib/attest/cursor.c", "lib/nsm/*", "nitro-sim/*"],
    "openssl/": ["lib/attest/crypto.*", "lib/attest/certificate*",
                 "lib/attest/chain.*", "lib/attest/anchors*", "lib/attest/pem.c",
                 "lib/eif/*", "lib/key/attested_key.c", "lib/key/public_key.*",
                 "lib/qos/curve.c", "lib/response/certificate.c",
                 "lib/response/signature.c",
                 "lib/seal/recipient.*", "lib/seal/seal.c",
                 "nitroctl/tls_fetch.c", "nitro-sim/*", "nitro-attest/*"],
    "systemd/": ["lib/client/*", "nitro-policyd/*",
                 "nitro-attest/cmd_serve.c", "nitro-attest/server.h",
                 "nitroctl/journal_reader.c"],
    "security/": ["pam_nitro/*"],
    "sudo_plugin.h": ["sudo_nitro/*", "nitroctl/sudo_trial.c"],
    "ini_config": ["lib/policy/*"],
    "jansson.h": ["nitro-policyd/live_file.c", "lib/import/*", "lib/qos/*", "lib/response/json.h",
                  "nitro-sim/respond.h",
                  "nitroctl/*"],
    "pthread.h": ["nitro-policyd/*"],
    "zlib.h": ["lib/eif/*"],
}


def among(name, patterns):
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def judge_project(name, included):
    folder, target = os.path.dirname(name), os.path.dirname(included)
    own = folder.removeprefix("lib/")
    if not target:
        return None if included == "config.h" else "names no folder"
    if target != own and target not in LAW[folder].split():
        return f"{folder} may not use {target}"
    if included == "key/public_key.h" and folder not in USERS_OF_OPENSSL_KEYS:
        return f"is private to {', '.join(USERS_OF_OPENSSL_KEYS)}"
    if target == "attest" and folder != "lib/attest":
        stem = pathlib.Path(included).stem
        if stem not in PUBLIC_ATTEST and not among(name, EXCEPTIONS.get(included, [])):
            return "is private to lib/attest"
    return None


def judge_system(name, included):
    for prefix, allowed in QUARANTINE.items():
        if included.startswith(prefix) and not among(name, allowed):
            return f"is confined to {', '.join(allowed)}"
    return None


def broken_includes(path, name):
    for kind, included in re.findall(r'^#\s*include ([<"])(.*)[">]$',
                                     path.read_text(), re.M):
        why = (judge_project if kind == '"' else judge_system)(name, included)
        if why:
            yield f'{name}: "{included}": {why}'


def compiles_alone(name):
    command = CC + ["-std=gnu11", "-D_GNU_SOURCE", "-fsyntax-only", "-Wall",
                    "-Wextra", "-Werror", f"-I{TOP}/lib", f"-I{TOP}",
                    "-include", f"{BUILD}/config.h", "-x", "c", "-"]
    source = f'#include "{name.removeprefix("lib/")}"\n'
    return subprocess.run(command, input=source, text=True, check=False).returncode == 0


def main():
    broken, seen = [], 0
    for folder in LAW:
        for path in sorted((TOP / folder).glob("*.[ch]")):
            name = str(path.relative_to(TOP))
            seen += 1
            broken += broken_includes(path, name)
            if path.suffix == ".h" and not compiles_alone(name):
                broken.append(f"{name}: does not compile alone")
    if seen < 20:
        broken.append(f"only {seen} files were found: the test looked in vain")
    print("\n".join(broken) or f"ok: {seen} files obey the law of includes")
    return 1 if broken else 0


sys.exit(main())
