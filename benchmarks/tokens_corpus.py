"""Documents of real text in five languages, and tokenizers trained on some of them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

DATA = Path(__file__).parents[2] / "shared" / "data" / "lid" / "train"
LANGUAGES = {
    "fr": "fra_Latn",
    "en": "eng_Latn",
    "de": "deu_Latn",
    "bg": "bul_Cyrl",
    "pt": "por_Latn",
}
FILES, ROW_GROUP = 4, 2_000
BPE, UNIGRAM = "bpe.json", "unigram.model"


def write(folder: Path) -> int:
    """Write ``corpus/*.parquet`` and both tokenizers; return the number of documents.

    Texts are sentences, paragraphs, entries of user interfaces; neighbours of one source are
    joined, up to lengths with a log-normal distribution, as those of web pages have: median 400
    characters, mean 700. Then documents of all sources and languages are shuffled.
    """
    if not DATA.is_dir():
        sys.exit(f"tokens: no text at {DATA}")
    random = np.random.default_rng(1)
    texts: list[str] = []
    languages: list[str] = []
    for path in sorted(DATA.glob("*.parquet")):
        table = pq.read_table(path, columns=["lang", "text"])
        for lang, code in LANGUAGES.items():
            found = join(table.filter(pc.equal(table["lang"], lang))["text"].to_pylist(), random)
            texts += found
            languages += [code] * len(found)
    order = pa.array(random.permutation(len(texts)))
    corpus = pa.table({"text": texts, "language": languages}).take(order)
    (folder / "corpus").mkdir()
    size = -(-len(texts) // FILES)
    for i in range(FILES):
        part = corpus.slice(i * size, size)
        path = folder / "corpus" / f"{i:05d}.parquet"
        pq.write_table(part, path, compression="zstd", row_group_size=ROW_GROUP)
    train(corpus["text"].to_pylist()[:6_000], folder)
    return len(texts)


def join(texts: list[str], random: np.random.Generator) -> list[str]:
    """Join neighbours to documents."""
    documents: list[str] = []
    lines: list[str] = []
    wanted = random.lognormal(6.0, 1.0)
    for text in texts:
        lines.append(text)
        if sum(map(len, lines)) >= wanted:
            documents.append("\n".join(lines))
            lines, wanted = [], random.lognormal(6.0, 1.0)
    return [*documents, "\n".join(lines)] if lines else documents


def train(texts: list[str], folder: Path) -> None:
    """Train a byte-level BPE of 16,000 tokens and a SentencePiece model of 8,000."""
    import sentencepiece
    import tokenizers
    from tokenizers import models, pre_tokenizers, trainers

    tokenizer = tokenizers.Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=16_000, show_progress=False, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.save(str(folder / BPE))
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=(line for text in texts[:3_000] for line in text.split("\n")),
        model_prefix=str(folder / Path(UNIGRAM).stem),
        vocab_size=8_000,
        hard_vocab_limit=False,
        num_threads=1,
        minloglevel=2,
    )
