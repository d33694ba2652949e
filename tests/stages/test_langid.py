"""Language identification as a stage."""

# Languages in other scripts look like Latin by nature.

from importlib.resources import as_file, files

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from eurosift.langid.model import EMBEDDED
from eurosift.stages.base import Setting
from eurosift.stages.errors import AssetError, StageError
from eurosift.stages.langid import LangId, LangIdConfig
from eurosift.stages.registry import load

GERMAN = "Die Europäische Union hat vierundzwanzig Amtssprachen."
MALTESE = "L-Unjoni Ewropea għandha erbgħa u għoxrin lingwa uffiċjali."
TURKISH = "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar."
ENGLISH = "All human beings are born free and equal in dignity and rights."
TEXTS = [GERMAN, MALTESE, TURKISH, f"{GERMAN}\n{ENGLISH}", "", "🙂 12:30", "\0\ufffd", None, "x"]


def stage(languages=(), per_language=None, **config):
    made = LangId(
        LangIdConfig(**config),
        name="langid",
        setting=Setting(languages=languages),
        per_language=per_language,
    )
    made.open()
    return made


@pytest.fixture(scope="module")
def default():
    return stage()


def run(made, texts):
    return made.process(pa.record_batch({"text": pa.array(texts, pa.string())}))


def column(batch, name):
    return batch.column(name).to_pylist()


def test_the_stage_is_found_by_its_name():
    assert load("langid") is LangId


def test_the_batch_has_the_promised_schema_and_rows(default):
    out = run(default, TEXTS)
    assert out.schema.equals(default.adds)
    assert out.num_rows == len(TEXTS)
    assert out.schema.names == [
        "language", "language_script", "language_score", "top_langs", "seg_langs",
        "code_switching", "declared_language", "tld", "langid_reasons",
    ]  # fmt: skip
    assert run(default, []).schema.equals(default.adds)


def test_labels_segments_and_reasons_of_each_text(default):
    out = run(default, TEXTS)
    assert column(out, "language")[:7] == [
        "deu_Latn", "mlt_Latn", "tur_Latn", "deu_Latn", "und", "und", "und",
    ]  # fmt: skip
    assert column(out, "langid_reasons")[:3] == [[], [], ["other"]]
    assert column(out, "langid_reasons")[4:8] == [["no_letters"]] * 4
    assert column(out, "seg_langs")[3] == ["deu_Latn", "eng_Latn"]
    assert column(out, "code_switching")[:4] == [False, False, False, True]
    assert column(out, "language_script")[3:5] == ["Latn", "Zyyy"]
    best = column(out, "top_langs")[1]
    assert [len(best), best[0]["language"]] == [3, "mlt_Latn"]
    assert best[0]["score"] == column(out, "language_score")[1]


@settings(max_examples=20, deadline=None)
@given(cut=st.integers(0, len(TEXTS)))
def test_how_rows_are_batched_changes_nothing(default, cut):
    whole = pa.Table.from_batches([run(default, TEXTS)])
    parts = pa.Table.from_batches([run(default, TEXTS[:cut]), run(default, TEXTS[cut:])])
    assert parts.combine_chunks().equals(whole.combine_chunks())


def test_slices_of_a_batch_are_read_at_their_offset(default):
    batch = pa.record_batch({"text": pa.array([GERMAN, MALTESE], pa.string())})
    assert column(default.process(batch.slice(1)), "language") == ["mlt_Latn"]


def test_the_languages_of_the_recipe_decide_what_is_other():
    out = run(stage(languages=("tur_Latn",)), [GERMAN, TURKISH])
    assert column(out, "langid_reasons") == [["other"], []]
    assert column(out, "language") == ["deu_Latn", "tur_Latn"]


def test_thresholds_of_the_configuration_go_before_the_table():
    out = run(stage(threshold=1.0, thresholds={"mt": 0.0}), [ENGLISH + " Zut alors", MALTESE])
    assert column(out, "langid_reasons") == [["unsure"], []]


def test_thresholds_may_differ_by_an_overlay_of_the_language():
    overlay = {"mlt_Latn": LangIdConfig(threshold=0.0)}
    out = run(stage(threshold=1.0, per_language=overlay), [MALTESE])
    assert column(out, "langid_reasons") == [[]]


def test_without_segments_their_columns_are_null():
    out = run(stage(segments=False), [GERMAN, ""])
    assert column(out, "seg_langs") == column(out, "code_switching") == [None, None]


def test_the_embedded_model_is_part_of_the_fingerprint_only_where_it_is_used(tmp_path):
    default = LangId(LangIdConfig(), name="langid").embedded()
    other = LangId(LangIdConfig(model=tmp_path / "other.bin"), name="langid").embedded()
    assert "langid/data/eu24.ftz" in default
    assert set(default) - set(other) == {"langid/data/eu24.ftz"}


def test_a_model_given_by_path_is_used():
    with as_file(files("eurosift.langid").joinpath(EMBEDDED)) as path:
        out = run(stage(model=path, normalised=True), [MALTESE])
    assert column(out, "language") == ["mlt_Latn"]


@pytest.mark.parametrize("content", [b"not a model", b""])
def test_a_broken_model_is_an_error_that_names_stage_and_file(tmp_path, content):
    path = tmp_path / "broken.bin"
    path.write_bytes(content)
    with pytest.raises(AssetError, match=r"stage `langid`: .*broken\.bin: not a fastText model"):
        stage(model=path)


def test_a_language_that_does_not_exist_is_refused_in_the_configuration():
    with pytest.raises(ValidationError, match="did you mean 'el'"):
        LangIdConfig(thresholds={"gr": 0.5})


def test_only_thresholds_may_differ_by_language():
    overlay = {"mlt_Latn": LangIdConfig(segments=False)}
    with pytest.raises(StageError, match=r"only thresholds .*per_language\.mlt_Latn"):
        stage(per_language=overlay)


def test_margins_are_scores_and_thresholds_of_the_language():
    made = LangId(
        LangIdConfig(threshold=0.5, thresholds={"mt": 0.25, "de": 0}),
        name="langid",
        per_language={"fra_Latn": LangIdConfig(threshold=0.75)},
    )
    margin = made.margins()["unsure"]
    assert margin.reads == ("language", "language_score")
    languages = ["mlt_Latn", "ekk_Latn", "fra_Latn", "deu_Latn", "und", None]
    scores = pa.array([0.5] * 5 + [None], pa.float32())
    found = margin.measure(pa.record_batch({"language": languages, "language_score": scores}))
    assert found.column("threshold").to_pylist() == [0.25, 0.5, 0.75, None, None, None]
    assert found.column("value").to_pylist() == [0.5] * 5 + [None]
