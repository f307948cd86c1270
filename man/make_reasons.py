# SPDX-License-Identifier: Apache-2.0
"""Prints nitro-reasons(7) from the tables of reasons, which stay the only place where
they are written: python3 man/make_reasons.py >man/nitro-reasons.7"""
import os
import pathlib
import re
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[1]
SOURCE = """
#include "attest/error.h"
#include "policy/verdict.h"
#include "qos/error.h"
#include "client/answer.h"
#include "key/error.h"
#include "response/error.h"
#include "client/refusal.h"
#define ROW(code, check, name, sentence, hint) @ #check name "<>" sentence "<>" hint @
ATTEST_ERROR_TABLE(ROW)
VERDICT_REASON_TABLE(ROW)
QOS_ERROR_TABLE(ROW)
#define CLIENT_ROW(code, name, sentence, hint) ROW(code, CLIENT, name, sentence, hint)
ANSWER_FAILURE_TABLE(CLIENT_ROW)
#define KEY_ROW(code, name, sentence, hint) ROW(code, KEY_USE, name, sentence, hint)
KEY_ERROR_TABLE(KEY_ROW)
#define RESPONSE_ROW(code, name, sentence, hint) ROW(code, RESPONSE, name, sentence, hint)
RESPONSE_ERROR_TABLE(RESPONSE_ROW)
#define GATE_ROW(code, kind, name, sentence, hint) ROW(code, GATE, name, sentence, hint)
REFUSAL_TABLE(GATE_ROW)
"""
HEAD = r""".\" SPDX-License-Identifier: Apache-2.0
.\" Made by man/make_reasons.py from the tables of reasons.
.Dd November 22, 2026
.Dt NITRO-REASONS 7
.Os
.Sh NAME
.Nm nitro-reasons
.Nd why an attestation document was refused
.Sh DESCRIPTION
A verdict of
.Xr nitro-policyd 8
and of
.Xr nitroctl 8
names one reason, by a code that does not change between versions.
The reasons are listed here by the check that gives them, in the order in which
checks are made.
The checks before the one that failed have passed, those after it were not made.
Each entry says what was found and, after that, the likely cause and what to do.
The last two lists are those of
.Xr pam_nitro 8
and other programs that ask the daemon: why it could not be asked, and what they
refused before it was."""
FOOT = """.Sh SEE ALSO
.Xr nitro-policyd 8 ,
.Xr nitroctl 8 ,
.Xr pam_nitro 8"""
# Checks about the request come first; NONE says nothing about a document.
FIRST = ["NONE", "RULE", "CHALLENGE", "VERDICT", "TICKET", "SSH_KEY", "HOST",
         "KEY"]
TITLES = {
    "NONE": "Nothing was judged",
    "CLIENT": "The daemon could not be asked",
    "KEY_USE": "The key of a document cannot be used",
    "RESPONSE": "What a document's key is said to have signed",
    "GATE": "Refused by the gate itself",
}


def rows():
    """(check, name, sentence, hint) as the preprocessor sees them."""
    command = [*os.environ.get("CC", "cc").split(), "-E", "-P", "-D_GNU_SOURCE",
               f"-I{TOP}/lib", f"-I{TOP}", "-x", "c", "-"]
    text = subprocess.run(command, input=SOURCE, text=True, check=True,
                          stdout=subprocess.PIPE).stdout
    for row in re.findall(r"@([^@]*)@", text):
        check, name, *rest = re.findall(r'"((?:[^"\\]|\\.)*)"', row)
        _, sentence, hint = "".join(rest).split("<>")
        yield check, name, sentence, hint


def sentences(text):
    """One sentence a line, as mdoc wants it."""
    lines = re.sub(r"([.?!]) (?=[A-Z])", r"\1\n", text).splitlines()
    return "\n".join(rf"\&{line}" if line[0] in ".'" else line for line in lines)


def main():
    by_check = {check: [] for check in FIRST}
    seen = set()
    for check, name, sentence, hint in rows():
        if name in seen:  # what several tables have means the same in all
            continue
        seen.add(name)
        by_check.setdefault(check, []).append((name, sentence, hint))
    print(HEAD)
    for check, reasons in by_check.items():
        if not reasons:
            continue
        title = "Check " + check.lower().replace("_", "-")
        print(".Ss", TITLES.get(check, title))
        print(".Bl -tag -width Ds")
        for name, sentence, hint in reasons:
            print(f".It Sy {name}\n{sentences(sentence)}")
            if hint:
                print(sentences(hint))
        print(".El")
    print(FOOT)


main()
