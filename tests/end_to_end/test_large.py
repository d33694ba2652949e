"""Texts of any size: read whole, or rows with a reason; nothing dies, nothing is cut."""

from __future__ import annotations

import json

import polars as pl
import pytest

from eurosift.pipeline.demo.prose import WANTED, site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

LIMIT = 300_000
STAGES = """
  extract: {max_text_bytes: 300000}
  langid: {}
  signals: {}
  quality: {}
  dedup: {}
  pii: {mode: tag}
  count: {}
  release: {rejected_text: true}
"""


def large(n_bytes):
    """Texts of exactly so many bytes that are hard on one stage or another."""
    mails = "".join(f"user{i}@host{i % 97}.eu " for i in range(n_bytes // 10))
    kinds = {
        "lines": "Wort\n" * n_bytes,
        "word": "a" * n_bytes,
        "symbols": "!?" * n_bytes,
        "mails": mails,
        "paragraphs": "Der Rat hat am Montag beraten. " * 5 + "\n\n",
        "cyrillic": "Комисията представи ново предложение за пътищата. ",
    }
    for name, text in kinds.items():
        whole = text * (n_bytes // len(text) + 1)
        cut = whole.encode()[:n_bytes].decode(errors="ignore").rstrip()
        yield name, cut + "." * (n_bytes - len(cut.encode()))


@pytest.fixture(scope="module", params=["parquet", "jsonl"])
def run(request, tmp_path_factory, command):
    """Run folder over normal documents with large ones among them, and these by name."""
    folder = tmp_path_factory.mktemp("large")
    normal = [(code, "\n".join(site(code).pages[0].paragraphs)) for code in WANTED]
    below = [(f"below-{name}", text) for name, text in large(LIMIT)]
    above = [(f"above-{name}", text) for name, text in large(LIMIT + 1)]
    rows = [*normal[:12], *below, *above, *normal[12:]]
    if request.param == "parquet":
        frame = pl.DataFrame(rows, schema=["id", "text"], orient="row")
        frame.write_parquet(folder / "in.parquet", row_group_size=10)
    else:
        lines = [json.dumps({"id": name, "text": text}) + "\n" for name, text in rows]
        (folder / "in.jsonl").write_text("".join(lines))
    path = folder / "recipe.yaml"
    path.write_text(
        f"version: 1\nname: large\ninput: {{path: in.{request.param}}}\n"
        f"languages: eu24\nstages:{STAGES}"
    )
    command("run", path, "--quiet", "--workers", "1")
    assert command("verify", path).returncode == 0
    return folder / "runs/large", dict(rows)


def test_a_text_above_the_limit_is_a_row_with_a_reason(run):
    folder, rows = run
    extract = pl.read_parquet(folder / "extract/*.parquet")
    assert extract["id"].to_list() == list(rows)
    found = dict(extract.select("id", "extract_reasons").iter_rows())
    assert found == {i: ["too_large"] if i.startswith("above-") else [] for i in rows}
    rejected = pl.read_parquet(folder / "release/rejected/**/*.parquet")
    refused = rejected.filter(pl.col("id").str.starts_with("above-"))
    assert refused.height == sum(i.startswith("above-") for i in rows)
    assert refused["reasons"].list.contains("extract:too_large").all()
    assert refused["text"].null_count() == refused.height


def test_a_text_of_the_limit_is_measured_and_released_whole(run):
    folder, rows = run
    ids = pl.read_parquet(folder / "extract/*.parquet")["id"]
    chars = pl.read_parquet(folder / "signals/*.parquet")["char_count"]
    expected = [None if i.startswith("above-") else len(text) for i, text in rows.items()]
    assert dict(zip(ids, chars, strict=True)) == dict(zip(rows, expected, strict=True))
    columns = ["id", "text"]
    released = pl.concat(
        pl.read_parquet(folder / f"release/{kind}/**/*.parquet", columns=columns)
        for kind in ("data", "rejected")
    )
    texts = dict(released.iter_rows())
    assert {i for i in rows if texts[i] != rows[i]} == {i for i in rows if i.startswith("above-")}


def test_the_documents_around_are_as_ever(run):
    folder, _ = run
    kept = pl.read_parquet(folder / "release/data/**/*.parquet")["id"].to_list()
    assert sorted(i for i in kept if i in WANTED) == sorted(WANTED)
