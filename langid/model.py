"""The language model: a fastText classifier whose labels are canonical codes."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

from eurosift.langid.errors import ModelError
from eurosift.langid.languages import UnknownLanguageError, canonical
from eurosift.langid.model_file import read_layout
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
        # Loading happens in worker processes only; the command line never needs the extension.
        import fasttext  # noqa: PLC0415

        self._codes: dict[str, str] = {}
        for label in read_layout(path).labels:
            try:
                self._codes[label] = canonical(label)
            except UnknownLanguageError as error:
                raise ModelError(
                    f"{path}: label {label!r} names no language; is this a model for language "
                    "identification?"
                ) from error
        try:
            self._predict: Any = fasttext.load_model(str(path)).f.predict
        except (ValueError, MemoryError, RuntimeError) as error:
            raise ModelError(f"{path}: fastText cannot load the language model: {error}") from error
        # Labels that mean the same (cmn_Hans, cmn_Hant) are summed, so more of them are asked for.
        self._extra = sum(n - 1 for n in Counter(self._codes.values()).values())

    @property
    def languages(self) -> tuple[str, ...]:
        """Canonical codes of all labels, sorted."""
        return tuple(sorted(set(self._codes.values())))

    def predict(self, text: str, k: int = 3) -> list[Prediction]:
        """The `k` best labels with their probabilities, best first; none without any word.

        Parameters
        ----------
        text
            Taken whole; long documents are sampled by the caller.
        k
            Number of labels.
        """
        line = normalise(text) if self.normalised else " ".join(text.replace("\0", " ").split())
        if not line:
            return []
        scores: dict[str, float] = {}
        for score, label in self._predict(line + "\n", k + self._extra, 0.0, "strict"):
            code = self._codes[label]
            scores[code] = scores.get(code, 0.0) + score
        # fastText's softmax may exceed 1 by rounding.
        ranked = sorted((-min(score, 1.0), code) for code, score in scores.items())
        return [Prediction(code, -score) for score, code in ranked[:k]]


def embedded_digest(name: str) -> str:
    """SHA-256 of a file of this package that shapes results, in hexadecimal."""
    return sha256(files("eurosift.langid").joinpath(name).read_bytes()).hexdigest()
