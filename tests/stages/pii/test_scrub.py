from __future__ import annotations

import ipaddress
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum import iban

from eurosift.stages.pii.scrub import find, scrub
from eurosift.stages.pii.stage import DETECTORS, tag
from eurosift.stages.pii.surrogates import surrogate

PREFILTERS = [re.compile(d.prefilter) for d in DETECTORS]


@pytest.fixture(scope="module")
def replace(key):
    return lambda match, written: surrogate(match, written, key)


@pytest.fixture(scope="module", params=["surrogate", "tag"])
def any_replace(request, replace):
    return replace if request.param == "surrogate" else tag


many = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(data=st.data())
def test_scrubbing_twice_is_scrubbing_once(data, documents, any_replace):
    text = data.draw(documents)
    once, _ = scrub(text, DETECTORS, any_replace)
    assert scrub(once if once is not None else text, DETECTORS, any_replace) == (None, [])


@many
@given(data=st.data())
def test_spans_point_at_exactly_the_surrogates_and_the_rest_is_untouched(
    data, documents, any_replace
):
    text = data.draw(documents)
    scrubbed, spans = scrub(text, DETECTORS, any_replace)
    if scrubbed is None:
        assert spans == []
        return
    rest, position = [], 0
    for span in spans:
        rest.append(scrubbed[position : span.start])
        position = span.end
        written = scrubbed[span.start : span.end]
        if any_replace is tag:
            assert written == f"<{span.type.upper()}>"
        elif span.type == "email":
            assert re.fullmatch(r"[a-z0-9][a-z0-9._+-]*[a-z0-9]@example\.(org|com)", written)
        elif span.type == "ip_address":
            assert not ipaddress.ip_address(written).is_global
        else:
            assert not iban.is_valid(re.sub(r"[^A-Z0-9]", "", written), check_country=False)
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
def test_an_identifier_does_not_survive_where_it_was_found(data, documents, any_replace):
    text = data.draw(documents)
    scrubbed, _ = scrub(text, DETECTORS, any_replace)
    for match in find(text, DETECTORS):
        written = text[match.start : match.end]
        assert scrubbed.count(written) < text.count(written)


@many
@given(data=st.data())
def test_a_prefilter_never_misses_what_its_detector_finds(data, documents):
    text = data.draw(documents)
    for detector, prefilter in zip(DETECTORS, PREFILTERS, strict=True):
        if next(detector.find(text), None) is not None:
            assert prefilter.search(text)


@given(data=st.data())
def test_every_generated_identifier_is_scrubbed_in_plain_prose(data, iban_of, replace):
    country = data.draw(st.sampled_from(["DE", "MT", "FR", "LV"]))
    number = iban_of(country, data.draw(st.integers(0, 10**30)))
    text = f"\U0001f600 jānis.b@uzņēmums.lv, {number} \U0001d400 93.184.216.34 un 2a00:1450::5."
    scrubbed, spans = scrub(text, DETECTORS, replace)
    assert [s.type for s in spans] == ["email", "iban", "ip_address", "ip_address"]
    assert [s.detector for s in spans] == ["email", "iban", "ipv4", "ipv6"]
    for span in spans:
        assert scrubbed[span.start : span.end].isascii()
    assert scrubbed.startswith("\U0001f600 ")


def test_without_a_replacement_spans_point_at_the_identifiers_themselves():
    text = "\U0001f600 anna@firma.eu"
    scrubbed, (span,) = scrub(text, DETECTORS, None)
    assert scrubbed is None
    assert text[span.start : span.end] == "anna@firma.eu"


def test_what_a_replacement_uncovers_is_scrubbed_too(replace):
    """The address stands behind a word that, once replaced, no longer announces a version."""
    scrubbed, spans = scrub("a@b.version 93.184.216.34", DETECTORS, replace)
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
def test_chains_of_addresses_leave_nothing_behind(text, any_replace):
    scrubbed, spans = scrub(text, DETECTORS, any_replace)
    assert find(scrubbed, DETECTORS) == []
    left = "".join(
        c for i, c in enumerate(scrubbed) if not any(s.start <= i < s.end for s in spans)
    )
    assert not re.search(r"(x|b)\.(eu|com)", left)


def test_an_iban_may_be_made_of_the_digits_of_a_surrogate(replace):
    """Whatever digits the address gets: an account number that they complete is scrubbed, too."""
    texts = [f"NO93 {i:04} 8.8.{i % 250}.{10 + i // 250}" for i in range(1000)]
    types = {spans[0].type for spans in (scrub(text, DETECTORS, replace)[1] for text in texts)}
    assert types == {"iban", "ip_address"}
