"""The ledger against a count in plain Python."""

from collections import Counter

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline.ledger import Ledger, rejected_rows

_row = st.tuples(
    st.booleans(),
    st.sampled_from([None, "mlt_Latn", "ekk_Latn"]),
    st.none() | st.lists(st.sampled_from(["a", "b", "c"]), unique=True, max_size=3),
    st.none() | st.integers(0, 10**12),
)


def reference(rows):
    """What the footers must say, counted one row after the other."""
    found = {}
    for active, language, reasons, words in rows:
        tally = found.setdefault(language or "und", Counter())
        if not active:
            tally["inactive"] += 1
        elif reasons:
            tally["rejected"] += 1
            for reason in reasons:
                tally["reason", reason] += 1
        else:
            tally["kept"] += 1
            tally["words"] += words or 0
    return found


def count(ledger, rows):
    active, language, reasons, words = (
        (list(c) for c in zip(*rows, strict=True)) if rows else 4 * [[]]
    )
    ledger.add(
        pa.array(active, pa.bool_()),
        pa.array(language, pa.string()),
        pa.array(reasons, pa.list_(pa.string())),
        {"words": pa.array(words, pa.int64())},
    )


@given(st.lists(st.lists(_row, max_size=8), max_size=4))
def test_the_ledger_counts_as_one_would_by_hand(batches):
    """However the rows are batched."""
    ledger = Ledger()
    for batch in batches:
        count(ledger, batch)
    rows = [row for batch in batches for row in batch]
    tallies = ledger.tallies()
    assert list(tallies) == sorted({language or "und" for _, language, _, _ in rows})
    for language, tally in tallies.items():
        wanted = reference(rows)[language]
        assert tally.model_dump(include={"inactive", "kept", "rejected"}) == {
            key: wanted[key] for key in ("inactive", "kept", "rejected")
        }
        assert tally.reasons == {r: n for r in "abc" if (n := wanted["reason", r])}
        assert list(tally.reasons) == sorted(tally.reasons)
        assert tally.measures == {"words": wanted["words"]}


@given(st.lists(_row, max_size=20))
def test_every_row_is_inactive_kept_or_rejected(rows):
    ledger = Ledger()
    count(ledger, rows)
    tallies = ledger.tallies().values()
    assert sum(t.inactive + t.kept + t.rejected for t in tallies) == len(rows)
    assert sum(t.rows for t in tallies) == len(rows)


@given(st.lists(st.tuples(_row, st.none() | st.sampled_from("xyz")), max_size=20), st.integers(0))
def test_evidence_counts_every_active_row_once_under_its_language(pairs, cut):
    """However the rows are batched; a null counts as `none`."""
    ledger = Ledger()
    cut %= len(pairs) + 1
    for part in (pairs[:cut], pairs[cut:]):
        active = pa.array([row[0] for row, _ in part], pa.bool_())
        language = pa.array([row[1] for row, _ in part], pa.string())
        values = pa.array([value for _, value in part], pa.string())
        ledger.add(active, language, None, {}, {"seen": values})
    wanted = Counter((row[1] or "und", value or "none") for row, value in pairs if row[0])
    found = ledger.evidence()["seen"]
    assert {(k, v): n for k, values in found.items() for v, n in values.items()} == wanted
    assert list(found) == sorted(found)


def test_without_language_and_reasons_all_active_rows_are_kept_and_undetermined():
    ledger = Ledger()
    ledger.add(pa.array([True, False, True]), None, None, {})
    (tally,) = ledger.tallies().values()
    assert list(ledger.tallies()) == ["und"]
    assert (tally.inactive, tally.kept, tally.rejected) == (1, 2, 0)


def test_only_a_row_with_a_reason_is_rejected():
    reasons = pa.array([["a"], [], None, ["a", "b"]], pa.list_(pa.string()))
    assert rejected_rows(reasons).to_pylist() == [True, False, False, True]
    assert rejected_rows(reasons.slice(2)).to_pylist() == [False, True]


_found = st.tuples(
    st.booleans(),
    st.sampled_from([None, "mlt_Latn", "ekk_Latn"]),
    st.none() | st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy")), max_size=3),
    st.none() | st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 9)), max_size=3),
    st.none() | st.integers(0, 100),
)


@given(st.lists(st.lists(_found, max_size=8), max_size=4))
def test_findings_are_counted_as_one_would_by_hand(batches):
    """Lists by the words of their entries, as often as these say; numbers are added up."""
    kinds = pa.list_(pa.struct([("start", pa.int32()), ("kind", pa.string()), ("by", pa.string())]))
    times = pa.list_(pa.struct([("by", pa.string()), ("n", pa.int32())]))
    ledger, wanted = Ledger(), {"spans": Counter(), "counted": Counter(), "lines": Counter()}
    for rows in batches:
        active, language, spans, counted, lines = (
            (list(c) for c in zip(*rows, strict=True)) if rows else 5 * [[]]
        )
        ledger.add(
            pa.array(active, pa.bool_()),
            pa.array(language, pa.string()),
            None,
            {},
            findings={
                "spans": pa.array([x and [(1, *pair) for pair in x] for x in spans], kinds),
                "counted": pa.array(counted, times),
                "lines": pa.array(lines, pa.int32()),
            },
        )
        for is_active, code, kinds_found, counts, n in rows:
            if is_active:
                label = code or "und"
                wanted["spans"].update((label, "/".join(pair)) for pair in kinds_found or ())
                for name, k in counts or ():
                    wanted["counted"][label, name] += k
                wanted["lines"][label, "lines"] += n or 0
    found = ledger.findings()
    for column, counts in wanted.items():
        flat = {(label, v): n for label, vs in found.get(column, {}).items() for v, n in vs.items()}
        assert flat == {key: n for key, n in counts.items() if n}
