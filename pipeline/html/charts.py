"""Shapes as inline SVG: geometry only, colours by class, words outside of them.

Charts carry no text, so that they may be stretched to any width; what they show stands beside them
in words and numbers, or in their label.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from eurosift.pipeline.html.visible import spell

WIDTH = 1000
"""Units across every chart; heights differ."""
_LEAST = 3.0
"""So wide is the smallest part that is not nothing."""
_GAP = 3.0
"""Between parts, so that they are told apart without colours, too."""


class Part(NamedTuple):
    """A part of a bar: its class, and how much of the whole it is."""

    css: str
    n: float


def bar(parts: Sequence[Part], whole: float, *, height: int = 10) -> Markup:
    """Parts side by side, as parts of a whole; nothing at all if that is nothing.

    Examples
    --------
    >>> print(bar([Part("kept", 1), Part("r0", 3)], 4))  # doctest: +ELLIPSIS
    <svg class="bar" viewBox="0 0 1000 10" ...><rect class="kept" x="0" width="250" .../>...
    """
    shapes: list[Markup] = []
    x = 0.0
    shown = [part for part in parts if part.n > 0]
    for part in shown if whole > 0 else ():
        width = max(part.n / whole * WIDTH, _LEAST)
        gap = _GAP if shapes and width > 2 * _LEAST else 0.0
        shapes.append(
            Markup('<rect class="{}" x="{}" width="{}" height="{}"/>').format(
                part.css, _number(x + gap), _number(width - gap), height
            )
        )
        x += width
    return _svg("bar", max(x, WIDTH), height, shapes)


def histogram(
    below: Sequence[int], above: Sequence[int], marks: Iterable[float], *, label: str = ""
) -> Markup:
    """Columns of two kinds on top of each other, and vertical marks.

    Parameters
    ----------
    below, above
        Heights of the lower and the upper part of each column; as many of the one as of the other.
    marks
        Places of the marks, 0 at the left to 1 at the right.
    label
        What it shows, in words; without one it is hidden from screen readers.
    """
    height = 100
    top = max((a + b for a, b in zip(below, above, strict=True)), default=0)
    step = WIDTH / max(len(below), 1)
    paths = {"kept": "", "gone": ""}
    for i, (low, high) in enumerate(zip(below, above, strict=True)):
        base = float(height)
        for css, n in (("kept", low), ("gone", high)):
            if n:
                rise = max(n / top * height, 1.5)
                paths[css] += (
                    f"M{_number(i * step)} {_number(base)}h{_number(step * 0.94)}"
                    f"v-{_number(rise)}h-{_number(step * 0.94)}z"
                )
                base -= rise
    shapes = [Markup('<path class="{}" d="{}"/>').format(css, d) for css, d in paths.items() if d]
    shapes += [
        Markup('<path class="mark" d="M{} 0v{}"/>').format(_number(place * WIDTH), height)
        for place in marks
        if 0 <= place <= 1
    ]
    return _svg("histogram", WIDTH, height, shapes, label)


def spread(low: float, middle: float, high: float, most: float, whole: float) -> Markup:
    """A line from `low` to `most`, thick up to `high`, with a tick at `middle`; of a whole."""
    scale = WIDTH / whole if whole > 0 else 0.0
    places = [_number(min(x * scale, WIDTH)) for x in (low, middle, high, most)]
    shapes = [
        Markup('<path class="thin" d="M{} 5H{}"/>').format(places[0], places[3]),
        Markup('<path class="thick" d="M{} 5H{}"/>').format(places[0], places[2]),
        Markup('<path class="mark" d="M{} 0v10"/>').format(places[1]),
    ]
    return _svg("spread", WIDTH, 10, shapes)


def _svg(css: str, width: float, height: int, shapes: Iterable[Markup], label: str = "") -> Markup:
    told = (
        Markup('role="img" aria-label="{}"').format(spell(label))
        if label
        else Markup('aria-hidden="true" focusable="false"')
    )
    return Markup(
        '<svg class="{}" viewBox="0 0 {} {}" preserveAspectRatio="none" {}>{}</svg>'
    ).format(css, _number(width), height, told, Markup().join(shapes))


def _number(x: float) -> str:
    """A coordinate, to a tenth of a unit."""
    return f"{x:.1f}".removesuffix(".0")
