"""Each signal is defined once."""

import pyarrow as pa

from eurosift.filters.signal_table import ALL_SIGNALS, SCHEMA


def test_schema_and_names():
    """The ledger sums char_count and word_count, so these are exactly so."""
    assert SCHEMA.field("char_count").type == SCHEMA.field("word_count").type == pa.int32()
    assert [signal.name for signal in ALL_SIGNALS] == SCHEMA.names
    assert len(set(SCHEMA.names)) == len(SCHEMA)
    assert all(signal.definition and signal.source for signal in ALL_SIGNALS)


def test_types_follow_from_what_is_counted():
    assert all((s.per is None) == (s.dtype == pa.int32()) for s in ALL_SIGNALS[:-1])
