# Verified evidence -> the application's key, and what OpenSSL needs to use it.
noinst_LTLIBRARIES += libkey.la
libkey_la_SOURCES = \
	%reldir%/attested_key.c %reldir%/attested_key.h \
	%reldir%/error.c %reldir%/error.h \
	%reldir%/public_key.c %reldir%/public_key.h
