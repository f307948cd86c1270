# The contract with everybody who asks: names, introspection, bus policy.
EXTRA_DIST += \
	%reldir%/nitro_bus.h %reldir%/nitro_journal.h \
	%reldir%/org.nitro.Policy1.service.in
dist_dbusinterface_DATA = %reldir%/org.nitro.Policy1.xml
dist_dbuspolicy_DATA = %reldir%/org.nitro.Policy1.conf
nodist_dbusservice_DATA = %reldir%/org.nitro.Policy1.service
CLEANFILES += %reldir%/org.nitro.Policy1.service

%reldir%/org.nitro.Policy1.service: %reldir%/org.nitro.Policy1.service.in
	$(AM_V_GEN)$(MKDIR_P) %reldir% && \
	$(SED) -e 's|@sbindir[@]|$(sbindir)|g' $< >$@.tmp && mv $@.tmp $@

dist_man_MANS += man/org.nitro.Policy1.5
