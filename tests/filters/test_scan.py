"""Rows do not see each other."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.scan import FIRST_TABLE, GROWTH
from eurosift.filters.signals import measure

LANGUAGES = st.sampled_from(["eng_Latn", "mlt_Latn", "xxx_Zzzz", None])


@given(data=st.data())
def test_signals_do_not_depend_on_how_rows_are_batched(data, texts, stop_table):
    rows = data.draw(st.lists(st.tuples(texts | st.none(), LANGUAGES), min_size=1, max_size=8))
    cut = data.draw(st.integers(0, len(rows)))
    batch = pa.table(
        {
            "text": pa.array([text for text, _ in rows], pa.large_string()),
            "language": pa.array([language for _, language in rows], pa.string()),
        }
    )

    def signals(part):
        text, language = (part.column(i).combine_chunks() for i in (0, 1))
        return measure(text, language, stop_words=stop_table).to_pylist()

    assert signals(batch) == signals(batch.slice(0, cut)) + signals(batch.slice(cut))


def test_texts_with_more_words_than_the_first_tables_hold(stop_table):
    """They are begun anew with larger tables, and nothing of the first time is left."""
    texts = [f"Is this the short text {i}?" for i in range(3)]
    texts[1] = "\n".join(f"Is this the x{i} of y{i % 999}?" for i in range(FIRST_TABLE))
    texts.append(texts[1] * 2 * GROWTH)

    def signals(texts):
        languages = pa.array(["eng_Latn"] * len(texts))
        return measure(pa.array(texts), languages, stop_words=stop_table).to_pylist()

    together = signals(texts)
    assert together == [row for text in texts for row in signals([text])]
    assert together[1]["char_count"] == len(texts[1])
    assert together[1]["stop_word_count"] == together[3]["stop_word_count"] > 1


def test_no_rows(stop_table):
    assert measure(pa.array([], pa.string()), stop_words=stop_table).num_rows == 0
