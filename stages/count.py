"""Sizes of documents: bytes, characters, words, segments, tokens.

All are of the text as it will be released: the runtime delivers the scrubbed one where there is
one. A number of tokens means nothing without its tokenizer, so there are none without one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import sentencepiece
import tokenizers
from pydantic import Field

from eurosift.filters.buffers import string_buffers
from eurosift.filters.kernel import kernel
from eurosift.filters.words import next_word, word_tables
from eurosift.stages.base import AssetPath, Stage, StageConfig
from eurosift.stages.errors import AssetError

SCHEMA = pa.schema(
    [
        pa.field("n_bytes", pa.int64()),
        pa.field("n_chars", pa.int64()),
        pa.field("n_words", pa.int32()),
        pa.field("n_segments", pa.int32()),
        pa.field("n_tokens", pa.int32()),
    ],
)

TokenCounter = Callable[[Sequence[str]], list[int]]

CHUNK_ROWS = 256
"""Texts that are tokenized at once: what they become takes many times their memory."""


class CountConfig(StageConfig):
    """What is counted beside bytes, characters, words and segments."""

    tokenizer: AssetPath | None = Field(
        default=None,
        description=(
            "Tokenizer by which `n_tokens` is counted: a Hugging Face tokenizer.json or a "
            "SentencePiece model. Without one, `n_tokens` is null."
        ),
    )


class Count(Stage[CountConfig]):
    """Counts the sizes of each text.

    Adds ``n_bytes`` (int64, UTF-8), ``n_chars`` (int64, code points), ``n_words`` (int32, see
    `eurosift.filters.words`), ``n_segments`` (int32, units between newlines; 0 for an empty text)
    and ``n_tokens`` (int32, without special tokens; null without a tokenizer).
    """

    version: ClassVar[int] = 2
    config_type: ClassVar[type[StageConfig]] = CountConfig
    default_needs: ClassVar[tuple[str, ...]] = ("pii",)

    _counters: dict[Path | None, TokenCounter | None]

    @property
    def reads(self) -> tuple[str, ...]:
        """The text."""
        return ("text",)

    @property
    def reads_if_present(self) -> tuple[str, ...]:
        """The language, if something is configured by language."""
        return ("language",) if self.per_language else ()

    @property
    def adds(self) -> pa.Schema:
        """``n_bytes``, ``n_chars``, ``n_words``, ``n_segments``, ``n_tokens``."""
        return SCHEMA

    def embedded(self) -> Mapping[str, str]:
        """Character classes, on which the words depend."""
        table = files("eurosift.filters").joinpath("data", "unicode.json").read_bytes()
        return {"unicode": blake2b(table, digest_size=16).hexdigest()}

    def open(self) -> None:
        """Load the tokenizers.

        Raises
        ------
        AssetError
            If one is missing or cannot be read.
        """
        configs = (self.config, *self.per_language.values())
        self._counters = {
            c.tokenizer: load_tokenizer(c.tokenizer) if c.tokenizer is not None else None
            for c in configs
        }

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Count a batch."""
        texts = batch.column("text")
        n_bytes = pc.binary_length(texts).cast(pa.int64())
        newlines = pc.count_substring(texts, "\n")
        filled = pc.greater(n_bytes, 0).cast(newlines.type)
        return pa.record_batch(
            [
                n_bytes,
                pc.utf8_length(texts).cast(pa.int64()),
                _n_words(texts),
                pc.add(newlines, filled).cast(pa.int32()),
                self._n_tokens(texts, batch),
            ],
            schema=SCHEMA,
        )

    def _n_tokens(self, texts: pa.Array, batch: pa.RecordBatch) -> pa.Array:
        if not self.per_language:
            return _tokens_of(texts, self._counters[self.config.tokenizer])
        paths = [self.config_for(x).tokenizer for x in batch.column("language").to_pylist()]
        counts: list[int | None] = [None] * len(texts)
        for path, counter in self._counters.items():
            rows = [row for row, own in enumerate(paths) if own == path]
            found = _tokens_of(texts.take(pa.array(rows, type=pa.int64())), counter)
            for row, n in zip(rows, found.to_pylist(), strict=True):
                counts[row] = n
        return pa.array(counts, type=pa.int32())


@kernel
def count_words(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    classes: npt.NDArray[np.uint8],
    lower: npt.NDArray[np.int32],
    counts: npt.NDArray[np.int32],
) -> None:
    """Count the words of each row into `counts`, shape (n_rows,)."""
    for row in range(counts.size):
        pos, end = offsets[row], offsets[row + 1]
        n = 0
        while True:
            start, pos, _ = next_word(data, pos, end, classes, lower)
            if start == pos:
                break
            n += 1
        counts[row] = n


def _n_words(texts: pa.Array) -> pa.Array:
    rows = string_buffers(texts)
    counts = np.zeros(len(texts), dtype=np.int32)
    count_words(rows.data, rows.offsets, *word_tables(), counts)
    return pa.array(counts, mask=~rows.valid)


def _tokens_of(texts: pa.Array, counter: TokenCounter | None) -> pa.Array:
    """Tokens per text; null where there is no text, or no tokenizer."""
    if counter is None:
        return pa.nulls(len(texts), pa.int32())
    counts: list[int] = []
    for chunk in _chunks(texts.drop_null()):
        counts += counter(chunk)
    missing = texts.is_null().to_numpy(zero_copy_only=False)
    values = np.zeros(len(texts), dtype=np.int32)
    values[~missing] = counts
    return pa.array(values, mask=missing)


def _chunks(texts: pa.Array) -> Iterator[list[str]]:
    for start in range(0, len(texts), CHUNK_ROWS):
        yield texts.slice(start, CHUNK_ROWS).to_pylist()


def load_tokenizer(path: Path) -> TokenCounter:
    """Load a tokenizer from a file: JSON is Hugging Face's, anything else SentencePiece's.

    Raises
    ------
    AssetError
        If the file is missing or is neither.
    """
    try:
        with path.open("rb") as file:
            head = file.read(64).lstrip()
    except OSError as error:
        msg = f"count: cannot read the tokenizer {path}: {error.strerror}"
        raise AssetError(msg) from error
    return _load_json(path) if head.startswith(b"{") else _load_sentencepiece(path)


def _load_json(path: Path) -> TokenCounter:
    # Its thread pool does not survive a fork, and the runtime already uses every core.
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    try:
        tokenizer = tokenizers.Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing more special
        msg = f"count: {path} is no tokenizer.json of Hugging Face's tokenizers: {error}"
        raise AssetError(msg) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(texts: Sequence[str]) -> list[int]:
        encodings = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        return [len(encoding) for encoding in encodings]

    return count


def _load_sentencepiece(path: Path) -> TokenCounter:
    try:
        processor = sentencepiece.SentencePieceProcessor(model_file=str(path))
    except (OSError, RuntimeError) as error:
        msg = (
            f"count: {path} is neither a tokenizer.json (it does not begin with '{{') "
            f"nor a SentencePiece model: {error}"
        )
        raise AssetError(msg) from error

    def count(texts: Sequence[str]) -> list[int]:
        pieces = processor.encode(
            list(texts), out_type=int, add_bos=False, add_eos=False, num_threads=1
        )
        return [len(ids) for ids in pieces]

    return count
