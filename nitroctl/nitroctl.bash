# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Completion of nitroctl for bash.

_nitroctl() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
	local login='--service --user --group --remote-host --tty --command'
	local verbs='verify show status explain diff monitor rule pcr measure import' words=''

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$verbs help --help --version" -- "$current")
		return
	fi
	case $previous in
	help)
		mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$current")
		return
		;;
	--policy)
		mapfile -t COMPREPLY < <(compgen -d -- "$current")
		return
		;;
	--level)
		mapfile -t COMPREPLY < <(compgen -W '1 2' -- "$current")
		return
		;;
	--at)
		mapfile -t COMPREPLY < <(compgen -W 'document' -- "$current")
		return
		;;
	--user)
		mapfile -t COMPREPLY < <(compgen -u -- "$current")
		return
		;;
	--group)
		mapfile -t COMPREPLY < <(compgen -g -- "$current")
		return
		;;
	--nonce | --max-age | --image | --release | --service | --remote-host | --tty | \
		--since | --lines)
		return
		;;
	esac
	if [ "$COMP_CWORD" -eq 2 ]; then
		case ${COMP_WORDS[1]} in
		import) words='kms' ;;
		rule) words='list test' ;;
		pcr) words='role instance certificate' ;;
		esac
		if [ -n "$words" ]; then
			mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
			return
		fi
	fi
	case ${COMP_WORDS[1]} in
	verify) words='--at --root --policy --level --nonce --max-age --json --quiet --help' ;;
	show | status | measure) words='--json --help' ;;
	explain) words="$login --at --root --policy --json --help" ;;
	rule) words="$login --policy --json --help" ;;
	diff) words='--root --policy --json --help' ;;
	pcr) words='--json --help' ;;
	monitor) words='--since --lines --no-follow --file --json --help' ;;
	import) words='--image --release --json --help' ;;
	*) return ;;
	esac
	if [[ $current == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
	elif [ "${COMP_WORDS[1]}" != status ]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
	fi
}
complete -o filenames -F _nitroctl nitroctl
