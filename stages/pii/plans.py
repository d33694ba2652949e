"""What the numbering plans of states allow, as the library phonenumbers knows them."""

from __future__ import annotations

import re
from functools import cache

import phonenumbers

MAX_NATIONAL = 13
"""Most digits of a number that is dialled at home."""


def is_valid(number: phonenumbers.PhoneNumber) -> bool:
    """Whether a number exists in its plan. Nobody's begins with three zeros: surrogates do."""
    national = phonenumbers.national_significant_number(number)
    return not national.startswith("00") and phonenumbers.is_valid_number(number)


def parse(digits: str, region: str | None = None) -> phonenumbers.PhoneNumber | None:
    """Parse a number; None if it cannot be one."""
    try:
        return phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None


def value_of(number: phonenumbers.PhoneNumber) -> str:
    """Canonical form of a number (E.164)."""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@cache
def possible(regions: tuple[str, ...]) -> re.Pattern[str]:
    """What digits match, from their first on, if the library may take them for a number of states.

    They are one as they are, of a state or of one that shares its code, or begin with something
    that it takes away. Parsing is slow, and most digits are no number.
    """
    found: list[str] = []
    for region in regions:
        code = phonenumbers.country_code_for_region(region)
        found.append(str(code))
        for other in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(code, ()):
            plan = phonenumbers.PhoneMetadata.metadata_for_region(other)
            if plan is None or plan.general_desc is None:
                return re.compile("")  # nothing is known, so anything may be one
            prefixes = (plan.international_prefix, plan.national_prefix_for_parsing)
            found += [f"(?:{prefix})" for prefix in prefixes if prefix]
            found.append(rf"(?:{plan.general_desc.national_number_pattern})\Z")
    return re.compile("|".join(dict.fromkeys(found)))


@cache
def longest(regions: tuple[str, ...]) -> int:
    """Most digits of a number of some states as it is dialled at home."""
    most = 0
    for region in regions:
        plan = phonenumbers.PhoneMetadata.metadata_for_region(region)
        desc = None if plan is None else plan.general_desc
        most = max(most, *(desc.possible_length if desc is not None else (MAX_NATIONAL,)))
    return min(MAX_NATIONAL, most + 2)  # with the prefix before it, as "06" in Hungary
