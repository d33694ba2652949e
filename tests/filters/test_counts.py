"""Positions follow names."""

from eurosift.filters import counts


def test_every_constant_is_the_position_of_its_name():
    constants = {
        name.lower(): value
        for name, value in vars(counts).items()
        if isinstance(value, int) and name != "N_COUNTS"
    }
    assert constants == {name: counts.COUNTS.index(name) for name in constants}
    assert len(set(counts.COUNTS)) == counts.N_COUNTS


def test_the_ngram_counts_stand_in_a_row():
    names = counts.COUNTS
    assert [names[counts.TOP_2 + i] for i in range(3)] == ["top_2", "top_3", "top_4"]
    assert [names[counts.DUPLICATE_5 + i] for i in range(6)] == [
        f"duplicate_{n}" for n in range(5, 11)
    ]
