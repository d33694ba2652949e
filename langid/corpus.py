"""Training lines of the language model, made from labelled text by a recipe.

What is chosen and cut is decided by keyed hashes of the text, so the same sources and recipe give
the same lines in the same order.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polars as pl
import xxhash

from eurosift.langid.errors import TrainingError
from eurosift.langid.junk import mojibake, no_language
from eurosift.langid.languages import UnknownLanguageError, canonical
from eurosift.langid.normalise import normalise
from eurosift.langid.recipe import WORDS, Recipe, Source
from eurosift.langid.scripts import dominant_script
from eurosift.langid.word_lists import read_words, word_lines

NOT_LANGUAGE = "zxx"
"""Label of lines of letters that are no language (ISO 639-2 ``zxx``)."""

HELD_OUT = 20
"""One line in so many is kept for the calibration of thresholds."""

LATIN = str.maketrans(
    dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True))
    | {"љ": "lj", "њ": "nj", "џ": "dž"}
)
"""Serbian Cyrillic, lower case, to Latin (Gaj): one to one but for three digraphs."""


COLUMNS = {"lang": (pl.String, pl.Categorical, pl.Enum), "text": (pl.String,)}
"""Columns of a source, and what they may hold."""


class Line(NamedTuple):
    """One labelled, normalised line."""

    language: str
    text: str
    source: str
    unit: str


def digest(text: str, key: str) -> int:
    """64-bit keyed hash: stands for every random choice."""
    return xxhash.xxh64_intdigest(f"{key}\0{text}")


def transliterate(text: str) -> str:
    """Serbian in Latin letters, from normalised Serbian in Cyrillic.

    Examples
    --------
    >>> transliterate("људи и џепови")
    'ljudi i džepovi'
    """
    return text.translate(LATIN)


def phrases(text: str, n: int) -> Iterator[int]:
    """Hashes of a normalised text and of each of its runs of `n` words."""
    yield xxhash.xxh64_intdigest(text)
    words = text.split()
    for k in range(len(words) - n + 1):
        yield xxhash.xxh64_intdigest(" ".join(words[k : k + n]))


@contextlib.contextmanager
def told_of(path: Path) -> Iterator[None]:
    """Say of which source it is that a file is no Parquet, or a damaged one.

    Raises
    ------
    TrainingError
        In place of polars' own errors.
    """
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise TrainingError(f"{path}: not a Parquet file of text: {first}") from error


def read_source(folder: Path, source: Source, recipe: Recipe) -> dict[str, list[str]]:
    """Normalised texts of one source by canonical code, in the order in which they are taken.

    Texts in another script than their label says go to the language's label in that script if the
    recipe has it, and are left out otherwise; so are rows without text or label.
    """
    path, key = folder / f"{source.name}.parquet", f"{recipe.seed}/{source.name}"
    if source.unit == WORDS:
        words = read_words(path, recipe.languages, recipe.word_lists)
        return word_lines(words, source.cap, key, recipe.word_lists.longest)
    frame = pl.read_parquet(path, columns=[*COLUMNS]).drop_nulls().unique()
    chosen: dict[str, list[str]] = {}
    wanted = {code[:3] for code in recipe.languages}
    for (label,), rows in frame.sort("lang").group_by("lang", maintain_order=True):
        try:
            code = canonical(str(label))
        except UnknownLanguageError:
            continue
        if code[:3] not in wanted:
            continue
        texts = [text for text in rows["text"] if "</" not in text and "/>" not in text]
        # Twice the cap is looked at, since some of it will not be usable.
        texts.sort(key=lambda text: (digest(text, key), text))
        for text in texts[: 2 * recipe.cap(code, source)]:
            script = dominant_script(text)
            in_script = f"{code[:3]}_{script}"
            if in_script in recipe.languages:
                line = normalise(text[: recipe.max_chars])
                if len(line) - line.count(" ") >= recipe.min_letters:
                    chosen.setdefault(in_script, []).append(line)
    for origin, target in recipe.transliterate.items():
        extra = [transliterate(line) for line in chosen.get(origin, [])]
        chosen[target] = sorted(
            {*chosen.get(target, []), *extra}, key=lambda line: (digest(line, key), line)
        )
    return chosen


def lines(folder: Path, recipe: Recipe, avoid: frozenset[int]) -> list[Line]:
    """All lines of all sources, shuffled: capped, without repeats, without the text to avoid.

    A text that stands under two labels says nothing of either and is left out.

    Parameters
    ----------
    folder
        Where the sources are, ``<source>.parquet`` with columns ``lang`` and ``text``.
    recipe
        What to take of them.
    avoid
        Hashes of `phrases` of the evaluation text.

    Raises
    ------
    TrainingError
        If a source cannot be read.
    """
    taken: dict[str, Line] = {}
    shared: set[str] = set()
    for source in recipe.sources:
        with told_of(folder / f"{source.name}.parquet"):
            found = read_source(folder, source, recipe)
        for code, texts in sorted(found.items()):
            if source.name in recipe.leave_out.get(code, ()):
                continue
            room = recipe.cap(code, source)
            for text in texts:
                known = taken.get(text)
                if known is not None:
                    if known.language != code:
                        shared.add(text)
                elif room and avoid.isdisjoint(phrases(text, recipe.overlap_words)):
                    room -= 1
                    taken[text] = Line(code, text, source.name, source.unit)
    kept = [line for line in taken.values() if line.text not in shared]
    foreign = [line.text for line in kept if not line.language.endswith("_Latn")]
    foreign.sort(key=lambda text: (digest(text, f"{recipe.seed}/mojibake"), text))
    made = [
        *no_language(recipe.seed, recipe.not_language),
        *mojibake(foreign[: recipe.mojibake]),
    ]
    kept.extend(
        Line(NOT_LANGUAGE, text, "made", "ui")
        for text in set(map(normalise, made)) - taken.keys() - {""}
    )
    kept.sort(key=lambda line: (digest(line.text, recipe.seed), line.text))
    return kept


def spans(text: str, recipe: Recipe) -> Iterator[str]:
    """Short runs of words of a line, one of each kind that the line is long enough for."""
    words = text.split()
    for number, kind in enumerate(recipe.spans):
        if len(words) >= kind.min_words:
            noise = digest(text, f"{recipe.seed}/span/{number}")
            length = kind.shortest + noise % (kind.longest - kind.shortest + 1)
            start = (noise >> 16) % (len(words) - length + 1)
            yield " ".join(words[start : start + length])


def is_held_out(line: Line, recipe: Recipe) -> bool:
    """Whether a line is kept from training, for calibration."""
    return digest(line.text, f"{recipe.seed}/held-out") % HELD_OUT == 0
