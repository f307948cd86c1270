# Tests of the house rules; see HACKING.md.
shape_tests = \
	%reldir%/check_dbus.py \
	%reldir%/check-exports.sh \
	%reldir%/check-format.sh \
	%reldir%/check_includes.py \
	%reldir%/check-needed.sh \
	%reldir%/check-man.sh \
	%reldir%/check-purity.sh \
	%reldir%/check-selinux.sh \
	%reldir%/check-sizes.sh \
	%reldir%/check-symbols.sh \
	%reldir%/check-words.sh
dist_check_SCRIPTS += $(shape_tests)
TESTS += $(shape_tests)
EXTRA_DIST += %reldir%/lib.sh
