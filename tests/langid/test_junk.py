"""Lines of letters that are no language."""

from eurosift.langid.junk import mojibake, no_language
from eurosift.langid.normalise import normalise


def test_the_lines_are_many_different_and_always_the_same():
    made = no_language("seed", 400)
    assert made == no_language("seed", 400)
    assert made != no_language("other", 400)
    assert len(set(made)) == 400
    assert sum(bool(normalise(line)) for line in made) > 390


def test_mojibake_is_what_two_legacy_code_pages_make_of_a_line():
    assert list(mojibake(["да"])) == ["Ð´Ð°", "РґР°"]
