# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Debian packages that building, testing and the demonstration need; sourced.

# shellcheck disable=SC2034 # used by the scripts that source this file
packages_build='autoconf automake libtool pkg-config gcc libc6-dev make xz-utils
	libsystemd-dev libssl-dev libcbor-dev libini-config-dev libjansson-dev
	libpam0g-dev sudo zlib1g-dev check'
# shellcheck disable=SC2034
packages_demo='dbus libpam-modules openssh-server openssh-client openssl
	passwd python3 python3-dbus util-linux'
# shellcheck disable=SC2034
packages_check='binutils clang clang-format faketime git libclang-rt-dev
	libglib2.0-bin login mandoc polkitd python3-cryptography python3-gi
	python3-paramiko selinux-policy-dev shellcheck systemd
	systemd-journal-remote universal-ctags'
# What not every supported release has: the tests that need it are skipped without.
# shellcheck disable=SC2034
packages_optional='sudo-rs'

# Those of the packages named that this release has, as far as apt knows.
available_packages() {
	for package in "$@"; do
		apt-cache show "$package" >/dev/null 2>&1 && echo "$package"
	done
}

missing_packages() {
	for package in "$@"; do
		dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null |
			grep -qx installed || echo "$package"
	done
}

# Installs what is missing of the packages named; says what it does.
install_packages() {
	command -v dpkg-query >/dev/null 2>&1 || {
		echo "not a Debian system; needed: $*" >&2
		return 0
	}
	missing=$(missing_packages "$@" | tr '\n' ' ')
	[ -n "$missing" ] || return 0
	echo "Installing Debian packages: $missing"
	root=
	[ "$(id -u)" -eq 0 ] || root=sudo
	$root apt-get -qq update || return 1
	# shellcheck disable=SC2086
	DEBIAN_FRONTEND=noninteractive $root apt-get -qq install -y \
		--no-install-recommends $missing </dev/null >/dev/null
}
