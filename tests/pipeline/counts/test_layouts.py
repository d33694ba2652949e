"""Columns of tables of others."""

from pathlib import PurePath

import pyarrow as pa
import pytest

from eurosift.pipeline.counts.layouts import (
    Labels,
    code_column,
    first_code,
    folder_label,
    layout_of,
    text_column,
)
from eurosift.stages.errors import InputError

FINEWEB2 = ("text", "id", "dump", "url", "date", "file_path", "language", "language_script")
HPLT3 = ("f", "u", "ts", "text", "lang", "prob", "seg_langs", "id", "filter")
HPLT4 = ("f", "u", "text", "openlid_v2", "openlid_v3", "glotlid_v3", "id")


@pytest.mark.parametrize(
    ("names", "language", "script"),
    [
        (FINEWEB2, "language", "language_script"),
        (HPLT3, "lang", None),
        (HPLT4, "openlid_v3", None),
        (("content",), None, None),
    ],
)
def test_layouts_of_others_are_found(names, language, script):
    found = layout_of(names, "x")
    assert (found.language, found.script) == (language, script)
    assert found.text in {"text", "content"}


def test_columns_that_are_named_win_and_must_be_there():
    assert layout_of(("a", "b", "text"), "x", text="a", language="b").columns == ["a", "b"]
    with pytest.raises(InputError, match=r"x: has no column 'z' \(--language-column\).*text"):
        layout_of(("text",), "x", language="z")
    with pytest.raises(InputError, match=r"none of the columns text.*--text-column"):
        layout_of(("body",), "x")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("mlt", "mlt"),
        (["mlt_Latn", "ita_Latn"], "mlt_Latn"),
        ({"lang": ["mlt_Latn"], "prob": [0.9]}, "mlt_Latn"),
        ([], None),
        ({}, None),
        (None, None),
        (7, None),
    ],
)
def test_the_best_code_of_a_value(value, code):
    assert first_code(value) == code


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["mlt", None]),
        pa.array(["mlt", None], pa.large_string()),
        pa.array(["mlt", None]).dictionary_encode(),
        pa.array([["mlt", "ita"], None]),
        pa.array([{"lang": ["mlt"], "prob": [0.5]}, None]),
    ],
    ids=str,
)
def test_columns_of_codes_come_in_many_types(column):
    assert code_column(column).to_pylist() == ["mlt", None]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_texts_become_strings(kind):
    assert text_column(pa.array(["a", None], kind), "x").to_pylist() == ["a", None]


def test_a_text_that_is_none_is_an_error_that_names_the_file():
    with pytest.raises(InputError, match="x: the text is int64"):
        text_column(pa.array([1]), "x")


def labels(codes, scripts=None, folder=None):
    unknown = []
    made = Labels(folder, lambda value, rows: unknown.append((value, rows)))
    of_scripts = None if scripts is None else pa.array(scripts, pa.string())
    return made.of(pa.array(codes, pa.string()), of_scripts).to_pylist(), unknown


def test_every_style_of_a_code_is_one_language():
    codes = ["et", "est", "est_Latn", "ekk_Latn", "__label__et", "Estonian"]
    assert labels(codes) == (["ekk_Latn"] * 6, [])


def test_a_script_of_its_own_column_belongs_to_three_letters():
    found, _ = labels(["srp", "srp", "srp_Latn", None], ["Latn", "Cyrl", "Cyrl", "Latn"])
    assert found == ["srp_Latn", "srp_Cyrl", "srp_Latn", "und"]


def test_what_is_no_code_is_und_and_told_with_its_rows():
    assert labels(["../../etc", "=cmd()", "../../etc", "", None]) == (
        ["und"] * 5,
        [("../../etc", 2), ("=cmd()", 1)],
    )


def test_a_folder_says_what_rows_do_not_and_names_the_bucket_of_its_language():
    assert labels([None, "mt", "it"], folder="mlt_Latn_near")[0] == [
        "mlt_Latn_near",
        "mlt_Latn_near",
        "ita_Latn",
    ]


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("data/mlt_Latn/train-00000.parquet", "mlt_Latn"),
        ("data/mlt_Latn_near/train-00000.parquet", "mlt_Latn_near"),
        ("clean/lav_Latn/10_1.jsonl.zst", "lvs_Latn"),
        ("data/mlt_Latn/train/000_00000.parquet", "mlt_Latn"),
        ("data/mt/x.parquet", None),
        ("mlt_Latn.parquet", None),
    ],
)
def test_labels_of_folders(path, label):
    assert folder_label(PurePath(path)) == label
