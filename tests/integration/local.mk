# The real programs together. Python 3 with its standard library and python3-dbus.
integration_tests = \
	%reldir%/test_daemon.py \
	%reldir%/test_nitro_attest.py \
	%reldir%/test_nitro_sim.py \
	%reldir%/test_nitroctl.py \
	%reldir%/test_nitroctl_status.py \
	%reldir%/test_nitroctl_vectors.py \
	%reldir%/test_pam_nitro.py
TESTS += $(integration_tests)
EXTRA_DIST += $(integration_tests) %reldir%/harness.py \
	tests/support/nitroctl_case.py
