"""Words of lists are counted where they stand as words, in the language of the text."""

import pyarrow as pa
import pytest

from eurosift.filters.errors import ListError
from eurosift.filters.word_lists import count_words, load_word_lists
from eurosift.langid.languages import canonical

LISTS = {"deu_Latn": ("böse", "sehr böse"), "ell_Grek": ("κακό",)}


def counted(*rows):
    texts, languages = zip(*rows, strict=True)
    found = count_words(LISTS, pa.array(texts, pa.string()), pa.array(languages, pa.string()))
    return list(zip(found.counts.to_pylist(), found.words.to_pylist(), strict=True))


def test_whole_words_are_counted_whatever_their_case():
    assert counted(
        ("Böse, BÖSE und böser; «böse»", "deu_Latn"),
        ("sehr böse", "deu_Latn"),
        ("ΚΑΚΌ κακός", "ell_Grek"),
        ("x" * 50, "deu_Latn"),
        ("", "deu_Latn"),
    ) == [
        (3, ["böse"]),
        (2, ["sehr böse", "böse"]),
        (1, ["κακό"]),
        (0, []),
        (0, []),
    ]


def test_languages_without_a_list_and_absent_texts_are_unknown():
    assert counted(("böse", "mlt_Latn"), ("böse", None), (None, "deu_Latn")) == [(None, None)] * 3


def test_a_letter_in_another_script_is_no_end_of_a_word():
    assert counted(("жböse böseж 1böse böse_ -böse-", "deu_Latn")) == [(2, ["böse"])]


def test_a_folder_is_read_by_the_names_of_its_files(tmp_path):
    (tmp_path / "de").write_text("Böse\n\n böse \nsehr böse\n", "utf-8")
    (tmp_path / "mlt.txt").write_text("ħażin", "utf-8")
    (tmp_path / "README.md").write_text("x")
    assert load_word_lists(tmp_path, canonical) == {
        "deu_Latn": ("böse", "sehr böse"),
        "mlt_Latn": ("ħażin",),
    }


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "no file in it that is named by a language"),
        ({"de": b"x", "deu": b"y"}, "deu_Latn has a list already"),
        ({"de": b"\xff"}, "de: cannot be used"),
        ({"klingon": b"x"}, "no file in it that is named by a language"),
        ({"de": b"\n \n"}, "de: there is no word in it"),
    ],
)
def test_folders_that_are_wrong_are_told(tmp_path, files, message):
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ListError, match=message):
        load_word_lists(tmp_path, lambda code: canonical(code, known=True))


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(ListError, match="no folder of word lists"):
        load_word_lists(tmp_path / "none", canonical)
