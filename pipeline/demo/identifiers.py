"""Personal identifiers that belong to nobody, for the pii stage to find.

All of them are derived from a label by a hash, so every build of the demo has the same. E-mail
addresses end in a domain made up for the demo; IP addresses lie in blocks that were public and are
retired (6to4 relays, RFC 7526; 6bone, RFC 3701); IBANs have right check digits but bank codes that
no bank has.
"""

from __future__ import annotations

import hashlib
import ipaddress
import string

_SYLLABLES = tuple(a + b for a in "bdfgklmnprstvz" for b in "aeiou")

# Structure of the account number behind the check digits (ISO 13616): bank code, then the rest;
# "9" is replaced by a digit.
_ACCOUNTS = {
    "bul_Cyrl": ("BG", "DEMO" + "0000" + "99" + "9" * 8),
    "dan_Latn": ("DK", "0000" + "9" * 10),
    "deu_Latn": ("DE", "00000000" + "9" * 10),
    "ell_Grek": ("GR", "0000000" + "9" * 16),
    "hrv_Latn": ("HR", "0000000" + "9" * 10),
    "ita_Latn": ("IT", "X" + "0000000000" + "9" * 12),
    "lit_Latn": ("LT", "00000" + "9" * 11),
    "lvs_Latn": ("LV", "DEMO" + "9" * 13),
    "mlt_Latn": ("MT", "DEMO" + "00000" + "9" * 18),
    "nld_Latn": ("NL", "DEMO" + "9" * 10),
    "ron_Latn": ("RO", "DEMO" + "9" * 16),
    "slv_Latn": ("SI", "00000" + "9" * 10),
}
_DEFAULT_ACCOUNT = ("IE", "DEMO" + "000000" + "9" * 8)


def _number(label: str) -> int:
    """Large number that looks random and depends on the label alone."""
    return int.from_bytes(hashlib.blake2b(f"eurosift demo {label}".encode()).digest(), "big")


def email(code: str, mailbox: str) -> str:
    """Address of a mailbox that does not exist: `mailbox` with made-up syllables at its ``{}``."""
    number = _number(f"email {code}")
    syllables = []
    for _ in range(3):
        number, index = divmod(number, len(_SYLLABLES))
        syllables.append(_SYLLABLES[index])
    return mailbox.format(f"{''.join(syllables)}{number % 90 + 10}")


def ipv4(code: str) -> str:
    """Public address in 192.88.99.0/24, the retired block of the 6to4 relays."""
    block = ipaddress.IPv4Network("192.88.99.0/24")
    return str(block[10 + _number(f"ipv4 {code}") % 240])


def ipv6(code: str) -> str:
    """Public address in 3ffe::/16, the retired block of the 6bone."""
    block = ipaddress.IPv6Network("3ffe::/16")
    return str(block[_number(f"ipv6 {code}") % block.num_addresses])


def check_digits(country: str, account: str) -> str:
    """Two check digits of an IBAN (ISO 7064, mod 97-10)."""
    alphabet = string.digits + string.ascii_uppercase
    digits = "".join(str(alphabet.index(character)) for character in f"{account}{country}00")
    return f"{98 - int(digits) % 97:02d}"


def iban(code: str, *, spaced: bool = True) -> str:
    """IBAN with right check digits at a bank that does not exist.

    Parameters
    ----------
    code
        Language; its country gives length and structure.
    spaced
        Whether to write it in groups of four.
    """
    country, pattern = _ACCOUNTS.get(code, _DEFAULT_ACCOUNT)
    number = _number(f"iban {code}")
    account = []
    for character in pattern:
        if character == "9":
            number, digit = divmod(number, 10)
            account.append(str(digit))
        else:
            account.append(character)
    compact = f"{country}{check_digits(country, ''.join(account))}{''.join(account)}"
    if not spaced:
        return compact
    return " ".join(compact[start : start + 4] for start in range(0, len(compact), 4))


def fill(template: str, code: str, mailbox: str) -> str:
    """Put identifiers into a contact paragraph; every second language writes its IBAN unspaced."""
    return template.format(
        email=email(code, mailbox),
        ipv4=ipv4(code),
        ipv6=ipv6(code),
        iban=iban(code, spaced=_number(code) % 2 == 0),
    )
