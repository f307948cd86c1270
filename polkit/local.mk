# Who but root may have the policy reloaded: polkit asks for an admin's password.
polkitactiondir = $(datadir)/polkit-1/actions
dist_polkitaction_DATA = %reldir%/org.nitro.Policy1.policy
