# The Nitro Secure Module: its messages, and the ways to carry them.
noinst_LTLIBRARIES += libnsm.la
libnsm_la_SOURCES = \
	%reldir%/ioctl.h \
	%reldir%/listener.c %reldir%/listener.h \
	%reldir%/packet.c %reldir%/packet.h \
	%reldir%/protocol.c %reldir%/protocol.h \
	%reldir%/transport.c %reldir%/transport.h \
	%reldir%/writer.c %reldir%/writer.h
