# libcheck programs for lib/ssh.
if HAVE_CHECK
ssh_tests = \
	%reldir%/test_ssh \
	%reldir%/test_ssh_keygen
check_PROGRAMS += $(ssh_tests)
TESTS += $(ssh_tests)

%canon_reldir%_test_ssh_SOURCES = %reldir%/test_ssh.c %reldir%/unit.h
%canon_reldir%_test_ssh_LDADD = libssh.la libbase.la $(check_libs)
%canon_reldir%_test_ssh_keygen_SOURCES = %reldir%/test_ssh_keygen.c \
	%reldir%/unit.h
%canon_reldir%_test_ssh_keygen_LDADD = libssh.la libbase.la $(CRYPTO_LIBS) \
	$(check_libs)
endif
