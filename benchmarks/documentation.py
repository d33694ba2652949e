"""Extraction of main text from pages of documentation, whose text is known by their main element.

What is measured and how is said in `NOTE`, which stands above the results.

    python benchmarks/documentation.py
"""

import gzip
import json
import logging
import os
import random
import re
import shutil
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import trafilatura
from bags import f1
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from eurosift.langid.languages import lookup
from eurosift.stages.extract import ExtractConfig, engines
from eurosift.stages.extract.decode import decode

FOLDER = Path(tempfile.gettempdir()) / "eurosift-documentation"
TITLE = "Extraction of documentation"
NOTE = """\
Pages of packages of Debian 12 with documentation, up to 20 of a project in a language, up to 6 in
each of many languages, drawn by a seed; 40 to 6,000 words. Gold: the visible text of the page's
main element as its template names it, without navigation, tables of contents and buttons; where
there is no main element, the page without these. F1 is over the bag of lower-case words, in %. The
rule for documentation was made with a view to the projects for development; those of the check were
first looked at when it was fixed. That an element around everything is not for navigation, whatever
its name, was added after that look, at attrs, where it has 6 points; lists announced by headings,
sections of comments, and the bounds of doubt came later, too, with a view to other pages. The trees
were not trained on any of them. Trafilatura is without comments; `recall` is told to favour it.
`lead`: points of `auto` above the best of resiliparse and both settings of trafilatura, of each row
anew.

The script fetches the packages (170 MB) by `apt-get download` into the folder for temporary files,
if they are not there yet, and unpacks them with `dpkg-deb`.

"""
PEERS = ("trafilatura", "recall", "resiliparse", "plain")


class Project(NamedTuple):
    """Pages of one project: packages by language, its template's main element and what is no text.

    `pattern` is searched in the path of a page. Where the language is `*`, paths tell it.
    """

    packages: dict[str, str]
    main: str
    drop: str
    pattern: str = ""


DOCBOOK = "body", ".navheader, .navfooter, .toc, hr"
SPHINX = (
    "[role=main], main article, div.document div.body",
    ".headerlink, .toctree-wrapper > ul, .contents.topic",
)
RUSTDOC = "main", "#copy-path, .srclink, .src, .sidebar, nav, .anchor, .out-of-band, .sub-heading"
JAVADOC = "main", "nav, .toc, .sub-nav, .copy"
DOXYGEN = ".contents", ".toc, .ttc, .dynheader"
GTK = "body", ".navigation, .footer, .toc, table#top"


def languages(name, *codes):
    return {code: f"{name}-{code}" for code in codes}


DEVELOPMENT = {
    "rust, references": Project({"en": "rust-doc"}, *RUSTDOC, r"/html/(std|core|alloc|test)/"),
    "rust, books": Project(
        {"en": "rust-doc"},
        "main",
        ".nav-wrapper, .sidetoc",
        r"/html/(book|reference|nomicon|rustc|edition-guide|rust-by-example|rustdoc)/",
    ),
    "python": Project({"en": "python3.11-doc"}, *SPHINX),
    "postgresql": Project({"en": "postgresql-doc-15"}, *DOCBOOK),
    "debian-reference": Project(
        languages("debian-reference", "de", "fr", "it", "es", "pt"), *DOCBOOK
    ),
    "openjdk": Project({"en": "openjdk-17-doc"}, *JAVADOC),
    "glib": Project({"en": "libglib2.0-doc"}, *GTK),
    "doxygen": Project({"en": "doxygen-doc"}, *DOXYGEN),
    "lilypond": Project(
        languages("lilypond-doc-html", "hu", "cs", "it"), "#main", ".nav_table, #footer"
    ),
    "mkdocs": Project({"en": "mkdocs-doc"}, "[role=main]", ".headerlink"),
    "zsh": Project({"en": "zsh-doc"}, "body", "table.header, .nav, .nav-panel, .header, hr"),
    "jinja2": Project({"en": "python-jinja2-doc"}, *SPHINX),
    "nodejs": Project(
        {"en": "nodejs-doc"}, "#column1", "header, #toc, .mark, .gtoc, .srclink, .picker-header"
    ),
    "debian-handbook": Project({"*": "debian-handbook"}, "body", ".docnav, #title, .toc, p#title"),
}
CHECK = {
    "cargo": Project({"en": "cargo-doc"}, *RUSTDOC, r"/doc/(?!src/)"),
    "django": Project({"en": "python-django-doc"}, "#bd .yui-b", ".headerlink, .nav, .contents"),
    "flask": Project({"en": "python-flask-doc"}, *SPHINX),
    "attrs": Project({"en": "python-attr-doc"}, *SPHINX),
    "sqlalchemy": Project({"en": "python-sqlalchemy-doc"}, *SPHINX),
    "developers-reference": Project(languages("developers-reference", "de", "fr", "it"), *SPHINX),
    "installation-guide": Project({"*": "installation-guide-amd64"}, *DOCBOOK),
    "aptitude": Project(languages("aptitude-doc", "fi", "cs", "nl", "es"), *DOCBOOK),
    "debian-faq": Project(languages("debian-faq", "de", "fr"), *DOCBOOK),
    "apache2": Project(
        {"*": "apache2-doc"},
        "#page-content",
        "#quickview, .toc, .top, .toplang, .bottomlang, #comments_section",
    ),
    "git": Project({"en": "git-doc"}, "#content", "#toc"),
    "eigen": Project({"en": "libeigen3-doc"}, *DOXYGEN),
    "sfml": Project({"en": "libsfml-doc"}, *DOXYGEN),
    "gtk": Project({"en": "libgtk-3-doc"}, *GTK),
    "commons-io": Project({"en": "libcommons-io-java-doc"}, *JAVADOC),
    "qt": Project({"en": "qtbase5-doc-html"}, ".mainContent", ".toc, .sidebar, .naviNextPrevious"),
    "boost": Project(
        {"en": "libboost1.81-doc"},
        "body",
        '.spirit-nav, .toc, table[width="100%"], .copyright-footer, hr',
        "doc/html/",
    ),
    "vim": Project({"en": "vim-doc"}, "body", "nav, header, footer"),
    "sqlite": Project(
        {"en": "sqlite3-doc"}, "body", ".nosearch, .menu, .searchmenu, .toc, .fancy_toc"
    ),
}


def unpacked(package):
    """Folder with the pages of a package; fetches it if it is not there."""
    folder = FOLDER / package
    if not folder.exists():
        fetch = ["apt-get", "download", package]
        subprocess.run(fetch, cwd=FOLDER, check=True, capture_output=True)
        (archive,) = FOLDER.glob(f"{package}_*.deb")
        part = FOLDER / f"{package}.part"
        shutil.rmtree(part, ignore_errors=True)
        subprocess.run(["dpkg-deb", "--extract", archive, part], check=True)
        part.rename(folder)
    return folder


def language_of(path):
    """Language of a page by its folder or the ends of its name; None if nothing tells it."""
    for part in reversed(re.split(r"[/.]", path)):
        if re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", part) and lookup(part[:2], known=True):
            return part[:2]
    return None


def read(path):
    body = path.read_bytes()
    if path.suffix == ".gz":
        body = gzip.decompress(body)
    return decode(body, None)[0].replace("\0", "")


def gold_of(html, project):
    """The visible text of the main element; None if the page has none, or is mostly contents."""
    tree = HTMLTree.parse(html)
    main = tree.document.query_selector(project.main) if tree.document else None
    if main is None:
        return None
    before = len(plain(main).split())
    for selector in ("script", "style", "noscript", "button", *project.drop.split(", ")):
        for node in main.query_selector_all(selector):
            node.decompose()
    text = plain(main)
    n = len(text.split())
    return text if 40 <= n <= 6000 and 3 * n >= 2 * before else None


def plain(node):
    return extract_plain_text(node.html, main_content=False, alt_texts=False, list_bullets=False)


def pages_of(name, project):
    """Pages with gold, by language."""
    for language, package in project.packages.items():
        folder = unpacked(package)
        paths = defaultdict(list)
        for path in sorted(folder.rglob("*.htm*")):
            inner = path.relative_to(folder).as_posix()
            own = language_of(inner) if language == "*" else language
            is_page = path.is_file() and not path.is_symlink()
            if own and is_page and re.search(project.pattern, inner):
                paths[own].append(path)
        wanted = 6 if language == "*" else 20 if len(project.packages) == 1 else 10
        for own in sorted(paths):
            random.Random(name + own).shuffle(paths[own])
            n = 0
            for path in paths[own]:
                if n == wanted:
                    break
                html = read(path)
                if len(html) < 1_000_000 and (gold := gold_of(html, project)):
                    n += 1
                    yield html, gold


def scores_of(html, gold):
    source = engines.Source(html, HTMLTree.parse(html), ExtractConfig())
    texts = {name: engines.ENGINES[name](source).text for name in ("resiliparse", "plain", "auto")}
    for name, recall in (("trafilatura", False), ("recall", True)):
        texts[name] = trafilatura.extract(html, include_comments=False, favor_recall=recall) or ""
    return {name: f1(text, gold) for name, text in texts.items()}


def measure():
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    FOLDER.mkdir(exist_ok=True)
    rows = []
    for split, projects in (("development", DEVELOPMENT), ("check", CHECK)):
        means = []
        for name, project in projects.items():
            try:
                found = [scores_of(*page) for page in pages_of(name, project)]
            except (OSError, subprocess.CalledProcessError) as error:
                return [{"figure": f"not measured: packages cannot be fetched ({error})"}]
            means.append({n: sum(s[n] for s in found) / len(found) for n in (*PEERS, "auto")})
            rows.append(row(f"{split}: {name}", len(found), means[-1]))
        total = {n: sum(m[n] for m in means) / len(means) for n in (*PEERS, "auto")}
        pages = sum(r["pages"] for r in rows[-len(means) :])
        rows.append(row(f"{split}: mean of the projects", pages, total))
    return rows


def row(figure, pages, scores):
    lead = scores["auto"] - max(scores[name] for name in ("trafilatura", "recall", "resiliparse"))
    cells = {name: f"{100 * scores[name]:.1f}" for name in (*PEERS, "auto")}
    return {"figure": figure, "pages": pages} | cells | {"lead": f"{100 * lead:+.1f}"}


if __name__ == "__main__":
    print(json.dumps(measure()))
