from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.extract.mend import mend

# Written for these tests.
ROMANIAN = "Săptămâna viitoare începe repararea podului, a spus primăriţa; elevii merg în oraş."
TURKISH = "Köprünün onarımı önümüzdeki hafta başlıyor; öğrenciler şehre yürüyerek gidecek."
GAGAUZ = "Köprü gelän afta açılacêk, dedi başkan; üürenicilär şkolaya yayan gidecek, Moţu."
KURDISH = "Piştî hefteyekê dê dest bi nûkirina pirê bê kirin, şaredar got."


@pytest.mark.parametrize(
    "text",
    [
        "Şcoala nu era închisă: „Ţi-am spus că mergem în faţă”.",
        "Il-ħaddiema bdew jirranġaw it-triq ħdejn il-pjazza.",
        "Příští týden začne oprava mostu, řekl starosta.",
        "Στις αρχές της άνοιξης θα ανοίξει η γέφυρα.",
        "Мостът над реката ще бъде отворен през пролетта.",
    ],
)
@pytest.mark.parametrize("charset", ["latin-1", "sloppy-windows-1252"])
def test_mojibake_comes_out_as_it_was(text, charset):
    assert mend(text.encode().decode(charset)) == (*mend(text)[:1], ["mojibake", *mend(text)[1]])


def test_only_lines_with_mojibake_are_touched():
    good = "Ærø og Läsø: “æble” — Â, Ã og © hører til."
    bad = "dÃ©jÃ vu"
    assert mend(f"{good}\n{bad}\n{good}") == (f"{good}\ndéjà vu\n{good}", ["mojibake"])


def test_romanian_cedillas_become_commas():
    expected = ROMANIAN.replace("ţ", "ț").replace("ş", "ș")
    assert mend(ROMANIAN) == (expected, ["cedilla"])
    assert mend(expected) == (expected, [])


def test_short_lines_follow_the_text_that_they_are_in():
    assert mend(f"Ştiri\n{ROMANIAN}")[0].startswith("Știri\n")


@pytest.mark.parametrize("text", [TURKISH, GAGAUZ, KURDISH, "Ştiri"])
def test_cedillas_stay_where_the_text_is_not_romanian(text):
    """Also where nothing tells."""
    assert mend(text) == (text, [])


@pytest.mark.parametrize("text", [TURKISH, GAGAUZ, KURDISH])
def test_a_single_romanian_letter_makes_no_romanian_text(text):
    assert mend(f"{text}\nă") == (f"{text}\nă", [])


def test_line_in_turkish_stays_in_a_romanian_text():
    text, _ = mend("\n".join([ROMANIAN] * 20 + [TURKISH]))
    assert text.endswith("\n" + TURKISH)
    assert "ş" not in text.removesuffix(TURKISH)


def test_letters_are_composed():
    assert mend(unicodedata.normalize("NFD", "čeština")) == ("čeština", ["nfc"])


@given(st.text())
def test_text_is_in_nfc_with_as_many_lines_and_says_what_changed(text):
    mended, reasons = mend(text)
    assert unicodedata.is_normalized("NFC", mended)
    assert mended.count("\n") == text.count("\n")
    assert (mended == text) == (not reasons)


def test_sound_text_in_all_languages_is_left_alone(web):
    """But for old letters in Romanian."""
    found = set()
    for line in (web / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found |= {(reason, row["lang"]) for reason in mend(row["text"])[1]}
    assert found <= {("cedilla", "ro")}
