"""Dedup, driven phase by phase through the real runtime."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from eurosift.dedup.sign import MinHash
from eurosift.stages.dedup import Dedup, DedupConfig, IdCollisionError, match, signed
from eurosift.stages.dedup.corpus import Corpora
from eurosift.stages.dedup.sign import Sign
from eurosift.stages.errors import StageError

BUCKET = {"language_bucket": pa.string()}


def test_every_row_gets_its_cluster_and_rejected_rows_get_nothing(deduped, corpus, expected_rows):
    deduped.put(corpus)
    deduped.run()
    assert deduped.rows() == expected_rows


@pytest.mark.parametrize("cuts", [(0, 0, 14), (1, 7), (5, 6, 7)])
def test_the_result_does_not_depend_on_the_shards(deduped, cuts, corpus, expected_rows):
    ends = [*cuts, len(corpus)]
    order = corpus[::-1]
    deduped.put(*(order[start:end] for start, end in zip([0, *cuts], ends, strict=True)))
    deduped.run()
    assert deduped.rows() == expected_rows


def test_the_membership_table_names_removed_and_kept_members(deduped, corpus):
    deduped.put(corpus[:3], corpus[3:])
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


def test_exact_duplicates_are_matched_before_near_ones(deduped, doc, page):
    texts = [page(1), page(1), page(1) + " mehr lesen", page(1)]
    deduped.put([doc(f"d{number}", text) for number, text in enumerate(texts)])
    deduped.run()
    edges = pq.read_table(deduped.folder / "run/dedup/match/deu_Latn-00000.parquet").to_pydict()
    assert edges == {"a": [0, 0, 0], "b": [1, 3, 2], "kind": ["exact", "exact", "near"]}
    assert deduped.facts("match/deu_Latn-00000.parquet") == {
        "documents": 4,
        "edges": {"exact": 2, "url": 0, "near": 1},
    }


def test_texts_that_differ_in_case_alone_are_exact_duplicates_if_normalised(deduped, corpus):
    deduped.put(corpus)
    deduped.run(DedupConfig(exact="normalised"))
    rows = deduped.rows()
    assert rows["n2"]["dedup_reasons"] == ["exact_duplicate"]
    assert rows["s3"]["cluster_id"] == "s1"


def test_the_best_document_is_kept_where_quality_decides(deduped, doc, page):
    scores = {"a": 0.2, "b": 0.9, "c": None, "d": 0.9}
    deduped.put([doc(name, page(1), quality_score=score) for name, score in scores.items()])
    deduped.run(DedupConfig(keep="best_quality"))
    assert {row["duplicate_of"] for row in deduped.rows().values()} == {None, "b"}
    assert deduped.rows()["b"]["is_keeper"]


@pytest.mark.parametrize("keep", ["longest", "best_quality"])
def test_a_document_in_a_bucket_apart_is_kept_only_where_there_is_no_other(
    deduped, keep, doc, page
):
    buckets = {"a": "near", "b": "main", "c": "salvaged", "d": "near"}
    texts = {"a": " mehr lesen", "b": "", "c": " mehr", "d": ""}
    deduped.put(
        [
            doc(name, page(1) + texts[name], language_bucket=bucket, quality_score=bucket == "near")
            for name, bucket in buckets.items()
        ],
        [doc(f"{name}2", page(2) + texts[name], language_bucket="near") for name in "acd"],
    )
    deduped.run(DedupConfig(keep=keep), columns=BUCKET)
    assert [name for name, row in deduped.rows().items() if row["is_keeper"]] == ["b", "a2"]


def test_a_main_document_of_unknown_quality_goes_before_one_in_a_bucket_apart(deduped, doc, page):
    near, main = ("near", 0.9), ("main", None)
    deduped.put(
        [
            doc(name, page(1) + rest, language_bucket=bucket, quality_score=score)
            for name, rest, (bucket, score) in (("a", " mehr lesen", near), ("b", "", main))
        ]
    )
    deduped.run(DedupConfig(keep="best_quality"), columns=BUCKET)
    assert [name for name, row in deduped.rows().items() if row["is_keeper"]] == ["b"]


def test_short_documents_are_counted(deduped, corpus):
    deduped.put(corpus)
    deduped.run()
    assert deduped.facts("sign/00000.parquet")["short_documents"] == 4


def sign_rows(deduped, *columns):
    with pq.ParquetFile(deduped.folder / "run/dedup/sign/00000.parquet") as file:
        groups = [file.read_row_group(i, list(columns)) for i in range(file.num_row_groups)]
    return [group.to_pylist() for group in groups]


def test_signatures_stand_by_language_each_in_row_groups_of_its_own(deduped, monkeypatch, corpus):
    monkeypatch.setattr(signed, "ROW_GROUP_ROWS", 4)
    deduped.put(corpus)
    deduped.run()
    languages = deduped.facts("sign/00000.parquet")["languages"]
    places = {
        name: (part["rows"], part["row_groups"], part["keys"]) for name, part in languages.items()
    }
    assert places == {
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


def test_keys_are_sorted_and_cut_into_row_groups_by_their_range(
    deduped, monkeypatch, corpus, expected_rows
):
    monkeypatch.setattr(signed, "GROUP_KEYS", 20)
    monkeypatch.setattr(signed, "CHUNK", 3)
    monkeypatch.setattr(signed, "MOST_KEYS", 6)
    deduped.put(corpus)
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
    assert deduped.rows() == expected_rows


@pytest.mark.parametrize("memory_gb", [1e-9, 3e-6, 1e-4])
def test_little_memory_gives_the_same_result(
    deduped, monkeypatch, memory_gb, corpus, expected_rows
):
    monkeypatch.setattr(signed, "ROW_GROUP_ROWS", 2)
    monkeypatch.setattr(match, "BATCH_ROWS", 1)
    deduped.put(corpus[:5], corpus[5:])
    deduped.run(DedupConfig(memory_gb=memory_gb))
    assert deduped.rows() == expected_rows


def test_the_limit_of_memory_divides_the_work_but_signs_nothing_again(deduped, corpus):
    deduped.put(corpus)
    deduped.run()
    layer = deduped.layer_bytes()
    done = deduped.run(DedupConfig(memory_gb=3e-6))
    assert {label.split("/")[0] for label in done} == {"dedup.match", "dedup.cluster"}
    assert len([label for label in done if label.startswith("dedup.match/deu_Latn-")]) == 2
    assert deduped.layer_bytes() == layer


@pytest.mark.parametrize("n_tasks", [1, 3, 8])
def test_two_runs_give_the_same_bytes(deduped, make_run, corpus, n_tasks):
    other = make_run("b")
    for one, n in ((deduped, 1), (other, n_tasks)):
        one.put(corpus[:5], corpus[5:])
        one.run(DedupConfig(memory_gb=3e-6), n_tasks=n)
    assert deduped.contents() == other.contents()
    assert len(deduped.contents()) == 2 + 1 + (2 + 1 + 1) + 3 + 3 + 2


@pytest.mark.parametrize(
    ("other", "place"),
    [
        ({}, "shard 00000, row 1, and again in shard 00001, row 1"),
        ({"same": True}, "shard 00000, row 1, and again in shard 00001, row 1"),
        ({"language": "fra_Latn"}, "shard 00000, row 1, .* shard 00001, row 1"),
    ],
)
@pytest.mark.parametrize("memory_gb", [1e-9, 4])
def test_an_id_that_stands_twice_is_an_error_that_names_both_places(
    deduped, other, place, memory_gb, doc, page
):
    again = doc(
        "d2", page(2 if "same" in other else 8), **{k: v for k, v in other.items() if k != "same"}
    )
    deduped.put([doc("d1", page(1)), doc("d2", page(2))], [doc("d3", page(3)), again])
    with pytest.raises(IdCollisionError, match=f"the id 'd2' stands in {place}"):
        deduped.run(DedupConfig(memory_gb=memory_gb))


def test_a_repeated_id_of_a_rejected_row_is_no_error(deduped, doc, page):
    deduped.put([doc("d1", page(1)), doc("d1", page(2), given_reasons=["refused"])])
    deduped.run()


def test_a_document_without_id_is_an_error_that_names_the_place(deduped, doc, page):
    deduped.put([doc("d1", page(1)), doc(None, page(2))])
    deduped.run(only_given=True)
    workspace = deduped.workspace()
    phase = Sign(DedupConfig(), "")
    (item,) = phase.items(workspace)
    with pytest.raises(StageError, match="shard 00000, row 1 has no id"):
        phase.run(item, workspace, None)


def test_rows_without_text_are_in_no_cluster(deduped, doc):
    deduped.put([doc("d1", None), doc("d2", None)])
    deduped.run()
    assert [row["cluster_size"] for row in deduped.rows().values()] == [1, 1]


REFUSED = {"id": "r", "text": "x", "given_reasons": ["refused"]}


@pytest.mark.parametrize("shards", [([],), ([REFUSED], [])])
def test_nothing_to_do_is_done(deduped, shards):
    deduped.put(*shards)
    deduped.run()
    assert all(row["cluster_id"] is None for row in deduped.rows().values())


def test_a_label_may_hold_any_character(deduped, doc, page):
    rows = [doc(name, page(1), language="../zh Hant") for name in ("d1", "d2")]
    deduped.put(rows)
    deduped.run()
    assert [row["cluster_size"] for row in deduped.rows().values()] == [2, 2]
    assert (deduped.folder / "run/dedup/match/..%2Fzh%20Hant-00000.parquet").exists()


def test_a_new_shard_concerns_only_its_language_and_the_shards_of_its_clusters(deduped, doc, page):
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


def test_a_decision_upstream_is_followed(deduped, doc, page):
    deduped.put([doc("d1", page(1)), doc("d2", page(1))])
    deduped.run()
    deduped.put([doc("d1", page(1), given_reasons=["refused"]), doc("d2", page(1))])
    deduped.run()
    assert deduped.rows()["d2"]["dedup_reasons"] == []
    assert deduped.rows()["d1"]["dedup_reasons"] is None


def test_a_file_that_lacks_rows_is_an_error(deduped, corpus):
    deduped.put(corpus)
    deduped.run()
    workspace = deduped.workspace()
    part = Corpora((), {}).of("deu_Latn", workspace).parts[0]
    part = replace(part, facts={**part.facts, "rows": 11})
    with pytest.raises(StageError, match="has not the rows that the footer says"):
        list(part.documents(["id"], np.array([2])))


def test_configurations_by_language_are_refused():
    with pytest.raises(StageError, match="one configuration for all languages"):
        Dedup(DedupConfig(), name="dedup", per_language={"mlt_Latn": DedupConfig(n_grams=3)})


def test_impossible_parameters_are_refused():
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        DedupConfig(bands=0)
    with pytest.raises(ValidationError, match="less than 18446744073709551616"):
        DedupConfig(seed=1 << 64)
    with pytest.raises(ValidationError, match="finite number"):
        DedupConfig(memory_gb=float("inf"))


def test_the_keeper_may_be_chosen_by_an_expression(deduped, doc, page):
    found = {"a": ("web", 0.9), "b": ("books", 0.1), "c": ("books", 0.5), "d": (None, 1.0)}
    deduped.put(
        [doc(n, page(1), source=source, quality_score=q) for n, (source, q) in found.items()]
    )
    policy = "source == 'books', quality_score"
    deduped.run(DedupConfig(keep_by=policy), columns={"source": pa.string()})
    assert [name for name, row in deduped.rows().items() if row["is_keeper"]] == ["c"]


def test_a_policy_that_does_not_fit_its_column_is_an_error(deduped, corpus):
    deduped.put(corpus)
    with pytest.raises(StageError, match="keep_by: `language \\+ 1` does not fit its columns"):
        deduped.run(DedupConfig(keep_by="language + 1"))


def test_a_policy_that_is_none_is_refused():
    with pytest.raises(ValidationError, match="is no policy"):
        DedupConfig(keep_by="quality_score >")


def test_documents_of_one_url_are_duplicates_if_asked_for(deduped, doc, page):
    urls = {
        "a": "http://www.example.eu/x/",
        "b": "https://example.eu/x#top",
        "c": "https://example.eu/y",
        "d": None,
        "e": "",
        "f": "http://www.example.eu/x",
    }
    texts = {"b": page(7) + " lang", "f": page(7) + " lang"}
    deduped.put([doc(n, texts.get(n, page(ord(n))), url=url) for n, url in urls.items()])
    deduped.run(DedupConfig(urls=True), columns={"url": pa.string()})
    rows = deduped.rows()
    assert {name: row["dedup_reasons"] for name, row in rows.items() if not row["is_keeper"]} == {
        "a": ["url_duplicate"],
        "f": ["exact_duplicate"],
    }
    deduped.run(DedupConfig(), columns={"url": pa.string()})
    assert deduped.rows()["a"]["is_keeper"]


def test_weights_grow_with_clusters(deduped, doc, page):
    deduped.put([doc(f"d{i}", page(1)) for i in range(4)] + [doc("x", page(2)), doc("y", page(3))])
    deduped.run(DedupConfig(upsampling={2: 2, 4: 5.5, 9: 7}))
    found = {name: row["upsampling_weight"] for name, row in deduped.rows().items()}
    assert found == {"d0": 5.5, "d1": None, "d2": None, "d3": None, "x": 1.0, "y": 1.0}


@pytest.mark.parametrize(
    "weights", [{0: 1.0}, {1: -1.0}, {1: float("nan")}, {2: float("inf")}, {1 << 64: 2.0}]
)
def test_impossible_weights_are_refused(weights):
    with pytest.raises(ValidationError, match="no weight is negative"):
        DedupConfig(upsampling=weights)


@pytest.fixture
def many(doc, page):
    """Documents that are hard: nearly all the same, or all with one band in common."""
    same = page(1)
    return [doc(f"d{i:05}", same) for i in range(3_000)]


@pytest.mark.parametrize("memory_gb", [1e-6, 4])
def test_identical_documents_are_one_cluster(deduped, many, memory_gb):
    deduped.put(*(many[start : start + 500] for start in range(0, 3_000, 500)))
    deduped.run(DedupConfig(memory_gb=memory_gb))
    rows = deduped.rows()
    assert {row["cluster_size"] for row in rows.values()} == {3_000}
    assert [name for name, row in rows.items() if row["is_keeper"]] == ["d00000"]
    # Of the bands of equal texts, one document of each shard is there to be matched.
    parts = [deduped.facts(f"sign/{s:05}.parquet")["languages"]["deu_Latn"] for s in range(6)]
    assert all(part["entries"] == {"exact": 500, "near": 14} for part in parts)


@pytest.mark.parametrize("memory_gb", [1e-6, 4])
def test_identical_documents_may_leave_parts_of_the_keys_empty(
    deduped, doc, page, monkeypatch, memory_gb
):
    """Too short for bands, they have one key; what stands behind it in the file is found."""
    monkeypatch.setattr(signed, "GROUP_KEYS", 20)
    same = [doc(f"s{i:03}", "zu kurz") for i in range(100)]
    others = [doc(f"x{i}", page(1), language="fra_Latn") for i in range(3)]
    deduped.put([*same, *others], others[:0], [doc("y", "zu kurz")])
    deduped.run(DedupConfig(memory_gb=memory_gb))
    with pq.ParquetFile(deduped.folder / "run/dedup/sign/00000.parquet") as file:
        assert deduped.facts("sign/00000.parquet")["ids"]["keys"][-1] == file.num_row_groups
    sizes = {name: row["cluster_size"] for name, row in deduped.rows().items()}
    assert sizes == dict.fromkeys([*(row["id"] for row in same), "y"], 101) | dict.fromkeys(
        ("x0", "x1", "x2"), 3
    )


def test_one_giant_cluster_of_different_documents(deduped, doc, page):
    words = page(1).split()
    texts = [" ".join([*words, f"x{i}y", *words[:7]]) for i in range(800)]
    rows = [doc(f"d{i:05}", text) for i, text in enumerate(texts)]
    deduped.put(rows[:300], rows[300:])
    deduped.run(DedupConfig(memory_gb=1e-5))
    assert {row["cluster_size"] for row in deduped.rows().values()} == {800}


def test_every_document_in_a_language_of_its_own(deduped, doc, page):
    deduped.put([doc(f"d{i}", page(1), language=f"x{i:02}_Latn") for i in range(40)])
    deduped.run()
    assert all(row["is_keeper"] for row in deduped.rows().values())


def test_many_shards(deduped, doc, page):
    texts = [page(i % 70) for i in range(200)]
    deduped.put(*([doc(f"d{i:03}", text)] for i, text in enumerate(texts)))
    deduped.run()
    rows = deduped.rows()
    assert sum(row["is_keeper"] for row in rows.values()) == 70
    assert rows["d199"]["duplicate_of"] == "d059"


def test_signatures_are_kept_if_asked_for(deduped, corpus):
    deduped.put(corpus)
    deduped.run(DedupConfig(keep_signatures=True))
    (documents, *_), *_ = [sign_rows(deduped, "id", "minima")]
    minima = {row["id"]: row["minima"] for row in documents}
    assert minima["e1"] is minima["s1"] is None
    expected = MinHash().sign(pa.array([corpus[0]["text"]])).minima[0].tolist()
    assert minima["d1"] == minima["c1"] == expected
