# The daemon; libpolicyd.la is all of it but main(), for its tests.
noinst_LTLIBRARIES += libpolicyd.la
libpolicyd_la_SOURCES = \
	%reldir%/access.c %reldir%/access.h \
	%reldir%/account.h \
	%reldir%/bus_api.c %reldir%/bus_api.h \
	%reldir%/bus_arguments.c %reldir%/bus_arguments.h \
	%reldir%/bus_live.c %reldir%/bus_live.h \
	%reldir%/bus_live_arguments.c \
	%reldir%/bus_object.c %reldir%/bus_object.h \
	%reldir%/bus_options.c %reldir%/bus_options.h \
	%reldir%/bus_filter.c %reldir%/bus_filter.h \
	%reldir%/bus_join.c %reldir%/bus_join.h \
	%reldir%/bus_properties.c %reldir%/bus_properties.h \
	%reldir%/bus_read.c %reldir%/bus_read.h \
	%reldir%/bus_reply.c %reldir%/bus_reply.h \
	%reldir%/bus_secret.c %reldir%/bus_secret.h \
	%reldir%/bus_response.c %reldir%/bus_response.h \
	%reldir%/bus_response_arguments.c \
	%reldir%/bus_verdict.c %reldir%/bus_verdict.h \
	%reldir%/caller.c %reldir%/caller.h \
	%reldir%/challenge.c %reldir%/challenge.h \
	%reldir%/expiry.c %reldir%/expiry.h \
	%reldir%/groups.c %reldir%/groups.h \
	%reldir%/job.c %reldir%/job.h \
	%reldir%/journal.c %reldir%/journal.h \
	%reldir%/journal_live.c %reldir%/journal_live.h \
	%reldir%/judge_live.c %reldir%/judge_live.h \
	%reldir%/judge.c %reldir%/judge.h \
	%reldir%/judge_key.c %reldir%/judge_key.h \
	%reldir%/judge_secret.c %reldir%/judge_secret.h \
	%reldir%/judge_steps.c %reldir%/judge_steps.h \
	%reldir%/judge_response.c %reldir%/judge_response.h \
	%reldir%/keeping.c %reldir%/keeping.h \
	%reldir%/lifecycle.c %reldir%/lifecycle.h \
	%reldir%/limits.h \
	%reldir%/live.c %reldir%/live.h \
	%reldir%/live_file.c %reldir%/live_file.h \
	%reldir%/live_groups.c %reldir%/live_groups.h \
	%reldir%/live_judge.c %reldir%/live_judge.h \
	%reldir%/live_start.c %reldir%/live_start.h \
	%reldir%/live_wait.c %reldir%/live_wait.h \
	%reldir%/live_watch.c %reldir%/live_watch.h \
	%reldir%/logind.c %reldir%/logind.h \
	%reldir%/manager.c %reldir%/manager.h \
	%reldir%/options.c %reldir%/options.h \
	%reldir%/policy_store.c %reldir%/policy_store.h \
	%reldir%/polkit.c %reldir%/polkit.h \
	%reldir%/question.c %reldir%/question.h \
	%reldir%/quota.c %reldir%/quota.h \
	%reldir%/rate.c %reldir%/rate.h \
	%reldir%/record.c %reldir%/record.h \
	%reldir%/reload.c %reldir%/reload.h \
	%reldir%/reread.c %reldir%/reread.h \
	%reldir%/response_question.c %reldir%/response_question.h \
	%reldir%/revoke.c %reldir%/revoke.h \
	%reldir%/sealing.c %reldir%/sealing.h \
	%reldir%/seen.c %reldir%/seen.h \
	%reldir%/seen_file.c %reldir%/seen_file.h \
	%reldir%/statistics.c %reldir%/statistics.h \
	%reldir%/ticket.c %reldir%/ticket.h \
	%reldir%/work_queue.c %reldir%/work_queue.h \
	%reldir%/worker.c %reldir%/worker.h

# From the asking of the bus down to the bytes.
policyd_libs = libpolicyd.la libresponse.la libseal.la libkey.la libconfig.la \
	libpolicy.la libssh.la libqos.la libattest.la libbase.la \
	$(SYSTEMD_LIBS) $(INI_LIBS) $(JANSSON_LIBS) $(CRYPTO_LIBS) $(CBOR_LIBS)

sbin_PROGRAMS += %D%/nitro-policyd
%C%_nitro_policyd_SOURCES = %reldir%/main.c
%C%_nitro_policyd_LDADD = $(policyd_libs)

dist_man_MANS += man/nitro-policyd.8
