# SPDX-License-Identifier: Apache-2.0
"""Counts what `make check` ran in one build: each libcheck test and each Python test
counts for itself, other tests count as one. Prints failures and skips with their
reasons, appends "STAGE passed failed skipped" to a file, and exits 1 on a failure."""
import pathlib
import re
import sys

LIBCHECK = re.compile(r"^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)$", re.M)
UNITTEST = re.compile(r"^Ran (\d+) tests? in .*\n\n(OK|FAILED)(?: \((.*)\))?$", re.M)


def count_unittest(match):
    details = dict(re.findall(r"([a-z ]+)=(\d+)", match[3] or ""))
    failed = int(details.get("failures", 0)) + int(details.get("errors", 0))
    skipped = int(details.get("skipped", 0))
    return int(match[1]) - failed - skipped, failed, skipped


def count_log(text, result):
    passed = failed = skipped = 0
    for match in LIBCHECK.finditer(text):
        bad = int(match[2]) + int(match[3])
        passed += int(match[1]) - bad
        failed += bad
    for match in UNITTEST.finditer(text):
        good, bad, left_out = count_unittest(match)
        passed, failed, skipped = passed + good, failed + bad, skipped + left_out
    if result == "SKIP":
        return passed, failed, skipped or 1
    if result != "PASS":
        return passed, failed or 1, skipped
    return (passed, failed, skipped) if passed + skipped else (1, 0, 0)


def main(stage, build, counts_file):
    totals = [0, 0, 0]
    for trs in sorted(pathlib.Path(build).rglob("*.trs")):
        result = re.search(r"^:global-test-result: (\w+)", trs.read_text(), re.M)[1]
        text = trs.with_suffix(".log").read_text(errors="replace")
        counts = count_log(text, result)
        totals = [a + b for a, b in zip(totals, counts)]
        name = trs.relative_to(build).with_suffix("")
        if counts[1]:
            print(f"FAILED {name}:", *text.splitlines()[-40:], sep="\n")
        for line in re.findall(r"^.*(?:SKIPPED:|\.\.\. skipped).*$", text, re.M)[:20]:
            print(f"skipped in {name}: {line}")
    print(f"{stage}: {totals[0]} passed, {totals[1]} failed, {totals[2]} skipped")
    with open(counts_file, "a", encoding="utf-8") as file:
        print(stage, *totals, file=file)
    return 1 if totals[1] or not totals[0] else 0


sys.exit(main(*sys.argv[1:]))
