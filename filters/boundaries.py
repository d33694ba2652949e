"""Lines between any line boundaries: those of Gopher quality, of C4, and with boilerplate phrases.

C4 removes lines one by one and looks at what is left (Raffel et al. 2020, JMLR 21/140, section
2.2, in the version of texttrove 0.10): here the lines that it would keep are counted.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import Int32s, Int64s, UInt8s
from eurosift.filters.characters import (
    LATER,
    chars_between,
    find_space,
    skip_spaces,
    strip_end,
)
from eurosift.filters.counts import (
    BULLET_LINES,
    C4_CURLY_LINES,
    C4_FEW_WORD_LINES,
    C4_LINES,
    C4_LOREM_LINES,
    C4_SENTENCES,
    C4_TERMINAL_LINES,
    COOKIE_LINES,
    ELLIPSIS_LINES,
    JAVASCRIPT_LINES,
    LOREM_LINES,
    POLICY_LINES,
    SENTENCES,
    UNICODE_LINES,
    UNICODE_TEXT_LINES,
)
from eurosift.filters.kernel import Integer, kernel
from eurosift.filters.lines import LINE_FEED
from eurosift.filters.phrases import C4_POLICY, COOKIE, JAVASCRIPT, LOREM, POLICY
from eurosift.filters.signs import (
    CLOSE_SQUARE,
    DOUBLE_QUOTE,
    EXCLAMATION,
    FULL_STOP,
    OPEN_SQUARE,
    SINGLE_QUOTE,
    has_bytes,
)

HYPHEN: Final = ord("-")
QUESTION: Final = ord("?")
CARRIAGE_RETURN: Final = 0x0D
FEW_WORDS: Final = 3
"""A line of fewer words is dropped (C4)."""
LONG_WORD: Final = 1000
"""A line with a longer word is dropped (C4)."""
EDIT: Final = np.frombuffer(b"[edit]", np.uint8)
CITATION_NEEDED: Final = np.frombuffer(b"[citation needed]", np.uint8)


@kernel
def ends_in_ellipsis(text: UInt8s, start: Integer, stop: Integer) -> bool:
    """Whether ``text[start:stop]`` ends in three points or in U+2026."""
    if stop - start < 3:
        return False
    first, second, third = text[stop - 3], text[stop - 2], text[stop - 1]
    points = first == FULL_STOP and second == FULL_STOP and third == FULL_STOP
    return bool(points or (first == 0xE2 and second == 0x80 and third == 0xA6))


@kernel
def ends_with(text: UInt8s, start: Integer, stop: Integer, end: UInt8s) -> bool:
    """Whether ``text[start:stop]`` ends in some bytes."""
    if stop - start < end.size:
        return False
    for i in range(end.size):  # noqa: SIM110 - numba has no generators in `all`
        if text[stop - end.size + i] != end[i]:
            return False
    return True


@kernel
def without_citations(text: UInt8s, start: Integer, stop: Integer) -> Integer:
    """Where ``text[start:stop]`` ends without citations: ``[1]``, ``[]``, ``[edit]``."""
    while stop > start and text[stop - 1] == CLOSE_SQUARE:
        pos = stop - 2
        while pos >= start and 48 <= text[pos] <= 57:
            pos -= 1
        if pos >= start and text[pos] == OPEN_SQUARE:
            stop = pos
        elif ends_with(text, start, stop, EDIT):
            stop -= EDIT.size
        elif ends_with(text, start, stop, CITATION_NEEDED):
            stop -= CITATION_NEEDED.size
        else:
            break
    return stop


@kernel
def is_terminal(text: UInt8s, start: Integer, stop: Integer) -> bool:
    """Whether a line ends as one that C4 keeps."""
    stop = without_citations(text, start, stop)
    if stop == start:
        return False
    last = text[stop - 1]
    if last == FULL_STOP:
        three = stop - start >= 3
        return not (three and has_bytes(text, stop - 3, stop, FULL_STOP, FULL_STOP, FULL_STOP))
    return bool(
        last == QUESTION or last == EXCLAMATION or last == DOUBLE_QUOTE or last == SINGLE_QUOTE
    )


@kernel
def has_few_words(marks: UInt8s, first: Integer, stop: Integer) -> bool:
    """Whether fewer than `FEW_WORDS` words stand between white space."""
    pos = first
    for _ in range(FEW_WORDS - 1):
        pos = skip_spaces(marks, find_space(marks, pos, stop), stop)
        if pos >= stop:
            return True
    return False


@kernel
def has_long_word(marks: UInt8s, first: Integer, stop: Integer, is_ascii: bool) -> bool:  # noqa: FBT001 - kernels are called by position
    """Whether what stands between white space is somewhere longer than `LONG_WORD` characters."""
    while stop - first > LONG_WORD:
        word_end = find_space(marks, first, stop)
        if chars_between(marks, first, word_end, is_ascii) > LONG_WORD:
            return True
        first = skip_spaces(marks, word_end, stop)
    return False


@kernel
def scan_boundaries(
    text: UInt8s,
    size: Integer,
    marks: UInt8s,
    is_ascii: bool,  # noqa: FBT001 - kernels are called by position
    breaks: Int32s,
    n_breaks: Integer,
    sentences: Int32s,
    n_sentences: Integer,
    curly: Int32s,
    n_curly: Integer,
    phrase_places: Int32s,
    phrase_kinds: UInt8s,
    n_phrases: Integer,
    counts: Int64s,
) -> None:
    """Scan the lines of a document, cut at all line boundaries.

    Parameters
    ----------
    text, size, marks, is_ascii
        As `eurosift.filters.characters.scan_characters` takes and gives them.
    breaks, n_breaks, sentences, n_sentences, curly, n_curly
        From `eurosift.filters.signs.scan_signs`.
    phrase_places, phrase_kinds, n_phrases
        From `eurosift.filters.phrases.find_phrases`.
    counts
        Filled: this document's row.
    """
    first: Integer = 0
    sentence = 0
    bracket = 0
    phrase = 0
    n_lines = 0
    n_text = 0
    n_bullets: Integer = 0
    n_ellipses: Integer = 0
    n_all_sentences: Integer = 0
    n_lorem = 0
    n_javascript = 0
    n_cookie = 0
    n_policy = 0
    n_terminal = 0
    n_few = 0
    n_kept = 0
    n_kept_sentences: Integer = 0
    n_c4_lorem = 0
    n_c4_curly = 0
    for i in range(n_breaks + 1):
        stop: Integer = size if i == n_breaks else np.int64(breaks[i])
        if i == n_breaks and first >= size:
            break
        is_empty = first == stop and first > 0 and i < n_breaks
        if is_empty and text[stop] == LINE_FEED and text[stop - 1] == CARRIAGE_RETURN:
            first = stop + 1  # the line feed of a CR LF: part of the boundary before it
            continue
        n_lines += 1
        head = skip_spaces(marks, first, stop)
        if head < stop:
            tail = strip_end(marks, head, stop)
            n_text += 1
            n_bullets += text[head] == HYPHEN or has_bytes(text, head, tail, 0xE2, 0x80, 0xA2)
            n_ellipses += ends_in_ellipsis(text, head, tail)
            ends: Integer = 0
            last_end: Integer = head
            while sentence < n_sentences and sentences[sentence] <= stop:
                last_end = np.int64(sentences[sentence])
                sentence += 1
                ends += 1
            ends += skip_spaces(marks, last_end, tail) < tail
            n_all_sentences += ends
            kinds: Integer = 0
            while phrase < n_phrases and phrase_places[phrase] < stop:
                kinds |= np.int64(phrase_kinds[phrase])
                phrase += 1
            if kinds:
                n_lorem += kinds & LOREM != 0
                n_javascript += kinds & JAVASCRIPT != 0
                n_cookie += kinds & COOKIE != 0
                n_policy += kinds & POLICY != 0
            has_curly = False
            while bracket < n_curly and curly[bracket] < stop:
                has_curly = True
                bracket += 1
            terminal = is_terminal(text, head, tail)
            few = has_few_words(marks, head, tail)
            n_terminal += terminal
            n_few += few
            if terminal and not few and not has_long_word(marks, head, tail, is_ascii):
                if kinds & LOREM:
                    n_c4_lorem += 1
                elif kinds & JAVASCRIPT:
                    pass
                elif has_curly:
                    n_c4_curly += 1
                elif not kinds & C4_POLICY:
                    n_kept += 1
                    n_kept_sentences += ends
        first = stop + 1
        while marks[first] & LATER and first < size:
            first += 1
    counts[UNICODE_LINES] = n_lines
    counts[UNICODE_TEXT_LINES] = n_text
    counts[BULLET_LINES] = n_bullets
    counts[ELLIPSIS_LINES] = n_ellipses
    counts[SENTENCES] = n_all_sentences
    counts[LOREM_LINES] = n_lorem
    counts[JAVASCRIPT_LINES] = n_javascript
    counts[COOKIE_LINES] = n_cookie
    counts[POLICY_LINES] = n_policy
    counts[C4_TERMINAL_LINES] = n_terminal
    counts[C4_FEW_WORD_LINES] = n_few
    counts[C4_LINES] = n_kept
    counts[C4_SENTENCES] = n_kept_sentences
    counts[C4_LOREM_LINES] = n_c4_lorem
    counts[C4_CURLY_LINES] = n_c4_curly
