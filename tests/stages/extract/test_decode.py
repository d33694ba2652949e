from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eurosift.stages.extract.decode import decode, decode_page

# Written for this test: a few sentences, with the letters that the charsets differ in.
SENTENCES = {
    "bg": "Общината обяви, че новият мост над реката ще бъде отворен през пролетта.",
    "cs": "Příští týden začne oprava mostu, řekl starosta; žáci pojedou školním autobusem zdarma.",
    "de": "Die Brücke wird im Frühjahr geöffnet, sagte die Bürgermeisterin am Dienstag in Köln.",
    "el": "Ο δήμος ανακοίνωσε ότι η νέα γέφυρα θα ανοίξει την άνοιξη.",  # Greek
    "et": "Järgmisel nädalal avatakse jõe kohal uus sild, ütles linnapea õhtul ajakirjanikele.",
    "fr": "Le pont sera ouvert au printemps, a déclaré la maire ; les élèves y passeront à vélo.",
    "hr": "Sljedeći tjedan počinje obnova mosta, rekao je gradonačelnik; učenici će ići pješice.",
    "hu": "Jövő héten kezdődik a híd felújítása, közölte a polgármester; az új út őszre készül el.",
    "lt": "Kitą savaitę prasidės tilto remontas, sakė meras; mokiniai važiuos mokykliniu autobusu.",
    "lv": "Nākamnedēļ sāksies tilta remonts, sacīja mērs; skolēni brauks ar autobusu bez maksas.",
    "mt": "Il-ħaddiema bdew jirranġaw it-triq ħdejn il-pjazza u l-ġnien ta' żewġt iħirsa.",
    "pl": "W przyszłym tygodniu rozpocznie się remont mostu, powiedział burmistrz; żaków zwiozą.",
    "ro": "Săptămâna viitoare începe repararea podului, a spus primăriţa; elevii merg în oraş.",
    "sk": "Budúci týždeň sa začne oprava mosta, povedal starosta; žiaci pôjdu školským autobusom.",
    "sl": "Prihodnji teden se začne obnova mostu, je dejal župan; učenci bodo šli peš čez reko.",
    "sv": "Bron över ån öppnas i vår, sade borgmästaren på måndagen; då får även bönderna åka.",
}
CHARSETS = {
    "bg": ("windows-1251", "iso-8859-5"),
    "el": ("windows-1253", "iso-8859-7"),
    "et": ("windows-1257", "iso-8859-15"),
    "lt": ("windows-1257", "iso-8859-13"),
    "lv": ("windows-1257", "iso-8859-13"),
    "mt": ("iso-8859-3",),
    **dict.fromkeys(("de", "fr", "sv"), ("windows-1252",)),
    **dict.fromkeys(("cs", "hr", "hu", "pl", "ro", "sk", "sl"), ("windows-1250", "iso-8859-2")),
}
CASES = [(language, charset) for language, names in CHARSETS.items() for charset in names]


def page(sentence, meta=""):
    return f"<html><head>{meta}<title>x</title></head><body><p>{sentence}</p></body></html>"


@pytest.mark.parametrize(("language", "charset"), CASES)
def test_legacy_charset_declared_by_http_comes_back(language, charset):
    html = page(SENTENCES[language])
    assert decode(html.encode(charset), charset) == (html, charset)


@pytest.mark.parametrize(("language", "charset"), CASES)
@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_legacy_charset_declared_by_meta_comes_back(language, charset, quote):
    html = page(SENTENCES[language], f"<meta charset={quote}{charset.upper()}{quote}>")
    assert decode(html.encode(charset)) == (html, charset)


# ISO 8859-3 is too rare for the detector.
@pytest.mark.parametrize(("language", "charset"), [c for c in CASES if c[0] != "mt"])
def test_undeclared_legacy_charset_is_detected(language, charset):
    html = page(SENTENCES[language])
    found = decode(html.encode(charset))[0]
    # ISO 8859-16 has the comma letters where ISO 8859-2 has those with cedilla.
    assert found.translate(str.maketrans("\u0219\u021b", "\u015f\u0163")) == html


def test_old_meta_and_xml_declarations_are_understood():
    meta = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-13">'
    html = page(SENTENCES["lt"], meta)
    assert decode(html.encode("iso-8859-13"))[0] == html
    html = '<?xml version="1.0" encoding="iso-8859-2"?>' + page(SENTENCES["cs"])
    assert decode(html.encode("iso-8859-2"))[0] == html


def test_http_comes_before_meta():
    html = page(SENTENCES["cs"], "<meta charset=iso-8859-1>")
    assert decode(html.encode("iso-8859-2"), "iso-8859-2")[0] == html


def test_utf_8_comes_before_what_is_declared():
    html = page(SENTENCES["pl"], "<meta charset=iso-8859-2>")
    assert decode(html.encode(), "iso-8859-1") == (html, "utf-8")


@pytest.mark.parametrize("declared", [None, "utf-8", "iso-8859-1"])
def test_one_wrong_byte_spoils_one_character(declared):
    html = page(SENTENCES["cs"] + "!")
    body = html.encode().replace(b"!", b"\xff")
    assert decode(body, declared) == (html.replace("!", "\ufffd"), "utf-8")


def test_page_cut_inside_a_character_is_utf_8():
    body = (SENTENCES["lv"] + "ā").encode()[:-1]
    assert decode(body) == (SENTENCES["lv"] + "\ufffd", "utf-8")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_mark_wins_and_goes(encoding):
    assert decode(SENTENCES["el"].encode(encoding), "iso-8859-7")[0] == SENTENCES["el"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("language", ["bg", "de", "el"])
def test_utf_16_without_mark_is_seen_by_its_zeros(language, encoding):
    """They are those of the markup where the text is Greek or Cyrillic."""
    html = page(SENTENCES[language] * 10)
    assert decode(html.encode(encoding)) == (html, encoding)


def test_zeros_on_both_sides_are_no_utf_16():
    html = page(SENTENCES["pl"])
    holed = html.encode() + bytes(500)
    assert decode(holed) == (html + "\0" * 500, "utf-8")


def test_windows_bytes_in_an_iso_page_are_read_as_windows():
    html = page(SENTENCES["cs"] + " „citát“")
    assert decode(html.encode("windows-1250"), "iso-8859-2") == (html, "windows-1250")


def test_unknown_and_wrong_labels_are_passed_over():
    body = page(SENTENCES["bg"]).encode("windows-1251")
    for label in ("none-such", "utf-8", "base64", "hex", ""):
        assert decode(body, label)[1] == "windows-1251"


@pytest.mark.parametrize(
    ("language", "declared", "codec"),
    [
        ("bg", "x-mac-cyrillic", "mac-cyrillic"),
        ("cs", "ibm852", "cp852"),
        ("pl", "x-mac-ce", "mac-latin2"),
        ("fr", "CP850", "cp850"),
        ("el", "x-mac-greek", "mac-greek"),
        ("lv", "IBM-775", "cp775"),
    ],
)
def test_charsets_that_only_old_pages_declare_come_back(language, declared, codec):
    html = page(SENTENCES[language])
    assert decode_page(html.encode(codec), declared) == (html, codec, ())


def test_bytes_that_a_legacy_charset_does_not_have_are_told():
    found = decode_page(b"caf\xe9 \x81 cr\xe8me", "windows-1252")
    assert found == ("café \ufffd crème", "windows-1252", ("wrong_bytes",))


@pytest.mark.parametrize("language", ["bg", "el"])
@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "iso-8859-15", "windows-1257"])
def test_latin_charset_that_gives_nothing_but_accents_is_wrong(language, declared):
    """Servers declare their default; old pages rely on the reader to set it right."""
    html = page(SENTENCES[language])
    text, _, mended = decode_page(html.encode(CHARSETS[language][0]), declared)
    assert (text, mended) == (html, ("wrong_charset",))


@pytest.mark.parametrize("language", ["cs", "de", "fr", "hr", "hu", "pl", "sv"])
@pytest.mark.parametrize("declared", ["windows-1251", "koi8-r", "iso-8859-7"])
def test_charset_that_mixes_scripts_within_words_is_wrong(language, declared):
    html = page(SENTENCES[language] * 5)
    text, _, mended = decode_page(html.encode(CHARSETS[language][0]), declared)
    assert (text, mended) == (html, ("wrong_charset",))


@pytest.mark.parametrize("charset", ["windows-1250", "iso-8859-2"])
def test_charset_that_puts_symbols_into_words_is_wrong(charset):
    html = page("Wyjaśniałby żółtą różą, że łódź płynęła później niż łabędź. " * 5)
    text, _, mended = decode_page(html.encode(charset), "iso-8859-1")
    assert (text, mended) == (html, ("wrong_charset",))


@pytest.mark.parametrize(("language", "charset"), CASES)
def test_what_is_rightly_declared_is_not_overruled(language, charset):
    html = page(SENTENCES[language] * 20)
    assert decode_page(html.encode(charset), charset) == (html, charset, ())


@pytest.mark.parametrize("label", ["windows1250", "win-1250", "Win1250", "cp-1250", "1250"])
def test_sloppy_labels_are_understood(label):
    html = page("Łódź")  # too short to be detected
    assert decode(html.encode("cp1250"), label) == (html, "windows-1250")


@pytest.mark.parametrize(("language", "charset"), [("bg", "windows-1251"), ("el", "iso-8859-7")])
@pytest.mark.parametrize("wrong", ["windows-1251", "iso-8859-7", "iso-8859-1"])
def test_detection_decides_between_http_and_meta(language, charset, wrong):
    html = page(SENTENCES[language], f"<meta charset={charset}>")
    text, _, mended = decode_page(html.encode(charset), wrong)
    assert (text, mended) == (html, ("wrong_charset",) if wrong != charset else ())


@pytest.mark.parametrize("charset", ["latin-1", "sloppy-windows-1252"])
@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_page_that_was_encoded_twice_is_decoded_twice(language, charset):
    html = page(SENTENCES[language])
    twice = html.encode().decode(charset).encode()
    assert decode_page(twice) == (html, "utf-8", ("encoded_twice",))


@pytest.mark.parametrize(
    ("body", "declared", "mended"),
    [
        (page("żaba").encode(), "utf-8", ()),
        (page("żaba").encode(), None, ()),
        (page("żaba").encode(), "iso-8859-2", ("wrong_charset",)),
        (page("frog").encode(), "iso-8859-1", ()),
        (page("żaba żółw").encode() + b"\xff", "utf-8", ("wrong_bytes",)),
        (page("\ufffd").encode(), "utf-8", ()),
        (page("żaba").encode("iso-8859-2"), "iso-8859-2", ()),
        (page("„żaba”").encode("windows-1250"), "iso-8859-2", ()),
        (page("żaba żółw").encode("iso-8859-2"), "utf-8", ("wrong_charset",)),
    ],
)
def test_what_was_wrong_is_told(body, declared, mended):
    assert decode_page(body, declared).mended == mended


@given(text=st.text())
def test_utf_8_comes_back_whatever_it_says(text):
    assume(decode_page(text.encode("utf-8", "replace")).mended == ())
    if "\0" not in text:
        assert decode(text.encode("utf-8", "replace"), "windows-1250")[0] == text.encode(
            "utf-8", "replace"
        ).decode().removeprefix("\ufeff")


@given(body=st.binary(max_size=300), label=st.none() | st.sampled_from(["utf-8", "big5", "x"]))
def test_no_bytes_are_an_error(body, label):
    text, encoding = decode(body, label)
    assert text.encode("utf-8", "surrogatepass") is not None
    assert encoding == encoding.lower()
