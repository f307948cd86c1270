# nitroctl: what can be tried without a document.
if HAVE_CHECK
nitroctl_tests = \
	%reldir%/test_nitroctl_input \
	%reldir%/test_nitroctl_text
check_PROGRAMS += $(nitroctl_tests)
TESTS += $(nitroctl_tests)

%canon_reldir%_test_nitroctl_input_SOURCES = %reldir%/test_nitroctl_input.c %reldir%/unit.h
%canon_reldir%_test_nitroctl_input_LDADD = libnitroctl.la libbase.la $(check_libs)
%canon_reldir%_test_nitroctl_text_SOURCES = %reldir%/test_nitroctl_text.c %reldir%/unit.h
%canon_reldir%_test_nitroctl_text_LDADD = libnitroctl.la libbase.la $(check_libs)
endif
