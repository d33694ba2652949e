"""Dedup, driven phase by phase through the real runtime."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from eurosift.pipeline import plan, recipe
from eurosift.pipeline.dag import Dag, Node
from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.run_files import RunFiles
from eurosift.pipeline.tasks import Run, State
from eurosift.pipeline.work import perform
from eurosift.stages.base import SourceStage, StageConfig
from eurosift.stages.dedup import Dedup, DedupConfig, IdCollisionError, match, signed
from eurosift.stages.dedup.corpus import Corpora
from eurosift.stages.dedup.sign import Sign
from eurosift.stages.errors import StageError

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

    @property
    def adds(self):
        return GIVEN

    def read(self, path: Path, relative, account) -> Iterator[pa.RecordBatch]:
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        filled = [{"language": "deu_Latn", "given_reasons": [], **row} for row in rows]
        for start in range(0, len(filled), 3):
            yield pa.RecordBatch.from_pylist(filled[start : start + 3], schema=GIVEN)


class Unscored(Given):
    """The same without a quality score."""

    @property
    def adds(self):
        return GIVEN.remove(GIVEN.get_field_index("quality_score"))

    def read(self, path, relative, account):
        for batch in super().read(path, relative, account):
            yield batch.select(self.adds.names)


class Bucketed(Given):
    """The same with buckets."""

    @property
    def adds(self):
        return GIVEN.append(pa.field("language_bucket", pa.string()))

    def read(self, path, relative, account):
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        filled = [{"language": "deu_Latn", "given_reasons": [], **row} for row in rows]
        yield pa.RecordBatch.from_pylist(filled, schema=self.adds)


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

    def run(self, config=None, *, source=Given, only_given=False):
        """Do what is to be done; return the tasks that were done, by label."""
        text = "version: 1\nname: t\ninput: {path: in/*.jsonl}\nstages: {dedup: {}}\n"
        given = recipe.parse(text, self.folder)
        dedup = Dedup(config or DedupConfig(), name="dedup")
        nodes = [
            Node("given", source(StageConfig(), name="given"), (), ()),
            Node("dedup", dedup, ("given",), ("given",)),
        ]
        self.run_ = Run(Dag(given, nodes), plan.make(given), RunFiles(self.folder / "run"))
        done = []
        for node in nodes[:1] if only_given else nodes:
            for phase in node.phases or (None,):
                state = self.run_.phase_state(node, phase)
                assert not state.waits
                for task in reversed(state.todo):  # the order must not matter
                    perform(self.run_, task, self.run_.workspace(self.run_.dag.nodes[task.stage]))
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
        return pq.read_table(
            self.folder / "run/dedup/members" / f"{language}-00000.parquet"
        ).to_pylist()

    def facts(self, relative):
        return read_footer(self.folder / "run" / "dedup" / relative).facts

    def layer_bytes(self):
        """Bytes of the layer."""
        return [path.read_bytes() for path in sorted((self.folder / "run/dedup").glob("*.parquet"))]

    def contents(self):
        """Bytes of all files of the stage."""
        root = self.folder / "run" / "dedup"
        return {p.relative_to(root): p.read_bytes() for p in root.rglob("*") if p.is_file()}


@pytest.fixture
def deduped(tmp_path):
    return Deduped(tmp_path / "a")


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


def expected_rows():
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


def test_every_row_gets_its_cluster_and_rejected_rows_get_nothing(deduped):
    deduped.put(CORPUS)
    deduped.run()
    assert deduped.rows() == expected_rows()


@pytest.mark.parametrize("cuts", [(0, 0, 14), (1, 7), (5, 6, 7)])
def test_the_result_does_not_depend_on_the_shards(deduped, cuts):
    ends = [*cuts, len(CORPUS)]
    order = CORPUS[::-1]
    deduped.put(*(order[start:end] for start, end in zip([0, *cuts], ends, strict=True)))
    deduped.run()
    assert deduped.rows() == expected_rows()


def test_the_membership_table_names_removed_and_kept_members(deduped):
    deduped.put(CORPUS[:3], CORPUS[3:])
    deduped.run()
    common = {"run": None, "cluster_id": "c1", "cluster_size": 3, "keeper": "n1"}
    common |= {"keeper_run": None}
    first = [row for row in deduped.members() if row["cluster_id"] == "c1"]
    assert first == [
        {"shard": "00000", "row": 0, "id": "d1", **common, "is_keeper": False, "kind": "near"},
        {"shard": "00000", "row": 2, "id": "c1", **common, "is_keeper": False, "kind": "near"},
        {"shard": "00001", "row": 0, "id": "n1", **common, "is_keeper": True, "kind": None},
    ]
    assert deduped.facts("cluster/deu_Latn.parquet")["clusters"] == 3


def test_exact_duplicates_are_matched_before_near_ones(deduped):
    texts = [page(1), page(1), page(1) + " mehr lesen", page(1)]
    deduped.put([doc(f"d{number}", text) for number, text in enumerate(texts)])
    deduped.run()
    edges = pq.read_table(deduped.folder / "run/dedup/match/deu_Latn-00000.parquet").to_pydict()
    assert edges == {"a": [0, 0, 0], "b": [1, 3, 2], "kind": ["exact", "exact", "near"]}
    assert deduped.facts("match/deu_Latn-00000.parquet") == {
        "documents": 4,
        "edges": {"exact": 2, "url": 0, "near": 1},
    }


def test_texts_that_differ_in_case_alone_are_exact_duplicates_if_normalised(deduped):
    deduped.put(CORPUS)
    deduped.run(DedupConfig(exact="normalised"))
    rows = deduped.rows()
    assert rows["n2"]["dedup_reasons"] == ["exact_duplicate"]
    assert rows["s3"]["cluster_id"] == "s1"


def test_the_best_document_is_kept_where_quality_decides(deduped):
    scores = {"a": 0.2, "b": 0.9, "c": None, "d": 0.9}
    deduped.put([doc(name, page(1), quality_score=score) for name, score in scores.items()])
    deduped.run(DedupConfig(keep="best_quality"))
    assert {row["duplicate_of"] for row in deduped.rows().values()} == {None, "b"}
    assert deduped.rows()["b"]["is_keeper"]


@pytest.mark.parametrize("keep", ["longest", "best_quality"])
def test_a_document_in_a_bucket_apart_is_kept_only_where_there_is_no_other(deduped, keep):
    buckets = {"a": "near", "b": "main", "c": "salvaged", "d": "near"}
    texts = {"a": " mehr lesen", "b": "", "c": " mehr", "d": ""}
    deduped.put(
        [
            doc(name, page(1) + texts[name], language_bucket=bucket, quality_score=bucket == "near")
            for name, bucket in buckets.items()
        ],
        [doc(f"{name}2", page(2) + texts[name], language_bucket="near") for name in "acd"],
    )
    deduped.run(DedupConfig(keep=keep), source=Bucketed)
    assert [name for name, row in deduped.rows().items() if row["is_keeper"]] == ["b", "a2"]


def test_a_main_document_of_unknown_quality_goes_before_one_in_a_bucket_apart(deduped):
    near, main = ("near", 0.9), ("main", None)
    deduped.put(
        [
            doc(name, page(1) + rest, language_bucket=bucket, quality_score=score)
            for name, rest, (bucket, score) in (("a", " mehr lesen", near), ("b", "", main))
        ]
    )
    deduped.run(DedupConfig(keep="best_quality"), source=Bucketed)
    assert [name for name, row in deduped.rows().items() if row["is_keeper"]] == ["b"]


def test_short_documents_are_counted(deduped):
    deduped.put(CORPUS)
    deduped.run()
    assert deduped.facts("sign/00000.parquet")["short_documents"] == 4


def sign_rows(deduped, *columns):
    with pq.ParquetFile(deduped.folder / "run/dedup/sign/00000.parquet") as file:
        groups = [file.read_row_group(i, list(columns)) for i in range(file.num_row_groups)]
    return [group.to_pylist() for group in groups]


def test_signatures_stand_by_language_each_in_row_groups_of_its_own(deduped, monkeypatch):
    monkeypatch.setattr(signed, "ROW_GROUP_ROWS", 4)
    deduped.put(CORPUS)
    deduped.run()
    languages = deduped.facts("sign/00000.parquet")["languages"]
    assert {name: (part["rows"], part["row_groups"], part["keys"]) for name, part in languages.items()} == {
        "deu_Latn": (10, [0, 1, 2], [3, 4]),
        "fra_Latn": (1, [4], [5, 6]),
        "und": (2, [6], [7, 8]),
    }  # fmt: skip
    groups = sign_rows(deduped, "language", "row", "id", "kind")
    assert [len(group) for group in groups] == [4, 4, 2, 2, 1, 2, 2, 2, 1]
    documents = [row for group in groups for row in group if row["id"] is not None]
    order = [(row["language"], row["row"]) for row in documents]
    assert order == sorted(order)
    assert {row["kind"] for row in groups[3]} == {"exact", "near"}
    assert [row["kind"] for row in groups[8]] == ["id"]


def test_keys_are_sorted_and_cut_into_row_groups_by_their_range(deduped, monkeypatch):
    monkeypatch.setattr(signed, "GROUP_KEYS", 20)
    monkeypatch.setattr(signed, "CHUNK", 3)
    monkeypatch.setattr(signed, "MOST_KEYS", 6)
    deduped.put(CORPUS)
    deduped.run()
    part = deduped.facts("sign/00000.parquet")["languages"]["deu_Latn"]
    assert part["entries"] == {"exact": 10, "near": 14 * 5}
    n_groups = len(part["keys"]) - 1
    assert n_groups == 4
    groups = sign_rows(deduped, "kind", "keys")
    for kind, n in part["entries"].items():
        keys = []
        for number in range(n_groups):
            rows = [r for g in groups[part["keys"][number] : part["keys"][number + 1]] for r in g]
            here = [key for row in rows if row["kind"] == kind for key in row["keys"]]
            assert all(key * n_groups >> 64 == number for key in here)
            keys += here
        assert keys == sorted(keys)
        assert len(keys) == n
    assert deduped.rows() == expected_rows()


@pytest.mark.parametrize("memory_gb", [1e-9, 3e-6, 1e-4])
def test_little_memory_gives_the_same_result(deduped, monkeypatch, memory_gb):
    monkeypatch.setattr(signed, "ROW_GROUP_ROWS", 2)
    monkeypatch.setattr(match, "BATCH_ROWS", 1)
    deduped.put(CORPUS[:5], CORPUS[5:])
    deduped.run(DedupConfig(memory_gb=memory_gb))
    assert deduped.rows() == expected_rows()


def test_the_limit_of_memory_divides_the_work_but_signs_nothing_again(deduped):
    deduped.put(CORPUS)
    deduped.run()
    layer = deduped.layer_bytes()
    done = deduped.run(DedupConfig(memory_gb=3e-6))
    assert {label.split("/")[0] for label in done} == {"dedup.match", "dedup.cluster"}
    assert len([label for label in done if label.startswith("dedup.match/deu_Latn-")]) == 2
    assert deduped.layer_bytes() == layer


def test_two_runs_give_the_same_bytes(deduped, tmp_path):
    other = Deduped(tmp_path / "b")
    for one in (deduped, other):
        one.put(CORPUS[:5], CORPUS[5:])
        one.run()
    assert deduped.contents() == other.contents()
    assert len(deduped.contents()) == 2 + 1 + 3 + 3 + 3 + 2


@pytest.mark.parametrize(
    ("other", "place"),
    [
        (doc("d2", page(8)), "shard 00000, row 1, and again in shard 00001, row 1"),
        (doc("d2", page(2)), "shard 00000, row 1, and again in shard 00001, row 1"),
        (doc("d2", page(8), language="fra_Latn"), "shard 00000, row 1, .* shard 00001, row 1"),
    ],
)
@pytest.mark.parametrize("memory_gb", [1e-9, 4])
def test_an_id_that_stands_twice_is_an_error_that_names_both_places(
    deduped, other, place, memory_gb
):
    deduped.put([doc("d1", page(1)), doc("d2", page(2))], [doc("d3", page(3)), other])
    with pytest.raises(IdCollisionError, match=f"the id 'd2' stands in {place}"):
        deduped.run(DedupConfig(memory_gb=memory_gb))


def test_a_repeated_id_of_a_rejected_row_is_no_error(deduped):
    deduped.put([doc("d1", page(1)), doc("d1", page(2), given_reasons=["refused"])])
    deduped.run()


def test_a_document_without_id_is_an_error_that_names_the_place(deduped):
    deduped.put([doc("d1", page(1)), doc(None, page(2))])
    deduped.run(only_given=True)
    workspace = deduped.workspace()
    phase = Sign(DedupConfig(), "")
    (item,) = phase.items(workspace)
    with pytest.raises(StageError, match="shard 00000, row 1 has no id"):
        phase.run(item, workspace, None)


def test_rows_without_text_are_in_no_cluster(deduped):
    deduped.put([doc("d1", None), doc("d2", None)])
    deduped.run()
    assert [row["cluster_size"] for row in deduped.rows().values()] == [1, 1]


@pytest.mark.parametrize("shards", [([],), ([doc("r", "x", given_reasons=["refused"])], [])])
def test_nothing_to_do_is_done(deduped, shards):
    deduped.put(*shards)
    deduped.run()
    assert all(row["cluster_id"] is None for row in deduped.rows().values())


def test_a_label_may_hold_any_character(deduped):
    rows = [doc(name, page(1), language="../zh Hant") for name in ("d1", "d2")]
    deduped.put(rows)
    deduped.run()
    assert [row["cluster_size"] for row in deduped.rows().values()] == [2, 2]
    assert (deduped.folder / "run/dedup/match/..%2Fzh%20Hant-00000.parquet").exists()


def test_a_new_shard_concerns_only_its_language_and_the_shards_of_its_clusters(deduped):
    german = [doc("d1", page(1)), doc("d2", page(2))]
    french = [doc("f1", page(3), language="fra_Latn")]
    deduped.put(german, french)
    deduped.run()
    assert deduped.run() == []
    deduped.put(german, french, [doc("f2", page(3), language="fra_Latn")])
    assert deduped.run() == [
        "dedup.cluster/fra_Latn",
        "dedup.ids/00000",
        "dedup.match/fra_Latn-00000",
        "dedup.members/fra_Latn-00000",
        "dedup.sign/00002",
        "dedup/00001",
        "dedup/00002",
        "given/00002",
    ]
    assert deduped.rows()["f2"]["duplicate_of"] == "f1"


def test_a_decision_upstream_is_followed(deduped):
    deduped.put([doc("d1", page(1)), doc("d2", page(1))])
    deduped.run()
    deduped.put([doc("d1", page(1), given_reasons=["refused"]), doc("d2", page(1))])
    deduped.run()
    assert deduped.rows()["d2"]["dedup_reasons"] == []
    assert deduped.rows()["d1"]["dedup_reasons"] is None


def test_a_file_that_lacks_rows_is_an_error(deduped):
    deduped.put(CORPUS)
    deduped.run()
    workspace = deduped.workspace()
    part = Corpora((), {}).of("deu_Latn", workspace).parts[0]
    part = replace(part, facts={**part.facts, "rows": 11})
    with pytest.raises(StageError, match="ends with row 10, which is not what the footer says"):
        list(part.documents(["id"], np.array([2])))


def test_configurations_by_language_are_refused():
    with pytest.raises(StageError, match="one configuration for all languages"):
        Dedup(DedupConfig(), name="dedup", per_language={"mlt_Latn": DedupConfig(n_grams=3)})


def test_impossible_parameters_are_refused():
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        DedupConfig(bands=0)
