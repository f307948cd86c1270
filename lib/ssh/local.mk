# SSH public keys and certificates: bytes in, fields out. libc only.
noinst_LTLIBRARIES += libssh.la
libssh_la_SOURCES = \
	%reldir%/certificate.c %reldir%/certificate.h \
	%reldir%/error.c %reldir%/error.h \
	%reldir%/key.c %reldir%/key.h \
	%reldir%/key_private.h \
	%reldir%/line.c \
	%reldir%/spki.c \
	%reldir%/wire.c %reldir%/wire.h
