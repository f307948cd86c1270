#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What judges is pure, as a fact of linking: it calls nothing that reads a clock, a
# file or the environment, and owns no writable data.
. "$(dirname "$0")/lib.sh"
need_tool nm binutils

if grep -q '^HARDENING_CFLAGS = .*\(-fsanitize\|--coverage\)' \
	"$top_builddir/Makefile"; then
	echo "SKIPPED: an instrumented build calls more than the source does"
	exit 77
fi

allowed='bcmp|mem(cpy|cmp|move|set|chr|rchr|mem)|str(len|nlen|cmp|ncmp|chr|chrnul|rchr|dup|ndup|spn|cspn|pbrk|str|casecmp|tol|toul|toull)|stpcpy
v?snprintf|v?asprintf|__(v?snprintf|v?asprintf|mem(cpy|move|set)|strcpy|strcat|stpcpy|fdelt|explicit_bzero)_chk|explicit_bzero
malloc|calloc|realloc|reallocarray|free|qsort|bsearch|h(create|search|destroy)_r|t(search|find|delete|destroy|walk)
__stack_chk_fail|__errno_location|_GLOBAL_OFFSET_TABLE_|__isoc(99|23)_strtou?ll?|__ctype_b_loc|__popcount[ds]i2|fnmatch|open_memstream|fclose|ferror|f(puts|putc|fputc|write)|putc|fputc|__(v?fprintf)_chk|v?fprintf'
libraries_attest='(cbor|EVP|X509|X509V3|ASN1|BIO|PEM|EC|ECDSA|BN|OSSL|ERR|OPENSSL|CRYPTO|OBJ|d2i|i2d|AUTHORITY|BASIC|NAME|CRL)_[A-Za-z0-9_]+|[di]2[id]_?re?_?[A-Za-z0-9_]*'
libraries_qos='(json|jsonp|EVP|EC|ECDSA|BN|OSSL|ERR|OPENSSL|i2d)_[A-Za-z0-9_]+|inet_(pton|ntop)'
libraries_key='(json|EVP|EC|ECDSA|BN|OSSL|ERR|OPENSSL|OBJ|ASN1|BIO|PEM|RSA|CMS|X509|GENERAL_NAMES|GENERAL_NAME|d2i|i2d|sk|CRYPTO|BUF)_[A-Za-z0-9_]+'
libraries_policy='(ini|value|col|simplebuffer|ref_array)_[a-z_]+|ini_errstr'

check_archive() { # archive, pattern of its libraries
	archive=$top_builddir/.libs/$1.a
	[ -f "$archive" ] || { complain "$archive was not built"; return; }
	defined=$(nm --defined-only "$archive" | awk 'NF == 3 { print $3 }')
	pattern=$(printf '%s\n%s\n' "$allowed" "$2" | tr '\n' '|' | sed 's/|$//')
	for symbol in $(nm -u "$archive" | awk '$1 == "U" { print $2 }' | sort -u); do
		echo "$defined" | grep -qx "$symbol" && continue
		echo "$symbol" | grep -Eqx "attest_.*|evidence_.*|anchors_.*|digest_.*|buffer_free|span_.*|hex_.*|time_.*|base64_.*|ssh_.*|qos_.*|curve_.*|checksum_.*|printable_.*|cursor_.*|crypto_.*|(attested_|public_)?key_.*" && continue
		echo "$symbol" | grep -Eqx "$pattern" ||
			complain "$1 calls $symbol, which is not on the list of pure functions"
	done
	writable=$(size -A "$archive" | awk '$1 ~ /^\.(data|bss)$/ && $2 > 0')
	[ -z "$writable" ] || complain "$1 owns writable data: $writable"
}

check_archive libattest "$libraries_attest"
check_archive libssh "$^"
check_archive libqos "$libraries_qos"
check_archive libpolicy "$libraries_policy"
check_archive libkey "$libraries_key"
check_archive libresponse "$libraries_key"
check_archive libseal "$libraries_key"
finish "what judges is pure"
