"""Stop words are read strictly and looked up by language."""

import json

import pyarrow as pa
import pytest

from eurosift.filters.errors import StopWordsError
from eurosift.filters.stopwords import build_table, derive, load_stop_words


def test_there_is_a_list_for_each_of_the_24_languages():
    lists = load_stop_words()
    assert len(lists) == 24
    assert lists["eng_Latn"] == ("the", "be", "to", "of", "and", "that", "have", "with")
    assert all(len(words) >= 8 for words in lists.values())


def test_own_lists_are_read(tmp_path):
    path = tmp_path / "lists.json"
    path.write_text(json.dumps({"mlt_Latn": ["u", "li", "u"]}))
    assert load_stop_words(path) == {"mlt_Latn": ("u", "li")}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "expected an object"),
        ('{"mlt_Latn": "u"}', "mlt_Latn: expected a list of words"),
        ("[" * 100_000, "cannot be read as JSON"),
        (json.dumps({"mlt_Latn": [f"w{i}" for i in range(32_769)]}), "more than 32768 words"),
        ('{"mlt_Latn": [""]}', "mlt_Latn: expected a list of words"),
    ],
)
def test_errors_name_file_and_language(tmp_path, content, message):
    path = tmp_path / "lists.json"
    path.write_text(content)
    with pytest.raises(StopWordsError, match=message) as caught:
        load_stop_words(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(StopWordsError, match=r"none\.json"):
        load_stop_words(tmp_path / "none.json")


def test_rows_of_labels():
    table = build_table({"mlt_Latn": ("u",), "deu_Latn": ("und",)})
    labels = pa.array(["mlt_Latn", None, "deu_Latn", "other", "fra_Latn"])
    rows = table.rows_for(labels)
    assert [table.languages[row - 1] if row else None for row in rows] == [
        "mlt_Latn",
        None,
        "deu_Latn",
        None,
        "fra_Latn",
    ]
    assert table.has_list[rows].tolist() == [True, False, True, False, False]
    assert table.rows_for(pa.nulls(2)).tolist() == [0, 0]
    assert not build_table({}).has_list.any()


def test_stop_words_are_frequent_in_all_sources_and_small():
    texts = [
        ("mlt_Latn", "a", "Il-kelb u l-qattus ta’ Malta u l-baħar u, u 7 7 7 7"),
        ("mlt_Latn", "b", "u u u l-gżira ta' il-kelb"),
        ("fra_Latn", "a", "l'eau l'air L'homme Paris Paris Paris"),
    ]
    derived = derive(texts, share=0.14, fewest=1)
    assert derived == {"fra_Latn": ("l'",), "mlt_Latn": ("u", "l-")}
    assert derive(texts, share=0.9, fewest=3)["mlt_Latn"] == ("u", "l-", "kelb")


def test_shipped_words_are_tokens_of_their_language():
    from eurosift.filters.tokens import tokens

    for language, words in load_stop_words().items():
        for word in words:
            text = f"{word}Kelb" if word.endswith("'") else f"{word} Kelb"
            assert tokens(text, language)[0] == word, (language, word)
