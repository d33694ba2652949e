"""Releases: of rows in memory, through the real writer; and of a real run, from its recipe."""

from __future__ import annotations

import hashlib
import json

import pyarrow as pa
import pytest

from eurosift.pipeline import plan, recipe
from eurosift.pipeline.digest import of_json
from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.launch import Launch
from eurosift.pipeline.shards import ShardWriter, read_batches
from eurosift.pipeline.work import perform
from eurosift.stages.base import Setting
from eurosift.stages.footer import Footer
from eurosift.stages.phases import DocumentPhase, Rows
from eurosift.stages.release import Release, ReleaseConfig


class MemoryWorkspace:
    """Implements `Workspace` over tables that are held in memory."""

    def __init__(self, folder, shards, reasons, provenance, batch_rows):
        self._folder = folder
        self._shards = shards
        self._reasons = reasons
        self._provenance = provenance
        self._batch_rows = batch_rows
        self.paths = {}

    @property
    def shards(self):
        return sorted(self._shards)

    def files(self, phase):
        return {key: read_footer(path) for key, path in self.paths[phase].items()}

    def digests(self, shard, columns):
        return {"all": of_json(self._shards[shard].to_pylist())}

    def has(self, column):
        return column in next(iter(self._shards.values())).schema.names

    def rows(self, shard, columns):
        table = self._shards[shard]
        for batch in table.to_batches(max_chunksize=self._batch_rows):
            rejected = [
                any(batch.column(c)[i].as_py() for c in self._reasons.values())
                for i in range(batch.num_rows)
            ]
            yield Rows(batch.select(columns), pa.array([not r for r in rejected], pa.bool_()))

    def table(self, phase, key, columns=None, row_groups=None):
        return read_batches(self.paths[phase][key], columns, row_groups, batch_rows=3)

    def path(self, relative):
        return self._folder / relative

    def reasons(self):
        return self._reasons

    def provenance(self):
        return self._provenance

    def sha256(self, relative):
        return hashlib.sha256(self.path(relative).read_bytes()).hexdigest()

    def quarantined(self):
        return {"0" * 32: "time_limit"}


class Outcome:
    """What a release came to."""

    def __init__(self, folder, items, documents):
        self.folder = folder
        self.items = items
        self.documents = documents

    @property
    def manifest(self):
        return self.documents["manifest.json"]

    @property
    def card(self):
        return self.documents["README.md"]

    def files(self):
        """Content of every Parquet file, by path."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*.parquet"))
        }


@pytest.fixture
def release(tmp_path):
    """Run the stage over ``{shard: rows}``; a row is a dict."""
    counter = iter(range(100))

    def run(shards, schema, *, languages=(), reasons=None, provenance=None, batch_rows=4, **config):
        folder = tmp_path / str(next(counter))
        stage = Release(
            ReleaseConfig(**config), name="release", setting=Setting(languages, tuple(schema.names))
        )
        tables = {s: pa.Table.from_pylist(rows, schema) for s, rows in shards.items()}
        workspace = MemoryWorkspace(folder, tables, reasons or {}, provenance or {}, batch_rows)
        items, documents = {}, {}
        for phase in stage.phases:
            items[phase.name] = list(phase.items(workspace))
            for item in items[phase.name]:
                if isinstance(phase, DocumentPhase):
                    documents[item.path] = phase.run(item, workspace)
                    documents |= phase.attach(item, documents[item.path])
                else:
                    _write(phase, item, workspace)
            workspace.paths[phase.name] = {i.key: folder / i.path for i in items[phase.name]}
        return Outcome(folder, items, documents)

    return run


def _write(phase, item, workspace):
    writer = ShardWriter(workspace.path(item.path), phase.schema)
    phase.run(item, workspace, writer)
    footer = Footer(
        stage="release",
        phase=phase.name,
        key=item.key,
        version=1,
        config={},
        inputs=dict(item.inputs),
        fingerprint=of_json([phase.name, item.key, dict(item.inputs)]),
        rows=writer.rows,
        columns=writer.column_digests(),
        facts=writer.facts,
    )
    writer.commit(footer)


RECIPE = """
version: 1
name: small
input:
  path: input/*.jsonl
  columns: {language: lang}
languages: [mt, de, ga]
output: run
stages:
  threes:
    uses: datatrove
    block: datatrove.pipeline.filters.RegexFilter
    arguments: {regex_exp: "3$"}
  release: {needs: threes}
"""


def run_recipe(folder):
    """Do all that is to be done, in this process; gives the labels of what was done."""
    checked = recipe.load(folder / "recipe.yaml")
    plan.save(checked.folder, plan.make(checked, plan.load(checked.folder)))
    run = Launch.create(checked).build()
    done = []
    for node in run.dag.nodes.values():
        node.step.open()
        for phase in node.phases or (None,):
            for task in run.phase_state(node, phase).todo:
                perform(run, task, run.workspace(run.dag.nodes[task.stage]))
                done.append(task.label)
    return done


def write_input(folder, name, rows):
    path = folder / "input" / f"{name}.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture(scope="session")
def small_run(tmp_path_factory):
    """A run over two shards of 40 documents in Maltese and German; those that end in 3 are out."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "recipe.yaml").write_text(RECIPE, encoding="utf-8")
    for shard in "ab":
        rows = [
            {"id": f"{shard}{i}", "text": f"test {i}", "lang": ("mt", "deu_Latn")[i % 2]}
            for i in range(40)
        ]
        write_input(folder, shard, rows)
    run_recipe(folder)
    return folder


@pytest.fixture
def rerun():
    """Functions that change an input file and run a recipe again."""
    return write_input, run_recipe


@pytest.fixture
def manifest():
    def figures(name, documents, files=1, **more):
        return {
            "name": name,
            "files": files,
            "documents": documents,
            "splits": {"train": documents} if documents else {},
            "bytes": documents * 11,
            "characters": documents * 10,
            "words": documents * 2,
            "tokens": None,
            "segments": None,
            "pii": {},
            "pii_counted": {},
            "rights": {},
            "further_tokens": {},
            "rights_known": documents,
            "dates": None,
            **more,
        }

    return {
        "title": "A corpus: small",
        "description": None,
        "license": "other",
        "creator": None,
        "contact": None,
        "url": None,
        "release_version": None,
        "published": None,
        "splits": {},
        "languages": {
            "ekk_Latn": figures("Estonian", 1200, files=12, pii={"email": 3}),
            "gle_Latn": figures("Irish", 0, files=0),
            "mlt_Latn": figures("Maltese", 34),
        },
        "rejected": {
            "mlt_Latn": {"files": 1, "documents": 6, "reasons": {"quality:too_short": 6}},
            "nob_Latn": {"files": 1, "documents": 2, "reasons": {"langid:other": 2}},
        },
        "pii": {"modes": ["surrogate"], "types": ["email", "iban"]},
        "rejected_text": False,
        "deciding_stages": ["langid", "quality"],
        "stages": {"langid": {"version": 1, "config_digest": "00ff"}},
        "tokenizers": [],
        "further_tokenizers": {},
        "files": [],
    }
