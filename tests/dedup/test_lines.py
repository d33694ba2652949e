"""Lines that come again across a domain, against a plain dictionary."""

from collections import Counter, defaultdict

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from eurosift.dedup.lines import Counted, count, find, line_keys, to_remove, without

LINES = st.sampled_from(
    ["Home", " Home ", "About us", "", "  ", "Daħla", "\u3000Daħla\xa0", "one of a kind"]
)
TEXTS = st.none() | st.lists(LINES, max_size=5).map("\n".join)
DOCUMENTS = st.lists(st.tuples(TEXTS, st.sampled_from([None, "", "a.eu", "b.eu"])), max_size=8)
SHARDS = st.lists(DOCUMENTS, min_size=1, max_size=3)


def counted(documents):
    texts = pa.array([text for text, _ in documents], pa.string())
    lines = line_keys(texts, [domain for _, domain in documents])
    return lines, count(lines.keys, lines.texts.astype(np.uint32))


def counted_with_domains(documents):
    lines, _ = counted(documents)
    keys, texts = lines.with_domains()
    return lines, count(keys, texts.astype(np.uint32))


def cleaned(shards, min_documents, min_share, *, keep_first):
    """What the definition says."""
    having = defaultdict(dict)
    sizes = Counter()
    for number, documents in enumerate(shards):
        for row, (text, domain) in enumerate(documents):
            sizes[domain] += bool(text and text.strip())
            for line in (text or "").split("\n") if domain else ():
                if line.strip():
                    having[domain, line.strip()][number, row] = True
    found = []
    for number, documents in enumerate(shards):
        for row, (text, domain) in enumerate(documents):
            gone = []
            for at, line in enumerate((text or "").split("\n")):
                places = list(having.get((domain, line.strip()), ()))
                enough = len(places) >= max(min_documents, min_share * sizes[domain])
                if enough and not (keep_first and places[0] == (number, row)):
                    gone.append(at)
            kept = "\n".join(x for at, x in enumerate((text or "").split("\n")) if at not in gone)
            found.append((kept if kept.strip() else "") if gone else None)
    return found


@given(SHARDS, st.integers(2, 4), st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.booleans())
def test_lines_that_enough_documents_of_a_domain_have_are_removed(shards, least, share, keep_first):
    kept = [(counted_with_domains if share else counted)(documents) for documents in shards]
    templates = find([each for _, each in kept], least)
    found = []
    for documents, (lines, _), mine in zip(shards, kept, templates, strict=True):
        rows = np.arange(len(documents))
        removed = to_remove(lines, rows, mine, keep_first=keep_first, min_share=share)
        found += without(lines.lines, lines.places[removed]).to_pylist()
    assert found == cleaned(shards, least, share, keep_first=keep_first)


@given(DOCUMENTS)
def test_a_document_counts_once_however_often_it_has_a_line(documents):
    lines, found = counted(documents)
    expected = defaultdict(set)
    for key, row in zip(lines.keys.tolist(), lines.texts.tolist(), strict=True):
        expected[key].add(row)
    assert dict(zip(found.keys.tolist(), found.counts.tolist(), strict=True)) == {
        key: len(rows) for key, rows in expected.items()
    }
    assert dict(zip(found.keys.tolist(), found.first_rows.tolist(), strict=True)) == {
        key: min(rows) for key, rows in expected.items()
    }
    assert found.keys.tolist() == sorted(expected)


def test_nothing_is_found_in_nothing():
    nothing = Counted(np.empty(0, np.uint64), np.empty(0, np.uint32), np.empty(0, np.uint32))
    (found,) = find([nothing], 2)
    assert len(found.keys) == 0
    assert find([], 2) == []


def test_what_is_left_is_as_it_was():
    lines = pa.array([["a", "", " b ", "c", ""], None, ["a", " ", "b"], ["a", " "]])
    found = without(lines, np.array([0, 5, 7]))
    assert found.to_pylist() == ["\n b \nc\n", None, "", None]
    assert without(lines[2:], np.array([2])).to_pylist() == ["a\n ", None]
