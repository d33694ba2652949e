from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.pii.detector import TYPES, Match, resolve

MATCHES = st.builds(
    lambda start, length, kind: Match(start, start + length, kind, kind, "value"),
    st.integers(0, 30),
    st.integers(1, 10),
    st.sampled_from(TYPES),
)


def test_the_longest_match_wins_then_the_leftmost_then_the_order_of_types():
    short = Match(0, 5, "email", "email", "")
    long = Match(3, 12, "iban", "iban", "")
    assert resolve([short, long]) == [long]
    left, right = Match(0, 4, "iban", "iban", ""), Match(3, 7, "email", "email", "")
    assert resolve([right, left]) == [left]
    mail, address = Match(0, 4, "email", "email", ""), Match(0, 4, "ip_address", "ipv4", "")
    assert resolve([address, mail]) == [mail]


@given(st.lists(MATCHES, max_size=12), st.randoms(use_true_random=False))
def test_what_is_chosen_is_disjoint_ordered_maximal_and_independent_of_the_order(matches, random):
    chosen = resolve(matches)
    assert all(a.end <= b.start for a, b in itertools.pairwise(chosen))
    for match in matches:
        assert any(match.start < c.end and c.start < match.end for c in chosen)
    shuffled = list(matches)
    random.shuffle(shuffled)
    assert resolve(shuffled) == chosen


def test_the_value_does_not_show_in_the_representation():
    assert "anna" not in repr(Match(0, 1, "email", "email", "anna@firma.eu"))
