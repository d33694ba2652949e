"""Times of captures, as crawls write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)[Tt ]?(\d\d):?(\d\d):?(\d\d)?")


def capture_time(value: str | None) -> datetime | None:
    """Parse a WARC-Date or an ARC date as UTC, to the second; None if it is none.

    Examples
    --------
    >>> capture_time("2024-01-31T23:59:58.123Z").isoformat()
    '2024-01-31T23:59:58+00:00'
    """
    match = _DATE.match((value or "").strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
