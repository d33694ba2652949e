"""What of a run folder is no longer needed: never data, nor the plan, nor records of launches."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from eurosift.pipeline import events, launch, lease, status
from eurosift.pipeline.dag import Node
from eurosift.pipeline.processes import start_time
from eurosift.pipeline.tables import Table, Value
from eurosift.pipeline.tasks import Run
from eurosift.stages.release import Release

LOGS = "logs"
PARTS = ".parts"
_ATTEMPT = re.compile(r"\..+\.(?P<host>.+)-(?P<pid>\d+)-[0-9a-f]{8}\.tmp")


@dataclass(frozen=True)
class Removal:
    """Something that can be removed.

    Attributes
    ----------
    what
        What it is, in words.
    paths
        Files and folders.
    """

    what: str
    paths: tuple[Path, ...]

    @property
    def files(self) -> list[Path]:
        """Every file of it."""
        return [file for path in self.paths for file in _files(path)]


def removals(run: Run, *, parts: bool = False) -> list[Removal]:
    """List what can go; nothing of it is needed to read the run or to go on with it.

    Parameters
    ----------
    run
        The run.
    parts
        Also what releases were put together from. It is made again by the next run.
    """
    folder = run.files.folder
    found = [
        Removal("files that killed runs left behind", tuple(leftovers(folder))),
        Removal("logs of earlier launches", tuple(old_logs(folder))),
        Removal("events of earlier launches", tuple(old_events(run))),
    ]
    if parts:
        made = tuple(folder / node.name / PARTS for node in release_nodes(run))
        found.append(Removal("parts of the release", tuple(p for p in made if p.exists())))
    return [removal for removal in found if removal.paths]


def release_nodes(run: Run) -> list[Node]:
    """Stages that make a release."""
    return [node for node in run.dag.nodes.values() if isinstance(node.step, Release)]


def leftovers(folder: Path) -> Iterator[Path]:
    """Temporary files of attempts that do not live; those of other hosts count as dead."""
    for path in sorted(folder.rglob(".*.tmp")):
        attempt = _ATTEMPT.fullmatch(path.name)
        if attempt and start_time(int(attempt["pid"])) is None:
            yield path
    yield from sorted(folder.glob(f".{lease.FILE}.*"))


def old_logs(folder: Path) -> list[Path]:
    """Logs of all launches but the last."""
    last = _last_launch(folder)
    return [path for path in sorted((folder / LOGS).glob("*")) if path.name != last]


def old_events(run: Run) -> list[Path]:
    """Events that nobody asks for: those before the last launch and before any open failure."""
    folder = run.files.folder
    last = _last_launch(folder)
    failures = status.failures(run, run.states())
    open_items = {(row["stage"], row["item"]) for row in failures.rows}
    found = []
    for path in sorted((folder / events.FOLDER).glob("*.jsonl")):
        if path.name.startswith(last) or _mentions(path, open_items):
            break
        found.append(path)
    return found


def _mentions(path: Path, items: Iterable[tuple[Value, Value]]) -> bool:
    wanted = set(items)
    return any(
        event.get("event") == "shard_failed" and (event.get("stage"), event.get("key")) in wanted
        for event in events.read_file(path)
    )


def _last_launch(folder: Path) -> str:
    return launch.Launch.latest(folder).name


def _files(path: Path) -> list[Path]:
    if path.is_dir() and not path.is_symlink():
        return sorted(p for p in path.rglob("*") if p.is_symlink() or not p.is_dir())
    return [path]


def table(found: Iterable[Removal]) -> Table:
    """One row per removal."""
    rows: list[dict[str, Value]] = [
        {
            "what": removal.what,
            "files": len(removal.files),
            "bytes": sum(file.lstat().st_size for file in removal.files),
            "where": _where(removal.paths),
        }
        for removal in found
    ]
    return Table("removals", ("what", "files", "bytes", "where"), rows)


def _where(paths: tuple[Path, ...]) -> str:
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{paths[0]}{more}"


def remove(found: Iterable[Removal]) -> None:
    """Remove it; the lease on the run folder must be held."""
    for removal in found:
        for path in removal.paths:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
