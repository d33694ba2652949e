"""Counts: sizes exactly, tokens exactly, from a sample, or not at all."""

import random

import pytest

from eurosift.pipeline.counts.counting import Tokenizer, count
from eurosift.pipeline.counts.figures import Sizes
from eurosift.pipeline.counts.sources import TableSource

LETTERS = "abcdefghij"


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


def test_sizes_and_tokens_of_several_tokenizers_in_one_pass(tmp_path, write_jsonl, words, letters):
    path = write_jsonl(
        tmp_path / "x.jsonl",
        [
            {"text": "żebra u\nħobż", "language": "mlt"},
            {"text": "", "language": "mt"},
            {"text": "one two", "language": "en"},
        ],
    )
    found = count(TableSource(path), [words, letters])
    assert found.sizes == {
        "eng_Latn": Sizes(1, 7, 7, 2, 1),
        "mlt_Latn": Sizes(2, 15, 12, 3, 2),
    }
    assert [t.count for t in found.tokens["mlt_Latn"]] == [3, 10]
    assert [t.count for t in found.tokens["eng_Latn"]] == [2, 6]
    assert found.tokens["mlt_Latn"][1].tokenizer == "letters/tokenizer.json"
    assert {t.method for figures in found.tokens.values() for t in figures} == {"exact"}
    assert len({t.sha256 for t in found.tokens["mlt_Latn"]}) == 2
    assert found.files == {"eng_Latn": [str(path)], "mlt_Latn": [str(path)]}


def test_without_a_tokenizer_there_is_an_estimate_that_says_so(corpus):
    found = count(corpus)
    assert {t.method for figures in found.tokens.values() for t in figures} == {"estimated"}
    sizes = found.sizes["mlt_Latn"]
    assert found.tokens["mlt_Latn"][0].count == round(sizes.characters / 3.273)


def test_a_sample_is_near_the_count_and_the_small_language_is_counted(corpus, words, letters):
    exact = count(corpus, [words, letters])
    found = count(corpus, [words, letters], within=0.05, seed=3)
    assert found.sizes == exact.sizes
    assert found.tokens["ekk_Latn"] == exact.tokens["ekk_Latn"]
    for label in ("gle_Latn", "mlt_Latn"):
        for one, truth in zip(found.tokens[label], exact.tokens[label], strict=True):
            assert one.method == "sampled"
            assert one.low <= truth.count <= one.high
            assert one.high - one.count <= 0.05 * one.count + 1
        assert found.tokenized[label] < found.sizes[label].characters


def test_a_sample_is_the_same_each_time_and_another_seed_draws_another(corpus, words):
    once, again = (count(corpus, [words], within=0.05, seed=3) for _ in range(2))
    assert once.tokens == again.tokens
    assert once.tokens != count(corpus, [words], within=0.05, seed=4).tokens


def test_a_target_that_no_sample_reaches_is_counted_exactly(corpus, letters):
    found = count(corpus, [letters], within=0.0001)
    assert found.tokens == count(corpus, [letters]).tokens


def test_a_narrower_target_takes_more_draws(corpus, words):
    wide, narrow = (count(corpus, [words], within=share) for share in (0.2, 0.006))
    assert wide.draws["mlt_Latn"] < narrow.draws["mlt_Latn"]
    widths = [t.high - t.low for t in (wide.tokens["mlt_Latn"][0], narrow.tokens["mlt_Latn"][0])]
    assert widths[0] > widths[1]


def test_documents_that_are_drawn_are_those_at_the_positions(corpus, words):
    """The sample is of the characters of one language, wherever its documents are."""
    drawn: list[str] = []

    def remember(texts):
        drawn.extend(texts)
        return words.count(texts)

    found = count(corpus, [Tokenizer("x", "", remember)], within=0.05)
    texts = {
        text
        for unit in corpus.units
        for batch in corpus.read(unit, found.findings)
        for text in batch.texts.to_pylist()
    }
    assert set(drawn) <= texts
    lengths = [len(text) for text in drawn]
    # Probability proportional to size: longer than the mean document.
    assert sum(lengths) / len(lengths) > sum(map(len, texts)) / len(texts)
