#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Words that do not belong into the code: unsafe functions, tests that are always
# false, promises instead of work.
. "$(dirname "$0")/lib.sh"

forbid() { # pattern, why, files...
	pattern=$1 why=$2
	shift 2
	found=$(grep -nE "$pattern" "$@" /dev/null)
	[ -z "$found" ] || complain "$why:
$found"
}

# shellcheck disable=SC2086 # file names of the project have no spaces
code=$(product_files)
pure=$(find lib/attest lib/ssh lib/qos lib/policy -name '*.[ch]')
module=$(find lib/base lib/client pam_nitro sudo_nitro -name '*.[ch]')
forbid '\b(strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|sscanf|strtok|system|popen|tmpnam|mktemp|alloca)\(' \
	'an unsafe function' $code
forbid '\b[^_]getenv\(' 'getenv; secure_getenv where a program must' $code
forbid '^[[:space:]]*goto\b' 'goto; cleanup.h does it' $code
forbid '\b(TODO|FIXME|XXX|HACK)\b' 'a promise' $code
forbid '^[^*]*\b(error|failure|reason) < 0' 'an enum is never negative' $pure
forbid '\b(setlocale|signal|sigaction|setenv|putenv|umask|chdir|fork|atexit|openlog|pthread_create|printf|fprintf)\(' \
	'a gate leaves its host process alone' $module

for file in $code; do
	head -n 1 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
		complain "$file: does not begin with its licence"
done
finish "no forbidden word"
