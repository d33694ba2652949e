"""Figures of the report's page, found again in the data by another route."""

from __future__ import annotations

import json
import re

import duckdb
import pytest
from lxml import html


@pytest.fixture(scope="module")
def page(demo, command, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    command("report", demo, "--html", path)
    return html.document_fromstring(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def ask(demo):
    """Rows of a query over the layers, which are views with the number of each row."""
    connection = duckdb.connect()
    for stage in ("extract", "langid", "quality", "dedup", "pii", "count"):
        files = demo / "runs" / "demo" / stage / "*.parquet"
        read = f"read_parquet('{files}', filename=true, file_row_number=true)"
        shard = "regexp_extract(filename, '[0-9]+.parquet$') AS shard"
        columns = f"*, file_row_number AS number, {shard}"
        connection.execute(f"CREATE VIEW {stage} AS SELECT {columns} FROM {read}")
    yield lambda query: connection.execute(query).fetchall()
    connection.close()


def table(page, name):
    """Rows of a table by their first cell, as lists of what is shown."""
    (caption,) = page.xpath(f'//caption[@id="{name}"]')
    grid = caption.getparent()
    heads = [cell.text_content() for cell in grid.xpath("./thead/tr/th")]
    rows = [[c.text_content() for c in row] for row in grid.xpath("./tbody/tr | ./tfoot/tr")]
    return {row[0]: dict(zip(heads, row, strict=True)) for row in rows}


def number(text):
    return int(text.replace(",", "").replace("–", "0").replace("·", "0"))


def test_documents_by_language_and_stage(page, ask):
    found = ask("""
        SELECT language, count(*), count(*) FILTER (langid_reasons = []),
            count(*) FILTER (quality_reasons = []), count(*) FILTER (dedup_reasons = []),
            coalesce(sum(n_chars) FILTER (dedup_reasons = []), 0),
            coalesce(sum(n_words) FILTER (dedup_reasons = []), 0)
        FROM langid JOIN quality USING (shard, number) JOIN dedup USING (shard, number)
            JOIN count USING (shard, number)
        WHERE langid_reasons IS NOT NULL GROUP BY language""")
    shown = table(page, "languages-table")
    columns = ("found", "langid", "quality", "dedup", "characters", "words")
    languages = {row[0]: row[1:] for row in found if row[0] in shown}
    assert len(languages) == 24
    for language, counts in languages.items():
        assert [number(shown[language][c]) for c in columns] == list(counts), language
    totals = [sum(column) for column in zip(*(row[1:] for row in found), strict=True)]
    assert [number(shown["total"][c]) for c in columns] == totals


def test_reasons_by_language(page, ask):
    for stage in ("langid", "quality", "dedup"):
        join = "" if stage == "langid" else f"JOIN {stage} USING (shard, number)"
        found = ask(f"""
            SELECT reason, coalesce(language, 'und'), count(*) FROM (
                SELECT unnest({stage}_reasons) AS reason, language FROM langid {join}
            ) GROUP BY ALL""")
        shown = table(page, f"reasons-{stage}")
        assert found
        for reason, language, n in found:
            assert number(shown[reason][language]) == n, (stage, reason, language)
        sums = {reason for reason, *_ in found} | {"rejected", "kept", "in"}
        assert set(shown) == sums


def test_clusters_by_size(page, ask):
    found = ask("""
        SELECT CASE WHEN cluster_size = 1 THEN '1 (no duplicate)' ELSE cluster_size::varchar END,
            count(*), sum(cluster_size) FROM dedup WHERE is_keeper GROUP BY 1""")
    shown = table(page, "clusters-table")
    assert {k: (number(r["clusters"]), number(r["documents"])) for k, r in shown.items()} == {
        size: (clusters, documents) for size, clusters, documents in found
    }


def test_identifiers_by_type_and_language(page, ask):
    found = ask("""
        SELECT span.type, language, count(*) FROM (
            SELECT unnest(pii) AS span, language FROM pii JOIN langid USING (shard, number)
        ) GROUP BY ALL""")
    shown = table(page, "identifiers-table")
    assert found
    for kind, language, n in found:
        assert number(shown[kind][language]) == n, (kind, language)
    assert set(shown) == {row[0] for row in found} | {"documents with any", "documents looked at"}


def test_documents_by_domain(page, ask):
    found = ask("""
        SELECT regexp_extract(url, '^https?://(?:[^/]+\\.)?([^./]+\\.[^./]+)/', 1) AS domain,
            count(*), count(*) FILTER (dedup_reasons = [])
        FROM extract JOIN dedup USING (shard, number) GROUP BY 1""")
    shown = table(page, "domains-table")
    counts = {domain: (n, kept) for domain, n, kept in found}
    assert shown
    for domain, row in shown.items():
        assert (number(row["documents"]), number(row["kept"])) == counts[domain]


def test_figures_of_the_report_in_other_forms(page, demo, command):
    report = json.loads(command("report", demo, "--format", "json").stdout)
    shown = table(page, "languages-table")
    for row in report["languages"]:
        cells = shown[row["language"]]
        figures = {column.replace("tokens, ", "tokens_"): cell for column, cell in cells.items()}
        for column in figures.keys() & row.keys() - {"language", "name"}:
            assert number(figures[column]) == (row[column] or 0)
    for row in report["reasons"]:
        cell = table(page, f"reasons-{row['stage']}")[row["reason"]][row["language"]]
        assert number(cell) == row["documents"]
    tiles = {
        div.find("dt").text: div.find("dd").text for div in page.xpath('//dl[@class="tiles"]/div')
    }
    assert number(tiles["documents kept"]) == report["languages"][-1]["dedup"]
    assert re.search("counted over all 134 documents", html.tostring(page, encoding="unicode"))
