# A configuration directory on disk -> policy and trusted roots.
noinst_LTLIBRARIES += libconfig.la
libconfig_la_SOURCES = \
	%reldir%/config_directory.c %reldir%/config_directory.h \
	%reldir%/file_list.c %reldir%/file_list.h \
	%reldir%/host_world.c %reldir%/host_world.h \
	%reldir%/overlay.c %reldir%/overlay.h
