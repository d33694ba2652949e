"""Scrubs personal identifiers: e-mail addresses, public IP addresses, IBANs.

Names, postal addresses and everything else that has no form of its own are out of scope.
"""

from eurosift.stages.pii.stage import Pii, PiiConfig

__all__ = ["Pii", "PiiConfig"]
