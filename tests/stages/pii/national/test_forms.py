from __future__ import annotations

import re

from eurosift.stages.pii.national.forms import compact, of_shape, shape
from eurosift.stages.pii.national.numbers import BY_NAME, NUMBERS


def test_a_shape_has_a_sign_for_every_character():
    assert shape("Nr. 12\u00a034\u201356/Äx\n") == "Aa. 99 99-99/?a|"


def test_what_is_looked_up_by_shape_is_all_that_is_written_so():
    names = {number.name for number, _ in of_shape("99999999999")}
    assert {"pl.pesel", "hr.oib", "ee.isikukood", "lt.asmens_kodas", "de.idnr"} <= names
    assert dict(of_shape("999999-9999"))[BY_NAME["dk.cpr"]] == "official"
    assert dict(of_shape("9999999999"))[BY_NAME["dk.cpr"]] == "usual"


def test_official_forms_are_forms():
    for number in NUMBERS:
        for form in filter(None, number.official.split("|")):
            if set(form) <= set("9A{}0123456789 -/"):
                example = re.sub(r"([9A])\{(\d+)\}", lambda m: m[1] * int(m[2]), form)
                assert dict(of_shape(example))[number] == "official", (number.name, form)


def test_compact_keeps_what_belongs_to_the_number():
    assert compact("800101/1238") == "8001011238"
    assert compact("131052\u2013308t", "-+") == "131052-308T"


def test_any_groups_of_the_right_length_are_a_loose_form():
    assert dict(of_shape("99 99 99 9999"))[BY_NAME["bg.egn"]] == "loose"
    assert dict(of_shape("AAAA AA99 A99A 999A"))[BY_NAME["it.codice_fiscale"]] == "loose"
    assert BY_NAME["bg.egn"] not in dict(of_shape("99 99 99 999"))
    for written in ("999999-999A", "99 99?99 9999", "99|99999999"):
        assert "loose" not in dict(of_shape(written)).values()
