# The units, the users they run as, and the words for its journal records.
EXTRA_DIST += \
	%reldir%/nitro-attest-serve.service.in \
	%reldir%/nitro-policyd.service.in \
	%reldir%/nitro-policyd.sysusers
nodist_systemdsystemunit_DATA = \
	%reldir%/nitro-attest-serve.service \
	%reldir%/nitro-policyd.service
dist_systemdsystemunit_DATA = \
	%reldir%/nitro-attest-serve.socket \
	%reldir%/nitro-attest-serve-vsock.socket
nodist_sysusers_DATA = %reldir%/nitro-policyd.conf
catalogdir = $(prefix)/lib/systemd/catalog
dist_catalog_DATA = %reldir%/nitro-policyd.catalog
CLEANFILES += $(nodist_systemdsystemunit_DATA) %reldir%/nitro-policyd.conf

%reldir%/nitro-policyd.service: %reldir%/nitro-policyd.service.in
	$(AM_V_GEN)$(MKDIR_P) %reldir% && \
	$(SED) -e 's|@sbindir[@]|$(sbindir)|g' $< >$@.tmp && mv $@.tmp $@

%reldir%/nitro-attest-serve.service: %reldir%/nitro-attest-serve.service.in
	$(AM_V_GEN)$(MKDIR_P) %reldir% && \
	$(SED) -e 's|@bindir[@]|$(bindir)|g' $< >$@.tmp && mv $@.tmp $@

# Installed under the name that sysusers.d wants.
%reldir%/nitro-policyd.conf: %reldir%/nitro-policyd.sysusers
	$(AM_V_GEN)$(MKDIR_P) %reldir% && cp $< $@.tmp && mv $@.tmp $@
