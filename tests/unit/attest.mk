# The verifier, against documents that AWS signed and broken ones.
if HAVE_CHECK
attest_tests = \
	%reldir%/test_cursor \
	%reldir%/test_anchors \
	%reldir%/test_vectors \
	%reldir%/test_digest \
	%reldir%/test_document \
	%reldir%/test_chain_cache \
	%reldir%/test_out_of_memory
check_PROGRAMS += $(attest_tests)
TESTS += $(attest_tests)

attest_test_libs = libattest.la libbase.la $(CRYPTO_LIBS) $(CBOR_LIBS) \
	$(JANSSON_LIBS) $(check_libs)
attest_test_support = %reldir%/unit.h \
	tests/support/edit.c tests/support/edit.h \
	tests/support/vectors.c tests/support/vectors.h

%canon_reldir%_test_cursor_SOURCES = %reldir%/test_cursor.c %reldir%/unit.h
%canon_reldir%_test_cursor_LDADD = $(attest_test_libs)
%canon_reldir%_test_anchors_SOURCES = %reldir%/test_anchors.c %reldir%/unit.h
%canon_reldir%_test_anchors_LDADD = $(attest_test_libs)
%canon_reldir%_test_vectors_SOURCES = %reldir%/test_vectors.c \
	$(attest_test_support)
%canon_reldir%_test_vectors_LDADD = $(attest_test_libs)
%canon_reldir%_test_digest_SOURCES = %reldir%/test_digest.c %reldir%/unit.h
%canon_reldir%_test_digest_LDADD = libsim.la $(attest_test_libs)
%canon_reldir%_test_document_SOURCES = %reldir%/test_document.c \
	$(attest_test_support)
%canon_reldir%_test_document_LDADD = $(attest_test_libs)
%canon_reldir%_test_chain_cache_SOURCES = %reldir%/test_chain_cache.c \
	$(attest_test_support)
%canon_reldir%_test_chain_cache_LDADD = $(attest_test_libs)
%canon_reldir%_test_chain_cache_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=X509_verify_cert
%canon_reldir%_test_out_of_memory_SOURCES = %reldir%/test_out_of_memory.c \
	tests/support/failing_malloc.c tests/support/failing_malloc.h \
	$(attest_test_support)
%canon_reldir%_test_out_of_memory_LDADD = $(attest_test_libs)
%canon_reldir%_test_out_of_memory_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=calloc
endif
