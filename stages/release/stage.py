"""The release as a stage of four phases."""

from __future__ import annotations

from collections.abc import Sequence

from eurosift.stages.base import Phase, PhasedStage
from eurosift.stages.release.assemble import Kept, Rejected
from eurosift.stages.release.columns import kept, rejected
from eurosift.stages.release.config import ReleaseConfig
from eurosift.stages.release.manifest import ManifestPhase
from eurosift.stages.release.parts import Parts


class Release(PhasedStage[ReleaseConfig]):
    """Write kept rows to ``data/``, rejected rows to ``rejected/``, a manifest and cards.

    ``parts`` sorts every shard by verdict, language and split, ``data`` and ``rejected`` put the
    files together, ``manifest`` says what is in them. The folder ``.parts`` may be removed
    afterwards; without it, a later run sorts the shards again.
    """

    version = 4
    config_type = ReleaseConfig
    uses_languages = True
    default_needs = ("count",)

    @property
    def phases(self) -> Sequence[Phase]:
        """Parts, data, rejected, manifest."""
        config = self.config
        kept_rows, rejected_rows = kept(config.columns), rejected(text=config.rejected_text)
        data = Kept(kept_rows, config.target_bytes)
        refused = Rejected(rejected_rows, config.target_bytes)
        parts = Parts(kept_rows, rejected_rows, config.splits, config.split_key)
        manifest = ManifestPhase(config, self.version, self.setting.languages, (data, refused))
        return (parts, data, refused, manifest)
