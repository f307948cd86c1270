# Clients to learn from; tests/integration/test_examples.py runs each of them.
exampledir = $(docdir)/examples
dist_example_SCRIPTS = \
	%reldir%/verdicts-busctl.sh \
	%reldir%/verdicts-gdbus.sh \
	%reldir%/watch_verdicts.py
