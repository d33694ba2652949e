"""The files of a run, and what their footers say, read again only where something has changed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from eurosift.pipeline import index
from eurosift.pipeline.footers import read_footer_json
from eurosift.pipeline.index import Sums
from eurosift.pipeline.stamp import Stamp
from eurosift.stages.footer import Head

T = TypeVar("T")


class RunFiles:
    """Where the files of a run are, and what their footers say.

    Parameters
    ----------
    folder
        The run folder.
    indexed
        Whether to believe the index for files that look unchanged: for commands that only show
        something.
    """

    def __init__(self, folder: Path, *, indexed: bool = False) -> None:
        self.folder = folder
        self._root = f"{folder}/"
        self.indexed = indexed
        self._heads: dict[str, tuple[Stamp, Head]] = {}
        self._sums: dict[str, tuple[Mapping[str, Head], Sums]] = {}
        self._loaded: set[str] = set()
        self._seen: dict[str, Head | None] | None = None
        self._made: dict[Hashable, Any] = {}

    def layer(self, stage: str, shard: str) -> Path:
        """A shard of a layer."""
        return self.folder / stage / f"{shard}.parquet"

    def layer_head(self, stage: str, shard: str) -> Head | None:
        """What planning asks of the footer of a shard of a layer, see `head`."""
        return self.head(f"{stage}/{shard}.parquet")

    def head(self, relative: str) -> Head | None:
        """What planning asks of a footer, read again only if the file has changed.

        Parameters
        ----------
        relative
            The file, relative to the run folder.

        Returns
        -------
        Head | None
            None if there is no such file.

        Raises
        ------
        InvariantError
            If the file is damaged or was not written by eurosift.
        """
        if self._seen is None:
            return self._look(relative)
        if relative not in self._seen:
            self._seen[relative] = self._look(relative)
        return self._seen[relative]

    @contextlib.contextmanager
    def glance(self) -> Iterator[None]:
        """Look at every file once only for as long as this is open; may be nested."""
        if self._seen is not None:
            yield
            return
        self._seen = {}
        try:
            yield
        finally:
            self._seen = None
            self._made = {}

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, which is called once only for as long as a glance is open."""
        if self._seen is None:
            return make()
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made

    def _look(self, relative: str) -> Head | None:
        self._load(relative.partition("/")[0])
        try:
            stamp = Stamp.of(self._root + relative)
        except FileNotFoundError:
            return None
        known = self._heads.get(relative)
        if known is not None and known[0] == stamp:
            return known[1]
        footer = read_footer_json(self.folder / relative)
        return None if footer is None else self._keep(relative, stamp, footer)

    def _keep(self, relative: str, stamp: Stamp, footer: Mapping[str, Any]) -> Head:
        head = Head.of(footer)
        self._heads[relative] = (stamp, head)
        return head

    def _load(self, stage: str) -> None:
        if not self.indexed or stage in self._loaded:
            return
        self._loaded.add(stage)
        found = index.load(self.folder, stage)
        if found is None:
            return
        self._heads |= {f"{stage}/{name}": entry for name, entry in found.entries.items()}
        layer = {f"{stage}/{name}": found.entries[name][1] for name in found.layer}
        self._sums[stage] = (layer, Sums(found.sums))

    def sums(self, stage: str, shards: Sequence[str]) -> tuple[int, Sums]:
        """How many of these shards a layer has, and the sums over their footers.

        Raises
        ------
        InvariantError
            If a file is damaged or was not written by eurosift.
        """
        names = [f"{stage}/{shard}.parquet" for shard in shards]
        self._load(stage)
        if stage in self._sums:
            layer, sums = self._sums[stage]
            there = {name: head for name in names if (head := self.head(name)) is not None}
            if there == layer:  # the very same heads
                return len(layer), sums
        layer, sums = {}, Sums()
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                stamp = Stamp.of(self._root + name)
                footer = read_footer_json(self.folder / name)
                if footer is not None:
                    layer[name] = self._keep(name, stamp, footer)
                    sums.add(footer)
        if self._seen is not None:
            self._seen |= layer
        self._sums[stage] = (layer, sums)
        return len(layer), sums
