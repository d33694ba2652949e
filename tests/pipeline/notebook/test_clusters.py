"""Clusters: the keeper, and how each member differs from it."""

import polars as pl
import pytest

from eurosift.pipeline.errors import QueryError


@pytest.fixture(scope="module")
def near(crawl):
    return crawl.sample(n=1, rejected_by="near_duplicate")[0]


def test_the_largest_clusters_are_those_of_the_layer(crawl):
    layer = crawl.layer("dedup").filter(pl.col("cluster_size") > 1).collect()
    found = crawl.clusters(n=1000)
    assert sorted(found.frame["cluster_id"]) == sorted(layer["cluster_id"].unique())
    assert found.frame["members"].sum() == layer.height
    removed = found.frame.select(pl.sum("exact", "url", "near")).row(0)
    reasons = (
        crawl.report()["reasons"].filter(stage="dedup").group_by("reason").agg(pl.sum("documents"))
    )
    assert dict(reasons.iter_rows()) == {
        "exact_duplicate": removed[0],
        "near_duplicate": removed[2],
    }
    sizes = found.frame["cluster_size"]
    assert sizes.equals(sizes.sort(descending=True))


def test_clusters_of_one_language(crawl):
    found = crawl.clusters("mt")
    assert set(found.frame["language"]) == {"mlt_Latn"}
    assert len(found[:1]) == 1
    assert [cluster.id for cluster in found] == found.frame["cluster_id"].to_list()


def test_the_keeper_comes_first_and_is_like_itself(near):
    frame = near.cluster().frame
    assert frame["is_keeper"].to_list() == [True, *[False] * (frame.height - 1)]
    assert frame["jaccard"][0] == 1
    assert frame.filter(id=near.id)["reasons"].to_list() == [["near_duplicate"]]


def test_similarity_is_that_of_the_sets_of_word_n_grams(near):
    """Counted here by another route."""
    frame = near.cluster().frame
    first, other = (_grams(text) for text in frame["text"][:2])
    assert frame["jaccard"][1] == pytest.approx(len(first & other) / len(first | other))
    assert 0.5 < frame["jaccard"][1] < 1


def _grams(text):
    import unicodedata

    plain = unicodedata.normalize("NFD", text.lower())
    plain = "".join(c for c in plain if unicodedata.category(c) != "Mn")
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}


def test_what_differs_is_marked(near):
    cluster = near.cluster()
    html = cluster._repr_html_()
    assert "<del>" in html or "<ins>" in html
    assert f"Jaccard {cluster.frame['jaccard'][1]:.3f}" in html
    assert "near_duplicate" in html
    assert "[-" in repr(cluster) or "{+" in repr(cluster)


def test_a_document_without_duplicates_is_a_cluster_of_one(crawl):
    alone = crawl.rows().filter(pl.col("cluster_size") == 1).select("id").head(1).collect()
    cluster = crawl.document(alone["id"][0]).cluster()
    assert len(cluster) == cluster.members.height == 1


def test_what_is_no_cluster_is_told(crawl):
    with pytest.raises(QueryError, match="no cluster 'x'"):
        crawl.cluster("x")
    rejected = crawl.sample(n=1, stage="langid").rejected()[0]
    with pytest.raises(QueryError, match="`dedup` did not look at this document"):
        rejected.cluster()
