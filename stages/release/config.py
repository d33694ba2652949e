"""What can be chosen about a release."""

from __future__ import annotations

import datetime as dt
import re
from difflib import get_close_matches
from typing import Annotated

from pydantic import Field, field_validator

from eurosift.stages.config import Indirect, StageConfig, Words
from eurosift.stages.release.columns import (
    KEPT,
    KNOWN,
    OBLIGATORY,
    TRAIN,
    in_order,
    is_further,
    is_score,
)

Told = Annotated[str | None, Indirect()]
"""Stands on the card and in no data file, so that a change of it rewrites no data."""

_SPLIT = re.compile(r"[a-z][a-z0-9_]*")
_LEAST = 1e-6


class ReleaseConfig(StageConfig):
    """What goes into the release, in files of what size, and what its card says."""

    title: Annotated[str, Indirect()] = Field(
        default="Multilingual web corpus",
        min_length=1,
        description="Name of the data set on its card.",
    )
    description: Told = Field(
        default=None,
        description="What the data set is, for its card: plain text, with blank lines between "
        "paragraphs.",
    )
    license: Annotated[str, Indirect()] = Field(
        default="other",
        min_length=1,
        description="Licence of the compilation, as the Hugging Face hub names it (`odc-by`, "
        "`cc-by-4.0`); the texts have their own.",
    )
    creator: Told = Field(default=None, description="Who publishes the data set.")
    contact: Told = Field(
        default=None,
        description="Where rights holders and persons can ask for removal: an address or a page.",
    )
    url: Told = Field(default=None, description="Page of the data set.")
    release_version: Told = Field(
        default=None, description="Version of the data set, such as `1.0.0`."
    )
    published: Annotated[dt.date | None, Indirect()] = Field(
        default=None, description="Day of publication."
    )
    target_bytes: int = Field(
        default=2 << 30,
        gt=0,
        description="Bytes of text (UTF-8, uncompressed) after which the next file begins; files"
        " end between row groups of the shards, so they may fall short of it.",
    )
    splits: dict[str, float] = Field(
        default_factory=dict,
        description="Shares of the documents that are held out in splits of their own, such as "
        "`{validation: 0.001, test: 0.001}`; the rest is `train`. A keyed hash of the id decides.",
    )
    split_key: str = Field(
        default="eurosift",
        min_length=1,
        max_length=16,
        description="Key of that hash: with the same key a document is in the same split in every "
        "release.",
    )
    rejected_text: bool = Field(
        default=False,
        description="Whether rejected rows keep their text, for inspection. It is not scrubbed:"
        " `pii` sees kept rows only, so do not publish such a release.",
    )
    columns: Words = Field(
        default=KEPT.columns,
        description="Columns of the kept rows; those that the run does not have are null. All but "
        "`language_bucket`, which the folder says, too, `author`, which names people, and "
        "`upsampling_weight` of `dedup`; and "
        "`n_tokens_<name>` of every tokenizer that `count` has a name for.",
    )

    @field_validator("splits")
    @classmethod
    def _can_be_held_out(cls, splits: dict[str, float]) -> dict[str, float]:
        for name, share in splits.items():
            if not _SPLIT.fullmatch(name) or name in (TRAIN, "rejected"):
                raise ValueError(f"`{name}` cannot be a split: use a-z, 0-9 and _, not `{TRAIN}`")
            if not _LEAST <= share < 1:
                raise ValueError(f"the share of `{name}` must be from {_LEAST} to below 1")
        if sum(splits.values()) >= 1:
            raise ValueError(
                f"shares add up to {sum(splits.values())}: nothing is left for training"
            )
        return splits

    @field_validator("columns")
    @classmethod
    def _are_known(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        for name in columns:
            if not (name in KNOWN or is_further(name) or is_score(name)):
                near = get_close_matches(name, KNOWN, n=1)
                hint = f"did you mean `{near[0]}`?" if near else f"known: {', '.join(KNOWN)}"
                raise ValueError(f"no column `{name}` in a release; {hint}")
        missing = [name for name in OBLIGATORY if name not in columns]
        if missing:
            raise ValueError(f"a release cannot do without {', '.join(missing)}")
        return in_order(columns)

    def about(self) -> dict[str, str | None]:
        """What the card says of the data set, and no data file does."""
        found = self.model_dump(mode="json", include=self.indirect())
        return {name: found[name] for name in type(self).model_fields if name in found}
