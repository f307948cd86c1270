# lib/nsm, and the pure parts of nitro-attest.
if HAVE_CHECK
nsm_tests = \
	%reldir%/test_askpass \
	%reldir%/test_deposit \
	%reldir%/test_nsm \
	%reldir%/test_nsm_transport
check_PROGRAMS += $(nsm_tests)
TESTS += $(nsm_tests)

%canon_reldir%_test_askpass_SOURCES = %reldir%/test_askpass.c %reldir%/unit.h
%canon_reldir%_test_askpass_LDADD = libaskpass.la libbase.la $(check_libs)
%canon_reldir%_test_deposit_SOURCES = %reldir%/test_deposit.c %reldir%/unit.h
%canon_reldir%_test_deposit_LDADD = libdeposit.la libbase.la $(check_libs)
%canon_reldir%_test_nsm_SOURCES = %reldir%/test_nsm.c %reldir%/unit.h
%canon_reldir%_test_nsm_LDADD = \
	libnsm.la libattest.la libbase.la $(CBOR_LIBS) $(check_libs)
%canon_reldir%_test_nsm_transport_SOURCES = \
	%reldir%/test_nsm_transport.c %reldir%/unit.h
%canon_reldir%_test_nsm_transport_LDADD = libnsm.la libbase.la $(check_libs)
%canon_reldir%_test_nsm_transport_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=ioctl
endif
