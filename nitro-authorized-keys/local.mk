# sshd's AuthorizedKeysCommand, on the asking side.
noinst_LTLIBRARIES += liboffer.la
liboffer_la_SOURCES = %reldir%/offer.c %reldir%/offer.h

sbin_PROGRAMS += %reldir%/nitro-authorized-keys
%canon_reldir%_nitro_authorized_keys_SOURCES = \
	%reldir%/main.c \
	%reldir%/report.c %reldir%/report.h
%canon_reldir%_nitro_authorized_keys_LDADD = \
	liboffer.la libclient.la libssh.la libbase.la $(SYSTEMD_LIBS)

dist_man_MANS += man/nitro-authorized-keys.8
