#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the modules bring into every program that asks for a login: themselves they
# need libsystemd and libc, and the PAM module libpam. libsystemd 252 brings libcap,
# libgcrypt, liblzma, liblz4 and libzstd along (later versions load them only when
# they need them); whatever else the closure holds would be ours.
. "$(dirname "$0")/lib.sh"
need_tool readelf binutils
need_tool ldd libc-bin

if grep -q '^HARDENING_CFLAGS = .*\(-fsanitize\|--coverage\)' \
	"$top_builddir/Makefile"; then
	echo "SKIPPED: an instrumented build needs more than the source does"
	exit 77
fi

names() { # of the closure of a file
	ldd "$1" | awk '$2 == "=>" { print $1 }' | sort -u
}

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

check_file() { # path, libraries beside libc
	module=$top_builddir/$1
	shift
	wanted="libc.so.6 $* "
	needed=$(readelf -d "$module" |
		sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' ')
	[ "$needed" = "$wanted" ] || complain "$module needs $needed"

	names "$module" >"$work/module"
	for library in "$@"; do
		path=$(ldd "$module" | awk -v name="$library" '$1 == name { print $3 }')
		echo "$library"
		names "$path"
	done | sort -u >"$work/libraries"
	more=$(comm -23 "$work/module" "$work/libraries" | grep -vx 'libc\.so\.6')
	[ -z "$more" ] || complain "the closure of $module holds $more"
	for library in libcrypto libssl libcbor libjansson libini_config libpthread; do
		! grep "^$library\." "$work/module" ||
			complain "$library has no place in a login program"
	done

	# Bound at once, and read-only from then on.
	readelf -d "$module" | grep -q 'FLAGS.*NOW' || complain "$module is bound lazily"
	readelf -lW "$module" | grep -q GNU_RELRO || complain "$module has no RELRO"
	! readelf -lW "$module" | grep -q 'GNU_STACK.*E ' ||
		complain "$module has an executable stack"
}

check_file pam_nitro/.libs/pam_nitro.so libpam.so.0 libsystemd.so.0
check_file sudo_nitro/.libs/sudo_nitro.so libsystemd.so.0
# sshd starts this one for each key that anybody offers.
check_file nitro-authorized-keys/nitro-authorized-keys libsystemd.so.0

# Nothing that one login could leave to the next, or one thread to another. sudo's
# interface has no handle: what its plugin knows between two calls is in one object.
for archive in libbase libclient libpamnitro libsudonitro; do
	writable=$(size -A "$top_builddir/.libs/$archive.a" |
		awk '/:$/ { at = $1 }
			$1 ~ /^\.(data|bss|tdata|tbss)$/ && $2 > 0 && at != "sudo_nitro.o" { print at, $0 }')
	[ -z "$writable" ] || complain "$archive owns writable data: $writable"
done
finish "the modules need what they should"
