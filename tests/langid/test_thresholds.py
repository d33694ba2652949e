"""Tables of thresholds."""

import pytest

from eurosift.langid.errors import ModelError
from eurosift.langid.languages import EU24
from eurosift.langid.model import digest
from eurosift.langid.thresholds import (
    Thresholds,
    canonical_keys,
    dump_thresholds,
    load_thresholds,
)


def test_the_embedded_table_has_a_threshold_for_each_of_the_24():
    table = load_thresholds()
    assert set(table.languages) == set(EU24)
    assert all(0.3 <= table.of(code) < 0.8 for code in EU24)


def test_languages_that_are_not_in_the_table_get_the_default():
    table = Thresholds(default=0.4, languages={"et": 0.6})
    assert (table.of("ekk_Latn"), table.of("fra_Latn")) == (0.6, 0.4)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"Klingon": 0.5}, "'Klingon' is no language code"),
        ({"et": 0.5, "ekk_Latn": 0.6}, "ekk_Latn has a threshold already"),
        ({"et": 1.5}, "must be within 0 and 1"),
        ({"et": float("nan")}, "must be within 0 and 1"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(table, message):
    with pytest.raises(ValueError, match=message):
        canonical_keys(table)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("default: 2\n", "default: should be less than or equal to 1"),
        (
            "version: 1\ndefault: 0.5\nlangs: {}\n",
            "langs: unknown key; a table has version, model,",
        ),
        ("default: 0.5\nlanguages: {xq: 0.3}\n", "languages: 'xq' is no language code"),
        ("- a\n", "a table has `default`, and `languages`"),
        ("a: [\n", ""),
        ("", "a table has `default`"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_name_and_says_why(tmp_path, content, message):
    path = tmp_path / "table.yaml"
    path.write_text(content)
    with pytest.raises(ModelError, match=r"table\.yaml.*: not a table of thresholds") as refused:
        load_thresholds(path)
    assert message in str(refused.value)
    assert "pydantic" not in str(refused.value)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"nowhere\.yaml: cannot read"):
        load_thresholds(tmp_path / "nowhere.yaml")


def test_a_table_is_read_as_it_was_written(tmp_path):
    table = Thresholds(
        version=3, model="m", model_sha256="ab", text="t.tsv", text_sha256="cd",
        target_precision=0.99, other_share=0.3, default=0.5,
        fallbacks={"hrv_Latn": "best_f1"}, languages={"hr": 0.25, "mt": 0.5},
        short={20: 0.9, 30: 0.6}, short_but=("hr",),
    )  # fmt: skip
    path = tmp_path / "table.yaml"
    path.write_text(dump_thresholds(table))
    assert load_thresholds(path) == table
    least = Thresholds(default=0.5)
    assert "version: 1\ndefault: 0.5\n" in dump_thresholds(least)


def test_a_table_for_another_model_is_refused():
    table = Thresholds(model="eu24-1", model_sha256="ab" * 32, default=0.5)
    table.check_model(["cd" * 32, "ab" * 32], "table.yaml")
    with pytest.raises(ModelError, match=r"table\.yaml: .*eu24-1 \(abababababab…\).*cdcdcd"):
        table.check_model(["cd" * 32], "table.yaml")
    assert Thresholds(default=0.5).is_for("cd" * 32)


def test_the_embedded_table_is_for_the_embedded_model():
    assert load_thresholds().is_for(digest(None))


def test_what_is_asked_of_short_texts_comes_with_the_table():
    table = Thresholds(default=0.5, short={30: 0.6, 20: 0.9}, short_but=("hr",))
    assert table.short_texts() == ((20, 30), (0.9, 0.6), {"hrv_Latn"})
    assert table.short_texts("mlt_Latn").but == {"hrv_Latn", "mlt_Latn"}
    assert Thresholds(default=0.5).short_texts() == ((), (), frozenset())


def test_the_embedded_table_asks_more_of_shorter_texts():
    short = load_thresholds().short_texts()
    assert short.lengths
    assert sorted(short.scores, reverse=True) == list(short.scores)
