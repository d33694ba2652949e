"""Addresses of Bitcoin and Ethereum.

Bitcoin: Base58Check and Bech32 by python-stdnum, Bech32m (Taproot) by the constant of BIP 350.
Ethereum: 0x and forty hexadecimal digits, whose case is a checksum where it is mixed (EIP-55).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import bitcoin

from eurosift.stages.pii import scan
from eurosift.stages.pii.detector import Detector, Match, Scope
from eurosift.stages.pii.keccak import keccak256

_BASE58 = re.compile(r"[13][1-9A-HJ-NP-Za-km-z]{25,34}")
_BECH32 = re.compile(r"bc1[ac-hj-np-z02-9]{8,87}|BC1[AC-HJ-NP-Z02-9]{8,87}")
_ETHEREUM = re.compile(r"0x[0-9a-fA-F]{40}")
_BECH32M = 0x2BC830A3
_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_SURROGATE = "00000000"
"""Surrogates of Ethereum begin with it: an address without checksum can only be told by that."""


def is_bitcoin(address: str) -> bool:
    """Whether the checksum of an address is right."""
    if _BASE58.fullmatch(address):
        return bool(bitcoin.is_valid(address))
    if not _BECH32.fullmatch(address):
        return False
    if bitcoin.is_valid(address):
        return True
    # Human-readable part "bc" as Bech32 expands it, then the data.
    data = [_ALPHABET.index(c) for c in address.lower()[3:]]
    return bool(bitcoin.bech32_checksum([3, 3, 0, 2, 3, *data]) == _BECH32M)


def is_ethereum(address: str) -> bool:
    """Whether an address is one, and its checksum right if it has one."""
    if not _ETHEREUM.fullmatch(address) or address[2:].startswith(_SURROGATE):
        return False
    digits = address[2:]
    if digits in (digits.lower(), digits.upper()):
        return len(set(digits)) > 2
    digest = keccak256(digits.lower().encode()).hex()
    return all(
        c.isdigit() or c.isupper() == (int(nibble, 16) >= 8)
        for c, nibble in zip(digits, digest, strict=False)
    )


def find(text: str, start: int, end: int, scope: Scope) -> Iterator[Match]:
    """Yield the address that a word is."""
    if end - start < 14 or text[start - 1 : start] == "_" or text[end : end + 1] == "_":
        return
    word = text[start:end]
    if scope.looks_for("bitcoin") and is_bitcoin(word):
        yield Match(start, end, "crypto", "bitcoin", word)
    elif scope.looks_for("ethereum") and is_ethereum(word):
        yield Match(start, end, "crypto", "ethereum", word.lower())


CRYPTO = Detector(scan.WORD, find)
