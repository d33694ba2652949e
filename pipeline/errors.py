"""What can go wrong in a run, and with which exit code it ends.

::

    EurosiftError (eurosift.stages.errors)         exit code
    ├── StageError                                 2   asset missing, contract broken
    ├── RecipeError                                2   the recipe is wrong: file:line:column
    ├── PlanError                                  2   inputs are missing, or have changed
    ├── RunFolderError                             2   the folder is no run, or not there
    ├── QueryError                                 2   what was asked for, the run cannot have
    ├── SchedulerError                             2   SLURM is not there, or refuses a job
    ├── ShardsFailedError                          1   some work items failed; the others are done
    ├── IncompleteError                            3   something that is needed has not run yet
    ├── InvariantError                             4   data and ledger disagree
    │   └── AlignmentError                             two layers do not speak of the same rows
    └── InterruptedRunError                        75  stopped by a signal; run again to go on
        └── SupersededError                            stopped because another took over
"""

from __future__ import annotations

from eurosift.stages.errors import EurosiftError

__all__ = [
    "AlignmentError",
    "EurosiftError",
    "IncompleteError",
    "InterruptedRunError",
    "InvariantError",
    "PlanError",
    "QueryError",
    "RecipeError",
    "RunFolderError",
    "SchedulerError",
    "ShardsFailedError",
    "SupersededError",
    "exit_code",
    "first_line",
]


class RecipeError(EurosiftError):
    """The recipe is wrong; every problem is a line ``file:line:column: message``."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems

    def __reduce__(self) -> tuple[type[RecipeError], tuple[list[str]]]:
        """Pickle by the problems, not by the message."""
        return type(self), (self.problems,)


class PlanError(EurosiftError):
    """The input files are not what the plan says, or there are none."""


class RunFolderError(EurosiftError):
    """The folder is not that of a run."""


class QueryError(EurosiftError):
    """Something was asked of a run that it cannot have: a stage, a language, a reason."""


class SchedulerError(EurosiftError):
    """SLURM is not there, does not answer, or does not take a job."""


class ShardsFailedError(EurosiftError):
    """Some work items of a stage failed; the others were finished."""


class IncompleteError(EurosiftError):
    """Something has to run first."""


class InvariantError(EurosiftError):
    """Data and ledger disagree, or a file is damaged."""


class AlignmentError(InvariantError):
    """Two layers that are read together do not speak of the same rows."""


class InterruptedRunError(EurosiftError):
    """A signal stopped the run cleanly; the same command goes on where it stopped."""


class SupersededError(InterruptedRunError):
    """Somebody else has taken over what this process was at."""


EXIT_CODES: tuple[tuple[type[EurosiftError], int], ...] = (
    (ShardsFailedError, 1),
    (IncompleteError, 3),
    (InvariantError, 4),
    (InterruptedRunError, 75),
    (EurosiftError, 2),
)


def first_line(error: Exception) -> str:
    """What an error of a library says first, or else what it is."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def exit_code(error: EurosiftError) -> int:
    """Exit code of the command that `error` ended."""
    return next(code for kind, code in EXIT_CODES if isinstance(error, kind))
