#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Gives every input of corpus/NAME to the target fuzz_NAME once. A target without
# inputs, and inputs without a target, are errors.
set -eu
for target in "$top_builddir"/fuzz/fuzz_*[a-z0-9]; do
	case $target in *.*) continue ;; esac
	name=${target##*/fuzz_}
	set -- "$top_srcdir/fuzz/corpus/$name"/*
	echo "$name:"
	"$target" "$@"
done
for corpus in "$top_srcdir"/fuzz/corpus/*; do
	[ -x "$top_builddir/fuzz/fuzz_${corpus##*/}" ]
done
