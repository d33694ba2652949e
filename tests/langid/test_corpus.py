"""Training lines: capped, cut, shuffled by hashes, and never of the evaluation text."""

# Languages in other scripts look like Latin by nature.

import polars as pl
import pytest

from eurosift.langid.corpus import NOT_LANGUAGE, digest, lines, phrases, spans, transliterate
from eurosift.langid.errors import TrainingError
from eurosift.langid.normalise import normalise
from eurosift.langid.recipe import load_recipe

SERBIAN = "Сва људска бића рађају се слободна"


def recipe(**changes):
    sources = [
        {"name": "one", "unit": "sent", "licence": "CC0-1.0", "origin": "made", "cap": 3},
        {"name": "two", "unit": "ui", "licence": "CC0-1.0", "origin": "made", "cap": 3},
    ]
    values = load_recipe().model_dump() | {
        "known_words": None,
        "sources": sources,
        "languages": "deu_Latn ekk_Latn srp_Cyrl srp_Latn",
        "boost": {},
        "leave_out": {},
        "not_language": 4,
        "mojibake": 0,
        "spans": [{"min_words": 8, "shortest": 2, "longest": 6}],
    }
    return type(load_recipe()).model_validate(values | changes)


@pytest.fixture
def folder(tmp_path):
    def write(one, two=()):
        for name, rows in (("one", one), ("two", two)):
            frame = pl.DataFrame(list(rows), schema=["lang", "text"], orient="row")
            frame.write_parquet(tmp_path / f"{name}.parquet")
        return tmp_path

    return write


def german(n):
    return [("de", f"Dies ist der Satz {'ab' * k} von vielen") for k in range(1, n + 1)]


def texts(found, language):
    return [line.text for line in found if line.language == language]


def test_a_source_gives_no_more_lines_than_its_cap(folder):
    found = lines(folder(german(10)), recipe(), frozenset())
    assert len(texts(found, "deu_Latn")) == 3
    found = lines(folder(german(10)), recipe(boost={"deu_Latn": 2}), frozenset())
    assert len(texts(found, "deu_Latn")) == 6


def test_the_order_of_the_rows_of_a_source_changes_nothing(folder):
    rows = [
        *german(10),
        ("et", "Kõik inimesed sünnivad vabadena"),
        ("est", "Tere hommikust kõigile"),
    ]
    assert lines(folder(rows), recipe(), frozenset()) == lines(
        folder(rows[::-1]), recipe(), frozenset()
    )


def test_evaluation_text_is_left_out_whole_and_in_part(folder):
    whole, part = "Das ist ganz genau der Text", "eins zwei drei vier fünf sechs sieben acht"
    kept = "eins zwei drei vier fünf sechs sieben neun"
    evaluation = [whole, f"Vorher {part}, nachher."]
    avoid = frozenset(p for text in evaluation for p in phrases(normalise(text), 8))
    rows = [("de", whole + "!"), ("de", f"Noch einmal {part}"), ("de", kept)]
    assert texts(lines(folder(rows), recipe(), avoid), "deu_Latn") == [kept]


def test_text_under_two_labels_is_left_out(folder):
    both = "Internet Protokoll"
    found = lines(folder([("de", both)], [("et", both)]), recipe(), frozenset())
    assert both.lower() not in {line.text for line in found}


def test_text_goes_to_the_label_of_its_script_or_nowhere(folder):
    rows = [("sr", SERBIAN), ("de", "Европейский союз"), ("sr", "Evo nas u Beogradu")]
    found = lines(folder(rows), recipe(transliterate={}), frozenset())
    assert texts(found, "srp_Cyrl") == [SERBIAN.lower()]
    assert texts(found, "srp_Latn") == ["evo nas u beogradu"]
    assert texts(found, "deu_Latn") == []


def test_serbian_in_cyrillic_teaches_serbian_in_latin(folder):
    found = lines(folder([("sr", SERBIAN)]), recipe(), frozenset())
    assert texts(found, "srp_Latn") == ["sva ljudska bića rađaju se slobodna"]
    assert transliterate("њ ђ џ") == "nj đ dž"


def test_sources_left_out_for_a_label_give_it_nothing(folder):
    found = lines(folder(german(3)), recipe(leave_out={"deu_Latn": ("one",)}), frozenset())
    assert texts(found, "deu_Latn") == []


def test_lines_that_are_no_language_are_made(folder):
    found = lines(folder([]), recipe(), frozenset())
    assert len(texts(found, NOT_LANGUAGE)) == 4


def test_a_span_is_a_short_run_of_the_words_of_a_long_line():
    words = "a b c d e f g h i j"
    for k in range(50):
        line = f"{words} {'x' * k}y"
        (cut,) = spans(line, recipe())
        assert cut in line
        assert 2 <= len(cut.split()) <= 6
        assert [cut] == list(spans(line, recipe()))
    assert list(spans("too short for it", recipe())) == []


def test_a_line_gives_a_span_of_each_kind_that_it_is_long_enough_for():
    kinds = [
        {"min_words": 3, "shortest": 2, "longest": 2},
        {"min_words": 5, "shortest": 4, "longest": 4},
    ]
    for text, expected in (("a b c d", [2]), ("a b c d e", [2, 4])):
        found = spans(text, recipe(spans=kinds))
        assert [len(cut.split()) for cut in found] == expected


def test_lines_in_other_scripts_are_also_given_in_a_wrong_encoding(folder):
    found = lines(folder(german(3)), recipe(mojibake=9, not_language=0), frozenset())
    assert texts(found, NOT_LANGUAGE) == []
    rows = [("bg", f"Езикът е средство за общуване номер {word}") for word in ("един", "две")]
    options = {"languages": ("bul_Cyrl",), "transliterate": {}}
    found = lines(folder(rows), recipe(mojibake=1, **options), frozenset())
    wrong = [text for text in texts(found, NOT_LANGUAGE) if "ðµð·" in text or "рµр·" in text]
    assert len(wrong) == 2


def test_rows_without_text_or_label_are_left_out(folder):
    rows = german(2)
    found = lines(folder([*rows, ("de", None), (None, "Noch ein Satz")]), recipe(), frozenset())
    assert found == lines(folder(rows), recipe(), frozenset())


def test_a_damaged_source_is_named(folder):
    path = folder(german(3)) / "one.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(TrainingError, match=r"one\.parquet: not a Parquet file of text: "):
        lines(path.parent, recipe(), frozenset())


def test_digests_differ_by_key():
    assert digest("text", "a") != digest("text", "b")
