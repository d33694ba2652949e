"""The release: rows by verdict and language, in files that other tools load at once."""

from eurosift.stages.release.config import ReleaseConfig
from eurosift.stages.release.stage import Release

__all__ = ["Release", "ReleaseConfig"]
