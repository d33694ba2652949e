"""The page on signals says what the table says."""

from pathlib import Path

from eurosift.filters.segmentation import SEGMENTATION
from eurosift.filters.signals_page import page, segmentation_lines

PAGE = Path(__file__).parents[2] / "docs" / "signals.md"


def test_the_page_is_in_step():
    """Renew it by `python -m eurosift.filters.signals_page > docs/signals.md`."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_way_to_cut_words_is_explained():
    said = "\n".join(segmentation_lines())
    assert all(code in said for code in SEGMENTATION)
    assert "()" not in said
