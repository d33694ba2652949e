"""Words that are usual in some of a few close languages only: tables for kernels, from a file.

The file is YAML. ``languages`` gives each language a letter; ``classes`` names sets of words;
``pairs`` says what a word of one class before a word of another speaks for; ``forms`` has lines
such as ``h 3 | tko tjedan tjedn*``: in which languages the forms are usual, and by how much, as a
natural logarithm, they are rarer in the others. ``stem*`` and ``*ending`` stand for any word that
begins or ends so. A form that stands in several lines speaks against a language by the least that
any of them says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Final, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from eurosift.filters.arrays import Float32s, Int32s, Int64s, UInt8s, UInt64s
from eurosift.filters.kernel import kernel
from eurosift.filters.yaml12 import parse

OFFSET: Final = np.uint64(0xCBF29CE484222325)
PRIME: Final = np.uint64(0x100000001B3)
EXACT, STEM, ENDING = np.uint64(0x9E37), np.uint64(0x79B9), np.uint64(0x7F4A)
"""What a hash is of: a whole word, the beginning of one, or its end, read backwards."""
NONE: Final = -1


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Pair(_Frozen):
    """What a word of one class before a word of another speaks for."""

    usual: str = Field(description="Letters of the languages where it is usual.")
    weight: float = Field(gt=0, description="By how much it is rarer in the others.")
    left: str = Field(description="Class of the first word.")
    right: str = Field(description="Class of the word behind it.")


class LexiconFile(_Frozen):
    """What a lexicon's file says."""

    version: int = Field(description="Raised with every change.")
    languages: Mapping[str, str] = Field(description="Canonical code of each letter.")
    temper: float = Field(gt=0, le=1, description="Share of the model's own log-odds that counts.")
    prior: Mapping[str, float] = Field(description="Added to the log-odds of a language.")
    short_prior: Mapping[str, float] = Field(
        default_factory=dict, description="In place of it in short texts, if it differs there."
    )
    like: Mapping[str, str] = Field(
        default_factory=dict,
        description="Of a language that the model does not know: those whose scores stand for its.",
    )
    classes: Mapping[str, str] = Field(description="Forms of each class.")
    pairs: tuple[Pair, ...]
    forms: str = Field(description="Lines of forms, see the module.")


class Lexicon(NamedTuple):
    """What kernels read of a lexicon of `n` languages.

    Attributes
    ----------
    keys, slots
        uint64 and int32, shape (n_slots,): open addressing from hashes to forms, -1 if empty.
    weights
        float32, shape (n_forms, n): what a form adds to the log-odds of each language, at most 0.
    classes
        int64, shape (n_forms + m,): a bit for each class that the form is of; the last `m` are of
        classes only, and have no weights.
    pairs
        int64, shape (n_pairs, 2): bits of the left and the right class.
    pair_weights
        float32, shape (n_pairs, n).
    """

    keys: UInt64s
    slots: Int32s
    weights: Float32s
    classes: Int64s
    pairs: Int64s
    pair_weights: Float32s


def load_lexicon(name: str) -> LexiconFile:
    """Read a lexicon of this package, given its file relative to it."""
    at = files("eurosift.langid").joinpath(name)
    return LexiconFile.model_validate(parse(at.read_text(encoding="utf-8"), str(at)).data)


def build_lexicon(read: LexiconFile) -> Lexicon:
    """Make the tables.

    Raises
    ------
    ValueError
        If a line is not ``letters weight | forms``, or names a letter or class that is not there.
    """
    letters = list(read.languages)
    weights: dict[tuple[int, str], Float32s] = {}
    for line in read.forms.splitlines():
        text = line.partition("#")[0].strip()
        if not text:
            continue
        head, bar, forms = text.partition("|")
        try:
            usual, weight = head.split()
            against = _against(letters, usual, float(weight))
        except ValueError as error:
            raise ValueError(f"lexicon: {line!r}: {error}") from error
        if not bar or not forms.split():
            raise ValueError(f"lexicon: {line!r}: no forms; write `letters weight | form form*`")
        for form in forms.split():
            known = weights.get(_kind(form))
            weights[_kind(form)] = against if known is None else np.maximum(known, against)
    names = list(read.classes)
    bits: dict[tuple[int, str], int] = {}
    for number, forms in enumerate(read.classes.values()):
        for form in forms.split():
            bits[_kind(form)] = bits.get(_kind(form), 0) | 1 << number
    weighty = sorted(weights)
    all_forms = [*weighty, *sorted(bits.keys() - weights.keys())]
    keys, slots = _hash_table(all_forms)
    return Lexicon(
        keys,
        slots,
        np.array([weights[form] for form in weighty], np.float32).reshape(-1, len(letters)),
        np.array([bits.get(form, 0) for form in all_forms], np.int64),
        np.array(
            [(1 << names.index(p.left), 1 << names.index(p.right)) for p in read.pairs], np.int64
        ).reshape(-1, 2),
        np.array([_against(letters, p.usual, p.weight) for p in read.pairs], np.float32).reshape(
            -1, len(letters)
        ),
    )


def _against(letters: list[str], usual: str, weight: float) -> Float32s:
    if unknown := set(usual) - set(letters):
        raise ValueError(f"no language has the letter {min(unknown)!r}")
    return np.array([0 if letter in usual else -weight for letter in letters], np.float32)


def _kind(form: str) -> tuple[int, str]:
    if form.endswith("*"):
        return int(STEM), form[:-1]
    if form.startswith("*"):
        return int(ENDING), form[1:]
    return int(EXACT), form


def _hash_table(forms: Iterable[tuple[int, str]]) -> tuple[UInt64s, Int32s]:
    hashes = []
    for kind, form in forms:
        data = form.encode()[::-1] if kind == ENDING else form.encode()
        key = int(OFFSET) ^ kind
        for byte in data:
            key = (key ^ byte) * int(PRIME) & 0xFFFFFFFFFFFFFFFF
        hashes.append(key)
    n_slots = 1 << (2 * len(hashes)).bit_length()
    keys, slots = np.zeros(n_slots, np.uint64), np.full(n_slots, NONE, np.int32)
    for number, key in enumerate(hashes):
        at = key & (n_slots - 1)
        while slots[at] != NONE:
            at = (at + 1) & (n_slots - 1)
        keys[at], slots[at] = key, number
    return keys, slots


@kernel
def absorb(key: np.uint64, byte: np.uint8) -> np.uint64:
    """Hash of a string and one more byte (FNV-1a, 64 bits)."""
    return np.uint64((key ^ np.uint64(byte)) * PRIME)


@kernel
def find_form(lexicon: Lexicon, key: np.uint64) -> int:
    """Number of the form of a hash, -1 if there is none."""
    mask = np.uint64(lexicon.keys.size - 1)
    at = key & mask
    while lexicon.slots[at] != NONE:
        if lexicon.keys[at] == key:
            return int(lexicon.slots[at])
        at = (at + np.uint64(1)) & mask
    return NONE


@kernel
def look_up(lexicon: Lexicon, data: UInt8s, start: int, stop: int) -> tuple[int, int]:
    """The form that speaks of a word (-1 for none), and the bits of the classes that it is of.

    The whole word goes before its longest stem, and that before its longest ending; what is in no
    line of forms speaks of nothing.
    """
    n_forms = lexicon.weights.shape[0]
    found = NONE
    bits = 0
    whole, stem = OFFSET ^ EXACT, OFFSET ^ STEM
    for i in range(start, stop):
        whole, stem = absorb(whole, data[i]), absorb(stem, data[i])
        if i - start >= 1 and (i + 1 == stop or data[i + 1] & 0xC0 != 0x80):
            form = find_form(lexicon, stem)
            if form != NONE:
                found = form if form < n_forms else found
                bits |= lexicon.classes[form]
    form = find_form(lexicon, whole)
    if form != NONE:
        bits |= lexicon.classes[form]
        found = form if form < n_forms else found
    ending = OFFSET ^ ENDING
    of_ending = NONE
    i = stop - 1
    while i > start:  # an ending is not the whole word
        ending = absorb(ending, data[i])
        if data[i] & 0xC0 != 0x80:
            form = find_form(lexicon, ending)
            if form != NONE:
                bits |= lexicon.classes[form]
                of_ending = form if form < n_forms else of_ending
        i -= 1
    return found if found != NONE else of_ending, bits


@kernel
def weigh(
    lexicon: Lexicon, data: UInt8s, start: int, stop: int, seen: Int64s, mark: int, total: Float32s
) -> None:
    """Add what the words of a normalised line say to `total`; each form and pair says it once.

    Parameters
    ----------
    lexicon, data, start, stop
        What to look for, and where: words with one blank between two.
    seen, mark
        For its own use: shape (n_forms + n_pairs,), and a number that the array does not hold yet.
    total
        float32, shape (n,).
    """
    n_forms = lexicon.weights.shape[0]
    pos = start
    before = 0
    while pos < stop:
        begin = pos
        while pos < stop and data[pos] != 0x20:
            pos += 1
        form, bits = look_up(lexicon, data, begin, pos)
        pos += 1
        if form != NONE and seen[form] != mark:
            seen[form] = mark
            for k in range(total.size):
                total[k] += lexicon.weights[form, k]
        for pair in range(lexicon.pairs.shape[0]):
            is_met = before & lexicon.pairs[pair, 0] and bits & lexicon.pairs[pair, 1]
            if is_met and seen[n_forms + pair] != mark:
                seen[n_forms + pair] = mark
                for k in range(total.size):
                    total[k] += lexicon.pair_weights[pair, k]
        before = bits
