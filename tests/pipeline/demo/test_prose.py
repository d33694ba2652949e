"""The demo's prose is what people see first, so its orthography is tested like code."""

import unicodedata

import pytest

from eurosift.pipeline.demo import prose

# Letters that a text in the language cannot do without.
LETTERS = {
    "bul_Cyrl": "щъя", "cat_Latn": "çèé", "ces_Latn": "ěřů", "dan_Latn": "æøå", "deu_Latn": "äöüß",
    "ekk_Latn": "õäöü", "ell_Grek": "άέήίόύώς", "eng_Latn": "wthy", "fin_Latn": "äö",
    "fra_Latn": "éèêà", "gle_Latn": "áéíóú", "glg_Latn": "ñáéíó", "hrv_Latn": "čćđšž",
    "hun_Latn": "őűáéíóöü", "isl_Latn": "ðþæö", "ita_Latn": "àèìù", "lit_Latn": "ąčęėįšųūž",
    "lvs_Latn": "āčēģīķļņšūž", "mkd_Cyrl": "јњќ", "mlt_Latn": "ħżġċ", "nld_Latn": "ijz",
    "nob_Latn": "æøå", "pol_Latn": "ąćęłńóśż", "por_Latn": "ãçáéíóú", "ron_Latn": "ăâîșț",
    "slk_Latn": "ľĺôäťďň", "slv_Latn": "čšž", "spa_Latn": "ñáéíóú", "srp_Cyrl": "ђјљћ",
    "srp_Latn": "čćđšž", "swe_Latn": "åäö", "tur_Latn": "ığşçöü", "ukr_Cyrl": "іїє",
}  # fmt: skip
# Words of a neighbour that give a mistaken language away.
FOREIGN_WORDS = {
    "hrv_Latn": {"ko", "šta", "voz", "nedelja", "sedmica", "uslovi", "deca", "mleko", "bezbednost"},
    "srp_Latn": {"tko", "što", "vlak", "tjedan", "uvjeti", "djeca", "mlijeko"},
    "dan_Latn": {"jeg er", "hva", "noen", "etter", "av", "bare når", "sig selv om", "mye"},
    "nob_Latn": {"af", "hvad", "nogle", "efter", "meget", "også så"},
    "ces_Latn": {"a tiež", "alebo", "pretože", "čo", "sú", "bol", "ktorý"},
    "slk_Latn": {"také", "nebo", "protože", "jsou", "byl", "který", "jsem"},
    "por_Latn": {"você", "ônibus", "trem", "bonde", "usuário"},
    "glg_Latn": {"não", "y", "los", "las", "uma"},
}


def words(page):
    return " ".join(page.paragraphs).split()


def pages():
    return [
        pytest.param(p, id=f"{s.code}-{n}") for s in prose.sites() for n, p in enumerate(s.pages)
    ]


def test_all_24_languages_have_three_pages_each():
    assert len(prose.WANTED) == 24
    assert {code: len(prose.site(code).pages) for code in prose.WANTED} == dict.fromkeys(
        prose.WANTED, 3
    )


def test_every_text_file_is_used():
    folder = prose.resources.files("eurosift.pipeline.demo") / "texts"
    stems = {entry.name.removesuffix(".yaml") for entry in folder.iterdir()}
    assert stems == {*prose.WANTED, *prose.NEIGHBOURS}


@pytest.mark.parametrize("site", prose.sites(), ids=lambda site: site.code)
def test_a_site_is_in_its_own_language_and_on_reserved_hosts(site):
    text = " ".join(" ".join(p.paragraphs) for p in site.pages).lower()
    assert set(LETTERS[site.code]) <= set(text)
    assert all(host.endswith(".example") for host in site.hosts)
    assert len(site.chrome.navigation) == 5
    padded = f" {' '.join(text.replace(',', ' ').replace('.', ' ').split())} "
    assert not [word for word in FOREIGN_WORDS.get(site.code, ()) if f" {word} " in padded]


@pytest.mark.parametrize("page", pages())
def test_a_page_is_prose_of_at_least_110_words(page):
    assert len(words(page)) >= 110
    assert 4 <= len(page.paragraphs) <= 6
    for paragraph in page.paragraphs:
        assert unicodedata.is_normalized("NFC", paragraph)
        assert paragraph == " ".join(paragraph.split())
        assert paragraph.endswith((".", "?", "!"))


def test_romanian_has_the_comma_below_and_never_the_cedilla():
    site = prose.site("ron_Latn").model_dump_json()
    assert "ș" in site
    assert "ț" in site
    assert not set("şţŞŢ") & set(site)


def test_maltese_has_its_articles_with_hyphens():
    text = " ".join(" ".join(words(page)) for page in prose.site("mlt_Latn").pages)
    for article in ("il-", "l-", "ix-", "id-", "tal-", "fil-"):
        assert article in text


def test_no_two_pages_share_five_words_in_a_row():
    seen = {}
    for site in prose.sites():
        for page in site.pages:
            tokens = words(page)
            grams = {tuple(tokens[i : i + 5]) for i in range(len(tokens) - 4)}
            shared = {seen[gram] for gram in grams if gram in seen}
            assert not shared, (site.code, page.slug, shared)
            seen.update(dict.fromkeys(grams, page.slug))


@pytest.mark.parametrize("site", [prose.site(code) for code in prose.WANTED], ids=lambda s: s.code)
def test_a_revision_changes_one_paragraph_once(site):
    page = site.pages[0]
    assert " ".join(page.paragraphs).count(page.revision.old) == 1
    changed = [a != b for a, b in zip(page.paragraphs, page.revised().paragraphs, strict=True)]
    assert sum(changed) == 1


def test_a_page_without_revision_says_so():
    with pytest.raises(ValueError, match="has no revision"):
        prose.site("cat_Latn").pages[0].revised()


def test_a_language_that_the_demo_does_not_have_is_an_error():
    with pytest.raises(FileNotFoundError):
        prose.site("lat_Latn")
