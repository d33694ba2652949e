"""Tokenizers from files, as functions that count.

Hugging Face's ``tokenizer.json`` by the `tokenizers` library, SentencePiece models by
`sentencepiece`: the reference of each, so that counts are what training will see.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.stages.errors import AssetError

REMEDY = (
    "give the path of a tokenizer.json or a SentencePiece model: names of the Hugging Face hub are "
    "not looked up, as nothing asks a network; where there is one, `hf download NAME "
    "tokenizer.json --local-dir FOLDER` fetches the file, then copy it here"
)
"""What to do where a tokenizer is missing."""

TokenCounter = Callable[[Sequence[str]], list[int]]
"""Numbers of tokens of some texts, without special tokens."""

CHUNK_ROWS = 256
CHUNK_BYTES = 4 << 20
"""Texts that are tokenized at once: what they become takes many times their memory."""
BATCH_ROWS = 64
"""Texts per thread in one call of a library: what more become does not fit into the caches."""


def load_tokenizer(path: Path, *, threads: int = 1) -> TokenCounter:
    """Load a tokenizer from a file: JSON is Hugging Face's, anything else SentencePiece's.

    Parameters
    ----------
    path
        The file.
    threads
        How many the tokenizer may use. More than one must not be asked for in a process that forks
        later, and for Hugging Face's the first one that is loaded settles it for the process.

    Raises
    ------
    AssetError
        If the file is missing or is neither.
    """
    try:
        with path.open("rb") as file:
            head = file.read(64).lstrip()
    except OSError as error:
        msg = f"cannot read the tokenizer {path}: {error.strerror}; {REMEDY}"
        raise AssetError(msg) from error
    return _load_json(path, threads) if head.startswith(b"{") else _load_model(path, threads)


def tokens_of(texts: pa.Array, counter: TokenCounter) -> pa.Array:
    """Tokens per text: int32, null where there is no text."""
    counts: list[int] = []
    for chunk in _chunks(texts.drop_null()):
        counts += counter(chunk)
    missing = texts.is_null().to_numpy(zero_copy_only=False)
    values = np.zeros(len(texts), dtype=np.int32)
    values[~missing] = counts
    return pa.array(values, mask=missing)


def _chunks(texts: pa.Array) -> Iterator[list[str]]:
    ends = np.cumsum(pc.binary_length(texts).to_numpy(), dtype=np.int64)
    start = 0
    while start < len(texts):
        before = int(ends[start - 1]) if start else 0
        fit = int(np.searchsorted(ends, before + CHUNK_BYTES, side="right"))
        stop = min(max(fit, start + 1), start + CHUNK_ROWS)
        yield texts.slice(start, stop - start).to_pylist()
        start = stop


def _load_json(path: Path, threads: int) -> TokenCounter:
    import tokenizers  # noqa: PLC0415 - planning does without

    # Its thread pool does not survive a fork, and the runtime already uses every core.
    os.environ["TOKENIZERS_PARALLELISM"] = "true" if threads > 1 else "false"
    os.environ.setdefault("RAYON_NUM_THREADS", str(threads))
    try:
        tokenizer = tokenizers.Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing more special
        msg = f"{path} is no tokenizer.json of Hugging Face's tokenizers: {error}"
        raise AssetError(msg) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(texts: Sequence[str]) -> list[int]:
        encodings = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        return [len(encoding) for encoding in encodings]

    return _in_batches(count, BATCH_ROWS * threads)


def _load_model(path: Path, threads: int) -> TokenCounter:
    import sentencepiece  # noqa: PLC0415 - planning does without

    try:
        processor = sentencepiece.SentencePieceProcessor(model_file=str(path))
    except (OSError, RuntimeError) as error:
        msg = (
            f"{path} is neither a tokenizer.json (it does not begin with '{{') "
            f"nor a SentencePiece model: {error}"
        )
        raise AssetError(msg) from error

    def count(texts: Sequence[str]) -> list[int]:
        pieces = processor.encode(
            list(texts), out_type=int, add_bos=False, add_eos=False, num_threads=threads
        )
        return [len(ids) for ids in pieces]

    return _in_batches(count, BATCH_ROWS * threads)


def _in_batches(counter: TokenCounter, rows: int) -> TokenCounter:
    """A counter that takes at most so many texts at once."""

    def count(texts: Sequence[str]) -> list[int]:
        return [n for i in range(0, len(texts), rows) for n in counter(texts[i : i + rows])]

    return count
