# Pages of no single folder; each folder lists the pages of what it installs.
dist_man_MANS += %reldir%/nitro-reasons.7
EXTRA_DIST += %reldir%/make_reasons.py
