"""The helpers of the kernel of line boundaries."""

import pytest

from eurosift.filters.boundaries import ends_in_ellipsis
from tests.filters.test_token_counts import encoded


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a...", True), ("a…", True), ("...", True), ("a..", False), ("..", False), ("…a", False)],
)
def test_ellipses(text, expected):
    assert ends_in_ellipsis(encoded(text), 0, len(text.encode())) is expected
