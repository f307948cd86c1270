# Programs and modules that tests are made of.
check_PROGRAMS += %reldir%/load_module %reldir%/mock_logind \
	%reldir%/mock_policyd %reldir%/pam_host
%canon_reldir%_load_module_SOURCES = %reldir%/load_module.c
%canon_reldir%_pam_host_SOURCES = %reldir%/pam_host.c
%canon_reldir%_pam_host_LDADD = libbase.la -lpam
%canon_reldir%_mock_logind_SOURCES = %reldir%/mock_logind.c
%canon_reldir%_mock_logind_LDADD = $(SYSTEMD_LIBS)
%canon_reldir%_mock_policyd_SOURCES = %reldir%/mock_policyd.c
%canon_reldir%_mock_policyd_LDADD = $(SYSTEMD_LIBS)
EXTRA_DIST += %reldir%/bus_flood.py %reldir%/fake_bus.py %reldir%/gate_scene.py \
	%reldir%/private_host.py %reldir%/sanitizers.py \
	%reldir%/waiting.py
