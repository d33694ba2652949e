"""Tables in the layouts that are met, and tokenizers whose counts can be told by hand."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tokenizers
import zstandard
from tokenizers import models, pre_tokenizers

from eurosift.pipeline.counts.counted import Tokenizer
from eurosift.pipeline.counts.sources import Findings
from eurosift.pipeline.counts.table_source import TableSource

LETTERS = "abcdefghij"


@pytest.fixture(autouse=True)
def keep_environment(monkeypatch):
    """Opening a tokenizer sets variables, which are not to leak from here."""
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "false")
    monkeypatch.setenv("RAYON_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def word_tokenizer(tmp_path_factory) -> Path:
    """One token per word between blanks."""
    made = tokenizers.Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    path = tmp_path_factory.mktemp("words") / "words.json"
    made.save(str(path))
    return path


@pytest.fixture(scope="session")
def letter_tokenizer(tmp_path_factory) -> Path:
    """One token per character that is no blank."""
    made = tokenizers.Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Split(tokenizers.Regex("."), "isolated"),
        ]
    )
    folder = tmp_path_factory.mktemp("letters") / "letters"
    folder.mkdir()
    made.save(str(folder / "tokenizer.json"))
    return folder / "tokenizer.json"


@pytest.fixture
def write_parquet():
    def write(path: Path, columns, row_group_size=None) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table(columns), path, row_group_size=row_group_size)
        return path

    return write


@pytest.fixture
def write_jsonl():
    def write(path: Path, rows) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        data = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()
        if path.suffix == ".gz":
            data = gzip.compress(data, mtime=0)
        elif path.suffix == ".zst":
            data = zstandard.compress(data)
        path.write_bytes(data)
        return path

    return write


@pytest.fixture
def rows():
    """Labels and texts of a source."""

    def read(source, findings=None):
        seen = findings or Findings()
        return [
            pair
            for unit in source.units
            for labels, texts in source.read(unit, seen)
            for pair in zip(labels.to_pylist(), texts.to_pylist(), strict=True)
        ]

    return read


def documents(n, seed=1, words=120):
    made = random.Random(seed)
    for _ in range(n):
        size = 1 + int(made.paretovariate(1.2) * words / 10) % (4 * words)
        yield " ".join(LETTERS[: made.randint(1, 10)] for _ in range(size))


@pytest.fixture
def corpus(tmp_path, write_parquet):
    """Two languages of 3,000 documents, mixed in two files, and a small one."""
    texts = list(documents(6_000))
    languages = ["mt" if i % 2 else "ga" for i in range(6_000)]
    write_parquet(
        tmp_path / "a.parquet",
        {"text": texts[:3_500], "language": languages[:3_500]},
        row_group_size=400,
    )
    rest = {"text": [*texts[3_500:], "one two", ""], "language": [*languages[3_500:], "et", "et"]}
    write_parquet(tmp_path / "b.parquet", rest)
    return TableSource(tmp_path)


@pytest.fixture
def words(word_tokenizer):
    return Tokenizer.load(word_tokenizer)


@pytest.fixture
def letters(letter_tokenizer):
    return Tokenizer.load(letter_tokenizer)
