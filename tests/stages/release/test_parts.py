"""A part says in its footer what each of its row groups holds."""

from __future__ import annotations

import doctest

import pyarrow as pa
import pyarrow.parquet as pq

from eurosift.pipeline.footers import read_footer
from eurosift.stages.release import parts

SCHEMA = pa.schema([("id", pa.string()), ("text", pa.string()), ("language", pa.string())])


def test_row_groups_of_the_file_are_those_of_the_facts(release):
    rows = [
        {"id": f"{i}", "text": "ab" * (i % 3), "language": ("mlt_Latn", "deu_Latn")[i % 10 == 0]}
        for i in range(12_000)
    ]
    outcome = release({"00000": rows}, SCHEMA, batch_rows=5000)
    path = outcome.folder / ".parts/00000.parquet"
    facts = read_footer(path).facts["row_groups"]
    assert [(f["language"], f["rows"]) for f in facts] == [
        ("mlt_Latn", 10_000),
        ("deu_Latn", 1_200),
        ("mlt_Latn", 800),
    ]
    with pq.ParquetFile(path) as file:
        assert file.num_row_groups == len(facts)
        for number, fact in enumerate(facts):
            group = file.read_row_group(number).to_pylist()
            assert {row["language"] for row in group} == {fact["language"]}
            assert sum(len(row["text"]) for row in group) == fact["text_bytes"]


def test_examples_hold():
    assert doctest.testmod(parts) == (0, 1)
