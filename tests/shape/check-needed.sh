#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the PAM module brings into every login program: itself it needs libpam,
# libsystemd and libc. libsystemd 252 brings libcap, libgcrypt, liblzma, liblz4 and
# libzstd along (later versions load them only when they need them); whatever else
# the closure holds would be ours.
. "$(dirname "$0")/lib.sh"
need_tool readelf binutils
need_tool ldd libc-bin

if grep -q '^HARDENING_CFLAGS = .*\(-fsanitize\|--coverage\)' \
	"$top_builddir/Makefile"; then
	echo "SKIPPED: an instrumented build needs more than the source does"
	exit 77
fi

module=$top_builddir/pam_nitro/.libs/pam_nitro.so
needed=$(readelf -d "$module" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' ')
[ "$needed" = "libc.so.6 libpam.so.0 libsystemd.so.0 " ] ||
	complain "$module needs $needed"

names() { # of the closure of a file
	ldd "$1" | awk '$2 == "=>" { print $1 }' | sort -u
}

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
names "$module" >"$work/module"
for library in libpam.so.0 libsystemd.so.0; do
	path=$(ldd "$module" | awk -v name=$library '$1 == name { print $3 }')
	echo $library
	names "$path"
done | sort -u >"$work/libraries"
more=$(comm -23 "$work/module" "$work/libraries")
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

# Nothing that one login could leave to the next, or one thread to another.
for archive in libbase libclient libpamnitro; do
	writable=$(size -A "$top_builddir/.libs/$archive.a" |
		awk '$1 ~ /^\.(data|bss|tdata|tbss)$/ && $2 > 0')
	[ -z "$writable" ] || complain "$archive owns writable data: $writable"
done
finish "the module needs $needed"
