# The simulator, and the verifier against the documents that it makes.
if HAVE_CHECK
sim_tests = \
	%reldir%/test_authority \
	%reldir%/test_boundaries \
	%reldir%/test_refusals
check_PROGRAMS += $(sim_tests)
TESTS += $(sim_tests)

sim_test_libs = libsim.la libpolicy.la libssh.la libqos.la libattest.la libbase.la \
	$(CRYPTO_LIBS) $(CBOR_LIBS) $(INI_LIBS) $(JANSSON_LIBS) $(check_libs)
%canon_reldir%_test_authority_SOURCES = \
	%reldir%/test_authority.c %reldir%/unit.h
%canon_reldir%_test_authority_LDADD = $(sim_test_libs)
%canon_reldir%_test_boundaries_SOURCES = \
	%reldir%/test_boundaries.c %reldir%/unit.h
%canon_reldir%_test_boundaries_LDADD = $(sim_test_libs)
%canon_reldir%_test_refusals_SOURCES = %reldir%/test_refusals.c %reldir%/unit.h
%canon_reldir%_test_refusals_LDADD = $(sim_test_libs)
endif
