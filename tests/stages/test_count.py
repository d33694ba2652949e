from __future__ import annotations

import os
import subprocess
import sys

import pyarrow as pa
import pytest
import sentencepiece
import tokenizers
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import models, pre_tokenizers, processors, trainers

from eurosift.filters.words import words
from eurosift.stages.count import Count, CountConfig
from eurosift.stages.errors import AssetError, StageError
from eurosift.stages.tokenizer import CHUNK_ROWS

SENTENCES = [
    "All human beings are born free and equal in dignity and rights.",
    "Alle Menschen sind frei und gleich an Würde und Rechten geboren.",
    "Tous les êtres humains naissent libres et égaux en dignité et en droits.",
    "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
    "Всички хора се раждат свободни и равни по достойнство и права.",
]


@pytest.fixture(autouse=True)
def keep_environment(monkeypatch):
    """Opening a tokenizer sets a variable, which is not to leak from here."""
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "false")


@pytest.fixture(scope="module")
def tokenizer_json(tmp_path_factory):
    tokenizer = tokenizers.Tokenizer(models.BPE(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=["[UNK]", "[CLS]"], show_progress=False
    )
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A", special_tokens=[("[CLS]", tokenizer.token_to_id("[CLS]"))]
    )
    tokenizer.enable_truncation(4)
    tokenizer.enable_padding(length=64)
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    tokenizer.save(str(path))
    return path


@pytest.fixture(scope="module")
def sentencepiece_model(tmp_path_factory):
    path = tmp_path_factory.mktemp("tokenizer") / "spm"
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES * 4),
        model_prefix=str(path),
        vocab_size=120,
        hard_vocab_limit=False,
        num_threads=1,
        minloglevel=2,
    )
    return path.with_suffix(".model")


def stage(tokenizer=None, per_language=None):
    made = Count(CountConfig(tokenizer=tokenizer), name="count", per_language=per_language)
    made.open()
    return made


def count(made, texts, kind=None, **columns):
    batch = pa.record_batch({"text": pa.array(texts, kind or pa.string())} | columns)
    out = made.process(batch)
    assert out.schema == made.adds
    return out.to_pylist()


def by_hand(text):
    return {
        "n_bytes": len(text.encode()),
        "n_chars": len(text),
        "n_words": sum(1 for _ in words(text)),
        "n_segments": text.count("\n") + 1 if text else 0,
        "n_tokens": None,
    }


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_known_sizes(kind):
    assert count(stage(), ["Ein Wörtchen:\n\U0001f600 l'été 3.14\n", "", None], kind) == [
        {"n_bytes": 33, "n_chars": 27, "n_words": 4, "n_segments": 3, "n_tokens": None},
        {"n_bytes": 0, "n_chars": 0, "n_words": 0, "n_segments": 0, "n_tokens": None},
        dict.fromkeys(["n_bytes", "n_chars", "n_words", "n_segments", "n_tokens"]),
    ]


# Letters, numbers, what joins them, what is inside of words without being heard, what ends them.
_MARKS = st.text(st.sampled_from("aZé0٣'’.,-_ \n\u0301\u00ad\u200d\U0001f600ж\ufffd"))


@settings(deadline=None)
@given(st.lists(st.none() | st.text() | _MARKS, max_size=5))
def test_sizes_are_those_that_plain_python_counts(texts):
    expected = [by_hand(t) if t is not None else dict.fromkeys(by_hand("")) for t in texts]
    assert count(stage(), texts) == expected


def test_a_slice_counts_as_the_rows_that_it_shows():
    made = stage()
    batch = pa.record_batch({"text": pa.array(["zero", *SENTENCES, None], pa.string())})
    assert made.process(batch.slice(1, 5)).to_pylist() == [by_hand(t) for t in SENTENCES]


def test_tokens_of_a_json_tokenizer_are_whole_and_without_special_tokens(tokenizer_json):
    reference = tokenizers.Tokenizer.from_file(str(tokenizer_json))
    reference.no_truncation()
    reference.no_padding()
    expected = [len(reference.encode(s, add_special_tokens=False).ids) for s in SENTENCES]
    rows = count(stage(tokenizer_json), [None, *SENTENCES, ""])
    assert [row["n_tokens"] for row in rows] == [None, *expected, 0]
    assert min(expected) > 10


def test_tokens_of_a_sentencepiece_model(sentencepiece_model):
    reference = sentencepiece.SentencePieceProcessor(model_file=str(sentencepiece_model))
    expected = [len(reference.encode(s)) for s in SENTENCES]
    rows = count(stage(sentencepiece_model), [*SENTENCES, None, ""])
    assert [row["n_tokens"] for row in rows] == [*expected, None, 0]


def test_tokens_do_not_depend_on_how_many_texts_come_together(tokenizer_json):
    made = stage(tokenizer_json)
    texts = [SENTENCES[i % 5][: i % 60] for i in range(2 * CHUNK_ROWS + 3)]
    together = [row["n_tokens"] for row in count(made, texts)]
    apart = [count(made, [text])[0]["n_tokens"] for text in texts[:70]]
    assert together[:70] == apart
    assert len(together) == len(texts)


def test_a_tokenizer_for_a_language_counts_its_rows(tokenizer_json, sentencepiece_model):
    made = stage(None, {"deu_Latn": CountConfig(tokenizer=tokenizer_json)})
    made_with = stage(sentencepiece_model, {"deu_Latn": CountConfig(tokenizer=tokenizer_json)})
    languages = pa.array(["deu_Latn", "fra_Latn", None, "deu_Latn"])
    texts = [SENTENCES[1], SENTENCES[2], SENTENCES[3], SENTENCES[0]]
    json, spm = stage(tokenizer_json), stage(sentencepiece_model)
    of = [[row["n_tokens"] for row in count(s, texts)] for s in (json, spm)]
    assert made.reads_if_present == ("language",)
    assert stage().reads_if_present == ()
    alone = [row["n_tokens"] for row in count(made, texts, language=languages)]
    assert alone == [of[0][0], None, None, of[0][3]]
    both = [row["n_tokens"] for row in count(made_with, texts, language=languages)]
    assert both == [of[0][0], of[1][1], of[1][2], of[0][3]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot read the tokenizer"),
        (b'{"model": 1}', "no tokenizer.json"),
        (b'{"model', "no tokenizer.json"),
        (b"not a model at all", "nor a SentencePiece model"),
        (b"", "nor a SentencePiece model"),
    ],
)
def test_a_missing_or_corrupt_tokenizer_is_an_error_that_names_it(tmp_path, content, message):
    path = tmp_path / "tok"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AssetError, match=message) as error:
        stage(path)
    assert str(path) in str(error.value)


def test_a_tokenizer_starts_no_threads_and_works_after_a_fork(tokenizer_json):
    """A thread pool of the parent would leave locks that no thread of a child ever opens."""
    script = f"""
import os, sys
from pathlib import Path
from eurosift.stages.tokenizer import load_tokenizer
count = load_tokenizer(Path({str(tokenizer_json)!r}))
threads = len(os.listdir("/proc/self/task"))
before = count({SENTENCES * 20!r})
print(len(os.listdir("/proc/self/task")) - threads, flush=True)
child = os.fork()
if child == 0:
    os._exit(0 if count({SENTENCES * 20!r}) == before else 3)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    environment = {k: v for k, v in os.environ.items() if k != "TOKENIZERS_PARALLELISM"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        env=environment,
        timeout=300,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"0\n", b"")


def test_the_word_tables_are_part_of_the_fingerprint():
    assert stage().embedded().keys() == {"unicode"}


def test_further_tokenizers_have_columns_of_their_own(tokenizer_json, sentencepiece_model):
    others = {"spm": sentencepiece_model, "bpe": tokenizer_json}
    made = Count(CountConfig(tokenizer=tokenizer_json, tokenizers=others), name="count")
    made.open()
    assert made.adds.names[-3:] == ["n_tokens", "n_tokens_bpe", "n_tokens_spm"]
    rows = count(made, [*SENTENCES, None, ""])
    alone = [row["n_tokens"] for row in count(stage(sentencepiece_model), [*SENTENCES, None, ""])]
    assert [row["n_tokens_spm"] for row in rows] == alone
    assert [row["n_tokens_bpe"] for row in rows] == [row["n_tokens"] for row in rows]


def test_a_language_may_have_other_tokenizers_but_no_other_names(
    tokenizer_json, sentencepiece_model
):
    base = CountConfig(tokenizers={"a": tokenizer_json})
    own = CountConfig(tokenizers={"a": sentencepiece_model})
    made = Count(base, name="count", per_language={"ell_Grek": own})
    made.open()
    languages = pa.array(["ell_Grek", "deu_Latn"])
    rows = count(made, [SENTENCES[3], SENTENCES[1]], language=languages)
    of = [
        [row["n_tokens"] for row in count(stage(path), [SENTENCES[3], SENTENCES[1]])]
        for path in (tokenizer_json, sentencepiece_model)
    ]
    assert [row["n_tokens_a"] for row in rows] == [of[1][0], of[0][1]]
    other = CountConfig(tokenizers={"b": sentencepiece_model})
    with pytest.raises(StageError, match=r"ell_Grek are named b, of all others a"):
        Count(base, name="count", per_language={"ell_Grek": other})


@pytest.mark.parametrize("name", ["", "A", "a-b", "1", "../x"])
def test_names_of_tokenizers_are_names_of_columns(name, tokenizer_json):
    with pytest.raises(ValueError, match="pattern"):
        CountConfig(tokenizers={name: tokenizer_json})
