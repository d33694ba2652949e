"""The release as a stage of four phases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from eurosift.stages.errors import StageError
from eurosift.stages.phases import Phase, PhasedStage
from eurosift.stages.release.assemble import Kept, Rejected
from eurosift.stages.release.columns import KEPT, in_order, is_further, is_score, kept, rejected
from eurosift.stages.release.config import ReleaseConfig
from eurosift.stages.release.manifest import ManifestPhase
from eurosift.stages.release.parts import Parts


class Release(PhasedStage[ReleaseConfig]):
    """Write kept rows to ``data/``, rejected rows to ``rejected/``, a manifest and cards.

    ``parts`` sorts every shard by verdict, language and split, ``data`` and ``rejected`` put the
    files together, ``manifest`` says what is in them. The folder ``.parts`` may be removed
    afterwards; without it, a later run sorts the shards again.
    """

    version = 5
    config_type = ReleaseConfig
    uses_languages = True
    default_needs = ("count",)

    def check_columns(self, types: Mapping[str, pa.DataType]) -> None:
        """Refuse tokens and scores that no stage before gives."""
        for of_kind, remedy in (
            (is_further, "name the tokenizer in `tokenizers` of `count`"),
            (is_score, "a stage that `uses: classifier` adds the `_score` of its name"),
        ):
            for name in self.config.columns:
                if of_kind(name) and name not in types:
                    known = ", ".join(f"`{c}`" for c in types if of_kind(c)) or "none"
                    raise StageError(
                        f"stage `{self.name}`: no stage before it has the column `{name}` (of its "
                        f"kind there is {known}): {remedy}",
                        at=("columns",),
                    )

    @property
    def _columns(self) -> tuple[str, ...]:
        """Columns of kept rows: unless they are chosen, with the tokens of every tokenizer."""
        chosen = self.config.columns
        if chosen != KEPT.columns:
            return chosen
        return in_order((*chosen, *(name for name in self.setting.columns if is_further(name))))

    @property
    def phases(self) -> Sequence[Phase]:
        """Parts, data, rejected, manifest."""
        config = self.config
        kept_rows, rejected_rows = kept(self._columns), rejected(text=config.rejected_text)
        data = Kept(kept_rows, config.target_bytes)
        refused = Rejected(rejected_rows, config.target_bytes)
        parts = Parts(kept_rows, rejected_rows, config.splits, config.split_key)
        manifest = ManifestPhase(config, self.version, self.setting.languages, (data, refused))
        return (parts, data, refused, manifest)
