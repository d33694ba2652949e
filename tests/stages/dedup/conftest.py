"""Dedup, driven phase by phase through the real runtime."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from eurosift.pipeline import plan, recipe
from eurosift.pipeline.dag import Dag, Node
from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.run_files import RunFiles
from eurosift.pipeline.states import State
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.work import perform
from eurosift.stages.config import StageConfig
from eurosift.stages.dedup import Dedup, DedupConfig
from eurosift.stages.source import SourceStage

GIVEN = pa.schema(
    {
        "id": pa.string(),
        "text": pa.string(),
        "language": pa.string(),
        "quality_score": pa.float64(),
        "given_reasons": pa.list_(pa.string()),
    }
)


class Given(SourceStage[StageConfig]):
    """Documents of a test: one JSON object per line."""

    version = 1
    config_type = StageConfig

    def __init__(self, columns):
        super().__init__(StageConfig(), name="given")
        self.columns = columns

    @property
    def adds(self):
        return pa.schema([*GIVEN, *self.columns.items()])

    def read(self, path: Path, relative, account) -> Iterator[pa.RecordBatch]:
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        filled = [{"language": "deu_Latn", "given_reasons": [], **row} for row in rows]
        for start in range(0, len(filled), 3):
            yield pa.RecordBatch.from_pylist(filled[start : start + 3], schema=self.adds)


class Deduped:
    """A run folder whose documents can be changed, with dedup applied to them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "in").mkdir(parents=True)

    def put(self, *shards):
        """Write the documents of each shard."""
        for number, rows in enumerate(shards):
            lines = [json.dumps(row) for row in rows]
            (self.folder / "in" / f"{number}.jsonl").write_text("\n".join(lines))

    def run(self, config=None, *, columns=None, only_given=False, n_tasks=1):
        """Do what is to be done; return the tasks that were done, by label."""
        text = "version: 1\nname: t\ninput: {path: in/*.jsonl}\nstages: {dedup: {}}\n"
        given = recipe.parse(text, self.folder)
        dedup = Dedup(config or DedupConfig(), name="dedup")
        nodes = [
            Node("given", Given(columns or {}), (), ()),
            Node("dedup", dedup, ("given",), ("given",)),
        ]
        self.run_ = Run(Dag(given, nodes), plan.make(given), RunFiles(self.folder / "run"))
        done = []
        for node in nodes[:1] if only_given else nodes:
            for phase in node.phases or (None,):
                state = self.run_.phase_state(node, phase)
                assert not state.waits
                for number in range(n_tasks):
                    workspace = self.run_.workspace(node)
                    for task in state.todo[::-1][number::n_tasks]:  # the order must not matter
                        perform(self.run_, task, workspace)
                        done.append(task.label)
                assert all(t.state is State.DONE for t in self.run_.phase_state(node, phase).tasks)
        return sorted(done)

    def workspace(self):
        """The run as dedup sees it."""
        return self.run_.workspace(self.run_.dag.nodes["dedup"])

    def rows(self):
        """Rows of the layer by id, in order."""
        found = {}
        for shard in self.run_.plan.shards:
            given = pq.read_table(self.folder / "run" / "given" / f"{shard}.parquet")
            layer = pq.read_table(self.folder / "run" / "dedup" / f"{shard}.parquet")
            found |= dict(zip(given["id"].to_pylist(), layer.to_pylist(), strict=True))
        return found

    def members(self, language="deu_Latn"):
        files = sorted((self.folder / "run/dedup/members").glob(f"{language}-*.parquet"))
        return [row for file in files for row in pq.read_table(file).to_pylist()]

    def facts(self, relative):
        return read_footer(self.folder / "run" / "dedup" / relative).facts

    def layer_bytes(self):
        """Bytes of the layer."""
        return [path.read_bytes() for path in sorted((self.folder / "run/dedup").glob("*.parquet"))]

    def contents(self):
        """Bytes of all files of the stage."""
        root = self.folder / "run" / "dedup"
        return {p.relative_to(root): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def page(seed, n_words=120):
    """A text of its own."""
    letters = np.random.default_rng(seed).integers(97, 123, (n_words, 6))
    return " ".join("".join(map(chr, word)) for word in letters.tolist())


def doc(name, text, **more):
    return {"id": name, "text": text, **more}


CORPUS = [
    doc("d1", page(1)),
    doc("d2", page(2)),
    doc("c1", page(1)),
    doc("n1", page(1) + " mehr lesen"),
    doc("s1", "zu kurz"),
    doc("s2", "zu kurz"),
    doc("s3", "zu kurz."),
    doc("x1", page(2), language="fra_Latn"),
    doc("r1", page(2), given_reasons=["refused"]),
    doc("n2", page(3)),
    doc("b1", page(3).upper()),
    doc("e1", ""),
    doc("u1", page(4), language=None),
    doc("u2", page(4), language=None),
]

KEEPERS = {
    "d1": ("c1", 3, "n1", "near_duplicate"),
    "c1": ("c1", 3, "n1", "near_duplicate"),
    "n1": ("c1", 3, None, None),
    "d2": ("d2", 1, None, None),
    "s1": ("s1", 2, None, None),
    "s2": ("s1", 2, "s1", "exact_duplicate"),
    "s3": ("s3", 1, None, None),
    "x1": ("x1", 1, None, None),
    "n2": ("b1", 2, "b1", "near_duplicate"),
    "b1": ("b1", 2, None, None),
    "e1": ("e1", 1, None, None),
    "u1": ("u1", 2, None, None),
    "u2": ("u1", 2, "u1", "exact_duplicate"),
}


def make_expected_rows():
    rows = {
        name: {
            "cluster_id": cluster,
            "cluster_size": size,
            "is_keeper": keeper is None,
            "duplicate_of": keeper,
            "dedup_reasons": [] if reason is None else [reason],
        }
        for name, (cluster, size, keeper, reason) in KEEPERS.items()
    }
    return rows | {"r1": dict.fromkeys(rows["d1"])}


@pytest.fixture
def make_run(tmp_path):
    """Make a run of a name."""
    return lambda name: Deduped(tmp_path / name)


@pytest.fixture
def deduped(make_run):
    """A run."""
    return make_run("a")


@pytest.fixture(name="page")
def page_fixture():
    """Make a text of its own."""
    return page


@pytest.fixture(name="doc")
def doc_fixture():
    """Make a document."""
    return doc


@pytest.fixture
def corpus():
    """Documents of all kinds."""
    return CORPUS


@pytest.fixture
def expected_rows():
    """What the layer says of them."""
    return make_expected_rows()
