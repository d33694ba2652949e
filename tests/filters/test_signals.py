"""Signals are what their definitions say, and what datatrove computes from the same tokens."""

import re
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
import regex
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from eurosift.filters.rules import load_rule_set
from eurosift.filters.signals import SCHEMA, SIGNALS, measure
from eurosift.filters.verdicts import judge

INSIDE = r"[\p{L}\p{N}\p{M}\u00AD\u200C\u200D\u2060]"
QUIET = r"[\p{M}\u00AD\u200C\u200D\u2060]"
TOKEN = regex.compile(
    rf"[\p{{L}}\p{{N}}](?:{INSIDE}|(?<=\p{{L}}{QUIET}*)['’](?=\p{{L}})"
    rf"|(?<=\p{{N}}{QUIET}*)[.,](?=\p{{N}}))*"
    rf"|([^\p{{White_Space}}\x1c-\x1f])(?:\1|{QUIET})*"
)


def unicode_tokens(text):
    return [match.group() for match in TOKEN.finditer(text)]


def share(part, whole):
    return part / whole if whole else 0.0


def repeats(elements):
    """Number and characters of the elements that came before."""
    seen, n, chars = set(), 0, 0
    for element in elements:
        if element in seen:
            n, chars = n + 1, chars + len(element)
        seen.add(element)
    return n, chars


def top_ngram(tokens, n):
    grams = [" ".join(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]
    if not grams:
        return 0
    gram, count = Counter(grams).most_common(1)[0]
    return len(gram) * count


def duplicate_ngrams(tokens, n):
    seen, chars, i = set(), 0, 0
    while i <= len(tokens) - n:
        gram = tuple(tokens[i : i + n])
        if gram in seen:
            chars, i = chars + len("".join(gram)), i + n
        else:
            seen.add(gram)
            i += 1
    return chars


def reference(text, tokens):
    """Every signal but stop words, the slow way."""
    words = [t for t in tokens if regex.search(r"[\p{L}\p{N}]", t)]
    text_lines = [line for line in text.split("\n") if line.strip()]
    lines = re.split("\n+", text) if text else []
    paragraphs = re.split("\n{2,}", text.strip())
    unicode_lines = text.splitlines()
    letters = sum(c.isalpha() for c in text)
    return {
        "char_count": len(text),
        "word_count": len(words),
        "token_count": len(tokens),
        "line_count": len(text_lines),
        "paragraph_count": len(paragraphs),
        "mean_word_length": share(sum(map(len, words)), len(words)),
        "alpha_word_ratio": share(sum(any(c.isalpha() for c in t) for t in tokens), len(tokens)),
        "hash_ratio": share(text.count("#"), len(tokens)),
        "ellipsis_ratio": share(text.count("...") + text.count("…"), len(tokens)),
        "bullet_line_ratio": share(
            sum(line.lstrip().startswith(("•", "-")) for line in unicode_lines), len(unicode_lines)
        ),
        "ellipsis_line_ratio": share(
            sum(line.rstrip().endswith(("...", "…")) for line in unicode_lines), len(unicode_lines)
        ),
        "dup_line_ratio": share(repeats(lines)[0], len(lines)),
        "dup_line_char_ratio": share(repeats(lines)[1], len(text)),
        "dup_paragraph_ratio": share(repeats(paragraphs)[0], len(paragraphs)),
        "dup_paragraph_char_ratio": share(repeats(paragraphs)[1], len(text)),
        "line_punct_ratio": share(
            sum(bool(regex.search(r"\p{Sentence_Terminal}\Z", line)) for line in text_lines),
            len(text_lines),
        ),
        "short_line_ratio": share(sum(len(line) <= 30 for line in text_lines), len(text_lines)),
        "char_dup_ratio": share(repeats(text_lines)[1], len(text.replace("\n", ""))),
        "new_line_ratio": share(text.count("\n"), len(tokens)),
        "upper_ratio": share(sum(bool(regex.match(r"[\p{Lu}\p{Lt}]", c)) for c in text), letters),
        "number_ratio": share(sum(bool(regex.match(r"\p{N}", c)) for c in text), len(text)),
    }


def repetition(text, tokens):
    """The signals of n-grams."""
    top = {f"top_{n}_gram_ratio": share(top_ngram(tokens, n), len(text)) for n in (2, 3, 4)}
    return top | {
        f"dup_{n}_gram_ratio": share(duplicate_ngrams(tokens, n), len(text)) for n in range(5, 11)
    }


def first_row(batch):
    return batch.to_pylist()[0]


def assert_equal(row, expected):
    for name, value in expected.items():
        assert row[name] == pytest.approx(np.float32(value), rel=1e-6), name


@pytest.mark.parametrize("mode", ["unicode", "whitespace"])
@given(data=st.data())
@settings(max_examples=250)
def test_signals_are_those_of_the_reference(mode, data, texts, stop_table):
    text = data.draw(texts)
    row = first_row(measure(pa.array([text]), stop_words=stop_table, tokens=mode))
    tokens = unicode_tokens(text) if mode == "unicode" else text.split()
    assert_equal(row, reference(text, tokens))
    assert_equal(row, repetition(text, tokens))
    assert row["stop_word_count"] is None


@given(
    st.lists(
        st.sampled_from(
            [
                "the",
                "be",
                "to",
                "of",
                "that",
                "a",
                "Tale",
                "two...",
                "cities!",
                "#",
                "42",
                "- (",
                "word.",
                "…",
                "—",
                "Über",
                "\n",
                "\n",
                "\n\n",
                "the end of that\n",
            ]
        ),
        min_size=1,
        max_size=90,
    ),
    st.integers(1, 4),
)
@settings(max_examples=150)
def test_verdicts_are_those_of_datatrove_with_the_same_tokens(pieces, times):
    """Each of the three stock filters gives the first of our reasons that belong to it."""
    from datatrove.data import Document
    from datatrove.pipeline.filters import (
        FineWebQualityFilter,
        GopherQualityFilter,
        GopherRepetitionFilter,
        fineweb_quality_filter,
        gopher_quality_filter,
        gopher_repetition_filter,
    )

    from eurosift.filters.stopwords import build_table, load_stop_words

    text = " ".join(pieces * times).replace(" \n ", "\n")
    assume(any(c.isalpha() for c in text))
    table = build_table(load_stop_words())
    signals = measure(
        pa.array([text]), pa.array(["eng_Latn"]), stop_words=table, tokens="whitespace"
    )
    columns = dict(zip(signals.schema.names, signals.columns, strict=True))
    rules = load_rule_set("fineweb").with_thresholds({"gopher_short_doc": 12})
    reasons = judge(rules, columns, pa.array(["eng_Latn"])).reasons.to_pylist()[0]

    def split(text, language):
        return text.split()

    modules = (gopher_repetition_filter, gopher_quality_filter, fineweb_quality_filter)
    filters = (
        (GopherRepetitionFilter(), ("dup_", "top_", "duplicated_")),
        (GopherQualityFilter(min_doc_words=12), ("gopher_",)),
        (FineWebQualityFilter(), ("line_", "short_", "char_", "list_")),
    )
    with pytest.MonkeyPatch.context() as patch:
        for module in modules:
            patch.setattr(module, "split_into_words", split)
        for stock, prefixes in filters:
            verdict = stock.filter(Document(text=text, id="0"))
            ours = [reason for reason in reasons if reason.startswith(prefixes)]
            assert ours[:1] == ([] if verdict is True else [verdict[1]])


def test_stop_words_are_those_of_the_rows_language(stop_table):
    texts = pa.array(["the cat and the dog", "the cat and the dog", "der Hund und die Katze", "of"])
    languages = pa.array(["eng_Latn", "deu_Latn", "deu_Latn", None])
    row = measure(texts, languages, stop_words=stop_table).column("stop_word_count")
    assert row.to_pylist() == [2, 0, 3, None]


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("fra_Latn", "l'homme d’un", 2),
        ("mlt_Latn", "il-kelb ta' Malta u l-gżira", 4),
        ("bul_Cyrl", "през 1999 г. на", 3),
        ("ita_Latn", "l’acqua e l'aria", 2),
        ("xxx_Latn", "the of", None),
    ],
)
def test_stop_words_that_the_text_joins_to_others_are_met(language, text, count, stop_table):
    row = first_row(measure(pa.array([text]), pa.array([language]), stop_words=stop_table))
    assert row["stop_word_count"] == count


def test_dictionary_encoded_languages_are_read(stop_table):
    languages = pa.array(["eng_Latn", None]).dictionary_encode()
    batch = measure(pa.array(["the", "the"]), languages, stop_words=stop_table)
    assert batch.column("stop_word_count").to_pylist() == [1, None]


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\n\n \n", "word", "!!!", "\u0301\u0301", "\u00a0"]
)
def test_short_texts_have_finite_signals(text, stop_table):
    row = first_row(measure(pa.array([text]), stop_words=stop_table))
    del row["stop_word_count"]
    assert all(np.isfinite(value) for value in row.values())
    assert_equal(row, reference(text, unicode_tokens(text)))


def test_a_line_of_ten_megabytes(stop_table):
    """One line, four thousand different words over and over."""
    line = " ".join(f"w{i % 4001}" for i in range(1_700_000))
    row = first_row(measure(pa.array([line]), stop_words=stop_table))
    assert row["char_count"] == len(line) > 10_000_000 - 500_000
    assert row["word_count"] == 1_700_000
    assert row["line_count"] == 1
    assert row["dup_5_gram_ratio"] > 0.8


def test_null_text_has_null_signals(stop_table):
    batch = measure(pa.array(["a", None]), pa.array(["eng_Latn"] * 2), stop_words=stop_table)
    assert set(first_row(batch.slice(1)).values()) == {None}
    assert None not in first_row(batch).values()


def test_schema_and_names():
    """The ledger sums char_count and word_count, so these are exactly so."""
    assert SCHEMA.field("char_count").type == SCHEMA.field("word_count").type == pa.int32()
    assert [signal.name for signal in SIGNALS] == SCHEMA.names
    assert len(set(SCHEMA.names)) == len(SCHEMA)
    assert all(signal.definition and signal.source for signal in SIGNALS)
