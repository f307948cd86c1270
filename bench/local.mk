# Measurements: built by make check, run by hand, never asserted.
check_PROGRAMS += %reldir%/bench_policy
%canon_reldir%_bench_policy_SOURCES = %reldir%/bench_policy.c
%canon_reldir%_bench_policy_LDADD = libsim.la libconfig.la libpolicy.la \
	libattest.la libbase.la $(CRYPTO_LIBS) $(CBOR_LIBS) $(INI_LIBS)
