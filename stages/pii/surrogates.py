"""Type-preserving stand-ins for identifiers, made by a keyed hash.

Equal identifiers get equal surrogates, nobody can get back without the key, and no surrogate can be
somebody's: e-mail addresses are at example.org or example.com (RFC 2606), IP addresses in the
documentation ranges (RFC 5737, RFC 3849), IBANs have wrong check digits. So a surrogate is never
taken for an identifier again, and scrubbing twice is scrubbing once.
"""

from __future__ import annotations

import hmac
import ipaddress
import string

from eurosift.stages.pii.detector import Match
from eurosift.stages.pii.ibans import is_valid

_V4_RANGES = ("192.0.2.0", "198.51.100.0", "203.0.113.0")
_V6_RANGE = int(ipaddress.IPv6Address("2001:db8::"))
_DOMAINS = ("example.org", "example.com")
_LOCAL_MIN = 8
_LOCAL_SEPARATORS = "._-+"


class _Draws:
    """Numbers drawn from HMAC-SHA256(key, type + value), as many as 512 bits give."""

    def __init__(self, key: bytes, match: Match) -> None:
        message = f"{match.type}\0{match.value}".encode("utf-8", "surrogatepass")
        blocks = [hmac.digest(key, bytes([i]) + message, "sha256") for i in range(2)]
        self._pool = int.from_bytes(b"".join(blocks), "big")

    def below(self, n: int) -> int:
        self._pool, drawn = divmod(self._pool, n)
        return drawn

    def like(self, character: str) -> str:
        """Draw a digit for a digit and a letter for anything else."""
        alphabet = string.digits if character.isdigit() else string.ascii_lowercase
        return alphabet[self.below(len(alphabet))]


def _email(match: Match, draws: _Draws) -> str:
    domain = _DOMAINS[draws.below(len(_DOMAINS))]
    local = match.value.rpartition("@")[0]
    # Shorter ones would meet too often.
    local += "x" * (_LOCAL_MIN - len(local))
    last = len(local) - 1
    scrambled = "".join(
        c if c in _LOCAL_SEPARATORS and 0 < i < last else draws.like(c) for i, c in enumerate(local)
    )
    return f"{scrambled}@{domain}"


def _ip(match: Match, draws: _Draws) -> str:
    if ":" in match.value:
        return str(ipaddress.IPv6Address(_V6_RANGE | draws.below(1 << 96)))
    network = ipaddress.IPv4Address(_V4_RANGES[draws.below(len(_V4_RANGES))])
    return str(network + 1 + draws.below(254))


def _iban(match: Match, draws: _Draws, written: str) -> str:
    country, account = match.value[:2], match.value[4:]
    account = "".join(draws.like(c).upper() for c in account)
    check = draws.below(97)
    while is_valid(f"{country}{check:02}{account}"):
        check += 1  # the next one leaves another remainder, hence is wrong
    compact = f"{country}{check:02}{account}"
    if sum(map(str.isalnum, written)) != len(compact):
        return compact  # the match has grown over an earlier surrogate
    characters = iter(compact)
    return "".join(next(characters) if c.isalnum() else c for c in written)


def surrogate(match: Match, written: str, key: bytes) -> str:
    """Stand-in for an identifier.

    Parameters
    ----------
    match
        The identifier; only its type and canonical value count.
    written
        How it is written in the text: an IBAN keeps its grouping, if this is it and nothing else.
    key
        The secret key.
    """
    draws = _Draws(key, match)
    if match.type == "email":
        return _email(match, draws)
    if match.type == "ip_address":
        return _ip(match, draws)
    return _iban(match, draws, written)
