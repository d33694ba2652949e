"""A document's quality between 0 and 1: how near its signals are to those usual in its language.

Nothing is trained. For each language the median and the spread of some signals are measured on
one's own text (`measure_spread`); a document is then judged by how many spreads it is away from
the medians, which adapts the score to the language, as HPLT's Web Docs Scorer adapts its ranges
(github.com/pablop16n/web-docs-scorer). Median and spread are robust: a tenth of nonsense hardly
moves them (Rousseeuw and Croux 1993, https://doi.org/10.1080/01621459.1993.10476408).

With z the distance to the median in spreads, counted only towards the side that is worse, a signal
gives ``1 / (1 + (z / 3)²)``: 1 at the median or better, one half at three spreads. The score is the
geometric mean over the signals, so that one very bad signal weighs more than several mediocre ones.
A signal that does not vary in a language, or is unknown, says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eurosift.filters.arrays import Float32s, Float64s
from eurosift.filters.errors import MediansError, YamlError
from eurosift.filters.verdicts import as_values, label_numbers
from eurosift.filters.yaml12 import MAX_CHARS, parse

Side = Literal["low", "high", "both"]

SCORED: Final[Mapping[str, Side]] = {
    "word_count": "low",
    "mean_word_length": "both",
    "alpha_word_ratio": "low",
    "stop_word_count": "low",
    "line_punct_ratio": "low",
    "short_line_ratio": "high",
    "new_line_ratio": "high",
    "bullet_line_ratio": "high",
    "ellipsis_line_ratio": "high",
    "hash_ratio": "high",
    "upper_ratio": "high",
    "number_ratio": "high",
    "dup_line_char_ratio": "high",
    "top_2_gram_ratio": "high",
    "dup_5_gram_ratio": "high",
}
"""Signals that count, and which side of the median is worse."""

LOGARITHMIC: Final = ("word_count", "stop_word_count")
"""Counts, which are compared by ``log(1 + x)``."""

NORMAL_MAD: Final = 1.4826
"""Standard deviations in a median absolute deviation of a normal distribution."""
NORMAL_P90: Final = 1.2816
"""Standard deviations from the median to the 90th percentile of a normal distribution."""
HALF_AT: Final = 3.0
"""Spreads from the median at which a signal gives one half."""


class Spread(NamedTuple):
    """What is usual of a signal in a language.

    Attributes
    ----------
    median
        The median.
    spread
        The larger of 1.4826 median absolute deviations and what a normal distribution of these 10th
        and 90th percentiles has as standard deviation. The latter is not 0 for signals that are 0
        in most documents.
    """

    median: float
    spread: float


class _Language(BaseModel):
    """What the file says of a language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    documents: int = Field(ge=1)
    signals: dict[str, tuple[float, float]]


class _File(BaseModel):
    """What stands in a file of medians."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["medians"]
    version: Literal[1]
    provenance: dict[str, Any] = Field(default_factory=dict)
    languages: dict[str, _Language] = Field(min_length=1)


@dataclass(frozen=True)
class Medians:
    """What is usual of the signals that count, by canonical language code and signal."""

    languages: Mapping[str, Mapping[str, Spread]]

    @property
    def signals(self) -> tuple[str, ...]:
        """Signals that some language has, in the order of `SCORED`."""
        found = {name for spreads in self.languages.values() for name in spreads}
        return tuple(name for name in SCORED if name in found)


def transformed(name: str, values: Float64s) -> Float64s:
    """What is compared of a signal: its logarithm, if it is a count."""
    if name not in LOGARITHMIC:
        return values
    logarithms: Float64s = np.log1p(values)
    return logarithms


def measure_spread(name: str, values: Float64s) -> Spread | None:
    """Median and spread of a signal; None if no value is known.

    Parameters
    ----------
    name
        One of `SCORED`.
    values
        float64, shape (n,); NaN where unknown.
    """
    known = transformed(name, values[~np.isnan(values)])
    if known.size == 0:
        return None
    low, median, high = np.quantile(known, (0.1, 0.5, 0.9))
    mad = NORMAL_MAD * float(np.median(np.abs(known - median)))
    return Spread(float(median), max(mad, float(high - low) / (2 * NORMAL_P90)))


def score(medians: Medians, signals: Mapping[str, pa.Array], languages: pa.Array) -> Float32s:
    """Score documents.

    Parameters
    ----------
    medians
        What is usual.
    signals
        By name, each of shape (n_rows,); at least ``medians.signals``.
    languages
        Canonical codes, shape (n_rows,).

    Returns
    -------
    float32, shape (n_rows,), in [0, 1]; NaN where the language has no medians or no signal of the
    row is known.
    """
    labels, numbers = label_numbers(languages)
    known = [medians.languages.get(label or "", {}) for label in labels]
    total = np.zeros(len(languages))
    heard = np.zeros(len(languages))
    for name in medians.signals:
        values = transformed(name, as_values(name, signals[name]))
        spreads = [spreads.get(name) for spreads in known]
        centre = _by_row(spreads, lambda s: s.median, numbers)
        scale = _by_row(spreads, lambda s: s.spread or math.nan, numbers)
        away = (values - centre) / scale
        if SCORED[name] == "both":
            away = np.abs(away)
        elif SCORED[name] == "low":
            away = -away
        given = ~np.isnan(away)
        bad = np.where(given, np.maximum(away, 0), 0)
        total += np.log1p((bad / HALF_AT) ** 2)
        heard += given
    mean = np.divide(total, heard, out=np.full(len(total), np.nan), where=heard > 0)
    scores: Float32s = np.exp(-mean).astype(np.float32)
    return scores


def _by_row(
    spreads: list[Spread | None],
    take: Callable[[Spread], float],
    numbers: npt.NDArray[np.int64],
) -> Float64s:
    by_label = np.array([math.nan if spread is None else take(spread) for spread in spreads])
    by_row: Float64s = by_label[numbers]
    return by_row


def load_medians(path: Path, canonical: Callable[[str], str] = lambda code: code) -> Medians:
    """Read a file of medians, as ``eurosift quality medians`` writes it.

    Raises
    ------
    MediansError
        If it cannot be read or does not say what it must; the message names line and column.
    """
    try:
        with path.open(encoding="utf-8") as file:
            document = parse(file.read(MAX_CHARS + 1), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise MediansError(f"{path}: cannot be read: {reason}") from error
    except YamlError as error:
        raise MediansError(str(error)) from error
    try:
        found = _File.model_validate(document.data)
    except ValidationError as error:
        first = error.errors()[0]
        said = "should be a mapping" if first["type"] == "model_type" else first["msg"]
        raise MediansError(
            f"{document.where(first['loc'])}: no medians: "
            f"{'.'.join(str(part) for part in first['loc']) or 'file'}: {said}"
        ) from error
    languages: dict[str, Mapping[str, Spread]] = {}
    for written, language in found.languages.items():
        place = document.where(("languages", written))
        try:
            code = canonical(written)
        except ValueError as error:
            raise MediansError(f"{place}: {error}") from error
        unknown = sorted(set(language.signals) - set(SCORED))
        if unknown:
            raise MediansError(f"{place}: {unknown[0]!r} is no signal that counts")
        spreads = {name: Spread(*pair) for name, pair in language.signals.items()}
        if not all(math.isfinite(s.median) and 0 <= s.spread < math.inf for s in spreads.values()):
            raise MediansError(f"{place}: a median or spread is no number that can be used")
        languages[code] = spreads
    return Medians(languages)
