"""Inputs in a bucket of S3, from the command line to the report: as if they lay on the disk."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from functools import partial

import polars as pl
import pytest
import zstandard

from tests.end_to_end import records

pytestmark = pytest.mark.slow

TEXT = "Il-kelb tal-ġirien jinbaħ kull filgħodu, u ħadd ma jaf għaliex. "


html = partial(records.html, sentence=TEXT, language="mt")
record = partial(records.record, sentence=TEXT, language="mt")


def numbers(file):
    return range(40 * file, 40 * file + 40)


def warc(file, compress=lambda data: data, kind="response"):
    return b"".join(compress(record(n, kind=kind)) for n in numbers(file))


def gz(data):
    return gzip.compress(data, mtime=0)


def wacz(file):
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        archive.writestr("archive/a.warc.gz", warc(file, gz))
        archive.writestr("archive/b.warc", warc(file), zipfile.ZIP_DEFLATED)
    return found.getvalue()


def jsonl(file, name="text"):
    value = {"text": lambda n: f"{n}. {TEXT}", "page": html}[name]
    rows = [{"id": f"d{n}", name: value(n)} for n in numbers(file)]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def parquet(file, name="text"):
    value = {"text": lambda n: f"{n}. {TEXT}", "page": html}[name]
    found = io.BytesIO()
    rows = pl.DataFrame([{"id": f"d{n}", name: value(n)} for n in numbers(file)])
    rows.write_parquet(found, row_group_size=16)
    return found.getvalue()


KINDS = {
    "warc": (
        {
            "gz/a.warc.gz": lambda: warc(0, gz),
            "gz/b.warc.gz": lambda: warc(1, gz)[:-200] + b"\x1f\x8b\x08 no member",
            "wet/c.warc.wet.gz": lambda: warc(2, gz, "conversion"),
            "other/d.warc.zst": lambda: warc(3, zstandard.compress),
            "other/e.warc": lambda: warc(4),
            "other/f.wacz": lambda: wacz(5),
        },
        ["gz/*.warc.gz", "wet/*", "other/*.w*"],
        "",
    ),
    "jsonl": (
        {
            "a.jsonl": lambda: jsonl(0),
            "b.jsonl.gz": lambda: gz(jsonl(1)),
            "c.jsonl.zst": lambda: zstandard.compress(jsonl(2)),
        },
        ["*.jsonl*"],
        "",
    ),
    "jsonl with HTML": (
        {"a.jsonl.zst": lambda: zstandard.compress(jsonl(0, "page"))},
        ["*.jsonl.zst"],
        "columns: {html: page}",
    ),
    "parquet": (
        {"x/a.parquet": lambda: parquet(0), "y/z/a.parquet": lambda: parquet(1)},
        ["**/*.parquet"],
        "",
    ),
    "parquet with HTML": (
        {"a.parquet": lambda: parquet(0, "page")},
        ["a.parquet"],
        "columns: {html: page}",
    ),
    "html": ({"a.html": lambda: html(0).encode(), "x.css": lambda: b"-"}, ["*"], "format: html"),
}
"""Files by name, patterns of them, and what else stands in `input`."""


def project(folder, path, columns="", storage=""):
    folder.mkdir()
    recipe = folder / "recipe.yaml"
    recipe.write_text(
        f"version: 1\nname: x\nlanguages: [mt]\ninput:\n  path: {path}\n"
        f"{f'  {columns}' if columns else ''}\n{storage}"
        "stages: {extract: {gate_languages: []}, langid: {segments: false}, count: {}}\n"
    )
    return recipe


def hashes(folder):
    """Of all layers of a run."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for stage in ("extract", "langid", "count")
        for path in sorted((folder / stage).rglob("*.parquet"))
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_bucket_gives_the_same_bytes_as_the_disk(tmp_path, command, bucket, kind):
    files, patterns, more = KINDS[kind]
    for name, make in files.items():
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make())
        bucket.put(f"crawl/{name}", make())
    here = project(tmp_path / "here", [f"{tmp_path}/in/{p}" for p in patterns], more)
    there = project(
        tmp_path / "there", [f"{bucket.url}/crawl/{p}" for p in patterns], more, bucket.storage
    )
    for recipe in (here, there):
        command("run", recipe, "--workers", "1", "--quiet")
    command("verify", there)
    local, remote = (hashes(recipe.parent / "runs" / "x") for recipe in (here, there))
    assert len(local) == 3 * len([name for name in files if not name.endswith(".css")])
    assert remote == local


@pytest.fixture
def served(tmp_path, web_server):
    """A recipe over two WARC files by HTTP."""
    web_server.files |= {f"crawl/{name}.warc.gz": warc(n, gz) for n, name in enumerate("ab")}
    return project(tmp_path / "there", [f"{web_server.url}/crawl/*.warc.gz"])


EDGES = 2
"""Requests that the plan makes: each of the files is smaller than its edges may be."""


def test_cut_connections_cost_nothing_and_a_refused_file_fails_alone(served, command, web_server):
    web_server.faults = [None] * EDGES + ["cut", "503", None, "403"]
    run = command("run", served, "--workers", "1", "--quiet", check=False)
    assert run.returncode == 1
    assert "crawl/a.warc.gz: cannot be read (access is denied" in run.stderr.replace("/b.", "/a.")
    assert "extract/00000" in run.stderr.replace("00001", "00000")
    assert not web_server.faults
    command("retry", served, "--quiet")
    command("verify", served)


def test_a_file_that_changes_before_it_is_read_is_no_part_of_the_run(tmp_path, command, bucket):
    for n in range(2):
        bucket.put(f"{n}.warc.gz", warc(n, gz))
    recipe = project(tmp_path / "there", [f"{bucket.url}/*.warc.gz"], "", bucket.storage)
    command("run", recipe, "--quiet", "--workers", "1")
    bucket.put("1.warc.gz", warc(5, gz))
    bucket.put("2.warc.gz", warc(6, gz))
    status = command("status", recipe, check=False)
    assert status.returncode == 3
    assert "input 1.warc.gz has changed" in status.stderr
    assert "input 2.warc.gz is not in the plan" in status.stderr
    run = command("run", recipe, "--quiet", "--workers", "1", check=False)
    assert (run.returncode, run.stderr.count("has changed")) == (2, 1)
    command("run", recipe, "--quiet", "--workers", "1", "--replan")
    command("verify", recipe)
    bucket.delete("0.warc.gz")
    assert "input 0.warc.gz is gone" in command("status", recipe, check=False).stderr


def test_a_run_can_be_looked_at_without_its_store(served, command, web_server):
    command("run", served, "--workers", "1", "--quiet")
    web_server.shutdown()
    web_server.server_close()
    status = command("status", served)
    assert "whether inputs have changed is not known: " in status.stderr
    assert "after 3 tries" in status.stderr
    command("report", served)


def test_texts_read_in_place_are_there_for_all_who_look(tmp_path, command, bucket):
    bucket.put("a.parquet", parquet(0))
    recipe = project(tmp_path / "there", [f"{bucket.url}/*.parquet"], "", bucket.storage)
    ok = command("validate", recipe).stdout
    assert "ok: input files 1" in ok
    command("run", recipe, "--quiet", "--workers", "1")
    sample = command("sample", recipe, "-n", "1", "--format", "jsonl").stdout
    assert TEXT.strip() in json.loads(sample.splitlines()[0])["text"]
