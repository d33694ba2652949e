"""Texts and tables that the tests of this folder share."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from eurosift.filters.stopwords import build_table, load_stop_words

# The first call of a kernel compiles it, which no deadline foresees.
settings.register_profile("kernels", deadline=None, max_examples=100)
settings.load_profile("kernels")

PIECES = [
    "the", "and", "of", "be", "Ta", "ta'", "il-", "l'art", "don’t", "naïve", "ὁδός", "Größe",
    "e\u0301te\u0301", "3.14", "1,000", "2024", "x\u00ady", "ÇA", "на", "...", "…", "#",
    "##", "-", "•", ".", "!", "?", "(", "«", "»", "—", "€", "'", "’", "😀", "\u0301", "\u200d", "ʼ",
    "EU:n", "a/b", "B&B", "3.", "5%", "po' ", "it’s", "!!!", "12:30", "12/03", "covid-19",
    "E-Mail", "s.r.o.", "end.Start", "J.", "_x_y", "a@b.mt", ":", "+", "=", "*", ";", "|", "\\",
    "member(s)", "COM(2018)0568", "n:12", "5%x", "[", '"',
    '."', "?!)", "http://a.b/c?d=é", "www.site.mt", "www", "https://", "<b>", "</p>",
    "<", "<!-- x -->", "&amp;", "&#39;", "&", "{", "}}", "[[", "[1]", "[edit]", "Lorem Ipsum",
    "JavaScript", "use cookies", "ΌΡΟΙ ΧΡΉΣΗΣ", "Политика за поверителност", "ta’ cookies", "NATO",
    "ČEŠTINA", "\ufffd", "\x00", "🇲🇹", "\U000f0000", "Terms of use", "x" * 1001, "漢字",
]  # fmt: skip
SPACES = [" ", " ", " ", "", "\n", "\n", "\n\n", "\n\n\n", "\t", "\r\n", "\u00a0", "\u2028", "\x0b"]

TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES + SPACES), max_size=60).map("".join),
    st.lists(
        st.sampled_from(["a b c d e", "one two three.", "- x", "", " ", "Go on..."]), max_size=14
    ).map("\n".join),
    st.lists(st.sampled_from("ab"), max_size=60).map(" ".join),
    st.text(st.characters(max_codepoint=0x2FF, exclude_categories=["Cs", "Cn"]), max_size=60),
)


@pytest.fixture(scope="session")
def texts():
    """Strategy of texts; a fixture, because tests are no package."""
    return TEXTS


@pytest.fixture(scope="session")
def stop_table():
    return build_table(load_stop_words())
