# The real programs together. Python 3 with its standard library and python3-dbus.
integration_tests = \
	%reldir%/test_bind_key.py \
	%reldir%/test_daemon.py \
	%reldir%/test_daemon_binding.py \
	%reldir%/test_daemon_manifest.py \
	%reldir%/test_daemon_policy.py \
	%reldir%/test_daemon_ssh_key.py \
	%reldir%/test_keys_user.py \
	%reldir%/test_live.py \
	%reldir%/test_live_ends.py \
	%reldir%/test_live_host.py \
	%reldir%/test_live_loading.py \
	%reldir%/test_live_restart.py \
	%reldir%/test_examples.py \
	%reldir%/test_nitro_attest.py \
	%reldir%/test_nitro_sim.py \
	%reldir%/test_nitroctl.py \
	%reldir%/test_nitroctl_diff.py \
	%reldir%/test_nitroctl_explain.py \
	%reldir%/test_nitroctl_change.py \
	%reldir%/test_nitroctl_completion.py \
	%reldir%/test_nitroctl_image.py \
	%reldir%/test_nitroctl_measure.py \
	%reldir%/test_nitroctl_monitor.py \
	%reldir%/test_nitroctl_pcr.py \
	%reldir%/test_nitroctl_status.py \
	%reldir%/test_nitroctl_sudo.py \
	%reldir%/test_nitroctl_verdict.py \
	%reldir%/test_nitroctl_vectors.py \
	%reldir%/test_pam_nitro.py \
	%reldir%/test_pam_phases.py \
	%reldir%/test_pam_stacks.py \
	%reldir%/test_polkit.py \
	%reldir%/test_responses.py \
	%reldir%/test_secrets.py \
	%reldir%/test_ssh_cert.py \
	%reldir%/test_sshd.py \
	%reldir%/test_sshd_certificate.py \
	%reldir%/test_sshd_key.py \
	%reldir%/test_sshd_manifest.py \
	%reldir%/test_sudo.py \
	%reldir%/test_sudo_live.py \
	%reldir%/test_sudo_rs.py \
	%reldir%/test_ticket_login.py \
	%reldir%/test_tls.py \
	%reldir%/test_tickets.py \
	%reldir%/test_serve.py
TESTS += $(integration_tests)
EXTRA_DIST += $(integration_tests) %reldir%/harness.py %reldir%/live_case.py \
	tests/support/application.py tests/support/nitroctl_case.py \
	tests/support/ssh_forge.py tests/support/ssh_scene.py \
	tests/support/stack_scene.py \
	tests/support/sudo_scene.py tests/support/terminal.py \
	scripts/demo_scene.py

# Faults that the real thing will not produce on request.
check_LTLIBRARIES += tests/support/slow_passwd.la tests/support/slow_watch.la
tests_support_slow_passwd_la_SOURCES = tests/support/slow_passwd.c
tests_support_slow_passwd_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version \
	-rpath /nowhere
tests_support_slow_watch_la_SOURCES = tests/support/slow_watch.c
tests_support_slow_watch_la_LDFLAGS = $(tests_support_slow_passwd_la_LDFLAGS)
