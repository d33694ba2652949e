"""The stage: one scan over the bytes of a batch, then detectors at what it found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import ClassVar, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from eurosift.langid.tlds import tlds
from eurosift.stages.base import Stage
from eurosift.stages.config import AssetPath, StageConfig
from eurosift.stages.pii import context, policy
from eurosift.stages.pii.candidates import Hit, hits_by_row, scan_batch
from eurosift.stages.pii.detector import TYPES, Match, PiiType, Scope
from eurosift.stages.pii.detectors import TYPE_OF
from eurosift.stages.pii.key import read_key
from eurosift.stages.pii.policy import Policy, Rule, Rules
from eurosift.stages.pii.regions import regions
from eurosift.stages.pii.scrub import Replace, Span, scrub
from eurosift.stages.pii.surrogates import surrogate

SPAN_TYPE = pa.struct(
    [
        pa.field("start", pa.int32()),
        pa.field("end", pa.int32()),
        pa.field("type", pa.string()),
        pa.field("detector", pa.string()),
    ],
)
COUNT_TYPE = pa.struct([pa.field("detector", pa.string()), pa.field("n", pa.int32())])
SCHEMA = pa.schema(
    [
        pa.field("text", pa.string()),
        pa.field("pii", pa.list_(SPAN_TYPE)),
        pa.field("pii_counted", pa.list_(COUNT_TYPE)),
    ]
)


class PiiConfig(StageConfig):
    """What is scrubbed, and what is written in its place."""

    mode: Literal["surrogate", "tag", "spans"] = Field(
        default="surrogate",
        description=(
            "surrogate: a stand-in of the same type that cannot be real; tag: <EMAIL>, "
            "<NATIONAL_ID>, …; spans: only report where things are, leave the text alone."
        ),
    )
    types: tuple[PiiType, ...] = Field(
        default=TYPES,
        min_length=1,
        description="Types of identifiers to look for; of IP addresses, only public ones.",
    )
    policy: AssetPath | None = Field(
        default=None,
        description=(
            "YAML file that says what is different from the shipped policy: per identifier and "
            "language, what evidence it needs, and whether it is masked or counted (docs/pii.md)."
        ),
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


class _Treatment:
    """A configuration, ready for use: rules by language, and what is written in place of finds."""

    def __init__(self, config: PiiConfig) -> None:
        self._config = config
        self._policy: Policy = policy.load(config.policy)
        self._scopes: dict[tuple[str | None, str | None], Scope] = {}
        self._rules: dict[int, Rules] = {}
        self._key = b""
        if config.mode != "spans" and self._needs_key():
            self._key = read_key(config.key)

    def _needs_key(self) -> bool:
        if self._config.mode == "surrogate":
            return True
        rules = (self._policy.general, *self._policy.by_language.values())
        return any(rule.replacement == "surrogate" for r in rules for rule in r.values())

    def scope(self, language: str | None, tld: str | None) -> Scope:
        """What detectors are told of texts of a language and a top-level domain."""
        found = self._scopes.get((language, tld))
        if found is None:
            rules = self._of_types(self._policy.rules(language))
            found = self._scopes[language, tld] = Scope(rules, regions(language, tld))
        return found

    def _of_types(self, rules: Rules) -> Rules:
        """The rules, without what is of a type that is not looked for."""
        kept = self._rules.get(id(rules))
        if kept is None:
            types = frozenset(self._config.types)
            kept = self._rules[id(rules)] = {
                name: rule if TYPE_OF[name] in types else Rule("off", rule.action)
                for name, rule in rules.items()
            }
        return kept

    def replacement(self, scope: Scope) -> Replace | None:
        """What writes the stand-ins; None where texts stay as they are."""
        if self._config.mode == "spans":
            return None

        def replace(match: Match, written: str) -> str:
            how = scope.rules[match.detector].replacement or self._config.mode
            return tag(match, written) if how == "tag" else surrogate(match, written, self._key)

        return replace


class Candidate(NamedTuple):
    """A text in which something may be found, with what is known of it."""

    row: int
    text: str
    hits: list[Hit]
    treatment: _Treatment
    scope: Scope


class Pii(Stage[PiiConfig]):
    """Scrubs identifiers of persons: addresses, numbers, accounts, documents, secrets.

    Adds ``text`` (null where nothing was changed, and everywhere in mode ``spans``) and ``pii``
    (``list<struct<start, end, type, detector>>``): where the surrogates are, in code points of the
    scrubbed text; in mode ``spans``, where the identifiers are in the text that was read.
    ``pii_counted`` (``list<struct<detector, n>>``) says how many were found that the policy only
    counts. The identifiers themselves are stored nowhere.
    """

    version: ClassVar[int] = 5
    config_type: ClassVar[type[StageConfig]] = PiiConfig
    default_needs: ClassVar[tuple[str, ...]] = ("dedup",)
    findings: ClassVar[tuple[str, ...]] = ("pii", "pii_counted")

    @property
    def reads(self) -> tuple[str, ...]:
        """The text."""
        return ("text",)

    @property
    def reads_if_present(self) -> tuple[str, ...]:
        """Language and address, which tell the state whose numbers are to be expected."""
        return ("language", "url")

    @property
    def adds(self) -> pa.Schema:
        """``text``, ``pii``, ``pii_counted``."""
        return SCHEMA

    def embedded(self) -> Mapping[str, str]:
        """Digests of the shipped policy and of the words around numbers."""
        return {"policy": policy.shipped_digest(), "context": context.digest()}

    def open(self) -> None:
        """Read keys and policies.

        Raises
        ------
        AssetError
            If a key that is needed is missing, too short or open to others; if a policy is not
            understood.
        """
        assert self._treatments  # noqa: S101 - made here, so that all problems are told now

    @cached_property
    def _treatments(self) -> Mapping[PiiConfig, _Treatment]:
        return {c: _Treatment(c) for c in (self.config, *self.per_language.values())}

    def candidates(self, batch: pa.RecordBatch) -> Iterator[Candidate]:
        """Rows of a batch in which the scan found something, in order."""
        texts = batch.column("text")
        found = list(hits_by_row(scan_batch(texts)))
        rows = pa.array([row for row, _ in found], pa.int64())
        languages = _strings(batch, "language", rows)
        domains = tlds(pa.array(_strings(batch, "url", rows), pa.string())).to_pylist()
        for (row, hits), language, tld in zip(found, languages, domains, strict=True):
            treatment = self._treatments[self.config_for(language)]
            text = texts[row].as_py()  # one at a time, while it is looked at
            yield Candidate(row, text, hits, treatment, treatment.scope(language, tld))

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Scrub a batch."""
        counts = np.zeros(batch.num_rows, dtype=np.int32)
        changed = np.full(batch.num_rows, -1, dtype=np.int64)
        scrubbed_texts: list[str] = []
        spans: list[Span] = []
        left: dict[int, dict[str, int]] = {}
        for row, text, hits, treatment, scope in self.candidates(batch):
            done = scrub(text, scope, treatment.replacement(scope), hits)
            counts[row] = len(done.spans)
            spans += done.spans
            if done.counted:
                left[row] = done.counted
            if done.text is not None:
                changed[row] = len(scrubbed_texts)
                scrubbed_texts.append(done.text)
        nulls = batch.column("text").is_null()
        return pa.record_batch(
            [
                pa.array(scrubbed_texts, pa.string()).take(pa.array(changed, mask=changed < 0)),
                _lists(counts, spans, nulls),
                _counted(left, nulls),
            ],
            schema=SCHEMA,
        )


def _strings(batch: pa.RecordBatch, column: str, rows: pa.Array) -> Sequence[str | None]:
    """Values of some rows of a column that may be absent."""
    if column not in batch.schema.names:
        return [None] * len(rows)
    values: list[str | None] = batch.column(column).take(rows).to_pylist()
    return values


def _counted(left: Mapping[int, Mapping[str, int]], nulls: pa.Array) -> pa.ListArray:
    """What was only counted, as one list array; null where `nulls` is true."""
    counts = np.zeros(len(nulls), dtype=np.int32)
    for row, found in left.items():
        counts[row] = len(found)
    values = [{"detector": d, "n": n} for row in sorted(left) for d, n in left[row].items()]
    return _list_array(counts, pa.array(values, COUNT_TYPE), nulls)


def _lists(counts: npt.NDArray[np.int32], spans: Sequence[Span], nulls: pa.Array) -> pa.ListArray:
    """Spans of all rows as one list array; null where `nulls` is true."""
    values = pa.StructArray.from_arrays(
        [
            pa.array([span.start for span in spans], type=pa.int32()),
            pa.array([span.end for span in spans], type=pa.int32()),
            pa.array([span.type for span in spans], type=pa.string()),
            pa.array([span.detector for span in spans], type=pa.string()),
        ],
        fields=list(SPAN_TYPE),
    )
    return _list_array(counts, values, nulls)


def _list_array(
    counts: npt.NDArray[np.int32], values: pa.StructArray, nulls: pa.Array
) -> pa.ListArray:
    """Values in lists of so many each; null where `nulls` is true."""
    offsets = np.zeros(len(counts) + 1, dtype=np.int32)
    np.cumsum(counts, out=offsets[1:])
    kind = pa.list_(values.type)
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=kind, mask=nulls)
