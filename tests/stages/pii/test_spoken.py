from __future__ import annotations

import pytest


@pytest.fixture
def emails(found):
    return lambda text: [
        (text[m.start : m.end], m.value, m.detector) for m in found(text) if m.type == "email"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "anna kukac firma pont eu",
        "anna KUKAC firma.eu",
        "anna\u00a0kukac\u00a0firma.eu",
        "anna małpa firma kropka eu",
        "ANNA MAŁPA FIRMA KROPKA EU",
        "anna zavináč firma tečka eu",
        "anna zavinac firma bodka eu",
        "anna Klammeraffe firma Punkt eu",
        "anna arobase firma point eu",
        "anna chiocciola firma punto eu",
        "anna arroba firma.eu",
        "anna afna firma pika eu",
        "anna παπάκι firma τελεία eu",
        "ANNA ΠΑΠΑΚΙ FIRMA.EU",
        "anna snabel-a firma punktum eu",
        "anna snabela firma.eu",
        "anna apenstaartje firma punt eu",
        "anna miukumauku firma piste eu",
        "anna маймунско а firma точка eu",
        "anna кльомба firma.eu",
        "anna coadă de maimuță firma punct eu",
        "anna majmun firma točka eu",
    ],
)
def test_some_words_need_nothing_else(emails, text):
    assert emails(f"Wir: {text}, ok") == [(text, "anna@firma.eu", "email_obfuscated")]


@pytest.mark.parametrize(
    "text",
    [
        "anna at firma Punkt eu",
        "anna chez firma point eu",
        "anna ät firma piste eu",
        "anna et firma punkts eu",
        "anna eta firma taškas eu",
        "anna a rond firma punct eu",
        "anna_at_firma_dot_eu",
        "anna *at* firma.eu",
        "anna -at- firma.eu",
        "anna at firma.eu",
    ],
)
def test_common_words_need_a_word_for_mail(emails, text):
    assert emails(f"E-mail: {text}, ok") == [(text, "anna@firma.eu", "email_obfuscated")]
    assert emails(f"Ten {text.replace('_dot_', '.')}, ok") == []


def test_a_name_with_a_point_in_it_and_a_word_for_the_point_are_enough(emails):
    (found,) = emails("Leitung Einkauf\nanna.b at firma-eu dot de")
    assert found == ("anna.b at firma-eu dot de", "anna.b@firma-eu.de", "email_obfuscated")
    assert emails("Leitung Einkauf\nanna at firma-eu dot de") == []
    assert emails("z.B. at firma-eu dot de") == []


def test_names_may_be_of_two_words(emails):
    assert emails("Mail: anna dot berg at mail dot firma dot eu, ok") == [
        (
            "anna dot berg at mail dot firma dot eu",
            "anna.berg@mail.firma.eu",
            "email_obfuscated",
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        "meet me at firma.eu",
        "Mail us at firma.eu",
        "E-mail: see at firma.eu",
        "Contact: Hotel at lake.eu",
        "at this point de facto",
        "der Klammeraffe zoo.eu",
        "il simbolo chiocciola gmail.com",
        "anna kukac firma",
        "anna kukac firma.zzz",
        "anna kukac firma pont hogy",
        "E-mail: photo_at_home",
        "anna kukac example.com",
        "arriva a un certo punto it",
    ],
)
def test_sentences_are_left(emails, text):
    assert emails(text) == []
