# Vocabulary that everybody shares; libc only.
noinst_LTLIBRARIES += libbase.la
libbase_la_SOURCES = \
	%reldir%/base64.c %reldir%/base64.h \
	%reldir%/cleanup.h \
	%reldir%/clock.h \
	%reldir%/compiler.h \
	%reldir%/hex.c %reldir%/hex.h \
	%reldir%/option_list.c %reldir%/option_list.h \
	%reldir%/locked.c %reldir%/locked.h \
	%reldir%/printable.c %reldir%/printable.h \
	%reldir%/read_file.c %reldir%/read_file.h \
	%reldir%/span.h \
	%reldir%/text.h \
	%reldir%/time_text.c %reldir%/time_text.h \
	%reldir%/time_units.h \
	%reldir%/wait_fd.c %reldir%/wait_fd.h \
	%reldir%/write_file.c %reldir%/write_file.h
