"""Lines that come again across a domain: menus, notices, footers that an extractor took for text.

A line has a key, a hash of the domain and of the line without the white space around it; lines of
nothing have none. A domain has a key of its own, so that its documents are counted as those that
have a line. That a stranger's line is taken for one of a thousand million templates happens
once in 10^10 lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from eurosift.dedup.exact import hash_keys, hash_texts
from eurosift.filters.arrays import Bools, Int64s, UInt32s, UInt64s

_DOMAIN = np.uint64(xxhash.xxh3_64_intdigest("\n"))
"""In the place of a line in the key of a domain; no line is a line feed."""


class LineKeys(NamedTuple):
    """Lines of some texts, and the keys of those that have one.

    Attributes
    ----------
    lines
        ``list<string>``: the lines of each text.
    keys
        uint64, shape (n_keys,).
    texts
        int64, shape (n_keys,): number of the text that has the line.
    places
        int64, shape (n_keys,), ascending: number of the line among those of all texts.
    domains
        uint64, shape (n_keys,): key of the domain of the text.
    """

    lines: pa.ListArray
    keys: UInt64s
    texts: Int64s
    places: Int64s
    domains: UInt64s

    def with_domains(self) -> tuple[UInt64s, Int64s]:
        """Keys of lines, and one of its domain for each text that has lines; the text of each."""
        texts, first = np.unique(self.texts, return_index=True)
        return (
            np.concatenate([self.keys, self.domains[first]]),
            np.concatenate([self.texts, texts]),
        )


def line_keys(texts: pa.Array, domains: Sequence[str | None]) -> LineKeys:
    """Hash the lines of texts; those without a domain have no keys.

    Parameters
    ----------
    texts
        ``string``, cut at line feeds.
    domains
        As many.
    """
    lines = pc.split_pattern(texts, "\n")
    stripped = pc.utf8_trim_whitespace(lines.flatten())
    parents = pc.list_parent_indices(lines).to_numpy()
    seeds = np.array([xxhash.xxh3_64_intdigest(name) if name else 0 for name in domains], np.uint64)
    has_words = pc.greater(pc.binary_length(stripped), 0).to_numpy(zero_copy_only=False)
    places = np.flatnonzero(has_words & (seeds[parents] != 0))
    hashes, _ = hash_keys(hash_texts(stripped.take(pa.array(places))))
    seeds = seeds[parents[places]]
    return LineKeys(lines, hashes ^ seeds, parents[places], places, seeds ^ _DOMAIN)


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
    counts
        int64, shape (n,): how many documents of all shards have it.
    """

    keys: UInt64s
    first_rows: Int64s
    counts: Int64s


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
    totals = np.zeros(len(keys), np.int64)
    if len(keys):
        totals[order] = np.bincount(group, weights=counts[order]).astype(np.int64)[group]
    chosen = totals >= min_documents
    begins = np.zeros(len(keys), np.bool_)
    begins[order] = is_first
    found = []
    start = 0
    for shard, size in zip(shards, sizes, strict=True):
        of_shard = slice(start, start + size)
        mine = chosen[of_shard]
        first_rows = np.where(begins[of_shard], shard.first_rows.astype(np.int64), -1)
        found.append(Templates(shard.keys[mine], first_rows[mine], totals[of_shard][mine]))
        start += size
    return found


def to_remove(
    lines: LineKeys,
    rows: Int64s,
    templates: Templates,
    *,
    keep_first: bool,
    min_share: float = 0.0,
) -> Bools:
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
    min_share
        Least share of the domain's documents that have the line, from 0 to 1; above 0 the keys of
        domains must have been counted, too.

    Returns
    -------
    bool, shape (n_lines,).
    """
    places, found = _places_of(lines.keys, templates)
    if min_share:
        of_domain, _ = _places_of(lines.domains[found], templates)
        shares = templates.counts[places[found]] / templates.counts[of_domain]
        found[found] = shares >= min_share
    if keep_first:
        found[found] = templates.first_rows[places[found]] != rows[lines.texts[found]]
    return found


def _places_of(keys: UInt64s, templates: Templates) -> tuple[Int64s, Bools]:
    """Places of keys among those of templates, and whether they are there."""
    places = np.searchsorted(templates.keys, keys)
    inside = places < len(templates.keys)
    inside[inside] = templates.keys[places[inside]] == keys[inside]
    return places, inside


def without(lines: pa.ListArray, places: Int64s) -> pa.Array:
    """Texts without some of their lines; of nothing where only white space is left.

    Parameters
    ----------
    lines, places
        See `LineKeys`; `places` of the lines to remove.

    Returns
    -------
    ``string``; null where no line is removed.
    """
    parents = pc.list_parent_indices(lines).to_numpy()
    is_kept = np.ones(len(parents), np.bool_)
    is_kept[places] = False
    ends = np.cumsum(np.bincount(parents[is_kept], minlength=len(lines)))
    offsets = pa.array(np.concatenate([[0], ends]).astype(np.int32))
    kept = pa.ListArray.from_arrays(offsets, lines.flatten().filter(pa.array(is_kept)))
    left = pc.binary_join(kept, "\n")
    is_blank = pc.equal(pc.utf8_trim_whitespace(left), "")
    is_changed = np.zeros(len(lines), np.bool_)
    is_changed[parents[places]] = True
    nothing = pa.scalar(None, pa.string())
    return pc.if_else(pa.array(is_changed), pc.if_else(is_blank, "", left), nothing)


def _differs(values: UInt64s | UInt32s) -> Bools:
    """Whether each value differs from the one before it; the first one does."""
    found = np.ones(len(values), np.bool_)
    found[1:] = values[1:] != values[:-1]
    return found
