# libcheck programs for lib/policy and lib/config.
if HAVE_CHECK
policy_tests = \
	%reldir%/test_appraise \
	%reldir%/test_appraise_genuine \
	%reldir%/test_binding \
	%reldir%/test_config_directory \
	%reldir%/test_config_layers \
	%reldir%/test_diagnostics \
	%reldir%/test_examples \
	%reldir%/test_host_world \
	%reldir%/test_listing \
	%reldir%/test_lookup \
	%reldir%/test_match \
	%reldir%/test_policy_compare \
	%reldir%/test_policy_computed \
	%reldir%/test_policy_memory \
	%reldir%/test_policy_parse \
	%reldir%/test_verdict \
	%reldir%/test_word_list
check_PROGRAMS += $(policy_tests)
TESTS += $(policy_tests)

policy_test_libs = libconfig.la libpolicy.la libssh.la libqos.la libattest.la libbase.la \
	$(CRYPTO_LIBS) $(CBOR_LIBS) $(INI_LIBS) $(JANSSON_LIBS) $(check_libs)
%canon_reldir%_test_appraise_SOURCES = \
	%reldir%/test_appraise.c %reldir%/policy_unit.h %reldir%/unit.h
%canon_reldir%_test_appraise_LDADD = libsim.la $(policy_test_libs)
%canon_reldir%_test_binding_SOURCES = \
	%reldir%/test_binding.c %reldir%/policy_unit.h %reldir%/unit.h
%canon_reldir%_test_binding_LDADD = libsim.la $(policy_test_libs)
%canon_reldir%_test_policy_compare_SOURCES = \
	%reldir%/test_policy_compare.c %reldir%/policy_unit.h %reldir%/unit.h
%canon_reldir%_test_policy_compare_LDADD = $(policy_test_libs)
%canon_reldir%_test_appraise_genuine_SOURCES = \
	%reldir%/test_appraise_genuine.c %reldir%/policy_unit.h %reldir%/unit.h \
	tests/support/vectors.c tests/support/vectors.h
%canon_reldir%_test_appraise_genuine_LDADD = $(policy_test_libs) \
	$(JANSSON_LIBS)
%canon_reldir%_test_config_directory_SOURCES = \
	%reldir%/test_config_directory.c %reldir%/policy_unit.h %reldir%/unit.h
%canon_reldir%_test_config_directory_LDADD = libsim.la $(policy_test_libs)
%canon_reldir%_test_diagnostics_SOURCES = \
	%reldir%/test_diagnostics.c %reldir%/unit.h
%canon_reldir%_test_diagnostics_LDADD = $(policy_test_libs)
%canon_reldir%_test_examples_SOURCES = \
	%reldir%/test_examples.c %reldir%/policy_unit.h %reldir%/unit.h
%canon_reldir%_test_examples_LDADD = $(policy_test_libs)
%canon_reldir%_test_policy_memory_SOURCES = \
	%reldir%/test_policy_memory.c %reldir%/policy_unit.h %reldir%/unit.h
%canon_reldir%_test_policy_memory_LDADD = $(policy_test_libs)
%canon_reldir%_test_policy_memory_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray \
	-Wl,--wrap=strdup,--wrap=strndup
%canon_reldir%_test_policy_parse_SOURCES = \
	%reldir%/test_policy_parse.c %reldir%/policy_unit.h %reldir%/unit.h
%canon_reldir%_test_policy_parse_LDADD = $(policy_test_libs)
%canon_reldir%_test_verdict_SOURCES = %reldir%/test_verdict.c %reldir%/unit.h
%canon_reldir%_test_verdict_LDADD = $(policy_test_libs)
%canon_reldir%_test_word_list_SOURCES = \
	%reldir%/test_word_list.c %reldir%/unit.h
%canon_reldir%_test_word_list_LDADD = $(policy_test_libs)
%canon_reldir%_test_config_layers_SOURCES = \
	%reldir%/test_config_layers.c %reldir%/policy_unit.h %reldir%/unit.h
%canon_reldir%_test_config_layers_LDADD = libsim.la $(policy_test_libs)
%canon_reldir%_test_config_layers_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fstat
%canon_reldir%_test_host_world_SOURCES = \
	%reldir%/test_host_world.c %reldir%/policy_unit.h %reldir%/unit.h
%canon_reldir%_test_host_world_LDADD = libsim.la $(policy_test_libs)
%canon_reldir%_test_listing_SOURCES = \
	%reldir%/test_listing.c %reldir%/policy_unit.h %reldir%/unit.h
%canon_reldir%_test_listing_LDADD = libsim.la $(policy_test_libs)
%canon_reldir%_test_lookup_SOURCES = \
	%reldir%/test_lookup.c %reldir%/policy_unit.h %reldir%/unit.h
%canon_reldir%_test_lookup_LDADD = libsim.la $(policy_test_libs)
%canon_reldir%_test_match_SOURCES = \
	%reldir%/test_match.c %reldir%/policy_unit.h %reldir%/unit.h
%canon_reldir%_test_match_LDADD = libsim.la $(policy_test_libs)
%canon_reldir%_test_policy_computed_SOURCES = \
	%reldir%/test_policy_computed.c %reldir%/policy_unit.h %reldir%/unit.h
%canon_reldir%_test_policy_computed_LDADD = libsim.la $(policy_test_libs)
endif
