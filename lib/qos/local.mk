# QOS manifests and other proofs of the exact application. Pure.
noinst_LTLIBRARIES += libqos.la
libqos_la_SOURCES = \
	%reldir%/curve.c %reldir%/curve.h \
	%reldir%/error.c %reldir%/error.h \
	%reldir%/failure.h \
	%reldir%/key_pair.c %reldir%/key_pair.h \
	%reldir%/limits.h
