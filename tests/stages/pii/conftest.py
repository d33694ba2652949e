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

from eurosift.stages.pii.ibans import lengths

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


@pytest.fixture(scope="session")
def identifiers() -> st.SearchStrategy[str]:
    return st.one_of(EMAILS, IPS, IBANS)


@pytest.fixture(scope="session")
def documents() -> st.SearchStrategy[str]:
    return st.lists(st.one_of(EMAILS, IPS, IBANS, GLUE, GLUE), max_size=12).map("".join)
