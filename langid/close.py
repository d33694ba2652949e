"""A second decision among a few close languages, by words that are usual in some of them only.

Character n-grams hardly tell Croatian from Bosnian, Montenegrin and Serbian in Latin script: most
of what is written looks the same. What differs are some thousand words (*tko* against *ko*;
*tjedan*, *sedmica*, *nedelja*) and the reflex of yat, and those are known. So the model says how
likely it is that a text is in any of the four, and how that is shared out is decided by what its
words say (`eurosift.langid.lexicon`), on top of a part of what the model says of the four.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import Bools, Float32s, Int32s, Int64s, UInt8s
from eurosift.filters.buffers import StringBuffers
from eurosift.filters.kernel import kernel
from eurosift.langid.lexicon import Lexicon, LexiconFile, build_lexicon, weigh

NONE: Final = -1
FLOOR: Final = np.float32(1e-4)
"""The model is taken to give at least this to each language of a group."""
WIDTH: Final = 8
"""So many of the model's best labels should be looked at: fewer may leave out some of the group."""
SHORT: Final = 30
"""Texts of fewer characters have a prior of their own."""


class Group(NamedTuple):
    """Close languages as kernels read them.

    Attributes
    ----------
    lexicon
        What words say, in the order of the members.
    members
        int32, shape (n,): numbers of their labels.
    like
        bool, shape (n, n): of the scores of the members in a row, the best is that of the row's
        language; its own, but for one that the model does not know.
    temper
        Share of the model's own log-odds that counts.
    prior, short_prior
        float32, shape (n,): added to the log-odds, the latter in texts of fewer than `SHORT`
        characters.
    """

    lexicon: Lexicon
    members: Int32s
    like: Bools
    temper: float
    prior: Float32s
    short_prior: Float32s


class CloseLanguages:
    """Shares out what a model gives to a group of close languages.

    Parameters
    ----------
    codes
        Canonical codes of the model's labels.
    read
        The group's lexicon.

    Attributes
    ----------
    codes
        Those of the model, and behind them those of the group that it does not know.
    """

    def __init__(self, codes: Sequence[str], read: LexiconFile) -> None:
        members = list(read.languages.values())
        self.codes = (*codes, *(code for code in members if code not in codes))
        letters = list(read.languages)
        like = [[other in read.like.get(letter, letter) for other in letters] for letter in letters]
        self._group = Group(
            build_lexicon(read),
            np.array([self.codes.index(code) for code in members], np.int32),
            np.array(like),
            read.temper,
            *(
                np.array([prior.get(letter, 0) for letter in letters], np.float32)
                for prior in (read.prior, {**read.prior, **read.short_prior})
            ),
        )

    def decide(
        self, lines: StringBuffers, characters: Int32s, labels: Int32s, scores: Float32s
    ) -> None:
        """Change labels and scores of the rows in which the group as a whole is likeliest.

        Parameters
        ----------
        lines
            What the model saw: normalised.
        characters
            int32, shape (n_rows,): of each line.
        labels, scores
            int32 and float32, shape (n_rows, k): labels, best first, and their scores, as
            `eurosift.langid.classifier.Classifier.classify` gives them; `k` at least `WIDTH`.
        """
        share_out(self._group, lines.data, lines.offsets, characters, labels, scores)


@kernel
def share_out(
    group: Group,
    data: UInt8s,
    offsets: Int64s,
    characters: Int32s,
    labels: Int32s,
    scores: Float32s,
) -> None:
    """See `CloseLanguages.decide`."""
    n_rows, k = labels.shape
    n = group.members.size
    seen = np.full(group.lexicon.weights.shape[0] + group.lexicon.pairs.shape[0], NONE, np.int64)
    given = np.empty(n, np.float32)
    total = np.empty(n, np.float32)
    for row in range(n_rows):
        given[:] = 0
        others = np.float32(0)
        for i in range(k):
            member = find_member(group.members, labels[row, i])
            if member == NONE:
                others = max(others, scores[row, i])
            else:
                given[member] = scores[row, i]
        mass = given.sum()
        if mass <= others:
            continue
        total[:] = group.short_prior if characters[row] < SHORT else group.prior
        weigh(group.lexicon, data, offsets[row], offsets[row + 1], seen, row, total)
        for member in range(n):
            score = FLOOR
            for other in range(n):
                if group.like[member, other]:
                    score = max(score, given[other])
            total[member] += np.float32(group.temper * math.log(np.float64(score)))
        total -= total.max()
        # In double precision, as in `eurosift.langid.losses`: alike on every processor.
        for member in range(n):
            total[member] = np.float32(math.exp(np.float64(total[member])))
        total *= mass / total.sum()
        replace_members(group.members, total, labels[row], scores[row])


@kernel
def find_member(members: Int32s, label: int) -> int:
    """Place of a label among the members of a group, -1 if it is none."""
    for member in range(members.size):
        if members[member] == label:
            return member
    return NONE


@kernel
def replace_members(members: Int32s, shares: Float32s, labels: Int32s, scores: Float32s) -> None:
    """Put members with new scores into a row of labels, which stays sorted by score."""
    n = 0
    for i in range(labels.size):
        if labels[i] != NONE and find_member(members, labels[i]) == NONE:
            labels[n], scores[n] = labels[i], scores[i]
            n += 1
    labels[n:] = NONE
    scores[n:] = 0
    for member in range(members.size):
        at = min(n, labels.size - 1)
        if n == labels.size and shares[member] <= scores[at]:
            continue
        while at > 0 and shares[member] > scores[at - 1]:
            labels[at], scores[at] = labels[at - 1], scores[at - 1]
            at -= 1
        labels[at], scores[at] = members[member], shares[member]
        n = min(n + 1, labels.size)
