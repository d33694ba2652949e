from __future__ import annotations

import ipaddress
import re

import phonenumbers
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from stdnum import iban

from eurosift.stages.pii.detector import Match
from eurosift.stages.pii.ibans import lengths
from eurosift.stages.pii.national.forms import is_any
from eurosift.stages.pii.national.numbers import NUMBERS
from eurosift.stages.pii.plans import is_valid, parse
from eurosift.stages.pii.scrub import scrub
from eurosift.stages.pii.surrogates import surrogate

KEYS = st.binary(min_size=16, max_size=32)
DOCUMENTATION = [
    ipaddress.ip_network(n)
    for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]

PHONE = Match(0, 1, "phone", "phone_international", "+4930901820")
AWS = "AKIAIOSFODNN7ABCDEFG"


def email(local="anna.berg"):
    return Match(0, 1, "email", "email", f"{local}@firma.eu")


@given(KEYS, st.text(st.characters(codec="utf-8", exclude_characters="@"), min_size=1, max_size=64))
def test_an_email_surrogate_is_at_a_reserved_domain(key, local):
    made = surrogate(email(local), "", key)
    new, _, domain = made.partition("@")
    assert domain == "example.org"
    assert made.isascii()
    assert len(new) == max(8, len(local))
    assert new[0].isalnum()
    assert new[-1].isalnum()


@given(KEYS, st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_an_ip_surrogate_is_of_the_same_version_and_in_a_documentation_range(key, address):
    made = surrogate(Match(0, 1, "ip_address", "ip", str(address)), "", key)
    new = ipaddress.ip_address(made)
    assert new.version == address.version
    assert not new.is_global
    assert any(new in network for network in DOCUMENTATION)


@given(KEYS, st.sampled_from(sorted(lengths())), st.integers(0, 10**30))
def test_an_iban_surrogate_is_no_iban_and_keeps_country_and_grouping(iban_of, key, country, digits):
    number = iban_of(country, digits)
    written = iban.format(number)
    made = surrogate(Match(0, 1, "iban", "iban", number), written, key)
    assert made[:2] == country
    assert [c == " " for c in made] == [c == " " for c in written]
    assert made != written
    assert not iban.is_valid(made, check_country=False)
    assert surrogate(Match(5, 9, "iban", "iban", number), number, key) == made.replace(" ", "")


@settings(max_examples=500)
@given(KEYS, st.sampled_from(sorted(lengths())), st.integers(0, 10**30))
def test_no_card_is_seen_in_an_iban_surrogate(iban_of, scope, key, country, digits):
    written = iban.format(iban_of(country, digits))
    done = scrub(written, scope(None), lambda match, was: surrogate(match, was, key))
    assert [span.type for span in done.spans] == ["iban"]


def test_equal_values_map_equally_and_other_values_keys_and_types_do_not(key):
    assert surrogate(email(), "x", key) == surrogate(email(), "y", key)
    assert surrogate(email(), "", key) != surrogate(email("anna.berh"), "", key)
    assert surrogate(email(), "", key) != surrogate(email(), "", key + b"!")


def test_surrogates_do_not_change_between_versions(key):
    """A corpus that is scrubbed in two runs has to agree with itself."""
    number, card = "DE89370400440532013000", "4111 1111 1111 1111"
    made = [
        surrogate(email(), "", key),
        surrogate(Match(0, 1, "ip_address", "ipv4", "93.184.216.34"), "", key),
        surrogate(Match(0, 1, "ip_address", "ipv6", "2600::"), "", key),
        surrogate(Match(0, 1, "iban", "iban", number), number, key),
        surrogate(Match(0, 1, "national_id", "pl.pesel", "44051401359"), "44051401359", key),
        surrogate(PHONE, "+49 30 901820", key),
        surrogate(Match(0, 1, "card", "card", card.replace(" ", "")), card, key),
        surrogate(Match(0, 1, "secret", "api_key", AWS), AWS, key),
    ]
    assert made == [
        "pfxs.auos@example.org",
        "203.0.113.172",
        "2001:db8:bfad:facb:eaed:caaa:ecca:afba",
        "DE80149711944437111349",
        "79451082764",
        "+49 00 020651",
        "8699 8731 1628 4896",
        "AKIAEXAMPLEQ8TMDYXVE",
    ]


SIMPLE = [(n, s) for n in NUMBERS for s in n.shapes.split("|") if re.fullmatch(r"[9A{}\d]+", s)]


@given(KEYS, st.sampled_from(SIMPLE), st.integers(0, 10**40))
def test_no_stand_in_of_a_number_is_valid_as_any_number(key, number_shape, digits):
    number, shape = number_shape
    written = ""
    for letter, n in re.findall(r"([9Aa])(?:\{(\d+)\})?", shape):
        for _ in range(int(n or 1)):
            digits, drawn = divmod(digits, 10)
            written += str(drawn) if letter == "9" else "ABCDEFGHJK"[drawn]
    made = surrogate(Match(0, 1, number.type, number.name, written), written, key)
    assert [c.isdigit() for c in made] == [c.isdigit() for c in written]
    assert not is_any(made, number.name)


def test_a_phone_keeps_its_country_and_is_in_no_plan(key):
    for written in ("+49 30 901820", "0049 (0)30 901820", "+49 (0)30/901820"):
        made = surrogate(PHONE, written, key)
        assert made[: written.index("49") + 2] == written[: written.index("49") + 2]
        assert made != written
        assert not is_valid(parse(made.replace("00", "+", 1) if made[0] == "0" else made))


def test_a_number_keeps_how_it_is_written(key):
    match = Match(0, 1, "national_id", "fi.hetu", "131052-308T")
    made = surrogate(match, "131052-308T", key)
    assert re.fullmatch(r"[0-9]{6}-[0-9]{3}[A-Z]", made)


def test_secrets_say_that_they_are_examples(key):
    def made(detector, value):
        return surrogate(Match(0, 1, "secret", detector, value), value, key)

    assert made("api_key", AWS).startswith("AKIAEXAMPLE")
    assert made("url_secret", "abc123def456").startswith("example")
    assert made("url_password", "user:geheim").startswith("example:")
    assert len(made("url_secret", "abc123def456")) == 12


STATES = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
)
FORMATS = (
    phonenumbers.PhoneNumberFormat.NATIONAL,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.E164,
)


@st.composite
def phones(draw):
    """A valid number of a state, as it may be written, with that state."""
    state = draw(st.sampled_from(STATES))
    kind = draw(st.sampled_from([0, 1]))  # fixed, mobile
    example = phonenumbers.example_number_for_type(state, kind)
    digits = phonenumbers.national_significant_number(example)
    last = draw(st.text("0123456789", min_size=2, max_size=5))
    number = parse(digits[: -len(last)] + last, state)
    assume(number is not None and is_valid(number))
    written = phonenumbers.format_number(number, draw(st.sampled_from(FORMATS)))
    if written.startswith("+") and draw(st.booleans()):
        written = f"00{written[1:]}"
    # Not with points: four groups of digits between these are an IP address.
    written = written.replace(" ", draw(st.sampled_from([" ", "\u00a0", "-", "/", ""])))
    cut = draw(st.integers(0, len(written) - 1))
    if written[cut - 1 : cut].isdigit() and written[cut].isdigit() and draw(st.booleans()):
        written = f"{written[:cut]}{draw(st.sampled_from(' -/'))}{written[cut:]}"
    return state, written


def layout(text):
    return re.sub("[0-9]", "9", text)


@settings(max_examples=600)
@given(KEYS, phones(), st.sampled_from(["{}", "Tel. {}.", "Telefon: {}, ab 9", "{} | fax {}"]))
def test_a_phone_keeps_its_layout(scope, key, phone, around):
    """Digits and separators stay in place; nothing is found in it again; the key decides it."""
    state, written = phone
    text = around.replace("{}", written)
    place = scope(None, state.lower())

    def scrubbed(before):
        return scrub(before, place, lambda match, was: surrogate(match, was, key))

    done = scrubbed(text)
    assume(done.spans)
    assert {span.type for span in done.spans} == {"phone"}
    assert layout(done.text) == layout(text)
    assert scrubbed(done.text).text is None
    assert scrubbed(text) == done
    for span in done.spans:
        number = parse(done.text[span.start : span.end], state)
        assert number is None or not is_valid(number)


@pytest.mark.parametrize(
    "written", ["030 23125 045", "030/23125-045", "0049 30 23125 045", "+49 (0)30 23125 045"]
)
def test_no_number_begins_in_the_midst_of_a_stand_in(scope, key, written):
    """Berlin, then digits that are a number of Bavaria by themselves."""
    done = scrub(f"Tel. {written}", scope("deu_Latn"), lambda m, was: surrogate(m, was, key))
    assert layout(done.text) == layout(f"Tel. {written}")
    assert len(done.spans) == 1
