"""Files as HPLT and FineWeb-2 have them go through all stages, to a release and an export."""

from __future__ import annotations

import io
import json

import duckdb
import orjson
import polars as pl
import pytest
import zstandard

from eurosift.langid.languages import EU24
from eurosift.pipeline.demo.identifiers import email
from eurosift.pipeline.demo.prose import sites

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("corpora")]

MAIL = email("eng_Latn", "corpora")


def texts():
    """(language, text) of every page of the demo, and one that is too short, with an address."""
    found = [(site.code, "\n".join(p.paragraphs)) for site in sites() for p in site.pages]
    return [*found, ("eng_Latn", f"Write to us about the trees by the river: {MAIL}")]


def hplt(number, language, text):
    """A record of HPLT 4.0, with all that we do not take."""
    segments = text.split("\n")
    label = {"lang": [language, "und", "eng_Latn"], "prob": [0.98, 0.01, 0.0]}
    return {
        "f": f"wide00017/{number}.warc.gz",
        "o": 1000 + number,
        "s": 900,
        "rs": 4000,
        "u": f"https://site-{number}.example/{language}",
        "c": "text/html",
        "ts": f"2024-05-{number % 28 + 1:02}T10:30:00Z",
        "de": "utf-8",
        "crawl_id": "wide17",
        "htmllang": [language[:3]],
        "id": f"{number:032x}",
        "text": text,
        "xml": "<doc/>",
        "md": text,
        "openlid_v2": label,
        "openlid_v3": label,
        "glotlid_v3": label,
        "seg_langs_openlid_v3": [language] * len(segments),
        "cluster_size": 1,
        "web-register": {"NA": 0.9},
        "filter": "keep",
        "pii": [],
        "doc_scores": [0.9, 0.8],
    }


def fineweb2(number, language, text):
    """A row of FineWeb-2."""
    return {
        "text": text,
        "id": f"<urn:uuid:{number:032x}>",
        "dump": "CC-MAIN-2024-10",
        "url": f"https://site-{number}.example/{language}",
        "date": f"2024-05-{number % 28 + 1:02}T10:30:00Z",
        "file_path": f"s3://commoncrawl/crawl-data/CC-MAIN-2024-10/{number}.warc.gz",
        "language": language[:3],
        "language_score": 0.99,
        "language_script": language[4:],
        "minhash_cluster_size": 3,
        "top_langs": json.dumps({f"{language}_score": 0.99}),
    }


def write(folder, kind):
    rows = [
        (hplt if kind == "hplt" else fineweb2)(number, language, text)
        for number, (language, text) in enumerate(texts())
    ]
    half = len(rows) // 2
    for name, part in (("a", rows[:half]), ("b", rows[half:])):
        if kind == "hplt":
            lines = b"".join(orjson.dumps(row) + b"\n" for row in part)
            (folder / f"{name}.jsonl.zst").write_bytes(zstandard.compress(lines))
        else:
            pl.DataFrame(part).write_parquet(folder / f"{name}.parquet")
    return rows


def tokenizer(path):
    from tokenizers import Tokenizer, models, pre_tokenizers

    made = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.save(str(path))


@pytest.fixture(scope="module", params=["hplt", "fineweb2"])
def corpus(request, tmp_path_factory, command):
    """Folder, rows of the input, kind."""
    kind = request.param
    folder = tmp_path_factory.mktemp(kind)
    rows = write(folder, kind)
    tokenizer(folder / "tokenizer.json")
    key = folder / "pii.key"
    key.write_text("k" * 32)
    key.chmod(0o600)
    pattern = "*.jsonl.zst" if kind == "hplt" else "*.parquet"
    (folder / "recipe.yaml").write_text(
        f"version: 1\nname: corpus\ninput: {{path: '{pattern}', format: {kind}}}\n"
        "stages:\n  langid: {}\n  signals: {}\n  quality: {}\n  dedup: {}\n"
        "  pii: {key: pii.key}\n  count: {tokenizer: tokenizer.json}\n"
        "  release: {splits: {test: 0.2}}\n"
    )
    command("run", folder / "recipe.yaml", "--quiet")
    return folder, rows, kind


def test_every_row_is_a_document_with_its_metadata(corpus):
    folder, rows, kind = corpus
    layer = pl.read_parquet(folder / "runs/corpus/extract/*.parquet")
    assert layer["id"].to_list() == [row["id"] for row in rows]
    assert layer["url"].to_list() == [row["u" if kind == "hplt" else "url"] for row in rows]
    assert set(layer["crawl"]) == {"wide17" if kind == "hplt" else "CC-MAIN-2024-10"}
    assert [d.isoformat() for d in layer["date"][:2]] == [
        "2024-05-01T10:30:00+00:00",
        "2024-05-02T10:30:00+00:00",
    ]
    if kind == "hplt":
        assert layer["html_lang"].to_list() == [row["htmllang"][0] for row in rows]


def test_run_and_release_are_verified(corpus, command):
    folder, _, _ = corpus
    assert "every row is accounted for" in command("verify", folder / "recipe.yaml").stderr
    release = folder / "runs/corpus/release"
    assert "all figures agree" in command("verify", release).stderr
    assert {p.name for p in (release / "data").iterdir()} == set(EU24)


def test_tokens_of_every_output_agree(corpus, command, tmp_path):
    folder, _, _ = corpus
    release = folder / "runs/corpus/release"
    command("export", folder / "recipe.yaml", "--to", tmp_path / "out")
    manifest = json.loads((release / "manifest.json").read_text())
    card = (release / "README.md").read_text()
    query = f"SELECT language, sum(n_tokens), count(*) FROM '{release}/data/*/*.parquet' GROUP BY 1"
    for label, tokens, documents in duckdb.sql(query).fetchall():
        assert manifest["languages"][label]["tokens"] == tokens
        assert sum(manifest["languages"][label]["splits"].values()) == documents
        (line,) = [
            x for x in card.splitlines() if x.startswith(f"| `{label}` | ") and "n/a" not in x
        ][:1]
        assert f" {tokens:,} |" in line
        parts = [p for p in (f"clean/{label}", f"held_out/test/{label}")]
        counts = [tmp_path / "out/counts" / part / "source.json" for part in parts]
        told = [json.loads(path.read_text()) for path in counts if path.exists()]
        assert sum(count["tokens"] for count in told) == tokens
        assert {count["tokenizer_sha256"] for count in told} == {
            manifest["tokenizers"][0].removeprefix("sha256:")
        }


def test_held_out_documents_are_not_among_those_for_training(corpus, command, tmp_path):
    folder, _, _ = corpus
    command("export", folder / "runs/corpus/release", "--to", tmp_path / "out")
    ids = {
        part: {
            record["id"]
            for path in (tmp_path / "out" / part).rglob("*.zst")
            for record in records(path)
        }
        for part in ("clean", "held_out")
    }
    assert ids["clean"].isdisjoint(ids["held_out"])
    assert ids["held_out"]
    test = pl.read_parquet(folder / "runs/corpus/release/data/*/test-*.parquet")
    assert set(test["id"]) == ids["held_out"]


def test_noisy_texts_are_scrubbed_and_counted(corpus, command, tmp_path):
    folder, _, _ = corpus
    command("export", folder / "recipe.yaml", "--to", tmp_path / "out")
    found = [r for path in (tmp_path / "out/noisy/eng_Latn").iterdir() for r in records(path)]
    (record,) = [r for r in found if r["text"].startswith("Write to us")]
    ((start, end),) = record["pii"]
    assert MAIL not in record["text"]
    assert record["text"][start:end].endswith("@example.org")
    assert "gopher_short_doc" in record["noise"]
    counts = json.loads((tmp_path / "out/counts/noisy/eng_Latn/source.json").read_text())
    assert counts["tokens"] > 0


def test_an_export_is_an_input(corpus, command, tmp_path):
    """What was written with HPLT's key names is read by the same preset."""
    folder, _, _ = corpus
    command("export", folder / "runs/corpus/release", "--to", tmp_path / "out")
    (tmp_path / "recipe.yaml").write_text(
        "version: 1\nname: again\ninput: {path: out/clean/*/*.jsonl.zst, format: hplt}\n"
        "stages: {count: {}}\n"
    )
    command("run", tmp_path / "recipe.yaml", "--quiet")
    layer = pl.read_parquet(tmp_path / "runs/again/extract/*.parquet")
    wanted = pl.read_parquet(folder / "runs/corpus/release/data/*/train-*.parquet")
    names = ["id", "url", "date", "crawl", "html_lang", "title"]
    names.remove("title")
    assert layer.select(names).sort("id").equals(wanted.select(names).sort("id"))


def records(path):
    stream = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(path.read_bytes()))
    return [orjson.loads(line) for line in stream.read().splitlines()]
