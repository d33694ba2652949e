from __future__ import annotations

import time
import unicodedata

import pytest

from eurosift.stages.pii.emails import find


def found(text):
    return [(text[m.start : m.end], m.value, m.detector) for m in find(text)]


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
        ("https://u:geheim@host.eu/", "geheim@host.eu", "geheim@host.eu"),
    ],
)
def test_addresses_are_found_with_their_boundaries(text, written, value):
    if value is None:
        local, _, domain = written.rpartition("@")
        value = f"{local}@{domain.encode('idna').decode()}"
    assert found(text) == [(written, value, "email")]


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
    ],
)
def test_common_obfuscations_have_the_value_of_the_plain_address(text):
    assert found(f"E: {text}, ok") == [(text, "anna@firma.eu", "email_obfuscated")]


def test_composed_and_decomposed_letters_have_one_value():
    composed = "jürgen@bücher.de"
    (one,) = find(composed)
    (other,) = find(unicodedata.normalize("NFD", composed))
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
        "anna@ firma.eu",
        "Article 5 (a) of.the",
        "100 % @ work.",
        "x@" + "y" * 70 + ".eu",
        "z" * 65 + "@firma.eu",
    ],
)
def test_what_only_looks_like_an_address_is_left(text):
    assert found(text) == []


@pytest.mark.parametrize("unit", ["@", "a@", "a.", "a@b.", "(at)", "a (at) b [dot] ", "-", "%40a"])
def test_time_is_linear_in_the_length(unit):
    text = unit * (100_000 // len(unit))
    start = time.process_time()
    list(find(text))
    assert time.process_time() - start < 5
