"""With verification, every removed document is similar to the one that is kept."""

from __future__ import annotations

import shutil

import pytest

from eurosift.dedup.shingle import shingles
from eurosift.stages.dedup import DedupConfig, verify

LOOSE = {"bands": 100, "rows": 1}
"""Finds nearly everything that has a shingle in common."""


def similarity(a, b):
    left, right = set(shingles(a).tolist()), set(shingles(b).tolist())
    return len(left & right) / len(left | right)


@pytest.fixture
def chain(doc, page):
    """Documents of which each has much in common with the next one, and ends have nothing."""
    words = page(1).split() + page(2).split() + page(3).split()
    texts = [" ".join(words[start : start + 120]) for start in range(0, 241, 8)]
    return [doc(f"d{i:02}", text) for i, text in enumerate(texts)] + [doc("x", texts[3])]


def test_every_removed_document_is_similar_to_its_keeper(deduped, chain):
    deduped.put(chain[:20], chain[20:])
    deduped.run(DedupConfig(**LOOSE))
    assert len({row["cluster_id"] for row in deduped.rows().values()}) == 1
    deduped.run(DedupConfig(**LOOSE, verify=0.6))
    texts = {row["id"]: row["text"] for row in chain}
    rows = deduped.rows()
    removed = {name: row["duplicate_of"] for name, row in rows.items() if not row["is_keeper"]}
    assert len(removed) > 10
    assert all(similarity(texts[a], texts[b]) >= 0.6 for a, b in removed.items())
    assert rows["x"]["dedup_reasons"] in (["exact_duplicate"], ["near_duplicate"])
    sizes = [row["cluster_size"] for row in rows.values()]
    names = [row["cluster_id"] for row in rows.values()]
    assert all(size == names.count(name) for size, name in zip(sizes, names, strict=True))


@pytest.mark.parametrize("memory_gb", [1e-9, 4])
def test_the_result_does_not_depend_on_shards_or_memory(deduped, make_run, chain, memory_gb):
    deduped.put(chain[:20], chain[20:])
    deduped.run(DedupConfig(**LOOSE, verify=0.6))
    other = make_run("b")
    other.put(chain[25:], chain[:10], [], chain[10:25])
    other.run(DedupConfig(**LOOSE, verify=0.6, memory_gb=memory_gb))
    assert other.rows() == deduped.rows()


def test_clusters_are_divided_by_what_their_shingles_take(deduped, doc, page):
    """Twenty clusters of two, in 22 kB: as many at 1 kB each, and fewer with 116 shingles each."""
    deduped.put([doc(f"{side}{i:02}", page(i)) for side in "ab" for i in range(20)])
    deduped.run(DedupConfig(memory_gb=22e-6))
    assert len(deduped.facts("cluster/deu_Latn.parquet")["row_groups"]) == 2
    deduped.run(DedupConfig(memory_gb=22e-6, verify=0.6))
    assert len(deduped.facts("cluster/deu_Latn.parquet")["row_groups"]) == 4
    assert all(row["cluster_size"] == 2 for row in deduped.rows().values())


def test_members_are_compared_a_few_at_a_time(deduped, chain, monkeypatch):
    deduped.put(chain[:20], chain[20:])
    deduped.run(DedupConfig(**LOOSE, verify=0.6))
    expected = deduped.rows()
    shutil.rmtree(deduped.folder / "run/dedup")
    monkeypatch.setattr(verify, "SLICE_ROWS", 3)
    deduped.run(DedupConfig(**LOOSE, verify=0.6))
    assert deduped.rows() == expected


def test_who_is_similar_to_none_is_kept_and_counted(deduped, chain, monkeypatch):
    monkeypatch.setattr(verify, "ROUNDS", 1)
    deduped.put(chain)
    deduped.run(DedupConfig(**LOOSE, verify=0.6))
    rows = deduped.rows()
    assert deduped.facts("members/deu_Latn-00000.parquet")["unlike"] == 27
    assert sum(row["is_keeper"] for row in rows.values()) == 28


def test_exact_duplicates_need_no_shingles(deduped, doc, page):
    deduped.put([doc("a", "zu kurz"), doc("b", "zu kurz"), doc("c", page(1)), doc("d", page(1))])
    deduped.run(DedupConfig(verify=1.0))
    assert [row["cluster_size"] for row in deduped.rows().values()] == [2, 2, 2, 2]


def test_all_of_a_shard_may_be_verified_apart(deduped, doc, page):
    half = " ".join(page(1).split()[:60] + page(2).split()[:60])
    deduped.put([doc("a", page(1))], [doc("b", half)])
    deduped.run(DedupConfig(**LOOSE, verify=0.9))
    assert [row["cluster_size"] for row in deduped.rows().values()] == [1, 1]
