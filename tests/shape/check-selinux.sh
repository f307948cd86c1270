#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The SELinux module compiles against the policy of this distribution, and the domain that
# a unit names is in it.
. "$(dirname "$0")/lib.sh"

type=$(sed -n 's/^SELinuxContext=system_u:system_r:\(.*\):s0$/\1/p' selinux/nitro-attest-serve.conf)
for line in "type $type;" "role system_r types $type;" "corecmd_bin_entry_type($type)"; do
	grep -qxF "$line" selinux/nitro_policyd.te || complain "nitro_policyd.te lacks '$line'"
done
[ "$broken" -eq 0 ] || finish

devel=/usr/share/selinux/devel/Makefile
[ -f $devel ] || { echo "SKIPPED: $devel is missing (Debian package selinux-policy-dev)"; exit 77; }
need_tool checkmodule checkpolicy

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cp selinux/nitro_policyd.te selinux/nitro_policyd.if selinux/nitro_policyd.fc "$work"
(cd "$work" && make -f $devel nitro_policyd.pp) >"$work/log" 2>&1
[ -s "$work/nitro_policyd.pp" ] || complain "nitro_policyd does not compile: $(cat "$work/log")"
finish "the SELinux module compiles"
