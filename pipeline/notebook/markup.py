"""HTML that notebooks show: escaped, without scripts and links, with a style of its own.

Whatever comes from a crawl goes through `eurosift.pipeline.html.visible`, so that nothing of it
becomes markup, and nothing of it acts unseen. Every text says its language and has a direction of
its own (HTML, sections 3.2.6.2 and 3.2.6.4), so that one document does not turn another around.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from eurosift.langid.languages import EU24, LANGUAGES
from eurosift.pipeline.html.examples import highlight
from eurosift.pipeline.html.visible import spell

CHARS: Final = 1500
"""How much of a text is shown."""
CONTEXT: Final = 200
"""How much of it stands around a span, where the rest is left out."""


@cache
def style() -> Markup:
    """The style of everything that is shown, within its own class."""
    text = resources.files("eurosift.pipeline.notebook").joinpath("style.css").read_text("utf-8")
    return Markup("<style>{}</style>").format(Markup(text))  # noqa: S704 - a file of ours


def shown(*parts: Markup) -> str:
    """What an object gives a notebook: some parts, with the style that they need."""
    return str(Markup('<div class="eurosift">{}{}</div>').format(style(), Markup().join(parts)))


def tag(language: str | None) -> str:
    """Language of a text as HTML wants it (BCP 47): the shortest code that there is.

    Examples
    --------
    >>> [tag(code) for code in ("mlt_Latn", "srp_Latn", None)]
    ['mt', 'sr-Latn', 'und']
    """
    known = LANGUAGES.get(language or "")
    if known is None:
        return "und"
    short = known.iso639_1 or known.iso639_3
    return short if language in EU24 else f"{short}-{known.script}"


def inline(value: object, css: str = "") -> Markup:
    """Some words of a crawl, a URL perhaps, in the middle of others."""
    return Markup('<bdi class="{}">{}</bdi>').format(css, spell(str(value)))


def paragraph(*parts: str, css: str = "") -> Markup:
    """Parts side by side."""
    spelled = [part if isinstance(part, Markup) else spell(part) for part in parts if part]
    return Markup('<p class="{}">{}</p>').format(css, Markup(" ").join(spelled))


def text(
    whole: str | None,
    language: str | None,
    spans: Sequence[Mapping[str, Any]] = (),
    chars: int = CHARS,
) -> Markup:
    """The beginning of a text, with spans marked; a note says what is left out.

    Parameters
    ----------
    whole
        The text; none if there is none.
    language
        Its code.
    spans
        ``start``, ``end`` (code points) and ``type``.
    chars
        How much is shown; 0 for all of it.
    """
    if whole is None:
        return paragraph("no text", css="soft")
    beginning = whole[: chars or None]
    return block(highlight(beginning, spans), language, len(whole) - len(beginning))


def around(whole: str | None, language: str | None, spans: Sequence[dict[str, Any]]) -> Markup:
    """A text with spans marked, of which only what stands around these is shown.

    Arguments as those of `text`; without spans its beginning is shown.
    """
    if not whole or not spans:
        return text(whole, language)
    windows: list[list[int]] = []
    for start, end in sorted((span["start"], span["end"]) for span in spans):
        if windows and start - CONTEXT <= windows[-1][1]:
            windows[-1][1] = max(windows[-1][1], end + CONTEXT)
        else:
            windows.append([max(start - CONTEXT, 0), end + CONTEXT])
    parts, at = [], 0
    for start, end in windows:
        inside = [s | {"start": s["start"] - start, "end": s["end"] - start} for s in spans]
        within = [s for s in inside if 0 <= s["start"] < end - start]
        parts += [_left_out(start - at), highlight(whole[start:end], within)]
        at = end
    return block(Markup().join([*parts, _left_out(len(whole) - at)]), language)


def _left_out(n: int) -> Markup:
    note = f" [… {n:,} characters …] " if n > 0 else ""
    return Markup('<span class="soft">{}</span>').format(note) if note else Markup()


def block(body: Markup, language: str | None, rest: int = 0) -> Markup:
    """A text that is markup by now, of which some characters are left out."""
    note = paragraph(f"… and {rest:,} more characters", css="soft") if rest else Markup()
    return Markup('<div class="text" lang="{}" dir="auto" tabindex="0">{}</div>{}').format(
        tag(language), body, note
    )


def sides(*columns: tuple[str, Markup]) -> Markup:
    """Parts side by side, each under its title."""
    cells = [Markup("<div><p><b>{}</b></p>{}</div>").format(*column) for column in columns]
    return Markup('<div class="sides">{}</div>').format(Markup().join(cells))


class Cell(NamedTuple):
    """A cell of a table: what it shows, as a number or not, and how dark it is, 0 to 1."""

    body: str
    is_number: bool = False
    share: float | None = None


def table(head: Iterable[Cell], rows: Iterable[Sequence[Cell]], caption: str = "") -> Markup:
    """A table whose first column names the rows."""
    titles = [_cell("th", cell, ' scope="col"') for cell in head]
    lines = [
        Markup("<tr>{}{}</tr>").format(
            _cell("th", row[0], ' scope="row"'),
            Markup().join(_cell("td", cell) for cell in row[1:]),
        )
        for row in rows
    ]
    return Markup(
        '<div class="scroll" tabindex="0"><table>{}<thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(
        Markup("<caption>{}</caption>").format(caption) if caption else Markup(),
        Markup().join(titles),
        Markup().join(lines),
    )


def _cell(name: str, cell: Cell, more: str = "") -> Markup:
    css = ' class="number"' if cell.is_number else ""
    shade = "" if cell.share is None else f' style="--share:{cell.share:.3f}"'
    body = cell.body if isinstance(cell.body, Markup) else inline(cell.body)
    ours = (Markup(part) for part in (name, more, css, shade))  # noqa: S704 - nothing of a crawl
    return Markup("<{0}{1}{2}{3}>{4}</{0}>").format(*ours, body)
