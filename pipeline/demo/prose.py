"""The demo's own prose: one site per language, written for this purpose, in ``texts/<code>.yaml``.

Nothing in it is quoted, and no person or place in it is real.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field

from eurosift.pipeline import yaml12

WANTED = (
    "bul_Cyrl", "ces_Latn", "dan_Latn", "deu_Latn", "ekk_Latn", "ell_Grek", "eng_Latn", "fin_Latn",
    "fra_Latn", "gle_Latn", "hrv_Latn", "hun_Latn", "ita_Latn", "lit_Latn", "lvs_Latn", "mlt_Latn",
    "nld_Latn", "pol_Latn", "por_Latn", "ron_Latn", "slk_Latn", "slv_Latn", "spa_Latn", "swe_Latn",
)  # fmt: skip
"""The 24 official EU languages."""

NEIGHBOURS = (
    "cat_Latn", "glg_Latn", "isl_Latn", "mkd_Cyrl", "nob_Latn", "srp_Cyrl", "srp_Latn", "tur_Latn",
    "ukr_Cyrl",
)  # fmt: skip
"""Languages that are none of the 24 but look like one of them; langid must refuse their pages."""


class _Text(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Revision(_Text):
    """The few words in which a near-duplicate differs from its page."""

    old: str = Field(description="Occurs exactly once in the page.")
    new: str = Field(description="What the other version has in its place.")


class Page(_Text):
    """One article."""

    slug: str = Field(description="Last part of its address, percent-encoded in use.")
    title: str = Field(description="Headline.")
    paragraphs: tuple[str, ...] = Field(description="Four to six paragraphs, without markup.")
    revision: Revision | None = Field(default=None, description="For its near-duplicate.")

    def revised(self) -> Page:
        """Return the page in its other version."""
        if self.revision is None:
            raise ValueError(f"page {self.slug} has no revision")
        old, new = self.revision.old, self.revision.new
        paragraphs = tuple(paragraph.replace(old, new) for paragraph in self.paragraphs)
        return self.model_copy(update={"paragraphs": paragraphs})

    def with_paragraph(self, paragraph: str) -> Page:
        """Return the page with one more paragraph at its end."""
        return self.model_copy(update={"paragraphs": (*self.paragraphs, paragraph)})


class Chrome(_Text):
    """What stands around every page of a site."""

    navigation: tuple[str, ...] = Field(description="Labels of the menu.")
    cookies: str = Field(description="Text of the cookie banner.")
    accept: str = Field(description="Label of its button.")
    related: str = Field(description="Heading over links to other pages.")
    footer: str = Field(description="Last line.")


class Site(_Text):
    """All that the demo has in one language."""

    code: str = Field(description="ISO 639-3 and ISO 15924.")
    name: str = Field(description="English name of the language.")
    html_lang: str = Field(description="Value of `<html lang>`.")
    hosts: tuple[str, ...] = Field(description="Own host, then the one that copies from it.")
    chrome: Chrome = Field(description="Menu, banner, footer.")
    contact: str | None = Field(
        default=None,
        description="A paragraph with places for `{email}`, `{iban}`, `{ipv4}`, `{ipv6}`.",
    )
    mailbox: str = Field(
        default="demo.{}@mail-demo.eu",
        description="Pattern of an e-mail address; its domain is made up.",
    )
    spam: str | None = Field(default=None, description="A sentence that a spam page repeats.")
    pages: tuple[Page, ...] = Field(description="Articles.")


@cache
def site(code: str) -> Site:
    """Load the site of one language.

    Raises
    ------
    FileNotFoundError
        If the demo has none in that language.
    """
    name = f"texts/{code}.yaml"
    text = (resources.files("eurosift.pipeline.demo") / name).read_text(encoding="utf-8")
    return Site.model_validate(yaml12.parse(text, name).data)


def sites() -> tuple[Site, ...]:
    """Load all sites: the wanted languages, then the neighbours."""
    return tuple(site(code) for code in (*WANTED, *NEIGHBOURS))
