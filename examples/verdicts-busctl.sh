#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Live verdicts with busctl(1) alone.
#
#     verdicts-busctl.sh list        who is in: id, user, service, state, session
#     verdicts-busctl.sh show ID     all properties of one verdict
#     verdicts-busctl.sh wait        waits for the next verdict and shows it (root)
name=org.nitro.Policy1
path=/org/nitro/Policy1
manager=$name.Manager

# a(osssss): the number of verdicts, then six words for each.
list() {
	busctl call "$name" "$path" "$manager" ListVerdicts 'a{sv}' 0 |
		tr ' ' '\n' | tr -d '"' | tail -n +3 |
		paste -d ' ' - - - - - - | cut -d ' ' -f 2-
}

show() {
	busctl introspect "$name" "$path/verdict/$1" "$name.Verdict"
}

# Each message is one line of JSON; the second word of this signal is the id. The
# monitor itself would not notice that nobody listens any more.
wait_for_one() {
	folder=$(mktemp -d) && mkfifo "$folder/signals" || exit 1
	trap 'kill "$monitor" 2>/dev/null; rm -r "$folder"' EXIT
	busctl --json=short --match="type='signal',interface='$manager',member='VerdictIssued'" \
		monitor >"$folder/signals" 2>/dev/null &
	monitor=$!
	verdict=$(sed -nu '/.*"data":\["[^"]*","\(v[0-9a-f]*\)".*/{s//\1/p;q}' \
		<"$folder/signals")
	[ -n "$verdict" ]
}

case ${1-} in
list) list ;;
show) show "${2:?which verdict?}" ;;
wait)
	wait_for_one || exit 1
	show "$verdict"
	;;
*)
	sed -n '3,$s/^# \{0,1\}//p; /^name=/q' "$0" >&2
	exit 2
	;;
esac
