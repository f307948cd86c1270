# What an attested key signed: messages, VisualSign's and Turnkey's responses.
noinst_LTLIBRARIES += libresponse.la
libresponse_la_SOURCES = \
	%reldir%/certificate.c %reldir%/certificate.h \
	%reldir%/claim.h \
	%reldir%/error.c %reldir%/error.h \
	%reldir%/json.c %reldir%/json.h \
	%reldir%/login.c %reldir%/login.h \
	%reldir%/response.c %reldir%/response.h \
	%reldir%/signature.c %reldir%/signature.h \
	%reldir%/turnkey.c \
	%reldir%/visualsign.c
