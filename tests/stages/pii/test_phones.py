from __future__ import annotations

import pytest


@pytest.fixture
def phones(found):
    return lambda text, language, tld=None: [
        text[m.start : m.end] for m in found(text, language, tld) if m.type == "phone"
    ]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("x +49 30 901820, y", "+49 30 901820"),
        ("+49(0)30/901820", "+49(0)30/901820"),
        ("0049 30 901820", "0049 30 901820"),
        ("(+48) 601 234 567 i", "(+48) 601 234 567"),
        ("+352 26 12 34 56", "+352 26 12 34 56"),
        ("Telefon:0049 30 901820", "0049 30 901820"),
    ],
)
def test_an_international_number_needs_no_words(phones, text, written):
    assert phones(text, None) == [written]


@pytest.mark.parametrize(
    ("language", "text", "written"),
    [
        ("deu_Latn", "(030) 901820", "(030) 901820"),
        ("fra_Latn", "01.42.68.53.00", "01.42.68.53.00"),
        ("fra_Latn", "le 12 06 12 34 56 78", "06 12 34 56 78"),
        ("hun_Latn", "06 30 123 4567", "06 30 123 4567"),
        ("pol_Latn", "tel. 601 234 567", "601 234 567"),
        ("ell_Grek", "τηλ. 210 1234567", "210 1234567"),
        ("mlt_Latn", "ċempel 7912 3456", "7912 3456"),
        ("dan_Latn", "Tlf. 32-12-42-80", "32-12-42-80"),
        ("dan_Latn", "Tlf. 34.47.85.88", "34.47.85.88"),
        ("fra_Latn", "Tél. 06-12-63-77-42", "06-12-63-77-42"),
        ("deu_Latn", "Tel.: 030.166815", "030.166815"),
        ("nld_Latn", "Telefoonnummer:\n0450.292242", "0450.292242"),
        ("gle_Latn", "uimhir fóin 022 12345", "022 12345"),
        ("deu_Latn", "Tel. (01) / 231 45 67", "(01) / 231 45 67"),
        (
            "fra_Latn",
            "Tél. 01\u202f42\u202f68\u202f53\u202f00",
            "01\u202f42\u202f68\u202f53\u202f00",
        ),
        ("pol_Latn", "tel. 601\u202f234\u202f567", "601\u202f234\u202f567"),
        ("mlt_Latn", "mowbajl 9697-92-69", "9697-92-69"),
        ("deu_Latn", "Ruf mich doch mal unter 030/108352 an", "030/108352"),
        ("fra_Latn", "En cas d'urgence, tél. 01 42 68 53 00", "01 42 68 53 00"),
        ("fin_Latn", "p. 013 136 0768", "013 136 0768"),
        ("ita_Latn", "telefonare al:\n(06) / 821 88 33", "(06) / 821 88 33"),
        ("ita_Latn", "segreteria 02/12467758 int. 4", "02/12467758"),
        ("ces_Latn", "Jméno | Telefon\nNovák | 212-358-526", "212-358-526"),
    ],
)
def test_a_national_number_needs_a_trunk_zero_or_a_word(phones, language, text, written):
    assert phones(text, language) == [written]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pol_Latn", "601 234 567"),
        ("deu_Latn", "am 01.02.2003 um"),
        ("deu_Latn", "2019-2020 und 1 234 567"),
        ("ita_Latn", "€ 06 1234 5678"),
        ("deu_Latn", "Bestellnummer 030 901820"),
        ("dan_Latn", "20.123456, 11.987654"),
        (None, "Tel. 601 234 567"),
        ("pol_Latn", "p. 601 234 567"),
        ("slv_Latn", "820\t590\t070\t571\t835"),
        ("deu_Latn", "+49 000 1234567"),
        ("fra_Latn", "06 01 79 46 12 28"),
        ("hrv_Latn", "https://doi.org/10.1016/j.cell.2019.55.851"),
        ("swe_Latn", "telefon (KOM(2004)0038)"),
        ("deu_Latn", "erreichbar unter 192.88.99.171"),
        ("deu_Latn", "erreichbar unter 192.0.2.76"),
        ("fra_Latn", "joignable à l’adresse 198.51.100.146"),
        ("fra_Latn", "joignable à l’adresse 203.0.113.7."),
        ("deu_Latn", "Tel. am 31.12.2019, 11-12-2019"),
    ],
)
def test_other_numbers_are_left(phones, language, text):
    assert phones(text, language) == []


def test_the_top_level_domain_tells_the_state(phones):
    assert phones("tel. 601 234 567", "eng_Latn", "pl") == ["601 234 567"]


def test_what_no_plan_has_stays_an_address(found):
    for language, kind in (("dan_Latn", "phone"), (None, "ip_address")):
        assert [m.type for m in found("Tel. 34.47.85.88", language)] == [kind]


def test_the_word_of_a_number_does_not_speak_of_one_in_a_later_sentence(phones):
    text = "Ring på tlf {} efter kl. 16. Sagen har nummer 35350025"
    assert phones(text.format("32191780"), "dan_Latn") == ["32191780"]
    assert phones("Ring 32191780 eller 35350025", "dan_Latn") == ["32191780", "35350025"]
