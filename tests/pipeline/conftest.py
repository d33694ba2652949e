"""A project in a temporary folder: inputs, a recipe of tiny stages, and the commands on it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

PLUGIN = Path(__file__).parent / "plugin"
TINY = {
    "label": "Label",
    "length": "Length",
    "short": "Short",
    "scrub": "Scrub",
    "upper": "Upper",
    "slow": "Slow",
    "broken": "Broken",
    "torn": "Torn",
    "census": "Census",
    "manifest": "Manifest",
    "pages": "Pages",
    "mistake": "NotAStage",
    "vanished": "Vanished",
}
CHAIN: dict[str, Any] = {
    "label": None,
    "length": None,
    "short": {"min_chars": 20},
    "scrub": None,
    "upper": None,
}
"""Two stages that decide, and five in all, behind `extract`."""

TEXTS = (
    ("mlt_Latn one two three four", "mlt_Latn tiny", "ekk_Latn a secret is a secret for ever"),
    ("no language in this one", "   ", "mlt_Latn another text that is long enough"),
    ("ekk_Latn short", "swe_Latn the last of the texts, and not the shortest"),
)
"""Texts of the three input files; one of them is blank."""


class Done(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


class Project:
    """Inputs, recipe and run folder below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.recipe = folder / "recipe.yaml"
        self.run_folder = folder / "runs" / "tiny"
        self.env = os.environ | {"PYTHONPATH": os.environ.get("PYTHONPATH", "")}

    def inputs(self, *files: Sequence[str]) -> None:
        """Write input files ``in/part-0.jsonl``, …, one text per line, in place of all others."""
        for path in self.folder.glob("in/*"):
            path.unlink()
        for number, texts in enumerate(files):
            self.input(f"part-{number}.jsonl", texts, prefix=f"d{number}")

    def input(self, name: str, texts: Sequence[str], prefix: str = "x") -> Path:
        """Write one input file."""
        path = self.folder / "in" / name
        path.parent.mkdir(exist_ok=True)
        rows = [json.dumps({"id": f"{prefix}-{i}", "text": t}) for i, t in enumerate(texts)]
        path.write_text("".join(f"{row}\n" for row in rows))
        return path

    def write(self, stages: Mapping[str, Any] | None = None, /, **head: Any) -> Path:
        """Write the recipe."""
        recipe = {"version": 1, "name": "tiny", "input": {"path": "in/*.jsonl"}}
        recipe |= {**head, "stages": dict(CHAIN if stages is None else stages)}
        self.recipe.write_text(yaml.safe_dump(recipe, sort_keys=False))
        return self.recipe

    def open(self) -> Any:
        """Open recipe, plan and folder; the plan is made if there is none."""
        from eurosift.pipeline import plan, recipe
        from eurosift.pipeline.build import build_dag
        from eurosift.pipeline.run_files import RunFiles
        from eurosift.pipeline.tasks import Run

        source = recipe.load(self.recipe)
        found = plan.load(source.folder) or plan.make(source)
        plan.save(source.folder, found)
        return Run(build_dag(source), found, RunFiles(source.folder))

    def perform(self, *selectors: str) -> list[str]:
        """Do all that is to do in this process; returns the labels of what was done."""
        from eurosift.pipeline.work import perform

        run = self.open()
        done = []
        for node in run.dag.select(selectors):
            node.step.open()
            for phase in node.phases or (None,):
                for task in run.phase_state(node, phase).todo:
                    perform(run, task, run.workspace(run.dag.nodes[task.stage]))
                    done.append(task.label)
        return done

    def states(self) -> dict[str, list[str]]:
        """State of each item, by phase."""
        return {s.label: [t.state.value for t in s.tasks] for s in self.open().states()}

    def table(self, stage: str) -> Any:
        """All rows of a layer."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        return pa.concat_tables(
            [pq.read_table(p) for p in sorted((self.run_folder / stage).glob("*.parquet"))]
        )

    def times(self) -> dict[Path, int]:
        """When each file and folder was last written."""
        return {path: path.stat().st_mtime_ns for path in self.folder.rglob("*")}

    def hashes(self) -> dict[str, str]:
        """Hash of every file of every stage."""
        return data_hashes(self.run_folder)

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start a command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "eurosift.pipeline", *arguments],
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )


LOGS = (".index", "events", "launches", "logs")


def data_hashes(folder: Path) -> dict[str, str]:
    """Hash of every file of every stage of a run, by its name below the run folder."""
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
        and p.parent != folder
        and not p.name.startswith(".")
        and p.relative_to(folder).parts[0] not in LOGS
    }


@pytest.fixture(scope="session")
def tiny_stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Install the tiny stages, as any third party's package would be."""
    site = tmp_path_factory.mktemp("site")
    for module in PLUGIN.glob("*.py"):
        (site / module.name).write_bytes(module.read_bytes())
    info = site / "eurosift_tiny-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: eurosift-tiny\nVersion: 1.0\n")
    lines = [f"{name} = tiny_stages:{kind}\n" for name, kind in TINY.items()]
    (info / "entry_points.txt").write_text(f"[eurosift.stages]\n{''.join(lines)}")
    patch = pytest.MonkeyPatch()
    patch.syspath_prepend(str(site))
    patch.setenv("PYTHONPATH", f"{site}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    yield site
    patch.undo()


@pytest.fixture(scope="session")
def make_project(tiny_stages: Path) -> Callable[[Path], Project]:
    """An empty project in a folder."""
    return Project


@pytest.fixture
def project(tmp_path: Path, tiny_stages: Path) -> Project:
    """Three small input files and a recipe of five stages."""
    made = Project(tmp_path)
    made.inputs(*TEXTS)
    made.write()
    return made


@pytest.fixture
def finished(project: Project) -> Project:
    """A finished run, made without worker processes."""
    from eurosift.pipeline import recipe
    from eurosift.pipeline.launch import Launch

    project.perform()
    Launch.create(recipe.load(project.recipe))
    return project


@pytest.fixture
def edit_footer() -> Callable[..., None]:
    """Writes a file anew with a footer that a function has changed, as a faulty program might."""
    from eurosift.pipeline.footers import read_footer
    from eurosift.pipeline.shards import ShardWriter, read_batches

    def call(path: Path, change: Callable[[Any], object]) -> None:
        found = read_footer(path)
        assert found is not None
        change(found)
        batches = list(read_batches(path))
        writer = ShardWriter(path, batches[0].schema.remove_metadata())
        for batch in batches:
            writer.write(batch.replace_schema_metadata(None))
        writer.commit(found)

    return call


@pytest.fixture
def eurosift(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """The command line, in this process: arguments → exit code, standard output, error."""
    from eurosift.pipeline.cli import main

    def call(*arguments: object) -> Done:
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return Done(int(stop.value.code or 0), out, err)

    return call


@pytest.fixture(scope="session")
def trainer() -> Path:
    """Python of an environment to train in: given, or made."""
    from eurosift.langid.errors import TrainingError
    from eurosift.langid.trainer import cache_folder, make_environment

    given = os.environ.get("EUROSIFT_TRAINER")
    if given:
        return Path(given)
    try:
        return make_environment(cache_folder(), print)
    except TrainingError as error:
        pytest.skip(f"no environment to train in: {error}")


def _with_min_chars(project: Project, min_chars: int) -> None:
    """Write the recipe with another threshold, and make the whole run anew."""
    from eurosift.pipeline import recipe
    from eurosift.pipeline.launch import Launch

    project.write(CHAIN | {"short": {"min_chars": min_chars}})
    shutil.rmtree(project.run_folder, ignore_errors=True)
    project.perform()
    Launch.create(recipe.load(project.recipe))


@pytest.fixture
def rerun() -> Callable[[Project, int], None]:
    """Make a run anew that rejects texts of fewer characters than so many."""
    return _with_min_chars


@pytest.fixture
def twins(
    finished: Project, make_project: Callable[[Path], Project], tmp_path: Path
) -> tuple[Project, Project]:
    """Two finished runs; the second rejects fewer documents for being short: 16 characters."""
    folder = tmp_path / "twin"
    shutil.copytree(finished.folder, folder, ignore=shutil.ignore_patterns("twin"))
    second = make_project(folder)
    _with_min_chars(second, 16)
    return finished, second


@pytest.fixture
def rearranged(twins: tuple[Project, Project]) -> tuple[Project, Project]:
    """The second run has the same documents in other files, one less, and two of its own."""
    first, second = twins
    paths = sorted((second.folder / "in").glob("*.jsonl"))
    lines = [line for path in paths for line in path.read_text().splitlines()]
    for path in paths:
        path.unlink()
    own = [json.dumps({"id": f"new-{i}", "text": "mlt_Latn of my own"}) for i in range(2)]
    kept = [*reversed(lines[1:]), *own]
    (second.folder / "in" / "all.jsonl").write_text("".join(f"{line}\n" for line in kept))
    _with_min_chars(second, 5)
    return first, second


POLISH = (
    "Biblioteka otworzyła nową czytelnię i wiele osób przyszło ją zobaczyć w sobotę",
    "Pani, która prowadzi to miejsce, czekała na ten dzień ponad dziesięć długich lat",
    "W piątki wieczorem będą czytane opowieści, a w niedziele sala pozostanie zamknięta",
    "Dzieci ze szkoły obok pierwsze wypożyczyły książki o gwiazdach i wielkich statkach",
)
FOOTER = "Polub nas i zapisz się na wiadomości"
WRITE_TO = "Pisz na adres anna{n}@poczta-demo.pl lub jan{n}@poczta-demo.pl, NIP 123-456-32-18"


@pytest.fixture(scope="session")
def noted(
    tmp_path_factory: pytest.TempPathFactory, make_project: Callable[[Path], Project]
) -> Project:
    """A run whose stages have noted something: templates, failed rules, duplicates, identifiers.

    Documents 0 to 3 are kept, with two addresses and a tax number of a company each; 4 is a copy of
    0 on another domain, 5 is too short. Documents 0 to 3 have a line in common, which 0 keeps.
    """
    made = make_project(tmp_path_factory.mktemp("noted"))
    texts = [f"{FOOTER}\n{line}\n{WRITE_TO.format(n=n)}\n" for n, line in enumerate(POLISH)]
    texts += [texts[0], "Krótko o wszystkim, co jest w nowej czytelni"]
    rows = [
        {"id": f"p{n}", "text": text, "url": f"https://{'kopia' if n == 4 else 'sala'}.example/{n}"}
        for n, text in enumerate(texts)
    ]
    path = made.folder / "in" / "part.jsonl"
    path.parent.mkdir()
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    short = {"reject_if": "word_count < threshold", "threshold": 10}
    stages = {
        "langid": {"threshold": 0.1},
        "templates": {"min_documents": 2},
        "signals": None,
        "quality": {"rules": [], "add": {"short": short}},
        "dedup": None,
        "pii": {"mode": "tag"},
    }
    made.write(stages, input={"path": "in/*.jsonl", "columns": {"url": "url"}})
    made.perform()
    return made
