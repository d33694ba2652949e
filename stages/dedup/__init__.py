"""Removal of exact and near-duplicates within each language.

Six phases: ``sign`` (per shard), ``ids`` and ``match`` (per range of keys), ``cluster`` (per
language), ``members`` (per range of clusters), and the layer (per shard). The method is that of
FineWeb-2 (MinHash over word 5-grams, 14 bands of 8 rows, transitive clusters), with exact
duplicates first and a keeper that is chosen, not met by chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import ClassVar

import pyarrow as pa
import xxhash

from eurosift.dedup.keeper import KeeperError
from eurosift.stages.dedup.cluster import Cluster
from eurosift.stages.dedup.config import N_CHARS, OWN_NAMES, RIGHTS_SIGNALS, DedupConfig
from eurosift.stages.dedup.corpus import Corpora
from eurosift.stages.dedup.earlier import refusals
from eurosift.stages.dedup.ids import CheckIds, IdCollisionError
from eurosift.stages.dedup.layer import DedupLayer
from eurosift.stages.dedup.match import Match
from eurosift.stages.dedup.members import Members
from eurosift.stages.dedup.sign import Sign, scheme
from eurosift.stages.errors import StageError
from eurosift.stages.phases import Phase, PhasedStage

__all__ = ["Dedup", "DedupConfig", "IdCollisionError"]


class Dedup(PhasedStage[DedupConfig]):
    """Marks duplicates, and keeps one document of every cluster.

    Reasons: ``exact_duplicate``, ``url_duplicate``, ``near_duplicate``.
    """

    version: ClassVar[int] = 4
    config_type: ClassVar[type[DedupConfig]] = DedupConfig
    default_needs: ClassVar[tuple[str, ...]] = ("quality", "templates")
    own_names: ClassVar[tuple[str, ...]] = tuple(OWN_NAMES)

    @property
    def phases(self) -> Sequence[Phase]:
        """The phases in order."""
        tables = self.embedded()["unicode"]
        corpora = Corpora(self.config.against, scheme(self.config, tables))
        return (
            Sign(self.config, tables),
            CheckIds(self.config),
            Match(self.config, corpora),
            Cluster(self.config, corpora),
            Members(self.config, corpora),
            DedupLayer(self.reasons_column, self.config),
        )

    def check_columns(self, types: Mapping[str, pa.DataType]) -> None:
        """Refuse a policy in which columns have no place where they stand, or that are never known.

        Raises
        ------
        StageError
            Naming the policy and the column.
        """
        own = {N_CHARS: pa.int64(), RIGHTS_SIGNALS: pa.list_(pa.string())}
        known = {**types, **own}
        keeper = self.config.keeper()
        if not all(name in known for name in keeper.columns):
            return  # told by what the stage reads
        try:
            keeper.check(known)
        except KeeperError as error:
            at = "keep" if self.config.keep_by is None else "keep_by"
            raise StageError(f"stages.{self.name}.{at}: {error}", at=(at,)) from error

    def refusals(self) -> Iterable[StageError]:
        """Earlier runs that are not there, or were signed in another way."""
        return refusals(self.config.against, scheme(self.config, self.embedded()["unicode"]))

    def embedded(self) -> Mapping[str, str]:
        """Digest of the character tables that normalise the text."""
        table = files("eurosift.filters").joinpath("data/unicode.json").read_bytes()
        return {"unicode": xxhash.xxh3_128_hexdigest(table)}
