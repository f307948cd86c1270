#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The PAM module exports its hooks and nothing else, and can be loaded as libpam
# does it: every symbol resolved at once.
. "$(dirname "$0")/lib.sh"
need_tool nm binutils

module=$top_builddir/pam_nitro/.libs/pam_nitro.so
wanted=$(sort pam_nitro/pam_nitro.sym)
exported=$(nm -D --defined-only "$module" | awk '{ print $3 }' | sort)
[ "$exported" = "${wanted:-none}" ] ||
	complain "$module exports:
$exported
and pam_nitro.sym lists:
$wanted"

# shellcheck disable=SC2086 # one argument for each symbol
"$top_builddir/tests/support/load_module" "$module" $wanted ||
	complain "$module cannot be loaded as a PAM module"
finish "the module exports its hooks and nothing else"
