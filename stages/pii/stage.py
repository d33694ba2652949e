"""The stage: a scan over whole columns names candidate rows, detectors see only those."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from eurosift.stages.base import AssetPath, Stage, StageConfig
from eurosift.stages.pii.detector import TYPES, Detector, Match, PiiType
from eurosift.stages.pii.emails import EMAIL
from eurosift.stages.pii.ibans import IBAN
from eurosift.stages.pii.ips import IPV4, IPV6
from eurosift.stages.pii.key import read_key
from eurosift.stages.pii.scrub import Replace, Span, scrub
from eurosift.stages.pii.surrogates import surrogate

DETECTORS: tuple[Detector, ...] = (EMAIL, IPV4, IPV6, IBAN)

SPAN_TYPE = pa.struct(
    [
        pa.field("start", pa.int32()),
        pa.field("end", pa.int32()),
        pa.field("type", pa.string()),
        pa.field("detector", pa.string()),
    ],
)
SCHEMA = pa.schema([pa.field("text", pa.string()), pa.field("pii", pa.list_(SPAN_TYPE))])


class PiiConfig(StageConfig):
    """What is scrubbed, and what is written in its place."""

    mode: Literal["surrogate", "tag", "spans"] = Field(
        default="surrogate",
        description=(
            "surrogate: a stand-in of the same type that cannot be real; tag: <EMAIL>, "
            "<IP_ADDRESS>, <IBAN>; spans: only report where things are, leave the text alone."
        ),
    )
    types: tuple[PiiType, ...] = Field(
        default=TYPES,
        min_length=1,
        description="Identifiers to look for. IP addresses are only those that are public.",
    )
    key: AssetPath | None = Field(
        default=None,
        description=(
            "File with the secret key from which surrogates are made (at least 16 bytes, "
            "mode 0600). Keep it out of the release: it lets its holder test guesses."
        ),
    )


def tag(match: Match, _written: str) -> str:
    """Placeholder that names the type."""
    return f"<{match.type.upper()}>"


class Pii(Stage[PiiConfig]):
    """Scrubs e-mail addresses, public IP addresses and IBANs.

    Adds ``text`` (null where nothing was changed, and everywhere in mode ``spans``) and ``pii``
    (``list<struct<start, end, type, detector>>``): where the surrogates are, in code points of the
    scrubbed text; in mode ``spans``, where the identifiers are in the text that was read. The
    identifiers themselves are stored nowhere.
    """

    version: ClassVar[int] = 1
    config_type: ClassVar[type[StageConfig]] = PiiConfig
    default_needs: ClassVar[tuple[str, ...]] = ("dedup",)

    _policies: dict[PiiConfig, tuple[tuple[Detector, ...], Replace | None]]

    @property
    def reads(self) -> tuple[str, ...]:
        """The text."""
        return ("text",)

    @property
    def reads_if_present(self) -> tuple[str, ...]:
        """The language, if something is configured by language."""
        return ("language",) if self.per_language else ()

    @property
    def adds(self) -> pa.Schema:
        """``text``, ``pii``."""
        return SCHEMA

    def open(self) -> None:
        """Read the keys.

        Raises
        ------
        AssetError
            If a key that is needed is missing, too short or open to others.
        """
        self._policies = {}
        for config in (self.config, *self.per_language.values()):
            detectors = tuple(d for d in DETECTORS if d.type in config.types)
            self._policies[config] = (detectors, _replacement(config))

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Scrub a batch."""
        texts = batch.column("text")
        rows = self._candidates(texts)
        candidates = texts.take(pa.array(rows)).to_pylist()
        languages: Sequence[str | None] = [None] * len(rows)
        if self.per_language:
            languages = batch.column("language").take(pa.array(rows)).to_pylist()

        counts = np.zeros(batch.num_rows, dtype=np.int32)
        changed = np.full(batch.num_rows, -1, dtype=np.int64)
        scrubbed_texts: list[str] = []
        spans: list[Span] = []
        for row, text, language in zip(rows.tolist(), candidates, languages, strict=True):
            detectors, replace = self._policies[self.config_for(language)]
            scrubbed, found = scrub(text, detectors, replace)
            counts[row] = len(found)
            spans += found
            if scrubbed is not None:
                changed[row] = len(scrubbed_texts)
                scrubbed_texts.append(scrubbed)
        indices = pa.array(changed, mask=changed < 0)
        return pa.record_batch(
            [
                pa.array(scrubbed_texts, type=pa.string()).take(indices),
                _lists(counts, spans, texts.is_null()),
            ],
            schema=SCHEMA,
        )

    def _candidates(self, texts: pa.Array) -> npt.NDArray[np.int64]:
        """Rows in which one of the prefilters matches."""
        import polars as pl  # noqa: PLC0415 - takes long to import, and only workers need it

        column = pl.Series(pl.from_arrow(texts))
        named = np.zeros(len(texts), dtype=bool)
        detectors = [d for used, _ in self._policies.values() for d in used]
        for prefilter in dict.fromkeys(d.prefilter for d in detectors):
            named |= column.str.contains(prefilter).fill_null(value=False).to_numpy()
        return np.flatnonzero(named)


def _replacement(config: PiiConfig) -> Replace | None:
    if config.mode == "spans":
        return None
    if config.mode == "tag":
        return tag
    key = read_key(config.key)

    def replace(match: Match, written: str) -> str:
        return surrogate(match, written, key)

    return replace


def _lists(counts: npt.NDArray[np.int32], spans: Sequence[Span], mask: pa.Array) -> pa.ListArray:
    """Spans of all rows as one list array; null where `mask` is true."""
    offsets = np.zeros(len(counts) + 1, dtype=np.int32)
    np.cumsum(counts, out=offsets[1:])
    values = pa.StructArray.from_arrays(
        [
            pa.array([span.start for span in spans], type=pa.int32()),
            pa.array([span.end for span in spans], type=pa.int32()),
            pa.array([span.type for span in spans], type=pa.string()),
            pa.array([span.detector for span in spans], type=pa.string()),
        ],
        fields=list(SPAN_TYPE),
    )
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=pa.list_(SPAN_TYPE), mask=mask)
