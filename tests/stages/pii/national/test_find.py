from __future__ import annotations

import pytest


@pytest.fixture
def numbers(found):
    return lambda text, language=None, tld=None: [
        (m.detector, text[m.start : m.end]) for m in found(text, language, tld)
    ]


@pytest.mark.parametrize(
    ("text", "detector"),
    [
        ("RSSMRA85M01H501Q", "it.codice_fiscale"),
        ("131052-308T", "fi.hetu"),
        ("12345678-Z", "es.dni"),
        ("12.345.678-Z", "es.dni"),
        ("X-1234567-L", "es.nie"),
        ("1893120105732", "lu.matricule"),
    ],
)
def test_a_distinctive_shape_needs_its_check_only(numbers, text, detector):
    for language in (None, "pol_Latn"):
        assert numbers(f"so {text}, ok", language) == [(detector, text)]


@pytest.mark.parametrize(
    ("language", "text", "detector"),
    [
        ("ces_Latn", "800101/1238", "cz.rc"),
        ("slk_Latn", "800101/1238", "sk.rc"),
        ("dan_Latn", "010190-1234", "dk.cpr"),
        ("swe_Latn", "640823-3234", "se.personnummer"),
        ("fra_Latn", "1 85 05 78 006 084 91", "fr.nir"),
        ("fin_Latn", "261291-0075", "fi.hetu"),
    ],
)
def test_official_separators_are_evidence_at_home(numbers, language, text, detector):
    assert numbers(f"so {text}, ok", language) == [(detector, text)]
    assert numbers(f"so {text}, ok", "mlt_Latn") == []
    assert numbers(f"order {text}", language) == []


@pytest.mark.parametrize(
    ("language", "text", "detector"),
    [
        ("pol_Latn", "44051401359", "pl.pesel"),
        ("nld_Latn", "111222333", "nl.bsn"),
        ("hrv_Latn", "33392005961", "hr.oib"),
        ("bul_Cyrl", "7523169263", "bg.egn"),
    ],
)
def test_bare_digits_need_a_word(numbers, language, text, detector):
    assert numbers(f"so {text}, ok", language) == []
    words = {"pl.pesel": "PESEL", "nl.bsn": "BSN", "hr.oib": "OIB", "bg.egn": "ЕГН"}
    for where in (language, "eng_Latn", None):
        assert numbers(f"{words[detector]}: {text}", where) == [(detector, text)]


def test_cards_need_grouping_or_a_word(numbers):
    assert numbers("4111 1111 1111 1111") == [("card", "4111 1111 1111 1111")]
    assert numbers("4111111111111111") == []
    assert numbers("credit card 4111111111111111") == [("card", "4111111111111111")]
    assert numbers("4111 1111 1111 1112") == []
    assert numbers("card 9111111111111111") == []


@pytest.mark.parametrize(
    "text",
    [
        "PESEL 440514013590",
        "PESEL 1.44051401359",
        "PESEL 44051401359,5",
        "PESEL 44051401358",
        "12345678z",
        "DNI x12345678Z",
    ],
)
def test_parts_of_other_numbers_and_wrong_ones_are_left(numbers, text):
    assert numbers(text, "pol_Latn") == []


@pytest.mark.parametrize(
    ("language", "word", "number"),
    [
        ("dan_Latn", "cpr", "010190 - 1234"),
        ("slk_Latn", "rodné číslo", "800101 / 1238"),
        ("ces_Latn", "rodné číslo", "800101-1238"),
        ("fra_Latn", "NIR", "1 85 05 78 006 084 / 91"),
        ("fra_Latn", "NIR", "1 85 05 78 006 084-91"),
        ("deu_Latn", "SVNR", "4709 16 08 94"),
    ],
)
def test_unofficial_separators_need_a_word(numbers, language, word, number):
    assert [written for _, written in numbers(f"{word} {number}, ok", language)] == [number]
    assert numbers(f"so {number}, ok", language) == []


@pytest.mark.parametrize("number", ["1893 1201 05732", "1893 12 01 05732", "18931201 057 32"])
def test_a_date_with_two_checks_may_be_grouped_in_any_way(numbers, number):
    assert numbers(f"so {number}, ok", "fra_Latn") == [("lu.matricule", number)]


@pytest.mark.parametrize(
    ("label", "number", "detector"),
    [
        ("PESEL", "44051401359", "pl.pesel"),
        ("ЕГН", "7523169263", "bg.egn"),
        ("DNI", "12345678Z", "es.dni"),
        ("CPR", "010190-1234", "dk.cpr"),
    ],
)
def test_a_label_may_be_glued_to_its_number(numbers, label, number, detector):
    assert numbers(f"so {label}{number}, ok") == [(detector, number)]
    assert numbers(f"so XYZ{number}, ok") == []


@pytest.mark.parametrize("behind", [" 09/27", " 09/2027", ";5", "|12", " | 3"])
def test_a_card_may_have_its_expiry_or_another_cell_behind_it(numbers, behind):
    assert numbers(f"4420 5261 1114 4059{behind}") == [("card", "4420 5261 1114 4059")]


@pytest.mark.parametrize("behind", [" 09", " 09/27/5", ",5", " 4059"])
def test_a_card_is_no_part_of_a_row_of_numbers(numbers, behind):
    assert ("card", "4420 5261 1114 4059") not in numbers(f"4420 5261 1114 4059{behind}")


def test_a_label_of_a_telephone_number_speaks_of_no_person(numbers):
    number = "0701211684"
    found = numbers(f"personnummer 811228-9874, mobil {number}", "swe_Latn")
    assert found[-1] == ("phone_national", number)
    found = numbers(f"mobil 070-121 16 84, personnummer {number}", "swe_Latn")
    assert found[-1] != ("phone_national", number)


@pytest.mark.parametrize(
    ("language", "text", "detector"),
    [
        ("bul_Cyrl", "75 23 16 9263", "bg.egn"),
        ("bul_Cyrl", "752316-9263", "bg.egn"),
        ("pol_Latn", "440514\u00a001359", "pl.pesel"),
        ("ces_Latn", "80 01 01 1238", "cz.rc"),
        ("spa_Latn", "12 345 678 Z", "es.dni"),
        ("spa_Latn", "12.345.678.Z", "es.dni"),
        ("spa_Latn", "X-1.234.567-L", "es.nie"),
        ("spa_Latn", "X.1234567.L", "es.nie"),
        ("ita_Latn", "RSS MRA 85M01 H501Q", "it.codice_fiscale"),
        ("ita_Latn", "RSSMRA 85 M 01 H501 Q", "it.codice_fiscale"),
        ("ita_Latn", "RSS\u00a0MRA\u00a085M01\u00a0H501Q", "it.codice_fiscale"),
        ("fra_Latn", "1-85-05-78-006-084-91", "fr.nir"),
        ("fra_Latn", "1 85 05 78 006 084 clé 91", "fr.nir"),
        ("nld_Latn", "111-222-333", "nl.bsn"),
    ],
)
def test_words_speak_for_numbers_in_any_groups(numbers, language, text, detector):
    words = {
        "bg.egn": "ЕГН",
        "pl.pesel": "PESEL",
        "cz.rc": "r. č.",
        "es.dni": "DNI",
        "nl.bsn": "BSN",
    }
    words |= {"es.nie": "NIE", "it.codice_fiscale": "C.F.", "fr.nir": "n° de sécurité sociale"}
    assert numbers(f"{words[detector]}: {text}.", language) == [(detector, text)]
    if detector != "it.codice_fiscale":
        assert numbers(f"order {text}.", language) == []


@pytest.mark.parametrize("gap", ["", " ", "-", "\u00a0", "\u2013", "\u202f", " nr "])
def test_the_letters_of_a_polish_identity_card_may_stand_apart(numbers, gap):
    text = f"ABS{gap}123456"
    assert numbers(f"dowód osobisty: {text}", "pol_Latn") == [("pl.identity_card", text)]


def test_a_cell_of_a_table_is_what_its_heading_says(numbers):
    for mark in ("|", "\t", ";", "   "):
        rows = (("Име", "ЕГН", "Телефон"), ("Иван", "7523169263", "-"), ("Анна", "7523169263", "-"))
        text = "\n".join(mark.join(row) for row in rows)
        assert numbers(text, "bul_Cyrl") == [("bg.egn", "7523169263")] * 2


def test_a_number_without_a_check_is_called_by_its_name(numbers):
    assert numbers("Steuernummer: 1541659938", "deu_Latn") == [("de.stnr", "1541659938")]
    assert numbers("Personalausweis: 1541659938", "deu_Latn") == []


@pytest.mark.parametrize(
    "gap", [" ", "-", ".", "/", "  ", " - ", "\u00a0", "\u2007", "\u2013", "\u202f"]
)
def test_cards_are_found_in_any_groups_beside_a_word(numbers, gap):
    text = gap.join(("4111", "1111", "1111", "1111"))
    assert numbers(f"Kreditkarte: {text}.", "deu_Latn") == [("card", text)]
