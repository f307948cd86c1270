# lib/client and the code of the PAM module, without bus and without stack.
if HAVE_CHECK
client_tests = \
	%reldir%/test_admin \
	%reldir%/test_answer \
	%reldir%/test_conversation \
	%reldir%/test_invocation \
	%reldir%/test_gate_memory \
	%reldir%/test_options \
	%reldir%/test_printable \
	%reldir%/test_ssh_keys \
	%reldir%/test_status \
	%reldir%/test_verdicts \
	%reldir%/test_sudo_plugin
check_PROGRAMS += $(client_tests)
TESTS += $(client_tests)

%canon_reldir%_test_admin_SOURCES = %reldir%/test_admin.c %reldir%/loose_bus.h \
	%reldir%/unit.h
%canon_reldir%_test_admin_LDADD = libclient.la libbase.la $(SYSTEMD_LIBS) \
	$(check_libs)
%canon_reldir%_test_verdicts_SOURCES = %reldir%/test_verdicts.c %reldir%/loose_bus.h \
	%reldir%/unit.h
%canon_reldir%_test_verdicts_LDADD = libclient.la libbase.la $(SYSTEMD_LIBS) \
	$(check_libs)
%canon_reldir%_test_answer_SOURCES = %reldir%/test_answer.c %reldir%/loose_bus.h \
	%reldir%/unit.h
%canon_reldir%_test_answer_LDADD = libclient.la libbase.la $(SYSTEMD_LIBS) \
	$(check_libs)
%canon_reldir%_test_conversation_SOURCES = %reldir%/test_conversation.c %reldir%/unit.h
%canon_reldir%_test_conversation_LDADD = libclient.la libbase.la \
	$(SYSTEMD_LIBS) $(check_libs)
%canon_reldir%_test_invocation_SOURCES = %reldir%/test_invocation.c %reldir%/unit.h
%canon_reldir%_test_invocation_LDADD = libsudonitro.la libclient.la libbase.la \
	$(SYSTEMD_LIBS) $(check_libs)
%canon_reldir%_test_gate_memory_SOURCES = %reldir%/test_gate_memory.c %reldir%/unit.h
%canon_reldir%_test_gate_memory_LDADD = libpamnitro.la libclient.la libbase.la \
	$(SYSTEMD_LIBS) -lpam $(check_libs)
%canon_reldir%_test_gate_memory_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc
%canon_reldir%_test_options_SOURCES = %reldir%/test_options.c %reldir%/unit.h
%canon_reldir%_test_options_LDADD = libpamnitro.la libbase.la $(check_libs)
%canon_reldir%_test_printable_SOURCES = %reldir%/test_printable.c %reldir%/unit.h
%canon_reldir%_test_printable_LDADD = libbase.la $(check_libs)
%canon_reldir%_test_ssh_keys_SOURCES = %reldir%/test_ssh_keys.c %reldir%/unit.h
%canon_reldir%_test_ssh_keys_LDADD = libpamnitro.la libclient.la libbase.la \
	$(SYSTEMD_LIBS) -lpam $(check_libs)
%canon_reldir%_test_status_SOURCES = %reldir%/test_status.c %reldir%/loose_bus.h \
	%reldir%/unit.h
%canon_reldir%_test_status_LDADD = libclient.la libbase.la $(SYSTEMD_LIBS) \
	$(check_libs)
%canon_reldir%_test_sudo_plugin_SOURCES = %reldir%/test_sudo_plugin.c %reldir%/unit.h
%canon_reldir%_test_sudo_plugin_LDADD = libsudonitro.la libclient.la libbase.la \
	$(SYSTEMD_LIBS) $(check_libs)
endif
