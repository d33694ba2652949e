"""The page as a whole: its figures, what is on it, and that nothing on it does harm."""

import base64
import hashlib
import json
import re
from collections import Counter

import pyarrow.parquet as pq
import pytest

from eurosift.pipeline.errors import InvariantError
from eurosift.pipeline.events import EventLog
from eurosift.pipeline.html.figures import title
from eurosift.pipeline.html.page import Options, render
from eurosift.pipeline.report import VIEWS
from eurosift.pipeline.shards import ShardWriter, read_batches
from eurosift.stages.footer import FOOTER_KEY


def written(value):
    """An integer as the page has it, or nothing."""
    return "–" if value is None else f"{value:,}"


@pytest.fixture
def page(small, parse):
    return parse(render(small, Options()))


def test_figures_of_languages_are_those_of_the_report(small, page):
    table = VIEWS["languages"](small)
    shown = page.table("languages-table")
    assert len(shown) == len(table.rows)
    for own, row in zip(table.rows, shown, strict=True):
        for column in set(table.columns) - {"language", "name"}:
            assert row[title(column)] == written(own[column]), (own["language"], column)


def test_figures_of_the_funnel_are_those_of_the_report(small, page):
    counts = {(r["stage"], r["what"], r["reason"]): r["count"] for r in VIEWS["funnel"](small).rows}
    for row in page.table("funnel-stages"):
        stage = row["stage"]
        assert row["in"] == written(counts[stage, "documents in", ""])
        assert row["rejected"] == written(counts[stage, "rejected", ""])
        assert row["kept"] == written(counts[stage, "documents out", ""])
        for reason in page.table(f"reasons-{stage}"):
            if (stage, "rejected for", reason["reason"]) in counts:
                assert reason["all"] == written(counts[stage, "rejected for", reason["reason"]])


def test_reasons_by_language_are_those_of_the_footers(small, page):
    for stage in ("extract", "label", "short"):
        found = Counter()
        for path in sorted((small.files.folder / stage).glob("*.parquet")):
            footer = json.loads(pq.read_metadata(path).metadata[FOOTER_KEY])
            for language, tally in footer["tallies"].items():
                for reason, n in tally["reasons"].items():
                    found[reason, language] += n
        rows = {row["reason"]: row for row in page.table(f"reasons-{stage}")}
        assert found
        for (reason, language), n in found.items():
            assert rows[reason][language] == written(n)


def test_figures_of_evidence_are_those_of_the_report(identified, parse):
    page = parse(render(identified, Options()))
    for name in ("html-lang", "tld"):
        table = VIEWS[name](identified)
        for own, row in zip(table.rows, page.table(f"confusion-{name}"), strict=True):
            for column in set(table.columns) - {"language", "agreement"}:
                assert row[column].replace("·", "0") == written(own[column]), (name, column)


def test_the_same_run_gives_the_same_bytes_but_for_timings(small):
    assert render(small, Options(timings=False)) == render(small, Options(timings=False))
    log = EventLog(small.files.folder, "first")
    log.write("start")
    log.write("shard_done", stage="extract", key="00000", rows=3, seconds=1.5)
    told = render(small, Options())
    log.write("shard_done", stage="label", key="00000", rows=3, seconds=2.5)
    again = render(small, Options())
    assert told != again
    mark = '<section id="timings"'
    assert told.partition(mark)[0] == again.partition(mark)[0]
    assert "<section" not in again.partition(mark)[2]
    assert 'id="timings"' not in render(small, Options(timings=False))


COMMON = ["overview", "funnel", "languages"]


def test_sections_are_those_of_which_there_is_something_to_tell(page):
    assert page.sections == [*COMMON, "signals", "domains", "provenance"]


def test_evidence_and_samples_have_sections_of_their_own(identified, parse):
    other = parse(render(identified, Options(samples=1)))
    assert other.sections == [*COMMON, "signals", "confusion", "domains", "samples", "provenance"]


def test_links_to_sections_lead_somewhere(page):
    targets = [a.get("href").removeprefix("#") for a in page.root.iter("a")]
    assert targets == ["main", *page.sections]


def test_names_are_given_once(page):
    names = [element.get("id") for element in page.root.iter() if element.get("id")]
    assert len(names) == len(set(names))


def test_documents_are_on_the_page_only_if_asked_for(small):
    assert "one two three four" not in render(small, Options())
    assert "one two three four" in render(small, Options(samples=3))


def test_without_documents_to_count_there_are_the_figures_of_the_footers(small, parse):
    page = parse(render(small, Options(documents=0)))
    assert page.sections == [*COMMON, "provenance"]


def test_a_run_that_is_not_complete_says_so(project, parse):
    project.perform("+label")
    text = render(project.open(), Options(), ["short", "upper"])
    assert "The run is not complete. Not up to date: short, upper." in text
    assert parse(text).table("funnel-stages")[-1]["stage"] == "label"


def test_a_run_of_nothing_has_a_page(project, parse):
    page = parse(render(project.open(), Options()))
    assert page.sections == [*COMMON, "provenance"]


def test_figures_that_do_not_balance_are_an_error(small):
    path = small.files.layer("short", "00000")
    footer = json.loads(pq.read_metadata(path).metadata[FOOTER_KEY])
    batches = list(read_batches(path))
    writer = ShardWriter(path, batches[0].schema)
    for batch in batches:
        writer.write(batch)
    footer["tallies"]["mlt_Latn"]["kept"] += 1
    from eurosift.stages.footer import Footer

    writer.commit(Footer.model_validate(footer))
    with pytest.raises(InvariantError, match="00000"):
        render(small, Options())


def test_the_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else(page):
    (policy,) = page.root.xpath('//meta[@http-equiv="Content-Security-Policy"]/@content')
    for name in ("style", "script"):
        (text,) = [element.text for element in page.root.iter(name)]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_nothing_is_fetched(small):
    text = render(small, Options(samples=3))
    addresses = re.findall(r"""\b(?:src|href|action|srcset|poster)\s*=\s*["']?([^"' >]*)""", text)
    assert [a for a in addresses if not a.startswith(("#", "data:,"))] == []
    assert "url(" not in text
    assert "@import" not in text


def test_attacks_are_harmless(attacked, parse):
    text = render(attacked, Options(samples=50))
    page = parse(text)
    (script,) = page.root.iter("script")
    assert "alert" not in script.text
    for element in page.root.iter():
        assert element.tag not in {"img", "iframe", "object", "embed", "form", "base"}
        for name, value in element.attrib.items():
            assert not name.startswith("on"), (element.tag, name)
            assert name != "style"
            if name in {"href", "src", "action", "data", "formaction"}:
                assert value.startswith(("#", "data:,")), (element.tag, name)
    assert not set(text) & set("\u202e\x1b\x07")
    for shown in ("⟨U+202E⟩gnp.exe", "U+001B", "&lt;script&gt;alert(1)", "{{ 7 * 7 }}"):
        assert shown in text


def test_attacks_in_languages_do_not_shift_the_columns(attacked, parse):
    page = parse(render(attacked, Options()))
    rows = [row for stage in ("label", "short") for row in page.table(f"reasons-{stage}")]
    assert len(rows) > 6
    for row in rows:
        figures = [int(n) for head, n in row.items() if head not in {"reason", "all"}]
        assert sum(figures) == int(row["all"])


def test_the_page_is_made_of_columns_and_never_of_text_unless_asked_for(small, monkeypatch):
    from eurosift.pipeline.view import View

    asked = []
    batches = View.batches

    def spy(self, shard, columns):
        asked.extend(columns)
        return batches(self, shard, columns)

    monkeypatch.setattr(View, "batches", spy)
    render(small, Options())
    assert asked
    assert "text" not in asked
    render(small, Options(samples=1))
    assert "text" in asked
