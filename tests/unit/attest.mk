# The verifier, against documents that AWS signed and broken ones.
if HAVE_CHECK
attest_tests = \
	%reldir%/test_vectors
check_PROGRAMS += $(attest_tests)
TESTS += $(attest_tests)

attest_test_libs = libattest.la libbase.la $(CRYPTO_LIBS) $(CBOR_LIBS) \
	$(JANSSON_LIBS) $(check_libs)
attest_test_support = tests/support/vectors.c tests/support/vectors.h \
	%reldir%/unit.h

%canon_reldir%_test_vectors_SOURCES = %reldir%/test_vectors.c \
	$(attest_test_support)
%canon_reldir%_test_vectors_LDADD = $(attest_test_libs)
endif
