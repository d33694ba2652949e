"""Runs to make pages of, and pages as people find them: sections, tables, figures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pytest
from lxml import html as lxml_html

STAGES = {"label": None, "length": None, "short": {"min_chars": 20}, "scrub": None, "upper": None}


class Page(NamedTuple):
    """A page, parsed."""

    root: Any

    @property
    def sections(self) -> list[str]:
        """Names of the sections, in order."""
        return [section.get("id") for section in self.root.iter("section")]

    def table(self, name: str) -> list[dict[str, str]]:
        """Rows of a table by heading, as they are shown; charts are left out."""
        (caption,) = self.root.xpath(f'//caption[@id="{name}"]')
        table = caption.getparent()
        heads = [cell.text_content() for cell in table.xpath("./thead/tr/th")]
        rows = table.xpath("./tbody/tr | ./tfoot/tr")
        return [
            {
                head: cell.text_content()
                for head, cell in zip(heads, row, strict=True)
                if cell.get("class") != "chart"
            }
            for row in rows
        ]

    @property
    def tables(self) -> list[str]:
        """Names of all tables."""
        return [caption.get("id") for caption in self.root.iter("caption")]


@pytest.fixture
def parse():
    """Page of a text."""
    return lambda text: Page(lxml_html.document_fromstring(text))


@pytest.fixture
def tiny(project):
    """A finished run of tiny stages over documents with addresses and titles."""

    def make(files: Sequence[Sequence[Mapping[str, Any]]], stages=STAGES, **head):
        for path in project.folder.glob("in/*"):
            path.unlink()
        for number, rows in enumerate(files):
            lines = [json.dumps({"id": f"d{number}-{i}", **row}) for i, row in enumerate(rows)]
            path = project.folder / "in" / f"part-{number}.jsonl"
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        project.write(stages, **head)
        project.perform()
        return project.open()

    return make


DOCUMENTS = [
    [
        {"text": "mlt_Latn one two three four", "url": "https://a.example.mt/1", "title": "One"},
        {"text": "mlt_Latn tiny", "url": "https://b.example.mt/2"},
        {"text": "ekk_Latn a secret is a secret for ever", "url": "https://example.ee/"},
    ],
    [
        {"text": "no language in this one", "url": "https://example.org"},
        {"text": "   "},
        {"text": "mlt_Latn another text that is long enough", "url": "https://example.com"},
    ],
    [{"text": "ekk_Latn short"}, {"text": "swe_Latn the last of the texts, not the shortest"}],
]


@pytest.fixture
def small(tiny):
    """Eight documents in three shards."""
    return tiny(DOCUMENTS, languages=["mt", "et", "sv", "ga"])


@pytest.fixture
def identified(tiny):
    """Documents whose language is identified, some against what their pages declare."""
    maltese = "L-Unjoni Ewropea għandha erbgħa u għoxrin lingwa uffiċjali."
    irish = "Tá ceithre theanga oifigiúla is fiche ag an Aontas Eorpach."
    rows = [
        {"text": maltese, "lang": "mt", "url": "https://a.com.mt/"},
        {"text": maltese, "lang": "en", "url": "https://b.example/"},
        {"text": irish, "lang": "ga-IE", "url": "https://e.ie/"},
        {"text": irish, "url": "https://f.mt/"},
    ]
    columns = {"path": "in/*.jsonl", "columns": {"id": "id", "html_lang": "lang"}}
    return tiny([rows], {"langid": None}, input=columns, languages=["mt", "ga", "en"])


ATTACKS = (
    "<script>alert(1)</script>",
    "</style><script>alert(2)</script>",
    "</script><img src=x onerror=alert(3)>",
    "\u202egnp.exe",
    "\x1b]0;owned\x07\x1b[31m",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(4)",
    "\"'><svg onload=alert(5)>",
    "=cmd|'/c calc'!A0",
    "../../../etc/passwd",
)


@pytest.fixture
def attacked(tiny):
    """A run whose texts, titles, addresses and languages are attacks."""
    rows = [
        {"text": f"{attack}_x {attack} and text for {number}", "title": attack, "url": url}
        for number, attack in enumerate(ATTACKS)
        for url in (f"https://{attack}/", attack, f"https://example.org/{attack}")
    ]
    return tiny([rows], {**STAGES, "short": {"min_chars": 60}}, languages=["mt"])
