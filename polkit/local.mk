# Who but root may have the policy reloaded or a verdict revoked: polkit asks for an
# admin's password. And what the daemon itself may ask of logind.
polkitactiondir = $(datadir)/polkit-1/actions
dist_polkitaction_DATA = %reldir%/org.nitro.Policy1.policy
polkitrulesdir = $(datadir)/polkit-1/rules.d
dist_polkitrules_DATA = %reldir%/50-nitro-policyd.rules
