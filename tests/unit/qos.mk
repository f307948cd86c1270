# libcheck programs for lib/qos.
if HAVE_CHECK
qos_tests = \
	%reldir%/test_manifest_refusals \
	%reldir%/test_qos \
	%reldir%/test_qos_genuine \
	%reldir%/test_qos_memory
check_PROGRAMS += $(qos_tests)
TESTS += $(qos_tests)

qos_test_libs = libqos.la libattest.la libbase.la $(CRYPTO_LIBS) $(CBOR_LIBS) \
	$(JANSSON_LIBS) $(check_libs)
%canon_reldir%_test_qos_genuine_SOURCES = \
	%reldir%/test_qos_genuine.c %reldir%/unit.h \
	tests/support/vectors.c tests/support/vectors.h
%canon_reldir%_test_qos_genuine_LDADD = $(qos_test_libs)
%canon_reldir%_test_manifest_refusals_SOURCES = \
	%reldir%/test_manifest_refusals.c %reldir%/policy_unit.h %reldir%/unit.h
%canon_reldir%_test_manifest_refusals_LDADD = libsim.la $(policy_test_libs)
%canon_reldir%_test_qos_SOURCES = %reldir%/test_qos.c %reldir%/unit.h
%canon_reldir%_test_qos_LDADD = libsim.la $(qos_test_libs)
%canon_reldir%_test_qos_memory_SOURCES = \
	%reldir%/test_qos_memory.c %reldir%/unit.h
%canon_reldir%_test_qos_memory_LDADD = libsim.la $(qos_test_libs)
%canon_reldir%_test_qos_memory_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc
endif
