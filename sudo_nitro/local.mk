# The approval plugin of sudo: its code as a library that tests can link, and the
# .so, which is that library behind the one symbol that sudo.conf names.
noinst_LTLIBRARIES += libsudonitro.la
libsudonitro_la_SOURCES = \
	%reldir%/approval.c %reldir%/approval.h \
	%reldir%/ask.c %reldir%/ask.h \
	%reldir%/invocation.c %reldir%/invocation.h \
	%reldir%/options.c %reldir%/options.h \
	%reldir%/report.c %reldir%/report.h \
	%reldir%/sudo_nitro.c

sudopluginexecdir = $(sudoplugindir)
sudopluginexec_LTLIBRARIES = %reldir%/sudo_nitro.la
%canon_reldir%_sudo_nitro_la_SOURCES =
%canon_reldir%_sudo_nitro_la_LIBADD = libsudonitro.la libclient.la libbase.la \
	$(SYSTEMD_LIBS)
%canon_reldir%_sudo_nitro_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version \
	-no-undefined -export-symbols $(srcdir)/%reldir%/sudo_nitro.sym
%canon_reldir%_sudo_nitro_la_DEPENDENCIES = libsudonitro.la libclient.la \
	libbase.la %reldir%/sudo_nitro.sym
EXTRA_DIST += %reldir%/sudo_nitro.sym
dist_man_MANS += man/sudo_nitro.8

# Nobody links against a plugin: libtool's own file about it is not installed.
INSTALL_HOOKS += install-sudo-plugin-alone
install-sudo-plugin-alone:
	rm -f $(DESTDIR)$(sudoplugindir)/sudo_nitro.la

# A plugin that sudo.conf lists and sudo cannot load locks everybody out of sudo, root
# too: it leaves sudo.conf first, or the file stays.
UNINSTALL_HOOKS += uninstall-sudo-plugin
uninstall-sudo-plugin: nitroctl/nitroctl
	@if test -z '$(DESTDIR)' && \
		grep -qsF '$(sudoplugindir)/sudo_nitro.so' /etc/sudo.conf; then \
		nitroctl/nitroctl sudo disable || exit 1; \
	fi
	rm -f $(DESTDIR)$(sudoplugindir)/sudo_nitro.so
