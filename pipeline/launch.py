"""A launch: the immutable record that coordinator and workers start from.

Each `run` writes one into the run folder: the recipe as it was, where its paths begin, and what was
asked for. Nothing is pickled and no code is captured; a worker anywhere builds the same stages from
it, and `retry` knows what it retries.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from eurosift.pipeline import events, plan, recipe, yaml12
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.errors import IncompleteError, RunFolderError
from eurosift.pipeline.run_files import RunFiles
from eurosift.pipeline.shards import write_text
from eurosift.pipeline.tasks import Run

FOLDER = "launches"


@dataclass(frozen=True)
class Launch:
    """One launch of a run.

    Attributes
    ----------
    folder
        The run folder.
    name
        Name of the launch: time and a random part.
    text
        The recipe.
    base
        Folder of the recipe, where its relative paths begin.
    file
        Name of the recipe in that folder.
    select
        Selectors of the stages to run; none for all.
    workers
        Worker processes, if their number was given.
    site
        The site profile that it was submitted with; None if it ran here.
    """

    folder: Path
    name: str
    text: str
    base: Path
    file: str = recipe.FILE
    select: tuple[str, ...] = ()
    workers: int | None = None
    site: str | None = None

    @classmethod
    def create(
        cls,
        source: recipe.Recipe,
        *,
        select: Iterable[str] = (),
        workers: int | None = None,
        site: str | None = None,
    ) -> Launch:
        """Record a new launch of a recipe in its run folder."""
        time = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S.%f")
        name = f"{time}-{os.getpid()}-{secrets.token_hex(2)}"
        file = Path(source.document.file).name
        chosen = tuple(select)
        launch = cls(source.folder, name, source.text, source.base, file, chosen, workers, site)
        record = {
            "recipe": launch.text,
            "base": str(launch.base),
            "file": launch.file,
            "select": launch.select,
            "workers": launch.workers,
            "site": launch.site,
        }
        write_text(launch.folder / FOLDER / f"{name}.json", json.dumps(record, indent=1) + "\n")
        return launch

    @classmethod
    def load(cls, folder: Path, name: str) -> Launch:
        """Read the record of a launch."""
        path = folder / FOLDER / f"{name}.json"
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                folder,
                name,
                record["recipe"],
                Path(record["base"]),
                # Records of version 0.1.0 have no more than these two.
                record.get("file", recipe.FILE),
                tuple(record.get("select", ())),
                record.get("workers"),
                record.get("site"),
            )
        except (OSError, ValueError, KeyError) as error:
            raise RunFolderError(
                f"{path}: the record of the launch cannot be read: {error}"
            ) from error

    @classmethod
    def latest(cls, folder: Path) -> Launch:
        """The last launch of a run folder."""
        records = sorted((folder / FOLDER).glob("*.json"))
        if not records:
            raise RunFolderError(f"{folder}: is no run folder; `eurosift run RECIPE` makes one")
        return cls.load(folder, records[-1].stem)

    def discard(self) -> None:
        """Remove the record of a launch that has come to nothing."""
        shutil.rmtree(self.folder / FOLDER / self.name, ignore_errors=True)
        shutil.rmtree(self.folder / "logs" / self.name, ignore_errors=True)
        (self.folder / FOLDER / f"{self.name}.json").unlink(missing_ok=True)

    def recipe(self) -> recipe.Recipe:
        """The recipe of the launch."""
        document = yaml12.parse(self.text, f"{FOLDER}/{self.name}.json")
        return recipe.parse(self.text, self.base, document)

    def finished(self) -> set[str]:
        """Stages that the launch got through without a failure; none if it was killed."""
        paths = (self.folder / events.FOLDER).glob(f"{self.name}-*.jsonl")
        ends = [
            set(event.get("finished", ()))
            for path in paths
            for event in events.read_file(path)
            if event.get("event") == "end"
        ]
        return set.intersection(*ends) if ends else set()

    def build(self, *, indexed: bool = False) -> Run:
        """Build stages and plan; `indexed` as for `RunFiles`."""
        found = plan.load(self.folder)
        if found is None:
            raise RunFolderError(f"{self.folder}: has no plan; `eurosift run RECIPE` makes one")
        return Run(build_dag(self.recipe()), found, RunFiles(self.folder, indexed=indexed))


def open_run(target: Path) -> Run:
    """Open the run of a recipe or of a run folder to look at it; nothing is written.

    Raises
    ------
    IncompleteError
        If nothing has been run yet.
    RunFolderError
        If the folder is not that of a run.
    """
    if is_folder_of_run(target):
        return Launch.latest(target.resolve()).build(indexed=True)
    source = recipe.load(target)
    graph = build_dag(source)
    return Run(graph, settled_plan(source, target), RunFiles(source.folder, indexed=True))


def is_folder_of_run(target: Path) -> bool:
    """Whether a run is named by its folder, not by a recipe or the folder of one."""
    return target.is_dir() and not (target / recipe.FILE).exists()


def settled_plan(source: recipe.Recipe, target: Path) -> plan.Plan:
    """The plan of a recipe, which the user named as `target`.

    Raises
    ------
    IncompleteError
        If nothing has been run yet.
    """
    found = plan.load(source.folder)
    if found is None:
        raise IncompleteError(f"{source.folder}: nothing has been run yet; `eurosift run {target}`")
    return found
