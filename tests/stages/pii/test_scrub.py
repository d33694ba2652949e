from __future__ import annotations

import ipaddress
import itertools
import re
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum import iban
from stdnum.iso7064 import mod_11_10

from eurosift.stages.pii.candidates import find, scan_text
from eurosift.stages.pii.crypto import is_bitcoin, is_ethereum
from eurosift.stages.pii.national.forms import is_any
from eurosift.stages.pii.plans import is_valid, parse
from eurosift.stages.pii.scrub import scrub
from eurosift.stages.pii.stage import tag
from eurosift.stages.pii.surrogates import surrogate

LANGUAGES = st.sampled_from([None, "pol_Latn", "deu_Latn", "fin_Latn", "swe_Latn", "fra_Latn"])


@pytest.fixture(scope="module")
def replace(key):
    return lambda match, written: surrogate(match, written, key)


@pytest.fixture(scope="module", params=["surrogate", "tag"])
def any_replace(request, replace):
    return replace if request.param == "surrogate" else tag


many = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(data=st.data())
def test_scrubbing_twice_is_scrubbing_once(data, documents, scope, any_replace):
    text, place = data.draw(documents), scope(data.draw(LANGUAGES))
    once = scrub(text, place, any_replace)
    again = scrub(once.text if once.text is not None else text, place, any_replace)
    assert again == (None, [], once.counted)


@many
@given(data=st.data())
def test_counts_do_not_depend_on_the_key(data, identifiers, scope):
    """Where identifiers do not stick to each other."""
    text, place = ".\n".join(data.draw(identifiers)), scope(data.draw(LANGUAGES))
    counts = []
    for key in (b"a key for tests: 1", b"a key for tests: 2", b"a key for tests: 3"):
        done = scrub(text, place, lambda match, written, key=key: surrogate(match, written, key))
        counts.append((Counter(span.detector for span in done.spans), done.counted))
    assert counts.count(counts[0]) == len(counts)


def test_a_stand_in_that_makes_a_number_with_what_is_beside_it_is_drawn_anew(scope):
    """Nine digits that are no BSN may be a telephone number for the word behind them."""
    for i in range(20):
        key = b"a key for tests: %d" % i
        done = scrub(
            "BSN 111222333@tel. ",
            scope("pol_Latn"),
            lambda match, written, key=key: surrogate(match, written, key),
        )
        assert [span.detector for span in done.spans] == ["nl.bsn"]


def test_a_stand_in_that_cannot_be_drawn_anew_is_taken_in(scope, replace):
    """Whatever is drawn before it: "example.org@c.de" is an address."""
    scrubbed, spans, _ = scrub("a@b.com@c.de", scope(), replace)
    assert re.fullmatch("[a-z]{8,}@example.org", scrubbed.removeprefix("a@"))
    assert len(spans) == 1


def is_real(span, written):
    """Whether a surrogate passes the check of its type."""
    match span.type:
        case "email":
            return not re.fullmatch(r"[a-z0-9][a-z0-9._+-]*[a-z0-9]@example\.org", written)
        case "ip_address":
            return ipaddress.ip_address(written).is_global
        case "iban":
            return iban.is_valid(re.sub(r"[^A-Z0-9]", "", written), check_country=False)
        case "national_id" | "card" | "company_id":
            return is_any(written, span.detector)
        case "crypto":
            return is_bitcoin(written) or is_ethereum(written)
        case "phone":
            regions = [None] if written.startswith(("+", "00")) else ["DE", "PL", "FI", "SE", "FR"]
            numbers = [parse(written, region or "DE") for region in regions]
            return any(number is not None and is_valid(number) for number in numbers)
        case _:
            return False


@many
@given(data=st.data())
def test_spans_point_at_exactly_the_surrogates_and_the_rest_is_untouched(
    data, documents, scope, any_replace
):
    text = data.draw(documents)
    scrubbed, spans, _ = scrub(text, scope(data.draw(LANGUAGES)), any_replace)
    if scrubbed is None:
        assert spans == []
        return
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    rest, position = [], 0
    for span in spans:
        rest.append(scrubbed[position : span.start])
        position = span.end
        written = scrubbed[span.start : span.end]
        if any_replace is tag:
            assert written == f"<{span.type.upper()}>"
        else:
            assert not is_real(span, written)
    rest.append(scrubbed[position:])
    assert text.startswith(rest[0])
    assert text.endswith(rest[-1])
    at = 0
    for part in rest:
        at = text.find(part, at)
        assert at >= 0
        at += len(part)


@many
@given(data=st.data())
def test_an_identifier_does_not_survive_where_it_was_found(data, documents, scope, any_replace):
    text, place = data.draw(documents), scope(data.draw(LANGUAGES))
    scrubbed = scrub(text, place, any_replace).text
    for match in find(text, scan_text(text), place).masked:
        written = text[match.start : match.end]
        assert scrubbed.count(written) < text.count(written)


@given(data=st.data())
def test_every_generated_identifier_is_scrubbed_in_plain_prose(data, iban_of, scope, replace):
    country = data.draw(st.sampled_from(["DE", "MT", "FR", "LV"]))
    number = iban_of(country, data.draw(st.integers(0, 10**30)))
    text = f"\U0001f600 jānis.b@uzņēmums.lv, {number} \U0001d400 93.184.216.34 un 2a00:1450::5."
    scrubbed, spans, _ = scrub(text, scope("lvs_Latn"), replace)
    assert [s.type for s in spans] == ["email", "iban", "ip_address", "ip_address"]
    assert [s.detector for s in spans] == ["email", "iban", "ipv4", "ipv6"]
    for span in spans:
        assert scrubbed[span.start : span.end].isascii()
    assert scrubbed.startswith("\U0001f600 ")


def test_without_a_replacement_spans_point_at_the_identifiers_themselves(scope):
    text = "\U0001f600 anna@firma.eu"
    scrubbed, (span,), _ = scrub(text, scope(), None)
    assert scrubbed is None
    assert text[span.start : span.end] == "anna@firma.eu"


def test_what_a_replacement_uncovers_is_scrubbed_too(scope, replace):
    """The address stands behind a word that, once replaced, no longer announces a version."""
    scrubbed, spans, _ = scrub("a@b.version 93.184.216.34", scope(), replace)
    assert [s.type for s in spans] == ["email", "ip_address"]
    assert "93.184" not in scrubbed


@pytest.mark.parametrize(
    "text",
    [
        "a@b.com@c.de",
        "a@b.com@c",
        "0000 (at) 0.euA (at) 0.eu",
        "@".join(["x.eu"] * 40),
        "a@b.eu.c@d.eu",
    ],
)
def test_chains_of_addresses_leave_nothing_behind(text, scope, any_replace):
    scrubbed, spans, _ = scrub(text, scope(), any_replace)
    assert find(scrubbed, scan_text(scrubbed), scope()).masked == []
    left = "".join(
        c for i, c in enumerate(scrubbed) if not any(s.start <= i < s.end for s in spans)
    )
    assert not re.search(r"(x|b)\.(eu|com)", left)


def test_an_iban_may_be_made_of_the_digits_of_a_surrogate(scope, replace):
    """Whatever digits the address gets: an account number that they complete is scrubbed, too."""
    texts = [f"NO93 {i:04} 8.8.{i % 250}.{10 + i // 250}" for i in range(1000)]
    types = {scrub(text, scope(), replace).spans[0].type for text in texts}
    assert types == {"iban", "ip_address"}


def test_equal_numbers_in_one_text_have_equal_surrogates(scope, replace):
    """However they are grouped, and a telephone number with and without its prefix."""
    scrubbed, spans, _ = scrub(
        "IBAN DE89370400440532013000 DE89 3704 0044 0532 0130 00, Tel. 030 901820 +49 30 901820",
        scope("deu_Latn"),
        replace,
    )
    made = [re.sub(r"\W", "", scrubbed[s.start : s.end]) for s in spans]
    assert made[0] == made[1]
    assert made[2][-4:] == made[3][-4:]


# What each engine of regular expressions could stumble over, written a megabyte long.
UNITS = [
    *("1", "1 ", "1.", "+1", "0 ", "a1", "@", "a@b.", "<", "<<A", "=", "?a=", "eyJ", "-----BEGIN "),
    *("(at)", " dot ", "2001:", "AB12", "0x", "12345678-", "44051401359 ", "://a:", "1/", "DE89 "),
]


class Counting(str):
    """A text that counts how many code points were taken out of it."""

    __slots__ = ("taken",)

    def __getitem__(self, key):
        part = super().__getitem__(key)
        self.taken = getattr(self, "taken", 0) + len(part)
        return part


@pytest.mark.parametrize("unit", UNITS)
def test_work_grows_as_the_text_does(unit, scope):
    """Twice the text is twice the hits and twice the characters that detectors look at."""
    hits, taken = [], []
    for n in (5_000, 10_000):
        text = Counting((unit * n)[: n * 2])
        found = scan_text(text)
        find(text, found, scope("deu_Latn"))
        hits.append(sum(end - start for _, start, end in found))
        taken.append(getattr(text, "taken", 0))
    assert hits[1] <= 2 * hits[0] + 100
    assert taken[1] <= 2 * taken[0] + 10_000


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_a_megabyte_of_traps_is_scanned_and_looked_at(unit, scope):
    """It ends: a search that goes back and forth over the line would take days."""
    text = (unit * 1_000_000)[:1_000_000]
    find(text, scan_text(text), scope("deu_Latn"))


def test_a_surrogate_is_no_other_number_of_its_country(scope, replace):
    """Else it would be replaced once more, and be called by the name of the other one."""
    detectors = set()
    for turn in range(10):
        digits = "1234567895"[turn:] + "1234567895"[:turn]
        value = digits + mod_11_10.calc_check_digit(digits)
        found = scrub(f"Steuer-Identifikationsnummer: {value}", scope("deu_Latn"), replace)
        assert value not in found.text
        detectors.update(span.detector for span in found.spans)
    assert detectors == {"de.idnr"}
