"""A release holds every row once, in order, and says truly what it holds."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from eurosift.stages.errors import StageError
from eurosift.stages.release import Release, ReleaseConfig
from eurosift.stages.release.columns import KEPT

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("text", pa.string()),
        ("language", pa.string()),
        ("n_words", pa.int64()),
        ("langid_reasons", pa.list_(pa.string())),
        ("quality_reasons", pa.list_(pa.string())),
    ]
)
REASONS = {"langid": "langid_reasons", "quality": "quality_reasons"}


def rows_of(shard, n=23):
    """Rows in two languages; every fifth is rejected by langid, every seventh by quality."""
    for i in range(n):
        langid = ["unsure"] if i % 5 == 4 else []
        quality = None if langid else (["too_short", "no_stop_words"] if i % 7 == 3 else [])
        yield {
            "id": f"{shard}-{i:03d}",
            "text": f"żejt {i} " * (i % 4 + 1),
            "language": ("mlt_Latn", "deu_Latn")[i % 3 == 0],
            "n_words": i,
            "langid_reasons": langid,
            "quality_reasons": quality,
        }


@pytest.fixture
def shards():
    return {shard: list(rows_of(shard)) for shard in ("00000", "00001", "00002")}


def kept(row):
    return not row["langid_reasons"] and not row["quality_reasons"]


def read(outcome, folder):
    """Rows of all files of a folder, in the order of the file names."""
    paths = sorted(outcome.folder.glob(f"{folder}/*.parquet"))
    return [row for path in paths for row in pq.read_table(path).to_pylist()]


def test_every_row_is_in_exactly_one_file_in_order_of_shard_and_row(release, shards):
    outcome = release(shards, SCHEMA, reasons=REASONS, target_bytes=100)
    everything = [row for shard in shards.values() for row in shard]
    for language in ("deu_Latn", "mlt_Latn"):
        mine = [row for row in everything if row["language"] == language]
        for folder, wanted in (
            (f"data/{language}", [row["id"] for row in mine if kept(row)]),
            (f"rejected/{language}", [row["id"] for row in mine if not kept(row)]),
        ):
            assert wanted
            assert [row["id"] for row in read(outcome, folder)] == wanted


def test_kept_rows_are_unchanged(release, shards):
    outcome = release(shards, SCHEMA, reasons=REASONS)
    source = {row["id"]: row for shard in shards.values() for row in shard}
    for row in read(outcome, "data/*"):
        assert {key: row[key] for key in ("text", "language", "n_words")} == {
            key: source[row["id"]][key] for key in ("text", "language", "n_words")
        }


def test_rejected_rows_carry_every_reason_and_no_text(release, shards):
    outcome = release(shards, SCHEMA, reasons=REASONS)
    rows = {row["id"]: row for row in read(outcome, "rejected/*")}
    assert rows["00001-004"]["rejected_by"] == ["langid"]
    assert rows["00001-004"]["reasons"] == ["langid:unsure"]
    assert rows["00001-003"]["rejected_by"] == ["quality"]
    assert rows["00001-003"]["reasons"] == ["quality:too_short", "quality:no_stop_words"]
    assert "text" not in rows["00001-003"]
    parts = pq.read_table(outcome.folder / ".parts" / "00001.parquet").to_pylist()
    assert {row["text"] for row in parts if row["id"] in rows} == {None}


def test_rejected_rows_keep_their_text_on_request(release, shards):
    outcome = release(shards, SCHEMA, reasons=REASONS, rejected_text=True)
    texts = {row["id"]: row["text"] for row in read(outcome, "rejected/*")}
    assert texts["00001-003"] == shards["00001"][3]["text"]
    assert outcome.manifest["rejected_text"] is True


def test_file_names_count_the_files_of_their_language(release, shards):
    outcome = release(shards, SCHEMA, reasons=REASONS, target_bytes=200)
    names = [p.name for p in sorted(outcome.folder.glob("data/mlt_Latn/*.parquet"))]
    assert len(names) > 1
    assert names == [f"train-{i:05d}-of-{len(names):05d}.parquet" for i in range(len(names))]


def test_data_do_not_depend_on_how_rows_were_batched(release, shards):
    versions = [
        release(shards, SCHEMA, reasons=REASONS, batch_rows=n).files() for n in (1, 7, 1000)
    ]
    assert versions[0] == versions[1] == versions[2]


def test_a_change_in_one_language_touches_the_files_of_that_language_alone(release, shards):
    def inputs(outcome):
        return {
            (phase, item.key): item.inputs
            for phase in ("data", "rejected")
            for item in outcome.items[phase]
        }

    before = inputs(release(shards, SCHEMA, reasons=REASONS))
    row = next(r for r in shards["00001"] if kept(r) and r["language"] == "deu_Latn")
    row["text"] += "!"
    after = inputs(release(shards, SCHEMA, reasons=REASONS))
    changed = [key for key in before if before[key] != after[key]]
    assert changed == [("data", "deu_Latn-00000-of-00001")]


def test_the_manifest_agrees_with_the_files(release, shards):
    outcome = release(
        shards, SCHEMA, reasons=REASONS, languages=("deu_Latn", "gle_Latn", "mlt_Latn")
    )
    manifest = outcome.manifest
    on_disk = {
        path.relative_to(outcome.folder).as_posix(): path
        for path in outcome.folder.glob("*/*/*.parquet")
    }
    on_disk = {k: v for k, v in on_disk.items() if not k.startswith(".")}
    assert {entry["path"] for entry in manifest["files"]} == set(on_disk)
    for entry in manifest["files"]:
        data = on_disk[entry["path"]].read_bytes()
        assert entry["sha256"] == hashlib.sha256(data).hexdigest()
        assert entry["size_bytes"] == len(data)
        assert entry["rows"] == pq.read_metadata(on_disk[entry["path"]]).num_rows
    maltese = [r for s in shards.values() for r in s if kept(r) and r["language"] == "mlt_Latn"]
    assert manifest["languages"]["mlt_Latn"] == {
        "name": "Maltese",
        "files": 1,
        "documents": len(maltese),
        "bytes": sum(len(r["text"].encode()) for r in maltese),
        "characters": sum(len(r["text"]) for r in maltese),
        "words": sum(r["n_words"] for r in maltese),
        "segments": None,
        "tokens": None,
        "pii": {},
        "pii_counted": {},
        "further_tokens": {},
        "rights": {},
        "rights_known": 0,
        "dates": None,
        "splits": {"train": len(maltese)},
    }
    refused = [r for s in shards.values() for r in s if not kept(r) and r["language"] == "deu_Latn"]
    found = manifest["rejected"]["deu_Latn"]
    assert found["documents"] == len(refused)
    assert found["reasons"]["langid:unsure"] == sum(1 for r in refused if r["langid_reasons"])


def test_the_manifest_names_each_tokenizer_once(release, shards):
    config = {"tokenizer": "sha256:a", "per_language": {"mlt_Latn": {"tokenizer": "sha256:b"}}}
    provenance = {
        "extract": {"version": 1, "config": {}},
        "count": {"version": 1, "config": config},
        "recount": {"version": 1, "config": {"tokenizer": "sha256:a"}},
    }
    outcome = release(shards, SCHEMA, reasons=REASONS, provenance=provenance)
    assert outcome.manifest["tokenizers"] == ["sha256:a", "sha256:b"]


def test_the_manifest_says_what_was_done_about_identifiers(release, shards):
    schema = SCHEMA.append(pa.field("pii", KEPT.schema.field("pii").type))
    for row in shards["00000"]:
        row["pii"] = [{"start": 0, "end": 1, "type": "email", "detector": "email"}] * 2
    config = {"mode": "tag", "types": ["email", "iban"]}
    overlay = {"per_language": {"mlt_Latn": {"mode": "spans", "types": ["email"]}}}
    provenance = {"pii": {"version": 1, "config": config | overlay}}
    outcome = release(shards, schema, reasons=REASONS, provenance=provenance)
    assert outcome.manifest["pii"] == {"modes": ["spans", "tag"], "types": ["email", "iban"]}
    mine = [r for r in shards["00000"] if kept(r) and r["language"] == "mlt_Latn"]
    assert outcome.manifest["languages"]["mlt_Latn"]["pii"] == {"email": 2 * len(mine)}
    assert release(shards, SCHEMA, reasons=REASONS).manifest["pii"] is None


def test_a_language_without_documents_has_no_folder_and_the_card_says_so(release, shards):
    outcome = release(shards, SCHEMA, reasons=REASONS, languages=("gle_Latn", "mlt_Latn"))
    assert outcome.manifest["languages"]["gle_Latn"]["documents"] == 0
    assert not list(outcome.folder.glob("data/gle_Latn"))
    assert "Nothing was kept in Irish (`gle_Latn`)" in outcome.card


def test_all_files_of_a_verdict_have_one_schema_whatever_columns_the_run_has(release, shards):
    bare = pa.schema([("id", pa.string()), ("text", pa.string())])
    rows = [{"id": "a", "text": "one"}]
    rich, poor = release(shards, SCHEMA, reasons=REASONS), release({"00000": rows}, bare)
    assert list(poor.files()) == [
        ".parts/00000.parquet",
        "data/und/train-00000-of-00001.parquet",
    ]
    schemas = [
        pq.read_schema(path).remove_metadata()
        for outcome in (rich, poor)
        for path in outcome.folder.glob("data/*/*.parquet")
    ]
    assert all(schema.equals(schemas[0]) for schema in schemas)
    assert pa.null() not in schemas[0].types


def test_a_label_that_is_no_language_cannot_name_a_folder(release):
    schema = pa.schema([("id", pa.string()), ("text", pa.string()), ("language", pa.string())])
    rows = [
        {"id": "a", "text": "x", "language": "../../outside"},
        {"id": "b", "text": "x", "language": "/etc"},
        {"id": "c", "text": "x", "language": "et"},
    ]
    outcome = release({"00000": rows}, schema)
    folders = [path.parent.name for path in outcome.folder.glob("data/*/*")]
    assert sorted(folders) == ["ekk_Latn", "und"]


def test_a_run_without_rows_gives_a_card_without_configurations(release):
    outcome = release({"00000": []}, SCHEMA, reasons=REASONS, languages=("mlt_Latn",))
    assert outcome.manifest["files"] == []
    assert "configs:" not in outcome.card


def test_a_run_from_a_recipe_ends_in_a_release(small_run):
    manifest = json.loads((small_run / "run/release/manifest.json").read_text())
    documents = {code: f["documents"] for code, f in manifest["languages"].items()}
    assert documents == {"deu_Latn": 32, "gle_Latn": 0, "mlt_Latn": 40}
    assert manifest["rejected"]["deu_Latn"]["reasons"] == {"threes:RegexFilter": 8}
    assert list(manifest["stages"]) == ["extract", "threes"]
    assert (small_run / "run/release/README.md").read_text().startswith("---\npretty_name:")


def test_a_change_in_one_language_rebuilds_the_files_of_that_language_alone(
    small_run, rerun, tmp_path
):
    write_input, run_recipe = rerun
    folder = tmp_path / "copy"
    shutil.copytree(small_run, folder)
    assert run_recipe(folder) == []
    rows = [json.loads(line) for line in (folder / "input/b.jsonl").read_text().splitlines()]
    rows[1]["text"] = "anders"
    write_input(folder, "b", rows)
    assert [label for label in run_recipe(folder) if label.startswith("release.")] == [
        "release.parts/00001",
        "release.data/deu_Latn-00000-of-00001",
        "release.manifest/manifest",
    ]


def test_duckdb_and_polars_read_the_release(small_run):
    import duckdb
    import polars as pl

    files = str(small_run / "run/release/data/*/train-*.parquet")
    counted = duckdb.sql(f"SELECT language, count(*) FROM '{files}' GROUP BY 1 ORDER BY 1")
    assert counted.fetchall() == [("deu_Latn", 32), ("mlt_Latn", 40)]
    assert pl.scan_parquet(files).select(pl.len()).collect().item() == 72


@pytest.mark.slow
def test_datasets_loads_each_configuration_of_the_card(small_run, with_datasets, tmp_path):
    code = (
        "import sys, datasets\n"
        "folder, cache = sys.argv[1:]\n"
        "assert datasets.get_dataset_config_names(folder) == ['all', 'deu_Latn', 'mlt_Latn']\n"
        "for name, n in ((None, 72), ('deu_Latn', 32), ('mlt_Latn', 40)):\n"
        "    found = datasets.load_dataset(folder, name, split='train', cache_dir=cache)\n"
        "    assert found.num_rows == n, (name, found.num_rows)\n"
        "stream = datasets.load_dataset(folder, 'mlt_Latn', split='train', streaming=True)\n"
        "assert [row['id'] for row in stream][:2] == ['a0', 'a2']\n"
    )
    with_datasets(code, small_run / "run/release", tmp_path / "cache")


def test_splits_have_files_of_their_own_and_no_document_in_common(release, shards):
    outcome = release(shards, SCHEMA, reasons=REASONS, splits={"validation": 0.2, "test": 0.3})
    ids = {
        split: [
            row["id"]
            for path in sorted(outcome.folder.glob(f"data/*/{split}-*.parquet"))
            for row in pq.read_table(path).to_pylist()
        ]
        for split in ("train", "validation", "test")
    }
    everything = [row["id"] for shard in shards.values() for row in shard if kept(row)]
    assert sorted(name for found in ids.values() for name in found) == sorted(everything)
    assert all(ids.values())
    figures = outcome.manifest["languages"].values()
    for split, found in ids.items():
        assert sum(f["splits"].get(split, 0) for f in figures) == len(found)
        assert {e["split"] for e in outcome.manifest["files"] if e["path"].startswith("data")} == {
            "train",
            "validation",
            "test",
        }
    other = release(shards, SCHEMA, reasons=REASONS, splits={"test": 0.3}, split_key="x")
    assert outcome.files() != other.files()


def test_rejected_rows_hold_what_the_rules_compared(release, shards):
    failed = pa.list_(
        pa.struct([("rule", pa.string()), ("value", pa.float32()), ("threshold", pa.float32())])
    )
    schema = SCHEMA.append(pa.field("quality_failed", failed))
    for row in shards["00000"]:
        if row["quality_reasons"]:
            row["quality_failed"] = [{"rule": "too_short", "value": 3.0, "threshold": 5.0}]
    rows = {r["id"]: r for r in read(release(shards, schema, reasons=REASONS), "rejected/*")}
    assert rows["00000-003"]["quality_failed"] == [
        {"rule": "too_short", "value": 3.0, "threshold": 5.0}
    ]
    assert rows["00000-004"]["quality_failed"] is None


def test_evidence_of_rights_becomes_signals_and_does_not_stay(release, shards):
    from eurosift.stages.extract.rights import RIGHTS

    schema = SCHEMA.append(pa.field("rights", RIGHTS))
    for row in shards["00000"]:
        said = [{"source": "meta", "name": "copyright", "value": "Somebody"}]
        row["rights"] = [*said, {"source": "http", "name": "tdm-reservation", "value": "1"}]
    outcome = release(shards, schema, reasons=REASONS)
    mine = [r for r in shards["00000"] if kept(r)]
    counts = [f["rights"].get("tdm-reservation", 0) for f in outcome.manifest["languages"].values()]
    assert sum(counts) == len(mine)
    assert not any(b"Somebody" in content for content in outcome.files().values())


def test_the_checksums_cover_every_file_but_the_manifest(small_run):
    release = small_run / "run/release"
    done = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=release, check=False
    )
    assert done.returncode == 0
    named = {line.split("  ")[1] for line in (release / "SHA256SUMS").read_text().splitlines()}
    there = {str(p.relative_to(release)) for p in release.rglob("*") if p.is_file()}
    there = {name for name in there if not name.startswith(".")}
    assert there - named == {"manifest.json", "SHA256SUMS"}


def test_the_manifest_has_the_recipe_and_the_versions(small_run):
    manifest = json.loads((small_run / "run/release/manifest.json").read_text())
    assert manifest["stages"]["threes"]["config"]["arguments"] == {"regex_exp": "3$"}
    assert manifest["recipe_languages"] == ["mlt_Latn", "deu_Latn", "gle_Latn"]
    assert set(manifest["made_with"]) == {"eurosift", "numpy", "polars", "pyarrow"}
    assert manifest["columns"]["data"]["n_words"] == "int32"


FURTHER = SCHEMA.append(pa.field("n_tokens_small", pa.int32()))
PROVENANCE = {
    "count": {
        "version": 2,
        "config": {
            "tokenizer": "aa",
            "tokenizers": {"small": "bb"},
            "per_language": {"mlt_Latn": {"tokenizer": "aa", "tokenizers": {"small": "cc"}}},
        },
    }
}


def test_tokens_of_every_named_tokenizer_are_in_files_manifest_and_card(release, shards):
    for rows in shards.values():
        for i, row in enumerate(rows):
            row["n_tokens_small"] = 2 * i if row["language"] == "mlt_Latn" else None
    outcome = release(shards, FURTHER, reasons=REASONS, provenance=PROVENANCE)
    rows = read(outcome, "data/mlt_Latn")
    total = sum(row["n_tokens_small"] for row in rows)
    assert total == 2 * sum(row["n_words"] for row in rows)
    assert list(rows[0])[-2:] == ["n_tokens", "n_tokens_small"]
    assert outcome.manifest["columns"]["data"]["n_tokens_small"] == "int32"
    languages = outcome.manifest["languages"]
    assert languages["mlt_Latn"]["further_tokens"] == {"small": total}
    assert languages["deu_Latn"]["further_tokens"] == {}
    assert outcome.manifest["further_tokenizers"] == {"small": ["bb", "cc"]}
    assert "| tokens, small |" in outcome.card
    assert f"| {total:,} |\n" in outcome.card
    assert "`n_tokens_small`: `bb`, `cc`" in outcome.card


def test_columns_that_are_chosen_need_not_have_them(release, shards):
    columns = ("id", "text", "language")
    outcome = release(shards, FURTHER, reasons=REASONS, columns=columns)
    assert tuple(outcome.manifest["columns"]["data"]) == columns


def test_tokens_of_a_tokenizer_that_is_not_there_are_refused():
    stage = Release(ReleaseConfig(columns=("id", "text", "language", "n_tokens_x")), name="release")
    stage.check_columns({"n_tokens_x": pa.int32()})
    with pytest.raises(StageError, match=r"no stage before it has the column `n_tokens_x` .*`n_to"):
        stage.check_columns({"n_tokens_y": pa.int32()})


def test_scores_of_classifiers_are_released_if_they_are_named(release, shards):
    schema = SCHEMA.append(pa.field("edu_score", pa.float32()))
    for rows in shards.values():
        for i, row in enumerate(rows):
            row["edu_score"] = i / 8
    plain = release(shards, schema, reasons=REASONS)
    assert "edu_score" not in plain.manifest["columns"]["data"]
    outcome = release(
        shards, schema, reasons=REASONS, columns=("edu_score", "id", "text", "language")
    )
    given = {row["id"]: row["edu_score"] for rows in shards.values() for row in rows}
    rows = read(outcome, "data/mlt_Latn")
    assert rows
    assert all(row["edu_score"] == given[row["id"]] for row in rows)
    assert outcome.manifest["columns"]["data"]["edu_score"] == "float"


def test_scores_of_a_classifier_that_is_not_there_are_refused():
    stage = Release(ReleaseConfig(columns=("id", "text", "language", "edu_score")), name="release")
    stage.check_columns({"edu_score": pa.float32()})
    with pytest.raises(StageError, match=r"has the column `edu_score` \(of its kind there is `ed_"):
        stage.check_columns({"ed_score": pa.float32(), "quality_score": pa.float32()})
