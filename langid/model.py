"""The language model: a fastText classifier whose labels are canonical codes."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import file_digest, sha256
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from eurosift.filters.arrays import Float32s, Int32s
from eurosift.filters.buffers import StringBuffers, read_only, string_buffers
from eurosift.langid.classifier import Classifier
from eurosift.langid.close import WIDTH, CloseLanguages
from eurosift.langid.errors import ModelError
from eurosift.langid.excerpts import excerpts
from eurosift.langid.known_words import WIDTH as WORDS_WIDTH
from eurosift.langid.known_words import KnownWords, WordsFile, load_words
from eurosift.langid.languages import LANGUAGES, UnknownLanguageError, canonical
from eurosift.langid.lexicon import load_lexicon
from eurosift.langid.normalise import WINDOW, WINDOWS
from eurosift.langid.points import WHOLE, Spans, spans
from eurosift.langid.short import characters_of

EMBEDDED = "data/eu24.ftz"
"""The model that is shipped, relative to this package; described in data/MODEL_CARD.md."""

WORDS = "data/eu24.words"
"""Its table of known words; beside any other model it is the file of its name with this suffix."""

LEXICONS = (
    "data/bcms.yaml",
    "data/czech_slovak.yaml",
    "data/gaelic.yaml",
    "data/iberian.yaml",
    "data/nl_af.yaml",
    "data/scandinavian.yaml",
)
"""Lexicons for the second decision among close languages, relative to this package."""

PREFIX = "__label__"
UNNAMED = {f"{PREFIX}other": "und", f"{PREFIX}unknown": "und"}
"""Labels for whatever is none of the others, as in OpenLID v3."""


class Prediction(NamedTuple):
    """A label and its probability."""

    language: str
    score: float


class LanguageModel:
    """A loaded model.

    Every label of the model takes part in the softmax, whichever languages are wanted: a model that
    may only answer with 24 languages calls everything one of the 24.

    Parameters
    ----------
    path
        A fastText model (``.bin`` or ``.ftz``) with labels in any style that
        `eurosift.langid.languages.canonical` understands; None for the embedded one.
    normalised
        Whether the model was trained on text as `eurosift.langid.normalise.normalise` gives it, as
        the embedded one was. Other models get the text on one line and otherwise as it is. Only of
        normalised text the words are known, so only for such models there is a second decision
        among close languages, see `eurosift.langid.close`, and on short texts, if a table of words
        lies beside the model, see `eurosift.langid.known_words`.

    Raises
    ------
    ModelError
        If the file is missing, broken, or no model of languages.
    """

    def __init__(self, path: Path | None = None, *, normalised: bool = True) -> None:
        self.normalised = normalised
        if path is None:
            package = files("eurosift.langid")
            with as_file(package.joinpath(EMBEDDED)) as embedded:
                self._load(embedded, load_words(package.joinpath(WORDS).read_bytes(), WORDS))
        else:
            self._load(path, words_beside(path) if normalised else None)

    def _load(self, path: Path, words: WordsFile | None) -> None:
        self._classifier = Classifier(path)
        labels = self._classifier.labels
        # The codes of Wikipedias, as in lid.176, where Albanian is ``sq``.
        alemannic = {f"{PREFIX}als", f"{PREFIX}sq"} <= set(labels)
        codes = []
        for label in labels:
            try:
                known = "gsw" if alemannic and label == f"{PREFIX}als" else label
                codes.append(UNNAMED.get(label) or canonical(known))
            except UnknownLanguageError as error:
                raise ModelError(
                    f"{path}: label {label!r} names no language; is this a model for language "
                    "identification?"
                ) from error
        if LANGUAGES.keys().isdisjoint(codes):
            raise ModelError(
                f"{path}: none of its labels ({', '.join(map(repr, labels[:3]))} …) is a language "
                "that is known here; is this a model for language identification?"
            )
        # Labels that mean the same (cmn_Hans, cmn_Hant) are added up.
        self._codes = tuple(sorted(set(codes)))
        numbers = {code: number for number, code in enumerate(self._codes)}
        self._classifier.merge([numbers[code] for code in codes])
        self._known = None if words is None else KnownWords(self._codes, words)
        self._close = []
        for name in LEXICONS if self.normalised else ():
            lexicon = load_lexicon(name)
            if len(set(self._codes).intersection(lexicon.languages.values())) > 1:
                self._close.append(CloseLanguages(self._codes, lexicon))
                self._codes = self._close[-1].codes

    @property
    def languages(self) -> tuple[str, ...]:
        """Canonical codes of all that a text can be labelled as."""
        return self._codes

    def predict(self, text: str, k: int = 3) -> list[Prediction]:
        """The `k` best labels with their probabilities, best first; none without any word.

        Parameters
        ----------
        text
            Taken whole; long documents are sampled by the caller.
        k
            Number of labels.
        """
        return self.predict_all([text], k)[0]

    def predict_all(self, texts: Sequence[str], k: int = 3) -> list[list[Prediction]]:
        """What `predict` says of each text, in much less time for many of them."""
        lines = self.read(spans(string_buffers(as_strings(texts))), WHOLE, 1)
        labels, scores = self.classify(lines, k)
        return [
            [
                Prediction(self._codes[label], score)
                for label, score in zip(*row, strict=True)
                if label >= 0
            ]
            for row in zip(labels.tolist(), scores.tolist(), strict=True)
        ]

    def read(self, rows: Spans, window: int = WINDOW, windows: int = WINDOWS) -> StringBuffers:
        """What the model sees of each text: a line, null if that is nothing.

        Parameters
        ----------
        rows
            Texts of any length.
        window, windows
            Characters per window, and number of windows; see `eurosift.langid.normalise.sample`.
        """
        return excerpts(rows, window, windows, normalised=self.normalised)

    def classify(self, lines: StringBuffers, k: int) -> tuple[Int32s, Float32s]:
        """Label each line; the labels of texts and of lines of texts are all made here.

        Parameters
        ----------
        lines
            As `read` gives them.
        k
            Number of labels for each line.

        Returns
        -------
        int32 and float32, both of shape (n_lines, k): places in `languages`, best first, and their
        probabilities; -1 and 0 where there are no more, or there is no line.
        """
        characters = characters_of(lines)
        labels, scores = self._weighed(lines, characters, max(k, WIDTH) if self._close else k)
        for close in self._close:
            close.decide(lines, characters, labels, scores)
        # fastText's probabilities may exceed 1 by rounding.
        return labels[:, :k], np.minimum(scores[:, :k], 1)

    def _weighed(self, lines: StringBuffers, characters: Int32s, k: int) -> tuple[Int32s, Float32s]:
        """As `classify`, before close languages are looked at."""
        if self._known is None:
            return self._classifier.classify(lines, k)
        is_short = characters < self._known.longest
        longer = lines._replace(valid=lines.valid & ~is_short)
        short = lines._replace(valid=lines.valid & is_short)
        labels, scores = self._classifier.classify(read_only(*longer), k)
        more = self._classifier.classify(read_only(*short), max(k, WORDS_WIDTH))
        self._known.weigh(short, characters, *more)
        labels[is_short], scores[is_short] = (each[is_short, :k] for each in more)
        return labels, scores


def as_strings(texts: Sequence[str]) -> pa.Array:
    """Arrow array of strings, in which halves of character pairs are bytes that are no UTF-8."""
    encoded = (text.encode("utf-8", "surrogatepass") for text in texts)
    return pa.array(encoded, pa.large_binary()).view(pa.large_string())


def words_file(path: Path) -> Path:
    """Where the table of known words of a model is, if it has one."""
    return path.parent / f"{path.stem}{Path(WORDS).suffix}"


def words_beside(path: Path) -> WordsFile | None:
    """The table of known words of a model; None if it has none.

    Raises
    ------
    ModelError
        If it cannot be read.
    """
    at = words_file(path)
    try:
        return load_words(at.read_bytes(), str(at)) if at.is_file() else None
    except OSError as error:
        raise ModelError(f"{at}: cannot be read ({error.strerror})") from error


def embedded_digest(name: str) -> str:
    """SHA-256 of a file of this package that shapes results, in hexadecimal."""
    return sha256(files("eurosift.langid").joinpath(name).read_bytes()).hexdigest()


def digest(path: Path | None) -> str:
    """SHA-256 of a file in hexadecimal; without a path, of the embedded model.

    Raises
    ------
    ModelError
        If it cannot be read.
    """
    if path is None:
        return embedded_digest(EMBEDDED)
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})") from error
