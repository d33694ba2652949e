"""A crawl of mixed pages, with and without recall first: from WARC to a release with buckets."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from itertools import zip_longest

import polars as pl
import pyarrow.parquet as pq
import pytest
import yaml

from eurosift.pipeline.demo import markup, warc
from eurosift.pipeline.demo.identifiers import email
from eurosift.pipeline.demo.prose import site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

MT, GA, EN, LT, LV, TR = (
    site(f"{code}_Latn") for code in ("mlt", "gle", "eng", "lit", "lvs", "tur")
)
CONTACT = (MT.contact or "").format(email=email("mlt_Latn", MT.mailbox), iban="")


def mixed(own, other, number, *, paragraphs=3, more=()):
    """Two pages of a site as one, with paragraphs of a page of another one among them."""
    first = [paragraph for page in own.pages[:2] for paragraph in page.paragraphs]
    second = other.pages[number].paragraphs[:paragraphs]
    between = [
        paragraph
        for pair in zip_longest(first, second)
        for paragraph in pair
        if paragraph is not None
    ]
    return own.pages[0].model_copy(update={"paragraphs": (*between, *more)})


PAGES = {
    # Address → site around it, and the article.
    "https://pure.example.mt/": (MT, MT.pages[0]),
    "https://pure.example.ie/": (GA, GA.pages[0]),
    "https://near.example.lt/": (LT, mixed(LT, LV, 0, paragraphs=1)),
    "https://english.example.com/": (EN, EN.pages[0]),
    "https://mixed.example.mt/": (EN, mixed(EN, MT, 1, more=(CONTACT,))),
    "https://mixed.example.ie/": (EN, mixed(EN, GA, 2)),
    "https://mixed.example.tr/": (TR, mixed(TR, MT, 2)),
    "https://copy.example.tr/": (TR, mixed(TR, MT, 0, paragraphs=4)),
    "https://quote.example.com/": (EN, mixed(EN, MT, 0, paragraphs=1)),
}
IRISH = "\n".join(GA.pages[2].paragraphs[:3])
LANGUAGES = ["mt", "ga", "en", "lt"]
PROFILE = {"recall_first": ["mt", "ga", "lt"], "thresholds": {"lt": 1.0}}


def write_crawl(folder):
    folder.mkdir()
    when, name = datetime(2026, 3, 2, tzinfo=UTC), "mixed.warc"
    records = [warc.warcinfo(name, when)]
    for url, (around, page) in PAGES.items():
        host = url.split("/")[2]
        body = markup.article(around, page, host=host, charset="utf-8").encode()
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
        response = warc.message("HTTP/1.1 200 OK", headers, body)
        request = warc.message("GET / HTTP/1.1", [("Host", host)])
        records += warc.exchange(warc.Exchange(url, when, request, response, body), name)
    (folder / name).write_bytes(b"".join(records))


class Run:
    """A finished run over the crawl."""

    def __init__(self, folder, command, langid, *, key=None, workers=1):
        self.recipe = folder / "recipe.yaml"
        self.folder = folder / "runs/mixed"
        self._command = command
        command("init", folder)
        stages = ("signals", "quality", "dedup", "pii", "count", "release")
        recipe = {
            "version": 1,
            "name": "mixed",
            "input": {"path": "crawl/*.warc"},
            "languages": LANGUAGES,
            "stages": {"extract": {}, "langid": langid, **{stage: {} for stage in stages}},
        }
        recipe["stages"]["pii"] = {"key": "secrets/pii.key"}
        self.key = folder / "secrets/pii.key"
        if key is not None:
            self.key.write_bytes(key.read_bytes())
        self.recipe.write_text(yaml.safe_dump(recipe, sort_keys=False))
        write_crawl(folder / "crawl")
        command("run", self.recipe, "--quiet", "--workers", workers)

    def layers(self, *stages):
        """Rows of some layers by their address."""
        frames = [pl.read_parquet(self.folder / stage / "00000.parquet") for stage in stages]
        urls = pl.read_parquet(self.folder / "extract/00000.parquet")["url"].to_list()
        rows = pl.concat(frames, how="horizontal").to_dicts()
        return dict(zip(urls, rows, strict=True))

    def report(self, by):
        out = self._command("report", self.recipe, "--by", by, "--format", "csv").stdout
        return {row["language"]: row for row in csv.DictReader(io.StringIO(out))}

    def released(self, label, verdict="data"):
        files = sorted((self.folder / "release" / verdict / label).glob("*.parquet"))
        return pl.concat([pl.read_parquet(file, hive_partitioning=False) for file in files])


@pytest.fixture(scope="module")
def profile(tmp_path_factory, command):
    return Run(tmp_path_factory.mktemp("profile"), command, PROFILE)


@pytest.fixture(scope="module")
def plain(tmp_path_factory, command):
    return Run(tmp_path_factory.mktemp("plain"), command, {"thresholds": PROFILE["thresholds"]})


def test_each_page_is_in_its_bucket(profile):
    found = {
        url: (row["language"], row["language_bucket"])
        for url, row in profile.layers("langid").items()
    }
    assert found == {
        "https://pure.example.mt/": ("mlt_Latn", "main"),
        "https://pure.example.ie/": ("gle_Latn", "main"),
        "https://near.example.lt/": ("lit_Latn", "near"),
        "https://english.example.com/": ("eng_Latn", "main"),
        "https://mixed.example.mt/": ("mlt_Latn", "salvaged"),
        "https://mixed.example.ie/": ("gle_Latn", "salvaged"),
        "https://mixed.example.tr/": ("mlt_Latn", "salvaged"),
        "https://copy.example.tr/": ("mlt_Latn", "salvaged"),
        # One paragraph among many does not take the page from English.
        "https://quote.example.com/": ("eng_Latn", "main"),
    }


def test_without_the_profile_mixed_pages_are_of_their_main_language_or_lost(plain):
    rows = plain.layers("langid")
    assert "language_bucket" not in rows["https://pure.example.mt/"]
    assert rows["https://mixed.example.ie/"]["language"] == "eng_Latn"
    assert rows["https://mixed.example.tr/"]["langid_reasons"] == ["other"]
    assert rows["https://near.example.lt/"]["langid_reasons"] == ["unsure"]


def test_the_profile_changes_no_row_that_is_not_in_a_bucket(plain, profile):
    before, after = plain.layers("langid"), profile.layers("langid")
    for url, row in after.items():
        if row["language_bucket"] in ("main", None):
            assert before[url].items() <= row.items()
            assert row["text"] is None


def test_salvaged_text_holds_paragraphs_of_the_language_only(profile):
    row = profile.layers("langid")["https://mixed.example.ie/"]
    assert row["text"] == IRISH
    assert row["top_langs"][0]["language"] == "eng_Latn"
    assert set(row["seg_langs"]) >= {"eng_Latn", "gle_Latn"}
    assert (row["code_switching"], row["langid_reasons"]) == (True, [])


def test_later_stages_see_the_salvaged_text(profile):
    url = "https://mixed.example.ie/"
    found = profile.layers("signals", "quality", "count")[url]
    assert (found["char_count"], found["n_chars"]) == (len(IRISH), len(IRISH))
    assert found["quality_reasons"] == []


def test_the_release_has_a_folder_for_each_bucket(profile):
    folders = {path.name for path in (profile.folder / "release/data").iterdir()}
    assert folders == {
        "eng_Latn", "gle_Latn", "gle_Latn_salvaged", "lit_Latn_near", "mlt_Latn",
        "mlt_Latn_salvaged",
    }  # fmt: skip
    irish = profile.released("gle_Latn_salvaged")
    assert irish["text"].to_list() == [IRISH]
    assert irish["language"].to_list() == ["gle_Latn"]


def test_salvaged_text_is_scrubbed_like_any_other(profile):
    texts = "\n".join(profile.released("mlt_Latn_salvaged")["text"])
    assert MT.pages[1].paragraphs[0] in texts
    assert EN.pages[1].paragraphs[0] not in texts
    assert "@" in texts
    assert email("mlt_Latn", MT.mailbox) not in texts


def test_of_duplicates_the_one_that_is_not_apart_is_kept(profile):
    """So that whoever leaves the bucket loses nothing."""
    rows = profile.layers("extract", "dedup")
    copy, original = rows["https://copy.example.tr/"], rows["https://pure.example.mt/"]
    assert original["is_keeper"]
    assert copy["duplicate_of"] == original["id"]
    rejected = profile.released("mlt_Latn_salvaged", "rejected")
    assert rejected["url"].to_list() == ["https://copy.example.tr/"]


def test_manifest_and_card_count_each_bucket(profile):
    release = profile.folder / "release"
    languages = json.loads((release / "manifest.json").read_text())["languages"]
    assert languages["mlt_Latn_salvaged"]["documents"] == 2
    assert languages["mlt_Latn_salvaged"]["name"] == "Maltese (salvaged)"
    assert languages["lit_Latn_near"]["documents"] == 1
    assert languages["lit_Latn"]["documents"] == 0
    card = (release / "README.md").read_text()
    matter = yaml.safe_load(card.split("---\n")[1])
    assert matter["language"] == ["en", "ga", "lt", "mt"]
    configs = {c["config_name"]: c["data_files"][0]["path"] for c in matter["configs"]}
    assert configs["all"] == [f"data/{c}_Latn/train-*.parquet" for c in ("eng", "gle", "mlt")]
    assert configs["lit_Latn_near"] == "data/lit_Latn_near/train-*.parquet"
    assert "| `mlt_Latn_salvaged` | Maltese (salvaged) |" in card


def test_others_read_the_buckets_as_configurations(profile, with_datasets, tmp_path):
    code = (
        "import sys, datasets\n"
        "folder, cache = sys.argv[1:]\n"
        "near = datasets.load_dataset(folder, 'lit_Latn_near', split='train', cache_dir=cache)\n"
        "everything = datasets.load_dataset(folder, split='train', cache_dir=cache)\n"
        "print(len(near), *sorted(set(everything['language'])))\n"
    )
    found = with_datasets(code, profile.folder / "release", tmp_path / "cache")
    assert found.split() == ["1", "eng_Latn", "gle_Latn", "mlt_Latn"]


def test_the_report_counts_each_bucket(profile):
    rows = profile.report("languages")
    assert list(rows) == [
        "mlt_Latn", "mlt_Latn_salvaged", "gle_Latn", "gle_Latn_salvaged", "eng_Latn", "lit_Latn",
        "lit_Latn_near", "other", "total",
    ]  # fmt: skip
    salvaged = rows["mlt_Latn_salvaged"]
    assert [salvaged[c] for c in ("name", "found", "quality", "dedup")] == [
        "Maltese (salvaged)", "3", "3", "2",
    ]  # fmt: skip
    assert rows["total"]["found"] == str(len(PAGES))


def test_the_evidence_tells_the_buckets_apart(profile):
    rows = profile.report("html-lang")
    assert rows["mlt_Latn"]["agreement"] == "1.0"
    assert rows["mlt_Latn_salvaged"]["agreement"] == "0.0"
    domains = profile.report("tld")
    assert (domains["mlt_Latn_salvaged"]["mt"], domains["mlt_Latn_salvaged"]["other"]) == ("1", "2")


def test_every_row_is_accounted_for(profile, plain, command):
    for run in (profile, plain):
        assert command("verify", run.recipe).returncode == 0
        rows = [pq.read_metadata(p).num_rows for p in run.folder.glob("release/*/*/*.parquet")]
        assert sum(rows) == len(PAGES)


def test_the_ledger_counts_the_characters_that_are_kept(profile):
    out = profile._command("report", profile.recipe, "--by", "stages", "--format", "json").stdout
    stages = json.loads(out)["stages"]
    (row,) = (r for r in stages if (r["stage"], r["language"]) == ("langid", "gle_Latn_salvaged"))
    assert row["characters"] == len(IRISH)


def test_texts_that_stay_in_the_input_are_salvaged_from_there(tmp_path, command):
    """The layer holds salvaged lines and nothing else; `verify` finds the same lengths."""
    texts = ["\n".join(page.paragraphs) for _, page in PAGES.values()]
    lines = [json.dumps({"id": url, "text": text}) for url, text in zip(PAGES, texts, strict=True)]
    (tmp_path / "pages.jsonl").write_text("".join(f"{line}\n" for line in lines))
    recipe = {"version": 1, "name": "alone", "input": "pages.jsonl", "languages": LANGUAGES}
    path = tmp_path / "recipe.yaml"
    recipe |= {"stages": {"langid": PROFILE, "count": {}}}
    path.write_text(yaml.safe_dump(recipe, sort_keys=False))
    command("run", path, "--quiet")
    assert command("verify", path).returncode == 0
    layers = [
        pl.read_parquet(tmp_path / f"runs/alone/{s}/00000.parquet") for s in ("langid", "count")
    ]
    rows = dict(zip(PAGES, pl.concat(layers, how="horizontal").to_dicts(), strict=True))
    assert rows["https://mixed.example.ie/"]["text"] == IRISH
    assert rows["https://mixed.example.ie/"]["n_chars"] == len(IRISH)
    english = rows["https://english.example.com/"]
    assert (english["text"], english["n_chars"]) == (None, len("\n".join(EN.pages[0].paragraphs)))


def test_a_sample_may_be_of_one_bucket(profile, command):
    def urls(label, *more):
        options = ("-n", "20", "--language", label, "--format", "json", *more)
        shown = command("sample", profile.recipe, *options).stdout
        return {document["url"] for document in json.loads(shown)["documents"]}

    for label in ("mlt_Latn_salvaged", "lit_Latn_near"):
        assert urls(label, "--verdict", "kept") == set(profile.released(label)["url"])
    assert urls("mt_main") == {"https://pure.example.mt/"}
    assert "https://mixed.example.mt/" in urls("Maltese_salvaged") < urls("mt")
    assert urls("lit_Latn_salvaged") == set()


def test_samples_show_the_bucket(profile, command):
    shown = command("sample", profile.recipe, "--language", "lt", "--format", "table").stdout
    assert "lit_Latn_near" in shown


def test_the_same_bytes_whatever_the_number_of_workers(profile, tmp_path, command):
    again = Run(tmp_path / "again", command, PROFILE, key=profile.key, workers=2)
    files = [p.relative_to(profile.folder) for p in sorted(profile.folder.rglob("*.parquet"))]
    assert len(files) > 20
    for path in files:
        assert (profile.folder / path).read_bytes() == (again.folder / path).read_bytes(), path
