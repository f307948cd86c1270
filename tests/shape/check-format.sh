#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The form of the code (.clang-format) and of the scripts (shellcheck).
. "$(dirname "$0")/lib.sh"
need_tool shellcheck shellcheck

scripts=$(find scripts tests .ci autogen.sh -type f ! -name '*.[ch]' -exec grep -lE '^#!/bin/(ba)?sh' {} + 2>/dev/null)
# shellcheck disable=SC2086
shellcheck -S warning -x -P SCRIPTDIR -e SC1091 $scripts || complain "shellcheck has remarks"

# Its output differs between major versions; the tree is formatted with 14.
if clang-format --version 2>/dev/null | grep -q 'version 14\.'; then
	for file in $(product_files) $(find tests fuzz bench -name '*.[ch]' | sort); do
		clang-format --dry-run -Werror "$file" 2>/dev/null ||
			complain "$file: run clang-format -i"
	done
else
	echo "note: clang-format 14 is not installed; the form of C was not checked"
fi
finish "form"
