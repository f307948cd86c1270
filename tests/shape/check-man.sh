#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Manual pages are well formed and true: every option of a program stands in its
# page and the reverse; nitro-reasons(7) is what the tables of reasons say.
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
		# A verb of two words has "_" between them.
		for verb in "$@"; do
			# shellcheck disable=SC2046
			"$top_builddir/$program" $(echo "$verb" | tr _ ' ') --help
		done
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
# shellcheck disable=SC2046
check_options man/nitroctl.8 nitroctl/nitroctl $(
	"$top_builddir/nitroctl/nitroctl" --help |
		sed -n 's/^  \([a-z -]\{15\}\) .*/\1/p' | sed 's/ *$//; s/ /_/')
check_options man/nitro-attest.1 nitro-attest/nitro-attest document askpass submit serve ssh-cert unseal
check_options man/nitro-authorized-keys.8 nitro-authorized-keys/nitro-authorized-keys
check_options man/nitro-sim.1 nitro-sim/nitro-sim init document nsm manifest respond breaks

python3 man/make_reasons.py | diff - man/nitro-reasons.7 >"$work/diff" ||
	complain "run man/make_reasons.py: $(cat "$work/diff")"
finish "manual pages are well formed and true"
