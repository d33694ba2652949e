"""The page in a real browser: it renders, asks for nothing, and is there for everyone."""

from __future__ import annotations

import pytest

from eurosift.pipeline.html.page import Options, render
from eurosift.pipeline.launch import open_run

SCHEMES = ("light", "dark")
PHONE, DESKTOP = 360, 1280

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


class Opened:
    """A page in the browser, with all that it asked for and complained of."""

    def __init__(self, browser, path, *, width=DESKTOP, scheme="light", **options):
        viewport = {"width": width, "height": 900}
        self.context = browser.new_context(
            viewport=viewport, color_scheme=scheme, offline=True, **options
        )
        self.context.set_default_timeout(300_000)  # machines that test are slow
        self.page = self.context.new_page()
        self.requests, self.messages = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.on("dialog", lambda dialog: self.messages.append(dialog.message))
        self.page.goto(path.as_uri())

    def ask(self, script):
        return self.page.evaluate(script)

    def unfold(self):
        self.ask("document.querySelectorAll('details').forEach((d) => { d.open = true; })")


@pytest.fixture
def show(browser):
    opened = []

    def call(path, **options):
        opened.append(Opened(browser, path, **options))
        return opened[-1]

    yield call
    for each in opened:
        each.context.close()


@pytest.fixture(scope="module")
def full(demo, tmp_path_factory):
    """The page of the demo, with everything on it."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render(open_run(demo), Options(samples=2)), encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_it_renders_without_a_request_or_a_complaint(show, full, width, scheme):
    shown = show(full, width=width, scheme=scheme)
    assert shown.page.title() == "demo – eurosift report"
    shown.unfold()
    assert shown.requests == [full.as_uri()]
    assert shown.messages == []
    assert shown.ask("getComputedStyle(document.body).fontVariantNumeric") == "tabular-nums"


@pytest.mark.parametrize("width", [PHONE, 768, DESKTOP])
def test_nothing_is_wider_than_the_window(show, full, width):
    shown = show(full, width=width)
    shown.unfold()
    assert shown.ask("document.documentElement.scrollWidth") == width


def test_captions_of_wide_tables_are_read_whole_on_a_phone(show, full):
    shown = show(full, width=PHONE)
    shown.unfold()
    edges = shown.ask(
        "[...document.querySelectorAll('caption span')].map((s) => s.getBoundingClientRect().right)"
    )
    assert edges
    assert max(edges) <= PHONE


def test_light_and_dark_are_not_the_same(show, full):
    colours = {
        show(full, scheme=s).ask("getComputedStyle(document.body).backgroundColor") for s in SCHEMES
    }
    assert len(colours) == 2


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_axe_finds_no_barrier(show, full, axe, width, scheme):
    shown = show(full, width=width, scheme=scheme, bypass_csp=True)
    shown.unfold()
    shown.ask(axe)
    found = shown.ask("axe.run(document, {resultTypes: ['violations']})")
    violations = {v["id"]: [n["html"] for n in v["nodes"]][:3] for v in found["violations"]}
    assert violations == {}
    assert found["passes"]


def test_the_keyboard_reaches_all_that_can_be_used(show, full):
    shown = show(full)
    shown.unfold()
    wanted = "a[href], button, summary, [tabindex='0']"
    n = shown.ask(f'document.querySelectorAll("{wanted}").length')
    shown.ask(
        f'document.querySelectorAll("{wanted}").forEach((e, i) => {{ e.dataset.place = i; }})'
    )
    reached = []
    for _ in range(n + 5):
        shown.page.keyboard.press("Tab")
        place = shown.ask("document.activeElement.dataset.place")
        if place is None or place in reached:
            break
        reached.append(place)
    assert reached == [str(i) for i in range(n)]


def test_the_first_key_leads_past_the_navigation(show, full):
    shown = show(full)
    shown.page.keyboard.press("Tab")
    shown.page.keyboard.press("Enter")
    assert shown.ask("document.activeElement.id") == "main"


def test_tables_are_sorted_by_mouse_or_keyboard_and_back_again(show, full):
    shown = show(full)
    table = shown.page.locator("table.sortable", has=shown.page.locator("#languages-table"))
    names = table.locator("tbody th")
    sums = table.locator("tfoot th").all_text_contents()
    before = names.all_text_contents()
    found = table.locator("thead button", has_text="found")
    head = table.locator("thead th", has_text="found").first

    def column():
        cells = table.locator("tbody tr td:nth-child(3)").all_text_contents()
        return [int(cell.replace(",", "")) for cell in cells]

    found.click()
    assert head.get_attribute("aria-sort") == "descending"
    assert column() == sorted(column(), reverse=True)
    found.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert column() == sorted(column())
    assert table.locator("tfoot th").all_text_contents() == sums
    found.press("Space")
    assert head.get_attribute("aria-sort") is None
    assert names.all_text_contents() == before


def test_without_scripts_the_page_says_the_same(show, full):
    plain = show(full, java_script_enabled=False)
    shown = show(full)
    for selector in ("tbody th", "tbody td", "h2", "summary"):
        texts = [each.page.locator(selector).all_text_contents() for each in (plain, shown)]
        assert texts[0] == texts[1]
    assert plain.page.locator("thead button").count() == 0
    assert plain.messages == []


def test_on_paper_everything_but_shapes_by_language_is_unfolded(show, full):
    shown = show(full)
    closed = "document.querySelectorAll('details:not([open], .rules *)').length"
    assert shown.ask("document.querySelectorAll('.rules details').length") > 0
    before = shown.ask(closed)
    assert before > 0
    shown.ask("dispatchEvent(new Event('beforeprint'))")
    assert shown.ask(closed) == 0
    assert shown.ask("document.querySelectorAll('.rules details[open]').length") == 0
    shown.ask("dispatchEvent(new Event('afterprint'))")
    assert shown.ask(closed) == before
    assert shown.page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_script_of_a_document_runs(show, attacked, tmp_path, scheme):
    path = tmp_path / "attacked.html"
    path.write_text(render(attacked, Options(samples=50)), encoding="utf-8")
    shown = show(path, scheme=scheme)
    shown.unfold()
    assert shown.requests == [path.as_uri()]
    assert shown.messages == []
    assert shown.ask("document.scripts.length") == 1
    assert (
        shown.ask("document.querySelectorAll('img, iframe, form, [onload], [onerror]').length") == 0
    )
    assert shown.ask("document.documentElement.scrollWidth") == DESKTOP
