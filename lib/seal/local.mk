# Secrets -> CMS EnvelopedData for an attested key, and back.
noinst_LTLIBRARIES += libseal.la
libseal_la_SOURCES = \
	%reldir%/recipient.c %reldir%/recipient.h \
	%reldir%/seal.c %reldir%/seal.h
