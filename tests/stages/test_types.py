"""A type has one name, wherever it comes from."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from eurosift.stages.types import type_name


def test_parquet_gives_back_a_type_of_the_same_name():
    nested = pa.list_(pa.struct([("a", pa.list_(pa.int32())), ("b", pa.string())]))
    schema = pa.schema([("x", nested), ("y", pa.timestamp("ms", "UTC"))])
    sink = pa.BufferOutputStream()
    pq.write_table(schema.empty_table(), sink)
    back = pq.read_schema(pa.BufferReader(sink.getvalue()))
    assert str(back.field("x").type) != str(nested)
    assert [type_name(f.type) for f in back] == [type_name(f.type) for f in schema]
    assert type_name(nested) == "list<struct<a: list<int32>, b: string>>"
