# Enclave image files -> the PCRs that an enclave of them will have.
EXTRA_DIST += %reldir%/eif.h
