# The PAM module: its code as a library that tests can link, and the .so, which is
# that library behind the exact list of hooks.
noinst_LTLIBRARIES += libpamnitro.la
libpamnitro_la_SOURCES = \
	%reldir%/account.c \
	%reldir%/ask.c %reldir%/ask.h \
	%reldir%/authenticate.c \
	%reldir%/by_keys.c %reldir%/by_keys.h \
	%reldir%/call.c %reldir%/call.h \
	%reldir%/decision.c %reldir%/decision.h \
	%reldir%/memory.c %reldir%/memory.h \
	%reldir%/options.c %reldir%/options.h \
	%reldir%/pam_nitro.c \
	%reldir%/phases.h \
	%reldir%/report.c %reldir%/report.h \
	%reldir%/session.c \
	%reldir%/ssh_keys.c %reldir%/ssh_keys.h

pamexecdir = $(pammoddir)
pamexec_LTLIBRARIES = %reldir%/pam_nitro.la
%canon_reldir%_pam_nitro_la_SOURCES =
%canon_reldir%_pam_nitro_la_LIBADD = libpamnitro.la libclient.la libbase.la \
	$(SYSTEMD_LIBS) -lpam
%canon_reldir%_pam_nitro_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version \
	-no-undefined -export-symbols $(srcdir)/%reldir%/pam_nitro.sym
%canon_reldir%_pam_nitro_la_DEPENDENCIES = libpamnitro.la libclient.la \
	libbase.la %reldir%/pam_nitro.sym
EXTRA_DIST += %reldir%/pam_nitro.sym
dist_man_MANS += man/pam_nitro.8

# Nobody links against a module: libtool's own file about it is not installed.
INSTALL_HOOKS += install-module-alone
install-module-alone:
	rm -f $(DESTDIR)$(pammoddir)/pam_nitro.la

UNINSTALL_HOOKS += uninstall-module
uninstall-module:
	rm -f $(DESTDIR)$(pammoddir)/pam_nitro.so
