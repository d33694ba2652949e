"""Made-up identifiers, and texts that glue them together in every awkward way."""

from __future__ import annotations

import ipaddress
import string
from collections.abc import Callable
from pathlib import Path

import pytest
import regex
from hypothesis import strategies as st
from stdnum import iban, numdb

from eurosift.stages.pii import policy
from eurosift.stages.pii.candidates import find, scan_text
from eurosift.stages.pii.detector import Match, Scope
from eurosift.stages.pii.ibans import lengths
from eurosift.stages.pii.regions import regions

KEY = b"no secret: only for tests"

LOCALS = st.text(string.ascii_letters + string.digits + "._+-äöüßñłżćπδиж", min_size=1, max_size=14)
LABELS = st.text(string.ascii_lowercase + string.digits + "äöüçñžπδжя", min_size=1, max_size=8)
TLDS = st.sampled_from(["eu", "de", "gr", "com", "versicherung", "\u0431\u0433", "ευ", "PL"])
EMAILS = st.builds(
    "{}{}{}.{}".format,
    LOCALS,
    st.sampled_from(["@", "@", "@", " (at) ", "[at]", "%40"]),
    LABELS,
    TLDS,
)
IPS = st.one_of(
    st.builds(str, st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address)),
    st.builds(str, st.integers(2 << 124, (4 << 124) - 1).map(ipaddress.IPv6Address)),
)


def make_iban(country: str, digits: int) -> str:
    """A valid IBAN over a made-up account number."""
    structure = numdb.get("iban").info(country)[0][1]["bban"]
    account = ""
    for length, kind in regex.findall(r"([0-9]+)!([nac])", structure):
        alphabet = string.digits if kind == "n" else string.ascii_uppercase
        for _ in range(int(length)):
            digits, drawn = divmod(digits, len(alphabet))
            account += alphabet[drawn]
    number = f"{country}00{account}"
    return country + iban.calc_check_digits(number) + account


IBANS = st.builds(
    lambda country, digits, separator: iban.format(make_iban(country, digits), separator),
    st.sampled_from(sorted(lengths())),
    st.integers(0, 10**30),
    st.sampled_from(["", " ", "\u00a0", "-"]),
)
# Valid numbers of many kinds, made up, with and without the words that speak of them.
NUMBERS = st.sampled_from(
    [
        "44051401359",
        "PESEL: 44051401359",
        "131052-308T",
        "12345678Z",
        "8001011238",
        "800101/1238",
        "RSSMRA85M01H501Q",
        "640823-3234",
        "isikukood 37605030299",
        "BSN 111222333",
        "OIB: 33392005961",
        "1 85 05 78 006 084 91",
        "4111 1111 1111 1111",
        "card 4111111111111111",
        "378282246310005",
        "+49 30 901820",
        "0049 30 901820",
        "(030) 901820",
        "Tel: 601 234 567",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "https://u:geheim@host.eu/?token=abc123def456",
        "AKIAIOSFODNN7ABCDEFG",
        "NIP 5260001246",
        "PESEL44051401359",
        "C.N.P. 1800101221144",
        "cpr 010190 - 1234",
        "rodné číslo 800101 / 1238",
        "NIR 1 85 05 78 006 084-91",
        "4420 5261 1114 4059 09/27",
        "Tel.:\n030.166815",
        "Tlf. 34.47.85.88",
        "123456789:AAa1Ba1Ba1Ba1Ba1Ba1Ba1Ba1Ba1Ba1Ba1B",
        "https://hooks.slack.com/services/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",
        "anna (a) firma.eu",
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
    ]
)
GLUE = st.one_of(
    st.sampled_from(
        [
            "version",
            "v. ",
            "§ ",
            "Kapitel ",
            " ",
            "\n",
            "@",
            "..",
            ".",
            "-",
            ":",
            "::",
            "(a)",
            " [at] ",
            "example.org",
            "a@example.com",
            "192.0.2.1",
            "<EMAIL>",
            ", ",
            "€",
            "order ",
            "tel. ",
            "+",
            "0",
            "\U0001f600",
            "\u0301",
        ],
    ),
    st.text(st.sampled_from("ab9.@:-_ ()[]atDE12\u00e4\U0001d400"), max_size=6),
    st.text(max_size=4),
)


@pytest.fixture(scope="session")
def key() -> bytes:
    return KEY


@pytest.fixture
def key_file(tmp_path) -> Path:
    path = tmp_path / "pii.key"
    path.write_bytes(KEY + b"\n")
    path.chmod(0o600)
    return path


@pytest.fixture(scope="session")
def iban_of() -> Callable[[str, int], str]:
    return make_iban


def scope_of(language: str | None = None, tld: str | None = None) -> Scope:
    return Scope(policy.shipped().general, regions(language, tld))


def find_in(text: str, language: str | None = None, tld: str | None = None) -> list[Match]:
    found = find(text, scan_text(text), scope_of(language, tld))
    return sorted([*found.masked, *found.counted], key=lambda match: match.start)


@pytest.fixture(scope="session")
def scope() -> Callable[..., Scope]:
    return scope_of


@pytest.fixture(scope="session")
def found() -> Callable[..., list[Match]]:
    """What is found in a text of a language and a top-level domain, by the shipped policy."""
    return find_in


@pytest.fixture(scope="session")
def documents() -> st.SearchStrategy[str]:
    parts = st.one_of(EMAILS, IPS, IBANS, NUMBERS, NUMBERS, GLUE, GLUE, GLUE)
    return st.lists(parts, max_size=12).map("".join)


@pytest.fixture(scope="session")
def identifiers() -> st.SearchStrategy[list[str]]:
    return st.lists(st.one_of(EMAILS, IPS, IBANS, NUMBERS), max_size=8)
