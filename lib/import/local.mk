# What build tools and key policies say -> measurements.
EXTRA_DIST += %reldir%/import.h
