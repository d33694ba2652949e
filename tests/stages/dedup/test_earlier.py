"""A new crawl against earlier runs: clusters are those of one run over all."""

from __future__ import annotations

import json
import shutil

import pyarrow as pa
import pytest

from eurosift.stages.dedup import Dedup, DedupConfig
from eurosift.stages.dedup.earlier import EarlierRun, names_of
from eurosift.stages.dedup.sign import FORMAT
from eurosift.stages.errors import StageError


@pytest.fixture
def crawls(doc, page):
    """Three crawls with duplicates inside and between them; one document joins two older ones."""
    bridge = " ".join(page(5).split()[:60] + page(6).split()[60:])
    return [
        [doc("a1", page(1)), doc("a2", page(2)), doc("a3", page(5)), doc("a4", "kurz")],
        [doc("b1", page(1) + " mehr"), doc("b2", page(3)), doc("b3", page(6))],
        [
            doc("c1", page(1)),
            doc("c2", page(3) + " dazu"),
            doc("c3", page(4)),
            doc("c4", page(4)),
            doc("c5", bridge),
            doc("c6", page(2), language="fra_Latn"),
            doc("c7", "kurz"),
        ],
    ]


LOOSE = {"bands": 40, "rows": 2}
"""Finds pairs that are half the same."""


def clusters(rows):
    return {name: (row["cluster_id"], row["cluster_size"]) for name, row in rows.items()}


@pytest.fixture
def earlier(make_run, crawls):
    """Runs over the first two crawls, each by itself."""
    runs = [make_run("first"), make_run("second")]
    for run, rows in zip(runs, crawls, strict=False):
        run.put(rows)
        run.run(DedupConfig(**LOOSE))
    return runs


def moved(runs):
    """Folders with names of their own, that hold nothing but signatures."""
    paths = []
    for run in runs:
        target = run.folder.parent / "kept" / run.folder.name
        shutil.copytree(run.folder / "run/dedup/sign", target)
        shutil.rmtree(run.folder)
        paths.append(target)
    return paths


@pytest.mark.parametrize("memory_gb", [1e-9, 4])
def test_clusters_are_those_of_one_run_over_all(make_run, crawls, earlier, memory_gb):
    joint = make_run("joint")
    joint.put(*crawls)
    joint.run(DedupConfig(**LOOSE))
    paths = moved(earlier)
    new = make_run("new")
    new.put(crawls[2])
    new.run(DedupConfig(**LOOSE, against=paths, memory_gb=memory_gb))
    expected = clusters(joint.rows())
    assert clusters(new.rows()) == {row["id"]: expected[row["id"]] for row in crawls[2]}
    assert expected["c5"][1] == 3
    assert {row["id"]: row["cluster_id"] for row in new.members()} == {
        row["id"]: row["cluster_id"] for row in joint.members() if row["id"] != "c6"
    }


def test_the_old_document_is_kept_and_named_with_its_run(make_run, crawls, earlier):
    paths = moved(earlier)
    new = make_run("new")
    new.put(crawls[2])
    new.run(DedupConfig(**LOOSE, against=paths))
    assert {name: row["duplicate_of"] for name, row in new.rows().items()} == {
        "c1": "a1",
        "c2": "b2",
        "c3": None,
        "c4": "c3",
        "c5": "a3",
        "c6": None,
        "c7": "a4",
    }
    assert new.rows()["c1"]["dedup_reasons"] == ["exact_duplicate"]
    members = {row["id"]: row for row in new.members()}
    assert members["c2"]["keeper_run"] == "second"
    assert (members["b2"]["run"], members["b2"]["is_keeper"]) == ("second", True)
    assert (members["b1"]["run"], members["b1"]["is_keeper"]) == ("second", False)
    assert members["c4"]["keeper_run"] is None


def test_what_earlier_runs_hold_is_an_input(make_run, crawls, earlier):
    paths = moved(earlier)
    new = make_run("new")
    new.put(crawls[2])
    new.run(DedupConfig(**LOOSE, against=paths[:1]))
    assert new.run(DedupConfig(**LOOSE, against=paths[:1])) == []
    done = new.run(DedupConfig(**LOOSE, against=paths))
    assert "dedup.match/deu_Latn-00000" in done
    assert not any(label.startswith("dedup.sign") for label in done)


def test_other_parameters_are_an_error_that_names_them(make_run, crawls, earlier):
    new = make_run("new")
    new.put(crawls[2])
    config = DedupConfig(**LOOSE, seed=2, against=[earlier[0].folder / "run"])
    with pytest.raises(
        StageError,
        match=r"run: shard 00000 was signed with seed 1 \(here 2\): .*; set `seed: 1` here, or",
    ):
        new.run(config)


def test_all_earlier_runs_that_are_refused_are_told(make_run, crawls, earlier, tmp_path):
    config = DedupConfig(**LOOSE, seed=2, against=[tmp_path / "gone", earlier[0].folder / "run"])
    found = list(Dedup(config, name="dedup").refusals())
    assert [error.at for error in found] == [("against", 0), ("against", 1)]
    assert "is not there" in str(found[0])
    assert "signed with seed 1" in str(found[1])
    same = DedupConfig(**LOOSE, against=[earlier[0].folder / "run"])
    assert not list(Dedup(same, name="dedup").refusals())


def test_signatures_of_another_version_are_told(make_run, crawls, earlier, monkeypatch):
    monkeypatch.setattr("eurosift.stages.dedup.sign.FORMAT", FORMAT + 1)
    config = DedupConfig(**LOOSE, seed=2, against=[earlier[0].folder / "run"])
    (error,) = Dedup(config, name="dedup").refusals()
    assert "by a version of eurosift whose signatures cannot be compared" in str(error)
    assert "sign that run again with this version" in str(error)


@pytest.mark.parametrize(
    ("option", "what"), [({"urls": True}, "urls"), ({"verify": 0.5}, "shingles")]
)
def test_what_earlier_runs_lack_is_told(make_run, crawls, earlier, option, what):
    new = make_run("new")
    new.put([row | {"url": "x"} for row in crawls[2]])
    config = DedupConfig(**LOOSE, **option, against=[earlier[0].folder / "run"])
    with pytest.raises(StageError, match=f"run: shard 00000 was signed without {what}"):
        new.run(config, columns={"url": pa.string()})


def test_a_run_is_found_by_its_folder_its_stage_or_its_release(make_run, crawls, earlier):
    folder = earlier[0].folder / "run"
    (folder / "release").mkdir()
    for path in (folder, folder / "dedup", folder / "release", folder / "dedup/sign"):
        assert list(EarlierRun(path, "x").facts) == ["00000"]


@pytest.mark.parametrize("shards", [("00000", "00001"), ()])
def test_a_run_whose_signatures_are_not_those_of_its_plan_is_refused(earlier, shards):
    """It has not finished, or lost an input since: documents would be missed, or be none of it."""
    folder = earlier[0].folder / "run"
    plan = {"files": [{"shard": shard} for shard in shards]}
    (folder / "plan.json").write_text(json.dumps(plan))
    (folder / "release").mkdir()
    for path in (folder, folder / "release", folder / "dedup/sign"):
        with pytest.raises(StageError, match=r"of shard 0000. there are .*: run it to its end"):
            EarlierRun(path, "x")
    shutil.copytree(folder / "dedup/sign", folder.parent / "copy")
    assert list(EarlierRun(folder.parent / "copy", "x").facts) == ["00000"]


def test_a_damaged_plan_of_an_earlier_run_is_told(earlier):
    folder = earlier[0].folder / "run"
    (folder / "plan.json").write_text("{}")
    with pytest.raises(StageError, match=r"plan\.json: cannot be read"):
        EarlierRun(folder, "x")


def test_a_folder_without_signatures_is_an_error(tmp_path):
    with pytest.raises(StageError, match="no signatures there"):
        EarlierRun(tmp_path, "x")


def test_a_file_that_is_none_is_an_error(tmp_path):
    (tmp_path / "00000.parquet").write_bytes(b"nothing")
    with pytest.raises(StageError, match="is no file of signatures"):
        EarlierRun(tmp_path, "x")


def test_damage_is_found(make_run, crawls, earlier):
    path = earlier[0].folder / "run/dedup/sign/00000.parquet"
    data = bytearray(path.read_bytes())
    for place in range(4, 100):
        data[place] ^= 0xFF
    path.write_bytes(data)
    run = EarlierRun(earlier[0].folder / "run", "x")
    with pytest.raises(StageError, match="is missing or damaged"):
        list(run.read("00000", ["language"], [0]))


def test_folders_inside_of_a_run_have_its_name(tmp_path):
    paths = [
        tmp_path / "a/release",
        tmp_path / "b/dedup/sign",
        tmp_path / "c/dedup",
        tmp_path / "d",
    ]
    assert names_of(paths) == ["a", "b", "c", "d"]


def test_names_must_differ(tmp_path):
    with pytest.raises(StageError, match="several folders are called 'run'"):
        names_of([tmp_path / "a" / "run", tmp_path / "b" / "run"])
