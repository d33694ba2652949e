"""Configuration of the dedup stage."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from eurosift.dedup.sign import MinHash
from eurosift.stages.base import StageConfig


class DedupConfig(StageConfig):
    """Which documents count as duplicates, and which one of them is kept."""

    n_grams: int = Field(
        5,
        ge=1,
        le=64,
        description="Words per shingle. Documents with fewer words have exact duplicates only.",
    )
    bands: int = Field(
        14,
        ge=1,
        le=256,
        description="Bands of the signature: more bands find less similar documents.",
    )
    rows: int = Field(
        8,
        ge=1,
        le=64,
        description="Hashes per band: more rows demand more similar documents. Half of all pairs "
        "are found at a Jaccard similarity of about (1/bands)**(1/rows).",
    )
    seed: int = Field(1, ge=0, description="Chooses the permutations of the signature.")
    exact: Literal["text", "normalised"] = Field(
        "text",
        description="What is equal in exact duplicates: the text, or its normalised words, so that "
        "case, diacritics, numbers, punctuation and white space do not matter (of short documents "
        "too: 'Page 1' equals 'Page 2').",
    )
    keep: Literal["longest", "best_quality", "earliest", "latest"] = Field(
        "longest",
        description="Which document of a cluster is kept: the one with the most characters, the "
        "highest `quality_score`, or the first or last `date`. Equals are decided by length, then "
        "by the smallest id. Documents in a bucket apart (see `langid`) come behind all others.",
    )

    def minhash(self) -> MinHash:
        """Return the MinHash scheme."""
        return MinHash(self.n_grams, self.bands, self.rows, self.seed)
