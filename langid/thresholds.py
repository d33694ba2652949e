"""How sure the model must be, per language: a versioned table, shipped with the model."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from eurosift.filters.errors import YamlError
from eurosift.filters.yaml12 import parse, without_prefix
from eurosift.langid.errors import ModelError
from eurosift.langid.languages import canonical
from eurosift.langid.short import Short

EMBEDDED = "data/thresholds.yaml"
"""The table of the embedded model, relative to this package."""


def canonical_keys(by_language: Mapping[str, float]) -> dict[str, float]:
    """Thresholds by canonical code, sorted.

    Raises
    ------
    ValueError
        If a key names no language, two keys name the same, or a threshold is not within 0 and 1.
    """
    checked: dict[str, float] = {}
    for language in sorted(by_language):
        code, score = canonical(language, known=True), by_language[language]
        if code in checked:
            raise ValueError(f"{language!r}: {code} has a threshold already")
        if not 0 <= score <= 1:
            raise ValueError(f"the threshold of {language} is {score}; it must be within 0 and 1")
        checked[code] = score
    return checked


class Thresholds(BaseModel):
    """Least score at which a label is believed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(default=1, description="Raised with every change.")
    model: str = Field(default="", description="Model that the table was calibrated for.")
    model_sha256: str = Field(
        default="", description="Digest of the model's file; it may be used with no other."
    )
    measured_sha256: str = Field(
        default="",
        description="Digest of the model that was measured, if not that one: one that was not "
        "trained on the text.",
    )
    text: str = Field(default="", description="File that the table was calibrated on.")
    text_sha256: str = Field(default="", description="Digest of that file.")
    target_precision: float | None = Field(
        default=None, ge=0, le=1, description="Share of right labels that was to be reached."
    )
    other_share: float | None = Field(
        default=None, ge=0, le=1, description="Share of other text, if not that of the file."
    )
    fallbacks: Mapping[str, Literal["best_f1", "default"]] = Field(
        default_factory=dict, description="How else the thresholds of languages were chosen."
    )
    default: float = Field(ge=0, le=1, description="For languages that are not in the table.")
    languages: Mapping[str, float] = Field(default_factory=dict, description="By language.")
    short: Mapping[int, Annotated[float, Field(ge=0, le=1)]] = Field(
        default_factory=dict,
        description="Least score of texts of fewer characters, whatever the language.",
    )
    short_but: tuple[str, ...] = Field(
        default_factory=tuple, description="Languages of which that is not asked."
    )

    @field_validator("languages")
    @classmethod
    def _canonical(cls, value: Mapping[str, float]) -> Mapping[str, float]:
        return canonical_keys(value)

    @field_validator("short_but")
    @classmethod
    def _codes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted({canonical(code, known=True) for code in value}))

    def short_texts(self, *but: str) -> Short:
        """What is asked of short texts; not of these languages either."""
        lengths = tuple(sorted(self.short))
        scores = tuple(self.short[length] for length in lengths)
        return Short(lengths, scores, frozenset({*self.short_but, *but}))

    def is_for(self, digest: str) -> bool:
        """Whether the table may be used with the model whose file has this SHA-256."""
        return self.model_sha256 in {"", digest}

    def check_model(self, digests: Collection[str], at: object) -> None:
        """Refuse to be used with none but other models than the one that the table is for.

        Parameters
        ----------
        digests
            SHA-256 of the models' files in hexadecimal.
        at
            Where the table is, for the message.

        Raises
        ------
        ModelError
            If the table says that it is for another model.
        """
        if not any(map(self.is_for, digests)):
            raise ModelError(
                f"{at}: these thresholds are for the model {self.model} "
                f"({self.model_sha256[:12]}…), not for "
                f"{' or '.join(f'{digest[:12]}…' for digest in digests)}; calibrate them with "
                "`eurosift langid calibrate`"
            )

    def of(self, language: str) -> float:
        """Least score of a language."""
        return self.languages.get(language, self.default)


def dump_thresholds(table: Thresholds) -> str:
    """The table as YAML; `load_thresholds` reads it."""
    said = table.model_dump(exclude_defaults=True) | {"version": table.version}
    keys = [key for key in Thresholds.model_fields if key in said]
    return "# Least score of a label, by `eurosift langid calibrate`.\n" + yaml.safe_dump(
        {key: said[key] for key in keys}, sort_keys=False
    )


def load_thresholds(path: Path | None = None) -> Thresholds:
    """Read a table of thresholds; without a path, that of the embedded model.

    Raises
    ------
    ModelError
        If the file is missing or is no table of thresholds.
    """
    at = files("eurosift.langid").joinpath(EMBEDDED) if path is None else path
    try:
        document = parse(at.read_text(encoding="utf-8"), str(at))
    except OSError as error:
        raise ModelError(f"{at}: cannot read the thresholds ({error.strerror})") from error
    except (YamlError, UnicodeDecodeError) as error:
        raise ModelError(f"{at}: not a table of thresholds: {error}") from error
    try:
        return Thresholds.model_validate(document.data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            problem = f"unknown key; a table has {', '.join(Thresholds.model_fields)}"
        elif first["type"] == "model_type":
            problem = "a table has `default`, and `languages` with a score for each"
        else:
            problem = without_prefix(first["msg"])
        told = f"{key}: {problem}" if key else problem
        raise ModelError(
            f"{document.where(first['loc'])}: not a table of thresholds: {told}"
        ) from error
