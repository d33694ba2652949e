"""Languages, and buckets of them, as a user names them."""

from __future__ import annotations

from typing import NamedTuple

from eurosift.langid import buckets
from eurosift.langid.languages import EU24, UnknownLanguageError, canonical, name
from eurosift.pipeline.errors import QueryError

BUCKETS = (buckets.MAIN, *buckets.APART)


class Label(NamedTuple):
    """A language by its canonical code, and one bucket of it; None for all of them."""

    language: str
    bucket: str | None = None


def language_code(language: str) -> str:
    """Canonical code of a language that a user names in any style.

    Raises
    ------
    QueryError
        If it is none.
    """
    try:
        return canonical(str(language), known=True)
    except UnknownLanguageError as error:
        raise QueryError(str(error)) from None


def label_of(written: str) -> Label:
    """Language and bucket of what a user names: a language in any style, or a label as reports do.

    Raises
    ------
    QueryError
        If it is no language.

    Examples
    --------
    >>> label_of("mt"), label_of("mlt_Latn_near"), label_of("mt_main")
    (Label(language='mlt_Latn', bucket=None), Label(language='mlt_Latn', bucket='near'), \
Label(language='mlt_Latn', bucket='main'))
    """
    for bucket in BUCKETS:
        language = str(written).removesuffix(f"_{bucket}")
        if language != written:
            return Label(language_code(language), bucket)
    return Label(language_code(written))


def beginning_with(incomplete: str) -> dict[str, str]:
    """English names of labels that begin so, for completion: buckets behind a whole code only.

    Examples
    --------
    >>> beginning_with("ml"), sorted(beginning_with("mlt_Latn_"))
    ({'mlt_Latn': 'Maltese'}, ['mlt_Latn_main', 'mlt_Latn_near', 'mlt_Latn_salvaged'])
    """
    found = {code: name(code) for code in EU24}
    for code in EU24:
        if incomplete.startswith(code):
            found |= {f"{code}_{bucket}": f"{name(code)} ({bucket})" for bucket in BUCKETS}
    return {label: english for label, english in found.items() if label.startswith(incomplete)}
