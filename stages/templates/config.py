"""Configuration of the templates stage."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from eurosift.stages.config import Indirect, StageConfig


class TemplatesConfig(StageConfig):
    """Which lines are templates of their domain."""

    min_documents: int = Field(
        10,
        ge=2,
        description="A line is a template if at least so many documents of a registrable domain "
        "have it, in all shards.",
    )
    min_share: float = Field(
        0.0,
        ge=0,
        le=1,
        description="A line is a template only if at least this share of the documents of the "
        "domain that have text has it, too. 0: however large the domain is.",
    )
    keep_first: bool = Field(
        default=True,
        description="Whether the first document that has a line keeps it, so that no text is lost "
        "altogether.",
    )
    memory_gb: Annotated[float, Indirect()] = Field(
        4,
        gt=0,
        allow_inf_nan=False,
        description="Memory that one work item may take for its data, in GiB; the number of items "
        "follows from it, the text does not.",
    )
