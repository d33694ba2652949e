from __future__ import annotations

import pytest

from eurosift.stages.pii.national import checks

VALID = [
    (checks.at_svnr, "1237010180"),
    (checks.be_rrn, "85073003328"),
    (checks.be_rrn, "17073003384"),
    (checks.de_identity_card, "T220001293"),
    (checks.de_pension, "15070649C103"),
    (checks.fr_nir, "185057800608491"),
    (checks.hu_tax, "8071592153"),
    (checks.lu_matricule, "1893120105732"),
    (checks.pl_identity_card, "ABS123456"),
    (checks.se_personal, "196408233234"),
    (checks.se_personal, "6408233234"),
]


@pytest.mark.parametrize(("check", "number"), VALID)
def test_published_examples_are_valid_and_one_digit_off_is_not(check, number):
    assert check(number)
    last = str((int(number[-1]) + 1) % 10)
    assert not check(number[:-1] + last)


@pytest.mark.parametrize(
    ("check", "number"),
    [
        (checks.at_svnr, "1234324380"),
        (checks.be_rrn, "85133003328"),
        (checks.dk_cpr, "3113901234"),
        (checks.hu_personal, "11332018760"),
        (checks.lu_matricule, "1893130105732"),
        (checks.lv_personal, "40003245752"),
        (checks.fr_nir, "385057800608491"),
        (checks.se_personal, "6413233234"),
        (checks.unchecked, "00012345M"),
    ],
)
def test_impossible_dates_and_kinds_are_refused(check, number):
    assert not check(number)


def test_days_are_those_of_the_calendar_not_of_today():
    assert checks.dk_cpr("2902004000")
    assert not checks.dk_cpr("2902014000")
    assert checks.dk_cpr("0101994999")
