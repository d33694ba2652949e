from __future__ import annotations

import unicodedata

import pytest

from eurosift.stages.pii.candidates import scan_text


@pytest.fixture
def emails(found):
    return lambda text: [
        (text[m.start : m.end], m.value, m.detector) for m in found(text) if m.type == "email"
    ]


@pytest.mark.parametrize(
    ("text", "written", "value"),
    [
        ("Write to anna.b+x@firma.eu.", "anna.b+x@firma.eu", "anna.b+x@firma.eu"),
        ("<Info@Firma.EU>", "Info@Firma.EU", "info@firma.eu"),
        ("mailto:o'neil_7@sub.firma.co.uk?x", "o'neil_7@sub.firma.co.uk", None),
        ("jürgen@bücher.de", "jürgen@bücher.de", "jürgen@xn--bcher-kva.de"),
        ("поща@фирма.\u0431\u0433", "поща@фирма.\u0431\u0433", None),
        ("ταχυδρομείο@εταιρεία.ευ,", "ταχυδρομείο@εταιρεία.ευ", None),
        ("żółć@spółka.pl", "żółć@spółka.pl", None),
        ("'anna@firma.eu'", "anna@firma.eu", "anna@firma.eu"),
        ("see...anna@firma.eu", "anna@firma.eu", "anna@firma.eu"),
        ("anna@firma.eu-Adresse", "anna@firma.eu", "anna@firma.eu"),
        ("anna@firma.eu030 12", "anna@firma.eu", "anna@firma.eu"),
        ("anna@firma.eu.1", "anna@firma.eu", "anna@firma.eu"),
        ("anna@firma.eu.Dann", "anna@firma.eu", "anna@firma.eu"),
        ("anna@firma.Eu", "anna@firma.Eu", "anna@firma.eu"),
        ("1@qq.com", "1@qq.com", "1@qq.com"),
        (
            "\u200banna\u200b@\u200bfir\u00adma.eu",
            "anna\u200b@\u200bfir\u00adma.eu",
            "anna@firma.eu",
        ),
    ],
)
def test_addresses_are_found_with_their_boundaries(emails, text, written, value):
    if value is None:
        local, _, domain = written.rpartition("@")
        value = f"{local}@{domain.encode('idna').decode()}"
    assert emails(text) == [(written, value, "email")]


def test_a_name_of_two_parts_needs_no_word_for_mail(emails):
    written = "anna.b (a) firma.eu"
    assert emails(f"Redaktion: {written}.") == [(written, "anna.b@firma.eu", "email_obfuscated")]


@pytest.mark.parametrize(
    "text",
    [
        "anna (at) firma.eu",
        "anna[at]firma[dot]eu",
        "anna [ät] firma [Punkt] eu",
        "anna{AT}firma (dot) eu",
        "anna(a)firma.eu",
        "anna%40firma.eu",
        "anna&#64;firma.eu",
        "anna\uff20firma.eu",
        "anna(arroba)firma(punto)eu",
        "anna (παπάκι) firma.eu",
        "anna [zavináč] firma [tečka] eu",
        "anna AT firma DOT eu",
        "anna @ firma.eu",
        "anna at firma dot eu",
        "anna (a) firma.eu",
        "anna(snabel-a)firma(punktum)eu",
        "anna [Klammeraffe] firma.eu",
        "anna (a rond) firma.eu",
        "anna(маймунско а)firma(точка)eu",
        "anna {apenstaartje} firma.eu",
        "anna <at> firma.eu",
        "anna<at>firma<dot>eu",
        "anna ((at)) firma.eu",
        "anna (chez) firma.eu",
        "anna [at] firma punkt eu",
        "anna@firma dot eu",
        "anna@firma . eu",
        "anna&#64;firma&#46;eu",
        "anna&amp;#64;firma.eu",
        "&#97;&#110;&#x6e;&#97;&#64;firma.eu",
        "anna@ firma.eu",
        "anna @firma.eu",
    ],
)
def test_common_obfuscations_have_the_value_of_the_plain_address(emails, text):
    assert emails(f"E-mail: {text}, ok") == [(text, "anna@firma.eu", "email_obfuscated")]


def test_an_item_needs_a_word_for_mail(emails):
    for verb in ("pišite na", "scrivere a", "escreva para", "píšte na", "drop a line to"):
        assert [value for _, value, _ in emails(f"{verb} anna (a) firma.eu")] == ["anna@firma.eu"]


def test_spoken_names_may_have_points(emails):
    assert emails("anna.berg AT mail.firma DOT eu")[0][1] == "anna.berg@mail.firma.eu"


def test_composed_and_decomposed_letters_have_one_value(found):
    composed = "jürgen@bücher.de"
    (one,) = found(composed)
    (other,) = found(unicodedata.normalize("NFD", composed))
    assert one.value == other.value


@pytest.mark.parametrize(
    "text",
    [
        "user@localhost",
        "@media screen { }",
        "@import url(x.css)",
        "@app.route",
        "@anna",
        "@anna@social.example.eu",
        "logo@2x.png",
        "lodash@4.17.21",
        "3@1.99EUR",
        "a@b.c",
        "anna@example.org",
        "anna@mail.example.com",
        "anna@host.invalid",
        "look at wikipedia dot org",
        "Live @ Paradiso.nl",
        "https://u:geheim@host.eu/",
        "anna@ firma.eu",
        "follow us @firma.eu",
        "mail the team, follow @firma.eu",
        "anna@firma . Eu",
        "Article 5 (a) of.the",
        "see anna (a) firma.eu",
        "see Art. (a) firma.eu",
        "100 % @ work.",
        "x@" + "y" * 70 + ".eu",
        "z" * 65 + "@firma.eu",
    ],
)
def test_what_only_looks_like_an_address_is_left(emails, text):
    assert emails(text) == []


def test_a_hit_is_looked_at_within_bounds(found):
    """However long the text around an at sign is, what is read of it is as long as an address."""
    for unit in ("a@b.", "a (at) b [dot] ", "%40a"):
        hits = [len(scan_text(unit * n)) for n in (500, 1000)]
        assert hits[1] == 2 * hits[0]
        found(unit * 1000)
