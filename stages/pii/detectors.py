"""All detectors, and which type each identifier is of."""

from __future__ import annotations

from types import MappingProxyType

from eurosift.stages.pii.credentials import CREDENTIALS
from eurosift.stages.pii.crypto import CRYPTO
from eurosift.stages.pii.detector import Detector, PiiType
from eurosift.stages.pii.emails import EMAIL
from eurosift.stages.pii.ibans import IBAN
from eurosift.stages.pii.ips import IPV4, IPV6
from eurosift.stages.pii.mrz import MRZ
from eurosift.stages.pii.national.find import NUMBER
from eurosift.stages.pii.national.numbers import NUMBERS
from eurosift.stages.pii.phones import PHONE

DETECTORS: tuple[Detector, ...] = (
    EMAIL,
    *CREDENTIALS,
    IBAN,
    MRZ,
    CRYPTO,
    NUMBER,
    PHONE,
    IPV4,
    IPV6,
)

_OTHERS: dict[str, PiiType] = {
    "email": "email",
    "email_obfuscated": "email",
    "ipv4": "ip_address",
    "ipv6": "ip_address",
    "phone_international": "phone",
    "phone_national": "phone",
    "iban": "iban",
    "bitcoin": "crypto",
    "ethereum": "crypto",
    "mrz": "mrz",
    "url_secret": "secret",
    "url_password": "secret",
    "api_key": "secret",
    "jwt": "secret",
    "private_key": "secret",
}

TYPE_OF = MappingProxyType(_OTHERS | {number.name: number.type for number in NUMBERS})
"""Type of every identifier that a policy can name."""
