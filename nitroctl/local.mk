# The admin's tool. All but main() is a library, so that the unit tests reach it.
bin_PROGRAMS += %reldir%/nitroctl
noinst_LTLIBRARIES += libnitroctl.la
libnitroctl_la_SOURCES = \
	%reldir%/advice.c %reldir%/advice.h %reldir%/advice_measurements.c \
	%reldir%/change.c %reldir%/change.h \
	%reldir%/change_finish.c \
	%reldir%/change_show.c %reldir%/change_show.h \
	%reldir%/child.c %reldir%/child.h \
	%reldir%/closest.c %reldir%/closest.h \
	%reldir%/cmd_check.c \
	%reldir%/cmd_diff.c \
	%reldir%/cmd_explain.c \
	%reldir%/cmd_image_add.c \
	%reldir%/cmd_image_list.c \
	%reldir%/cmd_image_remove.c \
	%reldir%/cmd_image_retire.c \
	%reldir%/cmd_image_revoke.c \
	%reldir%/cmd_export_kms.c \
	%reldir%/cmd_import_kms.c \
	%reldir%/cmd_manifest.c \
	%reldir%/cmd_measure.c \
	%reldir%/cmd_monitor.c \
	%reldir%/cmd_pcr.c \
	%reldir%/cmd_reload.c \
	%reldir%/cmd_rule_list.c \
	%reldir%/cmd_rule_test.c \
	%reldir%/cmd_secret_list.c \
	%reldir%/cmd_show.c \
	%reldir%/cmd_status.c \
	%reldir%/cmd_sudo.c \
	%reldir%/cmd_verdict_list.c \
	%reldir%/cmd_verdict_revoke.c \
	%reldir%/cmd_verdict_show.c \
	%reldir%/cmd_verify.c \
	%reldir%/cmd_verify_response.c \
	%reldir%/command.c %reldir%/command.h \
	%reldir%/configuration.c %reldir%/configuration.h \
	%reldir%/explain.c %reldir%/explain.h \
	%reldir%/explain_output.c %reldir%/explain_output.h \
	%reldir%/image_edit.c %reldir%/image_edit.h \
	%reldir%/input.c %reldir%/input.h \
	%reldir%/journal_reader.c %reldir%/journal_reader.h \
	%reldir%/live_loss.c %reldir%/live_loss.h \
	%reldir%/judge.c %reldir%/judge.h \
	%reldir%/judgement_json.c %reldir%/judgement_json.h \
	%reldir%/lock.c %reldir%/lock.h \
	%reldir%/manifest_file.c %reldir%/manifest_file.h \
	%reldir%/offline_policy.c %reldir%/offline_policy.h \
	%reldir%/output_json.c %reldir%/output_json.h \
	%reldir%/output_text.c %reldir%/output_text.h \
	%reldir%/policy_list.c %reldir%/policy_list.h \
	%reldir%/question.c %reldir%/question.h \
	%reldir%/release_source.c %reldir%/release_source.h \
	%reldir%/reload.c %reldir%/reload.h \
	%reldir%/rule_text.c %reldir%/rule_text.h \
	%reldir%/section_edit.c %reldir%/section_edit.h \
	%reldir%/side.c %reldir%/side.h \
	%reldir%/sudo_checks.c %reldir%/sudo_checks.h \
	%reldir%/sudo_conf.c %reldir%/sudo_conf.h \
	%reldir%/sudo_file.c %reldir%/sudo_file.h \
	%reldir%/sudo_output.c \
	%reldir%/sudo_program.c %reldir%/sudo_program.h \
	%reldir%/sudo_trial.c %reldir%/sudo_trial.h \
	%reldir%/sudo_users.c %reldir%/sudo_users.h \
	%reldir%/text.c %reldir%/text.h \
	%reldir%/verdict_output.c %reldir%/verdict_output.h \
	%reldir%/tls_fetch.c %reldir%/tls_fetch.h \
	%reldir%/verify_options.c %reldir%/verify_options.h
%canon_reldir%_nitroctl_SOURCES = %reldir%/main.c
%canon_reldir%_nitroctl_LDADD = libnitroctl.la libclient.la libconfig.la \
	libpolicy.la libssh.la libresponse.la libseal.la libkey.la libqos.la \
	libimport.la libeif.la libattest.la libbase.la \
	$(SSL_LIBS) $(CRYPTO_LIBS) $(CBOR_LIBS) $(INI_LIBS) $(SYSTEMD_LIBS) \
	$(JANSSON_LIBS) $(ZLIB_LIBS)

dist_man_MANS += man/nitroctl.8

bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = %reldir%/nitroctl.bash
