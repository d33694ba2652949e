from __future__ import annotations

import ipaddress

from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban

from eurosift.stages.pii.detector import Match
from eurosift.stages.pii.ibans import lengths
from eurosift.stages.pii.surrogates import surrogate

KEYS = st.binary(min_size=16, max_size=32)
DOCUMENTATION = [
    ipaddress.ip_network(n)
    for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]


def email(local="anna.berg"):
    return Match(0, 1, "email", "email", f"{local}@firma.eu")


@given(KEYS, st.text(st.characters(codec="utf-8", exclude_characters="@"), min_size=1, max_size=64))
def test_an_email_surrogate_is_at_a_reserved_domain(key, local):
    made = surrogate(email(local), "", key)
    new, _, domain = made.partition("@")
    assert domain in {"example.org", "example.com"}
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


def test_equal_values_map_equally_and_other_values_keys_and_types_do_not(key):
    assert surrogate(email(), "x", key) == surrogate(email(), "y", key)
    assert surrogate(email(), "", key) != surrogate(email("anna.berh"), "", key)
    assert surrogate(email(), "", key) != surrogate(email(), "", key + b"!")


def test_surrogates_do_not_change_between_versions(key):
    """A corpus that is scrubbed in two runs has to agree with itself."""
    number = "DE89370400440532013000"
    made = [
        surrogate(email(), "", key),
        surrogate(Match(0, 1, "ip_address", "ipv4", "93.184.216.34"), "", key),
        surrogate(Match(0, 1, "ip_address", "ipv6", "2600::"), "", key),
        surrogate(Match(0, 1, "iban", "iban", number), number, key),
    ]
    assert made == [
        "xlzz.knts@example.com",
        "192.0.2.211",
        "2001:db8:b234:ff00:8958:ee46:e9f9:fdc1",
        "DE10939661881516907700",
    ]


def test_an_iban_that_has_grown_over_something_else_is_written_without_grouping(key):
    number = "NO9386011117947"
    match = Match(0, 1, "iban", "iban", number)
    grown = surrogate(match, "NO93 8601 1117 947.45", key)
    assert grown == surrogate(match, number, key)
