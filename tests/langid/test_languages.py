"""The table of languages, and every style in which their codes are written."""

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.langid.languages import (
    EU24,
    LANGUAGES,
    UnknownLanguageError,
    canonical,
    lookup,
    name,
    pattern,
)

CODES = st.sampled_from(sorted(LANGUAGES))


def test_there_are_24_official_languages_sorted_with_three_scripts():
    assert len(EU24) == 24
    assert list(EU24) == sorted(set(EU24))
    assert {code[4:] for code in EU24} == {"Latn", "Cyrl", "Grek"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("et", "ekk_Latn"),
        ("est", "ekk_Latn"),
        ("est_Latn", "ekk_Latn"),
        ("ekk_Latn", "ekk_Latn"),
        ("lav", "lvs_Latn"),
        ("lav_Latn", "lvs_Latn"),
        ("__label__hr", "hrv_Latn"),
        ("__label__hrv_Latn", "hrv_Latn"),
        ("pt-PT", "por_Latn"),
        ("pt_BR", "por_Latn"),
        ("es-419", "spa_Latn"),
        ("de-formal", "deu_Latn"),
        ("sr", "srp_Cyrl"),
        ("sr-Latn-RS", "srp_Latn"),
        ("no", "nob_Latn"),
        ("ca", "cat_Latn"),
        ("uk", "ukr_Cyrl"),
        ("mo", "ron_Latn"),
        ("zh-Hant", "cmn_Hani"),
        ("ger", "deu_Latn"),
        ("MALTESE", "mlt_Latn"),
        (" Slovene ", "slv_Latn"),
        ("hrv-latn", "hrv_Latn"),
        ("xyz", "xyz_Zzzz"),
        ("xyz_Cyrl", "xyz_Cyrl"),
        ("und", "und"),
    ],
)
def test_every_usual_style_is_understood(text, code):
    assert canonical(text) == code


@given(CODES, st.sampled_from(["{}", "__label__{}", " {} "]), st.booleans())
def test_canonical_codes_stay_as_they_are_in_any_dress(code, dress, upper):
    text = dress.format(code.upper() if upper else code)
    assert canonical(text.replace("__LABEL__", "__label__"), known=True) == code


@given(st.text(max_size=12) | st.from_regex(r"[a-z]{2,3}([-_][A-Za-z]{2,4})?", fullmatch=True))
def test_the_result_is_a_fixed_point_or_there_is_an_error(text):
    try:
        code = canonical(text)
    except UnknownLanguageError as error:
        message = str(error)
        code = None
    if code is None:
        assert repr(text) in message
    else:
        assert canonical(code) == code


def test_no_code_is_claimed_by_two_languages():
    claimed: dict[str, str] = {}
    for row in LANGUAGES.values():
        for code in (row.iso639_1, *row.others):
            if code:
                assert claimed.setdefault(code, row.code) == row.code
                assert canonical(code) == row.code


def test_names_are_unique_and_lead_back():
    for code, row in LANGUAGES.items():
        assert canonical(row.name) == code
        assert name(code) == row.name


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("gr", "'el'"),
        ("cz", "'cs'"),
        ("Maltise", "'maltese'"),
        ("hrv_Latin", "'hrv_Latn'"),
        ("mtl", "'mt'"),
    ],
)
def test_a_slip_is_answered_with_what_may_have_been_meant(text, hint):
    with pytest.raises(UnknownLanguageError, match=f"did you mean {hint}"):
        canonical(text, known=True)


@pytest.mark.parametrize("text", ["", "12", "e", "a language", "xx", "__label__", "hr/sr", "\0"])
def test_what_cannot_be_a_code_is_refused(text):
    with pytest.raises(UnknownLanguageError):
        canonical(text)


def test_the_table_costs_the_command_line_nothing_but_the_standard_library():
    program = (
        "import sys; import eurosift.langid.languages;"
        "print([m for m in ('numpy', 'polars', 'pyarrow', 'pydantic', 'yaml', 'regex', 'fasttext')"
        " if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


STYLES = ("{code}", "{three}", "{two}", "{other}", "{name}", "__label__{code}", " {three} ")
TAILS = ("", "-PT", "_419", "-1996", "-Cyrl", "_latn", "-Latn-PT-formal", "x", "_X", "-x")


@given(CODES, st.sampled_from(STYLES), st.sampled_from(TAILS), st.sampled_from(("lower", "upper")))
def test_pattern_matches_what_is_understood_as_one_of_the_languages(code, style, tail, case):
    row = LANGUAGES[code]
    text = style.format(
        code=code,
        three=row.iso639_3,
        two=row.iso639_1,
        other=(*row.others, code)[0],
        name=row.name,
    )
    text += tail
    if not text.startswith("__"):
        text = getattr(text, case)()
    try:
        is_official = canonical(text, known=True) in EU24
    except UnknownLanguageError:
        is_official = False
    assert bool(re.search(pattern(EU24), text)) == is_official


def test_pattern_of_one_language_matches_no_other():
    only = pattern(["mlt_Latn"])
    assert [bool(re.search(only, t)) for t in ("mt", "Maltese", "mlt_Cyrl", "it", "mtx")] == [
        True,
        True,
        False,
        False,
        False,
    ]


@given(st.text() | st.sampled_from(["mt", "et-EE", "xx", "xyz", "srp_Latn", "english"]))
def test_looking_up_is_canonical_without_the_explanation(text):
    for known in (False, True):
        try:
            expected = canonical(text, known=known)
        except UnknownLanguageError:
            expected = None
        assert lookup(text, known=known) == expected


def test_of_a_long_text_that_names_no_language_only_the_beginning_is_told():
    with pytest.raises(UnknownLanguageError) as refused:
        canonical("Malteze " * 100_000)
    assert str(refused.value) == (
        f"'{'Malteze ' * 10}…' is no language code; give one like 'mlt_Latn', 'mlt' or 'mt'"
    )
