# Figures for people: built and run by make bench, asserted nowhere.
EXTRA_PROGRAMS = %reldir%/bench_policy %reldir%/bench_verify
CLEANFILES += $(EXTRA_PROGRAMS)
%canon_reldir%_bench_policy_SOURCES = %reldir%/bench_policy.c
%canon_reldir%_bench_policy_LDADD = libsim.la libconfig.la libpolicy.la libssh.la libqos.la \
	libattest.la libbase.la $(CRYPTO_LIBS) $(CBOR_LIBS) $(INI_LIBS) $(JANSSON_LIBS)
%canon_reldir%_bench_verify_SOURCES = %reldir%/bench_verify.c
%canon_reldir%_bench_verify_LDADD = libattest.la libbase.la $(CRYPTO_LIBS) \
	$(CBOR_LIBS)

.PHONY: bench
bench: $(EXTRA_PROGRAMS)
	%reldir%/bench_policy
	%reldir%/bench_verify "$${NITRO_DOCUMENT:?names a document that AWS signed}"
