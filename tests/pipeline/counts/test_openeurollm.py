"""Counts in the shape of OpenEuroLLM's training-data collection."""

import json

from eurosift.pipeline.counts.figures import Sizes, Tokens
from eurosift.pipeline.counts.openeurollm import as_text, path_of, source_counts

SIZES = Sizes(documents=3, bytes=70, characters=60, words=10, segments=5)
THEIRS = (
    "files",
    "bytes",
    "documents",
    "segments",
    "tokens",
    "characters",
    "time",
    "errors",
    "tokenizer",
    "keys",
)


def counts(tokens):
    return source_counts(
        SIZES, tokens, files=2, file_bytes=44, required=["u", "text"], optional=["pii"], errors=1
    )


def test_the_keys_of_the_original_come_first_and_in_its_order():
    found = counts(Tokens("t.json", "ab" * 32, "exact", 17))
    assert tuple(found)[: len(THEIRS)] == THEIRS
    assert (found["bytes"], found["characters"], found["tokens"]) == (44, 60, 17)
    assert found["keys"] == {"required": ["text", "u"], "optional": ["pii"]}
    assert found["tokens_interval"] is None


def test_a_sampled_figure_carries_its_interval_and_an_estimate_no_digest():
    sampled = counts(Tokens("t.json", "ab" * 32, "sampled", 17, 16, 18))
    assert (sampled["tokens_method"], sampled["tokens_interval"]) == ("sampled", [16, 18])
    estimated = counts(Tokens("table", None, "estimated", 17))
    assert (estimated["tokens_method"], estimated["tokenizer_sha256"]) == ("estimated", None)


def test_without_tokens_there_are_nulls_and_not_zeros():
    assert counts(None)["tokens"] is None


def test_the_file_stands_where_it_is_looked_for():
    assert path_of("clean/mlt_Latn") == "counts/clean/mlt_Latn/source.json"
    assert json.loads(as_text(counts(None)))["documents"] == 3
