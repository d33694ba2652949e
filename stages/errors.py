"""What can go wrong inside a stage.

::

    EurosiftError
    ├── StageError            a stage cannot do its work
    │   ├── AssetError        a model, list, key or tokenizer is missing or unreadable
    │   ├── InputError        an input file cannot be read at all
    │   └── ContractError     a stage broke its contract (rows, schema)
    └── …                     the errors of running: see eurosift.pipeline.errors

A document that cannot be processed is not an error: it is a row with a reason.
"""

from __future__ import annotations


class EurosiftError(Exception):
    """Root of all errors that eurosift raises on purpose; the message is written for its user."""


class StageError(EurosiftError):
    """A stage cannot do its work.

    Attributes
    ----------
    at
        Keys of the parameter that is to blame, where one is.
    further
        What else was found to be wrong, at other places.
    """

    def __init__(self, message: str, *, at: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.at = at
        self.further: tuple[StageError, ...] = ()


class AssetError(StageError):
    """A model, list, key or tokenizer is missing or unreadable."""


class InputError(StageError):
    """An input file cannot be read at all."""


class ContractError(StageError):
    """A stage returned something else than its contract says."""
