#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Manual pages are well formed and true: every option of a program stands in its
# page and the reverse; every reason code stands in nitro-reasons(7) and the reverse.
. "$(dirname "$0")/lib.sh"
need_tool mandoc mandoc

for page in man/*.[1-9]; do
	remarks=$(mandoc -T lint -W warning "$page") ||
		complain "$page: $remarks"
done

# Options of "PROGRAM [VERB] --help" against the flags of a page.
check_options() { # page, program, verb...
	page=$1 program=$2
	shift 2
	{
		"$top_builddir/$program" --help
		for verb in "$@"; do "$top_builddir/$program" "$verb" --help; done
	} | grep -oE -- '--[a-z][a-z-]+' | sort -u >"$work/help"
	sed -n '/^\.\(It\|Op\|Ar\|Fl\)/p' "$page" | grep -oE 'Fl -[a-z][a-z-]+' |
		sed 's/Fl //; s/^-/--/' | sort -u >"$work/page"
	comm -23 "$work/help" "$work/page" | sed "s|^|$page lacks |" >"$work/only"
	comm -13 "$work/help" "$work/page" | sed "s|^|$program --help lacks |" >>"$work/only"
	[ ! -s "$work/only" ] || complain "$(cat "$work/only")"
}

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
check_options man/nitro-policyd.8 nitro-policyd/nitro-policyd
check_options man/nitroctl.8 nitroctl/nitroctl verify show status
check_options man/nitro-attest.1 nitro-attest/nitro-attest document askpass
check_options man/nitro-sim.1 nitro-sim/nitro-sim init document nsm breaks

# The tables of reasons, expanded by the preprocessor.
{
	echo '#include "attest/error.h"'
	echo '#include "policy/verdict.h"'
	echo '#define ROW(code, check, name, sentence, hint) ROW name'
	echo 'ATTEST_ERROR_TABLE(ROW) VERDICT_REASON_TABLE(ROW)'
} | ${CC:-cc} -std=gnu11 -D_GNU_SOURCE -E -P -I lib -I . -I "$top_builddir" - |
	grep -oE 'ROW "[a-z-]+"' | sed 's/ROW "//; s/"//' | sort >"$work/reasons"
[ -s "$work/reasons" ] || complain "no reason was found in the tables"
sed -n 's/^\.It Sy //p' man/nitro-reasons.7 | sort >"$work/documented"
diff "$work/reasons" "$work/documented" >"$work/diff" ||
	complain "nitro-reasons(7) and the tables differ (< table, > page): $(cat "$work/diff")"
finish "manual pages are well formed and true"
