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
