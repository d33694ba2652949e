"""Labels of two models that mean the same agree."""

import pytest

from eurosift.langid.agreement import agree, agreement
from eurosift.langid.languages import canonical


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("__label__hrv_Latn", "__label__hr", True),
        ("ekk_Latn", "__label__et", True),
        ("nob_Latn", "__label__no", True),
        ("nno_Latn", "__label__no", False),
        ("srp_Latn", "__label__sr", True),
        ("srp_Latn", "__label__srp_Cyrl", True),
        ("hrv_Latn", "__label__sh", True),
        ("__label__sh", "bos_Latn", True),
        ("hrv_Latn", "__label__bs", False),
        ("hrv_Latn", "__label__sr", False),
        ("slv_Latn", "__label__sh", False),
        ("cmn_Hani", "__label__zho_Hans", True),
        ("mlt_Latn", "und", False),
    ],
)
def test_styles_scripts_and_macro_languages_do_not_matter(first, second, same):
    assert agree(canonical(first), canonical(second)) is same
    assert agree(canonical(second), canonical(first)) is same


def test_the_table_holds_every_pair_and_no_agreement_with_no_label():
    table = agreement(["deu_Latn", "hrv_Latn"], ["hbs_Latn", "deu_Latn", "zxx"])
    assert table.tolist() == [
        [False, True, False, False],
        [True, False, False, False],
        [False, False, False, False],
    ]
    assert not table[-1].any()
    assert not table[:, -1].any()
