# Configuration text -> policy; policy x evidence x request -> verdict. Pure.
noinst_LTLIBRARIES += libpolicy.la
libpolicy_la_SOURCES = \
	%reldir%/appraise.c \
	%reldir%/binding.c %reldir%/binding.h %reldir%/binding_check.h \
	%reldir%/compare.c %reldir%/compare.h \
	%reldir%/computed.c %reldir%/computed.h \
	%reldir%/decide.h \
	%reldir%/describe.c \
	%reldir%/diagnostics.c %reldir%/diagnostics.h \
	%reldir%/images.c \
	%reldir%/ini_text.c %reldir%/ini_text.h \
	%reldir%/keys.c \
	%reldir%/link.c \
	%reldir%/listing.c \
	%reldir%/loader.h \
	%reldir%/lookup.c %reldir%/lookup.h \
	%reldir%/manifest.c %reldir%/manifest.h \
	%reldir%/manifest_keys.c \
	%reldir%/match.c %reldir%/match.h \
	%reldir%/nearest.c \
	%reldir%/policy.c %reldir%/policy.h \
	%reldir%/recognise.c %reldir%/recognise.h \
	%reldir%/releases.c \
	%reldir%/request.h \
	%reldir%/rule_check.c \
	%reldir%/rules.c %reldir%/rules.h \
	%reldir%/secret.h \
	%reldir%/secrets.c \
	%reldir%/sections.c \
	%reldir%/settings.c \
	%reldir%/tuples.c \
	%reldir%/values.c %reldir%/values.h \
	%reldir%/verdict.c %reldir%/verdict.h \
	%reldir%/word_list.c %reldir%/word_list.h
