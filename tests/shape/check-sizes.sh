#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Budgets of size: beauty is decided by the longest function.
. "$(dirname "$0")/lib.sh"
need_tool ctags universal-ctags
ctags --version | grep -q Universal || { echo "SKIPPED: ctags is not universal-ctags"; exit 77; }

max_file=450 max_function=60 max_median=16

for file in $(product_files); do
	lines=$(wc -l <"$file")
	[ "$lines" -le $max_file ] || complain "$file: $lines lines, at most $max_file"
done

lengths=$(product_files | grep '\.c$' |
	xargs ctags -x --c-kinds=f --fields=+e --_xformat='%N %F %n %e' |
	awk '{ print $4 - $3 + 1, $1, $2 }' | sort -n)
echo "$lengths" | awk -v max=$max_function '$1 > max { print $3 ": " $2 " has " $1 " lines, at most " max; bad++ } END { exit bad > 0 }' ||
	complain "functions over the budget"
median=$(echo "$lengths" | awk '{ n[NR] = $1 } END { print n[int((NR + 1) / 2)] }')
[ "$median" -le $max_median ] || complain "the median function has $median lines, at most $max_median"
finish "sizes are within budget (median function $median lines)"
