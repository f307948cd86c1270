# One target for each parser of hostile bytes. With --enable-fuzzing they are
# libFuzzer programs; else driver.c replays fuzz/corpus/NAME in make check.
fuzz_targets = \
	%reldir%/fuzz_attest \
	%reldir%/fuzz_authorized_keys \
	%reldir%/fuzz_certificate \
	%reldir%/fuzz_conversation \
	%reldir%/fuzz_cose_sign1 \
	%reldir%/fuzz_deposit \
	%reldir%/fuzz_document \
	%reldir%/fuzz_eif \
	%reldir%/fuzz_import \
	%reldir%/fuzz_key \
	%reldir%/fuzz_manifest \
	%reldir%/fuzz_nsm \
	%reldir%/fuzz_policy \
	%reldir%/fuzz_response \
	%reldir%/fuzz_seal \
	%reldir%/fuzz_tls \
	%reldir%/fuzz_prompt \
	%reldir%/fuzz_ssh \
	%reldir%/fuzz_ssh_auth_info \
	%reldir%/fuzz_ssh_identity
check_PROGRAMS += $(fuzz_targets)
.PHONY: fuzz-targets
fuzz-targets: $(fuzz_targets)
dist_check_SCRIPTS += %reldir%/replay.sh
TESTS += %reldir%/replay.sh
EXTRA_DIST += %reldir%/corpus %reldir%/fuzz.h %reldir%/replay_documents.py

if ENABLE_FUZZING
fuzz_driver =
fuzz_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer
else
fuzz_driver = %reldir%/driver.c
fuzz_ldflags = $(AM_LDFLAGS)
TESTS += %reldir%/replay_documents.py
endif
fuzz_attest_libs = libattest.la libbase.la $(CRYPTO_LIBS) $(CBOR_LIBS)

%canon_reldir%_fuzz_authorized_keys_SOURCES = %reldir%/fuzz_authorized_keys.c $(fuzz_driver)
%canon_reldir%_fuzz_authorized_keys_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_authorized_keys_LDADD = liboffer.la libclient.la libssh.la \
	libbase.la $(SYSTEMD_LIBS)
%canon_reldir%_fuzz_ssh_identity_SOURCES = %reldir%/fuzz_ssh_identity.c $(fuzz_driver)
%canon_reldir%_fuzz_ssh_identity_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_ssh_identity_LDADD = libsshcert.la libssh.la libbase.la \
	$(CRYPTO_LIBS)
%canon_reldir%_fuzz_conversation_SOURCES = %reldir%/fuzz_conversation.c $(fuzz_driver)
%canon_reldir%_fuzz_conversation_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_conversation_LDADD = libclient.la libbase.la $(SYSTEMD_LIBS)
%canon_reldir%_fuzz_ssh_auth_info_SOURCES = %reldir%/fuzz_ssh_auth_info.c $(fuzz_driver)
%canon_reldir%_fuzz_ssh_auth_info_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_ssh_auth_info_LDADD = libpamnitro.la libclient.la libbase.la \
	$(SYSTEMD_LIBS) -lpam
%canon_reldir%_fuzz_deposit_SOURCES = %reldir%/fuzz_deposit.c $(fuzz_driver)
%canon_reldir%_fuzz_deposit_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_deposit_LDADD = libdeposit.la libbase.la
%canon_reldir%_fuzz_eif_SOURCES = %reldir%/fuzz_eif.c $(fuzz_driver)
%canon_reldir%_fuzz_eif_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_eif_LDADD = libimport.la libeif.la libattest.la libbase.la \
	$(CRYPTO_LIBS) $(CBOR_LIBS) $(JANSSON_LIBS) $(ZLIB_LIBS)
%canon_reldir%_fuzz_import_SOURCES = %reldir%/fuzz_import.c $(fuzz_driver)
%canon_reldir%_fuzz_import_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_import_LDADD = libimport.la libbase.la $(JANSSON_LIBS)
%canon_reldir%_fuzz_manifest_SOURCES = %reldir%/fuzz_manifest.c $(fuzz_driver)
%canon_reldir%_fuzz_manifest_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_manifest_LDADD = libqos.la $(fuzz_attest_libs) $(JANSSON_LIBS)
%canon_reldir%_fuzz_nsm_SOURCES = %reldir%/fuzz_nsm.c $(fuzz_driver)
%canon_reldir%_fuzz_nsm_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_nsm_LDADD = libnsm.la libattest.la libbase.la $(CBOR_LIBS)
%canon_reldir%_fuzz_policy_SOURCES = %reldir%/fuzz_policy.c $(fuzz_driver)
%canon_reldir%_fuzz_policy_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_policy_LDADD = libpolicy.la libssh.la libqos.la libattest.la libbase.la \
	$(CRYPTO_LIBS) $(CBOR_LIBS) $(INI_LIBS) $(JANSSON_LIBS)
%canon_reldir%_fuzz_prompt_SOURCES = %reldir%/fuzz_prompt.c $(fuzz_driver)
%canon_reldir%_fuzz_prompt_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_prompt_LDADD = libaskpass.la libbase.la
%canon_reldir%_fuzz_ssh_SOURCES = %reldir%/fuzz_ssh.c $(fuzz_driver)
%canon_reldir%_fuzz_ssh_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_ssh_LDADD = libssh.la libbase.la
%canon_reldir%_fuzz_attest_SOURCES = %reldir%/fuzz_attest.c $(fuzz_driver)
%canon_reldir%_fuzz_attest_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_attest_LDADD = $(fuzz_attest_libs)
%canon_reldir%_fuzz_certificate_SOURCES = %reldir%/fuzz_certificate.c $(fuzz_driver)
%canon_reldir%_fuzz_certificate_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_certificate_LDADD = $(fuzz_attest_libs)
%canon_reldir%_fuzz_cose_sign1_SOURCES = %reldir%/fuzz_cose_sign1.c $(fuzz_driver)
%canon_reldir%_fuzz_cose_sign1_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_cose_sign1_LDADD = $(fuzz_attest_libs)
%canon_reldir%_fuzz_document_SOURCES = %reldir%/fuzz_document.c $(fuzz_driver)
%canon_reldir%_fuzz_document_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_document_LDADD = $(fuzz_attest_libs)
%canon_reldir%_fuzz_key_SOURCES = %reldir%/fuzz_key.c $(fuzz_driver)
%canon_reldir%_fuzz_key_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_key_LDADD = libkey.la libqos.la $(fuzz_attest_libs) $(JANSSON_LIBS)
%canon_reldir%_fuzz_response_SOURCES = %reldir%/fuzz_response.c $(fuzz_driver)
%canon_reldir%_fuzz_response_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_response_LDADD = libresponse.la libkey.la libqos.la $(fuzz_attest_libs) $(JANSSON_LIBS)
%canon_reldir%_fuzz_seal_SOURCES = %reldir%/fuzz_seal.c $(fuzz_driver)
%canon_reldir%_fuzz_seal_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_seal_LDADD = libseal.la libkey.la libqos.la $(fuzz_attest_libs) $(JANSSON_LIBS)
%canon_reldir%_fuzz_tls_SOURCES = %reldir%/fuzz_tls.c $(fuzz_driver)
%canon_reldir%_fuzz_tls_LDFLAGS = $(fuzz_ldflags)
%canon_reldir%_fuzz_tls_LDADD = libresponse.la libkey.la libqos.la $(fuzz_attest_libs) $(JANSSON_LIBS)
