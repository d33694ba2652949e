"""The secret key from which surrogates are made.

It lives in a file of its own, outside recipe and release. With the key anybody can test whether a
guessed identifier was in the corpus; without it nobody can.
"""

from __future__ import annotations

import secrets
import shlex
import stat
from pathlib import Path

from eurosift.stages.errors import AssetError

MIN_BYTES = 16
"""Shortest key that is accepted: 128 bits."""


def make_key() -> str:
    """Make the content of a key file: 256 random bits in hexadecimal, one line."""
    return secrets.token_hex(32) + "\n"


def _how_to_make(path: Path) -> str:
    return (
        "`eurosift init` makes one, or: "
        f"(umask 077; head -c 32 /dev/urandom | base64 > {shlex.quote(str(path))})"
    )


def read_key(path: Path | None) -> bytes:
    """Read a key file; white space around the key does not count.

    Raises
    ------
    AssetError
        If there is no such file, if it is too short, or if others than its owner may use it.
    """
    if path is None:
        msg = (
            "pii: mode 'surrogate' needs a secret key, and `key` names none. "
            f"{_how_to_make(Path('pii.key'))}; then set `key: pii.key`, or choose mode 'tag'."
        )
        raise AssetError(msg)
    try:
        mode = path.stat().st_mode
        key = path.read_bytes().strip()
    except OSError as error:
        remedy = "Name the file in it" if path.is_dir() else _how_to_make(path)
        msg = f"pii: cannot read the key {path}: {error.strerror}. {remedy}."
        raise AssetError(msg) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        msg = (
            f"pii: the key {path} is open to others than its owner (mode {stat.S_IMODE(mode):04o})."
            f" Close it: chmod 600 {shlex.quote(str(path))}"
        )
        raise AssetError(msg)
    if len(key) < MIN_BYTES:
        msg = (
            f"pii: the key {path} has {len(key)} bytes; at least {MIN_BYTES} are needed. "
            f"{_how_to_make(path)}."
        )
        raise AssetError(msg)
    return key
