# What build tools and key policies say -> measurements.
noinst_LTLIBRARIES += libimport.la
libimport_la_SOURCES = \
	%reldir%/import.c %reldir%/import.h \
	%reldir%/kms.c \
	%reldir%/lines.c \
	%reldir%/measurements.c %reldir%/measurements.h \
	%reldir%/tool.c
