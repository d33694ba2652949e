from __future__ import annotations

import pytest

from eurosift.stages.extract.scopes import DEEPEST, SCOPES, follow, no_scopes, outside


def after(tags):
    """How many formatting elements are out of reach; there is one more at each tag."""
    scopes = no_scopes()
    for used, tag in enumerate(tags.split()):
        follow(scopes, SCOPES.index(tag.lstrip("/")), int(tag.startswith("/")), used)
    return outside(scopes)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("", 0),
        ("table", 0),
        ("table tr td", 2),
        ("table td td", 2),
        ("table td /td", 0),
        ("table td tr", 0),
        ("table caption", 1),
        ("table td table", 1),
        ("table td table /td", 1),
        ("table td table td /td", 1),
        ("table td table td /table", 1),
        ("table td /table", 0),
        ("td", 0),
        ("/td /table /object", 0),
        ("table object", 1),
        ("object /object", 0),
        ("table td object /td", 2),
        ("table td object /object", 1),
        ("table td template /table /template", 1),
        ("table template td", 2),
        ("table object td", 1),
    ],
)
def test_end_tags_reach_as_far_as_their_scope(tags, expected):
    assert after(tags) == expected


def test_scopes_beyond_the_deepest_are_only_counted():
    deep = "object " * (DEEPEST + 5)
    assert after(deep) == DEEPEST + 4
    assert after(deep + "/object " * 5) == DEEPEST + 4
    assert after(deep + "/object " * 6) == DEEPEST - 2
    assert after(deep + "/object " * (DEEPEST + 4)) == 0
