"""Type-preserving stand-ins for identifiers, made by a keyed hash.

Equal identifiers get equal surrogates, nobody can get back without the key, and no surrogate can be
somebody's: e-mail addresses are at example.org (RFC 2606), IP addresses in the documentation ranges
(RFC 5737, RFC 3849), numbers have wrong check digits or impossible dates, telephone numbers begin
with zeros that no plan has, secrets say that they are examples. So a surrogate is never taken for
an identifier again, and scrubbing twice is scrubbing once.
"""

from __future__ import annotations

import hmac
import ipaddress
import itertools
import re
import string

import phonenumbers

from eurosift.stages.pii import crypto, mrz
from eurosift.stages.pii.credentials import EXAMPLE
from eurosift.stages.pii.detector import Match
from eurosift.stages.pii.ibans import is_valid
from eurosift.stages.pii.key_forms import prefix_of
from eurosift.stages.pii.national.forms import is_any
from eurosift.stages.pii.national.numbers import is_card
from eurosift.stages.pii.phones import MIN_DIGITS

_V4_RANGES = ("192.0.2.0", "198.51.100.0", "203.0.113.0")
_V6_PREFIX = "2001:db8"
_DOMAIN = "example.org"
_LOCAL_MIN = 8
_LOCAL_SEPARATORS = "._-+"
_BLOCK = 32
_PLAIN_ATTEMPTS = 16
_PLAIN_DRAWS = 6
"""After so many stand-ins that were given up, digits are zeros: some words find a number in any."""
_CHECKED = frozenset({"iban", "card", "national_id", "company_id"})
_PHONE_ZEROS = 3
"""Of a number at home, one may be the prefix that is dialled before it; no plan has the others."""


class _Draws:
    """Numbers drawn from HMAC-SHA256(key, attempt, type and value), as many as are wanted."""

    def __init__(self, key: bytes, match: Match, attempt: int = 0) -> None:
        number = f"{attempt}.{match.draw}" if match.draw else f"{attempt}"
        message = f"{number}\0{match.type}\0{match.value}".encode("utf-8", "surrogatepass")
        self._blocks = (
            hmac.digest(key, i.to_bytes(4, "big") + message, "sha256") for i in itertools.count()
        )
        self._pool = self._size = 0

    def below(self, n: int) -> int:
        """Draw a number from 0 to `n` - 1; what a division leaves over is as good as nothing."""
        if self._size < n << 64:
            block = int.from_bytes(next(self._blocks), "big")
            self._pool = (self._pool << (8 * _BLOCK)) | block
            self._size = (self._size or 1) << (8 * _BLOCK)
        self._pool, drawn = divmod(self._pool, n)
        self._size //= n
        return drawn

    def like(self, character: str) -> str:
        """Draw a character of the same class: digit, capital letter, small letter."""
        if character.isdigit():
            alphabet = string.digits
        elif character.isupper():
            alphabet = string.ascii_uppercase
        else:
            alphabet = string.ascii_lowercase
        return alphabet[self.below(len(alphabet))]

    def scramble(self, text: str) -> str:
        """Draw for every letter and digit; marks and spaces stay."""
        return "".join(self.like(c) if c.isalnum() else c for c in text)


def _email(match: Match, draws: _Draws) -> str:
    local = match.value.rpartition("@")[0].lower()
    # Shorter ones would meet too often.
    local += "x" * (_LOCAL_MIN - len(local))
    last = len(local) - 1
    # No digits: with points between them they could be an address of another kind.
    scrambled = "".join(
        c if c in _LOCAL_SEPARATORS and 0 < i < last else draws.like("x")
        for i, c in enumerate(local)
    )
    return f"{scrambled}@{_DOMAIN}"


def _ip(match: Match, draws: _Draws) -> str:
    if ":" in match.value:
        # No digits, which could be a number beside a word for one.
        groups = ("".join("abcdef"[draws.below(6)] for _ in range(4)) for _ in range(6))
        return f"{_V6_PREFIX}:{':'.join(groups)}"
    network = ipaddress.IPv4Address(_V4_RANGES[draws.below(len(_V4_RANGES))])
    return str(network + 1 + draws.below(254))


def _iban(match: Match, draws: _Draws, written: str) -> str:
    country, made = match.value[:2], ""
    while not made or _holds_card(made):
        account = "".join(draws.like(c) for c in match.value[4:])
        check = draws.below(97)
        while is_valid(f"{country}{check:02}{account}"):
            check += 1  # the next one leaves another remainder, hence is wrong
        made = f"{country}{check:02}{account}"
    characters = iter(made)
    return "".join(next(characters) if c.isalnum() else c for c in written)


def _holds_card(digits: str) -> bool:
    """Whether the number of a payment card could be seen in other digits."""
    return any(
        is_card(run[start : start + n])
        for run in re.findall("[0-9]{12,}", digits)
        for n in range(12, 20)
        for start in range(len(run) - n + 1)
    )


def _phone(match: Match, draws: _Draws, written: str) -> str:
    """Keep prefix, country and layout, begin the rest with zeros, draw what is behind them.

    A group in its middle could begin a number of its own, which would be found in turn; so each
    that has as many digits from there on as numbers have begins with zeros, too. Digits are drawn
    from the right, so that a number has the same ones with and without a prefix.
    """
    digits = [i for i, c in enumerate(written) if c.isdigit()]
    groups = [n for n in range(1, len(digits)) if digits[n - 1] + 1 < digits[n]]
    kept = 0
    if match.detector == "phone_international":
        country = phonenumbers.parse(match.value).country_code
        kept = len(str(country)) + (0 if "+" in written else 2)
        trunk = written.find("(0)")
        if any(start < kept for start in groups):
            kept = 0  # with its country, a group would begin that has to be kept
        elif trunk >= 0:
            kept = max(kept, digits.index(trunk + 1) + 1)
    starts = [start for start in groups if kept < start <= len(digits) - MIN_DIGITS]
    made = list(written)
    for i in reversed(digits[kept + _PHONE_ZEROS :]):
        made[i] = draws.like("0")
    for start in (kept, *starts):
        for i in digits[start : start + _PHONE_ZEROS]:
            made[i] = "0"
    return "".join(made)


def _secret(match: Match, draws: _Draws, written: str) -> str:
    """The prefix by which a key is known, the word that says it is an example, and draws."""
    prefix = prefix_of(written) if match.detector == "api_key" else ""
    lead = len(written) - len(written.lstrip())
    start = max(len(prefix), lead)
    rest = draws.scramble(written[start:])
    example = EXAMPLE if any(c.islower() for c in written[start:]) else EXAMPLE.upper()
    if ":" in rest:  # user and password
        user, _, password = rest.partition(":")
        return f"{example}{user[len(example) :]}:{password}"
    return written[:start] + example + rest[len(example) :]


def _zone(written: str, draws: _Draws) -> str:
    """Lines of a machine-readable zone; the kind of document stays."""
    return written[:2] + draws.scramble(written[2:])


def _address(match: Match, written: str, draws: _Draws) -> str:
    if match.detector == "ethereum":
        digits = "".join("0123456789abcdef"[draws.below(16)] for _ in range(32))
        return f"0x00000000{digits}"
    prefix = re.match(r"bc1|BC1|[13]", written)
    kept = prefix.end() if prefix else 0
    return written[:kept] + draws.scramble(written[kept:])


def _attempt(match: Match, written: str, draws: _Draws) -> str:
    match match.type:
        case "mrz":
            return _zone(written, draws)
        case "crypto":
            return _address(match, written, draws)
        case _:
            return draws.scramble(written)


def _is_real(match: Match, made: str) -> bool:
    """Whether a stand-in passes a check."""
    match match.type:
        case "iban":
            return is_valid("".join(filter(str.isalnum, made)))
        case "mrz":
            lines = made.split()
            return len(lines) > 1 and mrz.has_check_digits(lines[0], lines[1])
        case "crypto":
            return crypto.is_bitcoin(made) or crypto.is_ethereum(made)
        case _:
            return is_any(made, match.detector)


def surrogate(match: Match, written: str, key: bytes) -> str:
    """Stand-in for an identifier.

    Parameters
    ----------
    match
        The identifier; only its type, detector and canonical value count.
    written
        How it is written in the text: separators, grouping and letter case are kept.
    key
        The secret key.
    """
    made = _made(match, written, key)
    if match.draw > _PLAIN_DRAWS and match.type in _CHECKED:
        plain = re.sub("[1-9]", "0", made)
        return made if _is_real(match, plain) else plain
    return made


def _made(match: Match, written: str, key: bytes) -> str:
    draws = _Draws(key, match)
    match match.type:
        case "email":
            return _email(match, draws)
        case "ip_address":
            return _ip(match, draws)
        case "iban":
            return _iban(match, draws, written)
        case "phone":
            return _phone(match, draws, written)
        case "secret":
            return _secret(match, draws, written)
    for attempt in itertools.count():
        made = _attempt(match, written, _Draws(key, match, attempt))
        # A number without a check digit, or one that a word beside it takes for something else.
        if attempt >= _PLAIN_ATTEMPTS or match.draw > _PLAIN_DRAWS:
            made = _zeros(made)
        if not _is_real(match, made):
            return made
    raise AssertionError  # pragma: no cover - the loop has no end


def _zeros(made: str) -> str:
    """Three zeros at the front: no number without a check digit begins so (`checks.unchecked`)."""
    zeros = iter("000")
    return "".join(next(zeros, c) if c.isdigit() else c for c in made)
