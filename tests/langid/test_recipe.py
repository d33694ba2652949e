"""The recipe of the embedded model."""

import pytest
from pydantic import ValidationError

from eurosift.langid.languages import EU24, canonical
from eurosift.langid.recipe import WORDS, Recipe, load_recipe


def test_the_labels_are_canonical_and_hold_the_24():
    languages = load_recipe().languages
    assert set(EU24) <= set(languages)
    assert len(set(languages)) == len(languages)
    assert all(canonical(code, known=True) == code for code in languages)


def test_no_source_is_under_share_alike_or_non_commercial_terms():
    for source in load_recipe().sources:
        assert not {"SA", "NC"} & set(source.licence.split("-")), source.name


def test_training_uses_one_thread_because_more_would_not_be_reproducible():
    assert load_recipe().fasttext["thread"] == 1


def test_unknown_settings_are_refused(tmp_path):
    path = tmp_path / "recipe.yaml"
    path.write_text("version: 1\ncolour: blue\n")
    with pytest.raises(ValidationError, match="colour"):
        load_recipe(path)


def test_known_words_need_lists():
    recipe = load_recipe().model_dump()
    recipe["sources"] = [s for s in recipe["sources"] if s["unit"] != WORDS]
    with pytest.raises(ValidationError, match="name a source of unit `words`"):
        Recipe.model_validate(recipe)
    assert Recipe.model_validate(recipe | {"known_words": None}).known_words is None


@pytest.mark.parametrize("factors", [{}, {20: [1, 0.5]}, {20: [1, 0.5, 0.1, 0.1], 50: [1, 0.5]}])
def test_known_words_have_a_factor_for_each_level(factors):
    recipe = load_recipe().model_dump()
    recipe["known_words"] |= {"shares": [0.2, 0.01], "factors": factors}
    with pytest.raises(ValidationError, match=r"known_words"):
        Recipe.model_validate(recipe)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"spans": [{"min_words": 6, "shortest": 4, "longest": 3}]}, "a span is part of a line"),
        ({"spans": [{"min_words": 3, "shortest": 2, "longest": 4}]}, "a span is part of a line"),
        ({"languages": ""}, "languages"),
        ({"languages": "hr mlt_Latn"}, "'hr' is to be written 'hrv_Latn'"),
        ({"languages": "mlt_Latn gr"}, "'gr' is no language code; did you mean 'el'"),
        ({"languages": "mlt_Latn mlt_Latn"}, "languages: 'mlt_Latn' is there twice"),
        ({"word_lists": {"but": "en"}}, "'en' is to be written 'eng_Latn'"),
        ({"sources": []}, "sources"),
        ({"boost": {"hr": 2}}, "boost: 'hr' is none of `languages`"),
        ({"boost": {"hrv_Latn": 0}}, "boost.hrv_Latn"),
        ({"leave_out": {"hr": ["cldr"]}}, "leave_out: 'hr' is none of `languages`"),
        ({"leave_out": {"hrv_Latn": ["nosuch"]}}, "leave_out: 'nosuch' is none of `sources`"),
        ({"transliterate": {"srp_Cyrl": "sr"}}, "transliterate: 'sr' is none of `languages`"),
        ({"min_letters": -1}, "min_letters"),
        ({"max_chars": 0}, "max_chars"),
        ({"overlap_words": 0}, "overlap_words"),
    ],
)
def test_what_makes_no_sense_or_no_difference_is_refused(changes, message):
    """Each ended training with a traceback, or gave a model that was not the one that was meant."""
    with pytest.raises(ValidationError, match=message):
        Recipe.model_validate(load_recipe().model_dump() | changes)


def test_a_source_is_there_once():
    recipe = load_recipe().model_dump()
    recipe["sources"] = [*recipe["sources"], recipe["sources"][0]]
    with pytest.raises(ValidationError, match=r"sources: '.*' is there twice"):
        Recipe.model_validate(recipe)
