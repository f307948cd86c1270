# The real programs together. Python 3 with its standard library and python3-dbus.
integration_tests = \
	%reldir%/test_nitro_attest.py
TESTS += $(integration_tests)
EXTRA_DIST += $(integration_tests)
