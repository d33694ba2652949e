"""Every count has a column of its own."""

from eurosift.filters import counts


def test_every_column_has_one_name():
    columns = [
        value
        for name, value in vars(counts).items()
        if isinstance(value, int) and name not in {"N_COUNTS", "LANGUAGE_LETTERS"}
    ]
    assert sorted(columns) == list(range(counts.N_COUNTS))


def test_the_ngram_counts_stand_in_a_row():
    assert counts.TOP_4 - counts.TOP_2 == 2
    assert counts.DUPLICATE_10 - counts.DUPLICATE_5 == 5
