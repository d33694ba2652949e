"""Markup around the demo's prose: two templates as real sites have them, and ways to break them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Literal

from eurosift.pipeline.demo.prose import Page, Site

Template = Literal["magazine", "portal"]
Damage = Literal["unclosed", "misnested", "tag_soup", "cut"]


def _menu(site: Site) -> str:
    labels = site.chrome.navigation
    return "".join(
        f'<li><a href="/{"" if number == 0 else f"s/{number}/"}">{escape(label)}</a></li>\n'
        for number, label in enumerate(labels)
    )


def _links(pages: Sequence[Page]) -> str:
    return "".join(f'<li><a href="/{p.slug}">{escape(p.title)}</a></li>\n' for p in pages)


def _banner(site: Site) -> str:
    chrome = site.chrome
    return (
        '<div id="cookie-banner" class="cookie-consent" role="dialog">\n'
        f"<p>{escape(chrome.cookies)}</p>\n"
        f'<button type="button" class="btn accept">{escape(chrome.accept)}</button>\n</div>\n'
    )


def _head(site: Site, title: str, host: str, charset: str | None, description: str = "") -> str:
    meta = f'<meta charset="{charset}">\n' if charset else ""
    if description:
        meta += f'<meta name="description" content="{escape(description)}">\n'
    return (
        f'<!DOCTYPE html>\n<html lang="{site.html_lang}">\n<head>\n{meta}'
        f"<title>{escape(title)} | {host.partition('.')[0]}</title>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="stylesheet" href="/assets/site.css">\n'
        "<script>window.dataLayer = window.dataLayer || [];</script>\n</head>\n"
    )


def _frame(site: Site, head: str, host: str, template: Template, main: str, aside: str) -> str:
    """Put menu, banner, side bar and footer around the main part."""
    menu, banner, footer = _menu(site), _banner(site), escape(site.chrome.footer)
    if template == "magazine":
        return (
            f"{head}<body>\n{banner}<header>\n"
            f'<a class="logo" href="/">{host.partition(".")[0]}</a>\n'
            f'<nav class="main-menu"><ul>\n{menu}</ul></nav>\n</header>\n<main>\n{main}</main>\n'
            f"{aside}<footer>\n<p>© 2026 {host}. {footer}</p>\n</footer>\n</body>\n</html>\n"
        )
    return (
        f'{head}<body class="portal">\n<div id="wrapper">\n<div id="top" class="navbar">\n'
        f'<ul class="nav">\n{menu}</ul>\n</div>\n<div id="columns">\n'
        f'<div id="content">\n{main}</div>\n<div id="sidebar">\n{aside}</div>\n</div>\n'
        f'<div id="footer" class="footer">{host} · {footer}</div>\n</div>\n{banner}'
        '<script src="/assets/menu.js"></script>\n</body>\n</html>\n'
    )


def article(
    site: Site, page: Page, *, host: str, template: Template = "magazine", charset: str | None
) -> str:
    """Page with an article.

    Parameters
    ----------
    site
        Its language's menu, banner and footer.
    page
        What it says.
    host
        Where it stands.
    template
        ``magazine`` has HTML 5's elements, ``portal`` is made of ``div``.
    charset
        What a ``meta`` element declares; None for no such element.
    """
    body = "".join(f"<p>{escape(text, quote=False)}</p>\n" for text in page.paragraphs)
    title = escape(page.title, quote=False)
    others = [other for other in site.pages if other.slug != page.slug]
    related = ""
    if others:
        related = f"<h2>{escape(site.chrome.related)}</h2>\n<ul>\n{_links(others)}</ul>\n"
    if template == "magazine":
        main = (
            f"<article>\n<h1>{title}</h1>\n"
            f'<p class="byline"><time datetime="2026-02-16">16. 2. 2026</time></p>\n'
            f'<figure><img src="/img/{page.slug}.jpg" alt=""></figure>\n{body}</article>\n'
        )
        aside = f'<aside class="related">\n{related}</aside>\n' if related else ""
    else:
        main = f'<h1 class="headline">{title}</h1>\n<div class="entry-content">\n{body}</div>\n'
        aside = f'<div class="widget related-posts">\n{related}</div>\n' if related else ""
    head = _head(site, page.title, host, charset, page.paragraphs[0].partition(". ")[0] + ".")
    return _frame(site, head, host, template, main, aside)


def boilerplate(site: Site, *, host: str) -> str:
    """Page that has a menu, a banner and a footer, and says nothing."""
    head = _head(site, site.chrome.navigation[3], host, "utf-8")
    grid = "".join(
        f'<div class="tile"><img src="/img/{number:03}.jpg" alt=""></div>\n' for number in range(12)
    )
    return _frame(site, head, host, "magazine", f'<div class="grid">\n{grid}</div>\n', "")


def index(site: Site, *, host: str) -> str:
    """Front page: titles that lead to articles."""
    head = _head(site, site.chrome.navigation[0], host, "utf-8")
    main = f"<h1>{escape(site.chrome.navigation[1])}</h1>\n<ul>\n{_links(site.pages)}</ul>\n"
    return _frame(site, head, host, "portal", main, "")


def missing(site: Site, *, host: str) -> str:
    """Page of a server that does not have the page."""
    head = _head(site, "404", host, "utf-8")
    return _frame(site, head, host, "magazine", "<h1>404</h1>\n<p>/dev/null</p>\n", "")


def _tag_soup(html: str) -> str:
    """Write it as it was written in 1998: capitals, bare attributes, neither head nor body."""
    html = re.sub(r"<!DOCTYPE[^>]*>\n|</?(?:html|head|body)[^>]*>\n?", "", html)
    html = re.sub(r'(<[^<>]*?\s[a-z]+)="([\w/.-]+)"', r"\1=\2", html)
    return re.sub(r"<(/?)([a-z][a-z0-9]*)", lambda tag: f"<{tag[1]}{tag[2].upper()}", html)


def damage(html: str, how: Damage) -> str:
    """Break the markup of a page; its prose stays.

    ``unclosed`` leaves out end tags, ``misnested`` closes in the wrong order, ``tag_soup`` drops
    the frame of the document, ``cut`` ends where a connection broke, behind the article.
    """
    if how == "unclosed":
        return re.sub(r"</(?:p|li|div|article|main|header)>", "", html)
    if how == "misnested":
        html = html.replace("<p>", "<p><em><span>").replace("</p>", "</em></p></span>")
        return html.replace("<h1>", "<div><h1><b>").replace("</h1>", "</div></b></h1>")
    if how == "tag_soup":
        return _tag_soup(html)
    end = html.index("</article>")
    return html[: end + len("</article>\n</main>\n<aside class=")]
