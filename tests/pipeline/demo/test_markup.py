import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline.demo import markup, prose

SITE = prose.site("mlt_Latn")
PAGE = SITE.pages[0]
HOST = SITE.hosts[0]


def text_of(html):
    return " ".join(lxml.html.document_fromstring(html).text_content().split())


@pytest.mark.parametrize("template", ["magazine", "portal"])
def test_a_page_has_prose_menu_banner_and_footer(template):
    html = markup.article(SITE, PAGE, host=HOST, template=template, charset="utf-8")
    text = text_of(html.removeprefix("<!DOCTYPE html>\n"))
    chrome = SITE.chrome
    for expected in (PAGE.title, *PAGE.paragraphs, *chrome.navigation, chrome.cookies):
        assert expected in text
    assert chrome.footer in text
    assert chrome.related in text
    assert '<html lang="mt">' in html


@pytest.mark.parametrize("how", ["unclosed", "misnested", "tag_soup", "cut"])
def test_damage_breaks_the_markup_and_spares_the_prose(how):
    html = markup.article(SITE, PAGE, host=HOST, charset="utf-8")
    broken = markup.damage(html, how)
    assert broken != html
    text = text_of(broken.removeprefix("<!DOCTYPE html>\n"))
    for paragraph in PAGE.paragraphs:
        assert paragraph in text


@given(st.text(st.sampled_from("a<>&\"' é;#"), min_size=1, max_size=40).map(str.strip))
def test_any_text_comes_back_out_of_the_markup(text):
    page = PAGE.model_copy(update={"paragraphs": (f"x{text}x",)})
    html = markup.article(SITE, page, host=HOST, charset="utf-8")
    tree = lxml.html.document_fromstring(html)
    assert tree.xpath("//article/p[not(@class)]")[0].text_content() == f"x{text}x"


def test_pages_without_prose_have_none():
    for build in (markup.boilerplate, markup.index, markup.missing):
        html = build(SITE, host=HOST)
        assert SITE.chrome.cookies in html.replace("&#x27;", "'")
        assert PAGE.paragraphs[0] not in html
