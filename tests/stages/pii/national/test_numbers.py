from __future__ import annotations

from eurosift.stages.pii.national.numbers import BY_NAME, NUMBERS, is_card


def test_names_are_of_one_number_and_tell_its_state():
    assert len(BY_NAME) == len(NUMBERS)
    assert BY_NAME["pl.pesel"].country == "PL"
    assert BY_NAME["card"].country == ""


def test_what_a_number_has_decides_how_loosely_it_may_be_written():
    assert BY_NAME["it.codice_fiscale"].has_letters
    assert not BY_NAME["pl.pesel"].has_letters
    assert BY_NAME["pl.pesel"].may_be_loose
    for name in ("fi.hetu", "gr.identity_card", "vat"):  # marks; no check; a company's
        assert not BY_NAME[name].may_be_loose


def test_a_card_is_of_an_issuer_and_has_the_right_digit():
    assert is_card("4111111111111111")
    assert not is_card("4111111111111112")
    assert not is_card("9111111111111111")
