from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.pii import scan
from eurosift.stages.pii.candidates import hits_by_row, scan_batch, scan_text


def kinds(text):
    return [(kind, text[start:end]) for kind, start, end in scan_text(text)]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("ä anna@b.eu", [(scan.AT, "@")]),
        ("anna (at) b (eu) [afna]", [(scan.AT, "("), (scan.AT, "[")]),
        ("λ 44 05-14.013 59,", [(scan.NUMBER, "44 05-14.013 59")]),
        ("+49\u00a030\u2013901820", [(scan.NUMBER, "49\u00a030\u2013901820")]),
        ("12.05.21 and 123456", []),
        ("ABC 123456", [(scan.NUMBER, "123456")]),
        ("ABC\u00a0123456", [(scan.NUMBER, "123456")]),
        ("ABC\u2013123456", [(scan.NUMBER, "123456")]),
        ("ABC nr 123456", [(scan.NUMBER, "123456")]),
        ("abc 123456", []),
        ("RSS 85T10 x", [(scan.WORD, "85T10")]),
        ("(01) / 231 45 67", [(scan.NUMBER, "01) / 231 45 67")]),
        ("1.22.3.4", [(scan.IPV4, "1.22.3.4")]),
        ("x 2a00:1450::5", [(scan.IPV6, "2a00:")]),
        ("DE89 3704", [(scan.IBAN, "DE89")]),
        ("ab1c2d3e4f5g6", [(scan.WORD, "ab1c2d3e4f5g6")]),
        ("x-1b2c3d4e-f5_g", [(scan.KEY, "x-1b2c3d4e-f5_g")]),
        ("V68Y2FRHW4", [(scan.WORD, "V68Y2FRHW4")]),
        ("a\nP<<X<<\nb", [(scan.MRZ, "P<<X<<")]),
        ("?token=1&a b=2", [(scan.PARAMETER, "=")]),
        ("-----BEGIN X-----", [(scan.PEM, "-")]),
        ("a at b dot eu, Dot.", [(scan.SPOKEN, "at")]),
        ("a_at_b", [(scan.SPOKEN, "at")]),
        ("E: a at b.eu", [(scan.SPOKEN, "at")]),
        ("a <at> b", [(scan.AT, "<")]),
        ("plain text, 1999-2001 only 12 %", [(scan.NUMBER, "1999-2001")]),
    ],
)
def test_shapes_become_hits(text, hits):
    assert kinds(text) == hits


@given(
    st.lists(st.none() | st.text(st.sampled_from("1@ä😀a.-<=?(at) \n"), max_size=30), max_size=6)
)
def test_rows_of_a_batch_have_the_hits_of_their_texts(texts):
    batch = dict(hits_by_row(scan_batch(pa.array(["1" * 9, *texts], pa.string()).slice(1))))
    alone = {i: scan_text(t) for i, t in enumerate(texts) if t is not None}
    assert batch == {i: hits for i, hits in alone.items() if hits}


def test_many_hits_fit():
    assert len(scan_text("@" * 5000)) == 5000
