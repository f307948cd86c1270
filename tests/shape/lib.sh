# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Shared by the shape tests: they hold the tree to the rules of HACKING.md. Each
# prints what breaks a rule and exits 1; 77 says that a tool is missing.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$PWD}"
cd "$top_srcdir" || exit 1
broken=0

complain() {
	echo "$*"
	broken=$((broken + 1))
}

need_tool() {
	command -v "$1" >/dev/null 2>&1 && return
	echo "SKIPPED: $1 is not installed (Debian package $2)"
	exit 77
}

# The code that is shipped: everything but tests, fuzz targets and benchmarks.
product_files() {
	find lib nitro-policyd pam_nitro sudo_nitro nitroctl nitro-attest \
		nitro-authorized-keys nitro-sim dbus \
		-name '*.[ch]' | sort
}

finish() {
	if [ "$broken" -eq 0 ]; then
		echo "ok: $1"
		exit 0
	fi
	echo "$broken broken"
	exit 1
}
