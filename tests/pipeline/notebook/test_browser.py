"""What a notebook shows, in a real browser: nothing of a document acts, and it is there for all."""

from __future__ import annotations

import pytest

PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>x</title></head>'
    "<body><main><h1>x</h1>{}</main></body></html>"
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def page(browser, request, tmp_path):
    """Opens HTML without a network, and tells what was asked for."""
    contexts = []

    def open_page(body, **options):
        context = browser.new_context(offline=True, **options)
        context.set_default_timeout(300_000)  # machines that test are slow
        contexts.append(context)
        opened = context.new_page()
        requests = []
        opened.on("request", lambda asked: requests.append(asked.url))
        path = tmp_path / f"page-{len(contexts)}.html"
        path.write_text(PAGE.format(body), "utf-8")
        opened.goto(path.as_uri())
        assert requests.pop(0) == path.as_uri()
        return opened, requests

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def everything(shown):
    return "\n".join(thing._repr_html_() for thing in shown.values())


def test_no_script_of_a_document_runs_and_nothing_is_asked_for(page, everything):
    opened, requests = page(everything)
    assert opened.evaluate("document.querySelectorAll('.eurosift').length") > 20
    assert opened.evaluate("document.documentElement.dataset.attacked") is None
    assert requests == []


def test_the_same_texts_do_act_where_they_are_not_escaped(page, attacked):
    """So the browser would tell."""
    opened, _ = page("\n".join(attacked.sample(n=100).frame["text"]))
    assert opened.evaluate("document.documentElement.dataset.attacked") == "1"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_no_barrier(page, crawl, axe, width, scheme):
    scrubbed = next(d for d in crawl.sample("deu", 10, verdict="kept") if d.spans)
    things = (
        crawl.sample("eng_Latn", 3).rejected(),
        crawl.sample("eng_Latn", 1).rejected()[0].why(),
        scrubbed.scrubbing(),
        crawl.clusters(n=3),
        crawl.sample(n=1, rejected_by="near_duplicate")[0].cluster(),
        crawl.histogram("gopher_short_doc", "deu", "eng"),
        crawl.confusion(),
    )
    body = "".join(thing._repr_html_() for thing in things)
    opened, _ = page(body, color_scheme=scheme, viewport={"width": width, "height": 900})
    opened.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    opened.evaluate(axe)
    found = opened.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})")
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
    assert opened.evaluate("document.documentElement.scrollWidth") == width


JUPYTERLAB = """
<style>
.jp-RenderedHTMLCommon:not(.jp-RenderedMarkdown) td,
.jp-RenderedHTMLCommon:not(.jp-RenderedMarkdown) th { text-align: right; }
.jp-RenderedHTMLCommon:not(.jp-RenderedMarkdown) tbody tr:nth-child(even) { background: red; }
.jp-RenderedHTMLCommon:not(.jp-RenderedMarkdown) :not(pre) > code { background-color: red; }
</style>
<div class="jp-RenderedHTMLCommon">
"""


def test_tables_look_the_same_under_the_rules_of_jupyterlab(page, crawl):
    """Its rules for whatever a cell shows would put text to the right, and make stripes."""
    body = crawl.clusters(n=3)._repr_html_() + crawl.sample(n=1)._repr_html_()
    looks = """
        [...document.querySelectorAll('.eurosift :is(td, th, tr, code)')].map((e) => {
            const style = getComputedStyle(e);
            return [e.localName, style.textAlign, style.backgroundColor, style.color];
        })
    """
    alone, beside = (page(text)[0].evaluate(looks) for text in (body, f"{JUPYTERLAB}{body}</div>"))
    assert {look[1] for look in alone if look[0] == "td"} == {"left", "right"}
    assert beside == alone
