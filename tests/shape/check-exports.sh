#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Modules export what their .sym lists and nothing else, and can be loaded as libpam
# and sudo do it, with every symbol resolved at once.
. "$(dirname "$0")/lib.sh"
need_tool nm binutils

for name in pam_nitro sudo_nitro; do
	module=$top_builddir/$name/.libs/$name.so
	wanted=$(sort $name/$name.sym)
	exported=$(nm -D --defined-only "$module" | awk '{ print $3 }' | sort)
	[ "$exported" = "${wanted:-none}" ] ||
		complain "$module exports:
$exported
and $name.sym lists:
$wanted"

	# shellcheck disable=SC2086 # one argument for each symbol
	"$top_builddir/tests/support/load_module" "$module" $wanted ||
		complain "$module cannot be loaded"
done
finish "modules export their symbols and nothing else"
