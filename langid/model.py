"""The language model: a fastText classifier whose labels are canonical codes."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import file_digest, sha256
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from eurosift.langid.classifier import Classifier
from eurosift.langid.errors import ModelError
from eurosift.langid.languages import UnknownLanguageError, canonical
from eurosift.langid.normalise import normalise

EMBEDDED = "data/eu24.ftz"
"""The model that is shipped, relative to this package; described in data/MODEL_CARD.md."""


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
        the embedded one was. Other models get the text on one line and otherwise as it is.

    Raises
    ------
    ModelError
        If the file is missing, broken, or no model of languages.
    """

    def __init__(self, path: Path | None = None, *, normalised: bool = True) -> None:
        self.normalised = normalised
        if path is None:
            with as_file(files("eurosift.langid").joinpath(EMBEDDED)) as embedded:
                self._load(embedded)
        else:
            self._load(path)

    def _load(self, path: Path) -> None:
        self._classifier = Classifier(path)
        codes = []
        for label in self._classifier.labels:
            try:
                codes.append(canonical(label))
            except UnknownLanguageError as error:
                raise ModelError(
                    f"{path}: label {label!r} names no language; is this a model for language "
                    "identification?"
                ) from error
        # Labels that mean the same (cmn_Hans, cmn_Hant) are added up.
        self._codes = tuple(sorted(set(codes)))
        numbers = {code: number for number, code in enumerate(self._codes)}
        self._classifier.merge([numbers[code] for code in codes])

    @property
    def languages(self) -> tuple[str, ...]:
        """Canonical codes of all labels, sorted."""
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
        labels, scores = self._classifier.classify(
            pa.array([self._line(text) for text in texts], pa.large_string()), k
        )
        return [
            # fastText's probabilities may exceed 1 by rounding.
            [
                Prediction(self._codes[label], min(score, 1.0))
                for label, score in zip(*row, strict=True)
                if label >= 0
            ]
            for row in zip(labels.tolist(), scores.tolist(), strict=True)
        ]

    def _line(self, text: str) -> str | None:
        """What the model sees of a text; None if that is nothing."""
        if self.normalised:
            return normalise(text) or None
        line = " ".join(text.replace("\0", " ").split())
        return line.encode("utf-8", "replace").decode() or None


def embedded_digest(name: str) -> str:
    """SHA-256 of a file of this package that shapes results, in hexadecimal."""
    return sha256(files("eurosift.langid").joinpath(name).read_bytes()).hexdigest()


def digest(path: Path | None) -> str:
    """SHA-256 of a file in hexadecimal; without a path, of the embedded model."""
    if path is None:
        return embedded_digest(EMBEDDED)
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
