# A software enclave authority: a library that tests use too, and its program.
noinst_LTLIBRARIES += libsim.la
libsim_la_SOURCES = \
	%reldir%/authority.c %reldir%/authority.h \
	%reldir%/breaks.c %reldir%/breaks.h \
	%reldir%/breaks_certificate.c \
	%reldir%/breaks_chain.c \
	%reldir%/breaks_document.c \
	%reldir%/breaks_envelope.c \
	%reldir%/breaks_extension.c \
	%reldir%/breaks_fields.c \
	%reldir%/breaks_approval.c \
	%reldir%/breaks_manifest.c \
	%reldir%/breaks_pcrs.c \
	%reldir%/bytes.c %reldir%/bytes.h \
	%reldir%/certificate.c %reldir%/certificate.h \
	%reldir%/chain.c %reldir%/chain.h \
	%reldir%/document.c %reldir%/document.h \
	%reldir%/encode.c %reldir%/encode.h \
	%reldir%/keys.c %reldir%/keys.h \
	%reldir%/manifest.c %reldir%/manifest.h \
	%reldir%/manifest_encode.c \
	%reldir%/options.c %reldir%/options.h

bin_PROGRAMS += nitro-sim/nitro-sim
nitro_sim_nitro_sim_SOURCES = \
	%reldir%/arguments.c %reldir%/arguments.h \
	%reldir%/cmd_breaks.c \
	%reldir%/cmd_document.c \
	%reldir%/cmd_init.c \
	%reldir%/cmd_manifest.c \
	%reldir%/cmd_nsm.c \
	%reldir%/cmd_respond.c \
	%reldir%/command.h \
	%reldir%/main.c \
	%reldir%/module.c %reldir%/module.h \
	%reldir%/respond.c %reldir%/respond.h
nitro_sim_nitro_sim_LDADD = \
	libsim.la libssh.la libnsm.la libattest.la libbase.la \
	$(CRYPTO_LIBS) $(CBOR_LIBS) $(JANSSON_LIBS)

dist_man_MANS += man/nitro-sim.1
