# Enclave image files -> the PCRs that an enclave of them will have.
noinst_LTLIBRARIES += libeif.la
libeif_la_SOURCES = \
	%reldir%/eif.c %reldir%/eif.h \
	%reldir%/failure.c %reldir%/failure.h \
	%reldir%/hash.c %reldir%/hash.h \
	%reldir%/header.c %reldir%/header.h \
	%reldir%/reader.c %reldir%/reader.h \
	%reldir%/signature.c %reldir%/signature.h \
	%reldir%/signer.c %reldir%/signer.h
