"""Signals are what their definitions say, and what datatrove computes from the same tokens."""

import json
import re
import statistics
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import regex
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from eurosift.filters import phrases
from eurosift.filters.rule_files import load_rule_set
from eurosift.filters.signals import measure
from eurosift.filters.stopwords import build_table, load_stop_words
from eurosift.filters.verdicts import judge

INSIDE = r"[\p{L}\p{N}\p{M}\u00AD\u200C\u200D\u2060]"
QUIET = r"[\p{M}\u00AD\u200C\u200D\u2060]"
SPACE = r"[\p{White_Space}\x1c-\x1f]"
SYMBOL = regex.compile(rf"(?:\.+|-+|'+|`+|[^\p{{White_Space}}\x1c-\x1f]){QUIET}*")
CONTRACTION = regex.compile(rf"(?<=\p{{L}}{QUIET}*)['’](?=\p{{L}}){INSIDE}*")
WORD = regex.compile(rf"[\p{{L}}\p{{N}}]{INSIDE}*")
INSIDES = regex.compile(f"{INSIDE}*")
CLOSING = r"""["')\]»‘’“”›]"""
CITATION = re.compile(r"\[\d*]|\[edit]|\[citation needed]", re.ASCII)
URL = regex.compile(
    rf"[A-Za-z]{{1,8}}(?<![A-Za-z]{{9}})://[^\p{{White_Space}}\x1c-\x1f]*"
    rf"|(?<!{INSIDE})www\.(?=[\p{{L}}\p{{N}}])[^\p{{White_Space}}\x1c-\x1f]*",
    regex.IGNORECASE,
)
PHRASES = json.loads(phrases.shipped())


def is_letter(c):
    return bool(regex.match(r"\p{L}", c))


def is_number(c):
    return bool(regex.match(r"\p{N}", c))


def is_upper(c):
    return bool(regex.match(r"[\p{Lu}\p{Lt}]", c))


def goes_on(part, is_first, after_point, sign, rest, language):
    """What a word takes in behind a part of it, and whether another part may follow."""
    before = regex.sub(QUIET, "", part)[-1:]
    after = rest[1:2]
    letters = is_letter(before) and is_letter(after)
    numbers = is_number(before) and is_number(after)
    either = (is_letter(before) or is_number(before)) and (is_letter(after) or is_number(after))
    hyphens = language in {"deu_Latn", "fra_Latn", "nld_Latn", "swe_Latn"}
    match sign:
        case ".":
            if either and (not is_upper(after) or not is_letter(before) or is_upper(before)):
                return ".", True
            is_ordinal = language == "deu_Latn" and is_first and re.fullmatch("[0-9]{1,2}", part)
            is_single = is_letter(before) and len(part) == 1 and (is_first or after_point)
            return ("." if is_single or is_ordinal else ""), False
        case ",":
            return ("," if numbers else ""), True
        case "/":
            inside = letters and language == "nld_Latn"
            return ("/" if is_number(after) or inside else ""), True
        case "=":
            return ("=" if is_number(after) else ""), True
        case "+" | "*":
            return (sign if either and not numbers else ""), True
        case "(" | ")" | "[" | "]" | '"':
            apart = letters and language in {"deu_Latn", "nld_Latn", "swe_Latn"}
            return (sign if either and not apart else ""), True
        case "&":
            return ("&" if letters else ""), True
        case ":":
            if is_number(after) or (letters and language == "swe_Latn"):
                return ":", True
            if rest.startswith("://"):
                address = regex.match(r"[^\p{White_Space}\x1c-\x1f]*", rest).group()
                while len(address) > 3 and regex.match(
                    r"[\x00-\x7f--[\w/-]]|[\uDC80-\uDCFF]",
                    address[-1],
                    regex.VERSION1 | regex.ASCII,
                ):
                    address = address[:-1]
                return address, False
        case "-":
            if language == "mlt_Latn":
                return ("-" if is_letter(before) else ""), False
            return ("-" if either and (hyphens or not (letters or numbers)) else ""), True
        case "_" | "@" | "\\" | "|" | ";":
            return (sign if either else ""), True
        case "'" | "’" if is_letter(before):
            if language == "mlt_Latn":
                return sign, False
            if is_letter(after) and language == "eng_Latn":
                return "", False
            if is_letter(after):
                return sign, language not in {"fra_Latn", "ita_Latn"}
            if language == "ita_Latn":
                return sign, False
        case "%" if is_number(before) and is_letter(after):
            return "%", True
        case "%" if is_number(before) and language == "nld_Latn":
            return "%", False
    return "", False


def unicode_tokens(text, language=None):
    tokens, pos = [], 0
    while pos < len(text):
        match = CONTRACTION.match(text, pos) if language == "eng_Latn" else None
        match = match or WORD.match(text, pos)
        if match is None:
            if symbol := SYMBOL.match(text, pos):
                tokens.append(symbol.group())
            pos = symbol.end() if symbol else pos + 1
            continue
        start, part = pos, match.group().lstrip("'’")
        pos = match.end()
        more = True
        while more and pos < len(text):
            first = pos - len(part)
            taken, more = goes_on(
                part, first == start, text[first - 1] == ".", text[pos], text[pos:], language
            )
            if not taken:
                break
            pos += len(taken)
            if more:
                part = INSIDES.match(text, pos).group()
                pos += len(part)
        tokens.append(text[start:pos])
    return tokens


def share(part, whole):
    return part / whole if whole else 0.0


def matching(pattern, text):
    """Number of characters that match."""
    return len(regex.findall(pattern, text, regex.VERSION1))


def deviation(numbers):
    return statistics.pstdev(numbers) if numbers else 0.0


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


def sentences(line):
    """Number of sentences of a line."""
    ends = [
        match.end()
        for match in regex.finditer(
            rf"\p{{Sentence_Terminal}}(?:\p{{Sentence_Terminal}}|{CLOSING})*+(?={SPACE}|\Z)", line
        )
    ]
    return len(ends) + bool(line[ends[-1] if ends else 0 :].strip())


def has_phrase(line, kind):
    folded = re.sub("[A-Z]", lambda match: match.group().lower(), line)
    return any(
        spelling.decode() in folded
        for listed in PHRASES[kind].values()
        for phrase in listed
        for spelling in phrases.spellings(phrase)
    )


def c4(lines):
    """What C4 does line by line: the numbers behind its signals."""
    found = Counter()
    for stripped in (line.strip() for line in lines):
        words = stripped.split()
        if not words:
            continue
        line = CITATION.sub("", stripped)
        terminal = line.endswith((".", "?", "!", '"', "'")) and not line.endswith("...")
        found["terminal"] += terminal
        found["few"] += len(words) < 3
        if not terminal or len(words) < 3 or max(map(len, words)) > 1000:
            continue
        if has_phrase(line, "lorem_ipsum"):
            found["lorem"] += 1
        elif has_phrase(line, "javascript"):
            pass
        elif "{" in line:
            found["curly"] += 1
        elif not has_phrase(line, "c4_policy"):
            found["kept"] += 1
            found["sentences"] += sentences(stripped)
    return found


def url_chars(text):
    chars, pos = 0, 0
    while match := URL.search(text, pos):
        chars, pos = chars + len(match.group()), match.end()
    return chars


def markup_chars(text):
    pattern = r"<[A-Za-z/!](?:[^<>])*>|&#?[A-Za-z0-9]+;|\[\[|\]\]|\{\{|\}\}"
    return sum(len(match) for match in re.findall(pattern, text, re.ASCII))


def length_bytes(length):
    return 0 if length < 15 else (length - 15) // 255 + 1


def packed(text):
    """Bytes of a greedy LZ4 block in which matches begin where words do, or at every ninth byte."""
    data = text.encode(errors="surrogateescape")
    is_space = [c.isspace() for c in text for _ in range(len(c.encode(errors="surrogateescape")))]
    table, size, anchor, pos = {}, 0, 0, 0
    while pos <= len(data) - 12:
        key = int.from_bytes(data[pos : pos + 4], "little") * 2654435761 % 2**32 >> 20
        candidate = table.get(key, -1)
        table[key] = pos
        there = data[candidate : candidate + 4] == data[pos : pos + 4]
        if candidate < 0 or pos - candidate > 0xFFFF or not there:
            reach = min(pos + 8, len(data))
            pos = 1 + next((at for at in range(pos, reach) if is_space[at]), reach)
            continue
        stop = pos + 4
        while stop < len(data) - 5 and data[stop] == data[stop - pos + candidate]:
            stop += 1
        size += 3 + pos - anchor + length_bytes(pos - anchor) + length_bytes(stop - pos - 4)
        pos = anchor = stop
    return size + 1 + len(data) - anchor + length_bytes(len(data) - anchor)


def reference(text, tokens):
    """Every signal but stop words and those of n-grams, the slow way."""
    words = [t for t in tokens if regex.search(r"[\p{L}\p{N}]", t)]
    text_lines = [line for line in text.split("\n") if line.strip()]
    lengths = list(map(len, text_lines))
    lines = re.split("\n+", text) if text else []
    paragraphs = re.split("\n{2,}", text.strip())
    unicode_lines = text.splitlines()
    n_unicode = sum(bool(line.strip()) for line in unicode_lines)
    letters = matching(r"\p{L}", text)
    of_c4 = c4(unicode_lines)
    return {
        "char_count": len(text),
        "word_count": len(words),
        "token_count": len(tokens),
        "line_count": len(text_lines),
        "paragraph_count": len(paragraphs),
        "sentence_count": sum(sentences(line) for line in unicode_lines),
        "mean_word_length": share(sum(map(len, words)), len(words)),
        "word_length_std": deviation(list(map(len, words))),
        "max_word_length": max(map(len, words), default=0),
        "unique_word_ratio": share(len(set(words)), len(words)),
        "alpha_word_ratio": share(
            sum(bool(regex.search(r"\p{L}", t)) for t in tokens), len(tokens)
        ),
        "upper_word_ratio": share(
            sum(
                len(cased := regex.findall(r"\p{L}", w)) > 1
                and all(regex.match(r"[\p{Lu}\p{Lt}]", c) for c in cased)
                for w in words
            ),
            len(words),
        ),
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
        "mean_line_length": share(sum(lengths), len(text_lines)),
        "line_length_std": deviation(lengths),
        "max_line_length": max(lengths, default=0),
        "long_line_count": sum(length >= 200 for length in lengths),
        "c4_terminal_line_ratio": share(of_c4["terminal"], n_unicode),
        "c4_few_word_line_ratio": share(of_c4["few"], n_unicode),
        "c4_kept_line_ratio": share(of_c4["kept"], n_unicode),
        "c4_sentence_count": of_c4["sentences"],
        "c4_lorem_ipsum_count": of_c4["lorem"],
        "c4_curly_bracket_count": of_c4["curly"],
        **{
            f"{kind}_line_ratio": share(
                sum(has_phrase(line, kind) for line in unicode_lines), n_unicode
            )
            for kind in ("lorem_ipsum", "javascript", "cookie", "policy")
        },
        "curly_bracket_count": text.count("{"),
        "url_ratio": share(url_chars(text), len(text)),
        "markup_ratio": share(markup_chars(text), len(text)),
        "upper_ratio": share(matching(r"[\p{Lu}\p{Lt}]", text), letters),
        "number_ratio": share(matching(r"\p{N}", text), len(text)),
        "punct_ratio": share(matching(r"\p{P}", text), len(text)),
        "space_ratio": share(matching(SPACE, text), len(text)),
        "emoji_ratio": share(
            matching(r"[\p{Emoji_Presentation}\U0001F1E6-\U0001F1FF]", text), len(text)
        ),
        "garbage_ratio": share(
            matching(
                r"[\p{Cc}\p{Co}\p{Cs}\uFFFD\p{Noncharacter_Code_Point}--[\p{White_Space}\x1c-\x1f]]",
                text,
            ),
            len(text),
        ),
        "compression_ratio": share(packed(text), len(text.encode(errors="surrogateescape"))),
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
        assert row[name] == pytest.approx(np.float32(value), rel=1e-6, abs=1e-6), name


@pytest.mark.parametrize(
    "language",
    [
        None,
        "mlt_Latn",
        "fra_Latn",
        "swe_Latn",
        "deu_Latn",
        "nld_Latn",
        "eng_Latn",
        "ita_Latn",
        "whitespace",
    ],
)
@given(data=st.data())
@settings(max_examples=120)
def test_signals_are_those_of_the_reference(language, data, texts, stop_table):
    text = data.draw(texts)
    if language == "whitespace":
        tokens = text.split()
        row = first_row(measure(pa.array([text]), stop_words=stop_table, tokens="whitespace"))
        assert row["stop_word_count"] is None
    else:
        tokens = unicode_tokens(text, language)
        labels = pa.array([language], pa.string())
        row = first_row(measure(pa.array([text]), labels, stop_words=stop_table))
    assert_equal(row, reference(text, tokens))
    assert_equal(row, repetition(text, tokens))


@given(
    st.lists(
        st.binary(max_size=8)
        | st.sampled_from(["é".encode(), b"\xed\xa0\x80", b"\xf0\x9f\x98", b"a b. ", b"\xc3\n"]),
        max_size=20,
    ).map(b"".join)
)
def test_each_byte_that_is_no_utf8_is_a_character(stop_table, data):
    """Surrogates, cut characters, stray bytes: nothing is read beyond, everything is defined."""
    array = pa.array([data], pa.large_binary()).view(pa.large_string())
    text = data.decode(errors="surrogateescape")
    tokens = unicode_tokens(text)
    row = first_row(measure(array, stop_words=stop_table))
    assert_equal(row, reference(text, tokens))
    assert_equal(row, repetition(text, tokens))


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
        ("fra_Latn", "l'homme d’un", 3),
        ("mlt_Latn", "il-kelb ta' Malta u l-gżira", 4),
        ("ita_Latn", "l’acqua e l'aria", 2),
        ("xxx_Latn", "the of", None),
    ],
)
def test_stop_words_that_the_text_joins_to_others_are_met(language, text, count, stop_table):
    row = first_row(measure(pa.array([text]), pa.array([language]), stop_words=stop_table))
    assert row["stop_word_count"] == count


def test_abbreviations_of_own_lists_are_met():
    table = build_table({"bul_Cyrl": ("г.", "проф.", "на")})
    text = pa.array(["проф. Иванов, 1999 г. на"])
    assert (
        measure(text, pa.array(["bul_Cyrl"]), stop_words=table)["stop_word_count"][0].as_py() == 3
    )


def test_dictionary_encoded_languages_are_read(stop_table):
    languages = pa.array(["eng_Latn", None]).dictionary_encode()
    batch = measure(pa.array(["the", "the"]), languages, stop_words=stop_table)
    assert batch.column("stop_word_count").to_pylist() == [1, None]


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\n\n \n", "word", "!!!", "\u0301\u0301", "\u00a0"]
)
def test_short_texts_have_finite_signals(text, stop_table):
    row = first_row(measure(pa.array([text]), stop_words=stop_table))
    for name in ("stop_word_count", "script_ratio", "segment_agreement"):
        assert row.pop(name) is None
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
    assert [name for name, value in first_row(batch).items() if value is None] == [
        "segment_agreement"
    ]


def spans_of(text, tokens):
    """Where tokens stand, in bytes."""
    spans, pos, offset = [], 0, 0
    for token in tokens:
        at = text.index(token, pos)
        offset += len(text[pos:at].encode())
        stop = offset + len(token.encode())
        spans.append({"start": offset, "stop": stop})
        pos, offset = at + len(token), stop
    return spans


SPANS = pa.list_(pa.struct([("start", pa.int32()), ("stop", pa.int32())]))


def natural_texts():
    """Pages of all languages, and texts of the evaluation set of language identification."""
    data = Path(__file__).parents[3] / "shared" / "data"
    if not (data / "web" / "gold.jsonl").exists():
        pytest.skip("no pages with gold text")
    known = set()
    for line in (data / "web" / "gold.jsonl").read_text(encoding="utf-8").split("\n")[:-1]:
        row = json.loads(line)
        known.add(row["lang"])
        yield row["lang"], row["text"]
    table = pq.read_table(data / "lid" / "eval" / "lid_eval.parquet", columns=["eu_label", "text"])
    for row in table.take(list(range(0, table.num_rows, 40))).to_pylist():
        if row["eu_label"] in known:
            yield row["eu_label"], row["text"]


def test_signals_are_those_of_datatrove_with_its_own_tokens():
    """On every page: from spaCy's tokens all that its filters compare is what they compute.

    With two differences on purpose: a word is what holds a letter or a number here, where a list of
    marks decides there; and an n-gram comes again if its tokens do, while tokens are glued together
    there, so that other tokens may look the same.
    """
    from datatrove.pipeline.filters import fineweb_quality_filter as fineweb
    from datatrove.pipeline.filters import gopher_repetition_filter as repetition_filter
    from datatrove.utils.text import split_into_words

    from eurosift.langid.languages import canonical

    stop_words = build_table(load_stop_words())
    lists = load_stop_words()
    n_texts = n_same = 0
    for language, text in natural_texts():
        code = canonical(language)
        tokens = split_into_words(text, code) if language != "mt" else text.split()
        if not tokens:
            continue
        n_texts += 1
        spans = pa.array([spans_of(text, tokens)], SPANS)
        row = first_row(
            measure(pa.array([text]), pa.array([code]), stop_words=stop_words, tokens=spans)
        )
        lines = re.split("\n+", text)
        kept = [line for line in text.split("\n") if line.strip()]
        paragraphs = re.split(r"\n{2,}", text.strip())
        words = [token for token in tokens if regex.search(r"[\p{L}\p{N}]", token)]
        splitted = text.splitlines()
        n = len(tokens)
        expected = {
            "token_count": n,
            "word_count": len(words),
            "mean_word_length": np.mean([len(word) for word in words]) if words else 0,
            "hash_ratio": text.count("#") / n,
            "ellipsis_ratio": (text.count("...") + text.count("…")) / n,
            "bullet_line_ratio": sum(s.lstrip().startswith(("•", "-")) for s in splitted)
            / len(splitted),
            "ellipsis_line_ratio": sum(s.rstrip().endswith(("...", "…")) for s in splitted)
            / len(splitted),
            "alpha_word_ratio": sum(any(c.isalpha() for c in w) for w in tokens) / n,
            "stop_word_count": len(set(lists[code]).intersection(tokens)),
            "dup_paragraph_ratio": repetition_filter.find_duplicates(paragraphs)[0]
            / len(paragraphs),
            "dup_paragraph_char_ratio": repetition_filter.find_duplicates(paragraphs)[1]
            / len(text),
            "dup_line_ratio": repetition_filter.find_duplicates(lines)[0] / len(lines),
            "dup_line_char_ratio": repetition_filter.find_duplicates(lines)[1] / len(text),
            "line_punct_ratio": sum(
                line.endswith(tuple(fineweb.TERMINAL_PUNCTUATION)) for line in kept
            )
            / len(kept),
            "short_line_ratio": sum(len(line) <= 30 for line in kept) / len(kept),
            "char_dup_ratio": fineweb.find_duplicates(kept)[1] / len(text.replace("\n", "")),
            "new_line_ratio": text.count("\n") / n,
        }
        for size in (2, 3, 4):
            grams = repetition_filter.get_n_grams(tokens, size)
            top = repetition_filter.find_top_duplicate(grams) if grams else 0
            expected[f"top_{size}_gram_ratio"] = top / len(text)
        for size in range(5, 11):
            repeated = duplicate_ngrams(tokens, size)
            expected[f"dup_{size}_gram_ratio"] = repeated / len(text)
            n_same += repeated == repetition_filter.find_all_duplicate(tokens, size)
        assert_equal(row, expected)
    assert n_texts > 1500
    assert n_same >= 0.99 * 6 * n_texts
