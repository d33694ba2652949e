"""Languages beyond the 24."""

import re

from eurosift.langid.languages import EU24
from eurosift.langid.world import WORLD

ROW = re.compile(r"[a-z]{3}\|([A-Z][a-z]{3})?\|([a-z]{2})?\|([a-z]{2,3}( [a-z]{2,3})*)?\|\S.*")


def test_every_row_has_the_five_fields():
    for row in WORLD.splitlines():
        assert ROW.fullmatch(row), row


def test_rows_are_sorted_unique_and_none_of_the_24():
    codes = [f"{row[:3]}_{row[4:8]}" for row in WORLD.splitlines() if "||||" not in row]
    assert len(codes) == len(set(codes))
    languages = [code[:3] for code in codes if code[4] != "|"]
    assert languages == sorted(languages)
    assert not set(codes) & set(EU24)


def test_the_two_letter_codes_of_iso_639_1_are_complete():
    two = {row.split("|")[2] for row in WORLD.splitlines()} - {""}
    # 184 codes have been assigned; 24 are those of the EU, and sh is deprecated but in use.
    assert len(two) >= 159
