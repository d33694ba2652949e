"""Evidence of the language: a matrix whose every number is a sum over footers."""

import doctest
import json

import pytest

from eurosift.pipeline import evidence
from eurosift.pipeline.errors import InvariantError
from eurosift.pipeline.report import VIEWS
from eurosift.pipeline.totals import layer_totals

MALTESE = "L-Unjoni Ewropea għandha erbgħa u għoxrin lingwa uffiċjali."
IRISH = "Tá ceithre theanga oifigiúla is fiche ag an Aontas Eorpach."
TURKISH = "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar."
ROWS = [
    [
        (MALTESE, "mt", "https://a.com.mt/"),
        (MALTESE, "en", "https://b.example/"),
        (MALTESE, "<?lang?>", "https://c.ie/1"),
        ("  ", "mt", "https://d.mt/"),
    ],
    [
        (IRISH, "ga-IE", "https://e.ie/"),
        (IRISH, None, None),
        (IRISH, "is", "https://f.jp/"),
        (TURKISH, "tr", "https://g.tr/"),
    ],
]


@pytest.fixture
def labelled(project):
    """Two shards of texts with what their pages declare."""
    for path in (project.folder / "in").iterdir():
        path.unlink()
    for number, rows in enumerate(ROWS):
        lines = [
            json.dumps({"id": f"{number}-{i}", "text": text, "lang": lang, "url": url})
            for i, (text, lang, url) in enumerate(rows)
        ]
        (project.folder / f"in/part-{number}.jsonl").write_text("\n".join(lines) + "\n")
    columns = {"id": "id", "html_lang": "lang"}
    where = {"path": "in/*.jsonl", "columns": columns}
    project.write({"langid": None}, input=where, languages=["mt", "ga", "en"])
    project.perform()
    return project


def table(project, name):
    found = VIEWS[name](project.open())
    return found, {row["language"]: row for row in found.rows}


def test_declared_languages_stand_against_identified_ones(labelled):
    found, rows = table(labelled, "html-lang")
    assert found.columns == (
        "language", "documents", "agree", "disagree", "agreement", "eng_Latn", "gle_Latn",
        "mlt_Latn", "other", "unknown", "none",
    )  # fmt: skip
    assert list(rows) == ["mlt_Latn", "gle_Latn", "other", "inactive", "total"]
    maltese = rows["mlt_Latn"]
    assert [maltese[c] for c in found.columns[1:]] == [3, 1, 1, 0.5, 1, 0, 1, 0, 1, 0]
    assert [rows["gle_Latn"][c] for c in found.columns[1:]] == [3, 1, 1, 0.5, 0, 1, 0, 1, 0, 1]
    # Turkish is none of the recipe's languages, but it agrees with itself.
    assert [rows["other"][c] for c in found.columns[1:5]] == [1, 1, 0, 1.0]


def test_domains_stand_against_the_languages_that_are_expected_there(labelled):
    found, rows = table(labelled, "tld")
    assert found.columns[5:] == ("ie", "mt", "other", "generic", "none")
    # An Irish domain stands for Irish and English.
    assert [rows["mlt_Latn"][c] for c in found.columns[1:]] == [3, 1, 1, 0.5, 1, 1, 0, 1, 0]
    assert [rows["gle_Latn"][c] for c in found.columns[1:]] == [3, 1, 0, 1.0, 1, 0, 1, 0, 1]


@pytest.mark.parametrize("name", ["html-lang", "tld"])
def test_the_matrix_sums_to_the_rows_of_the_layer(labelled, name):
    found, rows = table(labelled, name)
    total = rows["total"]
    assert total["documents"] == 8 == labelled.table("langid").num_rows
    for column in ("documents", "agree", "disagree", *found.columns[5:]):
        assert sum(r[column] for r in found.rows[:-1]) == total[column]
    assert sum(total[c] for c in found.columns[5:]) + rows["inactive"]["documents"] == 8
    assert rows["inactive"]["documents"] == 1


def test_the_long_table_folds_nothing(labelled):
    rows = [tuple(row.values()) for row in VIEWS["evidence"](labelled.open()).rows]
    assert ("html-lang", "gle_Latn", "isl_Latn", 1, "no") in rows
    assert ("html-lang", "mlt_Latn", "unknown", 1, None) in rows
    assert ("tld", "tur_Latn", "tr", 1, "yes") in rows
    assert sum(n for kind, _, _, n, _ in rows if kind == "tld") == 7


def test_the_evidence_of_each_row_is_in_the_layer(labelled):
    found = labelled.table("langid")
    assert found.column("declared_language").to_pylist() == [
        "mlt_Latn", "eng_Latn", "unknown", None, "gle_Latn", None, "isl_Latn", "tur_Latn",
    ]  # fmt: skip
    assert found.column("tld").to_pylist()[:3] == ["mt", "generic", "ie"]


def test_without_such_a_stage_the_tables_are_empty(project):
    project.perform()
    for name in ("html-lang", "tld", "evidence"):
        assert VIEWS[name](project.open()).rows == []


def test_it_is_printed_in_every_format(labelled, eurosift):
    for style in ("table", "json", "jsonl", "csv", "tsv", "md"):
        done = eurosift("report", labelled.recipe, "--by", "html-lang", "--format", style)
        assert done.code == 0
        assert "mlt_Latn" in done.out
    assert (
        "mlt_Latn,3,1,1,0.5,1,0,1,0,1,0"
        in eurosift("report", labelled.recipe, "--by", "html-lang", "--format", "csv").out
    )


@pytest.fixture
def tamper(labelled, edit_footer):
    """Changes the evidence in the footer of the first shard."""
    path = labelled.run_folder / "langid" / "00000.parquet"
    return lambda change: edit_footer(path, lambda footer: change(footer.facts["evidence"]))


def test_shards_of_an_earlier_version_have_no_evidence_and_a_row_of_their_own(labelled, tamper):
    tamper(dict.clear)
    found, rows = table(labelled, "tld")
    assert [row["language"] for row in found.rows[-4:]] == [
        "other", "inactive", "uncounted", "total",
    ]  # fmt: skip
    assert (rows["uncounted"]["documents"], rows["total"]["documents"]) == (3, 8)


def test_macro_languages_agree_with_their_members():
    assert evidence.agrees(evidence.HTML_LANG, "hrv_Latn", "hbs_Latn") is True
    assert evidence.agrees(evidence.HTML_LANG, "slv_Latn", "hbs_Latn") is False


def test_evidence_that_is_not_of_all_rows_is_an_error_not_a_number(labelled, tamper):
    tamper(lambda found: found["tld"]["mlt_Latn"].update(mt=7))
    with pytest.raises(InvariantError, match="langid: `tld` was counted for 13 of 7 rows"):
        layer_totals(labelled.open())


def test_verify_counts_the_evidence_again(labelled, tamper, eurosift):
    """Also where the sum is right."""
    labelled_ok = eurosift("verify", labelled.recipe)
    assert labelled_ok.code == 0, labelled_ok.err
    tamper(lambda found: found["tld"].update(mlt_Latn={"mt": 3}))
    done = eurosift("verify", labelled.recipe)
    assert done.code == 4
    assert "langid/00000.parquet: its ledger is not what its rows say" in done.err


def test_the_index_adds_up_the_same(labelled):
    from eurosift.pipeline import index
    from eurosift.pipeline.run_files import RunFiles

    (direct,) = (t.evidence for t in layer_totals(labelled.open()) if t.evidence)
    index.refresh(labelled.run_folder, ["langid"])
    files = RunFiles(labelled.run_folder, indexed=True)
    assert files.sums("langid", ["00000", "00001"])[1].evidence == direct


def test_the_example_in_the_docstring_runs():
    assert doctest.testmod(evidence) == (0, 1)
