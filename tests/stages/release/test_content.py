"""The digest of rows depends on every value, and on nothing else."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eurosift.stages.release.columns import schema_of
from eurosift.stages.release.content import combine, content_digest

SCHEMA = pa.schema(
    [
        *schema_of(("id", "pii", "language_score", "date", "n_words", "reasons")),
        pa.field("flag", pa.bool_()),
    ]
)
SPAN = st.fixed_dictionaries(
    {
        "start": st.none() | st.integers(0, 9),
        "end": st.integers(0, 9),
        "type": st.none() | st.text(max_size=2),
        "detector": st.text(max_size=2),
    }
)
ROW = st.fixed_dictionaries(
    {
        "id": st.none() | st.text(max_size=4),
        "pii": st.none() | st.lists(st.none() | SPAN, max_size=2),
        "language_score": st.none() | st.floats(width=32, allow_nan=False),
        "date": st.none() | st.integers(0, 10**12),
        "n_words": st.none() | st.integers(-5, 5),
        "reasons": st.none() | st.lists(st.none() | st.text(max_size=2), max_size=3),
        "flag": st.none() | st.booleans(),
    }
)


def batch_of(rows):
    columns = [pa.array([row[f.name] for row in rows], f.type) for f in SCHEMA]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def bits(rows):
    """Rows with floats told apart by sign, as the digest does."""
    return [
        {k: (v, np.signbit(v)) if isinstance(v, float) else v for k, v in row.items()}
        for row in rows
    ]


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(ROW, max_size=5), before=st.lists(ROW, max_size=3), after=st.lists(ROW))
def test_offsets_and_neighbours_do_not_matter(rows, before, after):
    inside = batch_of([*before, *rows, *after]).slice(len(before), len(rows))
    assert content_digest(inside) == content_digest(batch_of(rows))


@settings(max_examples=300, deadline=None)
@given(a=st.lists(ROW, max_size=2), b=st.lists(ROW, max_size=2))
def test_digests_are_equal_exactly_if_the_rows_are(a, b):
    same = content_digest(batch_of(a)) == content_digest(batch_of(b))
    assert same == (bits(a) == bits(b))


def test_what_lies_under_a_null_does_not_matter():
    def column(hidden):
        return pa.Array.from_buffers(
            pa.int64(), 2, [pa.py_buffer(b"\x01"), pa.py_buffer(np.array([7, hidden]))]
        )

    first, second = (pa.record_batch([column(h)], names=["n"]) for h in (1, 2))
    assert first.equals(second)
    assert content_digest(first) == content_digest(second)


def test_bytes_cannot_wander_between_values_or_columns():
    def digest(a, b):
        return content_digest(pa.record_batch([[a], [b]], names=["a", "b"]))

    assert len({digest("ab", "c"), digest("a", "bc"), digest("", "abc")}) == 3
    assert combine(["ab", "c"]) != combine(["a", "bc"])


def test_a_type_that_cannot_be_digested_is_refused():
    batch = pa.record_batch([pa.array(["x"]).dictionary_encode()], names=["d"])
    with pytest.raises(TypeError, match="dictionary"):
        content_digest(batch)
