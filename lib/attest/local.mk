# Bytes in, evidence out: pure functions over libcbor and libcrypto.
noinst_LTLIBRARIES += libattest.la
libattest_la_SOURCES = \
	%reldir%/anchors.c %reldir%/anchors.h %reldir%/anchors_private.h \
	%reldir%/attest.c %reldir%/attest.h \
	%reldir%/aws_root.c %reldir%/aws_root.h \
	%reldir%/certificate.c %reldir%/certificate.h \
	%reldir%/certificate_extensions.c %reldir%/certificate_private.h \
	%reldir%/chain.c %reldir%/chain.h \
	%reldir%/chain_cache.c %reldir%/chain_cache.h \
	%reldir%/chain_cache_private.h \
	%reldir%/cose_sign1.c %reldir%/cose_sign1.h \
	%reldir%/crypto.c %reldir%/crypto.h \
	%reldir%/cursor.c %reldir%/cursor.h \
	%reldir%/digest.c %reldir%/digest.h \
	%reldir%/document.c %reldir%/document.h \
	%reldir%/error.c %reldir%/error.h \
	%reldir%/evidence.c %reldir%/evidence.h %reldir%/evidence_private.h \
	%reldir%/failure.c %reldir%/failure.h \
	%reldir%/freshness.c %reldir%/freshness.h \
	%reldir%/limits.h \
	%reldir%/pem.c %reldir%/pem.h
