"""Lines of texts, and what their labels say of a text, over a whole batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import Bools, Float32s, Int32s, Int64s, UInt8s
from eurosift.filters.kernel import kernel
from eurosift.filters.unicode import ALPHA, character_classes
from eurosift.langid.points import LINE_FEED, Spans, decode

MIN_LETTERS: Final = 20
"""Lines with fewer letters get no label: of pairs of words, the model names one in five wrongly."""
LINE_WINDOW: Final = 300
"""Characters of a line that are looked at."""
CODE_SWITCHING_SHARE = 0.2
"""Share of the labelled characters in other languages from which on a text switches codes."""
NO_LABEL: Final = -1

RELATED = (
    frozenset({"bos_Latn", "cnr_Latn", "hbs_Latn", "hrv_Latn", "srp_Latn"}),
    frozenset({"dan_Latn", "nno_Latn", "nob_Latn"}),
    frozenset({"ind_Latn", "zsm_Latn"}),
)
"""Languages that single lines do not tell apart: between these there is no code-switching."""


class Lines(NamedTuple):
    """Lines of texts; a text has one more than line feeds.

    Attributes
    ----------
    offsets
        int64, shape (n_texts + 1,): where the lines of each text begin among all.
    rows
        Shape (n_lines,): where each line stands, without its line feed.
    characters
        int32, shape (n_lines,): length.
    enough
        bool, shape (n_lines,): whether it has the letters that a label needs.
    """

    offsets: Int64s
    rows: Spans
    characters: Int32s
    enough: Bools


class Shares(NamedTuple):
    """What the labels of lines say of each text.

    Attributes
    ----------
    main
        float32, shape (n_texts,): share of the characters of labelled lines that are in lines with
        the label of the text; NaN where no line has a label.
    switching
        bool, shape (n_texts,): whether languages other than it and those related to it have
        `CODE_SWITCHING_SHARE` of these characters.
    """

    main: Float32s
    switching: Bools


def related_numbers(codes: Sequence[str]) -> Int32s:
    """A number for each canonical code; those that are related have the same: shape (n_codes,)."""
    groups = [next((group for group in RELATED if code in group), code) for code in codes]
    first = {group: number for number, group in reversed([*enumerate(groups)])}
    return np.array([first[group] for group in groups], np.int32)


def split_lines(rows: Spans) -> Lines:
    """Cut each text at its line feeds; bytes that are no UTF-8 count as U+FFFD."""
    offsets, begins, ends, characters, enough = find_lines(*rows, character_classes())
    return Lines(offsets, Spans(rows.data, begins, ends), characters, enough)


@kernel
def count_lines(data: UInt8s, begins: Int64s, ends: Int64s) -> Int64s:
    """Where the lines of each text begin among all."""
    offsets = np.zeros(begins.size + 1, np.int64)
    for row in range(begins.size):
        n = 1
        for pos in range(begins[row], ends[row]):
            n += (
                data[np.uint64(pos)] == LINE_FEED
            )  # an unsigned index is never counted from the end
        offsets[row + 1] = offsets[row] + n
    return offsets


@kernel
def find_lines(
    data: UInt8s, begins: Int64s, ends: Int64s, classes: UInt8s
) -> tuple[Int64s, Int64s, Int64s, Int32s, Bools]:
    """See `Lines`; begins and ends for its rows."""
    offsets = count_lines(data, begins, ends)
    starts = np.empty(offsets[-1], np.int64)
    stops = np.empty(offsets[-1], np.int64)
    characters = np.empty(offsets[-1], np.int32)
    enough = np.empty(offsets[-1], np.bool_)
    for row in range(begins.size):
        pos, end = begins[row], ends[row]
        for line in range(offsets[row], offsets[row + 1]):
            starts[line] = pos
            length = 0
            letters = 0
            while pos < end:
                byte = data[np.uint64(pos)]  # an unsigned index is never counted from the end
                if byte == LINE_FEED:
                    break
                if letters >= MIN_LETTERS or length >= LINE_WINDOW:
                    length += byte & 0xC0 != 0x80
                    pos += 1
                    continue
                if byte < 0x80:
                    letters += classes[byte] & ALPHA != 0
                    pos += 1
                else:
                    point, width = decode(data, pos, end)
                    letters += classes[point] & ALPHA != 0
                    pos += width
                length += 1
            stops[line] = pos
            characters[line] = length
            enough[line] = letters >= MIN_LETTERS
            pos += 1
    return offsets, starts, stops, characters, enough


@kernel
def share_lines(
    offsets: Int64s, characters: Int32s, labels: Int32s, main: Int32s, related: Int32s
) -> Shares:
    """Shares of each text's lines.

    Parameters
    ----------
    offsets, characters
        Of `Lines`.
    labels
        Shape (n_lines,): label of each line, or `NO_LABEL`.
    main
        Shape (n_texts,): label of each text, or `NO_LABEL`.
    related
        Shape (n_labels,): a number for each label; related ones have the same.

    """
    shares = np.full(main.size, np.float32(np.nan), np.float32)
    switching = np.zeros(main.size, np.bool_)
    for row in range(main.size):
        labelled = 0
        own = 0
        other = 0
        for line in range(offsets[row], offsets[row + 1]):
            label = labels[line]
            if label == NO_LABEL:
                continue
            labelled += characters[line]
            if label == main[row]:
                own += characters[line]
            elif main[row] == NO_LABEL or related[label] != related[main[row]]:
                other += characters[line]
        if labelled > 0:
            shares[row] = own / labelled
            switching[row] = other >= CODE_SWITCHING_SHARE * labelled
    return Shares(shares, switching)
