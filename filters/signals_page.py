"""The page of documentation on signals, made of their table.

Run: ``python -m eurosift.filters.signals_page > docs/signals.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final

from eurosift.filters import segmentation
from eurosift.filters.signal_table import ALL_SIGNALS

INTRODUCTION: Final = """\
# Signals

Made by `python -m eurosift.filters.signals_page > docs/signals.md`.

The stage `signals` reads every text once and writes a column per signal. Rules are conditions over
these columns, so a threshold can be changed without reading a text again. Signals of nothing are 0;
of a missing text, null. The version of each is part of the stage's fingerprint: where a definition
changes, the layer is stale.

## Tokens

A word is letters, numbers and combining marks, by Unicode; every other sign is a token of its own,
but runs of points, hyphens, apostrophes and backticks are one. An apostrophe between letters is
inside of a word, and so are: a point or comma between numbers; a point between letters, if not
between a small and a capital one, and after a single letter (`s.r.o.`); colon, slash and `=` before
a number; a hyphen between a letter and a number; `&` between letters; and between letters or
numbers without white space, brackets, double quotes, `_`, `@`, `;`, `\\`, `|`, `+` and `*`, the
latter two not between numbers (`COM(2018)0568`). An address from its scheme to white space is one
token.

Languages differ:

"""

DIFFERENCES: Final = """
`dedup` and `count` cut words by the common rules alone, the same for every language.

`tokens: whitespace` has the pieces between white space instead.

Stop words are looked up as tokens, with the case that the text has. The shipped lists were made
from running text in these tokens (`python -m eurosift.filters.stopwords`), so that Maltese has
`il-` and `tal-`, and French `l'` and `d'`. The typographer's apostrophe is taken for the
typewriter's. A word of a list that ends in a point (`approx.`) is met where a point follows.

## Where signals differ from datatrove's on purpose

- Tokens are those above, not those of spaCy or Stanza; given the same tokens, signals are equal
  but for the next points.
- A word holds a letter or a number; datatrove has a list of punctuation marks instead, so that a
  bullet or a currency sign is a word there.
- A line ends like a sentence by Unicode's Sentence_Terminal, of which datatrove has an older list.
- An n-gram comes again if its tokens do. datatrove glues tokens together, so that `(` `).` is also
  found in `()` `.`.
- Stop words are met whatever their kind of apostrophe.
- C4 looks at sentences by spaCy; here a sentence ends with marks that end one, and closing quotes
  and brackets, before white space. Phrases are looked for in the line with its citations.
- C4's phrases are found with ASCII letters in any case; `str.lower` also makes a `k` of U+212A.

## All signals

"""


def page() -> str:
    """Make the page."""
    languages = "".join(f"{line}\n" for line in segmentation_lines())
    return "".join([INTRODUCTION, languages, DIFFERENCES, "\n".join(table_lines()), "\n"])


def segmentation_lines() -> Iterator[str]:
    """Lines of the list of what languages have of their own."""
    said = {
        segmentation.ELISION: "an apostrophe between letters ends a word: `l'` `eau`",
        segmentation.CLITIC: "a hyphen or an apostrophe after a letter ends a word: `il-` `kelb`,"
        " `ta'`",
        segmentation.COLON_INSIDE: "a colon between letters is inside of a word: `EU:n`",
        segmentation.HYPHEN_INSIDE: "a hyphen is inside of a word: `E-Mail`",
        segmentation.ORDINAL: "a point after a number of one or two digits belongs to it: `3.`",
        segmentation.SLASH_INSIDE: "a slash between letters is inside of a word: `en/of`",
        segmentation.CONTRACTION: "an apostrophe between letters begins a word: `it` `'s`",
        segmentation.APOCOPE: "an apostrophe after a letter ends a word: `po'`",
        segmentation.PERCENT: "a percent sign belongs to the number before it: `5%`",
        segmentation.BRACKET_APART: "a bracket or quotation mark between letters is outside of"
        " words: `Student` `(` `in`",
    }
    for bit, definition in said.items():
        languages = ", ".join(
            f"`{code}`" for code, bits in segmentation.SEGMENTATION.items() if bits & bit
        )
        yield f"- {definition} ({languages})"


def table_lines() -> Iterator[str]:
    """Lines of the table of all signals."""
    yield "| signal | type | definition | version | source |"
    yield "|---|---|---|---:|---|"
    for signal in ALL_SIGNALS:
        cells = (f"`{signal.name}`", f"{signal.dtype}", signal.definition, f"{signal.version}")
        yield f"| {' | '.join([*cells, signal.source])} |"


if __name__ == "__main__":
    sys.stdout.write(page())
