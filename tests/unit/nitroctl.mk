# nitroctl: what can be tried without a document.
if HAVE_CHECK
nitroctl_tests = \
	%reldir%/test_nitroctl_input \
	%reldir%/test_nitroctl_text \
	%reldir%/test_section_edit \
	%reldir%/test_sudo_conf \
	%reldir%/test_sudo_program
check_PROGRAMS += $(nitroctl_tests)
TESTS += $(nitroctl_tests)

%canon_reldir%_test_nitroctl_input_SOURCES = %reldir%/test_nitroctl_input.c %reldir%/unit.h
%canon_reldir%_test_nitroctl_input_LDADD = libnitroctl.la libbase.la $(check_libs)
%canon_reldir%_test_nitroctl_text_SOURCES = %reldir%/test_nitroctl_text.c %reldir%/unit.h
%canon_reldir%_test_nitroctl_text_LDADD = libnitroctl.la libbase.la $(check_libs)
%canon_reldir%_test_section_edit_SOURCES = %reldir%/test_section_edit.c %reldir%/unit.h
%canon_reldir%_test_section_edit_LDADD = libnitroctl.la libpolicy.la libssh.la libqos.la \
	libattest.la libbase.la $(check_libs) $(CRYPTO_LIBS) $(CBOR_LIBS) \
	$(INI_LIBS) $(JANSSON_LIBS)
%canon_reldir%_test_sudo_conf_SOURCES = %reldir%/test_sudo_conf.c %reldir%/unit.h
%canon_reldir%_test_sudo_conf_LDADD = libnitroctl.la libbase.la $(check_libs)
%canon_reldir%_test_sudo_program_SOURCES = %reldir%/test_sudo_program.c %reldir%/unit.h
%canon_reldir%_test_sudo_program_LDADD = libnitroctl.la libbase.la $(check_libs)
endif
