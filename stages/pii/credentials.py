"""Secrets: parameters and passwords in URLs, tokens, and keys whose form says what they are.

Only the secret itself is the identifier, not the URL around it. What begins with `EXAMPLE` is
nobody's secret: it is how surrogates, and the documentation of many services, begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from eurosift.stages.pii import scan
from eurosift.stages.pii.detector import Detector, Match, Scope

EXAMPLE = "example"
"""How surrogates begin, behind the prefix of a key; in any case."""

_NAMES = (
    "(?:access|auth|api|refresh|id|csrf|reset|login|user|session|security|private|client|jwt|sas)?"
    "[_-]?(?:token|key|secret|sid|sessionid|session|sessid|signature|sig|passw(?:or)?d|pwd|pass|"
    "apikey|auth|code)|phpsessid|jsessionid|aspsessionid[a-z]*|authorization|otp|pin|magic|sas"
    "|x-(?:amz|goog)-(?:signature|security-token)"
)
_PARAMETER = re.compile(rf"[?&;#](?:{_NAMES})=", re.IGNORECASE)
_VALUE = re.compile(r"[A-Za-z0-9%._~+/!*-]+={0,2}")
_NAME_REACH = 42
_MAX_VALUE = 4096
_MIN_VALUE = 8
_LONG_VALUE = 20

_USERINFO = re.compile(r"[^\s/@:?#]{1,64}:[^\s/@?#]{1,128}\Z")
_USERINFO_REACH = 200
_HOST = re.compile(r"@[A-Za-z0-9\[]")

PREFIXES = {
    "AKIA": r"[A-Z0-9]{16}",
    "ASIA": r"[A-Z0-9]{16}",
    "ghp_": r"[A-Za-z0-9]{36,}",
    "gho_": r"[A-Za-z0-9]{36,}",
    "ghu_": r"[A-Za-z0-9]{36,}",
    "ghs_": r"[A-Za-z0-9]{36,}",
    "ghr_": r"[A-Za-z0-9]{36,}",
    "github_pat_": r"[A-Za-z0-9_]{22,}",
    "glpat-": r"[A-Za-z0-9_-]{20,}",
    "xoxb-": r"[A-Za-z0-9-]{10,}",
    "xoxp-": r"[A-Za-z0-9-]{10,}",
    "xoxa-": r"[A-Za-z0-9-]{10,}",
    "xoxr-": r"[A-Za-z0-9-]{10,}",
    "xoxs-": r"[A-Za-z0-9-]{10,}",
    "AIza": r"[A-Za-z0-9_-]{35}",
    "sk_live_": r"[A-Za-z0-9]{16,}",
    "rk_live_": r"[A-Za-z0-9]{16,}",
    "pk_live_": r"[A-Za-z0-9]{16,}",
    "sk-": r"[A-Za-z0-9_-]{32,}",
    "npm_": r"[A-Za-z0-9]{36}",
    "hf_": r"[A-Za-z0-9]{34}",
    "pypi-": r"[A-Za-z0-9_-]{50,}",
    "SG.": r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
    "ya29.": r"[A-Za-z0-9_-]{50,}",
    "xapp-": r"[A-Za-z0-9-]{30,}",
    "whsec_": r"[A-Za-z0-9]{24,}",
    "GOCSPX-": r"[A-Za-z0-9_-]{28}",
    "dop_v1_": r"[0-9a-f]{64}",
    "doo_v1_": r"[0-9a-f]{64}",
    "dor_v1_": r"[0-9a-f]{64}",
    "shpat_": r"[0-9a-fA-F]{32}",
    "shpca_": r"[0-9a-fA-F]{32}",
    "shppa_": r"[0-9a-fA-F]{32}",
    "shpss_": r"[0-9a-fA-F]{32}",
    "sq0atp-": r"[A-Za-z0-9_-]{22}",
    "sq0csp-": r"[A-Za-z0-9_-]{43}",
    "key-": r"[0-9a-f]{32}",
    "SK": r"[0-9a-f]{32}",
    "AGE-SECRET-KEY-1": r"[0-9A-Z]{58}",
    "dckr_pat_": r"[A-Za-z0-9_-]{27,}",
    "glsa_": r"[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}",
    "lin_api_": r"[A-Za-z0-9]{40}",
    "PMAK-": r"[0-9a-f]{24}-[0-9a-f]{34}",
}
"""What stands behind the prefix of a key, as its issuer documents it."""

# Of Mailchimp; of Telegram's bots; of Discord's.
_UNPREFIXED = (
    r"[0-9a-f]{32}-us[0-9]{1,2}|[0-9]{8,10}:AA[A-Za-z0-9_-]{33}"
    r"|[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}"
)
_KEY = re.compile(
    "(?<![A-Za-z0-9_-])(?:"
    + "|".join(f"{re.escape(prefix)}(?:{rest})" for prefix, rest in PREFIXES.items())
    + f"|{_UNPREFIXED})(?![A-Za-z0-9_])"
)
# What may stand before the long word at which the scan has noticed a key.
_LEAD = re.compile(r"(?:(?<![A-Za-z0-9_-])(?:SG\.|ya29\.|[0-9]{8,10}:))\Z")
_LEAD_REACH = 12
# The secret part of a web hook's address, behind the parts that say whose it is.
_HOOK = re.compile(
    r"(?:hooks\.slack\.com/services/[A-Z0-9]{8,14}/[A-Z0-9]{8,14}/"
    r"|discord(?:app)?\.com/api/webhooks/[0-9]{17,20}/)\Z"
)
_HOOK_REACH = 64
_HOOK_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,90}")
_KEY_MAX = 300
_JWT = re.compile(r"(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*")
_JWT_MAX = 8192
_PEM = re.compile(
    r"(?P<head>-----BEGIN (?P<kind>(?:[A-Z]+ ){0,2}PRIVATE KEY)-----)(?P<body>[^-]{16,})"
    r"(?=-----END (?P=kind)-----)"
)
_PEM_MAX = 16_384


def is_example(secret: str) -> bool:
    """Whether a secret is said to be none."""
    return secret.lower().startswith(EXAMPLE)


def prefix_of(key: str) -> str:
    """The prefix by which a key is known; empty if it has none."""
    return max((p for p in PREFIXES if key.startswith(p)), key=len, default="")


def _is_secret(value: str) -> bool:
    """Whether a value looks drawn at random: letters and digits, or long."""
    if len(value) < _MIN_VALUE or is_example(value):
        return False
    has_digit = any(c.isdigit() for c in value)
    has_letter = any(c.isalpha() for c in value)
    return (has_digit and has_letter) or (len(value) >= _LONG_VALUE and "-" not in value)


def find_parameter(text: str, start: int, end: int, scope: Scope) -> Iterator[Match]:
    """Yield the secret value behind the equals sign of a parameter."""
    if not scope.looks_for("url_secret"):
        return
    named = _PARAMETER.search(text, max(0, start - _NAME_REACH), end)
    value = _VALUE.match(text, end, end + _MAX_VALUE)
    if named is None or named.end() != end or value is None:
        return
    secret = value.group().rstrip(".!")
    if _is_secret(secret):
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
            _LEAD.search(text, max(0, start - _LEAD_REACH), start) if mark in (".", ":") else None
        )
        begin = start if lead is None else lead.start()
        if mark == "/" and _HOOK.search(text, max(0, start - _HOOK_REACH), start):
            key = _HOOK_TOKEN.match(text, start, end)
        else:
            key = _KEY.match(text, begin, end + _KEY_MAX)
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
