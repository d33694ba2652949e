"""The markup that the scan knows: elements by what they do, and hints in the values of attributes.

Hints are parts of the names that authors of templates give to elements; they are no words of the
page's text, and are the same whatever its language.
"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import Int64s, UInt8s, UInt64s

INLINE, BLOCK, VOID, SKIP, RAW, BREAK, LINK, RULE = range(8)
"""What an element does to the text: runs on, starts a block, has no content, hides its content,
hides a content that is no markup, breaks the line, links, ends a block and has no content."""

OTHER, PARAGRAPH, HEADING, ITEM, CELL, TERM, DIVISION, QUOTE, VERBATIM, CAPTION, PUSH = range(11)
LEVEL: Final = 10
"""A heading of level *n* is of kind ``HEADING + LEVEL * n``."""

IN_ARTICLE: Final = 1 << 0
IN_MAIN: Final = 1 << 1
IN_NAV: Final = 1 << 2
IN_ASIDE: Final = 1 << 3
IN_FOOTER: Final = 1 << 4
IN_HEADER: Final = 1 << 5
IN_TABLE: Final = 1 << 6
IN_LIST: Final = 1 << 7
IN_FORM: Final = 1 << 8
IN_FIGURE: Final = 1 << 9
IN_QUOTE: Final = 1 << 10
IN_SECTION: Final = 1 << 11
IN_DEFINITIONS: Final = 1 << 12
IN_VERBATIM: Final = 1 << 13
IN_EMPHASIS: Final = 1 << 14
HIDDEN: Final = 1 << 15
N_FLAGS: Final = 16

_BLOCKS = {
    "p": PARAGRAPH, "h1": HEADING, "h2": HEADING, "h3": HEADING, "h4": HEADING, "h5": HEADING,
    "h6": HEADING, "li": ITEM, "td": CELL, "th": CELL, "dt": TERM, "dd": TERM, "div": DIVISION,
    "blockquote": QUOTE, "pre": VERBATIM, "listing": VERBATIM, "figcaption": CAPTION,
    "caption": CAPTION, "button": PUSH, "summary": PUSH, "label": PUSH, "legend": PUSH,
}  # fmt: skip
_OTHER_BLOCKS = """
    html body article main section nav aside footer header hgroup address table thead tbody tfoot
    tr ul ol menu dl form fieldset figure details dialog center noscript
""".split()  # noqa: SIM905 # a list of quoted names reads worse
_SKIPPED = """
    head template svg select datalist textarea canvas audio video object map
""".split()  # noqa: SIM905
_RAW = "script style iframe noembed noframes xmp plaintext title".split()  # noqa: SIM905
_VOID = """
    area base basefont bgsound col embed frame img input keygen link meta param source track wbr
""".split()  # noqa: SIM905
_FLAGS = {
    "article": IN_ARTICLE, "main": IN_MAIN, "nav": IN_NAV, "aside": IN_ASIDE, "footer": IN_FOOTER,
    "header": IN_HEADER, "table": IN_TABLE, "ul": IN_LIST, "ol": IN_LIST, "menu": IN_LIST,
    "form": IN_FORM, "fieldset": IN_FORM, "figure": IN_FIGURE, "blockquote": IN_QUOTE,
    "section": IN_SECTION, "dl": IN_DEFINITIONS, "pre": IN_VERBATIM, "listing": IN_VERBATIM,
    "strong": IN_EMPHASIS, "b": IN_EMPHASIS, "em": IN_EMPHASIS, "i": IN_EMPHASIS,
    "dialog": HIDDEN,
}  # fmt: skip

HINTS: Final = (
    ("article", "story", "post", "entry", "blog"),
    ("content", "body", "main", "text", "prose", "copy"),
    ("title", "headline", "heading", "lead", "intro", "summary"),
    ("nav", "menu", "crumb", "toc", "pagination", "pager", "tabs"),
    ("side", "aside", "widget", "rail", "complementary"),
    ("relat", "recommend", "popular", "trending", "teaser", "promo", "latest", "similar", "also"),
    ("foot", "copyright", "legal", "disclaim", "contentinfo"),
    ("share", "sharing", "social", "follow", "print", "toolbar"),
    ("comment", "disqus", "reply", "respon", "discuss", "review"),
    ("advert", "sponsor", "banner", "-ad", "ad-", "taboola", "outbrain"),
    ("cookie", "consent", "gdpr", "modal", "popup", "newsletter", "subscri", "signup", "login"),
    ("meta", "date", "author", "byline", "tag", "categor", "time"),
    ("caption", "credit", "gallery", "image", "photo", "media", "slide", "carousel"),
    ("hidden", "sr-only", "screen-reader", "visually", "skip"),
    ("list", "grid", "result", "product", "price", "card", "item"),
    ("header", "logo", "topbar", "masthead", "search", "lang"),
)
"""Parts of names, by group: the first three speak for main text, most others against."""

N_HINTS: Final = len(HINTS)
NAVIGATION: Final = 3
"""Group of what leads to other pages."""
COMMENTS: Final = 8
"""Group of what readers wrote."""
OVER: Final = N_HINTS
"""Group of what lies over the page, which the trees know nothing of: `CONSENT`, and modal ones."""
READERS: Final = N_HINTS + 1
"""Group of `SECTIONS` for readers, which the trees know nothing of."""
CONSENT: Final = (
    "cookie-b", "cookie_b", "cookieb", "cookies-b", "cookie-n", "cookie_n", "cookien", "cookies-n",
    "cookie-con", "cookie_con", "cookiecon", "cookies-con", "cookie-law", "cookielaw", "cookie-pop",
    "cookie-mes", "cookie-mod", "cookie-wa", "cookie-al", "cookie-dis", "cookie-inf", "eu-cookie",
    "popup-cookie", "consent-ba", "consent-mo", "consent-po", "consent-man", "consentman",
    "consent-sdk", "privacy-consent", "gdpr-c", "moove_gdpr", "onetrust-", "didomi-", "qc-cmp",
    "sp_message", "usercentrics", "cmplz", "cmpbox", "trustarc", "iubenda-cs", "cky-con", "fc-con",
    "klaro", "axeptio", "tarteaucitron", "osano-cm", "newsletter",
)  # fmt: skip
"""Parts of the names of elements that ask for consent to cookies: of what consent managers put into
pages, and of what authors call it (banner, bar, box, notice, consent, law, popup, message …). And
of those that ask for an address.
"""
SECTIONS: Final = ("comments", "comment-list", "comment_list", "commentlist", "disqus_thread")
"""Parts of the names of elements in which what readers wrote stands together."""


class Vocabulary(NamedTuple):
    """Tables of the scan.

    Attributes
    ----------
    keys
        uint64, shape (n_tags,): `key` of each known name, ascending.
    acts
        uint8, shape (n_tags,): INLINE, BLOCK and so on.
    kinds
        uint8, shape (n_tags,): kind of a block.
    flags
        int64, shape (n_tags,): what everything in the element is in.
    firsts
        int64, shape (129,): hints that begin with ASCII character *c* are those from
        ``firsts[c]`` to ``firsts[c + 1]``.
    hint_ends
        int64, shape (n_hints + 1,): where each hint ends in `hint_letters`, after a 0.
    hint_letters
        uint8, shape (n_letters,).
    hint_groups
        int64, shape (n_hints,): a bit for each group that it is in.
    """

    keys: UInt64s
    acts: UInt8s
    kinds: UInt8s
    flags: Int64s
    firsts: Int64s
    hint_ends: Int64s
    hint_letters: UInt8s
    hint_groups: Int64s


def key(name: str) -> int:
    """Number of a name: of its first twelve characters, five bits each, and of its length.

    Two known names never have the same; a test says so.
    """
    number = len(name) & 15
    for letter in name[:12]:
        number = number << 5 ^ ord(letter)
    return number & (1 << 64) - 1


@cache
def vocabulary() -> Vocabulary:
    """Make the tables."""
    acts = _acts()
    names = element_names()
    bits: dict[str, int] = {}
    for group, parts in enumerate((*HINTS, CONSENT, SECTIONS)):
        for part in parts:
            bits[part] = bits.get(part, 0) | 1 << group
    hints = sorted(bits.items())
    starts = np.array([ord(hint[0]) for hint, _ in hints])
    return Vocabulary(
        np.array([key(name) for name in names], np.uint64),
        np.array([acts[name] for name in names], np.uint8),
        np.array([_kind(name) for name in names], np.uint8),
        np.array([_FLAGS.get(name, 0) for name in names], np.int64),
        np.searchsorted(starts, np.arange(129)).astype(np.int64),
        np.cumsum([0, *(len(hint) for hint, _ in hints)], dtype=np.int64),
        np.frombuffer("".join(hint for hint, _ in hints).encode(), np.uint8),
        np.array([found for _, found in hints], np.int64),
    )


def element_names() -> list[str]:
    """Names of the known elements, in the order of `Vocabulary.keys`."""
    return sorted(_acts(), key=key)


def _acts() -> dict[str, int]:
    acts = dict.fromkeys(_FLAGS, INLINE) | dict.fromkeys([*_BLOCKS, *_OTHER_BLOCKS], BLOCK)
    acts |= dict.fromkeys(_SKIPPED, SKIP) | dict.fromkeys(_RAW, RAW) | dict.fromkeys(_VOID, VOID)
    return acts | {"br": BREAK, "hr": RULE, "a": LINK}


def _kind(name: str) -> int:
    kind = _BLOCKS.get(name, OTHER)
    return kind + LEVEL * int(name[1]) if kind == HEADING else kind
