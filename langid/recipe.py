"""The recipe of a language model: which text it is trained on, and how."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from eurosift.filters.yaml12 import parse
from eurosift.langid.known_words import MOST_SETS
from eurosift.langid.languages import canonical

WORDS: Final = "words"
"""Unit of a source that is lists of words."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Frozen):
    """One source of labelled text."""

    name: str = Field(description="Name of the Parquet file, without suffix.")
    unit: Literal["sent", "para", "ui", "words"] = Field(
        description="Kind of text; of words, a row is one."
    )
    licence: str = Field(description="SPDX identifier, or a name where there is none.")
    origin: str = Field(description="Where the text comes from, for the model card.")
    cap: int = Field(gt=0, description="Most lines taken per language.")


class Spans(_Frozen):
    """Short spans of one kind, given beside the lines that they are cut from."""

    min_words: int = Field(gt=0, description="Lines from this many words on give a span.")
    shortest: int = Field(gt=0, description="Fewest words of a span.")
    longest: int = Field(gt=0, description="Most words of a span.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.shortest <= self.longest <= self.min_words:
            raise ValueError("must be shortest <= longest <= min_words: a span is part of a line")
        return self


class WordLists(_Frozen):
    """What is taken of lists of words."""

    most: int = Field(default=6, gt=0, description="Words that more languages have are left out.")
    but: str = Field(
        default="eng_Latn", description="So are those of this language in the lists of others."
    )
    longest: int = Field(default=3, gt=0, description="Most words of a line.")


class KnownWords(_Frozen):
    """The table of words beside the model, see `eurosift.langid.choose_words`."""

    words: int = Field(gt=0, description="Most words of the table.")
    sets: int = Field(gt=0, le=MOST_SETS, description="Most sets of levels that words have.")
    shares: tuple[Annotated[float, Field(gt=0, le=1)], ...] = Field(
        description="Levels of how usual a word is in a language, as a share of how usual it is "
        "where it is most usual: the least share of each, descending. There are two more: of words "
        "that are less usual, but in the language's list, and of those that are not.",
    )
    factors: Mapping[int, tuple[Annotated[float, Field(gt=0, le=1)], ...]] = Field(
        min_length=1,
        description="What a word of each level leaves of the score of a language, in texts of "
        "fewer than so many characters.",
    )
    alike: tuple[tuple[str, ...], ...] = Field(
        default=(), description="Groups of languages that are taken for one."
    )

    @model_validator(mode="after")
    def _has_factors(self) -> Self:
        n_levels = len(self.shares) + 2
        if {len(factors) for factors in self.factors.values()} != {n_levels}:
            raise ValueError(f"{len(self.shares)} shares need {n_levels} factors for each length")
        return self


class Quantise(_Frozen):
    """How the model is made small (fastText's product quantisation)."""

    cutoff: int = Field(gt=0, description="Number of features that are kept.")
    dsub: int = Field(gt=0, description="Numbers per sub-vector.")
    qnorm: bool = Field(description="Quantise the norms apart.")


def _split(value: Any) -> Any:
    return tuple(value.split()) if isinstance(value, str) else value


class Recipe(_Frozen):
    """All that decides which model comes out."""

    version: int = Field(description="Raised with every change.")
    seed: str = Field(description="Key of the hashes that stand for random choices.")
    sources: tuple[Source, ...] = Field(min_length=1, description="Sources of labelled text.")
    languages: Annotated[tuple[str, ...], BeforeValidator(_split)] = Field(
        min_length=1, description="Labels of the model, canonical codes separated by spaces."
    )
    min_letters: int = Field(ge=0, description="Text with fewer letters is left out.")
    max_chars: int = Field(gt=0, description="Longer lines are cut.")
    spans: tuple[Spans, ...] = Field(description="Augmentation by short spans, one of each kind.")
    word_lists: WordLists = Field(
        default=WordLists(), description="Which words of lists are taken."
    )
    known_words: KnownWords | None = Field(
        default=None, description="The table of words that is made for the model, if one is."
    )
    overlap_words: int = Field(
        gt=0,
        description="Lines that share so many consecutive words with the evaluation text are out.",
    )
    transliterate: dict[str, str] = Field(description="Cyrillic label → label in Latin script.")
    boost: dict[str, Annotated[int, Field(gt=0)]] = Field(
        description="Factor on the caps of a label, but for those of lists of words."
    )
    leave_out: dict[str, tuple[str, ...]] = Field(description="Sources not taken for a label.")
    not_language: int = Field(ge=0, description="Number of made lines that are no language.")
    mojibake: int = Field(
        ge=0, description="Number of lines that are also given as read in two wrong encodings."
    )
    fasttext: dict[str, int | float | str] = Field(description="Parameters of train_supervised.")
    quantise: Quantise = Field(description="Quantisation of the shipped model.")

    @model_validator(mode="after")
    def _has_effect(self) -> Self:
        """Refuse names that nothing here has: what is said of them would change nothing."""
        for code in (*self.languages, self.word_lists.but):
            if canonical(code) != code:
                raise ValueError(f"languages: {code!r} is to be written {canonical(code)!r}")
        names = [source.name for source in self.sources]
        for what, given in (("languages", self.languages), ("sources", names)):
            if twice := sorted({name for name in given if given.count(name) > 1}):
                raise ValueError(f"{what}: {twice[0]!r} is there twice")
        told = {
            "transliterate": {*self.transliterate, *self.transliterate.values()},
            "boost": {*self.boost},
            "leave_out": {*self.leave_out},
        }
        for what, codes in told.items():
            if unknown := sorted(codes - {*self.languages}):
                raise ValueError(f"{what}: {unknown[0]!r} is none of `languages`")
        if unknown := sorted({*chain.from_iterable(self.leave_out.values())} - {*names}):
            raise ValueError(f"leave_out: {unknown[0]!r} is none of `sources`")
        return self

    @model_validator(mode="after")
    def _has_lists(self) -> Self:
        if self.known_words and all(source.unit != WORDS for source in self.sources):
            raise ValueError("known_words are taken from lists: name a source of unit `words`")
        return self

    @property
    def parameters(self) -> dict[str, Any]:
        """What fastText is told, as `eurosift.langid.train.fit` takes it."""
        return self.model_dump(include={"fasttext", "quantise"})

    def cap(self, code: str, source: Source) -> int:
        """Most lines of a source that are taken for a label."""
        return source.cap * (1 if source.unit == WORDS else self.boost.get(code, 1))


def load_recipe(path: Path | None = None) -> Recipe:
    """Read a recipe; without a path, the one of the embedded model.

    Raises
    ------
    YamlError
        If the file is no YAML.
    pydantic.ValidationError
        If the file says something that a recipe does not have.
    """
    at = files("eurosift.langid").joinpath("data/train.yaml") if path is None else path
    return Recipe.model_validate(parse(at.read_text(encoding="utf-8"), str(at)).data)
