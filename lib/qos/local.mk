# QOS manifests and other proofs of the exact application. Pure.
noinst_LTLIBRARIES += libqos.la
libqos_la_SOURCES = \
	%reldir%/approvals.c %reldir%/approvals.h \
	%reldir%/binding.c %reldir%/binding.h \
	%reldir%/borsh.c %reldir%/borsh.h \
	%reldir%/canonical.c %reldir%/canonical.h \
	%reldir%/checksum.c %reldir%/checksum.h \
	%reldir%/curve.c %reldir%/curve.h \
	%reldir%/error.c %reldir%/error.h \
	%reldir%/failure.h \
	%reldir%/json_field.c %reldir%/json_field.h \
	%reldir%/json_form.c %reldir%/json_form.h \
	%reldir%/json_schema.c %reldir%/json_schema.h \
	%reldir%/key_pair.c %reldir%/key_pair.h \
	%reldir%/limits.h \
	%reldir%/manifest.c %reldir%/manifest.h \
	%reldir%/schema.c %reldir%/schema.h
