"""Tables in the layouts that are met, and tokenizers whose counts can be told by hand."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tokenizers
import zstandard
from tokenizers import models, pre_tokenizers


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
