"""A frozen copy of the gold suite: nothing in it is missed, and nothing else is found."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "suite.jsonl").read_text(encoding="utf-8").splitlines()
]
LANGUAGES = sorted({row["lang"] for row in ROWS})


def test_there_are_24_languages_with_several_identifiers_each():
    assert len(LANGUAGES) == 24
    types = Counter((row["lang"], row["type"]) for row in ROWS)
    assert min(len([t for lang, t in types if lang == of and t]) for of in LANGUAGES) >= 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_identifiers_are_found_and_other_numbers_are_left(found, language):
    for row in ROWS:
        if row["lang"] != language:
            continue
        expected = [(row["type"], row["start"], row["end"])] if row["type"] else []
        matches = [m for m in found(row["text"], language) if m.type != "company_id"]
        assert [(m.type, m.start, m.end) for m in matches] == expected, row["text"]
