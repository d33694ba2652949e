"""How labels are measured, and what the embedded model must reach."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.langid.decide import Decider
from eurosift.langid.evaluate import (
    Confusion,
    best_labels,
    confusions,
    length_classes,
    mistakes,
    said,
    score,
)
from eurosift.langid.labelled import Selection, read_labelled
from eurosift.langid.languages import EU24
from eurosift.langid.thresholds import load_thresholds

DATA = Path(__file__).parents[3] / "shared/data/lid/eval/lid_eval.parquet"
LABELS = ["hrv_Latn", "deu_Latn", "mlt_Latn", "gsw_Latn", "other"]
ANSWERS = ["hrv_Latn", "deu_Latn", "fra_Latn", "gsw_Latn", "unsure", "no_letters"]


def counted(*pairs):
    labels, answers = zip(*pairs, strict=True)
    return confusions(pl.Series(labels), pl.Series(answers))


def test_scores_by_hand():
    found = score(
        counted(
            ("hrv_Latn", "hrv_Latn"), ("hrv_Latn", "unsure"), ("deu_Latn", "deu_Latn"),
            ("deu_Latn", "deu_Latn"), ("gsw_Latn", "deu_Latn"), ("gsw_Latn", "bar_Latn"),
            ("other", "zxx"), ("other", "no_letters"),
        )
    )  # fmt: skip
    assert (found.n, found.n_other, found.false_positive_rate) == (8, 4, 0.25)
    german, croatian = found.languages
    assert german == ("deu_Latn", 2, 4 / 5, 2 / 3, 1.0, (), (("gsw_Latn", 1),))
    assert croatian == ("hrv_Latn", 2, 2 / 3, 1.0, 0.5, (("unsure", 1),), ())
    assert found.macro_f1 == pytest.approx(11 / 15)
    assert found.worst == croatian


def test_macro_f1_is_over_languages_that_occur_but_others_are_shown():
    found = score(counted(("deu_Latn", "deu_Latn"), ("gsw_Latn", "nld_Latn")))
    assert found.macro_f1 == 1
    assert [language[:5] for language in found.languages] == [
        ("deu_Latn", 1, 1.0, 1.0, 1.0),
        ("nld_Latn", 0, None, 0.0, None),
    ]


def test_nothing_is_divided_by_nothing():
    only_other = score(counted(("other", "unsure")))
    assert (only_other.macro_f1, only_other.false_positive_rate, only_other.worst) == (
        None,
        0,
        None,
    )
    assert score(counted(("deu_Latn", "unsure"))).false_positive_rate is None
    assert score([]) == (0, 0, None, None, ())


def test_a_mistake_is_one_that_a_language_of_the_24_suffers_from():
    pairs = counted(
        ("gsw_Latn", "bar_Latn"), ("other", "unsure"), ("deu_Latn", "deu_Latn"),
        ("deu_Latn", "unsure"), ("gsw_Latn", "deu_Latn"), ("gsw_Latn", "deu_Latn"),
    )  # fmt: skip
    assert mistakes(pairs) == [("gsw_Latn", "deu_Latn", 2), ("deu_Latn", "unsure", 1)]


@given(st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(ANSWERS)), min_size=1))
def test_every_text_is_counted_once_and_scores_are_shares(pairs):
    found = score(counted(*pairs))
    assert found.n == len(pairs) == found.n_other + sum(x.n for x in found.languages)
    for language in found.languages:
        for share in (language.f1, language.precision, language.recall):
            assert share is None or 0 <= share <= 1
        missed = sum(n for _, n in language.missed)
        assert language.n == missed + pairs.count((language.language, language.language))
    assert sum(pair.n for pair in confusions(*map(pl.Series, zip(*pairs, strict=True)))) == found.n


def test_what_a_text_is_taken_for(model):
    texts = [
        "Die Europäische Union hat vierundzwanzig Amtssprachen.",
        "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar.",
        "12:30 🙂",
        "",
    ]
    texts = pl.Series(texts)
    found = best_labels(texts, Decider(model, EU24, lambda _: 0.0, segments=False))
    assert found["language"].to_list() == ["deu_Latn", "tur_Latn", "und", "und"]
    assert said(found).to_list() == ["deu_Latn", "tur_Latn", "no_letters", "no_letters"]
    unsure = best_labels(texts, Decider(model, EU24, lambda _: 1.0, segments=False))
    assert said(unsure).to_list()[:2] == ["unsure", "tur_Latn"], "other languages keep their name"


def test_lengths_are_in_characters_and_sort():
    texts = ["x" * n for n in (0, 49, 50, 99, 100, 199, 200, 499, 500, 9000)]
    classes = length_classes(pl.Series(["é" * 49, *texts]))
    assert classes[0] == classes[1] == "under 50"
    assert classes[1:].to_list()[::2] == classes[2:].to_list()[::2]
    assert classes.unique().sort().to_list() == [
        "under 50", "50 to 99", "100 to 199", "200 to 499", "500 or more",
    ]  # fmt: skip


def test_confusions_come_most_frequent_first_then_by_label():
    pairs = counted(("b", "x"), ("a", "y"), ("a", "x"), ("b", "y"), ("b", "y"))
    assert pairs == [
        Confusion("b", "y", 2), Confusion("a", "x", 1), Confusion("a", "y", 1),
        Confusion("b", "x", 1),
    ]  # fmt: skip


@pytest.mark.skipif(not DATA.exists(), reason=f"no evaluation text at {DATA}")
def test_the_embedded_model_keeps_its_quality_on_paragraphs(model):
    only = {"domain": ["ud-para", "page"], "suspect": ["false"]}
    rows = read_labelled(DATA, Selection(language="lang", only=only)).gather_every(3)
    decide = Decider(model, EU24, load_thresholds().of, segments=False)
    found = score(confusions(rows["label"], said(best_labels(rows["text"], decide))))
    assert found.n > 2_000
    assert found.macro_f1 >= 0.97
    assert found.false_positive_rate <= 0.03
