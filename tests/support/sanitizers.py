# SPDX-License-Identifier: Apache-2.0
"""Some tests measure, or load, what a build with sanitizers is not."""
import pathlib


def are_in(build):
    """Whether the programs in this build folder were built with a sanitizer."""
    flags = pathlib.Path(build, "Makefile").read_text(encoding="utf-8").split(
        "HARDENING_CFLAGS = ")[1].splitlines()[0]
    return "-fsanitize=" in flags
