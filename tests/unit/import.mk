# libcheck programs for lib/import.
if HAVE_CHECK
check_PROGRAMS += %reldir%/test_import
TESTS += %reldir%/test_import

%canon_reldir%_test_import_SOURCES = %reldir%/test_import.c %reldir%/unit.h
%canon_reldir%_test_import_LDADD = libimport.la libbase.la $(JANSSON_LIBS) \
	$(check_libs)
endif
