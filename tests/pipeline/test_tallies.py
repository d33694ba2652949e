"""What a change of verdicts means in tokens."""

from eurosift.pipeline.tallies import Tally


def test_tokens_are_those_counted_or_estimated_by_characters():
    counted = Tally(counted_tokens=50, counted_characters=200, tokens=-7)
    assert counted.all_tokens == -7
    counted.uncounted_characters = 40
    assert counted.all_tokens == 3
    assert Tally(uncounted_characters=40).all_tokens is None
