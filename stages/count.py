"""Sizes of documents: bytes, characters, words, segments, tokens.

All are of the text as it will be released: the runtime delivers the scrubbed one where there is
one. A number of tokens means nothing without its tokenizer, so there are none without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, StringConstraints

from eurosift.filters.arrays import Int32s, Int64s, UInt8s
from eurosift.filters.buffers import string_buffers
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.unicode import character_classes
from eurosift.filters.words import INSIDE, LETTER_OR_NUMBER, decode, is_joined
from eurosift.stages.base import FURTHER_TOKENS, TOKENIZER_NAME, Stage
from eurosift.stages.config import Asset, StageConfig
from eurosift.stages.errors import AssetError, StageError
from eurosift.stages.tokenizer import REMEDY, TokenCounter, load_tokenizer, tokens_of

SIZES = pa.schema(
    [
        pa.field("n_bytes", pa.int64()),
        pa.field("n_chars", pa.int64()),
        pa.field("n_words", pa.int32()),
        pa.field("n_segments", pa.int32()),
    ],
)
TOKENS = "n_tokens"
"""Column of the tokens of the tokenizer without a name."""


BLANK: Final = 0x20
NEWLINE: Final = 0x0A

TokenizerPath = Annotated[Path, Asset(REMEDY)]
TokenizerName = Annotated[str, StringConstraints(pattern=f"^{TOKENIZER_NAME}$")]


class CountConfig(StageConfig):
    """What is counted beside bytes, characters, words and segments."""

    tokenizer: TokenizerPath | None = Field(
        default=None,
        description=(
            "Tokenizer by which `n_tokens` is counted: a Hugging Face tokenizer.json or a "
            "SentencePiece model. Without one, `n_tokens` is null."
        ),
    )
    tokenizers: dict[TokenizerName, TokenizerPath] = Field(
        default_factory=dict,
        description=(
            "Further tokenizers by a name of your own; each adds a column `n_tokens_<name>`."
        ),
    )

    def path(self, name: str | None) -> Path | None:
        """File of one of the further tokenizers, or of the one without a name."""
        return self.tokenizer if name is None else self.tokenizers[name]


class Count(Stage[CountConfig]):
    """Counts the sizes of each text.

    Adds ``n_bytes`` (int64, UTF-8), ``n_chars`` (int64, code points), ``n_words`` (int32, see
    `eurosift.filters.words`), ``n_segments`` (int32, units between newlines; 0 for an empty text)
    and ``n_tokens`` (int32, without special tokens; null without a tokenizer); and for each of the
    further tokenizers ``n_tokens_<name>``, alike.

    Raises
    ------
    StageError
        If a language has other names of tokenizers than the rest.
    """

    version: ClassVar[int] = 2
    config_type: ClassVar[type[StageConfig]] = CountConfig
    default_needs: ClassVar[tuple[str, ...]] = ("pii",)

    _counters: dict[Path | None, TokenCounter | None]

    def __init__(self, config: CountConfig, **rest: Any) -> None:
        super().__init__(config, **rest)
        for code, own in self.per_language.items():
            if own.tokenizers.keys() != config.tokenizers.keys():
                raise StageError(
                    f"stage `{self.name}`: `tokenizers` of {code} are named "
                    f"{', '.join(sorted(own.tokenizers)) or 'nothing'}, of all others "
                    f"{', '.join(sorted(config.tokenizers)) or 'nothing'}: each is a column, so "
                    "names must be the same"
                )

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
        """``n_bytes``, ``n_chars``, ``n_words``, ``n_segments``, ``n_tokens``, and for others."""
        more = [(f"{FURTHER_TOKENS}{name}", pa.int32()) for name in sorted(self.config.tokenizers)]
        return pa.schema([*SIZES, (TOKENS, pa.int32()), *more])

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
        paths = {path for c in configs for path in (c.tokenizer, *c.tokenizers.values())}
        try:
            self._counters = {p: None if p is None else load_tokenizer(p) for p in paths}
        except AssetError as error:
            raise AssetError(f"{self.name}: {error}") from error

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Count a batch."""
        texts = batch.column("text")
        tokens = [self._n_tokens(texts, batch, n) for n in (None, *sorted(self.config.tokenizers))]
        return pa.RecordBatch.from_arrays([*sizes_of(texts).columns, *tokens], schema=self.adds)

    def _n_tokens(self, texts: pa.Array, batch: pa.RecordBatch, name: str | None) -> pa.Array:
        if not self.per_language:
            return _tokens(texts, self._counters[self.config.path(name)])
        paths = [self.config_for(x).path(name) for x in batch.column("language").to_pylist()]
        counts: list[int | None] = [None] * len(texts)
        for path in set(paths):
            rows = [row for row, own in enumerate(paths) if own == path]
            of_path = texts.take(pa.array(rows, type=pa.int64()))
            found = _tokens(of_path, self._counters[path])
            for row, n in zip(rows, found.to_pylist(), strict=True):
                counts[row] = n
        return pa.array(counts, type=pa.int32())


def sizes_of(texts: pa.Array) -> pa.RecordBatch:
    """Sizes of each text but for tokens: the columns of `SIZES`; null where there is no text."""
    n_bytes = pc.binary_length(texts).cast(pa.int64())
    rows = string_buffers(texts)
    n_words, n_segments = (np.zeros(len(texts), dtype=np.int32) for _ in range(2))
    count_parts(rows.data, rows.offsets, character_classes(), n_words, n_segments)
    n_segments += np.diff(rows.offsets) > 0
    return pa.record_batch(
        [
            n_bytes,
            pc.utf8_length(texts).cast(pa.int64()),
            pa.array(n_words, mask=~rows.valid),
            pa.array(n_segments, mask=~rows.valid),
        ],
        schema=SIZES,
    )


@kernel
def count_parts(
    data: UInt8s, offsets: Int64s, classes: UInt8s, n_words: Int32s, n_newlines: Int32s
) -> None:
    """Count words, as `next_word` finds them, and newlines of each row.

    Nothing is hashed, which is most of the time that finding words takes.

    Parameters
    ----------
    data, offsets
        UTF-8 bytes of all rows; shape (n_rows + 1,).
    classes
        Class bits by code point.
    n_words, n_newlines
        What is counted, shape (n_rows,).
    """
    for row in range(n_words.size):
        pos, end = offsets[row], offsets[row + 1]
        words = newlines = 0
        inside = False
        before = np.uint8(0)
        point: Integer
        while pos < end:
            byte = data[np.uint64(pos)]  # an unsigned index is never counted from the end
            if byte < 0x80:
                point, width = int(byte), 1
                newlines += byte == NEWLINE
            else:
                point, width = decode(data, pos, end)
            pos += width
            kind = classes[np.uint64(point)]
            if kind & LETTER_OR_NUMBER:
                words += not inside
                inside = True
                before = kind
            elif inside and kind & INSIDE == 0:
                inside = point != BLANK and is_joined(data, pos, end, point, before, classes)
        n_words[row] = words
        n_newlines[row] = newlines


def _tokens(texts: pa.Array, counter: TokenCounter | None) -> pa.Array:
    return pa.nulls(len(texts), pa.int32()) if counter is None else tokens_of(texts, counter)
