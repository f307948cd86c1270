# The daemon's parts that need no bus.
if HAVE_CHECK
daemon_tests = \
	%reldir%/test_challenge \
	%reldir%/test_expiry \
	%reldir%/test_live \
	%reldir%/test_live_file \
	%reldir%/test_quota \
	%reldir%/test_rate \
	%reldir%/test_record \
	%reldir%/test_seen \
	%reldir%/test_ticket \
	%reldir%/test_work_queue
check_PROGRAMS += $(daemon_tests)
TESTS += $(daemon_tests)

%canon_reldir%_test_challenge_SOURCES = %reldir%/test_challenge.c %reldir%/unit.h
%canon_reldir%_test_challenge_LDADD = libpolicyd.la $(check_libs)
%canon_reldir%_test_expiry_SOURCES = %reldir%/test_expiry.c %reldir%/unit.h
%canon_reldir%_test_expiry_LDADD = $(policyd_libs) $(check_libs)
%canon_reldir%_test_live_SOURCES = %reldir%/test_live.c %reldir%/unit.h
%canon_reldir%_test_live_LDADD = $(policyd_libs) $(check_libs)
%canon_reldir%_test_live_file_SOURCES = %reldir%/test_live_file.c %reldir%/unit.h
%canon_reldir%_test_live_file_LDADD = $(policyd_libs) $(check_libs)
%canon_reldir%_test_quota_SOURCES = %reldir%/test_quota.c %reldir%/unit.h
%canon_reldir%_test_quota_LDADD = libpolicyd.la $(check_libs)
%canon_reldir%_test_rate_SOURCES = %reldir%/test_rate.c %reldir%/unit.h
%canon_reldir%_test_rate_LDADD = libpolicyd.la $(check_libs)
%canon_reldir%_test_record_SOURCES = %reldir%/test_record.c %reldir%/unit.h
%canon_reldir%_test_record_LDADD = libpolicyd.la $(check_libs)
%canon_reldir%_test_seen_SOURCES = %reldir%/test_seen.c %reldir%/unit.h
%canon_reldir%_test_seen_LDADD = libpolicyd.la libbase.la $(check_libs)
%canon_reldir%_test_ticket_SOURCES = %reldir%/test_ticket.c %reldir%/unit.h
%canon_reldir%_test_ticket_LDADD = libpolicyd.la libbase.la $(check_libs)
%canon_reldir%_test_work_queue_SOURCES = %reldir%/test_work_queue.c %reldir%/unit.h
%canon_reldir%_test_work_queue_LDADD = libpolicyd.la $(check_libs)
endif
