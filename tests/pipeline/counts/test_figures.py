"""Figures and their sums."""

from pathlib import Path

import pytest

from eurosift.pipeline.counts.figures import Sizes, Tokens, tokenizer_name, total


def test_sizes_add_up():
    sizes = Sizes(1, 2, 3, 4, 5)
    sizes.add(Sizes(10, 20, 30, 40, 50))
    assert sizes == Sizes(11, 22, 33, 44, 55)


def test_margins_of_independent_samples_add_up_as_squares():
    figures = [Tokens("t", "s", "sampled", 100, 97, 103), Tokens("t", "s", "sampled", 50, 46, 54)]
    assert total([*figures, Tokens("t", "s", "exact", 10)]) == Tokens(
        "t", "s", "sampled", 160, 155, 165
    )
    unknown = Tokens("e", None, "estimated", None)
    assert total([Tokens("e", None, "estimated", 7), unknown]).count == 7
    assert total([unknown]).count is None


def test_tokenizers_of_several_languages_are_all_named():
    figures = [Tokens("a", "1f", "exact", 7), Tokens("b", "2f", "exact", 8)]
    assert total(figures) == Tokens("a, b", "1f, 2f", "exact", 15)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("gemma/tokenizer.json", "gemma/tokenizer.json"),
        ("x/oellm-256k.json", "oellm-256k.json"),
        ("llama/tokenizer.model", "llama/tokenizer.model"),
    ],
)
def test_a_file_that_is_called_like_all_others_is_named_with_its_folder(path, name):
    assert tokenizer_name(Path("models") / path) == name
