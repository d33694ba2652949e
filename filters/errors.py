"""What can go wrong with rules and lists.

::

    FilterError (ValueError)
    ├── RuleError        a rule or rule set does not say what it must
    └── StopWordsError   a file of stop words cannot be used
"""

from __future__ import annotations


class FilterError(ValueError):
    """Root of the errors of this package; the message is written for its user."""


class RuleError(FilterError):
    """A rule or rule set does not say what it must."""


class StopWordsError(FilterError):
    """A file of stop words cannot be used."""
