from __future__ import annotations

import subprocess
import sys

import pytest

from eurosift.stages.errors import InputError
from eurosift.stages.extract.formats import detect_format


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/b.warc", "warc"),
        ("b.warc.gz", "warc"),
        ("b.WARC.zst", "warc"),
        ("b.arc.gz", "warc"),
        ("b.warc.wet.gz", "warc"),
        ("b.wacz", "warc"),
        ("b.parquet", "parquet"),
        ("b.jsonl", "jsonl"),
        ("b.jsonl.gz", "jsonl"),
        ("b.jsonl.zst", "jsonl"),
        ("b.ndjson", "jsonl"),
    ],
)
def test_format_is_told_by_the_suffix(name, expected):
    assert detect_format(name) == expected


@pytest.mark.parametrize(
    "name", ["b.txt", "warc", "b.gz", "b.parquet.gz", "b.wacz.gz", "dir.warc/b"]
)
def test_other_names_are_refused_with_what_is_known(name):
    with pytest.raises(InputError, match=r"cannot tell its format.*\.warc"):
        detect_format(name)


def test_asking_for_the_format_loads_nothing_heavy():
    code = (
        "import sys, eurosift.stages.extract.formats;"
        "sys.exit(any(m in sys.modules for m in ('pyarrow', 'pydantic', 'trafilatura')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
