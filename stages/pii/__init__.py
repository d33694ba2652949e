"""Scrubs personal identifiers that have a form: addresses, numbers, accounts, documents, secrets.

Names, postal addresses and everything else that has no form of its own are out of scope.
"""

from eurosift.stages.pii.stage import Pii, PiiConfig

__all__ = ["Pii", "PiiConfig"]
