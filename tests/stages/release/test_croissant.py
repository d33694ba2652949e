"""`croissant.json` is valid Croissant, and leads to the files."""

from __future__ import annotations

import json
import subprocess
import sys

from eurosift.stages.release.croissant import croissant


def test_mlcroissant_accepts_it_and_reads_the_records(small_run):
    """In a process of its own: the library warns a lot, and pulls much in."""
    code = (
        "import sys, mlcroissant\n"
        "dataset = mlcroissant.Dataset(jsonld=sys.argv[1])\n"
        "assert not dataset.metadata.ctx.issues.errors, dataset.metadata.ctx.issues.errors\n"
        "rows = list(dataset.records(record_set='mlt_Latn'))\n"
        "print(len(rows), rows[0]['mlt_Latn/id'], rows[0]['mlt_Latn/text'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, small_run / "run/release/croissant.json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["40", "b'a0'", "b'test", "0'"]


def test_files_have_their_checksums(small_run):
    release = small_run / "run/release"
    found = json.loads((release / "croissant.json").read_text())
    manifest = json.loads((release / "manifest.json").read_text())
    files = {f["contentUrl"]: f["sha256"] for f in found["distribution"] if "sha256" in f}
    assert files == {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    assert found["inLanguage"] == ["de", "mt"]


def test_what_is_not_told_is_left_out_and_what_is_told_is_not(manifest):
    manifest |= {"columns": {"data": {}, "rejected": {}}}
    assert not {"url", "creator", "datePublished"} & json.loads(croissant(manifest)).keys()
    manifest |= {"url": "https://example.org", "creator": "Us", "published": "2026-01-02"}
    manifest["contact"] = "remove@example.org"
    found = json.loads(croissant(manifest))
    assert (found["url"], found["datePublished"]) == ("https://example.org", "2026-01-02")
    assert "remove@example.org" in found["rai:dataReleaseMaintenancePlan"]
