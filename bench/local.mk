# Figures for people: built by make bench, asserted nowhere.
EXTRA_PROGRAMS = %reldir%/bench_verify
CLEANFILES += $(EXTRA_PROGRAMS)
%canon_reldir%_bench_verify_SOURCES = %reldir%/bench_verify.c
%canon_reldir%_bench_verify_LDADD = libattest.la libbase.la $(CRYPTO_LIBS) \
	$(CBOR_LIBS)

.PHONY: bench
bench: %reldir%/bench_verify$(EXEEXT)
	%reldir%/bench_verify "$${NITRO_DOCUMENT:?names a document that AWS signed}"
