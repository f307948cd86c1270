# One libcheck program per source of lib/base.
if HAVE_CHECK
base_tests = \
	%reldir%/test_base64 \
	%reldir%/test_hex \
	%reldir%/test_locked \
	%reldir%/test_option_list \
	%reldir%/test_read_file \
	%reldir%/test_time_text \
	%reldir%/test_wait_fd \
	%reldir%/test_write_file
check_PROGRAMS += $(base_tests)
TESTS += $(base_tests)

%canon_reldir%_test_base64_SOURCES = %reldir%/test_base64.c %reldir%/unit.h
%canon_reldir%_test_base64_LDADD = libbase.la $(check_libs)
%canon_reldir%_test_hex_SOURCES = %reldir%/test_hex.c %reldir%/unit.h
%canon_reldir%_test_hex_LDADD = libbase.la $(check_libs)
%canon_reldir%_test_locked_SOURCES = %reldir%/test_locked.c %reldir%/unit.h
%canon_reldir%_test_locked_LDADD = libbase.la $(check_libs)
%canon_reldir%_test_option_list_SOURCES = %reldir%/test_option_list.c %reldir%/unit.h
%canon_reldir%_test_option_list_LDADD = libbase.la $(check_libs)
%canon_reldir%_test_read_file_SOURCES = %reldir%/test_read_file.c %reldir%/unit.h
%canon_reldir%_test_read_file_LDADD = libbase.la $(check_libs)
%canon_reldir%_test_time_text_SOURCES = %reldir%/test_time_text.c %reldir%/unit.h
%canon_reldir%_test_time_text_LDADD = libbase.la $(check_libs)
%canon_reldir%_test_wait_fd_SOURCES = %reldir%/test_wait_fd.c %reldir%/unit.h
%canon_reldir%_test_wait_fd_LDADD = libbase.la $(check_libs)
%canon_reldir%_test_write_file_SOURCES = %reldir%/test_write_file.c %reldir%/unit.h
%canon_reldir%_test_write_file_LDADD = libbase.la $(check_libs)
endif
