"""Text from a crawl as it may stand on a page: what would act unseen is shown instead.

Escaping keeps text from becoming markup. It does not keep a right-to-left override from turning the
rest of a line around, nor show a zero-width space in a domain; code points stand in their place.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

from markupsafe import Markup, escape

_HARMLESS: Final = "\n\t\N{SOFT HYPHEN}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
"""Of the unseen characters, those that belong to ordinary text."""
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, formatting (bidirectional controls among it), surrogates, private, unassigned."""
_SUSPECT: Final = re.compile(r"[^ -~]")


def is_unseen(character: str) -> bool:
    r"""Whether a character acts without being seen, or cannot be shown.

    Examples
    --------
    >>> [is_unseen(c) for c in ("a", "é", "\n", "\x1b", "\u202e", "\u200b")]
    [False, False, False, True, True, True]
    """
    return unicodedata.category(character) in _UNSEEN and character not in _HARMLESS


def spell(text: str) -> str:
    r"""Text with the code points of unseen characters in their place.

    Examples
    --------
    >>> spell("pay\u202efdp.exe")
    'pay⟨U+202E⟩fdp.exe'
    """
    return _SUSPECT.sub(lambda m: f"⟨U+{ord(m[0]):04X}⟩" if is_unseen(m[0]) else m[0], text)


def marked(text: str) -> Markup:
    r"""The same as markup, for texts: each such place is set apart, so that nothing looks like it.

    Examples
    --------
    >>> marked("<b>\x1b[31m")
    Markup('&lt;b&gt;<span class="unseen">U+001B</span>[31m')
    """
    parts = [Markup()]
    start = 0
    for match in _SUSPECT.finditer(text):
        if is_unseen(match[0]):
            parts += [
                escape(text[start : match.start()]),
                Markup('<span class="unseen">U+{:04X}</span>').format(ord(match[0])),
            ]
            start = match.end()
    return Markup().join([*parts, escape(text[start:])])


def finalize(value: Any) -> Any:
    """What a template may print: every string that is no markup yet is spelt out."""
    return spell(value) if isinstance(value, str) and not isinstance(value, Markup) else value
