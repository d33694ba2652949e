"""Secrets: parameters and passwords in URLs, tokens, and keys whose form says what they are.

Only the secret itself is the identifier, not the URL around it. What begins with `EXAMPLE` is
nobody's secret: it is how surrogates, and the documentation of many services, begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from eurosift.stages.pii import scan
from eurosift.stages.pii.detector import Detector, Match, Scope
from eurosift.stages.pii.key_forms import (
    HOOK,
    HOOK_REACH,
    HOOK_TOKEN,
    KEY,
    KEY_MAX,
    LEAD,
    LEAD_REACH,
    prefix_of,
)

EXAMPLE = "example"
"""How surrogates begin, behind the prefix of a key; in any case."""

# Whatever is written before these.
_ALWAYS = (
    r"token|secret|(?:api|access|secret|private|account|subscription|consumer)[_-]?key|signature|"
    r"sig|hmac|sess(?:ion)?[_-]?id|credential"
)
# Of some things only: the "code" of a product is none.
_OF = (
    "access|auth|api|refresh|id|reset|login|user|session|security|private|client|app|jwt|sas|shared"
    "|oauth|verify|verification|confirm|confirmation|invite|activation"
)
_BOUND = "key|code|hash|sid|session|auth|otp|pin|jwt|sas|ticket|authorization|magic"
_LOGINS = "(?:user)?(?:passw(?:or)?d|pwd|pass|passwort|kennwort|contraseña|heslo|has[lł]o|parola)"
_WORDS_BEFORE = "(?:[a-z0-9]{1,20}[_.-])*_?"
_NAME = (
    rf"{_WORDS_BEFORE}(?:{_OF}|csrf|xsrf)?(?:{_ALWAYS})|(?:(?:{_OF})[_-]?){{0,2}}(?:{_BOUND})"
    r"|phpsessid|jsessionid|aspsessionid[a-z]*"
)
_PARAMETER = re.compile(
    rf"[?&;#](?:{_NAME}|(?P<password>{_WORDS_BEFORE}{_LOGINS}))=",
    re.IGNORECASE,
)
_VALUE = re.compile(r"[A-Za-z0-9%._~+/!*-]+={0,2}")
_NAME_REACH = 42
_MAX_VALUE = 4096
_MIN_VALUE = 8
_MIN_PASSWORD = 4
_NO_PASSWORDS = frozenset(
    {"true", "false", "null", "none", "required", "reset", "forgot", "change"}
)
_LONG_VALUE = 20

_USERINFO = re.compile(r"[^\s/@:?#]{0,64}:[^\s/?#]{1,128}\Z")
_USERINFO_REACH = 200
_HOST = re.compile(r"@[A-Za-z0-9\[]")

_JWT = re.compile(r"(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*")
_JWT_MAX = 8192
_PEM = re.compile(
    r"-----BEGIN (?P<kind>(?:[A-Z0-9]+ ){0,2}PRIVATE KEY(?: BLOCK)?)-----"
    r"(?P<body>(?:[^-]|-(?!----)){16,})(?=-----END (?P=kind)-----)"
)
_PEM_MAX = 16_384


def is_example(secret: str) -> bool:
    """Whether a secret is said to be none."""
    return secret.lower().startswith(EXAMPLE)


def _is_secret(value: str) -> bool:
    """Whether a value looks drawn at random: letters and digits, or long."""
    if len(value) < _MIN_VALUE or is_example(value):
        return False
    has_digit = any(c.isdigit() for c in value)
    has_letter = any(c.isalpha() for c in value)
    return (has_digit and has_letter) or (len(value) >= _LONG_VALUE and "-" not in value)


def _is_password(value: str) -> bool:
    """Whether the value of a parameter that is called a password may be one."""
    return (
        len(value) >= _MIN_PASSWORD and value.lower() not in _NO_PASSWORDS and not is_example(value)
    )


def find_parameter(text: str, start: int, end: int, scope: Scope) -> Iterator[Match]:
    """Yield the secret value behind the equals sign of a parameter."""
    if not scope.looks_for("url_secret"):
        return
    named = _PARAMETER.search(text, max(0, start - _NAME_REACH), end)
    value = _VALUE.match(text, end, end + _MAX_VALUE)
    if named is None or named.end() != end or value is None:
        return
    secret = value.group().rstrip(".!")
    if _is_secret(secret) or (named["password"] and _is_password(secret)):
        yield Match(end, end + len(secret), "secret", "url_secret", secret)


def find_password(text: str, start: int, end: int, scope: Scope) -> Iterator[Match]:
    """Yield user and password before the at sign of a URL."""
    if text[start] != "@" or not scope.looks_for("url_password"):
        return
    scheme = text.rfind("://", max(0, start - _USERINFO_REACH), start)
    found = _USERINFO.match(text, scheme + 3, start) if scheme >= 0 else None
    if found is not None and _HOST.match(text, start) and not is_example(found.group()):
        yield Match(found.start(), start, "secret", "url_password", found.group())


def find_key(text: str, start: int, end: int, scope: Scope) -> Iterator[Match]:
    """Yield the key or token that a long word is, or begins."""
    if scope.looks_for("api_key"):
        mark = text[start - 1 : start]
        lead = (
            LEAD.search(text, max(0, start - LEAD_REACH), start)
            if mark in (".", ":", "/")
            else None
        )
        begin = start if lead is None else lead.start()
        if mark == "/" and HOOK.search(text, max(0, start - HOOK_REACH), start):
            key = HOOK_TOKEN.match(text, start, end)
        else:
            key = KEY.match(text, begin, end + KEY_MAX)
        if key is not None:
            prefix = prefix_of(key.group())
            if not is_example(key.group()[len(prefix) :]):
                yield Match(key.start(), key.end(), "secret", "api_key", key.group())
    if scope.looks_for("jwt") and text.startswith("eyJ", start):
        token = _JWT.match(text, start, start + _JWT_MAX)
        if token is not None:
            yield Match(token.start(), token.end(), "secret", "jwt", token.group())


def find_private_key(text: str, start: int, end: int, scope: Scope) -> Iterator[Match]:
    """Yield the body of a private key between its lines of dashes."""
    if not scope.looks_for("private_key"):
        return
    found = _PEM.match(text, start, start + _PEM_MAX)
    if found is not None and not is_example(found["body"].lstrip()):
        yield Match(*found.span("body"), "secret", "private_key", "".join(found["body"].split()))


CREDENTIALS = (
    Detector(scan.PARAMETER, find_parameter),
    Detector(scan.AT, find_password),
    Detector(scan.KEY, find_key),
    Detector(scan.PEM, find_private_key),
)
