"""Configuration of the `extract` stage."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from eurosift.langid.languages import EU24, canonical
from eurosift.stages.config import StageConfig, Words
from eurosift.stages.extract.presets import Preset

MAPPABLE = (
    "id", "text", "html", "url", "title", "author", "published", "site_name", "canonical_url",
    "date", "crawl", "html_lang", "language",
)  # fmt: skip
"""Our columns that a column of a table may stand for."""

TREES = "data/blocks.npz"
"""The classifier of blocks, which the engine `auto` asks."""


class ExtractConfig(StageConfig):
    """Which input is read, how text is won from pages, and which pages are refused.

    The limits decide by size and counts, never by time, so every machine refuses the same pages.
    """

    format: Literal["auto", "warc", "parquet", "jsonl", "html"] = Field(
        default="auto",
        description="Format of the input files; auto: by suffix (.warc, .parquet, .jsonl, .html).",
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="For Parquet and JSONL: our column (id, text, html, url, title, author, "
        "published, site_name, canonical_url, date, crawl, html_lang, language) → the input's "
        "column. Unmapped id, text and url are looked for by "
        "their own name; only text must be there. With html (text or bytes of pages) the text is "
        "extracted.",
    )
    preset: Preset | None = Field(
        default=None,
        description="Whose tables these are, if their columns are known: hplt or fineweb2. "
        "`columns` goes before it.",
    )
    engine: Literal["auto", "trafilatura", "resiliparse", "plain"] = Field(
        default="auto",
        description="Extractor of the main text. auto: a classifier of the page's blocks, which "
        "hears trafilatura, too, where it is in doubt; trafilatura: exactly as it does itself; "
        "resiliparse: the quickest; plain: all visible text.",
    )
    min_agreement: float = Field(
        default=0.85,
        ge=0,
        le=1,
        description="For the engine auto: least agreement of the classifier and resiliparse, by "
        "the share of words in common, where the classifier promises middling text; on pages "
        "with less trafilatura is heard, too. 0: on none.",
    )
    gate_languages: Words | None = Field(
        default=None,
        description="Languages of the recipe of which pages are extracted: others become rows with "
        "`gate_language`, by a quick look at their text. Default: the recipe's `languages` where "
        "those are at most 8, else all; []: all.",
    )
    gate_cut: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="For `gate_languages`: least probability of these languages (column "
        "`gate_score`) of a page that is extracted.",
    )
    mend: bool = Field(
        default=True,
        description="Whether letters are put right in the extracted text: mojibake, Romanian ş and "
        "ţ with cedilla, Unicode NFC. Off: exactly what the extractor gives.",
    )
    markdown: bool = Field(
        default=False,
        description="Whether the column `markdown` has the text with its headings, lists, tables, "
        "quotations and preformatted text; a page takes up to twice the time.",
    )
    max_bytes: int = Field(
        default=5_000_000,
        gt=0,
        description="Largest decoded body in bytes; larger pages are rows with `too_large`.",
    )
    max_text_bytes: int = Field(
        default=20_000_000,
        gt=0,
        le=500_000_000,
        description="Largest text in bytes of UTF-8, of a page or of a row of a table; rows with "
        "larger ones are `too_large`, and their text is never read again. The later stages need up "
        "to 45 times the memory of the largest text.",
    )
    max_tags: int = Field(
        default=50_000,
        gt=0,
        description="Most `<` in a page; pages with more are rows with `too_many_tags`, and so are "
        "those in which a parser opens unclosed elements again four times as often.",
    )
    max_depth: int = Field(
        default=500,
        gt=0,
        description="Deepest nesting of elements; libxml2 silently loses content below about "
        "1,000. Deeper pages are rows with `too_deep`.",
    )
    max_attributes: int = Field(
        default=2_000,
        gt=0,
        description="Most attributes in one tag; every parser is quadratic in them. Pages with "
        "more, or with ten times `max_tags` in all, are rows with `too_many_attributes`.",
    )

    @field_validator("gate_languages")
    @classmethod
    def _codes(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if value is None:
            return None
        codes = tuple(sorted({canonical(code, known=True) for code in value}))
        others = [code for code in codes if code not in EU24]
        if others:
            raise ValueError(f"{', '.join(others)}: not one of the 24 official EU languages")
        return codes

    @field_validator("columns")
    @classmethod
    def _known_columns(cls, columns: dict[str, str]) -> dict[str, str]:
        unknown = [name for name in columns if name not in MAPPABLE]
        if unknown:
            raise ValueError(
                f"cannot map {', '.join(unknown)}; columns that can be mapped: "
                f"{', '.join(MAPPABLE)}"
            )
        if "html" in columns and "text" in columns:
            raise ValueError(
                "map html, whose text is extracted, or text, which is taken as it is: not both"
            )
        return columns
