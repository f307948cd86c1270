# The enclave's side: documents from the NSM, answers to challenges.
noinst_LTLIBRARIES += libaskpass.la
libaskpass_la_SOURCES = \
	%reldir%/fetch.c %reldir%/fetch.h \
	%reldir%/output.c %reldir%/output.h \
	%reldir%/prompt.c %reldir%/prompt.h \
	%reldir%/store.c %reldir%/store.h

# Signatures over challenges.
noinst_LTLIBRARIES += libsign.la
libsign_la_SOURCES = %reldir%/sign.c %reldir%/sign.h

# Keys for OpenSSH and certificates that carry documents.
noinst_LTLIBRARIES += libsshcert.la
libsshcert_la_SOURCES = \
	%reldir%/ssh_certificate.c %reldir%/ssh_certificate.h \
	%reldir%/ssh_identity.c %reldir%/ssh_identity.h \
	%reldir%/ssh_identity_file.c %reldir%/ssh_identity_private.h

# Documents turned into tickets: whoever deposits, and who serves enclaves.
noinst_LTLIBRARIES += libdeposit.la
libdeposit_la_SOURCES = \
	%reldir%/address.c %reldir%/address.h \
	%reldir%/client.c \
	%reldir%/deposit.c %reldir%/deposit.h \
	%reldir%/peers.c %reldir%/peers.h \
	%reldir%/server.c %reldir%/server.h %reldir%/server_private.h \
	%reldir%/submit.c %reldir%/submit.h

bin_PROGRAMS += %reldir%/nitro-attest
%canon_reldir%_nitro_attest_SOURCES = \
	%reldir%/cmd_askpass.c \
	%reldir%/cmd_document.c \
	%reldir%/cmd_serve.c \
	%reldir%/cmd_ssh_cert.c \
	%reldir%/cmd_submit.c \
	%reldir%/cmd_unseal.c \
	%reldir%/main.c \
	%reldir%/verbs.h
%canon_reldir%_nitro_attest_LDADD = \
	libaskpass.la libsign.la libresponse.la libsshcert.la libdeposit.la libclient.la libseal.la libkey.la \
	libqos.la libssh.la libnsm.la libattest.la libbase.la \
	$(SYSTEMD_LIBS) $(CRYPTO_LIBS) $(CBOR_LIBS) $(JANSSON_LIBS)

dist_man_MANS += man/nitro-attest.1

# SSH_ASKPASS names a program without arguments: this name is the verb askpass.
INSTALL_HOOKS += install-askpass-link
install-askpass-link:
	cd '$(DESTDIR)$(bindir)' && rm -f nitro-attest-askpass && \
		$(LN_S) nitro-attest nitro-attest-askpass
UNINSTALL_HOOKS += uninstall-askpass-link
uninstall-askpass-link:
	rm -f '$(DESTDIR)$(bindir)/nitro-attest-askpass'
