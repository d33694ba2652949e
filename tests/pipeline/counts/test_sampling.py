"""Tokens from a sample."""

import pytest

from eurosift.pipeline.counts.counted import Tokenizer
from eurosift.pipeline.counts.counting import count
from eurosift.pipeline.counts.sources import Findings
from eurosift.stages.errors import InputError


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

    count(corpus, [Tokenizer("x", "", remember)], within=0.05)
    texts = {
        text
        for unit in corpus.units
        for batch in corpus.read(unit, Findings())
        for text in batch.texts.to_pylist()
    }
    assert set(drawn) <= texts
    lengths = [len(text) for text in drawn]
    # Probability proportional to size: longer than the mean document.
    assert sum(lengths) / len(lengths) > sum(map(len, texts)) / len(texts)


def test_a_source_that_changes_on_the_way_is_an_error(corpus, words, monkeypatch):
    read = corpus.read
    seen = set()

    def once(unit, findings):
        if unit not in seen:
            seen.add(unit)
            yield from read(unit, findings)

    monkeypatch.setattr(corpus, "read", once)
    with pytest.raises(InputError, match="have changed while they were counted"):
        count(corpus, [words], within=0.05)
