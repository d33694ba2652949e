"""What the model sees of a text."""

import time
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from eurosift.langid.normalise import WINDOW, WINDOWS, normalise, sample


@given(st.text())
def test_normalising_twice_changes_nothing_but_apostrophes_at_the_edges_of_words(text):
    once = normalise(text)
    if "\u02bc" not in text:
        assert normalise(once) == once
    assert [*filter(str.isalpha, normalise(once))] == [*filter(str.isalpha, once)]


@given(st.text())
def test_nothing_is_left_that_fasttext_reads_as_more_than_letters(text):
    line = normalise(f"__label__x\0{text}\n")
    assert not set(line) & set("\0\n\r\t\v\f_0123456789")
    assert unicodedata.is_normalized("NFC", line)
    assert line == " ".join(line.split())


def test_composed_and_decomposed_letters_are_the_same():
    assert normalise("Ž\u010d") == normalise("Z\u030cc\u030c") == "žč"


def test_addresses_are_dropped_and_words_around_them_kept():
    assert normalise("see https://example.org/de/haus?a=b or a.b@example.org now") == "see or now"


def test_attributes_of_markup_are_dropped():
    assert normalise('<div class="lead" id = "x">Дума</div> a="b"') == "div id x дума div"
    assert normalise('sie sagte "ja" = "nein"') == "sie sagte ja nein"


def test_parts_of_slugs_are_words_of_their_own():
    assert normalise("/hvad-er-fordelene-ved") == "hvad er fordelene ved"
    assert normalise("not-a-slug") == "not-a-slug"
    assert normalise("qu'est-ce-que-c'est and a--b-c-d-e") == "qu'est-ce-que-c'est and a--b-c-d-e"


def test_joiners_stay_within_words_only():
    assert (
        normalise("- l'eau 'quoted' rock-'n'-roll pa\u00b7l --")
        == "l'eau quoted rock-'n'-roll pa·l"
    )


def test_a_long_run_without_white_space_takes_linear_time():
    began = time.process_time()
    normalise("x@" * 50_000 + "é@" * 50_000)
    assert time.process_time() - began < 2


@given(st.text(max_size=300), st.integers(1, 40), st.integers(1, 5))
def test_a_sample_is_short_and_made_of_pieces_of_the_text(text, window, windows):
    part = sample(text, window, windows)
    assert len(part) <= window * windows + windows
    if len(text) <= window * windows:
        assert part == text
    else:
        assert all(piece in text for piece in part.split("\n"))


def test_a_sample_of_a_long_text_holds_its_beginning_and_its_end():
    words = [f"word{k}" for k in range(20_000)]
    part = sample(" ".join(words)).split()
    assert part[0] == words[0]
    assert part[-1] == words[-1]
    assert set(part) <= set(words), "no word is cut"
    assert len(" ".join(part)) < (WINDOW + 1) * WINDOWS
