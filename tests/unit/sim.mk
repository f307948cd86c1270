# The simulator, and every refusal by the documents that it breaks.
if HAVE_CHECK
sim_tests = \
	%reldir%/test_refusals
check_PROGRAMS += $(sim_tests)
TESTS += $(sim_tests)

%canon_reldir%_test_refusals_SOURCES = %reldir%/test_refusals.c %reldir%/unit.h
%canon_reldir%_test_refusals_LDADD = libsim.la libpolicy.la libattest.la \
	libbase.la $(CRYPTO_LIBS) $(CBOR_LIBS) $(INI_LIBS) $(check_libs)
endif
