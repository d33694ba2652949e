"""The templates stage by the command line."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest

RECIPE = """\
version: 1
name: t
input: {{path: in/*.jsonl}}
stages:
  extract: {{}}
  templates: {{needs: extract, min_documents: 3{settings}}}
  dedup: {{needs: templates}}
"""
MENU = "Home | About us | Contact"


def page(domain, number):
    return {
        "id": f"{domain}-{number}",
        "url": f"https://www.{domain}/{number}",
        "text": f"{MENU}\nPage {number}.\n  {MENU}  \nImprint",
    }


@pytest.fixture
def folder(tmp_path):
    def put(*shards):
        (tmp_path / "in").mkdir(exist_ok=True)
        for number, rows in enumerate(shards):
            lines = [json.dumps(row) for row in rows]
            (tmp_path / "in" / f"{number}.jsonl").write_text("\n".join(lines))
        return tmp_path

    return put


def perform(command, folder, settings="", *options):
    (folder / "t.yaml").write_text(RECIPE.format(settings=settings))
    command("run", folder / "t.yaml", "--quiet", *options)
    files = sorted((folder / "runs" / "t" / "templates").glob("0*.parquet"))
    given = folder / "runs" / "t" / "extract"
    return [
        {"id": name, **row}
        for file in files
        for name, row in zip(
            pq.read_table(given / file.name).column("id").to_pylist(),
            pq.read_table(file).to_pylist(),
            strict=True,
        )
    ]


def removed(rows):
    return {row["id"]: row["template_lines"] for row in rows}


def test_lines_of_a_domain_go_and_later_stages_see_what_is_left(command, folder):
    alike = f"{MENU}\nSomething else.\nImprint"
    first = [
        page("a.eu", 1),
        page("b.eu", 1),
        page("a.eu", 2) | {"url": "http://news.a.eu:80/x"},
        page("a.eu", 4) | {"url": None},
    ]
    second = [
        page("a.eu", 3),
        page("b.eu", 2),
        {"id": "menu", "url": "https://a.eu/m", "text": f"{MENU}\n\nImprint"},
        {"id": "one", "url": "https://a.eu/1", "text": alike},
        {"id": "two", "url": "https://a.eu/2", "text": alike.removesuffix("\nImprint")},
    ]
    place = folder(first, second)
    rows = perform(command, place)
    assert removed(rows) == {
        "a.eu-1": 0,
        "b.eu-1": 0,
        "a.eu-2": 3,
        "a.eu-4": 0,
        "a.eu-3": 3,
        "b.eu-2": 0,
        "menu": 2,
        "one": 2,
        "two": 1,
    }
    texts = {row["id"]: row["text"] for row in rows}
    assert texts["a.eu-1"] is None
    assert texts["a.eu-2"] == "Page 2."
    assert texts["menu"] == ""
    assert [row["id"] for row in rows if row["templates_reasons"]] == ["menu"]
    assert rows[6]["templates_reasons"] == ["only_templates"]
    found = pq.read_table(place / "runs/t/dedup/00001.parquet").to_pylist()
    assert [row["is_keeper"] for row in found[2:]] == [None, True, False]
    assert "every row is accounted for" in command("verify", place / "t.yaml").stderr


def test_a_line_on_few_of_the_pages_of_a_large_domain_is_no_template(command, folder):
    """Ranges and workers change nothing of that."""

    def lines(number):
        quoted = "Quoted by three.\n" if number % 20 == 0 else ""
        return page("large.eu", number) | {"text": f"{MENU}\n{quoted}Page {number}."}

    shards = [[lines(n) for n in range(s, 60, 3)] for s in range(3)]
    small = [page("small.eu", n) | {"text": f"Quoted by three.\nPage {n}."} for n in range(3)]
    place = folder(*shards, small)
    by_count = removed(perform(command, place))
    assert sorted(name for name, n in by_count.items() if n == 2) == ["large.eu-20", "large.eu-40"]
    rows = perform(command, place, ", min_share: 0.1")
    assert set(removed(rows[1:60]).values()) == {1}
    assert removed(rows[60:]) == {"small.eu-0": 0, "small.eu-1": 1, "small.eu-2": 1}
    again = perform(command, place, ", min_share: 0.1, memory_gb: 2.0e-6", "--workers", "2")
    assert again == rows


def test_the_result_does_not_depend_on_ranges_and_workers(command, folder):
    shards = [[page(f"d{n % 4}.eu", f"{s}{n}") for n in range(12)] for s in range(3)]
    place = folder(*shards)
    expected = perform(command, place)
    assert sum(row["template_lines"] for row in expected) == 32 * 3
    again = perform(command, place, ", memory_gb: 2.0e-6", "--workers", "2")
    assert again == expected
    assert len(list((place / "runs/t/templates/find").glob("*.parquet"))) > 3


def test_only_shards_whose_templates_changed_are_done_again(command, folder):
    shards = [[page("a.eu", n) for n in range(4)], [page("b.eu", n) for n in range(2)]]
    place = folder(*shards)
    perform(command, place)
    files = [place / f"runs/t/templates/0000{n}.parquet" for n in range(2)]
    before = [file.stat().st_mtime_ns for file in files]
    folder(*shards, [page("b.eu", 2), page("a.eu", 4)])
    perform(command, place, "", "--replan")
    after = [file.stat().st_mtime_ns for file in files]
    assert after[0] == before[0]
    assert after[1] != before[1]
