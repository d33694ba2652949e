"""A launch: the immutable record that coordinator and workers start from.

Each `run` writes one into the run folder: the recipe as it was, and where its paths begin. Nothing
is pickled and no code is captured; a worker anywhere builds the same stages from it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from eurosift.pipeline import plan, recipe, yaml12
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.errors import IncompleteError, RunFolderError
from eurosift.pipeline.shards import write_text
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.workspace import RunFiles

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
    """

    folder: Path
    name: str
    text: str
    base: Path

    @classmethod
    def create(cls, source: recipe.Recipe) -> Launch:
        """Record a new launch of a recipe in its run folder."""
        time = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S.%f")
        name = f"{time}-{os.getpid()}-{secrets.token_hex(2)}"
        launch = cls(source.folder, name, source.text, source.base)
        record = {"recipe": launch.text, "base": str(launch.base)}
        write_text(launch.folder / FOLDER / f"{name}.json", json.dumps(record, indent=1) + "\n")
        return launch

    @classmethod
    def load(cls, folder: Path, name: str) -> Launch:
        """Read the record of a launch."""
        path = folder / FOLDER / f"{name}.json"
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            return cls(folder, name, record["recipe"], Path(record["base"]))
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

    def recipe(self) -> recipe.Recipe:
        """The recipe of the launch."""
        document = yaml12.parse(self.text, f"{FOLDER}/{self.name}.json")
        return recipe.parse(self.text, self.base, document)

    def build(self) -> Run:
        """Build stages and plan."""
        found = plan.load(self.folder)
        if found is None:
            raise RunFolderError(f"{self.folder}: has no plan; `eurosift run RECIPE` makes one")
        return Run(build_dag(self.recipe()), found, RunFiles(self.folder))


def open_run(target: Path) -> Run:
    """Open the run of a recipe or of a run folder; nothing is written.

    Raises
    ------
    IncompleteError
        If nothing has been run yet.
    RunFolderError
        If the folder is not that of a run.
    """
    if target.is_dir() and not (target / "recipe.yaml").exists():
        return Launch.latest(target.resolve()).build()
    source = recipe.load(target)
    graph = build_dag(source)
    found = plan.load(source.folder)
    if found is None:
        raise IncompleteError(f"{source.folder}: nothing has been run yet; `eurosift run {target}`")
    return Run(graph, found, RunFiles(source.folder))
