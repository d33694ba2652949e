"""Whether two models say the same of a text, though their labels differ in style and in detail.

Both labels are canonical codes by now, so macro-languages have given way to the member that is
meant (lid.176's ``no`` is Bokmål). Beyond that

- scripts are not compared: labels of many models name none (lid.176's ``sr``), and whether the
  letters fit the label is a check of its own;
- a label for several close languages at once (lid.176's ``sh``) agrees with each of them. Labels of
  close languages themselves do not agree with each other, even if one model knows only one of
  them: such a model says nothing about the language, and its word is no confirmation.

Source of the rule: HPLT v4 accepts a document where OpenLID-v3 and GlotLID agree.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eurosift.filters.arrays import Bools

MEMBERS = {"hbs": frozenset({"bos", "cnr", "hrv", "srp"})}
"""Macro-languages that are labels beside their members, ISO 639-3."""


def agree(first: str, second: str) -> bool:
    """Whether two canonical codes are labels of one language.

    Examples
    --------
    >>> agree("srp_Latn", "srp_Cyrl"), agree("hrv_Latn", "hbs_Latn"), agree("hrv_Latn", "bos_Latn")
    (True, True, False)
    """
    one, other = first[:3], second[:3]
    return one == other or other in MEMBERS.get(one, ()) or one in MEMBERS.get(other, ())


def agreement(first: Sequence[str], second: Sequence[str]) -> Bools:
    """Whether labels agree: bool, shape (n_first + 1, n_second + 1), the last for no label."""
    table = np.zeros((len(first) + 1, len(second) + 1), np.bool_)
    for i, one in enumerate(first):
        table[i, :-1] = [agree(one, other) for other in second]
    return table
