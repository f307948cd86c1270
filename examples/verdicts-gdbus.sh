#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Live verdicts with gdbus(1) alone, which waits for signals without being root.
#
#     verdicts-gdbus.sh list        who is in
#     verdicts-gdbus.sh show ID     all properties of one verdict
#     verdicts-gdbus.sh wait        waits for the next verdict and shows it
name=org.nitro.Policy1
path=/org/nitro/Policy1
manager=$name.Manager

ask() { # method, argument...
	method=$1
	shift
	gdbus call --system --dest "$name" --object-path "$path" \
		--method "$manager.$method" "$@"
}

# "PATH: INTERFACE.VerdictIssued (objectpath '...', 'ID', 'USER', 'SERVICE')". The
# monitor itself would keep lines back, and not notice that nobody listens any more.
wait_for_one() {
	folder=$(mktemp -d) && mkfifo "$folder/signals" || exit 1
	trap 'kill "$monitor" 2>/dev/null; rm -r "$folder"' EXIT
	stdbuf -oL gdbus monitor --system --dest "$name" --object-path "$path" \
		>"$folder/signals" &
	monitor=$!
	verdict=$(sed -nu "/.*\.VerdictIssued (objectpath '[^']*', '\(v[0-9a-f]*\)'.*/{s//\1/p;q}" \
		<"$folder/signals")
	[ -n "$verdict" ]
}

case ${1-} in
list) ask ListVerdicts '{}' ;;
show) ask GetVerdict "${2:?which verdict?}" ;;
wait)
	wait_for_one || exit 1
	ask GetVerdict "$verdict"
	;;
*)
	sed -n '3,$s/^# \{0,1\}//p; /^name=/q' "$0" >&2
	exit 2
	;;
esac
