# Attested keys and what they are good for.
if HAVE_CHECK
key_tests = \
	%reldir%/test_attested_key \
	%reldir%/test_login \
	%reldir%/test_response \
	%reldir%/test_seal
check_PROGRAMS += $(key_tests)
TESTS += $(key_tests)

key_test_sources = %reldir%/attested.h %reldir%/unit.h
key_test_libs = libseal.la libkey.la libqos.la libsim.la libattest.la libbase.la \
	$(CRYPTO_LIBS) $(CBOR_LIBS) $(check_libs)
%canon_reldir%_test_attested_key_SOURCES = \
	%reldir%/test_attested_key.c $(key_test_sources)
%canon_reldir%_test_attested_key_LDADD = $(key_test_libs)
%canon_reldir%_test_seal_SOURCES = %reldir%/test_seal.c $(key_test_sources)
%canon_reldir%_test_seal_LDADD = $(key_test_libs)
%canon_reldir%_test_login_SOURCES = %reldir%/test_login.c %reldir%/unit.h
%canon_reldir%_test_login_LDADD = libresponse.la $(check_libs)
%canon_reldir%_test_response_SOURCES = \
	%reldir%/test_response.c $(key_test_sources)
%canon_reldir%_test_response_LDADD = libresponse.la $(key_test_libs) \
	$(JANSSON_LIBS)
endif
