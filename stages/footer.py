"""What a Parquet file of a run says of itself, in its own footer.

There are no side files: everything that describes a shard travels with it and cannot disagree with
it. Nothing that varies from run to run (clock, host, worker) may appear here, because data files
are byte-identical however they were made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field

FOOTER_KEY = b"eurosift"
"""Key of the footer's entry in the Parquet key-value metadata; its value is canonical JSON."""

UNDETERMINED = "und"
"""Language under which rows without a label are counted (ISO 639-2 ``und``)."""

EVIDENCE = "evidence"
"""Fact of a layer: its rows by column, language and value, of the columns that the stage names."""

FINDINGS = "findings"
"""Fact of a layer: what was found in its rows by column, language and value, likewise."""


class Tally(BaseModel):
    """Counts of rows in one language. ``active = kept + rejected`` always holds.

    ``reasons`` counts every reason of every rejected row, so its sum may exceed ``rejected``.
    ``measures`` sums sizes (``characters``, ``words``, ``tokens``, ``bytes``, ``segments``) over
    the kept rows.
    """

    model_config = ConfigDict(extra="forbid")

    inactive: int = 0
    kept: int = 0
    rejected: int = 0
    reasons: dict[str, int] = Field(default_factory=dict)
    measures: dict[str, int] = Field(default_factory=dict)

    @property
    def rows(self) -> int:
        """All rows of the language, active or not."""
        return self.inactive + self.kept + self.rejected

    def add(self, other: Tally) -> None:
        """Add the counts of `other` to these."""
        self.inactive += other.inactive
        self.kept += other.kept
        self.rejected += other.rejected
        for reason, n in other.reasons.items():
            self.reasons[reason] = self.reasons.get(reason, 0) + n
        for name, n in other.measures.items():
            self.measures[name] = self.measures.get(name, 0) + n


class Footer(BaseModel):
    """The footer of one file of a run.

    Attributes
    ----------
    stage, phase, key
        What made the file: stage name, phase name (empty for a layer), work item.
    version
        Version of the stage.
    config
        The configuration that shaped the data, without paths; assets appear as digests.
    inputs
        Digest of each thing that was read: ``"extract.text"``, ``"mask.quality"``, ``"rows"``.
    fingerprint
        Digest of stage, phase, version, config and inputs.
    rows
        Number of rows in the file.
    columns
        Canonical content digest of each column, independent of row groups and encodings.
    rejects
        Digest of which rows this layer rejected; empty if the stage does not decide.
    tallies
        Per language: inactive, kept, rejected, reasons, measures. Empty for files that are no
        layers.
    facts
        Whatever else the stage has to say about the file (skipped records, losses, key ranges).
    """

    model_config = ConfigDict(extra="forbid")

    format: int = 1
    stage: str
    phase: str = ""
    key: str
    version: int
    config: dict[str, Any]
    inputs: dict[str, str]
    fingerprint: str
    rows: int
    columns: dict[str, str]
    rejects: str = ""
    tallies: dict[str, Tally] = Field(default_factory=dict)
    facts: dict[str, Any] = Field(default_factory=dict)

    def total(self) -> Tally:
        """Sum of the tallies over all languages."""
        total = Tally()
        for tally in self.tallies.values():
            total.add(tally)
        return total


@dataclass(frozen=True)
class Head:
    """What planning asks of a footer: all but its configuration and its counts by language.

    A large run has tens of thousands of them at once, so facts stay JSON.

    Attributes
    ----------
    fingerprint, rows, columns, rejects
        As in `Footer`.
    basis
        Of the inputs, the rows and the masks that a layer was made from.
    counts
        Rows that were inactive, kept, rejected; the sum of the tallies.
    facts_json
        JSON of the facts, evidence and findings apart.
    """

    fingerprint: str
    rows: int
    columns: Mapping[str, str]
    rejects: str
    basis: Mapping[str, str]
    counts: tuple[int, int, int]
    facts_json: bytes

    @classmethod
    def of(cls, footer: Mapping[str, Any]) -> Head:
        """Head of a footer, as JSON has it."""
        tallies = footer["tallies"].values()
        return cls(
            fingerprint=footer["fingerprint"],
            rows=footer["rows"],
            columns=footer["columns"],
            rejects=footer["rejects"],
            basis={
                name: value
                for name, value in footer["inputs"].items()
                if name == "rows" or name.startswith("mask.")
            },
            counts=(
                sum(tally["inactive"] for tally in tallies),
                sum(tally["kept"] for tally in tallies),
                sum(tally["rejected"] for tally in tallies),
            ),
            facts_json=orjson.dumps(
                {k: v for k, v in footer["facts"].items() if k not in {EVIDENCE, FINDINGS}}
            ),
        )

    @property
    def facts(self) -> Mapping[str, Any]:
        """Whatever else the stage has to say about the file, but for counts; parsed anew."""
        found: Mapping[str, Any] = orjson.loads(self.facts_json)
        return found
