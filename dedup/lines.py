"""Lines that come again across a domain: menus, notices, footers that an extractor took for text.

A line has a key, a hash of the domain and of the line without the white space around it; lines of
nothing have none. That a stranger's line is taken for one of a thousand million templates happens
once in 10^10 lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import xxhash

from eurosift.filters.arrays import Bools, Int64s, UInt32s, UInt64s


class LineKeys(NamedTuple):
    """Keys of the lines of some texts.

    Attributes
    ----------
    keys
        uint64, shape (n_lines,).
    texts
        int64, shape (n_lines,): number of the text that has the line.
    numbers
        int64, shape (n_lines,): number of the line in its text.
    """

    keys: UInt64s
    texts: Int64s
    numbers: Int64s


def line_keys(texts: Sequence[str | None], domains: Sequence[str | None]) -> LineKeys:
    """Hash the lines of texts; those without a domain have no keys.

    Parameters
    ----------
    texts, domains
        The same number of both.
    """
    keys: list[int] = []
    places: list[tuple[int, int]] = []
    for number, (text, domain) in enumerate(zip(texts, domains, strict=True)):
        if not text or not domain:
            continue
        seed = xxhash.xxh3_64_intdigest(domain)
        for line_number, line in enumerate(text.split("\n")):
            stripped = line.strip()
            if stripped:
                keys.append(xxhash.xxh3_64_intdigest(stripped, seed))
                places.append((number, line_number))
    columns = np.array(places, np.int64).reshape(-1, 2)
    return LineKeys(np.array(keys, np.uint64), columns[:, 0], columns[:, 1])


class Counted(NamedTuple):
    """How many documents have each line.

    Attributes
    ----------
    keys
        uint64, shape (n,), ascending.
    first_rows
        uint32, shape (n,): the first row that has the line.
    counts
        uint32, shape (n,): how many rows have it.
    """

    keys: UInt64s
    first_rows: UInt32s
    counts: UInt32s


def count(keys: UInt64s, rows: UInt32s) -> Counted:
    """Count the rows that have each key, however often one has it.

    Parameters
    ----------
    keys, rows
        Shape (n_lines,).
    """
    order = np.lexsort((rows, keys))
    keys, rows = keys[order], rows[order]
    new_key = _differs(keys)
    new_row = new_key | _differs(rows)
    starts = np.flatnonzero(new_key)
    counts = np.add.reduceat(new_row.astype(np.uint32), starts) if len(starts) else rows[:0]
    return Counted(keys[starts], rows[starts], counts)


class Templates(NamedTuple):
    """Lines of one shard that come again across a domain.

    Attributes
    ----------
    keys
        uint64, shape (n,), ascending.
    first_rows
        int64, shape (n,): the row that is the first of all to have the line; -1 if it is in another
        shard.
    """

    keys: UInt64s
    first_rows: Int64s


def find(shards: Sequence[Counted], min_documents: int) -> list[Templates]:
    """Find the lines that so many documents have, shard by shard.

    Parameters
    ----------
    shards
        What was counted in each, in their order; the same range of keys of all.
    min_documents
        Least number of documents.
    """
    keys = np.concatenate([shard.keys for shard in shards] or [np.empty(0, np.uint64)])
    sizes = [len(shard.keys) for shard in shards]
    order = np.argsort(keys, kind="stable")  # so that equal keys stay in the order of the shards
    is_first = _differs(keys[order])
    group = np.cumsum(is_first) - 1
    counts = np.concatenate([shard.counts for shard in shards] or [np.empty(0, np.uint32)])
    totals = np.bincount(group, weights=counts[order])
    chosen = np.zeros(len(keys), np.bool_)
    chosen[order] = totals[group] >= min_documents if len(keys) else False
    begins = np.zeros(len(keys), np.bool_)
    begins[order] = is_first
    found = []
    start = 0
    for shard, size in zip(shards, sizes, strict=True):
        mine = chosen[start : start + size]
        first_rows = np.where(begins[start : start + size], shard.first_rows.astype(np.int64), -1)
        found.append(Templates(shard.keys[mine], first_rows[mine]))
        start += size
    return found


def to_remove(lines: LineKeys, rows: Int64s, templates: Templates, *, keep_first: bool) -> Bools:
    """Whether each line is to be removed.

    Parameters
    ----------
    lines
        Of some texts.
    rows
        Shape (n_texts,): the row of each.
    templates
        Those of the shard.
    keep_first
        Whether the first document that has a line keeps it.

    Returns
    -------
    bool, shape (n_lines,).
    """
    found = np.zeros(len(lines.keys), np.bool_)
    if not len(templates.keys):
        return found
    places = np.searchsorted(templates.keys, lines.keys)
    inside = places < len(templates.keys)
    found[inside] = templates.keys[places[inside]] == lines.keys[inside]
    if keep_first:
        found[found] = templates.first_rows[places[found]] != rows[lines.texts[found]]
    return found


def without(text: str, numbers: Iterable[int]) -> str:
    """The text without some of its lines; without white space where that leaves nothing else."""
    removed = set(numbers)
    kept = [line for n, line in enumerate(text.split("\n")) if n not in removed]
    left = "\n".join(kept)
    return left if left.strip() else ""


def _differs(values: UInt64s | UInt32s) -> Bools:
    """Whether each value differs from the one before it; the first one does."""
    found = np.ones(len(values), np.bool_)
    found[1:] = values[1:] != values[:-1]
    return found
