"""Removal of lines that come again across a domain: menus, notices, footers.

Three phases: ``lines`` (per shard) counts the documents that have each line, ``find`` (per range of
keys) adds them up, and the layer (per shard) has the text without those that many documents of the
domain have.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from eurosift.stages.phases import Phase, PhasedStage
from eurosift.stages.templates.config import TemplatesConfig
from eurosift.stages.templates.find import Find
from eurosift.stages.templates.layer import TemplatesLayer
from eurosift.stages.templates.lines import CountLines

__all__ = ["Templates", "TemplatesConfig"]


class Templates(PhasedStage[TemplatesConfig]):
    """Removes lines that many documents of a domain have.

    Reason: ``only_templates``, where that leaves no text.
    """

    version: ClassVar[int] = 4
    config_type: ClassVar[type[TemplatesConfig]] = TemplatesConfig
    default_needs: ClassVar[tuple[str, ...]] = ("langid",)

    @property
    def phases(self) -> Sequence[Phase]:
        """The phases in order."""
        return (
            CountLines(self.config),
            Find(self.config),
            TemplatesLayer(self.reasons_column, self.config),
        )
