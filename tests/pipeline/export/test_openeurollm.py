"""The layout, from a release alone and with what a release can have."""

from __future__ import annotations

import json

import orjson
import pyarrow as pa
import pytest
import yaml
import zstandard

from eurosift.pipeline.digest import of_document, of_file
from eurosift.pipeline.errors import QueryError
from eurosift.pipeline.export import openeurollm
from eurosift.pipeline.export.openeurollm import Source, export, quality_stages
from eurosift.pipeline.shards import ShardWriter
from eurosift.stages.footer import Footer
from eurosift.stages.release.columns import KEPT, kept, rejected
from eurosift.stages.release.manifest import FORMAT

RULES = {"rules": "fineweb2", "disable": [], "thresholds": {}}
LONG = "Test li fih ħafna kliem. " * 20


def write(folder, selection, key, rows):
    """One file of a release, and its entry in the manifest."""
    path = selection.path(key)
    writer = ShardWriter(folder / path, selection.schema)
    for batch in pa.Table.from_pylist(rows, selection.schema).to_batches():
        writer.write(batch)
    language, _, split = key.split("-")[0].partition(".")
    writer.commit(
        Footer(
            stage="release",
            key=key,
            version=1,
            config={},
            inputs={},
            fingerprint="",
            rows=writer.rows,
            columns=writer.column_digests(),
        )
    )
    entry = {"path": path, "language": language, "rows": len(rows)}
    entry |= {"size_bytes": (folder / path).stat().st_size, "sha256": of_file(folder / path)}
    return entry | ({"split": split or "train"} if selection.verdict == "kept" else {})


@pytest.fixture
def release(tmp_path):
    """A release with the text of rejected documents, of a run without `pii`."""
    folder = tmp_path / "release"
    rows = [{"id": f"k{i}", "text": f"{LONG}{i}", "n_words": 80, "n_tokens": 99} for i in range(3)]
    refused = [
        {"id": "n0", "text": "qasir", "rejected_by": ["quality"], "reasons": ["quality:short"]},
        {"id": "n1", "text": "x", "rejected_by": ["langid"], "reasons": ["langid:other"]},
        {"id": "n2", "text": "iktar", "rejected_by": ["quality"], "reasons": ["quality:short"]},
        {"id": "n3", "text": None, "rejected_by": ["quality"], "reasons": ["quality:short"]},
    ]
    files = [
        write(folder, KEPT, "mlt_Latn-00000-of-00001", rows[:2]),
        write(folder, KEPT, "mlt_Latn.test-00000-of-00001", rows[2:]),
        write(folder, KEPT, "mlt_Latn_near-00000-of-00001", rows[:1]),
        write(folder, rejected(text=True), "mlt_Latn-00000-of-00001", refused),
    ]
    manifest = {
        "format": FORMAT,
        "attached": {},
        "title": "Small",
        "release_version": "1.2.0",
        "url": None,
        "license": "odc-by",
        "files": files,
        "columns": {"data": dict.fromkeys(KEPT.columns)},
        "deciding_stages": ["langid", "quality"],
        "stages": {"langid": {"config": {}}, "quality": {"config": RULES}},
        "rejected_text": True,
        "pii": None,
        "tokenizers": ["sha256:abcd"],
        "further_tokenizers": {},
        "made_with": {},
    }
    return folder, manifest


def run(release, to, **change):
    folder, manifest = release
    manifest = manifest | change
    manifest["digest"] = of_document(manifest)
    (folder / "manifest.json").write_bytes(orjson.dumps(manifest))
    return export(Source(folder), to)


def ids(path):
    content = zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()
    return [orjson.loads(line)["id"] for line in content.splitlines()]


def test_parts_and_files_have_their_places(release, tmp_path):
    to = tmp_path / "out"
    done = run(release, to)
    assert done.no_noise == ""
    found = {str(p.relative_to(to)): ids(p) for p in sorted(to.rglob("*.zst"))}
    assert found == {
        "clean/mlt_Latn/train-00000-of-00001.jsonl.zst": ["k0", "k1"],
        "clean/mlt_Latn_near/train-00000-of-00001.jsonl.zst": ["k0"],
        "held_out/test/mlt_Latn/test-00000-of-00001.jsonl.zst": ["k2"],
        "noisy/mlt_Latn/noisy-00000.jsonl.zst": ["n0", "n2"],
    }
    assert list(done.parts) == [
        *("clean/mlt_Latn", "clean/mlt_Latn_near", "held_out/test/mlt_Latn", "noisy/mlt_Latn")
    ]
    counts = json.loads((to / "counts/clean/mlt_Latn/source.json").read_text())
    assert (counts["documents"], counts["words"], counts["tokens"]) == (2, 160, 198)
    assert (counts["tokenizer_sha256"], counts["time"], counts["errors"]) == ("abcd", 0, 0)
    assert counts["keys"] == {"required": ["filter", "id", "text"], "optional": []}
    metadata = yaml.safe_load((to / "metadata.yaml").read_text())
    assert (metadata["name"], metadata["version"], metadata["license"]) == (
        *("Small", "1.2.0", "odc-by"),
    )


NAMED = kept((*KEPT.columns, "n_tokens_big", "n_tokens_small"))


@pytest.mark.parametrize(
    ("tokenizers", "count", "tokenizer", "sha256"),
    [
        (["sha256:abcd"], 198, "sha256:abcd", "abcd"),
        ([], 22, "big (sha256:1, sha256:2)", None),
    ],
)
def test_without_a_tokenizer_that_has_no_name_tokens_are_those_of_the_first_that_has_one(
    release, tmp_path, tokenizers, count, tokenizer, sha256
):
    folder, manifest = release
    rows = [
        {"id": f"k{i}", "text": LONG, "n_tokens": 99, "n_tokens_big": 11, "n_tokens_small": 7}
        for i in range(2)
    ]
    change = {
        "files": [write(folder, NAMED, "mlt_Latn-00000-of-00001", rows)],
        "columns": {"data": dict.fromkeys(NAMED.columns)},
        "tokenizers": tokenizers,
        "further_tokenizers": {"small": ["sha256:3"], "big": ["sha256:1", "sha256:2"]},
    }
    done = run((folder, manifest), tmp_path / "out", **change)
    counts = json.loads((tmp_path / "out/counts/clean/mlt_Latn/source.json").read_text())
    assert (counts["tokens"], counts["tokenizer"], counts["tokenizer_sha256"]) == (
        *(count, tokenizer, sha256),
    )
    assert (counts["tokens_method"], counts["tokens_by_name"]) == (
        "exact",
        {"big": 22, "small": 14},
    )
    assert done.tokens["clean/mlt_Latn"].count == count


def test_noisy_files_end_at_their_size(release, tmp_path, monkeypatch):
    monkeypatch.setattr(openeurollm, "FILE_BYTES", 1)
    folder, manifest = release
    more = [
        {"id": f"m{i}", "text": "ftit", "rejected_by": ["quality"], "reasons": ["quality:short"]}
        for i in range(2)
    ]
    entry = write(folder, rejected(text=True), "mlt_Latn-00001-of-00002", more)
    to = tmp_path / "out"
    done = run(release, to, files=[*manifest["files"], entry])
    assert [ids(p) for p in sorted((to / "noisy/mlt_Latn").iterdir())] == [
        ["n0", "n2"],
        ["m0", "m1"],
    ]
    assert done.parts["noisy/mlt_Latn"].sizes.documents == 4
    assert len(done.parts["noisy/mlt_Latn"].md5) == 2


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"rejected_text": False}, "has no text of rejected documents"),
        ({"pii": {"modes": ["tag"], "types": []}}, "is not scrubbed"),
        ({"deciding_stages": ["langid"]}, "no stage of quality rules"),
    ],
)
def test_why_nothing_is_noisy_is_told(release, tmp_path, change, why):
    done = run(release, tmp_path / "out", **change)
    assert why in done.no_noise
    assert list((tmp_path / "out/noisy").iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(release, tmp_path):
    to = tmp_path / "out"
    to.mkdir()
    run(release, to)  # an empty one is taken
    with pytest.raises(QueryError, match="is there already"):
        run(release, to)


def test_stages_of_quality_are_told_by_their_parameters_whatever_their_name():
    stages = {"langid": {"config": {"model": None}}, "gopher": {"config": {**RULES, "add": {}}}}
    manifest = {"deciding_stages": ["langid", "gopher"], "stages": stages}
    assert quality_stages(manifest) == ["gopher"]
