# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Completion of nitroctl for bash. Verbs and options come from nitroctl's own help, so
# that there is no second list of them.

_nitroctl_verbs() {
	nitroctl --help 2>/dev/null | sed -n 's/^  \([a-z -]\{15\}\) .*/\1/p' |
		sed 's/ *$//'
}

# Names of images; with one as the argument: of its releases.
_nitroctl_names() {
	nitroctl image list 2>/dev/null | awk -v image="${1-}" '
		/^[^ ]/ { at = $1; if (image == "") print at }
		/^  [^ ]/ && NF > 4 && $1 != "RELEASE" && at == image { print $1 }'
}

# What an option or operand of this name may be.
_nitroctl_values() {
	case $1 in
	FILE*) compgen -f -- "$current" ;;
	DIR) compgen -d -- "$current" ;;
	KIND) compgen -W 'enclave nitrotpm' -- "$current" ;;
	NAME) compgen -W "$(_nitroctl_names)" -- "$current" ;;
	RELEASE) compgen -W "$(_nitroctl_names "$2")" -- "$current" ;;
	N) compgen -W '1 2 3' -- "$current" ;;
	WHICH) compgen -W 'qos qos: user-data' -- "$current" ;;
	RESPONSE) compgen -W 'message visualsign turnkey-proof' -- "$current" ;;
	FORMAT) compgen -W 'auto der raw pss pkcs1' -- "$current" ;;
	DIGEST) compgen -W 'usual sha256 sha384 sha512' -- "$current" ;;
	TIME) compgen -W 'document' -- "$current" ;;
	VERDICT) compgen -W "$(nitroctl verdict list 2>/dev/null | cut -d' ' -f1)" -- "$current" ;;
	SETTING) compgen -W 'challenge debug exempt_root timeout=' -- "$current" ;;
	USER) compgen -u -- "$current" ;;
	esac
}

_nitroctl() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
	local first=1 verbs verb help argument operand word words i
	local -a names=() operands=()

	COMPREPLY=()
	verbs=$(_nitroctl_verbs)
	[ "${COMP_WORDS[1]}" = help ] && first=2
	if [ "$COMP_CWORD" -eq "$first" ]; then
		words=$(cut -d' ' -f1 <<<"$verbs" | sort -u)
		[ "$first" -eq 1 ] && words+=' help --help --version'
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
		return
	fi
	verb=${COMP_WORDS[first]}
	if grep -q "^$verb " <<<"$verbs"; then
		if [ "$COMP_CWORD" -eq $((first + 1)) ]; then
			words=$(sed -n "s/^$verb //p" <<<"$verbs")
			mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
			return
		fi
		verb+=" ${COMP_WORDS[first+1]}"
	fi
	[ "$first" -eq 2 ] && return
	grep -qx -- "$verb" <<<"$verbs" || return
	# shellcheck disable=SC2086
	help=$(nitroctl help $verb 2>/dev/null)

	argument=$(sed -n "s/^  $previous \([A-Z|]\{1,\}\) .*/\1/p" <<<"$help")
	if [[ $previous == --* && $argument ]]; then
		mapfile -t COMPREPLY < <(_nitroctl_values "$argument" '')
		return
	fi
	if [[ $current == -* ]]; then
		words=$(sed -n 's/^  \(--[a-z-]*\) .*/\1/p' <<<"$help")
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
		return
	fi
	# Operands that stand before the cursor; then what the next one is called.
	read -ra names <<<"$verb"
	for ((i = ${#names[@]} + 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $word == --* ]]; then
			grep -q "^  $word [A-Z]" <<<"$help" && i=$((i + 1))
		else
			operands+=("$word")
		fi
	done
	read -ra names <<<"$(sed -n '1s/.*\[OPTION\]\.\.\.//p' <<<"$help")"
	operand=${names[${#operands[@]}]-}
	[[ ${names[0]-} == *...* ]] && operand=${names[0]}
	operand=${operand//[\[\].]/}
	mapfile -t COMPREPLY < <(_nitroctl_values "$operand" "${operands[0]-}")
}
complete -o filenames -F _nitroctl nitroctl
