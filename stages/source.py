"""Stages that make documents out of input files, and their account of what they could not read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pyarrow as pa

from eurosift.stages.base import ConfigT, Step
from eurosift.stages.extract.remote import Source
from eurosift.stages.protection import Protection, unprotected


@dataclass(slots=True)
class Account:
    """What a source found beside documents, for the footer.

    Attributes
    ----------
    skipped
        Records that are no documents, counted by reason.
    losses
        Bytes that could not be read: ``{"reason": …, "offset": …, "length": …}`` each.
    mended
        Documents whose letters were put right, counted by what was wrong.
    protect
        Runs the work on one page within the run's protective limits.
    """

    skipped: dict[str, int] = field(default_factory=dict)
    losses: list[dict[str, Any]] = field(default_factory=list)
    mended: dict[str, int] = field(default_factory=dict)
    protect: Protection = unprotected

    def skip(self, reason: str, n: int = 1) -> None:
        """Count a record that is no document."""
        self.skipped[reason] = self.skipped.get(reason, 0) + n

    def mend(self, reasons: Iterable[str]) -> None:
        """Count a document under everything that was put right in it."""
        for reason in reasons:
            self.mended[reason] = self.mended.get(reason, 0) + 1

    def lose(self, reason: str, offset: int, length: int | None = None) -> None:
        """Note bytes that could not be read."""
        self.losses.append({"reason": reason, "offset": offset, "length": length})


class SourceStage(Step[ConfigT]):
    """A stage that makes the documents layer out of input files, one shard per file."""

    overlays: ClassVar[bool] = False

    @property
    @abstractmethod
    def adds(self) -> pa.Schema:
        """Columns of the documents layer, ``id`` and ``extract_reasons`` among them."""

    @abstractmethod
    def read(self, path: Source, relative: str, account: Account) -> Iterator[pa.RecordBatch]:
        """Yield the documents of one input file, in order.

        Parameters
        ----------
        path
            Where the file is: a `Path`, or, of a URL, what opens like one.
        relative
            Its path relative to the input root, with ``/``: the only name that may enter the data.
        account
            To be filled with what was skipped and lost. Work on a page that might take for ever
            goes through its `protect`.

        Raises
        ------
        InputError
            If the file cannot be read at all.
        """

    def check(self, path: Source) -> None:
        """Look at the beginning of an input file, before a run.

        Raises
        ------
        InputError
            If it cannot be read as it is configured.
        """

    def texts(self, path: Source) -> Iterator[pa.Array] | None:
        """Texts of an input that is read in place, row by row like `read`; None if copied."""
        return None
