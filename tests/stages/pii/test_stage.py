from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eurosift.stages.errors import AssetError
from eurosift.stages.pii import Pii, PiiConfig

TEXTS = [
    "Nothing to see: 12:30, 1.299,00 €, ISBN 978-3-16-148410-0, v1.2.3.4.",
    "Anna: anna@firma.eu, again ANNA@firma.eu",
    "",
    None,
    "\U0001f600 93.184.216.34",
]


def stage(key_file=None, per_language=None, **config):
    made = Pii(PiiConfig(key=key_file, **config), name="pii", per_language=per_language)
    made.open()
    return made


def process(made, texts, **columns):
    arrays = {"text": pa.array(texts, pa.string())} | columns
    return made.process(pa.record_batch(arrays))


def test_only_changed_rows_have_text_and_rows_without_text_are_null(key_file):
    made = stage(key_file)
    out = process(made, TEXTS)
    assert out.schema == made.adds
    texts, spans = out.column("text").to_pylist(), out.column("pii").to_pylist()
    assert [t is None for t in texts] == [True, False, True, True, False]
    assert [s if s is None else len(s) for s in spans] == [0, 2, 0, None, 1]
    first, again = (texts[1][s["start"] : s["end"]] for s in spans[1])
    assert first == again
    assert "firma" not in texts[1]
    assert spans[4] == [
        {"start": 2, "end": len(texts[4]), "type": "ip_address", "detector": "ipv4"}
    ]


def test_tags_name_the_type():
    out = process(stage(mode="tag"), ["anna@firma.eu 93.184.216.34"])
    assert out.column("text").to_pylist() == ["<EMAIL> <IP_ADDRESS>"]


def test_spans_leave_the_text_alone_and_need_no_key():
    out = process(stage(mode="spans"), TEXTS)
    assert out.column("text").null_count == len(TEXTS)
    start = TEXTS[1].index("anna@")
    assert out.column("pii").to_pylist()[1][0] == {
        "start": start,
        "end": start + len("anna@firma.eu"),
        "type": "email",
        "detector": "email",
    }


def test_only_the_configured_types_are_scrubbed():
    out = process(stage(mode="tag", types=("ip_address",)), ["anna@firma.eu 93.184.216.34"])
    assert out.column("text").to_pylist() == ["anna@firma.eu <IP_ADDRESS>"]


def test_a_configuration_for_a_language_holds_for_its_rows():
    made = stage(mode="tag", per_language={"deu_Latn": PiiConfig(mode="spans")})
    assert made.reads_if_present == ("language", "url")
    out = process(made, ["a@b.eu"] * 3, language=pa.array(["deu_Latn", "fra_Latn", None]))
    assert out.column("text").to_pylist() == [None, "<EMAIL>", "<EMAIL>"]


def test_the_language_and_the_address_tell_whose_numbers_are_expected():
    made = stage(mode="spans")
    texts = ["Es gilt (030) 901820."] * 4
    languages = pa.array(["deu_Latn", "pol_Latn", "pol_Latn", None])
    urls = pa.array([None, None, "https://www.firma.de/x", "https://firma.eu"])
    out = process(made, texts, language=languages, url=urls)
    assert [len(spans) for spans in out.column("pii").to_pylist()] == [1, 0, 1, 0]


def test_numbers_of_companies_are_counted_and_left(key_file):
    out = process(stage(key_file), ["NIP 5260001246, a@b.eu, NIP: 526-000-12-46", "x", None])
    (text, *_) = out.column("text").to_pylist()
    assert text.startswith("NIP 5260001246, ")
    assert text.endswith("@example.org, NIP: 526-000-12-46")
    counted = [[{"detector": "pl.nip", "n": 2}], [], None]
    assert out.column("pii_counted").to_pylist() == counted
    assert [s["type"] for s in out.column("pii").to_pylist()[0]] == ["email"]


def test_a_policy_of_ones_own_decides_by_identifier_and_language(tmp_path, key_file):
    path = tmp_path / "policy.yaml"
    path.write_text(
        "version: 1\nidentifiers:\n  email: {replacement: tag}\n"
        "  pl.nip: {action: mask}\n  ipv4: {languages: {de: {evidence: off}}}\n"
    )
    made = stage(key_file, policy=path)
    texts = ["a@b.eu 93.184.216.34 NIP 5260001246"] * 2
    out = process(made, texts, language=pa.array(["deu_Latn", "pol_Latn"]))
    german, polish = out.column("text").to_pylist()
    assert german.startswith("<EMAIL> 93.184.216.34 NIP ")
    assert polish.startswith("<EMAIL> ")
    assert "93.184" not in polish
    assert "5260001246" not in german + polish


def test_the_shipped_data_shape_the_result():
    assert set(stage(mode="tag").embedded()) == {"policy", "context"}


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_rows_do_not_depend_on_their_batch(data, documents, key_file):
    texts = data.draw(st.lists(st.none() | documents, max_size=5))
    made = stage(key_file)
    whole = process(made, texts)
    sliced = pa.record_batch({"text": pa.array(["x", *texts], pa.string())}).slice(1)
    assert made.process(sliced).equals(whole)
    rows = [process(made, [text]) for text in texts]
    assert [row for batch in rows for row in batch.to_pylist()] == whole.to_pylist()


def test_another_key_gives_other_surrogates(key_file, tmp_path):
    other = tmp_path / "other"
    other.write_text("another key that is long enough")
    other.chmod(0o600)
    one, two = (process(stage(k), TEXTS).column("text").to_pylist() for k in (key_file, other))
    assert one[1] != two[1]
    assert one == process(stage(key_file), TEXTS).column("text").to_pylist()


def test_surrogates_need_a_key_when_the_stage_is_opened():
    with pytest.raises(AssetError, match="secret key"):
        stage()


def test_an_empty_batch_is_an_empty_batch(key_file):
    assert process(stage(key_file), []).num_rows == 0


def test_unknown_settings_are_refused():
    with pytest.raises(ValueError, match="mask"):
        PiiConfig(mode="mask")
    with pytest.raises(ValueError, match="types"):
        PiiConfig(types=())
