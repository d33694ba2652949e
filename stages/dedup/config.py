"""Configuration of the dedup stage."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, field_validator

from eurosift.dedup.keeper import Keeper, KeeperError, parse_keeper
from eurosift.dedup.sign import MinHash
from eurosift.stages.config import Indirect, RunPaths, StageConfig

N_CHARS = "n_chars"
"""What policies may call the length of the text, though no column has it yet."""
RIGHTS_SIGNALS = "rights_signals"
"""What policies may call what the page says of rights, in the words of a release."""
OWN_NAMES = {N_CHARS: (), RIGHTS_SIGNALS: ("rights",)}
"""What policies may name that no column has, and the columns that it is made of."""
POLICIES = {
    "longest": N_CHARS,
    "best_quality": "quality_score",
    "earliest": "-date",
    "latest": "date",
}
"""Policies that have a name."""


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
    seed: int = Field(1, ge=0, lt=1 << 64, description="Chooses the permutations of the signature.")
    precision: Literal[32, 64] = Field(
        32,
        description="Bits of the hashes of shingles; 64 for texts of more than some ten million "
        "words.",
    )
    exact: Literal["text", "normalised"] = Field(
        "text",
        description="What is equal in exact duplicates: the text, or its normalised words, so that "
        "case, diacritics, numbers, punctuation and white space do not matter (of short documents "
        "too: 'Page 1' equals 'Page 2').",
    )
    urls: bool = Field(
        default=False,
        description="Whether documents of the same `url` are duplicates, whatever their text. "
        "Scheme, `www.`, fragment, standard port and a slash at the end do not matter.",
    )
    verify: float | None = Field(
        None,
        gt=0,
        le=1,
        description="Least true Jaccard similarity of a near-duplicate with the document that is "
        "kept, by all of their shingles; who has less is kept, too. Without it, sharing a band is "
        "enough, directly or through others.",
    )
    keep: Literal["longest", "best_quality", "earliest", "latest"] = Field(
        "longest",
        description="Which document of a cluster is kept: the one with the most characters, the "
        "highest `quality_score`, or the first or last `date`. Equals are decided by length, then "
        "by the smallest id. Documents in a bucket apart (see `langid`) come behind all others.",
    )
    keep_by: str | None = Field(
        None,
        description="Instead of `keep`: an expression over columns, the highest value is kept. "
        "Several, separated by commas, decide one after the other, as in "
        '`crawl == "curated", quality_score, -date`; `n_chars` is the length, and `rights_signals` '
        'are the words of a release for what pages say of rights, as in `"cc0" in rights_signals`.',
    )
    against: RunPaths = Field(
        default_factory=tuple,
        description="Earlier runs, whose signatures are compared with, so that a document is "
        "removed, too, if one of them has it. Clusters are those of one run over all. The "
        "documents of earlier runs are kept before others; they are not read again.",
    )
    upsampling: dict[int, float] = Field(
        default_factory=dict,
        description="Weight of a kept document by the size of its cluster, each from that size on, "
        "as in {1: 1, 2: 2, 3: 3, 5: 5, 100: 8, 1000: 1} of FineWeb-2; adds `upsampling_weight`.",
    )
    keep_signatures: bool = Field(
        default=False,
        description="Whether the files of `sign` hold the signatures themselves, to be looked at.",
    )
    memory_gb: Annotated[float, Indirect()] = Field(
        4,
        gt=0,
        allow_inf_nan=False,
        description="Memory that one work item may take for its data, in GiB. Languages with more "
        "are divided; the clusters stay the same.",
    )

    @field_validator("keep_by")
    @classmethod
    def _is_policy(cls, text: str | None) -> str | None:
        if text is not None:
            try:
                parse_keeper(text)
            except KeeperError as error:
                raise ValueError(str(error)) from None
        return text

    @field_validator("upsampling")
    @classmethod
    def _are_sizes(cls, weights: dict[int, float]) -> dict[int, float]:
        sizes_fit = all(1 <= size < 1 << 63 for size in weights)
        if not sizes_fit or not all(0 <= weight < math.inf for weight in weights.values()):
            raise ValueError("sizes of clusters begin with 1, and no weight is negative or endless")
        return dict(sorted(weights.items()))

    def minhash(self) -> MinHash:
        """Return the MinHash scheme."""
        return MinHash(self.n_grams, self.bands, self.rows, self.seed, self.precision)

    def keeper(self) -> Keeper:
        """Return the policy that chooses keepers."""
        return parse_keeper(self.keep_by or POLICIES[self.keep])

    def policy_columns(self) -> tuple[str, ...]:
        """Columns that the policy needs beside the text."""
        needed = [OWN_NAMES.get(name, (name,)) for name in self.keeper().columns]
        return tuple(dict.fromkeys(name for names in needed for name in names))

    def share(self, bytes_each: int) -> int:
        """How many things of that size are within the limit of memory; at least 1."""
        return max(1, int(self.memory_gb * (1 << 30)) // bytes_each)
