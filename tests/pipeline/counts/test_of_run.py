"""Tokens of a run."""

import hashlib

from eurosift.pipeline import report
from eurosift.pipeline.counts.of_run import tokens


def made(project, **config):
    project.write({"label": None, "count": config})
    project.perform()
    return project.open()


def test_without_a_tokenizer_tokens_are_estimated_and_marked(finished):
    table = tokens(finished.open())
    assert {row["method"] for row in table.rows} == {"estimated"}
    by = {row["language"]: row for row in table.rows}
    assert by["mlt_Latn"]["tokens"] == round(by["mlt_Latn"]["characters"] / 3.273)
    assert by["total"]["tokens"] == sum(
        row["tokens"] for label, row in by.items() if label != "total"
    )


def test_each_tokenizer_has_its_figures_with_name_and_digest(
    project, word_tokenizer, letter_tokenizer
):
    run = made(
        project,
        tokenizer=str(letter_tokenizer),
        tokenizers={"words": str(word_tokenizer)},
    )
    table = tokens(run)
    digests = {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (word_tokenizer, letter_tokenizer)
    }
    found = {(r["language"], r["tokenizer"]): r for r in table.rows}
    texts = [
        "mlt_Latn one two three four",
        "mlt_Latn tiny",
        "mlt_Latn another text that is long enough",
    ]
    words = found["mlt_Latn", "words"]
    assert words["tokens"] == sum(len(text.split()) for text in texts)
    assert (words["method"], words["sha256"]) == ("exact", digests[word_tokenizer])
    letters = found["mlt_Latn", "letters/tokenizer.json"]
    assert letters["tokens"] == sum(len(text.replace(" ", "")) for text in texts)
    assert letters["sha256"] == digests[letter_tokenizer]
    summary = report.summary(run)
    assert summary.columns[-2:] == ("tokens", "tokens_words")
    row = next(r for r in summary.rows if r["language"] == "total")
    assert row["tokens"] == found["total", "letters/tokenizer.json"]["tokens"]
    assert row["tokens_words"] == found["total", "words"]["tokens"]


def test_a_language_without_a_tokenizer_is_estimated(project, word_tokenizer):
    run = made(project, per_language={"mlt_Latn": {"tokenizer": str(word_tokenizer)}})
    methods = {row["language"]: row["method"] for row in tokens(run).rows}
    assert methods == {
        "ekk_Latn": "estimated",
        "mlt_Latn": "exact",
        "swe_Latn": "estimated",
        "total": "estimated",
    }


def test_a_run_without_documents_has_no_tokens(project):
    assert tokens(project.open()).rows == []
