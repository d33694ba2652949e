"""What can go wrong with rules, lists and YAML.

::

    FilterError (ValueError)
    ├── ListError        a list of domains, URLs or words cannot be used
    ├── MediansError     a file of medians cannot be used
    ├── RuleError        a rule or rule set does not say what it must
    ├── StopWordsError   a file of stop words cannot be used
    └── YamlError        a text is no YAML
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class FilterError(ValueError):
    """Root of the errors of this package; the message is written for its user."""


class ListError(FilterError):
    """A list of domains, URLs or words cannot be used."""


class MediansError(FilterError):
    """A file of medians cannot be used."""


class RuleError(FilterError):
    """A rule or rule set does not say what it must."""

    rule: str = ""
    """Name of the rule, where it is known."""


class StopWordsError(FilterError):
    """A file of stop words cannot be used."""


class YamlError(FilterError):
    """A text is no YAML; every problem is a line ``file:line:column: message``."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems

    def __reduce__(self) -> tuple[type[YamlError], tuple[list[str]]]:
        """Pickle by the problems, not by the message."""
        return type(self), (self.problems,)


class Problems:
    """What is wrong with rules, collected so that all of it is told together."""

    def __init__(self) -> None:
        self._lines: dict[str, None] = {}

    @contextmanager
    def collected(self, prefix: str = "") -> Iterator[None]:
        """Note an error of this package, each of its lines with a prefix, and go on."""
        try:
            yield
        except FilterError as error:
            self._lines |= dict.fromkeys(prefix + line for line in str(error).splitlines())

    def tell(self) -> None:
        """Refuse to go on if there was an error.

        Raises
        ------
        RuleError
            With a line for each problem.
        """
        if self._lines:
            raise RuleError("\n".join(self._lines))
