# Configuration: safe as it is, and the admin's from then on. An existing
# policyd.conf is never overwritten, and a changed one is never removed.
# umask may be 002, and the daemon refuses what others can write.
nitro_folders = roots.d images.d rules.d secrets.d
EXTRA_DIST += %reldir%/policyd.conf

nitroexamplesdir = $(docdir)/examples
dist_nitroexamples_DATA = \
	%reldir%/examples/images-build-farm.conf \
	%reldir%/examples/images-migration.conf \
	%reldir%/examples/images-nitrotpm.conf \
	%reldir%/examples/images-sshd.conf \
	%reldir%/examples/rules-build-farm.conf \
	%reldir%/examples/rules-ssh-keys.conf \
	%reldir%/examples/rules-sshd.conf \
	%reldir%/examples/rules-sudo.conf \
	%reldir%/examples/secrets.conf

install-data-local: install-nitroconf
install-nitroconf:
	@for folder in "" $(nitro_folders); do \
		$(MKDIR_P) -m 0755 "$(DESTDIR)$(nitroconfdir)/$$folder" || \
			exit 1; \
	done
	@if test -e "$(DESTDIR)$(nitroconfdir)/policyd.conf"; then \
		echo "keeping $(DESTDIR)$(nitroconfdir)/policyd.conf"; \
	else \
		$(INSTALL_DATA) "$(top_srcdir)/%D%/policyd.conf" \
			"$(DESTDIR)$(nitroconfdir)/policyd.conf"; \
	fi

uninstall-local: uninstall-nitroconf
uninstall-nitroconf:
	@if cmp -s "$(top_srcdir)/%D%/policyd.conf" \
		"$(DESTDIR)$(nitroconfdir)/policyd.conf"; then \
		rm -f "$(DESTDIR)$(nitroconfdir)/policyd.conf"; \
	fi
	@for folder in $(nitro_folders) ""; do \
		rmdir "$(DESTDIR)$(nitroconfdir)/$$folder" 2>/dev/null; \
	done; :

.PHONY: install-nitroconf uninstall-nitroconf

dist_man_MANS += man/policyd.conf.5 man/nitro-images.5 man/nitro-rules.5 \
	man/nitro-secrets.5
