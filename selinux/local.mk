# The policy module is shipped as source, with what the unit needs beside it;
# check-selinux compiles it against the policy of the distribution.
selinuxdir = $(datadir)/selinux/devel/nitro-policyd
dist_selinux_DATA = \
	%reldir%/nitro-attest-serve.conf \
	%reldir%/nitro_policyd.fc \
	%reldir%/nitro_policyd.if \
	%reldir%/nitro_policyd.te
