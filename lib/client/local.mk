# One question to the daemon, one answer; what the gates and nitroctl link. What
# the gates have in common beside that: conversation, refusals, own session.
noinst_LTLIBRARIES += libclient.la
libclient_la_SOURCES = \
	%reldir%/admin.c %reldir%/admin.h \
	%reldir%/answer.c %reldir%/answer.h \
	%reldir%/client.c %reldir%/client.h \
	%reldir%/connection.c %reldir%/connection.h \
	%reldir%/conversation.c %reldir%/conversation.h \
	%reldir%/refusal.c %reldir%/refusal.h \
	%reldir%/session.c %reldir%/session.h \
	%reldir%/status.c %reldir%/status.h \
	%reldir%/submission.c %reldir%/submission.h \
	%reldir%/verdicts.c %reldir%/verdicts.h \
	dbus/nitro_bus.h
