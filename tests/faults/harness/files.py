"""Small input files for the tiny stages, one of which fails on a word."""

from __future__ import annotations

N_ROWS = 10
LONG = [*["mlt_Latn fine"] * 2500, "mlt_Latn poison", *["mlt_Latn fine"] * 499]
STAGES = {"broken": None, "length": None, "short": {"min_chars": 1}}
"""The first fails on a text with the word `poison`, the last goes by a threshold."""


def ids(*numbers):
    """Ids of the rows of these files, sorted."""
    return sorted(f"d{n}-{i}" for n in numbers for i in range(N_ROWS))


def put(project, number, poison=None, name=None):
    """Write an input file; one of its texts may be poison."""
    texts = [f"mlt_Latn text {i} of file {number}" for i in range(N_ROWS)]
    if poison is not None:
        texts[poison] = "mlt_Latn poison"
    project.input(name or f"part-{number}.jsonl", texts, prefix=f"d{number}")


def four_files(project):
    """Four input files, and a recipe of three small stages."""
    for number in range(4):
        put(project, number)
    project.write(STAGES)
    return project
