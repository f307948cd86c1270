#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No two libraries that may meet in a program define the same global name: calls
# would go to whichever is linked first, with the arguments of the other.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
need_tool nm binutils

shared='attest base client config eif import key nsm policy qos response seal ssh'

names_twice() { # libraries
	for library in "$@"; do
		archive=$top_builddir/.libs/lib$library.a
		[ -f "$archive" ] || { complain "$archive was not built"; continue; }
		nm -g --defined-only "$archive" |
			awk 'NF == 3 && $2 ~ /[TDBRV]/ { print $3 }' | sort -u
	done | sort | uniq -d
}

for own in pamnitro sudonitro policyd nitroctl sim deposit; do
	[ -f "$top_builddir/.libs/lib$own.a" ] || complain "lib$own.a was not built"
	# shellcheck disable=SC2086 # a list of words
	for name in $(names_twice $shared "$own"); do
		complain "$name is defined twice in lib$own or what it may meet"
	done
done

# A static function of the same name would be another function to the compiler, and
# the same one to the reader.
globals() {
	nm -g --defined-only "$top_builddir"/.libs/lib*.a |
		awk 'NF == 3 && $2 == "T" { print $3 }' | sort -u
}

statics() {
	find "$top_srcdir"/lib "$top_srcdir"/nitro* "$top_srcdir"/pam_nitro \
		"$top_srcdir"/sudo_nitro -name '*.c' -exec awk '
		FNR == 1 || /^$/ { is_static = 0 }
		/^static/ { is_static = 1 }
		is_static && match($0, /[a-z_0-9]+\(/) {
			print substr($0, RSTART, RLENGTH - 1)
			is_static = 0
		}' {} +
}

for name in $( { globals; statics | sort -u; } | sort | uniq -d); do
	complain "$name is a global function, and a static one elsewhere"
done
finish "every global name has one definition"
