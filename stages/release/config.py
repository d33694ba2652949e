"""What can be chosen about a release."""

from __future__ import annotations

from difflib import get_close_matches

from pydantic import Field, field_validator

from eurosift.stages.base import StageConfig
from eurosift.stages.release.columns import KEPT, KNOWN, OBLIGATORY


class ReleaseConfig(StageConfig):
    """What goes into the release, and in files of what size."""

    title: str = Field(
        default="Multilingual web corpus",
        min_length=1,
        description="Name of the data set on its card.",
    )
    target_bytes: int = Field(
        default=1 << 30,
        gt=0,
        description="Bytes of text (UTF-8, uncompressed) after which the next file begins; files"
        " end between row groups of the shards, so they may fall short of it.",
    )
    rejected_text: bool = Field(
        default=False,
        description="Whether rejected rows keep their text, for inspection. It is not scrubbed:"
        " `pii` sees kept rows only, so do not publish such a release.",
    )
    columns: tuple[str, ...] = Field(
        default=KEPT.columns,
        description="Columns of the kept rows; those that the run does not have are null. All but "
        "`language_bucket`, which the folder says, too, and `author`, which names people.",
    )

    @field_validator("columns")
    @classmethod
    def _are_known(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        for name in columns:
            if name not in KNOWN:
                near = get_close_matches(name, KNOWN, n=1)
                hint = f"did you mean `{near[0]}`?" if near else f"known: {', '.join(KNOWN)}"
                raise ValueError(f"no column `{name}` in a release; {hint}")
        missing = [name for name in OBLIGATORY if name not in columns]
        if missing:
            raise ValueError(f"a release cannot do without {', '.join(missing)}")
        # The order is that of the schema, so that two releases can be put together.
        return tuple(name for name in KNOWN if name in columns)
