"""What can go wrong in language identification.

::

    ValueError
    └── UnknownLanguageError   a text names no language: see eurosift.langid.languages
    RuntimeError
    ├── ModelError             a model is missing, broken, or no model of languages
    ├── LabelledTextError      a file of labelled text cannot be used
    └── TrainingError          recipe, sources or environment are no good for training

A text without a language is not an error: it has a reason.
"""

from __future__ import annotations


class ModelError(RuntimeError):
    """A language model, or the thresholds that go with it, cannot be used."""


class LabelledTextError(RuntimeError):
    """A file of labelled text cannot be used."""


class TrainingError(RuntimeError):
    """Recipe, sources or environment are no good for training."""
