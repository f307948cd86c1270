#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The SELinux module compiles against the policy of this distribution.
. "$(dirname "$0")/lib.sh"
devel=/usr/share/selinux/devel/Makefile
[ -f $devel ] || { echo "SKIPPED: $devel is missing (Debian package selinux-policy-dev)"; exit 77; }
need_tool checkmodule checkpolicy

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cp selinux/nitro_policyd.te selinux/nitro_policyd.if selinux/nitro_policyd.fc "$work"
(cd "$work" && make -f $devel nitro_policyd.pp) >"$work/log" 2>&1
[ -s "$work/nitro_policyd.pp" ] || complain "nitro_policyd does not compile: $(cat "$work/log")"
finish "the SELinux module compiles"
